"""docx: body, tables, headers, footers, notes, comments, text boxes, revisions, hidden text, pictures, embedded files, properties."""

from collections.abc import Iterator
from dataclasses import replace

from core.records import Block
from crawler.documents import ooxml
from crawler.documents.docx_styles import Styles, ground, load_styles
from crawler.documents.docx_text import Context, Paragraph, read_paragraph
from crawler.documents.package import Package
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.xmlsafe import Element, attribute, find, local, parse

# relation → label of its blocks
_NEIGHBOURS: tuple[tuple[str, str], ...] = (
    ("header", "页眉"),
    ("footer", "页脚"),
    ("footnotes", "脚注"),
    ("endnotes", "尾注"),
    ("comments", "批注"),
)
_CONTAINERS = frozenset({"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"})
_MAX_NESTING = 20
_OPEN = Context()


def read(data: bytes, part: Part) -> Pieces:
    """Paragraphs as `第5段`, cells as `表1 第3行第2列`, the rest under its own name."""
    package = Package(data, part.budget)
    main = ooxml.main_part(package, "word/document.xml")
    body = find(parse(package.read(main)), "body")
    if body is None:
        raise DamagedError
    walker = _Walker(part, load_styles(package, main))
    yield from walker.body(body)
    for kind, label in _NEIGHBOURS:
        for relation in package.relations(main):
            if relation.kind == kind and relation.target in package:
                yield from ooxml.guarded(part, label, lambda target=relation.target, label=label: walker.aside(parse(package.read(target)), label))  # type: ignore[misc]
    yield from walker.boxes()
    yield from ooxml.extras(package, part, skip=frozenset())


