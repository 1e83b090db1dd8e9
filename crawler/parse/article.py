"""An article page of a government site → a Post: standard tags first, then what a reader sees, never a guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from core.records import Post
from crawler.parse.body import find_body, furniture
from crawler.parse.dates import Stamp, first_stamp, read_stamp, url_stamp
from crawler.parse.dom import Element, base_url, is_element, lines_of, parse_page, squash
from crawler.parse.embedded import linked_date, read_embedded
from crawler.parse.facts import read_facts
from crawler.parse.files import read_attachments, read_links, read_pictures
from crawler.parse.origin import AUTHOR, label_value, read_origin
from crawler.parse.phrases import FOOTER_WORDS, is_info_line
from crawler.parse.title import find_title
from crawler.parse.trim import trim_lines

STANDARD_TAGS = (
    "SiteName",
    "SiteDomain",
    "SiteIDCode",
    "ColumnName",
    "ColumnDescription",
    "ColumnKeywords",
    "ColumnType",
    "ArticleTitle",
    "PubDate",
    "ContentSource",
    "Keywords",
    "Author",
    "Description",
    "Image",
    "Url",
)
_CANONICAL = {name.lower(): name for name in STANDARD_TAGS}
_DATE_TAGS = ("pubdate", "publishdate", "pubtime", "publishtime", "article:published_time", "firstpublishedtime", "publish_date", "releasedate", "jsonld")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list page says about an article before it is opened."""

    url: str
    title: str = ""
    stamp: Stamp | None = None


def read_article(body: bytes, url: str, *, header: str | None = None, listed: Listed | None = None, source: str = "") -> Post:
    """Read an article page. `header` is the HTTP Content-Type, `listed` the list's entry that led here. Attachments and links are not fetched yet."""
    return read_article_tree(parse_page(body, header), url, listed=listed, source=source, page=body)


def read_article_tree(tree: Element, url: str, *, listed: Listed | None = None, source: str = "", page: bytes = b"") -> Post:
    """`read_article` for a page that is parsed already."""
    metas, facts = {"jsonld": linked_date(tree)} | read_metas(tree), read_facts(tree)
    title, title_node = find_title(tree, metas, facts, listed.title if listed else "")
    containers = find_body(tree, title_node, facts.box)
    base = base_url(tree, url)
    drawn = read_embedded(tree) if not any(lines_of(node) or node.find(".//img") is not None for node in containers) else None
    if drawn is not None:
        containers = [drawn.body]
        title = drawn.title or title
        metas = {"pubdate": drawn.date, "contentsource": drawn.source} | {name: value for name, value in metas.items() if value}
    attachments = read_attachments([tree, *containers] if drawn else [tree], containers, base)
    around, near = _outside_lines(tree, containers, title_node)
    boxed = frozenset([facts.box]) if facts.box is not None and facts.box not in containers else frozenset()
    inside = [line for node in containers for line in lines_of(node, skip=boxed)]
    head, kept = trim_lines(inside, title)
    near = [*near, *head]
    stamp, date_source = _date(metas, facts.values, around, near, inside, listed, url)
    return Post(
        source=source,
        url=url,
        title=title,
        published_at=stamp.moment if stamp else None,
        date_source=date_source,
        origin=read_origin(metas, facts.values, around, near, inside),
        author=metas.get("author", "") or label_value(AUTHOR, around),
        text="\n".join(kept),
        attachments=(*attachments, *read_pictures(containers, base)),
        links=read_links(containers, base, url, {item.url for item in attachments}),
        tags={_CANONICAL[name]: value for name, value in metas.items() if name in _CANONICAL},
        page=page,
    )


def read_metas(tree: Element, *, folded: bool = True) -> dict[str, str]:
    """All `<meta>` values by lower-case name or property; the first non-empty one of a name counts. `folded` folds blanks and lines to one space."""
    metas: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = (node.get("name") or node.get("property") or node.get("itemprop") or "").strip().lower()
        value = squash(node.get("content")) if folded else node.get("content") or ""
        if name and (name not in metas or not metas[name]):
            metas[name] = value
    return metas


def has_article_tags(metas: Mapping[str, str]) -> bool:
    """True when the page says of itself that it is an article."""
    return bool(metas.get("articletitle") or metas.get("pubdate"))


# --- date -------------------------------------------------------------------------------------------------------

