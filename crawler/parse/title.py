"""An article's title and the element that shows it: every candidate on the page, weighed by who confirms it."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crawler.parse.dom import BLOCKS, Element, inline_text, is_element, lines_of, owned_lines, squash
from crawler.parse.facts import Facts
from crawler.parse.furniture import in_furniture
from crawler.parse.phrases import INFO_LABEL, PLACE_WORDS, SITE_NAME, is_frame_line, is_info_line

_NAMED = re.compile(r"(?:^|[\s_-])[a-z]{0,12}(?:title|tit|titles|biaoti|bt|headline|subject|tith?1?|h1)\d{0,2}(?=$|[\s_-])")
_BASE = {"h1": 3.0, "h2": 2.5, "h3": 2.0, "h4": 1.2, "h5": 1.2, "ucaptitle": 4.0}
_BOX_WORDS = re.compile(
    r"^(?:相关|推荐|热点|热门|最新|延伸|精彩|猜你|更多|当前|您的|网站|登录|搜索|导航|通知公告|新闻中心|政务公开|信息公开|政府信息公开|栏目|目录|正文|详情|内容|新闻详情|详细信息|文章内容|分享)\S{0,4}$"
)
_NUMBER = re.compile(r"^[\u4e00-\u9fff]{1,12}[〔\[（(]?\d{4}[〕\]）)]?第?\d+号$")
_TAG = re.compile(r"<[^>]{0,200}>")
_CUT = re.compile(r"\s*(?:_|\||｜|—{1,2}|–|--|\s-\s|-{1}(?=[^\d\s])|>>|»|·(?=.*(?:政府|网)))\s*")


@dataclass(slots=True)
class _Candidate:
    text: str
    node: Element | None
    weight: float


def find_title(tree: Element, metas: Mapping[str, str], facts: Facts, listed: str) -> tuple[str, Element | None]:
    """The title and its element. `listed` is what the list called it."""
    named = facts.values.get("title", "")
    window = squash(tree.findtext(".//title"))
    tagged = _clean(metas.get("articletitle", ""))
    names = {metas.get("sitename", ""), metas.get("columnname", "")} - {""}
    candidates = [item for item in _candidates(tree, facts.box, window) if 2 <= len(item.text) <= 150]
    if tagged and tagged not in names and not _of_site(tagged):
        place = _place(tree, candidates, tagged, facts.box)
        if place is not None or tagged.replace(" ", "") in window.replace(" ", "") or len(tagged) >= 12:
            return tagged, place
    for text, weight in ((_clean(named), 3.5), (window_title(window, metas), 1.0)):
        place = _place(tree, candidates, text, facts.box) if 4 <= len(text) <= 150 else None
        if place is not None or text == named:
            candidates.append(_Candidate(text, place, weight))
    best: _Candidate | None = None
    for item in candidates:
        item.weight += _confirmed(item.text, window, names, metas.get("og:title", ""), named, listed)
        if best is None or item.weight > best.weight:
            best = item
    if best is not None and best.weight >= 3:
        return best.text, best.node
    fallback = named or _uncut(listed) or _clean(metas.get("og:title", "")) or window_title(window, metas)
    if best is not None and best.weight > 0 and (not fallback or _of_site(fallback)):
        return best.text, best.node
    return fallback, _place(tree, candidates, fallback, facts.box)


def _clean(text: str) -> str:
    return squash(html.unescape(_TAG.sub("", html.unescape(text)))) if text else ""


def _uncut(text: str) -> str:
    return "" if text.endswith(("…", "...")) else text


def _of_site(text: str) -> bool:
    """True for the name of a site, which is no article's title: short, ending like one, without the marks of a document."""
    return len(text) <= 24 and SITE_NAME.search(text) is not None and not re.search(r"关于|通知|公告|召开|^【|报告|报表", text)


