"""Reads a finished bulletin (docx, html, txt) back into its prose and its annexes' rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.errors import UnreadableError, UsageError
from core.text import squeeze

MAX_BYTES = 64 * 1024 * 1024
GRADE_WORDS = ("优秀", "良好", "合格", "不合格", "未能核实")
Grid = list[list[str]]
# The header words by which an annex is known, whatever its number in the document; annex 4 has the words of annex 1 too.
KNOWN_BY: tuple[tuple[int, tuple[str, ...]], ...] = (
    (4, ("是否按期报送",)),
    (1, ("保障栏目", "更新周期", "评定等次")),
    (2, ("上传条数", "发布条数")),
    (3, ("账号名称", "原创信息应更新数")),
    (5, ("生成事件数量", "受理事件数量")),
)
WIDTHS = {1: 6, 3: 11, 4: 8, 5: 8}


@dataclass(frozen=True, slots=True)
class Bulletin:
    """`prose` is everything before the first annex, without blanks; `annexes`: number → rows (header left out, merged cells filled)."""

    prose: str
    annexes: dict[int, Grid] = field(default_factory=dict)


def read_bulletin(path: Path) -> Bulletin:
    """Read a docx, html or txt bulletin; UsageError for a missing file or another kind, UnreadableError for a damaged one."""
    readers = {".docx": _docx, ".html": _html, ".htm": _html, ".txt": _txt}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise UsageError(f"{path}：只能核对 docx、html、txt 格式的通报，请另存后再试")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableError(f"{path}：文件超过 {MAX_BYTES // 1024 // 1024} MB，不像一份通报，未读取")
        content = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{path}：文件不存在，请检查路径") from None
    except OSError as error:
        raise UnreadableError(f"{path}：读不了（{error.strerror}），请检查权限") from None
    return _assemble(reader(path, content))


def _assemble(parts: Sequence[str | Grid]) -> Bulletin:
    first = next((index for index, part in enumerate(parts) if not isinstance(part, str)), len(parts))
    prose = squeeze("".join(part for part in parts[:first] if isinstance(part, str)))
    pages: dict[int, list[Grid]] = {}
    for part in parts:
        if not isinstance(part, str) and (number := _which(part)):
            pages.setdefault(number, []).append(part)
    annexes = {number: _rows(number, grids) for number, grids in pages.items()}
    return Bulletin(prose, {number: rows for number, rows in annexes.items() if rows})


def _which(grid: Grid) -> int | None:
    """The annex a table belongs to: by its header, or, for a page without one, by the form of annex 1."""
    head = squeeze("".join("".join(row) for row in grid[:2]))
    for number, words in KNOWN_BY:
        if all(word in head for word in words):
            return number
    cycles = sum(any(re.search(r"条/(月|季度|半年|年)|实时更新", squeeze(cell)) for cell in row) for row in grid)
    return 1 if cycles and all(len(row) <= 6 for row in grid) else None


def _rows(number: int, grids: Sequence[Grid]) -> Grid:
    """The annex's rows in one form: 4 cells in annexes 1 and 2, else as wide as printed; rows of another width are none of it."""
    rows = [[cell.strip() for cell in row] for grid in grids for row in _below_header(number, grid)]
    if number == 2:
        return [row[start : start + 4] for row in rows if len(row) in (4, 5, 8) for start in _units_at(row) if row[start]]
    return list(_filled(number, [row for row in rows if len(row) == WIDTHS[number]]))


def _below_header(number: int, grid: Grid) -> Grid:
    words = next(words for annex, words in KNOWN_BY if annex == number)
    return grid[1:] if any(words[0] in squeeze(cell) for cell in grid[0]) else grid


def _units_at(row: Sequence[str]) -> tuple[int, ...]:
    """Where the units stand in a row of annex 2: after its number, or once in each half of the printed form."""
    return (0, 4) if len(row) == 8 else (1,) if len(row) == 5 else (0,)


