"""pdf: text layer, tables, scanned pages, hidden text, passwords, damage."""

import io
from collections.abc import Callable
from itertools import pairwise

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from core.records import Block, Unread
from crawler.documents import Limits, read

ID = "610326199001011238"
FONT = "STSong-Light"


def made(draw: Callable[[Canvas], None], **options: object) -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = io.BytesIO()
    canvas = Canvas(buffer, **options)
    canvas.setFont(FONT, 12)
    draw(canvas)
    canvas.save()
    return buffer.getvalue()


def pages(data: bytes, **options: object) -> dict[str, Block]:
    return {piece.where: piece for piece in read(data, "a.pdf", **options) if isinstance(piece, Block)}


def test_each_page_is_a_block_with_its_lines():
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "关于发放补贴的公告，现将名单予以公布")
        canvas.drawString(50, 680, "联系电话：0917-5542018，地址：某路")
        canvas.showPage()
        canvas.setFont(FONT, 12)
        canvas.drawString(50, 700, f"第二页的身份证号码是{ID}，请核对")

    found = pages(made(draw))
    assert found["第1页"].text == "关于发放补贴的公告，现将名单予以公布\n联系电话：0917-5542018，地址：某路"
    assert ID in found["第2页"].text


def table(canvas: Canvas) -> None:
    canvas.drawString(250, 780, "补贴人员名单公示")
    for row, values in enumerate([["序号", "姓名", "身份证号", "手机号"], *([str(n), "张三", f"{int(ID) + n}", f"1381234000{n}"] for n in range(1, 6))]):
        for x, value in zip((50, 100, 160, 320), values, strict=True):
            canvas.drawString(x, 740 - 24 * row, value)


def test_a_table_gives_cells_with_row_and_column():
    found = pages(made(table))
    assert found["第1页"].text == "补贴人员名单公示"
    assert found["第1页 第1行第3列"].text == "身份证号"
    assert found["第1页 第6行第4列"] == Block("13812340005", "第1页 第6行第4列", "a.pdf", "第1页", 5, 3)


def scan(canvas: Canvas) -> None:
    image = Image.new("RGB", (1240, 1754), "white")
    draw = ImageDraw.Draw(image)
    for line in range(4):
        draw.text((120, 150 + 90 * line), f"{int(ID) + line}", font=ImageFont.load_default(36), fill="black")
    canvas.drawImage(ImageReader(image), 0, 0, 595, 842)


def test_a_scanned_page_is_read_by_ocr_and_reported_without_it():
    data = made(scan)
    found = pages(data)
    assert found["第1页"].ocr
    assert ID in found["第1页"].text
    (unread,) = [piece for piece in read(data, "a.pdf", ocr=False) if isinstance(piece, Unread)]
    assert unread.where == "第1页"


def test_live_text_under_a_box_and_white_text_are_hidden():
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 700, "公示名单如下，号码")
        canvas.drawString(200, 700, ID)
        canvas.rect(195, 695, 130, 16, fill=1, stroke=0)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(50, 650, "13812345678")
        canvas.setFillColorRGB(0, 0, 0.5)
        canvas.rect(40, 590, 200, 30, fill=1)
        canvas.setFillColorRGB(1, 1, 1)
        canvas.drawString(50, 600, "深色底上的白色表头")

    found = pages(made(draw))
    assert found["第1页（遮挡）"] == Block(ID, "第1页（遮挡）", "a.pdf", hidden="遮挡")
    assert found["第1页（白色文字）"].text == "13812345678"
    assert found["第1页"].text == "公示名单如下，号码\n深色底上的白色表头"


def test_a_box_drawn_before_the_text_hides_nothing():
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(0.9, 0.9, 0.9)
        canvas.rect(40, 690, 400, 30, fill=1)
        canvas.setFillColorRGB(0, 0, 0)
        canvas.drawString(50, 700, "普通的文字，写在灰色底纹上面，人人可见")

    assert [block.hidden for block in pages(made(draw)).values()] == ["", ""]


