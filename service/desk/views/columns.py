"""栏目: all columns with what they owe; a column's page with its posts."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from core.activity import ColumnActivity
from core.records import COLLECTED
from core.store.models import Finding, Receipt
from service.desk import clock
from service.desk.access import EVERYONE, OFFICE, DeskRequest, allow
from service.desk.duties import Duty, duties, period_end
from service.desk.finding_list import OPEN
from service.desk.standing import Judged, judged
from service.desk.strips import PRESENT, column_strip
from service.desk.words import titles_of

_KINDS = {"": "全部", "late": "逾期未更新", "open": "还欠", "unknown": "未能核实", "done": "已完成", "live": "实时更新"}
_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Line:
    """A column in the list; `duty` is None for one that is updated in real time."""

    row: ColumnActivity
    key: str
    duty: Duty | None
    strip: SafeString
    open: int

    @property
    def state(self) -> str:
        return self.duty.state if self.duty else "live"


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Every column, those that are late first."""
    person, today = request.person, clock.today()
    month = judged(person.county, request.month)
    owed = _duties(month, today)
    counted = (
        person.scope(Finding.objects.filter(source__startswith="column/", state__in=OPEN, rank__lte=1)).order_by().values_list("source").annotate(Count("pk"))
    )
    serious = dict(counted)
    lines = [
        Line(
            row, f"{row.column.unit}/{row.column.name}", owed.get((row.column.unit, row.column.name)),
            column_strip(month.counted.posts.get(row.column.source, ()), request.month, today, row.column.name), serious.get(row.column.source, 0),
        )
        for row in month.counted.activity.columns
    ]  # fmt: skip
    show, text, unit = request.GET.get("show", ""), request.GET.get("q", "").strip(), request.GET.get("unit", "")
    counts = {kind: sum(line.state == kind for line in lines) if kind else len(lines) for kind in _KINDS}
    order = list(_KINDS)
    shown = [
        line
        for line in lines
        if (show not in _KINDS or not show or line.state == show)
        and (not text or text in line.row.column.name or text in line.row.column.unit)
        and (not unit or person.county.same_unit(line.row.column.unit, unit))
    ]
    shown.sort(key=lambda line: (order.index(line.state), line.duty.deadline if line.duty and line.duty.deadline else date.max))
    context = {
        "lines": shown, "kinds": [(kind, word, counts[kind]) for kind, word in _KINDS.items()], "show": show if show in _KINDS else "", "q": text, "unit": unit,
        "total": len(lines), "late": counts["late"], "left": counts["open"],
    }  # fmt: skip
    return render(request, "desk/columns.html", context)


def _duties(month: Judged, today: date) -> dict[tuple[str, str], Duty]:
    found = duties(month.county, month.counted.activity, month.counted.posts, today)
    return {(duty.unit, duty.what): duty for duty in found if duty.system == "栏目"}


@allow(*EVERYONE)
@require_GET
def detail(request: DeskRequest, key: str) -> HttpResponse:
    """A column's month and the posts of its period."""
    person, today = request.person, clock.today()
    month = judged(person.county, request.month)
    row = next((row for row in month.counted.activity.columns if f"{row.column.unit}/{row.column.name}" == key), None)
    if row is None:
        raise Http404
    person.require(row.column.unit)
    posts = month.counted.posts.get(row.column.source, ())
    start = row.column.cycle.period_start(request.month).first
    shown = sorted(
        (post for post in posts if post.published_on and post.published_on >= start), key=lambda post: post.published_at or post.first_seen, reverse=True
    )
    titles = titles_of(shown[:_SHOWN])
    counted = person.scope(Finding.objects.filter(source=row.column.source, state__in=OPEN)).order_by().values_list("post_id").annotate(Count("pk"))
    found = dict(counted)
    source = person.county.source(row.column.source)
    context: dict[str, Any] = {
        "row": row,
        "column": row.column,
        "duty": _duties(month, today).get((row.column.unit, row.column.name)),
        "strip": column_strip(posts, request.month, today, row.column.name, large=True),
        "period_start": start,
        "period_end": period_end(row, request.month),
        "posts": [{"post": post, "title": titles[post.id], "open": found.get(post.id, 0), "counts": post.state in PRESENT} for post in shown[:_SHOWN]],
        "more": max(0, len(shown) - _SHOWN),
        "findings": sum(found.values()),
        "receipt": Receipt.objects.filter(county=person.county.id, source=row.column.source).order_by("-pk").first(),
        "collected": COLLECTED,
        "reason": month.counted.activity.failed.get(row.column.source, ""),
        "url": source.url if source else None,
        "running": request.month.last >= today,
    }
    return render(request, "desk/column.html", context)
