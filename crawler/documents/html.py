"""html: the text of a saved page block by block, tables as cells, hidden elements marked. Scripts are not run, nothing is fetched."""

import re
from dataclasses import dataclass, field

from core.records import Block
from crawler.blocks import BLOCKS
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.plain import decode
from crawler.documents.xmlsafe import Element

_META = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_SILENT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "math"})
_BLOCKS = BLOCKS | {"body", "button", "hr", "html", "option", "select", "td", "textarea", "th", "title"}
_HIDDEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*0(?:px|pt|em|rem|%)?\s*(?:;|$)", re.I
)
_WHITE_STYLE = re.compile(r"(?:^|;)\s*color\s*:\s*(?:#fff(?:fff)?\b|white\b|rgba?\(\s*255\s*,\s*255\s*,\s*255)", re.I)
_GROUND_STYLE = re.compile(r"background(?:-color|-image)?\s*:\s*(?!\s*(?:#fff\b|#ffffff|white|none|transparent))", re.I)
_ATTRIBUTES = ("alt", "title", "placeholder")
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Table:
    """A table being read: its name and how far each column is taken by cells that span rows."""

    name: str
    row: int = -1
    column: int = 0
    taken: dict[int, int] = field(default_factory=dict)

    def place(self, cell: Element) -> tuple[int, int]:
        """The next free place of the current row, spans counted."""
        while self.taken.get(self.column, -1) >= self.row:
            self.column += 1
        start = self.column
        wide, high = _span(cell, "colspan"), _span(cell, "rowspan")
        for column in range(start, start + wide):
            self.taken[column] = self.row + high - 1
        self.column = start + wide
        return self.row, start


def _span(cell: Element, name: str) -> int:
    value = cell.get(name) or "1"
    return min(max(int(value), 1), 1000) if value.isdigit() and len(value) < 6 else 1


def read(data: bytes, part: Part) -> Pieces:
    """Paragraphs as `第3段`, cells as `表1 第2行第3列`, then attributes, hidden inputs and comments."""
    from lxml import etree

    text = _text(data)
    if text is None:
        raise DamagedError
    if not text.strip():
        return
    parser = etree.HTMLParser(no_network=True, huge_tree=True)  # huge: 2,048 levels instead of 256; the size is limited before
    root = etree.fromstring(text, parser)
    if root is None:
        raise DamagedError
    walker = _Walker(part)
    yield from walker.walk(root)
    yield from _aside(root, part)
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        yield part.unread("网页嵌套过深或有损坏，后面的内容未检查；请重新保存后提供")


def _text(data: bytes) -> str | None:
    """Decoded by what the page declares where that works, else by what its bytes look like; the XML declaration is dropped."""
    declared = _META.search(data[:4096])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    if name.startswith("gb"):
        try:
            return data.decode("gb18030")
        except UnicodeDecodeError:
            pass
    text = decode(data)
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text) if text is not None else None


class _Walker:
    """One pass over the tree in document order, gathering inline text until a block element opens or closes."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._pieces: list[str] = []
        self._reason = ""
        self._paragraph = 0
        self._tables: list[_Table] = []
        self._count = 0
        self._cells: list[tuple[int, int] | None] = []

    def walk(self, root: Element) -> Pieces:
        from lxml import etree

        reasons: list[str] = [""]
        skipping: Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
            if event in ("comment", "pi"):  # what follows a comment belongs to the sentence around it
                if skipping is None:
                    self._add(element.tail, reasons[-1])
                continue
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start":
                if skipping is None and (not tag or tag in _SILENT):
                    skipping = element
                if skipping is not None:
                    continue
                yield from self._open(element, tag, reasons)
                self._add(element.text, reasons[-1])
                continue
            if skipping is not None and element is not skipping:
                continue
            if skipping is None:
                yield from self._close(tag, reasons)
            else:
                skipping = None
            if element is not root:
                yield from self._change(reasons[-1])
                self._add(element.tail, reasons[-1])
        yield from self._flush()

    def _open(self, element: Element, tag: str, reasons: list[str]) -> Pieces:
        reason = reasons[-1] or _hidden(element, tag)
        if tag in _BLOCKS or reason != reasons[-1]:
            yield from self._flush()
        reasons.append(reason)
        self._reason = reason
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "table":
            self._count += 1
            self._tables.append(_Table(f"表{self._count}"))
            self._cells.append(None)
        elif tag == "tr" and self._tables:
            self._tables[-1].row += 1
            self._tables[-1].column = 0
        elif tag in ("td", "th") and self._tables:
            table = self._tables[-1]
            table.row = max(table.row, 0)
            self._cells[-1] = table.place(element)
            self._part.budget.take_cells()

    def _close(self, tag: str, reasons: list[str]) -> Pieces:
        if tag in _BLOCKS:
            yield from self._flush()
        reasons.pop()
        if tag == "table" and self._tables:
            self._tables.pop()
            self._cells.pop()
        elif tag in ("td", "th") and self._cells:
            self._cells[-1] = None

    def _change(self, reason: str) -> Pieces:
        if reason != self._reason:
            yield from self._flush()
        self._reason = reason

    def _add(self, text: str | None, reason: str) -> None:
        if text:
            self._pieces.append(_SPACES.sub(" ", text))
            self._reason = reason

    def _flush(self) -> Pieces:
        text = "".join(self._pieces).strip(" \n")
        self._pieces.clear()
        if not text.strip():
            return
        cell = self._cells[-1] if self._cells else None
        if cell is not None and self._tables:
            table = self._tables[-1].name
            yield Block(text, f"{table} 第{cell[0] + 1}行第{cell[1] + 1}列", self._part.file, table, *cell, hidden=self._reason)
        else:
            self._paragraph += 1
            yield Block(text, f"第{self._paragraph}段", self._part.file, hidden=self._reason)


def _hidden(element: Element, tag: str) -> str:
    style = element.get("style") or ""
    if "hidden" in element.attrib or element.get("aria-hidden") == "true" or _HIDDEN_STYLE.search(style):
        return "隐藏元素"
    white = _WHITE_STYLE.search(style) or (tag == "font" and (element.get("color") or "").lower() in ("#ffffff", "#fff", "white"))
    if white and not _GROUND_STYLE.search(style) and not any(_has_ground(parent) for parent in element.iterancestors()):
        return "白色文字"
    return ""


def _has_ground(element: Element) -> bool:
    return bool(element.get("bgcolor") or element.get("background") or element.get("class") or _GROUND_STYLE.search(element.get("style") or ""))


def _aside(root: Element, part: Part) -> Pieces:
    """Alternative texts and titles, values of hidden inputs, descriptions in the head, comments of the source."""
    from lxml import etree

    places = Numbered()
    for element in root.iter():
        if element.tag is etree.Comment:
            text = (element.text or "").strip()
            if text and not text.startswith("[if"):
                yield Block(text, places.next("网页注释", always=True), part.file, hidden="网页注释")
        elif element.tag == "meta" and element.get("name"):
            if (element.get("content") or "").strip():
                yield Block(element.get("content") or "", places.next("网页标签", always=True), part.file)
        elif element.tag == "input" and (element.get("value") or "").strip():
            yield Block(element.get("value") or "", places.next("表单值", always=True), part.file, hidden="隐藏元素" if element.get("type") == "hidden" else "")
        elif isinstance(element.tag, str):
            for name in _ATTRIBUTES:
                if len((element.get(name) or "").strip()) > 1:
                    yield Block(element.get(name) or "", places.next("属性文字", always=True), part.file)
