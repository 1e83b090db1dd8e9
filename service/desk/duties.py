"""What a unit still owes and until when, read off the month's counted activity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil
from typing import Literal

from django.urls import reverse

from core.activity import AccountActivity, Activity, ColumnActivity
from core.calendar import PERIOD_MONTHS, Month
from core.config import County
from core.records import StoredPost
from core.text import squeeze
from reports.problems import silence_limit

State = Literal["done", "open", "late", "unknown"]
_SHOWN_STATES = ("live", "unread")


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing owed: `rule` as the office writes it, `done` so far, `left` still to come, until `deadline`.

    state: done · open · late (the deadline has passed) · unknown (its source could not be collected).
    """

    unit: str
    system: str
    what: str
    rule: str
    done: str
    left: int
    deadline: date | None
    state: State
    url: str = ""
    note: str = ""
    days: int | None = None

    @property
    def owed(self) -> bool:
        return self.state in ("open", "late")


def duties(county: County, activity: Activity, posts: Mapping[str, object], today: date) -> tuple[Duty, ...]:
    """Everything owed in the month, in the order of the annexes; `posts` by source, for the day of an account's last post."""
    return (
        *_columns(activity, today),
        *_news(county, activity, today),
        *_accounts(county, activity, posts, today),
        *_submissions(activity, today),
        *_papers(activity, today),
        *_events(county, activity),
    )


def period_end(row: ColumnActivity, month: Month) -> date:
    """The last day of the column's period that holds the month."""
    cycle = row.column.cycle
    return cycle.period_start(month).plus(PERIOD_MONTHS[cycle.period or "月"] - 1).last


def _state(left: int, verified: bool, deadline: date | None, today: date) -> State:
    if left <= 0:
        return "done"
    if not verified:
        return "unknown"
    return "late" if deadline and deadline < today else "open"


def _duty(
    unit: str, system: str, what: str, rule: str, done: str, left: int, deadline: date | None, today: date, verified: bool, url: str = "", note: str = ""
) -> Duty:
    state = _state(left, verified, deadline, today)
    days = (deadline - today).days if deadline and state == "open" else None
    return Duty(unit, system, what, rule, done, left, deadline, state, url, note, days)


def column_url(row: ColumnActivity) -> str:
    return reverse("column", args=[f"{row.column.unit}/{row.column.name}"])


def _columns(activity: Activity, today: date) -> Iterator[Duty]:
    for row in activity.columns:
        cycle = row.column.cycle
        if cycle.period is None:
            continue
        got = row.published + row.earlier
        left = max(0, cycle.count - got)
        yield _duty(
            row.column.unit,
            "栏目",
            row.column.name,
            cycle.text,
            f"{got} / {cycle.count} 条",
            left,
            period_end(row, activity.month),
            today,
            row.verified,
            column_url(row),
        )


def _news(county: County, activity: Activity, today: date) -> Iterator[Duty]:
    owed = county.grading.news.owed
    for row in activity.news:
        note = "" if row.uploaded is None or row.uploaded == row.published else f"上传 {row.uploaded} 条"
        done = f"{row.published} / {owed} 条"
        yield _duty(
            row.news.unit, "快讯动态", "各镇快讯、部门动态", f"{owed}条/月", done, owed - row.published, activity.month.last, today, row.verified, "", note
        )


def _accounts(county: County, activity: Activity, posts: Mapping[str, object], today: date) -> Iterator[Duty]:
    rules, end = county.grading.accounts, activity.month.last
    for row in activity.accounts:
        account = row.account
        url, label = reverse("account", args=[account.key]), f"{account.name}（{account.platform}）"
        left = rules.owed_originals - row.originals
        done = f"{row.originals} / {rules.owed_originals} 条"
        yield _duty(account.unit, "新媒体", f"{label}原创", f"{rules.owed_originals}条/月", done, left, end, today, row.verified, url)
        if account.platform in rules.repost_platforms and activity.recommended:
            needed = ceil(Fraction(str(rules.repost_share)) * activity.recommended)
            done = f"{row.reposted} / {needed} 条"
            yield _duty(
                account.unit, "新媒体", f"{label}转载推荐信息", f"推荐{activity.recommended}条", done, needed - row.reposted, end, today, row.verified, url
            )
        yield _not_silent(county, row, posts, activity.month, today, url, label)


def _not_silent(county: County, row: AccountActivity, posts: Mapping[str, object], month: Month, today: date, url: str, label: str) -> Duty:
    """An account must not be silent too long: until when the next post is due, or that it is over."""
    limit = silence_limit(row, county.grading.accounts)
    rule, unit = f"停更不超过{limit}天", row.account.unit
    if month.last < today:
        days = row.silence.days if row.silence else 0
        return _duty(unit, "新媒体", f"{label}不断更", rule, f"最长 {days} 天", int(days > limit), month.last, today, row.verified, url)
    last = last_post(posts.get(row.account.source), today)
    if last is None:
        return _duty(unit, "新媒体", f"{label}不断更", rule, "还没有信息", 1, month.first + timedelta(days=limit), today, row.verified, url)
    idle = max(0, (today - last).days - 1)
    return _duty(
        unit,
        "新媒体",
        f"{label}不断更",
        rule,
        f"已 {idle} 天没有信息",
        1 if idle >= limit - 2 else 0,
        last + timedelta(days=limit + 1),
        today,
        row.verified,
        url,
    )


def last_post(posts: object, today: date) -> date | None:
    """The day of the newest post up to today."""
    rows: list[StoredPost] = list(posts) if isinstance(posts, list | tuple) else []
    return max((day for post in rows if post.state in _SHOWN_STATES and (day := post.published_on) and day <= today), default=None)


def _submissions(activity: Activity, today: date) -> Iterator[Duty]:
    for row in activity.submissions:
        what, note = squeeze(row.duty.content), row.note
        done = "未收到" if row.received is None else "已收到" if row.in_form else "不合模板"
        if row.received is not None and not row.on_time:
            note = "；".join(part for part in ("逾期", note) if part)
        yield _duty(
            row.duty.unit,
            "数据报送",
            what,
            row.duty.cycle,
            done,
            int(row.received is None or row.in_form is False),
            activity.month.last,
            today,
            row.verified,
            "",
            note,
        )


def _papers(activity: Activity, today: date) -> Iterator[Duty]:
    for row in activity.papers:
        note = "逾期" if row.received and not row.on_time else ""
        yield _duty(
            row.duty.unit,
            "材料",
            row.duty.paper,
            "每月",
            "已收到" if row.received else "未收到",
            int(row.received is None),
            row.due,
            today,
            row.verified,
            "",
            note,
        )


def _events(county: County, activity: Activity) -> Iterator[Duty]:
    groups: dict[tuple[str, str], list[int]] = {}
    verified: dict[tuple[str, str], bool] = {}
    for row in activity.events:
        key = (row.duty.platform, row.duty.unit)
        figures = groups.setdefault(key, [0, 0, 0, 0])
        for index, value in enumerate((row.generated, row.accepted, row.discarded, row.closed)):
            figures[index] += value
        verified[key] = verified.get(key, True) and row.verified
    for (platform, unit), (generated, accepted, discarded, closed) in groups.items():
        if not generated:
            continue
        pending = generated - accepted - discarded
        left = pending + accepted - closed
        state: State = "done" if left <= 0 else "open" if verified[platform, unit] else "unknown"
        done = f"办结 {closed} / 受理 {accepted} 件"
        yield Duty(
            unit, "智慧场景", platform, f"办结率 {county.grading.events.passing}% 以上", done, left, None, state, "", f"未受理 {pending} 件" if pending else ""
        )
