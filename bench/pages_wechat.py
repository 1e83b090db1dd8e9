"""Synthetic 微信公众号 article pages of every kind and state (bench/pages/wechat) and how many of their fields are read right.

Usage: python -m bench.pages_wechat [--seed N] [--each N].
"""

import argparse
import json
import random
import secrets
import sys
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from bench.pages_words import article

LOOKS = Path(__file__).with_name("pages") / "wechat"
URL = "https://mp.weixin.qq.com/s/AbCdEf{n}"
FIELDS = ("title", "published_at", "account", "original", "state", "text", "source", "images")


def _jsd(text: str) -> str:
    """The eight escapes of the platform's JsDecode."""
    for char, code in (("\\", "\\x5c"), ("\r", "\\x0d"), ('"', "\\x22"), ("&", "\\x26"), ("'", "\\x27"), ("<", "\\x3c"), (">", "\\x3e"), ("\n", "\\x0a")):
        text = text.replace(char, code)
    return text


def _js(text: str) -> str:
    return text.replace("&", "&amp;").replace("\\", "\\\\").replace("'", "\\'").replace('"', "&quot;")


def make(look: str, seed: int) -> tuple[bytes, dict[str, Any]]:
    """One page and its gold."""
    source = (LOOKS / f"{look}.html").read_text(encoding="utf-8")
    meta = json.loads(source[source.index("{#") + 2 : source.index("#}")])
    rng = random.Random(f"{look} {seed}")
    made = article(rng, rng.choice(("news", "notice", "brief")))
    title = made.title + rng.choice(("", "", " | “双节”将至", "？& 权威解答", "：打通“最后一公里”"))
    when = made.when.replace(tzinfo=timezone(timedelta(hours=8)))
    account, other, never = made.county.removesuffix("县") + rng.choice(("发布", "融媒", "应急")), made.county + "日报社", []

    def remember(word: str) -> str:
        never.append(word)
        return word

    section = '<section data-role="outer" label="edit by 135editor"><section style="font-size: 16px;"><p style="text-align: justify;"><span leaf="">{}</span></p></section></section><p><br></p>'
    body = "".join(section.format(text) for text in made.paragraphs)
    body += f'<p style="text-align: center;"><img class="rich_pages wxw-img" data-ratio="0.66" data-src="https://mmbiz.qpic.cn/mmbiz_jpg/{seed}/640?wx_fmt=jpeg" data-type="jpeg" data-w="1080"></p>'
    env = Environment(loader=FileSystemLoader(LOOKS, encoding="utf-8"), autoescape=False)
    env.filters |= {"js": _js, "jsd": _jsd}
    values = {
        "t": title,
        "body": body,
        "first": made.paragraphs[0],
        "lines": made.paragraphs,
        "account": account,
        "other": other,
        "author": made.editor,
        "when": when,
        "epoch": int(when.timestamp()),
        "never": remember,
        "later": f"{when + timedelta(days=3):%Y-%m-%d %H:%M}",
    }
    page = env.from_string(source).render(**values).lstrip()
    live = meta["state"] == "live"
    begins = {"none": "", "desc": made.paragraphs[0], "notice": made.paragraphs[0]}.get(meta.get("text", ""), made.paragraphs[0])
    gold = {
        "title": {"none": "", "first": made.paragraphs[0]}.get(meta.get("title", ""), title),
        "published_at": f"{when:%Y-%m-%dT%H:%M}" if live else None,
        "account": account if live else None,
        "original": meta["original"],
        "state": meta["state"],
        "text": begins,
        "ends": made.paragraphs[-1] if meta.get("text") in {None, "lines"} and live else "",
        "source": meta["source"].format(other=other) if "source" in meta else None,
        "images": meta.get("pictures", 1 if "{{ body }}" in source else 0),
        "never": never,
    }
    return page.encode(), gold


def wrong_fields(got: dict[str, Any], gold: dict[str, Any]) -> dict[str, str]:
    """The fields that are not as the gold says."""
    wrong = {name: repr(got[name]) for name in ("title", "account", "original", "state") if (got[name] or None) != (gold[name] or None)}
    if (got["published_at"] or "")[:16] != (gold["published_at"] or ""):
        wrong["published_at"] = repr(got["published_at"])
    tight = got["text"].replace(" ", "")
    if (
        not tight.startswith(gold["text"].replace(" ", ""))
        or gold["ends"] not in got["text"]
        or (not gold["text"] and tight)
        or any(word in got["text"] for word in gold["never"])
    ):
        wrong["text"] = repr(got["text"][:80])
    if gold["source"] and got["source"] != gold["source"]:
        wrong["source"] = repr(got["source"])
    if gold["state"] == "live" and len(got["images"]) != gold["images"]:
        wrong["images"] = repr(got["images"])
    return wrong


def run(seed: int, each: int, show: bool = False) -> tuple[int, int]:
    """(fields right, fields asked) over all kinds and states."""
    from crawler.parse.extract import extract

    right = asked = 0
    for look in sorted(path.stem for path in LOOKS.glob("*.html")):
        for turn in range(each):
            data, gold = make(look, seed + turn)
            wrong = wrong_fields(extract(data, URL.format(n=seed + turn)), gold)
            asked += len(FIELDS)
            right += len(FIELDS) - len(wrong)
            for name, what in wrong.items() if show else ():
                print(f"{look}-{seed + turn:<6} {name:13} {what}  应为 {gold.get(name)!r}", file=sys.stderr)
    return right, asked


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--each", type=int, default=3)
    parser.add_argument("--show", action="store_true", help="print what was wrong")
    arguments = parser.parse_args()
    right, asked = run(arguments.seed, arguments.each, arguments.show)
    print(f"种子 {arguments.seed}：微信页面 {right}/{asked} 项正确，{right / asked:.3f}")


if __name__ == "__main__":
    main()
