"""From an entry of a list to a complete post: the page, its attachments and pictures in the vault, its links looked at."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from lxml import etree

from core.errors import CollectionError
from core.records import Attachment, Link, Post, Trace
from core.store.visits import KnownPost
from crawler.conditional import Validators, digest
from crawler.fetch import FILE_BYTES, Answer, Fetcher
from crawler.keeper import TRY_AGAIN, Keeper
from crawler.parse.article import Listed
from crawler.parse.files import BARE_NAMES, EXTENSIONS, extension, file_name
from crawler.receipts import Tally

Parse = Callable[[Answer, Listed], Post | None]
_MAX_LINKS = 60


class Keeps(Protocol):
    """What this needs of a spider."""

    keeper: Keeper
    fetcher: Fetcher

    async def keep(self, record: Post) -> None:
        """Store a post."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the articles of one source are read. `dated_by` says where the list's own dates come from: list or ledger."""

    source: str
    parse: Parse
    dated_by: str = "list"


async def read_entry(spider: Keeps, reading: Reading, listed: Listed, tally: Tally, absent_at: datetime | None = None) -> None:
    """Fetch, read, complete and keep one entry. A page that fails is kept as `unread` with what the list says; one that is gone as `deleted`.

    `absent_at`: when the list was last read where the entry stands and did not show it.
    """
    try:
        answer = await spider.fetcher.get(listed.url)
        post = understood(answer, reading, listed)
    except CollectionError as error:
        tally.page_failed(error.reason)
        await spider.keep(replace(listed_only(reading, listed, "unread"), trace=Trace(absent_at=absent_at)))
        return
    trace = Trace(listed_digest(listed), page_validators(answer), absent_at)
    if post.state == "live":
        post = await complete(spider, post, tally, trace)
    else:
        post = replace(post, trace=trace)
    await spider.keep(post)


def listed_digest(listed: Listed) -> str:
    """By this a changed title or date in the list is noticed without opening the page."""
    return digest(listed.title, listed.stamp.day.isoformat() if listed.stamp else "")


def page_validators(answer: Answer) -> dict[str, tuple[str, str]]:
    """The page's validators as a trace holds them; none when the server gives none."""
    return {"": answer.validators} if any(answer.validators) else {}


def listed_only(reading: Reading, listed: Listed, state: str) -> Post:
    """A post as its list knows it."""
    stamp = listed.stamp
    return Post(
        source=reading.source,
        url=listed.url,
        title=listed.title,
        published_at=stamp.moment if stamp else None,
        date_source=reading.dated_by if stamp else "unknown",
        state="deleted" if state == "deleted" else "unread",
    )


def understood(answer: Answer, reading: Reading, listed: Listed) -> Post:
    """The post that an answer holds, without its files; raises CollectionError for a page that is none."""
    if answer.gone or _moved_away(answer.url, listed.url):
        return listed_only(reading, listed, "deleted")
    if _is_file(answer):
        name = listed.title or file_name(listed.url)
        return replace(listed_only(reading, listed, "unread"), state="live", attachments=(Attachment(listed.url, name),))
    try:
        post = reading.parse(answer, listed)
    except (etree.LxmlError, ValueError, LookupError, RecursionError) as error:
        raise CollectionError("unreachable", f"页面结构异常，无法解析（{type(error).__name__}）") from None
    if post is None:
        raise CollectionError("blocked", "网站要求验证（验证码或防护页面）")
    return post


_NOT_FOUND_PAGE = re.compile(r"/(?:404|error|notfound|not-found)(?:\.\w+)?/?$", re.IGNORECASE)
_HOME_PAGE = re.compile(r"/?(?:index\.\w+)?")


def _moved_away(url: str, asked: str) -> bool:
    """True for a page that led to the home page or to one that says 404: a kind of 404 that answers 200."""
    path, wanted = urlsplit(url).path, urlsplit(asked).path
    if path == wanted:
        return False
    return _NOT_FOUND_PAGE.search(path) is not None or (_HOME_PAGE.fullmatch(path) is not None and _HOME_PAGE.fullmatch(wanted) is None)


