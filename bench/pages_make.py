"""Synthetic Chinese government pages: made-up articles poured into the looks of real publishing systems (bench/pages/looks), with gold."""

import json
import random
import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from jinja2 import Environment, FileSystemLoader

from bench.pages_words import Article, article, headlines

LOOKS = Path(__file__).with_name("pages") / "looks"
NAV = ("首页", "走进县情", "政务公开", "政务服务", "互动交流", "数据开放", "专题专栏", "投资指南")
SMALL = ("无障碍浏览", "长者模式", "繁體", "网站地图", "设为首页", "加入收藏")
FOOT = ("网站标识码：6103260001", "陕ICP备05009999号-1", "网站声明", "联系我们", "版权所有")


@dataclass
class Page:
    """One page in the making: what the template asks for, and the gold that follows from it."""

    rng: random.Random
    article: Article
    url: str
    chrome: list[str] = field(default_factory=list)
    attachments: list[dict[str, str]] = field(default_factory=list)

    def day(self, shape: str = "%Y-%m-%d", when: datetime | None = None) -> str:
        """The day of publication (or another) in a strftime shape."""
        return (when or self.article.when).strftime(shape)

    def other_day(self, shape: str = "%Y-%m-%d") -> str:
        """A day that is not the day of publication: of other articles, of today's weather, of a law."""
        return (self.article.when + timedelta(days=self.rng.choice((-400, -31, -9, 3, 17, 40)))).strftime(shape)

    def others(self, count: int = 5) -> list[str]:
        """Headlines of other articles; none of them may be in the text."""
        made = headlines(self.rng, count)
        self.chrome += made
        return made

    def words(self, which: tuple[str, ...]) -> tuple[str, ...]:
        """Fixed words around the article that may not be in the text (the longer ones are unmistakable)."""
        self.chrome += [word for word in which if len(word) > 3]
        return which

    def nav(self) -> tuple[str, ...]:
        """The main menu."""
        return self.words(NAV)

    def says(self, *words: str) -> str:
        """Words of the frame, remembered as not belonging to the text."""
        self.chrome += [word for word in words if len(word) > 3]
        return " ".join(words)

    def body(self, style: str = "p", picture: str = "./W0202310.jpg", files: str = "") -> str:
        """The article's paragraphs in one of the ways editors leave them."""
        parts = list(self.article.paragraphs)
        made = [_paragraph(style, text) for text in parts]
        if self.article.picture:
            made.insert(0, f'<p style="text-align: center"><img src="{picture}" alt="" width="600"></p>')
        if self.article.rows:
            cells = ["<tr>" + "".join(f"<td><p>{cell}</p></td>" for cell in row) + "</tr>" for row in self.article.rows]
            made.append('<table border="1" cellspacing="0" width="100%"><tbody>' + "".join(cells) + "</tbody></table>")
        return "\n".join(made) + ("\n" + files if files else "")

    def files(self, address: str = "./P0{n}.{ext}", line: str = '<p><a href="{href}">{label}{name}.{ext}</a></p>') -> str:
        """The attachments as links; every look has its own addresses and its own line."""
        made = []
        for number, (name, ext) in enumerate(self.article.files, 1):
            href = address.format(n=f"{self.article.when:%Y%m%d}{self.rng.randint(100000, 999999)}", ext=ext, name=name)
            label = "附件：" if len(self.article.files) == 1 else f"附件{number}："
            self.attachments.append({"url": urljoin(self.url, href.replace("&amp;", "&")), "name": f"{name}.{ext}"})
            made.append(line.format(href=href, label=label, name=name, ext=ext, number=number))
        return "\n".join(made)


def _paragraph(style: str, text: str) -> str:
    if style == "div":
        return f'<div style="line-height: 2"><span style="font-size: 16pt">　　{text}</span></div>'
    if style == "br":
        return f"&emsp;&emsp;{text}<br/><br>"
    if style == "word":
        font = "font-family:仿宋_GB2312;mso-hansi-font-family:'Times New Roman';font-size:16.0000pt;"
        half = len(text) // 2
        spans = f'<span style="{font}"><font face="仿宋">{text[:half]}</font></span><span style="{font}">{text[half:]}<o:p></o:p></span>'
        return f'<p class="MsoNormal" style="text-indent:32.0000pt;mso-char-indent-count:2.0000;">{spans}</p>'
    if style == "section":
        return f'<section style="margin: 0 8px"><p><span>{text}</span></p></section>\n<section><p><br></p></section>'
    return f'<p style="text-indent: 2em;">{text}</p>'


