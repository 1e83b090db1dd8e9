"""From folded text to the numbers in it: runs of digits are cut into values by content, look-alikes are claimed first.

Order of claims: masked values, links, decimals and codes of organisations; then resident IDs, mobiles, cards. What proves nothing
by itself is kept as `digits`, for a header or label to say what it is.
"""

import re
from bisect import bisect_right

from checks.privacy import proof
from checks.privacy.hits import DIGITS, MASKED, Hit
from checks.privacy.hits import card as _card
from checks.privacy.hits import identity as _identity
from checks.privacy.masks import masked
from checks.privacy.policy import Tables

__all__ = ["DIGITS", "MASKED", "Hit", "group", "numbers"]

_CLAIMED = "\ufffc"  # stands for a character that has been claimed

_GAP = r"[ \t\r\n\-·.]"
_RUN = re.compile(rf"[0-9](?:{_GAP}{{0,3}}[0-9]|[Xx](?![A-WYZa-wyz*]))*")
_GROUP = re.compile(r"[0-9Xx]+")
_LINK = re.compile(r"(?:https?://|www\.)[^\s，。；、）】》”]+", re.IGNORECASE)
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{18}(?![0-9A-Za-z])", re.IGNORECASE)
_PHONE_WORD = re.compile(r"(?<![A-Za-z])(?:tel|phone|mobile|mob|cell|id|no|sfz|sjh)[.:]?$", re.IGNORECASE)
_UNIT = re.compile(r"号(?!码)|万|亿|年|月|度|株| ?(?:元|万元|亿元|吨|公里|千米|平方|亩|%|‰|公斤|kg)")  # 万 after a blank may begin a name
_DISABILITY = re.compile(r"[1-7][1-4](?:B\d)?")


def numbers(text: str, tables: Tables) -> list[Hit]:
    """Every number of 7 digits or more in the folded text, in order of place, none overlapping another."""
    links = [found.span() for found in _LINK.finditer(text)]
    hits = [hit for hit in masked(text, tables) if not _within(hit.start, hit.end, links)]
    codes = [found.span() for found in _CODE.finditer(text) if _is_organisation(found[0], tables)]
    open_text = _without(text, [*((hit.start, hit.end) for hit in hits), *codes])
    for run in _RUN.finditer(open_text):
        if run.end() - run.start() < 7:
            continue
        found = _run(open_text, run.start(), run.end(), tables)
        if links and _within(run.start(), run.end(), links):
            found = [hit for hit in found if hit.kind == "resident-id" and hit.strong]
        hits += found
    hits.sort(key=lambda hit: hit.start)
    return hits


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with the spans made unreadable, so that nothing beside them is joined with them; offsets stay."""
    for start, end in spans:
        text = text[:start] + _CLAIMED * (end - start) + text[end:]
    return text


def _within(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Does [start, end) touch one of the spans (sorted, apart from one another)?"""
    place = bisect_right(spans, (start, end))
    return (place > 0 and spans[place - 1][1] > start) or (place < len(spans) and spans[place][0] < end)


def _is_organisation(code: str, tables: Tables) -> bool:
    """A social credit code; a number that proves to be a resident's ID is not one (none of 203 codes is both)."""
    upper = code.upper()
    if not proof.is_uscc(upper):
        return False
    return not (upper[:17].isdigit() and upper[17] in "0123456789X" and proof.identity(upper, tables).strong)


def _run(text: str, start: int, end: int, tables: Tables) -> list[Hit]:
    """The values of one run: groups joined where the blanks are inside a value, split where the values are glued."""
    groups = [found.span() for found in _GROUP.finditer(text, start, end)]
    hits: list[Hit] = []
    index = 0
    while index < len(groups):
        joined = _joined(text, groups, index, tables) if len(groups) > 1 else None
        if joined:
            hit, count = joined
            hits.append(hit)
            index += count
            continue
        first, last = groups[index]
        after_value = bool(hits) and hits[-1].strong and index > 0 and hits[-1].end == groups[index - 1][1]
        if last - first >= 7:
            hits += group(text, first, last, tables, after_value)
        index += 1
    if not any(hit.strong for hit in hits) and len(groups) > 1:
        whole = _whole(text, groups)
        return [whole] if whole else hits
    return hits


def _whole(text: str, groups: list[tuple[int, int]]) -> Hit | None:
    """A run whose groups make one number of 15 to 19 digits together: a header may say what it is (an ID with a typo, a passbook)."""
    value = "".join(text[first:last] for first, last in groups).upper()
    if 15 <= len(value) <= 19 and not any(last - first > 12 for first, last in groups):
        return Hit(DIGITS, groups[0][0], groups[-1][1], value, False)
    return None


def _joined(text: str, groups: list[tuple[int, int]], index: int, tables: Tables) -> tuple[Hit, int] | None:
    """The groups from `index` on that prove to be one value written with blanks, hyphens or line breaks; how many they are."""
    value = ""
    for count in range(1, min(19, len(groups) - index) + 1):
        first, last = groups[index + count - 1]
        value += text[first:last].upper()
        if len(value) > 19:
            break
        if count == 1:
            continue
        place = (groups[index][0], last)
        if len(value) == 18 and (hit := _identity(value, *place, tables)):
            return hit, count
        sizes = [b - a for a, b in groups[index : index + count]]
        if 16 <= len(value) <= 19 and value.isdigit() and max(sizes) <= 13 and sizes[0] >= 4 and proof.is_card(value, tables):
            return _card(value, *place, tables), count
        decimal = count == 2 and text[groups[index][1] : first] == "."  # 高程156.05056795
        if not decimal and _phone_groups(sizes, value) and proof.is_mobile(value[-11:], tables) and _clear(text, *place):
            return Hit("mobile", *place, value[-11:], True, (f"{value[-11:-8]} 是手机号段",)), count
    return None


