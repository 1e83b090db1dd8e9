"""An annex's table for Word: repeated header, merged cells, rows whole on a page, a unit's rows kept together."""

from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm

from reports.docx_layout import FANGSONG, HEITI, LATIN
from reports.phrases import printable
from reports.tables import Span, Table

SIZES = {1: 12.0, 2: 11.0, 3: 10.5, 4: 10.5, 5: 10.5}
KEPT_TOGETHER = 14  # a group of more rows than this may run over a page
BORDER = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV"))


def add_table(document: Document, table: Table) -> None:
    """Append the table to the document, before its last section's properties."""
    body = document.element.body
    body.insert_element_before(_table(table), "w:sectPr")


def _table(table: Table) -> Any:
    grid = "".join(f'<w:gridCol w:w="{Mm(width).twips}"/>' for width in table.widths)
    margins = "".join(f'<w:{side} w:w="{twips}" w:type="dxa"/>' for side, twips in (("top", 34), ("left", 57), ("bottom", 34), ("right", 57)))
    properties = (
        f'<w:tblPr><w:tblW w:w="{sum(Mm(width).twips for width in table.widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{BORDER}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )
    rows = [_row(table, table.header, -1, {}, frozenset())]
    spans = {(span.row, span.column): span for span in table.spans}
    together = frozenset(_kept(table))
    rows += [_row(table, row, index, spans, together) for index, row in enumerate(table.rows)]
    return parse_xml(f"<w:tbl {nsdecls('w')}>{properties}<w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>")


def _kept(table: Table) -> Iterator[int]:
    """Rows that stay with the next one: all but the last of each merged group."""
    for span in table.spans:
        if span.column <= 1 and span.height <= KEPT_TOGETHER:
            yield from range(span.row, span.row + span.height - 1)


def _row(table: Table, row: tuple[str, ...], index: int, spans: dict[tuple[int, int], Span], together: frozenset[int]) -> str:
    head = index < 0
    height = 454 if head else 369
    properties = f'<w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/>{"<w:tblHeader/>" if head else ""}<w:jc w:val="center"/></w:trPr>'
    cells = []
    column = 0
    while column < len(row):
        span = spans.get((index, column))
        width = span.width if span else 1
        hidden = not head and (index, column) in table.covered
        merge = '<w:vMerge w:val="restart"/>' if span and span.height > 1 else "<w:vMerge/>" if hidden else ""
        across = f'<w:gridSpan w:val="{width}"/>' if width > 1 else ""
        twips = sum(Mm(value).twips for value in table.widths[column : column + width])
        layout = f'<w:tcPr><w:tcW w:w="{twips}" w:type="dxa"/>{across}{merge}<w:vAlign w:val="center"/></w:tcPr>'
        cells.append(f"<w:tc>{layout}{_paragraph(table, '' if hidden else row[column], head, column, head or index in together)}</w:tc>")
        column += width
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def _paragraph(table: Table, text: str, head: bool, column: int, keep: bool) -> str:
    size = SIZES[table.number]
    align = "left" if column in table.left and not head else "center"
    line = round(size * 20 * 1.25)
    layout = (
        f'<w:pPr>{"<w:keepNext/>" if keep else ""}<w:widowControl w:val="0"/>'
        f'<w:spacing w:before="0" w:after="0" w:line="{line}" w:lineRule="exact"/><w:jc w:val="{align}"/></w:pPr>'
    )
    if not text:
        return f"<w:p>{layout}</w:p>"
    east = HEITI if head else FANGSONG
    fonts = f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{east}" w:cs="{LATIN}" w:hint="eastAsia"/>'
    half_points = round(size * 2)
    run = f'<w:rPr>{fonts}<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/></w:rPr><w:t xml:space="preserve">{escape(printable(text))}</w:t>'
    return f"<w:p>{layout}<w:r>{run}</w:r></w:p>"