def _candidates(tree: Element, box: Element | None, window: str) -> Iterator[_Candidate]:
    """Headings, things named like a title, and the lines right above the line of date and source."""
    for node in tree.iter():
        if not is_element(node) or len(node) > 14:
            continue
        base = _BASE.get(node.tag)
        if base is None:
            if node.tag not in {"div", "p", "td", "span", "strong", "font", "li", "dt", "b"} or not _NAMED.search(
                f"{node.get('class') or ''} {node.get('id') or ''}".lower()
            ):
                continue
            base = 2.2
        if len(squash(node.text_content())) > 300:
            continue
        base -= 4.0 * in_furniture(node) + 3.0 * _leads_away(node)
        for text, bonus in _readings(node):
            yield _Candidate(text, node, base + bonus)
    yield from _from_lines(tree, box, window)


_TRAILING_DAY = re.compile(r"\s*[（(\[【]\s*(?:发布时间[:：])?\s*(?:19|20)\d\d\s*[-年/.]\s*\d{1,2}\s*[-月/.]\s*\d{1,2}\s*日?[\s\d:：]*[）)\]】]$")


def _readings(node: Element) -> Iterator[tuple[str, float]]:
    """What an element may be saying: all of it, or only its first lines where the date or a subtitle stands inside it."""
    lines = [line for line in lines_of(node, show_hidden=False) if line]
    if not lines:
        return
    kept = [line for line in lines if not is_info_line(line)]
    whole = inline_text(node)
    if _TRAILING_DAY.search(whole):
        yield _TRAILING_DAY.sub("", whole), 0.4
    elif len(kept) == len(lines):
        yield whole, 0.3 if len(lines) == 1 else 0.0
    elif kept and len(kept) < len(lines):
        yield "".join(kept), 0.0
    if len(kept) > 1:
        yield kept[0], -0.2


def _leads_away(node: Element) -> bool:
    """True when the whole element is a link to somewhere else."""
    links = [link for link in node.iter("a") if link.get("href") and not link.get("href").startswith(("#", "javascript"))]
    above = next((parent for parent in node.iterancestors("a") if parent.get("href")), None)
    return above is not None or (len(links) == 1 and len(squash(links[0].text_content())) * 10 >= 9 * len(squash(node.text_content())) > 0)


def _from_lines(tree: Element, box: Element | None, window: str) -> Iterator[_Candidate]:
    """The two lines above the lines of date and source, and lines that the browser title holds."""
    body = tree.find(".//body")
    lines = owned_lines(body, skip=frozenset([box]) if box is not None else frozenset()) if body is not None else []
    if box is not None:
        yield from _above_box(body, box)
    frame, asked = window.replace(" ", ""), 0
    for index, (line, owner) in enumerate(lines):
        if 8 <= len(line) <= 150 and line.replace(" ", "") in frame and not in_furniture(owner) and not _leads_away(owner):
            yield _Candidate(line, owner, 1.5)
        if asked == _INFO_LINES or not (is_info_line(line) and re.search(r"(?:19|20)\d\d|来\s*源", line)) or in_furniture(owner):
            continue
        if not INFO_LABEL.search(line) and any(len(text) >= 25 and "。" in text for text, _ in lines[max(0, index - 4) : index]):
            continue  # the day under a signature
        asked += 1
        sure = 0.0 if INFO_LABEL.search(line) else 1.0
        above = [(text, node) for text, node in lines[max(0, index - 4) : index] if not is_frame_line(text)][-2:]
        for distance, (text, node) in enumerate(reversed(above)):
            if not in_furniture(node) and not _leads_away(node):
                yield _Candidate(text, node, 3.2 - 1.6 * distance - sure)
                yield from _whole_block(text, node, 3.2 - sure)


_INFO_LINES = 4


