"""doc, wps, xls, et: binary Office files built here byte by byte after their specifications."""

import struct
from collections.abc import Mapping

import pytest

from core.records import Block, Unread
from crawler.documents import read

ID = "610326199001011238"
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def container(streams: Mapping[str, bytes]) -> bytes:
    """An OLE file with these streams in its root, each padded so that none goes to the mini stream."""
    sectors: list[bytes] = []
    fat: list[int] = []
    entries = []
    for name, content in streams.items():
        padded = content + bytes(max(0, 4096 - len(content)))
        start, count = len(sectors), -(-len(padded) // 512)
        sectors += [padded[512 * index : 512 * (index + 1)].ljust(512, b"\0") for index in range(count)]
        fat += [*range(start + 1, start + count), _END]
        entries.append((name, 2, start, len(padded)))
    directory = _directory(entries)
    start = len(sectors)
    sectors += [directory[512 * index : 512 * (index + 1)] for index in range(len(directory) // 512)]
    fat += [*range(start + 1, len(sectors)), _END]
    tables = -(-(len(fat) + 1) // 127)
    fat += [_FAT] * tables
    fat += [_FREE] * (tables * 128 - len(fat))
    first = len(sectors)
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, start, 0, 4096, _END, 0, _END, 0)
    )
    head += struct.pack("<109I", *range(first, first + tables), *[_FREE] * (109 - tables))
    return head + b"".join(sectors) + struct.pack(f"<{len(fat)}I", *fat)


def _directory(entries: list[tuple[str, int, int, int]]) -> bytes:
    rows = []
    for index, (name, kind, start, size) in enumerate([("Root Entry", 5, _END, 0), *entries]):
        wide = name.encode("utf-16-le")
        right = index + 1 if 0 < index < len(entries) else _FREE
        rows.append(struct.pack("<64sHBBIII16xI16xIQ", wide, len(wide) + 2, kind, 1, _FREE, right, 1 if not index else _FREE, 0, start, size))
    while len(rows) % 4:
        rows.append(struct.pack("<64sHBBIII16xI16xIQ", b"", 0, 0, 0, _FREE, _FREE, _FREE, 0, 0, 0))
    return b"".join(rows)


def word(
    text: str,
    *,
    notes: str = "",
    headers: str = "",
    rows: tuple[int, ...] = (),
    table: tuple[int, ...] = (),
    hidden: tuple[int, int, bytes] | None = None,
    flags: int = 0,
    far: bool = False,
) -> bytes:
    """A Word 97 file: the stories one after another in UTF-16 at 0x400; `rows` end a row, `table` characters stand in a table; `far`: row ends are told in the data stream."""
    story = text + notes + headers
    main = bytearray(0x400) + story.encode("utf-16-le")
    main += bytes(-len(main) % 512)
    marks = sorted({0, len(story), *(index for mark in (*rows, *table) for index in (mark, mark + 1))})
    papx = _page([(first, _papx(_modifiers(first in table or first in rows, first in rows, far))) for first in marks[:-1]], marks[-1], 13)
    start, end, modifier = hidden or (0, 0, b"")
    edges = sorted({0, start, end, len(story)})
    chpx = _page([(first, bytes([len(modifier)]) + modifier if start <= first < end else b"") for first in edges[:-1]], edges[-1], 1)
    page = len(main) // 512
    main += papx + chpx
    clx = b"\x02" + struct.pack("<I", 16) + struct.pack("<II", 0, len(story)) + struct.pack("<HIH", 0, 0x400, 0)
    tables = clx + struct.pack("<III", 0x400, 0x400 + 2 * len(story), page) + struct.pack("<III", 0x400, 0x400 + 2 * len(story), page + 1)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0xC1)
    struct.pack_into("<H", main, 0x0A, 0x0200 | flags)
    struct.pack_into("<III", main, 0x4C, len(text), len(notes), len(headers))
    struct.pack_into("<II", main, 0x1A2, 0, len(clx))
    struct.pack_into("<II", main, 0x102, len(clx), 12)
    struct.pack_into("<II", main, 0xFA, len(clx) + 12, 12)
    told = _modifiers(True, True, False)
    return container({"WordDocument": bytes(main), "1Table": tables} | ({"Data": bytes(_FAR) + struct.pack("<H", len(told)) + told} if far else {}))


_FAR = 64  # where in the data stream the long property lists begin


def _modifiers(in_table: bool, row_end: bool, far: bool) -> bytes:
    if row_end and far:
        return struct.pack("<HI", 0x6646, _FAR)
    return (struct.pack("<HB", 0x2416, 1) if in_table else b"") + (struct.pack("<HB", 0x2417, 1) if row_end else b"")


def _papx(modifiers: bytes) -> bytes:
    size = 2 + len(modifiers)
    return (bytes([0, size // 2]) if size % 2 == 0 else bytes([(size + 1) // 2])) + b"\0\0" + modifiers


def _page(entries: list[tuple[int, bytes]], end: int, width: int) -> bytes:
    page = bytearray(512)
    bounds = [0x400 + 2 * first for first, _properties in entries] + [0x400 + 2 * end]
    struct.pack_into(f"<{len(bounds)}I", page, 0, *bounds)
    place = 510
    for index, (_first, properties) in enumerate(entries):
        if properties:
            place -= len(properties) + len(properties) % 2
            page[place : place + len(properties)] = properties
            page[4 * len(bounds) + index * width] = place // 2
    page[511] = len(entries)
    return bytes(page)


def blocks(data: bytes, name: str) -> list[Block]:
    pieces = list(read(data, name))
    assert not [piece for piece in pieces if isinstance(piece, Unread)], pieces
    return [piece for piece in pieces if isinstance(piece, Block)]


@pytest.mark.parametrize("name", ["a.doc", "a.wps"])
def test_paragraphs_notes_and_headers_of_a_binary_document(name: str):
    found = blocks(word(f"关于公示的通知\r\r号码{ID}。\r", notes="脚注的字\r", headers="内部资料\r"), name)
    assert [(block.where, block.text) for block in found] == [
        ("第1段", "关于公示的通知"),
        ("第3段", f"号码{ID}。"),
        ("脚注", "脚注的字"),
        ("页眉页脚", "内部资料"),
    ]


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
def test_cells_of_a_binary_table_with_an_empty_cell(far: bool):
    text = "标题\r姓名\x07号码\x07\x07张三\x07\x07\x07尾\r"
    marks = [index for index, char in enumerate(text) if char == "\x07"]
    found = blocks(word(text, rows=(marks[2], marks[5]), table=tuple(marks), far=far), "a.doc")
    assert [(block.text, block.row, block.column) for block in found] == [
        ("标题", None, None),
        ("姓名", 0, 0),
        ("号码", 0, 1),
        ("张三", 1, 0),
        ("尾", None, None),
    ]
    assert found[2].where == "表1 第1行第2列"


@pytest.mark.parametrize(
    ("modifier", "reason"),
    [(struct.pack("<HB", 0x083C, 1), "隐藏文字"), (struct.pack("<HB", 0x0800, 1), "修订删除"), (struct.pack("<HI", 0x6870, 0xFFFFFF), "白色文字")],
)
def test_hidden_deleted_and_white_text_of_a_binary_document(modifier: bytes, reason: str):
    found = blocks(word(f"看得见{ID}的字\r", hidden=(3, 21, modifier)), "a.doc")
    assert [(block.text, block.hidden) for block in found] == [("看得见", ""), (ID, reason), ("的字", "")]


def test_fields_show_their_result_only():
    assert blocks(word('电话\x13HYPERLINK "tel:1"\x1413812345678\x15止\r'), "a.doc")[0].text == "电话13812345678止"


def test_passwords_of_binary_and_new_office_files():
    expected = "文件有密码，无法检查；请去掉密码后重新提供"
    assert list(read(word("x\r", flags=0x0100), "a.doc")) == [Unread("a.doc", "全文", expected)]
    assert list(read(container({"EncryptedPackage": bytes(5000), "EncryptionInfo": bytes(100)}), "a.docx")) == [Unread("a.docx", "全文", expected)]
    assert list(read(container({"Workbook": _record(0x809, struct.pack("<HH12x", 0x600, 5)) + _record(0x2F, bytes(6))}), "a.xls")) == [
        Unread("a.xls", "全文", expected)
    ]


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def book(sheets: Mapping[str, list[bytes]], strings: list[bytes] | None = None, hidden: tuple[str, ...] = ()) -> bytes:
    """A BIFF8 workbook of these records a sheet; four fonts and two cell formats, the second a date."""
    head = _record(0x809, struct.pack("<HH12x", 0x600, 5)) + _record(0x31, bytes(16)) * 4
    head += b"".join(_record(0xE0, struct.pack("<HHH", 0, form, 0) + bytes(14)) for form in (0, 14))
    for segment in strings or []:
        head += segment
    bodies = [_record(0x809, struct.pack("<HH12x", 0x600, 0x10)) + b"".join(records) + _record(0x0A, b"") for records in sheets.values()]
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    position = len(head) + sum(10 + len(name) for name in names) + 4
    for body, name, title in zip(bodies, names, sheets, strict=True):
        head += _record(0x85, struct.pack("<IBB", position, title in hidden, 0) + name)
        position += len(body)
    return container({"Workbook": head + _record(0x0A, b"") + b"".join(bodies)})


def _cell(kind: int, row: int, column: int, content: bytes, form: int = 0) -> bytes:
    return _record(kind, struct.pack("<HHH", row, column, form) + content)


@pytest.mark.parametrize("name", ["a.xls", "a.et"])
def test_values_of_a_binary_workbook(name: str):
    strings = [_record(0xFC, struct.pack("<II", 2, 2) + _text("姓名") + struct.pack("<HB", 18, 0) + ID[:10].encode()), _record(0x3C, b"\0" + ID[10:].encode())]
    records = [
        _cell(0xFD, 0, 0, struct.pack("<I", 0)),
        _cell(0xFD, 1, 1, struct.pack("<I", 1)),
        _cell(0x203, 2, 0, struct.pack("<d", 6222021234567890.0)),
        _cell(0x27E, 3, 0, struct.pack("<I", (85 << 2) | 3)),
        _cell(0x203, 4, 0, struct.pack("<d", 45222.0), form=1),
        _record(0xBD, struct.pack("<HHHIHIH", 5, 0, 0, (7 << 2) | 2, 0, (8 << 2) | 2, 1)),
        _cell(0x06, 6, 0, b"\0\0\0\0\0\0\xff\xff" + bytes(8)) + _record(0x207, _text("公式结果")),
    ]
    found = {block.where: (block.text, block.number) for block in blocks(book({"名单": records}, strings), name)}
    assert found == {
        "名单!A1": ("姓名", False), "名单!B2": (ID, False), "名单!A3": ("6222021234567890", True), "名单!A4": ("0.85", True),
        "名单!A5": ("2023-10-23", False), "名单!A6": ("7", True), "名单!B6": ("8", True), "名单!A7": ("公式结果", False),
    }  # fmt: skip


def test_hidden_sheets_rows_and_columns_of_a_binary_workbook():
    label = [_cell(0x204, row, column, _text("值")) for row, column in ((0, 0), (1, 0), (2, 2))]
    hide = [_record(0x208, struct.pack("<HHHHHHHH", 1, 0, 1, 0, 0, 0, 0x20, 0)), _record(0x7D, struct.pack("<HHHHHH", 2, 2, 0, 0, 1, 0))]
    found = blocks(book({"表": label + hide, "藏": label[:1]}, hidden=("藏",)), "a.xls")
    assert {block.where: block.hidden for block in found} == {"表!A1": "", "表!A2": "隐藏行", "表!C3": "隐藏列", "藏!A1": "隐藏工作表"}


@pytest.mark.parametrize("share", range(1, 20))
@pytest.mark.parametrize("name", ["a.doc", "a.xls"])
def test_truncated_binary_files_are_never_silent(name: str, share: int):
    data = word(f"公示{ID}\r" * 400) if name == "a.doc" else book({"表": [_cell(0x204, row, 0, _text(ID)) for row in range(400)]})
    assert any(isinstance(piece, Unread) for piece in read(data[: len(data) * share // 20], name))


def test_a_file_packed_into_an_embedded_object_is_read():
    native = b"\0\0\0\0\2\0" + "名单.txt".encode("gbk") + b"\0C:\\x\0" + struct.pack("<II", 0, 4) + b"C:\\\0" + struct.pack("<I", len(ID)) + ID.encode()
    assert blocks(container({"\x01Ole10Native": native}), "oleObject1.bin") == [Block(ID, "正文", "oleObject1.bin!/名单.txt")]