def _filled(number: int, rows: Grid) -> Iterator[list[str]]:
    """Rows with the cells that a merge left empty filled from above (unit of annexes 1, 4, 5 and the grade of 5)."""
    above: list[str] = []
    for row in rows:
        if number == 5 and above and not row[0]:
            row = [above[0], *row[1:7], row[7] or above[7]]
        if number == 4 and above:
            row = [row[0], row[1] or above[1], *row[2:]]
        if number == 1:
            row = _column_row(row, above)
        above = row
        yield row


def _column_row(row: list[str], above: list[str]) -> list[str]:
    """A row of annex 1 as [unit, column and cycle, shown, grade], also where a page's cells have slipped."""
    starts = bool(row) and row[0].isdecimal()
    cells = [cell for cell in row if cell]
    grade = cells.pop() if cells and cells[-1] in GRADE_WORDS else ""
    unit = row[1] if starts else above[0] if above else ""
    shown = cells[-1] if cells and (cells[-1].isdecimal() or cells[-1] in ("/", "未能核实")) else ""
    return [unit, "", shown, grade or (above[3] if above and not starts else "")]


def _docx(path: Path, content: bytes) -> list[str | Grid]:
    import io
    import zipfile

    import docx
    from docx.opc.exceptions import PackageNotFoundError
    from docx.table import Table
    from lxml.etree import LxmlError

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(member.file_size for member in archive.infolist()) > 4 * MAX_BYTES:
                raise UnreadableError(f"{path}：展开后过大，不像一份通报，未读取")
        document = docx.Document(io.BytesIO(content))
        parts: list[str | Grid] = []
        for item in document.iter_inner_content():
            parts.append([[cell.text for cell in row.cells] for row in item.rows] if isinstance(item, Table) else item.text)
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, ValueError, LxmlError):
        raise UnreadableError(f"{path}：不是完好的 docx 文件，请用 Word 重新保存后再试") from None
    return [_span_once(part) if not isinstance(part, str) else part for part in parts]


def _span_once(grid: Grid) -> Grid:
    """A total's label over two columns is told twice by the reader; the second is dropped."""
    return [[row[0], "", *row[2:]] if len(row) > 2 and row[0] == row[1] == "合计" else row for row in grid]


def _html(path: Path, content: bytes) -> list[str | Grid]:
    from bs4 import BeautifulSoup, NavigableString, Tag

    soup = BeautifulSoup(content, "lxml")
    for hidden in soup(["script", "style", "title", "head"]):
        hidden.decompose()
    if soup.body is None:
        raise UnreadableError(f"{path}：里面没有网页内容")
    parts: list[str | Grid] = []
    for node in soup.body.descendants:
        inside = node.find_parent("table") is not None
        if isinstance(node, Tag) and node.name == "table" and not inside:
            parts.append(_html_grid(node.find_all("tr")))
        elif isinstance(node, NavigableString) and not inside:
            parts.append(str(node))
    return parts


def _html_grid(lines: Sequence[object]) -> Grid:
    """The cells of a table, each repeated where it spans (a label over several columns only once)."""
    grid: dict[tuple[int, int], str] = {}
    for index, line in enumerate(lines):
        column = 0
        for cell in line.find_all(["td", "th"]):  # type: ignore[attr-defined]
            while (index, column) in grid:
                column += 1
            height, width = _span(cell.get("rowspan")), _span(cell.get("colspan"))
            for row in range(index, min(index + height, len(lines))):
                for offset in range(width):
                    grid[row, column + offset] = cell.get_text() if offset == 0 else ""
            column += width
    width = max((column for _, column in grid), default=-1) + 1
    return [[grid.get((row, column), "") for column in range(width)] for row in range(len(lines))]


def _span(value: object) -> int:
    return min(max(int(str(value)), 1), 5000) if str(value or "").isdecimal() else 1


def _txt(path: Path, content: bytes) -> list[str | Grid]:
    """Lines with tabs are table rows; a line without one ends the table."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableError(f"{path}：文字编码不认识，请另存为 UTF-8 后再试")
    parts: list[str | Grid] = []
    for line in text.splitlines():
        if "\t" not in line:
            parts.append(line)
        elif parts and not isinstance(parts[-1], str):
            parts[-1].append(line.split("\t"))
        else:
            parts.append([line.split("\t")])
    return parts
