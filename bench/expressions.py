"""How well wrong expressions are found: sentences half wrong and half traps, near misses made afresh, clean text, speed; beside peers in the same run.

Usage: python -m bench.expressions [--seed N] [--count N] [--json FILE] [--show]. A fresh seed by default; it is printed, so a run can be repeated.
"""

import argparse
import json
import random
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from bench.expressions_corpus import documents
from bench.expressions_sets import Planted, near_misses, planted, traps
from checks.expressions.engine import Engine
from checks.expressions.names import extended, names_of
from checks.expressions.wordlist import load_words
from core.config import SHARED, load_county
from core.rules import Rule, RuleSet, load

DAY = date(2023, 10, 23)
Detector = Callable[[str], list[tuple[int, int, str | None, str]]]  # start, end, right form, severity


def ours(engine: Engine, day: date = DAY) -> Detector:
    """Everything but hints."""
    return lambda text: [
        (hit.start, hit.end, hit.right, hit.severity) for hit in engine.hits(text, day) if hit.severity != "info" and hit.rule.status == "stable"
    ]


def plain(rules: RuleSet) -> Detector:
    """A bare Aho–Corasick over the same wrong forms, as most word-list checkers do it."""
    from ahocorasick_rs import AhoCorasick, MatchKind

    forms = {pattern.wrong: pattern.right for rule in rules for pattern in rule.patterns if not pattern.anchors}
    words = list(forms)
    automaton = AhoCorasick(words, matchkind=MatchKind.LeftmostLongest)
    return lambda text: [(start, end, forms[words[index]], "error") for index, start, end in automaton.find_matches_as_indexes(text)]


def peers(rules: RuleSet) -> dict[str, Detector]:
    """What else can be run here; pycorrector takes part where it is installed (it wants torch, which this project does not)."""
    found = {"同样词表的普通匹配": plain(rules)}
    try:
        from pycorrector import ConfusionCorrector
    except ImportError:
        return found
    corrector = ConfusionCorrector()

    def correct(text: str) -> list[tuple[int, int, str | None, str]]:
        return [(place, place + len(wrong), right, "error") for wrong, right, place in corrector.correct(text)["errors"]]

    return {**found, "pycorrector 混淆词典": correct}


def judged(detect: Detector, wrong: list[Planted], clean: list[str]) -> dict[str, Any]:
    """Sentence-level precision and recall, the share of right suggestions among those found, and recall by class."""
    by_class: dict[str, list[int]] = {}
    found = right = told = 0
    missed = []
    for case in wrong:
        hits = detect(case.text)
        by_class.setdefault(case.kind, []).append(bool(hits))
        found += bool(hits)
        if not hits:
            missed.append(case.text)
        elif case.right:
            told += 1
            right += any(_agrees(case, *hit[:3]) for hit in hits)
    alarms = [text for text in clean if detect(text)]
    return {
        "precision": found / max(1, found + len(alarms)),
        "recall": found / max(1, len(wrong)),
        "suggestions": right / max(1, told),
        "by_class": {kind: sum(values) / len(values) for kind, values in by_class.items()},
        "missed": missed,
        "alarms": alarms,
    }


def _agrees(case: Planted, start: int, end: int, right: str | None) -> bool:
    """The right form is in the corrected sentence, or is (a part of) the suggestion."""
    return right is not None and (case.right in right or (right != "" and right in case.right) or case.right in case.text[:start] + right + case.text[end:])


def alarms(detect: Detector, texts: list[str]) -> float:
    """Findings of error or veto per 10,000 characters of clean text."""
    return 10_000 * sum(hit[3] in ("error", "veto") for text in texts for hit in detect(text)) / sum(map(len, texts))


