"""What a page is really encoded in: declarations are hints, bytes are evidence."""

import codecs
import re

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CJK = re.compile("[\u4e00-\u9fff\u3000-\u303f\uff00-\uffef]")
_COMMON = re.compile(
    "[的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经县市局镇信息公开]"
)


def declared_charset(body: bytes, header: str | None = None) -> str | None:
    """The encoding a page claims: HTTP header first, then its own meta or XML declaration; lower case, None where it is silent."""
    if header:
        found = re.search(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", header, re.IGNORECASE)
        if found:
            return found[1].lower()
    from bs4.dammit import EncodingDetector

    claimed = EncodingDetector.find_declared_encoding(body[:8192], is_html=True, search_entire_document=True)
    return claimed.lower() if claimed else None


def detect(body: bytes, header: str | None = None) -> str:
    """The codec to decode with. UTF-8 that decodes is UTF-8 whatever is claimed; otherwise GB18030 (which holds GBK and GB2312) unless Big5 or UTF-16 prove better."""
    for mark, codec in _BOMS:
        if body.startswith(mark):
            return codec
    if body.isascii():
        return "utf-8"
    if body[:400].count(b"\0") > 50:
        return "utf-16-le" if body[1:400:2].count(0) >= body[0:400:2].count(0) else "utf-16-be"
    if _decodes(body, "utf-8"):
        return "utf-8"
    if _mostly_utf8(body):
        return "utf-8"
    claimed = declared_charset(body, header)
    if claimed in {"big5", "big5-hkscs"} and _plain(body, "big5hkscs") >= _plain(body, "gb18030"):
        return "big5hkscs"
    return "gb18030"


def decode(body: bytes, header: str | None = None) -> str:
    """The page as text; bytes that fit no encoding become U+FFFD instead of an error."""
    return body.decode(detect(body, header), "replace").replace("\0", "")


def _decodes(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except UnicodeDecodeError as error:
        return error.start >= len(body) - 4 and error.start > 0 and "unexpected end" in error.reason
    return True


def _mostly_utf8(body: bytes) -> bool:
    """A UTF-8 page with a few broken bytes (a title cut in the middle of a character) is still UTF-8."""
    text = body.decode("utf-8", "replace")
    return len(_CJK.findall(text)) > 8 * text.count("\ufffd")


def _plain(body: bytes, codec: str) -> int:
    """How much ordinary writing the bytes give under a codec."""
    text = body.decode(codec, "replace")
    return len(_COMMON.findall(text)) - 2 * text.count("\ufffd")
