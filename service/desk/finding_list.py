"""The list of findings: filters read from an address, one count that equals the list, rows in two cheap queries however many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from core.records import SEVERITIES
from core.store.models import Finding
from service.desk.access import Person
from service.desk.county import names_of
from service.desk.templatetags.desk import CATEGORIES, STATES

PER_PAGE = 50
OPEN = ("new", "confirmed", "appealed", "review")
NOBODY = "-"
ORDERS = {"": ("rank", "-day", "pk"), "day": ("-day", "rank", "pk")}


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show; an empty value means everything, but for `state` everything that is still open."""

    unit: str = ""
    category: str = ""
    severity: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None
    fresh: date | None = None
    post: int | None = None
    order: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> "Filter":
        """From an address; a value nobody knows is dropped, so that an old bookmark still opens."""
        post = query.get("post", "")
        return cls(
            unit=query.get("unit", "").strip()[:128],
            category=_known(query.get("category", ""), CATEGORIES),
            severity=_known(query.get("severity", ""), SEVERITIES),
            state=_known(query.get("state", ""), (*STATES, "all")),
            since=_day(query.get("since", "")),
            until=_day(query.get("until", "")),
            fresh=_day(query.get("fresh", "")),
            post=int(post) if post.isascii() and post.isdecimal() and len(post) < 16 else None,
            order=_known(query.get("order", ""), ORDERS),
        )

    @property
    def is_narrow(self) -> bool:
        """True when anything but the order has been chosen."""
        return replace(self, order="") != Filter()

    def rows(self, person: Person) -> QuerySet[Finding]:
        """The findings, cut to what the person may see, not yet ordered."""
        rows = person.scope(Finding.objects.all())
        if self.state != "all":
            rows = rows.filter(state=self.state) if self.state else rows.filter(state__in=OPEN)
        else:
            rows = rows.filter(state__in=tuple(STATES))
        if self.severity:
            rows = rows.filter(rank=SEVERITIES.index(self.severity))  # type: ignore[arg-type]
        if self.category:
            rows = rows.filter(rule__startswith=f"{self.category}/")
        if self.unit == NOBODY:
            rows = rows.filter(Q(unit=None) | Q(unit=""))
        elif self.unit:
            rows = rows.filter(unit__in=sorted(names_of(person.county, self.unit)))
        if self.post is not None:
            rows = rows.filter(post_id=self.post)
        return _within(rows, self.since, self.until, self.fresh)

    def ordered(self, person: Person) -> QuerySet[Finding]:
        return self.rows(person).order_by(*ORDERS[self.order])


def _within(rows: QuerySet[Finding], since: date | None, until: date | None, fresh: date | None) -> QuerySet[Finding]:
    if since:
        rows = rows.filter(day__gte=since)
    if until:
        rows = rows.filter(day__lte=until)
    if fresh:
        from datetime import datetime, time

        from core.calendar import SHANGHAI

        rows = rows.filter(first_seen__gte=datetime.combine(fresh, time(), SHANGHAI))
    return rows


def _known(value: str, values: Any) -> str:
    return value if value in values else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list, its total, and how many of each severity the total holds."""

    page: Page[Any]
    rows: list[Finding]
    total: int
    severities: Mapping[str, int]


def listing(chosen: Filter, person: Person, number: str | None) -> Listing:
    """Three queries: count by severity, keys of the page, rows of the page."""
    counted = chosen.rows(person).order_by().values_list("rank").annotate(Count("pk"))
    severities = {SEVERITIES[rank]: count for rank, count in sorted(counted)}
    total = sum(severities.values())
    paginator = _Counted(chosen.ordered(person).values_list("pk", flat=True), PER_PAGE, total)
    page = paginator.get_page(number)
    keys = list(page.object_list)
    found = {row.pk: row for row in Finding.objects.filter(pk__in=keys)}
    return Listing(page, [found[key] for key in keys if key in found], total, severities)


class _Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that was told the count."""

    def __init__(self, keys: Any, per_page: int, total: int) -> None:
        super().__init__(keys, per_page)
        self.count = total  # type: ignore[misc]
