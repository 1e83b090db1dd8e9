"""What is found in a text before it is judged: a value, its place, and what it proves by itself."""

from typing import NamedTuple

from checks.privacy import proof
from checks.privacy.policy import Tables

DIGITS = "digits"  # a number that proves nothing by itself
MASKED = "masked"  # a value with enough of it hidden


class Hit(NamedTuple):
    """A value at [start, end) of the folded text; `value` without blanks, `strong` when proved by itself, `facts` say how, in words."""

    kind: str
    start: int
    end: int
    value: str
    strong: bool
    facts: tuple[str, ...] = ()


def identity(value: str, start: int, end: int, tables: Tables) -> Hit | None:
    """A hit where check digit, region and birth are all right."""
    if len(value) != 18 or not value[:17].isdigit() or value[17] not in "0123456789X":
        return None
    seen = proof.identity(value, tables)
    if not seen.strong:
        return None
    return Hit("resident-id", start, end, value, True, ("校验码正确", f"地区码{value[:6]}属于{seen.region}"))


def card(value: str, start: int, end: int, tables: Tables) -> Hit:
    """A hit for a number that is known to be a card."""
    return Hit("bank-card", start, end, value, True, ("校验位正确（Luhn）", f"卡号开头是{proof.bank(value, tables)}的发卡标识"))
