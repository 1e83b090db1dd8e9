"""A county paper written into each format that offices publish, with the habits of each: runs split, cells merged, encodings mixed, pages drawn."""

import csv
import html
import io
import random
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from bench.privacy_model import Grid, Paper, Run, pieces, words

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)
Written = tuple[str, bytes]


def _text(runs: list[Run]) -> str:
    return "".join(run.text for run in runs)


def docx(paper: Paper, rng: random.Random) -> Written:
    """Word: values split over runs, tables as tables."""
    from docx import Document

    document = Document()
    document.add_heading(paper.title, 1)
    for part in paper.parts:
        if not isinstance(part, Grid):
            paragraph = document.add_paragraph()
            for run in part:
                cut = rng.randrange(len(run.text)) if run.kind else 0
                for text in (run.text[:cut], run.text[cut:]):
                    if text:
                        paragraph.add_run(text).bold = bool(run.kind and rng.random() < 0.5)
            continue
        width = max(map(len, part.rows))
        table = document.add_table(len(part.rows), width)
        for row, cells in zip(table.rows, part.rows, strict=True):
            if len(cells) == 1 and width > 1:
                row.cells[0].merge(row.cells[-1]).text = words(cells[0])
                continue
            for place, cell in zip(row.cells, cells, strict=False):
                place.text = words(cell)
    buffer = io.BytesIO()
    document.save(buffer)
    return "公示.docx", buffer.getvalue()


def xlsx(paper: Paper, rng: random.Random) -> Written:
    """Excel: sheets, a merged title, the running text on a sheet of its own."""
    from openpyxl import Workbook

    book = Workbook()
    notes = book.active
    notes.title = "说明"
    notes.append([paper.title])
    for part in paper.parts:
        if isinstance(part, Grid):
            page = book.create_sheet(f"{part.name[:20]}{len(book.sheetnames)}")
            for row in part.rows:
                page.append([words(cell) for cell in row])
            width = max(map(len, part.rows))
            if len(part.rows[0]) == 1 and width > 1:
                page.merge_cells(start_row=1, start_column=1, end_row=1, end_column=width)
        else:
            notes.append([_text(part)])
    buffer = io.BytesIO()
    book.save(buffer)
    return "附件.xlsx", buffer.getvalue()


def xls(paper: Paper, rng: random.Random) -> Written:
    """The old Excel."""
    import xlwt  # type: ignore[import-untyped,unused-ignore]

    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("表")
    line = 0
    page.write(line, 0, paper.title)
    for part in paper.parts:
        for row in part.rows if isinstance(part, Grid) else [[Run(_text(part))]]:
            line += 1
            for column, cell in enumerate(row):
                if words(cell):
                    page.write(line, column, words(cell))
    buffer = io.BytesIO()
    book.save(buffer)
    return "附件.xls", buffer.getvalue()


