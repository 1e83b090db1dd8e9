"""配置 → 推荐转载清单: the month's sheet is uploaded, looked at, kept."""

import json

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.calendar import Month
from core.errors import XunchaError
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import page
from service.desk.config.recommended import Item, folder_of, kept, put, read_items
from service.desk.models import ADMINISTRATOR

_SHOWN = 300


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """The lists that are there, and the form for the next."""
    return _page(request)


def _page(request: DeskRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    county = request.person.county
    folder, source = folder_of(county), county.source("recommended")
    lists = kept(folder) if folder else []
    given = page.context(request, lists=lists, folder=folder, place=source.url if source else None, wrong=wrong)
    given["missing"] = folder is not None and not any(item.month == request.month for item in lists)
    return render(request, "desk/config/recommended.html", given, status=status)


@allow(ADMINISTRATOR)
@require_POST
def upload(request: DeskRequest) -> HttpResponse:
    """First the sheet: shown as it was read. Then, with `items`, kept."""
    try:
        month = Month.parse(request.POST.get("for", ""))
    except ValueError:
        return _page(request, "请选择清单是哪个月的。")
    try:
        if "items" in request.POST:
            page.told(request, put(request.person.county, month, _posted(request.POST["items"]), page.author(request)))
            return redirect("config-recommended")
        file = request.FILES.get("file")
        if file is None:
            return _page(request, "请选择清单文件。")
        items = read_items(file.read(), file.name or "清单")
    except XunchaError as error:
        return _page(request, f"{error}。")
    outside = [item for item in items if item.day and not item.day.startswith(str(month))]
    given = page.context(request, of=month, items=items[:_SHOWN], all=len(items), outside=len(outside), untitled=sum(not item.title for item in items))
    given["payload"] = json.dumps([[item.title, item.url, item.day] for item in items], ensure_ascii=False)
    return render(request, "desk/config/recommended_look.html", given)


def _posted(text: str) -> list[Item]:
    """What the page before this one was shown; anything else is as good as nothing."""
    try:
        rows = json.loads(text)
        items = [Item(str(title), str(url), str(day)) for title, url, day in rows]
    except (ValueError, TypeError):
        items = []
    return [item for item in items if item.url.startswith(("http://", "https://"))]


@allow(ADMINISTRATOR)
@require_POST
def remove(request: DeskRequest, month: str) -> HttpResponse:
    """Take a month's list away."""
    try:
        of = Month.parse(month)
    except ValueError:
        raise Http404 from None
    try:
        page.told(request, put(request.person.county, of, (), page.author(request)))
    except XunchaError as error:
        messages.error(request, str(error))
    return redirect("config-recommended")
