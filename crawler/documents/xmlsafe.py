"""XML read so that a document cannot make us fetch, expand or recurse: no DTD, no entities, no network."""

from collections.abc import Iterator, Sequence
from io import BufferedIOBase
from typing import Any, TypeAlias

from core.errors import UnreadableError
from crawler.documents.part import DamagedError

Element: TypeAlias = Any  # lxml's element: it ships no types

_DTD = "含有 DTD 或实体定义，为安全起见未读取；请重新导出后提供"


def parse(data: bytes) -> Element:
    """The root element; raises DamagedError for what is no XML and UnreadableError for a DTD."""
    from lxml import etree

    _refuse_dtd(data)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedError from error


def stream(source: BufferedIOBase, tags: Sequence[str]) -> Iterator[Element]:
    """Elements of the local names `tags` as they end, in any namespace; the caller clears what it has used."""
    from lxml import etree

    head = source.read(65_536)
    _refuse_dtd(head)
    names = [name for tag in tags for name in (f"{{*}}{tag}", tag)]
    parser = etree.XMLPullParser(
        events=("end",), tag=names, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        while head:
            parser.feed(head)
            for _event, element in parser.read_events():
                yield element
            head = source.read(262_144)
        parser.close()
        for _event, element in parser.read_events():
            yield element
    except (etree.XMLSyntaxError, ValueError) as error:
        raise DamagedError from error


def _refuse_dtd(data: bytes) -> None:
    head = data[:65_536].replace(b"\0", b"").upper()
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnreadableError(_DTD)


def local(element: Element) -> str:
    """The tag without its namespace; "" for comments and entities."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str | None:
    """The attribute of that local name in whatever namespace."""
    value: str | None = element.get(name)
    if value is not None:
        return value
    return next((str(found) for key, found in element.attrib.items() if key.rpartition("}")[2] == name), None)


def find(element: Element | None, *path: str) -> Element | None:
    """The first child along a path of local names."""
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if local(child) == name), None)
    return element


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Descendants with one of these local names, in document order."""
    for child in element.iter():
        if local(child) in names:
            yield child
