"""Where an article's text is: by the containers that CMS families are known to use, else by the density of sentences."""

import re
from collections.abc import Iterator

from crawler.parse.dom import BLOCKS, SILENT, Element, is_element, lines_of, squash
from crawler.parse.furniture import furniture, in_furniture
from crawler.parse.phrases import FOOTER_WORDS, is_frame_line, is_info_line

# Names (class or id, lower case) of content containers, surest first. The first with something in it wins.
CONTAINERS = (
    "zoom",
    "ucap-content",
    "ucapcontent",
    "vsb_content",
    "vsb_content_2",
    "vsb_content_3",
    "vsb_content_4",
    "vsb_content_500",
    "_vsb_content",
    "trs_ueditor",
    "trs_editor_view",
    "trs_editor",
    "js_content",
    "bodylabel",
    "fontzoom",
    "zoomcon",
    "ozoom",
    "v_news_content",
    "wp_articlecontent",
    "article-content",
    "article_content",
    "articlecontent",
    "art_con",
    "artcontent",
    "article-body",
    "article_body",
    "articlebody",
    "article-con",
    "article_con",
    "news_content",
    "news-content",
    "newscontent",
    "content-text",
    "content_text",
    "pages_content",
    "pages-content",
    "info_content",
    "info-content",
    "infocontent",
    "detail-content",
    "detail_content",
    "detailcontent",
    "xxgk_content",
    "xl_content",
    "text_content",
    "zw_content",
    "wz_content",
    "view-content",
    "main-txt",
    "mcontent",
    "contentregion",
    "content_body",
    "con_text",
    "context",
    "content",
)
_RANK = {name: rank for rank, name in enumerate(CONTAINERS)}
_PUNCTUATION = re.compile("[，。；：、！？“”（）《》]")
_SENTENCE = re.compile("[。！？；]")
_PROSE_WEIGHT = 12.0
_DISCLAIMER = re.compile(r"^[（(【\[*※\s]*(?:免责声明|版权声明|特别声明|郑重声明|声明\s*[:：])|本网站?(?:转载|刊登|所载)|仅供参考")


def find_body(tree: Element, title_node: Element | None = None, facts_box: Element | None = None) -> tuple[list[Element], frozenset[Element]]:
    """(the elements that together hold the article's text, in reading order, [] when nothing on the page looks like one; what inside them is not text)."""
    boxed = {facts_box} if facts_box is not None else set()
    containers = known_containers(tree)
    if not containers:
        containers = _by_density(tree, title_node, facts_box)
        boxed |= {part for node in containers for part in node.iter() if is_element(part) and part is not node and furniture(part)}
    return containers, frozenset(boxed - set(containers))


def _names(node: Element) -> Iterator[str]:
    yield from (node.get("class") or "").lower().split()
    if node.get("id"):
        yield node.get("id").lower().strip()
    if node.tag == "ucapcontent":
        yield "ucapcontent"


def known_containers(tree: Element) -> list[Element]:
    """The elements whose class or id says that they hold an article's text; [] where none does."""
    found: dict[int, list[Element]] = {}
    for node in tree.iter("div", "td", "section", "article", "ucapcontent", "span", "font", "p", "form", "table", "main"):
        ranks = [_RANK[name] for name in _names(node) if name in _RANK]
        if not ranks and node.tag == "div" and (node.get("id") or "").startswith("vsb_content"):
            ranks = [_RANK["vsb_content"]]
        if ranks:
            found.setdefault(min(ranks), []).append(node)
    for rank in sorted(found):
        nodes = [node for node in _outermost(found[rank]) if _holds_something(node, strict=rank >= _RANK["context"])]
        if nodes:
            return nodes
    return []


def _outermost(nodes: list[Element]) -> list[Element]:
    chosen = set(nodes)
    return [node for node in nodes if not any(parent in chosen for parent in node.iterancestors())]


def _holds_something(node: Element, *, strict: bool) -> bool:
    """Text that is more than links, or a picture. A vague name (`strict`) must also show sentences, and may not wrap navigation."""
    if in_furniture(node):
        return False
    linked, plain = _weigh(node)
    if strict:
        return plain >= 20 and plain > 2 * linked and _SENTENCE.search("".join(lines_of(node))) is not None and node.find(".//h1") is None
    return plain >= 1 or linked >= 4 or node.find(".//img") is not None


def _weigh(node: Element) -> tuple[int, int]:
    """(characters inside links, characters outside) below a node."""
    every = sum(len(line) for line in lines_of(node))
    linked = sum(len(squash(link.text_content())) for link in node.iter("a"))
    return min(linked, every), max(0, every - linked)


