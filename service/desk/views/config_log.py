"""配置 → 改动记录: who changed what, the lines themselves, and taking a change back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from core.errors import XunchaError
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import page, recommended
from service.desk.config.merging import changed_lines
from service.desk.config.undoing import undo as take_back
from service.desk.models import ADMINISTRATOR, ConfigChange


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Every change, newest first; of one file when asked."""
    rows = ConfigChange.objects.filter(county=request.person.county.id)
    names = sorted(set(rows.order_by().values_list("file", flat=True)))
    chosen = request.GET.get("file", "")
    shown = rows.filter(file=chosen) if chosen else rows
    here = Paginator(shown.defer("before", "after").order_by("-pk"), 50).get_page(request.GET.get("page"))
    people = page.names()
    lines = [{"change": change, "name": people.get(change.who, change.who), "title": page.title_of(change.file)} for change in here.object_list]
    given = page.context(request, page=here, lines=lines, chosen=chosen, names=[(name, page.title_of(name)) for name in names])
    return render(request, "desk/config/log.html", given)


@allow(*OFFICE)
@require_GET
def detail(request: DeskRequest, pk: int) -> HttpResponse:
    """One change, line by line."""
    change = get_object_or_404(ConfigChange, pk=pk, county=request.person.county.id)
    given = page.context(request, change=change, name=page.name_of(change.who), title=page.title_of(change.file))
    return render(request, "desk/config/change.html", given | {"lines": changed_lines(change.before, change.after)})


@allow(ADMINISTRATOR)
@require_POST
def undo(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a change back; says why where it cannot."""
    change = get_object_or_404(ConfigChange, pk=pk, county=request.person.county.id)
    try:
        if change.file.startswith(recommended.PREFIX):
            done = recommended.undo(request.person.county, change, page.author(request))
        else:
            done = take_back(page.folder(), change, page.author(request))
        page.told(request, done) if done else messages.info(request, "已经是改动以前的样子，不需要撤销。")
    except XunchaError as error:
        messages.error(request, str(error))
    back = request.META.get("HTTP_REFERER", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}) and "/config/" in back
    return redirect(back if safe else "config-log")
