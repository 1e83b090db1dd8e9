"""The plan of the nights: `schedule.yaml` read into typed entries, and when each of them is due. No clock here: every moment is an argument."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from core.calendar import SHANGHAI, shanghai
from core.config import ConfigReader, County
from core.entries import Entry, Name
from core.errors import ConfigurationError
from core.records import Source, SourceKind

FILE = "schedule.yaml"
SCHEDULER = "调度程序"  # the name under which the scheduler itself stands among the runs
Stage = Literal["crawl", "check", "evidence", "deliver", "digest", "escalate", "all-clear", "expire", "draft", "ledger", "inbox", "watch", "probe"]
LABELS: dict[Stage, str] = {
    "crawl": "采集",
    "check": "检查",
    "evidence": "固定证据",
    "deliver": "发送告警",
    "digest": "汇总提醒",
    "escalate": "催办升级",
    "all-clear": "解除告警",
    "expire": "清理到期证据",
    "draft": "通报草稿",
    "ledger": "年度台账",
    "inbox": "收信",
    "watch": "查看稿件文件夹",
    "probe": "网站体检",
}
EACH_SLOT: tuple[Stage, ...] = ("draft", "ledger")  # each missed month or year is owed by itself; of the others one run makes up for all
_KINDS = frozenset(get_args(SourceKind)) | {"preview"}


def _clock(text: str) -> str:
    hour, _, minute = text.partition(":")
    if len(text) != 5 or not (hour + minute).isascii() or not (hour + minute).isdecimal() or int(hour) > 23 or int(minute) > 59:
        raise ValueError(f'时间应写成带引号的 "HH:MM"（如 "01:30"），不是“{text}”')
    return text


def _span(text: str) -> str:
    start, dash, end = text.partition("-")
    if not dash or _clock(start.strip()) == _clock(end.strip()):
        raise ValueError(f'时段应写成 "HH:MM-HH:MM"，起止不同，不是“{text}”')
    return text


def _interval(minutes: int) -> int:
    fits = 60 % minutes == 0 if minutes < 60 else minutes % 60 == 0 and 1440 % minutes == 0
    if not fits:
        raise ValueError(f"间隔（分钟）应能整除一小时，或是能整除一天的整小时数（如 5、15、60、120），不是 {minutes}")
    return minutes


def _day(value: int | str | None) -> int | str | None:
    if value not in (None, "last", *range(1, 29)):
        raise ValueError(f"日期应是 1 到 28，或 last（月末），不是“{value}”")
    return value


def _kind(text: str) -> str:
    if text not in _KINDS:
        raise ValueError(f"没有“{text}”这一类来源，可用的有 {'、'.join(sorted(_KINDS))}")
    return text


ClockText = Annotated[str, AfterValidator(_clock)]
SpanText = Annotated[str, AfterValidator(_span)]
_ONLY_FOR: dict[str, tuple[Stage, ...]] = {
    "sources": ("crawl",),
    "kinds": ("crawl",),
    "full": ("crawl",),
    "keep_days": ("expire",),
    "draft_days": ("expire",),
    "period": ("draft", "ledger"),
}


class JobEntry(Entry):
    """One job: what it runs, when, how long it may take, what happens to a run that was missed or failed."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    run: Stage
    enabled: bool = True
    at: ClockText | None = None
    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = ()
    day: Annotated[int | str | None, AfterValidator(_day)] = None
    month: int | None = Field(None, ge=1, le=12)
    every: Annotated[int, Field(ge=1), AfterValidator(_interval)] | None = None
    between: SpanText | None = None
    after: tuple[Name, ...] = ()
    window: SpanText | None = None
    missed: Literal["at-once", "in-window"] = "at-once"
    limit: int = Field(60, ge=1, le=1440)
    tries: int = Field(3, ge=1, le=10)
    retry: int = Field(10, ge=1, le=720)
    sources: tuple[Name, ...] = ()
    kinds: tuple[Annotated[str, AfterValidator(_kind)], ...] = ()
    full: bool = False
    keep_days: int = Field(400, ge=90)
    draft_days: int = Field(180, ge=1, le=3650)
    period: Literal["previous", "current"] = "previous"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.at is None and self.every is None and not self.after:
            raise ValueError("没有写什么时候运行：请写 at（几点）、every（每隔几分钟）或 after（在哪些任务之后）")
        if self.at and self.every:
            raise ValueError("at 和 every 只能写一个")
        if (self.weekdays or self.day or self.month) and not self.at:
            raise ValueError("写了 weekdays、day 或 month，就要用 at 写明几点")
        if self.month and not self.day:
            raise ValueError("写了 month，就要用 day 写明哪一天")
        if self.between and not self.every:
            raise ValueError("between 只与 every 一起用")
        if self.missed == "in-window" and not self.window:
            raise ValueError("missed 写了 in-window，就要用 window 写明时段")
        if self.window and self.at and not self.opens(time.fromisoformat(self.at)):
            raise ValueError(f"at（{self.at}）不在 window（{self.window}）之内，永远不会运行")
        for option, stages in _ONLY_FOR.items():
            if option in self.model_fields_set and self.run not in stages:
                raise ValueError(f"{option} 只用于 run: {' 或 '.join(stages)}")
        return self

    def opens(self, moment: time) -> bool:
        """True when the window (if there is one) is open at that time of day; it may reach over midnight."""
        return self.window is None or _inside(self.window, moment)

    def closes(self, now: datetime) -> datetime | None:
        """When the window that is open now will close; None when there is none, or it is shut."""
        local = shanghai(now)
        if self.window is None or not self.opens(local.time()):
            return None
        end = datetime.combine(local.date(), _ends(self.window)[1], SHANGHAI)
        return end if end > local else end + timedelta(days=1)

    def wanted(self, sources: Iterable[Source]) -> tuple[Source, ...]:
        """The sources a crawl looks at: named (patterns with * allowed) or of a kind; without either, all."""
        if not self.sources and not self.kinds:
            return tuple(sources)
        return tuple(source for source in sources if source.kind in self.kinds or any(fnmatchcase(source.id, pattern) for pattern in self.sources))


