"""How well personal data is found: precision, recall and F1 by kind and by document, alarms on clean text, beside peers on the same samples.

Usage: python -m bench.privacy [--seed N] [--count N] [--json FILE]. A fresh seed by default; it is printed, so a run can be repeated.
"""

import argparse
import json
import re
import secrets
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from bench.privacy_documents import Sample, samples
from checks.privacy import scan
from checks.privacy.policy import Policy, load_policy

KINDS = ("resident-id", "bank-card", "mobile", "home-address")


class Alarm(NamedTuple):
    """What a detector reports: kind, block, offsets."""

    kind: str
    block: int
    start: int
    end: int


Detector = Callable[[Sample], list[Alarm]]


def ours(policy: Policy) -> Detector:
    """Findings that count (info is only a hint)."""

    def detect(sample: Sample) -> list[Alarm]:
        places = {(block.file, block.where): index for index, block in enumerate(sample.blocks)}
        found = [finding for finding in scan(sample.subject, policy) if finding.severity != "info"]
        return [Alarm(f.rule.removeprefix("privacy/"), places[f.file, f.where or ""], f.start or 0, f.end or 0) for f in found]

    return detect


_PLAIN = (
    ("resident-id", re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]")),
    ("mobile", re.compile(r"1[3-9]\d{9}")),
    ("bank-card", re.compile(r"\d{16,19}")),
)


def plain_regex() -> Detector:
    """What most scripts do: three expressions, the first that matches a place has it."""

    def detect(sample: Sample) -> list[Alarm]:
        found: list[Alarm] = []
        for index, block in enumerate(sample.blocks):
            taken: list[tuple[int, int]] = []
            for kind, pattern in _PLAIN:
                for match in pattern.finditer(block.text):
                    if not any(a < match.end() and match.start() < b for a, b in taken):
                        taken.append(match.span())
                        found.append(Alarm(kind, index, *match.span()))
        return found

    return detect


def presidio_built_in() -> Detector:
    """Presidio's own recognizers with the phone regions set to CN."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NoOpNlpEngine
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer, PhoneRecognizer

    registry = RecognizerRegistry(
        recognizers=[PhoneRecognizer(supported_language="zh", supported_regions=("CN",)), CreditCardRecognizer(supported_language="zh")],
        supported_languages=["zh"],
    )
    engine = AnalyzerEngine(registry=registry, nlp_engine=NoOpNlpEngine([{"lang_code": "zh", "model_name": ""}]), supported_languages=["zh"])
    kinds = {"PHONE_NUMBER": "mobile", "CREDIT_CARD": "bank-card"}

    def detect(sample: Sample) -> list[Alarm]:
        return [
            Alarm(kinds[result.entity_type], index, result.start, result.end)
            for index, block in enumerate(sample.blocks)
            for result in engine.analyze(block.text, "zh")
        ]

    return detect


def jionlp() -> Detector | None:
    """JioNLP, where it is installed."""
    try:
        import jionlp as jio  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        return None

    def detect(sample: Sample) -> list[Alarm]:
        found = []
        for index, block in enumerate(sample.blocks):
            for kind, extract in (("resident-id", jio.extract_id_card), ("mobile", jio.extract_cell_phone)):
                found += [Alarm(kind, index, *item["offset"]) for item in extract(block.text, detail=True)]
        return found

    return detect


class Score:
    """Counts of hits, misses and false alarms."""

    def __init__(self) -> None:
        self.hit = self.missed = self.false = 0

    def row(self) -> dict[str, float | int]:
        recall = self.hit / (self.hit + self.missed) if self.hit + self.missed else 1.0
        precision = self.hit / (self.hit + self.false) if self.hit + self.false else 1.0
        f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
        return {"recall": round(recall, 4), "precision": round(precision, 4), "f1": round(f1, 4), "hit": self.hit, "missed": self.missed, "false": self.false}


def measure(detect: Detector, made: Iterable[Sample], show: int = 0) -> dict[str, object]:
    """Scores by kind and by document, alarms per 10,000 characters of clean documents, seconds."""
    kinds: dict[str, Score] = defaultdict(Score)
    documents, alarms, characters, started = Score(), 0, 0, time.process_time()
    for sample in made:
        found = detect(sample)
        matched: set[int] = set()
        for gold in sample.gold:
            index = next((i for i, a in enumerate(found) if (a.kind, a.block) == (gold.kind, gold.block) and a.start < gold.end and gold.start < a.end), None)
            if index is None:
                kinds[gold.kind].missed += 1
                if show > 0:
                    show -= 1
                    print(f"漏：{sample.family} {gold.kind} {sample.blocks[gold.block].where} {sample.blocks[gold.block].text!r}", file=sys.stderr)
            else:
                matched.add(index)
                kinds[gold.kind].hit += 1
        for index, alarm in enumerate(found):
            if index not in matched:
                kinds[alarm.kind].false += 1
                if show > 0:
                    show -= 1
                    print(f"误：{sample.family} {alarm} {sample.blocks[alarm.block].text!r}", file=sys.stderr)
        documents.hit += bool(sample.gold and found)
        documents.missed += bool(sample.gold and not found)
        documents.false += bool(found and not sample.gold)
        if not sample.gold:
            alarms += len(found)
            characters += sum(len(block.text) for block in sample.blocks)
    return {
        "kinds": {kind: kinds[kind].row() for kind in sorted(kinds)},
        "documents": documents.row(),
        "alarms_per_10000": round(alarms * 10_000 / max(1, characters), 3),
        "seconds": round(time.process_time() - started, 2),
    }


def run(seed: int, count: int, show: int = 0) -> dict[str, object]:
    """All detectors on the same samples."""
    policy = load_policy()
    made = samples(seed, count, policy.tables)
    detectors: dict[str, Detector | None] = {"巡查": ours(policy), "正则": plain_regex(), "Presidio 自带（CN）": presidio_built_in(), "JioNLP": jionlp()}
    scores = {name: measure(detect, made, show if name == "巡查" else 0) for name, detect in detectors.items() if detect}
    return {"seed": seed, "documents": count, "characters": sum(len(b.text) for s in made for b in s.blocks), "scores": scores}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--show", type=int, default=0, help="print this many misses and false alarms (synthetic values)")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    result = run(arguments.seed, arguments.count, arguments.show)
    print(f"种子 {result['seed']}，{result['documents']} 份文件，{result['characters']} 字")
    scores = result["scores"]
    assert isinstance(scores, dict)
    for name, score in scores.items():
        print(
            f"{name}：文件 R {score['documents']['recall']} P {score['documents']['precision']}，无隐私文件每万字误报 {score['alarms_per_10000']}，{score['seconds']} 秒"
        )
        for kind, row in score["kinds"].items():
            print(
                f"    {kind:14} R {row['recall']:.4f}  P {row['precision']:.4f}  F1 {row['f1']:.4f}  （中 {row['hit']} 漏 {row['missed']} 误 {row['false']}）"
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
