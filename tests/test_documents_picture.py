"""Pictures: digits read off pixels, tables rebuilt, sizes limited."""

import io

import pytest
from PIL import Image, ImageDraw, ImageFont

from core.records import Block, Unread
from crawler.documents import Limits, layout, read
from crawler.documents.layout import Piece

ID = "610326199001011238"


def drawn(rows: list[list[str]], size: int = 30, width: int = 1000) -> Image.Image:
    image = Image.new("RGB", (width, 60 + 60 * len(rows)), "white")
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(rows):
        for x, text in enumerate(row):
            draw.text((30 + x * (width // max(len(row), 1)), 30 + 60 * y), text, font=ImageFont.load_default(size), fill="black")
    return image


def saved(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_every_kind_of_picture_is_read(form: str):
    (block,) = read(saved(drawn([[ID]]), form), "a.bin")
    assert block == Block(ID, "图片", "a.bin", ocr=True)


def test_columns_come_back_as_a_table():
    rows = [["NO", "ID", "MOBILE"], *([str(n), str(int(ID) + n), f"1381234567{n}"] for n in range(4))]
    found = [piece for piece in read(saved(drawn(rows)), "a.png") if isinstance(piece, Block)]
    assert {(block.text, block.row, block.column) for block in found} >= {("ID", 0, 1), (ID, 1, 1), ("13812345673", 4, 2)}
    assert {block.where for block in found} >= {"图片 第2行第2列"}


def test_small_writing_and_a_picture_on_its_side_are_read():
    assert ID in next(iter(read(saved(drawn([[ID]], 14, 300)), "a.png"))).text
    turned = drawn([[str(int(ID) + n)] for n in range(4)], 30, 500).rotate(90, expand=True)
    assert ID in "".join(piece.text for piece in read(saved(turned), "a.png") if isinstance(piece, Block))


def test_writing_on_a_transparent_ground_is_read():
    image = drawn([[ID]]).convert("RGBA")
    image.putdata([(0, 0, 0, 255 - grey) for grey in image.convert("L").get_flattened_data()])
    assert next(iter(read(saved(image), "a.png"))).text == ID


def test_icons_give_nothing_and_no_ocr_is_told():
    assert list(read(saved(Image.new("RGB", (16, 16))), "a.png")) == []
    assert [type(piece) for piece in read(saved(drawn([[ID]])), "a.png", ocr=False)] == [Unread]


def test_a_picture_over_the_pixel_limit_is_refused_before_it_is_unpacked():
    (piece,) = read(saved(Image.new("1", (20_000, 20_000))), "a.png")
    assert isinstance(piece, Unread)
    assert "像素" in piece.reason


def test_pages_of_a_tiff_have_their_own_places_and_the_budget_counts_them():
    pages = [drawn([[str(int(ID) + n)]]) for n in range(3)]
    data = saved(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    pieces = list(read(data, "a.tif", limits=Limits(pictures=2)))
    assert [piece.where for piece in pieces] == ["图片 第1页", "图片 第2页", "全文"]
    assert isinstance(pieces[2], Unread)


def test_cells_wrapped_between_ruled_lines_of_a_scan_are_one_cell():
    image = Image.new("RGB", (900, 460), "white")
    draw = ImageDraw.Draw(image)
    for row in range(5):
        draw.line((20, 20 + 100 * row, 880, 20 + 100 * row), fill=(60, 60, 60), width=2)
    for row in range(4):
        draw.text((40, 30 + 100 * row), ID[:14], font=ImageFont.load_default(28), fill="black")
        draw.text((40, 68 + 100 * row), ID[14:], font=ImageFont.load_default(28), fill="black")
        draw.text((500, 50 + 100 * row), f"1381234567{row}", font=ImageFont.load_default(28), fill="black")
    tilted = image.rotate(0.5, fillcolor="white", resample=Image.Resampling.BICUBIC)
    found = {piece.where: piece.text for piece in read(saved(tilted), "a.png") if isinstance(piece, Block)}
    assert found["图片 第3行第1列"] == f"{ID[:14]}\n{ID[14:]}"
    assert found["图片 第4行第2列"] == "13812345673"


def test_a_piece_glued_over_a_gap_does_not_close_the_column():
    rows = [[Piece(0, y, 40, y + 10, "a"), Piece(100, y, 140, y + 10, "b"), Piece(200, y, 240, y + 10, "c")] for y in range(0, 160, 20)]
    rows[3] = [Piece(0, 60, 40, 70, "a"), Piece(100, 60, 240, 70, "bc")]
    assert layout.columns_of(rows) == [(0, 40), (100, 140), (200, 240)]
