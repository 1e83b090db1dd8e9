"""Personal numbers in tables: headers, labels, votes, hidden sheets, masks that complete each other; bulk stays fast and linear."""

import time
from collections.abc import Sequence

import pytest

from checks.privacy import proof, scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Finding, Subject


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy()


def identity(serial: int = 123, birth: str = "19900101") -> str:
    body = f"610326{birth}{serial:03d}"
    return body + proof.check_digit(body)


def typo(number: str) -> str:
    return number[:17] + ("1" if number[17] != "1" else "2")


ID, MOBILE = identity(), "13812345678"
CARD = next(f"621700123456789012{digit}" for digit in "0123456789" if proof.is_luhn(f"621700123456789012{digit}"))


def cells(rows: Sequence[Sequence[str]], name: str = "Sheet1", file: str = "名单.xlsx", hidden: str = "", number: bool = False) -> tuple[Block, ...]:
    return tuple(
        Block(text, f"{name}!{'ABCDEFGH'[column]}{row + 1}", file=file, table=name, row=row, column=column, hidden=hidden, number=number and text.isdigit())
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
        if text
    )


def look(policy: Policy, *tables: tuple[Block, ...], title: str = "") -> list[Finding]:
    return scan(Subject(tuple(block for table in tables for block in table), title=title), policy)


def brief(found: Sequence[Finding]) -> list[tuple[str, str, str | None]]:
    return [(finding.rule.removeprefix("privacy/"), finding.severity, finding.where) for finding in found]


def test_each_column_of_a_list_is_named_by_its_header(policy: Policy) -> None:
    found = look(policy, cells([["序号", "姓名", "身份证号", "一卡通账号", "联系电话", "住址"], ["1", "张三", ID, CARD, MOBILE, "眉县首善镇岳陈村3组12号"]]))
    assert brief(found) == [
        ("resident-id", "veto", "Sheet1!C2"),
        ("bank-card", "veto", "Sheet1!D2"),
        ("mobile", "error", "Sheet1!E2"),
        ("home-address", "error", "Sheet1!F2"),
    ]
    assert found[0].reasons[-1] == "所在列标题为“身份证号”"
    assert found[0].message == "名单中出现完整身份证号"


@pytest.mark.parametrize(
    ("header", "value", "kind"),
    [
        ("身份证号", typo(ID), "resident-id"),
        ("身份证号", "610326900101123", "resident-id"),
        ("身份证号", f"{ID[:6]} {ID[6:14]} {ID[14:]}", "resident-id"),
        ("身份证号", ID[:12] + "\n" + ID[12:], "resident-id"),
        ("身份证号", "'" + ID, "resident-id"),
        ("证件号码", "E12345678", "passport"),
        ("存折账号", "2603021234567890", "bank-card"),
        ("联系电话", "0917-5542123", "landline"),
        ("家庭电话", "5542123", "landline"),
        ("护照号", "EA1234567", "passport"),
        ("回乡证号", "H12345678", "travel-permit"),
        ("学号", "2023010203", "student-id"),
        ("学籍号", "G" + ID, "resident-id"),
        ("准考证号", "202310230015", "exam-id"),
        ("残疾证号", ID + "43", "resident-id"),
        ("医保编号", "6103260012", "social-security"),
        ("出生日期", "1990-01-05", "birth-date"),
        ("出生年月", "19900105", "birth-date"),
        ("病种", "慢性肾衰竭", "health"),
        ("残疾类别", "肢体二级", "health"),
        ("车牌号", "陕C12345", "plate"),
    ],
)
def test_what_only_the_header_makes_personal(header: str, value: str, kind: str, policy: Policy) -> None:
    found = look(policy, cells([["姓名", header], ["张三", value], ["李四", ""]]))
    assert [finding.rule for finding in found] == [f"privacy/{kind}"]


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("身份证号", "610326********1238"),
        ("身份证号", "无"),
        ("统一社会信用代码", "91350100M000100Y43"),
        ("项目编号", "610326202310230012"),
        ("金额（元）", MOBILE),
        ("订单编号", "6217001234567890"),
        ("病种", "无"),
        ("出生日期", "1990****"),
        ("住址", "眉县首善镇岳陈村三组"),
        ("办公电话", "0917-5542123"),
        ("学号", "2023****03"),
        ("健康状况", "良好"),
        ("公司账号", CARD),
    ],
)
def test_what_a_header_leaves_lawful(header: str, value: str, policy: Policy) -> None:
    assert look(policy, cells([["姓名", header], ["张三", value]])) == []


