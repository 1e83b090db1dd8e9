"""Article pages as county portals draw them, with the habits that make them hard to read."""

import html
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from demo.posts import PortalPost
from demo.words import words

TagStyle = Literal["standard", "odd-case", "property", "no-date", "none"]
Encoding = Literal["utf-8", "gbk-declared-utf-8", "gbk-undeclared", "gb18030-declared-gb2312"]
_TAG_STYLES: tuple[TagStyle, ...] = ("standard",) * 6 + ("odd-case", "property", "no-date", "standard", "no-date", "none")
_ENCODINGS: tuple[Encoding, ...] = ("utf-8",) * 9 + ("gbk-declared-utf-8", "utf-8", "gbk-undeclared", "utf-8", "gb18030-declared-gb2312")


@dataclass(frozen=True, slots=True)
class Dress:
    """What a look gives an article: containers, and where its files lie."""

    body_open: str
    body_close: str
    file_link: str  # with {href} and {name}
    date_line: str  # with {moment}
    files: tuple[tuple[str, str], ...]  # name, href
    pictures: tuple[str, ...]  # href


@dataclass(frozen=True, slots=True)
class Habits:
    """How badly a page is made."""

    tags: TagStyle
    encoding: Encoding
    twice_closed: bool
    clock_line: bool


def habits_of(post: PortalPost, turn: int) -> Habits:
    """Every habit comes round in turn, so that a month of any size meets all of them."""
    tags = _TAG_STYLES[turn % len(_TAG_STYLES)]
    return Habits("no-date" if post.at is None else tags, _ENCODINGS[turn % len(_ENCODINGS)], turn % 13 == 6, turn % 5 == 2)


def article_page(post: PortalPost, dress: Dress, habits: Habits, neighbours: Sequence[PortalPost], today: date) -> bytes:
    """The whole page, in the encoding it really has (which need not be the one it declares)."""
    site = words()["site"]
    head = f"<title>{_text(post.title)}_{_text(post.column)}_{site['name']}</title>\n{_tags(post, habits.tags)}"
    clock = f'<div class="today">今天是{today.year}年{today.month}月{today.day}日 欢迎访问{site["name"]}网站</div>\n' if habits.clock_line else ""
    body = (
        f"{header()}{clock}"
        f'<div class="position">您现在的位置：<a href="/index.html">首页</a> &gt; <a href="/zwgk/index.html">政府信息公开</a> &gt; {_text(post.column)}</div>\n'
        f'<div class="main">\n<h1 class="title">{_text(post.title)}</h1>\n{_info(post, dress, habits)}'
        f"{dress.body_open}\n{_content(post, dress)}\n{dress.body_close}\n</div>\n{_sidebar(post, neighbours)}{footer(today)}"
    )
    ending = "</body>\n</html>\n</html>\n" if habits.twice_closed else "</body>\n</html>\n"
    page = f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{_declaration(habits.encoding)}{head}</head>\n<body>\n{body}{ending}'
    return page.encode("utf-8" if habits.encoding == "utf-8" else "gb18030")


def content_type(habits: Habits) -> str:
    """The header a sloppy server sends: no charset where the page is not UTF-8."""
    return "text/html; charset=utf-8" if habits.encoding == "utf-8" else "text/html"


def header() -> str:
    """Name and navigation, the same on every page."""
    site = words()["site"]
    entries = ("网站首页", "政府信息公开", "政务服务", "互动交流", "走进眉县", "专题专栏")
    links = " | ".join(f'<a href="/index.html">{entry}</a>' for entry in entries)
    return f'<div class="header"><a class="logo" href="/index.html">{site["name"]}</a></div>\n<div class="nav">{links}</div>\n'


def footer(today: date) -> str:
    """Sponsor, phone, licence numbers, years."""
    site = words()["site"]
    return (
        f'<div class="footer"><p>主办单位：{site["sponsor"]} 承办单位：{site["maintainer"]}</p>\n'
        f"<p>联系电话：{site['phone']} 网站标识码：{site['code']} 备案号：{site['record']} {site['police']}</p>\n"
        f"<p>版权所有 © 2008-{today.year} {site['name']} 建议使用 1366×768 分辨率浏览</p></div>\n"
    )


def site_tags() -> str:
    """The three tags every page owes."""
    site = words()["site"]
    return (
        f'<meta name="SiteName" content="{site["name"]}">\n<meta name="SiteDomain" content="{site["domain"]}">\n'
        f'<meta name="SiteIDCode" content="{site["code"]}">\n'
    )


