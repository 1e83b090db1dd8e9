"""Planted incidents sit in the carrier the facts name, with valid numbers, and read back as written."""

import io
import random
import re
from collections.abc import Iterator
from datetime import date

import pytest

from core.errors import FactsError
from demo.documents import docx, pdf, png, xlsx
from demo.facts import KINDS, IncidentFact
from demo.incidents import Carried, carry, grouped, sentence_with
from demo.persons import make_person, make_persons
from demo.sheets import FIELDS, person_sheet

DAY = date(2023, 10, 23)
COLUMN = "政府信息公开/扶贫资金信息公开"
NEWS = "各镇快讯、部门动态"
ACCOUNT = "政务新媒体/微信订阅号/眉县民政"
PATTERNS = {
    "resident-id": r"(?<!\d)6103[23]\d{12}[\dX]",
    "bank-card": r"(?<!\d)62\d{17}(?!\d)",
    "mobile": r"(?<!\d)1[3-9]\d{9}(?!\d)",
    "landline": r"0917-5[67]\d{5}",
    "passport": r"(?<![0-9A-Z])E[A-Z]?\d{7,8}",
    "travel-permit": r"(?<![0-9A-Z])C\d{8}",
    "home-address": r"陕西省宝鸡市眉县\S+?号楼\d+单元\d+室",
    "plate": r"陕C[0-9A-Z]{5}",
    "expression": "新疆省",
}


def incidents(carrier: str, *kinds: str, place: str = COLUMN, unit: str = "县乡村振兴局") -> list[IncidentFact]:
    return [IncidentFact(DAY, unit, place, carrier, kind, "新疆省" if kind == "expression" else "说明") for kind in kinds]


def said(carried: Carried) -> str:
    """Everything the post says, its documents read by the libraries readers use."""
    parts = [*carried.paragraphs, *(cell for row in carried.table for cell in row)]
    for name, data in carried.files:
        parts += {"xlsx": from_xlsx, "docx": from_docx, "pdf": from_pdf}[name.rpartition(".")[2]](data)
    return "\n".join(parts)


def from_xlsx(data: bytes) -> Iterator[str]:
    from openpyxl import load_workbook

    page = load_workbook(io.BytesIO(data)).active
    yield from (str(cell) for row in page.values for cell in row if cell is not None)


def from_docx(data: bytes) -> Iterator[str]:
    import docx as python_docx

    document = python_docx.Document(io.BytesIO(data))
    yield from (part.text for part in document.paragraphs)
    yield from (cell.text for table in document.tables for row in table.rows for cell in row.cells)


def from_pdf(data: bytes) -> Iterator[str]:
    import pypdfium2

    with pypdfium2.PdfDocument(data) as document:
        for number in range(len(document)):
            yield document[number].get_textpage().get_text_bounded()


@pytest.mark.parametrize("carrier", ["正文", "附件xlsx", "附件docx", "附件pdf"])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", [1, 2])
def test_each_kind_is_found_in_each_carrier_and_nothing_else_is(carrier: str, kind: str, seed: int) -> None:
    carried = carry(incidents(carrier, kind), random.Random(seed))
    text = said(carried)
    assert re.search(PATTERNS[kind], text)
    for other, pattern in PATTERNS.items():
        assert other == kind or not re.search(pattern, text), other
    assert bool(carried.files) == carrier.startswith("附件")
    assert not any(re.search(PATTERNS[kind], paragraph) for paragraph in carried.paragraphs if carrier != "正文")


@pytest.mark.parametrize("carrier", ["新媒体正文", "正文"])
def test_an_account_carries_everything_in_its_paragraphs(carrier: str) -> None:
    carried = carry(incidents(carrier, *KINDS, place=ACCOUNT, unit="县民政局"), random.Random(5))
    text = "\n".join(carried.paragraphs)
    assert all(re.search(pattern, text) for pattern in PATTERNS.values())
    assert carried.files == ()
    assert carried.table == ()


