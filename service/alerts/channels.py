"""What every way out has in common: a message, and the reason why it could not be given over."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.errors import XunchaError


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message about to leave. `key` never changes over its tries, so that a receiver can tell a second copy from a second message."""

    key: str
    kind: str
    county: str
    unit: str
    severity: str
    recipient: str
    subject: str
    body: str
    html: str
    short: str
    link: str
    at: datetime


class Undelivered(XunchaError):
    """It was not taken, and why. `down`: the channel itself does not answer, so that others need not try now."""

    def __init__(self, reason: str, down: bool = False) -> None:
        super().__init__(reason)
        self.down = down


class Sender(Protocol):
    """One channel during one round of deliveries."""

    def send(self, message: Outgoing) -> None:
        """Give it over; raises Undelivered."""

    def close(self) -> None:
        """Let go of connections; never raises."""


class Unusable:
    """A channel that cannot be used now, and why."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def send(self, message: Outgoing) -> None:
        raise Undelivered(self._reason, down=True)

    def close(self) -> None:
        return
