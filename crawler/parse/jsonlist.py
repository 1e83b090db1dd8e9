"""Lists that a platform answers as JSON: the array of objects that have a title and an address, and how to ask for the next part."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from crawler.parse.article import Listed
from crawler.parse.dates import Stamp, from_epoch, read_stamp
from crawler.parse.dom import absolute, parse_fragment, same_host, text_of
from crawler.parse.recipes import Turn

_TITLES = ("title", "bt", "name", "topic", "doctitle", "infotitle", "articletitle")
_ADDRESSES = ("url", "link", "href", "docpuburl", "staticurl", "infostaticurl", "puburl", "pageurl", "linkurl")
_DATES = (
    "publishdate",
    "pubdate",
    "publishtime",
    "pubtime",
    "date",
    "time",
    "docreltime",
    "releasetime",
    "releasedate",
    "created_at",
    "createtime",
    "published_at",
    "savedate",
    "displaydate",
)
_TOTALS = ("total", "totalcount", "count", "totalrecord", "records", "totalelements", "rowcount")


def items_of(data: Any, url: str) -> tuple[tuple[Listed, ...], int | None]:
    """The items of the longest array that looks like a list of articles, and the total that the answer names."""
    best: tuple[Listed, ...] = ()
    for rows in _arrays(data, 0):
        items = tuple(item for item in (_item(row, url) for row in rows if isinstance(row, Mapping)) if item is not None)
        if len(items) > len(best):
            best = items
    return best, _total(data, 0)


def _arrays(data: Any, depth: int) -> Iterator[list[Any]]:
    if depth > 8:
        return
    if isinstance(data, list):
        yield data
        for value in data[:50]:
            yield from _arrays(value, depth + 1)
    elif isinstance(data, Mapping):
        for value in data.values():
            yield from _arrays(value, depth + 1)


def _pick(row: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    lowered = {str(key).lower().replace("_", ""): value for key, value in row.items()}
    return next((lowered[name.replace("_", "")] for name in names if lowered.get(name.replace("_", "")) not in (None, "")), None)


def _item(row: Mapping[str, Any], base: str) -> Listed | None:
    title, address = _pick(row, _TITLES), _pick(row, _ADDRESSES)
    url = absolute(base, address) if isinstance(address, str) else None
    if not isinstance(title, str) or url is None:
        return None
    return Listed(url, text_of(parse_fragment(title)), _stamp(_pick(row, _DATES)))


def _stamp(value: Any) -> Stamp | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return from_epoch(value)
    return read_stamp(value) if isinstance(value, str) else None


def _total(data: Any, depth: int) -> int | None:
    if not isinstance(data, Mapping) or depth > 3:
        return None
    for key, value in data.items():
        if str(key).lower().replace("_", "") in _TOTALS and isinstance(value, int) and not isinstance(value, bool):
            return value
    return next((found for found in (_total(value, depth + 1) for value in data.values()) if found is not None), None)


_PAGE_NAMES = ("page", "pageno", "pagenum", "pagenumber", "pageindex", "pageidx", "currentpage", "curpage", "current", "p", "pn", "pageid")
_SIZE_NAMES = ("pagesize", "size", "rows", "limit", "perpage", "pagecount", "ps", "num", "psize")
_START_NAMES = ("offset", "start", "startrecord", "from", "skip")
_PAGES_NAMES = ("pages", "totalpages", "totalpage", "pagetotal", "pagecount", "countpage")
_NEXT_NAMES = ("next", "nexturl", "nextpageurl", "nexthref", "nextlink")
_MORE_NAMES = ("hasmore", "hasnext", "hasnextpage")


def next_part(data: Any, url: str, turn: Turn | None, count: int, total: int | None) -> Turn | None:
    """How to ask for the next part, None at the end: by the answer's own link, else by the page or offset in the address, as far as total, pages or a full page promise more."""
    if count == 0:
        return None
    shown, page = (turn.start if turn else 0) + count, (turn.page if turn else 1) + 1
    linked = _named(data, _NEXT_NAMES, str)
    following = absolute(url, linked) if linked and ("/" in linked or "?" in linked) else None
    if following and same_host(following, url) and following != url:
        return Turn(following, start=shown, page=page)
    if not _promises_more(data, url, shown, page - 1, count, total):
        return None
    turned = _turned(url, data, count)
    return Turn(turned, start=shown, page=page) if turned and turned != url else None


def _promises_more(data: Any, url: str, shown: int, page: int, count: int, total: int | None) -> bool:
    if total is not None and shown < total:
        return True
    pages, more = _named(data, _PAGES_NAMES, int), _named(data, _MORE_NAMES, bool)
    if pages is not None:
        return bool(page < pages)
    if more is not None:
        return bool(more)
    if total is not None:
        return False
    size = next((int(value) for name, value in parse_qsl(urlsplit(url).query) if _plain(name) in _SIZE_NAMES and value.isdigit()), None)
    return bool(size is not None and count >= size)


def _turned(url: str, data: Any, count: int) -> str | None:
    """The address with its page or offset moved on, also inside a parameter that is JSON itself; a page number is added where only the answer has one."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    for index, (name, value) in enumerate(query):
        moved = _moved(name, value, count)
        if moved is not None:
            query[index] = (name, moved)
            return urlunsplit(parts._replace(query=urlencode(query)))
    number = next(((key, value) for key, value in _pairs(data, 0) if _plain(key) in _PAGE_NAMES[:9] and _is_number(value)), None)
    return urlunsplit(parts._replace(query=urlencode([*query, (number[0], str(number[1] + 1))]))) if number else None


def _moved(name: str, value: str, count: int) -> str | None:
    if _plain(name) in _PAGE_NAMES and value.isdigit():
        return str(int(value) + 1)
    if _plain(name) in _START_NAMES and value.isdigit():
        return str(int(value) + count)
    if value[:1] == "{":
        try:
            inner = json.loads(value)
        except ValueError:
            return None
        for key, number in inner.items():
            if _plain(key) in _PAGE_NAMES and str(number).isdigit():
                inner[key] = int(number) + 1 if isinstance(number, int) else str(int(number) + 1)
                return json.dumps(inner, ensure_ascii=False, separators=(",", ":"))
    return None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _pairs(data: Any, depth: int) -> Iterator[tuple[str, Any]]:
    if isinstance(data, Mapping) and depth <= 3:
        for key, value in data.items():
            yield str(key), value
            yield from _pairs(value, depth + 1)


def _named(data: Any, names: tuple[str, ...], kind: type) -> Any:
    """The first value of this kind under one of the names."""
    return next((value for key, value in _pairs(data, 0) if _plain(key) in names and isinstance(value, kind) and (kind is not int or _is_number(value))), None)
