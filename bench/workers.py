"""Workers on a shared PostgreSQL: two beside one on sources that answer slowly; a thousand jobs while workers are killed."""

import json
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent


def run(quick: bool) -> list[Row]:
    """Both."""
    sys.path.insert(0, str(ROOT / "tests"))
    from postgres import postgres

    with postgres() as server, tempfile.TemporaryDirectory() as folder:
        return [*_two(server, Path(folder), quick), *_killed(server, Path(folder), 60 if quick else 1000)]


def _two(server: object, folder: Path, quick: bool) -> list[Row]:
    from queue_world import Room, Slow, crawl

    sites = [Slow(8.0, f"127.0.0.{number}") for number in range(2, 6 if quick else 10)]
    columns = {f"栏目{number}": site.url for number, site in enumerate(sites)}
    took = []
    for workers in (1, 2):
        (folder / str(workers)).mkdir()
        room = Room(folder / str(workers), server)  # type: ignore[arg-type]
        try:
            seconds, failed = crawl(room, columns, workers)
        finally:
            room.end()
        if failed:
            raise SystemExit(f"not collected: {failed}")
        took.append(seconds)
    return [Row(f"两个处理进程采集 {len(sites)} 个慢站点，快几倍", took[0] / took[1], "倍", "more", 1.0, "一个处理进程", 1.9)]


def _killed(server: object, folder: Path, jobs: int) -> list[Row]:
    """Each job done, and its finding and its alert there once, although a worker is killed every five seconds."""
    from queue_world import CHECK, FILL, Room, write_county

    place = folder / "killed"
    place.mkdir()
    room = Room(place, server)  # type: ignore[arg-type]
    write_county(room.config, {})
    room.run(FILL, 600, str(jobs))
    stop, killed = threading.Event(), 0
    for _ in range(2):
        room.worker()

    def kill() -> None:
        nonlocal killed
        while not stop.wait(5):
            room.workers[killed].send_signal(signal.SIGKILL)
            room.worker()
            killed += 1

    killer = threading.Thread(target=kill)
    killer.start()
    start = time.perf_counter()
    try:
        _, failed = json.loads(room.run(CHECK, 3600))
    finally:
        stop.set()
        killer.join()
        room.end()
    seconds = time.perf_counter() - start
    found = Counter(row["url"] for row in room.rows("select url from store_finding where rule = 'privacy/resident-id'"))
    query = "select finding, kind, channel, recipient from store_alertitem join store_alert on store_alert.id = alert_id"
    told = Counter(tuple(row.values()) for row in room.rows(query))
    once = sum(number == 1 for number in found.values())
    twice = sum(number > 1 for number in told.values()) + len(failed)
    return [
        Row(f"{jobs} 件任务、其间强杀处理进程 {killed} 次（{seconds:.0f} 秒）：做完且只做一次的", once, "件", "more", limit=jobs),
        Row("其中重复的告警和没做成的", twice, "件", limit=0),
    ]
