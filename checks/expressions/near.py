"""Near misses of long fixed phrases: one character inserted, dropped, exchanged or swapped with its neighbour, inside the phrase.

An edit leaves one half of the phrase whole; the automaton finds that half, the other half is compared here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from checks.expressions.boundary import Words
from checks.expressions.hits import Hit
from checks.expressions.variants import SHORTEST_LONG
from core.records import Severity
from core.rules import Pattern, Rule

_LONG = 8  # from here on one strange character is worth a look even where it happens to form a word
_VERY_LONG = 10  # nobody varies these by one character
_NUMERALS = frozenset("0123456789零〇一二三四五六七八九十百千万亿两几数每各")
# Words of grammar and degree that writers put into or leave out of a phrase without breaking it.
_GRAMMAR = frozenset("的地得之了着过和与及或并等等在于以为是有这那其该本我你他各每个些也都又再更最很不要")
_LAWFUL_INSERTS = _GRAMMAR | frozenset("化性型式大小新再副总")
_BRANCHES = frozenset("分支总")  # 县税务局 and its 县税务分局
_KINDS = {"insert": "多一字", "delete": "少一字", "exchange": "错一字", "swap": "两字颠倒", "word": "错一词"}


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a phrase, the anchor of its near misses; `offset` is where it starts in the phrase.

    Of `inner` and `outer`, the parts of the other half, one edit leaves one whole; `crossed` is the swap that leaves neither.
    """

    rule: Rule
    phrase: str
    text: str
    offset: int
    inner: str
    outer: str
    crossed: str

    @property
    def edge(self) -> str:
        """The outermost character of the other half; one edit moves it by one place at most."""
        return self.phrase[0] if self.offset else self.phrase[-1]

    @property
    def reach(self) -> int:
        """Where, counted from the half, the three places begin of which the edge is in one."""
        return -self.offset - 1 if self.offset else len(self.phrase) - 2

    @classmethod
    def both(cls, rule: Rule, phrase: str) -> tuple["Half", ...]:
        """The two halves of a phrase that is long enough, none otherwise."""
        middle = len(phrase) // 2
        if len(phrase) < SHORTEST_LONG:
            return ()
        outward = _split(phrase[:middle])
        return (
            cls(rule, phrase, phrase[:middle], 0, *_split(phrase[middle:])),
            cls(rule, phrase, phrase[middle:], middle, outward[1], outward[0], outward[2]),
        )

    @staticmethod
    def torn(phrase: str) -> Pattern | None:
        """The one near miss that leaves no half whole: the two characters at the seam swapped."""
        middle = len(phrase) // 2
        variant = phrase[: middle - 1] + phrase[middle] + phrase[middle - 1] + phrase[middle + 1 :]
        return Pattern(variant, phrase) if len(phrase) >= SHORTEST_LONG and variant != phrase else None


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
        self._parts: dict[int, set[str]] = {}

    def lawful(self, form: str) -> bool:
        """True when the form is (a part of) a phrase or a variant that some rule calls right."""
        size = len(form)
        if size not in self._parts:
            self._parts[size] = {text[start : start + size] for text in self._lawful.split("\n") for start in range(len(text) - size + 1)}
        return form in self._parts[size]

    def candidates(self, half: Half, text: str, start: int) -> Iterator[Hit]:
        """The near miss of the half's phrase around the half found at `start`, if there is one."""
        phrase, offset, strict = half.phrase, half.offset, bool(half.rule.options.get("strict"))
        if offset == 0:
            middle = len(half.text)
            edit = _edit(phrase[middle:], text[start + middle : start + len(phrase) + 1], strict)
            if edit is None:
                return
            low, high = start, start + middle + edit.length
            index = place = middle + edit.index
            place += start
        else:
            edit = _edit(phrase[:offset][::-1], text[max(0, start - offset - 1) : start][::-1], strict)
            if edit is None:
                return
            low, high, index = start - edit.length, start + len(half.text), offset - 1 - edit.index
            place = start - 1 - edit.index
        variant = text[low:high]
        if "\n" in variant or self.lawful(variant):
            return
        severity = self._severity(half.rule, phrase, text, edit, (low, high, index, place))
        if severity:
            yield Hit(low, high, variant, phrase, half.rule, severity, f"与固定表述“{phrase}”相差一处（{_KINDS[edit.kind]}）", near=True)

    def _severity(self, rule: Rule, phrase: str, text: str, edit: _Edit, where: tuple[int, int, int, int]) -> Severity | None:
        """None where the edit is a lawful variation; milder where the phrase became other words that make sense."""
        low, high, index, place = where
        expected, actual = phrase[index], text[place] if 0 <= place < len(text) else ""
        certain = bool(rule.options.get("certain"))  # a proper name, which nobody varies
        if edit.kind in ("swap", "word"):
            return rule.severity
        if (expected if edit.kind == "delete" else actual) in _NUMERALS and (edit.kind != "exchange" or expected in _NUMERALS):
            return None  # another number is another fact, not a slip
        if edit.kind == "delete":
            if not _han(expected) or (expected in _GRAMMAR and not certain):
                return None
        elif not _han(actual) or (not certain and actual in (_LAWFUL_INSERTS if edit.kind == "insert" else _GRAMMAR)):
            return None
        if edit.kind == "exchange" and not _han(expected):
            return None
        if certain and edit.kind == "insert" and actual in _BRANCHES:
            return None
        if certain or (edit.kind == "insert" and actual in (text[place - 1 : place], text[place + 1 : place + 2])):
            return rule.severity
        if edit.kind != "insert" and index >= len(phrase) - 2 and not self._words.bounded(text, low, high, "end"):
            return None  # 认真贯彻实|施 is not 认真贯彻落实
        if len(phrase) >= _VERY_LONG or self._words.loose(text, low, high, place):
            return rule.severity
        return "warning" if len(phrase) >= _LONG and rule.severity in ("veto", "error") else None


def _split(rest: str) -> tuple[str, str, str]:
    """Two parts of a half, and the half with the characters at their seam swapped: the one edit that leaves neither part whole."""
    middle = max(1, len(rest) // 2)
    return rest[:middle], rest[middle:], rest[: middle - 1] + rest[middle] + rest[middle - 1] + rest[middle + 1 :]


def plausible(half: Half, text: str, start: int) -> bool:
    """The part next to the half follows it, or the outer part stands about where it should."""
    inner, outer = half.inner, half.outer
    if half.offset:
        low = start - half.offset
        return text.endswith((inner, half.crossed), 0, start) or outer in text[max(0, low - 1) : low + len(outer) + 1]
    place = start + len(half.text)
    return text.startswith((inner, half.crossed), place) or outer in text[place + len(inner) - 1 : place + len(inner) + len(outer) + 1]


def _edit(expected: str, actual: str, strict: bool = False) -> _Edit | None:
    """The single edit that turns `expected` into the beginning of `actual`; None when there is none, or when it touches the outer end.

    `strict`: a word of two characters exchanged for another counts as one.
    """
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
    if (
        strict
        and index + 2 < size
        and actual[index + 2 : size] == expected[index + 2 :]
        and all(map(_han, actual[index : index + 2] + expected[index : index + 2]))
    ):
        return _Edit("word", index, size)
    return None


def _han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"
