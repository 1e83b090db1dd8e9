"""Text as checks need it: folded with a map back to the original, masked, concealed, fingerprinted."""

import hashlib
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

# Removed when folding: zero-width and direction marks, soft hyphen, byte-order mark. They hide numbers from a plain search.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_WIDTH[0x3000] = 0x20
_WIDTH[0xA0] = 0x20
for _code in (0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x202F, 0x205F):
    _WIDTH[_code] = 0x20
for _code in (0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xFE58, 0xFE63):
    _WIDTH[_code] = 0x2D
_KEPT_WIDE = {0xFF0C, 0xFF1A, 0xFF1B, 0xFF01, 0xFF1F}  # ，：；！？ are Chinese punctuation, not wide ASCII
_FOLD = {wide: narrow for wide, narrow in _WIDTH.items() if wide not in _KEPT_WIDE}


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` with width folded and invisible characters removed; `span` leads back to the original's offsets."""

    text: str
    original: str
    offsets: Sequence[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in the original of the folded range [start, end)."""
        if self.offsets is None or start >= end:
            return start, end
        return self.offsets[start], self.offsets[end - 1] + 1


def fold(text: str) -> Folded:
    """Full-width ASCII to half-width, all blanks to a space, all dashes to a hyphen, invisible characters dropped."""
    narrow = text.translate(_FOLD)
    if text.isascii() or not _INVISIBLE.search(narrow):
        return Folded(narrow, text, None)
    kept = [index for index, char in enumerate(narrow) if not _INVISIBLE.match(char)]
    return Folded("".join(narrow[index] for index in kept), text, kept)


_SHOWN = {  # kind → characters kept at the front and at the back
    "resident-id": (6, 4),
    "bank-card": (6, 4),
    "mobile": (3, 4),
    "landline": (4, 2),
    "passport": (1, 3),
    "travel-permit": (1, 3),
    "plate": (2, 2),
    "number": (3, 2),
}


def mask(kind: str, value: str) -> str:
    """The value with its middle starred, as the contract shows for its kind: ID `610326********1238`, card 6+4, mobile 3+4.

    Blanks and hyphens inside are dropped first. Kinds without a pattern (addresses, names) keep a third of their length at the front.
    """
    bare = re.sub(r"[\s\-]", "", fold(value).text)
    if kind in _SHOWN:
        front, back = _SHOWN[kind]
    else:
        front, back = min(6, len(bare) // 3), 0
    if len(bare) < front + back + 3:  # too short to show both ends
        front, back = min(front, len(bare) // 4), 0
    return bare[:front] + "*" * (len(bare) - front - back) + (bare[-back:] if back else "")


_LONG_NUMBER = re.compile(r"\d(?:[ \t\-]?\d){9,}[ \t\-]?[\dXx]")


def conceal(text: str) -> str:
    """A copy without any run of 11 or more digits in clear, for titles and names that are stored before they are checked."""
    folded = fold(text)
    parts, last = [], 0
    for hit in _LONG_NUMBER.finditer(folded.text):
        start, end = folded.span(*hit.span())
        digits = re.sub(r"[\s\-]", "", hit[0])
        kind = "mobile" if len(digits) == 11 else "resident-id"
        parts += [text[last:start], mask(kind, hit[0])]
        last = end
    return "".join([*parts, text[last:]])


_NOISE = re.compile(r"[^\w]+|_")
_PERMUTATIONS = 64
_BATCH = 4096


def fingerprint(text: str) -> tuple[int, ...]:
    """MinHash of the text's character trigrams (64 values of 32 bits), blanks and punctuation ignored; () for a text under 8 characters."""
    bare = _NOISE.sub("", fold(text).text)
    if len(bare) < 8:
        return ()
    import numpy as np

    sha1 = partial(hashlib.sha1, usedforsecurity=False)
    shingles = {bare[i : i + 3] for i in range(len(bare) - 2)}
    hashes = np.frombuffer(b"".join([sha1(part.encode()).digest()[:4] for part in shingles]), dtype="<u4")
    factors, terms = _permutations()
    lowest: Any = np.full(_PERMUTATIONS, 0xFFFFFFFF, dtype=np.uint32)
    mixed = _mixed(hashes)
    for start in range(0, len(mixed), _BATCH):
        lowest = np.minimum(lowest, (mixed[start : start + _BATCH, None] * factors + terms).min(axis=0))
    return tuple(lowest.tolist())


def _mixed(values: Any) -> Any:
    """MurmurHash3's finalizer: without it the affine permutations below would keep order too well."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        values = (values ^ (values >> shift)) * values.dtype.type(factor)
    return values ^ (values >> 16)


@lru_cache(maxsize=1)
def _permutations() -> tuple[Any, Any]:
    """Odd factors and terms modulo 2^32, as `datasketch.MinHash(64, 20231123)` draws them. Its package would import all of scipy, a second and more, for this."""
    import numpy as np

    drawn = np.random.RandomState(20231123)
    factors = drawn.randint(0, 1 << 31, _PERMUTATIONS, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return factors, drawn.randint(0, 1 << 32, _PERMUTATIONS, dtype=np.uint32)


def packed(print_: Sequence[int]) -> bytes:
    """A fingerprint in four bytes a value, as it is stored."""
    return struct.pack(f"<{len(print_)}I", *print_)


def unpacked(data: bytes) -> tuple[int, ...]:
    """The fingerprint that `packed` made bytes of."""
    return struct.unpack(f"<{len(data) // 4}I", data)


def similarity(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated Jaccard similarity of two fingerprints, 0 to 1; 0 when either is missing."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)


def squeeze(text: str) -> str:
    """Without any blank: how names, headers and titles are compared."""
    return re.sub(r"\s+", "", fold(text).text)
