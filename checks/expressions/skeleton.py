"""The text that phrases are searched in: folded, without quotation marks and without blanks between Chinese characters.

Most texts have nothing to fold or drop, so each step is tried only where one fast look finds a reason; the way back is worked out when a mistake is.
"""

import re
from bisect import bisect_right
from functools import lru_cache

from core.text import Folded, fold

QUOTES = "\"“”'‘’「」『』〝〞"
_NARROW_QUOTES = "\"'"  # wide ones fold to these
_HAN = "\u3400-\u9fff"
_DROPPED = re.compile(f"[{QUOTES}]|(?<=[{_HAN}])[ \\t]+(?=[{_HAN}])")
_DROPPED_WRAPPED = re.compile(f"[{QUOTES}]|(?<=[{_HAN}、，])[ \\t\\r]*\\n?[ \\t]*(?=[{_HAN}])")
_BLANKS = re.compile(f"[ \\t](?<=[{_HAN}][ \\t])[ \\t]*(?=[{_HAN}])")  # between Chinese characters; begins with a character so that the search can leap
_UNUSUAL = re.compile(
    "[\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u2000-\u2015\u2028-\u202f\u205f-\u206f\u2212\u3000\ufe00-\ufe0f\ufe58\ufe63\ufeff\uff01-\uff5e“”‘’「」『』〝〞]"
)


class Skeleton:
    """`text` with a way back to the folded and to the original text."""

    __slots__ = ("_map", "folded", "text", "wrapped")

    def __init__(self, text: str, folded: Folded, wrapped: bool) -> None:
        self.text = text
        self.folded = folded
        self.wrapped = wrapped
        self._map: tuple[list[int], list[int]] | None = None if text is not folded.text else ([0], [0])

    def folded_span(self, start: int, end: int) -> tuple[int, int]:
        """The range in the folded text, without what was dropped at its edges."""
        return start + self._shift(start), end - 1 + self._shift(end - 1) + 1

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range in the original text."""
        return self.folded.span(*self.folded_span(start, end))

    def unbroken(self, start: int, end: int) -> bool:
        """True when nothing was dropped inside the range."""
        return self._shift(start) == self._shift(end - 1)

    def _shift(self, position: int) -> int:
        if self._map is None:
            self._map = _map(self.folded.text, self.wrapped)
        starts, shifts = self._map
        return shifts[bisect_right(starts, position) - 1]


def skeleton(text: str, wrapped: bool = False) -> Skeleton:
    """`wrapped`: line ends inside the text are where the paper ended (PDF, pictures), so they are dropped like blanks."""
    unusual = set(_UNUSUAL.findall(text))
    folded = _folded(text, unusual)
    bare = folded.text
    if wrapped:
        bare = _DROPPED_WRAPPED.sub("", bare)
    else:
        if " " in bare or "\t" in bare:
            bare = _BLANKS.sub("", bare)
        for mark in QUOTES:
            if mark in unusual or (mark in _NARROW_QUOTES and mark in bare):
                bare = bare.replace(mark, "")
    return Skeleton(folded.text if len(bare) == len(folded.text) else bare, folded, wrapped)


def _map(text: str, wrapped: bool) -> tuple[list[int], list[int]]:
    """Where the skeleton resumes after each gap, and how far the folded text is ahead from there on."""
    starts, shifts, last, length = [0], [0], 0, 0
    for gap in (_DROPPED_WRAPPED if wrapped else _DROPPED).finditer(text):
        if gap.start() == gap.end():
            continue
        length += gap.start() - last
        last = gap.end()
        starts.append(length)
        shifts.append(last - length)
    return starts, shifts


def _folded(text: str, unusual: set[str]) -> Folded:
    """The same as `core.text.fold`, faster where only a few kinds of characters fold; `unusual` are those of `text` that may."""
    narrow = {char: _narrow(char) for char in unusual}
    if len(unusual) > 24 or "" in narrow.values():
        return fold(text)
    folded = text
    for char, plain in narrow.items():
        if char != plain:
            folded = folded.replace(char, plain)
    return Folded(folded, text, None)


@lru_cache(maxsize=512)
def _narrow(char: str) -> str:
    return fold(char).text
