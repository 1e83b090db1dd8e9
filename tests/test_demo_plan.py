"""Spreading posts over days: the silence of the facts, exactly, and no other."""

import random
from datetime import date, timedelta

import pytest

from core.calendar import Month
from core.errors import FactsError
from demo import plan

DAY = timedelta(days=1)
OCTOBER, LEAP = Month(2023, 10), Month(2024, 2)


def runs(month: Month, days: set[date], before: date) -> list[tuple[date, date]]:
    """Runs of whole days without a post that touch the month, after the last earlier post."""
    found, start = [], before + DAY
    for offset in range((month.last - before).days + 1):
        day = before + DAY + offset * DAY
        if day in days or day > month.last:
            if start < day and day - DAY >= month.first:
                found.append((start, day - DAY))
            start = day + DAY
    return found


def outcome(month: Month, count: int, limit: int, silence: tuple[date, date] | None, seed: int, required: tuple[date, ...] = ()) -> list[tuple[date, date]]:
    """The runs of a spread, the longest first; counts and required days are checked on the way."""
    rng = random.Random(seed)
    days = plan.spread(month, count, limit, silence, rng, required)
    earlier = plan.lead_in(month, limit, silence, rng)
    assert len(days) == count
    assert all(day in month for day in days)
    assert list(days) == sorted(days)
    assert set(required) <= set(days)
    assert all(day < month.first for day in earlier)
    return sorted(runs(month, set(days), max(earlier)), key=lambda run: run[0] - run[1])


def least(month: Month, limit: int, silence: tuple[date, date] | None) -> int:
    if silence is None:
        return next(count for count in range(1, 60) if all((end - start).days < limit for start, end in outcome(month, count, limit, None, 1)))
    return next(count for count in range(60) if plan.impossible(month, count, limit, silence) is None)


SILENCES = [
    ("2023-10-14", "2023-10-25"),
    ("2023-10-09", "2023-10-31"),
    ("2023-10-05", "2023-10-11"),  # 7 days
    ("2023-10-05", "2023-10-12"),  # 8
    ("2023-10-10", "2023-10-23"),  # 14
    ("2023-10-10", "2023-10-24"),  # 15
    ("2023-10-01", "2023-10-08"),
    ("2023-10-02", "2023-10-09"),
    ("2023-09-20", "2023-10-03"),
    ("2023-09-25", "2023-10-01"),
    ("2023-10-24", "2023-10-31"),
    ("2023-10-30", "2023-10-31"),
    ("2023-10-31", "2023-10-31"),
    ("2023-10-04", "2023-10-04"),
]


@pytest.mark.parametrize("limit", [7, 14])
@pytest.mark.parametrize("given", SILENCES)
def test_a_given_silence_comes_out_exactly_and_alone(given: tuple[str, str], limit: int) -> None:
    silence = (date.fromisoformat(given[0]), date.fromisoformat(given[1]))
    length = (silence[1] - silence[0]).days + 1
    lowest = least(OCTOBER, limit, silence)
    for count in (lowest, lowest + 1, lowest + 7, lowest + 60):
        found = outcome(OCTOBER, count, limit, silence, count)
        assert silence in found
        others = [(end - start).days + 1 for start, end in found if (start, end) != silence]
        roomy = count >= 31 or length > limit
        assert all(other < length if roomy else other <= limit for other in others)
    assert plan.impossible(OCTOBER, lowest - 1, limit, silence)


@pytest.mark.parametrize("month", [OCTOBER, LEAP, Month(2023, 2), Month(2023, 12)])
@pytest.mark.parametrize("limit", [7, 14])
def test_without_a_silence_no_run_exceeds_the_limit(month: Month, limit: int) -> None:
    lowest = least(month, limit, None)
    for count in (lowest, lowest + 1, lowest + 20):
        for seed in range(5):
            assert all((end - start).days + 1 <= limit for start, end in outcome(month, count, limit, None, seed))


def test_least_counts_are_what_arithmetic_says() -> None:
    assert least(OCTOBER, 7, None) == 3  # 31 days: 3 posts leave 28 days in 4 runs of 7
    assert least(OCTOBER, 14, None) == 2
    assert least(LEAP, 14, None) == 1  # 29 days: 14 + post + 14
    assert least(OCTOBER, 14, (date(2023, 10, 9), date(2023, 10, 31))) == 1


@pytest.mark.parametrize("start", [date(2023, 10, 1), date(2023, 9, 12)])
def test_a_silent_month(start: date) -> None:
    silence = (start, OCTOBER.last)
    assert outcome(OCTOBER, 0, 7, silence, 1) == [silence]
    assert "覆盖全月" in (plan.impossible(OCTOBER, 2, 7, silence) or "")


def test_a_longer_silence_lets_other_runs_be_long_only_when_posts_are_few() -> None:
    silence = (date(2023, 10, 1), date(2023, 10, 16))
    assert least(OCTOBER, 7, silence) == 1
    assert outcome(OCTOBER, 1, 7, silence, 1)[1] == (date(2023, 10, 18), date(2023, 10, 31))
    assert (lambda run: (run[1] - run[0]).days + 1)(outcome(OCTOBER, 6, 7, silence, 1)[1]) <= 7


def test_required_days_get_a_post() -> None:
    required = (date(2023, 10, 3), date(2023, 10, 30))
    for seed in range(5):
        assert outcome(OCTOBER, 9, 7, (date(2023, 10, 14), date(2023, 10, 25)), seed, required)[0] == (date(2023, 10, 14), date(2023, 10, 25))


@pytest.mark.parametrize(
    ("count", "silence", "reason"),
    [
        (0, (date(2023, 10, 14), date(2023, 10, 25)), "一条未发"),
        (5, (date(2023, 10, 20), date(2023, 11, 2)), "晚于月末"),
        (5, (date(2023, 8, 20), date(2023, 9, 2)), "不在 2023-10"),
        (1, (date(2023, 10, 14), date(2023, 10, 25)), "至少要"),
    ],
)
def test_impossible_months_are_told(count: int, silence: tuple[date, date] | None, reason: str) -> None:
    with pytest.raises(FactsError, match=reason):
        plan.spread(OCTOBER, count, 7, silence, random.Random(1))


def test_too_few_posts_without_a_stated_silence_are_spread_evenly() -> None:
    """The month's silences then follow from its posts."""
    assert [(end - start).days + 1 for start, end in outcome(OCTOBER, 1, 7, None, 1)] == [15, 15]
    assert plan.spread(OCTOBER, 0, 7, None, random.Random(1)) == ()


def test_spreading_is_deterministic() -> None:
    def once() -> object:
        rng = random.Random("2023-10/微信订阅号/眉县发布")
        days = plan.spread(OCTOBER, 12, 7, None, rng)
        return days, plan.moments(days, rng), plan.lead_in(OCTOBER, 7, None, rng)

    assert once() == once()


def test_moments_stay_on_their_days_and_differ() -> None:
    days = [date(2023, 10, 1)] * 40 + [date(2023, 10, 31)] * 40
    moments = plan.moments(days, random.Random(3))
    assert [moment.date() for moment in moments] == days
    assert len(set(moments)) == 80
    assert {moment.utcoffset() for moment in moments} == {timedelta(hours=8)}
    assert any(moment.hour in (0, 23) for moment in moments)


def test_limits_of_platforms() -> None:
    assert [plan.limit_of(name) for name in ("微信订阅号", "微信服务号", "抖音号", "微博")] == [7, 7, 14, 14]
