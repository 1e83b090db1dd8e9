"""Redaction: whatever was a leak is starred, everything else is as it was; the command's promises."""

import os
import random
import re
import time
from pathlib import Path

import pytest
from docx import Document
from openpyxl import Workbook
from redact_samples import a_list, cleaned, identity, in_word, masked, members, mobile, repacked, saved

from core.errors import EnvironmentFailure, UnreadableError, UsageError
from service.redact import RedactReport, redact, redact_bytes
from service.redact.html import scanner

# --- text, csv, html ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_plain_text_keeps_encoding_and_line_ends(encoding: str, newline: str):
    person, phone = identity(random.Random(17)), mobile(random.Random(17))
    text = newline.join(["关于补贴的公示", f"张三，身份证号{person}，手机号 {phone}。", f"李四　{person[:6]} {person[6:14]} {person[14:]}", "特此公示", ""])
    after = cleaned(text.encode(encoding), "公示.txt", person, phone)
    expected = newline.join(
        ["关于补贴的公示", f"张三，身份证号{masked(person)}，手机号 {masked(phone)}。", f"李四　{person[:6]} ******** {person[14:]}", "特此公示", ""]
    )
    assert after == expected.encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_csv_keeps_quotes_separators_and_line_breaks_in_cells(encoding: str):
    person, phone = identity(random.Random(18)), mobile(random.Random(18))
    text = f'姓名,身份证号,备注\r\n张三,"{person}","说""明"",\r\n电话{phone}"\r\n李四,\'{person}, \r\n'
    after = cleaned(text.encode(encoding), "名单.csv", person, phone)
    assert after == text.replace(person, masked(person)).replace(phone, masked(phone)).encode(encoding)


def test_full_width_digits_and_invisible_characters_are_masked_one_for_one():
    person = identity(random.Random(19)).replace("X", "x")
    wide = "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in person)
    spaced = "\u200b".join(person)
    text = f"身份证号{wide}\n身份证号{spaced}\n"
    after = cleaned(text.encode(), "公示.txt", person).decode()
    first, second, _ = after.split("\n")
    assert first == f"身份证号{wide[:6]}********{wide[14:]}"
    assert second.replace("\u200b", "") == f"身份证号{person[:6]}********{person[14:]}"
    assert second.count("\u200b") == 17


@pytest.mark.parametrize("value", ["under", "check"])
def test_masks_that_hide_too_little_are_masked_properly(value: str):
    person = identity(random.Random(20))
    shown = {"under": f"{person[:12]}**{person[14:]}", "check": f"{person[:17]}*"}[value]
    after = cleaned(f"张三，身份证号{shown}。\n".encode(), "公示.txt").decode()
    assert re.fullmatch(rf"张三，身份证号{person[:6]}\*{{8}}[\d*X]{{4}}。\n", after)


def test_a_duty_phone_is_left_as_it_is():
    person, duty = identity(random.Random(21)), mobile(random.Random(21))
    text = f"张三，身份证号{person}。\n联系人：王主任，联系电话：{duty}\n"
    result, report = redact_bytes(text.encode(), "通知.txt")
    assert result.decode() == text.replace(person, masked(person))
    assert (report.leaks, report.kinds, report.kept) == (1, {"privacy/resident-id": 1}, 1)


def test_a_page_keeps_its_source_but_for_the_digits():
    rng = random.Random(22)
    one, two, three, four, phone = identity(rng), identity(rng), identity(rng), identity(rng), mobile(rng)
    page = (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>公示</title>\n'
        f'<meta name="Description" content="张三 身份证号{one}"><script>var id = "{two}"; if (1 < 2) {{}}</script></head>\n'
        f"<body class=a><!-- 原号 {three} --><p>李四身份证号<b>{two[:6]}</b>{two[6:10]}&#{ord(two[10])};{two[11:]}&nbsp;&amp; 完</p>\n"
        f'<img src="a.png" alt="身份证号{four}"><input type=hidden value="{three}"><a href="tel:{phone}">群众张三手机号 {phone}</a>\n'
        f"<table><tr><th>姓名<th>身份证号<tr><td>王五<td> {four}\n</table></body></html>\n"
    )
    after = cleaned(page.encode(), "公示.html", one, three, four, phone).decode()
    expected = page.replace(two[:6] + "</b>" + two[6:10] + f"&#{ord(two[10])};" + two[11:], f"{two[:6]}</b>********{two[14:]}")
    for value in (one, two, three, four, phone):
        expected = expected.replace(value, masked(value))
    assert after == expected


@pytest.mark.parametrize("piece", ['<a "', "<!-- ", '<a x="1" ', "<script>", "<a b='\"", "<![CDATA[", "<a xxxxxxxxxxxxxxxx"])
def test_broken_markup_takes_linear_time(piece: str):
    page = f"<p>张三身份证号{identity(random.Random(27))}</p>" + piece * 20_000 + ">"
    started = time.process_time()
    nodes = list(scanner().nodes(page))
    assert time.process_time() - started < 2
    assert nodes[0].start == 3


def test_a_page_in_gbk_stays_in_gbk():
    person = identity(random.Random(23))
    page = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312"></head><body><p>张三身份证号{person}，完。</p></body></html>'
    assert cleaned(page.encode("gbk"), "公示.htm", person) == page.replace(person, masked(person)).encode("gbk")


# --- the command's promises -----------------------------------------------------------------------------------


def a_text(folder: Path, name: str = "公示.txt") -> Path:
    path = folder / name
    path.write_text(f"张三，身份证号{identity(random.Random(24))}。\n", encoding="utf-8")
    return path


