"""Beside the draft: a problem with what proves it, a grade with how it came about, and the forms that adjust them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from core.assessment import Problem
from core.records import Finding
from reports.adjust import problem_subject, unit_subject
from reports.html import ANNEX_OF
from reports.kinds import KINDS
from service.desk import adjusting, audit
from service.desk.access import EDITORS, OFFICE, DeskRequest, allow
from service.desk.composed import problem_ref
from service.desk.issuing import SYSTEMS, editions
from service.desk.standing import Judged, judged
from service.desk.units_now import resolve
from service.desk.views.bulletins import wanted

_SHOWN = 12
_MOST = 12


@allow(*OFFICE)
@require_GET
def problem(request: DeskRequest, month: str, ref: str) -> HttpResponse:
    """A problem (and those told in one sentence with it, `also`) beside its evidence."""
    here = judged(request.person.county, wanted(month))
    known = {problem_ref(item): item for item in here.assessment.problems}
    refs = [ref, *request.GET.getlist("also")[:_MOST]]
    found = [_evidence(here, known[item]) for item in dict.fromkeys(refs) if item in known]
    context = _context(here) | {"items": found, "gone": not found}
    return render(request, _template(request, "problem"), context, status=200 if found or request.htmx else 404)


def _evidence(here: Judged, item: Problem) -> dict[str, Any]:
    """What stands behind a problem: its findings, or the pages that show its figures."""
    findings = [here.by_id[uid] for uid in item.findings if uid in here.by_id]
    subject = problem_subject(item)
    decision = next((verdict for verdict in here.assessment.adjustments if verdict.subject == subject), None)
    gone = [verdict for verdict in here.assessment.adjustments if verdict.subject in [f"problem/{item.kind}/{unit}" for unit in item.data.get("left_out", ())]]
    return {
        "problem": item,
        "kind": KINDS[item.kind],
        "subject": subject,
        "units": [(unit, resolve(here.county, unit), unit_subject(item, unit)) for unit in item.units],
        "findings": _grouped(findings),
        "annex": ANNEX_OF.get(item.kind),
        "links": list(_pages(item, here)),
        "decision": decision,
        "gone": gone,
        "field": problem_ref(item),
    }


def _grouped(findings: Sequence[Finding]) -> list[tuple[Finding, int]]:
    """The first finding of each kind and file, and how many there are: a name list has hundreds of one kind."""
    groups: dict[tuple[str, str | None, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.message, finding.file, finding.severity), []).append(finding)
    return [(group[0], len(group)) for group in groups.values()][:_SHOWN]


def _pages(item: Problem, here: Judged) -> Any:
    """Pages of the desk that show how the problem's figures came about."""
    month = here.assessment.month
    if item.account:
        yield f"账号 {item.account}", f"{reverse('account', args=[item.account])}?month={month}"
    if item.kind == "column-not-updated":
        column = str(item.data["column"])
        yield f"栏目 {column}", f"{reverse('column', args=['/'.join((item.units[0], column))])}?month={month}"
    for unit in item.units:
        if here.county.unit(unit):
            yield unit, f"{reverse('unit', args=[resolve(here.county, unit)])}?month={month}"


@allow(*OFFICE)
@require_GET
def grade(request: DeskRequest, month: str) -> HttpResponse:
    """A grade: how it came about, and the form that adjusts it."""
    here = judged(request.person.county, wanted(month))
    found = adjusting.grade_of(here, request.GET.get("subject", ""))
    if found is None:
        raise Http404
    context = _context(here) | {"grade": found, "facts": list(_facts(here, found)), "links": list(_grade_links(here, found))}
    return render(request, _template(request, "grade"), context)


def _facts(here: Judged, found: adjusting.Grade) -> Any:
    """The figures that a grade stands on, as (what, figure)."""
    assessment, key = here.assessment, found.key
    if found.system == "columns":
        for row in here.counted.activity.columns:
            if row.column.unit == key:
                told = f"{row.published} 条，本月应更新 {row.owed} 条" if row.column.cycle.period else "实时更新，不计数"
                yield (
                    f"{row.column.name}（{row.column.cycle.text}）",
                    told if row.verified else f"未能核实：{here.counted.activity.failed.get(row.column.source, '')}",
                )
    elif found.system == "news":
        for line in assessment.news:
            if line.unit == key:
                yield from (("上传", f"{line.uploaded} 条"), ("发布", f"{line.published} 条"))
    elif found.system == "accounts":
        for account in assessment.accounts:
            if f"{account.platform}/{account.name}" == key:
                yield from (
                    ("原创", f"{account.originals} 条，应更新 {account.owed} 条"),
                    ("转载推荐信息", f"{account.reposted} / {account.recommended} 条"),
                    ("存在突出问题", account.problems),
                )
    elif found.system == "submissions":
        for sheet in assessment.submissions:
            if sheet.unit == key:
                yield sheet.content, f"按期报送：{sheet.on_time or '—'}；内容规范：{sheet.in_form or '—'}"
    else:
        for event in assessment.events:
            if event.unit and key in (event.unit, f"{event.platform}/{event.unit}"):
                yield (
                    f"{event.platform} {event.type}",
                    f"生成 {event.generated}，受理 {event.accepted}，废弃 {event.discarded}，办结 {event.closed}，办结率 {event.rate}",
                )


def _grade_links(here: Judged, found: adjusting.Grade) -> Any:
    month = here.assessment.month
    if found.system == "accounts":
        yield "查看账号", f"{reverse('account', args=[found.key])}?month={month}"
        return
    name = found.key.rpartition("/")[2] if found.system == "events" else found.key
    if here.county.unit(name):
        yield "查看单位", f"{reverse('unit', args=[resolve(here.county, name)])}?month={month}"


def _context(here: Judged) -> dict[str, Any]:
    month = here.assessment.month
    return {"wanted": month, "issued": bool(editions(here.county, month)), "systems": SYSTEMS}


def _template(request: DeskRequest, name: str) -> str:
    return f"desk/parts/bulletin_{name}.html" if request.htmx else f"desk/bulletin_{name}.html"


@allow(*EDITORS)
@require_POST
def adjust(request: DeskRequest, month: str) -> HttpResponse:
    """Adjust a grade or a sentence, with a reason."""
    here = judged(request.person.county, wanted(month))
    subject, decision, reason = (request.POST.get(name, "").strip() for name in ("subject", "decision", "reason"))
    back = redirect(f"{reverse('bulletin', args=[month])}#adjusted")
    wrong = adjusting.complaint(here, subject, decision, reason)
    if wrong:
        messages.error(request, wrong)
        return back
    entry = adjusting.adjust(request.person, here.assessment.month, subject, decision, reason)
    audit.record(request, "调整通报", f"{subject}@{month}"[:255], decision=decision, reason=reason)
    told = f"{adjusting.subject_name(subject)}：{adjusting.label_of(decision)}"
    messages.success(request, f"已调整 {told}。草稿和附件已按调整后的结果重新写出。", extra_tags=reverse("decision-undo", args=[entry]))
    return back
