"""xlsx and separated text: values as written, and what hides them."""

import io
import time
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from core.records import Block, Unread
from crawler.documents import Limits, read
from crawler.documents.xlsx_values import column_index, letters, number_text

ID = "610326199001011238"


def saved(workbook: Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cells(data: bytes, name: str = "a.xlsx") -> dict[str, Block]:
    pieces = list(read(data, name))
    assert not [piece for piece in pieces if isinstance(piece, Unread)], pieces
    return {piece.where: piece for piece in pieces if isinstance(piece, Block)}


def replaced(data: bytes, part: str, old: str, new: str) -> bytes:
    source, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            content = source.read(info)
            if info.filename == part:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode())
            target.writestr(info.filename, content)
    return buffer.getvalue()


def test_cells_carry_the_sheets_name_and_places_counted_from_zero():
    workbook = Workbook()
    workbook.active.title = "补贴 名单"
    workbook.active["C3"] = "张三"
    assert cells(saved(workbook))["补贴 名单!C3"] == Block("张三", "补贴 名单!C3", "a.xlsx", "补贴 名单", 2, 2)


def test_numbers_are_read_as_written():
    workbook = Workbook()
    sheet = workbook.active
    sheet.append([13812345678, 0.85, 1.1, 917, 12, date(2023, 10, 23), True, "0123"])
    sheet["B1"].number_format, sheet["D1"].number_format = "0%", "0000"
    found = cells(saved(workbook))
    assert [found[f"Sheet!{column}1"].text for column in "ABCDEFGH"] == ["13812345678", "85%", "1.1", "0917", "12", "2023-10-23", "TRUE", "0123"]
    assert [found[f"Sheet!{column}1"].number for column in "ABCDEFGH"] == [True] * 5 + [False] * 3


def test_all_digits_that_the_file_holds_are_kept():
    workbook = Workbook()
    workbook.active["A1"] = 12345
    data = replaced(saved(workbook), "xl/worksheets/sheet1.xml", "12345", ID)
    assert cells(data)["Sheet!A1"] == Block(ID, "Sheet!A1", "a.xlsx", "Sheet", 0, 0, number=True)


@pytest.mark.parametrize(
    ("stored", "form", "shown"),
    [
        ("6.10326199001011E+17", "", "610326199001011000"),
        ("1.1000000000000001", "", "1.1"),
        ("-3", "", "-3"),
        ("7", "000", "007"),
        ("0.125", "%", "12.5%"),
        ("1e999", "", "1e999"),
        ("x", "", "x"),
    ],
)
def test_number_text(stored: str, form: str, shown: str):
    assert number_text(stored, form) == shown


@pytest.mark.parametrize(("reference", "column"), [("A1", 0), ("Z9", 25), ("AA3", 26), ("XFD1048576", 16383)])
def test_columns_and_letters_are_inverse(reference: str, column: int):
    assert column_index(reference) == column
    assert reference.startswith(letters(column))


def test_what_hides_a_cell_is_named():
    workbook = Workbook()
    sheet = workbook.active
    for reference in ("A1", "B2", "C3", "D4", "E5", "F6"):
        sheet[reference] = "值"
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    sheet["D4"].font = Font(color="FFFFFFFF")
    sheet["E5"].font, sheet["E5"].fill = Font(color="FFFFFFFF"), PatternFill("solid", fgColor="FF1F3864")
    sheet["F6"].number_format = ";;;"
    secret = workbook.create_sheet("藏")
    secret["A1"] = "值"
    secret.sheet_state = "veryHidden"
    found = cells(saved(workbook))
    assert {where: block.hidden for where, block in found.items() if block.table} == {
        "Sheet!A1": "", "Sheet!B2": "隐藏行", "Sheet!C3": "隐藏列", "Sheet!D4": "白色文字", "Sheet!E5": "", "Sheet!F6": "隐藏格式", "藏!A1": "隐藏工作表",
    }  # fmt: skip


def test_comments_headers_and_properties():
    workbook = Workbook()
    workbook.active["A2"] = "张三"
    workbook.active["A2"].comment = Comment("电话13812345678", "a")
    workbook.active.oddHeader.center.text = "内部资料 &P"
    workbook.properties.creator = "赵六"
    found = cells(saved(workbook))
    assert found["Sheet!A2 批注"].text == "电话13812345678"
    assert found["Sheet 页眉"].text == "内部资料"
    assert "赵六" in found["文档属性"].text


def test_copies_of_data_in_pivot_caches_are_found():
    workbook = Workbook()
    workbook.active["A1"] = "汇总"
    buffer = io.BytesIO(saved(workbook))
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr(
            "xl/pivotCache/pivotCacheDefinition1.xml", f'<pivotCacheDefinition xmlns="x"><sharedItems><s v="{ID}"/></sharedItems></pivotCacheDefinition>'
        )
    found = cells(buffer.getvalue())
    assert (found["数据透视表缓存1"].text, found["数据透视表缓存1"].hidden) == (ID, "数据透视表缓存")


def test_a_cell_far_away_costs_nothing():
    workbook = Workbook()
    workbook.active["A1"] = "近"
    workbook.active["XFD1048576"] = "远"
    start = time.monotonic()
    assert cells(saved(workbook))["Sheet!XFD1048576"].text == "远"
    assert time.monotonic() - start < 2


def test_too_many_cells_are_reported_and_not_cut_in_silence():
    workbook = Workbook()
    for _ in range(50):
        workbook.active.append(["x"] * 10)
    pieces = list(read(saved(workbook), "a.xlsx", limits=Limits(cells=100)))
    assert isinstance(pieces[-1], Unread)
    assert "单元格" in pieces[-1].reason


def test_rows_without_references_are_counted():
    workbook = Workbook()
    workbook.active.append(["甲", "乙"])
    workbook.active.append(["丙"])
    data = saved(workbook)
    for reference in ("A1", "B1", "A2"):
        data = replaced(data, "xl/worksheets/sheet1.xml", f' r="{reference}"', "")
    data = replaced(replaced(data, "xl/worksheets/sheet1.xml", '<row r="1"', "<row"), "xl/worksheets/sheet1.xml", '<row r="2"', "<row")
    assert {where for where, block in cells(data).items() if block.table} == {"Sheet!A1", "Sheet!B1", "Sheet!A2"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_separated_text_gives_cells_in_every_encoding(encoding: str, separator: str):
    data = separator.join(["姓名", "号码"]) + "\r\n" + separator.join(["张三", '"1\n2"']) + "\r\n"
    found = cells(data.encode(encoding), "名单.csv")
    assert found["第1行第2列"] == Block("号码", "第1行第2列", "名单.csv", "名单.csv", 0, 1)
    assert found["第2行第2列"].text == "1\n2"
