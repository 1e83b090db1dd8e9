"""配置 by spreadsheet: out and back, looked at before it is done; the month's list of articles to repost."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import config_world as world
import pytest

from core.config import load_county

Desk = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("county_files")


# --- sheets -------------------------------------------------------------------------------------------------------


def sheet(browser: Any, slug: str) -> Any:
    from openpyxl import load_workbook

    answer = browser.get(f"/config/list/{slug}/export/")
    assert "attachment" in answer["Content-Disposition"]
    return load_workbook(io.BytesIO(answer.content))


def posted(browser: Any, slug: str, book: Any, name: str = "表.xlsx") -> str:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = io.BytesIO()
    book.save(file)
    return str(browser.post(f"/config/list/{slug}/import/", {"file": SimpleUploadedFile(name, file.getvalue())}).content.decode())


def apply(browser: Any, slug: str, page: str, **more: str) -> str:
    import re
    from html import unescape

    sent = {name: unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1]) for name in ("mark", "rows")}  # type: ignore[index]
    return str(browser.post(f"/config/list/{slug}/import/", sent | more, follow=True).content.decode())


def test_a_list_goes_out_and_comes_back_unchanged(desk: Desk) -> None:
    from service.desk.config.lists import LISTS

    browser = desk("administrator")
    for spec in LISTS:
        page = posted(browser, spec.slug, sheet(browser, spec.slug))
        assert "没有要改的" in page or "没有找到表头" not in page, spec.slug
        assert "表格与现在的名单一样" in page, spec.slug


def test_a_changed_sheet_is_looked_at_then_applied(desk: Desk) -> None:
    browser, before = desk("administrator"), world.text("units.yaml")
    book = sheet(browser, "units")
    rows = book.worksheets[0]
    head = [cell.value for cell in rows[1]]
    assert head == ["名称", "别名", "邮箱", "原名（请勿修改）"]
    at = {row[0].value: row[0].row for row in rows.iter_rows(min_row=2) if row[0].value}
    rows.cell(at["县民政局"], 3).value = "mz@example.cn"
    rows.cell(at["县财政局"], 1).value = "县财政和国资局"
    rows.cell(len(at) + 2, 1).value = "县档案馆"
    page = posted(browser, "units", book)
    assert "新增 1 条，修改 2 条" in page
    assert "邮箱 （空） → mz@example.cn" in page
    assert world.text("units.yaml") == before
    assert "已保存：导入单位：新增 1、修改 2" in apply(browser, "units", page)
    county = load_county(world.folder())
    assert county.unit("县财政局") is county.unit("县财政和国资局")
    assert county.unit("县档案馆") is not None
    assert "# 责任单位。" in world.text("units.yaml")
    world.undo(browser, 0)
    assert world.text("units.yaml") == before


def test_rows_left_out_go_only_when_asked(desk: Desk) -> None:
    browser = desk("administrator")
    book = sheet(browser, "columns")
    book.worksheets[0].delete_rows(2, 3)
    page = posted(browser, "columns", book)
    assert "表格里没有的 3 条" in page
    assert "县发改局/部门信息公开年报" in page
    assert "没有改动" in apply(browser, "columns", page)
    count = len(load_county(world.folder()).columns)
    assert "删除 3" in apply(browser, "columns", page, removing="1")
    assert len(load_county(world.folder()).columns) == count - 3
    book = sheet(browser, "units")
    book.worksheets[0].delete_rows(2, 1)
    assert "不能删除“县发改局”，还有别处用到它" in apply(browser, "units", posted(browser, "units", book), removing="1")


def test_wrong_rows_stop_an_import_with_their_place(desk: Desk) -> None:
    browser, before = desk("administrator"), world.text("columns.yaml")
    book = sheet(browser, "columns")
    rows = book.worksheets[0]
    rows.cell(3, 3).value = "每月一条"
    rows.cell(4, 2).value = ""
    rows.cell(6, 2).value = rows.cell(5, 2).value
    page = posted(browser, "columns", book)
    for said in ("第 3 行 更新周期：", "第 4 行 栏目：请填写栏目", "第 6 行：“县发改局/规划计划”与第 5 行重复"):
        assert said in page
    assert 'name="rows"' not in page
    book = sheet(browser, "columns")
    book.worksheets[0].cell(3, 1).value = "没有的局"
    assert "单位不在 units.yaml 中" in apply(browser, "columns", posted(browser, "columns", book))
    assert world.text("columns.yaml") == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "没有找到表头"),
        (b"PK\x03\x04broken", "无法打开"),
        ("甲,乙\n1,2\n".encode(), "没有找到表头"),
        (b"\x00\x01\x02", "没有找到表头|不是文本"),
        (b"x" * 6_000_000, "文件太大"),
    ],
)
def test_a_file_that_is_no_such_sheet_is_told(desk: Desk, content: bytes, said: str) -> None:
    import re

    from django.core.files.uploadedfile import SimpleUploadedFile

    answer = desk("administrator").post("/config/list/units/import/", {"file": SimpleUploadedFile("a.xlsx", content)})
    assert answer.status_code == 200
    assert re.search(said if content else "没有找到表头|没有选择|请选择", answer.content.decode())


def test_a_csv_from_elsewhere_is_taken(desk: Desk) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = desk("administrator")
    content = "错误写法,正确写法\n渭滨烧烤广埸,渭滨烧烤广场\n".encode("gb18030")
    page = browser.post("/config/list/words/import/", {"file": SimpleUploadedFile("词.csv", content)}).content.decode()
    assert "新增 1 条" in page
    apply(browser, "words", page)
    assert world.data("words.yaml")["words"]["渭滨烧烤广埸"] == "渭滨烧烤广场"


def test_no_cell_of_an_export_is_a_formula(desk: Desk) -> None:
    browser = desk("administrator")
    for text in ("=1+1", "+86", "@SUM(A1)", '-cmd|"/c calc"!A0'):
        page = browser.post("/config/list/phrases/new/", {world.name_of("phrases", "phrase"): text}, follow=True).content.decode()
        assert "已保存" in page
    book = sheet(browser, "phrases")
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row if cell.value]
    assert "=1+1" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value[0] in "=+-@")
    assert "表格与现在的名单一样" in posted(browser, "phrases", book)


def test_a_list_changed_between_look_and_apply_is_looked_at_again(desk: Desk) -> None:
    browser = desk("administrator")
    book = sheet(browser, "units")
    book.worksheets[0].cell(2, 3).value = "fg@example.cn"
    page = posted(browser, "units", book)
    world.change(browser, "units", "县发改局", mail="other@example.cn")
    again = apply(browser, "units", page)
    assert "请再看一遍" in again
    assert "other@example.cn → fg@example.cn" in again
    assert "other@example.cn" in world.text("units.yaml")
    assert "已保存" in apply(browser, "units", again)


def test_the_months_list_is_looked_at_kept_and_undone(desk: Desk, home: Path) -> None:
    import re
    from html import unescape

    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import Workbook

    browser, folder = desk("administrator"), load_county(world.folder()).inbox / "recommended"
    book = Workbook()
    for row in (
        ("2023年11月推荐转载信息清单",),
        ("标题", "链接", "推荐日期"),
        ("-省里的会", "https://www.example.gov.cn/1.html", "2023-11-01"),
        ("另一篇", "https://www.example.gov.cn/2.html", "2023-10-30"),
    ):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    page = browser.post("/config/recommended/upload/", {"for": "2023-11", "file": SimpleUploadedFile("清单.xlsx", file.getvalue())}).content.decode()
    assert "读出 2 条" in page
    assert "有 1 条的日期不在这个月" in page
    assert not folder.exists()
    items = unescape(re.search(r'name="items" value="([^"]*)"', page)[1])  # type: ignore[index]
    assert (
        "已保存：上传 2023-11 推荐转载信息清单（2 条）"
        in browser.post("/config/recommended/upload/", {"for": "2023-11", "items": items}, follow=True).content.decode()
    )
    (kept,) = folder.iterdir()
    assert kept.read_text(encoding="utf-8").splitlines()[1] == "省里的会,https://www.example.gov.cn/1.html,2023-11-01"
    assert "2023年11月" in browser.get("/config/recommended/").content.decode()
    world.undo(browser, 0)
    assert not list(folder.iterdir())
    for sent in (
        {"for": "2023-13"},
        {"for": "2023-11"},
        {"for": "2023-11", "file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04x")},
        {"for": "2023-11", "file": SimpleUploadedFile("x.csv", b"a,b")},
    ):
        assert "没有上传" in browser.post("/config/recommended/upload/", sent).content.decode()
    folder.rmdir()
