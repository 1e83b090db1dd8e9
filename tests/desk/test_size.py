"""100,000 findings: every page answers in 300 ms with as many queries as for one."""

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from desk_world import MINE, NOW, OTHERS, leak, save, wording

Desk = Callable[..., Any]
MANY = 100_000
MOST_SECONDS = 0.3
PAGES = (
    "/",
    "/findings/",
    "/findings/?page=1000",
    "/findings/?order=day&state=all",
    "/findings/?unit=县乡村振兴局",
    "/findings/?category=expression&severity=error&since=2023-03-01&until=2023-06-30",
    "/findings/?state=all&page=1999",
    "/findings/?state=fixed",
    "/findings/?open={uid}",
    "/findings/{uid}/",
    "/findings/{uid}/text/",
    "/findings/{uid}/evidence/",
    "/users/",
    "/users/audit/",
)


def fill(home: Path) -> str:
    from core.records import SEVERITIES
    from core.store import models
    from service.desk import county

    (finding,) = save(home, MINE, text="正文内容", findings=(leak(),))
    post = models.Post.objects.order_by("pk").first()
    assert post
    posts = models.Post.objects.bulk_create(
        models.Post(
            county="meixian",
            source=post.source,
            url=f"http://x/{n}",
            title=f"公示 {n}",
            date_source="tag",
            state="live",
            content_key="",
            first_seen=NOW,
            changed_at=NOW,
        )
        for n in range(2000)
    )
    units = [unit.name for unit in county.current().units]
    rules = ("privacy/resident-id", "privacy/mobile", "expression/region-xinjiang", "typo/zuowei", "format/date", "link/dead", "tag/missing")
    states = ("new",) * 5 + ("confirmed", "fixed", "mistaken", "gone", "exempt", "review")
    models.Finding.objects.bulk_create(
        (
            models.Finding(
                county="meixian", uid=f"{n:016x}", post=posts[n % 2000], rule=rules[n % 7], severity=SEVERITIES[n % 4], rank=n % 4, unit=units[n % len(units)],
                source=post.source, url=f"http://x/{n % 2000}", title=f"公示 {n % 2000}", file="名单.xlsx" if n % 3 else None, where=f"Sheet1!C{n % 132}",
                message="正文中出现完整身份证号", masked="610326********1238", reasons=["校验码正确"], first_seen=NOW - timedelta(days=n % 300, hours=1),
                day=date(2023, 1, 1) + timedelta(days=n % 320), state=states[n % 11], closed_at=NOW if states[n % 11] == "gone" else None,
            )
            for n in range(MANY)
        ),
        batch_size=2000,
    )  # fmt: skip
    return finding.id


def measure(browser: Any, path: str) -> tuple[float, int]:
    """The best of three tries, and the number of queries."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    best, queries = 9.0, 0
    for _ in range(3):
        with CaptureQueriesContext(connection) as seen:
            start = time.perf_counter()
            answer = browser.get(path)
            best = min(best, time.perf_counter() - start)
        assert answer.status_code == 200, path
        queries = len(seen)
    return best, queries


def test_pages_stay_fast_and_their_queries_few(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, text="正文内容", findings=(leak(),))
    save(home, OTHERS, text="别的", findings=(wording(),))
    small = {
        role: {path: measure(desk(role), path.format(uid=finding.id))[1] for path in PAGES if role == "administrator" or "users" not in path}
        for role in ("administrator", "officer")
    }
    uid = fill(home)
    slow, more = [], []
    for role, pages in small.items():
        browser = desk(role)
        for path, queries in pages.items():
            seconds, now = measure(browser, path.format(uid=uid))
            if seconds > MOST_SECONDS:
                slow.append(f"{role} {path}: {seconds * 1000:.0f} ms")
            if now > queries + 2:
                more.append(f"{role} {path}: {queries} → {now}")
    assert not slow
    assert not more
