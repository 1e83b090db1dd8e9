"""通报: the months, a month's draft beside its evidence, drawing up, issuing, downloads, working papers."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.db import IntegrityError
from django.db.models import Count
from django.db.models.functions import TruncMonth
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.calendar import Month, shanghai
from core.errors import ConfigurationError, EnvironmentFailure, VaultError
from core.store.models import Finding, Post, Run
from service.desk import adjusting, audit, clock, issuing
from service.desk.access import EDITORS, OFFICE, DeskRequest, allow
from service.desk.composed import composed
from service.desk.models import IssuedBulletin
from service.desk.standing import Judged, judged
from service.desk.units_now import resolve
from service.desk.words import complaint_about, readable, titles_of

_MONTHS = 12
_JUDGEMENTS = 600
_PAPER_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"


def wanted(month: str) -> Month:
    """The month of an address; 404 for anything else."""
    try:
        found = Month.parse(month)
    except ValueError as error:
        raise Http404 from error
    if str(found) != month or not 2000 <= found.year <= 2200:
        raise Http404
    return found


def _named(month: Month) -> str:
    """The month as people write it."""
    return f"{month.year}年{month.month}月"


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Month by month: running, to be drawn up, drafted, issued."""
    county, today = request.person.county, clock.today()
    newest = Month.of(today)
    rows: dict[Month, list[IssuedBulletin]] = {}
    for edition in IssuedBulletin.objects.filter(county=county.id).order_by("-version"):
        rows.setdefault(Month.parse(edition.month), []).append(edition)
    counted = Post.objects.filter(county=county.id, published_at__gte=_moment(newest.plus(1 - _MONTHS).first)).exclude(source="recommended")
    posts = {Month.of(row["at"].date()): row["n"] for row in counted.annotate(at=TruncMonth("published_at")).order_by().values("at").annotate(n=Count("pk"))}
    closing, drafts = newest.plus(-1), {month: kept for month in issuing.drafted(county) if (kept := issuing.draft(county, month))}
    months = sorted({newest, closing, *rows, *drafts, *_watched(county.id, closing)}, reverse=True)
    lines = [
        {
            "month": month,
            "state": "issued" if month in rows else "running" if month.last >= today else "draft" if month in drafts else "none",
            "row": (row := next(iter(rows.get(month, [])), None) or drafts.get(month)),
            "posts": posts.get(month, 0),
            "versions": len(rows.get(month, [])),
            "problems": len(row.assessment["problems"]) if row else None,
            "due": date(month.plus(1).year, month.plus(1).month, county.issue_day),
        }
        for month in months
    ]
    todo = next((line for line in lines if line["month"] == closing and line["state"] in ("none", "draft")), None)
    return render(
        request,
        "desk/bulletins.html",
        {"lines": lines, "todo": todo, "empty": not posts and not rows, "downloads": issuing.DOWNLOADS[:3], "labels": issuing.LABELS},
    )


def _watched(county: str, closing: Month) -> list[Month]:
    """Months whose end this county was already being collected at: older ones are history that nobody has to issue."""
    first = Run.objects.filter(county=county, kind="crawl").order_by("started_at").values_list("started_at", flat=True).first()
    if first is None:
        return []
    since = max(Month.of(shanghai(first).date()), closing.plus(1 - _MONTHS))
    return [month for back in range(_MONTHS) if (month := closing.plus(-back)) >= since]


def _moment(day: date) -> Any:
    from datetime import datetime, time

    from core.calendar import SHANGHAI

    return datetime.combine(day, time(), SHANGHAI)


@allow(*OFFICE)
@require_GET
def detail(request: DeskRequest, month: str) -> HttpResponse:
    """The month's draft as the page it will be, everything beside its evidence."""
    here = judged(request.person.county, wanted(month))
    context = _standing_of(request, here)
    try:
        context["page"] = composed(here.county, issuing.as_of_now(here), issuing.wording(here.county))
    except ConfigurationError as error:
        context["broken"] = str(error)
    return render(request, "desk/bulletin.html", context)


@allow(*OFFICE)
@require_GET
def summary(request: DeskRequest, month: str) -> HttpResponse:
    """The side as it is at first: figures, what was adjusted, what has changed. A part of the draft's page, not a page."""
    if not request.htmx:
        return redirect("bulletin", month=wanted(month))
    here = judged(request.person.county, wanted(month))
    return render(request, "desk/parts/bulletin_side.html", _standing_of(request, here))


