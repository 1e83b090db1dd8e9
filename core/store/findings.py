"""Findings, verdicts and the outbox of alerts."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from core.calendar import shanghai
from core.records import Finding, Severity, StoredPost, Verdict
from core.store.posts import checked_key


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert to be sent: to whom and what; the store adds its key. No recipient: it is kept as skipped, with the reason."""

    unit: str
    recipient: str
    subject: str
    body: str


Compose = Callable[[Sequence[Finding]], Draft | None]


def record_check(county: str, post: StoredPost, rules_version: str, findings: Sequence[Finding], now: datetime, compose: Compose) -> list[Finding]:
    """Make a post's open findings exactly these, queue the alert `compose` makes of the new ones, and note what was checked: one transaction.

    Returns the new findings. A finding that was closed and is found again counts as new.
    """
    from django.db import transaction

    from core.store import models

    current = {finding.id: finding for finding in findings}
    with transaction.atomic():
        rows = {row.uid: row for row in models.Finding.objects.filter(county=county, post_id=post.id)}
        for uid, row in rows.items():
            if uid not in current and row.closed_at is None:
                row.closed_at = now
                row.save(update_fields=["closed_at"])
        fresh = []
        for uid, finding in current.items():
            if uid not in rows or rows[uid].closed_at is not None:
                fresh.append(finding)
            fields = {**_fields(finding), "post_id": post.id, "closed_at": None}
            models.Finding.objects.update_or_create(county=county, uid=uid, defaults=fields, create_defaults={**fields, "first_seen": now})
        if fresh and (draft := compose(fresh)):
            _queue(county, draft, fresh, now)
        models.Post.objects.filter(pk=post.id, version=post.version).update(checked_key=checked_key(post.version, rules_version))
    return fresh


def _fields(finding: Finding) -> dict[str, Any]:
    names = ("rule", "severity", "unit", "source", "url", "title", "file", "where", "start", "end", "masked", "message", "suggestion")
    return {**{name: getattr(finding, name) for name in names}, "reasons": list(finding.reasons)}


def _queue(county: str, draft: Draft, findings: Sequence[Finding], now: datetime) -> None:
    from core.store import models

    key = hashlib.sha256("\n".join([draft.unit, *sorted(finding.id for finding in findings)]).encode()).hexdigest()
    status, note = ("waiting", "") if draft.recipient else ("skipped", "单位没有登记邮箱，请在 units.yaml 补上 mail")
    models.Alert.objects.get_or_create(
        county=county,
        key=key,
        defaults={
            "unit": draft.unit,
            "recipient": draft.recipient,
            "subject": draft.subject[:255],
            "body": draft.body,
            "status": status,
            "note": note,
            "created_at": now,
        },
    )


def open_findings(county: str) -> list[tuple[date, Finding]]:
    """Everything not closed, in the order it was first seen, each with the day it counts on: its post's, or of an undated one the day it was first seen."""
    from core.store import models

    rows = models.Finding.objects.filter(county=county, closed_at=None).select_related("post").order_by("first_seen", "pk")
    return [(shanghai((row.post.published_at if row.post else None) or row.first_seen).date(), _finding(row)) for row in rows]


def _finding(row: Any) -> Finding:
    severity: Severity = row.severity
    return Finding(
        rule=row.rule,
        severity=severity,
        message=row.message,
        unit=row.unit,
        source=row.source,
        url=row.url,
        title=row.title,
        file=row.file,
        where=row.where,
        start=row.start,
        end=row.end,
        masked=row.masked,
        suggestion=row.suggestion,
        reasons=tuple(row.reasons),
        county=row.county,
    )


def verdicts(county: str) -> list[Verdict]:
    """All decisions of persons, oldest first: a later one on the same subject overrides."""
    from core.store import models

    return [Verdict(row.subject, row.decision, row.reason, row.who, row.at) for row in models.Verdict.objects.filter(county=county).order_by("at", "pk")]


def add_verdict(county: str, verdict: Verdict) -> None:
    """Add a decision; nothing is ever changed in place."""
    from core.store import models

    models.Verdict.objects.create(county=county, subject=verdict.subject, decision=verdict.decision, reason=verdict.reason, who=verdict.who, at=verdict.at)


def waiting_alerts(county: str) -> list[Any]:
    """Outbox rows still to be sent, oldest first (`pk`, `recipient`, `subject`, `body`)."""
    from core.store import models

    return list(models.Alert.objects.filter(county=county, status="waiting").order_by("pk"))


def mark_alert(alert: int, sent_at: datetime | None, note: str = "") -> None:
    """Note that an alert went out, or why this try failed (it stays waiting)."""
    from django.db.models import F

    from core.store import models

    changes: dict[str, Any] = {"tries": F("tries") + 1, "note": note[:500]}
    if sent_at:
        changes |= {"status": "sent", "sent_at": sent_at}
    models.Alert.objects.filter(pk=alert).update(**changes)
