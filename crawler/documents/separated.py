"""Comma- or tab-separated tables: one block a cell; a quoted cell may hold line breaks."""

import csv
import io

from core.records import Block
from crawler.documents.limits import MIB
from crawler.documents.part import DamagedError, Part, Pieces
from crawler.documents.plain import decode


def read(data: bytes, part: Part) -> Pieces:
    """Cells as `第3行第2列`, rows counted as records; the table is named after the file."""
    text = decode(data)
    if text is None:
        raise DamagedError
    csv.field_size_limit(64 * MIB)
    table = part.name or "表1"
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    number = 0
    try:
        for number, row in enumerate(rows):
            part.budget.take_cells(len(row))
            if not number % 1000:
                part.budget.tick()
            for column, value in enumerate(row):
                if value.strip():
                    yield Block(value, f"第{number + 1}行第{column + 1}列", file=part.file, table=table, row=number, column=column)
    except csv.Error:
        yield part.unread("表格行无法解析，其余内容未检查；请另存为 xlsx 后提供", f"第{number + 2}行")


def _delimiter(text: str) -> str:
    """The separator that the first lines use most: comma, tab, semicolon or full-width comma."""
    head = "\n".join(text[:20_000].splitlines()[:20])
    counts = {mark: head.count(mark) for mark in ",\t;，|"}
    return max(counts, key=lambda mark: counts[mark]) if any(counts.values()) else ","
