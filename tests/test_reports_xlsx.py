"""annexes.xlsx: values, merges, print set-up, and no cell that turns into a formula."""

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from reports_month import october, wording

from core.assessment import Assessment
from reports.tables import annex_tables
from reports.wording import Voice
from reports.xlsx import annexes_xlsx


def workbook(month: Assessment) -> Any:
    return openpyxl.load_workbook(io.BytesIO(annexes_xlsx(annex_tables(month), Voice.of(wording(), month))))


@pytest.fixture(scope="module")
def book() -> Any:
    return workbook(october())


def test_the_sheets_hold_the_annexes(book: Any) -> None:
    assert book.sheetnames == ["附件1", "附件2", "附件3", "附件4", "附件5"]
    for table, sheet in zip(annex_tables(october()), book.worksheets, strict=True):
        assert sheet["A1"].value.startswith("2023年10月")
        assert tuple(cell.value for cell in sheet[2]) == table.header
        for index, row in enumerate(table.rows):
            shown = ["" if (index, column) in table.covered else text for column, text in enumerate(row)]
            assert [str(cell.value if cell.value is not None else "") for cell in sheet[3 + index]] == shown


def test_counts_are_numbers(book: Any) -> None:
    assert book["附件3"]["D3"].value == 23
    assert book["附件1"]["E3"].value == "/"
    assert book["附件1"]["E8"].value == 4


def test_units_are_merged_as_on_paper(book: Any) -> None:
    merged = {str(cells) for cells in book["附件1"].merged_cells.ranges}
    assert {"A1:F1", "A3:A12", "B3:B12", "F3:F12", "D3:D4"} <= merged
    assert {"A3:A6", "H3:H6", "A10:B10"} <= {str(cells) for cells in book["附件5"].merged_cells.ranges}


def test_it_prints_on_a4_with_its_header_on_each_page(book: Any) -> None:
    for sheet in book.worksheets:
        assert sheet.page_setup.paperSize == 9
        assert sheet.print_title_rows == "$1:$2"
        assert sheet.page_setup.orientation == ("landscape" if sheet.title == "附件3" else "portrait")
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1+1", "-1", "@SUM(A1)", "=1\x0b+1"])
def test_no_cell_becomes_a_formula(text: str) -> None:
    month = october()
    book = workbook(replace(month, columns=(replace(month.columns[0], column=text), *month.columns[1:])))
    cell = book["附件1"]["C3"]
    assert (cell.data_type, cell.value) == ("s", text.replace("\x0b", ""))