def seconds(runs: list[Callable[[str], object]], texts: list[str], rounds: int = 9) -> list[float]:
    """The best of several rounds of each run, taken in turn, in seconds of this process's own time: a busy machine counts as little as possible."""
    best = [float("inf")] * len(runs)
    for _ in range(rounds):
        for place, run in enumerate(runs):
            start = time.process_time()
            for text in texts:
                run(text)
            best[place] = min(best[place], time.process_time() - start)
    return best


def speed(engine: Engine, twice: Engine, texts: list[str]) -> dict[str, float]:
    """Megabytes of UTF-8 per second, beside a bare pass with the same words; and what twice the rules cost."""
    from ahocorasick_rs import AhoCorasick

    size = sum(len(text.encode()) for text in texts) / 1e6
    bare = AhoCorasick(list(engine.literals))
    engine.hits(texts[0], DAY)
    ours, more, none = seconds([lambda text: engine.hits(text, DAY), lambda text: twice.hits(text, DAY), bare.find_matches_as_indexes], texts)
    return {"mb_per_s": size / ours, "bare_mb_per_s": size / none, "of_bare": none / ours, "twice_the_rules": more / ours, "literals": len(engine.literals)}


def doubled(rules: RuleSet) -> RuleSet:
    """As many rules again, of forms that mean nothing."""
    return RuleSet((*rules.rules, *(_twin(rule) for rule in rules if not rule.check)), "doubled", rules.confusable)


def _twin(rule: Rule) -> Rule:
    patterns = tuple(replace(pattern, wrong=_strange(pattern.wrong)) for pattern in rule.patterns if not pattern.anchors)
    return replace(rule, id=f"{rule.id}-twin", patterns=patterns, phrases=tuple(map(_strange, rule.phrases)), allow=())


def _strange(form: str) -> str:
    """Every Chinese character replaced by one far away in the code table."""
    return "".join(chr(0x4E00 + (ord(char) - 0x4E00 + 7919) % 20000) if "\u4e00" <= char <= "\u9fff" else char for char in form)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.expressions")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--count", type=int, default=600, help="labelled sentences of either kind")
    parser.add_argument("--characters", type=int, default=300_000)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was a false alarm")
    options = parser.parse_args(arguments)
    rng = random.Random(options.seed)
    county = load_county(SHARED / "meixian")
    shared = load(SHARED / "rules")
    rules = extended(shared, names_of(county, load_words(county.folder)))
    engine, texts = Engine(rules), list(documents(options.seed, options.characters))
    wrong, clean, slips = planted(options.count, rng), traps(options.count, rng), near_misses(shared, options.count, rng)
    result: dict[str, Any] = {"seed": options.seed, "characters": sum(map(len, texts))}
    for name, detect in {"巡查": ours(engine), **peers(shared)}.items():
        result[name] = judged(detect, wrong, clean)
        result[name]["near_misses"] = judged(detect, slips, [])["recall"]
        result[name]["alarms_per_10000"] = alarms(detect, texts)
    result["speed"] = speed(engine, Engine(doubled(rules)), texts)
    _print(result, options.show)
    if options.json:
        options.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


def _print(result: dict[str, Any], show: bool) -> None:
    print(f"seed {result['seed']}, clean text {result['characters']} characters")
    for name, told in result.items():
        if not isinstance(told, dict) or "precision" not in told:
            continue
        print(
            f"{name}: precision {told['precision']:.3f} recall {told['recall']:.3f} suggestions {told['suggestions']:.3f} near misses {told['near_misses']:.3f}",
            end="",
        )
        print(f" alarms {told['alarms_per_10000']:.2f}/10000 " + " ".join(f"{kind} {share:.2f}" for kind, share in told["by_class"].items()))
        if show and name == "巡查":
            print("missed:", *sorted(set(told["missed"])), sep="\n  ", file=sys.stderr)
            print("alarms:", *sorted(set(told["alarms"])), sep="\n  ", file=sys.stderr)
    print("speed: " + ", ".join(f"{key} {value:.2f}" for key, value in result["speed"].items()))


if __name__ == "__main__":
    main()
