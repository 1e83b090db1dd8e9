"""The month as it stands: counted, with its findings, graded. Each is computed once for each state of the store and kept, so that a page costs some cheap questions."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import Count, Max

from core.assessment import Assessment
from core.calendar import Month
from core.config import County
from core.records import Finding, StoredPost
from core.store import models
from service.desk import clock
from service.jobs import Counted, Night, activity, grade, open_of, undismissed

_KEPT = 18
_PATIENCE = 60
_lock = threading.Lock()
_known: dict[tuple[Any, ...], Any] = {}
Value = TypeVar("Value")


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


def judged(county: County, month: Month) -> Judged:
    """The month as it stands; a second call is nearly free until something was collected, checked or decided."""
    collected = _collected(county.id)
    found = _found(county.id)
    decided = models.Verdict.objects.filter(county=county.id).aggregate(Max("pk"))["pk__max"]
    with _lock:
        collected = _settled(month, county, collected)
        counted = _kept(("counted", month, id(county), *collected), lambda: (county, activity(_night(county), month), time.monotonic()))[1]
        opened = _kept(("open", month, county.id, *found), lambda: open_of(county, month))
        key = ("judged", month, id(county), *collected, *found, decided)
        return _kept(key, lambda: _judge(county, counted, opened, repr(key[3:])))


def _settled(month: Month, county: County, collected: tuple[Any, ...]) -> tuple[Any, ...]:
    """While a crawl runs the store changes every second: a count younger than a minute is still good, unless a person has spoken since."""
    if models.Run.objects.filter(county=county.id, kind="crawl", status="running").exists():
        for key, value in _known.items():
            if key[:3] == ("counted", month, id(county)) and key[-1] == collected[-1] and time.monotonic() - value[2] < _PATIENCE:
                return tuple(key[3:])
    return collected


def standing(county: County, month: Month) -> tuple[Assessment, list[Finding]]:
    """The month's assessment and the findings it stands on."""
    month_as_is = judged(county, month)
    return month_as_is.assessment, month_as_is.findings


def _judge(county: County, counted: Counted, opened: Mapping[str, Finding], stamp: str) -> Judged:
    from core.store import findings as store
    from service.desk.rulebook import rules

    fresh = Counted(counted.activity, counted.posts, store.verdicts(county.id))
    findings = undismissed(opened, fresh.verdicts)
    return Judged(county, fresh, findings, opened, grade(county, fresh, findings, clock.now(), rules().version), stamp)


def _kept(key: tuple[Any, ...], make: Callable[[], Value]) -> Value:
    """The value of a key, made when it is not known; the longest kept goes first."""
    if key not in _known:
        value = make()
        while len(_known) >= _KEPT:
            _known.pop(next(iter(_known)))
        _known[key] = value
    found: Value = _known[key]
    return found


def _night(county: County) -> Night:
    from django.conf import settings

    now = clock.now()
    return Night(county, settings.HOME, now.date(), now)


def _collected(county: str) -> tuple[Any, ...]:
    """Changes whenever a post, a receipt, an observation or a person's word on a post does."""
    newest = [
        models.Post.objects.filter(county=county).aggregate(Max("changed_at"), Max("pk")),
        models.Receipt.objects.filter(county=county).aggregate(Max("pk"), Max("finished_at")),
        models.Observation.objects.filter(county=county).aggregate(Max("pk"), Count("pk")),
        models.Verdict.objects.filter(county=county, subject__startswith="post/").aggregate(Max("pk")),
    ]
    return tuple(str(value) for found in newest for value in found.values())


def _found(county: str) -> tuple[Any, ...]:
    """Changes whenever a finding opens, closes or comes back."""
    found = models.Finding.objects.filter(county=county).aggregate(Max("pk"), Max("closed_at"), Count("closed_at"))
    return tuple(str(value) for value in found.values())
