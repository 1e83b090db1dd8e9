"""Workers on a shared PostgreSQL: every job done although workers are killed, its effects once; one host by one worker; what is urgent first."""

import json
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres import Server, postgres
from queue_world import CHECK, FILL, Room, Slow, crawl, write_county

pytestmark = pytest.mark.sqlite  # brings its own PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture
def room(tmp_path: Path, server: Server) -> Iterator[Room]:
    made = Room(tmp_path, server)
    write_county(made.config, {})
    yield made
    made.end()


def test_every_job_is_done_and_its_effects_are_there_once_though_workers_are_killed(room: Room) -> None:
    room.run(FILL)
    room.worker()
    room.worker()
    stop = threading.Event()

    def kill() -> None:
        for number, done in enumerate((8, 20, 35)):
            while room.rows("select count(*) as n from procrastinate_jobs where status = 'succeeded'")[0]["n"] < done:
                if stop.wait(0.2):
                    return
            room.workers[number].send_signal(signal.SIGKILL)
            room.worker()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        _, failed = json.loads(room.run(CHECK, 500))
    finally:
        stop.set()
        killer.join()
    assert failed == {}
    assert [worker.poll() for worker in room.workers[:3]] == [-signal.SIGKILL] * 3
    jobs = Counter(row["status"] for row in room.rows("select status from procrastinate_jobs where task_name = 'check'"))
    assert jobs == {"succeeded": 60}
    found = Counter(row["url"] for row in room.rows("select url from store_finding where rule = 'privacy/resident-id'"))
    assert set(found.values()) == {1}
    assert len(found) == 60
    query = "select finding, kind, channel, recipient from store_alertitem join store_alert on store_alert.id = alert_id"
    told = Counter(tuple(row.values()) for row in room.rows(query))
    assert told
    assert set(told.values()) == {1}, "told once"
    assert room.rows("select id from store_post where checked_key = ''") == []


def test_two_workers_ask_different_hosts_at_once_and_never_the_same(room: Room) -> None:
    slow = [Slow(2.0, f"127.0.0.{number}") for number in range(2, 6)]
    columns = {f"栏目{number}": site.url for number, site in enumerate(slow)} | {"栏目甲": slow[0].url.replace("list", "other")}
    _, failed = crawl(room, columns, 2)
    assert failed == {}
    assert room.rows("select count(*) as n from store_receipt where status = 'ok'") == [{"n": 5}]
    assert room.rows("select count(*) as n from store_run where status = 'done'") == [{"n": 1}], "one run, whoever did the work"
    jobs = room.rows("select lock from procrastinate_jobs where task_name = 'crawl' order by lock")
    assert [job["lock"] for job in jobs] == [f"host:127.0.0.{number}" for number in range(2, 6)], "both columns of a host in one job"
    started = {site: (site.first, site.last) for site in slow}
    assert any(a is not b and started[a][0] < started[b][0] < started[a][1] for a in slow for b in slow), "two at a time"


def test_what_is_urgent_goes_first_and_what_kills_its_workers_is_given_up(room: Room) -> None:
    told = room.run(
        """
from django.db import connection
queue.defer("check", "test", "b", [queue.Job("late", {"posts": [], "now": now.isoformat()}), queue.Job("soon", {"posts": [], "now": now.isoformat()}, priority=50)])
assert queue.defer("check", "test", "b", [queue.Job("late", {"posts": [], "now": now.isoformat()})]) == 0
assert [queue.defer_once("deliver", "test", "deliver", queue.URGENT["veto"], {}) for _ in range(2)] == [True, False]
order = []
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id")
    (dead,) = cursor.fetchone()
    for _ in range(3):
        cursor.execute("SELECT args->>'name' FROM procrastinate_fetch_job_v2(NULL, %s)", [dead])
        order.append(cursor.fetchone()[0])
assert queue.defer_once("deliver", "test", "deliver", queue.URGENT["veto"], {}), "one runs, one may wait"
lives = []
for _ in range(queue.ATTEMPTS):
    lives.append(queue.take_over(5.0))
    assert queue.take_over(5.0) == 0
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL WHERE status = 'todo'")
print(json.dumps([order, lives, sorted({state.status for state in queue.states("b")})]))
"""
    )
    order, lives, states = json.loads(told)
    assert order == ["deliver", "soon", "late"]
    assert lives[0] == 3
    assert states == ["failed"]
