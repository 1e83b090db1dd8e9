"""A stored page made fit for a picture: no script, no address, no picture of its own; places marked, personal data starred in the text itself."""

import html
import re
from collections.abc import Iterator, Sequence
from typing import Any

from crawler.parse.dom import BLOCKS, CELLS, Element, is_element, parse_page
from service.evidence_text import MASKED, PLAIN, Painted, Place, paint

# Gone with what is in them. Those that the parser doesn't know to be empty (it would take the rest of the page for their content) are only unwrapped.
_DROPPED = ("script", "noscript", "iframe", "frameset", "template", "svg", "math", "canvas", "select", "textarea", "button", "title", "style", "map")
_UNWRAPPED = (
    "embed",
    "source",
    "track",
    "input",
    "link",
    "meta",
    "base",
    "param",
    "frame",
    "object",
    "applet",
    "audio",
    "video",
    "picture",
    "portal",
    "dialog",
)
# Elements whose content a browser takes literally or somewhere else, and this parser does not: what was escaped here must not be read otherwise there.
_LITERAL = frozenset({"xmp", "plaintext", "listing", "noembed", "noframes", "option", "optgroup", "datalist", "marquee", "slot"})
_KEPT = frozenset(
    {"class", "id", "colspan", "rowspan", "align", "valign", "width", "height", "border", "cellpadding", "cellspacing", "dir", "style", "start", "type"}
)
_REACHES_OUT = re.compile(r"url\s*\(|@import|expression\s*\(|image-set|behavior\s*:|-moz-binding", re.IGNORECASE)
_HIDES = re.compile(r"(?:^|;)\s*(?:position\s*:\s*fixed|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$))", re.IGNORECASE)
_NUMBER = re.compile(r"\d{9}")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_LOOK = """
html{background:#fff}body{margin:0 auto;padding:56px 32px 32px;max-width:1100px;font:16px/1.8 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#222;overflow-x:hidden}
#js_content{visibility:visible!important;opacity:1!important}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:2px 8px}
.xuncha-mark{background:#ffe58f!important;color:#000!important;outline:2px solid #c8102e!important;border-radius:2px}
.xuncha-mask{background:#d9d9d9!important;color:#444!important;outline:2px solid #c8102e!important;border-radius:2px;filter:blur(.6px)}
.xuncha-box{display:inline-block;border:1px dashed #999;color:#777;padding:12px 24px;font-size:13px;margin:4px}
.xuncha-head{top:0}
.xuncha-head{position:absolute;left:0;right:0;background:#1f4e8c;color:#fff;font:13px/1.6 sans-serif;padding:8px 32px;z-index:99999}
.xuncha-note{color:#777;font-size:13px}.xuncha-here{background:#fffbe6}
"""


def page_html(page: bytes, wanted: Sequence[Place], head: str) -> tuple[str, int]:
    """The page's HTML for the camera and how many of the places were found in it."""
    tree = parse_page(page)
    styles = "".join(_calm(node.text or "") for node in tree.iter("style"))
    _strip(tree)
    nodes = list(_texts(tree))
    painted = paint("".join(text for _, _, text in nodes), wanted)
    _repaint(nodes, painted)
    body = tree.find(".//body")
    inner = "".join([html.escape(body.text or ""), *(_serialised(child) for child in body)]) if body is not None else ""
    return document(inner, head, styles), painted.found


def _calm(style: str) -> str:
    """A style sheet without text of its own; "" for one that loads something, or hides what it does behind escapes."""
    text = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    text = re.sub(r"content\s*:[^;}]*", "", text, flags=re.IGNORECASE)
    return "" if _REACHES_OUT.search(text) or "\\" in text else text


def document(inner: str, head: str, styles: str = "") -> str:
    """A whole page around sanitised content; `head` is the line above it (what, when)."""
    own = styles.replace("</", "<\\/")
    return (
        f'<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<style>{own}</style><style>{_LOOK}</style></head><body><div class='xuncha-head'>{html.escape(head)}</div>{inner}</body></html>"
    )


def _serialised(node: Any) -> str:
    from lxml import etree

    if not is_element(node):
        return html.escape(node.tail or "")
    text: str = etree.tostring(node, encoding="unicode", method="html", with_tail=True)
    return text


