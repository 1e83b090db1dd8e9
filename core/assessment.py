"""The month, judged: the frozen record that every writer reads and none computes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from core.calendar import Month
from core.records import Verdict

GRADES = ("优秀", "良好", "合格", "不合格")
UNVERIFIED = "未能核实"

ProblemKind = Literal[
    "privacy-leak",
    "wrong-expression",
    "column-not-updated",
    "no-news",
    "repost-shortfall",
    "original-shortfall",
    "account-silent",
    "paper-missing",
    "submission-missing",
    "submission-malformed",
    "events-unhandled",
]


@dataclass(frozen=True, slots=True)
class Problem:
    """An entry of 二、存在问题; `group` 1 content, 2 updates, 3 duties; `data` carries what its sentence needs (column, days, dates …)."""

    group: int
    kind: ProblemKind
    units: tuple[str, ...]
    account: str | None
    text: str
    findings: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One line of annex 1; `shown` is 更新条数 as printed."""

    number: int
    unit: str
    column: str
    cycle: str
    shown: str
    grade: str


@dataclass(frozen=True, slots=True)
class NewsRow:
    """One line of annex 2; counts as printed (未能核实 where a source could not be collected)."""

    number: int
    unit: str
    uploaded: str
    published: str
    grade: str


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of annex 3. reposts = recommended reposted + other; total = originals + reposts."""

    number: int
    platform: str
    name: str
    owed: int
    originals: int
    recommended: int
    reposted: int
    reposts: int
    other: int
    total: int
    problems: str
    grade: str


@dataclass(frozen=True, slots=True)
class SubmissionRow:
    """One line of annex 4; `on_time`, `in_form` are 是, 否 or empty."""

    number: int
    unit: str
    column: str
    content: str
    cycle: str
    on_time: str
    in_form: str
    grade: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One line of annex 5, printed as 平台 (单位); rows of type 合计 included; the last one, platform 合计 without unit, is the grand total."""

    platform: str
    unit: str
    type: str
    generated: int
    accepted: int
    discarded: int
    closed: int
    rate: str
    grade: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was planned and what could be collected; `failed` = (source, reason) pairs."""

    planned: int
    collected: int
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Assessment:
    """The month, judged. Every writer reads this and computes nothing.

    grades: system → key → grade. totals: system → figure → int, as in the contract. unverified: system → keys that could not be judged.
    adjustments: verdicts of persons that changed a grade or sentence.
    """

    county: str
    month: Month
    generated_at: datetime
    rules_version: str
    columns: tuple[ColumnRow, ...]
    news: tuple[NewsRow, ...]
    accounts: tuple[AccountRow, ...]
    submissions: tuple[SubmissionRow, ...]
    events: tuple[EventRow, ...]
    grades: Mapping[str, Mapping[str, str]]
    totals: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...]
    coverage: Coverage
    unverified: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    adjustments: tuple[Verdict, ...] = ()
