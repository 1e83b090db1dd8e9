"""A month's posts as counting needs them: those of the month whole, earlier ones as counts by day, and of all others only what repeats an account's text.

A county keeps a hundred thousand posts of a year; reading each of them as a record took most of an assessment's time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core.calendar import SHANGHAI, shanghai
from core.records import StoredPost
from core.store.posts import stored
from core.text import unpacked

if TYPE_CHECKING:
    import numpy

PRESENT = ("live", "unread")
_BANDS, _ROWS = 21, 3  # as in the index of near texts: what shares no band is not near
_BYTES = 256
_AT_ONCE = 500
_COUNTED = ("pk", "source", "url", "title", "published_at", "origin", "state", "original")
_REST: dict[str, Any] = {"date_source": "", "pinned": False, "evidence": None, "content_key": "", "version": 1}
_PLAIN = (
    "pk",
    "source",
    "url",
    "title",
    "published_at",
    "date_source",
    "origin",
    "state",
    "original",
    "pinned",
    "evidence",
    "content_key",
    "first_seen",
    "version",
    "absent_at",
)


@dataclass(frozen=True, slots=True)
class MonthPosts:
    """`posts`: of accounts in the month, and of the sources read whole; `days`: everything else, source → last day of a month with posts → posts of that month;
    `near`: posts of other sources or earlier days that may hold an account's text. Only posts whose text may stand elsewhere carry a fingerprint."""

    posts: Mapping[str, list[StoredPost]]
    days: Mapping[str, Mapping[date, int]]
    near: Mapping[str, list[StoredPost]]


def month_posts(county: str, since: datetime, start: datetime, until: datetime, accounts: Collection[str], whole: Collection[str]) -> MonthPosts:
    """What counts of [since, until), where the month begins at `start`. Sources in `whole` are read back to `since`."""
    from django.db.models import Q

    from core.store import models

    every = models.Post.objects.filter(county=county, published_at__gte=since, published_at__lt=until)
    mine = Q(source__in=list(accounts), published_at__gte=start)
    read_whole = Q(source__in=list(whole))
    shared = _shared(_sketches(every.filter(mine)), _sketches(every.exclude(mine)))
    prints = dict(every.filter(pk__in=[*shared.mine, *every.filter(read_whole).values_list("pk", flat=True)]).values_list("pk", "sketch"))
    posts: dict[str, list[StoredPost]] = {}
    for post in _counted(every.filter(mine | read_whole), prints):
        posts.setdefault(post.source, []).append(post)
    return MonthPosts(posts, _days(every.exclude(mine | read_whole)), _near(shared.theirs))


def origins(county: str, start: datetime, until: datetime, sources: Iterable[str]) -> dict[str, int]:
    """What the posts of these sources name as their origin, and how many posts each."""
    from django.db.models import Count

    rows = _present(county, start, until, sources).values_list("origin").annotate(number=Count("pk"))
    return dict(rows.order_by())


def addresses(county: str, start: datetime, until: datetime, sources: Iterable[str], named: Iterable[str]) -> list[str]:
    """Where the posts of these sources that name one of these origins stand, oldest first within a source."""
    rows = _present(county, start, until, sources).filter(origin__in=list(named))
    return list(rows.order_by("source", "published_at", "pk").values_list("url", flat=True))


def _present(county: str, start: datetime, until: datetime, sources: Iterable[str]) -> Any:
    from core.store import models

    return models.Post.objects.filter(county=county, published_at__gte=start, published_at__lt=until, state__in=PRESENT, source__in=list(sources))


def _counted(rows: Any, prints: Mapping[int, Any]) -> Iterable[StoredPost]:
    """Posts with no more than is counted."""
    for number, source, url, title, moment, origin, state, original in rows.order_by("published_at", "pk").values_list(*_COUNTED).iterator(chunk_size=5000):
        sketch = prints.get(number)
        known: dict[str, Any] = {"source": source, "url": url, "title": title, "published_at": moment, "origin": origin, "state": state, "original": original}
        yield StoredPost(id=number, first_seen=moment, fingerprint=unpacked(bytes(sketch)) if sketch else (), **known, **_REST)


def _light(rows: Any) -> Iterable[StoredPost]:
    """Posts without fingerprint, links, attachments and tags."""
    for number, *values in rows.order_by("published_at", "pk").values_list(*_PLAIN).iterator(chunk_size=5000):
        yield StoredPost(id=number, fingerprint=(), **dict(zip(_PLAIN[1:], values, strict=True)))


def _days(rows: Any) -> dict[str, dict[date, int]]:
    """Posts present by source and month, counted by the database, and noted on the month's last day that has one: what is owed is owed by months."""
    from django.db.models import Count, Max
    from django.db.models.functions import TruncMonth

    monthly = rows.filter(state__in=PRESENT).annotate(month=TruncMonth("published_at", tzinfo=SHANGHAI)).values("source", "month")
    found: dict[str, dict[date, int]] = {}
    for source, last, number in monthly.annotate(last=Max("published_at"), number=Count("pk")).values_list("source", "last", "number").order_by():
        found.setdefault(source, {})[shanghai(last).date()] = number
    return found


