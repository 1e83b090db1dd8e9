"""Personal numbers in running text: every spelling is found where it stands, look-alikes and lawful cases stay silent."""

import itertools
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.privacy import proof, scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Finding, Subject, Unread

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def identity(region: str = "610326", birth: str = "19900101", serial: str = "123") -> str:
    return region + birth + serial + proof.check_digit(region + birth + serial)


def card(prefix: str = "621700", size: int = 19, seed: str = "1234567890123") -> str:
    body = prefix + seed[: size - 1 - len(prefix)]
    return next(body + digit for digit in "0123456789" if proof.is_luhn(body + digit))


ID, CARD, MOBILE = identity(), card(), "13812345678"


def look(text: str, policy: Policy, **more: str) -> list[Finding]:
    return scan(Subject((Block(text, "正文"),), **more), policy)  # type: ignore[arg-type]


def kinds(text: str, policy: Policy) -> list[str]:
    return [finding.rule.removeprefix("privacy/") for finding in look(text, policy) if finding.severity != "info"]


WIDE = {code: code + 0xFEE0 for code in range(0x30, 0x5B)}
SPELLINGS = {
    "plain": ID,
    "spaced": f"{ID[:6]} {ID[6:14]} {ID[14:]}",
    "fours": f"{ID[:4]} {ID[4:8]} {ID[8:12]} {ID[12:16]} {ID[16:]}",
    "singles": " ".join(ID),
    "hyphens": f"{ID[:6]}-{ID[6:14]}-{ID[14:]}",
    "dots": f"{ID[:6]}.{ID[6:14]}.{ID[14:]}",
    "wide": ID.translate(WIDE),
    "invisible": ID[:7] + "\u200b" + ID[7:12] + "\ufeff" + ID[12:],
    "broken line": ID[:12] + "\n" + ID[12:],
    "non-breaking": ID[:6] + "\xa0" + ID[6:],
}


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_every_spelling_of_an_id_is_found_at_its_place(spelling: str, policy: Policy) -> None:
    text = f"王建国{spelling}已审核"
    [finding] = look(text, policy)
    assert (finding.rule, finding.severity, finding.masked) == ("privacy/resident-id", "veto", f"610326********{ID[14:]}")
    assert text[finding.start : finding.end] == spelling


def test_a_lower_case_x_is_a_check_digit(policy: Policy) -> None:
    number = next(identity(serial=f"{n:03d}") for n in range(999) if identity(serial=f"{n:03d}").endswith("X"))
    assert kinds(f"身份证{number.lower()}。", policy) == ["resident-id"]


@pytest.mark.parametrize(
    ("glued", "expected"),
    [
        (ID + MOBILE, ["resident-id", "mobile"]),
        (MOBILE + ID, ["mobile", "resident-id"]),
        (ID + CARD, ["resident-id", "bank-card"]),
        (CARD + MOBILE, ["bank-card", "mobile"]),
        (ID + CARD + MOBILE, ["resident-id", "bank-card", "mobile"]),
        ("1" + ID, ["resident-id"]),
        (ID + "1500", ["resident-id"]),
        (ID + "43", ["resident-id"]),
        (identity() + identity("610303", "19850615"), ["resident-id", "resident-id"]),
    ],
)
def test_glued_numbers_are_cut_by_content(glued: str, expected: list[str], policy: Policy) -> None:
    found = look(f"张三{glued}眉县", policy)
    assert [finding.rule.removeprefix("privacy/") for finding in found] == expected
    assert all(a.end is not None and b.start is not None and a.end <= b.start for a, b in itertools.pairwise(found))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"补助打入张三银行卡{CARD}", "bank-card"),
        (f"张三，卡号{card('621700', 16)}", "bank-card"),
        (f"{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", "bank-card"),
        ("户名：张三，卡号6103260012345678901", "bank-card"),
        ("申请人张三，手机138 1234 5678，", "mobile"),
        ("张三+86-13812345678", "mobile"),
        ("张三8613812345678。", "mobile"),
        ("13812345678@163.com", "mobile"),
        ("家庭电话0917-5542123", "landline"),
        ("护照号：E12345678", "passport"),
        ("护照号码EA1234567。", "passport"),
        ("港澳通行证C12345678", "travel-permit"),
        ("回乡证号H12345678", "travel-permit"),
        ("台胞证号：12345678", "travel-permit"),
        ("张三，家住眉县首善镇岳陈村3组12号。", "home-address"),
        ("现住眉县美阳小区3号楼2单元501室", "home-address"),
        ("车主张三，陕C12345", "plate"),
        ("准考证号：20231023001", "exam-id"),
        ("身份证号610326900101123", "resident-id"),
        (f"学籍号G{identity(birth='20120304')}", "resident-id"),
        (f"证件号{identity('932682', '19850101', '001')}", "resident-id"),
        (f"居住证{identity('810000', '19850101', '001')}", "resident-id"),
        (f"身份证号码为\n{ID[:17]}{'1' if ID[17] != '1' else '2'}", "resident-id"),
    ],
)
def test_each_kind_is_found_in_its_context(text: str, kind: str, policy: Policy) -> None:
    assert kinds(text, policy) == [kind]


