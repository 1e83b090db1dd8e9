"""How the CMS families write their lists: recognised by fingerprint, read by recipe. The order of RECIPES is the order of asking."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from crawler.parse.article import Listed
from crawler.parse.dom import Element, absolute, inline_text, lines_of, parse_fragment
from crawler.parse.rows import link_rows, rows_of


@dataclass(frozen=True, slots=True)
class Turn:
    """How to ask for the next part of a list; `form` set means POST. `start` is the first record asked for (大汉) or the number shown so far (JSON),
    `page` the page's number from 1, `queue` what is to be asked for after it (sitemaps of an index)."""

    url: str
    form: Mapping[str, str] = field(default_factory=dict)
    start: int = 0
    page: int = 0
    queue: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """One family: is it this, its items, its next part, is an empty answer believable, the total it names."""

    name: str
    matches: Callable[[Element, str, str], bool]
    items: Callable[[Element, str, str], Iterator[Listed]]
    next: Callable[[Element, str, str, Turn | None, int], Turn | None]
    known_empty: Callable[[Element, str], bool]
    total: Callable[[str], int | None]


_EMPTY_WORDS = re.compile(r"暂无|没有(?:找到|相关|符合|数据|记录|内容|信息)|无相关|无数据|尚无|正在(?:建设|完善|更新)中|栏目建设中|共\s*0\s*[条页]")


def _says_empty(tree: Element, text: str) -> bool:
    """True when a reader is told that there is nothing; words inside scripts do not count."""
    return any(_EMPTY_WORDS.search(line) for line in lines_of(tree))


def _no_total(text: str) -> int | None:
    return None


# --- 大汉 --------------------------------------------------------------------------------------------------------

_RECORD = re.compile(r"<record>\s*<!\[CDATA\[(.*?)\]\]>\s*</record>", re.DOTALL | re.IGNORECASE)
_PROXY = re.compile(r"""["'(=]\s*((?:https?://[^"'\s<>]*)?/?[\w/.-]*dataproxy\.jsp[^"'\s<>\])]*)""", re.IGNORECASE)
_FORM_FIELDS = ("col", "appid", "webid", "path", "columnid", "sourceContentType", "unitid", "webname", "permissiontype")
_FORM_DEFAULTS = {"col": "1", "appid": "1", "webid": "1", "path": "/", "sourceContentType": "1", "webname": "", "permissiontype": "0"}
_GROUP = 3


def _number(text: str, *names: str) -> int | None:
    """The first number written after one of the names, as `name: 12`, `name = "12"` or `<name>12</name>`."""
    for name in names:
        found = re.search(rf"\b{name}\b[\"']?\s*(?:[:=]\s*|>\s*(?:<!\[CDATA\[)?)[\"']?(\d+)", text, re.IGNORECASE)
        if found:
            return int(found[1])
    return None


def _value(text: str, name: str) -> str | None:
    found = re.search(rf"\b{name}\b[\"']?\s*[:=]\s*(?:[\"']([^\"']*)[\"']|(\d+))", text, re.IGNORECASE)
    return (found[1] if found[1] is not None else found[2]) if found else None


def _is_hanweb(tree: Element, text: str, url: str) -> bool:
    return "dataproxy.jsp" in text.lower() or ("<datastore>" in text.lower() and "<recordset>" in text.lower())


def _hanweb_items(tree: Element, text: str, base: str) -> Iterator[Listed]:
    records = _RECORD.findall(text)
    if not records:
        yield from rows_of(tree, base)
        return
    for record in records:
        yield from link_rows(parse_fragment(record), base)


def _hanweb_total(text: str) -> int | None:
    return _number(text, "totalrecord")


