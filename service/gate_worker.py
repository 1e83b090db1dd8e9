"""A worker of `gate_pool`: drafts in on standard input, answers out on standard output, until the other side is gone."""

import os
import signal
from multiprocessing.connection import Connection

from core.errors import ConfigurationError
from service.gate import Verdict
from service.gate_pool import Inside


def main() -> None:
    """Answer until the pipe is closed. What a library prints goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    drafts, answers = Connection(os.dup(0), writable=False), Connection(os.dup(1), readable=False)
    os.dup2(2, 1)
    inside = Inside()
    while True:
        try:
            draft, today, county = drafts.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Verdict | ConfigurationError = inside.examine(draft, today, county)
        except ConfigurationError as error:
            answer = error
        try:
            answers.send(answer)
        except OSError:
            return


if __name__ == "__main__":
    main()
