"""Sitemaps as lists: what a portal itself says it has published, without titles and often without dates."""

import re
from collections.abc import Iterator

from lxml import etree

from crawler.parse.article import Listed
from crawler.parse.dates import Stamp, read_stamp, url_stamp
from crawler.parse.dom import absolute, same_host
from crawler.parse.recipes import Turn
from crawler.parse.rows import is_article_url

_ROOT = re.compile(r"<(?:\w+:)?(urlset|sitemapindex|rss|feed|RDF)[\s>]", re.IGNORECASE)
_MOST = 2000


def _root(text: str) -> str:
    found = _ROOT.search(text[:3000])
    return found[1].lower() if found and "<html" not in text[:1000].lower() else ""


def is_sitemap(text: str) -> bool:
    """True for a sitemap or an index of sitemaps."""
    return _root(text) in {"urlset", "sitemapindex"}


def is_feed(text: str) -> bool:
    """True for RSS and Atom."""
    return _root(text) in {"rss", "feed", "rdf"}


def read_sitemap(text: str, url: str, turn: Turn | None) -> tuple[tuple[Listed, ...], Turn | None]:
    """(articles, newest first, those without a date last; the next sitemap of an index). An index has no articles itself; at most 2,000 of one sitemap are taken.

    `lastmod` says when a page changed, not when it was published: it orders the list and dates nothing. A news sitemap's own date, or one in the address, does.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    root = etree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text).encode(), parser)
    waiting = list(turn.queue) if turn else []
    if root is None:
        return (), None
    if _root(text) == "sitemapindex":
        maps = sorted(_entries(root), key=lambda entry: entry[1], reverse=True)
        waiting = [address for address, *_ in maps if same_host(address, url)] + waiting
        found: list[Listed] = []
    else:
        entries = sorted(_entries(root), key=lambda entry: entry[1], reverse=True)
        found = [_listed(*entry) for entry in entries if same_host(entry[0], url) and (entry[2] or is_article_url(entry[0]))][:_MOST]
    following = Turn(waiting[0], page=(turn.page if turn else 1) + 1, queue=tuple(waiting[1:])) if waiting else None
    return tuple({item.url: item for item in found}.values()), following


def _entries(root: etree._Element) -> Iterator[tuple[str, str, str, str]]:
    """(address, last change, title and date of a news sitemap) of each entry."""
    for entry in root:
        if not isinstance(entry.tag, str):
            continue
        told = {etree.QName(node).localname.lower(): (node.text or "").strip() for node in entry.iter() if isinstance(node.tag, str)}
        address = absolute(told.get("loc", ""), told.get("loc"))
        if address:
            yield address, told.get("lastmod", ""), told.get("title", ""), told.get("publication_date", "")


def _listed(address: str, changed: str, title: str, published: str) -> Listed:
    stamp: Stamp | None = read_stamp(published) if published else url_stamp(address)
    return Listed(address, title, stamp)
