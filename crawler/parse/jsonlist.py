"""Lists that a platform answers as JSON: the array of objects that have a title and an address."""

from collections.abc import Iterator, Mapping
from typing import Any

from crawler.parse.article import Listed
from crawler.parse.dates import Stamp, from_epoch, read_stamp
from crawler.parse.dom import absolute, parse_fragment, text_of

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
