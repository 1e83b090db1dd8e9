"""Redacting workbooks: cells and everything beside them, styles and charts as they were."""

import io
import random

from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.workbook.defined_name import DefinedName
from redact_samples import a_list, blocks, cleaned, found, identity, masked, members, mobile, repacked, saved, text_at

from service.redact import redact_bytes


def test_a_workbook_keeps_everything_but_the_digits():
    rng = random.Random(20231101)
    book, secrets = a_list(rng)
    before = saved(book)
    after = cleaned(before, "公示名单.xlsx", *secrets)
    old, new = members(before), members(after)
    assert old.keys() == new.keys()
    changed = {name for name in old if old[name] != new[name]}
    assert changed <= {"xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"}, changed
    assert {"xl/styles.xml", "xl/charts/chart1.xml", "xl/drawings/drawing1.xml"} <= old.keys() - changed
    sheet = load_workbook(io.BytesIO(after)).active
    assert sheet["C3"].value == masked(secrets[0])
    assert sheet["C3"].font.bold
    assert sheet["D3"].value == masked(secrets[1])
    assert sheet["D3"].fill.fgColor.rgb == "00FFFF00"
    assert sheet["E3"].value == f"{secrets[0][6:10]}-**-**"
    assert sheet["F3"].value == 100
    assert sheet.column_dimensions["C"].width == 31
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:F1"]


def test_hidden_originals_comments_headers_names_and_properties_are_masked():
    rng = random.Random(7)
    book, secrets = a_list(rng)
    sheet, person = book.active, secrets[0]
    hidden = book.create_sheet("原始")
    hidden.sheet_state = "veryHidden"
    hidden.append(["姓名", "身份证号"])
    other = identity(rng)
    hidden.append(["李四", other])
    sheet.row_dimensions[4].hidden = True
    sheet.column_dimensions["D"].hidden = True
    sheet["C3"].comment = Comment(f"原号{person}", "王五")
    sheet.oddHeader.center.text = f"经办 身份证号{other}"
    book.defined_names["某人"] = DefinedName("某人", attr_text=f'"{person}"')
    book.properties.title, book.properties.creator, book.properties.lastModifiedBy = f"名单{other}", "赵六", "钱七"
    sheet["H1"].hyperlink = f"tel:{secrets[1]}"
    after = cleaned(saved(book), "名单.xlsx", *secrets, other)
    assert text_at(after, "名单.xlsx", "公示名单!C3 批注") == f"原号{masked(person)}"
    assert text_at(after, "名单.xlsx", "公示名单 页眉") == f"经办 身份证号{masked(other)}"
    assert text_at(after, "名单.xlsx", "文档属性") == f"名单{masked(other)}"
    assert load_workbook(io.BytesIO(after))["原始"].sheet_state == "veryHidden"
    assert b"\xe8\xb5\xb5\xe5\x85\xad" not in members(after)["docProps/core.xml"]


def test_words_shared_by_cells_are_masked_only_where_they_are_a_leak():
    book = Workbook()
    sheet = book.active
    sheet.append(["姓名", "残疾类别", "公路等级"])
    for name in ("张三", "李四", "王五"):
        sheet.append([name, "肢体二级", "肢体二级"])
    after = cleaned(saved(book), "残疾人名单.xlsx")
    sheet = load_workbook(io.BytesIO(after)).active
    assert [sheet.cell(row, 2).value for row in (2, 3, 4)] == ["****"] * 3
    assert [sheet.cell(row, 3).value for row in (2, 3, 4)] == ["肢体二级"] * 3


def sheet_xml(cells: str, extra: str = "") -> str:
    return f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{cells}</sheetData>{extra}</worksheet>'


