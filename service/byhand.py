"""A crawl started by hand takes the same lock as the plan's: a source is collected by one run at a time, whoever started it."""

import logging
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from core.calendar import SHANGHAI, shanghai
from core.config import County
from core.errors import ConfigurationError, EnvironmentFailure
from core.records import Source
from service import jobruns
from service.jobs import Night
from service.order import BY_HAND
from service.processes import MARK, Owner, kill_tree, mark_of
from service.schedule import SCHEDULER, Timing, load_schedule

logger = logging.getLogger(__name__)
_BEAT = 60.0


@contextmanager
def crawling(night: Night, sources: Sequence[str]) -> Iterator[dict[str, str]]:
    """While the block crawls these sources (none: all) nobody else does. The block may put a word into the yielded `detail`. Raises EnvironmentFailure when taken."""
    county, me, now = night.county, Owner.me(), datetime.now(SHANGHAI)
    _bury(county.id, night, now)
    wanted = [source for source in county.sources if not sources or source.id in sources]
    timings = _timings(county)
    taken = jobruns.claim(county.id, BY_HAND, now, me, now, lambda name: _meets(name, wanted, timings, county.sources))
    if taken.run is None:
        raise EnvironmentFailure(_told(county.id, taken.held_by))
    mark, over, said = os.environ.get(MARK), threading.Event(), {"detail": ""}
    os.environ[MARK] = mark_of(night.home, taken.run, me.attempt)  # what the crawl starts can be found when this process is killed
    threading.Thread(target=_live, args=(taken.run, over), daemon=True).start()
    status: jobruns.Status = "failed"
    try:
        yield said
        status = "partial" if said["detail"] else "done"
    except KeyboardInterrupt:
        status = "stopped"
        raise
    finally:
        over.set()
        os.environ.pop(MARK)
        os.environ.update({MARK: mark} if mark else {})
        jobruns.finish(taken.run, status, said["detail"], datetime.now(SHANGHAI))


def _timings(county: County) -> tuple[Timing, ...]:
    try:
        return tuple(Timing.of(entry) for entry in load_schedule(county))
    except ConfigurationError:  # a broken plan stops no hand; what runs by it is then unknown and kept away from
        return ()


def _meets(name: str, wanted: Sequence[Source], timings: Sequence[Timing], sources: Sequence[Source]) -> bool:
    """True when the running job collects one of these sources, deletes evidence, or is not known."""
    if name == SCHEDULER:
        return False
    entry = next((timing.entry for timing in timings if timing.entry.name == name), None)
    if entry is None or entry.run == "expire":
        return True
    return entry.run == "crawl" and not {source.id for source in wanted}.isdisjoint(source.id for source in entry.wanted(sources))


def _told(county: str, job: str) -> str:
    run = next((run for run in jobruns.running(county) if run.job == job), None)
    since = f"（{shanghai(run.started_at):%m月%d日 %H:%M} 开始）" if run else ""
    return f"现在不能采集：“{job}”正在运行{since}，同一来源一次只采一遍。请等它结束后再试，进度见 xuncha schedule status"


def _bury(county: str, night: Night, now: datetime) -> None:
    """Runs of this machine whose process is gone hold nobody up; what they left behind is ended."""
    for run in jobruns.running(county):
        if run.job != SCHEDULER and run.owner.alive() is False:
            kill_tree(None, mark_of(night.home, run.pk, run.owner.attempt))
            jobruns.finish(run.pk, "died", f"运行中断：进程已不在（最后一次信号 {shanghai(run.heartbeat_at):%m-%d %H:%M:%S}）", now)


def _live(run: int, over: threading.Event) -> None:
    """Signs of life for other machines."""
    from django.db import DatabaseError, connection

    while not over.wait(_BEAT):
        try:
            jobruns.beat(run, datetime.now(SHANGHAI))
        except DatabaseError:
            logger.warning("heartbeat: database busy")
        finally:
            connection.close()
