"""The month as it stands: counted, with its findings, graded. Each is computed once for each state of the store and kept, so that a page costs some cheap questions.

A desk at work keeps the months people look at up to date in the background (`keep`), so that nobody waits for the count after a crawl: what a crawl or check
has just changed may be seen some seconds late, what a person decided at once.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Max

from core.assessment import Assessment
from core.calendar import Month
from core.config import County
from core.records import Finding, StoredPost
from core.store import models
from service.desk import clock
from service.jobs import DECIDED, Counted, Night, activity, grade, open_of, undismissed

logger = logging.getLogger(__name__)
_KEPT = 6  # months
_PATIENCE = 60.0  # while a crawl runs the store changes every second: so old a count is still good
_PAUSE = 5.0
_ASKED = 1800.0  # a month nobody has looked at for so long is no longer kept up to date
_lock = threading.Lock()
_months: "dict[tuple[str, Month], _Kept]" = {}
_beat = float("-inf")  # when the keeper was last alive


@dataclass(frozen=True)
class Judged:
    """A month: what was counted, the findings it stands on, the assessment as adjusted by persons.

    `by_id` has all its open findings, dismissed ones included; `stamp` names the state of the store.
    """

    county: County
    counted: Counted
    findings: list[Finding]
    by_id: Mapping[str, Finding]
    assessment: Assessment
    stamp: str

    @cached_property
    def posts(self) -> Mapping[int, StoredPost]:
        """Every post that was counted, by id."""
        return {post.id: post for posts in self.counted.posts.values() for post in posts}


@dataclass(frozen=True)
class _State:
    """A state of the store: `collected` changes with posts, receipts and observations, `found` with findings, `spoken` with a person's word on a post."""

    collected: tuple[str, ...]
    found: tuple[str, ...]
    spoken: int


@dataclass
class _Kept:
    """What was computed last of a month; `judged` by the newest decision."""

    county: County
    state: _State
    counted: Counted
    opened: Mapping[str, Finding]
    counted_at: float
    asked: float
    judged: tuple[int, Judged] | None = field(default=None)


def judged(county: County, month: Month, exact: bool = False) -> Judged:
    """The month as it stands; nearly free until something was collected, checked or decided. `exact`: to the second, for what is going to be frozen."""
    kept, decided = _months.get((county.id, month)), _decided(county.id)
    state = _state(county.id, None if exact else kept)
    if kept is None or not _good(kept, county, state, exact):
        with _lock:
            kept = _brought_up(county, month, state, exact)
    kept.asked = time.monotonic()
    if kept.judged is None or kept.judged[0] != decided:
        with _lock:
            if kept.judged is None or kept.judged[0] != decided:
                kept.judged = (decided, _judge(county, kept, repr((kept.state, decided))))
    return kept.judged[1]


def standing(county: County, month: Month) -> tuple[Assessment, list[Finding]]:
    """The month's assessment and the findings it stands on."""
    month_as_is = judged(county, month)
    return month_as_is.assessment, month_as_is.findings


def forget() -> None:
    """Let go of everything that is kept, and of the keeper."""
    global _beat
    _months.clear()
    _beat = float("-inf")


def keep(wanted: Callable[[County], Iterable[Month]]) -> None:
    """Never returns: keeps the `wanted` months, and those people look at, up to date; a fault is told and tried again."""
    from django.db import DatabaseError, connection

    from core.errors import XunchaError
    from service.desk import county

    while True:
        try:
            here = county.current()
            keep_up(here, wanted(here))
        except (DatabaseError, OSError, XunchaError) as error:
            logger.warning("keeping the months: %s; tried again", type(error).__name__)
        connection.close()
        time.sleep(_PAUSE)


def keep_up(county: County, wanted: Iterable[Month]) -> None:
    """One round of the keeper."""
    global _beat
    for month in {*_looked_at(county.id), *wanted}:
        _beat = time.monotonic()
        _refresh(county, month)
    _beat = time.monotonic()


def _looked_at(county: str) -> set[Month]:
    return {month for (where, month), kept in list(_months.items()) if where == county and time.monotonic() - kept.asked < _ASKED}


