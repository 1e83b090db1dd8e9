"""What the layers of the engine hand to one another."""

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
