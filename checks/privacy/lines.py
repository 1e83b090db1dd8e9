"""Lists drawn with blanks, tabs or bars: lines of a page, a picture or a text file under a line of headers become cells; so do forms."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from checks.privacy.align import align, nature
from checks.privacy.context import header_kind
from checks.privacy.leaks import Cell
from checks.privacy.policy import Policy, Words
from checks.privacy.spots import spots
from core.records import Block
from core.text import fold, squeeze

_WORD = re.compile(r"[^\s|｜,，;；]+")
_STYLES = (  # how the words of a line are set apart, the most telling first
    (re.compile(r"[|｜]"), re.compile(r"[^|｜]+")),
    (re.compile(r"\t"), re.compile(r"[^\t]+")),
    (re.compile(r"\S[ \u3000]{2,}\S"), re.compile(r"\S+(?:[ \u3000\xa0]\S+)*")),
    (re.compile(r""), _WORD),
)
_BLANKS = 3  # the style that breaks at every blank
_FIRST = re.compile(r"[\s|｜]*[^\s|｜,，;；]{1,16}[\s|｜,，;；]+[^\s|｜,，;；]{1,16}(?:$|[\s|｜,，;；])")
_LONG = re.compile(r"[0-9０-９]{7}")
_STARRED = re.compile(r"[0-9]{3,6} ?[*＊×●]+(?:[ *＊×●]*[0-9]{0,6})")  # 6223 **** **** 5929
_PIECE = re.compile(r"[0-9０-９]{3,13}[XxＸｘ]?")
_NUMBER = re.compile(r"[0-9０-９]{3}")
_TELLING = re.compile(r"[0-9０-９]{5}")
_MAX_LINE, _MAX_WORDS, _MAX_LABEL = 240, 24, 12


class Part(NamedTuple):
    """A word of a line and where it starts in it."""

    start: int
    text: str


def _parts(line: str, style: int) -> list[Part]:
    """The words of a line in a style, blanks around them dropped; an empty place between tabs or bars stays as an empty word."""
    found = []
    for match in _STYLES[style][1].finditer(line):
        text = match[0].strip()
        if text:
            found.append(Part(match.start() + match[0].index(text), text))
    return found


def header_words(line: str, words: Words) -> int:
    """How many words of a line name a column; 0 for a line of data or a sentence."""
    if len(line) > _MAX_LINE or not _FIRST.match(line) or "。" in line or _LONG.search(line):
        return 0
    parts = _parts(line, _style(line))
    if not 2 <= len(parts) <= _MAX_WORDS or any(len(part.text) > 16 or part.text.endswith((":", "：")) or _NUMBER.search(part.text) for part in parts):
        return 0
    return sum(part.text[0] > "9" and bool(words.any_header.search(squeeze(part.text))) for part in parts)


def _style(line: str) -> int:
    return next(number for number, (sign, _) in enumerate(_STYLES) if sign.search(line))


class Drawing:
    """Reads lines in order; a table under its header line runs on over the blocks until a sentence or another header line."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._natures: list[str] = []
        self._style = _BLANKS
        self._row = 0
        self._form = False

    def cells(self, block: Block) -> Iterator[Cell | None]:
        """The cells of a block's lines; None where a table ends."""
        offset = 0
        for line in block.text.split("\n"):
            if len(line) <= _MAX_LINE:
                yield from self._line(block, line, offset)
            self._row += 1
            offset += len(line) + 1

    def _line(self, block: Block, line: str, offset: int) -> Iterator[Cell | None]:
        words = self._policy.words
        if header_words(line, words) >= 2 and not self._is_form(line):
            yield None
            self._style, self._form = _style(line), False
            parts = _parts(line, self._style)
            self._natures = [nature(squeeze(part.text), words) for part in parts]
            yield from self._placed(block, offset, parts, range(len(parts)))
        elif "。" in line:
            yield from self._end()
        elif self._natures:
            yield from self._data(block, line, offset)
        elif self._is_form(line):
            self._form = True
            parts = _parts(line, _style(line))
            yield from self._placed(block, offset, parts, range(len(parts)))
        elif self._form:
            yield from self._end()

    def _end(self) -> Iterator[None]:
        if self._natures or self._form:
            self._natures, self._form = [], False
            yield None

    def _placed(self, block: Block, offset: int, parts: list[Part], columns: "range | list[int]") -> Iterator[Cell]:
        for part, column in zip(parts, columns, strict=True):
            if column >= 0:
                yield Cell(block, offset + part.start, part.text, self._row, column)

    def _data(self, block: Block, line: str, offset: int) -> Iterator[Cell]:
        """A row: as many words as headers, or fitted to them by what the words can be."""
        style = self._style if _STYLES[self._style][0].search(line) else _style(line)
        parts = _parts(line, style)
        broken = any(_PIECE.fullmatch(one.text) and _PIECE.fullmatch(other.text) for one, other in pairwise(parts))
        if len(parts) == len(self._natures) and not broken:
            yield from self._placed(block, offset, parts, range(len(parts)))
        elif _TELLING.search(line) and len(parts) > 1:
            parts = self._merged(line, parts)
            if len(parts) <= len(self._natures) + 3:
                columns = range(len(parts)) if len(parts) == len(self._natures) else align([part.text for part in parts], self._natures, self._policy)
                yield from self._placed(block, offset, parts, columns)

    def _merged(self, line: str, parts: list[Part]) -> list[Part]:
        """The words, those that are one number written with blanks put together."""
        folded = fold(line)
        spans = [folded.span(hit.start, hit.end) for hit in spots(folded.text, self._policy.tables)]
        found: list[Part] = []
        for part in parts:
            end = part.start + len(part.text)
            inside = found and any(first <= found[-1].start < last and first < end <= last for first, last in spans)
            inside = inside or (found and bool(_STARRED.fullmatch(line, found[-1].start, end)))
            if inside:
                found[-1] = Part(found[-1].start, line[found[-1].start : end])
            else:
                found.append(part)
        return found

    def _is_form(self, line: str) -> bool:
        """Labels and values by turns, set apart by more than a blank: 住址 | 岳陈村3组12号 | 电话 | 138…"""
        style = _style(line)
        if style == _BLANKS or "：" in line or ":" in line:
            return False
        parts = [squeeze(part.text) for part in _parts(line, style)]
        if not 2 <= len(parts) <= 8 or len(parts) % 2:
            return False
        words = self._policy.words
        named = [len(part) <= _MAX_LABEL and bool(words.any_header.search(part)) and not _TELLING.search(part) for part in parts]
        kinds = [header_kind(part, words) for part, is_label in zip(parts, named, strict=True) if is_label]
        return any(kinds) and not any(named[1::2]) and any(named[0::2]) and (bool(_TELLING.search(line)) or all(named[0::2]))
