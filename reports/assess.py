"""The month's assessment: activity and findings in, one frozen Assessment out. Pure: no store, no file, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from core.activity import AccountActivity, Activity, ColumnActivity, EventActivity
from core.assessment import GRADES, UNVERIFIED, AccountRow, Assessment, ColumnRow, Coverage, EventRow, NewsRow, SubmissionRow
from core.config import County
from core.records import Finding, Verdict
from reports.adjust import adjust_problems, in_force
from reports.problems import account_complaints, collect_problems, is_leak, is_wrong_expression

EXCELLENT, GOOD, PASSED, FAILED = GRADES
_ORDER = {EXCELLENT: 0, GOOD: 1, PASSED: 2, FAILED: 3, UNVERIFIED: 4}
SUM = "合计"


class _Content:
    """What the content findings say about a unit in a system, or about an account."""

    def __init__(self, county: County, findings: Sequence[Finding]) -> None:
        serious = county.grading.serious
        self.leaks = {finding.source for finding in findings if is_leak(finding)}
        self.wrong = {finding.source for finding in findings if is_wrong_expression(finding, serious)}
        self.news_leaks = self._news_units(county, (f for f in findings if is_leak(f)))
        self.news_wrong = self._news_units(county, (f for f in findings if is_wrong_expression(f, serious)))
        self.news_slips = self._news_units(county, (f for f in findings if f.rule.startswith(("expression/", "typo/")) and f.severity in ("veto", "error")))

    @staticmethod
    def _news_units(county: County, findings: Iterable[Finding]) -> set[str | None]:
        sources = {news.source for news in county.news}
        return {finding.unit for finding in findings if finding.source in sources}


def assess(
    county: County,
    activity: Activity,
    findings: Sequence[Finding],
    published: Mapping[str, date],
    verdicts: Sequence[Verdict],
    generated_at: datetime,
    rules_version: str,
) -> Assessment:
    """Grade the month. `findings` are those of the month's posts that no person has dismissed, `published`
    the posts' dates by URL; `verdicts` on `grade/<system>/<key>` override grades, those on `problem/<kind>/<key>` sentences (`reports.adjust`)."""
    content = _Content(county, findings)
    decisions = in_force(verdicts)
    adjusted = {subject: verdict.decision for subject, verdict in decisions.items()}
    columns, column_grades = _columns(county, activity.columns, content, adjusted)
    news, news_grades = _news(county, activity, content, adjusted)
    accounts, account_grades = _accounts(county, activity, content, adjusted)
    submissions, submission_grades = _submissions(activity, adjusted)
    events, event_grades, unhandled = _events(county, activity.events, adjusted)
    grades = {
        "columns": column_grades,
        "news": news_grades,
        "accounts": account_grades,
        "submissions": submission_grades,
        "events": event_grades,
    }
    failed = tuple(activity.failed.items())
    problems, used = adjust_problems(collect_problems(county, activity, findings, published, unhandled), decisions)
    return Assessment(
        county=county.id,
        month=activity.month,
        generated_at=generated_at,
        rules_version=rules_version,
        columns=columns,
        news=news,
        accounts=accounts,
        submissions=submissions,
        events=events,
        grades=grades,
        totals=_totals(activity, column_grades, news, accounts, submission_grades),
        problems=problems,
        coverage=Coverage(len(county.assessed), len(county.assessed) - len(failed), failed),
        unverified={system: tuple(key for key, grade in keys.items() if grade == UNVERIFIED) for system, keys in grades.items()},
        adjustments=used,
    )


def _counted(row: ColumnActivity) -> int:
    return row.published if row.column.cycle.period else 0


def _columns(county: County, rows: Sequence[ColumnActivity], content: _Content, adjusted: Mapping[str, str]) -> tuple[tuple[ColumnRow, ...], dict[str, str]]:
    """Annex 1: a unit's grade stands on each of its columns; units by grade, then as configured."""
    groups: dict[str, list[ColumnActivity]] = {}
    for row in rows:
        groups.setdefault(row.column.unit, []).append(row)
    grades = {unit: adjusted.get(f"grade/columns/{unit}") or _column_grade(county, group, content) for unit, group in groups.items()}
    printed = []
    for number, unit in enumerate(sorted(groups, key=lambda unit: _ORDER[grades[unit]]), 1):
        printed += [ColumnRow(number, unit, row.column.name, row.column.cycle.text, _shown(row), grades[unit]) for row in groups[unit]]
    return tuple(printed), grades


