"""The year of a county outside the desk: its issued months as issued, the others as they stand, in the office's own points; written as files."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from core.calendar import Month
from core.errors import ConfigurationError
from reports.ledger_files import csv_of, xlsx_of
from reports.yearly import Fault, MonthFaults, Yearly, ledger, load_yearly
from service.jobs import Night, assess_month


def months_over(year: int, today: date) -> list[Month]:
    """The months of the year that are over."""
    return [month for number in range(1, 13) if (month := Month(year, number)).last < today]


def write_year(night: Night, year: int, months: Sequence[Month], rules_version: str) -> str:
    """Write `ledger.csv` and `ledger.xlsx` of these months; returns where to, and a word on the points when they could not be used."""
    county, told = night.county, ""
    try:
        scheme = load_yearly(county.folder / "yearly.yaml") or Yearly()
    except ConfigurationError:
        scheme, told = Yearly(), "（yearly.yaml 有误，没有计分，请运行 xuncha config check）"
    faults = [_faults(night, month, rules_version) for month in months]
    units = ledger([unit.name for unit in county.units], faults, scheme, lambda name: unit.name if (unit := county.unit(name)) else name)
    folder = night.home / "out" / f"{county.id}-{year}"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in (("ledger.csv", csv_of(units)), ("ledger.xlsx", xlsx_of(faults, units, scheme))):
        partial = folder / f".{name}.part"
        partial.write_bytes(data)
        partial.replace(folder / name)
    return f"{folder}{told}"


def _faults(night: Night, month: Month, rules_version: str) -> MonthFaults:
    frozen = issued(night.county.id, month)
    if frozen is not None:
        problems = (Fault(item["kind"], tuple(item["units"]), item["text"], item.get("account")) for item in frozen["problems"])
        return MonthFaults(month, "issued", tuple(problems))
    assessment, _ = assess_month(night, month, rules_version, night.now)
    return MonthFaults(month, "draft", tuple(Fault(problem.kind, problem.units, problem.text, problem.account) for problem in assessment.problems))


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
