"""One scheduler process for many counties: each keeps its own plan and rows, and they take turns in one loop."""

import logging
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from core.errors import XunchaError
from service.clock import Clock, SystemClock
from service.scheduler import GLANCE, POLL, Scheduler

logger = logging.getLogger("xuncha.schedule")
AT_ONCE = 8  # children of all counties together; with workers about they mostly wait


@dataclass(slots=True)
class Schedulers:
    """Schedulers in turn. A county whose configuration is wrong is told and left out; the others go on."""

    folders: Mapping[str, Path]
    home: Path
    clock: Clock = field(default_factory=SystemClock)
    at_once: int = AT_ONCE
    _all: list[Scheduler] = field(default_factory=list)
    _next: dict[int, float] = field(default_factory=dict)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Turn until stopped."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
        self.prepare()
        try:
            while not self._stopping.wait(POLL):
                self.turn()
        finally:
            for scheduler in self._all:
                scheduler.wind_down()

    def prepare(self) -> None:
        """Read every county's plan; raises XunchaError when none can be used."""
        self._all = self._ready()

    def turn(self) -> None:
        """A look at every county that is called or was not looked at for a while."""
        for number, scheduler in enumerate(self._all):
            if self._stopping.is_set():
                return
            if scheduler.is_called or time.monotonic() >= self._next.get(number, 0.0):
                scheduler.look()
                self._next[number] = time.monotonic() + GLANCE

    def stop(self) -> None:
        """End the loop soon."""
        self._stopping.set()

    def _ready(self) -> list[Scheduler]:
        made: list[Scheduler] = []
        for county, folder in self.folders.items():
            scheduler = Scheduler(folder, self.home, self.clock, room=lambda: self._busy(made) < self.at_once)
            try:
                scheduler.prepare()
            except XunchaError as error:
                logger.error("%s 没有启动：%s", county, error)
            else:
                made.append(scheduler)
        if not made:
            raise XunchaError("没有一个县的配置可用，调度程序没有启动；原因见上")
        return made

    @staticmethod
    def _busy(schedulers: Sequence[Scheduler]) -> int:
        return sum(len(scheduler.busy) for scheduler in schedulers)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop()
