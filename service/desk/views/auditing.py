"""核对通报: does a finished bulletin agree with its own annexes? The uploaded file is gone when the answer is given."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import render

from core.errors import XunchaError
from reports.audit import audit as compare
from service.desk import audit
from service.desk.access import OFFICE, DeskRequest, allow

KINDS = (".docx", ".html", ".htm", ".txt")
MOST = 20 * 1024 * 1024


@allow(*OFFICE)
def page(request: DeskRequest) -> HttpResponse:
    """The form, and below it the answer."""
    context: dict[str, Any] = {"kinds": ",".join(KINDS)}
    if request.method == "POST":
        file = request.FILES.get("file")
        wrong = _complaint(file)
        if wrong or file is None:
            context["wrong"] = wrong
        else:
            context |= _compare(file)
            audit.record(request, "核对通报", (file.name or "")[:120], checked=getattr(context.get("report"), "checked", None))
    return render(request, "desk/bulletin_audit.html", context, status=422 if context.get("wrong") else 200)


def _complaint(file: UploadedFile[Any] | None) -> str:
    if file is None:
        return "没有选文件。请选一份已成文的通报，Word（docx）、网页（html）或文本（txt）都可以。"
    if not (file.name or "").lower().endswith(KINDS):
        return f"不能核对“{file.name}”：只能读 docx、html、txt。旧的 doc 或 wps 请先另存为 docx。"
    if not file.size:
        return f"“{file.name}”是空文件，请重新选择。"
    return f"“{file.name}”超过 20 MB，请去掉图片后再试。" if file.size > MOST else ""


def _compare(file: UploadedFile[Any]) -> dict[str, Any]:
    """Compare in a private folder that does not outlive the request."""
    with tempfile.TemporaryDirectory(prefix="xuncha-audit-") as folder:
        path = Path(folder) / f"bulletin{Path(file.name or '').suffix.lower()}"
        path.write_bytes(file.read())
        try:
            report = compare(path)
        except XunchaError as error:
            return {"wrong": str(error).replace(str(path), f"“{file.name}”"), "name": file.name}
    return {"report": report, "name": file.name}
