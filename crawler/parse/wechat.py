"""A 微信公众号 article page in both of its forms (script variables, `cgiDataNew`) and in all its states → a Post."""

import re
from datetime import datetime
from typing import Literal

from core.records import Attachment, Link, Post, PostState
from crawler.parse.article import Listed, read_metas
from crawler.parse.dates import Stamp, from_epoch, read_stamp
from crawler.parse.dom import Element, absolute, inline_text, lines_of, parse_fragment, parse_text, squash
from crawler.parse.encoding import decode
from crawler.parse.scripts import string_value

Original = Literal["declared", "reprint", "undeclared"]

# What the platform says in place of an article; the first that is found decides.
_STATES: tuple[tuple[PostState, re.Pattern[str]], ...] = (
    ("deleted", re.compile(r"该内容已被发布者删除|内容已被发布者删除|The content has been deleted by the author|该公众号已注销", re.IGNORECASE)),
    (
        "violating",
        re.compile(
            r"此内容因违规无法查看|此内容被投诉且经审核|由用户投诉并经平台审核|涉嫌(?:违反|侵权|违规)|违反《?.{0,20}无法查看|此账号已被屏蔽|账号已被封|unable to view this content because it violates",
            re.IGNORECASE,
        ),
    ),
    (
        "unavailable",
        re.compile(
            r"该内容暂时无法查看|此内容发送失败无法查看|此内容暂时无法查看|内容审核中|账号迁移|该公众号已迁移|链接已过期|参数错误|Parameter error",
            re.IGNORECASE,
        ),
    ),
)
_WALL = re.compile(r"环境异常|完成验证后即可继续访问|去验证|secitptpage|wappoc_appmsgcaptcha|请在微信客户端打开", re.IGNORECASE)
_ORIGINALS: dict[str, Original] = {"1": "declared", "2": "reprint", "0": "undeclared"}
_ORIGIN_LINE = re.compile(
    r"^\s*[（(【\[|▼◆●▍\s]*(?:文章|信息|稿件|内容|本文)?\s*(?:来源|来自|转载自?|转自|素材来源)\s*[:：丨|｜/]\s*[“《「]?([^\s“”》」）)】|，。；]{2,30})"
)
_KINDS_WITHOUT_HTML = {"8", "10"}


def read_wechat(body: bytes, url: str, *, header: str | None = None, listed: Listed | None = None, source: str = "") -> Post | None:
    """Read an article page; None for the platform's verification wall, which says nothing about the article."""
    text = decode(body, header)
    tree = parse_text(text)
    state = _state(tree, text)
    if state is None:
        return None
    metas = read_metas(tree)
    title = _first(string_value(text, "msg_title"), metas.get("og:title"), string_value(text, "title", within="cgiDataNew"), _by_id(tree, "activity-name"))
    stamp, date_source = _date(text, listed)
    content = _content(tree, text)
    lines = lines_of(content) if content is not None else []
    plain = "\n".join(lines) or _plain_text(text)
    mark = string_value(text, "copyright_stat", "_copyright_stat")
    account = _first(string_value(text, "nickname"), string_value(text, "nick_name", within="cgiDataNew"), _by_id(tree, "js_name"))
    tags = {
        "account": account,
        "user_name": _first(string_value(text, "user_name")),
        "item_show_type": _first(string_value(text, "item_show_type", "real_item_show_type")),
    }
    if state == "live":
        tags |= {"source_username": _first(string_value(text, "source_username")), "source_url": _first(string_value(text, "msg_source_url", "source_url"))}
    return Post(
        source=source,
        url=url,
        title=title or (listed.title if listed else ""),
        published_at=stamp,
        date_source=date_source,
        origin=_origin_line(plain.split("\n")) or _shared_from(tree, text),
        author=_first(string_value(text, "author"), metas.get("author"), _by_id(tree, "js_author_name")),
        text=plain if state == "live" else "",
        state=state,
        original=_ORIGINALS.get(mark or "", "undeclared") if state == "live" else None,
        attachments=_pictures(content, text) if state == "live" else (),
        links=_links(content, url),
        tags={name: value for name, value in tags.items() if value},
        page=body,
    )


def _first(*values: str | None) -> str:
    return next((squash(value) for value in values if value and value.strip()), "")


def _by_id(tree: Element, name: str) -> str:
    found = tree.xpath("//*[@id=$name]", name=name)
    return inline_text(found[0]) if found else ""


