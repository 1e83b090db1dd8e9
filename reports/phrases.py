"""How an office writes numbers, dates and lists of names."""

import re
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from core.calendar import Month
from core.text import conceal


def percent(part: int, whole: int) -> str:
    """A share with one decimal, half up; exactly all or nothing is written `100%` and `0%`. `whole` must not be 0."""
    if part in (0, whole):
        return "0%" if part == 0 else "100%"
    return f"{(Decimal(part) * 100 / Decimal(whole)).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def names(items: Sequence[str], limit: int) -> str:
    """The first `limit` names with 、 between."""
    return "、".join(items[:limit])


def quoted(text: str) -> str:
    """Text for inside “”: inner quotes become ‘’, long digit runs are masked."""
    return conceal(text).replace("“", "‘").replace("”", "’").strip()


def as_date(value: object) -> date | None:
    """A date given as such or as ISO text; None when it is neither."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def day(value: object, month: Month) -> str:
    """`10月23日`, with the year when it is not the month's; text that is no date is left as it is."""
    found = as_date(value)
    if found is None:
        return str(value or "")
    year = "" if found.year == month.year else f"{found.year}年"
    return f"{year}{found.month}月{found.day}日"


def distinct(items: Sequence[str]) -> list[str]:
    """Each item once, in order of first appearance."""
    return list(dict.fromkeys(items))


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """Without the characters that XML (docx, xlsx) cannot hold."""
    return _UNPRINTABLE.sub("", text)
