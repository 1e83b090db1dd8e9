"""xlsx: every cell as the file holds it, one pass over the XML, with what hides it (sheet, row, column, white font, format)."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.records import Block
from crawler.documents import ooxml, xlsx_extras
from crawler.documents.package import Package
from crawler.documents.part import DamagedError, Part, Pieces
from crawler.documents.xlsx_styles import Styles, load_styles
from crawler.documents.xlsx_values import column_index, letters, rich_text, value_of
from crawler.documents.xmlsafe import Element, attribute, descendants, find, local, parse, stream

_TRUE = {"1", "true", "on"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook: its name as shown, its part, and whether it is hidden."""

    name: str
    path: str
    hidden: bool


@dataclass(slots=True)
class Book:
    """What the sheets share."""

    package: Package
    part: Part
    strings: list[str]
    styles: Styles
    dates_from_1904: bool


def read(data: bytes, part: Part) -> Pieces:
    """Cells as `Sheet1!C3` sheet by sheet, then comments, text boxes, headers, caches, pictures, embedded files, properties."""
    package = Package(data, part.budget)
    main = ooxml.main_part(package, "xl/workbook.xml")
    root = parse(package.read(main))
    properties = find(root, "workbookPr")
    book = Book(package, part, _strings(package, main), load_styles(package, main), properties is not None and attribute(properties, "date1904") in _TRUE)
    sheets = _sheets(package, main, root)
    for sheet in sheets:
        yield from _sheet(book, sheet)
    yield from xlsx_extras.read(package, main, part)
    yield from ooxml.extras(package, part, skip=frozenset())


def _sheets(package: Package, main: str, root: Element) -> list[Sheet]:
    targets = {relation.id: relation.target for relation in package.relations(main)}
    found = []
    for element in descendants(root, "sheet"):
        ids = [value for key, value in element.attrib.items() if key.endswith("}id")]
        path = targets.get(ids[0] if ids else "", "")
        if path not in package:
            raise DamagedError
        found.append(Sheet(element.get("name") or "", path, element.get("state") in ("hidden", "veryHidden")))
    return found


def _strings(package: Package, main: str) -> list[str]:
    path = next((relation.target for relation in package.relations(main) if relation.kind == "sharedStrings"), "xl/sharedStrings.xml")
    if path not in package:
        return []
    found: list[str] = []
    with package.open(path) as source:
        for item in stream(source, ("si",)):
            found.append(rich_text(item))
            item.clear()
            if not len(found) % 20_000:
                parent = item.getparent()
                if parent is not None:
                    del parent[:-1]
    return found


def _sheet(book: Book, sheet: Sheet) -> Pieces:
    hidden_columns: list[tuple[int, int]] = []
    rows_hidden = False
    row_number = 0
    with book.package.open(sheet.path) as source:
        for element in stream(source, ("row", "col", "sheetFormatPr", "headerFooter", "dataValidation")):
            kind = local(element)
            if kind == "row":
                row_number = int(element.get("r") or row_number + 1)
                gone = element.get("hidden") in _TRUE or (element.get("customHeight") in _TRUE and element.get("ht") in ("0", "0.0"))
                # A sheet may hide all rows by default and show single ones, which then carry a height.
                yield from _row(book, sheet, element, row_number, gone or (rows_hidden and element.get("hidden") is None), hidden_columns)
                _forget(element, row_number)
            elif kind == "col" and (element.get("hidden") in _TRUE or element.get("width") in ("0", "0.0")):
                hidden_columns.append((int(element.get("min") or 1) - 1, int(element.get("max") or 1) - 1))
            elif kind == "sheetFormatPr":
                rows_hidden = element.get("zeroHeight") in _TRUE
            elif kind in ("headerFooter", "dataValidation"):
                yield from xlsx_extras.printed(element, sheet.name, book.part)
    yield from xlsx_extras.of_sheet(book.package, sheet.path, sheet.name, book.part)


def _forget(row: Element, number: int) -> None:
    """Free what was read; emptied rows are taken out of the tree now and then, for a sheet may have a million."""
    row.clear()
    if not number % 1_000:
        parent = row.getparent()
        if parent is not None:
            del parent[:-1]


def _row(book: Book, sheet: Sheet, row: Element, number: int, gone: bool, hidden_columns: list[tuple[int, int]]) -> Iterator[Block]:
    budget, file, name, styles = book.part.budget, book.part.file, sheet.name, book.styles
    budget.take_cells(len(row))
    if not number % 500:
        budget.tick()
    why = "隐藏工作表" if sheet.hidden else "隐藏行" if gone else ""
    column = -1
    for element in row:
        reference = element.get("r")
        column = column_index(reference) if reference else column + 1
        style = element.get("s")
        cell = value_of(element, book.strings, style, styles, book.dates_from_1904)
        if cell is None:
            continue
        hidden = why
        if not hidden and hidden_columns and any(first <= column <= last for first, last in hidden_columns):
            hidden = "隐藏列"
        if not hidden and style is not None:
            hidden = styles.hides.get(style, "")
        where = f"{name}!{reference or letters(column) + str(number)}"
        yield Block(cell[0], where, file, name, number - 1, column, hidden, cell[1])