def _above_box(body: Element, box: Element) -> Iterator[_Candidate]:
    """The line above and the line below the box of facts: documents have their title there."""
    lines = owned_lines(body)
    inner = set(box.iter())
    inside = [index for index, (_, owner) in enumerate(lines) if owner in inner]
    if not inside:
        return
    for nearby in (lines[max(0, inside[0] - 3) : inside[0]][::-1], lines[inside[-1] + 1 : inside[-1] + 2]):
        line, owner = next(((line, owner) for line, owner in nearby if 6 <= len(line) <= 150), ("", None))
        if owner is not None and not in_furniture(owner) and not _leads_away(owner) and not is_frame_line(line):
            yield _Candidate(line, owner, 2.6)


def _whole_block(line: str, node: Element, weight: float) -> Iterator[_Candidate]:
    """All of the block that a line stands in, where the title is set in several lines."""
    block = next((here for here in (node, *node.iterancestors()) if here.tag in BLOCKS or here.tag in {"td", "th"}), None)
    if block is None or block.tag == "body":
        return
    whole = inline_text(block)
    if whole != line and len(whole) <= 120 and line in whole and block.find(".//br") is not None and not any(map(is_info_line, lines_of(block))):
        yield _Candidate(whole, block, weight)


def _confirmed(text: str, window: str, names: set[str], social: str, named: str, listed: str) -> float:
    """How much the rest of the page says that this text is the title."""
    weight = 0.0
    tight, frame = text.replace(" ", ""), window.replace(" ", "")
    if len(tight) >= 4 and tight in frame:
        weight += 3.0 + 3.0 * len(tight) / len(frame)
    elif len(frame) >= 10 and _cut_short(tight, window):
        weight += 6.5
    for other in (social, named, listed):
        if other and alike(text, _clean(other)):
            weight += 3.0
    if _of_site(text) or text in names:
        weight -= 6.0
    if len(tight) < 4 or _BOX_WORDS.match(tight) or PLACE_WORDS.search(text) or is_info_line(text):
        weight -= 5.0
    if _NUMBER.match(tight):
        weight -= 4.0
    if re.search(r"[。；]$|[:：]$", text) or len(tight) > 100:
        weight -= 2.0
    return weight + min(len(tight), 30) / 30


def _cut_short(text: str, window: str) -> bool:
    """True when a part of the browser title is this text cut short with dots, or the whole begins alike."""
    parts = [part.replace(" ", "") for part in _CUT.split(window)]
    return any(len(part) >= 8 and text.startswith(part.rstrip("….")) for part in parts)


def alike(one: str, other: str) -> bool:
    """Equal but for blanks, or one is the other cut short with dots."""
    first, second = one.replace(" ", ""), other.replace(" ", "").rstrip("….")
    return bool(first) and bool(second) and (first == second or (len(second) >= 8 and first.startswith(second)))


def _place(tree: Element, candidates: list[_Candidate], title: str, box: Element | None) -> Element | None:
    """The heading that shows the title, else where it stands as a line of its own outside the frame and the box of facts."""
    found = [item for item in candidates if item.node is not None and alike(item.text, title)]
    if found:
        return max(found, key=lambda item: item.weight).node
    body = tree.find(".//body")
    lines = owned_lines(body, skip=frozenset([box]) if box is not None else frozenset()) if body is not None and title else []
    return next((node for line, node in lines if alike(line, title) and not in_furniture(node) and not _leads_away(node)), None)


def window_title(window: str, metas: Mapping[str, str]) -> str:
    """The browser title without the names of site and column around it."""
    names = {metas.get("sitename", ""), metas.get("columnname", "")} - {""}
    parts = [part.strip() for part in _CUT.split(window) if part.strip()]
    kept = [part for part in parts if part not in names and not _of_site(part)]
    if not kept:
        return window
    best = kept[0] if len(kept[0]) >= 10 else max(kept, key=len)
    words = best.split()
    while len(words) > 1 and (_of_site(words[0]) or words[0] in names) and len("".join(words[1:])) >= 6:
        words = words[1:]
    return " ".join(words)
