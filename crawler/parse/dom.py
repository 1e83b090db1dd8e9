"""Trees of real-world HTML: parsing what browsers forgive, text in reading order, absolute addresses."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urljoin, urlsplit, urlunsplit

from lxml import etree, html

from crawler.blocks import BLOCKS as LINE_TAGS
from crawler.parse.encoding import decode

Element: TypeAlias = Any  # lxml.html.HtmlElement, which brings no types

# Tags that stand on lines of their own when an article is read aloud; a cell does not, its row does.
BLOCKS = LINE_TAGS | {"br", "hr", "ucapcontent", "ucaptitle"}
CELLS = frozenset({"td", "th"})
SILENT = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "title",
        "textarea",
        "select",
        "option",
        "button",
        "input",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "audio",
        "video",
        "canvas",
    ]
)
_BLANK = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_PROLOGUE = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_EARLY_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)


def parse_page(body: bytes, header: str | None = None) -> Element:
    """The page as a tree; an empty document for a page that holds no markup at all."""
    return parse_text(decode(body, header))


def parse_text(text: str) -> Element:
    """The tree of decoded HTML. Early `</html>` ends (several in one page) are dropped, so that nothing behind them is lost."""
    clean = _CONTROL.sub("", _PROLOGUE.sub("", text))
    ends = list(_EARLY_END.finditer(clean))
    if len(ends) > 2:
        clean = _EARLY_END.sub("", clean)
    parser = html.HTMLParser(recover=True, remove_pis=True, huge_tree=False)
    try:
        tree = html.document_fromstring(clean, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        tree = html.document_fromstring("<html><head></head><body></body></html>")
    return tree


def parse_fragment(text: str) -> Element:
    """A piece of HTML (a list record, an article's body from JSON) inside a `div`."""
    return parse_text(f"<html><body><div>{text}</div></body></html>")


def squash(text: str | None) -> str:
    """Blanks of every kind folded to one space, none at the ends."""
    return _BLANK.sub(" ", text).strip() if text else ""


def is_element(node: object) -> bool:
    """True for a tag, false for a comment or processing instruction."""
    return isinstance(getattr(node, "tag", None), str)


def hidden(node: Element) -> bool:
    """True for what a reader does not see because of its own `style` or `hidden` attribute."""
    style = node.get("style")
    return ("hidden" in node.attrib) or (style is not None and _HIDDEN.search(style) is not None)


def marks(node: Element) -> str:
    """Class and id in one lower-case string."""
    return f"{node.get('class') or ''} {node.get('id') or ''}".lower()


def lines_of(node: Element, *, skip: frozenset[Element] = frozenset(), show_hidden: bool = False, apart: bool = False) -> list[str]:
    """The text below a node in reading order, a line per block; cells of a table row share a line. `skip` names subtrees to leave out, `apart` sets a blank
    between neighbouring elements of one line (`<span>2023-10-09</span><span>县财政局</span>`)."""
    lines: list[str] = []
    current: list[str] = []
    last: Element | None = None

    def flush() -> None:
        line = squash("".join(current))
        current.clear()
        if line:
            lines.append(line)

    for kind, piece, owner in _walk(node, skip, show_hidden):
        if kind == "text":
            if apart and owner is not last:
                current.append(" ")
                last = owner
            current.append(piece)
        elif kind == "cell":
            current.append(" ")
        else:
            flush()
    flush()
    return lines


def owned_lines(node: Element, *, skip: frozenset[Element] = frozenset(), apart: bool = False) -> list[tuple[str, Element]]:
    """`lines_of`, each line with the element that its first words stand in."""
    lines: list[tuple[str, Element]] = []
    current: list[str] = []
    owner: Element | None = None
    for kind, piece, holder in [*_walk(node, skip, False), ("break", "", node)]:
        if kind == "text":
            current.append(f" {piece}" if apart and holder is not owner else piece)
            owner = holder if owner is None and piece.strip() else owner
        elif kind == "cell":
            current.append(" ")
        else:
            line = squash("".join(current))
            if line:
                lines.append((line, owner if owner is not None else holder))
            current.clear()
            owner = None
    return lines


def _walk(top: Element, skip: frozenset[Element], show_hidden: bool) -> Iterator[tuple[str, str, Element]]:
    """Pieces in document order with the element that holds them: ("text", …), ("cell", ""), ("break", ""). Blocks inside a table cell do not break its row."""
    stack: list[tuple[Element, bool, bool]] = [(top, False, False)]
    while stack:
        node, leaving, in_cell = stack.pop()
        tag = node.tag if is_element(node) else None
        if leaving:
            if tag in CELLS:
                yield "cell", "", node
            elif tag in BLOCKS:
                yield ("cell" if in_cell and tag not in {"tr", "table"} else "break"), "", node
            if node is not top and node.tail:
                yield "text", node.tail, node.getparent()
            continue
        unread = tag is None or tag in SILENT or node in skip or (node is not top and not show_hidden and hidden(node))
        if unread:
            if node is not top and node.tail:
                yield "text", node.tail, node.getparent()
            continue
        if tag in BLOCKS:
            yield ("cell" if in_cell and tag not in {"tr", "table"} else "break"), "", node
        if node.text:
            yield "text", node.text, node
        stack.append((node, True, in_cell))
        inner = in_cell and tag != "table"
        if tag in CELLS:
            inner = not _layout_cell(node)
        stack.extend((child, False, inner) for child in reversed(node))


def _layout_cell(cell: Element) -> bool:
    """True for a cell that holds a page's part rather than a value: alone in its row, or with several blocks in it."""
    row = cell.getparent()
    if row is not None and sum(1 for other in row if other.tag in CELLS) == 1:
        return True
    return sum(1 for child in cell if child.tag in BLOCKS) > 3 or cell.find(".//table") is not None


def text_of(node: Element) -> str:
    """All readable text below a node on one line."""
    return squash(" ".join(lines_of(node)))


def inline_text(node: Element) -> str:
    """All text below a node without the blanks that blocks would add, scripts left out: for titles and link texts."""
    return squash("".join(piece for kind, piece, _owner in _walk(node, frozenset(), True) if kind == "text"))


def base_url(tree: Element, url: str) -> str:
    """The address that relative links start from (`<base href>` respected)."""
    for node in tree.iter("base"):
        href = node.get("href")
        if href:
            return absolute(url, href) or url
    return url


def absolute(base: str, href: str | None) -> str | None:
    """The http(s) address of a link without its fragment, None for scripts, mail, anchors and addresses that cannot be read."""
    if not href:
        return None
    wanted = href.strip().replace("\\", "/")
    if not wanted or wanted.startswith("#"):
        return None
    if wanted[0] == "/" or wanted[:4].lower() == "http":  # the same from every page of a site, and on every page: navigation
        parts = urlsplit(base)
        return _joined(f"{parts.scheme}://{parts.netloc}/", wanted)
    return _joined(base, wanted)


@lru_cache(maxsize=8192)
def _joined(base: str, wanted: str) -> str | None:
    if wanted.lower().startswith(("javascript:", "mailto:", "tel:", "data:", "about:", "void")):
        return None
    try:
        parts = urlsplit(urljoin(base, wanted))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            return None
        return urlunsplit((parts.scheme, parts.netloc, parts.path or "/", parts.query, ""))
    except ValueError:
        return None


def same_host(one: str, other: str) -> bool:
    """True when both addresses are on one host (port included)."""
    return urlsplit(one).netloc.lower() == urlsplit(other).netloc.lower()
