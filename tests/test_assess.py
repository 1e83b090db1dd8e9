"""The rules of grading, against the county's real month and every edge the readings settle."""

import csv
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.activity import (
    AccountActivity,
    Activity,
    ColumnActivity,
    EventActivity,
    NewsActivity,
    PaperActivity,
    Silence,
    SubmissionActivity,
)
from core.assessment import Assessment
from core.calendar import Cycle, Month
from core.config import SHARED, County, load_county
from core.records import Account, Column, EventDuty, Finding, NewsUnit, PaperDuty, SubmissionDuty, Verdict
from reports.assess import assess, closing_rate

DATA = Path(__file__).parent / "data" / "seed"
NOW = datetime(2023, 11, 23, tzinfo=UTC)
OCTOBER = Month(2023, 10)


@pytest.fixture(scope="module")
def county() -> County:
    return load_county(SHARED / "meixian")


def judge(county: County, findings: Sequence[Finding] = (), verdicts: Sequence[Verdict] = (), **activity: object) -> Assessment:
    return assess(county, Activity(OCTOBER, 9, **activity), findings, {}, verdicts, NOW, "test")  # type: ignore[arg-type]


def column(
    count: int, cycle: str = "1条/月", *, earlier: int = 0, month: Month = OCTOBER, unit: str = "县甲局", name: str = "栏目", verified: bool = True
) -> ColumnActivity:
    parsed = Cycle.parse(cycle)
    due = parsed.is_due(month)
    owed = max(0, parsed.count - earlier) if due else 0
    return ColumnActivity(Column(unit, name, parsed, f"column/{unit}/{name}"), count, earlier, due, owed, verified)


def account(
    originals: int, reposted: int = 9, other: int = 0, *, platform: str = "微信订阅号", silence: tuple[str, str] | None = None, verified: bool = True
) -> AccountActivity:
    run = Silence(date.fromisoformat(silence[0]), date.fromisoformat(silence[1])) if silence else None
    return AccountActivity(Account(platform, "号", "县甲局", f"account/{platform}/号"), originals, reposted, other, run, verified)


def finding(source: str, rule: str = "privacy/resident-id", severity: str = "veto", unit: str = "县甲局") -> Finding:
    return Finding(rule, severity, "m", unit=unit, source=source, url="http://x/1", title="t", masked="610326********1238", suggestion="s")  # type: ignore[arg-type]


def events(*figures: tuple[int, int, int, int], unit: str = "甲镇", platform: str = "平台") -> tuple[EventActivity, ...]:
    return tuple(EventActivity(EventDuty(platform, unit, f"类型{n}"), *row) for n, row in enumerate(figures))


# --- annex 1 ---


@pytest.mark.parametrize(
    ("row", "shown", "grade"),
    [
        (column(1), "1", "合格"),
        (column(0), "0", "不合格"),
        (column(6), "6", "优秀"),
        (column(5), "5", "合格"),
        (column(0, "实时更新"), "/", "合格"),
        (column(9, "实时更新"), "/", "合格"),
        (column(0, "1条/季度"), "/", "合格"),
        (column(2, "1条/季度"), "2", "合格"),
        (column(5, "1条/季度"), "5", "优秀"),
        (column(0, "1条/季度", month=Month(2023, 12)), "0", "不合格"),
        (column(0, "1条/季度", earlier=1, month=Month(2023, 12)), "/", "合格"),
        (column(1, "3条/季度", earlier=1, month=Month(2023, 12)), "1", "不合格"),
        (column(0, "1条/年", month=Month(2023, 12)), "0", "不合格"),
        (column(0, verified=False), "未能核实", "未能核实"),
        (column(2, verified=False), "2", "合格"),
        (column(0, "1条/季度", verified=False), "/", "合格"),
    ],
)
def test_a_column_is_shown_and_graded(county: County, row: ColumnActivity, shown: str, grade: str) -> None:
    result = judge(county, columns=(row,))
    assert (result.columns[0].shown, result.columns[0].grade) == (shown, grade)
    assert [problem.kind for problem in result.problems] == (["column-not-updated"] if grade == "不合格" else [])


