"""Redaction in a process of its own, with limits: a file that never comes to an end, or takes all memory, harms neither the desk nor the next one."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from core.errors import EnvironmentFailure, UnreadableError, UsageError

SECONDS = 60.0
MEMORY = 4 << 30
PROGRAM = [sys.executable, "-m", "service.redact_apart"]
_ROOT = Path(__file__).resolve().parent.parent
_KINDS = {"done": None, "unreadable": UnreadableError, "usage": UsageError}


def redact_apart(data: bytes, name: str) -> bytes:
    """As `redact_bytes`, but for the report. Raises UnreadableError also where it took too long or broke off, UsageError, EnvironmentFailure."""
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    head = json.dumps(name).encode() + b"\n"
    try:
        done = subprocess.run(PROGRAM, input=head + data, stdout=subprocess.PIPE, timeout=SECONDS, env={**os.environ, "PYTHONPATH": path}, check=False)
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"{name}：{SECONDS:.0f} 秒内没有处理完，已停止；请拆分后再试") from None
    except OSError as error:
        raise EnvironmentFailure(f"启动不了子进程（{error.strerror or type(error).__name__}），请检查内存和进程数上限") from error
    word, _, rest = done.stdout.partition(b"\n")
    if done.returncode or word.decode("ascii", "replace") not in _KINDS:
        raise UnreadableError(f"{name}：处理中途停止（文件可能已损坏或过大）；请重新导出后再试")
    kind = _KINDS[word.decode()]
    if kind:
        raise kind(rest.decode())
    return rest


def main() -> None:
    """The child: name and bytes in on standard input, a word and the result out on standard output. What a library prints goes to standard error."""
    from service.redact import redact_bytes

    _limit()
    out = os.dup(1)
    os.dup2(2, 1)
    name = json.loads(sys.stdin.buffer.readline())
    try:
        word, rest = b"done", redact_bytes(sys.stdin.buffer.read(), name)[0]
    except UnreadableError as error:
        word, rest = b"unreadable", str(error).encode()
    except UsageError as error:
        word, rest = b"usage", str(error).encode()
    with os.fdopen(out, "wb") as answer:
        answer.write(word + b"\n" + rest)


def _limit() -> None:
    """Memory and time of this process, where the system can limit them."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS) + 5))


if __name__ == "__main__":
    main()
