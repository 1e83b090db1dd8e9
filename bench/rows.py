"""A line of the table that `make bench` prints: what was measured, in what unit, and its peer in the same run."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`better`: whether more or less is good. `limit`: the figure to be held, None where there is none. `peer` is what stands beside it, `beside` in words."""

    name: str
    value: float
    unit: str
    better: str = "less"
    peer: float | None = None
    beside: str = ""
    limit: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.value / self.peer if self.peer else None

    @property
    def held(self) -> bool:
        if self.limit is None:
            return True
        return self.value <= self.limit if self.better == "less" else self.value >= self.limit


def median(work: Callable[[], object], rounds: int) -> float:
    """The median time of one round, in milliseconds, after one that does not count."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)