def _near(keys: list[int]) -> dict[str, list[StoredPost]]:
    from core.store import models

    near: dict[str, list[StoredPost]] = {}
    for begin in range(0, len(keys), _AT_ONCE):
        for row in models.Post.objects.filter(pk__in=keys[begin : begin + _AT_ONCE]).exclude(source="recommended"):
            near.setdefault(row.source, []).append(stored(row))
    for posts in near.values():
        posts.sort(key=lambda post: (post.published_at, post.id))
    return near


# --- near texts ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sketches:
    """Fingerprints as a matrix, a row for each post, and the posts' keys."""

    keys: "numpy.ndarray[Any, Any]"
    rows: "numpy.ndarray[Any, Any]"


@dataclass(frozen=True, slots=True)
class _Shared:
    """Posts whose text may stand elsewhere: those of accounts, and those elsewhere."""

    mine: list[int]
    theirs: list[int]


def _sketches(rows: Any) -> _Sketches:
    """The sketches of these posts. PostgreSQL strings them together itself: no row is looked at here."""
    import numpy
    from django.db import connection

    if connection.vendor == "postgresql":
        read = numpy.frombuffer(_strung(rows), dtype=[("key", ">i8"), ("sketch", "<u4", (_BYTES // 4,))])
        return _Sketches(read["key"].astype("<i8"), read["sketch"])
    pairs = [(pk, bytes(sketch)) for pk, sketch in rows.values_list("pk", "sketch").iterator(chunk_size=10000) if len(sketch) == _BYTES]
    sketches = numpy.frombuffer(b"".join(sketch for _, sketch in pairs), dtype="<u4").reshape(-1, _BYTES // 4)
    return _Sketches(numpy.array([pk for pk, _ in pairs], dtype="<i8"), sketches)


def _strung(rows: Any) -> bytes:
    from django.core.exceptions import EmptyResultSet
    from django.db import connection
    from django.db.models import F
    from django.db.models.functions import Length

    wanted = rows.annotate(size=Length(F("sketch"))).filter(size=_BYTES).values_list("pk", "sketch").order_by()
    try:
        statement, values = wanted.query.sql_with_params()
    except EmptyResultSet:  # a county without accounts
        return b""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT string_agg(int8send(key) || sketch, ''::bytea) FROM ({statement}) wanted (key, sketch)", values)
        return bytes(cursor.fetchone()[0] or b"")


def _shared(mine: _Sketches, theirs: _Sketches) -> _Shared:
    """Which of mine share a band with another post, and which of theirs with one of mine; all compared at once, and only what shares a band can be near."""
    import numpy

    if not len(mine.keys):
        return _Shared([], [])
    of_mine: numpy.ndarray[Any, Any] = numpy.zeros(len(mine.keys), dtype=bool)
    of_theirs: numpy.ndarray[Any, Any] = numpy.zeros(len(theirs.keys), dtype=bool)
    for band in range(_BANDS):
        ours, others = _mixed(mine.rows, band), _mixed(theirs.rows, band)
        found, counts = numpy.unique(ours, return_counts=True)
        at = numpy.minimum(numpy.searchsorted(found, others), len(found) - 1)
        hit = found[at] == others
        of_theirs |= hit
        twice = counts > 1
        twice[at[hit]] = True
        of_mine |= twice[numpy.searchsorted(found, ours)]
    return _Shared([int(key) for key in mine.keys[of_mine]], [int(key) for key in theirs.keys[of_theirs]])


def _mixed(sketches: "numpy.ndarray[Any, Any]", band: int) -> "numpy.ndarray[Any, Any]":
    """A band's values as one number each; two different bands may rarely get the same, which costs a comparison and changes nothing."""
    columns: numpy.ndarray[Any, Any] = sketches[:, band * _ROWS : (band + 1) * _ROWS].astype("<u8")
    mixed: numpy.ndarray[Any, Any] = (columns[:, 0] * 0x9E3779B97F4A7C15) ^ (columns[:, 1] * 0xC2B2AE3D27D4EB4F) ^ (columns[:, 2] * 0x165667B19E3779F9)
    return mixed


class PostsOfSources(Mapping[str, "list[StoredPost]"]):
    """All posts of a time by source, read from the store when first asked for. Fingerprints are left out: people look at titles and days."""

    def __init__(self, county: str, since: datetime, until: datetime) -> None:
        self._asked = county, since, until

    @cached_property
    def _read(self) -> dict[str, list[StoredPost]]:
        found: dict[str, list[StoredPost]] = {}
        from core.store import models

        county, since, until = self._asked
        for post in _light(models.Post.objects.filter(county=county, published_at__gte=since, published_at__lt=until)):
            found.setdefault(post.source, []).append(post)
        return found

    def __getitem__(self, source: str) -> list[StoredPost]:
        return self._read[source]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)
