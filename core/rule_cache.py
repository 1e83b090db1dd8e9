"""Rules already read: set-up keeps them beside their files, named after everything they were read from, so that a command need not parse a thousand of them."""

import hashlib
import marshal
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from core.rules import Example, Pattern, Rule, RuleSet, Unless

FOLDER = ".compiled"
_PLAIN: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {  # field → there and back, where it is not plain data
    "valid_from": (lambda day: day and day.isoformat(), lambda text: text and date.fromisoformat(text)),
    "valid_to": (lambda day: day and day.isoformat(), lambda text: text and date.fromisoformat(text)),
    "patterns": (lambda items: tuple(map(_fields, items)), lambda items: tuple(Pattern(*item) for item in items)),
    "options": (dict, dict),
    "unless": (lambda item: _fields(item), lambda item: Unless(*item)),
    "wrong": (lambda items: tuple(map(_fields, items)), lambda items: tuple(Example(*item) for item in items)),
}
_NAMES = tuple(Rule.__dataclass_fields__)
_CONVERTED = tuple((_NAMES.index(name), there, back) for name, (there, back) in _PLAIN.items())


def keep(rules: RuleSet, folder: Path) -> Path:
    """Write what was read from `folder`; older copies go."""
    target = _path(folder, rules.version)
    target.parent.mkdir(exist_ok=True)
    for old in target.parent.glob("*.rules"):
        old.unlink()
    partial = target.with_suffix(".part")
    partial.write_bytes(marshal.dumps(([_packed(rule) for rule in rules], dict(rules.confusable))))
    partial.replace(target)
    return target


def kept(folder: Path, version: str) -> RuleSet | None:
    """The rules as they were read at this version, None where nobody kept them or the copy is broken."""
    try:
        packed, confusable = marshal.loads(_path(folder, version).read_bytes())
        return RuleSet(tuple(map(_unpacked, packed)), version, confusable)
    except (OSError, ValueError, TypeError, EOFError):
        return None


def _path(folder: Path, version: str) -> Path:
    """Named after the rules, the programs that read them, and the Python that can read the copy."""
    programs = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("rule*.py")))).hexdigest()[:12]
    return folder / FOLDER / f"{version}-{programs}-{sys.implementation.cache_tag}.rules"


def _packed(rule: Rule) -> tuple[Any, ...]:
    values = list(_fields(rule))
    for index, there, _ in _CONVERTED:
        values[index] = there(values[index])
    return tuple(values)


def _unpacked(packed: tuple[Any, ...]) -> Rule:
    values = list(packed)
    for index, _, back in _CONVERTED:
        values[index] = back(values[index])
    return Rule(*values)


def _fields(item: Any) -> tuple[Any, ...]:
    return tuple(getattr(item, name) for name in item.__dataclass_fields__)
