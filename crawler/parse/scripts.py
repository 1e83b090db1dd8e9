"""String values in page scripts: `var name = "…"`, `name: '…'`, wrapped in `htmlDecode(…)`, `JsDecode(…)` or `.html(false)`."""

import html
import re
from functools import lru_cache

_WRAPPED = r"""(?:(?P<wrap>htmlDecode|JsDecode|decodeURIComponent)\s*\(\s*)?(?P<quote>["'])(?P<value>(?:\\.|(?!(?P=quote))[^\\\n])*)(?P=quote)(?P<rest>\s*\)?\s*(?:\.html\(false\))?)"""
# `msg_title = window.title = '…'`; video posts: `d.title = (xml ? getXmlValue('title.DATA') : '…')`
_CHAIN = r"(?:window\.\w+\s*=\s*)?"
_XML = r"(?:\(?\s*xml\s*\?\s*(?:getXmlValue\([^)]*\)|''|\"\")(?:\s*\*\s*1)?\s*:\s*)?"
_BARE = r"""(?P<number>\d{1,20})\b"""
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "", "f": "", "v": "", "0": ""}


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(
        rf"(?<![\w.\-'\"])(?:window\.|_g\.|d\.|cgiData\.|var\s+|let\s+|const\s+)?[\"']?{re.escape(name)}[\"']?\s*[:=](?!=)\s*{_CHAIN}{_XML}(?:{_WRAPPED}|{_BARE})"
    )


def string_value(text: str, *names: str, within: str | None = None) -> str | None:
    """The first non-empty value given to one of the names, decoded; `within` starts the search behind that word. None where there is none."""
    start = 0
    if within is not None:
        start = text.find(within)
        if start < 0:
            return None
    for name in names:
        for found in _pattern(name).finditer(text, start):
            value = _decoded(found)
            if value:
                return value
    return None


def _decoded(found: re.Match[str]) -> str:
    if found["number"] is not None:
        return found["number"]
    value = js_decode(found["value"])
    return html.unescape(value) if found["wrap"] or ".html" in (found["rest"] or "") or "&" in value else value


def js_decode(value: str) -> str:
    """A JavaScript string literal's content: `\\x3c`, `\\u4e2d`, `\\n` and escaped quotes resolved."""
    return _ESCAPE.sub(lambda hit: chr(int(hit[1] or hit[2], 16)) if hit[1] or hit[2] else _PLAIN.get(hit[3], hit[3]), value)
