"""One pdf page taken apart: pieces of text with boxes, hidden text, notes, and how much of it is picture."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crawler.documents.layout import Line, Piece
from crawler.documents.pdf_hidden import Veil, address_of, load_veil
from crawler.documents.pdf_rules import Rules, heights, load_rules

if TYPE_CHECKING:
    from pypdfium2 import PdfPage, PdfTextPage

_WIDE_GAP = 1.0  # blank width, in heights of the text, that parts columns
_THIN_GAP = 0.6  # blank width that typesetting leaves between Chinese and Latin signs


@dataclass(slots=True)
class Content:
    """picture_share: part of the page under pictures, 0 to 1. drawn: number of drawn paths. hidden: pieces by reason. rules: heights of ruled lines, as pieces count them; lines: all of them, across and upright."""

    pieces: list[Piece] = field(default_factory=list)
    hidden: dict[str, list[Piece]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    rules: list[float] = field(default_factory=list)
    lines: tuple[list[Line], list[Line]] = field(default_factory=lambda: ([], []))
    picture_share: float = 0.0
    drawn: int = 0


def read_page(page: "PdfPage") -> Content:
    """Everything but the pixels."""
    import pypdfium2.raw as raw

    content = Content()
    width, height = page.get_size()
    area = max(width * height, 1.0)
    for item in page.get_objects(max_depth=4):
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            left, bottom, right, top = item.get_bounds()
            shown = max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
            content.picture_share = min(1.0, content.picture_share + shown / area)
        elif item.type == raw.FPDF_PAGEOBJ_PATH:
            content.drawn += 1
    rules = load_rules(page)
    content.rules = [-y for y in heights(rules.across)]
    content.lines = [(-y, left, right) for y, left, right in rules.across], [(x, -top, -bottom) for x, bottom, top in rules.down]
    text = page.get_textpage()
    try:
        _gather(text, load_veil(page), rules, content)
    finally:
        text.close()
    content.notes = _notes(page)
    return content


class _Gatherer:
    """Characters joined to pieces: a new one where the line ends or a gap wider than a character opens."""

    def __init__(self, pieces: list[Piece], rules: Rules) -> None:
        self._pieces = pieces
        self._rules = rules
        self._chars: list[str] = []
        self._box: tuple[float, float, float, float] | None = None
        self._guessed = False  # a blank is due that nobody typed

    def add(self, char: str, x0: float, y0: float, x1: float, y1: float) -> None:
        """Add a visible character at its box."""
        box = self._box
        if box is not None and (_apart(box, x0, y0, x1, y1) or self._rules.part(box[2], x0, (y0 + y1) / 2)):
            self.close()
            box = None
        elif self._guessed and box is not None and not _thin(self._chars[-1], char, box, x0):
            self._chars.append(" ")
        self._guessed = False
        self._chars.append(char)
        self._box = (x0, y0, x1, y1) if box is None else (min(box[0], x0), min(box[1], y0), max(box[2], x1), max(box[3], y1))

    def blank(self, guessed: bool) -> None:
        """A blank of the text, or one that the reader of the page `guessed` from a gap."""
        if guessed and self._chars:
            self._guessed = True
        else:
            self._chars.append(" ")

    def close(self) -> None:
        """End the piece, if one is open."""
        joined = "".join(self._chars).strip()
        if joined and self._box is not None:
            x0, y0, x1, y1 = self._box
            self._pieces.append(Piece(x0, -y1, x1, -y0, joined))
        self._chars.clear()
        self._box, self._guessed = None, False


def _gather(text: "PdfTextPage", veil: Veil, rules: Rules, content: Content) -> None:
    import pypdfium2.raw as raw

    seen, ask = _Gatherer(content.pieces, rules), not veil.empty
    unseen: dict[str, _Gatherer] = {}
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    last = seen
    for index in range(text.count_chars()):
        char = _char(raw.FPDFText_GetUnicode(text, index))
        if char in "\r\n":
            for one in (seen, *unseen.values()):
                one.close()
            continue
        if char.isspace():
            last.blank(bool(raw.FPDFText_IsGenerated(text, index)))
            continue
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        x0, y0, x1, y1 = left.value, bottom.value, right.value, top.value
        reason = ""
        if ask:
            item = raw.FPDFText_GetTextObject(text, index)
            reason = veil.reason(address_of(item), (x0 + x1) / 2, (y0 + y1) / 2) if item else ""
        last = unseen.setdefault(reason, _Gatherer(content.hidden.setdefault(reason, []), rules)) if reason else seen
        last.add(char, x0, y0, x1, y1)
    for one in (seen, *unseen.values()):
        one.close()


def _thin(before: str, after: str, box: tuple[float, float, float, float], x0: float) -> bool:
    """Whether the gap is only what typesetting puts between a Chinese sign and another."""
    return (before >= "\u2e80" or after >= "\u2e80") and x0 - box[2] < _THIN_GAP * max(box[3] - box[1], 1.0)


def _char(code: int) -> str:
    """The character; the marks that pdfium puts for a hyphen at a line's end are hyphens; nothing shown is a blank."""
    if code in (0x2, 0xFFFE):
        return "-"
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else " "


def _apart(box: tuple[float, float, float, float], x0: float, y0: float, x1: float, y1: float) -> bool:
    """True when the next character stands on another line or beyond a gap."""
    height = max(box[3] - box[1], y1 - y0, 1.0)
    if min(box[3], y1) - max(box[1], y0) < -0.3 * height:
        return True
    return x0 - box[2] > _WIDE_GAP * height or x0 < box[0] - height


def pictures(page: "PdfPage") -> Iterator[Any]:
    """Pictures on a page of text that are large enough to hold some (not rules and bullets), as PIL images; None for a damaged one."""
    import pypdfium2
    import pypdfium2.raw as raw

    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = item.get_bounds()
        if item.level == 0 and (right - left < 40 or top - bottom < 12):
            continue
        try:
            yield item.get_bitmap(render=False).to_pil().convert("RGB")
        except (pypdfium2.PdfiumError, ValueError):
            yield None


def _notes(page: "PdfPage") -> list[str]:
    """Texts of annotations and values of form fields."""
    import pypdfium2.raw as raw

    found = []
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            for key in (b"Contents", b"V", b"TU"):
                size = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
                if 2 < size < 1 << 24:
                    buffer = ctypes.create_string_buffer(size)
                    raw.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), size)
                    found.append(buffer.raw[: size - 2].decode("utf-16-le", "replace"))
        finally:
            raw.FPDFPage_CloseAnnot(note)
    return [text for text in found if text.strip()]
