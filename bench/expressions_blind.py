"""Sentences written without looking at the rules, batch by batch (`blind/N.txt`): what is missed, what is a false alarm, by batch.

Usage: python -m bench.expressions_blind [--show]. A batch was blind once, before the rules learned from it; `docs/quality.md` keeps that first figure.
"""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.expressions import judged, ours
from bench.expressions_sets import Planted
from checks.expressions.engine import Engine
from core.config import SHARED, load_county
from service.judging import load_rules

_BATCHES = Path(__file__).with_name("blind")
_RIGHT = "对"
DAY = date(2025, 12, 1)


def cases(path: Path) -> Iterator[Planted]:
    """The batch's sentences; those of the kind 对 are right ones."""
    kind = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, right = line.partition("|")
            yield Planted(kind, text, right)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.expressions_blind")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was a false alarm")
    options = parser.parse_args(arguments)
    detect = ours(Engine(load_rules(load_county(SHARED / "meixian")).wording), DAY)
    for path in sorted(_BATCHES.glob("*.txt")):
        batch = list(cases(path))
        told = judged(detect, [case for case in batch if case.kind != _RIGHT], [case.text for case in batch if case.kind == _RIGHT])
        classes = " ".join(f"{kind} {share:.2f}" for kind, share in told["by_class"].items())
        print(f"{path.stem}: precision {told['precision']:.3f} recall {told['recall']:.3f} suggestions {told['suggestions']:.3f} {classes}")
        if options.show:
            print("missed:", *told["missed"], sep="\n  ")
            print("alarms:", *told["alarms"], sep="\n  ")


if __name__ == "__main__":
    main()
