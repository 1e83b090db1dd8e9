"""A county on a PostgreSQL, workers that can be killed, and sources that answer slowly: what the queue's tests and bench stand on."""

import json
import os
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import stored
import yaml
from postgres import Server

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


class Room:
    """A home and a county on the server, and workers that can be killed."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.home, self.config = folder / "home", folder / "config"
        self.url = server.url("q_{home}")
        self.environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_DATABASE": self.url, "XUNCHA_HOME": str(self.home)}
        self.workers: list[subprocess.Popen[bytes]] = []

    def run(self, code: str, timeout: float = 240, *words: str) -> str:
        command = [sys.executable, "-c", PRELUDE + code, str(self.home), str(self.config), *words]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    def worker(self) -> None:
        command = [sys.executable, "-m", "service.worker", "--home", str(self.home), "--counties", json.dumps({"test": str(self.config)})]
        command += ["--beat", "0.5", "--stalled", "2.5"]
        self.workers.append(subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))

    def supervised(self) -> None:
        """A worker as people start it, which starts its child anew when that ends."""
        command = [sys.executable, "-m", "service.cli", "worker", "--config", str(self.config)]
        self.workers.append(subprocess.Popen(command, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL))

    def rows(self, query: str) -> list[dict[str, Any]]:
        return stored.rows(self.home, query, self.url)

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
            assert worker.stdin
            worker.stdin.close()


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


class Slow(ThreadingHTTPServer):
    """A list and pages that take their time; notes when it was first and last asked."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, seconds: float, address: str = "127.0.0.1", pages: int = 4) -> None:
        self.first, self.last, self.lock = 0.0, 0.0, threading.Lock()
        slow = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                with slow.lock:
                    slow.first = slow.first or time.monotonic()
                time.sleep(seconds)
                with slow.lock:
                    slow.last = time.monotonic()
                items = "".join(f'<li><a href="{number}.html">关于印发第{number}号文件的通知</a><span>2023-10-1{number}</span></li>' for number in range(pages))
                page = f"<html><head><meta charset=utf-8><title>通知</title></head><body><ul>{items}</ul></body></html>"
                if self.path.endswith(".html"):
                    page = '<html><head><meta charset=utf-8><meta name="ArticleTitle" content="通知"><meta name="PubDate" content="2023-10-11"></head><body><p>正文。</p></body></html>'
                self.send_response(200)
                self.end_headers()
                self.wfile.write(page.encode())

            def log_message(self, format: str, *args: object) -> None:
                pass

        super().__init__((address, 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}/list/"


CRAWL = """
until = time.monotonic() + 200
while queue.workers(2.5) < int(sys.argv[3]) and time.monotonic() < until:
    time.sleep(0.05)
queue.STALLED = 2.5
sources = [source for source in county.sources if source.kind == "portal" and source.url]
start = time.monotonic()
failed = dispatch.crawl(night, sources, True, "test/采集/1", quiet)
print(json.dumps([time.monotonic() - start, failed]))
"""


def crawl(room: Room, columns: dict[str, str], workers: int) -> tuple[float, dict[str, str]]:
    """The seconds that these workers take for a crawl, and what could not be collected."""
    write_county(room.config, columns)
    for _ in range(workers):
        room.worker()
    seconds, failed = json.loads(room.run(CRAWL, 500, str(workers)))
    return seconds, failed
