"""What a worker can do: the same stages that run in one process without a queue. Each may run twice for once: a worker may die after the work and before its word."""

import traceback
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks import Rules
from core.calendar import shanghai
from core.config import County, load_county
from core.errors import XunchaError
from service.jobs import Night

if TYPE_CHECKING:
    from procrastinate.job_context import JobContext

Task = Callable[..., None]


class JobTrouble(Exception):
    """A job failed; the message holds no more than a person may read in a log."""


def crawl(context: "JobContext", *, county: str, sources: list[str], run: int, now: str, full: bool, batch: str, name: str) -> None:
    """Collect the sources of one host. Its lock keeps every other worker away from the host."""
    from service import jobs

    night = _night(context, county, now)
    failed = _guarded(lambda: jobs.crawl(night, sources, full, _quiet, run))
    _tell(context, {"failed": failed})


def check(context: "JobContext", *, county: str, posts: list[int], now: str, batch: str, name: str) -> None:
    """Check some posts; what must be known at once is queued to be sent before anything else."""
    from service import jobs, queue

    night = _night(context, county, now)
    checked = _guarded(lambda: jobs.check(night, _rules(night.county), _quiet, only=posts))
    if checked.fresh:
        urgent = max(queue.URGENT[finding.severity] for finding in checked.fresh)
        queue.defer_once("deliver", county, "deliver", urgent, {})
    _tell(context, {"found": len(checked.fresh), "failed": dict(checked.failed)})


def deliver(context: "JobContext", *, county: str, batch: str, name: str) -> None:
    """Empty the outbox."""
    from service.alerts.deliver import deliver as send
    from service.desk import clock

    here = _county(context, county)
    _guarded(lambda: send(here, clock.now))


def stage(context: "JobContext", *, county: str, entry: str, slot: str, now: str, batch: str, name: str) -> None:
    """Any other stage of the plan, whole."""
    from service.night import STAGES, Order
    from service.schedule import load_schedule

    night = _night(context, county, now)
    found = next((item for item in load_schedule(night.county) if item.name == entry), None)
    if found is None:
        raise JobTrouble(f"运行计划里没有“{entry}”这个任务了")
    outcome = _guarded(lambda: STAGES[found.run](night, Order(found, datetime.fromisoformat(slot))))
    _tell(context, {"status": outcome.status, "detail": outcome.detail})


TASKS: Mapping[str, tuple[Task, int]] = {"crawl": (crawl, 2), "check": (check, 4), "deliver": (deliver, 6), "stage": (stage, 3)}


def _night(context: "JobContext", county: str, now: str) -> Night:
    moment = datetime.fromisoformat(now)
    return Night(_county(context, county), Path(context.additional_context["home"]), shanghai(moment).date(), moment)


def _county(context: "JobContext", county: str) -> County:
    folder = context.additional_context["counties"].get(county)
    if folder is None:
        raise JobTrouble(f"本机没有县 {county} 的配置")
    found: County = _guarded(lambda: load_county(Path(folder)))
    return found


def _rules(county: County) -> Rules:
    """The county's rules, read again when one of its files has changed."""
    return _read_rules(county, tuple(path.stat().st_mtime_ns for path in sorted(county.folder.glob("*.yaml"))))


_CACHE: dict[str, tuple[tuple[int, ...], Rules]] = {}
_KEPT = 4


def _read_rules(county: County, stamp: tuple[int, ...]) -> Rules:
    from service.judging import load_rules

    kept = _CACHE.pop(county.id, None)
    _CACHE[county.id] = kept if kept and kept[0] == stamp else (stamp, load_rules(county))
    while len(_CACHE) > _KEPT:
        del _CACHE[next(iter(_CACHE))]
    return _CACHE[county.id][1]


def _guarded(work: Callable[[], Any]) -> Any:
    """Do it; of an error only its kind and place go on, for its message may quote what was being read."""
    try:
        return work()
    except XunchaError as error:
        raise JobTrouble(f"{type(error).__name__}：{error}") from None
    except Exception as error:  # the boundary of one queued job
        frames = traceback.extract_tb(error.__traceback__)
        raise JobTrouble(f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}") from None


def _tell(context: "JobContext", outcome: Mapping[str, Any]) -> None:
    from service import queue

    assert context.job.id
    queue.tell(context.job.id, outcome)


def _quiet(done: int, total: int) -> None:
    """A worker has nobody to show progress to."""
