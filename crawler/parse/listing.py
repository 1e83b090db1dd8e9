"""A column's list page → its items, and where the next part of the list is."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.parse.article import Listed, read_metas
from crawler.parse.dates import Stamp
from crawler.parse.dom import Element, base_url, parse_fragment, parse_page
from crawler.parse.encoding import decode
from crawler.parse.feeds import read_feed
from crawler.parse.jsonlist import items_of, next_part
from crawler.parse.recipes import RECIPES, Recipe, Turn
from crawler.parse.rows import link_rows
from crawler.parse.sitemap import is_feed, is_sitemap, read_sitemap


@dataclass(frozen=True, slots=True)
class Listing:
    """One part of a list. `recognised` is False when a page shows nothing that any recipe knows as a list; an empty column is recognised and has no items."""

    recipe: str
    items: tuple[Listed, ...] = ()
    next: Turn | None = None
    recognised: bool = True
    total: int | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


def read_listing(body: bytes, url: str, *, header: str | None = None, recipe: str | None = None, turn: Turn | None = None) -> Listing:
    """Read a list page, or a later part of a list that `turn` asked for. `recipe` None means: find out by the page's fingerprint."""
    text = decode(body, header)
    if _is_json(text):
        return _read_json(text, url, turn)
    if is_sitemap(text):
        items, following = read_sitemap(text, url, turn)
        return Listing("sitemap", items, following, True)
    if is_feed(text):
        return _read_feed(body, url)
    if recipe is not None and recipe not in {item.name for item in RECIPES}:
        raise ValueError(f"没有名为“{recipe}”的列表解析方式，可用：{'、'.join(item.name for item in RECIPES)}")
    tree = parse_page(body, header)
    chosen = _choose(tree, text, url, recipe)
    items = tuple({item.url: item for item in chosen.items(tree, text, base_url(tree, url))}.values())
    following = chosen.next(tree, text, url, turn, len(items))
    recognised = bool(items) or chosen.known_empty(tree, text)
    return Listing(chosen.name, items, following, recognised, chosen.total(text), read_metas(tree))


def recipe_of(body: bytes, url: str, header: str | None = None) -> str:
    """The name of the recipe that fits a page."""
    text = decode(body, header)
    if is_sitemap(text) or is_feed(text):
        return "sitemap" if is_sitemap(text) else "feed"
    return "json" if _is_json(text) else _choose(parse_page(body, header), text, url, None).name


def _choose(tree: Element, text: str, url: str, name: str | None) -> Recipe:
    if name is not None:
        return next(item for item in RECIPES if item.name == name)
    return next(item for item in RECIPES if item.matches(tree, text, url))


# --- lists that are no pages ------------------------------------------------------------------------------------

_CALLBACK = re.compile(r"\s*(?:/\*.*?\*/\s*)?[\w$.]{1,80}\(\s*(?=[\[{])")


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n")[:1] in {"{", "["} or _CALLBACK.match(text) is not None


def _read_json(text: str, url: str, turn: Turn | None) -> Listing:
    """A list as JSON, plain or in a callback (JSONP)."""
    wrapped = _CALLBACK.match(text)
    bare = text[wrapped.end() :].rstrip().rstrip(";").rstrip().removesuffix(")") if wrapped else text.lstrip("\ufeff")
    try:
        data: Any = json.loads(bare)
    except (ValueError, RecursionError):
        return Listing("json", recognised=False)
    items, total = items_of(data, url)
    if not items:
        items = tuple({item.url: item for item in _html_inside(data, url, 0)}.values())
    following = next_part(data, url, turn, len(items), total)
    return Listing("json", items, following, bool(items) or total == 0, total)


def _html_inside(data: Any, url: str, depth: int) -> Iterator[Listed]:
    """The items of a list that is answered as a piece of HTML inside JSON (大汉 jpaas)."""
    if isinstance(data, str) and "<a" in data and "href" in data:
        yield from link_rows(parse_fragment(data), url)
    elif depth < 4 and isinstance(data, dict | list):
        for value in data.values() if isinstance(data, dict) else data:
            yield from _html_inside(value, url, depth + 1)


def _read_feed(body: bytes, url: str) -> Listing:
    batch = read_feed(body, url)
    if batch is None:
        return Listing("feed", recognised=False)
    items = tuple(Listed(post.url, post.title, Stamp(post.published_at, True) if post.published_at else None) for post in batch.posts if post.url)
    return Listing("feed", tuple({item.url: item for item in items}.values()))
