"""What the scanners hand on: leaks in their blocks, and the cells of tables, real ones and those drawn with blanks."""

from typing import NamedTuple

from core.records import Block


class Cell(NamedTuple):
    """A cell: `text` starts at offset `base` of the block (0 for a real cell)."""

    block: Block
    base: int
    text: str
    row: int
    column: int


class Leak(NamedTuple):
    """A leak at [start, end) of the block's own text; level and role are looked up in the severity table. Lives in memory only."""

    block: Block
    start: int
    end: int
    kind: str
    level: str
    role: str
    value: str
    reasons: tuple[str, ...]
    column: int = -1
