"""Tables drawn with lines both ways: their cells are where the lines say, merged ones and wrapped text included."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from crawler.documents.layout import Line, Piece, line_of, rows_of
from crawler.documents.wraps import PADDING, joined

_SAME = 2.5  # how near two lines are one
_MOST = 20_000  # cells; beyond that it is a drawing
_MOST_LINES = 1_000  # that are left when those in one line are one


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell by its upper left row and column, with its text."""

    row: int
    column: int
    text: str


def split(pieces: Sequence[Piece], across: Sequence[Line], down: Sequence[Line]) -> tuple[list[list[Cell]], list[Piece]]:
    """The tables from top to bottom, and the pieces that stand in none. Coordinates as pieces have them."""
    tables, left = [], list(pieces)
    across, down = _drawn(across), _drawn(down)
    if len(across) + len(down) > _MOST_LINES:
        return [], left
    for group in sorted(_groups(across, down), key=_area):
        inside: list[Piece] = []
        outside: list[Piece] = []
        frame = _Frame(*group)
        if not frame.usable:
            continue
        for piece in left:
            (inside if frame.holds(piece) else outside).append(piece)
        if inside:
            tables.append((frame.top, list(frame.cells(inside))))
            left = outside
    return [cells for _top, cells in sorted(tables, key=lambda table: table[0])], left


class _Frame:
    """One connected set of lines."""

    def __init__(self, across: Sequence[Line], down: Sequence[Line]) -> None:
        self._ys = _merged([y for y, _left, _right in across])
        self._xs = _merged([x for x, _top, _bottom in down])
        self._across, self._down = _spans(across, self._ys), _spans(down, self._xs)

    @property
    def usable(self) -> bool:
        """At least two columns (lines across alone part no columns), and no drawing."""
        return len(self._ys) >= 2 and len(self._xs) >= 3 and len(self._ys) * len(self._xs) <= _MOST

    @property
    def top(self) -> float:
        return self._ys[0]

    def holds(self, piece: Piece) -> bool:
        middle = (piece.x0 + piece.x1) / 2
        return self._xs[0] <= middle <= self._xs[-1] and self._ys[0] <= piece.middle <= self._ys[-1]

    def cells(self, pieces: Iterable[Piece]) -> Iterator[Cell]:
        """The cells that hold text, row by row."""
        owner = self._owners()
        content: dict[tuple[int, int], list[Piece]] = defaultdict(list)
        for piece in pieces:
            row = min(max(bisect_left(self._ys, piece.middle) - 1, 0), len(self._ys) - 2)
            column = min(max(bisect_left(self._xs, (piece.x0 + piece.x1) / 2) - 1, 0), len(self._xs) - 2)
            content[owner[row, column]].append(piece)
        right = {first: max(self._xs[column + 1] for (_row, column), other in owner.items() if other == first) for first in content}
        for (row, column), held in sorted(content.items()):
            lines = [line_of(line) for line in rows_of(held)]
            start = self._xs[column]
            padding = min(PADDING, max(0.0, min(line.x0 for line in lines) - start))
            yield Cell(row, column, joined(lines, right[row, column] - padding))

    def _owners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Each place of the grid → the first place of the cell that it is merged into."""
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(len(self._ys) - 1):
            for column in range(len(self._xs) - 1):
                left, above = owner.get((row, column - 1)), owner.get((row - 1, column))
                if left is not None and not _covered(self._down[column], self._ys[row], self._ys[row + 1]):
                    owner[row, column] = left
                elif above is not None and not _covered(self._across[row], self._xs[column], self._xs[column + 1]):
                    owner[row, column] = above
                else:
                    owner[row, column] = (row, column)
        return owner


def _drawn(lines: Iterable[Line]) -> list[Line]:
    """Strokes that lie in one line and meet, as one: each cell is often drawn for itself, and twice."""
    found: list[Line] = []
    for at, group in _near(lines):
        start, end = None, 0.0
        for low, high in sorted((low, high) for _at, low, high in group):
            if start is None or low > end + _SAME:
                if start is not None:
                    found.append((at, start, end))
                start, end = low, high
            end = max(end, high)
        if start is not None:
            found.append((at, start, end))
    return found


def _near(lines: Iterable[Line]) -> Iterator[tuple[float, list[Line]]]:
    """Lines whose fixed coordinate is (nearly) the same."""
    group: list[Line] = []
    for line in sorted(lines):
        if group and line[0] - group[0][0] > _SAME:
            yield group[0][0], group
            group = []
        group.append(line)
    if group:
        yield group[0][0], group


def _merged(values: Iterable[float]) -> list[float]:
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _SAME:
            found.append(value)
    return found


def _spans(lines: Iterable[Line], places: Sequence[float]) -> list[list[tuple[float, float]]]:
    """At each place the ranges that are drawn."""
    found: list[list[tuple[float, float]]] = [[] for _ in places]
    for at, start, end in lines:
        index = min(range(max(0, bisect_left(places, at - _SAME)), len(places)), key=lambda number: abs(places[number] - at))
        found[index].append((start, end))
    return found


def _covered(spans: Iterable[tuple[float, float]], start: float, end: float) -> bool:
    """Whether lines cover more than half of the way from `start` to `end`."""
    total, reached = 0.0, start
    for low, high in sorted(spans):
        low, high = max(low, reached), min(high, end)
        if high > low:
            total += high - low
            reached = high
    return total > 0.5 * (end - start)


def _groups(across: Sequence[Line], down: Sequence[Line]) -> list[tuple[list[Line], list[Line]]]:
    """Lines that touch one another, together; upright lines joined by those across that meet them."""
    parent = list(range(len(across) + len(down)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    order = sorted(range(len(down)), key=lambda number: down[number][0])
    xs = [down[number][0] for number in order]
    for index, (y, left, right) in enumerate(across):
        for place in range(bisect_left(xs, left - _SAME), len(xs)):
            if xs[place] > right + _SAME:
                break
            number = order[place]
            if down[number][1] - _SAME <= y <= down[number][2] + _SAME:
                parent[root(len(across) + number)] = root(index)
    found: dict[int, tuple[list[Line], list[Line]]] = defaultdict(lambda: ([], []))
    for index in range(len(parent)):
        if index < len(across):
            found[root(index)][0].append(across[index])
        else:
            found[root(index)][1].append(down[index - len(across)])
    return [group for group in found.values() if len(group[0]) >= 2 and len(group[1]) >= 2]


def _area(group: tuple[list[Line], list[Line]]) -> float:
    across, down = group
    return (max(line[0] for line in across) - min(line[0] for line in across)) * (max(line[0] for line in down) - min(line[0] for line in down))