def test_the_month_of_the_bulletin_comes_out_like_the_real_one() -> None:
    carried = carry(incidents("附件xlsx", "resident-id", "bank-card", "mobile", "expression"), random.Random(9))
    assert carried.title == "关于拨付2023年农村脱贫劳动力跨省就业一次性交通补助第二批资金公告"
    [(name, data)] = carried.files
    assert name == "眉县2023年农村脱贫劳动力跨省就业一次性交通补助第二批资金花名册.xlsx"
    from openpyxl import load_workbook

    page = load_workbook(io.BytesIO(data)).active
    rows = list(page.values)
    assert next(str(area) for area in page.merged_cells.ranges).startswith("A1:")
    header = rows[1]
    assert header[:2] == ("序号", "姓名")
    listed = [row for row in rows[2:] if isinstance(row[0], int)]
    assert 20 <= len(listed) <= 30
    ids = next(place for place, head in enumerate(header) if "身份" in str(head))
    assert all(isinstance(row[ids], str) and re.fullmatch(PATTERNS["resident-id"], row[ids]) for row in listed)
    assert sum("新疆省" in str(cell) for row in rows for cell in row) == 1


def test_kinds_that_are_not_planted_are_masked() -> None:
    sheet = person_sheet("养老服务和社会救助", ("mobile",), 12, DAY, random.Random(4))
    place = next(place for place, head in enumerate(sheet.header) if "身份" in head)
    assert all(re.fullmatch(r"610326\*{8}\d{4}", str(row[place])) for row in sheet.rows)


def test_documents_have_the_same_bytes_each_time() -> None:
    for write in (lambda sheet: xlsx(sheet, DAY), lambda sheet: docx(sheet, DAY), pdf, png):
        one, other = (write(person_sheet("就业稳岗信息", ("resident-id",), 8, DAY, random.Random(7))) for _ in range(2))
        assert one == other
    assert b"2023-10-23" in _member(xlsx(person_sheet("就业", (), 3, DAY, random.Random(7)), DAY), "docProps/core.xml")


def _member(package: bytes, name: str) -> bytes:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return opened.read(name)


def test_a_long_list_takes_several_pdf_pages() -> None:
    import pypdfium2

    data = pdf(person_sheet("就业稳岗信息", tuple(FIELDS), 60, DAY, random.Random(7)))
    with pypdfium2.PdfDocument(data) as document:
        assert len(document) > 1
    assert len(re.findall(PATTERNS["resident-id"], "\n".join(from_pdf(data)))) == 60


def test_persons_have_valid_numbers() -> None:
    import phonenumbers
    from stdnum import luhn
    from stdnum.cn import ric

    rng = random.Random(11)
    for _ in range(200):
        person = make_person(rng)
        assert ric.is_valid(person.resident_id)
        assert (int(person.resident_id[16]) % 2 == 1) == (person.sex == "男")
        assert luhn.is_valid(person.card)
        assert phonenumbers.is_valid_number(phonenumbers.parse(person.mobile, "CN"))
        assert phonenumbers.is_valid_number(phonenumbers.parse(person.home_phone, "CN"))
    assert len({person.name for person in make_persons(30, rng)}) == 30


@pytest.mark.parametrize("wording", ["新疆省", "广西自治区", "两个维护四个自信", "决胜全面建成小康"])
def test_a_wording_stands_as_given_and_is_not_quoted(wording: str) -> None:
    for seed in range(6):
        sentence = sentence_with(wording, random.Random(seed))
        assert sentence.count(wording) == 1
        assert not re.search(r"[“”\"《》]|误|错", sentence)
        assert not re.search(rf"{wording}[道级际委直界]", sentence)


def test_incidents_are_grouped_by_post() -> None:
    many = [*incidents("附件xlsx", "mobile", "plate"), *incidents("正文", "mobile"), *incidents("附件xlsx", "passport", place=NEWS)]
    assert [len(group) for group in grouped(many)] == [2, 1, 1]
    with pytest.raises(FactsError, match="同一日期"):
        carry(many, random.Random(1))


def test_a_picture_can_be_read() -> None:
    from rapidocr import RapidOCR

    carried = carry(incidents("附件图片", *KINDS, place=NEWS), random.Random(3))
    [(name, data)] = carried.files
    assert name.endswith(".png")
    text = "\n".join(RapidOCR()(data).txts)
    for kind, pattern in PATTERNS.items():
        assert re.search(pattern, text), kind
