"""年度: the ledger of deductions and vetoes, ranking, trends, exports."""

from decimal import Decimal

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from reports.kinds import KINDS
from reports.ledger_files import csv_of, xlsx_of
from service.desk import audit, charts
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.issuing import TYPES
from service.desk.year import year_of, years


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
    data = csv_of(view.units) if kind == "csv" else xlsx_of(view.months, view.units, view.scheme)
    audit.record(request, "导出年度台账", f"year/{view.year}", kind=kind)
    response = HttpResponse(data, content_type=TYPES[kind])
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{view.year}%E5%B9%B4%E5%BA%A6%E5%8F%B0%E8%B4%A6.{kind}"
    return response
