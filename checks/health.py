"""The health of a portal by the national indicators (国办秘函〔2019〕19号): does it open, does its home page move, which columns are blank or stand still. Pure: what was observed comes in."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from core.calendar import chinese_date
from core.records import Finding, Observation

WEEK, VISITS_A_DAY, MOST_FAILED = 7, 20, 0.05
HOME_DAYS = 14
MOVING, STANDING, BLANK = 5, 10, 5  # how many columns make it a matter of the whole site
RULES = ("site/unreachable", "site/home-unchanged", "site/columns-unchanged", "site/blank-columns", "site/blank-column", "site/tags", "freshness/column")
_BASIS = "《政府网站与政务新媒体检查指标》单项否决"
# Class of a column by its name, and the days within which something has to appear; the first that matches.
_CLASSES: tuple[tuple[str, re.Pattern[str], int], ...] = (
    ("人事规划", re.compile(r"人事|规划|计划"), 365),
    ("动态要闻", re.compile(r"动态|要闻|快讯|新闻"), 14),
    ("通知政策", re.compile(r"通知|公告|(?<!双)公示|政策|文件"), 182),
)


@dataclass(frozen=True, slots=True)
class ColumnState:
    """What is known of a column: its newest dated post, and whether its last collection was good (then `items` is to be believed)."""

    source: str
    unit: str | None
    name: str
    url: str | None
    latest: date | None
    items: int
    collected: bool


@dataclass(frozen=True, slots=True)
class SiteState:
    """A portal as observed: probes of its home page (data: ok, reason, digest, tags), oldest first, and its columns."""

    county: str
    office: str
    url: str | None
    probes: Sequence[Observation]
    columns: Sequence[ColumnState]


def judge(site: SiteState, today: date) -> list[Finding]:
    """Everything the indicators say about the site today."""
    columns = [column for column in site.columns if column.collected]
    blank = [column for column in columns if column.items == 0 and column.latest is None]
    late = [
        (column, kind, days)
        for column in columns
        if column.latest and (found := column_class(column.name))
        for kind, days in [found]
        if _is_late(column, days, today)
    ]
    return [*_home(site, today), *_blank(site, blank), *_late(site, late, today)]


def column_class(name: str) -> tuple[str, int] | None:
    """(class, days within which it has to be updated) by a column's name, None for one that the indicators do not name."""
    return next(((kind, days) for kind, pattern, days in _CLASSES if pattern.search(name)), None)


def _is_late(column: ColumnState, days: int, today: date) -> bool:
    return column.latest is not None and (today - column.latest).days > days


def _home(site: SiteState, today: date) -> Iterator[Finding]:
    week = [probe for probe in site.probes if today - timedelta(days=WEEK) <= probe.on < today]
    a_day = Counter(probe.on for probe in week)
    failed = [probe for probe in week if not probe.data.get("ok")]
    if len(a_day) == WEEK and min(a_day.values()) >= VISITS_A_DAY and len(failed) >= MOST_FAILED * len(week):
        reasons = "、".join(
            f"{reason or '没有响应'} {count} 次" for reason, count in Counter(str(probe.data.get("reason", "")) for probe in failed).most_common(3)
        )
        message = f"首页一周内访问 {len(week)} 次，{len(failed)} 次在 15 秒内打不开（{len(failed) / len(week):.1%}，不得达到 5%）：{reasons}"
        yield _finding(site, "site/unreachable", "error", message, "请网站运维单位查明原因；先确认不是本机网络的问题")
    good = [probe for probe in site.probes if probe.data.get("digest")]
    if good and (today - good[0].on).days >= HOME_DAYS and (today - good[-1].on).days <= 1:
        same = good[-1].data["digest"]
        since = next((later.on for earlier, later in reversed(list(pairwise(good))) if earlier.data["digest"] != same), good[0].on)
        if (today - since).days >= HOME_DAYS:
            yield _finding(
                site, "site/home-unchanged", "error", f"首页自{chinese_date(since)}起 {(today - since).days} 天没有更新（不得满 2 周）", "请更新首页信息"
            )
    if good and (missing := good[-1].data.get("tags")):
        yield _finding(site, "site/tags", "info", f"首页缺少规范标签：{'、'.join(missing)}", "请网站技术人员补上 meta 标签")


def _blank(site: SiteState, blank: Sequence[ColumnState]) -> Iterator[Finding]:
    for column in blank:
        yield _finding(site, "site/blank-column", "warning", f"栏目“{column.name}”没有任何内容", "请补充内容，或按程序撤下栏目", column)
    if len(blank) >= BLANK:
        yield _finding(site, "site/blank-columns", "error", f"空白栏目 {len(blank)} 个（达到 {BLANK} 个）：{_names(blank)}", "请尽快补充内容或撤下栏目")


def _late(site: SiteState, late: Sequence[tuple[ColumnState, str, int]], today: date) -> Iterator[Finding]:
    for column, kind, days in late:
        assert column.latest
        message = f"{kind}类栏目“{column.name}”最近一条是{chinese_date(column.latest)}，已 {(today - column.latest).days} 天（限 {days} 天）"
        yield _finding(site, "freshness/column", "warning", message, "请尽快更新", column)
    moving = [column for column, kind, _ in late if kind != "人事规划"]
    if len(moving) >= MOVING or len(late) >= STANDING:
        told = f"动态、要闻、通知、政策类栏目 {len(moving)} 个未按期更新" if len(moving) >= MOVING else f"应更新未更新栏目 {len(late)} 个"
        yield _finding(site, "site/columns-unchanged", "error", f"{told}：{_names([column for column, _, _ in late])}", "请督促责任单位更新")


def _names(columns: Sequence[ColumnState]) -> str:
    shown = "、".join(f"{column.unit or ''}“{column.name}”" for column in columns[:10])
    return shown + ("等" if len(columns) > 10 else "")


def _finding(site: SiteState, rule: str, severity: str, message: str, suggestion: str, column: ColumnState | None = None) -> Finding:
    return Finding(
        rule=rule,
        severity=severity,  # type: ignore[arg-type]
        message=message,
        unit=column.unit if column else site.office,
        source=column.source if column else "site",
        url=column.url if column else site.url,
        title=column.name if column else "网站首页",
        where="栏目" if column else "网站",
        suggestion=suggestion,
        reasons=(_BASIS,) if severity == "error" else (),
        county=site.county,
    )
