"""账号: all accounts with their month in one line; an account's page with the judgement of each post and how to overrule it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST

from core.activity import AccountActivity, Judgement, Silence
from core.records import COLLECTED, StoredPost, Verdict
from core.store import findings as store
from core.store.models import Finding, Post, Receipt
from core.store.models import Verdict as VerdictRow
from reports.problems import account_complaints, silence_limit
from service.desk import audit, charts, clock
from service.desk.access import EDITORS, EVERYONE, OFFICE, DeskRequest, allow
from service.desk.finding_list import OPEN
from service.desk.standing import Judged, judged
from service.desk.strips import account_strip, silence_so_far, too_long
from service.desk.words import complaint_about, readable, titles_of

KINDS = {"original": "原创", "recommended": "转载推荐", "other": "其他转载"}
RULINGS = {"original": "原创", "other": "转载"}
_COMPLAINTS = {"account-silent": "停更超过规定", "repost-shortfall": "转载推荐信息不足", "original-shortfall": "原创不足"}


@dataclass(frozen=True, slots=True)
class Line:
    """An account in the list."""

    row: AccountActivity
    key: str
    strip: SafeString
    grade: str
    troubles: tuple[str, ...]
    open: int


@allow(*OFFICE)
@require_GET
def listing(request: DeskRequest) -> HttpResponse:
    """Every account, those with something wrong first."""
    person, today = request.person, clock.today()
    month = judged(person.county, request.month)
    running = request.month.last >= today
    sources = {row.account.source for row in month.counted.activity.accounts}
    counted = person.scope(Finding.objects.filter(source__in=sources, state__in=OPEN, rank__lte=1)).order_by().values_list("source").annotate(Count("pk"))
    open_findings = dict(counted)
    lines = [
        Line(
            row, row.account.key, account_strip(person.county, row, month, today), month.assessment.grades["accounts"].get(row.account.key, ""),
            _troubles(request, row, month, running), open_findings.get(row.account.source, 0),
        )
        for row in month.counted.activity.accounts
    ]  # fmt: skip
    lines.sort(key=lambda line: (-len(line.troubles) - line.open, line.row.verified, line.row.account.platform))
    context = {
        "lines": lines, "running": running, "recommended": month.counted.activity.recommended, "legend": charts.legend(),
        "troubled": sum(bool(line.troubles) for line in lines), "unverified": sum(not line.row.verified for line in lines),
    }  # fmt: skip
    return render(request, "desk/accounts.html", context)


def _troubles(request: DeskRequest, row: AccountActivity, month: Judged, running: bool) -> tuple[str, ...]:
    """What is wrong: at the month's end by the rules of grading, before it only a silence that is already too long."""
    county = request.person.county
    if running:
        return ("停更超过规定",) if too_long(county, row, month, clock.today()) else ()
    return tuple(_COMPLAINTS[kind] for kind in account_complaints(row, month.counted.activity.recommended, county.grading.accounts))


@dataclass(frozen=True, slots=True)
class JudgedPost:
    """A post of the account's page; `overruled` is the person's row that decided, if one did."""

    post: StoredPost
    title: str
    judgement: Judgement
    kind: str
    reasons: str
    overruled: Any