def _by_density(tree: Element, title_node: Element | None, facts_box: Element | None) -> list[Element]:
    """The element whose own paragraphs carry most sentences; a picture post gives the block of its picture."""
    body = tree.find(".//body")
    if body is None:
        return []
    order = {node: index for index, node in enumerate(body.iter()) if is_element(node)}
    start = order.get(title_node, -1) if title_node is not None else -1
    weights = _weights(body, order, title_node, facts_box)
    around_title = set(title_node.iterancestors()) if title_node is not None else set()
    scores: dict[Element, float] = {}
    for node, weight in weights.items():
        for distance, holder in enumerate(_holders(node, body, around_title)):
            scores[holder] = scores.get(holder, 0.0) + weight / (1, 1, 3, 9)[distance]
    best = max(scores, key=lambda node: (scores[node], -order[node]), default=None)
    if best is None or scores[best] < 8:
        return _picture_block(body, order, start)
    return [_grown(best, body, title_node)]


def _weights(body: Element, order: dict[Element, int], title_node: Element | None, facts_box: Element | None) -> dict[Element, float]:
    """The prose of every block behind the title; what follows the title first is most likely the text, however short."""
    weights: dict[Element, float] = {}
    start = order.get(title_node, -1) if title_node is not None else -1
    branch = {title_node.getparent(): title_node, **{up.getparent(): up for up in title_node.iterancestors()}} if title_node is not None else {}
    boxed = set(facts_box.iter()) if facts_box is not None else set()
    for node in order:
        if node.tag not in BLOCKS and node.tag not in {"td", "th"}:
            continue
        if node.tag in {"h1", "h2"} or (order[node] < start and node not in branch) or node in boxed or node is title_node or in_furniture(node, body):
            continue
        weight = _own_weight(node, branch.get(node))
        if weight > 0:
            first = weight >= _PROSE_WEIGHT and start >= 0 and not any(other >= _PROSE_WEIGHT for other in weights.values())
            weights[node] = 2.5 * weight if first else weight
    return weights


def _grown(best: Element, body: Element, title_node: Element | None) -> Element:
    """The element, or one around it that holds noticeably more than it (tables, lists) and neither the title nor mostly links."""
    around = set(title_node.iterancestors()) if title_node is not None else set()
    enough = 1.08 if title_node is not None else 1.3
    here, size = best, _substance(best)
    while (parent := here.getparent()) is not None and parent is not body and parent not in around and not furniture(parent):
        linked, plain = _weigh(parent)
        if linked * 2 > plain:
            break
        if _substance(parent) > enough * size:
            best, size = parent, _substance(parent)
        here = parent
    return best


def _substance(node: Element) -> int:
    """How many characters below a node are neither links, nor the page's frame, nor its footer."""
    inner = frozenset(part for part in node.iter() if is_element(part) and part is not node and (furniture(part) or part.tag == "a"))
    return sum(len(line) for line in lines_of(node, skip=inner) if not (is_frame_line(line) or FOOTER_WORDS.search(line) or _DISCLAIMER.search(line)))


def _holders(node: Element, body: Element, around_title: set[Element]) -> list[Element]:
    """The node and up to three elements around it, none beyond the first that also holds the title."""
    around = [node]
    for parent in node.iterancestors():
        if parent is body or len(around) == 4 or around[-1] in around_title:
            break
        around.append(parent)
    return around


def _own_weight(node: Element, after: Element | None = None) -> float:
    """How much prose stands directly in this block (behind its child `after`): text outside links and outside inner blocks, sentences counting more."""
    if next(node.iterancestors("a"), None) is not None:
        return 0.0
    pieces, linked = [node.text or "" if after is None else after.tail or ""], 0
    for child in node if after is None else after.itersiblings():
        if is_element(child) and child.tag not in BLOCKS and child.tag not in SILENT and child.tag not in {"td", "th"}:
            inner = squash(child.text_content()) if child.find(".//script") is None else ""
            if child.tag == "a" or child.find(".//a") is not None:
                linked += len(inner)
            else:
                pieces.append(inner)
        pieces.append(child.tail or "")
    text = squash("".join(pieces))
    if len(text) < 6 or FOOTER_WORDS.search(text) or is_frame_line(text) or is_info_line(text) or _DISCLAIMER.search(text) or linked > len(text):
        return 0.0
    punctuation = len(_PUNCTUATION.findall(text))
    if not _SENTENCE.search(text) and punctuation < 2:
        return len(text) / 8
    return len(text) + 10.0 * punctuation


def _picture_block(body: Element, order: dict[Element, int], start: int) -> list[Element]:
    for image in body.iter("img"):
        if order[image] > start and not in_furniture(image, body) and start >= 0:
            holder = image.getparent()
            while holder is not None and holder is not body and holder.tag not in BLOCKS:
                holder = holder.getparent()
            if holder is not None and holder is not body:
                return [holder]
    return []
