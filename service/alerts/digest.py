"""The daily digest: what could wait, once a day, as far as it still stands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from core.calendar import shanghai
from core.config import County
from core.records import SEVERITIES, Finding
from core.store import findings as finding_store
from core.store import outbox
from core.store.outbox import Draft, Message
from service.alerts.entries import Alerts
from service.alerts.sheet import Line, as_html, as_short, as_text, clip, safe, safe_url
from service.alerts.words import SEVERITY_WORDS, families, link_to, named, worst

_POSTS = 60


def digest(county: County, alerts: Alerts, now: datetime) -> int:
    """Queue one digest per recipient for the notes held before the latest digest hour; returns how many. Run twice, it finds nothing the second time."""
    from django.db import transaction

    count = 0
    with transaction.atomic():
        held: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in outbox.held_notes(county.id, alerts.digest.slot(now)):
            held[(row.channel, row.recipient)].append(row)
        for (channel, recipient), rows in held.items():
            count += _merge(county, alerts, channel, recipient, rows, now)
    return count


def _merge(county: County, alerts: Alerts, channel: str, recipient: str, rows: Sequence[Any], now: datetime) -> int:
    uids = dict.fromkeys(uid for row in rows for uid in row.items.values_list("finding", flat=True))
    known = finding_store.standing(county.id, uids)
    standing = [known[uid].finding for uid in uids if uid in known and not known[uid].settled]
    if not standing:
        outbox.settle_notes([row.pk for row in rows], "skipped", "汇总之前问题已经整改或撤销")
        return 0
    units = {row.unit for row in rows}
    draft = Draft(
        unit=units.pop() if len(units) == 1 else county.name,
        channel=channel,
        recipient=recipient,
        findings=tuple(standing),
        write=lambda told: summary(county, alerts.desk, told, now),
        kind="digest",
        repeat=timedelta(0),
    )
    number = outbox.queue(county.id, draft, now)
    outbox.settle_notes([row.pk for row in rows], "merged", f"已并入每日汇总 #{number}")
    return 1


def summary(county: County, desk: str | None, findings: Sequence[Finding], now: datetime) -> Message:
    """The digest's words: unit by unit, one point per post."""
    local = shanghai(now)
    subject = f"{county.name}政务公开巡查每日汇总（{local.month}月{local.day}日）：{len(findings)} 处待核对"
    lines = [Line("p", f"以下 {len(findings)} 处问题可以等，请在方便时核对。内容已脱敏。")]
    posts: dict[str, dict[str | None, list[Finding]]] = defaultdict(lambda: defaultdict(list))
    for finding in findings:
        posts[safe(finding.unit) or "未知单位"][finding.url].append(finding)
    shown = 0
    for unit, by_post in posts.items():
        if shown >= _POSTS:
            break
        lines.append(Line("h", f"{unit}（{sum(map(len, by_post.values()))} 处）"))
        for here in by_post.values():
            shown += 1
            if shown <= _POSTS:
                lines += _post(here)
    total = sum(map(len, posts.values()))
    if total > _POSTS:
        lines.append(Line("p", f"……另有 {total - _POSTS} 个页面没有列出，请到巡查系统查看。"))
    link = f"{desk}/findings/" if desk else ""
    lines += [Line("link", link, "查看与处理")] if link else []
    short = [subject, *(f"{unit} {sum(map(len, by_post.values()))} 处" for unit, by_post in posts.items())]
    return Message(subject, as_text(lines), as_html(lines), as_short(short, link), link)


def _post(findings: Sequence[Finding]) -> list[Line]:
    first = worst(findings)
    counts = [(word, sum(finding.severity == level for finding in findings)) for level, word in SEVERITY_WORDS.items()]
    text = "、".join(f"{word} {count} 处" for word, count in counts if count)
    messages = list(dict.fromkeys(safe(finding.message) for finding in sorted(findings, key=lambda item: SEVERITIES.index(item.severity))))
    lines = [Line("li", f"{clip(named(first), 80)}：{families(findings)}，{text}"), Line("sub", clip("；".join(messages), 200))]
    return [*lines, Line("sub", link_to(None, first))] if safe_url(first.url) else lines
