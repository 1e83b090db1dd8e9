"""Marks: invisible numbers written behind the words of a copy, so that the reader's blocks tell where their words came from."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from core.errors import UnreadableError
from service.redact.forms import Node, Source, splice

# Private use characters of the last plane: nothing uses them, and every encoding of Unicode can write them.
_FIRST, _COUNT = 0x100000, 0xFFF0
_MARK = re.compile("[\U00100000-\U0010ffef]{2}")
_FOREIGN = re.compile("[\U00100000-\U0010fffd]")


class Stretch(NamedTuple):
    """Characters [start, end) of a block that end with the words of a node (by its number)."""

    node: int
    start: int
    end: int


class Marked:
    """The sources of a document with every node numbered."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self.places: list[tuple[Source, Node]] = []
        self.texts: dict[str, str] = {}
        for source in sources:
            if _FOREIGN.search(source.text):
                raise UnreadableError("文中含有无法识别的私用区字符，不能脱敏；请去掉这些字符后再试")
            marks: dict[tuple[int, int], str] = {}
            for node in source.nodes:
                if node.marked:
                    marks[node.end, node.end] = _mark(len(self.places))
                self.places.append((source, node))
            if marks:
                self.texts[source.name] = splice(source.text, marks)

    def words(self, node: int) -> str:
        """The words of a node as the source writes them."""
        source, place = self.places[node]
        return source.text[place.start : place.end]

    def unmark(self, text: str) -> tuple[str, list[Stretch]]:
        """The text without marks, and the stretches that lead back to nodes."""
        if not _MARK.search(text):
            return text, []
        parts: list[str] = []
        stretches: list[Stretch] = []
        last = length = 0
        for found in _MARK.finditer(text):
            part = text[last : found.start()]
            number = (ord(found[0][0]) - _FIRST) * _COUNT + ord(found[0][1]) - _FIRST
            if number < len(self.places):
                stretches.append(Stretch(number, length, length + len(part)))
            parts.append(part)
            length += len(part)
            last = found.end()
        return "".join([*parts, text[last:]]), stretches


def _mark(number: int) -> str:
    return chr(_FIRST + number // _COUNT) + chr(_FIRST + number % _COUNT)
