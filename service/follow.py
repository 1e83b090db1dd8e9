"""Checking behind the crawl: what has been stored is checked and alerted within seconds, not when the last source is done."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from checks import Rules
from core.errors import XunchaError
from service.jobs import Night

logger = logging.getLogger(__name__)
PAUSE = 5.0  # seconds between two looks
_PATIENCE = 120.0


@contextmanager
def followed(night: Night, pause: float = PAUSE) -> "Iterator[Follower]":
    """While the block crawls, a thread checks what comes in; on leaving it finishes the post it is at."""
    follower = Follower(night, pause)
    follower.start()
    try:
        yield follower
    except BaseException:
        follower.done.set()  # being stopped is no time to wait; what is not checked yet stays so marked
        raise
    follower.stop()


class Follower(threading.Thread):
    """Looks for posts that this crawl stored or changed, checks them, sends what must be known. What it cannot do, the next check does."""

    def __init__(self, night: Night, pause: float) -> None:
        super().__init__(daemon=True, name="follower")
        self.found = 0
        self._night = night
        self._pause = pause
        self._born = time.monotonic()
        self._seen = 0
        self._rules: Rules | None = None
        self.done = threading.Event()

    def stop(self) -> None:
        """End after the pass at hand."""
        self.done.set()
        self.join(_PATIENCE)

    def run(self) -> None:
        from django.db import DatabaseError, connection

        try:
            while not self.done.wait(self._pause):
                try:
                    self._look()
                except (DatabaseError, OSError, XunchaError) as error:
                    logger.warning("following the crawl: %s; tried again", type(error).__name__)
        finally:
            connection.close()

    def _look(self) -> None:
        from core.store.models import Post

        stored = Post.objects.filter(county=self._night.county.id, changed_at=self._night.now).count()
        if stored > self._seen:
            self._check()
            self._seen = stored

    def _check(self) -> None:
        from service import jobs
        from service.alerts.jobs import deliver_due
        from service.judging import load_rules

        self._rules = self._rules or load_rules(self._night.county)
        night = replace(self._night, now=self._night.now + timedelta(seconds=time.monotonic() - self._born))
        fresh = jobs.check(night, self._rules, lambda done, total: None).fresh
        self.found += len(fresh)
        if fresh:
            deliver_due(night)
