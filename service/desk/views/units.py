"""单位: all units with this month's standing, a unit's own page."""

from decimal import Decimal
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from core.records import SEVERITIES, Unit
from core.store.models import Finding
from reports.yearly import UnitYear
from service.desk import charts, clock
from service.desk.access import EVERYONE, OFFICE, DeskRequest, Person, allow
from service.desk.finding_list import OPEN
from service.desk.models import OFFICER
from service.desk.standing import judged
from service.desk.strips import strips_of_unit
from service.desk.units_now import SYSTEMS, UnitNow, told_to, units_now
from service.desk.year import year_of

_SHOWN = 8
_KINDS = {"": "全部", "problems": "有问题", "owed": "还有欠缺", "unknown": "未能核实", "calm": "没有问题"}


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """All units, those with problems first."""
    today = clock.today()
    units = list(units_now(request.person, judged(request.person.county, request.month), today).values())
    running = request.month.last >= today
    chosen, text = request.GET.get("show", ""), request.GET.get("q", "").strip()
    tests: dict[str, Any] = {
        "problems": lambda unit: unit.serious or (unit.problems and not running),
        "owed": lambda unit: unit.owed,
        "unknown": lambda unit: unit.unknown,
        "calm": lambda unit: not unit.serious and not unit.problems and not unit.late,
    }
    counts = {kind: len([unit for unit in units if tests[kind](unit)]) if kind else len(units) for kind in _KINDS}
    shown = [unit for unit in units if (chosen not in tests or tests[chosen](unit)) and (not text or _named(request.person, unit, text))]
    shown.sort(key=_worst_first)
    context = {
        "units": shown,
        "systems": SYSTEMS,
        "running": running,
        "kinds": [(kind, word, counts[kind]) for kind, word in _KINDS.items()],
        "show": chosen if chosen in tests else "",
        "q": text,
        "total": len(units),
        "troubled": counts["problems"],
        "owing": counts["owed"],
    }
    return render(request, "desk/units.html", context)


def _named(person: Person, unit: UnitNow, text: str) -> bool:
    known = person.county.unit(unit.name)
    return any(text in name for name in (unit.name, *(known.aliases if known else ())))


def _worst_first(unit: UnitNow) -> tuple[int, ...]:
    failed = sum(grade == "不合格" for grade in unit.grades.values())
    return (-unit.open.get("veto", 0), -unit.open.get("error", 0), -failed, -len(unit.problems), -unit.late, -len(unit.owed))


@allow(*EVERYONE)
@require_GET
def detail(request: DeskRequest, name: str) -> HttpResponse:
    """A unit's page, known by any of its names."""
    unit = request.person.county.unit(name)
    if unit is None:
        raise Http404
    request.person.require(unit.name)
    return _page(request, unit)


@allow(OFFICER)
@require_GET
def mine(request: DeskRequest) -> HttpResponse:
    """The officer's own unit."""
    unit = request.person.county.unit(request.person.unit)
    if unit is None:
        return render(request, "desk/unit_unknown.html", status=404)
    return _page(request, unit)


def _page(request: DeskRequest, unit: Unit) -> HttpResponse:
    person, today = request.person, clock.today()
    month = judged(person.county, request.month)
    now = units_now(person, month, today)[unit.name]
    year = year_of(person.county, request.month.year)
    line = next((line for line in year.units if line.unit == unit.name), None)
    context: dict[str, Any] = {
        "unit": unit,
        "now": now,
        "systems": [(word, now.grades[system]) for system, word in SYSTEMS.items() if system in now.grades],
        "running": request.month.last >= today,
        "groups": _groups(now),
        "findings": _findings(person, unit),
        "open_total": sum(now.open.values()),
        "strips": strips_of_unit(person.county, unit.name, month, today),
        "year": year,
        "mine": line,
        "trend": _trend(line, year.scheme.base),
        "told": [told_to(person.county, problem, unit.name) for problem in now.problems],
        "legend": charts.legend(),
    }
    return render(request, "desk/unit.html", context)


def _trend(line: UnitYear | None, base: Decimal) -> str:
    """The unit's score over the months; nothing for a single month."""
    if line is None or len(line.scores) < 2:
        return ""
    floor = min(line.scores[-1][1], base - 10)
    return charts.trend([(f"{month.month}月", score) for month, score in line.scores], floor, base, "得分", large=True)


def _groups(now: UnitNow) -> list[dict[str, Any]]:
    """Duties by system; in each what is late and open first."""
    order = {"late": 0, "open": 1, "unknown": 2, "done": 3}
    groups: dict[str, list[Any]] = {}
    for duty in sorted(now.duties, key=lambda duty: order[duty.state]):
        groups.setdefault(duty.system, []).append(duty)
    return [{"system": system, "duties": found, "left": sum(duty.owed for duty in found)} for system, found in groups.items()]


def _findings(person: Person, unit: Unit) -> list[dict[str, Any]]:
    """Open findings of the unit by cause, the worst first: one line for a table of many places."""
    from django.db.models import Max

    from service.desk.county import names_of

    rows = person.scope(Finding.objects.filter(state__in=OPEN, unit__in=sorted(names_of(person.county, unit.name))))
    grouped = (
        rows.order_by()
        .values("post_id", "title", "file", "rule", "rank", "day")
        .annotate(places=Count("pk"), last=Max("pk"))
        .order_by("rank", "-day", "-places")
    )
    lines = list(grouped[:_SHOWN])
    uids = dict(Finding.objects.filter(pk__in=[line["last"] for line in lines]).values_list("pk", "uid"))
    return [{**line, "uid": uids[line["last"]], "severity": SEVERITIES[line["rank"]]} for line in lines]
