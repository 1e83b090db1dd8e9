"""配置: the lists, their entries' forms, and the units' mail addresses at one glance."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.errors import XunchaError
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import files, page, usage
from service.desk.config.editing import Changed, Editor, Wrong
from service.desk.config.forms import ConfigForm, model_errors, place
from service.desk.config.lists import LISTINGS, LISTS, UNITS, ListSpec, list_of
from service.desk.config.rows import Batch, Row, entry_of, rows_of
from service.desk.config.singles import SINGLES
from service.desk.models import ADMINISTRATOR

_ROWS = 100


def spec_or_404(slug: str) -> ListSpec:
    spec = list_of(slug)
    if spec is None:
        raise Http404
    return spec


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest, slug: str) -> HttpResponse:
    """A list: its entries with their fields, what is wrong with its file, where to add, export, import."""
    spec = spec_or_404(slug)
    data = usage.load(page.folder(), spec)
    words = request.GET.get("q", "").split()
    rows = rows_of(spec, data)
    columns = [field for field in spec.fields if not field.narrow]
    lines: list[dict[str, Any]] = [
        {"row": row, "cells": [_cell(field, row.values[field.key], number == _main(spec)) for number, field in enumerate(columns)]} for row in rows
    ]
    found = [line for line in lines if all(any(word in cell["text"] for cell in line["cells"]) for word in words)]
    places = [single for single in SINGLES if single.file == spec.file and single.slug.endswith("-place")]
    given = page.context(request, spec=spec, columns=columns, page=Paginator(found, _ROWS).get_page(request.GET.get("page")), all=len(rows))
    given |= {"q": " ".join(words), "found": len(found), "wrong": page.about(spec.file, page.standing().complaints), "places": places}
    given |= {"brothers": _brothers(spec), "last": page.last_change(request.person.county.id, spec.file), "mails": spec is UNITS}
    given["sheets"] = sorted(path.name for path in page.folder().glob("words*.*") if path.suffix in (".csv", ".xlsx")) if spec.slug == "words" else []
    return render(request, "desk/config/list.html", given)


def _brothers(spec: ListSpec) -> list[ListSpec]:
    return [other for other in LISTS if other.file == spec.file]


def _main(spec: ListSpec) -> int:
    """The column that names the entry and leads to its form."""
    shown = [field.key for field in spec.fields if not field.narrow]
    return shown.index(spec.key[-1])


def _cell(field: Any, value: Any, main: bool) -> dict[str, Any]:
    text = field.show(value).strip()
    return {"text": text, "main": main, "label": field.label, "empty": not text, "kind": field.kind, "off": field.key == "enabled" and value is False}


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def create(request: DeskRequest, slug: str) -> HttpResponse:
    """A new entry."""
    spec = spec_or_404(slug)
    form = _form(request, spec, {field.key: field.empty if field.kind != "unit" else request.GET.get("unit") for field in spec.fields})
    if request.method == "POST" and _valid(spec, form, None):
        try:
            saved = _editor(request, spec).add(form.values)
            page.told(request, saved.change, saved.note)
            return redirect("config-list", slug=slug)
        except XunchaError as error:
            _tell(spec, form, error)
    return render(request, "desk/config/entry.html", page.context(request, spec=spec, form=form))


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: DeskRequest, slug: str, ref: str) -> HttpResponse:
    """An entry's form. What another saved meanwhile is shown beside what was typed; nothing typed is lost."""
    spec = spec_or_404(slug)
    row = next((row for row in rows_of(spec, usage.load(page.folder(), spec)) if row.ref == ref), None)
    if row is None and request.method == "GET":
        raise Http404
    form = _form(request, spec, row.values if row else {})
    given = page.context(request, spec=spec, row=row, form=form, mark=row.mark if row else "", seen=files.mark(page.folder(), spec.file))
    if request.method == "POST":
        given |= {"mark": request.POST.get("mark", ""), "seen": request.POST.get("seen", "")}
        if _valid(spec, form, row):
            try:
                saved = _editor(request, spec).change(ref, given["mark"], given["seen"], form.values)
                page.told(request, saved.change, saved.note)
                return redirect("config-list", slug=slug)
            except Changed as other:
                given |= _meanwhile(request, spec, form, other.row)
            except XunchaError as error:
                _tell(spec, form, error)
    given["used"] = usage.uses(page.folder(), request.person.county, spec, usage.names_of(spec, row.values)) if row else ()
    return render(request, "desk/config/entry.html", given)


