"""Findings and verdicts."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from core.calendar import shanghai
from core.records import SEVERITIES, Finding, Severity, StoredPost, Verdict
from core.store.outbox import Draft, chunks, queue
from core.store.posts import checked_key

# What a person's decision makes of an open finding; 重开 is what undoing leaves when there was no decision before. A closed one is `gone` whatever was decided.
STATES = {"确认": "confirmed", "误报": "mistaken", "豁免": "exempt", "已整改": "fixed", "申诉": "appealed", "复核": "review", "重开": "new"}

Compose = Callable[[Sequence[Finding]], Sequence[Draft]]
DISMISSED = ("mistaken", "exempt")  # states that take an open finding out of the assessment
SETTLED = ("gone", "fixed", *DISMISSED)  # states in which nobody has to do anything more


def record_check(county: str, post: StoredPost, rules_version: str, findings: Sequence[Finding], now: datetime, compose: Compose) -> list[Finding]:
    """Make a post's open findings exactly these, queue the alerts `compose` makes of the new ones, and note what was checked: one transaction.

    Returns the new findings. A finding that was closed and is found again counts as new, but nobody is alerted to what was judged 误报 or 豁免. Personal values found in the title are masked in all of them.
    """
    from django.db import transaction

    from core.store import models

    title = masked_title(post.title, findings)
    current = {finding.id: replace(finding, title=title) if finding.title else finding for finding in findings}
    with transaction.atomic():
        models.Post.objects.select_for_update().filter(pk=post.id).first()  # two workers on one post: the second finds nothing new
        rows = {row.uid: row for row in models.Finding.objects.filter(county=county, post_id=post.id)}
        for uid, row in rows.items():
            if uid not in current and row.closed_at is None:
                row.closed_at, row.state = now, "gone"
                row.save(update_fields=["closed_at", "state"])
        fresh = [finding for uid, finding in current.items() if uid not in rows or rows[uid].closed_at is not None]
        states = _write(county, post, current, rows, now)
        news = [finding for finding in fresh if states[finding.id] not in SETTLED]
        for draft in compose(news) if news else ():
            queue(county, draft, now, list(current.values()))
        models.Attempt.objects.filter(post_id=post.id).delete()
        models.Post.objects.filter(pk=post.id, version=post.version).update(checked_key=checked_key(post.version, rules_version), title=title)
    return fresh


def _write(county: str, post: StoredPost, current: Mapping[str, Finding], rows: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Store the findings of a post, of which `rows` are known; returns the state of each. A list of thousands of persons is few statements."""
    from core.store import models

    new, states = [], {}
    for uid, finding in current.items():
        fields = {**finding_fields(finding), "post_id": post.id, "closed_at": None}
        if uid not in rows:
            states[uid] = "new"
            new.append(models.Finding(county=county, uid=uid, first_seen=now, day=post.published_on or shanghai(now).date(), **fields))
            continue
        row = rows[uid]
        states[uid] = fields["state"] = _state_again(county, row, post)
        fields["day"] = post.published_on or shanghai(row.first_seen).date()
        changed = [name for name, value in fields.items() if getattr(row, name) != value]
        for name in changed:
            setattr(row, name, fields[name])
        if changed:
            row.save(update_fields=changed)
    models.Finding.objects.bulk_create(new, batch_size=500)
    return states


def masked_title(title: str, findings: Iterable[Finding]) -> str:
    """The post's title with every personal value found in it masked.

    A stored title had its long numbers starred already, which may have moved what follows; then it is not shown at all.
    """
    inside = [finding for finding in findings if finding.where == "标题" and finding.rule.startswith("privacy/")]
    if not inside:
        return title
    spans = [(finding.start, finding.end, finding.masked or "***") for finding in inside if finding.start is not None and finding.end is not None]
    todo = [(start, end, masked) for start, end, masked in spans if title[start:end] != masked]
    if len(spans) < len(inside) or any(end > len(title) for _, end, _ in todo) or ("*" in title and todo):
        return "（标题含个人信息，不予显示）"
    for start, end, masked in sorted(todo, reverse=True):
        title = title[:start] + masked + title[end:]
    return title


def _state_again(county: str, row: Any, post: StoredPost) -> str:
    """The state of a known finding found once more: what was called 已整改 and is still there after a change is to be looked at again."""
    from core.store import models

    if row.closed_at is None:
        same_version = row.state != "fixed" or models.Post.objects.filter(pk=post.id, checked_key__startswith=f"{post.version}:").exists()
        if same_version:
            return str(row.state)
    latest = models.Verdict.objects.filter(county=county, subject=f"finding/{row.uid}").order_by("at", "pk").last()
    state = STATES.get(latest.decision, "new") if latest else "new"
    return "review" if state == "fixed" else state


def finding_fields(finding: Finding) -> dict[str, Any]:
    names = ("rule", "severity", "unit", "source", "url", "title", "file", "where", "start", "end", "masked", "message", "suggestion")
    return {**{name: getattr(finding, name) for name in names}, "reasons": list(finding.reasons), "rank": SEVERITIES.index(finding.severity)}


