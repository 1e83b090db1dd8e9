"""A 微信公众号 article page in both of its forms (script variables, `cgiDataNew`) and in all its states → a Post."""

import re
from datetime import datetime
from typing import Literal

from core.records import Attachment, Link, Post, PostState
from crawler.parse.article import Listed, read_metas
from crawler.parse.dates import Stamp, from_epoch, read_stamp
from crawler.parse.dom import Element, absolute, inline_text, lines_of, parse_fragment, parse_text, squash
from crawler.parse.encoding import decode
from crawler.parse.scripts import js_decode, string_value

Original = Literal["declared", "reprint", "undeclared"]

# What the platform says in place of an article; the first that is found decides.
_STATES: tuple[tuple[PostState, re.Pattern[str]], ...] = (
    (
        "deleted",
        re.compile(
            r"(?:该|此)?内容已被(?:发布者|作者)?删除|该文章已被删除|The content has been deleted by the author|This content has been deleted", re.IGNORECASE
        ),
    ),
    (
        "violating",
        re.compile(
            r"因违规无法查看|此内容被投诉且经审核|由用户投诉并经平台审核|涉嫌(?:违反|侵权|违规|侵犯)|违反.{0,40}无法查看|[帐账]号已被(?:屏蔽|封)|[帐账]号(?:被|因).{0,12}(?:屏蔽|封禁|停止使用)|已停止访问该网页"
            r"|because it violates|unable to view this content|violat\w+ .{0,60}(?:regulation|policy|rules)",
            re.IGNORECASE,
        ),
    ),
    (
        "unavailable",
        re.compile(
            r"内容暂时无法查看|发送失败无法查看|内容审核中|审核中，|[帐账]号迁移|公众号已迁移|已?自主注销|公众号已注销|链接已过期|参数错误|页面不存在|系统出错|Parameter error|has expired|temporarily unavailable",
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
    title = _title(tree, text)
    kind = string_value(text, "item_show_type", "real_item_show_type")
    stamp, date_source = _date(tree, text, listed)
    content = _content(tree, text)
    lines = lines_of(content) if content is not None else []
    plain = "\n".join(lines) or _notice(tree) or _plain_text(tree, text)
    if kind == "10":  # a text post has no title of its own: the platform puts its words there
        title = (title or plain).split("\n")[0]
    mark = string_value(text, "copyright_stat", "_copyright_stat")
    account = _first(
        string_value(text, "nickname"),
        string_value(text, "nick_name", within="cgiDataNew"),
        string_value(text, "nick_name"),
        _by_id(tree, "js_name"),
        string_value(text, "window.name"),
    )
    tags = {
        "account": account,
        "user_name": _first(string_value(text, "user_name")),
        "item_show_type": kind or "",
    }
    if state == "live":
        tags |= {"source_username": _first(string_value(text, "source_username")), "source_url": _first(string_value(text, "msg_source_url", "source_url"))}
    return Post(
        source=source,
        url=url,
        title=squash(title) or (listed.title if listed else ""),
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
    """live, the platform's word for why not, or None for the verification wall. What is said in place of an article counts only where there is no article."""
    filled = tree.xpath("//*[@id='js_content']")
    if _title(tree, text) or any(lines_of(node) for node in filled) or _notice(tree):
        return "live"
    shown = " ".join(lines_of(tree))
    for state, pattern in _STATES:
        if pattern.search(shown):
            return state
    if _WALL.search(text):
        return None
    if tree.xpath("boolean(//*[@id='js_article' or @id='js_content'])"):
        return "live"
    return next((state for state, pattern in _STATES if pattern.search(text[:200_000])), "unavailable")


def _title(tree: Element, text: str) -> str:
    """The title; lines are kept, since a text post's whole text may stand here."""
    values = (
        string_value(text, "msg_title"),
        read_metas(tree, folded=False).get("og:title"),
        string_value(text, "title", within="cgiDataNew"),
        string_value(text, "title", within="getXmlValue"),
        _by_id(tree, "activity-name"),
        _by_id(tree, "js_video_page_title"),
    )
    found = next((value for value in values if value and value.strip()), "")
    return "\n".join(line for line in map(squash, re.split(r"\r?\n|\\n|\\x0a", found)) if line)


def _notice(tree: Element) -> str:
    """What an account wrote over an article that it shares: in the page, or in the script that puts it there."""
    for node in tree.xpath("//*[@id='js_share_notice']"):
        shown = "\n".join(lines_of(node))
        script = re.search(r"""innerHTML\s*=\s*(["'])((?:\\.|(?!\1).)*)\1""", " ".join(script.text or "" for script in node.iter("script")))
        if shown or script:
            return shown or _first_lines(js_decode(script[2]) if script else "")
    return ""


def _date(tree: Element, text: str, listed: Listed | None) -> tuple[datetime | None, str]:
    """`ct` in Unix seconds, else `createTime`/`create_time` in Shanghai time, else the ledger's date."""
    values = [string_value(text, name) for name in ("ct", "createTime", "create_time", "oriCreateTime", "ori_create_time", "svr_time_of_post", "publish_time")]
    for value in [*values, _by_id(tree, "publish_time"), _by_id(tree, "post-date")]:
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
    if string_value(text, "item_show_type", "real_item_show_type") == "5" and string_value(text, "content_noencode"):
        found = []  # a video post has a shell of that name
    if found and (lines_of(found[0]) or found[0].find(".//img") is not None):
        node: Element = found[0]
        return node
    encoded = string_value(text, "content_noencode", within="cgiDataNew") or string_value(text, "content_noencode")
    if not encoded:
        return None
    if string_value(text, "item_show_type", "real_item_show_type") in _KINDS_WITHOUT_HTML:
        encoded = re.sub(r"\r?\n", "<br>", encoded)
    return parse_fragment(encoded).find(".//div")


def _plain_text(tree: Element, text: str) -> str:
    """Picture, text and video posts have no HTML body: their words are in `text_page_info`, `content_noencode` or `desc`."""
    words = _first_lines(
        string_value(text, "content", "content_noencode", within="text_page_info"),
        string_value(text, "content_noencode", within="cgiDataNew"),
        string_value(text, "content_noencode"),
        string_value(text, "desc", within="cgiDataNew"),
        string_value(text, "window.desc"),
        string_value(text, "msg_desc"),
    )
    described = read_metas(tree).get("og:description") or read_metas(tree).get("description") or ""
    if not words and string_value(text, "item_show_type", "real_item_show_type") == "10":
        return _title(tree, text)
    return words or _first_lines(re.sub(r"\\x0a|\\n", "\n", described))


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


_LIST_TOKEN = re.compile(r"""[{}\[\]]|cdn_url["']?\s*:\s*(?:JsDecode\(\s*)?["']([^"']+)["']|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'""")


def _listed_pictures(text: str) -> list[str]:
    """The addresses in `picture_page_info_list`, without those of watermarks and covers inside its entries."""
    found: list[str] = []
    for start in re.finditer(r"picture_page_info_list[\"']?\s*[:=]\s*(?=\[)", text):
        depth = 0
        for token in _LIST_TOKEN.finditer(text, start.end(), start.end() + 400_000):
            mark = token[0]
            depth += (mark in "{[") - (mark in "}]") if len(mark) == 1 else 0
            if depth == 0:
                break
            if token[1] and depth == 2:
                found.append(js_decode(token[1]))
        if found:
            break
    return found


def _pictures(content: Element | None, text: str) -> tuple[Attachment, ...]:
    """Pictures of the body (`data-src`) and of a picture post (`picture_page_info_list`)."""
    found: dict[str, Attachment] = {}
    wanted = [image.get("data-src") or image.get("src") for image in content.iter("img")] if content is not None else []
    for address in [*wanted, *_listed_pictures(text)]:
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
