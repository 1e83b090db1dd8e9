"""The desk with 100,000 findings in its store: every page for every role, how long and how many queries.

Usage: python -m bench.desk [--findings N] [--rounds N] [--role ROLE]… [--json FILE]. The peer is a bare view that lists the same first page by one SQL statement
written by hand: what Django and the database cost by themselves. `first` is the page's first call after a person has decided something, which voids what was kept.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

LIMIT_MS = 300.0
_SLOW = {"bulletin-file", "year-export", "precheck-redacted", "precheck-record"}  # documents written at the moment: downloads, not pages


def paths() -> Iterator[tuple[str, str]]:
    """(name, address) of every page that can be looked at, and of the list under the filters people use."""
    from django.urls import get_resolver

    from bench.desk_store import NOW
    from core.store.models import Finding, Post
    from service.desk import county

    here = county.current()
    finding = Finding.objects.filter(state="new", rank=0, file="名单.xlsx").order_by("-pk").first()
    account = here.accounts[0]
    column = next(column for column in here.columns if column.unit)
    assert finding
    values = {"uid": finding.uid, "month": "2023-10", "version": "1", "entry": "1", "kind": "csv", "ref": "x", "pk": "1", "name": here.units[0].name}
    keys = {"account": account.key, "column": f"{column.unit}/{column.name}", "help-manual": "operator"}
    for pattern in get_resolver().url_patterns:
        name = getattr(pattern, "name", None)
        if name is None or name in _SLOW or "api/" in str(pattern.pattern):
            continue
        route = str(pattern.pattern)
        here_values = {**values, "key": keys.get(name, ""), **({"name": keys[name]} if name in keys else {})}
        for hole, value in here_values.items():
            for kind in ("slug:", "int:", "str:", "path:", ""):
                route = route.replace(f"<{kind}{hole}>", value)
        yield name, f"/{route}"
    unit, day = here.units[0].name, NOW.date()
    last = Finding.objects.count() // 50
    for query in (
        f"page={last // 8}", "order=day&state=all", f"state=all&page={last}", f"unit={unit}", f"unit={unit}&state=all&severity=veto", "state=fixed",
        "category=expression&severity=error&since=2023-03-01&until=2023-06-30", f"fresh={day}&state=all", f"open={finding.uid}", f"post={Post.objects.last().pk}&state=all",
    ):  # fmt: skip
        yield "findings", f"/findings/?{query}"


def bare(request: Any) -> Any:
    """The peer: the first page of the list, by hand."""
    from django.db import connection
    from django.http import HttpResponse

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT uid, message, title, unit, day FROM store_finding WHERE county = %s AND state IN ('new', 'confirmed', 'appealed', 'review') "
            "ORDER BY rank, day DESC, id LIMIT 50",
            ["meixian"],
        )
        rows = cursor.fetchall()
    return HttpResponse("<table>" + "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows) + "</table>")


def measure(call: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Milliseconds (p50, p95 as the worst but one of twenty), status and queries of one page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as seen:
        answer = call()
    queries, times = len(seen), []
    for _ in range(rounds):
        start = time.perf_counter()
        answer = call()
        b"".join(answer.streaming_content) if answer.streaming else answer.content
        times.append((time.perf_counter() - start) * 1000)
    p95 = statistics.quantiles(times, n=20, method="inclusive")[18] if rounds > 1 else times[0]
    return {"status": answer.status_code, "p50": statistics.median(times), "p95": p95, "queries": queries}


def decide() -> None:
    """A person's word on one more finding: what was computed of the month no longer holds."""
    from bench.desk_store import NOW
    from core.records import Verdict
    from core.store.findings import add_verdict
    from core.store.models import Finding

    uid = Finding.objects.filter(state="new", rank=2).values_list("uid", flat=True)[0]
    add_verdict("meixian", Verdict(f"finding/{uid}", "误报", "已核对原文", "审核员", NOW))


def rows(roles: list[str], rounds: int, people: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A row for each page and role that may see it."""
    from django.test import Client, RequestFactory

    request = RequestFactory().get("/")
    yield {"role": "peer", "name": "bare view", "path": "one SQL statement", "first": 0.0, **measure(lambda: bare(request), rounds)}
    for role in roles:
        browser = Client(raise_request_exception=True)
        browser.force_login(people[role], backend="django.contrib.auth.backends.ModelBackend")
        browser.get("/?month=2023-10")
        for name, path in paths():
            if browser.get(path).status_code != 200:
                continue  # not this role's, or not to be looked at
            decide()
            start = time.perf_counter()
            browser.get(path)
            first = (time.perf_counter() - start) * 1000
            yield {"role": role, "name": name, "path": path, "first": first, **measure(partial(browser.get, path), rounds)}


def main() -> int:
    """Print a table; 1 when a page takes too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--role", action="append", default=[])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="xuncha-bench-") as folder:
        os.environ["XUNCHA_SECRET_KEY"] = "x" * 40
        from service.desk.opening import open_desk

        home = open_desk(Path("config/meixian"), Path(folder))
        from django.test.utils import setup_test_environment

        from bench.desk_store import NOW, fill, people
        from service.desk import clock

        setup_test_environment()
        with mock.patch.object(clock, "now", return_value=NOW):
            start = time.perf_counter()
            fill(given.findings, home)
            users = people()
            print(f"store of {given.findings} findings made in {time.perf_counter() - start:.0f} s", file=sys.stderr)
            found = list(rows(given.role or list(users), given.rounds, users))
    for row in sorted(found, key=lambda row: row["role"] != "peer"):
        print(f"{row['role']:14} {row['p50']:7.1f} {row['p95']:7.1f}  first {row['first']:7.1f} ms  {row['queries']:3} queries  {row['path']}")
    slow = [row for row in found if max(row["p95"], row["first"]) > LIMIT_MS]
    print(f"{len(found) - 1} pages; slower than {LIMIT_MS:.0f} ms: {len(slow)}")
    if given.json:
        given.json.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    return int(bool(slow))


if __name__ == "__main__":
    sys.exit(main())
