"""After the alert: to the director what is not put right in time, to everybody who was told when it is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from core.config import County
from core.records import Finding
from core.store import findings as finding_store
from core.store import outbox
from core.store.findings import Standing
from core.store.outbox import Draft, Message
from service.alerts.compose import fixed_targets
from service.alerts.entries import Alerts
from service.alerts.sheet import Line, as_html, as_short, as_text, clip, safe, safe_url
from service.alerts.words import families, is_preview, link_line, link_to, moment, named, places, worst

_URGENT = ("veto", "error")


def escalate(county: County, alerts: Alerts, now: datetime) -> int:
    """Queue a report to the director for each post whose findings were not put right in time; returns how many messages."""
    from django.db import transaction

    rule = alerts.escalation
    if rule is None:
        return 0
    count, limit = 0, now - timedelta(hours=rule.after_hours)
    with transaction.atomic():
        standings = [standing for standing in finding_store.unsettled(county.id, rule.severities) if not is_preview(county, standing.finding)]
        told = outbox.told(county.id, [outbox.thing(standing.finding) for standing in standings])
        posts: dict[tuple[str | None, str | None], list[Standing]] = defaultdict(list)
        for standing in standings:
            if _since(standing, told) <= limit:
                posts[(standing.finding.source, standing.finding.url)].append(standing)
        for late in posts.values():
            for target in fixed_targets(alerts, rule.channels):
                draft = _overdue(county, alerts, target.channel, target.recipient, late, told, now)
                count += outbox.queue_news(county.id, draft, now)
    return count


def _since(standing: Standing, told: Mapping[str, outbox.Told]) -> datetime:
    """Since when it is to be put right: the first alert since it was last clear, however the page moved around it; without one, the first sight."""
    last = told.get(outbox.thing(standing.finding))
    return last.since if last else standing.first_seen


def _overdue(
    county: County, alerts: Alerts, channel: str, recipient: str, standings: Sequence[Standing], told: Mapping[str, outbox.Told], now: datetime
) -> Draft:
    assert alerts.escalation
    findings = tuple(standing.finding for standing in standings)
    since = min(_since(standing, told) for standing in standings)
    return Draft(
        unit=findings[0].unit or "未知单位",
        channel=channel,
        recipient=recipient,
        findings=findings,
        write=lambda news: overdue(county, alerts.desk, news, since, _history(news, told), now),
        kind="escalation",
        severity=worst(findings).severity,
        repeat=timedelta(hours=alerts.escalation.repeat_hours),
    )


def _history(findings: Sequence[Finding], told: Mapping[str, outbox.Told]) -> str:
    """How the unit was told, or why not."""
    last = next((told[key] for key in map(outbox.thing, findings) if key in told), None)
    if last is None:
        return "没有向单位发过告警"
    if last.sent_at:
        return f"{moment(last.sent_at)} 已发至 {last.recipient}"
    return f"尚未送达（{last.note or '等待发送'}）"


def overdue(county: County, desk: str | None, findings: Sequence[Finding], since: datetime, history: str, now: datetime) -> Message:
    """Tell the director what was not put right."""
    first, unit, kinds = worst(findings), safe(findings[0].unit) or "未知单位", families(findings)
    history = safe(history)  # a mailbox may be somebody's mobile number
    hours, title, link = int((now - since).total_seconds() // 3600), named(first), link_to(desk, first)
    subject = f"【逾期未整改】{unit}：“{clip(title, 60)}”{kinds}，已过 {hours} 小时"
    lines = [
        Line("p", f"以下问题发现后 {hours} 小时仍未整改，请督促{unit}立即处理。"),
        Line("p", unit, "单位"),
        Line("p", title, "标题"),
        Line("p" if desk else "link", safe_url(first.url) or "（无）", "网址"),
        Line("p", moment(since), "首次发现"),
        Line("p", history, "告警情况"),
        *places(findings, 5),
        *(link_line(desk, link) if desk else []),
        Line("p", f"本通知由{county.name}政务公开巡查系统自动发出，内容已脱敏。"),
    ]
    short = [f"【逾期未整改】{unit}：{kinds}，已过 {hours} 小时", f"标题：{clip(title, 80)}", f"告警情况：{history}"]
    return Message(subject, as_text(lines), as_html(lines), as_short(short, link), link)


def clear(county: County, alerts: Alerts, now: datetime) -> int:
    """Queue an all-clear for whoever was told of a post that has been put right since; returns how many messages."""
    from django.db import transaction

    count = 0
    with transaction.atomic():
        groups: dict[tuple[str, str, str, str | None, str | None], list[tuple[Any, list[Standing]]]] = defaultdict(list)
        for row in outbox.uncleared(county.id):
            standings = list(finding_store.standing(county.id, row.items.values_list("finding", flat=True)).values())
            if standings and all(standing.settled for standing in standings):
                first = standings[0].finding
                groups[(row.channel, row.recipient, row.unit, first.source, first.url)].append((row, standings))
        for (channel, recipient, unit, source, url), told in groups.items():
            standings = list({standing.finding.id: standing for _, here in told for standing in here}.values())
            if _still_open(county.id, source, url, standings):
                continue
            outbox.mark_cleared([row.pk for row, _ in told], now)
            if alerts.all_clear and any(row.status == "sent" for row, _ in told):
                outbox.queue(county.id, _relief(county, alerts, channel, recipient, unit, standings), now)
                count += 1
    return count


def _still_open(county: str, source: str | None, url: str | None, standings: Sequence[Standing]) -> bool:
    """True while the post has something urgent, the same value at another place, or a file that can no longer be looked into."""
    things = {outbox.thing(standing.finding) for standing in standings}
    files = {standing.finding.file for standing in standings if standing.finding.file}
    return any(
        finding.severity in _URGENT or outbox.thing(finding) in things or (finding.rule == "document/unread" and (finding.file or "").split("!/")[0] in files)
        for finding in finding_store.unsettled_at(county, source, url)
    )


def _relief(county: County, alerts: Alerts, channel: str, recipient: str, unit: str, standings: Sequence[Standing]) -> Draft:
    return Draft(
        unit=unit,
        channel=channel,
        recipient=recipient,
        findings=tuple(standing.finding for standing in standings),
        write=lambda _: relief(county, alerts.desk, unit, standings),
        kind="all-clear",
        repeat=timedelta(0),
    )


def relief(county: County, desk: str | None, unit: str, standings: Sequence[Standing]) -> Message:
    """Tell that it is over, and how."""
    findings = [standing.finding for standing in standings]
    first = worst(findings)
    unit, title, link, how = safe(unit), named(first), link_to(desk, first), _how(standings)
    withdrawn = all(standing.state in ("mistaken", "exempt") for standing in standings)
    head = "【已撤销】" if withdrawn else "【已整改】"
    subject = f"{head}{unit}：“{clip(title, 60)}”{families(findings)}"
    thanks = "此前的告警予以撤销，给你单位添了麻烦，请谅解。" if withdrawn else "此前告警的问题已经解决，无需再处理。感谢配合。"
    lines = [
        Line("p", f"{unit}："),
        Line("p", thanks),
        Line("p", title, "标题"),
        Line("p" if desk else "link", safe_url(first.url) or "（无）", "网址"),
        Line("p", f"{len(findings)} 处", "问题"),
        Line("p", how, "结果"),
        *(link_line(desk, link) if desk else []),
        Line("p", f"本通知由{county.name}政务公开巡查系统自动发出。"),
    ]
    return Message(subject, as_text(lines), as_html(lines), as_short([subject, f"结果：{how}"], link), link)


_WAYS = {"gone": "复查时已不再出现", "fixed": "经确认已整改", "mistaken": "经复核不是问题", "exempt": "经复核予以豁免"}


def _how(standings: Sequence[Standing]) -> str:
    parts = []
    for state, words in _WAYS.items():
        here = [standing for standing in standings if standing.state == state]
        if here:
            ends = [standing.closed_at or (standing.verdict.at if standing.verdict else None) for standing in here]
            last = max((end for end in ends if end), default=None)
            parts.append(f"{len(here)} 处{words}" + (f"（{moment(last)}）" if last else ""))
    return "；".join(parts)
