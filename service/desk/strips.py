"""Month strips of accounts and columns: which day had what, and the silence that is too long."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.safestring import SafeString

from core.activity import AccountActivity, Silence
from core.calendar import Month
from core.config import County
from core.records import StoredPost
from reports.problems import silence_limit
from service.desk.charts import Mark, month_strip
from service.desk.duties import last_post
from service.desk.standing import Judged

PRESENT = ("live", "unread")


@dataclass(frozen=True, slots=True)
class Strip:
    """An account's or column's month in one line."""

    name: str
    note: str
    key: str
    kind: str
    picture: SafeString


def account_strip(county: County, row: AccountActivity, month: Judged, today: date, *, large: bool = False) -> SafeString:
    """The strip of an account; the red line only where it was silent for longer than its platform allows."""
    wanted = month.counted.activity.month
    kinds: dict[date, set[str]] = {}
    counts: Counter[date] = Counter()
    for judgement in row.judgements:
        post = month.posts.get(judgement.post)
        if post and post.published_on:
            kinds.setdefault(post.published_on, set()).add("original" if judgement.kind == "original" else "repost")
            counts[post.published_on] += 1
    marks: dict[date, Mark] = {day: "both" if len(found) > 1 else "original" if "original" in found else "repost" for day, found in kinds.items()}
    return month_strip(wanted, marks, counts, too_long(county, row, month, today), today, row.account.name, large=large)


def too_long(county: County, row: AccountActivity, month: Judged, today: date) -> Silence | None:
    """The silence to be drawn: the counted one, or in a running month the one up to today; None within the limit or where nothing could be collected."""
    if not row.verified:
        return None
    silence = silence_so_far(row, month, today)
    return silence if silence and silence.days > silence_limit(row, county.grading.accounts) else None


def silence_so_far(row: AccountActivity, month: Judged, today: date) -> Silence | None:
    """The longest silence; a month that is not over has no days after today."""
    wanted = month.counted.activity.month
    if row.silence is None or wanted.last < today:
        return row.silence
    if row.silence.end < today:
        return row.silence
    last = last_post(month.counted.posts.get(row.account.source), today)
    start = last + timedelta(days=1) if last else wanted.first
    return Silence(start, today) if start <= today else None


def column_strip(posts: Sequence[StoredPost], wanted: Month, today: date, name: str, *, large: bool = False) -> SafeString:
    """The strip of a column: days with posts are filled."""
    counts = Counter(day for post in posts if post.state in PRESENT and (day := post.published_on) and day in wanted)
    marks: dict[date, Mark] = dict.fromkeys(counts, "original")
    return month_strip(wanted, marks, counts, None, today, name, large=large)


def strips_of_unit(county: County, unit: str, month: Judged, today: date) -> list[Strip]:
    """A unit's accounts and columns."""
    activity = month.counted.activity
    accounts = [row for row in activity.accounts if county.same_unit(row.account.unit, unit)]
    columns = [row for row in activity.columns if county.same_unit(row.column.unit, unit)]
    return [
        *(Strip(row.account.name, row.account.platform, row.account.key, "account", account_strip(county, row, month, today)) for row in accounts),
        *(
            Strip(
                row.column.name,
                row.column.cycle.text,
                f"{row.column.unit}/{row.column.name}",
                "column",
                column_strip(_of(month, row.column.source), activity.month, today, row.column.name),
            )
            for row in columns
        ),
    ]


def _of(month: Judged, source: str) -> Sequence[StoredPost]:
    return month.counted.posts.get(source, ())
