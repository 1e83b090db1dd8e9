"""Binary workbooks (xls, and et of WPS Office)."""

import struct

from core.records import Block
from crawler.documents import ole
from crawler.documents.carve import carve
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.picture import read as read_picture
from crawler.documents.xls_records import Book, scan
from crawler.documents.xlsx_extras import header_text
from crawler.documents.xlsx_values import letters


def read(data: bytes, part: Part) -> Pieces:
    """Cells as `Sheet1!C3`, then notes, text boxes, printed headers, pictures, properties."""
    container = ole.open_ole(data)
    names = ole.streams(container)
    try:
        book = scan(ole.stream(container, names.get("workbook") or names["book"]), part.budget)
    except (struct.error, IndexError) as error:
        raise DamagedError from error
    yield from _cells(book, part)
    places = Numbered()
    for sheet in book.sheets:
        for label, raw in sheet.texts:
            text = header_text(raw) if label in ("页眉", "页脚") else raw
            if text.strip():
                yield Block(text, places.next(f"{sheet.name} {label}"), part.file)
    for picture in carve(book.drawings):
        yield from read_picture(picture, part.at(places.next("图片", always=True)))
    yield from ole.properties(container, part)


def _cells(book: Book, part: Part) -> Pieces:
    for sheet in book.sheets:
        for row, column, form, (text, number) in sorted(sheet.cells, key=lambda cell: cell[:2]):
            where = f"{sheet.name}!{letters(column)}{row + 1}"
            yield Block(text, where, part.file, sheet.name, row, column, book.reason(sheet, row, column, form), number)