def _standing_of(request: DeskRequest, here: Judged) -> dict[str, Any]:
    month = here.assessment.month
    versions = issuing.editions(here.county, month)
    kept = versions[0] if versions else issuing.draft(here.county, month)
    return {
        "wanted": month,
        "assessment": here.assessment,
        "running": month.last >= clock.today(),
        "versions": versions,
        "kept": kept,
        "changes": issuing.changes(kept, here.assessment) if kept else [],
        "left_out": [(verdict, adjusting.subject_name(verdict.subject)) for verdict in adjusting.left_out(here)],
        "void": [(verdict, adjusting.subject_name(verdict.subject)) for verdict in adjusting.void(here)],
        "failed": [(_source_name(here, source), reason) for source, reason in here.assessment.coverage.failed],
        "downloads": issuing.DOWNLOADS,
        "labels": issuing.LABELS,
        "annexes": range(1, 6),
    }


def _source_name(here: Judged, source_id: str) -> str:
    source = here.county.source(source_id)
    return source.name or source_id if source else source_id


@allow(*EDITORS)
@require_POST
def draw_up(request: DeskRequest, month: str) -> HttpResponse:
    """Draw up the draft's files, to be sent round."""
    here = judged(request.person.county, wanted(month), exact=True)
    back = redirect("bulletin", month=month)
    if here.assessment.month.last >= clock.today():
        messages.warning(request, f"{_named(here.assessment.month)}还没有结束，没到期的任务会被写成没完成。已显示预览，月底后再生成草稿。")
        return back
    try:
        issuing.keep_draft(here)
    except (ConfigurationError, EnvironmentFailure) as error:
        messages.error(request, f"没有生成：{error}")
        return back
    audit.record(request, "生成通报草稿", f"bulletin/{month}")
    messages.success(request, "草稿已生成，在“通报”列表里可以取出送审。之后再有调整，需要时再生成一次。")
    return back


@allow(*EDITORS)
def issue(request: DeskRequest, month: str) -> HttpResponse:
    """Ask once, showing what will be frozen; then freeze it."""
    here = judged(request.person.county, wanted(month), exact=True)
    versions = issuing.editions(here.county, here.assessment.month)
    if here.assessment.month.last >= clock.today():
        messages.error(request, f"不能签发：{_named(here.assessment.month)}还没有结束。")
        return redirect("bulletin", month=month)
    note, wrong = request.POST.get("note", "").strip(), ""
    if request.method == "POST":
        if request.POST.get("stamp") != here.stamp:
            wrong = "没有签发：打开本页之后数据有变化，下面已是最新的内容，请重新核对。"
        else:
            wrong = complaint_about(note, "更正的原因") if versions else complaint_about(note, "说明", least=0)
        if not wrong:
            answer = _issue(request, here, note)
            if answer:
                return answer
            return redirect("bulletin-issue", month=month)
    context = _standing_of(request, here) | {"stamp": here.stamp, "note": note, "wrong": wrong, "next": len(versions) + 1, "names": _file_names()}
    context["units"] = sorted({resolve(here.county, unit) for problem in here.assessment.problems for unit in problem.units})
    return render(request, "desk/bulletin_issue.html", context, status=409 if wrong and request.method == "POST" else 200)


def _file_names() -> list[tuple[str, str]]:
    return [*((name, issuing.LABELS[name]) for name in issuing.DOWNLOADS), ("annex1.csv … annex5.csv", "各附件数据（CSV）")]


def _issue(request: DeskRequest, here: Judged, note: str) -> HttpResponse | None:
    month = str(here.assessment.month)
    try:
        row = issuing.issue(request.person, here, note)
    except IntegrityError:
        messages.error(request, "没有签发：同事刚刚签发了这个月的通报，请先看已签发的版本。")
    except (ConfigurationError, VaultError) as error:
        messages.error(request, f"没有签发：{error}")
    else:
        audit.record(request, "签发通报" if row.version == 1 else "签发更正", f"bulletin/{month}", version=row.version, note=note, files=row.files)
        messages.success(request, f"{_named(here.assessment.month)}通报第 {row.version} 版已签发并封存。")
        return redirect("bulletin-version", month=month, version=row.version)
    return None


@allow(*OFFICE)
@require_GET
def version(request: DeskRequest, month: str, version: int) -> HttpResponse:
    """An issued version, frozen, with its files."""
    row = get_object_or_404(IssuedBulletin, county=request.person.county.id, month=str(wanted(month)), version=version)
    here = judged(request.person.county, wanted(month))
    context = {
        "row": row,
        "wanted": wanted(month),
        "versions": issuing.editions(request.person.county, wanted(month)),
        "names": [
            (name, issuing.LABELS.get(name, f"附件{name[5:6]}数据（CSV）"))
            for name in sorted(row.files, key=lambda name: (list(issuing.LABELS).index(name) if name in issuing.LABELS else 9, name))
        ],
        "adjustments": [
            {
                **item,
                "name": adjusting.subject_name(item["subject"]),
                "label": f"改写为“{item['decision']}”" if len(item["decision"]) > 20 else item["decision"],
            }
            for item in row.assessment.get("adjustments", ())
        ],
        "changes": issuing.changes(row, here.assessment),
    }
    return render(request, "desk/bulletin_version.html", context)


