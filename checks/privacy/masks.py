"""Values with stars inside: lawful, unless nearly all of the value still shows. A whole value glued to a masked one is left to the others."""

import re
from collections.abc import Iterator

from checks.privacy import proof
from checks.privacy.hits import MASKED, Hit, identity
from checks.privacy.policy import Tables

_MASK = "*×●○•□■█_…"
_HIDDEN = re.compile(rf"(?<![0-9A-Za-z])[0-9{_MASK}](?:[0-9Xx{_MASK}]|(?<=[Xx{_MASK}])\n(?=[Xx{_MASK}])){{5,40}}")
_STARS = re.compile(r"[*×●○•□■█…]|__|XX")


def masked(text: str, tables: Tables) -> Iterator[Hit]:
    """Every masked value of the folded text, in order of place; kind `under-masked` where it hides too little."""
    for found in _HIDDEN.finditer(text):
        value = found[0].upper()
        if not _STARS.search(value):
            continue
        stars = re.sub(r"X+", lambda run: "*" * len(run[0]) if len(run[0]) > 1 else run[0], value)
        stars = re.sub(rf"[{_MASK}]", "*", stars)
        if "\n" in stars:  # the mask runs on in the next line of a cell
            stars = value = stars.replace("\n", "")
            first, last, place = 0, len(stars), found.span()
        else:
            first, last = _own(stars, tables)
            place = (found.start() + first, found.start() + last)
        stars = stars[first:last]
        if "*" not in stars:
            continue
        if fact := _shows(stars, tables):
            yield Hit("under-masked", *place, value[first:last], True, (fact,))
        else:
            yield Hit(MASKED, *place, stars, False)


def _shows(stars: str, tables: Tables) -> str:
    """Why the mask hides too little, "" where it hides enough."""
    size = len(stars)
    shown = size - stars.count("*")
    if size == 18 and shown >= 15 and _plausible(stars, tables):
        return f"身份证号18位中露出{shown}位，可以推算还原"
    if size == 11 and shown >= 10 and stars[0] == "1":
        return f"手机号11位中露出{shown}位，可以试出原号"
    if 16 <= size <= 19 and size != 18 and shown >= size - 2 and stars[0] in "3456":
        return f"银行卡号{size}位中露出{shown}位，可以推算还原"
    return ""


def _plausible(stars: str, tables: Tables) -> bool:
    """What still shows of a starred 18-digit number fits a resident's ID: region, and century of birth."""
    if "*" not in stars[:6] and not proof.region(stars[:6], tables):
        return False
    return stars[6:8] in ("19", "20") or "*" in stars[6:8]


def _own(stars: str, tables: Tables) -> tuple[int, int]:
    """The masked value itself, without whole values glued before and after it: [first, last)."""
    first, last = 0, len(stars)
    while size := _whole(stars[first:last], stars[first:last].find("*"), tables, front=True):
        first += size
    while size := _whole(stars[first:last], last - first - 1 - stars[first:last].rfind("*"), tables, front=False):
        last -= size
    return first, last


def _whole(stars: str, shown: int, tables: Tables, front: bool) -> int:
    """The length of the value that proves itself at the front (or the back) of a starred one, 0 if none; `shown` digits stand there in clear."""
    for size in (18, 19, 16, 11):
        piece = stars[:size] if front else stars[-size:]
        if shown < size or (size != 18 and not piece.isdigit()):
            continue
        if size == 18 and identity(piece, 0, 18, tables):
            return size
        if size in (16, 19) and len(stars) > 19 and proof.is_card(piece, tables):
            return size
        if size == 11 and not 15 <= len(stars) <= 19 and proof.is_mobile(piece, tables):
            return size
    return 0
