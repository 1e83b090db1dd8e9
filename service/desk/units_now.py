"""Each unit's standing in a month: grades, problems, what is owed, what is open; all units in a handful of questions to the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count

from core.assessment import Assessment, Problem
from core.config import County
from core.records import SEVERITIES
from core.store.models import Finding
from reports.yearly import told_of
from service.desk.access import Person
from service.desk.duties import Duty, duties
from service.desk.finding_list import OPEN
from service.desk.standing import Judged

SYSTEMS = {"columns": "政府信息公开", "news": "快讯动态", "accounts": "政务新媒体", "submissions": "数据报送", "events": "智慧场景"}
_BAD = ("不合格", "未能核实", "合格", "良好", "优秀")


@dataclass
class UnitNow:
    """A unit in a month; `grades` system → grade (the worst where it has several), `open` severity → findings."""

    name: str
    grades: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    duties: list[Duty] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)

    @property
    def owed(self) -> list[Duty]:
        """What is still to be done, the most pressing first."""
        return sorted((duty for duty in self.duties if duty.owed), key=lambda duty: (duty.deadline or date.max, duty.state != "late"))

    @property
    def late(self) -> int:
        return sum(duty.state == "late" for duty in self.duties)

    @property
    def unknown(self) -> int:
        return sum(duty.state == "unknown" for duty in self.duties)

    @property
    def next(self) -> Duty | None:
        """The next thing that is due and can still be done in time."""
        return next((duty for duty in self.owed if duty.state == "open" and duty.deadline), None)

    @property
    def serious(self) -> int:
        return self.open.get("veto", 0) + self.open.get("error", 0)


def units_now(person: Person, month: Judged, today: date) -> dict[str, UnitNow]:
    """Every unit of the county that the person may see, by its first name, in the order of the configuration."""
    county = person.county
    units = {unit.name: UnitNow(unit.name) for unit in county.units if person.sees(unit.name)}
    for system, name, grade in _graded(county, month.assessment):
        if name in units:
            known = units[name].grades.get(system, grade)
            units[name].grades[system] = min(known, grade, key=_BAD.index)
    for problem in month.assessment.problems:
        for name in dict.fromkeys(resolve(county, unit) for unit in problem.units):
            if name in units:
                units[name].problems.append(problem)
    for duty in duties(county, month.counted.activity, month.counted.posts, today):
        name = resolve(county, duty.unit)
        if name in units:
            units[name].duties.append(duty)
    for name, counts in _open(person).items():
        if name in units:
            units[name].open = dict(counts)
    return units


def resolve(county: County, name: str) -> str:
    """The unit's first name for any of its names; a stranger keeps its own."""
    unit = county.unit(name)
    return unit.name if unit else name


def told_to(county: County, problem: Problem, unit: str) -> str:
    """A problem told of this unit alone, where it names others too."""
    mine = next((name for name in problem.units if county.same_unit(name, unit)), unit)
    return told_of(problem.kind, problem.text, problem.units, mine)


def _graded(county: County, assessment: Assessment) -> list[tuple[str, str, str]]:
    """(system, unit's first name, grade) of every grade given."""
    owners = {account.key: account.unit for account in county.accounts}
    platforms = {f"{row.platform}/{row.unit}": row.unit for row in assessment.events}
    found = []
    for system, grades in assessment.grades.items():
        for key, grade in grades.items():
            unit = owners.get(key, key) if system == "accounts" else platforms.get(key, key) if system == "events" else key
            found.append((system, resolve(county, unit), grade))
    return found


def _open(person: Person) -> Mapping[str, Mapping[str, int]]:
    rows = person.scope(Finding.objects.filter(state__in=OPEN)).order_by().values_list("unit", "rank").annotate(Count("pk"))
    units: dict[str, dict[str, int]] = {}
    for unit, rank, count in rows:
        counts = units.setdefault(resolve(person.county, unit or ""), {})
        severity = SEVERITIES[rank]
        counts[severity] = counts.get(severity, 0) + count
    return units
