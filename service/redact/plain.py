"""txt and csv: the characters change, encoding, line ends, quotes and separators stay."""

import re
from collections.abc import Mapping

from service.redact.encoded import Encoded, decoded
from service.redact.forms import Edits, Node, Source, splice

_FIELD = re.compile(r"[^,\t;，|\r\n\"]+")


class _File:
    """A document that is one text."""

    rewrites_cells = False

    def __init__(self, encoded: Encoded, nodes: tuple[Node, ...]) -> None:
        self._encoded = encoded
        self.sources = (Source("", encoded.text, nodes),)

    def probe(self, texts: Mapping[str, str]) -> bytes:
        return self._encoded.bytes_of(texts.get("", self._encoded.text))

    def edited(self, edits: Edits, numbers: Mapping[str, frozenset[int]]) -> bytes:
        return self._encoded.bytes_of(splice(self._encoded.text, edits.spans.get("", {})))


def text(data: bytes) -> _File:
    """A plain text: one node, the whole file."""
    found = decoded(data)
    return _File(found, (Node(0, len(found.text)),) if found.text else ())


def separated(data: bytes) -> _File:
    """A separated table: a node for whatever stands between separators, quotes and line ends."""
    found = decoded(data)
    nodes = (Node(*match.span(), group=number) for number, match in enumerate(_FIELD.finditer(found.text)) if match[0].strip())
    return _File(found, tuple(nodes))


def marked_up(data: bytes) -> _File:
    """A web page: its source stays as it is but for the characters of leaks."""
    from service.redact.html import scanner

    found = decoded(data, html=True)
    return _File(found, tuple(scanner().nodes(found.text)))
