"""Cells of a worksheet written anew in the source of its part: the masked words in place of a number, a date or a formula's result."""

import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from xml.sax.saxutils import escape

from crawler.documents.xlsx_values import column_index

_TOKEN = re.compile(r"<((?:[\w.-]+:)?)(row|c)\b([^>]*?)(/?)>")
_REFERENCE = re.compile(r"\br\s*=\s*[\"']([^\"']*)[\"']")
_DROPPED = re.compile(r"\s(?:t|cm|vm)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_FORMULA = re.compile(r"<((?:[\w.-]+:)?)f\b([^>]*?)(?:/>|>(.*?)</\1f>)", re.S)
_SHARED = re.compile(r"\bsi\s*=\s*[\"'](\d+)[\"']")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: int
    start: int
    end: int
    prefix: str
    attributes: str
    inside: Span


def rewritten(source: str, wanted: Mapping[tuple[int, int], str], formulas: Set[int]) -> tuple[dict[Span, str], bool]:
    """Replacements for cells by (row, column) from 0 and for cells whose formula starts at one of `formulas`; and whether any formula went.

    A formula whose result is masked would bring it back when recalculated: it goes, the masked result stays. Formulas shared with such a cell go too.
    """
    spans: dict[Span, str] = {}
    groups: set[str] = set()
    shared: list[tuple[str, Span]] = []
    gone = False
    for cell in _cells(source):
        formula = _FORMULA.search(source, *cell.inside)
        text = wanted.get((cell.row, cell.column))
        doomed = formula is not None and (text is not None or any(formula.start() <= place <= formula.end() for place in formulas))
        if formula is not None and (group := _SHARED.search(formula[2])):
            shared.append((group[1], formula.span()))
            if doomed:
                groups.add(group[1])
        if text is not None:
            spans[cell.start, cell.end] = _written(cell, text)
        elif doomed and formula is not None:
            spans[formula.span()] = ""
        gone = gone or doomed
    for name, span in shared:
        if name in groups:
            spans[span] = ""
    return spans, gone


def _written(cell: _Cell, text: str) -> str:
    p = cell.prefix
    attributes = _DROPPED.sub("", cell.attributes)
    return f'<{p}c{attributes} t="inlineStr"><{p}is><{p}t xml:space="preserve">{escape(text)}</{p}t></{p}is></{p}c>'


def _cells(source: str) -> Iterator[_Cell]:
    row, column, position = -1, -1, 0
    while found := _TOKEN.search(source, position):
        position = found.end()
        reference = _REFERENCE.search(found[3])
        if found[2] == "row":
            row, column = (int(reference[1]) - 1 if reference else row + 1), -1
            continue
        column = column_index(reference[1]) if reference else column + 1
        inside = (found.end(), found.end())
        if not found[4]:
            close = f"</{found[1]}c>"
            end = source.index(close, position)
            inside, position = (found.end(), end), end + len(close)
        yield _Cell(row, column, found.start(), position, found[1], found[3], inside)
