"""The month for programs: assessment.json, findings.jsonl and the five annex csv files, as the contract words them."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from core.assessment import Assessment
from core.calendar import shanghai
from core.records import Finding
from reports.tables import Table

FINDING_KEYS = (
    "id",
    "rule",
    "severity",
    "unit",
    "source",
    "url",
    "title",
    "file",
    "where",
    "start",
    "end",
    "masked",
    "message",
    "suggestion",
    "reasons",
)


def assessment_data(assessment: Assessment) -> dict[str, Any]:
    """The assessment as the contract's plain values."""
    coverage = assessment.coverage
    return {
        "county": assessment.county,
        "period": str(assessment.month),
        "generated_at": shanghai(assessment.generated_at).isoformat(timespec="seconds"),
        "rules_version": assessment.rules_version,
        "coverage": {
            "planned": coverage.planned,
            "collected": coverage.collected,
            "failed": [{"source": source, "reason": reason} for source, reason in coverage.failed],
        },
        "totals": {system: dict(figures) for system, figures in assessment.totals.items()},
        "grades": {system: dict(grades) for system, grades in assessment.grades.items()},
        "problems": [
            {
                "group": problem.group,
                "kind": problem.kind,
                "units": list(problem.units),
                "account": problem.account,
                "text": problem.text,
                "findings": list(problem.findings),
            }
            for problem in assessment.problems
        ],
    }


def assessment_json(assessment: Assessment) -> bytes:
    """assessment.json, UTF-8, Chinese readable."""
    return (json.dumps(assessment_data(assessment), ensure_ascii=False, indent=2) + "\n").encode()


def finding_data(finding: Finding) -> dict[str, Any]:
    """A finding as the contract's plain values; what does not apply is None."""
    return {key: list(finding.reasons) if key == "reasons" else getattr(finding, key) for key in FINDING_KEYS}


def findings_jsonl(findings: Sequence[Finding]) -> bytes:
    """findings.jsonl: one finding a line."""
    return "".join(json.dumps(finding_data(finding), ensure_ascii=False) + "\n" for finding in findings).encode()


def annex_csv(table: Table) -> bytes:
    """An annex as UTF-8 csv without a byte-order mark, lines ended by LF."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows((table.header, *table.rows))
    return text.getvalue().encode()
