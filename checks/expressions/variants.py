"""Near misses that are written out beforehand: characters that sound or look alike, neighbours swapped, one doubled.

Short phrases are searched for in all these forms; of long ones (see `near`) only the two outer characters need it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from checks.expressions.boundary import Words
from checks.expressions.hits import Hit
from core.rules import Rule

SHORTEST_LONG = 6  # from here on a half of the phrase is telling enough to be searched for itself
SHORTEST = 4
SHORTEST_CERTAIN = 3  # a proper name
_NUMERALS = frozenset("0123456789零〇一二三四五六七八九十百千万亿两几数每各")


@dataclass(frozen=True, slots=True)
class Variant:
    """A written-out near miss of `phrase`; `index` is the character that went wrong."""

    rule: Rule
    phrase: str
    form: str
    index: int


def variants(rule: Rule, phrase: str, confusable: Mapping[str, str]) -> Iterator[Variant]:
    """Every near miss of the phrase that is searched for literally."""
    size = len(phrase)
    if size < (SHORTEST_CERTAIN if rule.options.get("certain") else SHORTEST):
        return
    inner = range(size if rule.options.get("tail", True) else size - 1)  # the 市 of 北京市 sounds like many a word of grammar
    for index in (0, size - 1) if size >= SHORTEST_LONG else inner:
        for other in confusable.get(phrase[index], ""):
            if not (other in _NUMERALS and phrase[index] in _NUMERALS):
                yield Variant(rule, phrase, phrase[:index] + other + phrase[index + 1 :], index)
    if size >= SHORTEST_LONG:
        yield Variant(rule, phrase, phrase + phrase[-1], size)
    if size >= SHORTEST_LONG:
        return
    for index in range(size - 1):
        one, two = phrase[index], phrase[index + 1]
        if one != two and size >= SHORTEST:
            yield Variant(rule, phrase, phrase[:index] + two + one + phrase[index + 2 :], index)
    for index in range(1, size - 1):
        yield Variant(rule, phrase, phrase[: index + 1] + phrase[index:], index + 1)


def prove(variant: Variant, text: str, start: int, end: int, words: Words) -> Hit | None:
    """The hit, unless the form is a word of its own, is cut out of other words, or reads as other words put together."""
    certain = bool(variant.rule.options.get("certain"))
    if words.is_word(variant.form) or not words.bounded(text, start, end, "both"):
        return None
    if (not certain or variant.index == len(variant.phrase)) and not words.loose(text, start, end, start + variant.index):
        return None
    note = f"与固定表述“{variant.phrase}”相差一处（形近、音近或颠倒）"
    return Hit(start, end, text[start:end], variant.phrase, variant.rule, variant.rule.severity, note, near=True)


SHORTEST_ENDING = 7


def ending(rule: Rule, phrase: str, text: str, start: int, end: int, words: Words) -> Hit | None:
    """All of a long phrase but its last character stands at [start, end): a mistake where another character follows that makes no sense there."""
    told = text[end : end + 1]
    if told == phrase[-1] or not "\u3400" <= told <= "\u9fff" or told in _NUMERALS:
        return None
    strict = rule.options.get("strict") and not "\u3400" <= text[end + 1 : end + 2] <= "\u9fff"  # nothing follows that the character could belong to
    if not strict and (
        words.is_word(phrase[-2] + told)
        or words.is_word(text[end : end + 2])
        or not words.bounded(text, start, end + 1, "both")
        or not words.alone(text, start, end + 1)
    ):
        return None
    return Hit(start, end + 1, text[start : end + 1], phrase, rule, rule.severity, f"与固定表述“{phrase}”相差一处（错一字）", near=True)
