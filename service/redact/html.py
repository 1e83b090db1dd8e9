"""html: which texts, attributes and comments of a page the checks read."""

from service.redact.forms import Node
from service.redact.markup import Scanner

_TOLD = frozenset({"alt", "title", "placeholder"})


def scanner() -> Scanner:
    """Every text, `alt`, `title`, `placeholder`, values of inputs, contents of descriptions, and comments."""
    return Scanner(_text, _attribute, lambda name: True, comments=True, html=True)


def _text(path: list[str], start: int, end: int, group: int) -> Node:
    return Node(start, end, "markup", group)


def _attribute(element: str, name: str, start: int, end: int) -> Node | None:
    told = name in _TOLD or (element == "input" and name == "value") or (element == "meta" and name == "content")
    return Node(start, end, "markup", -start - 1) if told else None
