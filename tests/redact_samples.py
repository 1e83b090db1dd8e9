"""Documents with synthetic persons to redact, and what must hold of every redacted copy."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from docx import Document
from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.styles import Font, PatternFill

from checks.privacy import scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Finding, Subject, Unread
from crawler.documents import read
from service.redact import redact_bytes

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@cache
def policy() -> Policy:
    return load_policy()


def identity(rng: random.Random) -> str:
    """A number with a right check digit that nobody was given: its serial is drawn."""
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(18_000))
    body = f"610326{born:%Y%m%d}{rng.randrange(1000):03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def mobile(rng: random.Random) -> str:
    return f"139{rng.randrange(10**8):08d}"


def masked(value: str) -> str:
    return f"{value[:6]}********{value[-4:]}" if len(value) == 18 else f"{value[:3]}****{value[-4:]}"


def blocks(data: bytes, name: str) -> list[Block]:
    pieces = list(read(data, name))
    assert not [piece for piece in pieces if isinstance(piece, Unread)], pieces
    return [piece for piece in pieces if isinstance(piece, Block)]


def found(data: bytes, name: str) -> list[Finding]:
    return [finding for finding in scan(Subject(tuple(blocks(data, name)), title=name), policy()) if finding.severity != "info"]


def cleaned(data: bytes, name: str, *secrets: str) -> bytes:
    """The redacted bytes: they check clean, no secret is left in any member, and no text changed but for stars."""
    assert found(data, name), "the test document holds no leak"
    result, report = redact_bytes(data, name)
    assert report.leaks >= 1
    assert found(result, name) == []
    for member, content in members(result).items():
        for secret in secrets:
            assert secret.encode() not in content, (member, secret)
            assert secret.encode("utf-16-le") not in content, (member, secret)
    only_stars_differ(blocks(data, name), blocks(result, name))
    return result


def members(data: bytes) -> dict[str, bytes]:
    if not data.startswith(b"PK"):
        return {"": data}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def only_stars_differ(before: list[Block], after: list[Block]) -> None:
    """Blocks of the document itself (properties apart) at the same places, the same but for stars."""
    kept = [block for block in before if block.where != "文档属性"]
    now = [block for block in after if block.where != "文档属性"]
    assert [block.where for block in kept] == [block.where for block in now]
    for old, new in zip(kept, now, strict=True):
        assert len(old.text) == len(new.text), (old.where, new.text)
        assert all(a == b or b == "*" for a, b in zip(old.text, new.text, strict=True)), new.where


def repacked(data: bytes, **changes: object) -> bytes:
    """The package with members replaced (bytes), edited (a function of bytes) or added; `__` in a name stands for `/`."""
    content = members(data)
    for name, change in changes.items():
        path = name.replace("__", "/")
        content[path] = change(content[path]) if callable(change) else change  # type: ignore[assignment]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data_of in content.items():
            archive.writestr(path, data_of)
    return buffer.getvalue()


def text_at(data: bytes, name: str, where: str) -> str:
    (block,) = [block for block in blocks(data, name) if block.where == where]
    return block.text


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def a_list(rng: random.Random, rows: int = 5) -> tuple[Workbook, list[str]]:
    """A list of persons as offices make them, with styles, widths, merged cells and a chart."""
    book, secrets = Workbook(), []
    sheet = book.active
    sheet.title = "公示名单"
    sheet.append(["2023年补贴公示"])
    sheet.merge_cells("A1:F1")
    sheet.append(["序号", "姓名", "身份证号", "联系电话", "出生日期", "金额"])
    for number in range(rows):
        person, phone = identity(rng), mobile(rng)
        secrets += [person, phone]
        born = date(int(person[6:10]), int(person[10:12]), int(person[12:14]))
        sheet.append([number + 1, "张三", person, int(phone), born, 100 + number])
        sheet.cell(number + 3, 3).font = Font(bold=True, color="FF0000")
        sheet.cell(number + 3, 4).fill = PatternFill("solid", fgColor="FFFF00")
    sheet.column_dimensions["C"].width = 31
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=6, min_row=2, max_row=rows + 2), titles_from_data=True)
    sheet.add_chart(chart, "H2")
    return book, secrets


def in_word(build: Callable[[Document], None]) -> bytes:
    document = Document()
    build(document)
    return saved(document)
