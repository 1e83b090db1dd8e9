"""bulletin.html: the bulletin as one self-contained page, each sentence of 存在问题 leading to its evidence."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.assessment import Assessment, Problem
from core.records import SEVERITIES, Finding
from reports.phrases import distinct
from reports.prose import Prose, annex_name
from reports.tables import Table
from reports.wording import Voice

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATES = Path(__file__).parent / "templates"
SHOWN = 30  # findings of one problem that are listed; a name list has thousands
# The annex that shows the figures behind a problem of this kind.
ANNEX_OF: Mapping[str, int] = {
    "column-not-updated": 1,
    "no-news": 2,
    "repost-shortfall": 3,
    "original-shortfall": 3,
    "account-silent": 3,
    "submission-missing": 4,
    "submission-malformed": 4,
    "events-unhandled": 5,
}


SYSTEMS: Mapping[str, str] = {
    "columns": "政府信息公开",
    "news": "各镇快讯、部门动态",
    "accounts": "政务新媒体",
    "submissions": "数据保障",
    "events": "智慧场景",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A problem with the first findings that prove it; `more` were left off, `missing` were not handed over."""

    number: int
    problem: Problem
    findings: tuple[Finding, ...]
    more: int
    missing: int
    annex: int | None


@dataclass(frozen=True, slots=True)
class HtmlCell:
    """A visible cell and what it covers."""

    text: str
    rows: int
    columns: int
    count: bool
    left: bool


@dataclass(frozen=True, slots=True)
class HtmlAnnex:
    number: int
    name: str
    subtitle: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[HtmlCell, ...], ...]


def bulletin_html(assessment: Assessment, findings: Sequence[Finding], prose: Prose, tables: Sequence[Table], voice: Voice) -> bytes:
    """The page, UTF-8; everything that comes from outside is escaped by the template."""
    evidence = _evidence(assessment, findings)
    page = _template().render(
        assessment=assessment,
        prose=prose,
        evidence=evidence,
        annexes=[_annex(table, voice) for table in tables],
        severities=Counter(finding.severity for finding in findings),
        severity_order=SEVERITIES,
        worst={item.number: _worst(item) for item in evidence},
        vetoed=distinct([unit for problem in assessment.problems if problem.kind == "privacy-leak" for unit in problem.units]),
        safe_url=safe_url,
        source_name=voice.source,
        subject_name=lambda subject: _subject_name(subject, voice),
    )
    return page.encode("utf-8", "replace")


def _subject_name(subject: str, voice: Voice) -> str:
    """What a person adjusted, in words: `grade/news/甲镇` is 各镇快讯、部门动态：甲镇."""
    kind, _, rest = subject.partition("/")
    head, _, key = rest.partition("/")
    names: Mapping[str, str] = SYSTEMS if kind == "grade" else {str(name): word for name, word in voice.wording.reasons.items()}
    return f"{names.get(head, head)}：{key.partition('#')[0]}"


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("bulletin.html")


def safe_url(url: str | None) -> str | None:
    """The address when a browser may follow it (http or https), else None."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def _evidence(assessment: Assessment, findings: Sequence[Finding]) -> list[Evidence]:
    known = {finding.id: finding for finding in findings}
    listed = []
    for number, problem in enumerate(assessment.problems, 1):
        found = tuple(known[key] for key in problem.findings if key in known)
        missing = len(problem.findings) - len(found)
        listed.append(Evidence(number, problem, found[:SHOWN], max(0, len(found) - SHOWN), missing, ANNEX_OF.get(problem.kind)))
    return listed


def _worst(item: Evidence) -> str | None:
    present = {finding.severity for finding in item.findings}
    return next((severity for severity in SEVERITIES if severity in present), None)


def _annex(table: Table, voice: Voice) -> HtmlAnnex:
    annex = voice.wording.annexes[table.number - 1]
    return HtmlAnnex(
        number=table.number,
        name=annex_name(voice, table.number),
        subtitle=voice.fill(annex.subtitle) if annex.subtitle else "",
        note=voice.fill(annex.note) if annex.note else "",
        header=table.header,
        rows=_cells(table),
    )


def _cells(table: Table) -> tuple[tuple[HtmlCell, ...], ...]:
    spans: dict[tuple[int, int], Any] = {(span.row, span.column): span for span in table.spans}
    covered = table.covered
    rows = []
    for index, row in enumerate(table.rows):
        cells = []
        for column, text in enumerate(row):
            if (index, column) in covered:
                continue
            span = spans.get((index, column))
            cells.append(HtmlCell(text, span.height if span else 1, span.width if span else 1, column in table.counts, column in table.left))
        rows.append(tuple(cells))
    return tuple(rows)
