"""The piece table of a binary Word document: where each run of characters lies in the file, and the characters."""

import struct
from bisect import bisect_right
from dataclasses import dataclass

from crawler.documents.part import DamagedError

_CLX = 0x01A2
_COMPRESSED = 0x40000000


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters [start, end) lie at byte `offset`, `width` bytes each."""

    start: int
    end: int
    offset: int
    width: int


@dataclass(frozen=True, slots=True)
class Text:
    """All characters of all stories; `offset` leads from a character to its byte in the file."""

    characters: str
    pieces: tuple[Piece, ...]
    starts: tuple[int, ...]

    def offset(self, position: int) -> int:
        """The byte offset of a character."""
        piece = self.pieces[max(0, bisect_right(self.starts, position) - 1)]
        return piece.offset + (position - piece.start) * piece.width


def load_text(main: bytes, tables: bytes) -> Text:
    """Follow the piece table; raises DamagedError when it leads outside the file."""
    pieces: list[Piece] = []
    texts: list[str] = []
    bounds, descriptors = _plc(main, tables)
    for index, descriptor in enumerate(descriptors):
        start, end = bounds[index], bounds[index + 1]
        (raw,) = struct.unpack_from("<I", descriptor, 2)
        width = 1 if raw & _COMPRESSED else 2
        offset = (raw & (_COMPRESSED - 1)) // (3 - width) if width == 1 else raw & (_COMPRESSED - 1)
        last = offset + (end - start) * width
        if end < start or last > len(main):
            raise DamagedError
        content = main[offset:last]
        # UTF-16 beyond the BMP counts as two characters in the file and must here too: lone halves are kept as marks.
        texts.append(content.decode("cp1252", "replace") if width == 1 else "".join(map(chr, struct.unpack(f"<{len(content) // 2}H", content))))
        pieces.append(Piece(start, end, offset, width))
    if not pieces:
        raise DamagedError
    return Text("".join(texts), tuple(pieces), tuple(piece.start for piece in pieces))


def _plc(main: bytes, tables: bytes) -> tuple[tuple[int, ...], list[bytes]]:
    """Character bounds and piece descriptors, found behind the property modifiers of the Clx."""
    position, length = struct.unpack_from("<II", main, _CLX)
    end = position + length
    if not length or end > len(tables):
        raise DamagedError
    while position < end and tables[position] == 1:
        position += 3 + int.from_bytes(tables[position + 1 : position + 3], "little")
    if position + 5 > end or tables[position] != 2:
        raise DamagedError
    (size,) = struct.unpack_from("<I", tables, position + 1)
    position += 5
    count = (size - 4) // 12
    if size < 16 or position + size > len(tables):
        raise DamagedError
    bounds = struct.unpack_from(f"<{count + 1}I", tables, position)
    first = position + 4 * (count + 1)
    return bounds, [tables[first + 8 * index : first + 8 * index + 8] for index in range(count)]
