"""What stands before every page: security headers, who is asking, whether this page is theirs, which month they look at."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from core.calendar import Month
from core.config import County
from service.desk import clock, county
from service.desk.access import Person, roles_of

API = "/api/"  # the API has its own keys, one per unit
_STATIC = settings.STATIC_URL
Answer = Callable[[HttpRequest], HttpResponseBase]


class SecurityHeaders:
    """Content-Security-Policy and its companions on every answer; a view may set a stricter or wider policy of its own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", settings.CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith(_STATIC):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Desk:
    """Gives the request its person and month, and lets nobody past a view that does not name their role."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.person = None  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> HttpResponse | None:
        if request.path.startswith(API):
            return None
        roles = roles_of(view)
        if roles is None:
            raise PermissionDenied(f"no role declared for {view}")
        person = _person(request)
        request.person, request.month = person, _month(request, county.current())  # type: ignore[attr-defined]
        if not roles:
            return None
        if person is None:
            return _to_login(request)
        if person.must_change and request.resolver_match and request.resolver_match.url_name not in ("password", "logout"):
            return redirect("password")
        if person.role not in roles:
            raise PermissionDenied
        return None


def _person(request: HttpRequest) -> Person | None:
    from service.desk.models import Profile

    if not request.user.is_authenticated:
        return None
    here = county.current()
    profile = Profile.objects.filter(user=request.user, county=here.id).first()
    if profile is None:
        raise PermissionDenied
    return Person(request.user, here, profile.role, profile.unit, profile.must_change)  # type: ignore[arg-type]


def _to_login(request: HttpRequest) -> HttpResponse:
    """The login page, and back again; a part asked for by htmx sends the whole window there."""
    login = reverse("login")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response.headers["HX-Redirect"] = login
        return response
    here = request.get_full_path()
    return redirect(login if request.method != "GET" or here == "/" else f"{login}?{urlencode({'next': here})}")


def default_month(today: date, issue_day: int) -> Month:
    """The month being closed: the last one until its bulletin is due, then the running one."""
    month = Month.of(today)
    return month.plus(-1) if today.day <= issue_day else month


def _month(request: HttpRequest, here: County) -> Month:
    """The month in the address, else the one chosen last, else the month being closed."""
    given = request.GET.get("month", "")
    try:
        chosen = Month.parse(given or request.session.get("month", ""))
    except (ValueError, TypeError):
        return default_month(clock.today(), here.issue_day)
    if not 2000 <= chosen.year <= 2200:
        return default_month(clock.today(), here.issue_day)
    if given and request.user.is_authenticated and request.session.get("month") != str(chosen):
        request.session["month"] = str(chosen)
    return chosen
