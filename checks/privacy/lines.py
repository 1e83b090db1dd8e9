"""Lists drawn with blanks: lines of a page, a picture or a text file under a line of headers become cells."""

import re
from collections.abc import Iterator

from checks.privacy.leaks import Cell
from checks.privacy.policy import Words
from core.records import Block

_WORD = re.compile(r"[^\s|｜,，;；]+")
_FIRST = re.compile(r"\s*[^\s|｜,，;；]{1,16}[\s|｜,，;；]+[^\s|｜,，;；]{1,16}(?:$|[\s|｜,，;；])")
_LONG = re.compile(r"[0-9０-９]{7}")
_MAX_LINE, _MAX_WORDS = 200, 24


def header_words(line: str, words: Words) -> int:
    """How many words of a line name a column; 0 for a line of data or a sentence."""
    if len(line) > _MAX_LINE or not _FIRST.match(line) or "。" in line or _LONG.search(line):
        return 0
    parts = _WORD.findall(line)
    if not 2 <= len(parts) <= _MAX_WORDS or any(len(part) > 16 or part.endswith((":", "：")) for part in parts):
        return 0
    return sum(part[0] > "9" and bool(words.any_header.search(part)) for part in parts)


def cells(block: Block, words: Words, width: int, first_row: int) -> Iterator[Cell | int]:
    """The cells of lines under a header line; yields the header's width first when a new header line is met.

    `width`: of the header line carried over from the block before (0 none). A line of another width is left to the running text.
    """
    offset = 0
    for number, line in enumerate(block.text.split("\n")):
        named = header_words(line, words)
        if named >= 2:
            width = len(_WORD.findall(line))
            yield width
        parts = list(_WORD.finditer(line)) if width and len(line) <= _MAX_LINE else []
        if len(parts) == width and width:
            for column, found in enumerate(parts):
                yield Cell(block, offset + found.start(), found[0], first_row + number, column)
        elif "。" in line:
            width = 0
            yield 0
        offset += len(line) + 1
