"""A 抖音 account's list → posts: the open platform's answer, the site's own JSON, or the rendered page's items."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urljoin, urlsplit

from core.records import Attachment, Post, PostState
from crawler.parse.batch import Batch, Record, json_of, number, record, records, truth, words
from crawler.parse.dates import Stamp, read_stamp
from crawler.parse.dom import Element, absolute, inline_text, parse_page, squash
from crawler.parse.moments import moment_of
from crawler.parse.refusals import douyin_refusal

_REPRINT = re.compile(r"(?:转自|转载自?|来源|转发自?|来自|素材来源|via)\s*[:：@｜|]?\s*[@“《]?([^\s#，。；）)”》]{2,30})", re.IGNORECASE)
_REPRINT_MARK = re.compile(r"转自|转载|转发自|来源\s*[:：@]|素材来源")
_SITE = "https://www.douyin.com/"
# 2 不适宜公开, 4 审核中 of the open platform.
_STATES: dict[int, PostState] = {2: "violating", 4: "unavailable"}


def read_video_json(body: bytes, url: str, source: str = "") -> Batch | None:
    """Read an answer's bytes; None when it is not the platform's form at all."""
    return read_douyin(json_of(body), url, source)


def read_douyin(data: Any, url: str = _SITE, source: str = "") -> Batch | None:
    """Read `{"status_code", "aweme_list": […], "has_more", "max_cursor"}` or the open platform's `{"data": {"list": […], "has_more", "cursor"}}`."""
    rows = list(records(data))
    answer = record(data) or ({"aweme_list": rows} if rows and all("aweme_id" in row for row in rows) else {})
    inner = record(answer.get("data")) or answer
    code = next((code for code in _codes(answer, inner) if code), None)
    rows = inner.get("aweme_list", inner.get("list", inner.get("video_list")))
    if code and not rows:
        refusal = douyin_refusal(code)
        return Batch("douyin", status=refusal.status, reason=refusal.reason)
    if rows is None and "aweme_list" in inner and answer.get("status_code") == 0:
        rows = []
    if not rows and record(inner.get("aweme_detail")):
        rows = [inner["aweme_detail"]]
    if not isinstance(rows, list) or not (all(_is_video(record(row)) for row in rows) if rows else _is_empty(answer, inner)):
        return None
    posts = tuple({post.url: post for post in (_from_row(row, url, source) for row in records(rows))}.values())
    account = next((name for row in records(rows) if (name := words(record(row.get("author")).get("nickname")))), "")
    cursor = number(inner.get("max_cursor", inner.get("cursor")))
    return Batch("douyin", posts, account, more=truth(inner.get("has_more")), cursor=str(cursor or 0), total=number(inner.get("total")))


def _codes(answer: Record, inner: Record) -> Iterator[int | None]:
    """Where the generations of the platform put their error: `error_code` inside, `err_no`, `extra`, `status_code`."""
    for holder in (inner, answer, record(answer.get("extra"))):
        for name in ("error_code", "err_no", "status_code"):
            yield number(holder.get(name))


def _is_video(row: Record) -> bool:
    return bool(row.get("aweme_id") or row.get("item_id") or row.get("video_id")) and any(name in row for name in ("create_time", "desc", "title", "share_url"))


def _is_empty(answer: Record, inner: Record) -> bool:
    return "aweme_list" in inner or ("has_more" in inner and ("cursor" in inner or "error_code" in inner)) or number(inner.get("error_code")) == 0


def _from_row(row: Record, url: str, source: str) -> Post:
    caption = str(row.get("desc") or row.get("title") or row.get("caption") or row.get("item_title") or "")
    post = video_post(_address(row, url), caption, moment_of(row.get("create_time")), truth(row.get("is_top")), source, absolute(url, _cover(row)))
    account = words(record(row.get("author")).get("nickname"))
    state = _STATES.get(number(row.get("video_status")) or 0, "live")
    if truth(record(row.get("status")).get("is_delete")):
        state = "deleted"
    return replace(post, state=state, original=post.original if state == "live" else None, tags={"account": account} if account else {})


