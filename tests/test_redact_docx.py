"""Redacting Word documents: every place where a number may stand, in place."""

import io
import random
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Cm
from openpyxl import load_workbook
from redact_samples import a_list, cleaned, identity, in_word, masked, members, mobile, repacked, saved, text_at

from core.errors import UnreadableError
from service.redact import redact

W = nsdecls("w")


def test_runs_tables_headers_revisions_and_hidden_words_are_masked_in_place():
    rng = random.Random(11)
    split, cell, head, gone, white, phone = identity(rng), identity(rng), identity(rng), identity(rng), identity(rng), mobile(rng)

    def build(document: Document) -> None:
        paragraph = document.add_paragraph("张三，身份证号")
        for piece in (split[:4], split[4:11], split[11:]):
            paragraph.add_run(piece).bold = True
        paragraph.add_run("，住东关村。")
        table = document.add_table(2, 3, style="Table Grid")
        for column, words in enumerate(("姓名", "身份证号", "手机号")):
            table.cell(0, column).text = words
        table.cell(1, 0).text, table.cell(1, 1).text, table.cell(1, 2).text = "李四", cell, f"{phone[:3]} {phone[3:7]} {phone[7:]}"
        document.sections[0].header.paragraphs[0].text = f"身份证号{head}"
        document.sections[0].left_margin = Cm(2.8)
        document.add_paragraph()._p.append(parse_xml(f'<w:del {W} w:author="a"><w:r><w:delText>身份证号{gone}</w:delText></w:r></w:del>'))
        document.add_paragraph()._p.append(parse_xml(f'<w:r {W}><w:rPr><w:color w:val="FFFFFF"/></w:rPr><w:t>身份证号{white}</w:t></w:r>'))
        document.core_properties.subject, document.core_properties.author = f"身份证号{split}", "赵六"

    before = in_word(build)
    after = cleaned(before, "公示.docx", split, cell, head, gone, white, phone)
    assert text_at(after, "公示.docx", "第1段") == f"张三，身份证号{masked(split)}，住东关村。"
    assert text_at(after, "公示.docx", "表1 第2行第3列") == f"{phone[:3]} **** {phone[7:]}"
    document = Document(io.BytesIO(after))
    assert [run.text for run in document.paragraphs[0].runs][1:4] == [split[:4], f"{split[4:6]}*****", f"***{split[-4:]}"]
    assert all(run.bold for run in document.paragraphs[0].runs[1:4])
    assert document.sections[0].left_margin == Document(io.BytesIO(before)).sections[0].left_margin
    assert document.core_properties.author == ""
    old, new = members(before), members(after)
    assert old.keys() - new.keys() == {"docProps/thumbnail.jpeg"}  # python-docx's own; it shows the first page as it was
    assert {name for name in new if old[name] != new[name]} == {"word/document.xml", "word/header1.xml", "docProps/core.xml", "_rels/.rels"}


