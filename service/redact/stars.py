"""Which characters of a leak become stars: one for one, so that nothing else moves."""

import re
from collections.abc import Set

from core.text import fold

STAR = "*"
_MASKS = frozenset("*＊×●○•□■█")
_WHOLLY = frozenset({"privacy/health"})
_NUMBERED = frozenset({"privacy/resident-id", "privacy/bank-card", "privacy/mobile", "privacy/student-id", "privacy/exam-id", "privacy/social-security"})
_NUMBER = re.compile(r"[0-9]{9,21}[0-9X]")
RUN = re.compile(r"(?<![0-9])[0-9]{10,21}[0-9Xx](?![0-9])")


def stars(text: str, rule: str, masked: str, again: bool) -> set[int]:
    """Indexes of the characters of the leak to be starred, as `masked` shows them; all of them when a first masking was not enough (`again`)."""
    telling = [index for index, char in enumerate(text) if _tells(char)]
    return _as_shown(text, telling, rule, masked, again) or _unmasked(text, telling)  # masked as usual already, and still too telling: all of it


def _as_shown(text: str, telling: list[int], rule: str, masked: str, again: bool) -> set[int]:
    if again or rule in _WHOLLY:
        return _unmasked(text, telling)
    if rule == "privacy/birth-date":
        return set([index for index in telling if text[index].isdigit()][4:])
    alone = [index for index in telling if text[index].isalnum() or text[index] in _MASKS]
    for places in (telling, alone):
        if len(places) == len(masked):
            return _unmasked(text, [index for index, shown in zip(places, masked, strict=True) if shown == STAR])
    tail = alone[len(alone) - len(masked) :]
    if len(alone) > len(masked) and all(shown in (STAR, fold(text[index]).text.upper()) for index, shown in zip(tail, masked, strict=True)):
        return _unmasked(text, [index for index, shown in zip(tail, masked, strict=True) if shown == STAR])  # +86 in front
    return _unmasked(text, telling)


def _tells(char: str) -> bool:
    folded = fold(char).text
    return bool(folded) and not folded.isspace() and folded not in "-·"


def _unmasked(text: str, places: list[int]) -> set[int]:
    return {index for index in places if text[index] not in _MASKS}


def apply(text: str, places: Set[int]) -> str:
    return "".join(STAR if index in places else char for index, char in enumerate(text)) if places else text


def number_of(text: str, rule: str) -> str:
    """The bare number of a leak that is told apart by its number alone, "" for any other: it is masked wherever else it stands."""
    if rule not in _NUMBERED:
        return ""
    bare = re.sub(r"[^0-9A-Z]", "", fold(text).text.upper())
    return bare if _NUMBER.fullmatch(bare) else ""


def known(text: str, numbers: dict[str, frozenset[int]]) -> set[int]:
    """Indexes to be starred because these very numbers are leaks elsewhere in the document."""
    if not numbers:
        return set()
    return {found.start() + index for found in RUN.finditer(text) for index in numbers.get(found[0].upper(), ())}
