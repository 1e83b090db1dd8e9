"""RSS 0.9x/1.0/2.0, Atom and JSON Feed → posts. Bytes in, no I/O. Dates without a zone are Shanghai's (we-mp-rss writes them so)."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from core.records import Attachment, Post
from crawler.parse.batch import Batch, Record, address, dated, html_lines, origin_of, record, records, truth, words
from crawler.parse.dates import Stamp
from crawler.parse.dom import absolute
from crawler.parse.encoding import decode
from crawler.parse.moments import moment_of

_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", re.IGNORECASE)
_DATES = ("published", "created", "updated")
# Titles that feed makers give: the account's name with a suffix, or a name that says only "everything".
_SUFFIX = re.compile(
    r"\s*(?:的|[-–—|_·])\s*(?:微博|新浪微博|抖音号?|抖音视频|视频号|公众号|微信公众号|快手|今日头条|头条号|bilibili.{0,4}|投稿视频|动态|微信公众平台|RSS)\s*$",
    re.IGNORECASE,
)
_PREFIX = re.compile(r"^(?:微信)?(?:公众号|订阅号|服务号|微博|新浪微博|抖音号?|视频号|今日头条|头条号)\s*[-–—|_·:：]\s*")
_EVERYTHING = re.compile(r"^(?:we-?wwe|wewe|we-?rss|werss|rss)|rss\b.{0,6}all|^all\b|全部|所有|聚合|订阅(?:列表|合集)?$|合集$|^mp-?we-?rss", re.IGNORECASE)
_PINNED = re.compile(r"^\s*[\[【(（]\s*置顶\s*[\]】)）]")
_MAX_ITEMS = 20_000


def read_feed(data: bytes, url: str = "", now: datetime | None = None) -> Batch | None:
    """Read an XML feed; None for a document that is none (a web page, a sitemap, broken XML without items)."""
    text = decode(data)
    if _ROOT.search(text[:4096]) is None or re.search(r"<html[\s>]", text[:1024], re.IGNORECASE):
        return None
    import feedparser

    clean = _DOCTYPE.sub("", _DECLARATION.sub("", text.lstrip("\ufeff")), count=1)
    parsed = feedparser.parse(
        BytesIO(b'<?xml version="1.0" encoding="utf-8"?>' + clean.encode("utf-8", "replace")), sanitize_html=False, resolve_relative_uris=False
    )
    if not parsed.get("version") and not parsed.entries:
        return None
    channel = parsed.feed
    home = address(channel.get("link")) or url
    title = words(channel.get("title"))
    entries = parsed.entries[:_MAX_ITEMS]
    account = _account(title, [_author(entry) for entry in entries])
    return Batch("feed", tuple(_xml_post(entry, home, account, now) for entry in entries), account or _bare(title))


def _xml_post(entry: Any, home: str, account: str, now: datetime | None) -> Post:
    content = next((item.get("value", "") for item in entry.get("content", ()) if item.get("value")), "") or entry.get("summary") or ""
    link = address(entry.get("link")) or address(entry.get("id")) or absolute(home, entry.get("link")) or ""
    source = words(record(entry.get("source")).get("title"))
    stamp = next((stamp for name in _DATES if (stamp := _xml_stamp(entry, name, now))), None)
    files = tuple(
        Attachment(
            found, found.rsplit("/", 1)[-1][:200] or "附件", media_type=str(item.get("type") or ""), picture=str(item.get("type") or "").startswith("image/")
        )
        for item in entry.get("enclosures", ())
        if (found := address(item.get("href")))
    )
    topics = [words(tag.get("term")) for tag in entry.get("tags", ())]
    return _post(words(entry.get("title")), link, stamp, content, source or account or _author(entry), "置顶" in topics, files)


def _xml_stamp(entry: Any, name: str, now: datetime | None) -> Stamp | None:
    """The element as written; what only the feed library can read (other languages) it has put in `…_parsed`, in UTC."""
    raw = dict.get(entry, name)  # its own `get` answers with another date, and a warning, where one is missing
    if not raw:
        return None
    stamp = moment_of(raw, now)
    parsed = dict.get(entry, f"{name}_parsed") if stamp is None else None
    return moment_of("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format(*parsed[:6])) if parsed else stamp


def _author(entry: Any) -> str:
    detail = record(entry.get("author_detail"))
    return words(detail.get("name") or entry.get("author"))


def _account(title: str, authors: list[str]) -> str:
    """Whose feed it is, "" where each item says for itself. A channel's title beats the editors that items name, unless it only says "everything"."""
    named = {author for author in authors if author}
    if len(named) == 1 and (only := next(iter(named))) in title:
        return only
    if named and all(authors) and (_EVERYTHING.search(title) or not title):
        return next(iter(named)) if len(named) == 1 else ""
    return _bare(title)