def _strip(tree: Element) -> None:
    """Leave tags, text and looks; everything that runs, loads or leads anywhere goes."""
    from lxml import etree

    for node in list(tree.iter(etree.Comment, etree.ProcessingInstruction)):
        _drop(node)
    for node in list(tree.iter(*_DROPPED)):
        _drop(node)
    for node in list(tree.iter(*_UNWRAPPED)):
        node.drop_tag()
    for node in tree.iter():
        if not is_element(node):
            continue
        if ":" in node.tag or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9\-]*", node.tag):
            node.tag = "span"
        if node.tag in _LITERAL:
            node.tag = "div"
        if node.tag in {"img", "image"}:
            node.tag, node.text = "span", "〔图片〕"
            node.attrib.clear()
            node.set("class", "xuncha-box")
            continue
        for name in list(node.attrib):
            value = node.get(name) or ""
            if name not in _KEPT or _REACHES_OUT.search(value) or _NUMBER.search(value) or (name == "style" and _HIDES.search(value)):
                del node.attrib[name]
            elif name == "class" and "xuncha" in value:
                node.set("class", value.replace("xuncha", ""))


def _drop(node: Element) -> None:
    """Remove a node, its tail stays."""
    parent = node.getparent()
    if parent is None:
        return
    if node.tail:
        before = node.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


_Text = tuple[Any, str, str]  # element, "text" | "tail" | "" (a separator), the string


def _texts(tree: Element) -> Iterator[_Text]:
    """Every string of the body in reading order, with a line's end where a block or a cell begins or ends, so that numbers of two cells never join."""
    body = tree.find(".//body")
    if body is None:
        return
    for event, node in _events(body):
        if not is_element(node):
            if event == "end" and node is not body and node.tail:
                yield node, "tail", node.tail
            continue
        if node.tag in BLOCKS or node.tag in CELLS:
            yield node, "", "\n"
        if event == "start" and node.text:
            yield node, "text", node.text
        if event == "end" and node is not body and node.tail:
            yield node, "tail", node.tail


def _events(top: Element) -> Iterator[tuple[str, Any]]:
    stack: list[tuple[Any, bool]] = [(top, False)]
    while stack:
        node, leaving = stack.pop()
        yield ("end" if leaving else "start"), node
        if not leaving:
            stack.append((node, True))
            stack.extend((child, False) for child in reversed(node))


def _repaint(nodes: Sequence[_Text], painted: Painted) -> None:
    """Put the painted text back, last first, so that places of insertion stay true."""
    ends, position = [], 0
    for _, _, text in nodes:
        ends.append((position, position + len(text)))
        position += len(text)
    for (node, where, _), (start, end) in reversed(list(zip(nodes, ends, strict=True))):
        if where:
            _put(node, where, _runs(painted, start, end))


def _runs(painted: Painted, start: int, end: int) -> list[tuple[int, str]]:
    """Pieces of one kind each; the first is plain (maybe empty)."""
    runs: list[tuple[int, str]] = [(PLAIN, "")]
    last = start
    for index in range(start + 1, end + 1):
        if index == end or painted.kinds[index] != painted.kinds[last]:
            runs.append((painted.kinds[last], painted.text[last:index]))
            last = index
    if len(runs) > 1 and runs[1][0] == PLAIN:
        runs.pop(0)
    return runs


def _put(node: Any, where: str, runs: list[tuple[int, str]]) -> None:
    made: list[Any] = []
    for kind, text in runs[1:]:
        if kind == PLAIN:
            made[-1].tail = (made[-1].tail or "") + text
            continue
        span = node.makeelement("span", {"class": "xuncha-mark xuncha-mask" if kind == MASKED else "xuncha-mark"})
        span.text = text
        made.append(span)
    if where == "text":
        node.text = runs[0][1]
        for offset, span in enumerate(made):
            node.insert(offset, span)
        return
    node.tail = None
    parent, place = node.getparent(), node.getparent().index(node) + 1
    for offset, span in enumerate(made):
        parent.insert(place + offset, span)
    node.tail = runs[0][1]
