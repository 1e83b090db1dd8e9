"""Text of a pdf page that is there but not seen: under something filled that is drawn later, white on nothing, or invisible."""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_OPAQUE, _WHITE, _INVISIBLE = 250, 250, 3
_LAST = 1 << 30


@dataclass(frozen=True, slots=True)
class Cover:
    """An opaque area in page coordinates and its number in drawing order."""

    left: float
    bottom: float
    right: float
    top: float
    order: int
    white: bool

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.bottom <= y <= self.top


@dataclass(slots=True)
class Veil:
    """What is needed to say of a character whether it is seen. words: address of a text object → (order, white, invisible)."""

    covers: list[Cover] = field(default_factory=list)
    words: dict[int, tuple[int, bool, bool]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """True when nothing on the page can hide text, so that no character need be asked."""
        if any(white or invisible for _order, white, invisible in self.words.values()):
            return False
        first = min((order for order, _white, _invisible in self.words.values()), default=_LAST)
        return all(cover.order < first for cover in self.covers)

    def reason(self, address: int, x: float, y: float) -> str:
        """Why the character at (x, y) of that text object is not seen, or ""."""
        order, white, invisible = self.words.get(address, (_LAST, False, False))
        here = [cover for cover in self.covers if cover.holds(x, y)]
        if any(cover.order > order for cover in here):
            return "遮挡"
        below = [cover for cover in here if cover.order < order]
        if invisible and not below:
            return "隐藏文字"
        return "白色文字" if white and not invisible and (not below or below[-1].white) else ""


def load_veil(page: "PdfPage") -> Veil:
    """Look at every object once, in drawing order; objects inside a form count with the form."""
    import pypdfium2.raw as raw

    veil = Veil()
    width, height = page.get_size()
    order = 0
    for item in page.get_objects(max_depth=4):
        top_level = item.level == 0
        order += top_level
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            mode = raw.FPDFTextObj_GetTextRenderMode(item)
            veil.words[address_of(item)] = (order, _is_white(item), mode == _INVISIBLE)
        elif top_level and item.type in (raw.FPDF_PAGEOBJ_PATH, raw.FPDF_PAGEOBJ_IMAGE):
            picture = item.type == raw.FPDF_PAGEOBJ_IMAGE
            left, bottom, right, top = item.get_bounds()
            if picture and (right - left) * (top - bottom) > 0.4 * width * height:
                order_of_cover = -1  # a scan with its text beside it: it shows what the text says
            else:
                order_of_cover = order
            if (picture and not raw.FPDFPageObj_HasTransparency(item)) or (not picture and _is_filled(item)):
                veil.covers.append(Cover(left, bottom, right, top, order_of_cover, not picture and _is_white(item)))
    veil.covers += _stamped(page)
    return veil


def address_of(item: Any) -> int:
    """The object's address, the same however it was reached."""
    return ctypes.addressof(getattr(item, "raw", item).contents)


def _colour(item: Any) -> tuple[int, int, int, int] | None:
    import pypdfium2.raw as raw

    parts = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(item, *parts):
        return None
    red, green, blue, alpha = (part.value for part in parts)
    return red, green, blue, alpha


def _is_white(item: Any) -> bool:
    colour = _colour(item)
    return colour is not None and min(colour[:3]) >= _WHITE


def _is_filled(item: Any) -> bool:
    import pypdfium2.raw as raw

    mode, stroke = ctypes.c_int(), ctypes.c_int()
    if not raw.FPDFPath_GetDrawMode(item, mode, stroke) or mode.value == raw.FPDF_FILLMODE_NONE:
        return False
    colour = _colour(item)
    return colour is not None and colour[3] >= _OPAQUE and 3 <= raw.FPDFPath_CountSegments(item) <= 12


def _stamped(page: "PdfPage") -> Iterator[Cover]:
    """Filled squares put over the page as annotations."""
    import pypdfium2.raw as raw

    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if not note:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(note) not in (raw.FPDF_ANNOT_SQUARE, raw.FPDF_ANNOT_REDACT):
                continue
            parts = [ctypes.c_uint() for _ in range(4)]
            area = raw.FS_RECTF()
            if raw.FPDFAnnot_GetColor(note, raw.FPDFANNOT_COLORTYPE_InteriorColor, *parts) and raw.FPDFAnnot_GetRect(note, area):
                yield Cover(min(area.left, area.right), min(area.top, area.bottom), max(area.left, area.right), max(area.top, area.bottom), _LAST, False)
        finally:
            raw.FPDFPage_CloseAnnot(note)
