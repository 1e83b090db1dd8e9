"""Wrong input of every kind: bombs, nesting, entities, damage. Nothing raises, nothing hangs, nothing is silent."""

import io
import random
import time
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from openpyxl import Workbook
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from core.records import Block, Unread
from crawler.documents import Limits, read
from crawler.documents.limits import MIB

ID = "610326199001011238"


def zipped(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def unread(data: bytes, name: str, **options: object) -> list[Unread]:
    return [piece for piece in read(data, name, **options) if isinstance(piece, Unread)]


def word() -> bytes:
    document, buffer = Document(), io.BytesIO()
    document.add_paragraph(f"号码{ID}")
    document.add_table(rows=2, cols=2).cell(0, 0).text = "姓名"
    document.save(buffer)
    return buffer.getvalue()


def sheet() -> bytes:
    workbook, buffer = Workbook(), io.BytesIO()
    workbook.active.append(["姓名", "号码"])
    workbook.active.append(["张三", ID])
    workbook.save(buffer)
    return buffer.getvalue()


def page() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawString(50, 700, f"number {ID} and some more words")
    canvas.save()
    return buffer.getvalue()


def picture() -> bytes:
    buffer = io.BytesIO()
    Image.effect_noise((200, 100), 50).save(buffer, "PNG")
    return buffer.getvalue()


KINDS: tuple[tuple[str, Callable[[], bytes]], ...] = (
    ("a.docx", word),
    ("a.xlsx", sheet),
    ("a.pdf", page),
    ("a.png", picture),
    ("a.zip", lambda: zipped("a.docx", word())),
)


@pytest.mark.parametrize(("name", "make"), KINDS, ids=[name for name, _make in KINDS])
def test_truncated_at_every_twentieth_it_is_reported(name: str, make: Callable[[], bytes]):
    data = make()
    for share in range(1, 20):
        assert unread(data[: len(data) * share // 20], name, ocr=False), share


@pytest.mark.parametrize(("name", "make"), KINDS, ids=[name for name, _make in KINDS])
def test_flipped_bytes_never_raise_or_hang(name: str, make: Callable[[], bytes]):
    data, chance = make(), random.Random(name)
    for _ in range(60):
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        start = time.monotonic()
        for piece in read(bytes(broken), name, ocr=False):
            assert isinstance(piece, Block | Unread)
        assert time.monotonic() - start < 5


def test_errors_and_reasons_never_repeat_what_the_file_says():
    data = sheet()
    for share in range(1, 20):
        assert not [piece for piece in unread(data[: len(data) * share // 20], "a.xlsx") if ID in piece.reason]


def test_a_member_that_unpacks_to_far_too_much_is_refused_unpacked():
    start = time.monotonic()
    (piece,) = unread(zipped("a.txt", bytes(40 * MIB)), "a.zip")
    assert "压缩" in piece.reason
    assert unread(zipped("a.txt", bytes(2 * MIB)), "a.zip", limits=Limits(member=MIB))[0].file == "a.zip!/a.txt"
    assert time.monotonic() - start < 5


def test_many_members_that_are_too_much_together_stop_at_the_limit():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(20):
            archive.writestr(f"{number}.txt", random.Random(number).randbytes(8).hex() * 10_000)
    pieces = list(read(buffer.getvalue(), "a.zip", limits=Limits(expanded=MIB)))
    assert 0 < sum(isinstance(piece, Block) for piece in pieces) < 10
    assert isinstance(pieces[-1], Unread)


def test_a_sheet_bomb_in_a_workbook_is_refused():
    buffer = io.BytesIO(sheet())
    cells = b"<c><v>1</v></c>" * 4_000_000
    with zipfile.ZipFile(io.BytesIO(sheet())) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "xl/worksheets/sheet1.xml":
                content = (
                    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row>' + cells + b"</row></sheetData></worksheet>"
                )
            new.writestr(info.filename, content)
    start = time.monotonic()
    assert unread(buffer.getvalue(), "a.xlsx")
    assert time.monotonic() - start < 10


def test_a_hundred_archives_in_one_another_stop_at_the_depth():
    data = zipped("a.txt", ID.encode())
    for _ in range(100):
        data = zipped("a.zip", data)
    (piece,) = read(data, "a.zip")
    assert isinstance(piece, Unread)
    assert "嵌套" in piece.reason


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 110))
    + b"]><l>&m;</l>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>'


@pytest.mark.parametrize("text", [LAUGHS, OUTSIDE], ids=["billion-laughs", "external"])
@pytest.mark.parametrize(
    ("name", "part"), [("a.docx", "word/document.xml"), ("a.xlsx", "xl/workbook.xml"), ("a.ofd", "OFD.xml"), ("a.pptx", "ppt/presentation.xml")]
)
def test_entities_are_neither_expanded_nor_fetched(name: str, part: str, text: bytes):
    pieces = list(read(zipped(part, text), name))
    assert [type(piece) for piece in pieces] == [Unread]
    assert "DTD" in pieces[0].reason


def test_entities_in_a_bare_xml_file_and_in_the_shared_strings():
    assert unread(LAUGHS, "a.xml")
    buffer = io.BytesIO(sheet())
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("xl/sharedStrings.xml", LAUGHS)
    assert unread(buffer.getvalue(), "a.xlsx")


def test_a_very_long_pdf_is_bounded_and_reported():
    count = 20_000
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b"3 0 R " * count),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj%sendobj\n" % (number, content)
    table = len(data)
    data += (
        b"xref\n0 4\n0000000000 65535 f \n"
        + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        + b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table
    )
    start = time.monotonic()
    assert any("页数" in piece.reason or "损坏" in piece.reason for piece in unread(data, "a.pdf"))
    assert time.monotonic() - start < 20


def test_time_is_limited():
    workbook = Workbook(write_only=True)
    tab = workbook.create_sheet()
    for number in range(3_000):
        tab.append([number] * 5)
    buffer = io.BytesIO()
    workbook.save(buffer)
    pieces = list(read(buffer.getvalue(), "a.xlsx", limits=Limits(seconds=0.02)))
    assert isinstance(pieces[-1], Unread)
    assert "时间" in pieces[-1].reason


@pytest.mark.parametrize("data", [b"", b"\0", b"PK", b"PK\x03\x04", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\x89PNG\r\n\x1a\n", b"<", b"\xff\xfe"])
@pytest.mark.parametrize("name", ["", "a", "a.docx", "a.pdf", "a.csv", "a.html", "a.eml"])
def test_scraps_never_raise(data: bytes, name: str):
    for piece in read(data, name):
        assert isinstance(piece, Block | Unread)


@pytest.mark.parametrize("name", ["a.docx", "a.xls", "a.pdf"])
def test_an_empty_attachment_is_reported(name: str):
    assert unread(b"", name)
