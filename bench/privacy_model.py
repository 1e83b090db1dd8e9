"""A county document apart from any format: paragraphs and tables whose personal values are marked, so that gold labels need no offsets."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from core.text import fold


class Run(NamedTuple):
    """A piece of text; `kind` names the leak it is, "" for plain text."""

    text: str
    kind: str = ""


Cell = str | Run | list[Run]


@dataclass(slots=True)
class Grid:
    """A table: rows of cells, each plain text, one value, or several pieces."""

    rows: list[list[Cell]]
    name: str = "Sheet1"

    def runs(self) -> Iterator[Run]:
        for row in self.rows:
            for cell in row:
                yield from pieces(cell)


@dataclass(slots=True)
class Paper:
    """A document: its title, and paragraphs (lists of pieces) and tables in order."""

    family: str
    title: str
    parts: list[Grid | list[Run]] = field(default_factory=list)

    def say(self, *parts: str | Run) -> "Paper":
        """Add a paragraph."""
        self.parts.append([part if isinstance(part, Run) else Run(part) for part in parts])
        return self

    def grid(self, rows: list[list[Cell]], name: str = "Sheet1") -> "Paper":
        """Add a table."""
        self.parts.append(Grid(rows, name))
        return self

    def runs(self) -> Iterator[Run]:
        yield Run(self.title)
        for part in self.parts:
            yield from part.runs() if isinstance(part, Grid) else part

    def gold(self) -> Counter[tuple[str, str]]:
        """(kind, bare value) → how often it stands in the document."""
        return Counter((run.kind, bare(run.text)) for run in self.runs() if run.kind)

    def size(self) -> int:
        """Characters in the document."""
        return sum(len(run.text) for run in self.runs())


def pieces(cell: Cell) -> Sequence[Run]:
    """The pieces of a cell."""
    if isinstance(cell, list):
        return cell
    return [cell if isinstance(cell, Run) else Run(cell)]


def words(cell: Cell) -> str:
    """The text of a cell."""
    return "".join(run.text for run in pieces(cell))


def bare(value: str) -> str:
    """A value without blanks, signs and case, to be compared."""
    return re.sub(r"[^0-9A-Z*\u4e00-\u9fff]", "", re.sub(r"[＊×●xX](?=[＊×●xX*])", "*", fold(value).text).upper())