def separated(paper: Paper, rng: random.Random) -> Written:
    """CSV, in UTF-8 with a mark or in GB18030."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([paper.title])
    for part in paper.parts:
        if isinstance(part, Grid):
            writer.writerows([words(cell) for cell in row] for row in part.rows)
        else:
            writer.writerow([_text(part)])
    return "导出.csv", buffer.getvalue().encode(rng.choice(("utf-8-sig", "gb18030", "utf-8")))


def drawn(paper: Paper, gap: str) -> str:
    """The paper as plain text, its tables drawn with `gap` between the words."""
    lines = [paper.title]
    for part in paper.parts:
        if isinstance(part, Grid):
            lines += [gap.join(text for cell in row if (text := words(cell).replace("\n", "").strip())) for row in part.rows]
        else:
            lines.append(_text(part))
    return "\n".join(lines) + "\n"


def txt(paper: Paper, rng: random.Random) -> Written:
    """Plain text; tables drawn with blanks, tabs or bars."""
    return "通知.txt", drawn(paper, rng.choice(("  ", "\t", " | "))).encode(rng.choice(("utf-8", "gb18030", "utf-16")))


def page(paper: Paper, rng: random.Random) -> Written:
    """HTML: tags and &nbsp; inside numbers, as editors leave them."""

    def shown(run: Run) -> str:
        if not run.kind or rng.random() < 0.6 or "\n" in run.text:
            return html.escape(run.text)
        cut = rng.randrange(1, len(run.text))
        glue = rng.choice(("<span>", "<font color='red'>", "&#8203;", "<b></b>", "<!-- -->"))
        return html.escape(run.text[:cut]) + glue + html.escape(run.text[cut:])

    parts = [f"<html><head><meta charset='utf-8'><title>{html.escape(paper.title)}</title></head><body><h1>{html.escape(paper.title)}</h1>"]
    for part in paper.parts:
        if isinstance(part, Grid):
            rows = ("".join(f"<td>{''.join(map(shown, pieces(cell)))}</td>" for cell in row) for row in part.rows)
            parts.append("<table>" + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        else:
            parts.append(f"<p>{''.join(map(shown, part))}</p>")
    return "正文.html", "".join([*parts, "</body></html>"]).encode()


def pdf(paper: Paper, rng: random.Random) -> Written:
    """PDF with a text layer: ruled tables whose cells wrap."""
    from reportlab.lib.pagesizes import A3, landscape
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("文", fontName="STSong-Light", fontSize=9, leading=13, wordWrap="CJK")
    story: list[Any] = [Paragraph(html.escape(paper.title), style)]
    for part in paper.parts:
        if isinstance(part, Grid):
            width = max(map(len, part.rows))
            rows = [[Paragraph(html.escape(words(cell).replace("\n", "")), style) for cell in row] + [""] * (width - len(row)) for row in part.rows]
            wide = [max(9 * len(words(row[i])) for row in part.rows if i < len(row) > 1) + 14 for i in range(width)]
            fits = sum(wide) < 1100 and rng.random() < 0.4  # without rules nothing may wrap
            story.append(Table(rows, colWidths=wide if fits else [1100 / width] * width, style=[] if fits else [("GRID", (0, 0), (-1, -1), 0.5, "black")]))
        else:
            story.append(Paragraph(html.escape(_text(part)), style))
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer, pagesize=landscape(A3), leftMargin=30, rightMargin=30).build(story)
    return "公告.pdf", buffer.getvalue()


def scan(paper: Paper, rng: random.Random) -> Written:
    """A scanned page: drawn, a little turned, greyed and compressed."""
    from PIL import Image, ImageDraw, ImageFilter, ImageFont

    font = ImageFont.truetype(rng.choice([path for path in FONTS if Path(path).exists()]), 30)
    lines: list[list[str]] = [[paper.title]]
    for part in paper.parts:
        if isinstance(part, Grid):
            lines += [[words(cell).replace("\n", "").strip() for cell in row] for row in part.rows]
        else:
            text = _text(part)
            lines += [[text[i : i + 44]] for i in range(0, len(text), 44)]
    count = max(map(len, lines))
    widths = [max((font.getlength(line[i]) for line in lines if i < len(line) > 1), default=0) + 34 for i in range(count)]
    width = int(max(sum(widths), max(font.getlength(line[0]) for line in lines))) + 120
    image = Image.new("L", (width, 120 + 54 * len(lines)), 250)
    brush = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        left = 60.0
        for text, step in zip(line, widths, strict=False):
            brush.text((left, 50 + 54 * number), text, font=font, fill=rng.randint(0, 50))
            left += step
    image = image.rotate(rng.uniform(-0.4, 0.4), fillcolor=250).filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.6)))
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=rng.randint(60, 90))
    return "扫描件.jpg", buffer.getvalue()


def archive(paper: Paper, rng: random.Random) -> Written:
    """A zip in a zip, the inner name in GBK as Windows writes it."""
    name, data = rng.choice((docx, xlsx, txt))(paper, rng)
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(f"附件/{name}".encode("gbk").decode("cp437"), data)
    with zipfile.ZipFile(outer, "w") as bundle:
        bundle.writestr("内层.zip", inner.getvalue())
        bundle.writestr("说明.txt", "请查收附件。".encode("gb18030"))
    return "材料.zip", outer.getvalue()


def mail(paper: Paper, rng: random.Random) -> Written:
    """A mail with the paper in its body or attached."""
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = paper.title.replace("\n", ""), "a@example.gov.cn", "b@example.gov.cn"
    if rng.random() < 0.4:
        message.set_content(drawn(paper, "\t"), charset=rng.choice(("utf-8", "gb18030")), cte="base64")
    else:
        message.set_content("附件请查收。", cte="base64")
        listed = any(isinstance(part, Grid) for part in paper.parts)
        name, data = rng.choice((docx, xlsx, separated if listed else docx))(paper, rng)
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return "来信.eml", message.as_bytes()


FORMATS: tuple[tuple[str, Callable[[Paper, random.Random], Written]], ...] = (
    ("docx", docx),
    ("xlsx", xlsx),
    ("xls", xls),
    ("csv", separated),
    ("txt", txt),
    ("html", page),
    ("pdf", pdf),
    ("zip", archive),
    ("eml", mail),
    ("扫描图片", scan),
)