def _bare(title: str) -> str:
    return _PREFIX.sub("", _SUFFIX.sub("", title)) or title


def read_json_feed(data: Any, url: str = "", now: datetime | None = None) -> Batch | None:
    """Read a parsed JSON Feed (1.0, 1.1, and the forms that miss their version); None for other JSON."""
    feed = record(data)
    rows = feed.get("items")
    named = "jsonfeed" in str(feed.get("version", "")) or any(name in feed for name in ("home_page_url", "feed_url"))
    if not isinstance(rows, list) or not (named or _like_items(rows)):
        return None
    title, home = words(feed.get("title")), address(feed.get("home_page_url")) or url
    items = list(records(rows))[:_MAX_ITEMS]
    account = _account(title, [_json_author(item) for item in items]) or words(next((author.get("name") for author in _authors(feed)), ""))
    if _EVERYTHING.search(title) and len({_json_author(item) for item in items}) > 1:
        account = ""
    return Batch(
        "json-feed",
        tuple(_json_post(item, home, account, now) for item in items),
        account or _bare(title),
        more=bool(feed.get("next_url")),
        cursor=address(feed.get("next_url")),
    )


def _like_items(rows: list[Any]) -> bool:
    return bool(rows) and all(
        isinstance(row, Mapping) and ("url" in row or "id" in row) and ("date_published" in row or "date_modified" in row) for row in rows
    )


def _json_post(item: Record, home: str, account: str, now: datetime | None) -> Post:
    content = item.get("content_html") or item.get("content_text") or item.get("summary") or ""
    link = address(item.get("url")) or address(item.get("external_url")) or address(item.get("id")) or absolute(home, str(item.get("url") or "")) or ""
    stamp = moment_of(item.get("date_published"), now) or moment_of(item.get("date_modified"), now)
    pinned = truth(record(item.get("_rss")).get("pinned")) or "置顶" in [words(tag) for tag in item.get("tags") or ()]
    files = tuple(
        Attachment(
            found,
            words(part.get("title")) or found.rsplit("/", 1)[-1][:200],
            media_type=words(part.get("mime_type")),
            picture=words(part.get("mime_type")).startswith("image/"),
        )
        for part in records(item.get("attachments"))
        if (found := address(part.get("url")))
    )
    return _post(words(item.get("title")), link, stamp, str(content), account or _json_author(item), pinned, files)


def _authors(item: Record) -> Iterator[Record]:
    yield from records(item.get("authors"))
    if author := record(item.get("author")):
        yield author


def _json_author(item: Record) -> str:
    return next((name for author in _authors(item) if (name := words(author.get("name")))), "") or words(item.get("author"))


def _post(title: str, url: str, stamp: Stamp | None, content: str, account: str, pinned: bool, files: tuple[Attachment, ...]) -> Post:
    lines = html_lines(content)
    moment, how = dated(stamp, "list")
    return Post(
        source="",
        url=url,
        title=title or (lines[0][:200] if lines else ""),
        published_at=moment,
        date_source=how,
        origin=origin_of(lines),
        text="\n".join(lines),
        body=content if "<" in content else "",
        pinned=pinned or _PINNED.match(title) is not None,
        attachments=files,
        tags={"account": account} if account else {},
    )
