"""How often a column needs to be looked at, learned from its own history. See docs/decisions/0013-rhythm-and-memory-of-lists.md."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from core.store.lists import ListMemory

_ENOUGH_DAYS = 6  # publishing days before anything is learned
_ENOUGH_SPAN = 90  # days of history
ENOUGH_QUIET = 3  # looks without news before one is left out
_LOOKS_PER_GAP = 8
_LONGEST = 3
_FIRST_DAYS, _LAST_DAYS = 3, 28


def nights_between(days: Sequence[date]) -> int:
    """Nights between two looks: an eighth of the column's short gaps (their lower quartile), between 1 and 3."""
    if len(days) < _ENOUGH_DAYS or (days[-1] - days[0]).days < _ENOUGH_SPAN:
        return 1
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    return max(1, min(_LONGEST, gaps[len(gaps) // 4] // _LOOKS_PER_GAP))


def may_rest(memory: ListMemory, days: Sequence[date], today: date, last: date, issue_day: int) -> bool:
    """True when a column may be left out tonight: slow by its history, quiet at its last looks, and neither the turn of a month nor the bulletin is near."""
    if today.day <= _FIRST_DAYS or today.day >= _LAST_DAYS or issue_day - 1 <= today.day <= issue_day:
        return False
    return memory.quiet >= ENOUGH_QUIET and 0 <= (today - last).days < nights_between(days)
