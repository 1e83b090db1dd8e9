"""Does a pdf hold what it promises? Renderers drop a damaged stream without a word, so its text would be missed in silence."""

import base64
import re
import zlib

from crawler.documents.limits import Budget, OverLimitError

_STREAM = re.compile(rb"<<((?:[^<>]|<(?!<)|>(?!>)|<<[^<>]*>>)*)>>\s*stream\r?\n")
_FLATE = re.compile(rb"/Filter\s*\[?\s*(/(?:ASCII85Decode|A85)\s*)?/(?:FlateDecode|Fl)\s*\]?\s*(?:/|$|>)")
_LENGTH = re.compile(rb"/Length\s+(\d+)(?!\s+\d+\s+R)")
_CHUNK = 1 << 20


def damaged_streams(data: bytes, budget: Budget) -> int:
    """How many compressed streams do not unpack; encrypted files are not looked at. Raises OverLimitError for bombs."""
    if b"/Encrypt" in data:
        return 0
    bad = 0
    for found in _STREAM.finditer(data):
        budget.tick()
        dictionary = found[1]
        flate = _FLATE.search(dictionary + b"/")
        if not flate:
            continue
        declared = _LENGTH.search(dictionary)
        end = found.end() + int(declared[1]) if declared else data.find(b"endstream", found.end())
        if end < 0 or end > len(data) or not _unpacks(data[found.end() : end], bool(flate[1]), budget):
            bad += 1
    return bad


def _unpacks(packed: bytes, ascii85: bool, budget: Budget) -> bool:
    """A stream that merely stops early or carries a rest is what many writers produce; wrong bytes are damage."""
    unpacker = zlib.decompressobj()
    total = 0
    try:
        pending = base64.a85decode(packed.strip().removesuffix(b"~>")) if ascii85 else packed
        while pending and not unpacker.eof:
            total += len(unpacker.decompress(pending, _CHUNK))
            pending = unpacker.unconsumed_tail
            if total > budget.limits.member:
                raise OverLimitError("页面内容解压后超过大小限制，可能是压缩炸弹，未检查；请重新导出后提供")
    except (zlib.error, ValueError):
        return False
    return True
