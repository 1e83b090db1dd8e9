"""Tables that people hand in (csv, xlsx): rows of text under a header row found by its names."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.calendar import shanghai
from core.errors import UnreadableError
from core.text import squeeze
from crawler.parse.encoding import detect

MAX_ROWS = 200_000
_MAX_SHEET = 20 * 1024 * 1024
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """A header row and the rows below it, all text, as wide as the header at least; `header` is as written."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def column(self, names: Sequence[str]) -> int | None:
        """The column whose header is, or else contains, one of the names; earlier names first."""
        heads = [squeeze(head).lower() for head in self.header]
        for test in (lambda head, name: head == name, lambda head, name: name in head):
            for name in names:
                for index, head in enumerate(heads):
                    if head and test(head, squeeze(name).lower()):
                        return index
        return None


def sheets(data: bytes, name: str) -> list[list[list[str]]]:
    """All cells of a file as text, sheet by sheet; raises UnreadableError for what is no table."""
    if data.startswith((_ZIP, _OLE)):
        return _with_hyperlinks(data, list(_workbook(data, name)))
    return [_csv(data, name)]


def _csv(data: bytes, name: str) -> list[list[str]]:
    text = data.decode(detect(data), "replace").lstrip("\ufeff")
    if "\0" in text:
        raise UnreadableError(f"{name}：不是文本表格，请另存为 xlsx 或 csv 后重报")
    first = next((line for line in text.splitlines() if line.strip()), "")
    mark = max((",", "\t", ";", "，", "|"), key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark if first.count(mark) else ","))
    except csv.Error as error:
        raise UnreadableError(f"{name}：csv 格式有误，请用表格软件另存后重报") from error
    return [[cell.strip() for cell in row] for row in rows[:MAX_ROWS]]


def _workbook(data: bytes, name: str) -> Iterator[list[list[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for title in book.sheet_names:
            rows = book.get_sheet_by_name(title).to_python(skip_empty_area=False, nrows=MAX_ROWS)
            yield [[cell_text(cell) for cell in row] for row in rows]
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableError(f"{name}：电子表格无法打开（可能加密或损坏），请重新保存后报送") from error


def _with_hyperlinks(data: bytes, pages: list[list[list[str]]]) -> list[list[list[str]]]:
    """The addresses behind cells (a title that can be clicked) as further cells at the end of their rows."""
    for sheet, row, url in _hyperlinks(data):
        if sheet < len(pages) and row < len(pages[sheet]) and not any("://" in cell for cell in pages[sheet][row]):
            pages[sheet][row].append(url)
    return pages


def _hyperlinks(data: bytes) -> Iterator[tuple[int, int, str]]:
    """(sheet, row, address) of every hyperlink and HYPERLINK formula of an xlsx workbook; nothing where there is none to be had."""
    if not data.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = [info for info in package.infolist() if info.filename.startswith("xl/worksheets/") and info.file_size <= _MAX_SHEET]
            if not any(mark in package.read(info) for info in parts for mark in (b"<hyperlink", b"HYPERLINK(")):
                return
        from openpyxl import load_workbook

        book = load_workbook(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, KeyError, TypeError, NotImplementedError, RuntimeError):
        return  # the addresses are an extra: the cells themselves were read
    for number, title in enumerate(book.sheetnames):
        for row in getattr(book[title], "iter_rows", list)():
            for cell in row:
                formula = re.match(r'=HYPERLINK\(\s*"(https?://[^"]+)"', str(cell.value or ""), re.IGNORECASE)
                target = formula[1] if formula else cell.hyperlink.target if cell.hyperlink else None
                if target and str(target).startswith(("http://", "https://")):
                    yield number, cell.row - 1, str(target)


def cell_text(cell: object) -> str:
    """A cell as a person reads it: whole floats without `.0`, dates in ISO form."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return shanghai(cell).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell).strip()


def table_with(data: bytes, name: str, wanted: Sequence[Sequence[str]], accept: Callable[[Table], bool] = lambda table: True) -> Table | None:
    """The first table whose header row (within the first 10 rows of a sheet) has a column for each group of names and is accepted; None where no sheet has one."""
    for rows in sheets(data, name):
        for index, row in enumerate(rows[:10]):
            table = Table(tuple(row), tuple(tuple(cells) for cells in rows[index + 1 :] if any(cells)))
            if all(table.column(names) is not None for names in wanted) and accept(table):
                return table
    return None


def header_and_rows(data: bytes, name: str, expected: Sequence[str] = ()) -> Table:
    """The header row of a form: the row equal to `expected` where there is one, else the first row with at least two filled cells."""
    wanted = tuple(squeeze(head) for head in expected)
    pages = sheets(data, name)
    for rows in pages:
        for index, row in enumerate(rows[:10]):
            if wanted and tuple(squeeze(cell) for cell in _strip(row)) == wanted:
                return _below(rows, index)
    for rows in pages:
        for index, row in enumerate(rows[:10]):
            if sum(1 for cell in row if cell) >= min(2, max(1, len(wanted))):
                return _below(rows, index)
    raise UnreadableError(f"{name}：表中没有内容，请填好后重报")


def _strip(row: Sequence[str]) -> list[str]:
    cells = list(row)
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _below(rows: Sequence[Sequence[str]], index: int) -> Table:
    return Table(tuple(_strip(rows[index])), tuple(tuple(_strip(row)) for row in rows[index + 1 :] if any(row)))
