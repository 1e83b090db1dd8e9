"""How the nights go: for the command line and the desk's 运行 page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from core.calendar import shanghai
from core.config import County
from service import jobruns
from service.due import due
from service.jobruns import WORDS, Past, Status
from service.schedule import LABELS, SCHEDULER, JobEntry, Timing, load_schedule

_QUIET = timedelta(minutes=5)  # a scheduler on another machine that gave no sign for so long is taken for dead
_LATE = timedelta(hours=1)
_DAYS = "一二三四五六日"
State = Literal["never"] | Status


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job: what it is, how its last run went, when it runs next.

    state: of the last run, `never` before the first; `word` is the state in Chinese. seconds: how long the last run took, or has been taking.
    done_at: when it last came to an end with something done. owed: the slot that is due and not being run, None when all is in order.
    """

    name: str
    run: str
    label: str
    plan: str
    state: State
    word: str
    slot: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    detail: str
    done_at: datetime | None
    next_at: datetime | None
    owed: datetime | None
    attempt: int = 1

    @property
    def failed(self) -> bool:
        """True when a person should look: it failed, died, ran out of time, or (the scheduler) isn't there."""
        return self.state in ("failed", "died", "overtime") or (self.name == SCHEDULER and self.state != "running")

    def late(self, now: datetime) -> bool:
        """True when something has been owed for an hour."""
        return self.owed is not None and now - self.owed > _LATE

    def data(self) -> dict[str, Any]:
        """Plain values for JSON; moments as ISO text in Shanghai time."""
        plain = {key: shanghai(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value for key, value in asdict(self).items()}
        return plain | {"failed": self.failed}


def status(county: County, now: datetime) -> list[JobStatus]:
    """The scheduler first, then every enabled job in the plan's order. Raises ConfigurationError."""
    timings = [Timing.of(entry) for entry in load_schedule(county)]
    _opened()
    runs = {timing.entry.name: jobruns.past(county.id, timing.entry.name) for timing in timings}
    finished = {name: max(ends) for name, past in runs.items() if (ends := [run.finished_at for run in past if run.finished_at and run.status != "skipped"])}
    said = [_scheduler(county.id, now)]
    for timing in timings:
        past = runs[timing.entry.name]
        owed = [item.slot for item in due(timing, past, finished, now) if not item.first_start]
        said.append(_job(timing, past, owed[0] if owed else None, now))
    return said


def history(county: str, limit: int = 100) -> list[Past]:
    """The latest runs of all jobs, newest first, for a list of what happened."""
    from core.store.models import JobRun

    _opened()
    rows = JobRun.objects.filter(county=county).exclude(job=SCHEDULER).exclude(status="skipped").order_by("-started_at", "-pk")
    return [jobruns.read(row) for row in rows[:limit]]


def _opened() -> None:
    """Open the store unless this process (the desk) has done so."""
    from django.apps import apps

    from core.store.setup import open_store

    if not apps.ready:
        open_store()


def _scheduler(county: str, now: datetime) -> JobStatus:
    alive = [run for run in jobruns.running(county) if run.job == SCHEDULER and _lives(run, now)]
    last = alive[-1] if alive else jobruns.latest(county, SCHEDULER)
    return _status(SCHEDULER, "scheduler", SCHEDULER, "一直运行", [last] if last else [], None, None, now)


def _job(timing: Timing, past: Sequence[Past], owed: datetime | None, now: datetime) -> JobStatus:
    entry = timing.entry
    real = [run for run in past if run.status != "skipped"] or list(past)
    return _status(entry.name, entry.run, LABELS[entry.run], words(entry), real, timing.next(now), owed, now)


def _status(name: str, run: str, label: str, plan: str, past: Sequence[Past], next_at: datetime | None, owed: datetime | None, now: datetime) -> JobStatus:
    if not past:
        return JobStatus(name, run, label, plan, "never", "还没有运行过", None, None, None, None, "", None, next_at, owed)
    last = max(past, key=lambda item: (item.status == "running", item.started_at))
    state, detail = last.status, last.detail
    if state == "running" and not _lives(last, now):
        state, detail = "died", f"进程已不在（最后一次信号 {shanghai(last.heartbeat_at):%m-%d %H:%M:%S}），调度程序会接手"
    seconds = (now - last.started_at).total_seconds() if state == "running" else last.seconds
    done = [item.finished_at for item in past if item.status in ("done", "partial") and item.finished_at]
    return JobStatus(
        name=name,
        run=run,
        label=label,
        plan=plan,
        state=state,
        word=WORDS[state],
        slot=last.slot,
        started_at=last.started_at,
        finished_at=last.finished_at,
        seconds=max(0.0, seconds) if seconds is not None else None,
        detail=detail,
        done_at=max(done) if done else None,
        next_at=next_at,
        owed=owed,
        attempt=last.owner.attempt,
    )


def _lives(run: Past, now: datetime) -> bool:
    alive = run.owner.alive()
    return abs(now - run.heartbeat_at) < _QUIET if alive is None else alive


def words(entry: JobEntry) -> str:
    """When a job runs, in words: 每天 01:00；在“检查”之后."""
    parts = []
    if entry.every:
        often = f"每 {entry.every} 分钟" if entry.every < 60 else "每小时" if entry.every == 60 else f"每 {entry.every // 60} 小时"
        parts.append(often + (f"（{entry.between.replace('-', '至')}）" if entry.between else ""))
    if entry.at:
        day = "月末" if entry.day == "last" else f"{entry.day}日" if entry.day else ""
        often = f"每年{entry.month}月{day}" if entry.month else f"每月{day}" if day else "每天"
        if entry.weekdays:
            often = ("" if often == "每天" else often + "且") + "周" + "、".join(_DAYS[day - 1] for day in entry.weekdays)
        parts.append(f"{often} {entry.at}")
    if entry.after:
        parts.append(f"{'、'.join(f'“{name}”' for name in entry.after)}之后")
    return "；".join(parts)
