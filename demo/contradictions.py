"""What fact tables must not say together: complaints about rows that are each well formed."""

from collections.abc import Mapping
from datetime import date, timedelta

from core.calendar import Month
from demo import plan
from demo.facts import MEDIA_CARRIERS, NEWS, AccountFact, ColumnFact, Facts, IncidentFact, PaperFact
from demo.tables import Row


def look_for_contradictions(
    facts: Facts,
    columns: Mapping[ColumnFact, Row],
    accounts: Mapping[AccountFact, Row],
    papers: Mapping[PaperFact, Row],
    incidents: Mapping[IncidentFact, Row],
) -> None:
    """Complain, at the rows, about everything that no real month could have been."""
    for column, row in columns.items():
        if row.sound and column.earlier and column.cycle.period and column.cycle.period_start(facts.month) == facts.month:
            row.complain(f"{facts.month} 是周期“{column.cycle.text}”的第一个月，“本周期此前条数”应为 0，不是 {column.earlier}")
    for account, row in accounts.items():
        reason = _account(account, facts) if row.sound else None
        if reason:
            row.complain(reason)
    for paper, row in papers.items():
        if row.sound and paper.due < facts.month.first:
            row.complain(f"截止日期 {paper.due} 早于 {facts.month}")
        elif row.sound and Month.of(paper.due) > facts.month.plus(3):
            row.complain(f"截止日期 {paper.due} 晚于 {facts.month} 三个月以上")
    for incident, row in incidents.items():
        table = "accounts.csv" if incident.account else "columns.csv" if incident.column else "news.csv"
        reason = _incident(incident, facts) if row.sound and not row.complaints.about(table) else None
        if reason:
            row.complain(reason)


def _account(account: AccountFact, facts: Facts) -> str | None:
    if account.reposted > facts.recommended:
        return f"转载推荐条数 {account.reposted} 多于当月推荐转载信息数 {facts.recommended}（month.yaml）"
    return plan.impossible(facts.month, account.total, plan.limit_of(account.platform), account.silence)


def _incident(incident: IncidentFact, facts: Facts) -> str | None:
    if incident.date not in facts.month:
        return f"日期 {incident.date} 不在 {facts.month}"
    account, column = incident.account, incident.column
    if account:
        return _account_incident(incident, account, facts)
    if incident.carrier == "新媒体正文":
        return "载体“新媒体正文”只用于 政务新媒体/<平台>/<账号名称>"
    if column:
        owned = next((fact for fact in facts.columns if (fact.unit, fact.column) == (incident.unit, column)), None)
        if owned is None:
            return f"columns.csv 中没有 {incident.unit} 的栏目“{column}”"
        return _too_many(incident, facts, owned.count, "本月条数")
    if incident.place == NEWS:
        sent = next((fact for fact in facts.news if fact.unit == incident.unit), None)
        if sent is None:
            return f"news.csv 中没有单位“{incident.unit}”"
        return _too_many(incident, facts, sent.published, "发布条数")
    return f"“位置”应为 政府信息公开/<栏目>、{NEWS} 或 政务新媒体/<平台>/<账号名称>，不是“{incident.place}”"


def _account_incident(incident: IncidentFact, key: tuple[str, str], facts: Facts) -> str | None:
    account = next((fact for fact in facts.accounts if (fact.platform, fact.name) == key), None)
    if account is None:
        return f"accounts.csv 中没有账号“{'/'.join(key)}”"
    if incident.carrier not in MEDIA_CARRIERS:
        return f"新媒体账号的载体应为 {'、'.join(MEDIA_CARRIERS)}，不是“{incident.carrier}”"
    others = {other.unit for other in facts.incidents if other.account == key}
    if len(others) > 1:
        return f"同一账号的责任单位写成了 {'、'.join(sorted(others))}，应只有一个"
    if account.silence and account.silence[0] <= incident.date <= account.silence[1]:
        return f"日期 {incident.date} 落在该账号的停更期 {account.silence[0]} 至 {account.silence[1]} 内"
    reason = plan.impossible(facts.month, account.total, plan.limit_of(account.platform), account.silence, incident_days(facts, key))
    return reason or _too_many(incident, facts, account.total, "条数")


def _too_many(incident: IncidentFact, facts: Facts, posts: int, what: str) -> str | None:
    """One post can carry one day's incidents, so there are at least as many posts as days with one."""
    days = {other.date for other in facts.incidents if (other.unit, other.place) == (incident.unit, incident.place)}
    return f"{incident.place} 有 {len(days)} 天要埋设问题，{what}却只有 {posts}" if len(days) > posts else None


def incident_days(facts: Facts, key: tuple[str, str]) -> tuple[date, ...]:
    """The days on which an account must have a post, because something is planted in it."""
    return tuple(sorted({incident.date for incident in facts.incidents if incident.account == key}))


def issue_day(month: Month) -> date:
    """The day the month's bulletin is issued: the 23rd of the following month."""
    return month.plus(1).first + timedelta(days=22)
