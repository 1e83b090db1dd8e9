"""The page of GB/T 9704-2012 in Word's terms: sizes, grid, fonts, page numbers, paragraphs.

Measures of the standard: A4; 37 mm above and 28 mm left of a text block of 156 × 225 mm; 22 lines of 28 characters in 三号;
page numbers in 四号 宋体, 7 mm below the block, on the outer side.
"""

from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from reports.phrases import printable

FANGSONG, KAITI, HEITI, XIAOBIAOSONG, SONGTI = "仿宋_GB2312", "楷体_GB2312", "黑体", "方正小标宋简体", "宋体"
LATIN = "Times New Roman"
TITLE_SIZE, BODY_SIZE, FOLIO_SIZE = 22.0, 16.0, 14.0
BLOCK_WIDTH, BLOCK_HEIGHT = 156, 225
LINES, CHARACTERS = 22, 28
TOP, LEFT = 37, 28
RIGHT, BOTTOM = 210 - LEFT - BLOCK_WIDTH, 297 - TOP - BLOCK_HEIGHT
LINE = int(Mm(BLOCK_HEIGHT).twips / LINES)  # a line in twips, rounded down so that 22 fit
CHARACTER = Mm(BLOCK_WIDTH).pt / CHARACTERS
CHAR_SPACE = round((CHARACTER - BODY_SIZE) * 4096)
SQUEEZE = int((CHARACTER - BODY_SIZE) * 20) - 1  # twips taken off each character, so that 28 fit where the grid of characters is not obeyed
FOLIO_DISTANCE = 23  # mm from the page's edge: 35 − 7 − the line of 四号
RED = RGBColor(0xE6, 0x00, 0x00)


def set_fonts(properties: Any, east: str, latin: str = LATIN) -> None:
    """Name the fonts for every script in a `w:rPr` element, so that no theme font comes through."""
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    for script, name in (("ascii", latin), ("hAnsi", latin), ("eastAsia", east), ("cs", latin)):
        fonts.set(qn(f"w:{script}"), name)
    fonts.set(qn("w:hint"), "eastAsia")


def set_defaults(document: Document) -> None:
    """三号 仿宋 as the document's base (the grid counts from it), Chinese as its language, odd and even pages apart.

    The grid is declared, but its 22 × 28 are reached by exact lines and squeezed characters: a character of 16 points does
    not fit a cell of 15.8, and other programs than Word then give it two cells.
    """
    normal = document.styles["Normal"]
    normal.font.size = Pt(BODY_SIZE)
    run = normal.element.get_or_add_rPr()
    set_fonts(run, FANGSONG)
    squeeze = OxmlElement("w:spacing")
    squeeze.set(qn("w:val"), str(SQUEEZE))
    run.find(qn("w:sz")).addprevious(squeeze)
    properties = normal.element.get_or_add_pPr()
    properties.insert_element_before(_off_grid(), "w:spacing", "w:ind", "w:jc")
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    if defaults is not None:
        set_fonts(defaults, FANGSONG)
        language = defaults.find(qn("w:lang"))
        if language is not None:
            language.set(qn("w:eastAsia"), "zh-CN")
    document.settings.odd_and_even_pages_header_footer = True


def set_page(section: Section, landscape: bool = False) -> None:
    """Size, margins and grid of the standard's page, upright or lying."""
    width, height = Mm(210), Mm(297)
    section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = (height, width) if landscape else (width, height)
    margins = (LEFT, RIGHT, BOTTOM, TOP) if landscape else (TOP, BOTTOM, LEFT, RIGHT)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (Mm(value) for value in margins)
    section.header_distance = Mm(15)
    section.footer_distance = Mm(FOLIO_DISTANCE - BOTTOM + RIGHT) if landscape else Mm(FOLIO_DISTANCE)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(LINE))
    grid.set(qn("w:charSpace"), str(CHAR_SPACE))


def new_section(document: Document, landscape: bool) -> Section:
    """The next section, on a new page; its page numbers go on."""
    section = document.add_section(WD_SECTION.NEW_PAGE)
    set_page(section, landscape)
    return section


def set_folios(section: Section) -> None:
    """Page numbers `— 1 —`: right on odd pages, left on even ones, one character in from the edge."""
    for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        layout = paragraph.paragraph_format
        layout.space_before = layout.space_after = Pt(0)
        layout.left_indent = layout.right_indent = Pt(FOLIO_SIZE)
        add_run(paragraph, "— ", SONGTI, FOLIO_SIZE, latin=SONGTI)
        _page_field(paragraph)
        add_run(paragraph, " —", SONGTI, FOLIO_SIZE, latin=SONGTI)


def _page_field(paragraph: Paragraph) -> None:
    """The field PAGE: its marks, its code and the number shown until it is computed."""
    for kind, text in (("begin", ""), ("code", ""), ("separate", ""), ("shown", "1"), ("end", "")):
        run = add_run(paragraph, text, SONGTI, FOLIO_SIZE, latin=SONGTI)
        if kind == "code":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = " PAGE "
            run._r.append(code)
        elif kind != "shown":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def _off_grid() -> Any:
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    return snap


def add_run(paragraph: Paragraph, text: str, east: str, size: float, *, color: RGBColor | None = None, latin: str = LATIN) -> Run:
    """A run whose fonts are named for Chinese and Latin alike."""
    run = paragraph.add_run(printable(text))
    run.font.size = Pt(size)
    set_fonts(run._r.get_or_add_rPr(), east, latin)
    if color is not None:
        run.font.color.rgb = color
    return run


def add_line(
    document: Document,
    text: str = "",
    east: str = FANGSONG,
    size: float = BODY_SIZE,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    height: int = LINE,
) -> Paragraph:
    """A paragraph on the grid (`height` in twips), without indent or space around."""
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    layout = paragraph.paragraph_format
    layout.space_before = layout.space_after = Pt(0)
    layout.line_spacing = Length(height * 635)
    layout.widow_control = False
    if text:
        add_run(paragraph, text, east, size)
    return paragraph


def indent(paragraph: Paragraph, *, first: float = 0, left: float = 0, right: float = 0) -> None:
    """Indents in characters of the body: told to Word in characters, to others in points."""
    layout = paragraph.paragraph_format
    layout.first_line_indent = Pt(first * CHARACTER)
    layout.left_indent = Pt(left * CHARACTER)
    layout.right_indent = Pt(right * CHARACTER)
    measures = paragraph._p.get_or_add_pPr().ind
    for name, value in (("leftChars", left), ("rightChars", right), ("firstLineChars" if first >= 0 else "hangingChars", abs(first))):
        measures.set(qn(f"w:{name}"), str(round(value * 100)))


def text_width(text: str) -> float:
    """Width in characters: a 汉字 counts 1, ASCII a half."""
    return sum(0.5 if char.isascii() else 1.0 for char in text)
