"""Good manners towards hosts: AutoThrottle, so many requests an hour and no more, and rest for a host in trouble."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

from crawler.addresses import is_loopback

_HOUR = 3600.0
Clock = Callable[[], float]


class HostThrottle(AutoThrottle):
    """Scrapy's AutoThrottle, which would slow down loopback hosts as well (robots.txt and browser requests included)."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        if not is_loopback(urlsplit(request.url).hostname):
            super()._response_downloaded(response, request, spider)


class HourlyLimit:
    """At most `limit` requests to one host in any hour; whoever comes too early waits. This machine itself is not counted."""

    def __init__(self, limit: int, clock: Clock | None = None, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._limit, self._clock, self._sleep = limit, clock, sleep
        self._made: dict[str, deque[float]] = {}

    async def turn(self, host: str) -> None:
        """Wait for the host's turn and take it."""
        if is_loopback(host):
            return
        clock = self._clock or asyncio.get_running_loop().time
        made = self._made.setdefault(host, deque())
        while True:
            now = clock()
            while made and made[0] <= now - _HOUR:
                made.popleft()
            if len(made) < self._limit:
                made.append(now)
                return
            await self._sleep(made[0] + _HOUR - now)


class Breaker:
    """Leaves a host alone that keeps failing: for half a minute at first, twice as long each time after, then lets one request try.

    A connection that fails weighs five times an answer that says "server error", which a busy CMS gives now and then.
    """

    LIMIT, CONNECTION, ANSWER = 30, 5, 1
    FIRST_REST, LONGEST_REST = 30.0, 600.0

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock
        self._weight: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._rest: dict[str, float] = {}
        self._trying: set[str] = set()

    def _now(self) -> float:
        return (self._clock or asyncio.get_running_loop().time)()

    def is_open(self, host: str) -> bool:
        """True while the host is to be left alone. When its rest is over one caller gets False, the others wait for what it finds."""
        if self._weight.get(host, 0) < self.LIMIT:
            return False
        now = self._now()
        if now < self._until.get(host, 0.0):
            return True
        if host in self._trying:
            return True
        self._trying.add(host)
        return False

    def failed(self, host: str, weight: int) -> None:
        """Count a failure; the one that fills the measure, and each failed try after a rest, starts a rest."""
        full = self._weight.get(host, 0) >= self.LIMIT
        self._weight[host] = self._weight.get(host, 0) + weight
        if self._weight[host] < self.LIMIT or (full and host not in self._trying):
            return  # not enough yet, or one of those that were under way when the rest began
        self._trying.discard(host)
        self._rest[host] = min(2 * self._rest[host], self.LONGEST_REST) if host in self._rest else self.FIRST_REST
        self._until[host] = self._now() + self._rest[host]

    def answered(self, host: str) -> None:
        """The host works: all is forgotten."""
        self._trying.discard(host)
        for kept in (self._weight, self._until, self._rest):
            kept.pop(host, None)