def _refresh(county: County, month: Month) -> None:
    """Compute beside what is being shown, then put it in its place."""
    kept = _months.get((county.id, month))
    state = _state(county.id, kept)
    if kept and _same(kept, county, state):
        return
    made = _computed(county, month, state, kept)
    made.asked = kept.asked if kept else time.monotonic()
    decided = _decided(county.id)
    made.judged = (decided, _judge(county, made, repr((made.state, decided))))
    with _lock:
        _put(county, month, made)


def _same(kept: _Kept, county: County, state: _State) -> bool:
    return kept.county is county and kept.state == state


def _good(kept: _Kept, county: County, state: _State, exact: bool) -> bool:
    """True when what is kept may be shown: nothing has changed, or only by machine while the keeper sees to it."""
    kept_up = time.monotonic() - _beat < 3 * _PATIENCE
    return _same(kept, county, state) or (kept_up and not exact and kept.county is county and kept.state.spoken == state.spoken)


def _brought_up(county: County, month: Month, state: _State, exact: bool) -> _Kept:
    """The month computed, unless another request has just done so."""
    kept = _months.get((county.id, month))
    if kept is None or not _good(kept, county, state, exact):
        kept = _computed(county, month, state, kept)
        _put(county, month, kept)
    return kept


def _put(county: County, month: Month, kept: _Kept) -> None:
    _months.pop((county.id, month), None)
    while len(_months) >= _KEPT:
        _months.pop(min(_months, key=lambda key: _months[key].asked))
    _months[county.id, month] = kept


def _computed(county: County, month: Month, state: _State, before: _Kept | None) -> _Kept:
    """Count and open again what has changed since `before`, and only that."""
    before = before if before and before.county is county else None
    counted, counted_at = (before.counted, before.counted_at) if before else (None, 0.0)
    if counted is None or before is None or (before.state.collected, before.state.spoken) != (state.collected, state.spoken):
        counted, counted_at = activity(_night(county), month), time.monotonic()
        len(counted.posts)  # read them here, where nobody waits
    opened = before.opened if before and before.state.found == state.found else open_of(county, month)
    return _Kept(county, state, counted, opened, counted_at, time.monotonic())


def _judge(county: County, kept: _Kept, stamp: str) -> Judged:
    from core.store import findings as store
    from service.desk.rulebook import rules

    fresh = Counted(kept.counted.activity, kept.counted.posts, store.verdicts(county.id, DECIDED))
    findings = undismissed(county, kept.counted.activity.month, kept.opened)
    return Judged(county, fresh, findings, kept.opened, grade(county, fresh, findings, clock.now(), rules().version), stamp)


def _night(county: County) -> Night:
    from django.conf import settings

    now = clock.now()
    return Night(county, settings.HOME, now.date(), now)


def _crawling(county: str) -> bool:
    return models.Run.objects.filter(county=county, kind="crawl", status="running").exists()


def _decided(county: str) -> int:
    """Changes with every decision of a person."""
    return _newest(models.Verdict.objects.filter(county=county))


def _newest(rows: Any) -> int:
    """The last key there is."""
    return int(rows.order_by("-pk").values_list("pk", flat=True).first() or 0)


def _state(county: str, kept: _Kept | None) -> _State:
    """The store's state now; while a crawl runs what was collected is taken to be as it was when `kept` was counted, for a minute."""
    receipts = models.Receipt.objects.filter(county=county).aggregate(Max("pk"), Max("finished_at"))
    observed = models.Observation.objects.filter(county=county).aggregate(Max("pk"), Count("pk"))
    # A post that changes leaves a version behind.
    posts = (_newest(models.Post.objects.filter(county=county)), _newest(models.PostVersion.objects.filter(post__county=county)))
    collected = tuple(str(value) for value in (*posts, *receipts.values(), *observed.values()))
    closed = models.Finding.objects.filter(county=county, closed_at__isnull=False).aggregate(Max("closed_at"), Count("pk"))
    found = tuple(str(value) for value in (_newest(models.Finding.objects.filter(county=county)), *closed.values()))
    spoken = models.Verdict.objects.filter(county=county, subject__startswith="post/").aggregate(last=Max("pk"))["last"] or 0
    if kept and collected != kept.state.collected and time.monotonic() - kept.counted_at < _PATIENCE and _crawling(county):
        collected = kept.state.collected
    return _State(collected, found, spoken)