def _meanwhile(request: DeskRequest, spec: ListSpec, form: ConfigForm, row: Row | None) -> dict[str, Any]:
    """What the page says when the entry is no longer what the form was opened on."""
    who = page.last_change(request.person.county.id, spec.file)
    since = f"（{who}）" if who else ""
    if row is None:
        form.wrong("", f"您打开这张表单以后，这一条被别人删除或改名了{since}。您填写的内容还在下面，没有丢；仍然需要的话，请按“作为新的保存”。")
        return {"row": None}
    for field in spec.fields:
        now = field.show(row.values[field.key])
        if now != field.show(form.values[field.key]):
            form.beside(field.key, now)
    form.wrong(
        "", f"您打开这张表单以后，这一条被别人改过{since}。下面是您填写的内容，没有丢；不一样的地方标出了“现在是”。核对后再按一次“保存修改”，就以您填写的为准。"
    )
    return {"row": row, "mark": row.mark}


@allow(ADMINISTRATOR)
@require_POST
def remove(request: DeskRequest, slug: str, ref: str) -> HttpResponse:
    """Take an entry out, unless something refers to it."""
    spec = spec_or_404(slug)
    try:
        saved = _editor(request, spec).remove(ref, request.POST.get("mark", ""))
        page.told(request, saved.change)
        return redirect("config-list", slug=slug)
    except Changed as other:
        if other.row is None:
            messages.info(request, "这一条已经被别人删除了。")
            return redirect("config-list", slug=slug)
        messages.error(request, "没有删除：您打开页面以后，这一条被别人改过。请看过现在的内容再决定。")
    except files.Rejected as error:
        messages.error(request, f"没有删除：删掉它以后配置就有错。{'；'.join(map(str, error.complaints[:3]))}")
    except XunchaError as error:
        messages.error(request, str(error))
    return redirect("config-entry", slug=slug, ref=ref)


def _editor(request: DeskRequest, spec: ListSpec) -> Editor:
    return Editor(page.folder(), request.person.county, spec, page.author(request))


def _form(request: DeskRequest, spec: ListSpec, values: dict[str, Any]) -> ConfigForm:
    listings = [row.key for row in rows_of(LISTINGS, usage.load(page.folder(), LISTINGS))]
    return ConfigForm(spec.fields, request.person.county, request.POST if request.method == "POST" else None, values, listings)


def _valid(spec: ListSpec, form: ConfigForm, row: Row | None) -> bool:
    whole = form.is_valid()
    given = form.values if whole else {**{field.key: field.empty for field in spec.fields}, **form.right}
    for key, text in model_errors(spec.model, entry_of(spec, given, row.raw if row else None)):
        if whole or key in form.right:  # of a form that is wrong already, only what the fields say that could be read
            form.wrong(key, f"{text}。" if key in form.by_key else f"{key or spec.item}：{text}。")
    return not form.errors


def _tell(spec: ListSpec, form: ConfigForm, error: XunchaError) -> None:
    if isinstance(error, files.Rejected):
        for complaint in error.complaints:
            place(form, spec.file, complaint, spec.key[-1])
    else:
        form.wrong(error.key if isinstance(error, Wrong) else "", str(error))


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def contacts(request: DeskRequest) -> HttpResponse:
    """Every unit's mail address on one page."""
    mail = UNITS.field("mail")
    assert mail
    rows = rows_of(UNITS, usage.load(page.folder(), UNITS))
    typed = {row.ref: request.POST.get(row.ref, mail.show(row.values["mail"])).strip() for row in rows}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        for ref, text in typed.items():
            try:
                mail.read(text)
            except ValueError as error:
                wrong[ref] = str(error)
        old = {row.ref: request.POST.get(f"old-{row.ref}", "") for row in rows}
        if not wrong:
            return _keep_contacts(request, {ref: text for ref, text in typed.items() if text != old[ref]}, mail)
    lines: list[dict[str, Any]] = [{"row": row, "typed": typed[row.ref], "wrong": wrong.get(row.ref, ""), "old": mail.show(row.values["mail"])} for row in rows]
    return render(request, "desk/config/contacts.html", page.context(request, lines=lines, wrong=len(wrong), without=sum(not line["old"] for line in lines)))


def _keep_contacts(request: DeskRequest, wanted: dict[str, str], mail: Any) -> HttpResponse:
    """Only addresses that this person changed are written; the others stay as they are now."""
    told: list[str] = []

    def change(text: str) -> str:
        batch = Batch(UNITS, text)
        for ref, typed in wanted.items():
            row = batch.rows.get(ref)
            if row and mail.show(row.values["mail"]) != typed:
                told.append(row.key)
                batch.change(row, {**row.values, "mail": mail.read(typed)})
        return batch.result()

    try:
        names = files.save(
            page.folder(), UNITS.file, change, lambda: f"修改单位邮箱：{'、'.join(told[:20])}{' 等' if len(told) > 20 else ''}", page.author(request)
        )
        page.told(request, names)
    except XunchaError as error:
        messages.error(request, f"没有保存：{error}")
    return redirect(reverse("config-contacts"))
