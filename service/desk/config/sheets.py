"""A list as a spreadsheet and back: every cell is text and none a formula; what an uploaded sheet would do is known before it is done."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import UnreadableError
from core.text import squeeze
from service.desk.config.editing import Editor, Wrong, differences
from service.desk.config.forms import model_errors
from service.desk.config.lists import ListSpec
from service.desk.config.rows import Batch, Row, Values, entry_of, key_of

ORIGINAL = "原名（请勿修改）"
MAX_BYTES, MAX_UNPACKED, MAX_ROWS = 5 * 1024 * 1024, 60 * 1024 * 1024, 3000
_SPARE = 60  # empty rows below that are text already
Line = tuple[int, str, dict[str, str]]  # row number in the sheet, original name, field key → cell


def to_xlsx(spec: ListSpec, rows: Iterable[Row]) -> bytes:
    """The list as a workbook: one column a field, the entry's own name last; a second sheet says what the columns mean."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = spec.title
    header = [*(item.label for item in spec.fields), ORIGINAL]
    lines = [[*(_cell(item.show(row.values[item.key])) for item in spec.fields), row.key] for row in rows]
    for number, cells in enumerate([header, *lines, *([""] * len(header) for _ in range(_SPARE))], 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(number, column)
            put_text(cell, text)
            if number == 1:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="EAF0F8")
            cell.alignment = Alignment(vertical="top", wrap_text="\n" in text)
    for column, title in enumerate(header, 1):
        longest = max((len(line[column - 1]) for line in lines), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(48, max(len(title) * 2 + 2, longest * 1.6 + 2))
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet("填写说明"), spec)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(text: str) -> str:
    """A field's text as a cell: the line end behind the last line stays only where it tells a list of one from a word."""
    return text if text.count("\n") == 1 else text.rstrip("\n")


def _explain(sheet: Any, spec: ListSpec) -> None:
    rows = [("列", "必填", "怎样填")]
    for item in spec.fields:
        words = f"可填：{'、'.join(word for _, word in item.choices)}。" if item.choices else "填“是”或“否”。" if item.kind == "yes" else ""
        rows.append((item.label, "必填" if item.required else "", f"{item.help}{words}"))
    rows.append((ORIGINAL, "", "用来认出是哪一条，改了别的列也不会认错。新增的行留空；不要改它。"))
    for number, cells in enumerate(rows, 1):
        for column, text in enumerate(cells, 1):
            put_text(sheet.cell(number, column), text)
    for letter, width in (("A", 20), ("B", 8), ("C", 90)):
        sheet.column_dimensions[letter].width = width


def put_text(cell: Any, text: str) -> None:
    """Text in a cell, whatever it begins with: never a formula, never a number that loses its zeros."""
    cell.number_format = "@"
    if text:
        cell.value = "".join(char for char in text if char >= " " or char in "\n\t")
        cell.data_type = "s"
        cell.quotePrefix = text[:1] in "=+-@\t\r"


def read_sheet(spec: ListSpec, data: bytes, name: str) -> list[Line]:
    """The rows of an uploaded sheet; raises UnreadableError with what to do. Columns are known by their names, in any order."""
    from crawler.parse.tables import sheets

    if len(data) > MAX_BYTES or _unpacked(data) > MAX_UNPACKED:
        raise UnreadableError(f"文件太大，请只保留这一张表（不超过 {MAX_BYTES // 1024 // 1024} MB）")
    labels = {squeeze(item.label): item.key for item in spec.fields} | {squeeze(ORIGINAL): ""}
    needed = {item.key for item in spec.fields if item.required}
    for rows in sheets(data, name):
        for index, row in enumerate(rows[:10]):
            columns = {labels[squeeze(cell)]: number for number, cell in enumerate(row) if squeeze(cell) in labels}
            if needed and needed <= set(columns):
                return _lines(rows, index, columns)
    wanted = "、".join(item.label for item in spec.fields if item.required)
    raise UnreadableError(f"没有找到表头：应有“{wanted}”这几列。请用“导出”下载的表来填")


