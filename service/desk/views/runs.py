"""运行: how the nights go, what could not be collected and why, which alerts still wait."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from core.errors import ConfigurationError
from core.records import COLLECTED, Source
from core.store.models import Alert, Receipt
from service.desk import audit as log
from service.desk import clock
from service.desk.access import EDITORS, OFFICE, DeskRequest, allow
from service.jobruns import WORDS
from service.status import history, status

_RUNS, _HISTORY, _ALERTS = 30, 60, 50
_STALE = timedelta(days=3)
# What a receipt says, and what to do about it.
_RECEIPTS = {
    "ok": ("采全了", ""),
    "empty": ("确实没有内容", ""),
    "partial": ("部分没读到", "今晚会再采一次；连续几天这样，请打开网址看看缺的页面。"),
    "expired-login": ("登录失效", "请重新登录，或更换配置里的账号。"),
    "blocked": ("被拒绝", "请与网站管理方说明巡查用途，请其放行；不要加快采集。"),
    "rate-limited": ("被限流", "平台限制了访问次数，今晚会再采一次；连续几天这样，请减少同一凭证下的账号，或联系平台提高限额。"),
    "redesigned": ("页面改版", "列表已认不出来。请核对网址，必要时请技术人员调整。"),
    "unreachable": ("打不开", "请在浏览器中打开网址；也打不开的，联系网站管理方。"),
    "misconfigured": ("没有配好", "请在配置文件中补上网址或台账文件名。"),
}
_ALERT_WORDS = {"waiting": "等待发送", "held": "等待汇总", "failed": "没有发出", "skipped": "不必再发", "merged": "并入汇总", "sent": "已发送"}


@allow(*OFFICE)
@require_GET
def runs(request: DeskRequest) -> HttpResponse:
    """The plan: every job, how its last run went, when it runs next; then what ran lately."""
    now, context = clock.now(), dict[str, Any](tab="runs")
    try:
        jobs = status(request.person.county, now)
        context |= {"jobs": [{"job": job, "late": job.late(now), "bad": job.failed} for job in jobs], "failed": [job for job in jobs if job.failed]}
        context["past"] = [{"run": run, "word": WORDS[run.status]} for run in history(request.person.county.id, _RUNS)]
    except ConfigurationError as error:
        context["complaint"] = str(error)
    return render(request, "desk/runs.html", context)


@allow(*OFFICE)
@require_GET
def sources(request: DeskRequest) -> HttpResponse:
    """The newest receipt of every source, the troubled first; with `source` the history of one."""
    if chosen := request.GET.get("source"):
        return _history(request, chosen)
    newest = Receipt.objects.filter(county=request.person.county.id).order_by().values("source").annotate(last=Max("pk")).values("last")
    receipts = {row.source: row for row in Receipt.objects.filter(pk__in=newest)}
    lines = sorted((_line(source, receipts.get(source.id)) for source in request.person.county.sources), key=lambda line: line["order"])
    counts = {kind: sum(line["kind"] == kind for line in lines) for kind in ("trouble", "never", "fine")}
    wanted = request.GET.get("status", "")
    shown = [line for line in lines if line["kind"] == wanted] if wanted in counts else lines
    context = {"tab": "sources", "counts": counts, "wanted": wanted, "page": Paginator(shown, 100).get_page(request.GET.get("page")), "all": len(lines)}
    return render(request, "desk/runs_sources.html", context)


def _line(source: Source, receipt: Receipt | None) -> dict[str, Any]:
    """One source as the page shows it. kind: trouble · never (no receipt yet) · fine."""
    platform = str(source.options.get("platform", ""))
    line: dict[str, Any] = {"source": source, "name": " · ".join(filter(None, (platform, source.name or source.id)))}
    if receipt is None:
        return line | {"kind": "never", "order": (1, source.id), "word": "还没有采集"}
    kind = "fine" if receipt.status in COLLECTED else "trouble"
    stale = clock.now() - receipt.finished_at > _STALE
    return line | _receipt(receipt) | {"kind": kind, "order": (0 if kind == "trouble" else 2, source.id), "stale": stale}


def _receipt(receipt: Receipt) -> dict[str, Any]:
    word, advice = _RECEIPTS.get(receipt.status, (receipt.status, ""))
    return {"receipt": receipt, "word": word, "advice": advice, "good": receipt.status in COLLECTED}


def _history(request: DeskRequest, chosen: str) -> HttpResponse:
    source = request.person.county.source(chosen)
    if source is None:
        raise Http404
    rows = Receipt.objects.filter(county=request.person.county.id, source=chosen).order_by("-finished_at", "-pk")[:_HISTORY]
    context = {"tab": "sources", "source": source, "name": _line(source, None)["name"], "lines": [_receipt(row) for row in rows]}
    return render(request, "desk/runs_source.html", context)


@allow(*OFFICE)
@require_GET
def alerts(request: DeskRequest) -> HttpResponse:
    """The outbox, newest first: what waits, what went, what did not and why."""
    rows = Alert.objects.filter(county=request.person.county.id)
    counted = dict(rows.order_by().values_list("status").annotate(Count("pk")))
    wanted = request.GET.get("status", "")
    shown = rows.filter(status=wanted) if wanted in _ALERT_WORDS else rows
    page = Paginator(shown.defer("body", "html", "short").order_by("-created_at", "-pk"), _ALERTS).get_page(request.GET.get("page"))
    counts = [(key, word, counted[key]) for key, word in _ALERT_WORDS.items() if counted.get(key)]
    lines = [{"alert": row, "word": _ALERT_WORDS.get(row.status, row.status)} for row in page.object_list]
    context = {"tab": "alerts", "page": page, "lines": lines, "counts": counts, "wanted": wanted, "all": sum(counted.values())}
    return render(request, "desk/runs_alerts.html", context)


@allow(*EDITORS)
@require_POST
def again(request: DeskRequest, pk: int) -> HttpResponse:
    """Put an alert that was given up back into the outbox; one that waits or went out is left alone."""
    row = get_object_or_404(Alert, pk=pk, county=request.person.county.id)
    now = clock.now()
    if Alert.objects.filter(pk=row.pk, status="failed").update(status="waiting", next_try_at=now, tries=0, note=""):
        log.record(request, "重新发送告警", f"alert/{row.pk}", unit=row.unit)
        messages.success(request, "已放回发件箱，下一次发送告警时发出。")
    else:
        messages.warning(request, "这一封不是“没有发出”的，不需要再发。")
    return redirect("runs-alerts")
