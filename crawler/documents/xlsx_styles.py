"""xlsx styles: which cell formats hide their text or change how a number is shown."""

import re
from dataclasses import dataclass, field

from crawler.documents.package import Package
from crawler.documents.xmlsafe import Element, find, local, parse

_DATE_IDS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_PERCENT_IDS = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_WHITE = re.compile(r"(?:FF|00)?F[A-F]F[A-F]F[A-F]", re.I)


@dataclass(slots=True)
class Styles:
    """Keyed by the style index as cells write it. formats: `date`, `%`, `0000` (fixed width); hides: the reason a reader sees nothing."""

    formats: dict[str, str] = field(default_factory=dict)
    hides: dict[str, str] = field(default_factory=dict)


def load_styles(package: Package, main: str) -> Styles:
    """Read the styles part; an absent one gives no styles."""
    path = next((relation.target for relation in package.relations(main) if relation.kind == "styles"), "xl/styles.xml")
    styles = Styles()
    if path not in package:
        return styles
    root = parse(package.read(path))
    codes = {element.get("numFmtId"): element.get("formatCode") or "" for element in _items(root, "numFmts", "numFmt")}
    white = [_is_white_font(element) for element in _items(root, "fonts", "font")]
    dark = [_is_filled(element) for element in _items(root, "fills", "fill")]
    for index, form in enumerate(_items(root, "cellXfs", "xf")):
        number = int(form.get("numFmtId") or 0)
        code = codes.get(form.get("numFmtId"), "")
        shown = shown_format(number, code)
        if shown:
            styles.formats[str(index)] = shown
        font, fill = int(form.get("fontId") or 0), int(form.get("fillId") or 0)
        if code.replace(" ", "").startswith(";;;"):
            styles.hides[str(index)] = "隐藏格式"
        elif font < len(white) and white[font] and not (fill < len(dark) and dark[fill]):
            styles.hides[str(index)] = "白色文字"
    return styles


def _items(root: Element, group: str, name: str) -> list[Element]:
    parent = find(root, group)
    return [] if parent is None else [child for child in parent if local(child) == name]


def shown_format(number: int, code: str) -> str:
    """`date`, `%`, `0000` or "" for a format's number and code."""
    if number in _PERCENT_IDS:
        return "%"
    if not code:
        return "date" if number in _DATE_IDS else ""
    bare = _QUOTED.sub("", code.partition(";")[0])
    if re.search(r"[ymdhs年月日]", bare, re.I) and "general" not in bare.lower():
        return "date"
    if bare.endswith("%"):
        return "%"
    return bare if len(bare) > 1 and not bare.strip("0") else ""


def _is_white_font(font: Element) -> bool:
    colour = find(font, "color")
    if colour is None:
        return False
    rgb = colour.get("rgb")
    if rgb:
        return bool(_WHITE.fullmatch(rgb))
    tint = float(colour.get("tint") or 0)
    return (colour.get("theme") == "0" and tint > -0.05) or colour.get("indexed") in ("1", "9")


def _is_filled(fill: Element) -> bool:
    """True when the cell has a ground of its own on which white text can be read."""
    pattern = find(fill, "patternFill")
    if pattern is None:
        return find(fill, "gradientFill") is not None
    if pattern.get("patternType") in (None, "none"):
        return False
    colour = find(pattern, "fgColor")
    if colour is None:
        return True
    rgb = colour.get("rgb")
    if rgb:
        return not _WHITE.fullmatch(rgb)
    return not (colour.get("theme") == "0" and float(colour.get("tint") or 0) > -0.05) and colour.get("indexed") not in ("1", "9")
