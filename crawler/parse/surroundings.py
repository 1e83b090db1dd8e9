"""What a reader sees around an article's text: all of it, what is near, and what stands between title and text."""

from dataclasses import dataclass, field

from crawler.parse.dom import Element, is_element, lines_of, owned_lines, squash
from crawler.parse.furniture import furniture
from crawler.parse.phrases import is_info_line


@dataclass
class Around:
    """Lines around the text in reading order, lists of other articles and footers left out: `every` line, those `near` (nothing named like furniture;
    what stands between title and text first), the `scripts` between title and text, and what `<time>` elements say."""

    every: list[str] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    scripts: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)


def look_around(tree: Element, containers: list[Element], title_node: Element | None) -> Around:
    """The surroundings of the text in these containers."""
    body = tree.find(".//body")
    if body is None:
        return Around()
    lists, named = _left_out(body, containers, title_node)
    between, scripts = _between(body, containers, title_node, frozenset(lists))
    return Around(
        lines_of(body, skip=frozenset(lists)),
        [*between, *lines_of(body, skip=frozenset(lists | named), apart=True)],
        scripts,
        [node.get("datetime") or "" for node in body.iter("time")],
    )


def _left_out(body: Element, containers: list[Element], title_node: Element | None) -> tuple[set[Element], set[Element]]:
    """(the text itself and lists of links, things named like furniture)."""
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
    return lists, named


def _between(body: Element, containers: list[Element], title_node: Element | None, skip: frozenset[Element]) -> tuple[list[str], list[str]]:
    """(lines of facts, scripts) from the title to where the text starts, whatever their elements are called."""
    if title_node is None or not containers:
        return [], []
    above = set(containers[0].iterancestors())
    body = next((node for node in title_node.iterancestors() if node in above), body)  # the smallest part that holds both
    order = {node: index for index, node in enumerate(body.iter())}
    start, end = order.get(title_node, 0), min(order.get(node, 0) for node in containers)
    if not start < end:
        return [], []
    lines = [line for line, owner in owned_lines(body, skip=skip, apart=True) if start <= order.get(owner, -1) < end]
    scripts = [node.text or "" for node in body.iter("script") if start < order[node] < end]
    return [line for line in lines[:14] if is_info_line(line)], scripts


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