def _hanweb_next(tree: Element, text: str, url: str, turn: Turn | None, count: int) -> Turn | None:
    """A POST to the data proxy for the next three pages at once; the form is that of the list page, carried along from turn to turn."""
    total, per_page = _hanweb_total(text), _number(text, "perpage") or 15
    done = (turn.start - 1 if turn else 0) + len(_RECORD.findall(text) or range(count))
    if total is None or count == 0 or done >= total:
        return None
    if turn is not None:
        old = dict(parse_qsl(urlsplit(turn.url).query))
        per_page = int(old.get("perpage", per_page))
        address, form = turn.url.split("?", 1)[0], dict(turn.form)
    else:
        form = _hanweb_form(text)
        proxy = _PROXY.search(text)
        address = urljoin(url, (proxy[1] if proxy else "/module/web/jpage/dataproxy.jsp").split("?", 1)[0].strip())
    query = {"startrecord": done + 1, "endrecord": min(total, done + _GROUP * per_page), "perpage": per_page}
    return Turn(f"{address}?{urlencode(query)}", form, start=done + 1)


def _hanweb_form(text: str) -> dict[str, str]:
    """The proxy's parameters: from script variables, else from the query of a proxy link on the page, else what the CMS uses by default."""
    proxy = _PROXY.search(text)
    linked = dict(parse_qsl(urlsplit(proxy[1].replace("&amp;", "&")).query, keep_blank_values=True)) if proxy else {}
    form = {}
    for name in _FORM_FIELDS:
        value = _value(text, name)
        form[name] = value if value is not None else linked.get(name, _FORM_DEFAULTS.get(name, ""))
    return form


# --- TRS --------------------------------------------------------------------------------------------------------

_CREATE_PAGE = re.compile(
    r"createPage(?:HTML|Html)?\s*\(\s*[\"']?(\d+)[\"']?\s*,\s*[\"']?(\d+)[\"']?\s*,\s*[\"']([\w\-/.]+)[\"']\s*,\s*[\"'](\w+)[\"']", re.IGNORECASE
)


# The younger form names the element first and counts from 1: createPageHTML('page_div', 16, 1, 'index', 'html', 239).
_CREATE_PAGE_FROM_1 = re.compile(
    r"createPage(?:HTML|Html)?\s*\(\s*[\"'][\w#.\- ]+[\"']\s*,\s*[\"']?(\d+)[\"']?\s*,\s*[\"']?(\d+)[\"']?\s*,\s*[\"']([\w\-/.]+)[\"']\s*,\s*[\"'](\w+)[\"']",
    re.IGNORECASE,
)
_COUNT_PAGE = re.compile(r"\bcountPage\s*=\s*[\"']?(\d+)[\s\S]{0,400}?\bcurrentPage\s*=\s*[\"']?(\d+)")


def _is_trs(tree: Element, text: str, url: str) -> bool:
    return "createpagehtml" in text.lower() or _CREATE_PAGE.search(text) is not None or _COUNT_PAGE.search(text) is not None


def _trs_next(tree: Element, text: str, url: str, turn: Turn | None, count: int) -> Turn | None:
    """`createPageHTML(total, current, "index", "html")`: page 2 is index_1.html, counted from 0. Else the same from `countPage` and `currentPage`."""
    found, first = _CREATE_PAGE.search(text), 0
    if found is None:
        found, first = _CREATE_PAGE_FROM_1.search(text), 1
    if found is not None:
        total, current, name, ending = int(found[1]), int(found[2]), found[3], found[4]
    else:
        counted = _COUNT_PAGE.search(text)
        if counted is None:
            return _linked_next(tree, text, url, turn, count)
        total, current, first = int(counted[1]), int(counted[2]), 0
        name, ending = _page_name(url)
    if current + 1 - first >= total:
        return None
    following = absolute(url, f"{name}_{current + 1}.{ending}")
    return Turn(following, page=current + 2 - first) if following else None


def _page_name(url: str) -> tuple[str, str]:
    """(name without its page's number, ending) of a list page; `index.html` where the address is a folder."""
    found = re.fullmatch(r"(.+?)(?:_\d+)?\.(s?html?)", urlsplit(url).path.rsplit("/", 1)[-1])
    return (found[1], found[2]) if found else ("index", "html")


# --- everything that pages by links -----------------------------------------------------------------------------

_NEXT_WORDS = re.compile(r"^\s*[\[(（【<]?\s*(?:下一?页|后一?页|next|›|»|>|>>)\s*[\])）】>›»]*\s*$", re.IGNORECASE)


