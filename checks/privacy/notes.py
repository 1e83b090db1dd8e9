"""Notes, titles and footers of a table: rows that fill in no column. They are running text, where an office's phone is lawful."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from checks.privacy.headers import Headers
from checks.privacy.leaks import Cell, Leak
from checks.privacy.policy import Policy
from checks.privacy.prose import scan_text

_SPEAKS = re.compile(r"[:：，,。；;、]|^(?:注|备注|说明|附)")
_LABELLED = re.compile(r"[^0-9０-９:：]{2,14}[:：]")
_BARE = re.compile(r"[0-9０-９Xx*\s-]{5,}")
_LONG = re.compile(r"[0-9０-９]{5}")
_BETWEEN = "，"


def is_note(row: Sequence[Cell], headers: Headers) -> bool:
    """A lone cell that speaks, or a few cells that each bring their own label, in a table with columns."""
    if len(row) == 1:
        text, header = row[0].text, headers.columns.get(row[0].column)
        if len(text) < 8 or not _SPEAKS.search(text):
            return False
        return not (header and header.kind) or (len(headers.columns) > 1 and bool(_LABELLED.match(text)))
    if row[-1].text.rstrip().endswith("。") and not any(_BARE.fullmatch(cell.text) for cell in row):
        return True  # a sentence cut at its commas
    if not headers.columns:
        if any(headers.words.lists["person_headers"].search(cell.text) for cell in row):
            return False  # a citizen's form
    elif len(headers.columns) < 3 or 2 * len(row) > len(headers.columns) + 1:
        return False
    told = [index for index, cell in enumerate(row) if _LONG.search(cell.text)]
    return bool(told) and all(_LABELLED.match(row[index].text) or (index and row[index - 1].text.rstrip().endswith((":", "："))) for index in told)


def scan_note(row: Sequence[Cell], policy: Policy) -> Iterator[Leak]:
    """Leaks in the row, read as one sentence."""
    starts = [0]
    for cell in row:
        starts.append(starts[-1] + len(cell.text) + len(_BETWEEN))
    for claim, start, end, role in scan_text(_BETWEEN.join(cell.text for cell in row), policy):
        index = bisect_right(starts, start) - 1
        cell = row[index]
        base = cell.base - starts[index]
        yield Leak(cell.block, base + start, min(base + end, cell.base + len(cell.text)), claim.kind, claim.level, role, claim.value, claim.reasons)
