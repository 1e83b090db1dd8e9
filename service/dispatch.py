"""Spreading a stage over workers and waiting for them. Without a living worker the caller does everything itself, as on one machine."""

import logging
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from core.records import Source
from core.store import posts as post_store
from core.store import runs
from service import queue
from service.children import Outcome
from service.jobs import Checked, Night
from service.progress import Step

logger = logging.getLogger(__name__)
POSTS_AT_ONCE = 40
_LOOK = 0.5
_PATIENCE = 600.0  # seconds without an answer from the database
_LONELY = 60.0  # seconds without a living worker after which the waiting process works itself


def spread() -> bool:
    """True when there are workers to spread work over."""
    return queue.is_there() and queue.workers() > 0


def crawl(night: Night, sources: Sequence[Source], full: bool, batch: str, step: Step) -> dict[str, str]:
    """Collect with all workers, one job a host; returns source → reason for what could not be collected. Called again, it goes on where it was."""
    hosts: dict[str, list[str]] = {}
    for source in sources:
        hosts.setdefault(_host(source, night.county.id), []).append(source.id)
    run = queue.begun(batch) or runs.start_run(night.county.id, "crawl", night.now)
    common = {"run": run, "now": night.now.isoformat(), "full": full}
    jobs = [queue.Job(host, {**common, "sources": named}, lock=f"host:{host}") for host, named in hosts.items()]
    queue.defer("crawl", night.county.id, batch, jobs)
    states = _wait(night, batch, step)
    failed: dict[str, str] = {}
    for state in states:
        failed |= state.outcome.get("failed", {})
        if state.status != "succeeded":
            failed |= dict.fromkeys(hosts.get(state.name, ()), "采集进程多次中断，已放弃")
    runs.finish_run(run, "done" if all(state.status == "succeeded" for state in states) else "stopped", night.now)
    return failed


def _host(source: Source, county: str) -> str:
    """Where the source lives; folders of the county itself are a place of their own."""
    host = urlsplit(source.url).hostname if source.url and "://" in source.url else None
    return host or f"（{county}）"


def check(night: Night, rules_version: str, batch: str, step: Step) -> Checked:
    """Check what waits with all workers; counts stand for the findings, which are in the store."""
    waiting = post_store.unchecked_ids(night.county.id, rules_version)
    parts = [waiting[start : start + POSTS_AT_ONCE] for start in range(0, len(waiting), POSTS_AT_ONCE)]
    jobs = [queue.Job(f"{part[0]}-{part[-1]}", {"posts": part, "now": night.now.isoformat()}) for part in parts]
    queue.defer("check", night.county.id, batch, jobs)
    states = _wait(night, batch, step)
    failed: dict[str, str] = {}
    for state in states:
        failed |= state.outcome.get("failed", {})
        if state.status != "succeeded":
            failed[f"第 {state.name} 篇"] = "检查进程多次中断"
    return Checked((), failed, sum(int(state.outcome.get("found", 0)) for state in states))


def whole(night: Night, entry: str, slot: str, batch: str) -> Outcome:
    """Run a stage of the plan on whichever worker is free."""
    queue.defer("stage", night.county.id, batch, [queue.Job(entry, {"entry": entry, "slot": slot, "now": night.now.isoformat()}, priority=10)])
    (state,) = _wait(night, batch, lambda done, total: None)
    if state.status != "succeeded":
        return Outcome("failed", "处理进程多次出错，原因见处理进程的日志")
    return Outcome(state.outcome["status"], state.outcome["detail"])


def _wait(night: Night, batch: str, step: Step) -> list[queue.State]:
    """Until every job of the batch has ended. Meanwhile the jobs of dead workers are put back; when nobody is left, this process works."""
    from django.db import DatabaseError, connection

    lonely = answered = time.monotonic()
    while True:
        try:
            states = queue.states(batch)
            answered = time.monotonic()
            ended = sum(state.ended for state in states)
            step(ended, len(states))
            if ended == len(states):
                return states
            queue.take_over()
            if queue.workers():
                lonely = time.monotonic()
        except DatabaseError as error:  # restarted, or cut off: the jobs are safe where they are
            connection.close()
            if time.monotonic() - answered > _PATIENCE:
                raise
            logger.warning("database: %s; still waiting for %s", type(error).__name__, batch)
        if time.monotonic() - lonely > _LONELY:
            logger.warning("no worker is left: working through %s alone", batch)
            _alone(night)
        time.sleep(_LOOK)


def _alone(night: Night) -> None:
    from service.worker import work

    work({night.county.id: str(night.county.folder)}, night.home, stay=False)
