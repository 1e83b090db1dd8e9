"""Who may see what, in one place: roles of a page, and the person whose questions to the store are cut to what they may see.

Every view declares its roles with `@allow(...)` or `@public`; the middleware refuses a view without a declaration. Rows of units are reached
only through `Person.scope` (a queryset) or `Person.sees` (one name): for a unit officer both know the own unit alone.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from core.calendar import Month
from core.config import County
from service.desk.county import names_of
from service.desk.models import ADMINISTRATOR, DIRECTOR, OFFICER, REVIEWER, ROLES

EVERYONE = (ADMINISTRATOR, REVIEWER, DIRECTOR, OFFICER)
OFFICE = (ADMINISTRATOR, REVIEWER, DIRECTOR)  # all but the units
EDITORS = (ADMINISTRATOR, REVIEWER)

View = TypeVar("View", bound=Callable[..., Any])
Rows = TypeVar("Rows", bound=QuerySet[Any])


def allow(*roles: str) -> Callable[[View], View]:
    """Declare who may call a view; also gives its `write` roles when only some may POST."""
    unknown = set(roles) - set(ROLES)
    if unknown or not roles:
        raise ValueError(f"unknown roles: {sorted(unknown)}")

    def declare(view: View) -> View:
        view.desk_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare a view that needs no login."""
    view.desk_roles = frozenset()  # type: ignore[attr-defined]
    return view


def roles_of(view: Callable[..., Any]) -> frozenset[str] | None:
    """The roles a view declares: empty for a public one, None when it declares nothing."""
    return getattr(view, "desk_roles", None)


@dataclass(frozen=True)
class Person:
    """The user at the desk."""

    user: User
    county: County
    role: str
    unit: str
    must_change: bool

    @property
    def name(self) -> str:
        """As shown and as written into verdicts and the log."""
        return self.user.get_full_name() or self.user.get_username()

    @property
    def role_name(self) -> str:
        return ROLES[self.role]

    @property
    def is_officer(self) -> bool:
        return self.role == OFFICER

    @property
    def is_administrator(self) -> bool:
        return self.role == ADMINISTRATOR

    @property
    def edits(self) -> bool:
        """May judge, adjust and issue."""
        return self.role in EDITORS

    @cached_property
    def names(self) -> frozenset[str]:
        """The names of the officer's unit; meaningless for the office."""
        return names_of(self.county, self.unit) if self.unit else frozenset()

    def sees(self, unit: str | None) -> bool:
        """True when rows of this unit are the person's business."""
        return not self.is_officer or (unit is not None and unit in self.names)

    def require(self, unit: str | None) -> None:
        """Refuse with «not found»: an id that belongs to another unit is not even confirmed to exist."""
        if not self.sees(unit):
            raise Http404

    def scope(self, rows: Rows, field: str = "unit") -> Rows:
        """The rows of this county that the person may see."""
        mine = rows.filter(county=self.county.id)
        return mine.filter(**{f"{field}__in": sorted(self.names)}) if self.is_officer else mine

    @cached_property
    def sources(self) -> frozenset[str]:
        """Sources whose posts the person may see: for an officer those that belong to the unit."""
        return frozenset(source.id for source in self.county.sources if self.sees(source.unit))


class DeskRequest(HttpRequest):
    """A request that has passed the desk's middleware: `person` is set for every view that is not public."""

    person: Person
    month: Month
    htmx: Any


def require(condition: bool) -> None:
    """Refuse with 403."""
    if not condition:
        raise PermissionDenied
