"""The year's ledger: what each month's problems cost a unit, its vetoes, its place among all. Pure but for `load_yearly`, which reads the office's own points."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.assessment import ProblemKind
from core.calendar import Month
from core.errors import ConfigurationError
from reports.kinds import KINDS
from reports.wording import complaints, read_yaml

Points = Annotated[Decimal, Field(ge=0, le=1000, max_digits=7, decimal_places=3)]
Standing = Literal["issued", "draft"]


class Yearly(BaseModel):
    """`yearly.yaml`: base and floor of the year's score, points for each problem kind (a kind not named costs nothing), kinds that are a veto.

    `sample` is true while the values are examples that nobody has confirmed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sample: bool = False
    base: Points = Decimal(100)
    floor: Decimal = Decimal(0)
    points: Mapping[ProblemKind, Points] = {}
    veto: tuple[ProblemKind, ...] = ()

    @model_validator(mode="after")
    def _ordered(self) -> "Yearly":
        if self.floor > self.base:
            raise ValueError(f"floor（{self.floor}）不能大于 base（{self.base}）")
        return self


def load_yearly(path: Path) -> Yearly | None:
    """Read a county's `yearly.yaml`; None where there is none. Raises ConfigurationError with one complaint a line."""
    if not path.exists():
        return None
    data = read_yaml(path)
    if not isinstance(data, Mapping):
        raise ConfigurationError(f"{path}：应是“键: 值”的形式，不能为空")
    try:
        return Yearly.model_validate(data)
    except ValidationError as failure:
        raise ConfigurationError("\n".join(complaints(path, failure))) from None


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem as a bulletin told it."""

    kind: str
    units: tuple[str, ...]
    text: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class MonthFaults:
    """The problems of one month; `standing` is `issued` for what an issued bulletin says, `draft` for what may still change."""

    month: Month
    standing: Standing
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Deduction:
    """One line of the ledger."""

    month: Month
    standing: Standing
    kind: str
    text: str
    points: Decimal
    veto: bool


@dataclass(frozen=True, slots=True)
class UnitYear:
    """A unit's year; `scores` are the score after each counted month, in order."""

    unit: str
    rank: int
    deductions: tuple[Deduction, ...]
    by_month: Mapping[Month, Decimal]
    scores: tuple[tuple[Month, Decimal], ...]
    deducted: Decimal
    score: Decimal
    vetoes: int


def ledger(units: Sequence[str], months: Sequence[MonthFaults], scheme: Yearly, resolve: Callable[[str], str]) -> tuple[UnitYear, ...]:
    """Every unit's year, the best first, those with a veto after all others; equals share a rank. `resolve` turns an annex's name into the unit's."""
    lines: dict[str, list[Deduction]] = {unit: [] for unit in units}
    for month in sorted(months, key=lambda item: item.month):
        for fault in month.faults:
            points, veto = scheme.points.get(fault.kind, Decimal(0)), fault.kind in scheme.veto  # type: ignore[call-overload]
            for unit in dict.fromkeys(resolve(name) for name in fault.units):
                lines.setdefault(unit, []).append(
                    Deduction(month.month, month.standing, fault.kind, told_of(fault.kind, fault.text, fault.units, unit), points, veto)
                )
    counted = [month.month for month in sorted(months, key=lambda item: item.month)]
    years = [_year(unit, deductions, counted, scheme) for unit, deductions in lines.items()]
    return tuple(_ranked(years))


def told_of(kind: str, text: str, units: Sequence[str], unit: str) -> str:
    """A problem that names several units, told of one of them; a sentence that cannot be cut to it (a person wrote it) is told by its kind alone."""
    if len(units) < 2:
        return text
    everyone = "、".join(units)
    told = text.replace(everyone, unit)
    rest = told.replace(unit, "")
    if everyone not in text or any(name in rest for name in units):
        return f"{unit}{KINDS.get(kind, '有问题')}（与其他单位一并列入通报）"
    return told


def _year(unit: str, deductions: Sequence[Deduction], months: Iterable[Month], scheme: Yearly) -> UnitYear:
    by_month = {month: sum((line.points for line in deductions if line.month == month), Decimal(0)) for month in months}
    scores, score = [], scheme.base
    for month, points in by_month.items():
        score = max(scheme.floor, score - points)
        scores.append((month, score))
    vetoes = sum(line.veto for line in deductions)
    return UnitYear(unit, 0, tuple(deductions), by_month, tuple(scores), sum(by_month.values(), Decimal(0)), score, vetoes)


def _ranked(years: Sequence[UnitYear]) -> Iterable[UnitYear]:
    def place(year: UnitYear) -> tuple[int, Decimal]:
        return (year.vetoes, -year.score)

    ordered = sorted(years, key=place)
    rank = 1
    for index, year in enumerate(ordered, 1):
        if index > 1 and place(year) != place(ordered[index - 2]):
            rank = index
        yield UnitYear(year.unit, rank, year.deductions, year.by_month, year.scores, year.deducted, year.score, year.vetoes)
