"""What every page shows around itself: the menu of the person's role, the county, the months to choose from."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from core.calendar import Month
from service.desk import clock
from service.desk.access import EVERYONE, OFFICE
from service.desk.models import ADMINISTRATOR, OFFICER

_MONTHS = 18


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: the URL's name, its word, its sign (an id in icons.svg), who sees it."""

    name: str
    word: str
    sign: str
    roles: tuple[str, ...]


MENU = (
    Entry("today", "今日", "today", EVERYONE),
    Entry("findings", "问题", "findings", EVERYONE),
    Entry("units", "单位", "units", OFFICE),
    Entry("my-unit", "本单位", "units", (OFFICER,)),
    Entry("accounts", "账号", "accounts", OFFICE),
    Entry("columns", "栏目", "columns", OFFICE),
    Entry("precheck", "发布前检查", "precheck", EVERYONE),
    Entry("bulletins", "通报", "bulletin", OFFICE),
    Entry("year", "年度", "year", OFFICE),
    Entry("config", "配置", "config", OFFICE),
    Entry("runs", "运行", "runs", OFFICE),
    Entry("users", "用户", "users", (ADMINISTRATOR,)),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """For the templates: person, menu, month, months, today."""
    person = getattr(request, "person", None)
    if person is None:
        return {"person": None}
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    lines = [(entry, url) for entry in MENU if person.role in entry.roles and (url := _url(entry.name))]
    month: Month = request.month  # type: ignore[attr-defined]
    return {
        "person": person,
        "county": person.county,
        "menu": [{"word": entry.word, "sign": entry.sign, "url": url, "here": _is_here(entry.name, here)} for entry, url in lines],
        "month": month,
        "months": _months(month),
        "today": clock.today(),
    }


def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


_PARTS = {"finding": "findings", "units": "units", "user": "users", "unit": "units", "account": "accounts", "column": "columns", "bulletin": "bulletins"}


def _is_here(entry: str, here: str) -> bool:
    """True for the entry's page and the pages below it (`finding-evidence` is below `findings`)."""
    head = here.split("-")[0]
    return here == entry or head == entry or _PARTS.get(head) == entry


def _months(chosen: Month) -> list[Month]:
    newest = Month.of(clock.today())
    months = [newest.plus(-back) for back in range(_MONTHS)]
    return months if chosen in months else sorted([*months, chosen], reverse=True)
