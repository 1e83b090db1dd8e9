"""Where findings stand in a page's own text, however its markup cuts it up; and what of it nobody may read in a picture."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.records import Block, Finding
from core.text import fold

PLAIN, MASKED, MARKED = 0, 1, 2
# A long number not joined across cells and lines. A public office's telephone with its area code stays readable, as on the desk.
_LONG_NUMBER = re.compile(r"(?<![\d])\d(?:[ \t\-]?\d){9,}[ \t\-]?[\dXx](?!\d)")
_OFFICE_PHONE = re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")
_CONTEXT = 16


@dataclass(frozen=True, slots=True)
class Place:
    """A found place as written, with what stands before and after; `masked` is how a personal value may be shown, None for a place that holds none."""

    value: str
    before: str
    after: str
    masked: str | None
    marked: bool = True


def places(blocks: Sequence[Block], findings: Iterable[Finding]) -> list[Place]:
    """The findings of these blocks as text; raw values, only ever in memory."""
    texts = {(block.file, block.where): block.text for block in blocks}
    found = []
    for finding in findings:
        text = texts.get((finding.file, finding.where or ""))
        if text is None or finding.start is None or finding.end is None or not text[finding.start : finding.end].strip():
            continue
        before, after = text[max(0, finding.start - _CONTEXT) : finding.start], text[finding.end : finding.end + _CONTEXT]
        personal = finding.rule.startswith("privacy/")
        found.append(Place(text[finding.start : finding.end], before, after, (finding.masked or "") if personal else None))
    return found


@dataclass(frozen=True, slots=True)
class Painted:
    """The text as it may be shown (as long as the original) and what each character is: PLAIN, MASKED, MARKED."""

    text: str
    kinds: bytes
    found: int


def paint(text: str, wanted: Sequence[Place]) -> Painted:
    """Mark the places in the text and star what is personal: every occurrence of a found value, and any other long number."""
    folded = fold(text)
    kept = [index for index, char in enumerate(folded.text) if not char.isspace()]
    bare = "".join(folded.text[index] for index in kept).lower()
    shown, kinds = list(text), bytearray(len(text))

    def original(start: int, end: int) -> tuple[int, int]:
        return folded.span(kept[start], kept[end - 1] + 1)

    count = 0
    for place in wanted:
        value = _bare(place.value)
        spots = list(_spots(bare, value, place)) if value else []
        count += bool(spots)
        for start in spots:
            low, high = original(start, start + len(value))
            _lay(shown, kinds, low, high, place)
    for hit in _LONG_NUMBER.finditer(folded.text):
        low, high = folded.span(*hit.span())
        if not any(kinds[low:high]) and not _OFFICE_PHONE.fullmatch(hit[0]):
            _star(shown, low, high)
    return Painted("".join(shown), bytes(kinds), count)


def _bare(text: str) -> str:
    return "".join(char for char in fold(text).text if not char.isspace()).lower()


def _spots(bare: str, value: str, place: Place) -> Iterable[int]:
    """A personal value wherever it stands; any other where its surroundings agree, else where it stands first."""
    if place.masked is not None:
        start = bare.find(value)
        while start >= 0:
            yield start
            start = bare.find(value, start + len(value))
        return
    before, after = _bare(place.before), _bare(place.after)
    for head, tail in ((before, after), (before, ""), ("", after), ("", "")):
        start = bare.find(head + value + tail)
        if start >= 0:
            yield start + len(head)
            return


def _lay(shown: list[str], kinds: bytearray, low: int, high: int, place: Place) -> None:
    for index in range(low, high):
        kinds[index] = max(kinds[index], MASKED if place.masked is not None else MARKED) if place.masked is None or kinds[index] != MASKED else MASKED
    if place.masked is None:
        return
    visible = [index for index in range(low, high) if not shown[index].isspace()]
    masked = [char for char in place.masked if not char.isspace()]
    same = len(masked) == len(visible) and "*" in masked
    for number, index in enumerate(visible):
        shown[index] = masked[number] if same else "*"


def _star(shown: list[str], low: int, high: int) -> None:
    digits = [index for index in range(low, high) if shown[index].isalnum()]
    for index in digits[3:-2]:
        shown[index] = "*"
