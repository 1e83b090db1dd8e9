"""A province: 107 counties with a month of a million posts and more before it, generated into a PostgreSQL; how long their assessment takes.

    python -m bench.province [--posts 1000000] [--history 2000000] [--counties 107] [--keep URL]

Beside it the same counts written by hand in SQL on the same server, without the comparison of texts, which SQL cannot do in that time.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent
MONTH = "2023-10"
_SETTINGS = {"work_mem": "64MB", "max_parallel_workers_per_gather": "0"}  # two processes share two cores; neither side gets more

SOURCES = "CREATE UNLOGGED TABLE sim_source (rank int, source text, kind text, origin text)"
POSTS = """
INSERT INTO store_post (county, source, url, title, published_at, date_source, origin, state, original, pinned, sketch, evidence, content_key, tags, links,
  attachments, version, first_seen, changed_at, checked_key)
SELECT %(county)s, s.source, 'https://' || %(county)s || '.invalid/' || s.rank || '/' || n || '.html',
  CASE WHEN s.kind = 'account' AND n %% 10 = 0 THEN '推荐转载：省政府第' || (n / 10 %% 20) || '次常务会议召开' ELSE '关于第' || n || '号工作情况的报道' END,
  moment, 'tag', s.origin, CASE WHEN n %% 997 = 0 THEN 'deleted' ELSE 'live' END,
  CASE WHEN s.kind = 'account' THEN (ARRAY['declared', 'undeclared', 'undeclared', 'reprint'])[1 + n %% 4] END, false,
  CASE WHEN s.kind = 'account' AND n %% 20 = 3 THEN decode(repeat(md5(%(county)s || (n / 20 %% 500)), 16), 'hex')
       WHEN s.kind = 'news' AND n %% 20 = 7 THEN decode(repeat(md5(%(county)s || (n / 20 %% 500)), 16), 'hex')
       ELSE {random} END,
  NULL, md5(n::text), '{{}}', '[]', '[]', 1, moment, moment, '1:sim'
FROM generate_series(%(first)s::int, %(last)s::int) n
JOIN sim_source s ON s.rank = 1 + (n::bigint * 7919) %% %(sources)s::int
CROSS JOIN LATERAL (SELECT %(start)s::timestamptz + (n::bigint * 104729 %% %(seconds)s::bigint) * interval '1 second' AS moment) t
""".replace("{random}", " || ".join(["uuid_send(gen_random_uuid())"] * 16)).replace("{{}}", "{}")
RECOMMENDED = """
INSERT INTO store_post (county, source, url, title, published_at, date_source, origin, state, pinned, sketch, content_key, tags, links, attachments, version,
  first_seen, changed_at, checked_key)
SELECT %(county)s, 'recommended', 'https://r.invalid/' || n, '省政府第' || n || '次常务会议召开', %(start)s::timestamptz + n * interval '1 day', 'list', '', 'live', false,
  decode(repeat(md5('r' || n), 16), 'hex'), 'r', '{}', '[]', '[]', 1, now(), now(), '' FROM generate_series(0, 19) n
"""
# The counts of annexes 1 to 3 by hand: columns by month and period, news by origin, accounts by mark and title, longest gap.
BY_HAND = (
    (
        "SELECT county, source, count(*) FILTER (WHERE published_at >= %(start)s), count(*) FILTER (WHERE published_at < %(start)s AND published_at >= %(year)s) "
        "FROM store_post WHERE published_at >= %(since)s AND published_at < %(until)s AND state IN ('live', 'unread') GROUP BY county, source"
    ),
    "SELECT county, origin, count(*) FROM store_post WHERE published_at >= %(start)s AND published_at < %(until)s AND state IN ('live', 'unread') GROUP BY county, origin",
    (
        "SELECT p.county, p.source, count(*) FILTER (WHERE p.original = 'declared'), count(DISTINCT r.url), count(*) FILTER (WHERE p.original = 'reprint') "
        "FROM store_post p LEFT JOIN store_post r ON r.county = p.county AND r.source = 'recommended' AND position(r.title in p.title) > 0 "
        "WHERE p.published_at >= %(start)s AND p.published_at < %(until)s AND p.source = ANY(%(accounts)s) GROUP BY p.county, p.source"
    ),
    (
        "SELECT county, source, max(gap) FROM (SELECT county, source, day - lag(day) OVER (PARTITION BY county, source ORDER BY day) AS gap FROM "
        "(SELECT DISTINCT county, source, (published_at AT TIME ZONE 'Asia/Shanghai')::date AS day FROM store_post "
        "WHERE published_at >= %(since)s AND published_at < %(until)s AND source = ANY(%(accounts)s)) d) g GROUP BY county, source"
    ),
)


# Which texts of accounts stand elsewhere, by the same bands: the part that the program does outside the database.
TEXTS_BY_HAND = """
WITH mine AS (SELECT county, id, band, substring(sketch FROM band * 12 + 1 FOR 12) AS key FROM store_post, generate_series(0, 20) band
  WHERE county = ANY(%(counties)s) AND source = ANY(%(accounts)s) AND published_at >= %(start)s AND published_at < %(until)s),