@pytest.mark.parametrize(
    ("rule", "severity", "grade", "kinds"),
    [
        ("privacy/resident-id", "veto", "不合格", ["privacy-leak"]),
        ("privacy/mobile", "error", "不合格", ["privacy-leak"]),
        ("privacy/mobile", "info", "优秀", []),
        ("expression/region-xinjiang", "veto", "不合格", ["wrong-expression"]),
        ("expression/region-xinjiang", "warning", "优秀", []),
        ("typo/bushu", "error", "优秀", []),
        ("link/dead", "warning", "优秀", []),
    ],
)
def test_content_grades_columns(county: County, rule: str, severity: str, grade: str, kinds: list[str]) -> None:
    result = judge(county, [finding("column/县甲局/栏目", rule, severity)], columns=(column(9),))
    assert result.grades["columns"]["县甲局"] == grade
    assert [problem.kind for problem in result.problems] == kinds


# --- annex 2 ---


@pytest.mark.parametrize(
    ("uploaded", "published", "verified", "findings", "cells", "grade"),
    [
        (5, 5, True, [], ("5", "5"), "优秀"),
        (4, 4, True, [], ("4", "4"), "合格"),
        (2, 0, True, [], ("2", "0"), "不合格"),
        (0, 0, False, [], ("0", "未能核实"), "未能核实"),
        (None, 1, True, [], ("未能核实", "1"), "合格"),
        (5, 5, True, ["typo/bushu"], ("5", "5"), "合格"),
        (5, 5, True, ["expression/region-xinjiang"], ("5", "5"), "不合格"),
        (5, 5, True, ["privacy/resident-id"], ("5", "5"), "不合格"),
    ],
)
def test_news_is_graded(county: County, uploaded: int | None, published: int, verified: bool, findings: list[str], cells: tuple[str, str], grade: str) -> None:
    source = county.news[0].source
    rows = (NewsActivity(NewsUnit("县甲局", source), uploaded, published, verified),)
    result = judge(county, [finding(source, rule, "error") for rule in findings], news=rows)
    assert (result.news[0].uploaded, result.news[0].published) == cells
    assert result.grades["news"]["县甲局"] == grade


def test_units_without_news_are_one_problem(county: County) -> None:
    source = county.news[0].source
    rows = tuple(NewsActivity(NewsUnit(unit, source), 0, count) for unit, count in (("甲镇", 0), ("乙镇", 1), ("丙镇", 0)))
    problems = judge(county, news=rows).problems
    assert [(problem.kind, problem.units) for problem in problems] == [("no-news", ("甲镇", "丙镇"))]


# --- annex 3 ---


@pytest.mark.parametrize(
    ("row", "cell", "grade"),
    [
        (account(14), "无", "优秀"),
        (account(13), "无", "合格"),
        (account(3), "原创信息更新数量不足。", "不合格"),
        (account(20, 4), "应转载信息数量不足。", "不合格"),
        (account(20, 5), "无", "优秀"),
        (account(20, 0, platform="微信服务号"), "无", "优秀"),
        (account(20, 0, platform="抖音号"), "无", "优秀"),
        (account(20, silence=("2023-10-02", "2023-10-08")), "无", "优秀"),
        (account(20, silence=("2023-10-02", "2023-10-09")), "2023-10-02至2023-10-09信息未更新", "不合格"),
        (account(20, silence=("2023-09-28", "2023-10-05")), "2023-09-28至2023-10-05信息未更新", "不合格"),
        (account(20, 0, platform="抖音号", silence=("2023-10-09", "2023-10-22")), "无", "优秀"),
        (account(20, 0, platform="抖音号", silence=("2023-10-09", "2023-10-23")), "2023-10-09至2023-10-23信息未更新", "不合格"),
        (account(1, 9, silence=("2023-10-09", "2023-10-31")), "2023-10-09至2023-10-31信息未更新", "不合格"),
        (account(1, 3, silence=("2023-10-09", "2023-10-31")), "2023-10-09至2023-10-31信息未更新；应转载信息数量不足。", "不合格"),
        (account(3, 3), "应转载信息数量不足；原创信息更新数量不足。", "不合格"),
        (account(0, 0, silence=("2023-10-01", "2023-10-31"), verified=False), "未能核实", "未能核实"),
    ],
)
def test_an_account_is_judged(county: County, row: AccountActivity, cell: str, grade: str) -> None:
    result = judge(county, accounts=(row,))
    assert (result.accounts[0].problems, result.accounts[0].grade) == (cell, grade)
    assert result.accounts[0].total == row.originals + row.reposted + row.other


