"""年度: the ledger of deductions and vetoes, ranking, trends, exports."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.calendar import Month
from reports.kinds import KINDS
from reports.phrases import printable
from reports.yearly import UnitYear
from service.desk import audit, charts
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.issuing import TYPES
from service.desk.year import YearView, year_of, years


def _year(request: DeskRequest) -> int:
    given = request.GET.get("year", "")
    if not given:
        return request.month.year
    if not (given.isascii() and given.isdecimal() and 2000 <= int(given) <= 2200):
        raise Http404
    return int(given)


@allow(*OFFICE)
@require_GET
def page(request: DeskRequest) -> HttpResponse:
    """Ranking with the trend of each unit."""
    view = year_of(request.person.county, _year(request))
    lowest = min((score for unit in view.units for _, score in unit.scores), default=view.scheme.base)
    most = max((unit.deducted for unit in view.units), default=Decimal(0))
    by_rank = request.GET.get("order") == "rank"
    ordered = view.units if by_rank else sorted(view.units, key=lambda unit: (-unit.vetoes, -unit.deducted, unit.rank))
    lines = [
        {
            "unit": unit,
            "trend": charts.trend([(f"{month.month}月", score) for month, score in unit.scores], lowest, view.scheme.base, f"{unit.unit}得分")
            if len(unit.scores) > 1
            else "",
            "bar": charts.bar(unit.deducted, most, f"扣{charts.plain(unit.deducted)}分", charts.RED if unit.vetoes else charts.ACCENT),
            "months": [unit.by_month[month.month] for month in view.months],
        }
        for unit in ordered
    ]
    known = years(request.person.county)
    context = {
        "view": view,
        "lines": lines,
        "by_rank": by_rank,
        "trends": len(view.months) > 1,
        "years": known if view.year in known else sorted({*known, view.year}, reverse=True),
        "kinds": [(KINDS[kind], points, kind in view.scheme.veto) for kind, points in view.scheme.points.items()],
        "vetoed": [unit for unit in view.units if unit.vetoes],
        "drafts": [month for month in view.months if month.standing == "draft"],
        "clean": sum(not unit.deductions for unit in view.units),
        "total": sum((unit.deducted for unit in view.units), Decimal(0)),
    }
    return render(request, "desk/year.html", context)


@allow(*OFFICE)
@require_GET
def export(request: DeskRequest, kind: str) -> HttpResponse:
    """The ledger as xlsx (ranking and every line) or csv (every line)."""
    view = year_of(request.person.county, _year(request))
    if kind not in ("csv", "xlsx"):
        raise Http404
    data = _csv(view) if kind == "csv" else _xlsx(view)
    audit.record(request, "导出年度台账", f"year/{view.year}", kind=kind)
    response = HttpResponse(data, content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{view.year}%E5%B9%B4%E5%BA%A6%E5%8F%B0%E8%B4%A6.{kind}"
    return response


_LINE = ("单位", "月份", "依据", "问题", "说明", "扣分", "一票否决")


def _lines(view: YearView) -> Iterator[tuple[Any, ...]]:
    standing = {"issued": "已签发通报", "draft": "未签发"}
    for unit in view.units:
        for line in unit.deductions:
            yield (unit.unit, str(line.month), standing[line.standing], KINDS.get(line.kind, line.kind), line.text, line.points, "是" if line.veto else "")


def _csv(view: YearView) -> bytes:
    """UTF-8 with a byte-order mark, so that the office's spreadsheet program shows Chinese."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_LINE)
    for line in _lines(view):
        writer.writerow([_harmless(value) for value in line])
    return text.getvalue().encode("utf-8-sig")


def _harmless(value: Any) -> str:
    """A cell that no spreadsheet program takes for a formula."""
    text = str(value)
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _xlsx(view: YearView) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    ranking: Any = book.active
    ranking.title = "排名"
    head = [
        "名次",
        "单位",
        *(f"{month.month.month}月{'' if month.standing == 'issued' else '（未签发）'}" for month in view.months),
        "扣分合计",
        "得分",
        "一票否决",
    ]
    _rows(ranking, head, (_ranked(unit, [month.month for month in view.months]) for unit in view.units))
    _rows(book.create_sheet("明细"), list(_LINE), _lines(view))
    if view.scheme.sample:
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
