"""Annexes 1 and 2: how much columns and news units published."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from core.activity import ColumnActivity, NewsActivity
from core.calendar import Month
from core.config import County
from core.records import Column, Observation, StoredPost

_PRESENT = ("live", "unread")  # unread: listed, its page did not answer; a deleted post does not count


def count_columns(
    columns: Sequence[Column],
    month: Month,
    posts: Mapping[str, Sequence[StoredPost]],
    failed: Collection[str],
    days: Mapping[str, Mapping[date, int]] | None = None,
) -> tuple[ColumnActivity, ...]:
    """Per column: posts of the month, earlier posts of its period, what it owes now. Undated posts count as not published."""
    return tuple(_column(column, month, posts.get(column.source, ()), (days or {}).get(column.source, {}), column.source not in failed) for column in columns)


def _column(column: Column, month: Month, posts: Sequence[StoredPost], counts: Mapping[date, int], verified: bool) -> ColumnActivity:
    cycle = column.cycle
    days = [post.published_on for post in posts if post.state in _PRESENT and post.published_on]
    published = sum(day in month for day in days) + sum(number for day, number in counts.items() if day in month)
    start = cycle.period_start(month).first
    earlier = sum(start <= day < month.first for day in days) + sum(number for day, number in counts.items() if start <= day < month.first)
    due = cycle.is_due(month)
    return ColumnActivity(column, published, earlier, due, max(0, cycle.count - earlier) if due else 0, verified)


def unknown_origins(county: County, origins: Iterable[str]) -> list[str]:
    """The origins that name no news unit."""
    members = _members(county)
    return [origin for origin in origins if not ((unit := county.attribute(origin)) and unit.name in members)]


def _members(county: County) -> set[str]:
    return {unit.name for news in county.news if (unit := county.unit(news.unit))}


def count_news(
    county: County,
    month: Month,
    posts: Mapping[str, Sequence[StoredPost]],
    sent: Sequence[Observation],
    failed: Collection[str],
    origins: Mapping[str, int] | None = None,
    elsewhere: Sequence[str] = (),
) -> tuple[tuple[NewsActivity, ...], tuple[str, ...]]:
    """Per news unit: sent in and published; and the URLs of this month's news that name no known unit."""
    published: Counter[str] = Counter()
    strangers: list[str] = list(elsewhere)
    listed = {news.source for news in county.news}
    members = _members(county)
    for origin, number in (origins or {}).items():
        if (unit := county.attribute(origin)) and unit.name in members:
            published[unit.name] += number
    for source in sorted(listed):
        for post in posts.get(source, ()):
            if post.state in _PRESENT and post.published_on in month:
                unit = county.attribute(post.origin)
                if unit and unit.name in members:
                    published[unit.name] += 1
                else:
                    strangers.append(post.url)
    exported = "sent-news" in {source.id for source in county.sources}
    uploaded = Counter(unit.name for item in sent if item.on in month and (unit := county.attribute(str(item.data["unit"]))))
    rows = []
    for news in county.news:
        unit = county.unit(news.unit)
        assert unit  # the configuration was cross-checked
        verified = news.source not in failed
        sent_in = published[unit.name] if not exported else None if "sent-news" in failed else uploaded[unit.name]
        rows.append(NewsActivity(news, sent_in, published[unit.name], verified))
    return tuple(rows), tuple(strangers)
