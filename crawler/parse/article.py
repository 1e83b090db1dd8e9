"""An article page of a government site → a Post: standard tags first, then what a reader sees, never a guess."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from core.records import Post
from crawler.parse.body import find_body
from crawler.parse.dates import Stamp
from crawler.parse.dom import Element, base_url, lines_of, parse_page, parse_text, squash
from crawler.parse.embedded import Embedded, linked_date, read_answer, read_embedded
from crawler.parse.encoding import decode
from crawler.parse.facts import read_facts
from crawler.parse.files import read_attachments, read_links, read_pictures
from crawler.parse.origin import AUTHOR, label_value, read_origin
from crawler.parse.published import find_date
from crawler.parse.surroundings import look_around
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


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list page says about an article before it is opened."""

    url: str
    title: str = ""
    stamp: Stamp | None = None


def read_article(body: bytes, url: str, *, header: str | None = None, listed: Listed | None = None, source: str = "") -> Post:
    """Read an article page or an API's JSON answer. `header` is the HTTP Content-Type, `listed` the list's entry that led here. Attachments and links are not
    fetched yet."""
    drawn = read_answer(decode(body, header)) if body.lstrip()[:1] == b"{" else None
    tree = parse_page(body, header) if drawn is None else parse_text("")
    return read_article_tree(tree, url, listed=listed, source=source, page=body, drawn=drawn)


def read_article_tree(tree: Element, url: str, *, listed: Listed | None = None, source: str = "", page: bytes = b"", drawn: Embedded | None = None) -> Post:
    """`read_article` for a page that is parsed already; `drawn` is an article that is known to stand in its data."""
    metas, facts = {"jsonld": linked_date(tree)} | read_metas(tree), read_facts(tree)
    title, title_node = find_title(tree, metas, facts, listed.title if listed else "")
    containers, boxed = find_body(tree, title_node, facts.box)
    base = base_url(tree, url)
    if drawn is None and not any(lines_of(node) or node.find(".//img") is not None for node in containers):
        drawn = read_embedded(tree)
    if drawn is not None:
        containers = [drawn.body]
        title = drawn.title or title
        metas = {"pubdate": drawn.date, "contentsource": drawn.source} | {name: value for name, value in metas.items() if value}
    attachments = read_attachments([tree, *containers] if drawn else [tree], containers, base, title_node)
    around = look_around(tree, containers, title_node)
    inside = [line for node in containers for line in lines_of(node, skip=boxed)]
    head, kept = trim_lines(inside, title)
    around.near.extend(head)
    stamp, date_source = find_date(metas, facts.values, around, inside, listed.stamp if listed else None, url)
    return Post(
        source=source,
        url=url,
        title=title,
        published_at=stamp.moment if stamp else None,
        date_source=date_source,
        origin=read_origin(metas, facts.values, around.every, around.near, inside),
        author=metas.get("author", "") or label_value(AUTHOR, around.every),
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
