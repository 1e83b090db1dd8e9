"""The year's ledger as files: csv with every line, xlsx with the ranking too."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from core.calendar import Month
from reports.kinds import KINDS
from reports.phrases import printable
from reports.yearly import MonthFaults, UnitYear, Yearly

_LINE = ("单位", "月份", "依据", "问题", "说明", "扣分", "一票否决")


def lines(units: Sequence[UnitYear]) -> Iterator[tuple[Any, ...]]:
    """One line a deduction, unit by unit."""
    standing = {"issued": "已签发通报", "draft": "未签发"}
    for unit in units:
        for line in unit.deductions:
            yield (unit.unit, str(line.month), standing[line.standing], KINDS.get(line.kind, line.kind), line.text, line.points, "是" if line.veto else "")


def csv_of(units: Sequence[UnitYear]) -> bytes:
    """UTF-8 with a byte-order mark, so that the office's spreadsheet program shows Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_LINE)
    for line in lines(units):
        writer.writerow([_harmless(value) for value in line])
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def xlsx_of(months: Sequence[MonthFaults], units: Sequence[UnitYear], scheme: Yearly) -> bytes:
    """Two sheets: ranking, every line."""
    from openpyxl import Workbook

    book = Workbook()
    ranking: Any = book.active
    ranking.title = "排名"
    head = [
        "名次",
        "单位",
        *(f"{month.month.month}月{'' if month.standing == 'issued' else '（未签发）'}" for month in months),
        "扣分合计",
        "得分",
        "一票否决",
    ]
    _rows(ranking, head, (_ranked(unit, [month.month for month in months]) for unit in units))
    _rows(book.create_sheet("明细"), list(_LINE), lines(units))
    if scheme.sample:
        ranking.append([])
        ranking.append(["示例分值：扣分标准尚未由本县核定（yearly.yaml）"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _ranked(unit: UnitYear, months: list[Month]) -> list[Any]:
    return [unit.rank, unit.unit, *(unit.by_month[month] for month in months), unit.deducted, unit.score, unit.vetoes or None]


def _rows(sheet: Any, head: list[str], rows: Any) -> None:
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet.append(head)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([float(value) if isinstance(value, Decimal) else printable(value) if isinstance(value, str) else value for value in row])
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    for index, text in enumerate(head, 1):
        sheet.column_dimensions[get_column_letter(index)].width = {"单位": 24, "说明": 70, "问题": 18}.get(text, max(9, len(text) * 2 + 2))
    sheet.freeze_panes = "A2"
