"""The engines alone: a text, a document, a picture, and how long a command takes to start. Each beside what it is built on."""

import io
import re
import subprocess
import sys
from datetime import date
from functools import partial
from pathlib import Path

from bench.rows import Row, median

ROOT = Path(__file__).resolve().parent.parent
_TODAY = date(2026, 11, 23)


def run(quick: bool) -> list[Row]:
    """Text check, document check, reading a picture, start-up."""
    rounds = 5 if quick else 30
    return [_text(rounds), _document(max(3, rounds // 5)), _picture(max(3, rounds // 10)), *_start(3 if quick else 10)]


def _text(rounds: int) -> Row:
    """All rules over an article of 3,000 characters; beside it jieba cutting the same text into words."""
    import jieba  # type: ignore[import-untyped]

    import checks
    from bench.precheck import article
    from core.records import Block, Subject
    from service.judging import load_rules

    rules = load_rules()
    text = re.sub(r"<[^>]+>", "\n", article(7, True))
    subject = Subject(blocks=(Block(text, "正文"),), published_on=_TODAY)
    peer = median(lambda: jieba.lcut(text), rounds)
    return Row("检查 3000 字文章", median(lambda: checks.run(subject, rules, _TODAY), rounds), "ms", peer=peer, beside="jieba 分词同一文章")


def _document(rounds: int) -> Row:
    """A .docx with a list of 200 persons read and checked; beside it python-docx reading its cells."""
    import docx  # type: ignore[import-untyped]

    import checks
    from core.records import Block, Subject
    from crawler import documents
    from service.judging import load_rules

    rules, data = load_rules(), _list_of_persons(200)

    def ours() -> None:
        blocks = tuple(item for item in documents.read(data, "名单.docx") if isinstance(item, Block))
        assert len(checks.run(Subject(blocks=blocks), rules, _TODAY)) >= 200

    def theirs() -> list[str]:
        return [cell.text for table in docx.Document(io.BytesIO(data)).tables for row in table.rows for cell in row.cells]

    return Row("读并检查 200 人名单.docx", median(ours, rounds), "ms", peer=median(theirs, rounds), beside="python-docx 只读单元格")


def _list_of_persons(count: int) -> bytes:
    import docx

    document = docx.Document()
    table = document.add_table(rows=1, cols=3)
    for cell, head in zip(table.rows[0].cells, ("姓名", "联系电话", "住址"), strict=True):
        cell.text = head
    for number in range(count):
        for cell, words in zip(table.add_row().cells, (f"张三{number}", f"1381234{number:04d}", "某镇某村"), strict=True):
            cell.text = words
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _picture(rounds: int) -> Row:
    """A picture of a notice read by OCR and put in order; beside it the bare OCR engine on the same pixels."""
    import numpy
    from PIL import Image, ImageDraw

    from crawler import documents
    from crawler.documents import ocr

    image = Image.new("RGB", (900, 500), "white")
    draw = ImageDraw.Draw(image)
    for line in range(12):
        draw.text((40, 30 + line * 36), f"NOTICE {line:02d}  0917-55420{line:02d}  2023-10-{line + 10}", fill="black", font_size=26)
    out = io.BytesIO()
    image.save(out, "PNG")
    engine = next(value for name, value in vars(ocr).items() if name in ("engine", "_engine"))
    pixels = numpy.asarray(image)
    peer = median(lambda: engine()(pixels), rounds)
    return Row("读图片 900×500", median(lambda: list(documents.read(out.getvalue(), "通知.png")), rounds), "ms", peer=peer, beside="rapidocr 本身")


def _start(rounds: int) -> list[Row]:
    """Commands from nothing to their end; beside them an empty Python."""
    note = ROOT / "README.md"

    def call(*words: str) -> None:
        subprocess.run([sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)

    bare = median(partial(call, "-c", "pass"), rounds)
    return [
        Row("启动 xuncha --help", median(partial(call, "-m", "service.cli", "--help"), rounds), "ms", peer=bare, beside="空的 Python"),
        Row("启动 xuncha check 一个文件", median(partial(call, "-m", "service.cli", "check", str(note)), rounds), "ms", peer=bare, beside="空的 Python"),
    ]
