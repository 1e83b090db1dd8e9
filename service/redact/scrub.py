"""What a package carries beside its words: names in its properties, its thumbnail, previews of embedded files."""

import re
import struct

_AUTHORS = re.compile(r"(<(?:[\w.-]+:)?(creator|lastModifiedBy|Manager)\b[^>]*>)([^<]*)(</)")
_RELATION = re.compile(r"<(?:[\w.-]+:)?Relationship\b[^>]*?/>")
_CALC = re.compile(r"<(?:[\w.-]+:)?Override\b[^>]*?calcChain\.xml[^>]*?/>")
PROPERTIES = ("docprops/core.xml", "docprops/app.xml")
VECTOR = (".emf", ".wmf")


def without_authors(text: str) -> str:
    """Author, last editor and manager emptied; titles and the rest stay."""
    return _AUTHORS.sub(r"\1\4", text)


def is_thumbnail(name: str) -> bool:
    """The small picture of the first page, drawn before anything was masked."""
    return name.lower().startswith("docprops/thumbnail.")


def without_relation(text: str, target: str) -> str:
    """Relations without those that lead to a part that has been taken out."""
    return _RELATION.sub(lambda found: "" if target in found[0] else found[0], text)


def without_calculation_order(text: str) -> str:
    """The list of types without the order of calculation."""
    return _CALC.sub("", text)


def blank(data: bytes) -> bytes:
    """An empty picture of the same size: the preview of an embedded file shows what stood there before."""
    if data[:4] == b"\x01\0\0\0" and data[40:44] == b" EMF":
        end = struct.pack("<5I", 14, 20, 0, 16, 20)
        return struct.pack("<2I", 1, 88) + data[8:40] + b" EMF" + struct.pack("<3I2H3I", 0x10000, 108, 2, 1, 0, 0, 0, 0) + data[72:88] + end
    head = data[:22] if data[:4] == b"\xd7\xcd\xc6\x9a" else b""
    return head + struct.pack("<3HIHIH", 1, 9, 0x300, 12, 0, 3, 0) + struct.pack("<IH", 3, 0)
