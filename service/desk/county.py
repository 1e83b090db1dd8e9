"""The county the desk serves, read again whenever one of its files has changed; a file broken meanwhile leaves the last good reading in force."""

import threading
from collections.abc import Iterable
from pathlib import Path

from core.config import County, load_county
from core.errors import ConfigurationError

_lock = threading.Lock()
_read: tuple[tuple[int, ...], County] | None = None


def current() -> County:
    """The county as its folder says now; raises ConfigurationError only when it never could be read."""
    from django.conf import settings

    global _read
    stamp = _stamp(settings.CONFIG)
    with _lock:
        if _read is None or _read[0] != stamp:
            try:
                _read = (stamp, load_county(settings.CONFIG))
            except ConfigurationError:
                if _read is None:
                    raise
        return _read[1]


def _stamp(folder: Path) -> tuple[int, ...]:
    return tuple(path.stat().st_mtime_ns for path in sorted(folder.glob("*.yaml")))


def names_of(county: County, unit: str) -> frozenset[str]:
    """Every name under which the unit's rows may be stored."""
    known = county.unit(unit)
    return frozenset({unit, known.name, *known.aliases} if known else {unit})


def short(county: County, names: Iterable[str]) -> dict[str, str]:
    """A unit's name → the shortest it is known by."""
    return {name: min(names_of(county, name), key=len) for name in names}
