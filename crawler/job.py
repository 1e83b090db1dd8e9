"""What one crawl is asked to do: the county, the day, which sources."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from core.calendar import SHANGHAI, shanghai
from core.config import County, load_county
from core.errors import UsageError
from core.records import Source


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl. `wanted` names sources; empty means all. `full` looks at everything again, not only at what is new."""

    county: County
    home: Path
    today: date
    now: datetime
    wanted: frozenset[str] = frozenset()
    full: bool = False
    run: int = 0  # a run begun by another process, which will end it

    def sources(self, kinds: Iterable[str]) -> tuple[Source, ...]:
        """The sources of these kinds that this crawl is to collect."""
        kept = frozenset(kinds)
        return tuple(source for source in self.county.sources if source.kind in kept and (not self.wanted or source.id in self.wanted))


def make_job(config: str | None, home: str | None, today: str | None, now: str | None, wanted: Iterable[str] = (), full: bool = False) -> Job:
    """A job from arguments as people write them; what is missing comes from XUNCHA_CONFIG, XUNCHA_HOME and XUNCHA_TODAY. Raises UsageError, ConfigurationError."""
    county = load_county(Path(config or os.environ.get("XUNCHA_CONFIG", "config/meixian")))
    day = _day(today or os.environ.get("XUNCHA_TODAY"))
    moment = _moment(now) if now else datetime.combine(day, time(12), SHANGHAI)
    names = frozenset(name for name in wanted if name)
    unknown = sorted(names - {source.id for source in county.sources})
    if unknown:
        raise UsageError(f"配置目录 {county.folder} 中没有这些采集源：{'、'.join(unknown)}。请核对 --source 的写法")
    return Job(county, Path(home or os.environ.get("XUNCHA_HOME", "var")), day, moment, names, full)


def _day(text: str | None) -> date:
    if not text:
        raise UsageError("没有给出日期：请用 --today YYYY-MM-DD（scrapy crawl 用 -a today=YYYY-MM-DD）或设置 XUNCHA_TODAY")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"日期应写成 YYYY-MM-DD，不是“{text}”") from None


def _moment(text: str) -> datetime:
    try:
        return shanghai(datetime.fromisoformat(text))
    except ValueError:
        raise UsageError(f"时间应写成 2023-11-23T08:00:00+08:00 的形式，不是“{text}”") from None
