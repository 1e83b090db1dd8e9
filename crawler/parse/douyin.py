"""A 抖音 account's list: from the platform's JSON answer or from the rendered page's items → Posts."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from core.records import Attachment, Post
from crawler.parse.dates import Stamp, from_epoch, read_stamp
from crawler.parse.dom import Element, absolute, inline_text, parse_page, squash

_REPRINT = re.compile(r"(?:转自|转载自?|来源|转发自?|来自|素材来源|via)\s*[:：@｜|]?\s*[@“《]?([^\s#，。；）)”》]{2,30})", re.IGNORECASE)
_REPRINT_MARK = re.compile(r"转自|转载|转发自|来源\s*[:：@]|素材来源")


@dataclass(frozen=True, slots=True)
class VideoPage:
    """One answer of a video list; `recognised` False when it is not the platform's form at all, `login` True when it asks to sign in."""

    posts: tuple[Post, ...] = ()
    more: bool = False
    cursor: int = 0
    recognised: bool = True
    login: bool = False
    account: str = ""


def read_video_json(body: bytes, url: str, source: str = "") -> VideoPage:
    """Read `{"status_code", "aweme_list": […], "has_more", "max_cursor"}` or the open platform's `{"data": {"list": […], "has_more", "cursor"}}`."""
    try:
        data: Any = json.loads(body.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return VideoPage(recognised=False)
    if not isinstance(data, Mapping):
        return VideoPage(recognised=False)
    if data.get("status_code") in {8, 2483, 10008}:
        return VideoPage(login=True)
    inner = data.get("data") if isinstance(data.get("data"), Mapping) else data
    rows = inner.get("aweme_list", inner.get("list")) if isinstance(inner, Mapping) else None
    if not isinstance(inner, Mapping) or not isinstance(rows, list):
        return VideoPage(recognised=False)
    posts = tuple(post for post in (_from_row(row, url, source) for row in rows if isinstance(row, Mapping)) if post is not None)
    cursor = inner.get("max_cursor", inner.get("cursor", 0))
    account = next((str(row["author"].get("nickname", "")) for row in rows if isinstance(row, Mapping) and isinstance(row.get("author"), Mapping)), "")
    return VideoPage(posts, bool(inner.get("has_more")), cursor if isinstance(cursor, int) else 0, True, False, account)


def _from_row(row: Mapping[str, Any], url: str, source: str) -> Post | None:
    number = row.get("aweme_id") or row.get("item_id")
    if not number:
        return None
    words = str(row.get("desc") or row.get("title") or "")
    seconds = row.get("create_time")
    stamp = from_epoch(seconds) if isinstance(seconds, int) else read_stamp(str(seconds or ""))
    address = absolute(url, row.get("share_url") if isinstance(row.get("share_url"), str) else None) or urljoin(url, f"/video/{number}")
    return video_post(address, words, stamp, bool(row.get("is_top")), source, absolute(url, _cover(row)))


def _cover(row: Mapping[str, Any]) -> str | None:
    """Address of the cover picture: `video.cover.url_list` of the site, `cover` of the open platform."""
    video = row.get("video")
    cover = video.get("cover") if isinstance(video, Mapping) else row.get("cover")
    if isinstance(cover, Mapping):
        cover = next(iter(cover.get("url_list") or ()), None)
    return cover if isinstance(cover, str) and cover else None


def video_post(url: str, words: str, stamp: Stamp | None, pinned: bool, source: str, cover: str | None = None) -> Post:
    """A Post of one video, its cover as a picture; words that say 转自 or 来源 make it a reprint, nothing else does."""
    text = words.strip()
    title = squash(re.split(r"[\n#]", text, maxsplit=1)[0]) or squash(text)
    named = _REPRINT.search(text) if _REPRINT_MARK.search(text) else None
    return Post(
        source=source,
        url=url,
        title=title[:200],
        published_at=stamp.moment if stamp else None,
        date_source="platform" if stamp else "unknown",
        origin=named[1] if named else "",
        text=text,
        original="reprint" if named else "undeclared",
        pinned=pinned,
        attachments=(Attachment(cover, "封面", picture=True),) if cover else (),
    )


def read_video_page(body: bytes, url: str, source: str = "") -> VideoPage:
    """Read the items of a rendered account page: elements with an id and a time, or links to `/video/`."""
    tree = parse_page(body, "text/html; charset=utf-8")
    posts = tuple({post.url: post for post in _rendered(tree, url, source)}.values())
    text = " ".join(piece.strip() for piece in tree.itertext() if piece.strip())[:5000] if not posts else ""
    login = bool(re.search(r"登录后即可|请先登录|扫码登录|验证码中间页|安全验证", text))
    empty = bool(re.search(r"暂无(?:内容|作品)|还没有作品", text))
    return VideoPage(posts, recognised=bool(posts) or empty or login, login=login)


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