def _column_grade(county: County, group: Sequence[ColumnActivity], content: _Content) -> str:
    sources = {row.column.source for row in group}
    if sources & (content.leaks | content.wrong) or any(row.short and row.verified for row in group):
        return FAILED
    if any(row.short and not row.verified for row in group):
        return UNVERIFIED
    surplus = sum(_counted(row) for row in group) - sum(row.owed for row in group)
    return EXCELLENT if surplus >= county.grading.columns.excellent_surplus else PASSED


def _shown(row: ColumnActivity) -> str:
    """更新条数: a number for monthly columns; for longer cycles the month's number if any, 0 if due and unmet, else a stroke."""
    if row.column.cycle.period is None:
        return "/"
    if not row.verified and not row.published:
        return UNVERIFIED if row.due else "/"
    if row.column.cycle.period == "月" or row.published or row.short:
        return str(row.published)
    return "/"


def _news(county: County, activity: Activity, content: _Content, adjusted: Mapping[str, str]) -> tuple[tuple[NewsRow, ...], dict[str, str]]:
    rules = county.grading.news
    grades: dict[str, str] = {}
    for row in activity.news:
        unit = row.news.unit
        if unit in content.news_leaks or unit in content.news_wrong or (row.verified and row.published < rules.owed):
            grade = FAILED
        elif row.published < rules.owed:
            grade = UNVERIFIED
        else:
            grade = EXCELLENT if row.published >= rules.excellent_published and unit not in content.news_slips else PASSED
        grades[unit] = adjusted.get(f"grade/news/{unit}") or grade
    ordered = sorted(activity.news, key=lambda row: (_ORDER[grades[row.news.unit]], -row.published))
    printed = []
    for number, row in enumerate(ordered, 1):
        uploaded = UNVERIFIED if row.uploaded is None else str(row.uploaded)
        published = UNVERIFIED if not row.verified and row.published < rules.owed else str(row.published)
        printed.append(NewsRow(number, row.news.unit, uploaded, published, grades[row.news.unit]))
    return tuple(printed), grades


_COMPLAINTS = {"repost-shortfall": "应转载信息数量不足", "original-shortfall": "原创信息更新数量不足"}
_LEAK, _WRONG = "信息内容存在隐私泄露", "信息内容存在固定表述错误"


def _accounts(county: County, activity: Activity, content: _Content, adjusted: Mapping[str, str]) -> tuple[tuple[AccountRow, ...], dict[str, str]]:
    rules = county.grading.accounts
    rows = []
    for row in activity.accounts:
        key = row.account.key
        complaints = _account_complaints(row, activity.recommended, county, content)
        grade = PASSED
        if complaints:
            grade = FAILED
        elif not row.verified:
            grade = UNVERIFIED
        elif row.originals >= rules.owed_originals + rules.excellent_surplus:
            grade = EXCELLENT
        grade = adjusted.get(f"grade/accounts/{key}") or grade
        reposts = row.reposted + row.other
        rows.append(
            AccountRow(
                0, row.account.platform, row.account.name, rules.owed_originals, row.originals, activity.recommended, row.reposted,
                reposts, row.other, row.originals + reposts, _written(complaints) if row.verified or complaints else UNVERIFIED, grade,
            )
        )  # fmt: skip
    grades = {f"{row.platform}/{row.name}": row.grade for row in rows}
    ordered = sorted(rows, key=lambda row: (_ORDER[row.grade], -row.originals))
    return tuple(replace(row, number=number) for number, row in enumerate(ordered, 1)), grades


def _account_complaints(row: AccountActivity, recommended: int, county: County, content: _Content) -> list[str]:
    complaints = []
    for kind in account_complaints(row, recommended, county.grading.accounts):
        if kind == "account-silent":
            assert row.silence
            complaints.append(f"{row.silence.start}至{row.silence.end}信息未更新")
        else:
            complaints.append(_COMPLAINTS[kind])
    if row.account.source in content.leaks:
        complaints.append(_LEAK)
    if row.account.source in content.wrong:
        complaints.append(_WRONG)
    return complaints


def _written(complaints: Sequence[str]) -> str:
    """The cell 存在突出问题: 无; a lone silence or content fault without a full stop, as the county writes it."""
    if not complaints:
        return "无"
    if len(complaints) > 1:
        return "；".join(complaints) + "。"
    return complaints[0] + ("。" if complaints[0] in _COMPLAINTS.values() else "")


