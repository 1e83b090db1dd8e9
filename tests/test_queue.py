"""Workers on a shared PostgreSQL: every job done although workers are killed, its effects once; one host by one worker; what is urgent first."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stored
import yaml
from postgres import Server, postgres

ROOT = Path(__file__).resolve().parent.parent
COUNTY = {"id": "test", "name": "试验县"}
PRELUDE = """
import json, sys, time
from datetime import datetime
from pathlib import Path
from core.calendar import SHANGHAI
from core.config import load_county
from core.records import Post
from core.store.setup import open_store
home, config = open_store(Path(sys.argv[1])), Path(sys.argv[2])
from core.store import models, posts, runs
from core.store.vault import Vault
from service import dispatch, queue
from service.jobs import Night
county, now = load_county(config), datetime(2023, 11, 1, 2, 0, tzinfo=SHANGHAI)
night = Night(county, home, now.date(), now)
quiet = lambda done, total: None
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


class Room:
    """A home and a county on the server, and workers that can be killed."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.home, self.config = folder / "home", folder / "config"
        self.url = server.url("q_{home}")
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_DATABASE": self.url, "XUNCHA_HOME": str(self.home)}
        self.workers: list[subprocess.Popen[bytes]] = []

    def run(self, code: str, timeout: float = 120) -> str:
        command = [sys.executable, "-c", PRELUDE + code, str(self.home), str(self.config)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def worker(self) -> None:
        command = [sys.executable, "-m", "service.worker", "--home", str(self.home), "--counties", json.dumps({"test": str(self.config)})]
        command += ["--beat", "0.5", "--stalled", "2.5"]
        self.workers.append(subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))

    def rows(self, query: str) -> list[dict[str, Any]]:
        return stored.rows(self.home, query, self.url)

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
            assert worker.stdin
            worker.stdin.close()


@pytest.fixture
def room(tmp_path: Path, server: Server) -> Iterator[Room]:
    made = Room(tmp_path, server)
    write_county(made.config, {})
    yield made
    made.end()


def write_county(folder: Path, columns: dict[str, str]) -> None:
    """A county of its own, cut from the model."""
    folder.mkdir(exist_ok=True)
    model = ROOT / "config" / "meixian"
    for path in model.glob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    county = yaml.safe_load((model / "county.yaml").read_text("utf-8"))
    (folder / "county.yaml").write_text(yaml.safe_dump({**county, **COUNTY, "mail": None}, allow_unicode=True), "utf-8")
    entries = [{"name": name, "cycle": "1条/月", "url": url} for name, url in columns.items()] or [{"name": "政策", "cycle": "1条/月"}]
    (folder / "columns.yaml").write_text(yaml.safe_dump([{"unit": "县财政局", "columns": entries}], allow_unicode=True), "utf-8")


FILL = """
vault, run = Vault.open(home), runs.start_run("test", "crawl", now)
for number in range(int(sys.argv[3]) if len(sys.argv) > 3 else 60):
    text = f"第{number}号公示：联系人身份证号 610326199003071238，电话 1381234{number:04d}。"
    posts.save_post("test", run, Post(source="column/县财政局/政策", url=f"http://x.invalid/{number}", title=f"公示{number}", published_at=now, text=text), now, vault)
"""
CHECK = """
dispatch.POSTS_AT_ONCE, queue.STALLED = 1, 2.5
from service.judging import load_rules
checked = dispatch.check(night, load_rules(county).version, "test/检查/1", quiet)
print(json.dumps([checked.found, dict(checked.failed)]))
"""


def test_every_job_is_done_and_its_effects_are_there_once_though_workers_are_killed(room: Room) -> None:
    room.run(FILL)
    room.worker()
    room.worker()
    stop = threading.Event()

    def kill() -> None:
        for number in range(3):
            if stop.wait(3.5):
                return
            room.workers[number].send_signal(signal.SIGKILL)
            room.worker()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        _, failed = json.loads(room.run(CHECK, 200))
    finally:
        stop.set()
        killer.join()
    assert failed == {}
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


class Slow(ThreadingHTTPServer):
    """A list and pages that take their time; counts how many ask at once."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, seconds: float, pages: int = 4) -> None:
        self.asking, self.most, self.lock = 0, 0, threading.Lock()
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with slow.lock:
                    slow.asking += 1
                    slow.most = max(slow.most, slow.asking)
                time.sleep(seconds)
                with slow.lock:
                    slow.asking -= 1
                items = "".join(f'<li><a href="{number}.html">关于印发第{number}号文件的通知</a><span>2023-10-1{number}</span></li>' for number in range(pages))
                page = f"<html><head><meta charset=utf-8><title>通知</title></head><body><ul>{items}</ul></body></html>"
                if self.path.endswith(".html"):
                    page = '<html><head><meta charset=utf-8><meta name="ArticleTitle" content="通知"><meta name="PubDate" content="2023-10-11"></head><body><p>正文。</p></body></html>'
                self.send_response(200)
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()
