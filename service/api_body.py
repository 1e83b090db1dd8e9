"""What a program sends to be checked: a multipart form or JSON → a draft; everything wrong is one Chinese line with its HTTP status."""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError

from service.gate import Draft, DraftFile

MIB = 1 << 20
MAX_BODY, MAX_FILE, MAX_FILES_TOTAL = 60 * MIB, 20 * MIB, 40 * MIB
MAX_FILES, MAX_TITLE, MAX_WORDS, MAX_NAME = 20, 500, 500_000, 255
_BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
_WORDS = {"title": MAX_TITLE, "html": MAX_WORDS, "text": MAX_WORDS}
_NOTHING = "没有可检查的内容：请至少提供 html、text、files 中的一项"


@dataclass(frozen=True, slots=True)
class Sent:
    """A draft as sent, and whether the unit wants it kept."""

    draft: Draft
    keep: bool


def read_body(request: HttpRequest, unit: str) -> Sent:
    """The draft in a request; raises HttpError 400, 413, 415 or 422."""
    if _length(request) > MAX_BODY:
        raise HttpError(413, f"内容超过 {MAX_BODY // MIB} MB，请拆分后分别提交")
    fields: Mapping[str, Any]
    if request.content_type == "multipart/form-data":
        fields, files = _form(request)
    elif request.content_type == "application/json":
        fields, files = _json(request)
    else:
        raise HttpError(415, "请用 multipart/form-data 或 application/json 提交")
    _check_files(files)
    words = {name: _whole(str(fields.get(name, ""))) for name in _WORDS}
    for name, limit in _WORDS.items():
        if len(words[name]) > limit:
            raise HttpError(422 if name == "title" else 413, f"{name} 超过 {limit} 个字符，请拆分后分别提交")
    if not files and not any(re.search(r"\S", words[name]) for name in ("html", "text")):
        raise HttpError(422, _NOTHING)
    named = tuple(DraftFile(_whole(file.name), file.data) for file in files)
    return Sent(Draft(words["title"], words["text"], words["html"], named, unit), bool(fields.get("keep", False)))


def _whole(text: str) -> str:
    """Half characters (a broken pair of surrogates) as question marks, one for one: nothing can store or send them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise HttpError(400, "Content-Length 写法不对") from None


def _check_files(files: Sequence[DraftFile]) -> None:
    if len(files) > MAX_FILES:
        raise HttpError(422, f"文件超过 {MAX_FILES} 个，请分批提交")
    for number, file in enumerate(files, 1):
        if not 1 <= len(file.name) <= MAX_NAME:
            raise HttpError(422, f"第 {number} 个文件的文件名应为 1 至 {MAX_NAME} 个字符")
        if len(file.data) > MAX_FILE:
            raise HttpError(413, f"第 {number} 个文件超过 {MAX_FILE // MIB} MB，请拆分后提交")
    if sum(len(file.data) for file in files) > MAX_FILES_TOTAL:
        raise HttpError(413, f"文件合计超过 {MAX_FILES_TOTAL // MIB} MB，请分批提交")


class _InMemory(MemoryFileUploadHandler):
    """Uploads stay in memory: nothing of a draft ever lies in a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def _form(request: HttpRequest) -> tuple[dict[str, Any], list[DraftFile]]:
    request.upload_handlers = [_InMemory(request)]
    try:
        posted, uploaded = request.POST, request.FILES
    except RequestDataTooBig:
        raise HttpError(413, f"文字超过 {settings.DATA_UPLOAD_MAX_MEMORY_SIZE // MIB} MB，请拆分后分别提交") from None
    except (TooManyFieldsSent, TooManyFilesSent):
        raise HttpError(422, f"字段或文件太多：文件不超过 {MAX_FILES} 个") from None
    except (MultiPartParserError, UnreadablePostError):
        raise HttpError(400, "multipart 内容不完整或写法不对") from None
    if unknown := sorted((set(posted) - {*_WORDS, "keep"}) | (set(uploaded) - {"files"})):
        raise HttpError(422, f"没有这个字段：{_shown(unknown[0])}；可用的有 title、html、text、keep 和文件字段 files")
    fields: dict[str, Any] = {}
    for name in posted:
        values = posted.getlist(name)
        if len(values) > 1:
            raise HttpError(422, f"字段 {name} 出现了 {len(values)} 次，请只提供一次")
        fields[name] = values[0]
    if "keep" in fields:
        if fields["keep"] not in ("true", "false"):
            raise HttpError(422, "keep 只能是 true 或 false")
        fields["keep"] = fields["keep"] == "true"
    return fields, [DraftFile(file.name or "附件", file.read()) for file in uploaded.getlist("files") if isinstance(file, UploadedFile)]


