"""annexes.xlsx: one sheet an annex, ready to print; every text is stored as text, so that no cell can turn into a formula."""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from reports.phrases import printable
from reports.prose import annex_name
from reports.tables import Table
from reports.wording import Voice

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADER_ROW = 2
FIRST_ROW = 3
MM_PER_CHARACTER = 1.9  # width of a column unit in print


def annexes_xlsx(tables: Sequence[Table], voice: Voice) -> bytes:
    """The five annexes as a workbook."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = printable(voice.fill(voice.wording.issuer))
    for table in tables:
        _sheet(book.create_sheet(f"附件{table.number}"), table, voice)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _sheet(sheet: "Worksheet", table: Table, voice: Voice) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    width = len(table.header)
    _put(sheet.cell(1, 1), annex_name(voice, table.number), bold=Font(name="方正小标宋简体", size=16))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
    sheet.row_dimensions[1].height = 36
    for column, text in enumerate(table.header, 1):
        _put(sheet.cell(HEADER_ROW, column), text, bold=Font(name="黑体", size=11), framed=True)
    sheet.row_dimensions[HEADER_ROW].height = 34
    for index, row in enumerate(table.rows):
        for column, text in enumerate(row):
            hidden = (index, column) in table.covered
            number = column in table.counts and text.isdecimal()
            _put(sheet.cell(FIRST_ROW + index, column + 1), None if hidden else int(text) if number else text, framed=True, left=column in table.left)
    for span in table.spans:
        first, left = FIRST_ROW + span.row, span.column + 1
        sheet.merge_cells(start_row=first, start_column=left, end_row=first + span.height - 1, end_column=left + span.width - 1)
    annex = voice.wording.annexes[table.number - 1]
    if annex.note:
        last = FIRST_ROW + len(table.rows)
        _put(sheet.cell(last, 1), voice.fill(annex.note), left=True)
        sheet.merge_cells(start_row=last, start_column=1, end_row=last, end_column=width)
        sheet.row_dimensions[last].height = 48
    for column, millimetres in enumerate(table.widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = max(6.0, round(millimetres / MM_PER_CHARACTER, 1))
    _print_setup(sheet, table)


def _put(cell: Any, value: str | int | None, *, bold: Any = None, framed: bool = False, left: bool = False) -> None:
    """Set a cell: a string is always text, whatever it begins with."""
    from openpyxl.styles import Alignment, Border, Font, Side

    if isinstance(value, str):
        cell.value = printable(value)
        cell.data_type = "s"
        if value[:1] in "=+-@\t\r" and value:
            cell.quotePrefix = True
    elif value is not None:
        cell.value = value
    cell.font = bold or Font(name="仿宋_GB2312", size=11)
    cell.alignment = Alignment(horizontal="left" if left else "center", vertical="center", wrap_text=True)
    if framed:
        side = Side(style="thin")
        cell.border = Border(left=side, right=side, top=side, bottom=side)


def _print_setup(sheet: "Worksheet", table: Table) -> None:
    from openpyxl.worksheet.page import PageMargins

    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape" if table.landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{HEADER_ROW}"
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.7, right=0.7, top=0.9, bottom=0.8)
    sheet.oddFooter.center.text = "— &P —"
    sheet.freeze_panes = f"A{FIRST_ROW}"
