"""Which links of a list page are its items: the group of like siblings that carry dates, or the longest group of titles."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from crawler.parse.article import Listed
from crawler.parse.dates import Stamp, count_stamps, first_stamp, read_stamp, short_stamp, split_stamp, url_stamp
from crawler.parse.dom import Element, absolute, inline_text, same_host, squash
from crawler.parse.furniture import in_furniture

_ARTICLE_URL = re.compile(r"/\d{3,}|\d{5,}|[?&]id=|t20\d{6}|art_\d|/content/|\.s?html?$")
_MORE = re.compile(r"^(?:更多|more|\+more|首页|尾页|末页|上一?页|下一?页|上一页|\d+|\[?详细\]?|查看(?:详情|全文|更多)?|[»›>]+)$", re.IGNORECASE)
_PUBLISHED = re.compile(r"(?:发布|公开|公布|上网|更新|发文)(?:日期|时间)")
MIN_TITLE = 4
_ROW_LENGTH = 600


def is_article_url(url: str) -> bool:
    """True for an address that looks like an article's rather than a column's or the home page's."""
    return _ARTICLE_URL.search(url) is not None and re.search(r"/(?:index|list)(?:_\d+)?\.s?html?$", url) is None


@dataclass(frozen=True, slots=True)
class _Row:
    listed: Listed
    box: Element
    group: Element
    dated: bool


def rows_of(tree: Element, base: str) -> Iterator[Listed]:
    """The items of the page's main list, in reading order."""
    rows = list(_rows(tree, base))
    main = [row for row in rows if not in_furniture(row.box)] or [row for row in rows if row.dated]
    groups: dict[object, list[_Row]] = defaultdict(list)
    for row in main:
        groups[_signature(row.group)].append(row)
    best = max(groups.values(), key=_worth, default=[])
    if not best or (not any(row.dated for row in best) and not _believable(best, base)):
        return
    yield from (row.listed for row in best)


def link_rows(fragment: Element, base: str) -> Iterator[Listed]:
    """The items of a piece of HTML that is known to be a list's record."""
    yield from (row.listed for row in _rows(fragment, base))


def _rows(tree: Element, base: str) -> Iterator[_Row]:
    seen: set[Element] = set()
    for link in tree.iter("a"):
        url = absolute(base, link.get("href"))
        title = _title(link)
        if url is None or len(title) < MIN_TITLE or _MORE.match(title):
            continue
        box = _box(link)
        if box in seen:
            continue
        stamp = _stamp(box, link, title, url)
        seen.add(box)
        group = box.getparent()
        yield _Row(Listed(url, title, stamp[0]), box, group if group is not None else box, stamp[1])


def _title(link: Element) -> str:
    """The whole title: the `title` attribute where the shown text is cut short, the text without its date otherwise."""
    shown = inline_text(link)
    full = squash(link.get("title"))
    if full and (not shown or shown.endswith(("…", "...")) or (len(full) > len(shown) and full.startswith(shown[:6]))):
        return full
    for node in link.iter("h1", "h2", "h3", "h4", "h5", "p", "div", "span"):
        text = inline_text(node)
        if node.get("class") and "title" in node.get("class").lower() and len(text) >= MIN_TITLE:
            return full if full.startswith(text.rstrip("….")) else text
    return re.sub(
        r"^[·•▪■◆>\s]+|\s*[\[(（]?(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?[\])）]?\s*$|^\s*[\[(（]?(?:19|20)\d\d-\d\d-\d\d[\])）]?\s*",
        "",
        shown,
    )


def _box(link: Element) -> Element:
    """The row around a link: the widest element that holds this one title only."""
    box = link
    for parent in link.iterancestors():
        if parent.tag in {"ul", "ol", "table", "tbody", "body", "html", "dl"} or _titles_in(parent) > 1 or len(inline_text(parent)) > _ROW_LENGTH:
            break
        box = parent
        if parent.tag in {"li", "tr"}:
            break
    return box


def _titles_in(node: Element) -> int:
    """Distinct addresses of title-like links below a node, counted to 2."""
    found: set[str] = set()
    for link in node.iter("a"):
        if len(inline_text(link) or link.get("title") or "") >= MIN_TITLE:
            found.add(link.get("href") or "")
            if len(found) > 1:
                break
    return len(found)


def _stamp(box: Element, link: Element, title: str, url: str) -> tuple[Stamp | None, bool]:
    """(date of the row, whether the row itself shows one). A year missing in the list is taken from the address."""
    for node in box.iter("time"):
        stamp = read_stamp(node.get("datetime") or "")
        if stamp:
            return stamp, True
    columned = _column_stamp(box)
    if columned:
        return columned, True
    words = squash(" ".join(piece for piece in box.itertext() if piece.strip()))
    rest = words.replace(squash(" ".join(piece for piece in link.itertext() if piece.strip())), " ", 1) if box is not link else words
    for text in (rest, words if count_stamps(title) == 0 else ""):
        stamp = first_stamp(text) or split_stamp(text)
        if stamp:
            return stamp, True
    in_url = url_stamp(url)
    for node in box.iter():
        if isinstance(node.tag, str) and node is not link and len(node) == 0:
            short = short_stamp(squash(node.text), in_url.moment.year) if in_url else None
            if short and in_url and (short.moment.month, short.moment.day) == (in_url.moment.month, in_url.moment.day):
                return short, True
    return None, False


def _column_stamp(row: Element) -> Stamp | None:
    """The date of a table row whose header says which of its dates is that of publication."""
    table = next(row.iterancestors("table"), None) if row.tag == "tr" else None
    header = next((other for other in table.iter("tr") if other is not row), None) if table is not None else None
    cells, names = list(row), [squash(cell.text_content()) for cell in header] if header is not None else []
    if len(cells) != len(names):
        return None
    for cell, name in zip(cells, names, strict=True):
        stamp = first_stamp(squash(cell.text_content())) if _PUBLISHED.search(name) else None
        if stamp:
            return stamp
    return None


def _signature(group: Element) -> object:
    """Lists split into several `<ul>` of one kind are one list."""
    parent = group.getparent()
    holder = parent if parent is not None else group
    return (holder, group.tag, group.get("class") or "") if group.tag in {"ul", "ol", "dl", "tbody", "table"} else (group, "", "")


def _worth(rows: list[_Row]) -> tuple[int, int, int]:
    return sum(1 for row in rows if row.dated), sum(1 for row in rows if _like_article(row)), sum(min(len(row.listed.title), 40) for row in rows)


def _like_article(row: _Row) -> bool:
    return _ARTICLE_URL.search(row.listed.url) is not None and len(row.listed.title) >= 6


def _believable(rows: list[_Row], base: str) -> bool:
    """An undated list must look like articles of this site: titles of some length, addresses of articles."""
    good = [row for row in rows if _like_article(row) and same_host(row.listed.url, base)]
    return len(good) * 2 > len(rows)
