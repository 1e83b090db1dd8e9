"""Deciding on findings: one, many, and taking it back."""

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from core.store.models import Finding
from service.desk import audit
from service.desk.access import EDITORS, DeskRequest, allow
from service.desk.finding_list import Filter
from service.desk.models import OFFICER, AuditEntry
from service.desk.verdicts import complaint, decide
from service.desk.verdicts import undo as take_back

_MOST = 5000
_DECIDERS = (*EDITORS, OFFICER)


@allow(*_DECIDERS)
@require_POST
def one(request: DeskRequest, uid: str) -> HttpResponse:
    """Decide on one finding, or with `same` on all of the same cause (same post, file and rule)."""
    row = get_object_or_404(request.person.scope(Finding.objects.all()), uid=uid)
    uids = [row.uid]
    if request.POST.get("same") and row.post_id is not None:
        same = request.person.scope(Finding.objects.filter(post_id=row.post_id, file=row.file, rule=row.rule, closed_at=None))
        uids = list(dict.fromkeys([row.uid, *same.values_list("uid", flat=True)[:_MOST]]))
    return _answer(request, uids)


@allow(*_DECIDERS)
@require_POST
def bulk(request: DeskRequest) -> HttpResponse:
    """Decide on the chosen findings, or with `all` on everything the filter shows."""
    person = request.person
    if request.POST.get("all"):
        rows = Filter.read(QueryDict(request.POST.get("query", ""))).ordered(person)
    else:
        rows = person.scope(Finding.objects.filter(uid__in=request.POST.getlist("uid")[:_MOST]))
    uids = list(rows.values_list("uid", flat=True)[: _MOST + 1])
    if len(uids) > _MOST:
        messages.error(request, f"一次最多处理 {_MOST} 处。请先用筛选缩小范围，再分批处理。")
        return _back(request)
    return _answer(request, uids)


def _answer(request: DeskRequest, uids: list[str]) -> HttpResponse:
    word, reason = request.POST.get("decision", ""), request.POST.get("reason", "").strip()
    wrong = complaint(request.person, word, reason) if uids else "没有选中任何问题。请在列表左边勾选，再选择处理意见。"
    if wrong:
        messages.error(request, wrong)
        return _back(request)
    keys = decide(request.person, uids, word, reason)
    subject = f"finding/{uids[0]}" if len(uids) == 1 else f"{len(uids)} findings"
    entry = audit.record(request, f"处理：{word}", subject, reason=reason, verdicts=keys)
    messages.success(request, f"已将 {len(uids)} 处记为“{word}”。", extra_tags=reverse("findings-undo", args=[entry.pk]))
    return _back(request)


@allow(*_DECIDERS)
@require_POST
def undo(request: DeskRequest, entry: int) -> HttpResponse:
    """Take back what one's own entry of the log decided."""
    person = request.person
    row = get_object_or_404(AuditEntry, pk=entry, county=person.county.id, who=person.user.get_username())
    keys = row.detail.get("verdicts")
    if not keys:
        raise Http404
    done = take_back(person, keys)
    audit.record(request, "撤销处理", row.subject, entry=row.pk, count=done)
    if done:
        messages.success(request, f"已撤销，{done} 处恢复为原来的状态。")
    else:
        messages.warning(request, "没有撤销：这些问题后来又有了新的处理意见。")
    return _back(request)


def _back(request: DeskRequest) -> HttpResponse:
    """To the page the form was on."""
    wanted = request.POST.get("next") or request.META.get("HTTP_REFERER", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        return redirect(wanted)
    return redirect("findings")