_BOX = (
    '<w:r {w} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
    '<mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent><w:p><w:r><w:t>{first}</w:t></w:r></w:p></w:txbxContent></wps:txbx></w:drawing></mc:Choice>'
    "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p>{second}</w:p></w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def test_text_boxes_are_masked_in_both_copies_and_so_are_field_codes_and_links():
    rng = random.Random(12)
    person, phone = identity(rng), mobile(rng)

    def build(document: Document) -> None:
        second = f"<w:r><w:t>身份证号{person[:9]}</w:t></w:r><w:r><w:t>{person[9:]}</w:t></w:r>"
        document.add_paragraph()._p.append(parse_xml(_BOX.format(w=W, first=f"身份证号{person}", second=second)))
        address = "<w:r><w:t>家庭住址：眉县首善镇东关村3组21号</w:t></w:r>"
        document.add_paragraph()._p.append(parse_xml(_BOX.format(w=W, first="家庭住址：眉县首善镇东关村3组21号", second=address)))
        code = f'<w:r {W}><w:instrText xml:space="preserve"> HYPERLINK "tel:{phone}" </w:instrText></w:r>'
        paragraph = document.add_paragraph(f"群众李四，手机号{phone}")
        paragraph._p.append(parse_xml(code))
        document.part.relate_to(f"tel:{phone}", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", is_external=True)

    after = cleaned(in_word(build), "公示.docx", person, person[:9] + "<", phone)
    source = members(after)["word/document.xml"].decode()
    assert source.count("21号") == 0
    assert f"tel:{masked(phone)}" in source
    assert f"tel:{masked(phone)}" in members(after)["word/_rels/document.xml.rels"].decode()


def word_part(data: bytes, name: str, source: str, kind: str) -> bytes:
    relation = f'<Relationship Id="x9{kind}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{name}"/>'
    return repacked(
        data,
        **{
            f"word__{name}": source.encode(),
            "word___rels__document.xml.rels": lambda old: old.replace(b"</Relationships>", f"{relation}</Relationships>".encode()),
        },
    )


@pytest.mark.parametrize(
    ("kind", "outer", "entry"), [("comments", "comments", "comment"), ("footnotes", "footnotes", "footnote"), ("endnotes", "endnotes", "endnote")]
)
def test_notes_and_comments_are_masked(kind: str, outer: str, entry: str):
    person = identity(random.Random(13))
    note = f'<w:{outer} {W}><w:{entry} w:id="2"><w:p><w:r><w:t>原号{person[:10]}</w:t></w:r><w:r><w:t>{person[10:]}</w:t></w:r></w:p></w:{entry}></w:{outer}>'
    data = word_part(in_word(lambda document: document.add_paragraph("公示")), f"{kind}.xml", note, kind)
    after = cleaned(data, "公示.docx", person)
    assert f"<w:t>原号{person[:6]}****</w:t></w:r><w:r><w:t>****{person[-4:]}</w:t>" in members(after)[f"word/{kind}.xml"].decode()


def test_an_embedded_workbook_is_redacted_and_its_preview_emptied():
    rng = random.Random(14)
    book, secrets = a_list(rng)
    emf = b"\x01\0\0\0\x58\0\0\0" + bytes(32) + b" EMF" + bytes(60) + secrets[0].encode("utf-16-le")
    data = repacked(
        in_word(lambda document: document.add_paragraph("公示")), **{"word__embeddings__oleObject1.xlsx": saved(book), "word__media__image1.emf": emf}
    )
    after = cleaned(data, "公示.docx", *secrets)
    inner = members(after)["word/embeddings/oleObject1.xlsx"]
    assert load_workbook(io.BytesIO(inner)).active["C3"].value == masked(secrets[0])
    preview = members(after)["word/media/image1.emf"]
    assert (preview[40:44], len(preview)) == (b" EMF", 108)


def test_custom_properties_are_masked():
    person = identity(random.Random(15))
    custom = f'<Properties xmlns="urn:x" xmlns:vt="urn:y"><property name="证件"><vt:lpwstr>身份证号{person}</vt:lpwstr></property></Properties>'
    data = repacked(in_word(lambda document: document.add_paragraph("公示")), **{"docProps__custom.xml": custom.encode()})
    after = cleaned(data, "公示.docx", person)
    assert f"身份证号{masked(person)}" in members(after)["docProps/custom.xml"].decode()


def test_what_nobody_can_edit_is_refused_with_its_place(tmp_path: Path):
    from reportlab.pdfgen.canvas import Canvas

    person = identity(random.Random(16))
    pdf = io.BytesIO()
    canvas = Canvas(pdf)
    canvas.drawString(100, 700, f"ID {person}")
    canvas.save()
    source, out = tmp_path / "公示.docx", tmp_path / "脱敏.docx"
    source.write_bytes(repacked(in_word(lambda document: document.add_paragraph("公示")), **{"word__embeddings__a.pdf": pdf.getvalue()}))
    out.write_bytes(b"earlier")
    with pytest.raises(UnreadableError, match=r"无法遮盖.*a\.pdf") as caught:
        redact(source, out)
    assert person not in str(caught.value)
    assert out.read_bytes() == b"earlier"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["公示.docx", "脱敏.docx"]