def _address(row: Record, url: str) -> str:
    """The lasting address: the site's by number; what is shared from there changes at every visit. The open platform's `share_url` is its own."""
    given = row.get("share_url") or row.get("aweme_url")
    shared = absolute(url, given if isinstance(given, str) else None)
    item = words(row.get("aweme_id") or row.get("video_id"))
    here = (urlsplit(url).hostname or "").endswith(("douyin.com", "iesdouyin.com"))
    if item.isdigit() and here and ("aweme_id" in row or not shared):
        kind = "note" if row.get("images") or number(row.get("aweme_type")) == 68 else "video"
        return f"{_SITE}{kind}/{item}"
    return shared or urljoin(url, f"/video/{item or words(row.get('item_id'))}")


def _cover(row: Record) -> str | None:
    """Address of the cover picture: `video.cover.url_list` of the site, `cover` of the open platform."""
    cover = record(row.get("video")).get("cover") or row.get("cover")
    if record(cover):
        cover = next(iter(record(cover).get("url_list") or ()), None)
    return cover if isinstance(cover, str) and cover else None


def video_post(url: str, caption: str, stamp: Stamp | None, pinned: bool, source: str, cover: str | None = None) -> Post:
    """A Post of one video, its cover as a picture; words that say 转自 or 来源 make it a reprint, nothing else does."""
    text = caption.strip()
    named = _REPRINT.search(text) if _REPRINT_MARK.search(text) else None
    return Post(
        source=source,
        url=url,
        title=squash(text.split("\n", 1)[0])[:200],
        published_at=stamp.moment if stamp else None,
        date_source="platform" if stamp else "unknown",
        origin=named[1] if named else "",
        text=text,
        original="reprint" if named else "undeclared",
        pinned=pinned,
        attachments=(Attachment(cover, "封面", picture=True),) if cover else (),
    )


def read_video_page(body: bytes, url: str, source: str = "") -> Batch | None:
    """Read the items of a rendered account page: elements with an id and a time, or links to `/video/`. None when it is no such page."""
    tree = parse_page(body, "text/html; charset=utf-8")
    posts = tuple({post.url: post for post in _rendered(tree, url, source)}.values())
    if posts:
        return Batch("douyin", posts)
    text = " ".join(piece.strip() for piece in tree.itertext() if piece.strip())[:5000]
    if re.search(r"登录后即可|请先登录|扫码登录|验证码中间页|安全验证", text):
        return Batch("douyin", status="expired-login", reason="平台要求登录或验证后才能查看")
    return Batch("douyin") if re.search(r"暂无(?:内容|作品)|还没有作品", text) else None


def _rendered(tree: Element, url: str, source: str) -> Iterator[Post]:
    for node in tree.xpath("//*[@data-id or @data-aweme-id or @data-e2e-vid]"):
        number = node.get("data-id") or node.get("data-aweme-id") or node.get("data-e2e-vid")
        link = node.find(".//a") if node.tag != "a" else node
        address = (absolute(url, link.get("href")) if link is not None else None) or urljoin(url, f"/video/{number}")
        words = _words(node)
        if not words:
            continue
        picture = node.find(".//img")
        cover = absolute(url, picture.get("src")) if picture is not None else None
        yield video_post(address, words, _time(node), _pinned(node), source, cover)


def _words(node: Element) -> str:
    for inner in node.iter():
        if isinstance(inner.tag, str) and re.search(r"\b(?:desc|title|text)\b", (inner.get("class") or "").lower()):
            return inline_text(inner)
    own = node.find(".//a")
    return node.get("data-desc") or inline_text(own if own is not None else node)


def _time(node: Element) -> Stamp | None:
    for name in ("data-time", "data-create-time", "data-create_time", "datetime"):
        for inner in node.iter():
            if isinstance(inner.tag, str) and inner.get(name):
                return read_stamp(inner.get(name))
    return read_stamp(inline_text(node))


def _pinned(node: Element) -> bool:
    if (node.get("data-top") or node.get("data-is-top") or node.get("data-pinned") or "").lower() in {"1", "true", "yes"}:
        return True
    if re.search(r"\b(?:is-)?(?:top|pinned)\b", (node.get("class") or "").lower()):
        return True
    return any(isinstance(inner.tag, str) and len(inner) == 0 and squash(inner.text) == "置顶" for inner in node.iter())