def _meta(source: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(source[source.index("{#") + 2 : source.index("#}")])
    return found


@dataclass(frozen=True)
class Made:
    """A finished page: its bytes, its address, what must be read from it."""

    name: str
    look: str
    url: str
    data: bytes
    gold: dict[str, Any]


def looks(batch: str = "") -> list[str]:
    """The looks there are, or those of one batch (the name's first letter)."""
    return sorted(path.stem for path in LOOKS.glob("*.html") if path.stem.startswith(batch))


def make(look: str, seed: int, kind: str) -> Made:
    """One page in a look."""
    env = Environment(loader=FileSystemLoader(LOOKS, encoding="utf-8"), autoescape=False)
    source = (LOOKS / f"{look}.html").read_text(encoding="utf-8")
    meta = _meta(source)
    rng = random.Random(f"{look} {seed} {kind}")
    made = article(rng, kind)
    url = meta["url"].format(
        y=made.when.year, m=made.when.month, d=made.when.day, ymd=f"{made.when:%Y%m%d}", ym=f"{made.when:%Y%m}", n=rng.randint(10000, 999999)
    )
    page = Page(rng, made, url)
    html = env.from_string(source).render(p=page, a=made, foot=FOOT, small=SMALL)
    html = html[html.index("#}") + 2 :] if "#}" in html[:5] else html
    data = html.lstrip().encode(meta.get("encoding", "utf-8"), "xmlcharrefreplace")
    return Made(f"{look}-{kind}-{seed}", look, url, data, _gold(page, meta))


def _gold(page: Page, meta: dict[str, Any]) -> dict[str, Any]:
    made = page.article
    shown = meta.get("date", "time")
    published = None if shown == "none" else f"{made.when:%Y-%m-%d}" + (f"T{made.when:%H:%M}" if shown == "time" else "")
    source = {"article": made.source, "paren": made.source + "（县粮食和物资储备局）", "none": None}.get(meta.get("source", "article"), meta.get("source"))
    if source == "site":
        source = meta["site"].format(county=made.county)
    return {
        "url": page.url,
        "title": made.title,
        "published_at": published,
        "source": source,
        "number": made.number or None,
        "begins": made.paragraphs[0],
        "ends": made.rows[-1][-1] if made.rows else made.paragraphs[-1],
        "never": sorted(set(page.chrome)),
        "attachments": page.attachments,
    }


_NAMES = re.compile(rb"""\s(?:class|id)=(?:"[^"]*"|'[^']*'|[\w-]+)(?=[\s>/])""")
_TAGS = re.compile(rb"<meta[^>]*(?:ArticleTitle|PubDate|ContentSource|published_time|og:title|release_date|firstpublished)[^>]*>", re.IGNORECASE)
_BY_SCRIPT = frozenset({"f_api", "f_textarea"})


def bare(made: list[Made]) -> list[Made]:
    """The same pages without class names, ids and standard tags: what is left is what a reader sees. Pages that need their ids to be drawn stay out."""
    return [replace(page, data=_TAGS.sub(b"", _NAMES.sub(b"", page.data))) for page in made if page.look not in _BY_SCRIPT]


def pages(seed: int, batch: str = "", each: int = 3) -> list[Made]:
    """Pages in every look, a few kinds of article each, the kinds turning with the look."""
    made = []
    for number, look in enumerate(looks(batch)):
        allowed = _meta((LOOKS / f"{look}.html").read_text(encoding="utf-8")).get("kinds") or (
            "news",
            "brief",
            "notice",
            "picture",
            "table",
            "document",
            "video",
        )
        for turn in range(each):
            made.append(make(look, seed + turn, allowed[(number + turn) % len(allowed)]))
    return made
