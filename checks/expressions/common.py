"""Everyday words with one character exchanged for one that sounds or looks alike: 显箸, 损矢, 任劳认怨.

Rules with `options.common` list the words; `options.prior` is what they
are likelier in official writing than the dictionary says (logarithm), `options.also` names characters that sound nearly alike (识, 只). Every exchanged form is searched for; a hit is a mistake where the exchanged
character is left over as a word of one character and the sentence reads far likelier with the right word.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from checks.expressions.boundary import Words
from checks.expressions.hits import Hit
from core.rules import Rule, RuleSet

SURE, LIKELY = 10.0, 7.0  # gain (natural logarithm) from which on the word is certainly, or probably, meant
_SHORT, _SURE_SHORT = 2, 15.0  # so short a word may be one that no dictionary has: mostly a person should look
_NUMBERED = re.compile(r"[发函字电通复议任]{0,2}[〔\[［【(（][{1-9]")  # 眉政办函〔2023〕, and the same in a template
_COUNTED = frozenset("逐每各该本全某此这那首同双单几多数半")  # what stands before almost any noun or measure: 逐件, 每户
_PERSON = 3.0  # what a gain is worth less where a person may be named
_NEARLY = 1.5  # what it is worth less where the characters sound only nearly alike
_NUMERALS = frozenset("0123456789零〇一二三四五六七八九十百千万亿两几数每各")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "祁靳闻宗樊裴管俞柴闫关肖储桂施邢洪佟单辛凌柳路岳齐牛葛苗解党巨种权庞冀辜屈向景寇来鲁仝"
)


def exchanged(word: str, confusable: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """The word with each character in turn exchanged for those it may be mistaken for, and which character that was."""
    for index, char in enumerate(word):
        for other in confusable.get(char, ""):
            if not (other in _NUMERALS and char in _NUMERALS):
                yield word[:index] + other + word[index + 1 :], index


class Common:
    """The exchanged forms of all common words; `alphabet` leaves out what cannot occur in a text of these characters only."""

    def __init__(self, rules: RuleSet, words: Words, alphabet: frozenset[str] | None = None) -> None:
        self._words = words
        listed = [rule for rule in rules if rule.options.get("common")]
        lawful = {form for rule in listed for form in (*rule.phrases, *rule.allow)}
        confusable = rules.confusable if alphabet is None else {char: "".join(alphabet.intersection(others)) for char, others in rules.confusable.items()}
        self._listed: list[tuple[Rule, str]] = []
        self._meant: dict[str, int | tuple[int, ...]] = {}  # form → where its word is listed; several are rare, so one is no tuple
        for rule in listed:
            for word in rule.phrases:
                if alphabet is None or len(set(word) - alphabet) <= 1:
                    self._add(rule, word, lawful, confusable, alphabet)

    def _add(self, rule: Rule, word: str, lawful: set[str], confusable: Mapping[str, str], alphabet: frozenset[str] | None) -> None:
        number, meant = len(self._listed), self._meant
        self._listed.append((rule, word))
        for form, _ in chain(exchanged(word, confusable), exchanged(word, rule.options.get("also", {}))):
            if form not in lawful and (alphabet is None or alphabet.issuperset(form)):
                known = meant.setdefault(form, number)
                if known != number:
                    meant[form] = (*(known if isinstance(known, tuple) else (known,)), number)

    def forms(self) -> Iterable[str]:
        """Every form to be searched for."""
        return self._meant.keys()

    def prove(self, text: str, start: int, end: int) -> Iterator[Hit]:
        """A form found at [start, end) that makes no sense there, with the word that makes most."""
        form = text[start:end]
        meant = self._meant[form]
        proved = [self._proved(text, start, end, *self._listed[number]) for number in (meant if isinstance(meant, tuple) else (meant,))]
        gain, rule, word = max(proved, key=lambda found: found[0])
        if gain >= LIKELY:
            certain = gain >= (SURE if len(word) > _SHORT else _SURE_SHORT)
            yield Hit(start, end, form, word, rule, rule.severity if certain else "warning", "音近或形近的字", near=True)

    def _proved(self, text: str, start: int, end: int, rule: Rule, word: str) -> tuple[float, Rule, str]:
        """What the sentence gains from the word, less where the characters may be a person's name."""
        index = next(place for place, char in enumerate(word) if char != text[start + place])
        short = len(word) == _SHORT
        if self._words.rivals(text[start:end], word) or (short and (_NUMBERED.match(text, end) or (index and text[start] in _COUNTED))):
            return float("-inf"), rule, word
        gain = self._words.gain(text, start, end, word, index) + float(rule.options.get("prior", 0))
        if text[start + index] in rule.options.get("also", {}).get(word[index], ""):
            gain -= _NEARLY
        if gain >= LIKELY and len(word) < 4 and self._person(text, start, index):
            gain -= _PERSON
        return gain, rule, word

    def _person(self, text: str, start: int, index: int) -> bool:
        """True where a surname begins the form, or stands alone before it."""
        before = text[start - 1 : start] if start else ""
        if text[start] in _SURNAMES and (index == 0 or not "\u3400" <= before <= "\u9fff"):
            return True
        return before in _SURNAMES and bool(before) and self._words.single(text, start - 1)
