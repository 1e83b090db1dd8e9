"""Emptying the outbox: at least once, every failure noted with its reason, one dead channel never in the way of another."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from core.config import County
from core.store import findings as finding_store
from core.store import outbox
from service.alerts.channels import Outgoing, Sender, Undelivered, Unusable
from service.alerts.entries import Alerts, load_alerts
from service.alerts.mail import mail_sender
from service.alerts.robots import robot_sender

# While a message is being handed over nobody else takes it; when its sender dies, another one may after this time.
_LEASE = timedelta(minutes=10)
Now = Callable[[], datetime]


def deliver(county: County, now: Now, senders: Callable[[County, Alerts], Mapping[str, Sender]] | None = None) -> tuple[int, int]:
    """Send what is due; returns (sent, still waiting). What cannot be sent keeps waiting, with its reason, and is tried again later and later."""
    alerts = load_alerts(county)
    due = outbox.due_alerts(county.id, now())
    sent = 0
    if due:
        with _opened((senders or open_senders)(county, alerts)) as channels:
            sent = _Round(county, alerts, channels, now).run(due)
    return sent, len(outbox.waiting_alerts(county.id))


def open_senders(county: County, alerts: Alerts) -> Mapping[str, Sender]:
    """A sender for each channel; nothing is connected yet."""
    return {name: mail_sender(county.mail) if channel.kind == "mail" else robot_sender(name, channel, county) for name, channel in alerts.channels.items()}


@contextmanager
def _opened(senders: Mapping[str, Sender]) -> Iterator[Mapping[str, Sender]]:
    try:
        yield senders
    finally:
        for sender in senders.values():
            sender.close()


class _Round:
    """One pass over the rows that are due. A channel that does not answer is left alone for the rest of it."""

    def __init__(self, county: County, alerts: Alerts, senders: Mapping[str, Sender], now: Now) -> None:
        self._county, self._alerts, self._senders, self._now = county, alerts, senders, now
        self._down: dict[str, str] = {}

    def run(self, due: list[Any]) -> int:
        sent = 0
        idle: list[tuple[int, str]] = []
        for row in due:
            if row.channel in self._down:
                idle.append((row.pk, row.channel))
            elif not self._held(row):
                sent += self._try(row)
        now = self._now()
        for channel, reason in self._down.items():
            outbox.postpone([pk for pk, name in idle if name == channel], now, now + self._alerts.retry.wait(1), reason)
        return sent

    def _held(self, row: Any) -> bool:
        """True when it is not to be sent now; the row says why."""
        now = self._now()
        if row.kind == "alert" and _settled(self._county.id, row):
            outbox.mark_closed(row.pk, "skipped", "发出之前问题已经整改或撤销")
        elif until := self._alerts.quiet.until(row.severity, now) if self._alerts.quiet else None:
            outbox.postpone([row.pk], now, until, f"静默时段，{until:%m月%d日 %H:%M} 再发")
        else:
            return False
        return True

    def _try(self, row: Any) -> int:
        now = self._now()
        if not outbox.claim(row, now, _LEASE):
            return 0
        sender = self._senders.get(row.channel) or Unusable(f"alerts.yaml 中已没有渠道“{row.channel}”")
        try:
            sender.send(self._outgoing(row, now))
        except Undelivered as failure:
            self._note(row, str(failure))
            if failure.down:
                self._down[row.channel] = str(failure)
            return 0
        outbox.mark_sent(row.pk, self._now())
        return 1

    def _note(self, row: Any, reason: str) -> None:
        now, tries, retry = self._now(), row.tries + 1, self._alerts.retry
        if now - row.created_at >= timedelta(hours=retry.give_up_hours):
            outbox.mark_closed(row.pk, "failed", f"{reason}。已试 {tries} 次，超过 {retry.give_up_hours:g} 小时，不再发送")
        else:
            outbox.mark_retry(row.pk, now + retry.wait(tries), reason)

    def _outgoing(self, row: Any, now: datetime) -> Outgoing:
        return Outgoing(row.key, row.kind, self._county.id, row.unit, row.severity, row.recipient, row.subject, row.body, row.html, row.short, row.link, now)


def _settled(county: str, row: Any) -> bool:
    """True when nothing the alert tells still stands."""
    uids = list(row.items.values_list("finding", flat=True))
    known = finding_store.standing(county, uids)
    return bool(known) and all(standing.settled for standing in known.values())
