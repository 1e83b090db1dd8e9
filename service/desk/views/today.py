"""今日: what last night found, what could not be collected, what is overdue; the first steps when there is nothing yet."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Max
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render

from core.assessment import Problem
from core.calendar import SHANGHAI, shanghai
from core.records import COLLECTED, SEVERITIES
from core.store.models import Alert, Finding, Receipt, Run
from service.desk import clock
from service.desk.access import EVERYONE, DeskRequest, Person, allow
from service.desk.finding_list import OPEN
from service.desk.units_now import told_to

_SHOWN = 8
_EVENING = time(18)
_RECENT = timedelta(days=14)
_LATE = timedelta(days=3)


@allow(*EVERYONE)
def today(request: DeskRequest) -> HttpResponse:
    """The page everybody starts from."""
    person, now = request.person, clock.now()
    run = Run.objects.filter(county=person.county.id, kind="crawl").order_by("-started_at").first()
    since = _since(now, run.started_at if run else None)
    fresh = person.scope(Finding.objects.filter(first_seen__gte=since))
    counts = {SEVERITIES[rank]: count for rank, count in fresh.order_by().values_list("rank").annotate(Count("pk"))}
    failed = _failed(person, now)
    return render(
        request,
        "desk/today.html",
        {
            "run": run,
            "since": since.date(),
            "counts": [(name, counts.get(name, 0)) for name in SEVERITIES],
            "found": sum(counts.values()),
            "worst": _worst(fresh),
            "failed": failed[:_SHOWN],
            "failed_count": len(failed),
            "late": _late(person, now.date()),
            "late_days": _LATE.days,
            "undelivered": 0 if person.is_officer else Alert.objects.filter(county=person.county.id, status="waiting", tries__gt=0).count(),
        },
    )


_OWED = (
    "column-not-updated",
    "no-news",
    "paper-missing",
    "submission-missing",
    "submission-malformed",
    "events-unhandled",
    "account-silent",
    "original-shortfall",
    "repost-shortfall",
)
_MOST_OWED = 20


@allow(*EVERYONE)
def owed(request: DeskRequest) -> HttpResponse:
    """What the month still lacks, as the month's assessment would say it now; computed apart because it may take a second."""
    from service.desk.standing import standing

    assessment, _ = standing(request.person.county, request.month)
    texts = [text for item in assessment.problems if item.kind in _OWED and (text := _theirs(request.person, item))]
    context = {"problems": texts[:_MOST_OWED], "more": max(0, len(texts) - _MOST_OWED)}
    return render(request, "desk/parts/owed.html" if request.htmx else "desk/owed.html", context)


def _theirs(person: Person, problem: Problem) -> str:
    """The problem's sentence for the office; for an officer told of the own unit alone, empty when it is not the unit's."""
    if not person.is_officer:
        return problem.text
    return told_to(person.county, problem, person.unit) if any(person.sees(unit) for unit in problem.units) else ""


def _since(now: datetime, run: datetime | None) -> datetime:
    """Yesterday evening; where nothing has run since, the last run that there was."""
    evening = datetime.combine(now.date() - timedelta(days=1), _EVENING, SHANGHAI)
    return min(evening, shanghai(run)) if run else evening


def _worst(fresh: Any) -> list[dict[str, Any]]:
    """The worst of last night by cause: one line for a table of 132 places."""
    rows = fresh.filter(rank__lte=1).order_by().values("unit", "post_id", "title", "file", "rule", "rank", "severity", "day")
    grouped = rows.annotate(places=Count("pk"), last=Max("pk"), message=Max("message")).order_by("rank", "-day", "-places")[:_SHOWN]
    lines = list(grouped)
    uids = dict(Finding.objects.filter(pk__in=[line["last"] for line in lines]).values_list("pk", "uid"))
    return [{**line, "uid": uids[line["last"]]} for line in lines]


def _failed(person: Person, now: datetime) -> list[dict[str, Any]]:
    """Sources whose newest receipt says that they could not be collected, by name and reason."""
    recent = Receipt.objects.filter(county=person.county.id, finished_at__gte=now - _RECENT)
    newest = recent.order_by().values("source").annotate(last=Max("pk")).values("last")
    rows = Receipt.objects.filter(pk__in=newest).exclude(status__in=COLLECTED).order_by("source")
    names = {source.id: source for source in person.county.sources}
    return [
        {"source": row.source, "name": names[row.source].name, "unit": names[row.source].unit, "reason": row.reason, "at": row.finished_at}
        for row in rows
        if row.source in names and person.sees(names[row.source].unit)
    ]


def _late(person: Person, today: date) -> list[dict[str, Any]]:
    """Units with vetoes and errors found days ago and still open, the worst first."""
    before = datetime.combine(today - _LATE, time(), SHANGHAI)
    seen = Coalesce(F("first_seen"), None)  # hidden from the planner, which would walk the index of discovery and fetch every row
    late = Finding.objects.annotate(seen=seen).filter(state__in=OPEN, rank__lte=1, seen__lt=before)
    rows = person.scope(late).order_by().values("unit", "rank").annotate(places=Count("pk"))
    units: dict[str, dict[str, Any]] = {}
    for row in rows:
        unit = units.setdefault(row["unit"] or "", {"unit": row["unit"], "veto": 0, "error": 0})
        unit[SEVERITIES[row["rank"]]] += row["places"]
    return sorted(units.values(), key=lambda unit: (-unit["veto"], -unit["error"]))[:_SHOWN]