def _state(tree: Element, text: str) -> PostState | None:
    """live, the platform's word for why not, or None for the verification wall."""
    if tree.xpath("boolean(//*[@id='js_article' or @id='js_content'])") or "cgiDataNew" in text:
        return "live"
    shown = " ".join(lines_of(tree))
    for state, pattern in _STATES:
        if pattern.search(shown) or pattern.search(text[:200_000]):
            return state
    return None if _WALL.search(text) else "unavailable"


def _date(text: str, listed: Listed | None) -> tuple[datetime | None, str]:
    """`ct` in Unix seconds, else `createTime`/`create_time` in Shanghai time, else the ledger's date."""
    for name in ("ct", "oriCreateTime", "createTime", "ori_create_time", "create_time"):
        value = string_value(text, name)
        stamp: Stamp | None = None
        if value and value.strip().isdigit() and len(value.strip()) in {10, 13}:
            stamp = from_epoch(int(value))
        elif value:
            stamp = read_stamp(value)
        if stamp:
            return stamp.moment, "platform"
    if listed is not None and listed.stamp:
        return listed.stamp.moment, "ledger"
    return None, "unknown"


def _content(tree: Element, text: str) -> Element | None:
    """The article's body: `#js_content` where the page has it filled, else `content_noencode` of the new form."""
    found = tree.xpath("//*[@id='js_content']")
    if found and (lines_of(found[0]) or found[0].find(".//img") is not None):
        node: Element = found[0]
        return node
    encoded = string_value(text, "content_noencode", within="cgiDataNew")
    if not encoded:
        return None
    if string_value(text, "item_show_type", "real_item_show_type") in _KINDS_WITHOUT_HTML:
        encoded = re.sub(r"\r?\n", "<br>", encoded)
    return parse_fragment(encoded).find(".//div")


def _plain_text(text: str) -> str:
    """Picture and text posts have no HTML body: their words are in `desc`, `text_page_info` or `content_noencode`."""
    words = _first_lines(
        string_value(text, "content", within="text_page_info"),
        string_value(text, "content_noencode", within="cgiDataNew"),
        string_value(text, "desc", within="cgiDataNew"),
    )
    return words or _first_lines(string_value(text, "msg_desc"))


def _first_lines(*values: str | None) -> str:
    for value in values:
        if value and value.strip():
            return "\n".join(lines_of(parse_fragment(re.sub(r"\r?\n", "<br>", value))))
    return ""


def _origin_line(lines: list[str]) -> str:
    """A 来源 or 转载 line at the head or the foot of the text."""
    for line in [*lines[:4], *lines[-6:]]:
        found = _ORIGIN_LINE.search(line)
        if found and len(line) <= 80:
            return found[1]
    return ""


def _shared_from(tree: Element, text: str) -> str:
    """The account that a repost of a declared original names: `source_nickname`, or 以下文章来源于… above the text."""
    notice = re.search(r"以下文章来源于\s*([^，。\s]{2,30})", _by_id(tree, "js_share_notice"))
    return _first(string_value(text, "source_nickname"), notice[1] if notice else None)


_PICTURE_LIST = re.compile(r"cdn_url\s*:\s*(?:JsDecode\(\s*)?['\"]([^'\"]+)['\"]")


def _pictures(content: Element | None, text: str) -> tuple[Attachment, ...]:
    """Pictures of the body (`data-src`) and of a picture post (`picture_page_info_list`)."""
    from crawler.parse.scripts import js_decode

    found: dict[str, Attachment] = {}
    wanted = [image.get("data-src") or image.get("src") for image in content.iter("img")] if content is not None else []
    for address in [*wanted, *(js_decode(value) for value in _PICTURE_LIST.findall(text))]:
        url = absolute("https://mp.weixin.qq.com/", address)
        if url and url not in found:
            found[url] = Attachment(url=url, name=f"图片{len(found) + 1}", picture=True)
    return tuple(found.values())


def _links(content: Element | None, url: str) -> tuple[Link, ...]:
    found: dict[str, Link] = {}
    for link in content.iter("a") if content is not None else ():
        address = absolute(url, link.get("href"))
        if address and address not in found:
            found[address] = Link(address, inline_text(link)[:200])
    return tuple(found.values())


_OWN_MARKS = re.compile(rb"id=[\"'](?:js_article|activity-name)[\"']|window\.cgiDataNew|weui-msg")


def is_wechat(body: bytes, url: str) -> bool:
    """True for a page of the platform, judged by its host or its own marks."""
    return "://mp.weixin.qq.com/" in url or _OWN_MARKS.search(body) is not None
