"""Ruled lines of a pdf page: they tell where rows and columns of a table end better than blanks do."""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.documents.layout import Line

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_STRAIGHT, _LONG = 1.0, 8.0
_MAX_SEGMENTS = 40_000
Point = tuple[float, float]


@dataclass(slots=True)
class Rules:
    """across: (y, left, right). down: (x, bottom, top). In page coordinates."""

    across: list[Line] = field(default_factory=list)
    down: list[Line] = field(default_factory=list)

    def part(self, left: float, right: float, y: float) -> bool:
        """Whether a line stands upright between two characters at the height y."""
        return any(left - 0.5 <= x <= right + 0.5 and bottom <= y <= top for x, bottom, top in self.down)


def load_rules(page: "PdfPage") -> Rules:
    """Straight strokes and edges of rectangles, from every path of the page."""
    import pypdfium2.raw as raw

    rules = Rules()
    count = 0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=3):
        count += raw.FPDFPath_CountSegments(item)
        if count > _MAX_SEGMENTS:
            break  # a drawing, not a table
        for (x0, y0), (x1, y1) in _strokes(item):
            if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) >= _LONG:
                rules.across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
            elif abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) >= _LONG:
                rules.down.append(((x0 + x1) / 2, min(y0, y1), max(y0, y1)))
    return rules


def _strokes(item: Any) -> Iterator[tuple[Point, Point]]:
    import pypdfium2.raw as raw

    matrix = item.get_matrix()
    x, y = ctypes.c_float(), ctypes.c_float()
    last: Point | None = None
    first: Point | None = None
    for index in range(raw.FPDFPath_CountSegments(item)):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            continue
        point = matrix.on_point(x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == raw.FPDF_SEGMENT_LINETO and last is not None:
            yield last, point
        last = point
        if raw.FPDFPathSegment_GetClose(segment) and first is not None:
            yield last, first


def heights(across: Sequence[Line], same: float = 2.5) -> list[float]:
    """The heights at which lines run through (nearly) the whole table, short ones inside merged cells left out; `same`: how near two are one."""
    merged: list[list[float]] = []
    for y, left, right in sorted(across):
        if merged and y - merged[-1][0] <= same:
            merged[-1][1] += right - left
        else:
            merged.append([y, right - left])
    widest = max((length for _y, length in merged), default=0.0)
    return [y for y, length in merged if length >= 0.5 * widest]
