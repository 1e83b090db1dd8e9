"""Synthetic list pages of columns (bench/pages/lists): are the items, their whole titles, dates, addresses and the next page found?

Usage: python -m bench.pages_lists [--seed N] [--each N] [--show].
"""

import argparse
import json
import random
import secrets
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment, FileSystemLoader

from bench.pages_words import COUNTIES, article, headlines

LOOKS = Path(__file__).with_name("pages") / "lists"
NAV = ("政务要闻", "通知公告", "政府信息公开", "互动交流平台", "走进本县风采")


@dataclass(frozen=True)
class Item:
    """One row of a list: the whole title and what the list shows of it."""

    title: str
    short: str
    path: str
    day: date
    before: date
    lead: str


def make(look: str, seed: int) -> tuple[bytes, str, dict[str, Any]]:
    """One list page, its address and its gold."""
    source = (LOOKS / f"{look}.html").read_text(encoding="utf-8")
    meta = json.loads(source[source.index("{#") + 2 : source.index("#}")])
    rng = random.Random(f"{look} {seed}")
    day, items = date(2023, 10, 28), []
    for number in range(rng.randint(8, 15)):
        day -= timedelta(days=rng.randint(0, 6))
        made = article(rng, rng.choice(("news", "brief", "notice")))
        title = made.title + rng.choice(("", f"（第{number + 2}批）"))
        path = (
            rng.choice(("/info/1044/{n}.htm", "/202310/t20231001_{n}.html", "/content/{n}.html")).format(n=rng.randint(10000, 99999))
            if look != "hanweb_cdata"
            else f"/art/{day:%Y}/{day.month}/{day.day}/art_1251_{number}.html"
        )
        items.append(Item(title, title[:18] + "..." if len(title) > 20 else title, path, day, day - timedelta(days=9), made.paragraphs[0]))
    side = [Item(title, title, f"/hot/{index}.html", day, day, "") for index, title in enumerate(headlines(rng, 5))]
    env = Environment(loader=FileSystemLoader(LOOKS, encoding="utf-8"), autoescape=False)
    page = env.from_string(source).render(items=items, side=side, nav=NAV, county=rng.choice(COUNTIES)).lstrip()
    shown = [{"url": urljoin(meta["url"], _as_linked(look, item.path)), "title": item.title, "date": item.day.isoformat()} for item in items]
    return page.encode(meta.get("encoding", "utf-8")), meta["url"], {"items": shown, "next": meta["next"]}


def _as_linked(look: str, path: str) -> str:
    return {"trs_ul": ".", "vsb_rev": ".."}.get(look, "") + path


def wrong_parts(got: dict[str, Any], gold: dict[str, Any]) -> dict[str, str]:
    """What differs: kind, urls, titles, dates, next."""
    wrong = {} if got["kind"] == "listing" else {"kind": got["kind"]}
    for part in ("url", "title", "date"):
        have, want = [item[part] for item in got["items"]], [item[part] for item in gold["items"]]
        if have != want:
            wrong[part] = f"{len(have)}/{len(want)} {next(((a, b) for a, b in zip(have, want, strict=False) if a != b), '')}"
    if gold["next"] == "any":
        if not got["next"]:
            wrong["next"] = "none"
    elif got["next"] != gold["next"]:
        wrong["next"] = str(got["next"])
    return wrong


def run(seed: int, each: int, show: bool = False) -> dict[str, float]:
    """Shares of list pages on which each part is right."""
    from crawler.parse.extract import extract

    faults: Counter[str] = Counter()
    pages = 0
    for look in sorted(path.stem for path in LOOKS.glob("*.html")):
        for turn in range(each):
            data, url, gold = make(look, seed + turn)
            wrong = wrong_parts(extract(data, url), gold)
            faults.update(wrong.keys())
            pages += 1
            for name, what in wrong.items() if show else ():
                print(f"{look}-{seed + turn:<5} {name:6} {what}", file=sys.stderr)
    return {part: round(1 - faults[part] / pages, 3) for part in ("kind", "url", "title", "date", "next")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--show", action="store_true")
    arguments = parser.parse_args()
    print(f"种子 {arguments.seed}：列表页 {run(arguments.seed, arguments.each, arguments.show)}")


if __name__ == "__main__":
    main()
