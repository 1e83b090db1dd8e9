"""Documents with the same bytes every time: xlsx, docx, pdf and png from a sheet."""

import io
import random
import re
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from demo.sheets import Sheet

# A newcomer's machine may have no Chinese font, and OCR must be able to read the pictures: so a subset (GB 2312) of an open font lies here.
FONT = Path(__file__).with_name("fonts") / "NotoSansSC-subset.ttf"
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_PDF_FONT = "NotoSansSC"
_WIDEST_PICTURE = 1700
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def xlsx(sheet: Sheet, day: date) -> bytes:
    """A workbook as clerks make it: merged title, header, texts as texts and sums as numbers, notes below."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Sheet1"
    page.cell(1, 1).alignment = Alignment(horizontal="center")
    page.cell(1, 1).font = Font(name="方正小标宋简体", size=16)
    for row, line in enumerate((sheet.title, *sheet.above), 1):
        page.cell(row, 1, line)
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=max(1, len(sheet.header)))
    top = 2 + len(sheet.above)
    _grid(page, sheet, top)
    for row, line in enumerate(sheet.below, top + 1 + len(sheet.rows)):
        page.cell(row, 1, line)
    target = io.BytesIO()
    book.save(target)
    return _settled(target.getvalue(), day)


def _grid(page: Any, sheet: Sheet, top: int) -> None:
    """Header and rows with borders from row `top` on; texts are stored as texts, columns are as wide as their widest cell."""
    from openpyxl.styles import Border, Side

    thin = Side(style="thin")
    for row, cells in enumerate((sheet.header, *sheet.rows), top):
        for column, value in enumerate(cells, 1):
            cell = page.cell(row, column, value)
            cell.border = Border(thin, thin, thin, thin)
            if isinstance(value, str):
                cell.number_format = "@"
    for column, width in enumerate(_widths(sheet), 1):
        page.column_dimensions[page.cell(top, column).column_letter].width = width + 3


def docx(sheet: Sheet, day: date, *, table: bool = True) -> bytes:
    """A document: title, lines, the table (or one paragraph a row), lines."""
    import docx as python_docx

    document = python_docx.Document()
    document.core_properties.author = "办公室"
    document.core_properties.title = sheet.title
    document.add_heading(sheet.title, level=1)
    for line in sheet.above:
        document.add_paragraph(line)
    if table:
        grid = document.add_table(rows=1 + len(sheet.rows), cols=len(sheet.header), style="Table Grid")
        for row, cells in zip(grid.rows, (sheet.header, *sheet.rows), strict=True):
            for cell, value in zip(row.cells, cells, strict=True):
                cell.text = str(value)
    else:
        for cells in sheet.rows:
            document.add_paragraph(spoken(sheet.header, cells))
    for line in sheet.below:
        document.add_paragraph(line)
    target = io.BytesIO()
    document.save(target)
    return _settled(target.getvalue(), day)


def spoken(header: Sequence[str], cells: Sequence[object]) -> str:
    """A row of a list as a sentence: `1. 张三，身份证号：…，金额（元）：300`."""
    parts = [f"{head}：{value}" for head, value in zip(header, cells, strict=True) if head not in {"序号", "姓名"}]
    return f"{cells[0]}. {cells[1]}，" + "，".join(parts)


def pdf(sheet: Sheet) -> bytes:
    """A PDF with a text layer in an embedded font, as many landscape pages as needed."""
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if _PDF_FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(_PDF_FONT, str(FONT)))
    target = io.BytesIO()
    wide, high = landscape(A4)
    canvas = Canvas(target, pagesize=(wide, high), invariant=1)
    canvas.setTitle(sheet.title)
    canvas.setFont(_PDF_FONT, 15)
    canvas.drawCentredString(wide / 2, high - 50, sheet.title)
    rows = (sheet.header, *sheet.rows)
    widths = [max(pdfmetrics.stringWidth(str(cells[column]), _PDF_FONT, 1) for cells in rows) + 1.5 for column in range(len(sheet.header))]
    size = min(10.0, (wide - 60) / max(1.0, sum(widths)))
    top = high - 75
    for line in (*sheet.above, *rows, *sheet.below):
        if top < 40:
            canvas.showPage()
            top = high - 50
        canvas.setFont(_PDF_FONT, size)
        for place, value in enumerate((line,) if isinstance(line, str) else line):
            canvas.drawString(30 + sum(widths[:place]) * size, top, str(value))
        if not isinstance(line, str):
            canvas.line(30, top - 5, 30 + sum(widths) * size, top - 5)
        top -= 18
    canvas.save()
    return target.getvalue()


def png(sheet: Sheet) -> bytes:
    """A picture of the list, large enough for OCR: no vertical lines, wide gaps between columns; a wide list is written out row by row."""
    size = 26
    widths = [width * size // 2 + 60 for width in _widths(sheet)]
    rows: Sequence[str | tuple[Any, ...]] = (sheet.header, *sheet.rows)
    if sum(widths) > _WIDEST_PICTURE:
        rows = [line for cells in sheet.rows for line in _wrapped(spoken(sheet.header, cells))]
    lines = (sheet.title, *sheet.above, *rows, *sheet.below)
    longest = max(_width(line) * size // 2 for line in lines if isinstance(line, str))
    picture, brush, font = _blank(max(0 if isinstance(rows[0], str) else sum(widths), longest) + 60, len(lines) * 54 + 40, size)
    for number, line in enumerate(lines):
        top = 24 + number * 54
        for column, value in enumerate((line,) if isinstance(line, str) else line):
            brush.text((30 + sum(widths[:column]), top), str(value), fill="black", font=font)
    return _saved(picture)


def _wrapped(text: str) -> list[str]:
    """The text broken after commas into lines that fit a picture."""
    lines = [""]
    for part in text.replace("，", "，\n").split("\n"):
        if lines[-1] and _width(lines[-1] + part) > 100:
            lines.append("")
        lines[-1] += part
    return lines


def poster(lines: Sequence[str], rng: random.Random) -> bytes:
    """A picture with a few large words, as picture-only posts carry."""
    size = 34
    picture, brush, font = _blank(max(_width(line) for line in lines) * size // 2 + 120, len(lines) * 74 + 80, size)
    brush.rectangle((8, 8, picture.width - 9, picture.height - 9), outline=rng.choice(("darkred", "navy", "darkgreen")), width=4)
    for number, line in enumerate(lines):
        left = (picture.width - font.getlength(line)) / 2
        brush.text((left, 48 + number * 74), line, fill="black", font=font)
    return _saved(picture)


def _widths(sheet: Sheet) -> list[int]:
    """The widest text of each column."""
    return [max(_width(str(cells[column])) for cells in (sheet.header, *sheet.rows)) for column in range(len(sheet.header))]


def _width(text: str) -> int:
    """Columns a text takes: two for a Chinese character, one for others."""
    return sum(2 if ord(char) > 0x2000 else 1 for char in text)


def _blank(width: int, height: int, size: int) -> tuple[Any, Any, Any]:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.new("RGB", (width, height), "white")
    return picture, ImageDraw.Draw(picture), ImageFont.truetype(str(FONT), size)


def _saved(picture: Any) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()


def _settled(package: bytes, day: date) -> bytes:
    """The Office package with all of its clocks set: members to a fixed time, its creation to `day`."""
    stamp = f"{day:%Y-%m-%d}T01:00:00Z".encode()
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as settled:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = _STAMP.sub(rb"\g<1>" + stamp + rb"\3", data)
            info = zipfile.ZipInfo(name, _ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            settled.writestr(info, data)
    return target.getvalue()
