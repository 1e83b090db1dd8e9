"""发布前检查: paste or upload, and see at once whether it may be published. Nothing is kept."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import ConfigurationError
from core.text import conceal
from service.api_body import MAX_FILE, MAX_FILES, MIB
from service.desk import drafts
from service.desk.access import EVERYONE, DeskRequest, allow
from service.gate import Draft
from service.gate_words import page as record_page

Answer = Callable[[DeskRequest, Draft], HttpResponse]


def _with_draft(view: Answer) -> Callable[[DeskRequest], HttpResponse]:
    """Give the view the draft of the form. The form is read into memory first, only then its token is checked: the other way round large files
    would be written to temporary ones before anybody could object."""

    @wraps(view)
    def guarded(request: DeskRequest) -> HttpResponse:
        try:
            draft, complaint = drafts.sent(request), None
        except drafts.Unfit as unfit:
            if unfit.unparsed:
                return _told(request, str(unfit))
            draft, complaint = Draft(), str(unfit)
        return csrf_protect(_answer)(request, view, draft, complaint)  # type: ignore[no-any-return]

    return csrf_exempt(guarded)  # type: ignore[no-any-return]


def _answer(request: DeskRequest, view: Answer, draft: Draft, complaint: str | None) -> HttpResponse:
    if complaint:
        return _told(request, complaint)
    try:
        return view(request, draft)
    except drafts.Unfit as unfit:
        return _told(request, str(unfit))
    except ConfigurationError:
        return _told(request, "检查规则的配置有误，暂时不能检查。请联系信息中心运行 xuncha config check 查看原因。")


def _told(request: DeskRequest, complaint: str) -> HttpResponse:
    """The complaint in place of a result; htmx puts only good answers into the page."""
    return _shown(request, {"complaint": complaint}, 200 if request.htmx else 422)


def _shown(request: DeskRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    limits = {"most_files": MAX_FILES, "most_size": MAX_FILE // MIB}
    return render(request, "desk/parts/precheck_result.html" if request.htmx else "desk/precheck.html", context | limits, status=status)


@_with_draft
def _checked(request: DeskRequest, draft: Draft) -> HttpResponse:
    return _shown(request, {"result": drafts.result(draft)})


@allow(*EVERYONE)
@csrf_exempt  # the token is checked in `_with_draft`
@require_http_methods(["GET", "POST"])
def precheck(request: DeskRequest) -> HttpResponse:
    """The page, and the result of a draft."""
    return _checked(request) if request.method == "POST" else _shown(request, {})


@allow(*EVERYONE)
@require_POST
@_with_draft
def redacted(request: DeskRequest, draft: Draft) -> HttpResponse:
    """A redacted copy of one part of the draft."""
    data, name = drafts.redacted(draft, request.POST.get("which", ""))
    return _download(data, name, "application/octet-stream")


@allow(*EVERYONE)
@require_POST
@_with_draft
def record(request: DeskRequest, draft: Draft) -> HttpResponse:
    """The result as a document of its own, for the record."""
    name = draft.title.strip() or (draft.files[0].name if draft.files else "正文")
    title = f"发布前检查记录：{conceal(name)[:60]}"
    return _download(record_page(drafts.judged(draft), title).encode("utf-8"), "发布前检查记录.html", "text/html; charset=utf-8")


def _download(data: bytes, name: str, media_type: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return HttpResponse(data, content_type=media_type, headers=headers)
