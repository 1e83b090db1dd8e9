"""pptx: slides in order, shapes, tables, notes, comments, hidden slides, pictures, embedded files, properties."""

import re

from core.records import Block
from crawler.documents import ooxml
from crawler.documents.drawing import alternative_texts, paragraphs
from crawler.documents.package import Package
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.xmlsafe import Element, attribute, descendants, find, local, parse

_MASTER = re.compile(r"ppt/slide(?:Master|Layout)s/[^/]+\.xml", re.I)


def read(data: bytes, part: Part) -> Pieces:
    """Shapes as `第3页 文本框1`, cells as `第3页 表1 第2行第2列`, notes as `第3页 备注`."""
    package = Package(data, part.budget)
    main = ooxml.main_part(package, "ppt/presentation.xml")
    targets = {relation.id: relation.target for relation in package.relations(main)}
    slides = find(parse(package.read(main)), "sldIdLst")
    for number, entry in enumerate(slides if slides is not None else ()):
        part.budget.take_page()
        path = targets.get(next((value for key, value in entry.attrib.items() if key.endswith("}id")), ""), "")
        if path not in package:
            raise DamagedError
        yield from ooxml.guarded(part, f"第{number + 1}页", lambda path=path, number=number: _slide(package, path, f"第{number + 1}页", part))  # type: ignore[misc]
    yield from _masters(package, part)
    yield from ooxml.extras(package, part, skip=frozenset())


def _slide(package: Package, path: str, where: str, part: Part) -> Pieces:
    root = parse(package.read(path))
    hidden = "隐藏页" if attribute(root, "show") in ("0", "false") else ""
    yield from _shapes(root, where, part, hidden)
    places = Numbered()
    for relation in package.relations(path):
        if relation.target not in package:
            continue
        if relation.kind == "notesSlide":
            text = "\n".join(line for body in descendants(parse(package.read(relation.target)), "txBody") for line in paragraphs(body))
            if text.strip():
                yield Block(text, f"{where} 备注", part.file, hidden=hidden)
        elif relation.kind in ("comments", "comment"):
            for comment in descendants(parse(package.read(relation.target)), "cm"):
                text = "".join(node.text or "" for node in descendants(comment, "text", "t"))
                if text.strip():
                    yield Block(text, places.next(f"{where} 批注"), part.file, hidden=hidden)


def _shapes(root: Element, where: str, part: Part, hidden: str) -> Pieces:
    places = Numbered()
    for node in descendants(root, "txBody", "tbl"):
        if local(node) == "tbl":
            yield from _table(node, places.next(f"{where} 表", always=True), part, hidden)
        elif local(node.getparent()) != "tc":
            text = "\n".join(paragraphs(node))
            if text.strip():
                yield Block(text, places.next(f"{where} 文本框", always=True), part.file, hidden=hidden or _unseen(node))
    for text in alternative_texts(root):
        yield Block(text, places.next(f"{where} 图片说明"), part.file, hidden=hidden)


def _unseen(body: Element) -> str:
    """The shape's own `hidden` switch."""
    shape = body.getparent()
    properties = next(descendants(shape, "cNvPr"), None) if shape is not None else None
    return "隐藏元素" if properties is not None and properties.get("hidden") in ("1", "true") else ""


def _table(table: Element, name: str, part: Part, hidden: str) -> Pieces:
    for row, line in enumerate(child for child in table if local(child) == "tr"):
        for column, cell in enumerate(child for child in line if local(child) == "tc"):
            part.budget.take_cells()
            text = "\n".join(paragraphs(cell))
            if text.strip():
                yield Block(text, f"{name} 第{row + 1}行第{column + 1}列", part.file, name, row, column, hidden)


def _masters(package: Package, part: Part) -> Pieces:
    """Words that stand on every slide; the prompts of placeholders are no content."""
    places = Numbered()
    for name in package.names:
        if not _MASTER.fullmatch(name):
            continue
        for shape in descendants(parse(package.read(name)), "sp"):
            text = "\n".join(paragraphs(shape))
            if text.strip() and next(descendants(shape, "ph"), None) is None:
                yield Block(text, places.next("母版文本框", always=True), part.file)