def _lines(rows: Sequence[Sequence[str]], header: int, columns: Mapping[str, int]) -> list[Line]:
    lines = []
    for number, row in enumerate(rows[header + 1 :], header + 2):
        cells = {key: row[column] if column < len(row) else "" for key, column in columns.items()}
        if any(text.strip() for key, text in cells.items() if key):
            lines.append((number, cells.pop("", "").strip(), cells))
    if len(lines) > MAX_ROWS:
        raise UnreadableError(f"超过 {MAX_ROWS} 行，像是放错了文件")
    return lines


def _unpacked(data: bytes) -> int:
    """How large a workbook says it is when unpacked."""
    if not data.startswith(b"PK"):
        return 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(item.file_size for item in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return 0


@dataclass(slots=True)
class Plan:
    """What a sheet would do to a list. wrong: sentences, each with its row; nothing is done while there is one."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Row, dict[str, Any], str]] = field(default_factory=list)
    missing: list[Row] = field(default_factory=list)
    same: int = 0
    wrong: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """The same for the same effect on the same entries."""
        parts = [self.added, [(row.ref, row.mark, values) for row, values, _ in self.changed], [(row.ref, row.mark) for row in self.missing]]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]

    def told(self, removing: bool) -> str:
        gone = f"、删除 {len(self.missing)}" if removing and self.missing else ""
        return f"新增 {len(self.added)}、修改 {len(self.changed)}{gone}"


def plan(editor: Editor, lines: Sequence[Line], batch: Batch) -> Plan:
    """Hold the sheet's rows against the list. A row is known by its original name, else by its own key; a copied row counts as new."""
    spec, made = editor.spec, Plan()
    by_key = {row.key: row for row in batch.rows.values()}
    left = dict(batch.rows)
    keys: dict[str, int] = {}
    for number, original, cells in lines:
        row = by_key.get(original) if original else None
        row = row if row and row.ref in left else None
        values = _values(spec, cells, row, number, made)
        if values is None:
            left.pop(row.ref if row else "", None)
            continue
        key = key_of(spec, values)
        if row is None and key in by_key and by_key[key].ref in left:
            row = by_key[key]
            values = _values(spec, cells, row, number, made) or values
        if key in keys:
            made.wrong.append(f"第 {number} 行：“{key}”与第 {keys[key]} 行重复。")
            continue
        keys[key] = number
        if row is None:
            made.added.append(values)
            continue
        left.pop(row.ref)
        _hold(editor, made, row, values, number)
    made.missing = list(left.values())
    return made


def _values(spec: ListSpec, cells: Mapping[str, str], row: Row | None, number: int, made: Plan) -> dict[str, Any] | None:
    """The row's values; a column that the sheet does not have keeps what was there. None when something in it is wrong, which is told."""
    values, before = {}, len(made.wrong)
    for item in spec.fields:
        if item.key not in cells:
            values[item.key] = row.values[item.key] if row else item.empty
            continue
        try:
            values[item.key] = item.read(cells[item.key])
        except ValueError as error:
            made.wrong.append(f"第 {number} 行 {item.label}：{error}")
    if len(made.wrong) > before:
        return None
    for key, text in model_errors(spec.model, entry_of(spec, values, row.raw if row else None)):
        told = spec.field(key)
        made.wrong.append(f"第 {number} 行 {told.label if told else key}：{text}。")
    return values if len(made.wrong) == before else None


def _hold(editor: Editor, made: Plan, row: Row, values: Values, number: int) -> None:
    if dict(values) == row.values:
        made.same += 1
        return
    try:
        final, note = editor.heir(row, values)
    except Wrong as error:
        made.wrong.append(f"第 {number} 行：{error}")
        return
    if note:
        made.notes.append(note)
    made.changed.append((row, final, differences(editor.spec, row.values, final)))


def carry_out(batch: Batch, made: Plan, removing: bool) -> str:
    """The file's text after the plan."""
    for row, values, _ in made.changed:
        batch.change(row, values)
    if removing:
        for row in made.missing:
            batch.remove(row)
    for values in made.added:
        batch.add(values)
    return batch.result()