@allow(*OFFICE)
@require_GET
def kept_file(request: DeskRequest, month: str, version: int, name: str) -> HttpResponse:
    """A file of an issued version or of the draft last drawn up, as it was frozen."""
    row: Any = issuing.draft(request.person.county, wanted(month)) if version == issuing.DRAFT else None
    if row is None:
        row = get_object_or_404(IssuedBulletin, county=request.person.county.id, month=str(wanted(month)), version=version)
    try:
        data = issuing.file_of(row, name)
    except KeyError as error:
        raise Http404 from error
    except (VaultError, OSError) as error:
        messages.error(request, f"取不出文件：{error}")
        return redirect("bulletin", month=month)
    audit.record(request, "下载通报", f"bulletin/{month}", version=version, file=name)
    return _answer(request, data, name, f"{month}-{'v' + str(version) if version else '草稿'}")


@allow(*OFFICE)
@require_GET
def live_file(request: DeskRequest, month: str, name: str) -> HttpResponse:
    """A file of the month as it stands, composed now."""
    here = judged(request.person.county, wanted(month), exact=True)
    try:
        content = issuing.files(here)
    except ConfigurationError as error:
        messages.error(request, f"不能生成文件：{error}")
        return redirect("bulletin", month=month)
    if name not in content:
        raise Http404
    audit.record(request, "下载通报", f"bulletin/{month}", version="预览", file=name)
    return _answer(request, content[name], name, f"{month}-预览")


def _answer(request: DeskRequest, data: bytes, name: str, mark: str) -> HttpResponse:
    """The file to be saved; the page itself (`look`) may also be opened, to be read and printed."""
    from django.utils.http import content_disposition_header

    stem, _, ending = name.rpartition(".")
    response = HttpResponse(data, content_type=issuing.TYPES[ending])
    look = ending == "html" and "look" in request.GET
    response.headers["Content-Security-Policy"] = _PAPER_POLICY
    disposition = content_disposition_header(not look, f"{stem}-{mark}.{ending}")
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response


@allow(*OFFICE)
@require_GET
def papers(request: DeskRequest, month: str) -> HttpResponse:
    """Working papers: adjustments, sources not verified, judgements of posts, dismissed findings."""
    here = judged(request.person.county, wanted(month))
    first, last = here.assessment.month.first, here.assessment.month.last
    dismissed = Finding.objects.filter(county=here.county.id, state__in=("mistaken", "exempt"), day__gte=first, day__lte=last).order_by("rank", "-day", "-pk")
    judgements = [
        (row.account, judgement, here.posts[judgement.post])
        for row in here.counted.activity.accounts
        for judgement in row.judgements
        if judgement.post in here.posts and (judgement.kind != "original" or judgement.reasons[:1] == ("人工认定",))
    ]
    judgements.sort(key=lambda item: item[1].reasons[:1] != ("人工认定",))
    titles = titles_of(post for _, _, post in judgements[:_JUDGEMENTS])
    history = adjusting.history(here.county.id, here.assessment.month)
    context = _standing_of(request, here) | {
        "history": [(row, adjusting.subject_name(row.subject), adjusting.label_of(row.decision)) for row in history],
        "judgements": [
            (account, judgement, post, titles[post.id], readable(here.county, judgement.reasons)) for account, judgement, post in judgements[:_JUDGEMENTS]
        ],
        "judgement_count": len(judgements),
        "dismissed": dismissed[:200],
        "unattributed": here.counted.activity.unattributed,
        "kinds": {"original": "原创", "recommended": "转载推荐", "other": "其他转载"},
    }
    return render(request, "desk/bulletin_papers.html", context)


@allow(*EDITORS)
@require_POST
def undo(request: DeskRequest, entry: int) -> HttpResponse:
    """Take back an adjustment or a ruling on a post, as a further row."""
    from core.store.models import Verdict

    row = get_object_or_404(Verdict, pk=entry, county=request.person.county.id)
    if not row.subject.startswith(("grade/", "problem/", "post/")):
        raise Http404
    if adjusting.undo(request.person, row):
        audit.record(request, "撤销调整", row.subject, entry=entry)
        messages.success(request, "已撤销，恢复为原来的结果。")
    else:
        messages.warning(request, "没有撤销：后来又有了新的决定，请看工作底稿。")
    return redirect(_back_of(request, row.subject))


def _back_of(request: DeskRequest, subject: str) -> str:
    from django.utils.http import url_has_allowed_host_and_scheme

    back = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure()):
        return back
    return reverse("bulletins")
