"""Progress for a person on standard error: a bar on a terminal, plain lines in a log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Step(Protocol):
    """Tells how far a stage has come."""

    def __call__(self, done: int, total: int) -> None: ...


@contextmanager
def stage(title: str) -> Iterator[Step]:
    """A stage of long work; call the yielded step with (done, total)."""
    if sys.stderr.isatty():
        with _bar(title) as step:
            yield step
    else:
        yield _lines(title)


@contextmanager
def _bar(title: str) -> Iterator[Step]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=False) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _lines(title: str) -> Step:
    shown = -1

    def step(done: int, total: int) -> None:
        nonlocal shown
        fifth = done * 5 // total if total else 5
        if fifth > shown:
            shown = fifth
            print(f"{title} {done}/{total}", file=sys.stderr, flush=True)

    return step
