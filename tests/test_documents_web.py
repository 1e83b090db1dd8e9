"""html, plain text, mail, archives, presentations, ofd."""

import io
import zipfile
from collections.abc import Mapping
from email.message import EmailMessage

import pytest

from core.records import Block, Unread
from crawler.documents import Limits, read

ID = "610326199001011238"


def blocks(data: bytes, name: str) -> list[Block]:
    pieces = list(read(data, name))
    assert not [piece for piece in pieces if isinstance(piece, Unread)], pieces
    return [piece for piece in pieces if isinstance(piece, Block)]


def zipped(members: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class GbkName(zipfile.ZipInfo):
    """A member named as Chinese Windows does it: GBK, and no flag to say so."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_plain_text_is_one_block_with_the_offsets_of_the_file(encoding: str):
    text = f"公示名单\r\n张三 {ID}\r\n"
    assert blocks(text.encode(encoding), "a.txt") == [Block(text, "正文", "a.txt")]


def test_text_with_one_broken_character_is_read_and_the_place_reported():
    pieces = list(read("公示名单，联系人张三，电话".encode() * 20 + b"\xff" + ID.encode(), "a.txt"))
    assert ID in pieces[0].text
    assert isinstance(pieces[1], Unread)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, b"\x00\x01\x02\x03" * 500, b"MZ" + bytes(500), b"\x7fELF" + bytes(100)])
def test_bytes_that_are_no_text_are_unread(data: bytes):
    (piece,) = read(data, "a.txt")
    assert isinstance(piece, Unread)
    assert "无法识别" in piece.reason


PAGE = f"""<html><head><meta charset="gb2312"><title>公告</title><meta name="PubDate" content="2023-10-23"></head><body>
<p>电话：<b>138</b>1234<i>5678</i></p><div style="display:none">{ID}</div>
<table><tr><th colspan="2">名单</th><th>号</th></tr><tr><td rowspan="2">张三</td><td>男</td><td>1<br>2</td></tr><tr><td>女</td><td>3</td></tr></table>
<img alt="图片里的字" src="http://192.0.2.1/y.png"><!-- 草稿 --><script>var a = "x"</script>尾<span style="color:#fff">白</span></body></html>"""


@pytest.mark.parametrize("name", ["a.html", "a.doc"])
def test_a_page_in_gbk_block_by_block(name: str):
    found = {block.where: block for block in blocks(PAGE.encode("gbk"), name)}
    assert found["第1段"].text == "公告"
    assert found["第2段"].text == "电话：13812345678"
    assert (found["第3段"].text, found["第3段"].hidden) == (ID, "隐藏元素")
    assert {(block.text, block.row, block.column) for block in found.values() if block.table} == {
        ("名单", 0, 0), ("号", 0, 2), ("张三", 1, 0), ("男", 1, 1), ("1\n2", 1, 2), ("女", 2, 1), ("3", 2, 2),
    }  # fmt: skip
    assert {block.text for block in found.values()} >= {"尾", "图片里的字", "草稿", "2023-10-23"}
    assert [block.hidden for block in found.values() if block.text == "白"] == ["白色文字"]
    assert not [block for block in found.values() if "var a" in block.text]


def test_very_deep_html_does_not_break():
    pieces = list(read(("<div>" * 20_000 + ID + "</div>" * 20_000).encode(), "a.html"))
    assert any(isinstance(piece, Unread) or ID in piece.text for piece in pieces)


def test_a_mail_with_bodies_and_attachments():
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "十月工作总结", "a@example.com", "b@example.com"
    mail.set_content(f"请查收 {ID}")
    mail.add_alternative("<p>请查收</p>", subtype="html")
    mail.add_attachment("名单".encode("gbk"), maintype="application", subtype="octet-stream", filename="名单.txt")
    found = blocks(bytes(mail), "a.eml")
    assert "十月工作总结" in found[0].text
    assert (found[1].where, found[1].text.strip()) == ("正文", f"请查收 {ID}")
    assert found[-1] == Block("名单", "正文", "a.eml!/名单.txt")


def test_a_forwarded_mail_is_read_as_a_file_of_its_own():
    inner, outer = EmailMessage(), EmailMessage()
    inner["Subject"], inner["From"], inner["MIME-Version"] = "原信", "c@example.com", "1.0"
    inner.set_content(ID)
    outer["Subject"], outer["From"] = "转发", "a@example.com"
    outer.set_content("见附")
    outer.add_attachment(inner)
    assert [block.file for block in blocks(bytes(outer), "a.eml") if ID in block.text] == ["a.eml!/转发邮件.eml"]


def test_archives_in_archives_with_names_in_gbk():
    inner = zipped({"b.txt": f"号 {ID}"})
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(GbkName("名单/内层.zip"), inner)
        archive.writestr(GbkName("加密.rar"), b"Rar!\x1a\x07\x01\x00")
        archive.writestr(GbkName("包.7z"), b"7z\xbc\xaf\x27\x1c\x00")
        archive.writestr("__MACOSX/._a", b"\0")
    pieces = list(read(buffer.getvalue(), "名单.zip"))
    assert pieces[0] == Block(f"号 {ID}", "正文", "名单.zip!/名单/内层.zip!/b.txt")
    assert [(piece.file, type(piece)) for piece in pieces[1:]] == [("名单.zip!/加密.rar", Unread), ("名单.zip!/包.7z", Unread)]


def test_one_bad_member_does_not_hide_the_others():
    data = zipped({"a.docx": b"PK\x03\x04 broken", "b.txt": "好的"})
    assert [type(piece) for piece in read(data, "a.zip")] == [Unread, Block]


def test_a_locked_member_is_named():
    data = bytearray(zipped({"a.txt": "x" * 50}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert list(read(bytes(data), "a.zip")) == [Unread("a.zip!/a.txt", "全文", "文件有密码，无法检查；请去掉密码后重新提供")]


A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def _words(text: str) -> str:
    return f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"


def presentation(show: str) -> bytes:
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    table = f"<a:tbl><a:tr><a:tc><a:txBody>{_words('姓名')}</a:txBody></a:tc><a:tc><a:txBody>{_words('号码')}</a:txBody></a:tc></a:tr></a:tbl>"
    return zipped({
        "ppt/presentation.xml": f'<p:presentation {A}><p:sldIdLst><p:sldId id="1" r:id="r1"/></p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": f'<Relationships><Relationship Id="r1" Type="{relation}/slide" Target="slides/slide1.xml"/></Relationships>',
        "ppt/slides/slide1.xml": f'<p:sld {A} show="{show}"><p:sp><p:txBody>{_words("标题")}{_words(ID)}</p:txBody></p:sp>{table}</p:sld>',
        "ppt/slides/_rels/slide1.xml.rels": f'<Relationships><Relationship Id="n" Type="{relation}/notesSlide" Target="../notesSlides/n1.xml"/></Relationships>',
        "ppt/notesSlides/n1.xml": f"<p:notes {A}><p:sp><p:txBody>{_words('备注的字')}</p:txBody></p:sp></p:notes>",
    })  # fmt: skip


@pytest.mark.parametrize(("show", "hidden"), [("1", ""), ("0", "隐藏页")])
def test_slides_with_tables_and_notes(show: str, hidden: str):
    assert [(block.where, block.text, block.hidden) for block in blocks(presentation(show), "a.pptx")] == [
        ("第1页 文本框1", f"标题\n{ID}", hidden), ("第1页 表1 第1行第1列", "姓名", hidden), ("第1页 表1 第1行第2列", "号码", hidden), ("第1页 备注", "备注的字", hidden),
    ]  # fmt: skip


def ofd(content: str, extra: Mapping[str, bytes] | None = None) -> bytes:
    n = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    return zipped({
        "OFD.xml": f"<ofd:OFD {n}><ofd:DocBody><ofd:DocInfo><ofd:Author>王小明</ofd:Author></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document {n}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:DocumentRes>Res.xml</ofd:DocumentRes>'
        f'</ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages><ofd:Attachments>Attachs.xml</ofd:Attachments></ofd:Document>',
        "Doc_0/Res.xml": f'<ofd:Res {n} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="7" Type="Image"><ofd:MediaFile>p.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>',
        "Doc_0/Attachs.xml": f'<ofd:Attachments {n}><ofd:Attachment ID="1" Name="名单.txt"><ofd:FileLoc>a.txt</ofd:FileLoc></ofd:Attachment></ofd:Attachments>',
        "Doc_0/a.txt": "附件的字".encode(),
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {n}><ofd:Content><ofd:Layer>{content}</ofd:Layer></ofd:Content></ofd:Page>",
        **(extra or {}),
    })  # fmt: skip


def words(x: float, y: float, text: str) -> str:
    return f'<ofd:TextObject Boundary="{x} {y} 80 6" Size="4"><ofd:TextCode X="0" Y="4" DeltaX="g {len(text) - 1} 2.5">{text}</ofd:TextCode></ofd:TextObject>'


def test_an_ofd_with_lines_table_attachment_and_properties():
    rows = [("姓名", "号码"), ("张三", ID), ("李四", "13812345678")]
    content = words(20, 20, "公告标题文字") + "".join(
        words(20 + 60 * column, 40 + 8 * row, text) for row, line in enumerate(rows) for column, text in enumerate(line)
    )
    found = {block.where: block for block in blocks(ofd(content), "a.ofd")}
    assert found["第1页"].text == "公告标题文字"
    assert (found["第1页 第2行第2列"].text, found["第1页 第2行第2列"].row) == (ID, 1)
    assert found["文档属性"].text == "王小明"
    assert [block.file for block in found.values() if block.text == "附件的字"] == ["a.ofd!/名单.txt"]


def test_cells_wrapped_between_ruled_lines_of_an_ofd_are_one_cell():
    rules = "".join(
        f'<ofd:PathObject Boundary="15 {36 + 16 * row} 150 1"><ofd:AbbreviatedData>M 0 0 L 150 0</ofd:AbbreviatedData></ofd:PathObject>' for row in range(5)
    )
    rows = "".join(words(20, 38 + 16 * row, ID[:14]) + words(20, 44 + 16 * row, ID[14:]) + words(100, 41 + 16 * row, "张三") for row in range(4))
    found = {block.where: block.text for block in blocks(ofd(rules + rows), "a.ofd")}
    assert found["第1页 第4行第1列"] == f"{ID[:14]}\n{ID[14:]}"
    assert found["第1页 第4行第2列"] == "张三"


SEGMENTS = {"0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "5": "afgcd", "6": "afgedc", "8": "abcdefg", "9": "abcfgd"}
STROKES = {"a": (0, 0, 4, 0), "b": (4, 0, 4, 4), "c": (4, 4, 4, 8), "d": (0, 8, 4, 8), "e": (0, 4, 0, 8), "f": (0, 0, 0, 4), "g": (0, 4, 4, 4)}


def test_an_ofd_page_drawn_as_outlines_goes_to_ocr():
    paths = ""
    for place, digit in enumerate("38291365092138"):
        for name in SEGMENTS[digit]:
            x0, y0, x1, y1 = STROKES[name]
            box = f"M {x0} {y0} L {x1 + 0.9} {y0} L {x1 + 0.9} {y1 + 0.9} L {x0} {y1 + 0.9} C"
            paths += f'<ofd:PathObject Boundary="{20 + 8 * place} 60 6 10" Fill="true"><ofd:FillColor/><ofd:AbbreviatedData>{box}</ofd:AbbreviatedData></ofd:PathObject>'
    found = [piece for piece in read(ofd(paths), "a.ofd") if piece.where.startswith("第1页")]
    assert [(piece.where, piece.ocr) for piece in found if isinstance(piece, Block)] == [("第1页 轮廓文字", True)]
    assert sum(char.isdigit() for char in found[0].text) >= 10
    assert any(isinstance(piece, Unread) for piece in read(ofd(paths), "a.ofd", ocr=False))


@pytest.mark.parametrize(
    "content",
    [
        '<ofd:TextObject Boundary="x"/><ofd:TextObject Boundary="a b c d"><ofd:TextCode>1</ofd:TextCode></ofd:TextObject>',
        "<unclosed>",
        '<ofd:ImageObject ResourceID="7"/>',
    ],
)
def test_damage_in_an_ofd_page_is_reported(content: str):
    assert any(isinstance(piece, Unread) for piece in read(ofd(content), "a.ofd"))


def test_too_big_a_file_is_not_opened():
    (piece,) = read(b"x" * 100, "a.txt", limits=Limits(size=50))
    assert isinstance(piece, Unread)
    assert "大小" in piece.reason


def test_a_mail_cut_in_its_attachment_is_reported():
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "总结", "a@example.com", "b@example.com"
    mail.set_content("见附件")
    mail.add_attachment(b"abc" * 2_000, maintype="application", subtype="octet-stream", filename="a.txt")
    data = bytes(mail)
    assert any(isinstance(piece, Unread) for piece in read(data[: len(data) // 2], "a.eml"))


def test_a_comment_inside_a_number_does_not_end_it() -> None:
    """Text behind a comment or processing instruction belongs to the sentence around it."""
    page = "<html><body><p>电话 138<!-- 换行 -->1234<?x y?>5678。</p><table><tr><td>甲<!-- a -->乙</td><td>丙</td></tr></table></body></html>"
    texts = [part.text for part in read(page.encode(), "a.html") if isinstance(part, Block)]
    assert "电话 13812345678。" in texts
    assert "甲乙" in texts
