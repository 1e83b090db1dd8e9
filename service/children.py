"""A job as a child process: started in a session of its own, ended with everything it started, its last line read as its result."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from core.errors import EnvironmentFailure
from service.jobruns import Status
from service.processes import MARK, kill_tree

_RESULTS = frozenset(get_args(Status)) - {"running", "void"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended, in a word and a sentence."""

    status: Status
    detail: str = ""


class Child:
    """One child. Its standard input is held open and never written: when it ends, the scheduler is gone and the child must go too."""

    def __init__(self, command: Sequence[str], mark: str, home: Path) -> None:
        self.mark = mark
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 -- closed when the child is collected
        environment = {**os.environ, MARK: mark, "XUNCHA_HOME": str(home), "PYTHONIOENCODING": "utf-8", "DJANGO_SETTINGS_MODULE": "core.settings"}
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=self._output, env=environment, start_new_session=True)
        except OSError as error:
            self._output.close()
            raise EnvironmentFailure(f"启动不了子进程（{error.strerror or type(error).__name__}），请检查内存和进程数上限") from error

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ended(self) -> Outcome | None:
        """None while it runs; afterwards its outcome, once everything it left behind is gone as well."""
        code = self._process.poll()
        if code is None:
            return None
        kill_tree(None, self.mark)
        if self._process.stdin:
            self._process.stdin.close()
        self._output.seek(0)
        lines = self._output.read().decode("utf-8", "replace").splitlines()
        self._output.close()
        return _outcome(code, lines[-1] if lines else "")

    def ask(self) -> None:
        """Ask it to stop; it ends what it started."""
        self._process.terminate()

    def kill(self) -> None:
        """End it and everything below it, at once."""
        kill_tree(self._process.pid, self.mark)
        with contextlib.suppress(subprocess.TimeoutExpired):  # a process that the kernel holds back is looked at again later
            self._process.wait(10)


def _outcome(code: int, line: str) -> Outcome:
    if code < 0:
        name = signal.Signals(-code).name if -code in signal.valid_signals() else str(-code)
        return Outcome("died", f"进程被强行结束（{name}）")
    try:
        said: Any = json.loads(line)
    except ValueError:
        said = None
    if isinstance(said, dict) and said.get("status") in _RESULTS:
        return Outcome(said["status"], str(said.get("detail", "")))
    return Outcome("failed", f"进程异常结束（退出码 {code}），原因见日志")