def with_sheet(cells: str, extra: str = "", **more: object) -> bytes:
    return repacked(saved(Workbook()), **{"xl__worksheets__sheet1.xml": sheet_xml(cells, extra).encode(), **more})


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def test_floats_that_lost_digits_and_rich_text_runs_are_masked():
    rng = random.Random(3)
    person = identity(rng)
    other = identity(rng)
    rich = f"<c r='A3' s='0' t='inlineStr'><is><r><t>{person[:7]}</t></r><r><rPr><b/></rPr><t>{person[7:]}</t></r></is></c>"
    lost = f'<c r="A4" s="0"><v>{other[0]}.{other[1:15]}E+17</v></c>'
    rows = f'<row r="1">{inline("A1", "身份证号")}{inline("B1", "姓名")}</row><row r="3">{rich}{inline("B3", "张三")}</row><row r="4">{lost}{inline("B4", "李四")}</row>'
    after = cleaned(with_sheet(rows), "名单.xlsx", person, other[:15])
    assert text_at(after, "名单.xlsx", "Sheet!A3") == masked(person)
    assert text_at(after, "名单.xlsx", "Sheet!A4") == f"{other[:6]}********{other[14]}000"
    source = members(after)["xl/worksheets/sheet1.xml"].decode()
    assert "<rPr><b/></rPr>" in source
    assert "r='A3' s='0'" in source


