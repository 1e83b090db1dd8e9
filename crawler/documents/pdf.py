"""pdf: the text layer page by page, scanned and garbled pages by OCR, notes, form fields, attached files, properties."""

import re
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.records import Block
from crawler.documents.dispatch import read_part
from crawler.documents.part import DAMAGED, DamagedError, EncryptedError, Part, Pieces
from crawler.documents.pdf_check import damaged_streams
from crawler.documents.picture import NO_OCR, read_image

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage

_LOCK = threading.RLock()  # pdfium is not made for threads
# Signs that a Chinese page hardly ever shows: what a font without a usable map leaves behind.
_ODD = re.compile("[\ue000-\uf8ff\ufffd\x00-\x08\x0e-\x1f\x7f-\x9f\xa1-\xa6\xa8\xaa-\xad\xaf\xb2-\xb4\xb6\xb8-\xd6\xd8-\xf6\xf8-\u036f\u0530-\u1fff]")
_PICTURE = re.compile(rb"/Subtype\s*/Image")
_FEW_CHARS = 16
_RENDER_SIDE = 2_300
_TRUNCATED = "文件结尾缺失，可能未下载完整，后面的内容未能检查；请重新导出后提供"


def read(data: bytes, part: Part) -> Pieces:
    """Blocks at `第2页`, tables as `第2页 第3行第2列`, hidden text marked, then the rest."""
    document = _open(data)
    blank = True
    try:
        for index in range(len(document)):
            part.budget.take_page()
            for piece in _page(document, index, part):
                blank = False
                yield piece
        yield from _rest(document, part)
    finally:
        with _LOCK:
            document.close()
    if blank and b"/Contents" in data and not _PICTURE.search(data):
        yield part.unread("没有读到任何内容，文件可能损坏；如非空白文件请重新导出后提供")
    if b"%%EOF" not in data[-4096:]:
        yield part.unread(_TRUNCATED)
    bad = damaged_streams(data, part.budget)
    if bad:
        yield part.unread(f"{bad} 处内容损坏，该处未能检查；请重新导出后提供")


def _open(data: bytes) -> "PdfDocument":
    import pypdfium2

    with _LOCK:
        try:
            document = pypdfium2.PdfDocument(data)
            pages = len(document)
        except pypdfium2.PdfiumError as error:
            raise (EncryptedError if "assword" in str(error) or "ecurity" in str(error) else DamagedError) from error
        if not pages:
            document.close()
            raise DamagedError
    return document


def _page(document: "PdfDocument", index: int, part: Part) -> Pieces:
    import pypdfium2

    where = f"第{index + 1}页"
    try:
        with _LOCK:
            page = document[index]
            try:
                found = list(_page_pieces(page, part, where))
            finally:
                page.close()
    except pypdfium2.PdfiumError:
        yield part.unread(DAMAGED, where)
        return
    yield from found


def _page_pieces(page: "PdfPage", part: Part, where: str) -> Iterator[Any]:
    from crawler.documents import layout, pdf_page

    content = pdf_page.read_page(page)
    if needs_ocr(content):
        if part.ocr:
            yield from read_image(_render(page, part), part, where)
        else:
            yield part.unread(NO_OCR, where)
    else:
        yield from layout.blocks(content.pieces, part, where, ocr=False, rules=content.rules, lines=content.lines)
        for number, image in enumerate(pdf_page.pictures(page)):
            place = f"{where} 图片{number + 1}"
            yield from read_image(image, part, place) if image is not None else (part.unread("图片损坏，未能检查；请重新导出后提供", place),)
    for reason, pieces in content.hidden.items():
        text = "\n".join(" ".join(piece.text for piece in row) for row in layout.rows_of(pieces))
        yield Block(text, f"{where}（{reason}）", part.file, hidden=reason)
    for number, note in enumerate(content.notes):
        yield Block(note, f"{where} 批注{number + 1}", part.file)


def needs_ocr(content: Any) -> bool:
    """A page whose text layer is missing, tiny beside a picture that fills the page, or made of signs no font explains."""
    text = "".join(piece.text for piece in content.pieces)
    if len(_ODD.findall(text)) > max(3, len(text) * 0.08):
        return True
    if len(text.strip()) >= _FEW_CHARS:
        return False
    return bool(content.picture_share > 0.5 or content.drawn > 40)


def _render(page: "PdfPage", part: Part) -> Any:
    """The page as a picture of about 200 dots per inch, whatever size it claims."""
    width, height = page.get_size()
    scale = min(_RENDER_SIDE / max(width, height, 1.0), 6.0)
    part.budget.tick()
    return page.render(scale=scale).to_pil().convert("RGB")


def _rest(document: "PdfDocument", part: Part) -> Pieces:
    """Attached files and the properties."""
    import pypdfium2

    with _LOCK:
        try:
            attached = [document.get_attachment(index) for index in range(document.count_attachments())]
            files = [(item.get_name(), bytes(item.get_data())) for item in attached]
        except pypdfium2.PdfiumError:
            files = []
            yield part.unread(DAMAGED, "附件")
        properties = document.get_metadata_dict(skip_empty=True)
    for name, data in files:
        part.budget.take_bytes(len(data))
        yield from read_part(data, part.inner(name or "附件"))
    lines = [value for key, value in properties.items() if key in ("Title", "Author", "Subject", "Keywords") and value.strip()]
    if lines:
        yield Block("\n".join(lines), "文档属性", part.file)