class ScheduleFile(Entry):
    jobs: tuple[JobEntry, ...]


def load_schedule(county: County) -> tuple[JobEntry, ...]:
    """The enabled jobs of a county, in the file's order; raises ConfigurationError with every complaint, one a line."""
    reader = ConfigReader(county.folder)
    file = reader.one(FILE, ScheduleFile)
    if file is None:
        raise ConfigurationError("\n".join(reader.complaints))
    complaints = [f"{county.folder / FILE}：{complaint}" for complaint in _contradictions(file.jobs, county)]
    if complaints:
        raise ConfigurationError("\n".join(complaints))
    return tuple(entry for entry in file.jobs if entry.enabled)


def _contradictions(jobs: Sequence[JobEntry], county: County) -> Iterator[str]:
    if not jobs:
        yield "jobs → 一个任务也没有，请至少写一个"
    names = [job.name for job in jobs]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} → 任务名称出现了不止一次，每个任务要有自己的名称"
    if SCHEDULER in names:
        yield f"{SCHEDULER} → 这个名称留给调度程序自己，请换一个"
    known = {source.id for source in county.sources}
    for job in jobs:
        for name in job.after:
            if name not in names or name == job.name:
                yield f"{job.name} → after：没有另一个任务叫“{name}”"
        for pattern in job.sources:
            if "*" not in pattern and pattern not in known:
                yield f"{job.name} → sources：没有来源“{pattern}”，写法见 xuncha config check --sources（可用 * 代表任意文字）"
    if circle := _circle({job.name: tuple(name for name in job.after if name != job.name) for job in jobs}):
        yield f"{circle} → after：转了一圈又回到自己，任务会没完没了"


def _circle(after: dict[str, tuple[str, ...]]) -> str | None:
    """A job that, through others, comes after itself."""
    for start in after:
        seen, open_ = set[str](), list(after[start])
        while open_:
            name = open_.pop()
            if name == start:
                return start
            if name not in seen:
                seen.add(name)
                open_ += after.get(name, ())
    return None


def _inside(span: str, moment: time) -> bool:
    start, end = _ends(span)
    bare = moment.replace(tzinfo=None)
    return start <= bare < end if start < end else bare >= start or bare < end


def _ends(span: str) -> tuple[time, time]:
    start, _, end = span.partition("-")
    return time.fromisoformat(start.strip()), time.fromisoformat(end.strip())


@dataclass(frozen=True, slots=True)
class Timing:
    """The moments of an entry, from APScheduler's cron trigger; an entry that only follows others has none."""

    entry: JobEntry
    trigger: Any

    @classmethod
    def of(cls, entry: JobEntry) -> Self:
        from apscheduler.triggers.cron import CronTrigger  # type: ignore[import-untyped]

        if entry.every:
            fields = {"minute": f"*/{entry.every}"} if entry.every < 60 else {"minute": "0", "hour": f"*/{entry.every // 60}"}
        elif entry.at:
            hour, minute = entry.at.split(":")
            fields = {"minute": minute, "hour": hour, "day": str(entry.day or "*"), "month": str(entry.month or "*")}
            fields["day_of_week"] = ",".join(str(day - 1) for day in entry.weekdays) or "*"
        else:
            return cls(entry, None)
        return cls(entry, CronTrigger(second="0", timezone=SHANGHAI, **fields))

    def next(self, after: datetime) -> datetime | None:
        """The first moment later than `after`."""
        moment: datetime | None = after
        while self.trigger and moment:
            moment = self.trigger.get_next_fire_time(None, shanghai(moment) + timedelta(microseconds=1))
            if moment and (self.entry.between is None or _inside(self.entry.between, moment.time())):
                return moment
        return None

    def slots(self, after: datetime, until: datetime) -> Iterator[datetime]:
        """The moments in (after, until], oldest first."""
        moment = self.next(after)
        while moment and moment <= until:
            yield moment
            moment = self.next(moment)

    @property
    def reach(self) -> timedelta:
        """How far to look back for a moment that has passed: more than one round, and for what is owed slot by slot a few of them."""
        if self.entry.run in EACH_SLOT:
            return timedelta(days=366 * 3) if self.entry.month else timedelta(days=366)
        if self.entry.day:
            return timedelta(days=370 if self.entry.month else 32)
        return timedelta(days=2 if self.entry.every else 8)
