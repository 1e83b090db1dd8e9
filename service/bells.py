"""APScheduler as an alarm clock: it rings on time; what is then to be done, the database says."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from core.calendar import SHANGHAI
from service.schedule import Timing


class Bells:
    """One APScheduler job for each timing. To be hung anew when the plan changes or the clock was set: APScheduler sleeps until a wall time."""

    def __init__(self) -> None:
        self._scheduler: Any = None

    def hang(self, timings: Iterable[Timing], ring: Callable[[], None]) -> None:
        """Ring at every moment of these timings, and of these only."""
        from apscheduler.schedulers.background import BackgroundScheduler  # type: ignore[import-untyped]

        self.silence()
        self._scheduler = BackgroundScheduler(timezone=SHANGHAI)
        for timing in timings:
            if timing.trigger:
                self._scheduler.add_job(ring, timing.trigger, id=timing.entry.name, coalesce=True, misfire_grace_time=None)
        self._scheduler.start()

    def silence(self) -> None:
        """Ring no more."""
        if self._scheduler:
            self._scheduler.shutdown(wait=False)
            self._scheduler = None

    def next(self) -> datetime | None:
        """When the next bell rings."""
        moments = [job.next_run_time for job in self._scheduler.get_jobs()] if self._scheduler else []
        return min(moments, default=None)
