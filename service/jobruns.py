"""The runs in the database: who may run what, who died, how it ended. Two schedulers agree through these rows alone."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from service.processes import Owner

# done · partial: done, but some source or post could not be · failed · died: its process is gone · stopped: asked to stop
# overtime: over its limit or its window · skipped: not wanted (reason in detail) · void: made while the clock was wrong
Status = Literal["running", "done", "partial", "failed", "died", "stopped", "overtime", "skipped", "void"]
WORDS: dict[Status, str] = {
    "running": "正在运行",
    "done": "完成",
    "partial": "部分完成",
    "failed": "出错",
    "died": "中断",
    "stopped": "已停止",
    "overtime": "超时停止",
    "skipped": "未运行",
    "void": "不作数",
}
AGAIN: tuple[Status, ...] = ("failed", "died", "stopped")
AHEAD = timedelta(days=1)  # a slot this far in the future can only come from a wrong clock
_RECENT = 40


@dataclass(frozen=True, slots=True)
class Past:
    """One run of a job, as its row says."""

    pk: int
    job: str
    slot: datetime
    status: Status
    owner: Owner
    started_at: datetime
    heartbeat_at: datetime
    finished_at: datetime | None
    detail: str

    @property
    def seconds(self) -> float | None:
        return max(0.0, (self.finished_at - self.started_at).total_seconds()) if self.finished_at else None


def past(county: str, job: str, limit: int = _RECENT) -> list[Past]:
    """The latest runs of a job, oldest first; void ones left out."""
    from core.store.models import JobRun

    rows = JobRun.objects.filter(county=county, job=job).exclude(status="void").order_by("-slot")[:limit]
    return [read(row) for row in reversed(rows)]


def running(county: str) -> list[Past]:
    """Every row that says it is running, dead or alive."""
    from core.store.models import JobRun

    return [read(row) for row in JobRun.objects.filter(county=county, status="running").order_by("pk")]


def latest(county: str, job: str, status: Collection[Status] = ()) -> Past | None:
    """The run of a job that started last, of these statuses when any are given."""
    from core.store.models import JobRun

    rows = JobRun.objects.filter(county=county, job=job).exclude(status="void")
    row = (rows.filter(status__in=status) if status else rows).order_by("-started_at", "-pk").first()
    return read(row) if row else None


def read(row: Any) -> Past:
    """The record of a JobRun row."""
    return Past(row.pk, row.job, row.slot, row.status, Owner.parse(row.owner), row.started_at, row.heartbeat_at, row.finished_at, row.detail)


@dataclass(frozen=True, slots=True)
class Claim:
    """The outcome of asking for a slot: the row's number, or who has it."""

    run: int | None
    held_by: str = ""


def claim(county: str, job: str, slot: datetime, owner: Owner, now: datetime, clashes: Callable[[str], bool]) -> Claim:
    """Take the slot, unless it is taken, or this job or one it clashes with is running. One transaction: of two that ask, one gets it."""
    from django.db import transaction

    from core.store.models import JobRun

    with transaction.atomic():
        _gate(county, now)
        for row in JobRun.objects.filter(county=county, status="running").exclude(job=_GATE):
            if row.job == job or clashes(row.job):
                return Claim(None, row.job)
        fields = {"status": "running", "owner": str(owner), "started_at": now, "heartbeat_at": now, "finished_at": None, "detail": ""}
        row, made = JobRun.objects.get_or_create(county=county, job=job, slot=slot, defaults=fields)
        if made:
            return Claim(row.pk)
        if row.status != "void" and (row.status not in AGAIN or next_attempt(row.status, Owner.parse(row.owner)) != owner.attempt):
            return Claim(None, job)
        JobRun.objects.filter(pk=row.pk).update(**fields)
        return Claim(row.pk)


def next_attempt(status: str, owner: Owner) -> int:
    """Which attempt at its slot comes after this one; being stopped is nobody's fault and doesn't count."""
    return owner.attempt if status == "stopped" else owner.attempt + 1


_GATE = "（锁）"


def _gate(county: str, now: datetime) -> None:
    """Let one claim through at a time: a row that is locked (PostgreSQL); on SQLite the transaction itself is the only writer."""
    from django.db import connection

    from core.store.models import JobRun

    if connection.vendor == "sqlite":
        return
    epoch = datetime(1970, 1, 1, tzinfo=now.tzinfo)
    JobRun.objects.get_or_create(county=county, job=_GATE, slot=epoch, defaults={"status": "skipped", "started_at": epoch, "heartbeat_at": epoch})
    JobRun.objects.select_for_update().get(county=county, job=_GATE, slot=epoch)


def adopt(run: int, giver: Owner, taker: Owner, now: datetime) -> bool:
    """The child takes over the row from the scheduler that claimed it; False when it is no longer theirs."""
    from core.store.models import JobRun

    return bool(JobRun.objects.filter(pk=run, status="running", owner=str(giver)).update(owner=str(taker), heartbeat_at=now))


def beat(run: int, now: datetime) -> bool:
    """A sign of life; False when the row has been closed by somebody else."""
    from core.store.models import JobRun

    return bool(JobRun.objects.filter(pk=run, status="running").update(heartbeat_at=now))


def finish(run: int, status: Status, detail: str, now: datetime) -> bool:
    """Close a running row; False when it was closed already (the first word counts)."""
    from core.store.models import JobRun

    return bool(JobRun.objects.filter(pk=run, status="running").update(status=status, detail=detail[:1000], finished_at=now, heartbeat_at=now))


def note(county: str, job: str, slot: datetime, status: Status, detail: str, now: datetime, owner: Owner | None = None) -> int | None:
    """Write a row that nobody needs to claim (a first start, the scheduler itself); None when the slot has one already."""
    from core.store.models import JobRun

    ended = None if status == "running" else now
    fields = {"status": status, "detail": detail[:1000], "owner": str(owner or ""), "started_at": now, "heartbeat_at": now, "finished_at": ended}
    row, made = JobRun.objects.get_or_create(county=county, job=job, slot=slot, defaults=fields)
    return row.pk if made else None


def seen_between(county: str, start: datetime, end: datetime) -> bool:
    """True when some run gave a sign of life in that time: proof that the clock was there."""
    from core.store.models import JobRun

    return JobRun.objects.filter(county=county, heartbeat_at__gte=start, heartbeat_at__lte=end).exclude(status="void").exists()


def void_future(county: str, now: datetime) -> int:
    """Runs for days that have not come were made under a wrong clock: they count for nothing, so that the real days are not skipped."""
    from core.store.models import JobRun

    rows = JobRun.objects.filter(county=county, slot__gt=now + AHEAD).exclude(status__in=("void", "running"))
    return rows.update(status="void", detail="系统时钟曾经超前，这次运行不作数") if rows.exists() else 0


def prune(county: str, frequent: Sequence[str], now: datetime) -> int:
    """Forget runs nobody will ask for: of jobs that run many times a day after two weeks, of the others after 400 days; never the latest of a job."""
    from django.db.models import Max

    from core.store.models import JobRun

    rows = JobRun.objects.filter(county=county).exclude(status="running")
    newest = [item["newest"] for item in rows.values("job").annotate(newest=Max("pk"))]
    old = rows.filter(slot__lt=now - timedelta(days=400)) | rows.filter(job__in=frequent, slot__lt=now - timedelta(days=14))
    return old.exclude(pk__in=newest).delete()[0]
