"""What two cells of a row give away together: a number cut into columns, masked values that complete each other."""

import itertools
import re
from collections.abc import Sequence

from checks.privacy import proof
from checks.privacy.headers import Headers
from checks.privacy.judge import RECENT_BIRTH
from checks.privacy.leaks import Cell, Leak
from checks.privacy.policy import Policy
from checks.privacy.values import birth_digits

_PIECE = re.compile(r"[0-9]{2,16}|[0-9]{1,15}[Xx]")
_STARRED = re.compile(r"[0-9*＊×●xX]{15,19}")


def across(row: Sequence[Cell], leaks: Sequence[Leak], headers: Headers, policy: Policy) -> list[Leak]:
    """Leaks that only show when the cells of a row are read together."""
    found: list[Leak] = []
    pieces: list[tuple[Cell, str]] = []
    starred: list[tuple[Cell, str]] = []
    for cell in row:
        text = cell.text
        size = len(text)
        if size > 24:
            continue
        if size <= 16 and text[0].isdigit():
            if 1 < size != 11 and _PIECE.fullmatch(text):
                pieces.append((cell, text.upper()))
        elif ("*" in text or "＊" in text or "×" in text or "●" in text) and _STARRED.fullmatch(text.strip()):
            starred.append((cell, re.sub(r"[＊×●]|[xX](?=.)", "*", text.strip())))
    if len(pieces) > 1:
        found += _cut(pieces, policy)
    if starred:
        found += _completed(row, starred, headers)
    return found


def _cut(pieces: Sequence[tuple[Cell, str]], policy: Policy) -> list[Leak]:
    """Neighbouring cells of digits that make a proven ID together."""
    found = []
    for index in range(len(pieces) - 1):
        for count in (2, 3):
            part = pieces[index : index + count]
            if len(part) < count or sum(len(text) for _, text in part) != 18:
                continue
            value = "".join(text for _, text in part)
            adjacent = part[-1][0].column - part[0][0].column == count - 1
            if adjacent and value[:17].isdigit() and proof.identity(value, policy.tables).strong:
                cell, text = max(part, key=lambda item: len(item[1]))
                reasons = (f"一个身份证号拆写在相邻的{count}个单元格里，合起来校验码正确",)
                found.append(_leak(cell, text, "resident-id", reasons))
    return found


def _completed(row: Sequence[Cell], starred: Sequence[tuple[Cell, str]], headers: Headers) -> list[Leak]:
    """A masked ID whose hidden digits stand elsewhere in the row: in another masked copy, or in the date of birth."""
    for (_, one), (cell, other) in itertools.pairwise(starred):
        if len(one) == len(other) == 18 and all(a == b or "*" in (a, b) for a, b in zip(one, other, strict=True)):
            shown = sum(a != "*" or b != "*" for a, b in zip(one, other, strict=True))
            if shown >= 15 and max(18 - one.count("*"), 18 - other.count("*")) < 15:
                return [_leak(cell, other, "under-masked", (f"同一行两处遮盖的位置不同，合起来露出18位中的{shown}位",))]
    for cell, stars in starred:
        hides_birth = len(stars) == 18 and set(stars[6:14]) == {"*"} and stars.count("*") <= 11
        if hides_birth and any(_is_birth(other, headers) for other in row if other is not cell):
            return [_leak(cell, stars, "under-masked", (f"同一行写明了出生日期，与这里合起来露出18位中的{26 - stars.count('*')}位",))]
    return []


def _is_birth(cell: Cell, headers: Headers) -> bool:
    """A day that the header calls a birth, or that no header explains and that lies long back."""
    header = headers.columns.get(cell.column)
    day = birth_digits(cell.text)
    return bool(day) and (header.kind == "birth-date" if header and header.text else int(day[:4]) < RECENT_BIRTH)


def _leak(cell: Cell, text: str, kind: str, reasons: tuple[str, ...]) -> Leak:
    start = cell.base + cell.text.index(text) if text in cell.text else cell.base
    return Leak(cell.block, start, start + len(text), kind, kind, "", text, reasons, cell.column)
