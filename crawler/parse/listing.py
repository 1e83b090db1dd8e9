"""A column's list page → its items, and where the next part of the list is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.parse.article import Listed, read_metas
from crawler.parse.dom import Element, base_url, parse_page
from crawler.parse.encoding import decode
from crawler.parse.recipes import RECIPES, Recipe, Turn


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
    if text.lstrip()[:1] in {"{", "["}:
        return _read_json(text, url, turn)
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
    return "json" if text.lstrip()[:1] in {"{", "["} else _choose(parse_page(body, header), text, url, None).name


def _choose(tree: Element, text: str, url: str, name: str | None) -> Recipe:
    if name is not None:
        return next(item for item in RECIPES if item.name == name)
    return next(item for item in RECIPES if item.matches(tree, text, url))


# --- lists as JSON ----------------------------------------------------------------------------------------------


def _read_json(text: str, url: str, turn: Turn | None) -> Listing:
    from crawler.parse.jsonlist import items_of

    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        return Listing("json", recognised=False)
    items, total = items_of(data, url)
    return Listing("json", items, None, items is not None and (bool(items) or total == 0), total)
