"""What is read out of one saved page, in the shape that `xuncha extract` prints."""

import re
from dataclasses import replace
from typing import Any

from core.records import Post
from crawler.parse.article import day_text, has_article_tags, read_article, read_article_tree, read_metas
from crawler.parse.body import known_containers
from crawler.parse.dom import Element, parse_page, squash
from crawler.parse.encoding import decode
from crawler.parse.listing import Listing, read_listing
from crawler.parse.rows import rows_of
from crawler.parse.title import alike
from crawler.parse.wechat import is_wechat, read_wechat

_LIST_URL = re.compile(r"/(?:index|list|col\d*|common_list)?(?:_\d+)?(?:\.s?html?)?$|/col/col\d+/|\.jsp$", re.IGNORECASE)


def extract(body: bytes, url: str, header: str | None = None) -> dict[str, Any]:
    """One page as `article`, `listing` or `wechat-article`; `header` is its HTTP Content-Type where known."""
    if is_wechat(body, url):
        post = read_wechat(body, url, header=header)
        return _article(post or Post("", url, "", state="unavailable"), "wechat-article")
    if body.lstrip()[:1] == b"{" and (post := read_article(body, url, header=header)).title and post.text:
        return _article(post, "article")
    tree = parse_page(body, header)
    metas = read_metas(tree)
    post = read_article_tree(tree, url, page=body)
    if not has_article_tags(metas) and _may_list(decode(body, header), url, tree, post):
        listing = read_listing(body, url, header=header)
        if listing.recognised and (listing.items or listing.recipe != "plain"):
            return _listing(listing, url, metas)
    return _article(post, "article")


def _may_list(text: str, url: str, tree: Element, post: Post) -> bool:
    """A page that shows rows of titles rather than one article: its rows are what would be read as text, or no article stands beside them."""
    if text.lstrip()[:1] in {"{", "["}:
        return True
    dated = [item for item in rows_of(tree, url) if item.stamp]
    shown = post.text.replace(" ", "")
    if len(dated) >= 3 and sum(1 for item in dated if item.title.replace(" ", "") in shown) >= 3:
        return True
    heads = (post.title, post.text.split("\n", 1)[0])
    if len(dated) >= 3 and any(alike(item.title, head) and item.url != url for item in dated for head in heads):
        return True
    if post.date_source in {"tag", "visible"} and _is_prose(post):
        return False
    if _LIST_URL.search(url.split("?", 1)[0]) is not None or "createPageHTML" in text or "<recordset" in text:
        return not (known_containers(tree) and _is_prose(post))
    told = len(post.title) >= 10 and post.title in squash(tree.findtext(".//title")) and _is_prose(post)
    return len(dated) >= 2 and not told and not known_containers(tree) and tree.find(".//h1") is None


def _is_prose(post: Post) -> bool:
    """True when what was read is an article's text or picture rather than rows and labels."""
    return len(post.title) >= 4 and (re.search(r"[。！？；]", post.text) is not None or len(post.text) >= 120 or any(item.picture for item in post.attachments))


def _listing(listing: Listing, url: str, metas: dict[str, str]) -> dict[str, Any]:
    items = [{"url": item.url, "title": item.title, "date": item.stamp.day.isoformat() if item.stamp else None} for item in listing.items]
    blank = _article(Post("", url, metas.get("columnname", "")), "listing")
    return blank | {"items": items, "next": listing.next.url if listing.next else None, "tags": {}}


def _article(post: Post, kind: str) -> dict[str, Any]:
    plain = replace(post, page=b"")
    return {
        "kind": kind,
        "url": plain.url,
        "title": plain.title,
        "published_at": day_text(plain.published_at),
        "date_source": plain.date_source,
        "source": plain.origin,
        "account": plain.tags.get("account"),
        "original": plain.original,
        "state": plain.state,
        "text": plain.text,
        "attachments": [{"url": item.url, "name": item.name} for item in plain.attachments if not item.picture],
        "images": [item.url for item in plain.attachments if item.picture],
        "links": [link.url for link in plain.links],
        "items": [],
        "next": None,
        "tags": dict(plain.tags) if kind == "article" else {},
    }
