"""The outbox of alerts: what is to be said to whom, kept until it has been said. Rows are written in the transaction of what they tell."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from core.records import Finding, Severity

SAID = ("waiting", "held", "merged", "sent")  # an alert in one of these has told, or will tell, its findings
# A row due later than this was scheduled by a clock that has since been set back; it is due now.
_HORIZON = timedelta(hours=26)
_CHUNK = 500
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Message:
    """The words of an alert: full text, the same as HTML, and a short form for chat channels."""

    subject: str
    body: str
    html: str = ""
    short: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert to be queued: to whom, about which findings, and how to word those of them that are news to this recipient.

    `severity` decides whether quiet hours hold it back. `hold`: keep it for the digest. `skip`: why it cannot be sent at all; it is kept as skipped, with this reason.
    """

    unit: str
    channel: str
    recipient: str
    findings: tuple[Finding, ...]
    write: Callable[[Sequence[Finding]], Message]
    kind: str = "alert"
    severity: Severity = "info"
    hold: bool = False
    skip: str = ""
    repeat: timedelta = timedelta(hours=72)


def thing(finding: Finding) -> str:
    """What a finding is about, whatever moved around it: page, file, rule and masked value; without a value, the place."""
    about = (finding.url, finding.file, finding.rule, finding.masked or finding.where)
    return hashlib.sha256(repr(about).encode()).hexdigest()[:32]


