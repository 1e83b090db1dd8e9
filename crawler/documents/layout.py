"""Pieces of text with a box each → lines in reading order, and tables where columns stand under one another."""

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from core.records import Block
from crawler.documents.part import Part, Pieces

if TYPE_CHECKING:
    from crawler.documents.grid import Cell


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text in its box; y grows downwards."""

    x0: float
    y0: float
    x1: float
    y1: float
    text: str

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


Row = list[Piece]
Line = tuple[float, float, float]  # the fixed coordinate, from, to
Lines = tuple[Sequence[Line], Sequence[Line]]
MIN_ROWS = 3
MAX_WRAPPED = 12


def rows_of(pieces: Iterable[Piece]) -> list[Row]:
    """Pieces on one height together, from top to bottom and left to right."""
    ordered = sorted(pieces, key=lambda piece: piece.middle)
    if not ordered:
        return []
    height = median(piece.y1 - piece.y0 for piece in ordered) or 1.0
    rows: list[Row] = []
    for piece in ordered:
        if rows and piece.middle - _middle(rows[-1]) < 0.5 * min(height, max(piece.y1 - piece.y0, height / 2)):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in rows]


def line_of(row: Row) -> Piece:
    """What stands on one height, as one piece."""
    return Piece(
        row[0].x0, min(piece.y0 for piece in row), max(piece.x1 for piece in row), max(piece.y1 for piece in row), " ".join(piece.text for piece in row)
    )


def _ruled_rows(pieces: Iterable[Piece], rules: Sequence[float]) -> list[Row]:
    """Rows by height, but one row for each band between two rules that holds several columns."""
    heights = sorted(rules)
    if len(heights) < 2:
        return rows_of(pieces)
    bands: dict[int, list[Piece]] = {}
    for piece in pieces:
        bands.setdefault(bisect(heights, piece.middle), []).append(piece)
    found: list[Row] = []
    for number in sorted(bands):
        rows = rows_of(bands[number])
        columns = columns_of(rows, strict=True)
        if 0 < number < len(heights) and len(rows) > 1 and len(columns) > 1 and _is_row(rows, heights[number] - heights[number - 1]):
            found.append([_cell(bands[number], column) for column in columns])
        else:
            found += rows
    return found


def _is_row(rows: Sequence[Row], height: float) -> bool:
    """Whether lines in a band are wrapped cells: they fill it, and are few."""
    tallest = max(piece.y1 - piece.y0 for row in rows for piece in row)
    return len(rows) <= MAX_WRAPPED and height <= 3.0 * tallest * len(rows)


def _cell(pieces: Iterable[Piece], column: tuple[float, float]) -> Piece:
    """All pieces of one column of a band as one, its lines under one another."""
    inside = [piece for piece in pieces if column[0] <= (piece.x0 + piece.x1) / 2 <= column[1]]
    text = "\n".join(" ".join(piece.text for piece in row) for row in rows_of(inside))
    return Piece(column[0], min(piece.y0 for piece in inside), column[1], max(piece.y1 for piece in inside), text)


def _middle(row: Row) -> float:
    return sum(piece.middle for piece in row) / len(row)


def blocks(pieces: Iterable[Piece], part: Part, where: str, *, ocr: bool, rules: Sequence[float] = (), lines: Lines = ((), ())) -> Pieces:
    """Running lines as one block at `where`, then the cells of each table as `<where> 第3行第2列`.

    `rules` are the heights of ruled lines: what stands between two of them is one row, however its cells are wrapped.
    `lines` are exact ones, across (y, left, right) and upright (x, top, bottom): where both meet, they make the cells.
    """
    from crawler.documents import grid, wraps

    drawn, rest = grid.split(list(pieces), *lines)
    rows = _ruled_rows(rest, rules)
    texts: list[Piece] = []
    tables: list[list[grid.Cell]] = list(drawn)
    for run in _runs(rows if ocr else wraps.unfolded(rows)):
        if len(run) >= MIN_ROWS and len(columns_of(run)) >= 2:
            tables.append(list(_cells(run)))
        else:
            texts += [line_of(row) for row in run]
    if texts:
        text = "\n".join(line.text for line in texts) if ocr else wraps.running(texts)
        yield Block(text, where, part.file, ocr=ocr)
    for number, table in enumerate(tables):
        name = where if len(tables) == 1 else f"{where} 表{number + 1}"
        for cell in table:
            yield Block(cell.text, f"{name} 第{cell.row + 1}行第{cell.column + 1}列", part.file, name, cell.row, cell.column, ocr=ocr)


def _runs(rows: Sequence[Row]) -> list[list[Row]]:
    """Neighbouring rows of two pieces or more together, single-piece rows for themselves."""
    runs: list[list[Row]] = []
    for row in rows:
        if len(row) > 1 and runs and len(runs[-1][-1]) > 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def columns_of(rows: Sequence[Row], *, strict: bool = False) -> list[tuple[float, float]]:
    """The x ranges between gaps that (nearly) every row leaves free; unless `strict`, a piece glued over a gap in one of many rows does not close it."""
    edges = sorted((edge for row in rows for piece in row for edge in ((piece.x0, 1), (piece.x1, -1))), key=lambda edge: (edge[0], -edge[1]))
    allowed = 0 if strict else len(rows) // 6
    columns: list[tuple[float, float]] = []
    depth, start = 0, 0.0
    for x, step in edges:
        before, depth = depth, depth + step
        if before <= allowed < depth:
            start = x
        elif depth <= allowed < before:
            columns.append((start, x))
    return columns


def _cells(table: list[Row]) -> "Iterator[Cell]":
    """The cells of rows whose columns only blanks part."""
    from crawler.documents.grid import Cell

    columns = columns_of(table)
    for number, row in enumerate(table):
        cells: dict[int, list[str]] = {}
        for piece in row:
            cells.setdefault(_column(piece, columns), []).append(piece.text)
        for column, texts in cells.items():
            yield Cell(number, column, " ".join(texts))


def _column(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    """The first column that the piece covers to a good part; a piece glued over two columns belongs to the left one."""
    overlaps = [max(0.0, min(piece.x1, right) - max(piece.x0, left)) / max(1.0, min(right - left, piece.x1 - piece.x0)) for left, right in columns]
    best = max(overlaps)
    return next(index for index, share in enumerate(overlaps) if share >= 0.5 * best)
