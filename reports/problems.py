"""存在问题: the month's problems as records, in three groups. Wording for the whole section is composed in `reports.prose`; `text` stands alone."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from core.activity import AccountActivity, Activity, EventActivity
from core.assessment import Problem, ProblemKind
from core.calendar import chinese_date
from core.config import County
from core.entries import AccountGrading
from core.records import Finding
from core.text import squeeze

CONTENT, UPDATES, DUTIES = 1, 2, 3


def is_leak(finding: Finding) -> bool:
    """A leak is a privacy finding that must be corrected; hints about lawful contacts are not."""
    return finding.rule.startswith("privacy/") and finding.severity in ("veto", "error")


def is_wrong_expression(finding: Finding, serious: Sequence[str]) -> bool:
    return finding.rule.startswith("expression/") and finding.severity in serious


def account_complaints(activity: AccountActivity, recommended: int, rules: AccountGrading) -> list[ProblemKind]:
    """What is wrong with an account's activity, in the order it is written: silence, reposts, originals."""
    if not activity.verified:
        return []
    kinds: list[ProblemKind] = []
    limit = silence_limit(activity, rules)
    if activity.silence and activity.silence.days > limit:
        kinds.append("account-silent")
    if activity.account.platform in rules.repost_platforms and Fraction(activity.reposted) < Fraction(str(rules.repost_share)) * recommended:
        kinds.append("repost-shortfall")
    if activity.originals < rules.owed_originals and "account-silent" not in kinds:  # a silent account is short of originals anyway
        kinds.append("original-shortfall")
    return kinds


def silence_limit(activity: AccountActivity, rules: AccountGrading) -> int:
    return rules.silence_days.get(activity.account.platform, rules.silence_default)


def collect_problems(
    county: County, activity: Activity, findings: Sequence[Finding], published: Mapping[str, date], unhandled: Sequence[tuple[str, str]]
) -> tuple[Problem, ...]:
    """All problems, by group and in the order of the configuration; `published` dates the posts by URL."""
    return (
        *_content(county, findings, published),
        *_columns(activity),
        *_news(county, activity),
        *_accounts(county, activity),
        *_papers(activity),
        *_submissions(activity),
        *_events(activity, unhandled),
    )


def _content(county: County, findings: Sequence[Finding], published: Mapping[str, date]) -> Iterator[Problem]:
    """One problem per kind and post: a leaking name list is one leak, however many rows it has."""
    keys = {account.source: account.key for account in county.accounts}
    leaks: dict[tuple[str | None, str | None], list[Finding]] = defaultdict(list)
    wrongs: dict[tuple[str | None, str | None], list[Finding]] = defaultdict(list)
    for finding in findings:
        if is_leak(finding):
            leaks[finding.source, finding.url].append(finding)
        elif is_wrong_expression(finding, county.grading.serious):
            wrongs[finding.source, finding.url].append(finding)
    for kind, groups in (("privacy-leak", leaks), ("wrong-expression", wrongs)):
        for (source, url), group in groups.items():
            unit = group[0].unit or "未知单位"
            account = keys.get(source or "")
            day = published.get(url or "")
            data: dict[str, Any] = {
                "date": day.isoformat() if day else None,
                "title": group[0].title,
                "place": _place(county, source),
                "files": list(dict.fromkeys(finding.file for finding in group if finding.file)),
                "kinds": list(dict.fromkeys(finding.rule.removeprefix("privacy/") for finding in group)),
                "wrong": _corrections(group) if kind == "wrong-expression" else [],
            }
            wording = (
                "存在个人隐私泄露" if kind == "privacy-leak" else "存在固定表述错误：" + "、".join(f"“{w['wrong']}”应为“{w['right']}”" for w in data["wrong"])
            )
            where = "附件" + "".join(f"“{file}”" for file in data["files"]) if data["files"] else ""
            when = f"{day.month}月{day.day}日，" if day else ""
            text = f"{when}{unit}发布的“{data['title']}”{where}{wording}"
            ids = tuple(finding.id for finding in group)
            yield Problem(CONTENT, "privacy-leak" if kind == "privacy-leak" else "wrong-expression", (unit,), account, text, ids, data)


def _corrections(group: Sequence[Finding]) -> list[Mapping[str, str]]:
    pairs = {(finding.masked or "", finding.suggestion or "") for finding in group}
    return [{"wrong": wrong, "right": right} for wrong, right in sorted(pairs)]


