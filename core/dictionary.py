"""jieba's dictionary: how frequent a word is. Set-up keeps a copy that is looked into where it lies, for loading half a million words takes longer than checking a notice.

The copy: count of entries and sum of frequencies, then hashes of the entries in order (64 bits each), then their frequencies (32 bits each); little-endian.
"""

import mmap
import struct
import sys
from array import array
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

from core.rule_cache import FOLDER

_KEPT = Path(__file__).resolve().parent.parent / "config" / "rules" / FOLDER
_HEAD = struct.Struct("<QQ")
_ENOUGH = 50_000  # looks after which loading everything pays


class Frequencies(Protocol):
    """Words, and the beginnings of words with a frequency of 0, as jieba lists them."""

    def get(self, word: str, default: Any = None, /) -> Any:
        """The frequency of an entry."""


@dataclass(frozen=True, slots=True)
class Dictionary:
    """`total` is the sum of all frequencies."""

    frequencies: Frequencies
    total: int


class _Kept:
    """The copy, looked into."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        count, self.total = _HEAD.unpack_from(self._map)
        keys = _HEAD.size + 8 * count
        if len(self._map) != keys + 4 * count or sys.byteorder != "little":
            raise ValueError("not a whole copy")
        view = memoryview(self._map)
        self._keys, self._values = view[_HEAD.size : keys].cast("Q"), view[keys:].cast("I")
        self.looks = 0

    def get(self, word: str, default: Any = None, /) -> Any:
        self.looks += 1
        key = _hash(word)
        index = bisect_left(self._keys, key)
        return self._values[index] if index < len(self._keys) and self._keys[index] == key else default


class _Holder:
    """The dictionary in use: the copy for a few looks, all of it for many."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None
        self._now: Dictionary | None = None

    def now(self) -> Dictionary:
        if self._now is None:
            self._kept = _open()
            self._now = Dictionary(self._kept, self._kept.total) if self._kept else _whole()
        elif self._kept is not None and self._kept.looks > _ENOUGH:
            self.load()
        return self._now

    def load(self) -> None:
        if self._now is None or self._kept is not None:
            self._now, self._kept = _whole(), None


_holder = _Holder()


def dictionary() -> Dictionary:
    """jieba's dictionary, from the copy while few words are asked for."""
    return _holder.now()


def warm() -> None:
    """Load all of it now (about a second)."""
    _holder.load()


def keep() -> Path:
    """Write the copy; older ones go."""
    whole = load()
    entries = sorted((_hash(word), frequency) for word, frequency in whole.items())
    keys, values = array("Q", (key for key, _ in entries)), array("I", (frequency for _, frequency in entries))
    target = _path()
    target.parent.mkdir(exist_ok=True)
    for old in target.parent.glob("*.words"):
        old.unlink()
    partial = target.with_suffix(".part")
    partial.write_bytes(_HEAD.pack(len(entries), sum(whole.values())) + keys.tobytes() + values.tobytes())
    partial.replace(target)
    return target


def _whole() -> Dictionary:
    frequencies = load()
    return Dictionary(frequencies, sum(frequencies.values()))


def _open() -> _Kept | None:
    try:
        return _Kept(_path())
    except (OSError, ValueError, struct.error):
        return None


def _path() -> Path:
    from importlib.metadata import version

    return _KEPT / f"jieba-{version('jieba')}.words"


def load() -> dict[str, int]:
    """All of it, as jieba loads it."""
    import logging
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()  # its own tokenizer, so that whoever cuts words shares the half million entries
    frequencies: dict[str, int] = jieba.dt.FREQ
    return frequencies


def _hash(word: str) -> int:
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