_STRONG = re.compile(
    r"(?:发\s*布\s*时\s*间|发\s*布\s*日\s*期|发布于|发表时间|发表日期|发稿时间|发稿日期|发文时间|上传时间|信息时间|公开日期|公开时间|发布机构时间)\s*[】\])）]?\s*[:：]?\s*[\[【（(]?\s*(?=(?:19|20)\d\d)"
)
_WEAK = re.compile(r"(?:^|[\s|【\[（(　])(?:日\s*期|时\s*间|更新时间|更新日期|录入时间|添加时间)\s*[:：]\s*[\[【（(]?\s*(?=(?:19|20)\d\d)")
_NOT_A_POST = re.compile(
    r"今天是|现在是|当前时间|星期[一二三四五六日天]|截止|截至|成文日期|生成日期|印发日期|实施日期|有效期|失效|版权|Copyright|备案", re.IGNORECASE
)
_INFO_LINE = re.compile(r"来源|浏览|阅读|点击|字号|字体|作者|打印|分享|访问|【|大\s*中\s*小")


def _date(
    metas: Mapping[str, str], facts: Mapping[str, str], around: list[str], near: list[str], inside: list[str], listed: Listed | None, url: str
) -> tuple[Stamp | None, str]:
    """The publication date and where it was read: tag, visible, list, url or unknown."""
    for name in _DATE_TAGS:
        stamp = read_stamp(metas.get(name, ""))
        if stamp:
            return stamp, "tag"
    stamp = _visible_date(around, near, inside)
    boxed = read_stamp(facts.get("published", ""))
    if boxed and not (stamp and stamp.exact and stamp.day == boxed.day):
        return boxed, "visible"
    if stamp:
        return stamp, "visible"
    if listed is not None and listed.stamp:
        return listed.stamp, "list"
    stamp = url_stamp(url)
    return (stamp, "url") if stamp else (None, "unknown")


def _visible_date(around: list[str], near: list[str], inside: list[str]) -> Stamp | None:
    for line in [*around, *inside[:6]]:
        found = _STRONG.search(line)
        stamp = first_stamp(line[found.end() :][:40]) if found and len(line) < 400 else None
        if stamp:
            return stamp
    for line in near:
        if FOOTER_WORDS.search(line) or len(line) > 300:
            continue
        found = _WEAK.search(line)
        stamp = first_stamp(line[found.end() :][:40]) if found else None
        if stamp:
            return stamp
    for line in near:
        if len(line) <= 160 and not _NOT_A_POST.search(line) and not FOOTER_WORDS.search(line):
            stamp = first_stamp(line)
            if stamp and (is_info_line(line) or _INFO_LINE.search(line)):
                return stamp
    return None


def _outside_lines(tree: Element, containers: list[Element], title_node: Element | None) -> tuple[list[str], list[str]]:
    """What a reader sees around the article's text, in reading order: (all but lists of other articles and footers, the same without anything named like furniture)."""
    body = tree.find(".//body")
    if body is None:
        return [], []
    own = [*containers, title_node] if title_node is not None else containers
    kept = {parent for node in own for parent in node.iterancestors()}
    lists: set[Element] = set(containers)
    named: set[Element] = set()
    stack = list(body)
    while stack:
        node = stack.pop()
        if not is_element(node) or node in lists:
            continue
        if node not in kept and node is not title_node:
            if _is_list(node):
                lists.add(node)
                continue
            if furniture(node):
                named.add(node)
        stack.extend(node)
    return lines_of(body, skip=frozenset(lists)), lines_of(body, skip=frozenset(lists | named))


def _is_list(node: Element) -> bool:
    """True for navigation, footers and lists of links to other articles."""
    if node.tag in {"nav", "footer", "aside"}:
        return True
    if node.tag not in {"ul", "ol", "dl", "div", "table", "section", "li"}:
        return False
    links = [len(squash(link.text_content())) for link in node.iter("a")]
    if sum(1 for length in links if length >= 8) >= (1 if node.tag == "li" else 2):
        return True
    return len(links) >= 6 and sum(links) * 2 > len(squash(node.text_content()))


def host_of(url: str) -> str:
    """Host and port of an address."""
    return urlsplit(url).netloc.lower()


def day_text(moment: datetime | None) -> str | None:
    """`YYYY-MM-DD` where only the day is known (midnight), else with time and zone; None stays None."""
    if moment is None:
        return None
    if (moment.hour, moment.minute, moment.second) == (0, 0, 0):
        return moment.date().isoformat()
    return moment.isoformat(timespec="seconds")
