"""How well personal data is found in documents of every format: each paper is written, read back and looked at by us and by the peers.

Usage: python -m bench.privacy_papers [--seed N] [--count N] [--formats docx,pdf] [--show N] [--ours] [--json FILE]. A fresh seed by default; it is printed.
"""

import argparse
import json
import random
import secrets
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.privacy_detectors import Detector, detectors
from bench.privacy_formats import FORMATS
from bench.privacy_lists import LISTS
from bench.privacy_model import Paper, bare
from bench.privacy_notices import NOTICES
from bench.privacy_people import People
from bench.privacy_score import Score, table
from checks.privacy.policy import load_policy
from core.records import Block
from crawler import documents

FAMILIES = (*LISTS, *NOTICES)


class Case(NamedTuple):
    """A paper in one format, and what was read of it."""

    paper: Paper
    format: str
    name: str
    blocks: tuple[Block, ...]
    seconds: float


def cases(seed: int, count: int, formats: tuple[str, ...], people: People) -> Iterator[Case]:
    """`count` papers in each format, families in turn."""
    for index in range(count):
        for number, (name, write) in enumerate(FORMATS):
            if formats and name not in formats:
                continue
            families = LISTS if name in ("csv", "xls") else FAMILIES
            paper = families[(index + 3 * number) % len(families)](people)
            shown, data = write(paper, random.Random(f"{seed} {index} {name}"))
            start = time.process_time()
            blocks = tuple(part for part in documents.read(data, shown) if isinstance(part, Block))
            yield Case(paper, name, shown, blocks, time.process_time() - start)


class Tally:
    """The scores of one detector."""

    def __init__(self) -> None:
        self.kinds: dict[str, Score] = defaultdict(Score)
        self.formats: dict[str, Score] = defaultdict(Score)
        self.papers: dict[str, Score] = defaultdict(Score)
        self.alarms = self.characters = 0
        self.seconds = 0.0

    def add(self, case: Case, found: Counter[tuple[str, str]], grave: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Count one paper; what was missed and what was found in error."""
        gold = case.paper.gold()
        missed, extra = list((gold - found).elements()), list((found - gold).elements())
        for kind, value in list(missed):  # read off a picture with one character wrong, or cut into two, it is still the value found
            near = next((item for item in extra if item[0] == kind and _alike(item[1], value, case.format)), None)
            if near:
                missed.remove((kind, value))
                extra.remove(near)
        for score, kind in ((self.kinds, ""), (self.formats, case.format)):
            for item in gold.elements():
                score[kind or item[0]].hit += 1
            for item in missed:
                score[kind or item[0]].hit -= 1
                score[kind or item[0]].missed += 1
            for item in extra:
                score[kind or item[0]].false += 1
        paper = self.papers[case.format]
        paper.hit += bool(gold and found)
        paper.missed += bool(gold and not found)
        paper.false += bool(found and not gold)
        if not gold:
            self.characters += case.paper.size()
        self.alarms += grave if not gold else 0
        return missed, extra


def _alike(one: str, other: str, format: str) -> bool:
    """The same value but for what reading a picture or a wrapped cell may change."""
    if one in other or other in one:
        return len(one) >= 3 and len(other) >= 3
    if format != "扫描图片" or abs(len(one) - len(other)) > 1:
        return False
    return sum(a != b for a, b in zip(one, other, strict=False)) <= 2 or one[1:] == other or other[1:] == one


def look(case: Case, detector: Detector) -> tuple[Counter[tuple[str, str]], int]:
    """What a detector finds: (kind, bare value), and how many of them are grave."""
    alarms = detector(case.blocks, case.paper.title)
    found = Counter((alarm.kind, bare(case.blocks[alarm.block].text[alarm.start : alarm.end])) for alarm in alarms)
    return found, sum(alarm.grave for alarm in alarms)


def run(seed: int, count: int, formats: tuple[str, ...], only_ours: bool, show: int) -> dict[str, Tally]:
    """All detectors on the same documents."""
    policy = load_policy()
    every = detectors(policy, only_ours)
    tallies = {name: Tally() for name in every}
    for case in cases(seed, count, formats, People(seed, policy.tables)):
        for name, detector in every.items():
            start = time.process_time()
            found, grave = look(case, detector)
            tallies[name].seconds += time.process_time() - start
            missed, extra = tallies[name].add(case, found, grave)
            if name == "巡查":
                for word, items in (("漏", missed), ("误", extra)):
                    for kind, value in items[: max(0, show)]:
                        show -= 1
                        print(f"{word}：{case.paper.family} {case.format} {kind} {value} …… {_near(case, value)}", file=sys.stderr)
    return tallies


def _near(case: Case, value: str) -> str:
    """The block that a synthetic value stands in, for looking at."""
    for block in case.blocks:
        place = bare(block.text).find(value)
        if place >= 0:
            middle = block.text.find(value[-6:])
            return f"{block.where} {block.text[max(0, middle - 90) : middle + 60]!r}"
    return "（没有读到）"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--count", type=int, default=len(FAMILIES), help="papers a format")
    parser.add_argument("--formats", default="", help="comma separated; all by default")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument("--show", type=int, default=0, help="print this many misses and false alarms (synthetic values)")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    tallies = run(arguments.seed, arguments.count, tuple(filter(None, arguments.formats.split(","))), arguments.ours, arguments.show)
    print(f"种子 {arguments.seed}，每种格式 {arguments.count} 份")
    result = {}
    for name, tally in tallies.items():
        rate = round(tally.alarms * 10_000 / max(1, tally.characters), 3)
        result[name] = {
            "kinds": table(tally.kinds),
            "formats": table(tally.formats),
            "papers": table(tally.papers),
            "alarms_per_10000": rate,
            "clean_characters": tally.characters,
        }
        print(f"\n{name}：合规文件 {tally.characters} 字，每万字误报 {rate}，检查用时 {tally.seconds:.1f} 秒")
        for title, scores in (("种类", tally.kinds), ("格式（逐个号码）", tally.formats), ("格式（整份文件）", tally.papers)):
            print(f"  {title}")
            for key in sorted(scores):
                print(f"    {key:16} {scores[key].line()}")
    if arguments.json:
        arguments.json.write_text(
            json.dumps({"seed": arguments.seed, "count": arguments.count, "scores": result}, ensure_ascii=False, indent=1), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