def _submissions(activity: Activity, adjusted: Mapping[str, str]) -> tuple[tuple[SubmissionRow, ...], dict[str, str]]:
    rows = []
    grades: dict[str, str] = {}
    for number, row in enumerate(activity.submissions, 1):
        unit = row.duty.unit
        if row.received is None and not row.verified:
            on_time, in_form, grade = UNVERIFIED, "", UNVERIFIED
        else:
            on_time = "是" if row.on_time else "否"
            in_form = "" if row.in_form is None else "是" if row.in_form else "否"
            grade = PASSED if row.on_time and row.in_form else FAILED
        grade = adjusted.get(f"grade/submissions/{unit}") or grade
        rows.append(SubmissionRow(number, unit, row.duty.column, row.duty.content, row.duty.cycle, on_time, in_form, grade))
        worse = {PASSED: 0, UNVERIFIED: 1, FAILED: 2}
        grades[unit] = max(grades.get(unit, grade), grade, key=lambda grade: worse.get(grade, 0))
    return tuple(rows), grades


def _events(county: County, rows: Sequence[EventActivity], adjusted: Mapping[str, str]) -> tuple[tuple[EventRow, ...], dict[str, str], list[tuple[str, str]]]:
    """Annex 5: the group's grade on each of its rows, 合计 where a group has several types; then the grand total, ungraded."""
    groups: dict[tuple[str, str], list[EventActivity]] = {}
    for row in rows:
        groups.setdefault((row.duty.platform, row.duty.unit), []).append(row)
    platforms: dict[str, int] = {}
    for _, unit in groups:
        platforms[unit] = platforms.get(unit, 0) + 1
    printed: list[EventRow] = []
    grades: dict[str, str] = {}
    unhandled = []
    for (platform, unit), group in groups.items():
        key = unit if platforms[unit] == 1 else f"{platform}/{unit}"
        grade = grades[key] = adjusted.get(f"grade/events/{key}") or _event_grade(county, group)
        if grade == FAILED:
            unhandled.append((platform, unit))
        printed += [_event_row(platform, unit, row.duty.type, [row], grade) for row in group]
        if len(group) > 1:
            printed.append(_event_row(platform, unit, SUM, group, grade))
    if printed:
        printed.append(_event_row(SUM, "", "", rows, ""))
    return tuple(printed), grades, unhandled


def _event_grade(county: County, group: Sequence[EventActivity]) -> str:
    if not all(row.verified for row in group):
        return UNVERIFIED
    rules = county.grading.events
    accepted, closed = sum(row.accepted for row in group), sum(row.closed for row in group)
    pending = sum(row.generated - row.accepted - row.discarded for row in group)
    if accepted == 0:
        return FAILED if pending else PASSED
    for percent, grade in ((rules.excellent, EXCELLENT), (rules.good, GOOD), (rules.passing, PASSED)):
        if closed * 100 >= percent * accepted:
            return grade
    return FAILED


def _event_row(platform: str, unit: str, kind: str, group: Sequence[EventActivity], grade: str) -> EventRow:
    generated, accepted = sum(row.generated for row in group), sum(row.accepted for row in group)
    discarded, closed = sum(row.discarded for row in group), sum(row.closed for row in group)
    return EventRow(platform, unit, kind, generated, accepted, discarded, closed, closing_rate(closed, accepted), grade)


def closing_rate(closed: int, accepted: int) -> str:
    """办结率 with two decimals, half up; `0` where nothing was accepted."""
    if accepted == 0:
        return "0"
    hundredths = (closed * 100_00 * 2 + accepted) // (2 * accepted)
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def _totals(
    activity: Activity, column_grades: Mapping[str, str], news: Sequence[NewsRow], accounts: Sequence[AccountRow], submissions: Mapping[str, str]
) -> dict[str, dict[str, int]]:
    events = activity.events
    return {
        "columns": {"units": len(column_grades), "posts": sum(_counted(row) for row in activity.columns)},
        "news": {
            "units": len(news),
            "uploaded": sum(row.uploaded or 0 for row in activity.news),
            "published": sum(row.published for row in activity.news),
        },
        "accounts": {
            "accounts": len(accounts),
            "posts": sum(row.total for row in accounts),
            "originals": sum(row.originals for row in accounts),
            "reposts": sum(row.reposts for row in accounts),
        },
        "submissions": {"units": len(submissions)},
        "events": {
            "generated": sum(row.generated for row in events),
            "accepted": sum(row.accepted for row in events),
            "discarded": sum(row.discarded for row in events),
            "closed": sum(row.closed for row in events),
            "pending": sum(row.generated - row.accepted - row.discarded for row in events),
        },
    }
