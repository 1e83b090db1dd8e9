"""What the layers of the engine hand to one another."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from core.records import Severity
from core.rules import Rule


@dataclass(frozen=True, slots=True)
class Hit:
    """A mistake at [start, end). `right`: the replacement, "" to delete, None unknown. `near`: found by likeness, not by its exact form."""

    start: int
    end: int
    text: str
    right: str | None
    rule: Rule
    severity: Severity
    note: str = ""
    near: bool = False


Check = Callable[[Rule, str, int, int], Iterator[Hit]]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A check made ready for one rule: the literal texts that call it, and the function called at each.

    `whole`: called once, over the whole folded text with its quotation marks; offsets are of that text.
    """

    anchors: tuple[str, ...]
    run: Check
    whole: bool = False


def hit(rule: Rule, start: int, end: int, text: str, right: str | None, note: str = "") -> Hit:
    """A hit of the rule's own severity over text[start:end]."""
    return Hit(start, end, text[start:end], right, rule, rule.severity, note)
