"""配置: the way in, the forms that are one each, and every source at one glance."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import XunchaError
from core.records import Source
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import files, page, singles, usage
from service.desk.config.forms import ConfigForm, model_errors, place
from service.desk.config.lists import SOURCE_KINDS, list_of
from service.desk.config.rows import rows_of
from service.desk.config.singles import Single, single_of
from service.desk.models import ConfigChange, UnitToken

# The overview: heading → slugs of lists and forms, and names of pages of their own.
_PARTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("谁", ("units", "config-contacts", "leaders", "former", "config-keys")),
    ("看哪里", ("columns", "listings", "news", "accounts", "config-recommended", "previews", "config-sources")),
    ("还要报什么", ("submissions", "papers", "events")),
    ("词和标准", ("words", "phrases", "renamed", "grading", "yearly")),
    ("告警和运行", ("channels", "routes", "alerts", "jobs", "inbox", "watch")),
    ("其他", ("county", "config-files", "config-log")),
)
_PAGES = {
    "config-contacts": ("单位邮箱", "一页填好所有单位的邮箱。"),
    "config-keys": ("接口密钥", "单位的发布系统调用发布前检查接口时用的密钥。"),
    "config-recommended": ("推荐转载清单", "每月上传应转载的信息清单。"),
    "config-sources": ("全部来源", "采集的每一个来源：类别、网址、登录。"),
    "config-files": ("配置文件", "上面各页背后的文件，可以直接查看和修改文字。"),
    "config-log": ("改动记录", "谁在什么时候改了什么，可以撤销。"),
}
_ADMINISTRATORS = ("config-contacts", "config-keys")


@allow(*OFFICE)
@require_GET
def overview(request: DeskRequest) -> HttpResponse:
    """Every page of the configuration with how much it holds; on top what is wrong and what will not work."""
    state = page.standing()
    wrong = {complaint.file for complaint in state.complaints}
    parts = [
        (heading, [line for slug in slugs if (line := _line(request, slug, wrong)) is not None])
        for heading, slugs in _PARTS
    ]  # fmt: skip
    changes = ConfigChange.objects.filter(county=request.person.county.id).order_by("-pk")[:5]
    people = page.names()
    recent = [{"change": change, "name": people.get(change.who, change.who)} for change in changes]
    given = page.context(request, parts=parts, recent=recent, complaints=page.shown(state.complaints), notices=page.shown(state.notices))
    return render(request, "desk/config/overview.html", given)


def _line(request: DeskRequest, slug: str, wrong: set[str]) -> dict[str, Any] | None:
    if slug in _PAGES:
        if slug in _ADMINISTRATORS and not request.person.is_administrator:
            return None
        title, about = _PAGES[slug]
        return {"title": title, "about": about, "url": reverse(slug), "count": _count(request, slug), "wrong": slug == "config-files" and bool(wrong)}
    if spec := list_of(slug):
        count = len(rows_of(spec, usage.load(page.folder(), spec)))
        return {"title": spec.title, "about": spec.about, "url": reverse("config-list", args=[slug]), "count": count, "wrong": spec.file in wrong}
    single = single_of(slug)
    assert single
    return {"title": single.title, "about": single.about, "url": reverse("config-single", args=[slug]), "count": None, "wrong": single.file in wrong}


def _count(request: DeskRequest, slug: str) -> int | None:
    county = request.person.county
    if slug == "config-sources":
        return len(county.sources)
    if slug == "config-contacts":
        return sum(bool(unit.mail) for unit in county.units)
    return UnitToken.objects.filter(county=county.id, revoked=None).count() if slug == "config-keys" else None


@allow(*OFFICE)
@require_http_methods(["GET", "POST"])
def single(request: DeskRequest, slug: str) -> HttpResponse:
    """A form over one file; those who only read see the same values."""
    shown = single_of(slug)
    if shown is None:
        raise Http404
    given = page.context(request, single=shown, last=page.last_change(request.person.county.id, shown.file))
    given["wrong"] = page.about(shown.file, page.standing().complaints)
    try:
        text = files.read(page.folder(), shown.file, shown.start)
        data = usage.parsed(text)
    except XunchaError as error:
        return render(request, "desk/config/single.html", {**given, "unreadable": str(error)})
    names = platforms(request)
    values = singles.values_of(shown, data, names)
    if not given["edits"]:
        if request.method == "POST":
            return HttpResponse(status=405)
        return render(request, "desk/config/single.html", {**given, "parts": _read_only(shown, data, values)})
    form = ConfigForm(shown.fields(data, names), request.person.county, request.POST if request.method == "POST" else None, values)
    given["seen"] = request.POST.get("seen") or files.digest(text)
    if request.method == "POST" and _kept(request, shown, form, given):
        return redirect("config-single", slug=slug)
    return render(request, "desk/config/single.html", {**given, "form": form, "parts": _parts(shown, form)})


def platforms(request: DeskRequest) -> list[str]:
    """The platforms of the county's accounts, in their order."""
    return list(dict.fromkeys(account.platform for account in request.person.county.accounts))