TRAPS = [
    "文号国办发〔2018〕23号",
    "案号202601011234567890",
    "受理编号2023010112345678",
    f"JSZC-320100-{MOBILE}",
    f"项目编号：{MOBILE}",
    "运单号1381234567890123456789012",
    "GPS 118.78456123456789",
    f"0.{MOBILE}",
    f"总投资{MOBILE}元",
    f"https://www.example.gov.cn/art_{MOBILE}.html?id={CARD}",
    "书号9787111213826",
    "时间戳1666666666666",
    "微信号wxid_13812345678abc",
    f"QQ{MOBILE}",
    f"〔2023〕{MOBILE}号",
    "统一社会信用代码91350100M000100Y43",
    "型号E12345678",
    "合同编号C12345678",
    "电话：0917-5542123，传真（0917）5542124",
    "热线12345、95588、4008123123",
    f"户名：眉县财政局\n开户行：农行眉县支行\n账号：{CARD}",
    f"对公账户{CARD}",
    "6217000010001234561",
    "111111111111111",
    "610326900101123",
    "公务用车陕C12345",
    "办公地址：眉县平阳街12号政务大厅3号窗口",
    "眉县住建局3号楼2单元改造工程",
    f"编号{identity(birth='20231023', serial='000')}",
    "身份证号610326********1238",
    "身份证号 6103261990****1238",
    "138****5678，138XXXX5678，138-****-5678",
    "银行卡6217****1234",
    "2023-10-23 10:01:19 至 2023-10-25 11:02:33",
    "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19",
]


@pytest.mark.parametrize("text", TRAPS)
def test_look_alikes_and_lawful_values_are_silent(text: str, policy: Policy) -> None:
    assert look(text, policy) == []


@pytest.mark.parametrize("masked", [ID[:17] + "*", ID[:15] + "***", ID[:10] + "**" + ID[12:], ID[:16] + "××", "1381234567*"])
def test_masks_that_hide_too_little_are_reported_and_masked_again(masked: str, policy: Policy) -> None:
    [finding] = look(f"张三{masked}", policy)
    assert finding.rule == "privacy/under-masked"
    assert finding.masked is not None
    assert finding.masked.count("*") >= 4
    assert ID[6:14] not in finding.masked


@pytest.mark.parametrize("gap", [" ", "", "，", "/", "\n"])
@pytest.mark.parametrize("stars", ["622848*********1234", "138****8286", "610326********1238"])
@pytest.mark.parametrize(("whole", "kind"), [(ID, "resident-id"), (CARD, "bank-card"), (MOBILE, "mobile")])
def test_a_mask_does_not_swallow_its_neighbour(gap: str, stars: str, whole: str, kind: str, policy: Policy) -> None:
    for text in (f"张三{whole}{gap}{stars}。", f"张三{stars}{gap}{whole}。"):
        [finding] = look(text, policy)
        assert (finding.rule, text[finding.start : finding.end]) == (f"privacy/{kind}", whole), text


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        (f"联系人：李主任，电话{MOBILE}", "info"),
        (f"咨询电话：{MOBILE}", "info"),
        (f"联系电话：{MOBILE}", "info"),
        (f"经核实，王建国（联系电话：{MOBILE}）符合条件", "error"),
        (f"张三，男，联系电话{MOBILE}", "error"),
        (f"身份证{ID}", "veto"),
    ],
)
def test_severity_depends_on_whose_number_it_is(text: str, severity: str, policy: Policy) -> None:
    assert [finding.severity for finding in look(text, policy)] == [severity]


def test_a_recent_birth_needs_a_second_key(policy: Policy) -> None:
    number = identity(birth="20230105", serial="001")
    assert kinds(f"登记{number}完毕", policy) == []
    assert kinds(f"学生王小明，身份证号{number}", policy) == ["resident-id"]


def test_reasons_are_words_that_a_clerk_understands(policy: Policy) -> None:
    [finding] = look(f"张三身份证号{ID}", policy)
    assert finding.reasons == ("校验码正确", "地区码610326属于陕西省宝鸡市眉县", "前面写明“身份证”")
    assert finding.suggestion == f"只保留前6位和后4位：610326********{ID[14:]}"
    assert finding.message == "正文中出现完整身份证号"


