"""Plain text: one block with the whole decoded file, so that offsets are offsets in the file."""

import codecs
import re

from core.records import Block
from crawler.documents.part import DamagedError, Part, Pieces

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_ENTITY = re.compile(r"<!ENTITY\s", re.I)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes) -> str | None:
    """The text in UTF-8, UTF-16 or GB18030, a byte-order mark removed; None when the bytes are no text."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _sane(data.decode(encoding, "replace"))
    wide = _wide(data)
    if wide:
        return _sane(data.decode(wide, "replace"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return _sane(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    # A few broken characters (a file cut in the middle, one pasted byte) do not make it unreadable.
    candidates = [data.decode(encoding, "replace") for encoding in ("utf-8", "gb18030")]
    best = min(candidates, key=lambda text: text.count("\ufffd"))
    return _sane(best) if best.count("\ufffd") <= max(1, len(best) // 50) else None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, told by where its zero bytes stand (digits, blanks and line ends are in every list)."""
    sample = data[:4096]
    if len(sample) < 4 or b"\0" not in sample or len(data) % 2:
        return None
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if low > 8 * high and low >= len(sample) // 40:
        return "utf-16-le"
    return "utf-16-be" if high > 8 * low and high >= len(sample) // 40 else None


def _sane(text: str) -> str | None:
    """The text, unless it is full of control characters or replacement marks: then it was no text."""
    sample = text[:100_000]
    odd = len(_CONTROL.findall(sample)) + sample.count("\ufffd")
    return text if odd <= max(1, len(sample) // 50) and "\0" not in sample else None


def read(data: bytes, part: Part) -> Pieces:
    """One block, `正文`, the file as decoded; an XML file with entity definitions is also reported."""
    text = decode(data)
    if text is None:
        raise DamagedError
    if text.strip():
        yield Block(text, "正文", file=part.file)
    if "\ufffd" in text:
        yield part.unread("个别字符无法按 UTF-8 或 GB18030 识别，该处未能检查；请另存为 UTF-8 后提供", "正文")
    if text.lstrip().startswith("<") and _ENTITY.search(text[:100_000]):
        yield part.unread("含有实体定义（ENTITY），为安全起见未展开；请去掉后重新提供", "正文")
