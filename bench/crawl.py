"""The crawl, measured: whole pipeline against a bare Scrapy spider, a quiet night, memory, and kill -9 at random moments. `python -m bench.crawl [--articles 2000] [--kills 30] …`."""

import argparse
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@dataclass(frozen=True, slots=True)
class Spent:
    """What a child process took."""

    seconds: float
    cpu: float
    megabytes: float
    code: int


def spent(command: list[str], **environ: str) -> Spent:
    """Run a command to its end."""
    start = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"XUNCHA_VAULT_KEY": KEY} | environ, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Spent(time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


@contextmanager
def site(articles: int, etags: bool) -> Iterator[str]:
    """A portal of columns with so many articles each; its address."""
    command = [sys.executable, "-m", "bench.crawl_site", str(articles), *(["etag"] if etags else [])]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdin
    try:
        yield process.stdout.readline().strip()
    finally:
        process.stdin.close()
        process.wait(10)


def asked(base: str) -> int:
    """Requests since the last question."""
    with urllib.request.urlopen(f"{base}/stats", timeout=30) as answer:
        return int(answer.read())


def county(folder: Path, base: str, columns: int) -> Path:
    """A county whose only sources are the site's columns."""
    folder.mkdir(parents=True, exist_ok=True)
    crawl = {"contact": "bench@test.invalid", "delay": 0, "timeout": 30, "max_list_pages": 100_000}
    head = {"id": "bench", "name": "示范县", "full_name": "示范县", "office": "示范县人民政府办公室", "portal": {"name": "示范县人民政府网站"}, "crawl": crawl}
    entries = [{"name": f"c{number}", "cycle": "1条/月", "url": f"{base}/c{number}/"} for number in range(columns)]
    files: dict[str, Any] = {
        "county": head,
        "units": [{"name": "县水利局"}],
        "columns": [{"unit": "县水利局", "columns": entries}],
        "news": {"listings": [], "units": []},
        "accounts": {"accounts": []},
        "submissions": {"duties": []},
        "events": {"duties": []},
        "papers": {"duties": []},
        "grading": {"columns": {"excellent_surplus": 5}},
    }
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return folder


def ours(config: Path, home: Path, day: str = "2023-11-21") -> list[str]:
    """The command of one night's crawl."""
    return [sys.executable, "-m", "crawler.run", "--config", str(config), "--home", str(home), "--today", day, "--now", f"{day}T02:00:00+08:00"]


def dump(home: Path) -> list[tuple[Any, ...]]:
    """What the crawl knows at its end: every post with all that was read, and each source's newest receipt and list. Left out is what tells of the way there: row numbers,
    runs, and how far the last look at a list had to go."""
    connection = sqlite3.connect(home / "xuncha.sqlite3")
    try:
        columns = "source, url, title, published_at, date_source, origin, state, fingerprint, content_key, tags, links, attachments, version, listed, validators, absent_at"
        posts = connection.execute(f"select {columns} from store_post order by 1, 2").fetchall()
        lists = connection.execute("select source, url, digest, items, dated, titles from store_listmemory order by 1").fetchall()
        newest = connection.execute(
            "select source, status, failed_pages from store_receipt where id in (select max(id) from store_receipt group by source) order by 1"
        ).fetchall()
        return [*posts, *lists, *newest, connection.execute("select count(*) from store_postversion").fetchone()]
    finally:
        connection.close()


def throughput(folder: Path, columns: int, articles: int) -> tuple[float, Spent, Spent, int]:
    """(pages a second of ours as a share of the bare spider's, both, pages)."""
    with site(articles, etags=False) as base:
        bare = spent([sys.executable, "-m", "bench.crawl_bare", base, str(columns)])
        pages = asked(base)
        mine = spent(ours(county(folder / "config", base, columns), folder / "home"))
        assert abs(asked(base) - pages) <= 1, "not the same pages"
    return bare.seconds / mine.seconds, mine, bare, pages


def quiet_night(folder: Path, columns: int, articles: int) -> tuple[int, float, Spent, Spent]:
    """(requests of the second night, its share of the full crawl's time, full, quiet)."""
    with site(articles, etags=True) as base:
        config = county(folder / "config", base, columns)
        full = spent(ours(config, folder / "home"))
        asked(base)
        quiet = spent(ours(config, folder / "home", "2023-11-25"))
        return asked(base), quiet.seconds / full.seconds, full, quiet


def memory(folder: Path, small: int, large: int) -> tuple[float, Spent, Spent]:
    """Peak memory of a large crawl against that of a small one (pages in 20 columns)."""
    peaks = []
    for pages in (small, large):
        with site(pages // 20, etags=False) as base:
            peaks.append(spent(ours(county(folder / f"config{pages}", base, 20), folder / f"home{pages}")))
    return peaks[1].megabytes / peaks[0].megabytes, peaks[0], peaks[1]


def killed(folder: Path, columns: int, articles: int, times: int, seed: int) -> tuple[int, bool]:
    """(kills that hit a running crawl, whether the store is that of an undisturbed run after one more run)."""
    rng, hits = random.Random(seed), 0
    with site(articles, etags=True) as base:
        config = county(folder / "config", base, columns)
        whole = spent(ours(config, folder / "undisturbed"))
        for _ in range(times):
            process = subprocess.Popen(ours(config, folder / "killed"), cwd=ROOT, env=os.environ | {"XUNCHA_VAULT_KEY": KEY}, stdout=subprocess.DEVNULL)
            time.sleep(rng.uniform(0.2, 1.0) * min(whole.seconds, 12.0))
            hits += process.poll() is None
            process.send_signal(signal.SIGKILL)
            process.wait()
        last = spent(ours(config, folder / "killed"))
        return hits, last.code == 0 and dump(folder / "killed") == dump(folder / "undisturbed")


def main() -> int:
    """Run what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=2000, help="pages of the throughput run")
    parser.add_argument("--quiet", type=int, default=10_000, help="articles of the quiet night, in 160 columns")
    parser.add_argument("--memory", type=int, default=0, help="pages of the large memory run (100000); the small one has a tenth")
    parser.add_argument("--kills", type=int, default=0, help="how often the crawl is killed (30)")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xuncha-bench-") as made:
        folder = Path(made)
        if given.articles:
            share, mine, bare, pages = throughput(folder / "t", 20, given.articles // 20)
            print(
                f"throughput: {pages} pages, ours {pages / mine.seconds:.0f}/s, bare Scrapy {pages / bare.seconds:.0f}/s: {share:.2f} (CPU {bare.cpu / mine.cpu:.2f})"
            )
        if given.quiet:
            requests, share, full, quiet = quiet_night(folder / "q", 160, given.quiet // 160)
            print(
                f"quiet night on {given.quiet} articles in 160 columns: {requests} requests, {quiet.seconds:.1f} s of {full.seconds:.1f} s: {share:.3f} (CPU {quiet.cpu:.1f} s of {full.cpu:.1f} s: {quiet.cpu / full.cpu:.3f})"
            )
        if given.memory:
            share, small, large = memory(folder / "m", given.memory // 10, given.memory)
            print(f"memory: {given.memory // 10} pages {small.megabytes:.0f} MB, {given.memory} pages {large.megabytes:.0f} MB: {share:.2f}")
        if given.kills:
            hits, same = killed(folder / "k", 12, 60, given.kills, given.seed)
            print(f"kill -9 (seed {given.seed}): {hits} of {given.kills} hit a running crawl; store {'equal' if same else 'DIFFERENT'} after one more run")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