def test_the_report_counts_and_the_copy_is_written(tmp_path: Path):
    source, out = a_text(tmp_path), tmp_path / "脱敏.txt"
    before = source.read_bytes()
    report = redact(source, out)
    assert report == RedactReport(source, out, 1, {"privacy/resident-id": 1}, 0)
    assert "已遮盖 1 处" in report.summary()
    assert source.read_bytes() == before
    assert "********" in out.read_text(encoding="utf-8")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_document_without_leaks_is_copied(tmp_path: Path):
    source, out = tmp_path / "通知.txt", tmp_path / "b.txt"
    source.write_bytes("关于开会的通知\r\n".encode("gbk"))
    assert redact(source, out).leaks == 0
    assert out.read_bytes() == source.read_bytes()


def test_a_list_without_leaks_keeps_every_member_but_its_author(tmp_path: Path):
    book = Workbook()
    book.active.append(["单位", "数量"])
    before = saved(book)
    after, report = redact_bytes(before, "统计.xlsx")
    assert report.leaks == 0
    old, new = members(before), members(after)
    assert list(old) == list(new)
    assert {name for name in old if old[name] != new[name]} == {"docProps/core.xml"}


def test_wrong_paths_are_refused(tmp_path: Path):
    source = a_text(tmp_path)
    link, hard = tmp_path / "link.txt", tmp_path / "hard.txt"
    link.symlink_to(source)
    os.link(source, hard)
    for out in (source, link, hard):
        with pytest.raises(UsageError, match="不能覆盖原文件"):
            redact(source, out)
    for path, out, reason in (
        (tmp_path / "none.txt", tmp_path / "b.txt", "没有这个文件"),
        (tmp_path, tmp_path / "b.txt", "这是文件夹"),
        (source, tmp_path, "输出是文件夹"),
        (source, tmp_path / "none" / "b.txt", "没有这个文件夹"),
        (source, tmp_path / "b.docx", "应以 .txt 结尾"),
        (source, tmp_path / f"{identity(random.Random(25))}.txt", "请换一个文件名"),
    ):
        with pytest.raises(UsageError, match=reason):
            redact(path, out)


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.pdf", b"%PDF-1.4\n", "PDF 文件不能在保持版式的前提下脱敏；请转成 docx 或 xlsx"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "图片不能"),
        ("a.zip", b"PK\x05\x06" + bytes(18), "请解压后逐个脱敏"),
        ("a.rtf", b"{\\rtf1 }", "RTF 文档无法检查，不能脱敏；请转成 docx"),
        ("a.docx", b"", "不能脱敏"),
        ("a.docx", in_word(lambda document: document.add_paragraph("公示"))[:900] + bytes(30), "不能|损坏"),
        ("a.bin", bytes(range(256)) * 4, "不能脱敏"),
        ("a.txt", "张三\u4e00".encode("gb18030") + b"\x80\xff" + "李四，公示名单，特此公示。".encode("gb18030") * 9, "识别"),
    ],
)
def test_what_cannot_be_redacted_is_refused_and_nothing_is_written(tmp_path: Path, name: str, data: bytes, reason: str):
    source, out = tmp_path / name, tmp_path / f"out-{name}"
    source.write_bytes(data)
    with pytest.raises(UnreadableError, match=reason) as caught:
        redact(source, out)
    assert caught.value.exit_code == 3
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_part_that_cannot_be_read_is_refused(tmp_path: Path):
    source, out = tmp_path / "公示.docx", tmp_path / "b.docx"
    source.write_bytes(repacked(in_word(lambda document: document.add_paragraph("公示")), **{"word__embeddings__a.rar": b"Rar!\x1a\x07 rest"}))
    with pytest.raises(UnreadableError, match=r"a\.rar.*读不了"):
        redact(source, out)
    assert not out.exists()


def test_a_disk_that_refuses_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    source, out = a_text(tmp_path), tmp_path / "b.txt"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(EnvironmentFailure, match="检查权限和磁盘空间"):
        redact(source, out)
    assert [path.name for path in tmp_path.iterdir()] == [source.name]


@pytest.mark.parametrize("seed", range(6))
def test_any_list_in_any_format_comes_out_clean(seed: int):
    rng = random.Random(1000 + seed)
    people = [(identity(rng), mobile(rng)) for _ in range(rng.randrange(3, 12))]
    secrets = [value for person in people for value in person]
    book, more = a_list(rng, rng.randrange(3, 9))
    cleaned(saved(book), "名单.xlsx", *more)
    rows = [f"{number},张三,{one},{two}" for number, (one, two) in enumerate(people, 1)]
    cleaned("\n".join(["序号,姓名,身份证号,手机号", *rows]).encode(), "名单.csv", *secrets)
    html_rows = "".join(f"<tr><td>张三</td><td>{one}</td><td>{two}</td></tr>" for one, two in people)
    cleaned(f"<table><tr><th>姓名</th><th>身份证号</th><th>手机号</th></tr>{html_rows}</table>".encode(), "名单.html", *secrets)

    def build(document: Document) -> None:
        table = document.add_table(1, 3)
        for column, words in enumerate(("姓名", "身份证号", "手机号")):
            table.cell(0, column).text = words
        for one, two in people:
            cells = table.add_row().cells
            cells[0].text, cells[2].text = "张三", two
            cut = rng.randrange(1, 17)
            cells[1].paragraphs[0].add_run(one[:cut])
            cells[1].paragraphs[0].add_run(one[cut:])

    cleaned(in_word(build), "名单.docx", *secrets)
