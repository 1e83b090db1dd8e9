"""配置: a list as a spreadsheet, out and in again."""

import json
from typing import Any
from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from core.errors import UsageError, XunchaError
from service.desk import audit, clock
from service.desk.access import OFFICE, DeskRequest, allow
from service.desk.config import files, page, usage
from service.desk.config.editing import Editor
from service.desk.config.forms import in_words
from service.desk.config.lists import ListSpec
from service.desk.config.rows import Batch, rows_of
from service.desk.config.sheets import Line, Plan, carry_out, plan, read_sheet, to_xlsx
from service.desk.models import ADMINISTRATOR
from service.desk.views.config_lists import spec_or_404

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHOWN = 200


@allow(*OFFICE)
@require_GET
def export(request: DeskRequest, slug: str) -> HttpResponse:
    """The list as xlsx."""
    spec = spec_or_404(slug)
    rows = rows_of(spec, usage.load(page.folder(), spec))
    audit.record(request, "导出配置", f"config/{spec.file}", reason=f"{spec.title} {len(rows)} 条")
    response = HttpResponse(to_xlsx(spec, rows), content_type=_XLSX)
    name = f"{request.person.county.name}-{spec.title}-{clock.today().isoformat()}.xlsx"
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@allow(ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def upload(request: DeskRequest, slug: str) -> HttpResponse:
    """Take a sheet, show what it would do, and with `rows` do it: only what was shown, only while it is still so."""
    spec = spec_or_404(slug)
    given = page.context(request, spec=spec)
    if request.method == "GET":
        return render(request, "desk/config/import.html", given)
    editor = Editor(page.folder(), request.person.county, spec, page.author(request))
    try:
        lines = _posted(request.POST["rows"]) if "rows" in request.POST else _read(request, spec)
        batch = Batch(spec, files.read(page.folder(), spec.file, spec.start))
        made = plan(editor, lines, batch)
    except XunchaError as error:
        return render(request, "desk/config/import.html", {**given, "wrong": [f"{error}。"]})
    given |= _look(spec, made, lines)
    if "rows" not in request.POST or made.wrong:
        return render(request, "desk/config/import.html", given)
    if request.POST.get("mark") != made.mark:
        return render(request, "desk/config/import.html", {**given, "meanwhile": True})
    return _carry(request, editor, lines, made, given)


def _carry(request: DeskRequest, editor: Editor, lines: list[Line], seen: Plan, given: dict[str, Any]) -> HttpResponse:
    spec, removing = editor.spec, request.POST.get("removing") == "1"

    def edit(text: str) -> str:
        batch = Batch(spec, text)
        made = plan(editor, lines, batch)
        if made.mark != seen.mark:
            raise UsageError("刚才又有人改了这份名单，请再导入一次")
        if removing:
            for row in made.missing:
                if found := usage.uses(editor.folder, editor.county, spec, usage.names_of(spec, row.values)):
                    raise UsageError(f"不能删除“{row.key}”，还有别处用到它：{usage.told(found)}。请先改掉那些地方，或不要勾选删除")
        return carry_out(batch, made, removing)

    try:
        change = files.save(editor.folder, spec.file, edit, lambda: f"导入{spec.title}：{seen.told(removing)}", editor.author, spec.start)
    except files.Rejected as error:
        return render(request, "desk/config/import.html", {**given, "wrong": [in_words(complaint) for complaint in error.complaints[:20]]})
    except XunchaError as error:
        return render(request, "desk/config/import.html", {**given, "wrong": [f"{error}。"]})
    page.told(request, change)
    return redirect("config-list", slug=spec.slug)


def _read(request: DeskRequest, spec: ListSpec) -> list[Line]:
    file = request.FILES.get("file")
    if file is None:
        raise UsageError("请选择要导入的文件")
    return read_sheet(spec, file.read(), file.name or "表格")


def _posted(text: str) -> list[Line]:
    """The rows that the page before this one was shown."""
    try:
        return [(int(number), str(original), {str(key): str(cell) for key, cell in cells.items()}) for number, original, cells in json.loads(text)]
    except (ValueError, TypeError, AttributeError):
        raise UsageError("页面内容不完整，请重新选择文件") from None


def _look(spec: ListSpec, made: Plan, lines: list[Line]) -> dict[str, Any]:
    """The plan as the page shows it."""
    return {
        "plan": made,
        "wrong": made.wrong[:50],
        "more": max(0, len(made.wrong) - 50),
        "added": [[(item.label, item.show(values[item.key]).strip()) for item in spec.fields if not item.narrow] for values in made.added[:_SHOWN]],
        "shown": {"changed": made.changed[:_SHOWN], "missing": made.missing[:_SHOWN]},
        "nothing": not (made.added or made.changed or made.missing),
        "payload": json.dumps(lines, ensure_ascii=False),
    }