def test_properties_and_notes():
    def draw(canvas: Canvas) -> None:
        canvas.setAuthor("王小明")
        canvas.drawString(50, 700, "正文内容在此，共十几个字，不需要识别")
        canvas.textAnnotation("批注里的13812345678", Rect=[50, 600, 100, 650])

    found = pages(made(draw))
    assert "王小明" in found["文档属性"].text
    assert found["第1页 批注1"].text == "批注里的13812345678"


def test_a_password_is_named():
    data = made(lambda canvas: canvas.drawString(50, 700, ID), encrypt=StandardEncryption("secret", canPrint=0))
    assert list(read(data, "a.pdf")) == [Unread("a.pdf", "全文", "文件有密码，无法检查；请去掉密码后重新提供")]


def test_too_many_pages_are_reported_after_those_read():
    def draw(canvas: Canvas) -> None:
        for number in range(8):
            canvas.drawString(50, 700, f"page {number} with enough words in it")
            canvas.showPage()

    pieces = list(read(made(draw), "a.pdf", limits=Limits(pages=5)))
    assert [type(piece) for piece in pieces] == [Block] * 5 + [Unread]
    assert "页数" in pieces[-1].reason


@pytest.mark.parametrize("share", range(1, 20))
def test_a_truncated_file_is_never_silent(share: int):
    data = made(table)
    assert any(isinstance(piece, Unread) for piece in read(data[: len(data) * share // 20], "a.pdf", ocr=False))


def test_a_damaged_page_stream_is_reported():
    data = made(table, pageCompression=1)
    start = data.index(b"stream", data.index(b"/FlateDecode")) + 60
    broken = data[:start] + bytes(64) + data[start + 64 :]
    assert any(isinstance(piece, Unread) for piece in read(broken, "a.pdf"))


def test_cells_wrapped_between_ruled_lines_are_one_cell_and_upright_lines_part_columns():
    def draw(canvas: Canvas) -> None:
        for row in range(5):
            canvas.line(50, 740 - 40 * row, 300, 740 - 40 * row)
        for x in (50, 142, 300):
            canvas.line(x, 740, x, 580)
        for row in range(4):
            canvas.drawString(55, 725 - 40 * row, ID[:14])
            canvas.drawString(55, 710 - 40 * row, ID[14:])
            canvas.drawString(144, 717 - 40 * row, f"1381234567{row}")

    found = pages(made(draw))
    assert [found[f"第1页 第{row}行第1列"].text for row in range(1, 5)] == [ID] * 4
    assert found["第1页 第4行第2列"].text == "13812345673"


def grid(canvas: Canvas, xs: tuple[int, ...], ys: tuple[int, ...]) -> None:
    """Every cell drawn for itself, as word processors do."""
    for top, bottom in pairwise(ys):
        for left, right in pairwise(xs):
            canvas.rect(left, bottom, right - left, top - bottom)


def test_cells_of_a_drawn_grid_hold_wrapped_lines_and_keep_lines_that_were_broken_on_purpose():
    def draw(canvas: Canvas) -> None:
        grid(canvas, (50, 110, 210, 330), (740, 700, 640, 580))
        for x, words in zip((56, 116, 216), ("姓名", "身份证号", "住址和电话"), strict=True):
            canvas.drawString(x, 715, words)
        for line, words in enumerate((ID[:12], ID[12:])):
            canvas.drawString(116, 680 - 15 * line, words)
        for line, words in enumerate(("首善街道平阳家园四", "号楼2单元301室", "电话无")):
            canvas.drawString(216, 680 - 15 * line, words)
        canvas.drawString(56, 610, "李四")  # in the middle of a row of two lines
        canvas.drawString(116, 617, ID[:12])
        canvas.drawString(116, 602, ID[12:])

    found = pages(made(draw))
    assert found["第1页 第2行第2列"].text == ID
    assert found["第1页 第2行第3列"].text == "首善街道平阳家园四号楼2单元301室\n电话无"
    assert (found["第1页 第3行第1列"].text, found["第1页 第3行第2列"].text) == ("李四", ID)
    assert found["第1页 第3行第2列"] == Block(ID, "第1页 第3行第2列", "a.pdf", "第1页", 2, 1)


def test_a_merged_cell_of_a_grid_is_one_cell():
    def draw(canvas: Canvas) -> None:
        canvas.rect(50, 700, 300, 40)
        grid(canvas, (50, 200, 350), (700, 660, 620))
        canvas.drawString(150, 715, "补贴名单")
        for row, words in enumerate((("姓名", "身份证号"), ("张三", ID))):
            for x, word in zip((60, 210), words, strict=True):
                canvas.drawString(x, 675 - 40 * row, word)

    found = pages(made(draw))
    assert [(block.row, block.column, block.text) for block in found.values() if block.table] == [
        (0, 0, "补贴名单"),
        (1, 0, "姓名"),
        (1, 1, "身份证号"),
        (2, 0, "张三"),
        (2, 1, ID),
    ]


def test_wrapped_cells_of_a_table_without_lines_are_whole_and_rows_with_a_blank_stay_rows():
    def draw(canvas: Canvas) -> None:
        columns = (50, 100, 160, 250, 315)
        rows = [
            (740, ("序号", "姓名", "身份证号", "联系电话", "备注")),
            *((720 - 40 * n, (str(n + 1), "张三", ID[:12], "13812345", "")) for n in range(4)),
            *((705 - 40 * n, ("", "", ID[12:], "678", "")) for n in range(4)),
            (560, ("5", "", ID[:12], "无", "")),
            (545, ("", "", ID[12:], "", "")),
        ]
        for y, words in rows:
            for x, word in zip(columns, words, strict=True):
                if word:
                    canvas.drawString(x, y, word)

    found = pages(made(draw))
    assert [found[f"第1页 第{row}行第3列"].text for row in range(2, 7)] == [ID] * 5
    assert [found[f"第1页 第{row}行第4列"].text for row in range(2, 7)] == ["13812345678"] * 4 + ["无"]
    assert "第1页 第6行第2列" not in found


def test_numbers_under_one_another_are_not_run_together():
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 740, "户主")
        canvas.drawString(110, 740, "身份证号")
        canvas.drawString(50, 720, "张三")
        for row in range(4):  # the members of one household: the name of its head is not repeated
            canvas.drawString(110, 720 - 15 * row, f"{int(ID) + row}")

    text = "\n".join(block.text for block in pages(made(draw)).values())
    assert [f"{int(ID) + row}" in text.split() or f"{int(ID) + row}" in text.splitlines() for row in range(4)] == [True] * 4


def test_paragraphs_run_on_over_the_lines_of_the_paper_and_end_where_they_end():
    first = "经村组申报、村民代表会议评议、镇级审核、县级复核，现将有关情况予以公示，住址为首善"
    lines = (first, "街道平阳家园四号楼。", "　　监督电话见县政府门户网站，欢迎广大群众监督，对公示对象有异议的请在规定期限内反", "映。")

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 12)
        for row, line in enumerate(lines):
            canvas.drawString(50 + 24 * line.startswith("　"), 740 - 20 * row, line.strip())

    assert pages(made(draw))["第1页"].text == "".join(lines[:2]) + "\n" + "".join(lines[2:]).strip()


def test_the_blank_that_typesetting_leaves_beside_digits_is_no_blank():
    def draw(canvas: Canvas) -> None:
        canvas.drawString(50, 740, "公示时间为")
        canvas.drawString(114, 740, "2023")  # five signs of 12 points, and a quarter more
        canvas.drawString(142, 740, "年")
        canvas.drawString(50, 700, "姓名 张三")

    assert pages(made(draw))["第1页"].text == "公示时间为2023年\n姓名 张三"
