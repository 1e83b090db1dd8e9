"""Labelled sentences for the checks of wording: planted mistakes and traps in random surroundings, and slips made in the fixed phrases."""

import random
from dataclasses import dataclass
from pathlib import Path

from bench.expressions_corpus import fill, kinds
from core.rules import RuleSet

_HERE = Path(__file__).parent
# What may stand before and after a fragment; {} is the fragment. None of it is wrong, none of it excuses a mistake.
_FRAMES = (
    "{}",
    "{}。",
    "近日，{}。",
    "按照工作安排，{}，各单位要抓好落实。",
    "会议指出，{}。",
    "（三）{}。",
    "通知如下：\n　　{}。\n特此通知。",
    "据了解，{}，群众给予好评。",
)
_GRAMMAR = frozenset("的地得之了着过和与及或并等在于以为是有这那其该各每个些也都又再更最很不要化性型式大小新副总")


@dataclass(frozen=True, slots=True)
class Planted:
    """A sentence with a mistake; `right` is the form that must be among the suggestions ("" where there is no single one)."""

    kind: str
    text: str
    right: str


def planted(count: int, rng: random.Random) -> list[Planted]:
    """`count` sentences from the labelled fragments, each fragment at most a few times."""
    cases, kind = list[Planted](), ""
    for line in (_HERE / "expressions_planted.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, right = line.partition("|")
            cases.append(Planted(kind, text, right))
    drawn = [*rng.sample(cases, min(count, len(cases))), *rng.choices(cases, k=max(0, count - len(cases)))]
    return [Planted(case.kind, _framed(case.text, rng), case.right) for case in drawn]


def traps(count: int, rng: random.Random) -> list[str]:
    """`count` sentences that look wrong and are right: the traps in random surroundings, and clean sentences of all kinds of documents."""
    lines = [line for line in (_HERE / "expressions_traps.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    clean = [sentence for sentences in kinds().values() for sentence in sentences]
    half = count * 2 // 3
    drawn = [*rng.sample(lines, min(half, len(lines))), *rng.choices(lines, k=max(0, half - len(lines)))]
    return [*(_framed(line, rng) for line in drawn), *(fill(rng.choice(clean), rng) for _ in range(count - half))]


def _framed(fragment: str, rng: random.Random) -> str:
    """In a frame; a fragment that is a sentence of its own, or has brackets, stays alone."""
    bare = fragment.rstrip("。")
    frames = _FRAMES[:2] if fragment.endswith(("。", "？", "！")) or any(mark in bare for mark in "。：:；《（") else _FRAMES
    return rng.choice(frames).format(bare if frames is _FRAMES else fragment).replace("。。", "。" if "。。" not in fragment else "。。")


def near_misses(rules: RuleSet, count: int, rng: random.Random) -> list[Planted]:
    """One slip inside a fixed phrase of six or more characters: a character doubled, dropped, swapped with its neighbour, or exchanged for one that looks or sounds like it."""
    phrases = [phrase for rule in rules if not rule.options.get("common") for phrase in rule.phrases if len(phrase) >= 6 and "、" not in phrase]
    lawful = {text for rule in rules for text in (*rule.phrases, *rule.allow)}
    cases = list[Planted]()
    while len(cases) < count:
        phrase = rng.choice(phrases)
        place = rng.randrange(1, len(phrase) - 1)
        char, following = phrase[place], phrase[place + 1]
        if char in _GRAMMAR or char in "一二三四五六七八九十" or not "\u3400" <= char <= "\u9fff":
            continue
        others = rules.confusable.get(char, "")
        slip = rng.choice(("double", "drop", "swap", "exchange"))
        if slip == "exchange" and others:
            wrong = phrase[:place] + rng.choice(others) + phrase[place + 1 :]
        elif slip == "double":
            wrong = phrase[: place + 1] + phrase[place:]
        elif slip == "drop":
            wrong = phrase[:place] + phrase[place + 1 :]
        else:
            wrong = phrase[:place] + following + char + phrase[place + 2 :]
        if wrong != phrase and not any(wrong in text for text in lawful):
            cases.append(Planted(slip, _framed(wrong, rng), phrase))
    return cases
