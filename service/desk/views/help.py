"""帮助: the manuals of docs/, read at the desk without a network."""

from functools import lru_cache
from pathlib import Path

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET

from service.desk.access import EVERYONE, DeskRequest, allow

_DOCS = Path(__file__).resolve().parents[3] / "docs"
_MANUALS = {"operator": "信息中心", "unit": "单位信息员"}


@allow(*EVERYONE)
@require_GET
def manual(request: DeskRequest, name: str = "") -> HttpResponse:
    """The manual of one's role; the office may read the units' as well."""
    mine = ["unit"] if request.person.is_officer else list(_MANUALS)
    name = name or mine[0]
    path = _DOCS / f"{name}.md"
    if name not in mine:
        raise Http404
    body = _rendered(path, path.stat().st_mtime_ns) if path.is_file() else ""
    tabs = [(key, _MANUALS[key]) for key in mine]
    return render(request, "desk/help.html", {"body": body, "tabs": tabs if len(tabs) > 1 else [], "name": name})


@lru_cache
def _rendered(path: Path, stamp: int) -> SafeString:
    """The manual as HTML. Safe: it is our own file, and HTML within it is escaped."""
    from markdown_it import MarkdownIt

    return SafeString(MarkdownIt("commonmark", {"html": False}).enable("table").render(path.read_text(encoding="utf-8")))
