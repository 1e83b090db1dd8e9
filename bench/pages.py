"""How well articles are read out of government pages: title, date, source, text, attachments, beside peers on the same pages.

Usage: python -m bench.pages [--seed N] [--each N] [--batch LETTER] [--ours] [--show] [--set] [--bare] [--json FILE] [--write DIR]. A fresh seed by default, printed so that a run can be repeated.
"""

import argparse
import json
import secrets
import sys
import time
from pathlib import Path
from typing import Any

from bench.pages_make import Made, bare, pages
from bench.pages_peers import Reader, readers
from bench.pages_score import FIELDS, Read, Score, tally

SET = Path(__file__).with_name("pages") / "set"


def measure(read: Reader, made: list[Made], show: bool = False) -> dict[str, Any]:
    """Shares of right fields over the pages, the share of wrong dates, pages that broke the reader, seconds."""
    score, broken, started = Score(), 0, time.process_time()
    for page in made:
        try:
            got = read(page.data, page.url)
        except Exception as error:
            got, broken = Read(), broken + 1
            if show:
                print(f"{page.name} broke: {error!r}", file=sys.stderr)
        wrong = tally(score, got, page.gold)
        if show:
            for name, what in wrong.items():
                print(f"{page.name:32} {name:11} {what[:150]}", file=sys.stderr)
    shares = {name: round(score.share(name), 3) for name in FIELDS}
    return {**shares, "date_wrong": round(score.date_wrong / max(1, score.pages), 3), "broken": broken, "seconds": round(time.process_time() - started, 2)}


def run(made: list[Made], peers: bool = True, show: bool = False) -> dict[str, Any]:
    """All readers on the same pages."""
    scores = {name: measure(read, made, show and name == "巡查") for name, read in readers(peers).items()}
    return {"pages": len(made), "looks": len({page.look for page in made}), "scores": scores}


def write(directory: Path, made: list[Made]) -> None:
    """The pages as files with their gold beside them."""
    directory.mkdir(parents=True, exist_ok=True)
    for page in made:
        (directory / f"{page.name}.html").write_bytes(page.data)
        (directory / f"{page.name}.json").write_text(json.dumps(page.gold, ensure_ascii=False, indent=1), encoding="utf-8")


def saved(directory: Path) -> list[Made]:
    """The pages that `write` left."""
    made = []
    for path in sorted(directory.glob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        made.append(Made(path.stem, path.stem.split("-")[0], gold["url"], path.with_suffix(".html").read_bytes(), gold))
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--each", type=int, default=3, help="pages in each look")
    parser.add_argument("--batch", default="", help="only looks whose name begins so")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    parser.add_argument("--show", action="store_true", help="print what we got wrong")
    parser.add_argument("--set", action="store_true", help="the pages published in bench/pages/set instead of fresh ones")
    parser.add_argument("--bare", action="store_true", help="without class names, ids and standard tags")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", type=Path, help="write the pages and their gold here")
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.write, pages(arguments.seed, arguments.batch, arguments.each))
    made = saved(SET) if arguments.set else pages(arguments.seed, arguments.batch, arguments.each)
    made = bare(made) if arguments.bare else made
    result = {"seed": arguments.seed} | run(made, not arguments.ours, arguments.show)
    print("bench/pages/set" if arguments.set else f"种子 {arguments.seed}", f"{result['pages']} 页，{result['looks']} 种模板")
    print("| | 标题 | 日期对 | 日期错 | 来源 | 正文 | 附件 | 秒 |\n|---|---|---|---|---|---|---|---|")
    for name, row in result["scores"].items():
        print(f"| {name} | {row['title']} | {row['date']} | {row['date_wrong']} | {row['source']} | {row['text']} | {row['attachments']} | {row['seconds']} |")
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
