"""Which word of a drawn row belongs under which header, when a row has more or fewer words than the header line: by what each can be."""

import re
from collections.abc import Sequence

from checks.privacy.context import header_kind
from checks.privacy.names import is_name
from checks.privacy.policy import Policy, Words
from core.text import fold

_DIGITS = re.compile(r"[0-9*＊×●xX \-+()]+")
_IDENTITY = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]")
_PLACE = re.compile(r"[省市县区镇乡村组路街巷号室楼]")
_PLACED = re.compile(r"[市县区镇乡村组街]$|村组|住所|地点")
_FORBIDDEN, _SKIPPED = -9, -1
_NUMBERED = {
    "resident-id": range(15, 21),
    "bank-card": range(8, 23),
    "mobile": range(7, 15),
    "landline": range(7, 13),
    "office-phone": range(5, 13),
    "organisation-code": range(8, 31),
}


def nature(header: str, words: Words) -> str:
    """What the words below a header are like: a kind of number, `name`, `amount`, `place`, `words`, or "" where any."""
    kind = header_kind(header, words)
    if kind:
        return {"home-address": "place", "health": "words"}.get(kind, kind)
    if header in ("序号", "编号", "序"):
        return "serial"
    if words.lists["person_headers"].search(header) or words.lists["contact_headers"].search(header):
        return "name"
    if words.lists["amount_headers"].search(header):
        return "amount"
    return "place" if _PLACED.search(header) else ""


def _fit(part: str, kind: str, policy: Policy) -> int:
    """How well a word goes under a header."""
    digits = sum(char.isdigit() or char in "*＊×●" for char in part)
    number = bool(_DIGITS.fullmatch(part))
    if digits > 14 and _IDENTITY.fullmatch(re.sub(r"[\s\-—]", "", fold(part).text)):
        return 6 if kind == "resident-id" else -1
    if kind in _NUMBERED:
        return 4 if digits in _NUMBERED[kind] and digits * 2 > len(part) else _FORBIDDEN if not digits else 0
    if kind == "serial":
        return 3 if part.rstrip(".、").isdigit() and len(part) <= 5 else _FORBIDDEN
    if kind == "name":
        return 3 if is_name(part, policy.tables) or ("*" in part and len(part) < 5) else _FORBIDDEN if digits else 0
    if kind == "amount":
        return 2 if number and digits <= 9 else _FORBIDDEN if digits > 12 else 1
    if kind in ("place", "words"):
        han = sum("\u4e00" <= char <= "\u9fff" for char in part)
        if not han:
            return _FORBIDDEN
        return (3 if _PLACE.search(part) and han > 3 else 0) if kind == "place" else (2 if not digits and not _PLACE.search(part) else -1)
    return 1 if digits < 10 else -1


def align(parts: Sequence[str], natures: Sequence[str], policy: Policy) -> list[int]:
    """The column of each part, in order, the best fit over the row; -1 for a part that goes under none."""
    best: list[list[int]] = [[0] * (len(natures) + 1) for _ in range(len(parts) + 1)]
    for index in range(len(parts)):
        best[index + 1][0] = best[index][0] - 2
    for column in range(len(natures)):
        best[0][column + 1] = best[0][column] + _SKIPPED
    step: dict[tuple[int, int], str] = {}
    for index, part in enumerate(parts, 1):
        for column, kind in enumerate(natures, 1):
            ways = (
                (best[index - 1][column - 1] + _fit(part, kind, policy), "take"),
                (best[index][column - 1] + _SKIPPED, "column"),
                (best[index - 1][column] - 2, "part"),
            )
            best[index][column], step[index, column] = max(ways, key=lambda way: way[0])
    found = [-1] * len(parts)
    index, column = len(parts), len(natures)
    while index and column:
        way = step[index, column]
        if way == "take":
            found[index - 1] = column - 1
        index -= way != "column"
        column -= way != "part"
    return found