def test_content_of_an_account_joins_its_problems(county: County) -> None:
    configured = county.accounts[0]
    row = replace(account(20, 3), account=configured)
    findings = [finding(configured.source, unit=configured.unit), finding(configured.source, "expression/region-xinjiang", unit=configured.unit)]
    result = judge(county, findings, accounts=(row,))
    assert result.accounts[0].problems == "应转载信息数量不足；信息内容存在隐私泄露；信息内容存在固定表述错误。"
    assert {(p.kind, p.account, p.units) for p in result.problems} == {
        ("privacy-leak", configured.key, (configured.unit,)),
        ("wrong-expression", configured.key, (configured.unit,)),
        ("repost-shortfall", configured.key, (configured.unit,)),
    }


def test_accounts_stand_by_grade_then_originals_then_configuration(county: County) -> None:
    rows = tuple(replace(account(n), account=Account("微信订阅号", f"号{i}", "县甲局", f"a/{i}")) for i, n in enumerate((4, 20, 4, 3, 30)))
    assert [row.name for row in judge(county, accounts=rows).accounts] == ["号4", "号1", "号0", "号2", "号3"]


# --- annexes 4 and 5 ---

SHEET = SubmissionDuty("县甲局", "栏", "表", "月", "表.xlsx", ("a",))


@pytest.mark.parametrize(
    ("received", "on_time", "in_form", "verified", "cells", "grade", "kinds"),
    [
        (date(2023, 10, 25), True, True, True, ("是", "是"), "合格", []),
        (date(2023, 11, 2), False, True, True, ("否", "是"), "不合格", ["submission-missing"]),
        (date(2023, 10, 25), True, False, True, ("是", "否"), "不合格", ["submission-malformed"]),
        (None, False, None, True, ("否", ""), "不合格", ["submission-missing"]),
        (None, False, None, False, ("未能核实", ""), "未能核实", []),
    ],
)
def test_a_sheet_is_graded(
    county: County, received: date | None, on_time: bool, in_form: bool | None, verified: bool, cells: tuple[str, str], grade: str, kinds: list[str]
) -> None:
    result = judge(county, submissions=(SubmissionActivity(SHEET, received, on_time, in_form, "", verified),))
    assert (result.submissions[0].on_time, result.submissions[0].in_form) == cells
    assert result.grades["submissions"] == {"县甲局": grade}
    assert [problem.kind for problem in result.problems] == kinds


def test_a_unit_is_as_good_as_its_worst_sheet(county: County) -> None:
    good = SubmissionActivity(SHEET, date(2023, 10, 25), True, True)
    bad = SubmissionActivity(replace(SHEET, content="另一表"), None, False, None)
    for rows in ((good, bad), (bad, good)):
        result = judge(county, submissions=rows)
        assert result.grades["submissions"] == {"县甲局": "不合格"}
        assert sorted(row.grade for row in result.submissions) == ["不合格", "合格"]


