"""问题: the list beside the finding, the finding's own page, its text and its stored page."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.db.models import Count
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.errors import ConfigurationError, VaultError
from core.store.models import Finding, PostVersion, Verdict
from core.store.posts import stored
from core.store.proofs import of_finding as proofs_of
from service.desk import audit, rulebook
from service.desk.access import EVERYONE, DeskRequest, Person, allow
from service.desk.finding_list import NOBODY, Filter
from service.desk.finding_list import listing as list_of
from service.desk.models import SavedFilter
from service.desk.templatetags.desk import CATEGORIES, SEVERITIES, STATES
from service.desk.verdicts import allowed

_HISTORY = 50
_LONGEST_NAME = 40
_CHOICES = ("unit", "category", "severity", "state", "since", "until", "fresh", "post", "order")


@allow(*EVERYONE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """The list; with `open` the finding of that id beside it. htmx asks for the side alone."""
    person = request.person
    opened = request.GET.get("open", "")
    beside = _beside(person, opened) if opened else None
    if request.htmx and request.htmx.target == "beside" and not request.htmx.history_restore_request:
        return render(request, "desk/parts/beside.html", {"beside": beside, "closed": _without_open(request.GET)})
    chosen = Filter.read(request.GET)
    shown = list_of(chosen, person, request.GET.get("page"))
    query = _without_open(request.GET)
    context = {
        "filter": chosen,
        "list": shown,
        "units": [] if person.is_officer else [unit.name for unit in person.county.units],
        "nobody": NOBODY,
        "categories": CATEGORIES,
        "severities": SEVERITIES,
        "states": STATES,
        "saved": SavedFilter.objects.filter(user=person.user, county=person.county.id).order_by("name"),
        "query": _kept(request.GET).urlencode(),
        "link": f"{query}&" if query != "?" else query,
        "closed": query,
        "beside": beside,
        "decisions": allowed(person),
        "opened": opened,
    }
    return render(request, "desk/findings.html", context)


def _kept(query: QueryDict) -> QueryDict:
    """The filter alone, without page, month and what stands beside."""
    kept = QueryDict(mutable=True)
    for name in _CHOICES:
        if query.get(name):
            kept[name] = query.get(name, "")
    return kept


def _without_open(query: QueryDict) -> str:
    rest = query.copy()
    rest.pop("open", None)
    return f"?{rest.urlencode()}"


def _beside(person: Person, uid: str) -> dict[str, Any] | None:
    row = person.scope(Finding.objects.filter(uid=uid)).select_related("post").first()
    return _page(person, row) if row else None


def _found(request: DeskRequest, uid: str) -> Finding:
    row: Finding = get_object_or_404(request.person.scope(Finding.objects.select_related("post")), uid=uid)
    return row


def _page(person: Person, row: Finding) -> dict[str, Any]:
    """Everything a finding's page shows but its text."""
    verdicts = list(Verdict.objects.filter(county=row.county, subject=f"finding/{row.uid}").order_by("-at", "-pk")[:_HISTORY])
    versions = list(PostVersion.objects.filter(post_id=row.post_id).order_by("-version")[:10]) if row.post_id else []
    about = rulebook.about(row.rule)
    return {
        "finding": row,
        "about": about,
        "reasons": [reason for reason in row.reasons if reason != about.title and not reason.startswith("依据：")],
        "verdicts": verdicts,
        "versions": versions,
        "proofs": _proofs(row),
        "neighbours": _neighbours(person, row),
        "decisions": allowed(person),
        "change": row.suggestion is not None and row.rule.split("/")[0] in ("expression", "typo", "format"),
    }


def _proofs(row: Finding) -> list[dict[str, Any]]:
    """What proves it, the newest version first; `covers`: whether the finding was in that version."""
    names = ("version", "captured_at", "sha256")
    return [
        {**{name: getattr(proof, name) for name in names}, "covers": row.uid in proof.findings, "pictures": list(proof.pictures.all())}
        for proof in proofs_of(row)[:5]
    ]


