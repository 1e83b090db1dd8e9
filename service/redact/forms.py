"""A document taken apart for redaction: its source texts, the places in them where words stand, and a way to put it together again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

# How the characters of a node are written: as they are, with entities, or as spreadsheets write strings and printed headers.
Style = Literal["raw", "markup", "cell", "header"]
Cells = Mapping[tuple[str, int, int], str]  # (sheet, row, column) from 0 → the text to stand there


@dataclass(frozen=True, slots=True)
class Node:
    """Words at [start, end) of a source, blanks around them left out.

    marked: the reader is expected to tell them. group: nodes of one paragraph share it. judged: looked at even if the reader does not tell them.
    cached: must stay a number (a chart's or pivot table's copy), so it is replaced by 0. formula: the formula of a cell.
    """

    start: int
    end: int
    style: Style = "raw"
    group: int = 0
    marked: bool = True
    judged: bool = True
    cached: bool = False
    formula: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """One text of the document (the file itself, or an XML part of a package) with its nodes in order."""

    name: str
    text: str
    nodes: tuple[Node, ...]


@dataclass(slots=True)
class Edits:
    """What is to change: source → span → new text; cells to be written anew; formulas to be dropped, by where they start in their source."""

    spans: dict[str, dict[tuple[int, int], str]] = field(default_factory=dict)
    cells: dict[tuple[str, int, int], str] = field(default_factory=dict)
    formulas: dict[str, set[int]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.spans or self.cells or self.formulas)

    def replace(self, source: str, start: int, end: int, text: str) -> None:
        self.spans.setdefault(source, {})[start, end] = text


class Form(Protocol):
    """A document of one format. rewrites_cells: it can write single cells anew (`Edits.cells`)."""

    rewrites_cells: bool

    @property
    def sources(self) -> Sequence[Source]: ...

    def probe(self, texts: Mapping[str, str]) -> bytes:
        """The document with these sources in place of its own, for reading only: pictures and embedded files may be left out."""
        ...

    def edited(self, edits: Edits, numbers: Mapping[str, frozenset[int]]) -> bytes:
        """The document with the edits made and everything else as it was; `numbers` must not be in clear in any part that cannot be edited."""
        ...


def splice(text: str, spans: Mapping[tuple[int, int], str]) -> str:
    """The text with every span replaced; of overlapping ones the first wins."""
    parts: list[str] = []
    last = 0
    for (start, end), new in sorted(spans.items()):
        if start >= last:
            parts += [text[last:start], new]
            last = end
    return "".join([*parts, text[last:]])
