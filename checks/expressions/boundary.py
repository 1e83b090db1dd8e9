"""Word boundaries by jieba: does a hit end where a word ends (新疆省|政府) or inside another one (新疆|省级)?"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

_WINDOW = 6


class Words:
    """A jieba dictionary that does not know the wrong forms themselves; loaded at the first question (about one second)."""

    def __init__(self, wrong: Iterable[str]) -> None:
        self._wrong = tuple(wrong)

    def bounded(self, text: str, start: int, end: int, sides: str) -> bool:
        """True when no word of the dictionary straddles the asked edges (`start`, `end`, `both`) of the hit."""
        low = max(0, start - _WINDOW)
        position, edges = low, {low}
        for word in _dictionary(self._wrong).cut(text[low : end + _WINDOW], HMM=False):
            position += len(word)
            edges.add(position)
        return (sides == "end" or start in edges) and (sides == "start" or end in edges)

    def known(self, text: str, position: int) -> bool:
        """True when a dictionary word of two to four characters covers `position`."""
        frequencies: dict[str, int] = _dictionary(self._wrong).FREQ
        return any(
            frequencies.get(text[start : start + length], 0) > 0
            for length in (2, 3, 4)
            for start in range(max(0, position - length + 1), position + 1)
            if start + length <= len(text)
        )


@lru_cache(maxsize=1)
def _whole_dictionary() -> Any:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


@lru_cache(maxsize=2)
def _dictionary(wrong: tuple[str, ...]) -> Any:
    import jieba

    whole, tokenizer = _whole_dictionary(), jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = dict(whole.FREQ), whole.total, True
    for form in wrong:
        if tokenizer.FREQ.get(form):
            tokenizer.FREQ[form] = 0
    return tokenizer
