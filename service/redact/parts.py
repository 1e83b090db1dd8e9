"""The words of an OOXML part, by what kind of part it is: Word's, a worksheet, a chart, a pivot cache, properties, anything else."""

import re

from service.redact.forms import Node, Source, Style
from service.redact.markup import Scanner, Text

XML = (".xml", ".rels", ".vml")
SHEET = re.compile(r"xl/(?:work|chart|macro|dialog)sheets/[^/]+\.xml", re.I)
_PIVOT = re.compile(r"xl/pivotcache/[^/]+\.xml", re.I)
_TYPES = "[content_types].xml"
_TOLD = frozenset({"descr", "title", "prompt", "promptTitle", "error", "errorTitle", "alt", "display", "tooltip"})
_PARAGRAPHS = frozenset({"p", "si", "is", "comment", "threadedComment", "txbxContent", "tc"})
_INSIDE_WORDS = frozenset({"r", "t", "rPr", "rFonts", "sz", "color", "b", "i", "u", "proofErr", "delText", "instrText"})
_HEADERS = frozenset({"oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"})
_FORMULAS = frozenset({"definedName", "formula", "formula1", "formula2"})
_SCHEMA = re.compile(r"word/|ppt/|xl/(?:sharedstrings|comments|drawings|threadedcomments)", re.I)


def source(name: str, text: str) -> Source:
    """A part with its nodes; relations and the list of types have only attributes that may hold a number (`tel:…`)."""
    return Source(name, text, tuple(_scanner(name, text).nodes(text)) if name.lower() != _TYPES else ())


def _scanner(name: str, text: str) -> Scanner:
    if SHEET.fullmatch(name):
        return Scanner(_sheet_text(text), _sheet_attribute, lambda tag: tag not in _INSIDE_WORDS, dull=frozenset({"c", "row"}))
    if _PIVOT.fullmatch(name):
        return Scanner(_any_text, _pivot_attribute, lambda tag: True)
    breaks = _PARAGRAPHS.__contains__ if _SCHEMA.match(name) else lambda tag: tag not in _INSIDE_WORDS
    style: Style = "cell" if name.lower() == "xl/sharedstrings.xml" else "markup"

    def words(path: list[str], start: int, end: int, group: int) -> Node:
        tag = path[-1] if path else ""
        return Node(start, end, style, group, cached="numCache" in path[-4:] or (tag in _FORMULAS and _is_bare(text, start, end)))

    return Scanner(words, _attribute, breaks)


def _any_text(path: list[str], start: int, end: int, group: int) -> Node:
    return Node(start, end, "markup", group)


def _attribute(element: str, name: str, start: int, end: int) -> Node | None:
    told = name in _TOLD or (name == "string" and element == "textpath")
    return Node(start, end, "markup", -start - 1) if told else None


def _pivot_attribute(element: str, name: str, start: int, end: int) -> Node | None:
    return Node(start, end, "markup", -start - 1, cached=element == "n") if name == "v" and element in ("s", "n", "d") else None


def _sheet_attribute(element: str, name: str, start: int, end: int) -> Node | None:
    # Only the hints of input cells are told by the reader; the words of a link are not.
    return Node(start, end, "markup", -start - 1) if name in _TOLD else None


def _sheet_text(text: str) -> Text:
    def words(path: list[str], start: int, end: int, group: int) -> Node | None:
        tag, above = (path[-1], path[-2]) if len(path) > 1 else ("", "")
        if tag == "v" and above == "c":
            return None  # a number or the index of a shared string: the cell is written anew instead
        if tag == "f" and above == "c":
            return Node(start, end, "markup", group, marked=False, formula=True)
        if tag in _HEADERS:
            return Node(start, end, "header", group)
        return Node(start, end, "cell" if tag == "t" else "markup", group, cached=tag in _FORMULAS and _is_bare(text, start, end))

    return words


def _is_bare(text: str, start: int, end: int) -> bool:
    """A formula without a word in quotes: stars in it would not be a formula any more."""
    return '"' not in text[start:end] and "&quot;" not in text[start:end]
