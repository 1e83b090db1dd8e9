"""The gate before publication over HTTP, as units' systems call it: 20 clients, each sending one fresh 3,000-character article after another.

Usage: python -m bench.precheck [--seconds N] [--clients N] [--workers N] [--json FILE]. Says where the time goes: the engine alone, and the whole way.
The peer is the same server with a view that only reads the article and answers: what no checking at all would cost.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CHARACTERS = 3000
P95_MS, RATE = 150.0, 100.0
_LENGTH = re.compile(rb"[Cc]ontent-[Ll]ength: (\d+)")
_SERVER = """
import json, os, sys
from pathlib import Path
from service.desk.opening import open_desk
open_desk(Path("config/meixian"), Path(sys.argv[1]))
from django.conf import settings
settings.ALLOWED_HOSTS = ["127.0.0.1"]
from django.core.wsgi import get_wsgi_application
from service import gate_pool, tokens
from service.desk import clock, county
app = get_wsgi_application()
_, key = tokens.issue(county.current().id, "县财政局", "bench", clock.now())
if int(sys.argv[2]):
    gate_pool.start(clock.today(), int(sys.argv[2]))
    gate_pool.shared().warm(clock.today())
if sys.argv[3] == "peer":
    from service.gate import Verdict
    gate_pool.shared().__class__.examine = lambda self, draft, today, county: Verdict(())
from waitress.server import create_server
server = create_server(app, host="127.0.0.1", port=0, threads=int(sys.argv[4]))
print(json.dumps({"port": server.effective_port, "key": key}), flush=True)
server.run()
"""


def article(number: int, leak: bool) -> str:
    """An official article as a CMS holds it: paragraphs of HTML with lawful numbers, and in one of five a person's number."""
    from bench.privacy_speed import clean_text

    rng = random.Random(number)
    lines = clean_text(CHARACTERS, seed=number).split("\n")
    if leak:
        lines.insert(len(lines) // 2, f"领取人王某，手机号139{rng.randrange(10**7, 10**8)}，请按时领取。")
    return "".join(f"<p>{line}</p>" for line in lines)


def engine_alone(count: int = 60) -> dict[str, float]:
    """CPU milliseconds an article in this process, by part."""
    import checks
    from service.gate import Draft, RuleBook, examine, subjects

    rules, today = RuleBook().current(), date(2023, 11, 23)
    checks.expressions.warm(rules.wording)
    drafts = [Draft(html=article(number, number % 5 == 0)) for number in range(count)]
    examine(drafts[0], rules, today)
    figures = {}
    start = time.process_time()
    read = [list(subjects(draft)) for draft in drafts]
    figures["read"] = (time.process_time() - start) / count * 1000
    for check in checks.CHECKS:
        start = time.process_time()
        for several in read:
            for subject in several:
                check(subject, rules, today)
        figures[check.__name__.strip("_")] = (time.process_time() - start) / count * 1000
    figures["examine"] = sum(figures.values())
    return figures


@contextmanager
def server(workers: int, mode: str, threads: int) -> Iterator[tuple[int, str, int]]:
    """The desk on a free port, with an empty store of its own."""
    with tempfile.TemporaryDirectory(prefix="xuncha-bench-") as folder:
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_SECRET_KEY": "x" * 40}
        command = [sys.executable, "-c", _SERVER, folder, str(workers), mode, str(threads)]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout
                told = json.loads(process.stdout.readline())
                yield told["port"], told["key"], process.pid
            finally:
                process.terminate()


def _clients(port: int, key: str, clients: int, seconds: float, answer: Any) -> None:
    """All clients in one process and one thread, so that they cost little; what they measured goes down the pipe."""
    times: list[float] = []
    wrong: list[str] = []
    requests = itertools.cycle([_request(key, number) for number in range(400)])

    async def client(until: float) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            start = time.perf_counter()
            writer.write(next(requests))
            head = await reader.readuntil(b"\r\n\r\n")
            body = await reader.readexactly(int(_LENGTH.search(head)[1]))  # type: ignore[index]
            times.append(time.perf_counter() - start)
            if not head.startswith(b"HTTP/1.1 200 ") or b'"findings"' not in body:
                wrong.append(head[:16].decode())
        writer.close()

    async def everybody(length: float) -> float:
        started = time.perf_counter()
        results = await asyncio.gather(*(client(started + length) for _ in range(clients)), return_exceptions=True)
        wrong.extend(type(result).__name__ for result in results if isinstance(result, BaseException))
        return time.perf_counter() - started

    asyncio.run(everybody(min(2.0, seconds)))
    warmed = len(times)
    times.clear()
    took = asyncio.run(everybody(seconds))
    answer.send((times, wrong, took, warmed + len(times)))


def _request(key: str, number: int) -> bytes:
    body = json.dumps({"title": "关于做好有关工作的通知", "html": article(number, number % 5 == 0)}).encode()
    head = f"POST /api/v1/precheck HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAuthorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _cpu(pid: int) -> tuple[float, float]:
    """CPU seconds of the server process so far, and of its workers: what a busy neighbour cannot falsify."""
    tick, parents = os.sysconf("SC_CLK_TCK"), {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(path.parent.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / tick)
    return parents[pid][1], sum(seconds for parent, seconds in parents.values() if parent == pid)


def measure(workers: int, mode: str, clients: int, seconds: float, threads: int = 8) -> dict[str, Any]:
    """Requests a second, percentiles in milliseconds, errors."""
    with server(workers, mode, threads) as (port, key, pid):
        before = _cpu(pid)
        ours, theirs = multiprocessing.Pipe()
        process = multiprocessing.Process(target=_clients, args=(port, key, clients, seconds, theirs))
        process.start()
        times, wrong, took, count = ours.recv()
        process.join()
        busy = [after - earlier for after, earlier in zip(_cpu(pid), before, strict=True)]
    cuts = statistics.quantiles(times, n=100)
    cost = {"desk_ms": busy[0] / count * 1000, "workers_ms": busy[1] / count * 1000}
    return {
        **cost,
        "rate": len(times) / took,
        "p50": cuts[49] * 1000,
        "p95": cuts[94] * 1000,
        "p99": cuts[98] * 1000,
        "errors": len(wrong),
        "requests": len(times),
    }


def main() -> int:
    """Print a table; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    parts = engine_alone()
    print("  ".join(f"{name} {value:.2f} ms" for name, value in parts.items()))
    rows = {
        "precheck": measure(given.workers, "gate", given.clients, given.seconds),
        "precheck, one process": measure(0, "gate", given.clients, given.seconds / 2),
        "peer: no checks": measure(0, "peer", given.clients, given.seconds / 2),
    }
    for name, row in rows.items():
        print(
            f"{name:24} {row['rate']:7.1f} /s   p50 {row['p50']:6.1f}   p95 {row['p95']:6.1f}   p99 {row['p99']:6.1f} ms   errors {row['errors']}   CPU desk {row['desk_ms']:.1f} + workers {row['workers_ms']:.1f} ms"
        )
    if given.json:
        given.json.write_text(json.dumps({"engine_ms": parts, **rows}, indent=2), encoding="utf-8")
    best = rows["precheck"]
    return int(best["p95"] > P95_MS or best["rate"] < RATE or bool(best["errors"]))


if __name__ == "__main__":
    sys.exit(main())
