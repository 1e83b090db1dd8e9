"""The event platform's paged JSON → counts per platform, unit and type."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.calendar import Month
from core.records import Observation

# Each status and the counts that an event of it adds to, besides 生成. 办结 was accepted before.
STATUSES: Mapping[str, tuple[str, ...]] = {
    "待受理": (),
    "未受理": (),
    "已受理": ("accepted",),
    "处置中": ("accepted",),
    "处理中": ("accepted",),
    "已废弃": ("discarded",),
    "已办结": ("accepted", "closed"),
}
_COUNTS = ("generated", "accepted", "discarded", "closed")


@dataclass(frozen=True, slots=True)
class EventPage:
    """One page of events; `unknown` names statuses and shapes nobody has told us about."""

    items: tuple[Mapping[str, str], ...]
    pages: int
    total: int | None
    unknown: tuple[str, ...] = ()


def read_events(body: bytes) -> EventPage | None:
    """Read `{"page", "pages", "total", "items": [{"id", "platform", "unit", "type", "status"}]}`; None for anything else."""
    try:
        data: Any = json.loads(body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError):
        return None
    rows = data.get("items") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        return None
    items, unknown = [], []
    for row in rows:
        if not isinstance(row, Mapping) or any(not isinstance(row.get(name), str | int) for name in ("id", "platform", "unit", "type", "status")):
            unknown.append("缺少字段的事件")
        elif row["status"] not in STATUSES:
            unknown.append(f"状态“{row['status']}”")
        else:
            items.append({name: str(row[name]) for name in ("id", "platform", "unit", "type", "status")})
    pages = data.get("pages")
    total = data.get("total")
    return EventPage(tuple(items), pages if isinstance(pages, int) else 1, total if isinstance(total, int) else None, tuple(dict.fromkeys(unknown)))


def count_events(source: str, month: Month, items: Iterable[Mapping[str, str]]) -> tuple[Observation, ...]:
    """One observation per platform, unit and type; an event that two pages both carry counts once."""
    once = {item["id"]: item for item in items}
    groups: dict[tuple[str, str, str], dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    for item in once.values():
        counts = groups[(item["platform"], item["unit"], item["type"])]
        for name in ("generated", *STATUSES[item["status"]]):
            counts[name] += 1
    return tuple(
        Observation(
            source, "event", f"{month}/{platform}/{unit}/{kind}", month.last, {"platform": platform, "unit": unit, "type": kind, **counts, "month": str(month)}
        )
        for (platform, unit, kind), counts in sorted(groups.items())
    )
