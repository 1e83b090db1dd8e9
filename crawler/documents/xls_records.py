"""One pass over the records of a BIFF8 workbook: values, what hides them, notes, text boxes, drawings.

Record numbers and layouts after [MS-XLS]. Rust readers unpack the whole rectangle between first and last cell and abort on hostile
files; this pass keeps only the cells that are there.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.errors import UnreadableError
from crawler.documents.limits import Budget
from crawler.documents.part import DamagedError, EncryptedError
from crawler.documents.xls_values import SharedStrings, characters, error_or_truth, formula_result, long_string, packed
from crawler.documents.xlsx_styles import shown_format
from crawler.documents.xlsx_values import Cell, shown_number

_BOF, _EOF, _CONTINUE, _FILEPASS, _DATEMODE = 0x0809, 0x000A, 0x003C, 0x002F, 0x0022
_BOUNDSHEET, _FONT, _XF, _FORMAT, _SST, _DRAWINGS = 0x0085, 0x0031, 0x00E0, 0x041E, 0x00FC, 0x00EB
_ROW, _COLINFO, _TXO, _HEADER, _FOOTER = 0x0208, 0x007D, 0x01B6, 0x0014, 0x0015
_FORMULA, _STRING, _NUMBER, _LABEL, _BOOLERR, _RK, _LABELSST, _RSTRING, _MULRK = 0x06, 0x207, 0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6, 0xBD
_BIFF8 = 0x0600
_WHITES = (1, 9)


@dataclass(slots=True)
class Sheet:
    """One sheet: cells as (row, column, cell format, text and whether it was a number), and what hides them."""

    name: str
    hidden: bool = False
    cells: list[tuple[int, int, int, Cell]] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    ended: bool = False


@dataclass(slots=True)
class Book:
    """The whole workbook; `drawings` are the bytes in which pictures lie."""

    sheets: list[Sheet] = field(default_factory=list)
    starts: dict[int, Sheet] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    fonts: list[bool] = field(default_factory=list)
    codes: dict[int, str] = field(default_factory=dict)
    forms: list[tuple[str, bool]] = field(default_factory=list)  # shown format, white on white
    from_1904: bool = False
    drawings: bytes = b""

    def reason(self, sheet: Sheet, row: int, column: int, form: int) -> str:
        """Why a reader does not see this cell, or ""."""
        if sheet.hidden:
            return "隐藏工作表"
        if row in sheet.rows:
            return "隐藏行"
        if any(first <= column <= last for first, last in sheet.columns):
            return "隐藏列"
        return "白色文字" if form < len(self.forms) and self.forms[form][1] else ""


def scan(stream: bytes, budget: Budget) -> Book:
    """Walk all records once; raises DamagedError when they do not fit together, EncryptedError for a password."""
    book = Book()
    sheet: Sheet | None = None
    waiting: tuple[int, int, int] | None = None  # the cell whose text follows
    drawings: list[bytes] = []
    for position, kind, segments in _records(stream):
        content = segments[0]
        if kind == _BOF:
            if not position and struct.unpack_from("<H", content)[0] != _BIFF8:
                raise UnreadableError("Excel 95 及更早格式的工作簿无法检查；请另存为 xlsx 后提供")
            sheet = book.starts.get(position, sheet)
        elif kind == _EOF and sheet is not None:
            sheet.ended = True
        elif sheet is None:
            _global(kind, segments, book, drawings)
        elif kind == _STRING and waiting:
            sheet.cells.append((*waiting, ("".join((long_string(content), *_continued(segments))), False)))
        elif kind == _TXO and len(segments) > 1 and segments[1]:
            sheet.texts.append(("批注或文本框", characters(segments[1][1:], segments[1][0])))
        elif not _describes(kind, content, sheet):
            waiting = _cell(kind, content, sheet, book)
            budget.take_cells()
            if not len(sheet.cells) % 5_000:
                budget.tick()
    if any(not sheet.ended for sheet in book.sheets) or not book.sheets:
        raise DamagedError
    book.drawings = b"".join(drawings)
    return book


def _continued(segments: list[bytes]) -> Iterator[str]:
    for segment in segments[1:]:
        if segment:
            yield characters(segment[1:], segment[0])


def _records(stream: bytes) -> Iterator[tuple[int, int, list[bytes]]]:
    """(position, number, its bytes and those of the CONTINUE records behind it)."""
    position, size = 0, len(stream)
    while position + 4 <= size:
        start = position
        kind, length = struct.unpack_from("<HH", stream, position)
        if not kind and not length:
            return  # padding
        segments = [stream[position + 4 : position + 4 + length]]
        position += 4 + length
        while position + 4 <= size and stream[position : position + 2] == b"\x3c\x00":
            (length,) = struct.unpack_from("<H", stream, position + 2)
            segments.append(stream[position + 4 : position + 4 + length])
            position += 4 + length
        if position > size:
            raise DamagedError
        yield start, kind, segments


def _global(kind: int, segments: list[bytes], book: Book, drawings: list[bytes]) -> None:
    content = segments[0]
    if kind == _FILEPASS:
        raise EncryptedError
    if kind == _BOUNDSHEET:
        start, state, sheet_type, count, flags = struct.unpack_from("<IBBBB", content)
        sheet = Sheet(characters(content[8:], flags)[:count], bool(state & 3), ended=bool(sheet_type))
        book.starts[start] = sheet
        book.sheets.append(sheet)
    elif kind == _SST:
        book.strings = SharedStrings(segments).read()
    elif kind == _DATEMODE:
        book.from_1904 = bool(content[0])
    elif kind == _DRAWINGS:
        drawings += segments
    elif kind == _FORMAT:
        book.codes[struct.unpack_from("<H", content)[0]] = long_string(content[2:])
    elif kind == _FONT:
        if len(book.fonts) == 4:
            book.fonts.append(False)  # number 4 does not exist
        book.fonts.append(struct.unpack_from("<H", content, 4)[0] in _WHITES)
    elif kind == _XF:
        font, code = struct.unpack_from("<HH", content)
        (borders,) = struct.unpack_from("<I", content, 14)
        (colours,) = struct.unpack_from("<H", content, 18)
        ground = borders >> 26 and colours & 0x7F not in _WHITES
        book.forms.append((shown_format(code, book.codes.get(code, "")), bool(font < len(book.fonts) and book.fonts[font] and not ground)))


def _describes(kind: int, content: bytes, sheet: Sheet) -> bool:
    """Take what a record says about the sheet; False for records of cells."""
    if kind == _ROW and len(content) >= 14:
        if struct.unpack_from("<H", content, 12)[0] & 0x20:
            sheet.rows.add(struct.unpack_from("<H", content)[0])
    elif kind == _COLINFO and len(content) >= 10:
        first, final, _width, _form, options = struct.unpack_from("<HHHHH", content)
        if options & 1:
            sheet.columns.append((first, final))
    elif kind in (_HEADER, _FOOTER):
        if len(content) > 3:
            sheet.texts.append(("页眉" if kind == _HEADER else "页脚", long_string(content)))
    else:
        return False
    return True


def _cell(kind: int, content: bytes, sheet: Sheet, book: Book) -> tuple[int, int, int] | None:
    """Add the record's cells; returns the place of a formula whose text comes in the next record."""
    if kind not in (_FORMULA, _NUMBER, _LABEL, _BOOLERR, _RK, _LABELSST, _RSTRING, _MULRK):
        return None
    row, column, form = struct.unpack_from("<HHH", content)
    value: float | str | None
    if kind == _MULRK:
        for index in range((len(content) - 6) // 6):
            form, raw = struct.unpack_from("<HI", content, 4 + 6 * index)
            _add(sheet, book, row, column + index, form, packed(raw))
        return None
    if kind == _LABELSST:
        (index,) = struct.unpack_from("<I", content, 6)
        if index >= len(book.strings):
            raise DamagedError
        value = book.strings[index]
    elif kind in (_LABEL, _RSTRING):
        value = long_string(content[6:])
    elif kind == _RK:
        value = packed(struct.unpack_from("<I", content, 6)[0])
    elif kind == _NUMBER:
        value = float(struct.unpack_from("<d", content, 6)[0])
    else:
        value = error_or_truth(content) if kind == _BOOLERR else formula_result(content)
    if value is None:
        return row, column, form
    _add(sheet, book, row, column, form, value)
    return None


def _add(sheet: Sheet, book: Book, row: int, column: int, form: int, value: float | str) -> None:
    if isinstance(value, float):
        code = book.forms[form][0] if form < len(book.forms) else ""
        shown = shown_number(repr(value), code, book.from_1904)
        if shown:
            sheet.cells.append((row, column, form, shown))
    elif value.strip():
        sheet.cells.append((row, column, form, (value, False)))