@allow(*EVERYONE)
@require_GET
def detail(request: DeskRequest, key: str) -> HttpResponse:
    """An account's month."""
    person, today = request.person, clock.today()
    month = judged(person.county, request.month)
    row = next((row for row in month.counted.activity.accounts if row.account.key == key), None)
    if row is None:
        raise Http404
    person.require(row.account.unit)
    rules = person.county.grading.accounts
    silence = silence_so_far(row, month, today)
    items = _items(row, month)
    context: dict[str, Any] = {
        "row": row,
        "account": row.account,
        "strip": account_strip(person.county, row, month, today, large=True),
        "legend": charts.legend(),
        "grade": month.assessment.grades["accounts"].get(key, ""),
        "running": request.month.last >= today,
        "rules": rules,
        "recommended": month.counted.activity.recommended,
        "assessed": row.account.platform in rules.repost_platforms,
        "limit": silence_limit(row, rules),
        "silence": silence,
        "silent": bool(silence and row.verified and silence.days > silence_limit(row, rules)),
        "since": _since(silence, request),
        "posts": _posts(request, row, month),
        "items": items,
        "missing": sum(item["post"] is None for item in items),
        "receipt": Receipt.objects.filter(county=person.county.id, source=row.account.source).order_by("-pk").first(),
        "collected": COLLECTED,
        "findings": person.scope(Finding.objects.filter(source=row.account.source, state__in=OPEN)).count(),
        "reason": month.counted.activity.failed.get(row.account.source) or month.counted.activity.failed.get("recommended", ""),
        "rulings": RULINGS,
    }
    return render(request, "desk/account.html", context)


def _since(silence: Silence | None, request: DeskRequest) -> str:
    return "从上月起" if silence and silence.start < request.month.first else ""


def _posts(request: DeskRequest, row: AccountActivity, month: Judged) -> list[JudgedPost]:
    """The month's posts, the newest first, with the person's word where there was one."""
    found = [(month.posts[judgement.post], judgement) for judgement in row.judgements if judgement.post in month.posts]
    titles = titles_of(post for post, _ in found)
    subjects = [f"post/{post.id}" for post, _ in found]
    rows = VerdictRow.objects.filter(county=request.person.county.id, subject__in=subjects).order_by("at", "pk")
    latest = {verdict.subject: verdict for verdict in rows}
    lines = []
    for post, judgement in sorted(found, key=lambda pair: (pair[0].published_at is not None, pair[0].published_at), reverse=True):
        verdict = latest.get(f"post/{post.id}")
        lines.append(
            JudgedPost(
                post,
                titles[post.id],
                judgement,
                KINDS[judgement.kind],
                readable(request.person.county, judgement.reasons),
                verdict if verdict and verdict.decision else None,
            )
        )
    return lines


def _items(row: AccountActivity, month: Judged) -> list[dict[str, Any]]:
    """The month's recommended items, the missing first, each with the post that reposted it."""
    wanted = month.counted.activity.month
    done = {judgement.item: month.posts.get(judgement.post) for judgement in row.judgements if judgement.item}
    seen: dict[str, dict[str, Any]] = {}
    for post in month.counted.posts.get("recommended", ()):
        if post.published_on in wanted:
            seen.setdefault(post.url, {"title": post.title, "day": post.published_on, "post": done.get(post.url), "url": post.url})
    return sorted(seen.values(), key=lambda item: (item["post"] is not None, item["day"]))


@allow(*EDITORS)
@require_POST
def rule(request: DeskRequest, pk: int) -> HttpResponse:
    """A person's word on a post: original or repost; an empty ruling gives it back to the machine."""
    post = get_object_or_404(Post, pk=pk, county=request.person.county.id)
    account = next((account for account in request.person.county.accounts if account.source == post.source), None)
    if account is None:
        raise Http404
    ruling, reason = request.POST.get("decision", ""), request.POST.get("reason", "").strip()
    back = redirect(f"{reverse('account', args=[account.key])}?month={request.month}#post-{pk}")
    wrong = complaint_about(reason) if ruling in RULINGS else "没有改判：请先选择“原创”或“转载”。"
    if wrong:
        messages.error(request, wrong)
        return back
    verdict = Verdict(f"post/{pk}", ruling, reason, request.person.name, clock.now())
    (entry,) = store.add_verdicts(request.person.county.id, [verdict])
    audit.record(request, "改判原创转载", f"post/{pk}", decision=ruling, reason=reason)
    messages.success(request, f"已将“{post.title[:30]}”改判为{RULINGS[ruling]}，数字已重新计算。", extra_tags=reverse("decision-undo", args=[entry]))
    return back
