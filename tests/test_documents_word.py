"""docx: every place where a Word document can say something."""

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import RGBColor
from openpyxl import Workbook
from PIL import Image, ImageDraw, ImageFont

from core.records import Block, Unread
from crawler.documents import read

W = nsdecls("w")
NUMBER = "610326199001011238"


def made(build: Callable[[Document], None]) -> bytes:
    document = Document()
    build(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def blocks(data: bytes, name: str = "a.docx") -> list[Block]:
    pieces = list(read(data, name))
    assert not [piece for piece in pieces if isinstance(piece, Unread)], pieces
    return [piece for piece in pieces if isinstance(piece, Block)]


def at(found: list[Block], where: str) -> Block:
    (block,) = [block for block in found if block.where == where]
    return block


def with_part(data: bytes, name: str, text: str, kind: str) -> bytes:
    """The package with one more part, related to the document."""
    old, buffer = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            if info.filename == "word/_rels/document.xml.rels":
                relation = f'<Relationship Id="x9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{name}"/>'
                content = content.replace(b"</Relationships>", relation.encode() + b"</Relationships>")
            new.writestr(info, content)
        new.writestr(f"word/{name}", text)
    return buffer.getvalue()


def test_a_paragraph_split_over_runs_is_one_text_and_is_counted_from_one():
    def build(document):
        document.add_paragraph("标题")
        paragraph = document.add_paragraph("号码")
        for piece in ("6103", "2619", "90"):
            paragraph.add_run(piece).bold = True

    found = blocks(made(build))
    assert at(found, "第1段").text == "标题"
    assert at(found, "第2段") == Block("号码6103261990", "第2段", "a.docx")


def test_cells_carry_table_row_and_column_and_merged_cells_are_told_once():
    def build(document):
        table = document.add_table(rows=3, cols=3)
        for row, line in enumerate(table.rows):
            for column, cell in enumerate(line.cells):
                cell.text = f"{row}{column}"
        table.cell(0, 0).merge(table.cell(0, 1)).text = "合并"
        table.cell(1, 2).merge(table.cell(2, 2)).text = "竖"

    found = [block for block in blocks(made(build)) if block.table]
    assert [(block.text, block.row, block.column) for block in found] == [
        ("合并", 0, 0), ("02", 0, 2), ("10", 1, 0), ("11", 1, 1), ("竖", 1, 2), ("20", 2, 0), ("21", 2, 1),
    ]  # fmt: skip
    assert {block.table for block in found} == {"表1"}
    assert at(found, "表1 第1行第3列").text == "02"


def test_a_number_broken_over_paragraphs_of_a_cell_stays_in_one_block_and_nested_tables_are_read():
    def build(document):
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell.text = NUMBER[:10]
        cell.add_paragraph(NUMBER[10:])
        cell.add_table(rows=1, cols=1).cell(0, 0).text = "内层"

    found = blocks(made(build))
    assert at(found, "表1 第1行第1列").text.startswith(f"{NUMBER[:10]}\n{NUMBER[10:]}")
    assert [block.table for block in found if block.text == "内层"] == ["表1-1"]


def test_headers_footers_properties_and_comments():
    def build(document):
        section = document.sections[0]
        section.header.paragraphs[0].text = "内部资料"
        section.footer.paragraphs[0].text = "联系人"
        document.core_properties.author = "王小明"
        run = document.add_paragraph().add_run("正文")
        document.add_comment(run, text="请核对号码", author="李", initials="l")

    found = blocks(made(build))
    assert at(found, "页眉").text == "内部资料"
    assert at(found, "页脚").text == "联系人"
    assert at(found, "批注").text == "请核对号码"
    assert "王小明" in at(found, "文档属性").text.splitlines()


def test_footnotes_are_read_and_separators_are_not():
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="0" w:type="separator"><w:p><w:r><w:t>线</w:t></w:r></w:p></w:footnote>'
        '<w:footnote w:id="1"><w:p><w:r><w:t>一注</w:t></w:r></w:p></w:footnote><w:footnote w:id="2"><w:p><w:r><w:t>二注</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    found = blocks(with_part(made(lambda document: document.add_paragraph("正文")), "footnotes.xml", notes, "footnotes"))
    assert [(block.where, block.text) for block in found if "注" in block.where] == [("脚注", "一注"), ("脚注2", "二注")]


def test_deleted_inserted_hidden_and_white_text():
    def build(document):
        paragraph = document.add_paragraph("可见")
        paragraph._p.append(parse_xml(f'<w:del {W} w:id="1" w:author="a"><w:r><w:delText>删去{NUMBER}</w:delText></w:r></w:del>'))
        paragraph._p.append(parse_xml(f'<w:ins {W} w:id="2" w:author="a"><w:r><w:t>新增</w:t></w:r></w:ins>'))
        paragraph.add_run("藏").font.hidden = True
        paragraph.add_run("白").font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)

    found = blocks(made(build))
    assert at(found, "第1段").text == "可见新增"
    assert {block.hidden: block.text for block in found if block.hidden} == {"修订删除": f"删去{NUMBER}", "隐藏文字": "藏", "白色文字": "白"}


