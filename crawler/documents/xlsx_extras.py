"""What an xlsx file says outside its cells: comments, text boxes, printed headers, input hints, caches of other data."""

import re

from core.records import Block
from crawler.documents.drawing import texts_of_drawing
from crawler.documents.package import Package
from crawler.documents.part import Numbered, Part, Pieces
from crawler.documents.xmlsafe import Element, descendants, local, parse, stream

_CODES = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K\d\d[+-]\d{3}|\d+|[LCRPNDTFAGZUESXYBIOH])')


def of_sheet(package: Package, path: str, name: str, part: Part) -> Pieces:
    """Comments (old and threaded) and text boxes of one sheet."""
    places = Numbered()
    for relation in package.relations(path):
        if relation.target not in package:
            continue
        if relation.kind in ("comments", "threadedComment"):
            for comment in descendants(parse(package.read(relation.target)), "comment", "threadedComment"):
                text = "".join(node.text or "" for node in descendants(comment, "t", "text"))
                if text.strip():
                    yield Block(text, places.next(f"{name}!{comment.get('ref') or ''} 批注"), file=part.file)
        elif relation.kind == "drawing":
            for text in texts_of_drawing(parse(package.read(relation.target))):
                yield Block(text, places.next(f"{name} 文本框", always=True), file=part.file)


def printed(element: Element, sheet: str, part: Part) -> Pieces:
    """Headers and footers of the printed page, and the hints of input cells."""
    places = Numbered()
    if local(element) == "headerFooter":
        for child in element:
            text = header_text(child.text or "")
            if text:
                yield Block(text, places.next(f"{sheet} {'页眉' if 'eader' in local(child) else '页脚'}"), file=part.file)
        return
    for key in ("promptTitle", "prompt", "errorTitle", "error"):
        if element.get(key):
            yield Block(element.get(key) or "", places.next(f"{sheet}!{element.get('sqref') or ''} 输入提示"), file=part.file)
    for formula in descendants(element, "formula1"):
        if (formula.text or "").startswith('"'):
            yield Block((formula.text or "").strip('"'), places.next(f"{sheet}!{element.get('sqref') or ''} 下拉选项"), file=part.file)


def header_text(code: str) -> str:
    """The words of a printed header: `&C`, `&P`, `&"宋体,Bold"` and their kind are taken out."""
    return _CODES.sub(" ", code.replace("&&", "\0")).replace("\0", "&").strip()


def read(package: Package, main: str, part: Part) -> Pieces:
    """Copies of data that Excel keeps out of sight: pivot caches and cached values of linked workbooks."""
    places = Numbered()
    tags: tuple[str, ...]
    for name in package.names:
        lower = name.lower()
        if lower.startswith("xl/pivotcache/") and lower.endswith(".xml"):
            label, tags = "数据透视表缓存", ("s", "n", "d")
        elif lower.startswith("xl/externallinks/") and lower.endswith(".xml"):
            label, tags = "外部链接缓存", ("v",)
        else:
            continue
        with package.open(name) as source:
            for element in stream(source, tags):
                text = element.get("v") or element.text or ""
                part.budget.take_cells()
                if text.strip():
                    yield Block(text, places.next(label, always=True), file=part.file, hidden=label)
                element.clear()