def _neighbours(person: Person, row: Finding) -> dict[str, Any]:
    """Other open findings of the same post: by the same rule in the same file, and whatever else."""
    if row.post_id is None:
        return {"same": 0, "others": []}
    rows = person.scope(Finding.objects.filter(post_id=row.post_id, closed_at=None)).exclude(pk=row.pk)
    groups = rows.order_by().values("file", "rule").annotate(places=Count("pk")).order_by("-places")
    same, others = 0, list[dict[str, Any]]()
    for group in groups:
        if group["file"] == row.file and group["rule"] == row.rule:
            same = group["places"]
        else:
            others.append({**group, "title": rulebook.about(group["rule"]).title})
    table = "!" in (row.where or "")
    return {
        "same": same,
        "others": others[:8],
        "total": same + sum(group["places"] for group in others),
        "place": "同一表格" if table else ("同一附件" if row.file else "同一页面"),
    }


@allow(*EVERYONE)
@require_GET
def detail(request: DeskRequest, uid: str) -> HttpResponse:
    """The finding's own page."""
    row = _found(request, uid)
    return render(request, "desk/finding.html", _page(request.person, row))


@allow(*EVERYONE)
@require_GET
def text(request: DeskRequest, uid: str) -> HttpResponse:
    """The text around the place, masked; looking at it is noted."""
    row = _found(request, uid)
    context: dict[str, Any] = {"finding": row}
    if row.post is None:
        context["gone"] = "这一处没有对应的页面。"
    else:
        from service.desk.reading import around, read_post

        try:
            context |= around(read_post(request.person.county, stored(row.post), settings.HOME), row)
        except (VaultError, ConfigurationError) as error:
            context["gone"] = f"{error}。"
        else:
            audit.record(request, "查看原文", f"finding/{row.uid}")
            if "part" not in context:
                context["gone"] = "页面后来改过，现在的内容里已没有这一处。当时的页面见“存档页面”。"
    return render(request, "desk/parts/text.html" if request.htmx else "desk/text.html", context)


@allow(*EVERYONE)
@require_GET
def evidence(request: DeskRequest, uid: str) -> HttpResponse:
    """The page as it was stored, masked: the latest, or an earlier version (`version`)."""
    from service.desk.reading import read_page, read_post, sections

    row = _found(request, uid)
    if row.post is None:
        raise Http404
    older = PostVersion.objects.filter(post=row.post).order_by("-version")
    wanted = request.GET.get("version", "")
    version = older.filter(version=int(wanted)).first() if wanted.isascii() and wanted.isdecimal() and len(wanted) < 9 else None
    if wanted and version is None:
        raise Http404
    context: dict[str, Any] = {"finding": row, "version": version, "versions": older}
    try:
        if version is None:
            context["reading"] = read_post(request.person.county, stored(row.post), settings.HOME)
        elif version.evidence:
            context["reading"] = read_page(request.person.county, version.evidence, settings.HOME)
        else:
            context["gone"] = "这一版只有记录，没有存下页面。"
    except (VaultError, ConfigurationError) as error:
        context["gone"] = f"{error}。"
    if "reading" in context:
        context["files"] = sections(context["reading"])
    audit.record(request, "查看存档页面", f"finding/{row.uid}", version=version.version if version else row.post.version)
    return render(request, "desk/evidence.html", context)


@allow(*EVERYONE)
@require_POST
def save_filter(request: DeskRequest) -> HttpResponse:
    """Keep the filter under a name; the same name again replaces it."""
    name, query = request.POST.get("name", "").strip(), _kept(QueryDict(request.POST.get("query", "")[:1000])).urlencode()
    if not name:
        messages.error(request, "没有保存：请给这个筛选取一个名字，例如“本周一票否决”。")
    elif len(name) > _LONGEST_NAME:
        messages.error(request, f"没有保存：名字太长，请控制在 {_LONGEST_NAME} 字以内。")
    else:
        try:
            with transaction.atomic():
                SavedFilter.objects.update_or_create(user=request.person.user, county=request.person.county.id, name=name, defaults={"query": query})
        except IntegrityError:
            messages.error(request, f"没有保存：“{name}”刚刚被同时保存，请再试一次。")
        else:
            messages.success(request, f"已保存筛选“{name}”。")
    return redirect(f"{reverse('findings')}?{query}")


@allow(*EVERYONE)
@require_POST
def delete_filter(request: DeskRequest, pk: int) -> HttpResponse:
    """Forget a saved filter of one's own."""
    row = get_object_or_404(SavedFilter, pk=pk, user=request.person.user)
    row.delete()
    messages.success(request, f"已删除筛选“{row.name}”。")
    return redirect("findings")
