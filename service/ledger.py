"""The year's ledger: for each unit and month its grades, problems and vetoes, from what was issued where a bulletin was issued, else from the draft."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.assessment import GRADES, UNVERIFIED
from core.calendar import Month
from core.config import County

_COLUMNS = ("单位", "月份", *GRADES, UNVERIFIED, "存在问题", "一票否决")


@dataclass(slots=True)
class Line:
    """One unit's month: how often each grade was given, the problems it is named in, how many of them are vetoes."""

    unit: str
    month: str
    grades: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*GRADES, UNVERIFIED), 0))
    problems: list[str] = field(default_factory=list)
    vetoes: int = 0

    @property
    def cells(self) -> tuple[str | int, ...]:
        return (self.unit, self.month, *self.grades.values(), len(self.problems), self.vetoes)


def ledger(county: County, months: Sequence[Mapping[str, Any]], vetoes: frozenset[str]) -> list[Line]:
    """Lines by unit and month. `months`: the contract's assessment.json of each; `vetoes`: ids of findings of severity veto."""
    owners = {account.key: account.unit for account in county.accounts}
    lines: dict[tuple[str, str], Line] = {}

    def line(name: str, month: str) -> Line:
        unit = county.unit(name)
        first = unit.name if unit else name
        return lines.setdefault((first, month), Line(first, month))

    for assessment in months:
        period = str(assessment["period"])
        for system, grades in assessment["grades"].items():
            for key, grade in grades.items():
                counts = line(owners.get(key, key) if system == "accounts" else key, period).grades
                counts[grade] = counts.get(grade, 0) + 1
        for problem in assessment["problems"]:
            veto = any(finding in vetoes for finding in problem["findings"])
            named = [line(unit, period) for unit in problem["units"]]
            for item in {id(one): one for one in named}.values():
                item.problems.append(problem["text"])
                item.vetoes += veto
    return [lines[key] for key in sorted(lines)]


def issued(county: str, month: Month) -> Mapping[str, Any] | None:
    """The assessment frozen in the latest issued version of the month's bulletin; the desk's table is read when it exists."""
    from django.db import connection

    if "desk_issuedbulletin" not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT assessment FROM desk_issuedbulletin WHERE county = %s AND month = %s ORDER BY version DESC LIMIT 1", [county, str(month)])
        row = cursor.fetchone()
    if row is None:
        return None
    frozen: Mapping[str, Any] = json.loads(row[0]) if isinstance(row[0], str) else row[0]
    return frozen


def veto_ids(county: str) -> frozenset[str]:
    """Every finding that was a veto, closed ones included: a leak that was taken down was a leak."""
    from core.store.models import Finding

    return frozenset(Finding.objects.filter(county=county, severity="veto").values_list("uid", flat=True))


def write_ledger(lines: Sequence[Line], folder: Path) -> None:
    """`ledger.csv` for people (with the mark by which Excel knows UTF-8) and `ledger.json` for programs, each whole or not at all."""
    from reports.files import _write

    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *(line.cells for line in lines)])
    _write(folder / "ledger.csv", text.getvalue().encode("utf-8-sig"))
    data = [{"unit": line.unit, "month": line.month, "grades": line.grades, "problems": line.problems, "vetoes": line.vetoes} for line in lines]
    _write(folder / "ledger.json", (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode())
