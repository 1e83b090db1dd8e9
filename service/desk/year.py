"""The year at the desk: issued bulletins, drafts and the month being closed, put into the ledger by the office's own points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.assessment import Assessment
from core.calendar import Month
from core.config import County
from core.errors import ConfigurationError
from core.store.models import Receipt
from reports.yearly import Fault, MonthFaults, UnitYear, Yearly, ledger, load_yearly
from service.desk import clock, issuing
from service.desk.models import IssuedBulletin
from service.desk.standing import judged
from service.desk.units_now import resolve


@dataclass(frozen=True, slots=True)
class YearView:
    """A year's ledger; `complaint` says what is wrong with `yearly.yaml` when it could not be used."""

    year: int
    months: tuple[MonthFaults, ...]
    units: tuple[UnitYear, ...]
    scheme: Yearly
    complaint: str = ""


def year_of(county: County, year: int) -> YearView:
    """Issued months as issued, others as last drafted; last month, when it was collected and is not issued, as it stands now."""
    scheme, complaint = _scheme(county)
    months: dict[Month, MonthFaults] = {}
    for month in issuing.drafted(county):
        kept = issuing.draft(county, month) if month.year == year else None
        if kept:
            months[month] = MonthFaults(month, "draft", tuple(_frozen(kept.assessment)))
    for row in IssuedBulletin.objects.filter(county=county.id, month__startswith=f"{year}-").order_by("version"):
        month = Month.parse(row.month)
        months[month] = MonthFaults(month, "issued", tuple(_frozen(row.assessment)))
    closing = Month.of(clock.today()).plus(-1)
    due = closing not in months or months[closing].standing == "draft"
    if closing.year == year and due and Receipt.objects.filter(county=county.id).exists():
        months[closing] = MonthFaults(closing, "draft", tuple(_live(judged(county, closing).assessment)))
    ordered = tuple(months[month] for month in sorted(months))
    units = ledger([unit.name for unit in county.units], ordered, scheme, lambda name: resolve(county, name))
    return YearView(year, ordered, units, scheme, complaint)


def years(county: County) -> list[int]:
    """Years that have a bulletin, and this one; the newest first."""
    known = {month.year for month in issuing.drafted(county)}
    known |= {int(month[:4]) for month in IssuedBulletin.objects.filter(county=county.id).values_list("month", flat=True)}
    return sorted(known | {clock.today().year}, reverse=True)


def _scheme(county: County) -> tuple[Yearly, str]:
    path = county.folder / "yearly.yaml"
    try:
        found = load_yearly(path)
    except ConfigurationError as error:
        return Yearly(), str(error)
    return found or Yearly(), "" if found else f"{path.name}：还没有这个文件，所以不计分，只列问题。可参照 config/meixian/yearly.yaml 填写。"


def _frozen(assessment: Mapping[str, Any]) -> Iterable[Fault]:
    for problem in assessment.get("problems", ()):
        yield Fault(problem["kind"], tuple(problem["units"]), problem["text"], problem.get("account"))


def _live(assessment: Assessment) -> Iterable[Fault]:
    for problem in assessment.problems:
        yield Fault(problem.kind, problem.units, problem.text, problem.account)
