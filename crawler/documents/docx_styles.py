"""docx styles: which paragraph, character and table styles hide text or give it a ground."""

from dataclasses import dataclass, field

from crawler.documents.package import Package
from crawler.documents.xmlsafe import Element, attribute, find, local, parse

_OFF = ("0", "false", "off")
_WHITE = ("FFFFFF", "FEFEFE", "FDFDFD")


@dataclass(slots=True)
class Look:
    """What a style or a run says about visibility; None where it says nothing."""

    vanish: bool | None = None
    white: bool | None = None
    dark_text: bool | None = None
    ground: str | None = None  # "" white or none, else the colour of the ground
    based_on: str | None = None

    def over(self, below: "Look") -> "Look":
        """This look where it says something, else the one below."""
        pairs = ((getattr(self, name), getattr(below, name)) for name in ("vanish", "white", "dark_text", "ground"))
        return Look(*(mine if mine is not None else theirs for mine, theirs in pairs))


NOTHING = Look()


@dataclass(slots=True)
class Styles:
    """Looks by style id, bases resolved."""

    looks: dict[str, Look] = field(default_factory=dict)

    def look(self, style: str | None) -> Look:
        """The look of a style with everything it is based on."""
        found, seen = NOTHING, set[str]()
        while style and style not in seen and style in self.looks:
            seen.add(style)
            found = found.over(self.looks[style])
            style = self.looks[style].based_on
        return found


def load_styles(package: Package, main: str) -> Styles:
    """Read the styles part; an absent one gives no styles."""
    path = next((relation.target for relation in package.relations(main) if relation.kind == "styles"), "word/styles.xml")
    styles = Styles()
    if path not in package:
        return styles
    for style in parse(package.read(path)):
        if local(style) != "style":
            continue
        look = run_look(find(style, "rPr")).over(Look(ground=ground(find(style, "pPr"))))
        if attribute(style, "type") == "table":
            shades = [ground_of(shade) for shade in style.iter() if local(shade) == "shd"]
            look.ground = next((shade for shade in shades if shade), None)
        base = find(style, "basedOn")
        look.based_on = attribute(base, "val") if base is not None else None
        styles.looks[attribute(style, "styleId") or ""] = look
    return styles


def run_look(properties: Element | None) -> Look:
    """The look that run properties (`w:rPr`) ask for."""
    look = Look()
    if properties is None:
        return look
    for item in properties:
        kind, value = local(item), (attribute(item, "val") or "")
        if kind == "vanish":
            look.vanish = value.lower() not in _OFF
        elif kind == "color":
            look.white = value.upper() in _WHITE
            look.dark_text = value.lower() == "auto" or is_dark(value)
        elif kind == "highlight":
            look.ground = "" if value in ("none", "white") else "000000" if value == "black" else "888888"
        elif kind == "shd" and look.ground is None:
            look.ground = ground_of(item)
    return look


def ground(properties: Element | None) -> str | None:
    """The shading in paragraph, cell or table properties."""
    shade = find(properties, "shd") if properties is not None else None
    return None if shade is None else ground_of(shade)


def ground_of(shade: Element) -> str:
    """The colour of a `w:shd`; "" for white and for none."""
    if attribute(shade, "val") == "solid":
        fill = attribute(shade, "color") or "000000"
        fill = "000000" if fill == "auto" else fill
    else:
        fill = attribute(shade, "fill") or "auto"
    return "" if fill.lower() == "auto" or fill.upper() in _WHITE else fill


def is_dark(colour: str) -> bool:
    """True for a hexadecimal colour near black."""
    try:
        return len(colour) == 6 and max(int(colour[index : index + 2], 16) for index in (0, 2, 4)) < 0x50
    except ValueError:
        return False