def _json(request: HttpRequest) -> tuple[Mapping[str, Any], list[DraftFile]]:
    try:
        data = json.loads(request.read(MAX_BODY).decode("utf-8"))
    except UnicodeDecodeError:
        raise HttpError(400, "JSON 应为 UTF-8 编码") from None
    except (ValueError, RecursionError):
        raise HttpError(400, "不是合法的 JSON") from None
    except UnreadablePostError:
        raise HttpError(400, "内容没有传完，请重新提交") from None
    if not isinstance(data, dict):
        raise HttpError(422, "JSON 最外层应是一个对象")
    if unknown := sorted(set(data) - {*_WORDS, "keep", "files"}):
        raise HttpError(422, f"没有这个字段：{_shown(unknown[0])}；可用的有 title、html、text、files、keep")
    for name in _WORDS:
        if name in data and not isinstance(data[name], str):
            raise HttpError(422, f"{name} 应是文字")
    if "keep" in data and not isinstance(data["keep"], bool):
        raise HttpError(422, "keep 只能是 true 或 false")
    return data, _json_files(data.get("files", []))


def _json_files(entries: Any) -> list[DraftFile]:
    if not isinstance(entries, list):
        raise HttpError(422, "files 应是一个列表，每项为 {name, data}")
    if len(entries) > MAX_FILES:
        raise HttpError(422, f"文件超过 {MAX_FILES} 个，请分批提交")
    return [_json_file(entry, number) for number, entry in enumerate(entries, 1)]


def _json_file(entry: Any, number: int) -> DraftFile:
    if not isinstance(entry, dict) or set(entry) != {"name", "data"} or not all(isinstance(value, str) for value in entry.values()):
        raise HttpError(422, f"files 第 {number} 项应为 {{name, data}}：name 是文件名，data 是文件内容的 base64")
    if not re.search(_BASE64, entry["data"]) or entry["data"].endswith("\n"):
        raise HttpError(422, f"files 第 {number} 项的 data 不是标准的 base64")
    try:
        return DraftFile(entry["name"], base64.b64decode(entry["data"], validate=True))
    except (binascii.Error, ValueError):
        raise HttpError(422, f"files 第 {number} 项的 data 不是标准的 base64") from None


def _shown(name: str) -> str:
    """A field's name as it may be repeated in an answer: short and of plain letters, for anything may have been put there."""
    return re.sub(r"[^A-Za-z_\u4e00-\u9fff-]", "?", name)[:30]


# --- the same, as the OpenAPI document says it --------------------------------------------------------------------


def _schema(files: Mapping[str, Any]) -> dict[str, Any]:
    something = [{"required": [name], "properties": {name: {"type": "string", "pattern": r"\S"}}} for name in ("html", "text")]
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "title": {"type": "string", "maxLength": MAX_TITLE, "description": "标题"},
            "html": {"type": "string", "description": f"正文的 HTML，不超过 {MAX_WORDS} 个字符"},
            "text": {"type": "string", "description": f"正文的纯文字（与 html 二选一即可），不超过 {MAX_WORDS} 个字符"},
            "files": {"type": "array", "maxItems": MAX_FILES, "items": files, "description": f"附件，每个不超过 {MAX_FILE // MIB} MB"},
            "keep": {"type": "boolean", "default": False, "description": "是否留存稿件备查；默认检查完即丢弃"},
        },
        "anyOf": [*something, {"required": ["files"], "properties": {"files": {"type": "array", "minItems": 1}}}],
    }


_FILE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "data"],
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": MAX_NAME, "description": "文件名"},
        "data": {"type": "string", "contentEncoding": "base64", "pattern": _BASE64, "description": "文件内容的 base64"},
    },
}
REQUEST_BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": _schema(_FILE)},
        "multipart/form-data": {"schema": _schema({"type": "string", "format": "binary"})},
    },
}
