"""The scheduler: APScheduler rings, the database says what is due, children do the work, and this loop watches them.

One thread, one loop. Nothing that matters is kept in memory: killed at any moment, the next scheduler reads the same rows and goes on.
"""

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from core.calendar import SHANGHAI
from core.config import County, load_county
from core.errors import XunchaError
from service import jobruns
from service.bells import Bells
from service.children import Child, Outcome
from service.clock import Clock, SystemClock
from service.due import Due, due
from service.jobruns import Past
from service.order import clashes, waits
from service.processes import Owner, kill_tree, mark_of
from service.schedule import SCHEDULER, JobEntry, Timing, load_schedule

logger = logging.getLogger("xuncha.schedule")

GLANCE = 10.0  # seconds between two looks when nothing rings
BEAT = 15.0  # seconds between two signs of life
POLL = 0.5  # seconds between two looks at the children
GRACE = 20.0  # how long a child that was asked to stop may take before it is killed
FINISH = 4.0  # when the scheduler stops: how long children may come to an end of their own …
LAST = 9.0  # … and after being asked; together less than what `xuncha serve` and systemd allow
SILENT = 180.0  # seconds without a sign of life after which a run on another machine counts as dead
JUMP = 60.0  # seconds by which the two hands of the clock may part before it counts as a jump
AT_ONCE = 3  # children
Command = Callable[[JobEntry, Due, int, Owner, datetime], Sequence[str]]


@dataclass(slots=True)
class Running:
    """A child at work, and when it must have ended (on the monotonic hand, which no jump moves)."""

    entry: JobEntry
    due: Due
    run: int
    child: Child
    deadline: float
    late: Outcome
    asked: float | None = None
    why: Outcome | None = None


@dataclass(slots=True)
class _Plan:
    """The county and its timings as last read, and the files' state then."""

    county: County
    timings: tuple[Timing, ...]
    files: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Seen:
    """When another machine's sign of life was last seen to change."""

    heartbeat: datetime
    at: float


