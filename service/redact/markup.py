"""Where words stand in XML and HTML source: texts, attributes and comments, by position, so that a change touches nothing else."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from service.redact.forms import Node

_TAG = re.compile(r"<(/?)([A-Za-z_][^\s/>]*)((?>[^>\"']+|\"[^\"]*\"|'[^']*')*+)>")
_ENCLOSED = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<!", ">"), ("<?", ">"))
_ATTRIBUTE = re.compile(r"(?<![^\s=/>\"'])([^\s=/>\"']++)\s*+=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))")
_LONG = re.compile(r"[0-9]{10}")
_RAW_TEXT = ("script", "style")

# (element, attribute) → the node to make of it, given its span; None for an attribute of no interest
Attribute = Callable[[str, str, int, int], Node | None]
# (path of open elements, start, end, group) → the node of a text; None where it must be left alone
Text = Callable[[list[str], int, int, int], Node | None]


def local(name: str) -> str:
    return name.rpartition(":")[2]


def stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its ends; empty when there is nothing else."""
    piece = text[start:end]
    left = len(piece) - len(piece.lstrip())
    return (start + left, start + len(piece.rstrip())) if left < len(piece) else (start, start)


class _Enclosed(NamedTuple):
    """A comment, character data or declaration: how it opens, where it stands, and where its inside ends."""

    opens: str
    start: int
    stop: int
    end: int


def _tokens(source: str, raw_text: tuple[str, ...]) -> Iterator[_Enclosed | re.Match[str]]:
    """Tags and enclosed pieces in order, nothing inside elements of `raw_text`; what is never closed is looked for only once: the time stays linear."""
    position, last = 0, source.rfind(">")
    unclosed: set[str] = set()
    while 0 <= (start := source.find("<", position)) < last:
        position = start + 1
        for opens, closes in _ENCLOSED:
            if source.startswith(opens, start) and opens not in unclosed:
                stop = source.find(closes, start + len(opens))
                if stop >= 0:
                    position = stop + len(closes)
                    yield _Enclosed(opens, start, stop, position)
                    break
                unclosed.add(opens)
        else:
            if found := _TAG.match(source, start):
                position = found.end()
                yield found
                if not found[1] and (name := found[2].lower()) in raw_text:
                    position = _closing(source, name, position)


class Scanner:
    """One pass over a source.

    breaks: does a tag of this name begin a new group of words? comments: are they told by the reader? dull: elements whose attributes say
    nothing, in large numbers. html: scripts are skipped, names are not case sensitive.
    """

    def __init__(
        self, text: Text, attribute: Attribute, breaks: Callable[[str], bool], *, comments: bool = False, dull: frozenset[str] = frozenset(), html: bool = False
    ) -> None:
        self._dull = dull
        self._text = text
        self._attribute = attribute
        self._breaks = breaks
        self._comments = comments
        self._html = html

    def nodes(self, source: str) -> Iterator[Node]:
        """Nodes in the order of the source, none overlapping another."""
        path: list[str] = []
        position = group = 0
        for found in _tokens(source, _RAW_TEXT if self._html else ()):
            if isinstance(found, _Enclosed):
                yield from self._words(source, path, position, found.start, group)
                position = found.end
                yield from self._special(source, path, found, group)
                continue
            yield from self._words(source, path, position, found.start(), group)
            position = found.end()
            name = local(found[2]).lower() if self._html else local(found[2])
            group += self._breaks(name)
            if found[1]:
                if name in path[-40:]:
                    while path.pop() != name:
                        pass
                continue
            if name not in self._dull:
                yield from self._attributes(source, name, found)
            if self._html and name in _RAW_TEXT:
                end = _closing(source, name, position)
                if _LONG.search(source, position, end):
                    yield Node(position, end, "raw", group, marked=False, judged=False)
                position = end
            elif not found[3].endswith("/"):
                path.append(name)
        yield from self._words(source, path, position, len(source), group)

    def _words(self, source: str, path: list[str], start: int, end: int, group: int) -> Iterator[Node]:
        start, end = stripped(source, start, end)
        if start < end and (node := self._text(path, start, end, group)):
            yield node

    def _special(self, source: str, path: list[str], found: _Enclosed, group: int) -> Iterator[Node]:
        """Character data and comments."""
        start, end = stripped(source, found.start + len(found.opens), found.stop)
        if start == end:
            return
        if found.opens == "<![CDATA[" and (node := self._text(path, start, end, group)):
            yield replace(node, style="raw")
        elif found.opens == "<!--":
            shown = self._comments and not source.startswith("[if", start)
            yield Node(start, end, "raw", -start - 1, marked=shown, judged=not shown)

    def _attributes(self, source: str, name: str, found: re.Match[str]) -> Iterator[Node]:
        if "=" not in found[3]:
            return
        base = found.start(3)
        for one in _ATTRIBUTE.finditer(found[3]):
            index = next(index for index in (2, 3, 4) if one[index] is not None)
            start, end = stripped(source, base + one.start(index), base + one.end(index))
            if start == end:
                continue
            key = local(one[1]).lower() if self._html else local(one[1])
            node = self._attribute(name, key, start, end)
            if node is not None:
                yield node
            elif _LONG.search(source, start, end):
                yield Node(start, end, "markup", -start - 1, marked=False, judged=False)


def _closing(source: str, name: str, position: int) -> int:
    found = re.compile(rf"</{name}", re.I).search(source, position)
    return found.start() if found else len(source)