def _phone_groups(sizes: list[int], value: str) -> bool:
    """138 1234 5678, 138 12345678, 86 138 …: the usual ways to space a mobile number."""
    if value.startswith("86") and len(value) == 13:
        sizes = sizes[1:] if sizes[0] == 2 else [sizes[0] - 2, *sizes[1:]]
    elif value.startswith("0086") and len(value) == 15:
        sizes = sizes[1:] if sizes[0] == 4 else [sizes[0] - 4, *sizes[1:]]
    return sizes in ([3, 4, 4], [3, 8], [7, 4], [11], [3, 3, 5])


def _clear(text: str, start: int, end: int) -> bool:
    """Nothing beside the number says that it is part of something longer: letters, decimals, a unit."""
    before, after = text[max(0, start - 8) : start], text[end : end + 3]
    if before and before[-1].isascii() and (before[-1].isalnum() or before[-1] == "_") and not _PHONE_WORD.search(before):
        return before[-1] == "_" and not before[-2:-1].isascii() and after[:1] == "_"  # 电话_138…_ on a form's line
    if len(before) > 1 and before[-1] in ".-/=" and before[-2].isascii() and before[-2].isalnum() and not _PHONE_WORD.search(before[:-1]):
        return before[-1] == "/" and before[-2].isdigit()
    if after[:1].isascii() and (after[:1].isalnum() or after[:1] == "_"):
        return False
    if after[:1] in ".-" and after[1:2].isdigit() and after[1:3] != "0":
        return after[:1] == "-" and not before[-1:].isalnum()
    return not _UNIT.match(after)


def group(text: str, start: int, end: int, tables: Tables, after_value: bool) -> list[Hit]:
    """The values in one unbroken group of digits (an X may close an ID)."""
    value = text[start:end].upper()
    size = len(value)
    if size == 18 and (hit := _identity(value, start, end, tables)):
        return [hit]
    clear = after_value or _clear(text, start, end)
    if size >= 19 and (parts := _split(value, tables)) and (clear or (parts[0].strong and (len(parts) > 1 or parts[0].kind == "resident-id"))):
        return [hit._replace(start=hit.start + start, end=hit.end + start) for hit in parts]
    digits = value.rstrip("X")
    if not digits.isdigit():
        return [hit._replace(start=hit.start + start, end=hit.end + start) for hit in _split(value, tables)]
    bare = digits[-11:] if size in (13, 15) and digits[:-11] in ("86", "0086") else digits
    if clear and proof.is_mobile(bare, tables) and len(digits) == size:
        return [Hit("mobile", end - 11, end, bare, True, (f"{bare[:3]} 是手机号段",))]
    if clear and 15 <= len(digits) == size <= 19 and proof.is_card(value, tables):
        return [_card(value, start, end, tables)]
    return [Hit(DIGITS, start, end, value, False)] if clear or 15 <= size <= 19 else []


def _split(value: str, tables: Tables) -> list[Hit]:
    """Glued values cut by content: IDs and cards that prove themselves, mobiles only beside one; [] when the run does not come out even.

    A few digits left over before or after an ID are a row number, an amount, the two digits of a disability certificate.
    """
    for head in range(0, 5):
        parts = _parse(value, head, tables, 0)
        if parts and any(part.kind != "mobile" for part in parts):
            return parts if not head or parts[0].kind == "resident-id" else []
        if parts and not head:
            return [part._replace(strong=False) for part in parts]  # mobiles alone: a header or label must say so
    return []


def _parse(value: str, start: int, tables: Tables, depth: int) -> list[Hit] | None:
    """The values from `start` to the end, None when something is left that cannot be explained."""
    if depth > 8:
        return None
    rest = len(value) - start
    if rest >= 18 and (hit := _identity(value[start : start + 18], start, start + 18, tables)):
        tail = value[start + 18 :]
        following = [] if not tail else _parse(value, start + 18, tables, depth + 1)
        if following is not None:
            return [hit, *following]
        if len(tail) <= 6 or _DISABILITY.fullmatch(tail):
            return [hit]
    for size in (19, 16, 18, 17):
        piece = value[start : start + size]
        if rest >= size and piece.isdigit() and proof.is_card(piece, tables):
            following = [] if rest == size else _parse(value, start + size, tables, depth + 1)
            if following is not None and (start == 0 or depth):
                return [_card(piece, start, start + size, tables), *following]
    piece = value[start : start + 11]
    if rest >= 11 and piece.isdigit() and proof.is_mobile(piece, tables) and (start == 0 or depth):
        following = [] if rest == 11 else _parse(value, start + 11, tables, depth + 1)
        if following is not None:
            return [Hit("mobile", start, start + 11, piece, True, (f"{piece[:3]} 是手机号段", "与相邻号码连在一起，按内容拆开")), *following]
    return None