def test_header_rows_may_be_two_and_stand_lower_down(policy: Policy) -> None:
    rows = [["2023年发放表"], ["单位：元"], ["姓名", "证件信息", "", "金额"], ["", "证件号码", "电话", ""], ["张三", typo(ID), MOBILE, "300"]]
    assert brief(look(policy, cells(rows))) == [("resident-id", "veto", "Sheet1!B5"), ("mobile", "error", "Sheet1!C5")]


def test_a_later_sheet_without_headers_has_those_of_the_first(policy: Policy) -> None:
    first = cells([["姓名", "身份证号", "账号"], ["张三", ID, "2603021234567890"]], "一组")
    second = cells([["李四", typo(ID), "2603021234567891"]], "二组")
    assert brief(look(policy, first, second))[2:] == [("resident-id", "veto", "二组!B1"), ("bank-card", "error", "二组!C1")]


def test_a_label_to_the_left_names_a_value(policy: Policy) -> None:
    rows = [["姓名", "张三", "性别", "男"], ["身份证号码", typo(ID), "联系电话", MOBILE], ["家庭住址", "眉县首善镇岳陈村3组12号"]]
    found = look(policy, cells(rows))
    assert brief(found) == [("resident-id", "veto", "Sheet1!B2"), ("mobile", "error", "Sheet1!D2"), ("home-address", "error", "Sheet1!B3")]
    assert found[0].reasons[-1] == "左边的标签为“身份证号码”"


def test_a_column_votes_on_its_typos(policy: Policy) -> None:
    rows = [["张三", identity(number)] for number in range(5)] + [["李四", typo(identity(9))]]
    found = look(policy, cells(rows))
    assert len(found) == 6
    assert found[-1].reasons[-1] == "同一列中5个单元格都是身份证号"


def test_a_column_of_case_numbers_with_lucky_check_digits_does_not_vote(policy: Policy) -> None:
    rows = [["办件编号"]] + [[f"61032620231023{number:04d}"] for number in range(200)]
    assert look(policy, cells(rows)) == []
    unnamed = [[f"61032620131023{number:04d}"] for number in range(200)]
    assert look(policy, cells(unnamed)) == []


def test_an_id_stored_as_a_number_has_lost_digits_and_still_shows(policy: Policy) -> None:
    [finding] = look(policy, cells([["姓名", "身份证号"], ["张三", "610326199001011000"]], number=True))
    assert finding.rule == "privacy/resident-id"
    assert finding.reasons[0].startswith("身份证号以数字格式存储")


def test_a_number_cut_into_two_columns_is_put_together(policy: Policy) -> None:
    found = look(policy, cells([["姓名", "前六位", "后十二位"], ["张三", ID[:6], ID[6:]]]))
    assert brief(found) == [("resident-id", "veto", "Sheet1!C2")]
    assert ID[6:14] not in repr(found)


def test_masks_that_complete_each_other_are_reported(policy: Policy) -> None:
    one, other = "610326********1238", "******19900101****"
    assert brief(look(policy, cells([["姓名", "身份证号", "证件号"], ["张三", one, other]]))) == [("under-masked", "error", "Sheet1!C2")]
    born = look(policy, cells([["姓名", "身份证号", "出生日期"], ["张三", one, "1990-01-01"]]))
    assert {finding.rule for finding in born} == {"privacy/under-masked", "privacy/birth-date"}


def test_a_hidden_sheet_with_the_originals_is_reported_with_its_reason(policy: Policy) -> None:
    shown = cells([["姓名", "身份证号"], ["张三", f"{ID[:6]}********{ID[14:]}"]], "公示")
    [finding] = look(policy, shown, cells([["姓名", "身份证号"], ["张三", ID]], "原表", hidden="隐藏工作表"))
    assert finding.where == "原表!B2"
    assert "隐藏工作表" in finding.message
    assert any("公示!B2已经遮盖" in reason for reason in finding.reasons)


