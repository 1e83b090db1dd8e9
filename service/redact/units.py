"""From characters of a block back to the characters of the source that say them: entities, escapes and folded blanks undone."""

import html
import re
from collections.abc import Iterable, Iterator

from service.redact.forms import Style

_ENTITY = r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};?)"
_UNITS: dict[Style, re.Pattern[str]] = {
    "raw": re.compile(r"\r\n|.", re.S),
    "markup": re.compile(rf"\r\n|{_ENTITY}|.", re.S),
    "cell": re.compile(rf"\r\n|_x[0-9A-Fa-f]{{4}}_|{_ENTITY}|.", re.S),
    "header": re.compile(rf"&amp;(?:&amp;|(?:\"|&quot;)(?:(?!&quot;)[^\"])*(?:\"|&quot;)|K[0-9A-Fa-f]{{6}}|\d+|[A-Z])|{_ENTITY}|.", re.S),
}
Unit = tuple[str, int, int]  # a character as read, and its place in the source


def units(words: str, style: Style) -> list[Unit]:
    """Every character that a reader gets from the words, with the span of the source that writes it."""
    found: list[Unit] = []
    for match in _UNITS[style].finditer(words):
        found += [(char, *match.span()) for char in _said(match[0], style)]
    return found


def _said(piece: str, style: Style) -> str:
    if len(piece) == 1:
        return piece
    if piece == "\r\n":
        return "\n"
    if style == "header" and piece.startswith("&amp;") and piece not in ("&amp;",):
        return "&" if piece == "&amp;&amp;" else " "
    if piece.startswith("_x"):
        return chr(int(piece[2:6], 16))
    return html.unescape(piece)


def locate(words: str, style: Style, text: str, wanted: Iterable[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """(index in the text, span in the words) for every wanted character that the words say; `text` ends with what the reader made of them."""
    if text.endswith(words):
        shift = len(text) - len(words)
        yield from ((index, (index - shift, index - shift + 1)) for index in wanted if index >= shift)
        return
    found = _align(units(words, style), text)
    yield from ((index, found[index]) for index in wanted if index in found)


def _align(said: list[Unit], text: str) -> dict[int, tuple[int, int]]:
    """Walk both from the end; runs of blanks count as equal, whatever their length."""
    found: dict[int, tuple[int, int]] = {}
    here, there = len(said) - 1, len(text) - 1
    while here >= 0 and there >= 0:
        char, start, end = said[here]
        if char == text[there]:
            found[there] = (start, end)
            here, there = here - 1, there - 1
        elif char.isspace() and text[there].isspace():
            here, there = here - 1, there - 1
        elif char.isspace():
            here -= 1
        elif text[there].isspace():
            there -= 1
        else:
            break
    return found
