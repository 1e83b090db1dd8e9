"""One saved or fetched answer about many posts (a feed, a platform's list, a ledger), and what the readers of such answers share."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from core.records import Post, ReceiptStatus
from crawler.parse.dates import Stamp
from crawler.parse.dom import lines_of, parse_fragment, squash
from crawler.parse.encoding import decode

Kind = Literal["feed", "json-feed", "wechat-api", "weibo", "douyin", "ledger"]
Record = Mapping[str, Any]
_ORIGIN = re.compile(
    r"^\s*[（(【\[|▼◆●▍\s]*(?:文章|信息|稿件|内容|本文)?\s*(?:来源|来自|转载自?|转自|素材来源|供稿单位)\s*[:：丨|｜/]\s*[“《「]?([^\s“”》」）)】|，。；]{2,30})"
)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one answer holds. `status` other than ok says that it is the platform's refusal, and `reason` which.

    account: whose it is, "" where the answer does not say. more, cursor: the answer says that there is a further page, and how to ask for it.
    total: how many there are in all, None where the answer does not say.
    """

    kind: Kind
    posts: tuple[Post, ...] = ()
    account: str = ""
    status: ReceiptStatus = "ok"
    reason: str = ""
    more: bool = False
    cursor: str = ""
    total: int | None = None


def json_of(data: bytes) -> Any:
    """The JSON value of an answer (JSONP and BOM stripped; one object a line is a list), None for anything else."""
    text = decode(data).strip().lstrip("\ufeff")
    if not text.startswith(("{", "[")):
        wrapped = re.fullmatch(r"[\w$.]{1,60}\s*\((.*)\)\s*;?", text, re.DOTALL)
        if wrapped is None:
            return None
        text = wrapped[1].strip()
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return _lines(text)


def _lines(text: str) -> Any:
    try:
        rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None
    return rows if len(rows) > 1 else None


def record(value: object) -> Record:
    """The value where it is an object, else an empty one; an object written as a string is read."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = json.loads(html.unescape(value) if "&quot;" in value else value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}


def records(value: object) -> Iterator[Record]:
    """The objects of a list; nothing where it is none."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, Mapping))


def words(value: object) -> str:
    """A plain string on one line: entities resolved, tags dropped; "" for what is no text."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    if "<" in text and re.search(r"</?[a-zA-Z][^<>]*>", text):
        text = " ".join(html_lines(text))
    for _ in range(2):  # feeds are known to escape twice
        text = html.unescape(text) if "&" in text else text
    return squash(text)


def html_lines(text: str) -> list[str]:
    """The lines of a piece of HTML; pictures that stand for a word (emoticons) give their word."""
    if "<" not in text and "&" not in text:
        return [line for line in (squash(line) for line in text.splitlines()) if line]
    tree = parse_fragment(re.sub(r"(?<!>)\r?\n", "<br>", text))
    for picture in tree.iter("img"):
        name = picture.get("alt") or ""
        if re.fullmatch(r"\[[^\[\]]{1,12}\]", name):
            picture.tail = name + (picture.tail or "")
    return lines_of(tree)


def address(value: object) -> str:
    """An http(s) address as given, entities resolved; "" for anything else."""
    text = html.unescape(value).strip() if isinstance(value, str) else ""
    text = f"https:{text}" if text.startswith("//") else text
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in {"http", "https"} and parts.netloc and not re.search(r"\s", text) else ""


def origin_of(lines: list[str]) -> str:
    """Whom a 来源 or 转载 line at the head or the foot of a text names; "" where there is none."""
    for line in [*lines[:4], *lines[-6:]]:
        found = _ORIGIN.search(line)
        if found and len(line) <= 80:
            return found[1]
    return ""


def number(value: object) -> int | None:
    """A whole number, written as one or in digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d{1,19}", value.strip()) else None


def truth(value: object) -> bool:
    """True for true, 1, "1", "true", 是, 置顶 and the like."""
    if isinstance(value, str):
        return value.strip().lower() in {"1", "true", "yes", "y", "是", "置顶", "√", "✓"}
    return bool(value)


def dated(stamp: Stamp | None, how: str = "platform") -> tuple[datetime | None, str]:
    """`published_at` and `date_source` of a post."""
    return (stamp.moment, how) if stamp else (None, "unknown")