@pytest.mark.parametrize(
    ("rows", "title", "severity"),
    [
        ([["姓名", "职务", "联系电话"], ["张三", "主任", MOBILE]], "", "info"),
        ([["镇", "河长", "联系电话"], ["首善镇", "王五", MOBILE]], "", "info"),
        ([["姓名", "联系电话"], ["王五", MOBILE]], "国庆值班安排表", "info"),
        ([["企业名称", "联系电话"], ["眉县秦岭果业有限公司", MOBILE]], "", "info"),
        ([["户主", "联系电话", "帮扶责任人", "帮扶责任人电话"], ["王五", MOBILE, "李四", "13912345678"]], "", "error info"),
        ([["姓名", "身份证号", "联系电话"], ["王五", "610326********1238", MOBILE]], "国庆值班安排表", "error"),
        ([["姓名", "联系电话"], ["王五", MOBILE]], "低保户名单", "error"),
    ],
)
def test_whose_phone_it_is_decides_its_severity(rows: list[list[str]], title: str, severity: str, policy: Policy) -> None:
    assert [finding.severity for finding in look(policy, cells(rows), title=title)] == severity.split()


def test_the_birth_of_candidates_for_office_is_announced_lawfully(policy: Policy) -> None:
    table = cells([["姓名", "出生日期", "拟任职务"], ["王五", "1980-05-01", "副局长"]])
    assert look(policy, table, title="干部任前公示") == []
    assert brief(look(policy, table, title="救助对象名单")) == [("birth-date", "error", "Sheet1!B2")]


def test_a_cell_of_mixed_text_is_read_as_text(policy: Policy) -> None:
    text = f"2023年10月由村委会代为申请，本人身份证号{ID}，手机{MOBILE}，已核实家庭情况并签字确认。"
    found = look(policy, cells([["姓名", "备注"], ["张三", text]]))
    assert [finding.rule for finding in found] == ["privacy/resident-id", "privacy/mobile"]
    assert [text[finding.start : finding.end] for finding in found] == [ID, MOBILE]


@pytest.mark.parametrize(
    "note",
    [
        ["依据文件：眉政发〔2023〕3号，联系电话：0917-5542195"],
        ["填报单位：县民政局", "", "联系电话：0917-5542195"],
        ["注：1.本表公示期7天；2.监督电话（0917）5542195。"],
        ["制表人：王建国，联系电话：0917-5542195"],
    ],
)
@pytest.mark.parametrize("above", [True, False])
def test_notes_of_a_table_are_running_text(note: list[str], above: bool, policy: Policy) -> None:
    table = [["序号", "姓名", "村组", "补贴面积", "金额"], ["1", "张三", "岳陈村", "3.5", "300"]]
    assert look(policy, cells([note, *table] if above else [*table, note])) == []
    leaking = [*note[:-1], note[-1] + f"，张三身份证号{ID}"]
    [finding] = look(policy, cells([leaking, *table] if above else [*table, leaking]))
    text = next(cell for cell in leaking if ID in cell)
    assert (finding.rule, text[finding.start : finding.end]) == ("privacy/resident-id", ID)


@pytest.mark.parametrize("text", [f"{ID} 622848*********1234", f"138****8286 {ID}", f"{ID}622848*********1234"])
def test_a_whole_value_beside_a_masked_one_in_a_cell_is_found(text: str, policy: Policy) -> None:
    [finding] = look(policy, cells([["姓名", "证件"], ["张三", text]]))
    assert (finding.rule, text[finding.start : finding.end]) == ("privacy/resident-id", ID)


def _big(rows: int) -> Subject:
    lines = [["序号", "姓名", "身份证号", "银行卡号", "手机号"]]
    for number in range(rows):
        body = f"610326{1940 + number % 60}0{1 + number % 9}1{number % 10}{number % 1000:03d}"
        lines.append([str(number), "张三", body + proof.check_digit(body), CARD, f"138{number:08d}"])
    return Subject(cells(lines))


def test_time_grows_no_faster_than_the_rows(policy: Policy) -> None:
    small, large = _big(2_000), _big(8_000)
    assert len(scan(small, policy)) == 6_000
    times = []
    for subject in (small, large):
        best = 99.0
        for _ in range(2):
            start = time.process_time()
            scan(subject, policy)
            best = min(best, time.process_time() - start)
        times.append(best)
    assert times[1] < times[0] * 4 * 1.6
