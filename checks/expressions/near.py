"""Near misses of fixed phrases: one character inserted, dropped, exchanged or swapped with its neighbour, inside the phrase.

An edit leaves one half of the phrase whole; the automaton finds that half, the other half is compared here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.expressions.boundary import Words
from checks.expressions.hits import Hit
from core.records import Severity
from core.rules import Pattern, Rule

SHORTEST = 6  # below, a half is too common to mean the phrase
_LONG = 8  # from here on one strange character is a mistake even where it happens to form a word
_NUMERALS = frozenset("0123456789零〇一二三四五六七八九十百千万亿两几数每各")
# Words of grammar and degree that writers put into or leave out of a phrase without breaking it.
_GRAMMAR = frozenset("的地得之了着过和与及或并等等在于以为是有这那其该本我你他各每个些也都又再更最很不要")
_LAWFUL_INSERTS = _GRAMMAR | frozenset("化性型式大小新再副")
_KINDS = {"insert": "多一字", "delete": "少一字", "exchange": "错一字", "swap": "两字颠倒"}


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a phrase, the anchor of its near misses; `offset` is where it starts in the phrase."""

    rule: Rule
    phrase: str
    text: str
    offset: int

    @classmethod
    def both(cls, rule: Rule, phrase: str) -> tuple["Half", ...]:
        """The two halves of a phrase that is long enough, none otherwise."""
        middle = len(phrase) // 2
        if len(phrase) < SHORTEST:
            return ()
        return cls(rule, phrase, phrase[:middle], 0), cls(rule, phrase, phrase[middle:], middle)

    @staticmethod
    def torn(phrase: str) -> Pattern | None:
        """The one near miss that leaves no half whole: the two characters at the seam swapped."""
        middle = len(phrase) // 2
        variant = phrase[: middle - 1] + phrase[middle] + phrase[middle - 1] + phrase[middle + 1 :]
        return Pattern(variant, phrase) if len(phrase) >= SHORTEST and variant != phrase else None


@dataclass(frozen=True, slots=True)
class _Edit:
    """What happened: `kind`, where in the expected text, how many characters of the actual text it spans."""

    kind: str
    index: int
    length: int


class Near:
    """Proves near misses; `rules` tell which phrases and variants are lawful."""

    def __init__(self, rules: tuple[Rule, ...], words: Words) -> None:
        self._words = words
        self._lawful = "\n".join([text for rule in rules for text in (*rule.phrases, *rule.allow)])

    def candidates(self, half: Half, text: str, start: int) -> Iterator[Hit]:
        """The near miss of the half's phrase around the half found at `start`, if there is one."""
        phrase, offset = half.phrase, half.offset
        if text.startswith(phrase, start - offset) and start >= offset:
            return
        if offset == 0:
            middle = len(half.text)
            edit = _edit(phrase[middle:], text[start + middle : start + len(phrase) + 1])
            if edit is None:
                return
            low, high, index = start, start + middle + edit.length, middle + edit.index
            place = start + middle + edit.index
        else:
            edit = _edit(phrase[:offset][::-1], text[max(0, start - offset - 1) : start][::-1])
            if edit is None:
                return
            low, high, index = start - edit.length, start + len(half.text), offset - 1 - edit.index
            place = start - 1 - edit.index
        severity = self._severity(half.rule, phrase, text, edit, index, place)
        variant = text[low:high]
        if severity and "\n" not in variant and variant not in self._lawful:
            yield Hit(low, high, variant, phrase, half.rule, severity, f"与固定表述“{phrase}”相差一处（{_KINDS[edit.kind]}）", near=True)

    def _severity(self, rule: Rule, phrase: str, text: str, edit: _Edit, index: int, place: int) -> Severity | None:
        """None where the edit is a lawful variation; milder where a short phrase became another plausible one."""
        expected, actual = phrase[index], text[place] if 0 <= place < len(text) else ""
        certain = bool(rule.options.get("certain"))  # a proper name, which nobody varies
        if edit.kind == "swap":
            return rule.severity
        if (expected if edit.kind == "delete" else actual) in _NUMERALS and (edit.kind != "exchange" or expected in _NUMERALS):
            return None  # another number is another fact, not a slip
        if edit.kind == "delete":
            varied = not _han(expected) or (expected in _GRAMMAR and not certain)
            return None if varied else self._milder(rule, phrase, len(phrase) < _LONG - 1)
        if not _han(actual) or (not certain and actual in (_LAWFUL_INSERTS if edit.kind == "insert" else _GRAMMAR)):
            return None
        if edit.kind == "exchange" and not _han(expected):
            return None
        doubled = edit.kind == "insert" and actual in (text[place - 1 : place], text[place + 1 : place + 2])
        return self._milder(rule, phrase, not doubled and len(phrase) < _LONG and self._words.known(text, place))

    @staticmethod
    def _milder(rule: Rule, phrase: str, doubtful: bool) -> Severity:
        return "warning" if doubtful and not rule.options.get("certain") and rule.severity in ("veto", "error") else rule.severity


def _edit(expected: str, actual: str) -> _Edit | None:
    """The single edit that turns `expected` into the beginning of `actual`; None when there is none, or when it touches the outer end."""
    index = next((i for i, (one, other) in enumerate(zip(expected, actual, strict=False)) if one != other), None)
    if index is None:
        return None
    size = len(expected)
    if actual[index : index + 2] == expected[index : index + 2][::-1] and len(expected) >= index + 2 and actual[index + 2 : size] == expected[index + 2 :]:
        return _Edit("swap", index, size)
    if index == size - 1:  # the outer end: any other word may follow there, but for one that still ends in the phrase's last character
        return _Edit("insert", index, size + 1) if actual[index + 1 : size + 1] == expected[index:] else None
    if actual[index + 1 : size] == expected[index + 1 :]:
        return _Edit("exchange", index, size)
    if actual[index + 1 : size + 1] == expected[index:]:
        return _Edit("insert", index, size + 1)
    if actual[index : size - 1] == expected[index + 1 :]:
        return _Edit("delete", index, size - 1)
    return None


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
