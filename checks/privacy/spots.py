"""Everything in a piece of folded text that has the form of a personal value, claims resolved, in order of place."""

from bisect import bisect_left, insort

from checks.privacy.numbers import Hit, numbers
from checks.privacy.others import bracketed, documents, homes, landlines, plates
from checks.privacy.policy import Tables

_RANK = {
    "under-masked": 0,
    "masked": 0,
    "resident-id": 1,
    "mobile": 2,
    "bank-card": 3,
    "landline": 4,
    "passport": 5,
    "travel-permit": 5,
    "plate": 6,
    "digits": 7,
}


def spots(text: str, tables: Tables) -> tuple[Hit, ...]:
    """Hits of all kinds; where two overlap, the one earlier in the order of claims stays. An address may hold a number."""
    found = [*numbers(text, tables), *landlines(text, tables), *bracketed(text, tables), *documents(text), *plates(text)]
    found.sort(key=lambda hit: (_RANK[hit.kind], hit.start))
    kept: list[tuple[int, int, Hit]] = []
    for hit in found:
        place = bisect_left(kept, (hit.start, hit.end), key=lambda item: item[:2])
        before = place > 0 and kept[place - 1][1] > hit.start
        after = place < len(kept) and kept[place][0] < hit.end
        if not before and not after:
            kept.insert(place, (hit.start, hit.end, hit))
    hits = [item[2] for item in kept]
    for hit in homes(text):
        insort(hits, hit, key=lambda item: item.start)
    return tuple(hits)


class Spotter:
    """Remembers the text looked at last: the recognizers are asked in turn about the same window."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._text = ""
        self._hits: tuple[Hit, ...] = ()

    def __call__(self, text: str) -> tuple[Hit, ...]:
        if text != self._text:
            self._text, self._hits = text, spots(text, self._tables)
        return self._hits

    def forget(self) -> None:
        """Keep nothing personal in memory longer than needed."""
        self._text, self._hits = "", ()
