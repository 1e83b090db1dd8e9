"""Processes: who is alive, and how a child goes with everything it started. Reads /proc where there is one."""

import contextlib
import hashlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

MARK = "XUNCHA_RUN"  # the environment variable that a run's processes inherit, however far they fork
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be mistaken for a later one with the same number: `born` is when it was started."""

    pid: int
    born: str

    @classmethod
    def me(cls) -> Self:
        return cls(os.getpid(), born(os.getpid()) or "")

    @property
    def alive(self) -> bool:
        return bool(self.pid) and born(self.pid) == self.born


@dataclass(frozen=True, slots=True)
class Owner:
    """Who holds a run: on which machine (and boot of it), which process, which scheduler launched it, and which attempt at the slot this is."""

    place: str
    process: Process
    attempt: int = 1
    launcher: Process | None = None

    @classmethod
    def me(cls, attempt: int = 1, launcher: Process | None = None) -> Self:
        return cls(place(), Process.me(), attempt, launcher)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read what `str` wrote; anything else is nobody, who is long dead."""
        parts = text.split("/")
        if len(parts) != 6 or not all(parts[number].isdecimal() for number in (1, 3, 4)):
            return cls("", Process(0, ""))
        launcher = Process(int(parts[4]), parts[5]) if parts[4] != "0" else None
        return cls(parts[0], Process(int(parts[1]), parts[2]), int(parts[3]), launcher)

    def __str__(self) -> str:
        launcher = self.launcher or Process(0, "")
        return f"{self.place}/{self.process.pid}/{self.process.born}/{self.attempt}/{launcher.pid}/{launcher.born}"

    def alive(self) -> bool | None:
        """Whether anybody still answers for the run: its process, or the scheduler that will note its end. None: cannot be seen from this machine."""
        if not self.process.pid:
            return False
        if self.place != place():
            return None
        return self.process.alive or (self.launcher is not None and self.launcher.alive)


def mark_of(home: Path, run: int, attempt: int) -> str:
    """What the processes of this attempt at this run carry: no other run's, and no other county's on the same machine."""
    return f"{hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:12]}-{run}-{attempt}"


@cache
def place() -> str:
    """This boot of this machine (or container), in which a process number means something."""
    signs = [socket.gethostname()]
    with contextlib.suppress(OSError):
        signs.append((_PROC / "sys/kernel/random/boot_id").read_text().strip())
    with contextlib.suppress(OSError):
        signs.append(os.readlink(_PROC / "self/ns/pid"))
    return hashlib.sha256(" ".join(signs).encode()).hexdigest()[:12]


def born(pid: int) -> str | None:
    """When the process was started, in ticks since boot (setting the clock doesn't move it); None when it is gone or a zombie."""
    if (_PROC / "self/stat").exists():
        fields = _stat(pid)
        return None if fields is None or fields[0] in "ZX" else fields[19]
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    return "?"


def _stat(pid: int) -> list[str] | None:
    """The fields after the command's name: state, parent, …, start time (number 19)."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _pids() -> Iterator[int]:
    if _PROC.is_dir():
        yield from (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdecimal())


def tree(pid: int | None, mark: str) -> set[int]:
    """The living processes below `pid`, itself included, and all that carry the mark, wherever they were re-parented to."""
    parents = {number: int(fields[1]) for number in _pids() if (fields := _stat(number)) and fields[0] not in "ZX"}
    found = {number for number in parents if _carries(number, mark)}
    found |= {pid} & set(parents) if pid else set()
    size = -1
    while len(found) > size:
        size = len(found)
        found |= {number for number, parent in parents.items() if parent in found}
    return found - {os.getpid()}


def _carries(pid: int, mark: str) -> bool:
    try:
        return f"{MARK}={mark}".encode() in (_PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def kill_tree(pid: int | None, mark: str) -> int:
    """End all of them at once, those forked meanwhile included; returns how many there were."""
    killed: set[int] = set()
    for _ in range(20):
        living = tree(pid, mark)
        if pid and not _PROC.is_dir():
            living = {pid}
        if not living - killed and killed:
            break
        if not living:
            break
        for number in living:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(number, signal.SIGKILL)
        killed |= living
        time.sleep(0.02)
    return len(killed)
