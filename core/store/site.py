"""What is observed of a portal as a whole: probes of its home page, and findings that belong to no post."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from core.calendar import shanghai
from core.records import Finding, Observation
from core.store.findings import STATES, Compose, finding_fields
from core.store.outbox import queue

SOURCE = "site"
_KEPT = timedelta(days=60)


def add_probe(county: str, moment: datetime, data: dict[str, object]) -> None:
    """Keep one probe of the home page; those past two months go."""
    from core.store import models

    when = shanghai(moment)
    models.Observation.objects.update_or_create(
        county=county, source=SOURCE, key=f"probe/{when:%Y-%m-%dT%H:%M}", defaults={"kind": "probe", "on": when.date(), "data": data}
    )
    models.Observation.objects.filter(county=county, source=SOURCE, kind="probe", on__lt=when.date() - _KEPT).delete()


def probes(county: str) -> list[Observation]:
    """All probes, oldest first."""
    from core.store import models

    rows = models.Observation.objects.filter(county=county, source=SOURCE, kind="probe").order_by("key")
    return [Observation(row.source, "probe", row.key, row.on, row.data) for row in rows]


def latest_days(county: str) -> dict[str, date]:
    """Source → the day of its newest post that is there and dated."""
    from django.db.models import Max

    from core.store import models

    rows = (
        models.Post.objects.filter(county=county, state__in=("live", "unread"), published_at__isnull=False)
        .values("source")
        .annotate(newest=Max("published_at"))
    )
    return {row["source"]: shanghai(row["newest"]).date() for row in rows}


def record_site(county: str, rules: Sequence[str], findings: Sequence[Finding], now: datetime, compose: Compose) -> list[Finding]:
    """Make the open findings of these rules exactly these, and queue the alerts `compose` makes of the new ones; returns the new ones."""
    from django.db import transaction

    from core.store import models

    current = {finding.id: finding for finding in findings}
    fresh: list[Finding] = []
    with transaction.atomic():
        rows = {row.uid: row for row in models.Finding.objects.select_for_update().filter(county=county, post=None, rule__in=list(rules))}
        models.Finding.objects.filter(pk__in=[row.pk for uid, row in rows.items() if uid not in current and row.closed_at is None]).update(
            closed_at=now, state="gone"
        )
        for uid, finding in current.items():
            row, fields = rows.get(uid), finding_fields(finding)
            if row is None:
                models.Finding.objects.create(county=county, uid=uid, first_seen=now, day=shanghai(now).date(), **fields)
                fresh.append(finding)
                continue
            if row.closed_at is not None:
                fields |= {"closed_at": None, "state": _again(county, uid), "day": shanghai(now).date()}
                fresh.append(finding)
            models.Finding.objects.filter(pk=row.pk).update(**fields)
        for part in _by_unit(fresh):
            for draft in compose(part):
                queue(county, draft, now, part)
    return fresh


def _by_unit(findings: Sequence[Finding]) -> list[list[Finding]]:
    parts: dict[str | None, list[Finding]] = {}
    for finding in findings:
        parts.setdefault(finding.unit, []).append(finding)
    return list(parts.values())


def _again(county: str, uid: str) -> str:
    """The state of a finding that has come back: what a person called settled is to be looked at again, but for 误报 and 豁免."""
    from core.store import models

    latest = models.Verdict.objects.filter(county=county, subject=f"finding/{uid}").order_by("at", "pk").last()
    state = STATES.get(latest.decision, "new") if latest else "new"
    return "review" if state == "fixed" else state
