"""The clock as an argument: two hands, so that a jump of the one shows on the other."""

import time
from datetime import datetime
from typing import Protocol

from service.desk import clock


class Clock(Protocol):
    """`now` is the wall's time, which people and servers may set; `monotonic` are seconds that only ever pass."""

    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class SystemClock:
    """The machine's own clock; for a demo county the demo's."""

    def now(self) -> datetime:
        return clock.now()

    def monotonic(self) -> float:
        return time.monotonic()