def open_findings(county: str, since: date | None = None, until: date | None = None) -> list[tuple[date, Finding]]:
    """Everything not closed, in the order it was first seen, each with the day it counts on: its post's, or of an undated one the day it was first seen.

    Both bounds are included.
    """
    from core.store import models

    rows = _within(models.Finding.objects.filter(county=county, closed_at=None), since, until)
    return [(row.day or shanghai(row.first_seen).date(), _finding(row)) for row in rows.order_by("first_seen", "pk")]


def _within(rows: Any, since: date | None, until: date | None) -> Any:
    from django.db.models import Q

    if since is not None:
        rows = rows.filter(Q(day=None) | Q(day__gte=since))
    return rows.filter(Q(day=None) | Q(day__lte=until)) if until is not None else rows


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


def verdicts(county: str, about: Sequence[str] = ()) -> list[Verdict]:
    """Decisions of persons, oldest first: a later one on the same subject overrides. `about`: only subjects that start so (`grade/`, `post/`)."""
    from django.db.models import Q

    from core.store import models

    rows = models.Verdict.objects.filter(county=county).order_by("at", "pk")
    if about:
        wanted = Q()
        for prefix in about:
            wanted |= Q(subject__startswith=prefix)
        rows = rows.filter(wanted)
    return [Verdict(*row) for row in rows.values_list("subject", "decision", "reason", "who", "at")]


def dismissed(county: str, since: date | None = None, until: date | None = None) -> set[str]:
    """Ids of open findings that persons called no problem (误报, 豁免); both bounds are included, as in `open_findings`."""
    from core.store import models

    rows = models.Finding.objects.filter(county=county, closed_at=None, state__in=DISMISSED)
    return set(_within(rows, since, until).values_list("uid", flat=True))


def add_verdict(county: str, verdict: Verdict) -> None:
    """Add a decision; nothing is ever changed in place."""
    add_verdicts(county, [verdict])


def add_verdicts(county: str, verdicts: Sequence[Verdict]) -> list[int]:
    """Add decisions and bring the state of the open findings they speak of up to date, in one transaction; returns the rows' keys."""
    from django.db import transaction

    from core.store import models

    with transaction.atomic():
        rows = models.Verdict.objects.bulk_create(
            [models.Verdict(county=county, subject=v.subject, decision=v.decision, reason=v.reason, who=v.who, at=v.at) for v in verdicts], batch_size=500
        )
        for decision, state in STATES.items():
            uids = [v.subject.removeprefix("finding/") for v in verdicts if v.decision == decision and v.subject.startswith("finding/")]
            for start in range(0, len(uids), 500):
                models.Finding.objects.filter(county=county, uid__in=uids[start : start + 500], closed_at=None).update(state=state)
    return [row.pk for row in rows]


def decisions_by_rule(county: str) -> list[tuple[str, str | None]]:
    """Of every finding ever made, closed ones too: its rule, and the latest decision on it or None."""
    from core.store import models

    latest = {verdict.subject: verdict.decision for verdict in verdicts(county)}
    rows = models.Finding.objects.filter(county=county).order_by("pk").values_list("rule", "uid")
    return [(rule, latest.get(f"finding/{uid}")) for rule, uid in rows]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a finding stands: its state (see STATES; `gone` when it is no longer found), since when it is known, and the latest decision."""

    finding: Finding
    state: str
    first_seen: datetime
    closed_at: datetime | None
    verdict: Verdict | None = None

    @property
    def settled(self) -> bool:
        return self.state in SETTLED


def standing(county: str, uids: Iterable[str]) -> dict[str, Standing]:
    """Where these findings stand, by their id."""
    from core.store import models

    found: dict[str, Standing] = {}
    for part in chunks(uids):
        subjects = models.Verdict.objects.filter(county=county, subject__in=[f"finding/{uid}" for uid in part]).order_by("at", "pk")
        latest = {row.subject: Verdict(row.subject, row.decision, row.reason, row.who, row.at) for row in subjects}
        for row in models.Finding.objects.filter(county=county, uid__in=part):
            found[row.uid] = Standing(_finding(row), row.state, row.first_seen, row.closed_at, latest.get(f"finding/{row.uid}"))
    return found


def unsettled(county: str, severities: Sequence[str]) -> list[Standing]:
    """Open findings of these severities that nobody has settled, the oldest first."""
    from core.store import models

    rows = models.Finding.objects.filter(county=county, closed_at=None, severity__in=severities)
    return [Standing(_finding(row), row.state, row.first_seen, None) for row in rows.exclude(state__in=SETTLED).order_by("first_seen", "pk")]


def unsettled_at(county: str, source: str | None, url: str | None) -> list[Finding]:
    """What is still open and unsettled on one post."""
    from core.store import models

    rows = models.Finding.objects.filter(county=county, source=source, url=url, closed_at=None).exclude(state__in=SETTLED)
    return [_finding(row) for row in rows]
