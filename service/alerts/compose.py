"""Who is told what: the routes of `alerts.yaml` turn a post's new findings into drafts for the outbox."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.calendar import shanghai
from core.config import County
from core.records import Finding
from core.store.findings import Compose
from core.store.outbox import Draft, Message
from service.alerts import words
from service.alerts.entries import Alerts, Route

_URGENT = ("veto", "error")
Send = Literal["now", "digest"]


@dataclass(frozen=True, slots=True)
class Target:
    """One recipient of one channel; `missing` says why there is none, `remark` why this one is told instead."""

    channel: str
    recipient: str = ""
    missing: str = ""
    remark: str = ""


def composer(county: County, alerts: Alerts, now: datetime) -> Compose:
    """What `record_check` asks for: the drafts for a post's new findings."""
    return lambda findings: compose_alert(county, alerts, findings, now)


def compose_alert(county: County, alerts: Alerts, findings: Sequence[Finding], now: datetime) -> tuple[Draft, ...]:
    """The drafts for new findings of one post: one per channel and recipient, now or in the digest; what no route carries is kept as skipped."""
    wanted: dict[tuple[Target, Send], list[Finding]] = {}
    routed: set[str] = set()
    unit = findings[0].unit if findings else None
    for route in alerts.routes:
        here = [finding for finding in findings if _carries(county, route, finding, now)]
        if not here:
            continue
        routed.update(finding.id for finding in here)
        for target in _targets(county, alerts, route.channels, unit):
            known = wanted.setdefault((target, route.send), [])
            known += [finding for finding in here if finding not in known]
    drafts = [_draft(county, alerts, target, send, here, now) for (target, send), here in wanted.items()]
    lost = [finding for finding in findings if finding.severity in _URGENT and finding.id not in routed]
    if lost:
        drafts.append(_draft(county, alerts, Target("", missing="alerts.yaml 中没有一条 routes 管到这些问题"), "now", lost, now))
    return tuple(drafts)


def _carries(county: County, route: Route, finding: Finding, now: datetime) -> bool:
    return (
        finding.severity in route.severities
        and (not route.families or words.family(finding) in route.families)
        and (not route.units or any(county.same_unit(finding.unit, unit) for unit in route.units))
        and (route.hours is None or route.hours.holds(shanghai(now)))
    )


def _targets(county: County, alerts: Alerts, channels: Sequence[str], unit: str | None) -> Iterator[Target]:
    for name in channels:
        channel = alerts.channels[name]
        if channel.kind != "mail":
            yield Target(name, name)
        elif channel.to != "unit":
            yield from (Target(name, address) for address in channel.to)
        else:
            yield from _unit_targets(county, alerts, name, unit)


def _unit_targets(county: County, alerts: Alerts, name: str, unit: str | None) -> Iterator[Target]:
    known = county.unit(unit or "")
    if known and known.mail:
        yield Target(name, known.mail)
        return
    missing = "单位没有登记邮箱，请在 units.yaml 补上 mail" if known else f"发布单位“{unit or '不明'}”不在 units.yaml 中，请补上或写成别名"
    yield Target(name, missing=missing)
    remark = f"（{'该单位没有登记邮箱' if known else '发布单位不明或未登记'}，请代为转告。）"
    yield from (Target(target.channel, target.recipient, remark=remark) for target in fixed_targets(alerts, alerts.fallback))


def fixed_targets(alerts: Alerts, channels: Sequence[str]) -> Iterator[Target]:
    """Recipients that do not depend on a unit."""
    for name in channels:
        to = alerts.channels[name].to
        addresses: Sequence[str] = to if isinstance(to, tuple) else (name,)
        yield from (Target(name, address) for address in addresses)


def _draft(county: County, alerts: Alerts, target: Target, send: Send, findings: Sequence[Finding], now: datetime) -> Draft:
    write: Callable[[Sequence[Finding]], Message] = lambda told: words.alert(county, alerts.desk, told, now, target.remark)  # noqa: E731
    return Draft(
        unit=findings[0].unit or "未知单位",
        channel=target.channel,
        recipient=target.recipient,
        findings=tuple(findings),
        write=write,
        kind="alert" if send == "now" else "note",
        severity=words.worst(findings).severity,
        hold=send == "digest",
        skip=target.missing,
        repeat=alerts.repeat,
    )
