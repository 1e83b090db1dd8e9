"""`xuncha feed`: what the crawler reads out of one saved feed, platform answer or ledger."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from core.calendar import SHANGHAI
from core.errors import UnreadableError, UsageError
from core.records import Post

_KINDS = {"feed": "RSS/Atom", "json-feed": "JSON Feed", "wechat-api": "微信接口", "weibo": "微博", "douyin": "抖音", "ledger": "台账"}


def feed_path(path: Path, as_json: bool, at: str | None = None) -> int:
    """Print a line for each post. `at`: when the answer was saved (default: the file's own time). Raises UnreadableError for a refusal or an unknown document."""
    from crawler.parse.saved import read_saved

    if not path.is_file():
        raise UsageError(f"{path}：没有这个文件，请检查路径")
    batch = read_saved(path.read_bytes(), str(path), _moment(path, at))
    if batch.status != "ok":
        raise UnreadableError(f"{path}：{batch.reason}")
    for post in batch.posts:
        line = line_of(post, batch.account)
        print(json.dumps(line, ensure_ascii=False) if as_json else _sentence(line))
    if not as_json:
        print(f"{_KINDS[batch.kind]}{f'“{batch.account}”' if batch.account else ''}：{len(batch.posts)} 条。{batch.reason}", file=sys.stderr)
    return 0


def line_of(post: Post, account: str = "") -> dict[str, Any]:
    """A post in the contract's shape; what the answer does not say is null."""
    from crawler.parse.article import day_text

    return {
        "title": post.title,
        "url": post.url or None,
        "published_at": day_text(post.published_at),
        "account": post.tags.get("account") or account or None,
        "original": post.original,
        "pinned": post.pinned,
    }


def _sentence(line: dict[str, Any]) -> str:
    marks = {"declared": "原创", "reprint": "转载"}.get(line["original"] or "", "")
    parts = [line["published_at"] or "无日期", "置顶" if line["pinned"] else "", marks, line["account"] or "", line["title"], line["url"] or "（没有网址）"]
    return "  ".join(part for part in parts if part)


def _moment(path: Path, at: str | None) -> datetime:
    if at is None:
        return datetime.fromtimestamp(path.stat().st_mtime, SHANGHAI)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        raise UsageError(f"时间应写成 2023-10-23T08:00 的形式，不是“{at}”") from None
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment
