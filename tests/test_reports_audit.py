"""The checker of finished bulletins: it finds what is wrong in the real one, and nothing in our own."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from reports_month import SEED, counted, leak_findings, october, wording

from core.assessment import AccountRow, Assessment, ColumnRow, EventRow, NewsRow, SubmissionRow
from core.errors import UnreadableError, UsageError
from reports.audit import audit, audit_data, summary
from reports.files import write_all


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audit")
    write_all(october(), leak_findings(), wording(), folder)
    return folder


def wrong(path: Path) -> list[tuple[int, str, str, str]]:
    return [(item.annex, item.figure, item.told, item.counted) for item in audit(path).discrepancies]


def test_the_office_s_own_bulletin_contradicts_itself_in_annexes_2_and_3() -> None:
    assert wrong(SEED / "bulletin-2023-10.txt") == [
        (2, "报送信息条数", "66", "64"),
        (2, "审核通过条数", "64", "62"),
        (3, "发布信息条数", "456", "482"),
        (3, "原创信息条数", "195", "212"),
        (3, "转载信息条数", "261", "270"),
        (3, "原创信息占比", "42.8%", "44.0%"),
        (3, "转载信息占比", "57.2%", "56.0%"),
    ]


@pytest.mark.parametrize("name", ["bulletin.docx", "bulletin.html"])
def test_our_bulletin_agrees_with_itself(out: Path, name: str) -> None:
    report = audit(out / name)
    assert (report.discrepancies, report.missing) == ((), ())
    assert report.checked >= 75


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("主动公开信息102条", "主动公开信息103条", (1, "主动公开信息条数", "103", "102")),
        ("40家栏目保障单位", "41家栏目保障单位", (1, "栏目保障单位", "41", "40")),
        (
            "分别是县发改局、县农业农村局、县民政局",
            "分别是县发改局、县农业农村局、县财政局",
            (1, "优秀单位名单", "农业农村局、发改局、财政局", "农业农村局、发改局、民政局"),
        ),
        ("不合格单位10家", "不合格单位9家", (2, "不合格单位", "9", "10")),
        ("占比44.0%", "占比44.1%", (3, "原创信息占比", "44.1%", "44.0%")),
        ("等8个政务新媒体账号", "等9个政务新媒体账号", (3, "合格账号", "9", "8")),
        ("共评定合格单位6家", "共评定合格单位7家", (4, "合格单位", "7", "6")),
        ("未受理15件", "未受理16件", (5, "未受理事件", "16", "15")),
        ("办结率100%", "办结率99%", (5, "办结率", "99%", "100%")),
        ("10家单位10月份未上传", "11家单位10月份未上传", (2, "未上传信息单位", "11", "10")),
        ("<td>482</td>", "", None),
    ],
)
def test_a_changed_figure_is_found(out: Path, tmp_path: Path, before: str, after: str, found: tuple[int, str, str, str] | None) -> None:
    page = (out / "bulletin.html").read_text(encoding="utf-8")
    copy = tmp_path / "bulletin.html"
    copy.write_text(page.replace(before, after), encoding="utf-8")
    assert wrong(copy) == ([found] if found else [])


def test_a_changed_row_is_found_in_prose_and_in_sums(tmp_path: Path) -> None:
    month = october()
    row = replace(month.accounts[0], reposts=43)
    events = (replace(month.events[0], generated=51), *month.events[1:])
    write_all(replace(month, accounts=(row, *month.accounts[1:]), events=events), (), wording(), tmp_path)
    found = {(annex, figure) for annex, figure, _, _ in wrong(tmp_path / "bulletin.docx")}
    assert {(3, "眉县招商的转载信息更新总数"), (3, "眉县招商的更新信息总数"), (3, "转载信息条数"), (5, "生成事件"), (5, "合计的生成事件数量")} <= found
    assert (5, "街面秩序管理平台 (城管执法局)合计的生成事件数量") in found


def random_month(seed: int) -> Assessment:
    """A month of made-up figures; its grades are arbitrary, only its sums must hold."""
    draw = random.Random(seed)
    grades = ("优秀", "合格", "不合格", "未能核实")
    units = [f"县第{number}局" for number in range(draw.randint(1, 30))]
    columns = []
    for number, unit in enumerate(units, 1):
        grade = draw.choice(grades)
        columns += [ColumnRow(number, unit, f"栏目{n}", "1条/月", draw.choice(["/", "0", "3", "未能核实"]), grade) for n in range(draw.randint(1, 6))]
    news = tuple(NewsRow(n, unit, str(count := draw.randint(0, 9)), str(draw.randint(0, count)), draw.choice(grades)) for n, unit in enumerate(units, 1))
    accounts = []
    for number in range(1, draw.randint(2, 20)):
        originals, reposted, other = draw.randint(0, 40), draw.randint(0, 9), draw.randint(0, 40)
        reposts = reposted + other
        platform = draw.choice(["微信订阅号", "抖音号"])
        figures = (4, originals, 9, reposted, reposts, other, originals + reposts)
        accounts.append(AccountRow(number, platform, f"账号{draw.randint(1, 9)}号", *figures, "无", draw.choice(grades)))
    submissions = tuple(
        SubmissionRow(n, unit, "栏目", f"表{n}", "月", *draw.choice([("是", "是", "合格"), ("否", "", "不合格")])) for n, unit in enumerate(units, 1)
    )
    return counted(
        replace(october(), columns=tuple(columns), news=news, accounts=tuple(accounts), submissions=submissions, events=random_events(draw), problems=())
    )


def random_events(draw: random.Random) -> tuple[EventRow, ...]:
    rows: list[EventRow] = []
    for unit in range(draw.randint(1, 4)):
        grade = draw.choice(["优秀", "良好", "合格", "不合格"])
        for kind in range(draw.randint(1, 3)):
            accepted = draw.randint(1, 50)
            closed = draw.randint(0, accepted)
            generated = accepted + draw.randint(0, 60)
            discarded = draw.randint(0, generated - accepted)
            rows.append(EventRow("平台", f"镇{unit}", f"类{kind}", generated, accepted, discarded, closed, rate(closed, accepted), grade))
    sums = [sum(getattr(row, name) for row in rows) for name in ("generated", "accepted", "discarded", "closed")]
    return (*rows, EventRow("合计", "", "", *sums, rate(sums[3], sums[1]), ""))


def rate(closed: int, accepted: int) -> str:
    hundredths = (closed * 20000 + accepted) // (2 * accepted)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_the_month_prose_and_annexes_agree(tmp_path: Path, seed: int) -> None:
    write_all(random_month(seed), (), wording(), tmp_path)
    for name in ("bulletin.docx", "bulletin.html"):
        assert wrong(tmp_path / name) == []


def test_an_annex_left_out_is_told(out: Path, tmp_path: Path) -> None:
    text = (SEED / "bulletin-2023-10.txt").read_text(encoding="utf-8")
    copy = tmp_path / "通报.txt"
    copy.write_bytes(text[: text.index("\n附件 3\n")].encode("gb18030"))
    report = audit(copy)
    assert report.missing == (1, 2, 3)
    assert summary(report)[-1].endswith("全部一致")
    assert audit_data(report)["missing"] == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "content", "error", "said"),
    [
        ("a.docx", b"not a zip", UnreadableError, "不是完好的 docx"),
        ("a.docx", b"PK\x05\x06" + b"\0" * 18, UnreadableError, "不是完好的 docx"),
        ("a.pdf", b"%PDF", UsageError, "只能核对 docx、html、txt"),
        ("a.txt", b"\xff\xfe\x81", UnreadableError, "文字编码不认识"),
        ("a.txt", "通报正文".encode(), UnreadableError, "没有找到附件表格"),
        ("a.html", b"", UnreadableError, "没有"),
        ("absent.txt", None, UsageError, "文件不存在"),
    ],
)
def test_what_cannot_be_audited_is_told_in_one_line(tmp_path: Path, name: str, content: bytes | None, error: type[Exception], said: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(error, match=said) as raised:
        audit(path)
    assert "\n" not in str(raised.value)