@pytest.mark.parametrize(
    ("figures", "rate", "grade"),
    [
        ((100, 100, 0, 85), "85.00%", "优秀"),
        ((10000, 10000, 0, 8499), "84.99%", "良好"),
        ((100, 100, 0, 70), "70.00%", "良好"),
        ((1000, 1000, 0, 699), "69.90%", "合格"),
        ((100, 100, 0, 60), "60.00%", "合格"),
        ((100, 100, 0, 59), "59.00%", "不合格"),
        ((100000, 100000, 0, 84999), "85.00%", "良好"),
        ((0, 0, 0, 0), "0", "合格"),
        ((340, 0, 340, 0), "0", "合格"),
        ((15, 0, 1, 0), "0", "不合格"),
        ((5, 5, 0, 0), "0.00%", "不合格"),
        ((3, 3, 0, 2), "66.67%", "合格"),
    ],
)
def test_events_are_graded_on_the_exact_ratio(county: County, figures: tuple[int, int, int, int], rate: str, grade: str) -> None:
    result = judge(county, events=events(figures))
    assert (result.events[0].rate, result.events[0].grade) == (rate, grade)
    assert [row.type for row in result.events] == ["类型0", ""]
    assert [problem.kind for problem in result.problems] == (["events-unhandled"] if grade == "不合格" else [])


def test_several_types_have_a_sum_and_share_the_grade(county: County) -> None:
    result = judge(county, events=events((10, 10, 0, 0), (90, 90, 0, 90)))
    assert [(row.type, row.rate, row.grade) for row in result.events] == [
        ("类型0", "0.00%", "优秀"),
        ("类型1", "100.00%", "优秀"),
        ("合计", "90.00%", "优秀"),
        ("", "90.00%", ""),
    ]


def test_a_unit_on_two_platforms_has_two_grades(county: County) -> None:
    rows = events((10, 10, 0, 10), platform="甲平台") + events((10, 10, 0, 0), platform="乙平台")
    assert judge(county, events=rows).grades["events"] == {"甲平台/甲镇": "优秀", "乙平台/甲镇": "不合格"}


@pytest.mark.parametrize(("closed", "accepted", "rate"), [(1, 3, "33.33%"), (1, 8, "12.50%"), (1, 800, "0.13%"), (1, 32, "3.13%"), (0, 0, "0")])
def test_rates_round_half_up(closed: int, accepted: int, rate: str) -> None:
    assert closing_rate(closed, accepted) == rate


# --- papers, verdicts ---


@pytest.mark.parametrize(("received", "kinds"), [(date(2023, 10, 31), []), (date(2023, 11, 1), ["paper-missing"]), (None, ["paper-missing"])])
def test_papers(county: County, received: date | None, kinds: list[str]) -> None:
    duty = PaperDuty("甲园区", "工作总结")
    result = judge(county, papers=(PaperActivity(duty, duty.due(OCTOBER), received),))
    assert [problem.kind for problem in result.problems] == kinds


def test_a_person_can_overrule_a_grade(county: County) -> None:
    verdict = Verdict("grade/columns/县甲局", "合格", "系统维护期间", "张主任", NOW)
    result = judge(county, verdicts=[verdict], columns=(column(0),))
    assert result.grades["columns"] == {"县甲局": "合格"}
    assert result.adjustments == (verdict,)


def test_failed_sources_are_listed(county: County) -> None:
    coverage = judge(county, failed={"column/县甲局/栏目": "打不开"}).coverage
    assert (coverage.planned, coverage.collected) == (len(county.sources), len(county.sources) - 1)
    assert coverage.failed == (("column/县甲局/栏目", "打不开"),)


# --- the real month ---


def test_the_columns_of_october_2023(county: County) -> None:
    """The seed's own table: its counts in, its grades and order out."""
    with (DATA / "annex1_columns.csv").open(encoding="utf-8-sig") as file:
        expected = list(csv.DictReader(file))
    by_unit = {unit: [row for row in expected if row["保障单位"] == unit] for unit in dict.fromkeys(column.unit for column in county.columns)}
    rows = [
        column(int(row["更新条数"]) if row["更新条数"] != "/" else 0, row["更新周期"], unit=unit, name=row["保障栏目"])
        for unit, group in by_unit.items()
        for row in group
    ]
    leak = finding("column/县乡村振兴局/扶贫资金信息公开", unit="县乡村振兴局")
    result = judge(county, [leak], columns=tuple(rows))
    assert [(str(r.number), r.unit, r.column, r.cycle, r.shown, r.grade) for r in result.columns] == [tuple(row.values()) for row in expected]
    assert result.totals["columns"] == {"units": 40, "posts": 102}
