"""Counting what a collection of one source gave, and the receipt that follows from it."""

from dataclasses import dataclass
from datetime import datetime

from core.records import Receipt, ReceiptStatus


@dataclass(slots=True)
class Tally:
    """What has happened to one source so far. `failure` ends the matter; failed pages alone make it partial.

    suspicion: why its list looks redesigned although it could be read · note: what a good receipt says beside · resting: not looked at tonight, so no receipt
    missed_looks: known posts that could not be looked at again, which says nothing about what is new.
    """

    source: str
    items: int = 0
    pages: int = 0
    failed_pages: int = 0
    first_reason: str = ""
    failure: tuple[ReceiptStatus, str] | None = None
    suspicion: str = ""
    note: str = ""
    resting: bool = False
    missed_looks: int = 0

    def page_failed(self, reason: str) -> None:
        """Count a page that could not be read after retries; the first reason is kept."""
        self.failed_pages += 1
        self.first_reason = self.first_reason or reason

    def fail(self, status: str, reason: str) -> None:
        """Note that the collection broke off. With items already there it is partial, without it is what `status` says."""
        known: dict[str, ReceiptStatus] = {
            "expired-login": "expired-login",
            "blocked": "blocked",
            "rate-limited": "rate-limited",
            "redesigned": "redesigned",
            "misconfigured": "misconfigured",
            "partial": "partial",
        }
        self.failure = (known.get(status, "unreachable"), reason)

    def receipt(self, now: datetime) -> Receipt:
        """The one receipt of this source in this run."""
        status, reason = self._outcome()
        return Receipt(self.source, status, reason, self.items, self.failed_pages, now, now)

    def _outcome(self) -> tuple[ReceiptStatus, str]:
        if self.failure is not None:
            status, reason = self.failure
            return ("partial" if self.items and status in {"unreachable", "blocked", "redesigned"} else status), reason
        if self.failed_pages:
            return "partial", f"{self.failed_pages} 个页面未能读取：{self.first_reason}"
        if self.suspicion:
            return "redesigned", self.suspicion
        missed = f"{self.missed_looks} 篇旧文未能复看" if self.missed_looks else ""
        return ("ok" if self.items else "empty"), "；".join(part for part in (self.note, missed) if part)