def _linked_next(tree: Element, text: str, url: str, turn: Turn | None, count: int) -> Turn | None:
    """The link called 下一页 or 下页, or `rel=next`; never a script, never the same page."""
    for link in tree.iter("a", "link"):
        if link.get("rel") == "next" or (link.tag == "a" and _NEXT_WORDS.match(inline_text(link) or link.get("title") or "")):
            following = absolute(url, link.get("href"))
            if following and following != url:
                return Turn(following, page=(turn.page if turn else 1) + 1)
    return None


def _is_vsb(tree: Element, text: str, url: str) -> bool:
    return "_vsb" in text or "/system/resource/js/vsbscreen" in text or "Visual SiteBuilder" in text


_VSB_PAGES = re.compile(r"_gotopage_fun\(\s*(\d+)\s*,|(?:共\s*\d+\s*条|>)\s*(?:&nbsp;|\s)*(?:<[^>]+>)?\s*1\s*/\s*(\d+)\s*(?:<|&nbsp;|$)")


def _vsb_next(tree: Element, text: str, url: str, turn: Turn | None, count: int) -> Turn | None:
    """The 下页 link; where the template turns pages by script alone, by the family's numbering: page 2 of `tzgg.htm` with 9 pages is `tzgg/8.htm`, page 3 `tzgg/7.htm`."""
    linked = _linked_next(tree, text, url, turn, count)
    if linked is not None:
        return linked
    path = urlsplit(url).path
    deeper = re.fullmatch(r"(.*)/(\d+)\.htm", path) if turn and turn.page > 1 else None
    if deeper:
        following = absolute(url, f"{deeper[1]}/{int(deeper[2]) - 1}.htm") if int(deeper[2]) > 1 else None
    else:
        pages, name = _VSB_PAGES.search(text), re.fullmatch(r"(.*)\.htm", path)
        total = int(pages[1] or pages[2]) if pages else 0
        following = absolute(url, f"{name[1]}/{total - 1}.htm") if name and total > 1 else None
    return Turn(following, page=(turn.page if turn else 1) + 1) if following else None


def _is_ucap(tree: Element, text: str, url: str) -> bool:
    return "ucap" in text.lower() or "kaipuyun" in text.lower()


_TOTAL_PAGES = re.compile(r"(?:totalPages?|pageCount|countPage|pages)\s*[:=]\s*[\"']?(\d+)", re.IGNORECASE)


def _ucap_next(tree: Element, text: str, url: str, turn: Turn | None, count: int) -> Turn | None:
    """`index.shtml` → `index_2.shtml`, counted from 1, while the page's script says that there are more; else a 下一页 link."""
    linked = _linked_next(tree, text, url, turn, count)
    found, page = _TOTAL_PAGES.search(text), (turn.page if turn else 1)
    if linked is not None or found is None or page >= int(found[1]):
        return linked
    name, ending = _page_name(url)
    following = absolute(url, f"{name}_{page + 1}.{'shtml' if ending == 'html' and name == 'index' and '.shtml' in text else ending}")
    return Turn(following, page=page + 1) if following else None


def _known_list(tree: Element, text: str) -> bool:
    """A family's fingerprint makes an empty list believable."""
    return True


def _hanweb_empty(tree: Element, text: str) -> bool:
    return _hanweb_total(text) == 0 or _says_empty(tree, text) or "<recordset" in text.lower()


RECIPES: tuple[Recipe, ...] = (
    Recipe("hanweb", _is_hanweb, _hanweb_items, _hanweb_next, _hanweb_empty, _hanweb_total),
    Recipe("trs", _is_trs, lambda tree, text, base: rows_of(tree, base), _trs_next, _known_list, _no_total),
    Recipe("vsb", _is_vsb, lambda tree, text, base: rows_of(tree, base), _vsb_next, _says_empty, _no_total),
    Recipe("ucap", _is_ucap, lambda tree, text, base: rows_of(tree, base), _ucap_next, _says_empty, _no_total),
    Recipe("plain", lambda tree, text, url: True, lambda tree, text, base: rows_of(tree, base), _linked_next, _says_empty, _no_total),
)
