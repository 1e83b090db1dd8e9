"""Drafts checked side by side: worker processes that can be stopped when a document takes too long, so that one bad file never holds up the others."""

import atexit
import contextlib
import logging
import os
import queue
import subprocess
import sys
import threading
import traceback
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from checks.expressions import warm
from core.errors import ConfigurationError, EnvironmentFailure
from core.records import Finding
from crawler.documents import Limits
from service.gate import TRIAL, Draft, Verdict, examine, rule_book

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parent.parent
MIB = 1 << 20
# A draft is small: what takes longer or grows larger than this is told so, instead of keeping a clerk waiting.
DRAFT_LIMITS = Limits(size=50 * MIB, member=64 * MIB, expanded=200 * MIB, members=1_000, cells=500_000, pages=500, pictures=60, seconds=45.0)
TIMEOUT = 60.0
POSSIBLE = os.name == "posix"  # elsewhere drafts are checked in this process, one at a time
HEAVY = 200_000  # characters and bytes; a draft above it is never given the last free worker
_TOO_LONG = "检查超过时间限制，未能查完；请拆分后分别提交，或联系信息中心"
_FAULT = "检查时程序出错，未能查完；请联系信息中心，并说明是哪一份稿件"
_BROKE_OFF = "检查中途停止（文件可能已损坏或过大），未能查完；请重新导出后提交，或联系信息中心"


class Gate(Protocol):
    """Something that checks drafts."""

    def examine(self, draft: Draft, today: date, county: Path | None = None) -> Verdict:
        """The verdict on a draft by the rules of the county in that folder; ConfigurationError when the rules cannot be read."""

    def close(self) -> None:
        """Let go of everything."""


class Inside:
    """Checks in this process, one draft at a time."""

    def examine(self, draft: Draft, today: date, county: Path | None = None) -> Verdict:
        """As `Gate`; a fault of the checks themselves is told as a finding, its place goes to the log and never a value."""
        rules = rule_book(county).current()
        try:
            warm(rules.wording)
            return examine(draft, rules, today, DRAFT_LIMITS)
        except Exception as error:  # the job boundary of one draft: the others are checked all the same
            frame = traceback.extract_tb(error.__traceback__)[-1]
            logger.error("check of a draft failed: %s at %s:%s", type(error).__name__, Path(frame.filename).name, frame.lineno)
            return _unread(draft, _FAULT)

    def close(self) -> None:
        """Nothing to let go of."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """A child process (`service.gate_worker`) and the pipes to and from it: one draft in, one answer out."""

    process: "subprocess.Popen[bytes]"
    out: "Connection"
    back: "Connection"

    @classmethod
    def start(cls) -> "_Worker":
        """A fresh one; it loads the rules at its first draft."""
        from multiprocessing.connection import Connection

        path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
        process = subprocess.Popen(
            [sys.executable, "-m", "service.gate_worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        )
        assert process.stdin
        assert process.stdout
        out, back = Connection(os.dup(process.stdin.fileno()), readable=False), Connection(os.dup(process.stdout.fileno()), writable=False)
        process.stdin.close()
        process.stdout.close()
        return cls(process, out, back)

    def ask(self, draft: Draft, today: date, county: Path | None, timeout: float) -> Verdict | ConfigurationError | str:
        """The verdict, what is wrong with the rules, or in words why there is neither."""
        try:
            self.out.send((draft, today, county))
            answer: Verdict | ConfigurationError | str = self.back.recv() if self.back.poll(timeout) else _TOO_LONG
        except (OSError, EOFError):
            return _BROKE_OFF
        return answer

    def stop(self) -> None:
        """End it, whatever it is at."""
        self.out.close()
        self.back.close()
        self.process.kill()
        self.process.wait(10)


class Pool:
    """Worker processes, started when first needed; heavy drafts leave one of them free for light ones."""

    def __init__(self, workers: int, timeout: float = TIMEOUT) -> None:
        self.workers = workers
        self._timeout = timeout
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._idle.put(None)
        self._heavy = threading.Semaphore(max(1, workers - 1))
        self._all: set[subprocess.Popen[bytes]] = set()
        self._guard = threading.Lock()
        self._closed = False

    def warm(self, today: date, county: Path | None = None) -> None:
        """Start every worker and let it load the rules; returns when all are ready. The threads are daemons: a desk that is stopped meanwhile need not wait."""

        def one() -> None:
            with contextlib.suppress(EnvironmentFailure, ConfigurationError):  # who asks next is told
                self.examine(TRIAL, today, county)

        threads = [threading.Thread(target=one, daemon=True) for _ in range(self.workers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def examine(self, draft: Draft, today: date, county: Path | None = None) -> Verdict:
        """As `Gate`; a draft that cannot be checked in time, or breaks its worker, is a finding `document/unread`."""
        with self._heavy if draft.size > HEAVY else contextlib.nullcontext():
            answer = self._ask(draft, today, county)
        if isinstance(answer, ConfigurationError):
            raise answer
        return _unread(draft, answer) if isinstance(answer, str) else answer

    def _ask(self, draft: Draft, today: date, county: Path | None) -> Verdict | ConfigurationError | str:
        worker, answer = self._idle.get(), None
        try:
            worker = worker or self._start()
            answer = worker.ask(draft, today, county, self._timeout)
        finally:
            fit = answer is not None and not isinstance(answer, str) and not self._closed
            if worker and not fit:  # late answers die with it
                worker.stop()
                self._all.discard(worker.process)
            self._idle.put(worker if fit else None)
        return answer

    def close(self) -> None:
        """End every worker at once, whatever it is at."""
        with self._guard:
            self._closed = True
        for process in list(self._all):
            process.kill()
            process.wait(10)

    def _start(self) -> _Worker:
        """A fresh worker; after `close` there are none."""
        with self._guard:
            if self._closed:
                raise EnvironmentFailure("检查服务正在停止，请稍后再试")
            worker = _Worker.start()
            self._all.add(worker.process)
        return worker


def _unread(draft: Draft, reason: str) -> Verdict:
    """Not checked to the end is a finding, never silence; it names every file, for any may be the cause."""
    names: list[str | None] = [file.name for file in draft.files] or [None]
    return Verdict(tuple(Finding("document/unread", "error", reason, unit=draft.unit, file=name, where="全文", reasons=(reason,)) for name in names))


_shared: Gate | None = None
_guard = threading.Lock()


def shared() -> Gate:
    """The gate of this process: in-process unless `start` was called or XUNCHA_GATE_WORKERS names a number."""
    global _shared
    with _guard:
        if _shared is None:
            named = os.environ.get("XUNCHA_GATE_WORKERS", "")
            _shared = _registered(Pool(int(named))) if named.isdigit() and int(named) and POSSIBLE else Inside()
        return _shared


def start(today: date, workers: int | None = None, county: Path | None = None) -> None:
    """Use worker processes from now on (default: one a core, two to four) and make them ready in the background."""
    global _shared
    if not POSSIBLE:
        return
    pool = Pool(workers or min(4, max(2, os.cpu_count() or 2)))
    with _guard:
        old, _shared = _shared, _registered(pool)
    if old:
        old.close()
    threading.Thread(target=pool.warm, args=(today, county), name="gate-warm", daemon=True).start()


def stop() -> None:
    """End the workers that `start` began; drafts that come later are checked in this process."""
    global _shared
    with _guard:
        old, _shared = _shared, None
    if old:
        old.close()


def _registered(pool: Pool) -> Pool:
    atexit.register(pool.close)
    return pool
