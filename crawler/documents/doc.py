"""Binary Word documents (doc, and wps of WPS Office): text of all stories through the piece table, tables, hidden and deleted text.

Layout after [MS-DOC]: FIB at the start of `WordDocument`, piece table and format tables in `0Table` or `1Table`.
"""

import re
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from core.errors import UnreadableError
from core.records import Block
from crawler.documents import ole
from crawler.documents.carve import carve
from crawler.documents.doc_format import Format, load_format
from crawler.documents.doc_pieces import Text, load_text
from crawler.documents.part import DamagedError, EncryptedError, Numbered, Part, Pieces
from crawler.documents.picture import read as read_picture

if TYPE_CHECKING:
    from olefile import OleFileIO

# story → label, in the order in which their text follows one another; None is the body
_STORIES: tuple[tuple[int, str], ...] = (
    (0x4C, ""),
    (0x50, "脚注"),
    (0x54, "页眉页脚"),
    (0x58, "宏"),
    (0x5C, "批注"),
    (0x60, "尾注"),
    (0x64, "文本框"),
    (0x68, "页眉文本框"),
)
_ENCRYPTED, _TABLE_ONE = 0x0100, 0x0200
_WORD_97 = 0x00C1
_FIELD = re.compile("\x13[^\x13\x14\x15]*(?:\x14([^\x13\x14\x15]*))?\x15")
_MARKS = str.maketrans(
    {"\x0b": "\n", "\x0c": "\n", "\x1e": "-", "\x1f": "", "\x01": "", "\x02": "", "\x03": "", "\x04": "", "\x05": "", "\x08": "", "\xa0": " "}
)


def read(data: bytes, part: Part) -> Pieces:
    """Paragraphs as `第5段`, cells as `表1 第3行第2列`, other stories by label, pictures, properties."""
    container = ole.open_ole(data)
    names = ole.streams(container)
    main = ole.stream(container, names["worddocument"])
    if len(main) < 0x200 or main[:2] != b"\xec\xa5":
        raise DamagedError
    flags = int.from_bytes(main[0x0A:0x0C], "little")
    if flags & _ENCRYPTED:
        raise EncryptedError
    if int.from_bytes(main[2:4], "little") < _WORD_97:
        raise UnreadableError("Word 95 及更早格式的文档无法检查；请另存为 docx 后提供")
    table = names.get("1table" if flags & _TABLE_ONE else "0table")
    if table is None:
        raise DamagedError
    tables = ole.stream(container, table)
    text = load_text(main, tables)
    yield from _stories(main, text, load_format(main, tables, text, _long_lists(container, names)), part)
    places = Numbered()
    for name in ("data", "worddocument"):
        for picture in carve(ole.stream(container, names[name])) if name in names else ():
            yield from read_picture(picture, part.at(places.next("图片", always=True)))
    yield from ole.properties(container, part)


def _long_lists(container: "OleFileIO", names: Mapping[str, str]) -> bytes:
    """The stream of overlong property lists; where it is broken the text counts all the same, and its pictures are reported."""
    try:
        return ole.stream(container, names["data"]) if "data" in names else b""
    except DamagedError:
        return b""


def _stories(main: bytes, text: Text, form: Format, part: Part) -> Pieces:
    counts = [int.from_bytes(main[offset : offset + 4], "little", signed=True) for offset, _label in _STORIES]
    if any(count < 0 for count in counts) or counts[0] > len(text.characters):
        raise DamagedError
    bounds = list(pairwise([0, *accumulate(counts)]))
    for (_offset, label), (start, end) in zip(_STORIES, bounds, strict=True):
        if not label:
            yield from _Body(part, text, form).read(start, end)
            continue
        places = Numbered()
        for first, last, reason in form.runs(start, min(end, len(text.characters))):
            shown = clean(text.characters[first:last].replace("\x07", "\t").replace("\r", "\n")).strip()
            if shown:
                yield Block(shown, places.next(label), part.file, hidden=reason)


def clean(text: str) -> str:
    """Field codes replaced by their results, control marks dropped."""
    while True:
        shorter = _FIELD.sub(lambda found: found[1] or "", text)
        if shorter == text:
            return text.translate(_MARKS).replace("\x13", "").replace("\x14", "").replace("\x15", "")
        text = shorter


class _Body:
    """The main story cut at its paragraph and cell marks."""

    def __init__(self, part: Part, text: Text, form: Format) -> None:
        self._part, self._text, self._form = part, text, form
        self._paragraph = self._table = 0
        self._row = self._column = 0
        self._in_table = False

    def read(self, start: int, end: int) -> Pieces:
        characters = self._text.characters
        begin = start
        cell_begin: int | None = None
        for position in range(start, min(end, len(characters))):
            mark = characters[position]
            if mark == "\r" and not self._form.in_table(position):
                self._leave()
                self._paragraph += 1
                yield from self._emit(begin, position, f"第{self._paragraph}段", None)
                begin = position + 1
            elif mark == "\x07":
                if not position % 512:
                    self._part.budget.tick()
                yield from self._cell(cell_begin if cell_begin is not None else begin, position)
                begin = position + 1
        if begin < min(end, len(characters)):
            self._leave()
            self._paragraph += 1
            yield from self._emit(begin, min(end, len(characters)), f"第{self._paragraph}段", None)

    def _leave(self) -> None:
        self._in_table = False

    def _cell(self, start: int, end: int) -> Pieces:
        if not self._in_table:
            self._in_table, self._table, self._row, self._column = True, self._table + 1, 0, 0
        if self._form.ends_row(end):
            self._row, self._column = self._row + 1, 0
            return
        self._part.budget.take_cells()
        place = (f"表{self._table}", self._row, self._column)
        yield from self._emit(start, end, f"{place[0]} 第{self._row + 1}行第{self._column + 1}列", place)
        self._column += 1

    def _emit(self, start: int, end: int, where: str, place: tuple[str, int, int] | None) -> Pieces:
        table, row, column = place or (None, None, None)
        for first, last, reason in self._form.runs(start, end):
            shown = clean(self._text.characters[first:last].replace("\r", "\n")).strip("\n")
            if shown.strip():
                yield Block(shown, f"{where}（{reason}）" if reason else where, self._part.file, table, row, column, hidden=reason)