class _Walker:
    """Walks block-level content in order and numbers paragraphs, tables and boxes over the whole document."""

    def __init__(self, part: Part, styles: Styles) -> None:
        self._part = part
        self._styles = styles
        self._places = Numbered()
        self._paragraphs = 0
        self._tables = 0
        self._waiting: list[Element] = []
        self._seen: set[str] = set()

    def body(self, parent: Element, context: Context = _OPEN) -> Pieces:
        """Top-level paragraphs and tables, content controls opened."""
        for child in parent:
            kind = local(child)
            if kind == "p":
                self._paragraphs += 1
                if not self._paragraphs % 200:
                    self._part.budget.tick()
                yield from self._emit([self._paragraph(child, context)], f"第{self._paragraphs}段")
            elif kind == "tbl":
                self._tables += 1
                yield from self._table(child, f"表{self._tables}", context, 0)
            elif kind in _CONTAINERS:
                yield from self.body(child, context)
            elif kind in ("del", "moveFrom"):
                yield from self.body(child, replace(context, gone="修订删除"))

    def aside(self, root: Element, label: str) -> Pieces:
        """A header, footer, or every note or comment of a part; the same header of several sections is told once."""
        entries = (
            [root] if local(root) in ("hdr", "ftr") else [entry for entry in root if attribute(entry, "type") is None or attribute(entry, "type") == "normal"]
        )
        for entry in entries:
            text = "".join(entry.itertext()).strip()
            if not text or (label in ("页眉", "页脚") and text in self._seen):
                continue
            self._seen.add(text)
            yield from self._inside(entry, self._places.next(label), _OPEN, 0)

    def boxes(self) -> Pieces:
        """Text boxes met on the way, and those inside them."""
        while self._waiting:
            yield from self._inside(self._waiting.pop(0), self._places.next("文本框", always=True), _OPEN, 0)

    def _inside(self, parent: Element, where: str, context: Context, depth: int, cell: tuple[str, int, int] | None = None) -> Pieces:
        """All paragraphs of a cell, note or box as one block; tables in it on their own."""
        paragraphs: list[Paragraph] = []
        tables: list[Element] = []
        for child, gone in _blocks_of(parent, context.gone):
            if local(child) == "tbl":
                tables.append(child)
            else:
                paragraphs.append(self._paragraph(child, replace(context, gone=gone)))
        yield from self._emit(paragraphs, where, cell)
        for table in tables:
            name = self._places.next(f"{cell[0]}-" if cell else f"{where} 表", always=True)
            yield from self._table(table, name, context, depth + 1)

    def _paragraph(self, element: Element, context: Context) -> Paragraph:
        found = read_paragraph(element, self._styles, context)
        self._waiting += found.boxes
        return found

    def _emit(self, paragraphs: list[Paragraph], where: str, cell: tuple[str, int, int] | None = None) -> Iterator[Block]:
        table, row, column = cell or (None, None, None)
        visible = "\n".join("".join(paragraph.visible) for paragraph in paragraphs).strip("\n")
        covered = any(paragraph.covered for paragraph in paragraphs)
        if visible.strip():
            yield Block(visible, where, self._part.file, table, row, column, hidden="遮挡" if covered else "")
        reasons = {reason: None for paragraph in paragraphs for reason in paragraph.hidden}
        for reason in reasons:
            text = "\n".join("".join(paragraph.hidden.get(reason, ())) for paragraph in paragraphs).strip("\n")
            if text.strip():
                yield Block(text, f"{where}（{reason}）", self._part.file, table, row, column, hidden=reason)
        for label in (label for paragraph in paragraphs for label in paragraph.labels):
            yield Block(label, self._places.next(f"{where} 图片说明"), self._part.file)

    def _table(self, element: Element, name: str, context: Context, depth: int) -> Pieces:
        if depth > _MAX_NESTING:
            yield self._part.unread(f"表格嵌套超过 {_MAX_NESTING} 层，内层未检查；请简化后重新提供", name)
            return
        properties = find(element, "tblPr")
        style = find(properties, "tblStyle")
        shade = ground(properties) or self._styles.look(attribute(style, "val") if style is not None else None).ground or context.ground
        for number, (row, gone) in enumerate(_children(element, "tr", context.gone)):
            self._part.budget.take_cells(len(row))
            column = _skipped(row)
            for cell, cell_gone in _children(row, "tc", gone):
                wide, merged = _cell_span(cell)
                if not merged:
                    place = (name, number, column)
                    inner = Context(ground(find(cell, "tcPr")) or shade, cell_gone)
                    yield from self._inside(cell, f"{name} 第{number + 1}行第{column + 1}列", inner, depth, place)
                column += wide


def _children(parent: Element, name: str, gone: str) -> Iterator[tuple[Element, str]]:
    """Rows of a table or cells of a row, through content controls and revision marks."""
    for child in parent:
        kind = local(child)
        if kind == name:
            deleted = find(child, "trPr", "del") is not None or find(child, "tcPr", "cellDel") is not None
            yield child, "修订删除" if deleted else gone
        elif kind in _CONTAINERS or kind == "del":
            yield from _children(child, name, "修订删除" if kind == "del" else gone)


def _blocks_of(parent: Element, gone: str) -> Iterator[tuple[Element, str]]:
    for child in parent:
        kind = local(child)
        if kind in ("p", "tbl"):
            yield child, gone
        elif kind in _CONTAINERS:
            yield from _blocks_of(child, gone)
        elif kind in ("del", "moveFrom"):
            yield from _blocks_of(child, "修订删除")


def _skipped(row: Element) -> int:
    before = find(row, "trPr", "gridBefore")
    return _number(before)


def _cell_span(cell: Element) -> tuple[int, bool]:
    """How many grid columns the cell takes, and whether it only continues the cell above."""
    properties = find(cell, "tcPr")
    merge = find(properties, "vMerge")
    continues = merge is not None and (attribute(merge, "val") or "continue") == "continue"
    return max(1, _number(find(properties, "gridSpan"))), continues


def _number(element: Element | None) -> int:
    value = attribute(element, "val") if element is not None else None
    return min(int(value), 1000) if value and value.isdigit() and len(value) < 6 else 0
