"""A value masked in one place and whole in another: the mask protects nobody."""

import re
from collections.abc import Iterable, Sequence

from checks.privacy.leaks import Leak
from core.records import Block

_KINDS = frozenset(("resident-id", "bank-card", "mobile"))
_MASKED = re.compile(r"([0-9]{0,14})[*＊×●xX]{2,}([0-9]{0,14}[0-9Xx]?)")
_ENOUGH = 7  # digits that must still show for a mask to be known again


def remember(leaks: Sequence[Leak], blocks: Iterable[Block]) -> list[Leak]:
    """The leaks, those whose value stands masked elsewhere with that said among their reasons."""
    whole = [leak for leak in leaks if leak.kind in _KINDS]
    shown = _masks(blocks) if whole else {}
    if not shown:
        return list(leaks)
    sizes = {(len(front), len(back)) for front, back in shown}
    return [_note(leak, shown, sizes) if leak.kind in _KINDS else leak for leak in leaks]


def _masks(blocks: Iterable[Block]) -> dict[tuple[str, str], str]:
    """(front, back) digits of every masked value → where it stands first."""
    found: dict[tuple[str, str], str] = {}
    for block in blocks:
        text = block.text
        if "*" in text or "＊" in text or "×" in text or "●" in text or "XX" in text:
            for match in _MASKED.finditer(text):
                if len(match[1]) + len(match[2]) >= _ENOUGH:
                    found.setdefault((match[1], match[2].upper()), block.where)
    return found


def _note(leak: Leak, shown: dict[tuple[str, str], str], sizes: set[tuple[int, int]]) -> Leak:
    value = leak.value
    for front, back in sizes:
        where = shown.get((value[:front], value[len(value) - back :]))
        if where is not None and front + back < len(value):
            return leak._replace(reasons=(*leak.reasons, f"同一号码在{where}已经遮盖，在这里却是完整的"))
    return leak
