"""bulletin.docx: the whole 通报 with its five annexes in the layout of GB/T 9704-2012."""

import io
from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING

from core.assessment import Assessment
from reports.phrases import printable
from reports.prose import Prose, Section
from reports.tables import Table, on_paper
from reports.wording import Voice

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

RED_HEAD_SIZE = 48.0  # points at most; a long name is set smaller so that it stays on one line
RED_HEAD_TOP = 35  # mm from the block's upper edge
SEAL_INDENT = 4.0  # characters between the date and the right edge, where a seal is set


def bulletin_docx(assessment: Assessment, prose: Prose, tables: Sequence[Table], voice: Voice) -> bytes:
    """The bulletin as a Word file."""
    import docx

    from reports.docx_layout import set_defaults, set_folios, set_page

    document = docx.Document()
    set_defaults(document)
    set_page(document.sections[0])
    set_folios(document.sections[0])
    _properties(document, assessment, prose)
    _head(document, prose)
    for section in prose.sections:
        _section(document, section)
    _body_text(document, prose.closing)
    _attachments(document, prose.attachments)
    _signature(document, prose)
    for table in tables:
        _annex(document, table, voice)
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def _properties(document: "Document", assessment: Assessment, prose: Prose) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = printable("".join(prose.title)), printable(prose.issuer), printable(prose.issuer)
    properties.comments = properties.keywords = ""
    properties.language = "zh-CN"
    properties.created = properties.modified = assessment.generated_at.astimezone(UTC).replace(tzinfo=None)


def _head(document: "Document", prose: Prose) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm, Pt

    from reports.docx_layout import BLOCK_WIDTH, LINE, RED, TITLE_SIZE, XIAOBIAOSONG, add_line, add_run, text_width

    size = int(min(RED_HEAD_SIZE, Mm(BLOCK_WIDTH).pt * 0.96 / max(text_width(prose.red_head), 1)))
    mark = add_line(document, align=WD_ALIGN_PARAGRAPH.CENTER, height=round(size * 20 * 1.15))
    mark.paragraph_format.space_before = Mm(RED_HEAD_TOP)
    add_run(mark, prose.red_head, XIAOBIAOSONG, size, color=RED)
    add_line(document)
    add_line(document)
    number = add_line(document, prose.document_number, align=WD_ALIGN_PARAGRAPH.CENTER)
    _rule_below(number)
    add_line(document)
    add_line(document)
    for line in prose.title:
        add_line(document, line, XIAOBIAOSONG, TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER, height=round(LINE * 1.15)).paragraph_format.keep_with_next = True
    add_line(document)
    add_line(document, prose.addressees)
    _body_text(document, prose.opening)
    mark.paragraph_format.space_after = Pt(0)


def _rule_below(paragraph: "Paragraph") -> None:
    """The red line, 4 mm below the document number, as wide as the text block."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    line = parse_xml(f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="18" w:space="11" w:color="E60000"/></w:pBdr>')
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(line, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _section(document: "Document", section: Section) -> None:
    from reports.docx_layout import BODY_SIZE, FANGSONG, HEITI, KAITI, add_line, add_run, indent

    heading = add_line(document, section.heading, HEITI)
    indent(heading, first=2)
    heading.paragraph_format.keep_with_next = True
    for paragraph in section.paragraphs:
        line = add_line(document)
        indent(line, first=2)
        add_run(line, paragraph.lead, KAITI, BODY_SIZE)
        add_run(line, paragraph.text, FANGSONG, BODY_SIZE)


def _body_text(document: "Document", text: str) -> None:
    from reports.docx_layout import add_line, indent

    indent(add_line(document, text), first=2)


def _attachments(document: "Document", names: Sequence[str]) -> None:
    """附件：1. … ; the names stand below one another, also where they run over a line."""
    from docx.shared import Pt

    from reports.docx_layout import BODY_SIZE, CHARACTER, FANGSONG, add_line, add_run, indent

    add_line(document)
    for number, name in enumerate(names, 1):
        line = add_line(document)
        indent(line, left=6.5, first=-4.5 if number == 1 else -1.5)
        line.paragraph_format.tab_stops.add_tab_stop(Pt(6.5 * CHARACTER))
        add_run(line, f"{'附件：' if number == 1 else ''}{number}.\t{name}", FANGSONG, BODY_SIZE)
        line.paragraph_format.keep_with_next = number == len(names)  # the signature never stands alone on a page


def _signature(document: "Document", prose: Prose) -> None:
    """Issuer above the date, both centred on one axis; the date four characters in from the right."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from reports.docx_layout import add_line, indent, text_width

    date_width, name_width = text_width(prose.date), text_width(prose.issuer)
    name_indent = SEAL_INDENT + (date_width - name_width) / 2
    shift = max(0.0, -name_indent)
    for _ in range(2):
        add_line(document).paragraph_format.keep_with_next = True
    issuer = add_line(document, prose.issuer, align=WD_ALIGN_PARAGRAPH.RIGHT)
    issuer.paragraph_format.keep_with_next = True
    indent(issuer, right=name_indent + shift)
    indent(add_line(document, prose.date, align=WD_ALIGN_PARAGRAPH.RIGHT), right=SEAL_INDENT + shift)


def _annex(document: "Document", table: Table, voice: Voice) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from reports.docx_layout import HEITI, TITLE_SIZE, XIAOBIAOSONG, add_line, new_section
    from reports.docx_tables import add_table

    annex = voice.wording.annexes[table.number - 1]
    lying = document.sections[-1].orientation == WD_ORIENT.LANDSCAPE
    if lying != table.landscape:
        new_section(document, table.landscape)
    mark = add_line(document, f"附件{table.number}", HEITI)
    mark.paragraph_format.page_break_before = lying == table.landscape
    mark.paragraph_format.keep_with_next = True
    if not table.landscape:
        add_line(document).paragraph_format.keep_with_next = True
    for text in annex.title:
        add_line(document, voice.fill(text), XIAOBIAOSONG, TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER).paragraph_format.keep_with_next = True
    _small(document, voice.fill(annex.subtitle) if annex.subtitle else "", WD_ALIGN_PARAGRAPH.RIGHT)
    add_table(document, on_paper(table))
    _small(document, voice.fill(annex.note) if annex.note else "", WD_ALIGN_PARAGRAPH.JUSTIFY)


def _small(document: "Document", text: str, align: object) -> None:
    """A line above or below a table, 小四."""
    from reports.docx_layout import FANGSONG, add_line

    add_line(document, text, FANGSONG, 12.0, align=align, height=360 if text else 240)
