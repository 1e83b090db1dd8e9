"""Which parts of a page are furniture: navigation, header, footer, side columns, related news, sharing tools, judged by tag and names."""

import re
from functools import lru_cache

from crawler.parse.dom import Element, is_element, marks

# Parts of names that stand for furniture anywhere (`box-footer`).
_HARD = re.compile(
    r"(?:^|[\s_\-])(?:footer|foot\w{0,4}|bottom\w{0,4}|copyright|dqwz|weizhi|side\w*|aside|sidebar|related\w*|relnews|recommend\w*|hot\w{0,5}|rank\w*"
    r"|bdshare\w*|qrcode|ewm|erweima|friendlink\w*|pagination|pager|prevnext|shangxia\w*|xgxx|xgwz|xgyd|xgjd|tjyd|rdtj)(?=$|[\s_\-])"
)
# Names that do only while they do not hold the page's main part (a header that was never closed holds everything); the second group only as a whole name
# (`header`, but not `article-header`).
_SOFT = re.compile(
    r"(?:^|[\s_\-])(?:nav\w*|menu\w*|search\w*|login|crumbs?|breadcrumbs?)(?=$|[\s_\-])|(?:^|\s)(?:header|head|top\w{0,4}|position|location|share\w*|print\w*|links?|prev|next|tools?|toolbar|banner|langs?)(?=$|\s)"
)
_TAGS = frozenset({"nav", "footer", "aside"})
_PROSE = re.compile("[，。；！？]")
_UNREAD = frozenset({"a", "script", "style", "select", "textarea", "noscript", "template"})
_MAIN_SHARE = 0.6


def furniture(node: Element) -> bool:
    """True for an element that is furniture by its own tag or names."""
    if node.tag in _TAGS:
        return True
    names = marks(node)
    if not names.strip():
        return False
    return _HARD.search(names) is not None or (_SOFT.search(names) is not None and node not in _main_parts(node.getroottree().getroot()))


def in_furniture(node: Element, top: Element | None = None) -> bool:
    """True when the node or anything around it (below `top`) is furniture."""
    here: Element | None = node
    while here is not None and here is not top:
        if here.tag not in {"body", "html"} and furniture(here):
            return True
        here = here.getparent()
    return False


@lru_cache(maxsize=4)
def _main_parts(root: Element) -> frozenset[Element]:
    """The elements from the body down that each hold most of the page's prose."""
    body = root.find(".//body")
    if body is None:
        return frozenset()
    counts: dict[Element, int] = {}
    for node in reversed(list(body.iter())):
        if not is_element(node) or node.tag in _UNREAD:
            continue
        own = len(_PROSE.findall(node.text or ""))
        counts[node] = own + sum(counts.get(child, 0) + len(_PROSE.findall(child.tail or "")) for child in node)
    here, found, total = body, [], counts.get(body, 0)
    while total >= 1:
        largest = max((child for child in here if child in counts), key=lambda child: counts[child], default=None)
        if largest is None or counts[largest] < _MAIN_SHARE * total:
            break
        found.append(largest)
        here = largest
    return frozenset(found)