@dataclass(slots=True)
class Scheduler:
    """One county's scheduler. `look` is one turn of the loop and can be called by itself; `run` turns until `stop`."""

    config: Path
    home: Path
    clock: Clock = field(default_factory=SystemClock)
    command: Command | None = None
    room: Callable[[], bool] | None = None  # whether one more child may be started, where several counties share a machine
    patience: float = 3.0  # seconds to wait for a locked database: the loop must not stand still for half a minute
    _plan: _Plan | None = None
    _children: dict[str, Running] = field(default_factory=dict)
    _unwritten: list[tuple[Running, Outcome]] = field(default_factory=list)
    _seen: dict[int, _Seen] = field(default_factory=dict)
    _wake: threading.Event = field(default_factory=threading.Event)
    _stopping: bool = False
    _row: int | None = None
    _beaten: float = 0.0
    _hands: tuple[datetime, float] | None = None
    _bells: Bells = field(default_factory=Bells)
    _connection: Any = None
    _trouble: str = ""

    # --- one turn ---------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Bring the rows in order and start what is due. A database that is busy is left for the next turn."""
        from django.db import DatabaseError, connection

        self._wake.clear()
        self._watch_clock()
        self._collect()
        try:
            self._reload()
            self._connect()
            self._write_down()
            self._beat()
            self._bury()
            self._start_due()
            self._say("")
        except DatabaseError as error:
            self._say(f"数据库暂时用不了（{type(error).__name__}），过一会儿再看")
            connection.close()
        except XunchaError as error:
            self._say(str(error))

    def _connect(self) -> None:
        """Set our own patience on each new connection."""
        from django.db import connection

        connection.ensure_connection()
        if connection.connection is not self._connection:
            milliseconds = int(self.patience * 1000)
            connection.cursor().execute(f"PRAGMA busy_timeout={milliseconds}" if connection.vendor == "sqlite" else f"SET lock_timeout = {milliseconds}")
            self._connection = connection.connection

    def _say(self, trouble: str) -> None:
        """Tell a trouble once, and once that it is over."""
        if trouble != self._trouble:
            logger.warning("%s", trouble) if trouble else logger.info("恢复正常")
            self._trouble = trouble

    def _watch_clock(self) -> None:
        """Notice when somebody set the clock: the bells are hung anew, for APScheduler sleeps until a wall time that may now be far away."""
        now, ticks = self.clock.now(), self.clock.monotonic()
        if self._hands:
            jump = (now - self._hands[0]).total_seconds() - (ticks - self._hands[1])
            if abs(jump) > JUMP:
                logger.warning("系统时钟跳变了 %+.0f 秒，按新的时间重新核对", jump)
                self._bells.hang(self._plan.timings if self._plan else (), self._wake.set)
        self._hands = now, ticks

    def _reload(self) -> None:
        """Read plan and county again when a file changed; a wrong file is told, and the plan before stays in force."""
        files = _state(self.config)
        if self._plan and self._plan.files == files:
            return
        try:
            county = load_county(self.config)
            plan = _Plan(county, tuple(Timing.of(entry) for entry in load_schedule(county)), files)
        except XunchaError as error:
            if self._plan is None:
                raise
            logger.error("配置改动有误，仍按原来的运行：%s", error)
            self._plan.files = files
            return
        self._plan = plan
        self._bells.hang(self._plan.timings if self._plan else (), self._wake.set)

    @property
    def county(self) -> str:
        assert self._plan
        return self._plan.county.id

    def _beat(self) -> None:
        """This scheduler's own row: others can see that it lives, and the next one that it died."""
        now, ticks = self.clock.now(), self.clock.monotonic()
        if self._row is None:
            self._row, self._beaten = jobruns.note(self.county, SCHEDULER, now, "running", "", now, Owner.me()), ticks
        elif ticks >= self._beaten + BEAT:
            self._row = self._row if jobruns.beat(self._row, now) else None
            self._beaten = ticks
        jobruns.void_future(self.county, now)

    def _bury(self) -> None:
        """Close the rows of runs whose process is gone, and end whatever they left behind."""
        mine = {running.run for running in self._children.values()} | {running.run for running, _ in self._unwritten} | {self._row}
        for run in jobruns.running(self.county):
            if run.pk in mine or self._lives(run):
                continue
            killed = kill_tree(None, mark_of(self.home, run.pk, run.owner.attempt)) if run.job != SCHEDULER else 0
            left = f"，并结束了它留下的 {killed} 个进程" if killed else ""
            told = f"运行中断：进程已不在（最后一次信号 {run.heartbeat_at.astimezone(SHANGHAI):%m-%d %H:%M:%S}）{left}"
            if jobruns.finish(run.pk, "died", told, self.clock.now()):
                logger.error("%s：%s", run.job, told)

    def _lives(self, run: Past) -> bool:
        """On this machine its process tells; of another machine's, a sign of life that has not changed for long enough under our own eyes."""
        alive = run.owner.alive()
        if alive is not None:
            return alive
        seen = self._seen.get(run.pk)
        if seen is None or seen.heartbeat != run.heartbeat_at:
            self._seen[run.pk] = seen = _Seen(run.heartbeat_at, self.clock.monotonic())
        return self.clock.monotonic() - seen.at < SILENT

    # --- starting ---------------------------------------------------------------------------------------------

    def _start_due(self) -> None:
        assert self._plan
        now = self.clock.now()
        runs = {timing.entry.name: jobruns.past(self.county, timing.entry.name) for timing in self._plan.timings}
        finished = {name: max(ended) for name, past in runs.items() if (ended := [run.finished_at for run in past if _ran(run) and run.finished_at])}
        owed = {timing.entry.name: due(timing, runs[timing.entry.name], finished, now) for timing in self._plan.timings}
        for timing in self._plan.timings:
            entry = timing.entry
            for item in owed[entry.name][:1]:
                if item.first_start:
                    jobruns.note(self.county, entry.name, item.slot, "skipped", "首次启动，从下一次开始运行", now)
                elif (
                    not self._stopping
                    and entry.name not in self.busy
                    and (self.room() if self.room else len(self._children) < AT_ONCE)
                    and not waits(entry, item, self._plan.timings, owed, runs)
                ):
                    self._start(entry, item, now)

    @property
    def busy(self) -> set[str]:
        """The jobs at work here, those included whose end is not written down yet."""
        return {*self._children, *(running.entry.name for running, _ in self._unwritten)}

    def _start(self, entry: JobEntry, item: Due, now: datetime) -> None:
        plan, owner = self._plan, Owner.me(item.attempt)
        assert plan
        taken = jobruns.claim(self.county, entry.name, item.slot, owner, now, lambda name: clashes(entry, name, plan.timings, plan.county.sources))
        if taken.run is None:
            return
        seconds, late = float(entry.limit * 60), Outcome("overtime", f"超过时限 {entry.limit} 分钟，已停止；已完成的部分都已保存")
        closes = entry.closes(now)
        if closes and (closes - now).total_seconds() < seconds:
            seconds, late = (closes - now).total_seconds(), Outcome("overtime", f"到 {closes:%H:%M} 时段结束仍未完成，已停止；已完成的部分都已保存")
        command = (self.command or self._command)(entry, item, taken.run, owner, now)
        try:
            child = Child(command, mark_of(self.home, taken.run, owner.attempt), self.home)
        except XunchaError as error:
            jobruns.finish(taken.run, "failed", str(error), now)
            raise
        self._children[entry.name] = Running(entry, item, taken.run, child, self.clock.monotonic() + seconds, late)
        again = f"，第 {item.attempt} 次" if item.attempt > 1 else ""
        missed = f"，连同错过的 {item.merged} 次" if item.merged else ""
        logger.info("%s：开始（应运行时刻 %s%s%s）", entry.name, f"{item.slot.astimezone(SHANGHAI):%m-%d %H:%M}", again, missed)

    def _command(self, entry: JobEntry, item: Due, run: int, owner: Owner, now: datetime) -> Sequence[str]:
        words = {"config": self.config.resolve(), "home": self.home, "job": entry.name, "slot": item.slot.isoformat()}
        words |= {"now": now.isoformat(), "run": run, "owner": owner}
        return [sys.executable, "-m", "service.night", *(part for name, value in words.items() for part in (f"--{name}", str(value)))]

    # --- watching the children --------------------------------------------------------------------------------

    def _collect(self) -> None:
        """Take up the children that ended; end those that are late."""
        ticks = self.clock.monotonic()
        for name, running in list(self._children.items()):
            outcome = running.child.ended()
            if outcome is None and running.asked is None and ticks >= running.deadline:
                self._ask(running, running.late)
            elif outcome is None and running.asked is not None and ticks >= running.asked + GRACE:
                running.child.kill()
                outcome = running.child.ended()
            if outcome is not None:
                del self._children[name]
                self._unwritten.append((running, running.why if running.why and outcome.status in ("stopped", "died") else outcome))

    def _ask(self, running: Running, why: Outcome) -> None:
        running.why, running.asked = why, self.clock.monotonic()
        running.child.ask()

    def _write_down(self) -> None:
        """Close the rows of what ended; while the database is locked they wait here."""
        while self._unwritten:
            running, outcome = self._unwritten[0]
            jobruns.finish(running.run, outcome.status, outcome.detail, self.clock.now())
            level = logging.ERROR if outcome.status in ("failed", "died", "overtime") else logging.INFO
            logger.log(level, "%s：%s%s", running.entry.name, jobruns.WORDS[outcome.status], f"：{outcome.detail}" if outcome.detail else "")
            self._unwritten.pop(0)

    # --- the loop ---------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Turn until stopped (SIGTERM and SIGINT stop, when this is the main thread)."""
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self._on_signal)
        self.prepare()
        try:
            while not self._stopping:
                self.look()
                self._pause()
        finally:
            self.wind_down()

    def prepare(self) -> None:
        """Read the plan; raises ConfigurationError when it is wrong at the start."""
        self._reload()

    @property
    def is_called(self) -> bool:
        """True when a bell has rung or a child has ended since the last look."""
        return self._wake.is_set() or any(running.child.has_ended for running in self._children.values())

    def _pause(self) -> None:
        """Wait for a bell, a child's end, or the next glance."""
        until = self.clock.monotonic() + GLANCE
        while not self._wake.wait(POLL) and not self._stopping and self.clock.monotonic() < until:
            if any(running.child.has_ended for running in self._children.values()):
                return

    def stop(self) -> None:
        """End the loop soon; may be called from a signal or another thread."""
        self._stopping = True
        self._wake.set()

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.stop()

    def wind_down(self) -> None:
        """Let the children finish, ask those that do not, kill those that do not listen; then leave the rows in order."""
        from django.db import DatabaseError, connection

        self._stopping = True
        self._bells.silence()
        if self._children:
            logger.info("正在停止：等 %s 收尾", "、".join(self._children))
        self._wait_for_children(FINISH)
        for running in self._children.values():
            if running.asked is None:
                self._ask(running, Outcome("stopped", "调度程序停止，已完成的部分都已保存，下次启动后接着做"))
        self._wait_for_children(LAST)
        for running in self._children.values():
            running.child.kill()
        self._wait_for_children(1)
        for patience in range(8):
            try:
                self._write_down()
                if self._row is not None:
                    jobruns.finish(self._row, "stopped", "正常停止", self.clock.now())
                break
            except DatabaseError:
                connection.close()
                self._wake.clear()
                self._wake.wait(min(patience, 2))
        logger.info("调度程序已停止")

    def _wait_for_children(self, seconds: float) -> None:
        for _ in range(int(seconds / 0.1)):
            self._collect()
            if not self._children:
                return
            time.sleep(0.1)


def _state(folder: Path) -> tuple[tuple[str, int], ...]:
    """The configuration's files and when they were written; one that vanishes under our eyes reads as 0."""
    try:
        return tuple((path.name, path.stat().st_mtime_ns) for path in sorted(folder.glob("*.yaml")))
    except OSError:
        return (("", 0),)


def _ran(run: Past) -> bool:
    return run.status not in ("running", "skipped")
