"""pdf: text layer, tables, scanned pages, hidden text, passwords, damage."""

import io
from collections.abc import Callable

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
