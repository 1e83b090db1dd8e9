"""配置 → 配置文件: the files behind the forms as text, for what no form covers."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import XunchaError
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import files, page
from service.desk.config.fields import personal
from service.desk.config.merging import changed_lines
from service.desk.models import ADMINISTRATOR

_LONGEST = 1_000_000


class TextForm(forms.Form):
    """The whole text of a file."""

    text = forms.CharField(label="内容", max_length=_LONGEST, strip=False, error_messages={"required": "内容不能为空。", "max_length": "内容太长。"})
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Every file of the county's folder, with what is wrong in it."""
    state = page.standing()
    last = page.last_changes(request.person.county.id)
    lines = [
        {
            "name": path.name,
            "slug": path.stem,
            "title": page.title_of(path.name),
            "wrong": page.about(path.name, state.complaints),
            "last": last.get(path.name, ""),
        }
        for path in sorted(page.folder().glob("*.yaml"))
    ]
    return render(request, "desk/config/files.html", page.context(request, lines=lines))


def _name(slug: str) -> str:
    """The file's name; only files that are there, none outside the folder."""
    name = f"{slug}.yaml"
    if name not in {path.name for path in page.folder().glob("*.yaml")}:
        raise Http404
    return name


@allow(*OFFICE)
@require_GET
def show(request: DeskRequest, name: str) -> HttpResponse:
    """A file's text."""
    file = _name(name)
    return render(request, "desk/config/file.html", _given(request, file))


def _given(request: DeskRequest, file: str, **more: Any) -> dict[str, Any]:
    given = page.context(request, file=file, slug=file.removesuffix(".yaml"), title=page.title_of(file), wrong=page.about(file, page.standing().complaints))
    try:
        text = files.read(page.folder(), file)
    except XunchaError as error:
        text, given["wrong"] = "", [str(error)]
    return {**given, "text": text, "lines": text.splitlines(), "seen": files.digest(text), **more}


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, name: str) -> HttpResponse:
    """Change a file's text; a text that leaves the configuration wrong is not kept, and stays in the form."""
    file = _name(name)
    form = TextForm(request.POST or None)
    given = _given(request, file, form=form)
    if request.method != "POST":
        return render(request, "desk/config/file_edit.html", given)
    wanted = request.POST.get("text", "").replace("\r\n", "\n")
    given["text"], given["seen_now"] = wanted, given["seen"]
    given["seen"] = request.POST.get("seen", "")
    if form.is_valid() and _long_number(wanted, given["lines"]):
        form.add_error("text", "里面新写了一长串数字，像是个人号码。配置里不要写个人号码，请删去。")
    if form.is_valid():
        try:
            change = files.save(page.folder(), file, lambda text: _edited(text, wanted, given), lambda: f"直接修改文件 {file}", page.author(request))
            page.told(request, change)
            return redirect("config-file", name=name)
        except _Meanwhile as other:
            given["between"], given["seen"] = changed_lines(wanted, other.text), files.digest(other.text)
            who = page.last_change(request.person.county.id, file)
            form.add_error(
                None,
                f"您打开以后，这个文件被别人改过{f'（{who}）' if who else ''}。您写的还在下面，没有丢。请对照下面列出的不同，把别人的改动也写进去，再保存。",
            )
        except files.Rejected as error:
            for complaint in error.complaints:
                form.add_error("text" if complaint.file == file else None, complaint.text if complaint.file == file else str(complaint))
        except XunchaError as error:
            form.add_error("text", str(error))
    return render(request, "desk/config/file_edit.html", given)


class _Meanwhile(Exception):
    """The file is no longer what the form was opened on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _edited(text: str, wanted: str, given: dict[str, Any]) -> str:
    if files.digest(text) != given["seen"]:
        raise _Meanwhile(text)
    return wanted if wanted.endswith("\n") else wanted + "\n"


def _long_number(wanted: str, before: list[str]) -> bool:
    """True when a line that was not there before holds a number as long as a person's; addresses may."""
    known = set(before)
    return any(personal(line) for line in wanted.splitlines() if line not in known and "://" not in line)