def test_formulas_that_would_bring_the_value_back_go():
    person = identity(random.Random(4))
    rows = (
        f'<row r="1">{inline("A1", "姓名")}{inline("B1", "身份证号")}{inline("C1", "备注")}</row>'
        f'<row r="2">{inline("A2", "张三")}<c r="B2" t="str"><f t="shared" ref="B2:B3" si="0">D2&amp;E2</f><v>{person}</v></c>'
        f'<c r="C2"><f>LEN("{person}")</f><v>18</v></c></row>'
        f'<row r="3">{inline("A3", "李四")}<c r="B3" t="str"><f t="shared" si="0"/><v>无</v></c><c r="C3"><f>1+1</f><v>2</v></c></row>'
    )
    chain = '<calcChain xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><c r="B2" i="1"/></calcChain>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    relation = '<Relationship Id="rId77" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" Target="calcChain.xml"/>'
    data = with_sheet(
        rows,
        **{
            "xl__calcChain.xml": chain.encode(),
            "[Content_Types].xml": lambda old: old.replace(b"</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{kind}"/></Types>'.encode()),
            "xl___rels__workbook.xml.rels": lambda old: old.replace(b"</Relationships>", f"{relation}</Relationships>".encode()),
        },
    )
    after = cleaned(data, "名单.xlsx", person)
    sheet = load_workbook(io.BytesIO(after)).active
    assert (sheet["B2"].value, sheet["B3"].value, sheet["C2"].value, sheet["C3"].value) == (masked(person), "无", 18, "=1+1")
    assert "xl/calcChain.xml" not in members(after)
    assert b"calcChain" not in members(after)["[Content_Types].xml"] + members(after)["xl/_rels/workbook.xml.rels"]


def test_cells_without_references_and_with_a_prefix_are_found():
    person = identity(random.Random(5))
    phone = mobile(random.Random(5))
    rows = f'<x:row><x:c t="inlineStr"><x:is><x:t>手机号</x:t></x:is></x:c></x:row><x:row><x:c s="0"><x:v>{phone}</x:v></x:c><x:c/><x:c t="str"><x:v>{person}</x:v></x:c></x:row>'
    source = f'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>{rows}</x:sheetData></x:worksheet>'
    data = repacked(saved(Workbook()), **{"xl__worksheets__sheet1.xml": source.encode()})
    after = cleaned(data, "名单.xlsx", person, phone)
    assert text_at(after, "名单.xlsx", "Sheet!A2") == masked(phone)
    assert text_at(after, "名单.xlsx", "Sheet!C2") == masked(person)


def test_copies_of_data_out_of_sight_are_masked():
    rng = random.Random(6)
    book, secrets = a_list(rng)
    pivot = f'<pivotCacheRecords xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><r><s v="{secrets[0]}"/><n v="{secrets[1]}"/></r></pivotCacheRecords>'
    other = identity(rng)
    data = repacked(
        saved(book),
        **{
            "xl__pivotCache__pivotCacheRecords1.xml": pivot.encode(),
            "customXml__item1.xml": f"<a><b>{secrets[2]}</b><c>身份证号{other}</c></a>".encode(),
            "docProps__thumbnail.jpeg": b"\xff\xd8\xff a small picture",
            "_rels__.rels": lambda old: old.replace(
                b"</Relationships>",
                b'<Relationship Id="rId88" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/thumbnail" Target="docProps/thumbnail.jpeg"/></Relationships>',
            ),
        },
    )
    before = blocks(data, "名单.xlsx")
    after, _ = redact_bytes(data, "名单.xlsx")
    new = members(after)
    assert found(after, "名单.xlsx") == []
    assert len(before) == len(blocks(after, "名单.xlsx"))
    assert new["xl/pivotCache/pivotCacheRecords1.xml"].decode().endswith(f'<r><s v="{masked(secrets[0])}"/><n v="0"/></r></pivotCacheRecords>')
    assert new["customXml/item1.xml"].decode() == f"<a><b>{masked(secrets[2])}</b><c>身份证号{masked(other)}</c></a>"
    assert "docProps/thumbnail.jpeg" not in new
    assert b"thumbnail" not in new["_rels/.rels"]


def test_shapes_hints_threads_and_coded_headers_are_masked():
    rng = random.Random(8)
    shape, hint, thread, head, link = (identity(rng) for _ in range(5))
    extra = (
        f'<dataValidations><dataValidation type="list" sqref="C1" prompt="身份证号{hint}"><formula1>"身份证号{hint},无"</formula1></dataValidation></dataValidations>'
        f'<hyperlinks><hyperlink ref="A1" display="身份证号{link}" location="A1"/></hyperlinks>'
        f"<headerFooter><oddHeader>&amp;L经办&amp;C&amp;&quot;宋体,加粗&quot;&amp;14身份证号{head}&amp;R&amp;P</oddHeader></headerFooter>"
    )
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    runs = f"<a:p><a:r><a:t>身份证号{shape[:5]}</a:t></a:r><a:r><a:t>{shape[5:]}</a:t></a:r></a:p>"
    drawing = f'<xdr:wsDr {a}><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="2" name="x" descr="身份证号{shape}"/></xdr:nvSpPr><xdr:txBody>{runs}</xdr:txBody></xdr:sp></xdr:wsDr>'
    threads = f'<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A1"><text>原号{thread}</text></threadedComment></ThreadedComments>'
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/drawing" Target="../drawings/drawing1.xml"/>'
        '<Relationship Id="r2" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>'
    )
    parts = {"xl__drawings__drawing1.xml": drawing, "xl__threadedComments__threadedComment1.xml": threads, "xl__worksheets___rels__sheet1.xml.rels": relations}
    data = with_sheet(f'<row r="1">{inline("A1", "说明")}</row>', extra, **{name: part.encode() for name, part in parts.items()})
    after = members(cleaned(data, "说明.xlsx", shape, shape[5:], hint, thread, head, link))
    sheet = after["xl/worksheets/sheet1.xml"].decode()
    for shown in (
        f'prompt="身份证号{masked(hint)}"',
        f'<formula1>"身份证号{masked(hint)},无"',
        f'display="身份证号{masked(link)}"',
        f"&amp;14身份证号{masked(head)}&amp;R&amp;P",
    ):
        assert shown in sheet
    assert f"身份证号{shape[:5]}</a:t></a:r><a:r><a:t>{shape[5]}********{shape[-4:]}" in after["xl/drawings/drawing1.xml"].decode()
    assert f"原号{masked(thread)}" in after["xl/threadedComments/threadedComment1.xml"].decode()