def _is_file(answer: Answer) -> bool:
    """True for an entry that leads straight to a document."""
    kind = answer.content_type.split(";")[0].strip().lower()
    if kind.startswith(("text/", "application/xhtml", "application/json", "application/xml")) or not kind:
        return False
    return not _looks_like_html(answer.body)


def _looks_like_html(body: bytes) -> bool:
    start = body[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--"))


async def complete(spider: Keeps, post: Post, tally: Tally, trace: Trace | None = None, known: KnownPost | None = None) -> Post:
    """The post with its files fetched and its links looked at. Of a `known` post, files are asked for only if they have changed."""
    trace = trace or Trace()
    files, validators = [], dict(trace.validators)
    older = {item["url"]: item for item in known.attachments} if known else {}
    for item in post.attachments:
        fetched, found = await fetch_file(spider, item, older.get(item.url), known.validators.get(item.url) if known else None)
        if fetched.reason.startswith(TRY_AGAIN):
            tally.page_failed(f"附件{fetched.reason}")
        elif any(found) and len(validators) < _MAX_LINKS:
            validators[item.url] = found
        files.append(fetched)
    statuses = await asyncio.gather(*(spider.fetcher.link_status(link.url) for link in post.links[:_MAX_LINKS]))
    looked = tuple(Link(link.url, link.text, status) for link, status in zip(post.links, statuses, strict=False))
    return replace(post, attachments=tuple(files), links=(*looked, *post.links[_MAX_LINKS:]), trace=replace(trace, validators=validators))


async def fetch_file(
    spider: Keeps, item: Attachment, older: Mapping[str, Any] | None = None, validators: tuple[str, str] | None = None
) -> tuple[Attachment, Validators]:
    """The attachment with its bytes in the vault, or with the reason why not, and its validators. `older`: what is known of it, kept where the server says unchanged."""
    known = Validators(*validators) if validators and older and older["evidence"] else None
    try:
        answer = await spider.fetcher.get(item.url, limit=FILE_BYTES, known=known)
    except CollectionError as error:
        passing = error.status == "unreachable" and "大小限制" not in error.reason and "重定向" not in error.reason
        return replace(item, reason=f"{TRY_AGAIN}：{error.reason}" if passing else f"无法下载：{error.reason}"), Validators()
    if answer.unchanged and known and older:
        return Attachment(**older), known
    return await _kept(spider, item, answer), answer.validators


async def _kept(spider: Keeps, item: Attachment, answer: Answer) -> Attachment:
    kind = answer.content_type.split(";")[0].strip().lower()
    if answer.gone:
        return replace(item, reason=f"链接失效（{answer.status}）")
    if not answer.body:
        return replace(item, media_type=kind, reason="文件是空的")
    if _looks_like_html(answer.body):
        return replace(item, media_type=kind, reason="打开的是网页，不是文件")
    evidence = await spider.keeper.put(answer.body)
    return replace(item, name=_named(item, answer), evidence=evidence, size=len(answer.body), media_type=kind)


_DISPOSITION = re.compile(r"filename\*\s*=\s*(?P<charset>[\w-]+)'[^']*'(?P<coded>[^;]+)|filename\s*=\s*\"?(?P<plain>[^\";]+)", re.IGNORECASE)


def _named(item: Attachment, answer: Answer) -> str:
    """The link's own text where it says something, else the name that the server gives."""
    own = file_name(item.url)
    if item.picture or (item.name and item.name != own and not BARE_NAMES.match(item.name)) or extension(item.url) in EXTENSIONS:
        return item.name
    return _disposition_name(answer.headers.get("content-disposition", "")) or item.name


def _disposition_name(header: str) -> str:
    """The file name of a Content-Disposition header; raw bytes in it are UTF-8 or GBK."""
    found = _DISPOSITION.search(header)
    if found is None:
        return ""
    if found["coded"]:
        try:
            return unquote(found["coded"].strip(), encoding=found["charset"], errors="replace")
        except LookupError:
            return ""
    raw = found["plain"].strip()
    if "%" in raw:
        return unquote(raw)
    data = raw.encode("latin-1", "replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except UnicodeDecodeError:
            continue
    return raw
