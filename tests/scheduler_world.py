"""A small county with a plan, a clock that can be set, and children that note what they did: what the scheduler's tests stand on."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import stored
import yaml

from core.calendar import SHANGHAI
from service.clock import SystemClock
from service.due import Due
from service.processes import Owner
from service.schedule import JobEntry

ROOT = Path(__file__).resolve().parents[1]
UNIT = "县水利局"
START = datetime(2023, 11, 1, 12, 0, tzinfo=SHANGHAI)


class Hands:
    """A clock whose wall hand can be set; both hands move only when told to."""

    def __init__(self, now: datetime = START) -> None:
        self._now, self._ticks = now, 1000.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._ticks

    def forward(self, **time_: float) -> None:
        """Time passes."""
        self._now += timedelta(**time_)
        self._ticks += timedelta(**time_).total_seconds()

    def to(self, moment: str) -> None:
        """Time passes until `MM-DD HH:MM` of 2023."""
        wanted = datetime.strptime(f"2023-{moment}", "%Y-%m-%d %H:%M").replace(tzinfo=SHANGHAI)
        self.forward(seconds=(wanted - self._now).total_seconds())

    def jump(self, **time_: float) -> None:
        """Somebody sets the clock."""
        self._now += timedelta(**time_)


class Shifted(SystemClock):
    """The machine's clock, set to another day: for schedulers that run on their own."""

    def __init__(self, day: datetime) -> None:
        self._shift = day - super().now()

    def now(self) -> datetime:
        return super().now() + self._shift


class World:
    """A county in a folder; `plan` writes its schedule."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.config, self.home, self.inbox = folder, folder / "config", folder / "home", folder / "inbox"
        self.journal = folder / "journal"
        self.clock = Hands()
        if not self.config.exists():
            for made in (self.config, self.inbox):
                made.mkdir(parents=True)
            self.county({})

    def county(self, columns: dict[str, str], mail_port: int | None = None) -> None:
        """Write the configuration: columns of one unit by name and address, and a mail server."""
        entries = [{"name": name, "cycle": "1条/月", "url": url} for name, url in columns.items()]
        county: dict[str, Any] = {"id": "test", "name": "示范县", "full_name": "示范县", "office": "示范县政府办", "portal": {"name": "示范县政府网"}}
        county |= {"inbox": str(self.inbox), "crawl": {"contact": "test@test.invalid", "delay": 0, "timeout": 30, "retries": 0}}
        if mail_port:
            county["mail"] = {"host": "127.0.0.1", "port": mail_port, "sender": "xuncha@test.invalid"}
        data: dict[str, Any] = {
            "county": county,
            "units": [{"name": UNIT, "mail": "water@test.invalid"}],
            "columns": [{"unit": UNIT, "columns": entries}] if entries else [],
            "news": {"listings": [], "units": []},
            "accounts": {"accounts": []},
            "submissions": {"duties": []},
            "events": {"duties": []},
            "papers": {"duties": []},
            "grading": {"columns": {"excellent_surplus": 5}},
        }
        for name, content in data.items():
            (self.config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        (self.config / "bulletin.yaml").write_text((ROOT / "config/meixian/bulletin.yaml").read_text(encoding="utf-8"), encoding="utf-8")

    def plan(self, *jobs: dict[str, Any]) -> None:
        text = yaml.safe_dump({"jobs": list(jobs)}, allow_unicode=True)
        path = self.config / "schedule.yaml"
        path.write_text(text, encoding="utf-8")
        os.utime(path, ns=(time.time_ns(), time.time_ns()))

    def open(self) -> None:
        from core.store.setup import open_store

        open_store(self.home)

    def scheduler(self, code: str = "", clock: Any = None, real: bool = False) -> Any:
        """A scheduler whose children run `code` after noting their job in the journal; `real`: the real jobs."""
        from service.scheduler import Scheduler

        self.open()
        return Scheduler(self.config, self.home, clock or self.clock, None if real else self.children(code))

    def children(self, code: str = "") -> Callable[[JobEntry, Due, int, Owner, datetime], Sequence[str]]:
        """Commands for children: note `start job slot`, run the code, note `end …`, say done."""
        script = f"""
import json, os, signal, subprocess, sys, time
name, slot, journal = sys.argv[1:]
def note(word):
    with open(journal, "a", encoding="utf-8") as file:
        file.write(f"{{word}} {{name}} {{slot}} {{os.getpid()}}\\n")
note("start")
{textwrap.dedent(code)}
note("end")
print(json.dumps({{"status": "done", "detail": "好了"}}))
"""
        return lambda entry, item, run, owner, now: [
            sys.executable,
            "-c",
            script,
            entry.name,
            f"{item.slot.astimezone(SHANGHAI):%m-%dT%H:%M}",
            str(self.journal),
        ]

    def _lines(self) -> list[str]:
        return self.journal.read_text(encoding="utf-8").splitlines() if self.journal.exists() else []

    def noted(self, word: str = "end") -> list[str]:
        """`job slot` of every line with that word, in order."""
        lines = self._lines()
        return [" ".join(line.split()[1:3]) for line in lines if line.startswith(f"{word} ")]

    def pids(self) -> list[int]:
        """Every process that noted its start."""
        return [int(line.split()[3]) for line in self._lines() if line.startswith("start ")]

    def clean(self) -> None:
        """End what a failed test has left behind."""
        for pid in self.pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def rows(self, columns: str = "job, status", where: str = "job != '调度程序'") -> list[tuple[Any, ...]]:
        """Rows of the runs, read by a connection of our own."""
        return [
            tuple(row.values()) for row in stored.rows(self.home, f"select {columns} from store_jobrun where job != '（锁）' and {where} order by job, slot")
        ]

    def first_start(self, scheduler: Any) -> None:
        """One look, by which every job is noted to start with its next slot."""
        scheduler.look()
        assert self.noted("start") == []

    def settle(self, scheduler: Any, seconds: float = 40) -> None:
        """Look until nothing runs any more and a last look starts nothing."""
        end = time.monotonic() + seconds
        idle = 0
        while idle < 2:
            assert time.monotonic() < end, "the children do not come to an end"
            scheduler.look()
            idle = 0 if scheduler.busy else idle + 1
            time.sleep(0.05)

    def until(self, happened: Callable[[], Any], seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while not happened():
            assert time.monotonic() < end, f"waited {seconds} s in vain"
            time.sleep(0.05)

    def process(self, code: str, **environ: str) -> "Process":
        """A scheduler (or whatever the code says) in a process of its own, in the same world."""
        prelude = f"""
import sys
sys.path.insert(0, {str(ROOT / "tests")!r})
from datetime import datetime
from pathlib import Path
from core.calendar import SHANGHAI
from scheduler_world import Shifted, World
world = World(Path({str(self.folder)!r}))
"""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_HOME": str(self.home), **environ}
        command = [sys.executable, "-c", prelude + textwrap.dedent(code)]
        return Process(command, environment, self.folder / f"said-{time.monotonic_ns()}")


class Process:
    """A process that writes to a file (a pipe would stay open in the children of one that is killed)."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], said: Path) -> None:
        self._said = said
        with said.open("w") as file:
            self._popen = subprocess.Popen(command, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=file, stderr=file)

    def signal(self, number: int) -> None:
        self._popen.send_signal(number)

    def end(self, seconds: float = 60) -> tuple[int, str]:
        """Exit code and what it said."""
        code = self._popen.wait(seconds)
        if self._popen.stdin:
            self._popen.stdin.close()
        return code, self._said.read_text(encoding="utf-8")


def alive(pid: int) -> bool:
    from service.processes import born

    return born(pid) is not None