def _kept(request: DeskRequest, shown: Single, form: ConfigForm, given: dict[str, Any]) -> bool:
    """Save the form; False when something is told in it instead."""
    if not form.is_valid():
        return False
    told: list[str] = []

    def edit(text: str) -> str:
        if files.digest(text) != given["seen"]:
            raise _Meanwhile(text)
        told.append(_summary(shown, singles.values_of(shown, usage.parsed(text), platforms(request)), form.values))
        after = singles.changed(shown, text, form.values)
        for key, complaint in model_errors(shown.model, usage.parsed(after)):
            form.wrong(key, f"{complaint}。" if key in form.by_key else f"{key}：{complaint}。")
        return text if form.errors else after

    try:
        change = files.save(page.folder(), shown.file, edit, lambda: told[0], page.author(request), shown.start)
    except _Meanwhile as other:
        given["seen"] = files.digest(other.text)
        _beside(request, shown, form, other.text)
        return False
    except files.Rejected as error:
        for complaint in error.complaints:
            place(form, shown.file, complaint)
        return False
    except XunchaError as error:
        form.wrong("", str(error))
        return False
    if form.errors:
        return False
    page.told(request, change)
    return True


class _Meanwhile(Exception):
    """The file is no longer what the form was opened on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


def _beside(request: DeskRequest, shown: Single, form: ConfigForm, text: str) -> None:
    now = singles.values_of(shown, usage.parsed(text), platforms(request))
    for field in form.told:
        value = field.show(now.get(field.key))
        if value != field.show(form.values[field.key]):
            form.beside(field.key, value)
    who = page.last_change(request.person.county.id, shown.file)
    form.wrong(
        "",
        f"您打开这张表单以后，{shown.file} 被别人改过{f'（{who}）' if who else ''}。下面是您填写的内容，没有丢；不一样的地方标出了“现在是”。核对后再按一次“保存修改”。",
    )


def _summary(shown: Single, old: dict[str, Any], new: dict[str, Any]) -> str:
    fields = {field.key: field for _, group in shown.groups for field in group}
    parts = []
    for key, value in new.items():
        if value != old.get(key):
            field = fields.get(key) or shown.open_
            assert field
            name = field.label if key in fields else f"{key.rpartition('.')[2]} {field.label}"
            parts.append(f"{name} {field.show(old.get(key)) or '（空）'} → {field.show(value) or '（空）'}")
    return f"修改{shown.title}：{'；'.join(parts)}"


def _parts(shown: Single, form: ConfigForm) -> list[tuple[str, list[Any]]]:
    parts = [(heading, [form[field.name] for field in fields]) for heading, fields in shown.groups]
    named = {field.name for _, fields in shown.groups for field in fields}
    more = [form[field.name] for field in form.told if field.name not in named]
    return [*parts, ("各平台的停更天数", more)] if more else parts


def _read_only(shown: Single, data: Any, values: dict[str, Any]) -> list[tuple[str, list[Any]]]:
    parts = [(heading, [(field.label, field.show(values[field.key]) or "（空）") for field in fields]) for heading, fields in shown.groups]
    known = {field.key for _, fields in shown.groups for field in fields}
    more = [(field.label, field.show(values[field.key])) for field in shown.fields(data) if field.key not in known and values.get(field.key) is not None]
    return [*parts, ("各平台的停更天数", more)] if more else parts


_EDITORS = {"portal": "columns", "ledger": "accounts", "douyin": "accounts", "preview": "previews"}
_PLACES = {
    "recommended": "recommended-place",
    "sent-news": "export-place",
    "submissions": "folder-place",
    "mailbox": "mailbox-place",
    "events": "events-place",
}


@allow(*OFFICE)
@require_GET
def sources(request: DeskRequest) -> HttpResponse:
    """Every source: what kind, where, how it logs in, and the form in which its address stands."""
    kinds = dict(SOURCE_KINDS)
    words, kind = request.GET.get("q", "").split(), request.GET.get("kind", "")
    every = request.person.county.sources
    chosen = [source for source in every if _fits(source, words, kind)]
    counts = [(key, word, sum(source.kind == key for source in every)) for key, word in kinds.items()]
    blank = sum(source.url is None for source in every)
    given = page.context(request, all=len(every), blank=blank, q=" ".join(words), kind=kind, found=len(chosen))
    given |= {"counts": [count for count in counts if count[2]], "page": Paginator(chosen, 100).get_page(request.GET.get("page"))}
    refs = {slug: {row.key: row.ref for row in _rows(slug)} for slug in {*_EDITORS.values(), "listings"}}
    given["lines"] = [{"source": item, "kind": kinds.get(item.kind, item.kind), "login": _login(item), "url": _form_of(item, refs)} for item in given["page"]]
    return render(request, "desk/config/sources.html", given)


def _fits(source: Source, words: list[str], kind: str) -> bool:
    if kind == "blank":
        return source.url is None
    text = f"{source.id} {source.name} {source.unit or ''} {source.url or ''}"
    return (not kind or source.kind == kind) and all(word in text for word in words)


def _login(source: Source) -> str:
    return "、".join(f"${item['environment']}" if item.get("environment") else f"文件 {item.get('file')}" for item in source.options.get("login", ()))


def _form_of(source: Source, refs: Mapping[str, Mapping[str, str]]) -> str:
    """Where the source's address is changed: its entry's form, or the form of its list's place."""
    if source.kind in _PLACES:
        return reverse("config-single", args=[_PLACES[source.kind]])
    slug = "listings" if source.id.startswith("news/") else _EDITORS.get(source.kind, "")
    if not slug:
        return reverse("config-files")
    ref = refs[slug].get(source.id.partition("/")[2])
    return reverse("config-entry", args=[slug, ref]) if ref else reverse("config-list", args=[slug])


def _rows(slug: str) -> Any:
    spec = list_of(slug)
    assert spec
    return rows_of(spec, usage.load(page.folder(), spec))
