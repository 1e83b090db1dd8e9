"""The API for a unit's CMS: `POST /api/v1/precheck` before publication, with the unit's key. It sees only what it is sent and keeps nothing unless asked."""

import threading
from datetime import datetime
from typing import Any, Literal

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.docs import DocsBase
from ninja.security import HttpBearer
from pydantic import Field

from core.errors import ConfigurationError, EnvironmentFailure
from reports.data import finding_data
from service import gate_pool, kept, tokens
from service.api_body import REQUEST_BODY, Sent, read_body
from service.desk import clock, county
from service.desk.models import AuditEntry, UnitToken
from service.gate import Verdict

_writing = threading.Lock()


class Finding(Schema):
    """One judgement about one place; what does not apply is null. 个人信息在 masked 中已脱敏。"""

    id: str
    rule: str = Field(description="规则，如 privacy/resident-id、expression/…、typo/…、format/…、document/unread")
    severity: Literal["veto", "error", "warning", "info"] = Field(description="veto 一票否决，error 必须改正，warning 请人核对，info 仅提示")
    unit: str | None
    source: str | None
    url: str | None
    title: str | None
    file: str | None = Field(description="哪个附件；null 是正文")
    where: str | None = Field(description="位置，如 正文 第5段、Sheet1!C3、第2页")
    start: int | None = Field(description="在该位置文字中的起点（按字符计）")
    end: int | None
    masked: str | None
    message: str
    suggestion: str | None
    reasons: list[str]


class Answer(Schema):
    """The verdict. publishable: 没有 veto 和 error。"""

    publishable: bool
    findings: list[Finding]


class Problem(Schema):
    """Why there is no verdict, in one Chinese line."""

    error: str


class Health(Schema):
    """Whether the service answers."""

    status: Literal["ok"]


class UnitKey(HttpBearer):
    """`Authorization: Bearer …` with a unit's token."""

    def authenticate(self, request: HttpRequest, token: str) -> UnitToken | None:
        """The token's row, or None."""
        return tokens.holder(county.current().id, token, clock.now())


class Page(DocsBase):
    """The API's own page: plain HTML from the OpenAPI document, nothing loaded from elsewhere."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        """One section an operation."""
        schema = api.get_openapi_schema(path_params=kwargs)
        sections = format_html_join("\n", "{}", ((_operation(path, verb, item),) for path, verbs in schema["paths"].items() for verb, item in verbs.items()))
        return HttpResponse(format_html(_PAGE, static("desk/desk.css"), schema["info"]["title"], schema["info"]["description"], sections))


_PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>接口说明</title><link rel="stylesheet" href="{}"></head>'
    '<body><main><h1>{}</h1><p>{}</p><p><a href="openapi.json">openapi.json</a></p>{}</main></body></html>'
)


def _operation(path: str, verb: str, item: dict[str, Any]) -> str:
    shapes = [(kind, content["schema"]) for kind, content in item.get("requestBody", {}).get("content", {}).items()]
    body = format_html_join(
        "\n",
        "<h3>{}</h3><ul>{}</ul>",
        (
            (kind, format_html_join("", "<li><code>{}</code> {}</li>", ((n, p.get("description", "")) for n, p in s["properties"].items())))
            for kind, s in shapes
        ),
    )
    answers = format_html_join("", "<li>{}：{}</li>", ((code, answer["description"]) for code, answer in item["responses"].items()))
    return format_html(
        "<section><h2><code>{} {}</code> {}</h2><p>{}</p>{}<h3>回答</h3><ul>{}</ul></section>",
        verb.upper(),
        path,
        item.get("summary", ""),
        item.get("description", ""),
        body,
        answers,
    )


api = NinjaAPI(
    title="巡查发布前检查接口",
    version="1",
    description="单位的发布系统在三审三校中调用：稿件发来，检查结果当即返回；稿件不留存（除非要求留存）。密钥由信息中心发给各单位，放在 Authorization: Bearer 中。",
    urls_namespace="api",
    docs=Page(),
    docs_url="/docs",
)
_REASONS = {400: "内容不完整", 401: "密钥不对", 413: "太大或太多", 415: "格式不支持", 422: "字段不对"}


@api.get("/health", response={200: Health}, summary="服务是否正常", openapi_extra={"security": []})
def health(request: HttpRequest) -> HttpResponse:
    """数据库能用时回答 ok。"""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _problem(503, "数据库暂时不能用")
    return JsonResponse({"status": "ok"})


@api.post(
    "/precheck",
    auth=UnitKey(),
    response={200: Answer, **dict.fromkeys(_REASONS, Problem)},
    summary="发布前检查",
    openapi_extra={
        "requestBody": REQUEST_BODY,
        "responses": {200: {"description": "检查结果"}, **{code: {"description": text} for code, text in _REASONS.items()}},
    },
)
def precheck(request: HttpRequest) -> HttpResponse:
    """稿件（标题、正文的 HTML 或文字、附件）→ 能否发布和逐处问题，与 xuncha check 的结果相同。"""
    holder: UnitToken = request.auth  # type: ignore[attr-defined]
    sent = read_body(request, holder.unit)
    moment = clock.now()
    verdict = gate_pool.shared().examine(sent.draft, moment.date(), settings.CONFIG)
    found = [finding_data(finding) for finding in verdict.findings]
    _note(request, holder, sent, verdict, found, moment)
    return JsonResponse({"publishable": verdict.publishable, "findings": found}, json_dumps_params={"ensure_ascii": False})


def _note(request: HttpRequest, holder: UnitToken, sent: Sent, verdict: Verdict, found: list[dict[str, Any]], moment: datetime) -> None:
    """One entry in the log, without content; the draft itself only where the unit asks for it. One writer at a time: SQLite's own waiting is slow."""
    detail = {
        "door": "api",
        "publishable": verdict.publishable,
        "findings": len(found),
        "files": len(sent.draft.files),
        "size": sent.draft.size,
        "kept": sent.keep,
    }
    with _writing, transaction.atomic():
        AuditEntry.objects.create(
            county=holder.county,
            at=moment,
            who=f"密钥 {holder.name}"[:150],
            action="precheck",
            subject=f"unit/{holder.unit}"[:255],
            detail=detail,
            address=str(request.META.get("REMOTE_ADDR", ""))[:64],
        )
        if sent.keep:
            kept.keep(county.current(), holder.unit, f"密钥 {holder.name}", sent.draft, found, settings.HOME, moment)


def _problem(status: int, message: str) -> HttpResponse:
    return JsonResponse({"error": message}, status=status, json_dumps_params={"ensure_ascii": False})


@api.exception_handler(AuthenticationError)
def _refused(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    response = _problem(401, "密钥缺失、不对或已收回：请在 Authorization 中写 Bearer 和本单位的密钥")
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def _wrong(request: HttpRequest, error: HttpError) -> HttpResponse:
    return _problem(error.status_code, error.message)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return _problem(422, "请求的内容不符合接口说明")


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return _problem(404, "没有这个接口，说明见 /api/v1/docs")


@api.exception_handler(ConfigurationError)
def _unready(request: HttpRequest, error: ConfigurationError) -> HttpResponse:
    return _problem(503, "检查规则暂时读不出来，请联系信息中心")


@api.exception_handler(EnvironmentFailure)
def _stopping(request: HttpRequest, error: EnvironmentFailure) -> HttpResponse:
    return _problem(503, "检查服务暂时不能用，请稍后再试")