theirs AS (SELECT county, id, band, substring(sketch FROM band * 12 + 1 FOR 12) AS key FROM store_post, generate_series(0, 20) band
  WHERE county = ANY(%(counties)s) AND published_at >= %(since)s AND published_at < %(until)s)
SELECT count(DISTINCT (mine.id, theirs.id)) FROM mine JOIN theirs USING (county, band, key) WHERE mine.id <> theirs.id
"""


def build(url: str, counties: int, posts: int, history: int) -> None:
    """Fill the database: an equal share for every county, generated by the server."""
    from core.config import load_county
    from core.store.setup import open_store

    open_store()
    from django.db import connection

    county = load_county(ROOT / "config" / "meixian")
    units = [unit.name for unit in county.units]
    kinds = {**{c.source: "column" for c in county.columns}, **{n.source: "news" for n in county.news}, **{a.source: "account" for a in county.accounts}}
    ranked = [(rank, source, kind, units[rank % len(units)] if kind == "news" else "") for rank, (source, kind) in enumerate(_weighted(kinds), 1)]
    month, before = posts // counties, history // counties
    with connection.cursor() as cursor:
        cursor.execute(SOURCES)
        cursor.executemany("INSERT INTO sim_source VALUES (%s, %s, %s, %s)", ranked)
        for number in range(counties):
            common = {"county": f"sim{number}", "sources": len(ranked)}
            cursor.execute(POSTS, {**common, "first": 1, "last": month, "start": "2023-10-01T00:00:00+08:00", "seconds": 31 * 86400})
            cursor.execute(POSTS, {**common, "first": month + 1, "last": month + before, "start": "2022-10-01T00:00:00+08:00", "seconds": 365 * 86400})
            cursor.execute(RECOMMENDED, {"county": f"sim{number}", "start": "2023-10-02T09:00:00+08:00"})
        _receipts(cursor, [source.id for source in county.assessed], counties)
        cursor.execute("VACUUM ANALYZE store_post")
        cursor.execute("ANALYZE")


def _weighted(kinds: dict[str, str]) -> list[tuple[str, str]]:
    """Accounts publish most, news next, columns little."""
    times = {"account": 10, "news": 60, "column": 1}
    return [(source, kind) for source, kind in kinds.items() for _ in range(times[kind])]


def _receipts(cursor: Any, sources: list[str], counties: int) -> None:
    for number in range(counties):
        cursor.execute(
            "INSERT INTO store_run (county, kind, status, started_at, finished_at) VALUES (%s, 'crawl', 'done', now(), now()) RETURNING id", [f"sim{number}"]
        )
        run = cursor.fetchone()[0]
        cursor.execute(
            "INSERT INTO store_receipt (run_id, county, source, status, reason, items, failed_pages, finished_at) "
            "SELECT %s, %s, unnest(%s::text[]), 'ok', '', 1, 0, now()",
            [run, f"sim{number}", sources],
        )


def assess(first: int, last: int) -> dict[str, Any]:
    """Assess counties first … last-1 in this process."""
    from core.calendar import SHANGHAI, Month
    from core.config import load_county
    from core.store.setup import open_store

    home = open_store()
    from service import jobs

    base, now, month = load_county(ROOT / "config" / "meixian"), datetime(2023, 11, 2, tzinfo=SHANGHAI), Month.parse(MONTH)
    began, each = time.perf_counter(), []
    counted = 0
    for number in range(first, last):
        start = time.perf_counter()
        night = jobs.Night(replace(base, id=f"sim{number}"), home, now.date(), now)
        assessment, _ = jobs.assess_month(night, month, "sim", now)
        counted += sum(row.originals + row.reposts for row in assessment.accounts)
        each.append(time.perf_counter() - start)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "each": each, "counted": counted, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def by_hand(counties: int) -> list[float]:
    """The seconds of the handwritten SQL over all counties: the counts, and the texts (of a tenth of the counties, times ten)."""
    from core.config import load_county
    from core.store.setup import open_store

    open_store()
    from django.db import connection

    moments = {
        "since": "2022-10-01T00:00:00+08:00",
        "year": "2023-01-01T00:00:00+08:00",
        "start": "2023-10-01T00:00:00+08:00",
        "until": "2023-11-01T00:00:00+08:00",
    }
    accounts = [account.source for account in load_county(ROOT / "config" / "meixian").accounts]
    some = max(1, counties // 10)
    values = {**moments, "accounts": accounts, "counties": [f"sim{number}" for number in range(some)]}
    began = time.perf_counter()
    with connection.cursor() as cursor:
        for query in BY_HAND:
            cursor.execute(query, values)
            cursor.fetchall()
        counted = time.perf_counter()
        cursor.execute(TEXTS_BY_HAND, values)
    return [counted - began, (time.perf_counter() - counted) * counties / some]


def _child(*words: str, url: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_DATABASE": url, "XUNCHA_HOME": "/tmp/xuncha-province"}
    return subprocess.Popen([sys.executable, "-m", "bench.province", *words], env=environment, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _result(child: "subprocess.Popen[str]") -> Any:
    out, _ = child.communicate()
    if child.returncode:
        raise SystemExit(f"child failed with {child.returncode}")
    return json.loads(out)


def measure(url: str, counties: int, posts: int, history: int) -> dict[str, Any]:
    """Generate, then assess in two processes, then by hand."""
    began = time.perf_counter()
    _result(_child("--build", "--counties", str(counties), "--posts", str(posts), "--history", str(history), url=url))
    built = time.perf_counter() - began
    half = counties // 2
    began = time.perf_counter()
    children = [_child("--assess", f"0-{half}", url=url), _child("--assess", f"{half}-{counties}", url=url)]
    halves = [_result(child) for child in children]
    both = time.perf_counter() - began
    each = sorted(second for part in halves for second in part["each"])
    hand = _result(_child("--by-hand", "--counties", str(counties), url=url))
    return {
        "counties": counties, "posts": posts, "history": history, "build_s": built, "assess_s": both, "one_county_median_s": each[len(each) // 2],
        "one_county_worst_s": each[-1], "mb": sum(part["mb"] for part in halves), "counts_by_hand_s": hand[0], "texts_by_hand_s": hand[1], "times_by_hand": both / sum(hand), "counted": sum(part["counted"] for part in halves),
    }  # fmt: skip


def run(quick: bool) -> list[Row]:
    """The rows for `make bench`."""
    from tests.postgres import postgres

    counties, posts, history = (4, 40_000, 80_000) if quick else (107, 1_000_000, 2_000_000)
    with postgres() as server:
        found = measure(server.url("province"), counties, posts, history)
    hand = found["counts_by_hand_s"] + found["texts_by_hand_s"]
    return [
        Row(f"评定 {counties} 个县、当月 {posts // 10_000} 万篇", found["assess_s"], "s", peer=hand, beside="同一 PostgreSQL 上手写 SQL", limit=60),
        Row("评定一个县", found["one_county_median_s"], "s", limit=1),
        Row("评定时的内存（两个进程）", found["mb"], "MB", limit=1024),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--history", type=int, default=2_000_000)
    parser.add_argument("--counties", type=int, default=107)
    parser.add_argument("--build", action="store_true")
    parser.add_argument("--assess", default="")
    parser.add_argument("--by-hand", action="store_true")
    given = parser.parse_args()
    if given.build:
        build(os.environ["XUNCHA_DATABASE"], given.counties, given.posts, given.history)
        print("null")
    elif given.assess:
        first, last = given.assess.split("-")
        print(json.dumps(assess(int(first), int(last))))
    elif given.by_hand:
        print(json.dumps(by_hand(given.counties)))
    else:
        from tests.postgres import postgres

        with postgres() as server:
            print(json.dumps(measure(server.url("province"), given.counties, given.posts, given.history), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
