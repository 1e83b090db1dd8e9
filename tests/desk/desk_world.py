"""What the desk's tests share: names, a moment, posts and findings put into the store, every route."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.calendar import SHANGHAI
from core.records import Attachment, Finding, Post

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2023, 11, 23, 8, 30, tzinfo=SHANGHAI)
MINE, OTHERS = "县乡村振兴局", "县应急管理局"
PASSWORD = "Xuncha-zhuomian-1"


def save(home: Path, unit: str, number: int = 1, text: str = "", findings: tuple[Finding, ...] = (), **more: Any) -> list[Finding]:
    """A stored post of the unit's first column, with these findings (completed by the post's place); returns them as stored."""
    from core.store import models
    from core.store.findings import record_check
    from core.store.posts import save_post, stored
    from core.store.runs import start_run
    from core.store.vault import Vault
    from service.desk import county

    here = county.current()
    column = next(item for item in here.columns if item.unit == unit)
    run = start_run(here.id, "crawl", NOW - timedelta(hours=6))
    vault = Vault.open(home)
    attachments = tuple(Attachment(f"http://x/{name}", name, vault.put(data)) for name, data in more.pop("files", {}).items())
    post = Post(
        source=column.source,
        url=f"http://www.example.cn/{unit}/{number}.html",
        title=more.pop("title", f"关于发放补助资金的公示（第{number}批）"),
        published_at=datetime(2023, 10, 23, 9, 0, tzinfo=SHANGHAI),
        text=text,
        page=text.encode(),
        attachments=attachments,
        **more,
    )
    save_post(here.id, run, post, NOW - timedelta(hours=6), vault)
    row = stored(models.Post.objects.get(county=here.id, source=post.source, url=post.url))
    placed = [replace(item, county=here.id, unit=unit, source=row.source, url=row.url, title=row.title) for item in findings]
    record_check(here.id, row, "rules", placed, NOW - timedelta(hours=6), lambda new: ())
    return placed


def leak(place: str = "正文", start: int = 0, end: int = 18, **more: Any) -> Finding:
    """A leaked (synthetic, masked) ID."""
    given = {"rule": "privacy/resident-id", "severity": "veto", "message": "正文中出现完整身份证号", "masked": "610326********1238", "reasons": ("校验码正确",)}
    return Finding(where=place, start=start, end=end, **{**given, **more})  # type: ignore[arg-type]


def wording(start: int = 0, **more: Any) -> Finding:
    """A wrong fixed expression."""
    given = {
        "rule": "expression/region-xinjiang",
        "severity": "error",
        "message": "“新疆省”应为“新疆维吾尔自治区”",
        "masked": "新疆省",
        "suggestion": "新疆维吾尔自治区",
        "where": "正文",
    }
    return Finding(start=start, end=start + 3, **{**given, **more})  # type: ignore[arg-type]


def routes() -> Iterator[tuple[str, Any]]:
    """Every (route, view) of the desk, the API's left out: it has keys of its own."""
    from django.urls import URLResolver, get_resolver

    def walk(resolver: Any, prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route)
            else:
                yield route, pattern

    yield from ((route, pattern) for route, pattern in walk(get_resolver(), "") if not route.startswith("api/"))
