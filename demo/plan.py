"""On which days posts fall: deterministic spreading that gives exactly the silence the facts name and no other."""

import itertools
import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from core.calendar import SHANGHAI, Month
from core.errors import FactsError

Silence = tuple[date, date]
_DAY = timedelta(days=1)
_LIMITS = {"微信订阅号": 7, "微信服务号": 7, "抖音号": 14}
_LIMIT_ELSEWHERE = 14
_EARLIER_POSTS = 3


def limit_of(platform: str) -> int:
    """The longest run of whole days without a post that is no problem on the platform."""
    return _LIMITS.get(platform, _LIMIT_ELSEWHERE)


def impossible(month: Month, count: int, limit_days: int, silence: Silence | None, required: Iterable[date] = ()) -> str | None:
    """Why no month could have `count` posts with exactly this silence, as a Chinese reason; None where one can."""
    if silence:
        start, end = silence
        if end < month.first or start > month.last:
            return f"停更 {start} 至 {end} 不在 {month}"
        if end > month.last:
            return f"停更止 {end} 晚于月末 {month.last}"
        if start <= month.first and end == month.last and count:
            return f"停更 {start} 至 {end} 覆盖全月，条数却是 {count}"
    if silence is None or _whole_month(month, silence):  # no silence stated: the month's silences follow from its few posts
        return None
    if not count:
        return f"{month} 一条未发，停更起、停更止应覆盖全月（停更止写 {month.last}）"
    needed = _needed(month, _anchors(month, silence, required), _caps(limit_days, silence)[-1], silence)
    if needed <= count:
        return None
    longest = _caps(limit_days, silence)[-1]
    return f"全月 {count} 条，除 {silence[0]} 至 {silence[1]} 外必然另有超过 {longest} 天未更新（至少要 {needed} 条），请改条数或停更起止"


def spread(month: Month, count: int, limit_days: int, silence: Silence | None, rng: random.Random, required: Iterable[date] = ()) -> tuple[date, ...]:
    """Days in order for `count` posts (a day may come several times), one at least on each required day.

    A given silence comes out exactly. Every other run of days without a post is no longer than `limit_days` where the count allows;
    it is shorter than a silence above the limit in any case, and than one within the limit where the count allows. Runs at the month's start are measured from the last of `lead_in`.
    """
    reason = impossible(month, count, limit_days, silence, required)
    if reason:
        raise FactsError(reason)
    if not count:
        return ()
    anchors = _anchors(month, silence, required)
    caps = _caps(limit_days, silence)
    cap = next(cap for cap in caps if _needed(month, anchors, cap, silence) <= count)
    free = [day for day in month.days() if not (silence and silence[0] <= day <= silence[1])]
    days = sorted(anchors)
    while len(days) < count:
        left = count - len(days) - 1
        for day in rng.sample(free, len(free)):
            if _gaps(month, {*days, day}, cap, silence) <= left:
                days.append(day)
                break
    return tuple(sorted(days))


def lead_in(month: Month, limit_days: int, silence: Silence | None, rng: random.Random) -> tuple[date, ...]:
    """Days of earlier months with a post, in order: the last one is the day before the month, or before a silence carried into it."""
    last = silence[0] - _DAY if silence and silence[0] <= month.first else month.first - _DAY
    step = max(1, min(limit_days, (silence[1] - silence[0]).days if silence else limit_days))
    days = [last]
    for _ in range(_EARLIER_POSTS - 1):
        days.append(days[-1] - timedelta(days=rng.randint(1, step)))
    return tuple(reversed(days))


def moments(days: Sequence[date], rng: random.Random) -> tuple[datetime, ...]:
    """A Shanghai time for each day, all different and in order; a few just after and just before midnight."""
    taken: set[datetime] = set()
    for day in days:
        while True:
            hour = rng.choice((0, 23)) if rng.random() < 0.06 else rng.randint(7, 21)
            moment = datetime.combine(day, time(hour, rng.randrange(60), rng.randrange(60)), SHANGHAI)
            if moment not in taken:
                break
        taken.add(moment)
    return tuple(sorted(taken))


def _whole_month(month: Month, silence: Silence | None) -> bool:
    return bool(silence and silence[0] <= month.first and silence[1] == month.last)


def _anchors(month: Month, silence: Silence | None, required: Iterable[date]) -> set[date]:
    """Days that must have a post: the required ones, and those that bound the silence inside the month."""
    bounds = [silence[0] - _DAY, silence[1] + _DAY] if silence else []
    return {day for day in (*bounds, *required) if day in month}


def _caps(limit_days: int, silence: Silence | None) -> tuple[int, ...]:
    """How long other runs may be, the preferred length first: no problem of their own and shorter than the silence.

    Where few posts leave no room for that, beside a silence within the limit others within it do no harm either.
    """
    if silence is None:  # with too few posts for the limit, the most even spreading
        return tuple(range(limit_days, 32))
    shorter = (silence[1] - silence[0]).days
    return (limit_days, shorter) if shorter > limit_days else (shorter, limit_days)


def _needed(month: Month, anchors: set[date], cap: int, silence: Silence | None) -> int:
    """The least number of posts with these days among them that leaves no other run above the cap."""
    return len(anchors) + _gaps(month, anchors, cap, silence)


def _gaps(month: Month, posts: set[date], cap: int, silence: Silence | None) -> int:
    """How many more posts it takes to cut every other run down to the cap; the month's edges count as posts."""
    edges = sorted({month.first - _DAY, *posts, month.last + _DAY})
    more = 0
    for before, after in itertools.pairwise(edges):
        free = (after - before).days - 1
        if silence and before < silence[1] and after > silence[0]:  # the given silence itself
            continue
        more += max(0, -(-(free - cap) // (cap + 1)))
    return more
