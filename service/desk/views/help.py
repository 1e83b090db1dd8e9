"""帮助: the manuals of docs/ with their pictures, read at the desk without a network."""

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from service.desk.access import EVERYONE, OFFICE, DeskRequest, allow

if TYPE_CHECKING:
    from markdown_it.token import Token

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_PICTURE = re.compile(r"[a-z0-9-]+\.png")


class Manual(NamedTuple):
    """A page of docs/: its name there, the word on its tab, who reads it."""

    name: str
    word: str
    roles: tuple[str, ...]


MANUALS = (
    Manual("operator", "信息中心", OFFICE),
    Manual("unit", "单位信息员", EVERYONE),
    Manual("precheck", "发布前检查的入口", EVERYONE),
    Manual("configure", "怎样改配置", OFFICE),
    Manual("add-rule", "怎样加规则", OFFICE),
    Manual("install", "安装和维护", OFFICE),
)


class Page(NamedTuple):
    """A manual as it is shown."""

    title: str
    body: SafeString


@allow(*EVERYONE)
@require_GET
def manual(request: DeskRequest, name: str = "") -> HttpResponse:
    """A manual of one's role; the first where none is named."""
    mine = [item for item in MANUALS if request.person.role in item.roles]
    name = name or mine[0].name
    path = _DOCS / f"{name}.md"
    if name not in [item.name for item in mine]:
        raise Http404
    page = _rendered(path, path.stat().st_mtime_ns, tuple(item.name for item in mine)) if path.is_file() else None
    return render(request, "desk/help.html", {"page": page, "tabs": mine, "name": name})


@allow(*EVERYONE)
@require_GET
def picture(request: DeskRequest, name: str) -> FileResponse:
    """A picture of a manual. They show a made-up county and hold nothing of this one."""
    path = _DOCS / "images" / name
    if not _PICTURE.fullmatch(name) or not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), headers={"Cache-Control": "private, max-age=3600"})


@lru_cache
def _rendered(path: Path, stamp: int, known: tuple[str, ...]) -> Page:
    """The manual as HTML, its first heading apart. Safe: it is our own file, and HTML within it is escaped."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(path.read_text(encoding="utf-8"))
    title = path.stem
    if [token.type for token in tokens[:2]] == ["heading_open", "inline"] and tokens[0].tag == "h1":
        title, tokens = tokens[1].content, tokens[3:]
    _lead_on(tokens, known)
    return Page(title, SafeString(reader.renderer.render(tokens, reader.options, {})))


def _lead_on(tokens: Sequence["Token"], known: tuple[str, ...]) -> None:
    """Turn addresses within docs/ into the desk's; a link to a page that the desk does not show becomes plain text."""
    for token in tokens:
        open_links: list[Any] = []
        for part in token.children or ():
            if part.type == "image":
                part.attrs["src"] = reverse("help-picture", args=[str(part.attrs["src"]).rpartition("/")[2]])
            elif part.type == "link_open":
                open_links.append(part)
                stem, _, place = str(part.attrs["href"]).partition("#")
                if stem.removesuffix(".md") in known:
                    part.attrs["href"] = reverse("help-manual", args=[stem.removesuffix(".md")]) + (f"#{place}" if place else "")
                elif not stem.startswith(("http://", "https://")):
                    part.tag, part.attrs = "span", {}
            elif part.type == "link_close":
                part.tag = open_links.pop().tag
