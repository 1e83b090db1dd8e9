"""Values in BIFF8 records: shared strings, numbers, formulas' results. Layouts after [MS-XLS]."""

import struct

from crawler.documents.part import DamagedError

_WIDE, _PHONETIC, _RICH = 1, 4, 8
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def characters(content: bytes, flags: int) -> str:
    """Characters of a string whose flags say one or two bytes each."""
    if flags & _WIDE:
        return content[: len(content) // 2 * 2].decode("utf-16-le", "replace")
    return content.decode("latin-1")


def long_string(content: bytes) -> str:
    """A string led by its length in two bytes and its flags; raises DamagedError when it is longer than the record."""
    count, flags = struct.unpack_from("<HB", content)
    position = 3 + (2 if flags & _RICH else 0) + (4 if flags & _PHONETIC else 0)
    size = count * 2 if flags & _WIDE else count
    if position + size > len(content):
        raise DamagedError
    return characters(content[position : position + size], flags)


class SharedStrings:
    """The string table, which runs over several records; a string cut by a border repeats its flags behind it."""

    def __init__(self, segments: list[bytes]) -> None:
        self._segments = segments
        self._segment = 0
        self._position = 8  # behind the two counts

    def read(self) -> list[str]:
        """All strings; raises DamagedError when the table ends before them."""
        if not self._segments or len(self._segments[0]) < 8:
            return []
        (count,) = struct.unpack_from("<I", self._segments[0], 4)
        if count * 3 > sum(map(len, self._segments)):
            raise DamagedError
        return [self._string() for _ in range(count)]

    def _string(self) -> str:
        count, flags = struct.unpack("<HB", self._raw(3))
        runs = struct.unpack("<H", self._raw(2))[0] if flags & _RICH else 0
        phonetic = struct.unpack("<I", self._raw(4))[0] if flags & _PHONETIC else 0
        parts: list[str] = []
        while count:
            if self._position >= len(self._segments[self._segment]):
                self._next()
                flags = self._raw(1)[0]
            segment = self._segments[self._segment]
            width = 2 if flags & _WIDE else 1
            taken = min(count, (len(segment) - self._position) // width)
            if not taken:
                raise DamagedError
            parts.append(characters(segment[self._position : self._position + taken * width], flags))
            self._position += taken * width
            count -= taken
        self._skip(runs * 4 + phonetic)
        return "".join(parts)

    def _next(self) -> None:
        self._segment += 1
        self._position = 0
        if self._segment >= len(self._segments):
            raise DamagedError

    def _raw(self, count: int) -> bytes:
        while self._position >= len(self._segments[self._segment]):
            self._next()
        found = self._segments[self._segment][self._position : self._position + count]
        if len(found) < count:
            raise DamagedError
        self._position += count
        return found

    def _skip(self, count: int) -> None:
        while count:
            rest = len(self._segments[self._segment]) - self._position
            if rest >= count:
                self._position += count
                return
            count -= rest
            self._next()


def packed(raw: int) -> float:
    """An RK number: an integer or the upper bits of a double, perhaps in hundredths."""
    value: float
    if raw & 2:
        value = float((raw - (1 << 32) if raw & 0x80000000 else raw) >> 2)
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0])
    return value / 100 if raw & 1 else value


def formula_result(content: bytes) -> float | str | None:
    """The stored result of a formula: a number, TRUE, FALSE or an error; None when a string follows in its own record."""
    if content[12:14] != b"\xff\xff":
        return float(struct.unpack_from("<d", content, 6)[0])
    kind, value = content[6], content[8]
    if kind == 1:
        return "TRUE" if value else "FALSE"
    return _ERRORS.get(value, "") if kind == 2 else None if kind == 0 else ""


def error_or_truth(content: bytes) -> str:
    """The text of a BOOLERR record."""
    return _ERRORS.get(content[6], "") if content[7] else ("TRUE" if content[6] else "FALSE")
