"""Word boundaries by jieba: does a hit end where a word ends (新疆省|政府) or inside another one (新疆|省级)?"""

from collections.abc import Iterable
from itertools import pairwise
from math import inf, log

from core.dictionary import dictionary

_WINDOW = 6
_LONGEST = 8
_CROSSING = 15
_RARER = 500
_RARE = 12  # words that jieba's corpus hardly ever saw
_GRAMMAR = frozenset("的地得了着过和与及或在于以为是有把被将对向从到由等等也都又不")


class Words:
    """jieba's dictionary without the wrong forms themselves; loaded at the first question (about one second)."""

    def __init__(self, wrong: Iterable[str]) -> None:
        self._wrong = frozenset(wrong)

    def bounded(self, text: str, start: int, end: int, sides: str) -> bool:
        """True when no word of the dictionary straddles the asked edges (`start`, `end`, `both`) of the hit."""
        low = max(0, start - _WINDOW)
        edges = self._edges(text[low : end + _WINDOW], text[start:end])
        return (sides == "end" or start - low in edges) and (sides == "start" or end - low in edges)

    def loose(self, text: str, start: int, end: int, place: int) -> bool:
        """True when, within the hit, the character at `place` or its neighbour is left over as a word of one character (or a rare one): no sense comes of it."""
        low, frequencies = max(0, start - _WINDOW), dictionary().frequencies
        edges = sorted(self._edges(text[low : end + _WINDOW], text[start:end]))
        alone = set[int]()
        for left, right in pairwise(edges):
            if right == left + 1 or frequencies.get(text[low + left : low + right], 0) < _RARE:
                alone.update(range(left + low, right + low))
        return any(spot in alone and text[spot] not in _GRAMMAR for spot in (place - 1, place, place + 1) if start <= spot < end)

    def alone(self, text: str, start: int, end: int) -> bool:
        """True when the last two characters of the hit are each left over as a word of one character, and the very last is no word of grammar."""
        low = max(0, start - _WINDOW)
        edges = self._edges(text[low : end + _WINDOW], "")
        return {end - low, end - low - 1, end - low - 2} <= edges and text[end - 1] not in _GRAMMAR

    def is_word(self, form: str) -> bool:
        """True when the dictionary has this very form and no rule calls it wrong."""
        frequencies = dictionary().frequencies
        return form not in self._wrong and frequencies.get(form, 0) > 0

    def rivals(self, form: str, right: str) -> bool:
        """True when the form is a word of its own, and not one so rare that `right` is surely meant."""
        frequencies = dictionary().frequencies
        own = 0 if form in self._wrong else frequencies.get(form, 0)
        return own >= _RARE or own * _RARER > frequencies.get(right, 0)

    def gain(self, text: str, start: int, end: int, right: str, index: int) -> float:
        """How much likelier (natural logarithm) the surroundings read with `right` in the place of the hit, which differs from it in the character `index`.

        Negative infinity where a frequent word straddles the hit's edges, where that character is not left over as a word of one character, or where
        `right` would not be (part of) a word there either.
        """
        if self._crossed(text, start, end, right):
            return -inf
        low, high = max(0, start - _WINDOW), min(len(text), end + _WINDOW)
        score, edges = self._route(text[low:high], text[start:end])
        first, last = start - low, start - low + len(right)
        if not edges.issuperset((first, end - low, *((first + 1,) if len(right) == 2 else (first + index, first + index + 1)))):
            return -inf
        better, bounds = self._route(text[low:start] + right + text[end:high], "")
        if any(place in bounds for place in range(first + 1, last)):  # alone or within a longer word
            return -inf
        return better - score

    def _crossed(self, text: str, start: int, end: int, right: str) -> bool:
        """A quick look that spares most texts the reckoning: a word across either edge that is not far rarer than the word that is meant."""
        frequencies = dictionary().frequencies
        bound = frequencies.get(right, 0) / _CROSSING
        last = end - 1
        across = (text[max(0, start - 1) : start + 1], text[last : end + 1], text[max(0, start - 2) : start + 1], text[last : end + 2])
        return any(len(word) > 1 and frequencies.get(word, 0) > bound for word in across)

    def single(self, text: str, place: int) -> bool:
        """True when the character is left over as a word of one character."""
        low = max(0, place - _WINDOW)
        return {place - low, place - low + 1} <= self._edges(text[low : place + 1 + _WINDOW], "")

    def _edges(self, text: str, form: str) -> set[int]:
        return self._route(text, form)[1]

    def _route(self, text: str, form: str) -> tuple[float, set[int]]:
        """The likeliest way through `text` (jieba's own reckoning, without `form` and the other wrong forms): its score, and where its words begin and end."""
        known = dictionary()
        frequencies = known.frequencies
        total, size = log(known.total), len(text)
        best: list[tuple[float, int]] = [(0.0, 0)] * (size + 1)
        for start in range(size - 1, -1, -1):
            ways = [(log(frequencies.get(text[start]) or 1) - total + best[start + 1][0], start + 1)]
            for end in range(start + 2, min(size, start + _LONGEST) + 1):
                word = text[start:end]
                frequency = frequencies.get(word)
                if frequency is None:  # jieba lists the beginnings of all its words, with no frequency
                    break
                if frequency and word != form and word not in self._wrong:
                    ways.append((log(frequency) - total + best[end][0], end))
            best[start] = max(ways)
        edges, position = {0}, 0
        while position < size:
            position = best[position][1]
            edges.add(position)
        return best[0][0], edges
