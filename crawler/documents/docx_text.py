"""A docx paragraph → what a reader sees of it, what is hidden and why, and the text boxes hung on it."""

from dataclasses import dataclass, field

from crawler.documents.docx_styles import NOTHING, Look, Styles, ground, is_dark, run_look
from crawler.documents.xmlsafe import Element, attribute, descendants, find, local

_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_GONE = ("del", "moveFrom")
_SKIP = frozenset(
    {"rPr", "pPr", "instrText", "delInstrText", "proofErr", "bookmarkStart", "bookmarkEnd", "sdtPr", "sdtEndPr", "tcPr", "annotationRef", "Fallback", "rt"}
)
_COVERING = ("rect", "roundRect", "flowChartProcess", "snip1Rect", "round1Rect", "ellipse")


@dataclass(slots=True)
class Paragraph:
    """visible: one text over all runs. hidden: reason → text. boxes: text box contents. labels: alternative texts. covered: a filled shape lies over it."""

    visible: list[str] = field(default_factory=list)
    hidden: dict[str, list[str]] = field(default_factory=dict)
    boxes: list[Element] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    covered: bool = False

    def add(self, text: str, reason: str) -> None:
        (self.hidden.setdefault(reason, []) if reason else self.visible).append(text)


@dataclass(frozen=True, slots=True)
class Context:
    """Where the paragraph stands: the ground of its cell or table, and whether it is deleted already."""

    ground: str | None = None
    gone: str = ""


def read_paragraph(element: Element, styles: Styles, context: Context) -> Paragraph:
    """Gather the runs of a `w:p`, through links, revisions, fields and content controls."""
    found = Paragraph()
    properties = find(element, "pPr")
    style = find(properties, "pStyle")
    look = styles.look(attribute(style, "val") if style is not None else None)
    look = Look(ground=ground(properties)).over(look).over(Look(ground=context.ground))
    _gather(element, found, styles, look, context.gone)
    return found


def _gather(parent: Element, found: Paragraph, styles: Styles, look: Look, gone: str) -> None:
    for child in parent:
        kind = local(child)
        if kind in _SKIP or not kind:
            continue
        if kind == "r":
            properties = find(child, "rPr")
            named = find(properties, "rStyle")
            own = run_look(properties).over(styles.look(attribute(named, "val")) if named is not None else NOTHING).over(look)
            _run(child, found, styles, own, gone)
        elif kind in ("t", "delText"):
            found.add(child.text or "", gone or _reason(look))
        else:
            _gather(child, found, styles, look, "修订删除" if kind in _GONE else gone)


def _run(run: Element, found: Paragraph, styles: Styles, look: Look, gone: str) -> None:
    reason = gone or _reason(look)
    for child in run:
        kind = local(child)
        if kind in ("t", "delText"):
            found.add(child.text or "", "修订删除" if kind == "delText" else reason)
        elif kind in _BREAKS:
            found.add(_BREAKS[kind], reason)
        elif kind in ("drawing", "pict", "object", "AlternateContent"):
            _drawing(child, found)
        elif kind == "sym":
            found.add(_symbol(child), reason)
        elif kind not in _SKIP:
            _gather(child, found, styles, look, gone)


def _symbol(element: Element) -> str:
    try:
        code = int(attribute(element, "char") or "", 16)
    except ValueError:
        return ""
    return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else ""


def _reason(look: Look) -> str:
    """Why nobody sees a run of this look, or ""."""
    if look.vanish:
        return "隐藏文字"
    if look.white and not look.ground:
        return "白色文字"
    if look.ground and is_dark(look.ground) and (look.dark_text or look.dark_text is None):
        return "遮挡"
    return ""


def _drawing(element: Element, found: Paragraph) -> None:
    """Text boxes (once, though Word writes them twice), alternative texts, and shapes that lie over the text."""
    for node in element.iter():
        kind = local(node)
        if any(local(above) == "Fallback" for above in _between(node, element)):
            continue
        if kind == "txbxContent":
            if not any(local(above) == "txbxContent" for above in _between(node, element)):
                found.boxes.append(node)
        elif kind in ("docPr", "cNvPr"):
            for key in ("descr", "title"):
                if len((attribute(node, key) or "").strip()) > 1:
                    found.labels.append(attribute(node, key) or "")
        elif kind == "textpath" and attribute(node, "string"):
            found.labels.append(attribute(node, "string") or "")
        elif kind in ("anchor", "rect", "roundrect", "oval") and _covers(node):
            found.covered = True


def _between(node: Element, top: Element) -> list[Element]:
    above = []
    current = node.getparent()
    while current is not None:
        above.append(current)
        if current is top:
            break
        current = current.getparent()
    return above


def _covers(shape: Element) -> bool:
    """A filled shape without text that floats in front of the words."""
    if any((node.text or "").strip() for node in descendants(shape, "t")) or any(True for _ in descendants(shape, "blip", "imagedata")):
        return False
    if local(shape) != "anchor":  # VML
        fill = (attribute(shape, "fillcolor") or "white").lower().partition(" ")[0]
        style = (attribute(shape, "style") or "").replace(" ", "").lower()
        return attribute(shape, "filled") not in ("f", "false") and "position:absolute" in style and "z-index:-" not in style and _hides(fill.lstrip("#"))
    if attribute(shape, "behindDoc") in ("1", "true"):
        return False
    geometry = next(descendants(shape, "prstGeom"), None)
    properties = next(descendants(shape, "spPr"), None)
    if properties is None or geometry is None or attribute(geometry, "prst") not in _COVERING:
        return False
    if find(properties, "noFill") is not None:
        return False
    colour = find(properties, "solidFill", "srgbClr")
    if colour is not None:
        return next(descendants(colour, "alpha"), None) is None and _hides((attribute(colour, "val") or "").lower())
    scheme = find(properties, "solidFill", "schemeClr")
    return scheme is not None and attribute(scheme, "val") in ("tx1", "dk1", "bg1", "lt1", "tx2", "dk2")


def _hides(colour: str) -> bool:
    return colour in ("black", "white", "ffffff", "000", "fff") or is_dark(colour)
