"""Lines that end only because their column does: what was one word is one again.

A line was wrapped where the first word of the next would not have fitted behind it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from crawler.documents.layout import Piece, Row

# What word processors keep together: a run of Latin letters, digits and signs, or one Chinese character, with the marks that may not begin or end a line.
_TOKEN = re.compile(r"[（《“‘〔【]*(?:[!-~]+|\S)[，。、；：！？）》”’〕】]*")
_NUMBER = re.compile("[0-9X]{11,}")
_ENDS = ("。", "！", "？", "；")
_SAME, _SLACK = 3.0, 3.0  # points by which edges that should be one may differ, and a line may end early
_PITCH = 2.0  # heights from one line of a cell to the next
_FULL = 22.0  # heights; shorter lines fill no page
_HANGING = 6.0  # the ink of an opening bracket begins in the middle of its square
PADDING = 6.0  # between a cell's border and its text, at most what office programs put there


def wrapped(above: Piece, below: Piece, right: float) -> bool:
    """True when the first word of `below` would not have fitted between the end of `above` and `right`, and neither shows a new paragraph."""
    indented = below.x0 - above.x0 > (below.y1 - below.y0)
    return not indented and not above.text.endswith(_ENDS) and above.x1 + _first(below) > right - _SLACK


def joined(lines: Sequence[Piece], right: float) -> str:
    """The lines of one cell; those that were wrapped run on, the others stay lines."""
    text = lines[0].text
    for above, below in pairwise(lines):
        text += _seam(text, below.text) if wrapped(above, below, right) else "\n"
        text += below.text
    return text


def running(lines: Sequence[Piece]) -> str:
    """Running text: lines that reach its right edge run on, where lines are long enough to have one."""
    edge = max(line.x1 for line in lines)
    full = any(line.x1 - line.x0 >= _FULL * (line.y1 - line.y0) for line in lines)
    return joined(lines, edge) if full else "\n".join(line.text for line in lines)


def unfolded(rows: Sequence[Row]) -> list[Row]:
    """Rows of a table without ruled lines: a line whose every piece continues the piece right above it belongs to the row above."""
    found: list[Row] = []
    lasts: Row = []  # of each column of the row being read, the line read last
    starts = sorted(piece.x0 for row in rows if len(row) > 1 for piece in row)
    edge = max((piece.x1 for row in rows for piece in row), default=0.0)
    for row in rows:
        places = _places(row, lasts, [piece.x0 for piece in found[-1]] if found else [], (starts, edge))
        if places is None:
            found.append(list(row))
            lasts = list(row)
            continue
        for place, piece in zip(places, row, strict=True):
            whole = found[-1][place]
            text = whole.text + _seam(whole.text, piece.text) + piece.text
            found[-1][place] = Piece(min(whole.x0, piece.x0), whole.y0, max(whole.x1, piece.x1), piece.y1, text)
            lasts[place] = piece
    return found


def _places(row: Row, lasts: Row, lefts: Sequence[float], bounds: tuple[Sequence[float], float]) -> list[int] | None:
    """The columns (they begin at `lefts`) that the pieces of `row` continue; None where they begin a row of their own."""
    if len(lasts) < 2 or len(row) >= len(lasts):
        return None
    height = max(piece.y1 - piece.y0 for piece in (*row, *lasts))
    places = []
    for piece in row:
        place = next((number for number, left in enumerate(lefts) if abs(left - piece.x0) <= _SAME + _HANGING * piece.text.startswith(("（", "("))), None)
        if place is None or piece.middle - lasts[place].middle > _PITCH * height or not _continues(lasts[place], piece, *bounds):
            return None
        places.append(place)
    return None if 0 in places and (len(row) > len(lasts) / 2 or row[0].text.isascii()) else places


def _continues(above: Piece, below: Piece, starts: Sequence[float], edge: float) -> bool:
    """Whether a piece goes on in the piece below it: no number of its own, and the column, which ends before the next one starts, was full; a remark in brackets always."""
    if _NUMBER.fullmatch(above.text) and _NUMBER.fullmatch(below.text):
        return False
    beyond = bisect_right(starts, above.x1 + _SAME)
    return below.text.startswith(("（", "(")) or wrapped(above, below, starts[beyond] - 2 * PADDING if beyond < len(starts) else edge)


def _first(piece: Piece) -> float:
    """Width of the first word."""
    token = _TOKEN.search(piece.text)
    if token is None:
        return 0.0
    return (piece.x1 - piece.x0) * _weight(token[0]) / max(_weight(piece.text), 1.0)


def _weight(text: str) -> float:
    return sum(1.0 if ord(char) < 0x2E80 else 2.0 for char in text)


def _seam(before: str, after: str) -> str:
    """A blank between two Latin words, nothing elsewhere."""
    return " " if before[-1:].isascii() and before[-1:].isalpha() and after[:1].isascii() and after[:1].isalpha() else ""