def test_a_list_drawn_with_blanks_has_headers(policy: Policy) -> None:
    typo = ID[:17] + ("1" if ID[17] != "1" else "2")
    text = f"姓名 身份证号 存折账号\n张三 {ID} 2603021234567890\n李四 {typo} 2603021234567891\n"
    found = look(text, policy)
    assert [finding.rule for finding in found] == ["privacy/resident-id", "privacy/bank-card"] * 2
    assert text[found[2].start : found[2].end] == typo


def test_a_file_named_after_a_number_is_reported_and_concealed(policy: Policy) -> None:
    found = scan(Subject((Block("照片", "图片", file=f"名单.zip!/{ID}.jpg"),)), policy)
    assert [finding.rule for finding in found] == ["privacy/resident-id"]
    assert ID not in repr(found)


def test_what_cannot_be_read_is_a_finding(policy: Policy) -> None:
    part = Unread("名单.docx", "正文", "有密码")
    before = scan(Subject((), (part,), page_type="file"), policy)
    after = scan(Subject((), (part,), page_type="column"), policy)
    assert [(f.rule, f.severity, f.file, f.where) for f in before + after] == [
        ("document/unread", "error", "名单.docx", "正文"),
        ("document/unread", "warning", "名单.docx", "正文"),
    ]


def test_presidio_is_not_imported_for_text_with_nothing_suspicious() -> None:
    program = (
        "import sys; from checks.privacy import scan; from checks.privacy.policy import load_policy; from core.records import *\n"
        "text = '电话：0917-5542123，2023-10-23 10:00，统一社会信用代码91350100M000100Y43，610326********1238'\n"
        "assert scan(Subject((Block(text, '正文'),)), load_policy()) == []\n"
        "assert 'presidio_analyzer' not in sys.modules and 'jieba' not in sys.modules and 'spacy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=60)


HAN = st.text("的一县镇村张王李，。：、公示名单号码 \n", max_size=12)
PERSON = st.builds(
    identity,
    st.sampled_from(["610326", "110101", "330225", "532124"]),
    st.dates(min_value=date(1930, 1, 1), max_value=date(1999, 12, 31)).map(lambda day: f"{day:%Y%m%d}"),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
)


@settings(max_examples=150, deadline=None)
@given(before=HAN, number=PERSON, gap=st.sampled_from(["", " ", "-", "\u200b", "\n", "　"]), cut=st.sampled_from([4, 6, 10, 14]), after=HAN)
def test_an_id_anywhere_is_found_whole_and_never_shown(before: str, number: str, gap: str, cut: int, after: str) -> None:
    written = number[:cut] + gap + number[cut:]
    text = before + written + after
    found = [finding for finding in look(text, load_policy()) if finding.rule == "privacy/resident-id"]
    assert [text[finding.start : finding.end] for finding in found] == [written]
    assert number not in repr(found)
    assert number[6:14] not in repr(found)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789Xx*×_- .\n，张号卡身份证电话户名：ＡＢ１２\u200b", max_size=80))
def test_any_text_is_survived_and_no_finding_shows_what_it_found(text: str) -> None:
    for finding in look(text, load_policy()):
        assert finding.start is not None
        assert finding.end is not None
        assert 0 <= finding.start < finding.end <= len(text)
        raw = re.sub(r"[^0-9A-Za-z]", "", text[finding.start : finding.end])
        assert len(raw) < 9 or raw not in repr(finding)


def test_presidio_itself_finds_and_explains_the_same_over_a_whole_text(policy: Policy) -> None:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    from checks.privacy.recognizers import LANGUAGE, THRESHOLD, recognizers
    from checks.privacy.spots import Spotter

    registry = RecognizerRegistry(recognizers=list(recognizers(policy, Spotter(policy.tables))), supported_languages=[LANGUAGE])
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoOpNlpEngine([{"lang_code": LANGUAGE, "model_name": ""}]), supported_languages=[LANGUAGE])
    text = "".join(f"王建国，身份证号{identity(serial=f'{n:03d}')}，手机1381234{n:04d}，卡号{CARD}，项目编号：{MOBILE}。\n" for n in range(40))
    results = sorted(engine.analyze(text, LANGUAGE, score_threshold=THRESHOLD, return_decision_process=True), key=lambda result: result.start)
    assert [(result.start, result.end) for result in results] == [(finding.start, finding.end) for finding in look(text, policy)]
    assert len(results) == 120
    assert results[0].entity_type == "CN_RESIDENT_ID"
    assert results[0].analysis_explanation.textual_explanation.split("\n")[0] == "校验码正确"
