"""The queue: jobs for any number of workers, in the tables of Procrastinate on the county's PostgreSQL. On SQLite there is none.

A job's arguments are names, dates and row numbers alone; they stand readable in the database and its logs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from core.records import SEVERITIES

if TYPE_CHECKING:
    from procrastinate import App

BEAT = 5.0  # seconds between two signs of life of a worker
STALLED = 30.0  # seconds without one after which its jobs are given to others
ATTEMPTS = 6  # a job whose workers die this often is given up: it is what kills them
URGENT = {severity: 100 - 20 * rank for rank, severity in enumerate(SEVERITIES)}
_DONE = ("succeeded", "failed", "cancelled", "aborted")


@dataclass(frozen=True, slots=True)
class Job:
    """One job to be queued. Of jobs with the same `lock` one runs at a time, on all machines; `name` makes it unique in its batch."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    lock: str | None = None
    priority: int = 0


@dataclass(frozen=True, slots=True)
class State:
    """How a job of a batch stands: its name, Procrastinate's status, what it told at its end."""

    name: str
    status: str
    outcome: Mapping[str, Any]

    @property
    def ended(self) -> bool:
        return self.status in _DONE


@cache
def app() -> "App":
    """Procrastinate's app with this program's tasks, deferring through Django's connection: what is queued in a transaction is queued with it."""
    from procrastinate import App, RetryStrategy
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from service.queue_tasks import TASKS

    made = App(connector=DjangoConnector())
    for name, (function, tries) in TASKS.items():
        made.task(name=name, pass_context=True, retry=RetryStrategy(max_attempts=tries, exponential_wait=4))(function)
    return made


def is_there() -> bool:
    """True on a database that can hold a queue."""
    from django.db import connection

    return connection.vendor == "postgresql"


def workers(stalled: float = STALLED) -> int:
    """How many workers have given a sign of life lately; the database's clock counts, no machine's."""
    return int(_ask("SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)", [stalled])[0][0])


def defer(task: str, county: str, batch: str, jobs: Sequence[Job]) -> int:
    """Queue those jobs of a batch that are not queued, running or done already; returns how many were new. Called again, it changes nothing."""
    from django.db import transaction

    with transaction.atomic():
        _ask("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7281))::text", [batch])
        known = {state.name for state in states(batch) if state.status != "failed"}
        fresh = [job for job in jobs if job.name not in known]
        for job in fresh:
            deferrer = app().configure_task(task, queue=county, lock=job.lock, priority=job.priority)
            deferrer.defer(batch=batch, name=job.name, county=county, **job.args)
    return len(fresh)


def defer_once(task: str, county: str, key: str, priority: int, args: Mapping[str, Any]) -> bool:
    """Queue a job unless the same one waits already; False when it does."""
    from procrastinate.exceptions import AlreadyEnqueued

    deferrer = app().configure_task(task, queue=county, queueing_lock=f"{county}/{key}", lock=f"{county}/{key}", priority=priority)
    try:
        deferrer.defer(batch="", name=key, county=county, **args)
    except AlreadyEnqueued:
        return False
    return True


def states(batch: str) -> list[State]:
    """Every job of a batch; of one that was queued again after it had failed, the latest."""
    import json

    rows = _ask("SELECT args->>'name', status::text, args->'outcome' FROM procrastinate_jobs WHERE args->>'batch' = %s ORDER BY id", [batch])
    latest = {name: State(name, status, (json.loads(told) if isinstance(told, str) else told) or {}) for name, status, told in rows}
    return list(latest.values())


def begun(batch: str) -> int | None:
    """The run that an interrupted round of a crawl has begun."""
    rows = _ask("SELECT args->>'run' FROM procrastinate_jobs WHERE args->>'batch' = %s LIMIT 1", [batch])
    return int(rows[0][0]) if rows else None


def tell(job: int, outcome: Mapping[str, Any]) -> None:
    """Keep what a job says at its end, for whoever waits for its batch."""
    import json

    from django.db import connection

    with connection.cursor() as cursor:
        words = json.dumps({"outcome": outcome}, ensure_ascii=False)
        cursor.execute("UPDATE procrastinate_jobs SET args = args || %s::jsonb WHERE id = %s", [words, job])


def take_over(stalled: float = STALLED) -> int:
    """Put the jobs of workers that have died back into the queue; one that has killed too many is given up. Any number of processes may do this at once."""
    from django.db import transaction

    with transaction.atomic():
        dead = _ask(
            "SELECT job.id, job.attempts FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id "
            "WHERE job.status = 'doing' AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => %s)) FOR UPDATE OF job SKIP LOCKED",
            [stalled],
        )
        for job, attempts in dead:
            _put_back(job, attempts)
        _ask("DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => %s) RETURNING id", [stalled * 20])
    return len(dead)


def _put_back(job: int, attempts: int) -> None:
    """Into the queue again, unless it has had its chances, or the same job waits there already and will do its work."""
    from django.db import IntegrityError, transaction

    try:
        if attempts + 1 < ATTEMPTS:
            with transaction.atomic():
                _ask("SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)::text", [job])
            return
    except IntegrityError:
        pass
    _ask("SELECT procrastinate_finish_job_v1(%s, 'failed', false)::text", [job])


def prune(days: int = 14) -> int:
    """Forget jobs that ended long ago."""
    rows = _ask(
        "DELETE FROM procrastinate_jobs WHERE status = ANY(%s::procrastinate_job_status[]) AND id NOT IN "
        "(SELECT job_id FROM procrastinate_events WHERE at > now() - make_interval(days => %s)) RETURNING id",
        [list(_DONE), days],
    )
    return len(rows)


def _ask(query: str, values: Iterable[Any]) -> list[tuple[Any, ...]]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