def _text(value: str) -> str:
    return html.escape(value, quote=True)


def _declaration(encoding: Encoding) -> str:
    match encoding:
        case "utf-8" | "gbk-declared-utf-8":
            return '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">\n'
        case "gb18030-declared-gb2312":
            return '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">\n'
        case "gbk-undeclared":
            return ""


def _tags(post: PortalPost, style: TagStyle) -> str:
    """The standard tags in one of the ways they are met."""
    if style == "none":
        return site_tags()
    entries = [
        ("ColumnName", post.column),
        ("ColumnType", "政府信息公开"),
        ("ArticleTitle", post.title),
        ("PubDate", _moment(post)),
        ("ContentSource", post.origin),
        ("Keywords", f"{post.unit},{post.column}"),
        ("Description", post.paragraphs[0][:60] if post.paragraphs and not post.planted else post.title),
        ("Url", post.path),
    ]
    if style == "no-date":
        entries = [entry for entry in entries if entry[0] != "PubDate"]
    lines = []
    for name, value in entries:
        match style:
            case "odd-case":
                lines.append(f'<META CONTENT="{_text(value)}" NAME="{name.lower()}">')
            case "property":
                lines.append(f'<meta property="{name}" content="{_text(value)}"/>')
            case _:
                lines.append(f'<meta name="{name}" content="{_text(value)}">')
    return site_tags() + "\n".join(lines) + "\n"


def _moment(post: PortalPost) -> str:
    """The time of publication as one of three forms of the tag."""
    if post.at is None:
        return ""
    return f"{post.at:{('%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M:%S', '%Y-%m-%d')[post.number % 3]}}"


def _info(post: PortalPost, dress: Dress, habits: Habits) -> str:
    """The line under the title. It always names the date where the tags do not, and never for a post without one."""
    parts = [f"<span>来源：{_text(post.origin)}</span>"]
    if post.at:
        parts.insert(post.number % 2, f"<span>{dress.date_line.format(moment=_shown(post, habits))}</span>")
    return f'<div class="info">{" ".join(parts)} <span>浏览次数：<i id="hits"></i></span> 字号：[大 中 小]</div>\n'


def _shown(post: PortalPost, habits: Habits) -> str:
    assert post.at is not None
    if habits.twice_closed:
        return f"{post.at.year}年{post.at.month}月{post.at.day}日"
    return f"{post.at:%Y-%m-%d %H:%M}" if post.number % 2 else f"{post.at:%Y-%m-%d}"


def _content(post: PortalPost, dress: Dress) -> str:
    parts = [f'<p style="text-indent: 2em;">{_split(paragraph, post.number + place)}</p>' for place, paragraph in enumerate(post.paragraphs)]
    if post.table:
        head, *rows = ("".join(f"<td>{_text(cell)}</td>" for cell in cells) for cells in post.table)
        lines = "\n".join(f"<tr>{row}</tr>" for row in rows)
        parts.append(f'<table border="1" cellspacing="0">\n<tr>{head.replace("td>", "th>")}</tr>\n{lines}\n</table>')
    parts += [f'<p style="text-align: center;"><img src="{_text(href)}" alt="" border="0"></p>' for href in dress.pictures]
    parts += [f'<p>相关链接：<a href="{_text(href)}" target="_blank">{_text(name)}</a></p>' for name, href in post.links]
    parts += [f"<p>附件：{dress.file_link.format(href=_text(href), name=_text(name))}</p>" for name, href in dress.files]
    return "\n".join(parts)


def _split(paragraph: str, turn: int) -> str:
    """A paragraph, now and then cut into spans as editors' pasting leaves it."""
    if turn % 6 or len(paragraph) < 12:
        return _text(paragraph)
    middle = len(paragraph) // 2
    return f'<span style="font-family: 仿宋;">{_text(paragraph[:middle])}</span><span>{_text(paragraph[middle:])}</span>'


def _sidebar(post: PortalPost, others: Sequence[PortalPost]) -> str:
    """Other posts with their dates: what a careless reader takes for this post's."""
    rng = random.Random(post.number)
    chosen = rng.sample(list(others), min(4, len(others)))
    items = "\n".join(
        f'<li><a href="{_text(other.path)}">{_text(other.title)}</a><span>{other.at:%Y-%m-%d}</span></li>' for other in chosen if other.at and other is not post
    )
    return f'<div class="sidebar"><h3>热点推荐</h3>\n<ul>\n{items}\n</ul></div>\n'
