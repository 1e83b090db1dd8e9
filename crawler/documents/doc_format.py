"""Formats of a binary Word document that matter here: table paragraphs, row ends, hidden, deleted and white text."""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.documents.doc_pieces import Text

_CHPX, _PAPX = 0xFA, 0x102
_PAGE = 512
_IN_TABLE, _ROW_END, _HUGE = 0x2416, 0x2417, (0x6645, 0x6646)
_DELETED, _VANISH, _COLOUR, _TRUE_COLOUR = 0x0800, 0x083C, 0x2A42, 0x6870
_WHITE_INDEX, _WHITE = 8, 0xFFFFFF
_OPERANDS = (1, 1, 2, 4, 2, 2, -1, 3)


@dataclass(frozen=True, slots=True)
class Format:
    """Byte ranges of the file (starts and values side by side): paragraph flags, and reasons why characters are unseen."""

    text: Text
    paragraphs: tuple[tuple[int, ...], tuple[tuple[bool, bool], ...]]
    reasons: tuple[tuple[int, ...], tuple[str, ...]]

    def in_table(self, position: int) -> bool:
        """Whether the paragraph of this character stands in a table."""
        return self._flags(position)[0]

    def ends_row(self, position: int) -> bool:
        """Whether the mark at this character ends a row and not a cell."""
        return self._flags(position)[1]

    def _flags(self, position: int) -> tuple[bool, bool]:
        starts, values = self.paragraphs
        index = bisect_right(starts, self.text.offset(position)) - 1
        return values[index] if index >= 0 else (False, False)

    def runs(self, start: int, end: int) -> Iterator[tuple[int, int, str]]:
        """The range cut where visibility changes: the visible parts come joined only when nothing hidden lies between."""
        if not any(self.reasons[1]):
            if start < end:
                yield start, end, ""
            return
        begin, reason = start, ""
        for position in range(start, end):
            now = self._reason(position)
            if now != reason:
                if begin < position:
                    yield begin, position, reason
                begin, reason = position, now
        if begin < end:
            yield begin, end, reason

    def _reason(self, position: int) -> str:
        starts, values = self.reasons
        index = bisect_right(starts, self.text.offset(position)) - 1
        return values[index] if index >= 0 else ""


def load_format(main: bytes, tables: bytes, text: Text, data: bytes = b"") -> Format:
    """Read the format pages; damaged ones say nothing, for the text is what counts. `data` holds the property lists that are too long for a page."""
    paragraphs = sorted({start: _paragraph_flags(page, data) for start, page in _entries(main, tables, _PAPX, 13)}.items())
    reasons = sorted({start: _reason_of(page) for start, page in _entries(main, tables, _CHPX, 1)}.items())
    return Format(
        text,
        (tuple(start for start, _value in paragraphs), tuple(value for _start, value in paragraphs)),
        (tuple(start for start, _value in reasons), tuple(value for _start, value in reasons)),
    )


def _entries(main: bytes, tables: bytes, field: int, width: int) -> Iterator[tuple[int, bytes]]:
    """(first byte, property list) of every run in the format pages that the table at `field` lists."""
    position, length = struct.unpack_from("<II", main, field)
    count = (length - 4) // 8
    if length < 12 or position + length > len(tables):
        return
    for (number,) in struct.iter_unpack("<I", tables[position + 4 * (count + 1) : position + length]):
        page = main[(number & 0x3FFFFF) * _PAGE : ((number & 0x3FFFFF) + 1) * _PAGE]
        if len(page) < _PAGE:
            continue
        runs = page[_PAGE - 1]
        if 4 * (runs + 1) + runs * width > _PAGE - 1:
            continue
        for index in range(runs):
            (start,) = struct.unpack_from("<I", page, 4 * index)
            yield start, _properties(page, page[4 * (runs + 1) + index * width] * 2, width == 1)
        yield struct.unpack_from("<I", page, 4 * runs)[0], b""


def _properties(page: bytes, offset: int, characters: bool) -> bytes:
    if not offset:
        return b""
    size = page[offset]
    if characters:
        return page[offset + 1 : offset + 1 + size]
    if size:
        return page[offset + 3 : offset + 2 * size]  # behind the style number
    return page[offset + 4 : offset + 2 + 2 * page[offset + 1]] if offset + 1 < _PAGE else b""


def _modifiers(properties: bytes) -> Iterator[tuple[int, int]]:
    """(code, operand) of each modifier; an operand of variable length counts as 0."""
    position = 0
    while position + 3 <= len(properties):
        (code,) = struct.unpack_from("<H", properties, position)
        position += 2
        size = _OPERANDS[code >> 13]
        if size < 0:
            size = 1 + (int.from_bytes(properties[position : position + 2], "little") if code == 0xD608 else properties[position])
            yield code, 0
        else:
            yield code, int.from_bytes(properties[position : position + size], "little")
        position += size


def _paragraph_flags(properties: bytes, data: bytes) -> tuple[bool, bool]:
    found = dict(_modifiers(properties))
    for huge in _HUGE:  # the row end of a table of many columns: only a pointer stands in the page
        if huge in found and found[huge] + 2 <= len(data):
            size = int.from_bytes(data[found[huge] : found[huge] + 2], "little")
            found |= dict(_modifiers(data[found[huge] + 2 : found[huge] + 2 + size]))
    return bool(found.get(_IN_TABLE)), bool(found.get(_ROW_END))


def _reason_of(properties: bytes) -> str:
    found = dict(_modifiers(properties))
    if found.get(_DELETED) == 1:
        return "修订删除"
    if found.get(_VANISH) == 1:
        return "隐藏文字"
    if found.get(_COLOUR) == _WHITE_INDEX or found.get(_TRUE_COLOUR) == _WHITE:
        return "白色文字"
    return ""
