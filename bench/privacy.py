"""How well personal data is found: precision, recall and F1 by kind and by document, alarms on clean text, beside peers on the same samples.

Usage: python -m bench.privacy [--seed N] [--count N] [--json FILE]. A fresh seed by default; it is printed, so a run can be repeated.
These samples are blocks as a reader gives them; bench.privacy_papers writes and reads whole documents of every format.
"""

import argparse
import json
import secrets
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.privacy_detectors import Detector, detectors
from bench.privacy_documents import Sample, samples
from bench.privacy_score import Score, table
from checks.privacy.policy import load_policy


def measure(detect: Detector, made: Iterable[Sample], show: int = 0) -> dict[str, Any]:
    """Scores by kind and by document, alarms per 10,000 characters of clean documents, seconds."""
    kinds: dict[str, Score] = defaultdict(Score)
    documents, alarms, characters, started = Score(), 0, 0, time.process_time()
    for sample in made:
        found = detect(sample.blocks, sample.title)
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
    seconds = round(time.process_time() - started, 2)
    return {"kinds": table(kinds), "documents": documents.row(), "alarms_per_10000": round(alarms * 10_000 / max(1, characters), 3), "seconds": seconds}


def run(seed: int, count: int, show: int = 0) -> dict[str, Any]:
    """All detectors on the same samples."""
    policy = load_policy()
    made = samples(seed, count, policy.tables)
    scores = {name: measure(detect, made, show if name == "巡查" else 0) for name, detect in detectors(policy).items()}
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
    for name, score in result["scores"].items():
        papers = score["documents"]
        print(f"{name}：文件 R {papers['recall']} P {papers['precision']}，无隐私文件每万字误报 {score['alarms_per_10000']}，{score['seconds']} 秒")
        for kind, row in score["kinds"].items():
            counts = f"（中 {row['hit']} 漏 {row['missed']} 误 {row['false']}）"
            print(f"    {kind:14} R {row['recall']:.4f}  P {row['precision']:.4f}  F1 {row['f1']:.4f}  {counts}")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