def test_white_text_on_a_dark_cell_is_a_heading_and_not_hidden():
    def build(document):
        cell = document.add_table(rows=1, cols=1).cell(0, 0)
        cell.paragraphs[0].add_run("表头").font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
        cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:shd {W} w:val="clear" w:fill="1F3864"/>'))

    assert at(blocks(made(build)), "表1 第1行第1列").hidden == ""


def test_text_blacked_out_by_highlight_or_by_a_shape_is_live_text_under_cover():
    shape = (
        f'<w:r {W} xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><w:drawing><wp:anchor behindDoc="0"><a:graphic><a:graphicData><wps:wsp><wps:spPr>'
        '<a:prstGeom prst="rect"/><a:solidFill><a:srgbClr val="000000"/></a:solidFill></wps:spPr></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>'
    )

    def build(document):
        document.add_paragraph("号码").add_run(NUMBER)._r.append(parse_xml(f'<w:rPr {W}><w:highlight w:val="black"/></w:rPr>'))
        document.add_paragraph(f"二{NUMBER}")._p.append(parse_xml(shape))

    data = made(build)
    found = blocks(data)
    assert (at(found, "第1段").hidden, at(found, "第1段（遮挡）").text) == ("", NUMBER)
    assert at(found, "第2段").hidden == "遮挡"


def test_text_boxes_are_told_once_although_word_writes_them_twice():
    box = "<w:txbxContent><w:p><w:r><w:t>框里的字</w:t></w:r></w:p></w:txbxContent>"
    run = (
        f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>'
    )
    found = blocks(made(lambda document: document.add_paragraph("段")._p.append(parse_xml(run))))
    assert [(block.where, block.text) for block in found if block.where.startswith("文本框")] == [("文本框1", "框里的字")]
    assert at(found, "第1段").text == "段"


def test_pictures_and_embedded_workbooks_are_read():
    image = Image.new("RGB", (500, 80), "white")
    ImageDraw.Draw(image).text((20, 20), NUMBER, font=ImageFont.load_default(32), fill="black")
    picture, inner = io.BytesIO(), io.BytesIO()
    image.save(picture, "PNG")
    workbook = Workbook()
    workbook.active.append(["姓名", "号码"])
    workbook.save(inner)
    data = made(lambda document: document.add_picture(picture))
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as package:
        package.writestr("word/embeddings/Sheet1.xlsx", inner.getvalue())
    found = blocks(buffer.getvalue())
    assert [(block.text, block.where, block.ocr) for block in found if block.ocr] == [(NUMBER, "图片1", True)]
    assert {block.text for block in found if block.file == "a.docx!/word/embeddings/Sheet1.xlsx"} >= {"姓名", "号码"}


@pytest.mark.parametrize("name", ["a.docx", "a.doc", "a.pdf", "无扩展名"])
def test_the_content_decides_and_not_the_name(name: str):
    assert blocks(made(lambda document: document.add_paragraph("内容")), name)[0] == Block("内容", "第1段", name)


def test_no_reader_follows_a_link_or_template():
    data = made(lambda document: document.add_paragraph("正文"))
    found = blocks(with_part(data, "settings2.xml", f"<w:settings {W}><w:attachedTemplate/></w:settings>", "attachedTemplate"))
    assert [block.text for block in found if block.where == "第1段"] == ["正文"]
