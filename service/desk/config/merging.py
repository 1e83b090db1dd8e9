"""Taking back a change in a text that went on changing since: line by line, and only where the place itself is as the change left it."""

from collections.abc import Iterator
from difflib import SequenceMatcher


def taken_back(before: str, after: str, now: str) -> str | None:
    """`now` without the change before → after; None where the same place has changed since."""
    if now == after:
        return before
    base, other, here = after.splitlines(True), before.splitlines(True), now.splitlines(True)
    where = _places(base, here)
    edits = list(_edits(base, other, where))
    if any(edit is None for edit in edits):
        return None
    lines, last = list[str](), 0
    for start, end, new in sorted((edit for edit in edits if edit), key=lambda edit: edit[:2]):
        if start < last:
            return None
        lines += here[last:start] + new
        last = end
    return "".join(lines + here[last:])


def _places(base: list[str], here: list[str]) -> dict[int, int]:
    """Line of base → the same line in the text as it is."""
    blocks = SequenceMatcher(None, base, here, autojunk=False).get_matching_blocks()
    return {first + step: second + step for first, second, size in blocks for step in range(size)}


def _edits(base: list[str], other: list[str], where: dict[int, int]) -> Iterator[tuple[int, int, list[str]] | None]:
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, base, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        found = [where.get(line) for line in range(i1, i2)]
        if i2 > i1:
            start = found[0]
            whole = start is not None and found == list(range(start, start + i2 - i1))
            yield (start, start + i2 - i1, other[j1:j2]) if whole and start is not None else None
        elif (before := where.get(i1 - 1)) is not None:  # lines that were taken out come back behind the line before …
            yield before + 1, before + 1, other[j1:j2]
        else:  # … or else before the line behind
            after = where.get(i1)
            yield None if after is None else (after, after, other[j1:j2])


def changed_lines(before: str, after: str) -> list[tuple[str, str]]:
    """The change for people: (" ", line) around, ("-", line) gone, ("+", line) new, ("…", "") between far places."""
    first, second = before.splitlines(), after.splitlines()
    shown: list[tuple[str, str]] = []
    for number, group in enumerate(SequenceMatcher(None, first, second, autojunk=False).get_grouped_opcodes(2)):
        shown += [("…", "")] if number else []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                shown += [(" ", line) for line in first[i1:i2]]
                continue
            shown += [("-", line) for line in first[i1:i2]] + [("+", line) for line in second[j1:j2]]
    return shown
