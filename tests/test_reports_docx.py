"""bulletin.docx read back: its figures, its tables, and the measures of GB/T 9704-2012."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.table import Table as WordTable
from reports_month import counted, october, wording

from core.assessment import Assessment
from reports.data import assessment_json
from reports.docx import bulletin_docx
from reports.prose import compose
from reports.tables import annex_tables, on_paper
from reports.wording import Voice

FONTS = {"仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"}


def written(month: Assessment) -> Any:
    words = wording()
    content = bulletin_docx(month, compose(month, words), annex_tables(month), Voice.of(words, month))
    return docx.Document(io.BytesIO(content))


@pytest.fixture(scope="module")
def document() -> Any:
    return written(october())


def cells(table: WordTable) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_every_number_agrees_with_assessment_json(document: Any) -> None:
    """The prose of 一、总体情况 as figures, each beside the value in assessment.json."""
    data = json.loads(assessment_json(october()))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    totals, grades = data["totals"], data["grades"]

    def told(pattern: str) -> list[int]:
        found = re.search(pattern, text)
        assert found, pattern
        return [int(value) for value in found.groups()]

    def given(system: str, *wanted: str) -> list[int]:
        return [list(grades[system].values()).count(grade) for grade in wanted]

    three = ("优秀", "合格", "不合格")
    assert told(r"(\d+)家栏目保障单位共主动公开信息(\d+)条") == [totals["columns"]["units"], totals["columns"]["posts"]]
    assert told(r"优秀单位(\d+)家，分别是县发改局.*?合格单位(\d+)家，不合格单位(\d+)家（具体见附件1") == given("columns", *three)
    assert told(r"(\d+)家单位向.*?报送新闻信息(\d+)条，审核通过(\d+)条") == list(totals["news"].values())
    assert told(r"审核通过.*?优秀单位(\d+)家.*?合格单位(\d+)家，不合格单位(\d+)家（具体见附件2") == given("news", *three)
    figures = totals["accounts"]
    assert told(r"(\d+)个政务新媒体账号，共发布信息(\d+)条。其中，原创信息(\d+)条.*?转载信息(\d+)条") == list(figures.values())
    assert figures["posts"] == figures["originals"] + figures["reposts"]
    assert told(r"”(\d+)个政务新媒体账号[^；]*“优秀”；[^；]*?等(\d+)个[^；]*“合格”；[^；]*”(\d+)个[^；]*“不合格”") == given("accounts", *three)
    assert told(r"(\d+)家数据保障单位") == [totals["submissions"]["units"]]
    assert told(r"共评定合格单位(\d+)家，不合格单位(\d+)家（具体见附件4") == given("submissions", "合格", "不合格")
    events = totals["events"]
    pattern = r"共生成事件(\d+)件，其中废弃(\d+)件，未受理(\d+)件，受理(\d+)件，办结(\d+)件"
    assert told(pattern) == [events[key] for key in ("generated", "discarded", "pending", "accepted", "closed")]
    assert told(r"办结率.*?优秀单位(\d+)家，合格单位(\d+)家，不合格单位(\d+)家（具体见附件5") == given("events", *three)


def test_the_annexes_hold_every_row(document: Any) -> None:
    tables = annex_tables(october())
    for table, word in zip(tables, document.tables, strict=True):
        printed = on_paper(table)
        found = cells(word)
        assert tuple(found[0]) == printed.header
        for row, its_cells in zip(printed.rows, found[1:], strict=True):
            assert its_cells == (["合计", "合计", *row[2:]] if row[0] == "合计" else list(row))


def test_the_sums_of_the_annexes_are_the_totals(document: Any) -> None:
    totals = october().totals
    columns, news, accounts, _, events = (cells(table)[1:] for table in document.tables)
    assert sum(int(row[4]) for row in columns if row[4].isdecimal()) == totals["columns"]["posts"]
    assert sum(int(row[index]) for row in news for index in (1, 5)) == totals["news"]["uploaded"]
    assert sum(int(row[index]) for row in news for index in (2, 6)) == totals["news"]["published"]
    assert sum(int(row[8]) for row in accounts) == totals["accounts"]["posts"]
    assert int(events[-1][2]) == sum(int(row[2]) for row in events if row[1] not in ("合计",) and row[0] != "合计") == totals["events"]["generated"]


def test_the_page_is_that_of_the_standard(document: Any) -> None:
    assert [section.orientation for section in document.sections] == [WD_ORIENT.PORTRAIT, WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT]
    for section in document.sections:
        upright = section.orientation == WD_ORIENT.PORTRAIT
        width, height = round(section.page_width.mm), round(section.page_height.mm)
        block = (
            width - round(section.left_margin.mm) - round(section.right_margin.mm),
            height - round(section.top_margin.mm) - round(section.bottom_margin.mm),
        )
        assert (width, height) == ((210, 297) if upright else (297, 210))
        assert block == ((156, 225) if upright else (225, 156))
        grid = section._sectPr.find(qn("w:docGrid"))
        assert grid.get(qn("w:type")) == "linesAndChars"
        pitch, character = int(grid.get(qn("w:linePitch"))), 16 + int(grid.get(qn("w:charSpace"))) / 4096
        if upright:
            assert (round(section.top_margin.mm), round(section.left_margin.mm)) == (37, 28)
            assert section.page_height.twips - section.top_margin.twips - section.bottom_margin.twips >= 22 * pitch
            assert int((section.page_width.pt - section.left_margin.pt - section.right_margin.pt) / character + 0.01) == 28


def test_the_body_is_in_fangsong_of_16_points_on_exact_lines(document: Any) -> None:
    body = next(paragraph for paragraph in document.paragraphs if "栏目保障单位共主动" in paragraph.text)
    lead, text = body.runs
    assert lead.text == "1. 网站政府信息公开栏目内容保障情况。"
    for run, font in ((lead, "楷体_GB2312"), (text, "仿宋_GB2312")):
        assert run.font.size.pt == 16
        assert run._r.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert body.paragraph_format.line_spacing.twips == 579
    assert body._p.pPr.ind.get(qn("w:firstLineChars")) == "200"


def test_every_run_names_its_chinese_font(document: Any) -> None:
    runs = [run for run in document.element.body.iter(qn("w:r")) if run.find(qn("w:t")) is not None]
    assert len(runs) > 1000
    assert {run.rPr.rFonts.get(qn("w:eastAsia")) for run in runs} <= FONTS
    assert not [element for element in document.styles["Normal"].element.iter(qn("w:rFonts")) if element.get(qn("w:eastAsiaTheme"))]


def test_head_headings_and_signature(document: Any) -> None:
    by_text = {paragraph.text: paragraph for paragraph in reversed(document.paragraphs) if paragraph.text}
    mark, number = next(paragraph for paragraph in document.paragraphs if paragraph.text), by_text["眉政办函〔2023〕　　号"]
    assert mark.text == "眉县人民政府办公室"
    assert str(mark.runs[0].font.color.rgb) == "E60000"
    assert number._p.pPr.find(qn("w:pBdr")).find(qn("w:bottom")).get(qn("w:color")) == "E60000"
    title = by_text["数字眉县运营管理平台运行情况的通报"].runs[0]
    assert (title.font.size.pt, title._r.rPr.rFonts.get(qn("w:eastAsia"))) == (22, "方正小标宋简体")
    for heading in ("一、总体情况", "二、存在问题", "三、工作要求", "附件1", "附件5"):
        assert by_text[heading].runs[0]._r.rPr.rFonts.get(qn("w:eastAsia")) == "黑体"
    date, issuer = by_text["2023年11月23日"], [paragraph for paragraph in document.paragraphs if paragraph.text == "眉县人民政府办公室"][-1]
    assert date._p.pPr.ind.get(qn("w:rightChars")) == "400"
    assert issuer._p.pPr.ind.get(qn("w:rightChars")) == "300"  # nine characters centred over seven


def test_page_numbers_are_on_the_outer_side(document: Any) -> None:
    assert document.settings.odd_and_even_pages_header_footer
    section = document.sections[0]
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert paragraph._p.pPr.jc.get(qn("w:val")) == side
        assert [code.text.strip() for code in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert {run.font.size.pt for run in paragraph.runs} == {14}
    assert all(later.footer.is_linked_to_previous for later in document.sections[1:])


def test_tables_repeat_their_header_and_merge_the_unit(document: Any) -> None:
    for table in document.tables:
        properties = [row._tr.trPr for row in table.rows]
        assert properties[0].find(qn("w:tblHeader")) is not None
        assert all(row.find(qn("w:cantSplit")) is not None for row in properties)
    first = document.tables[0]
    assert first.cell(1, 1)._tc is first.cell(10, 1)._tc
    assert first.cell(1, 1)._tc is not first.cell(11, 1)._tc
    submissions = document.tables[3]
    assert submissions.cell(5, 2)._tc is submissions.cell(9, 2)._tc
    assert submissions.cell(5, 3)._tc is not submissions.cell(6, 3)._tc


def test_each_annex_begins_a_page(document: Any) -> None:
    marks = [paragraph for paragraph in document.paragraphs if re.fullmatch(r"附件\d", paragraph.text)]
    assert [mark.text for mark in marks] == [f"附件{number}" for number in range(1, 6)]
    breaks = [bool(mark.paragraph_format.page_break_before) for mark in marks]
    assert breaks == [True, True, False, False, True]  # annexes 3 and 4 begin a section, which is a new page


def test_text_from_outside_cannot_break_the_file() -> None:
    month = october()
    row = replace(month.columns[0], column="<w:t>&\x0b\x00栏目")
    document = written(counted(replace(month, columns=(row, *month.columns[1:]))))
    assert document.tables[0].cell(1, 2).text == "<w:t>&栏目"


def test_a_month_with_nothing_in_it_is_still_a_document() -> None:
    month = counted(replace(october(), columns=(), news=(), accounts=(), submissions=(), events=(), problems=()))
    assert [len(table.rows) for table in written(month).tables] == [1, 1, 1, 1, 1]