def queue(county: str, draft: Draft, now: datetime, current: Sequence[Finding] | None = None) -> int:
    """Put the draft into the outbox; returns the row's id. Call it inside the transaction of what it tells.

    What this recipient has been told within the draft's repeat window is left out; when nothing remains, the row is kept as skipped.
    `current` are all findings that stand at this moment (default: the draft's): a value that moved is no news, a second one is.
    """
    from core.store import models

    news = _news(county, draft, now, draft.findings if current is None else current)
    status, note, told = ("held" if draft.hold else "waiting"), "", news
    if draft.skip:
        status, note, told = "skipped", draft.skip, list(draft.findings)
    elif draft.findings and not news:
        hours = int(draft.repeat.total_seconds() // 3600)
        status, note, told = "skipped", f"{hours} 小时内已就同一处告知过，不重复发送", list(draft.findings)
    message = draft.write(told)
    row = models.Alert.objects.create(
        county=county,
        key=_key(draft, told, now, status),
        kind=draft.kind,
        unit=draft.unit[:128],
        channel=draft.channel,
        recipient=draft.recipient[:255],
        severity=draft.severity,
        subject=message.subject[:255],
        body=message.body,
        html=message.html,
        short=message.short,
        link=message.link[:2000],
        status=status,
        note=note[:500],
        created_at=now,
        next_try_at=now,
    )
    items = (models.AlertItem(alert=row, county=county, finding=finding.id, thing=thing(finding)) for finding in told)
    models.AlertItem.objects.bulk_create(items, batch_size=_CHUNK)
    return int(row.pk)


def _key(draft: Draft, told: Sequence[Finding], now: datetime, status: str) -> str:
    words = [draft.kind, draft.channel, draft.recipient, draft.unit, status, now.isoformat(), *sorted(finding.id for finding in told)]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()


def _news(county: str, draft: Draft, now: datetime, current: Sequence[Finding]) -> list[Finding]:
    """The draft's findings that its recipient has not been told within the window; what was cleared since is news again."""
    from core.store import models

    fresh = [(thing(finding), finding) for finding in draft.findings]
    said: Counter[str] = Counter()
    for things in chunks(sorted({key for key, _ in fresh})):
        rows = models.AlertItem.objects.filter(
            county=county,
            thing__in=things,
            alert__unit=draft.unit[:128],
            alert__channel=draft.channel,
            alert__recipient=draft.recipient[:255],
            alert__kind=draft.kind,
            alert__status__in=SAID,
            alert__cleared_at=None,
            alert__created_at__gt=now - draft.repeat,
        )
        said.update(rows.values_list("thing", flat=True))
    room = Counter(thing(finding) for finding in current)
    room.subtract(said)
    news = []
    for key, finding in fresh:
        if room[key] > 0:
            room[key] -= 1
            news.append(finding)
    return news


def chunks(values: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Lists short enough for one query."""
    every = list(values)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]


def due_alerts(county: str, now: datetime) -> list[Any]:
    """Rows that may be sent now, the longest due first."""
    from django.db.models import Q

    from core.store import models

    when = Q(next_try_at__lte=now) | Q(next_try_at__gt=now + _HORIZON)
    return list(models.Alert.objects.filter(when, county=county, status="waiting").order_by("next_try_at", "pk"))


def waiting_alerts(county: str) -> list[Any]:
    """Every row still to be sent, due or not, oldest first."""
    from core.store import models

    return list(models.Alert.objects.filter(county=county, status="waiting").order_by("pk"))


def claim(row: Any, now: datetime, lease: timedelta) -> bool:
    """Take a row for sending; False when another process was faster. Until the lease ends nobody else takes it."""
    from django.db.models import F

    from core.store import models

    mine = models.Alert.objects.filter(pk=row.pk, status="waiting", next_try_at=row.next_try_at, tries=row.tries)
    return bool(mine.update(next_try_at=now + lease, tries=F("tries") + 1))


def mark_sent(alert: int, now: datetime) -> None:
    """It went out."""
    from core.store import models

    models.Alert.objects.filter(pk=alert).update(status="sent", sent_at=now, note="")


def mark_closed(alert: int, status: str, note: str) -> None:
    """It will not go out: `skipped` or `failed`, with the reason."""
    from core.store import models

    models.Alert.objects.filter(pk=alert, status="waiting").update(status=status, note=note[:500])


def postpone(alerts: Iterable[int], now: datetime, until: datetime, note: str) -> None:
    """These due rows wait until then, and say why; one that another process has just taken is left to it."""
    from core.store import models

    for part in chunks(alerts):
        models.Alert.objects.filter(pk__in=part, status="waiting", next_try_at__lte=now).update(next_try_at=until, note=note[:500])


def mark_retry(alert: int, until: datetime, note: str) -> None:
    """It was taken for sending and did not go out; it is tried again then."""
    from core.store import models

    models.Alert.objects.filter(pk=alert, status="waiting").update(next_try_at=until, note=note[:500])


def queue_news(county: str, draft: Draft, now: datetime) -> int:
    """Queue the draft only when it holds something new to its recipient; returns how many rows (0 or 1). For jobs that come back with the same."""
    if not _news(county, draft, now, draft.findings):
        return 0
    queue(county, draft, now)
    return 1


@dataclass(frozen=True, slots=True)
class Told:
    """What has been said about a thing since it was last clear: first queued when; the latest message: sent when, to whom, or what keeps it."""

    since: datetime
    sent_at: datetime | None
    recipient: str
    note: str


def told(county: str, things: Iterable[str]) -> dict[str, Told]:
    """The alerts about these things that no all-clear has ended; among several the latest that was sent speaks."""
    from core.store import models

    known: dict[str, Told] = {}
    for part in chunks(sorted(set(things))):
        items = models.AlertItem.objects.filter(county=county, thing__in=part, alert__kind="alert", alert__cleared_at=None)
        for item in items.select_related("alert").order_by("alert_id"):
            alert, before = item.alert, known.get(item.thing)
            since = min(before.since, alert.created_at) if before else alert.created_at
            if before and before.sent_at and not alert.sent_at:
                known[item.thing] = replace(before, since=since)
            else:
                known[item.thing] = Told(since, alert.sent_at, alert.recipient or alert.channel, alert.note)
    return known


def held_notes(county: str, before: datetime) -> list[Any]:
    """Notes kept for the digest since before that moment, locked until the transaction ends."""
    from core.store import models

    return list(models.Alert.objects.select_for_update().filter(county=county, status="held", created_at__lt=before).order_by("pk"))


def settle_notes(notes: Iterable[int], status: str, note: str) -> None:
    """Notes that went into a digest (`merged`) or were no longer needed (`skipped`)."""
    from core.store import models

    for part in chunks(notes):
        models.Alert.objects.filter(pk__in=part, status="held").update(status=status, note=note[:500])


def uncleared(county: str) -> list[Any]:
    """Alerts and escalations whose end has not been noted, sent or not but no longer waiting; locked until the transaction ends."""
    from core.store import models

    rows = models.Alert.objects.select_for_update().filter(county=county, kind__in=("alert", "escalation"), cleared_at=None)
    return list(rows.exclude(status="waiting").order_by("pk"))


def mark_cleared(alerts: Iterable[int], now: datetime) -> None:
    """What they told is over."""
    from core.store import models

    for part in chunks(alerts):
        models.Alert.objects.filter(pk__in=part).update(cleared_at=now)
