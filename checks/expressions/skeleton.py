"""The text that phrases are searched in: folded, without quotation marks and without blanks between Chinese characters."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from core.text import Folded, fold

QUOTES = "\"“”'‘’「」『』〝〞"
_HAN = "\u3400-\u9fff"
_DROPPED = re.compile(f"[{QUOTES}]|(?<=[{_HAN}])[ \\t]+(?=[{_HAN}])")
_DROPPED_WRAPPED = re.compile(f"[{QUOTES}]|(?<=[{_HAN}、，])[ \\t\\r]*\\n?[ \\t]*(?=[{_HAN}])")


@dataclass(frozen=True, slots=True)
class Skeleton:
    """`text` with a way back: `starts[i]` in the skeleton is `starts[i] + shifts[i]` in the folded text."""

    text: str
    folded: Folded
    starts: tuple[int, ...]
    shifts: tuple[int, ...]

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
        return self.shifts[bisect_right(self.starts, position) - 1]


def skeleton(text: str, wrapped: bool = False) -> Skeleton:
    """`wrapped`: line ends inside the text are where the paper ended (PDF, pictures), so they are dropped like blanks."""
    folded = fold(text)
    pieces, starts, shifts, last, length = [], [0], [0], 0, 0
    for gap in (_DROPPED_WRAPPED if wrapped else _DROPPED).finditer(folded.text):
        if gap.start() == gap.end():
            continue
        pieces.append(folded.text[last : gap.start()])
        length += gap.start() - last
        last = gap.end()
        starts.append(length)
        shifts.append(last - length)
    if not pieces:
        return Skeleton(folded.text, folded, (0,), (0,))
    pieces.append(folded.text[last:])
    return Skeleton("".join(pieces), folded, tuple(starts), tuple(shifts))