def _place(county: County, source: str | None) -> str:
    for column in county.columns:
        if column.source == source:
            return f"政府信息公开/{column.name}"
    for account in county.accounts:
        if account.source == source:
            return f"政务新媒体/{account.key}"
    return "各镇快讯、部门动态"


def _columns(activity: Activity) -> Iterator[Problem]:
    for row in activity.columns:
        if row.short and row.verified:
            column = row.column
            text = f"{column.unit}承担的“{column.name}”栏目未按要求及时更新（应更新{row.owed}条，实际更新{row.published}条）"
            data = {"column": column.name, "owed": row.owed, "got": row.published, "cycle": column.cycle.text}
            yield Problem(UPDATES, "column-not-updated", (column.unit,), None, text, (), data)


def _news(county: County, activity: Activity) -> Iterator[Problem]:
    units = tuple(row.news.unit for row in activity.news if row.verified and row.published < county.grading.news.owed)
    if units:
        yield Problem(UPDATES, "no-news", units, None, f"{'、'.join(units)}{activity.month.month}月份未发布各镇快讯、部门动态信息", (), {})


def _accounts(county: County, activity: Activity) -> Iterator[Problem]:
    rules = county.grading.accounts
    for row in activity.accounts:
        account = row.account
        label = f"“{account.name}”{account.platform}"
        for kind in account_complaints(row, activity.recommended, rules):
            if kind == "account-silent":
                assert row.silence
                limit = silence_limit(row, rules)
                text = f"{label}{chinese_date(row.silence.start)}至{chinese_date(row.silence.end)}连续{row.silence.days}天信息未更新，超过{limit}天"
                data = {"from": row.silence.start.isoformat(), "to": row.silence.end.isoformat(), "days": row.silence.days, "limit": limit}
            elif kind == "repost-shortfall":
                text = f"{label}应转载信息数量不足（推荐{activity.recommended}条，转载{row.reposted}条）"
                data = {"reposted": row.reposted, "recommended": activity.recommended}
            else:
                text = f"{label}原创信息更新数量不足（应更新{rules.owed_originals}条，实际更新{row.originals}条）"
                data = {"originals": row.originals, "owed": rules.owed_originals}
            yield Problem(UPDATES, kind, (account.unit,), account.key, text, (), {**data, "platform": account.platform, "name": account.name})


def _papers(activity: Activity) -> Iterator[Problem]:
    for row in activity.papers:
        if row.verified and not row.on_time:
            late = row.received is not None
            text = f"{row.duty.unit}{'逾期' if late else '未及时'}报送{row.duty.paper}"
            data = {"paper": row.duty.paper, "late": late, "due": row.due.isoformat(), "received": row.received.isoformat() if row.received else None}
            yield Problem(DUTIES, "paper-missing", (row.duty.unit,), None, text, (), data)


def _submissions(activity: Activity) -> Iterator[Problem]:
    for row in activity.submissions:
        if not row.verified:
            continue
        data = {"content": row.duty.content, "column": row.duty.column, "late": row.received is not None and not row.on_time, "note": row.note}
        if not row.on_time:
            text = f"{row.duty.unit}{'逾期' if data['late'] else '未按时'}报送“{squeeze(row.duty.content)}”数据"
            yield Problem(DUTIES, "submission-missing", (row.duty.unit,), None, text, (), data)
        if row.in_form is False:
            text = f"{row.duty.unit}报送的“{squeeze(row.duty.content)}”不符合模板要求：{row.note}"
            yield Problem(DUTIES, "submission-malformed", (row.duty.unit,), None, text, (), data)


def _events(activity: Activity, unhandled: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    for platform, unit in unhandled:
        group: list[EventActivity] = [row for row in activity.events if (row.duty.platform, row.duty.unit) == (platform, unit)]
        accepted, closed = sum(row.accepted for row in group), sum(row.closed for row in group)
        pending = sum(row.generated - row.accepted - row.discarded for row in group)
        if accepted:
            text = f"{unit}处置{platform}事件不及时（受理{accepted}件，办结{closed}件）"
        else:
            text = f"{unit}未及时处理{platform}生成的预警事件（未受理{pending}件）"
        data = {"platform": platform, "pending": pending, "accepted": accepted, "closed": closed}
        yield Problem(DUTIES, "events-unhandled", (unit,), None, text, (), data)
