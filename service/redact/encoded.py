"""Text files as the checks decode them, with a way back to the same bytes."""

import codecs
import re
from dataclasses import dataclass

from core.errors import UnreadableError
from crawler.documents.plain import decode

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be")
_DECLARED = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*gb""", re.I)
_STATED = re.compile(rb"""^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""", re.I)
_UNSURE = "个别字符无法识别，改动后不能保证其余内容不变；请另存为 UTF-8 后再脱敏"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A decoded text, the byte-order mark before it, and the encoding that writes it back byte for byte."""

    text: str
    mark: bytes
    encoding: str

    def bytes_of(self, text: str) -> bytes:
        return self.mark + text.encode(self.encoding)


def decoded(data: bytes, *, html: bool = False) -> Encoded:
    """The text of a file; raises UnreadableError where it cannot be written back exactly."""
    if html and _DECLARED.search(data[:4096]) and (found := _exactly(data, b"", "gb18030")):
        return found
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _sure(_exactly(data, mark, encoding))
    text = decode(data)
    exact = (_exactly(data, b"", encoding) for encoding in _GUESSES)
    return _sure(next((found for found in exact if found and found.text == text), None))


def decoded_xml(data: bytes) -> Encoded:
    """The text of an XML part, by its mark or its declaration, else UTF-8."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _sure(_exactly(data, mark, encoding))
    stated = _STATED.search(data[:256])
    return _sure(_exactly(data, b"", stated[1].decode() if stated else "utf-8"))


def _exactly(data: bytes, mark: bytes, encoding: str) -> Encoded | None:
    try:
        text = data[len(mark) :].decode(encoding)
        same = mark + text.encode(encoding) == data
    except (UnicodeError, LookupError):
        return None
    return Encoded(text, mark, encoding) if same else None


def _sure(found: Encoded | None) -> Encoded:
    if found is None:
        raise UnreadableError(_UNSURE)
    return found
