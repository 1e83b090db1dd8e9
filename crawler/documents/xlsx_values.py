"""A cell's XML → its text as written: all digits the file holds, dates as dates, no exponents."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from crawler.documents.xlsx_styles import Styles
from crawler.documents.xmlsafe import Element, descendants, local

Cell = tuple[str, bool]  # the text, and whether it was stored as a number


def rich_text(item: Element) -> str:
    """The text of a shared or inline string, its runs joined, phonetic guides left out."""
    if len(item) == 1 and item[0].tag.endswith("}t"):
        return unescape(item[0].text or "")
    return unescape("".join(node.text or "" for node in descendants(item, "t") if local(node.getparent()) != "rPh"))


_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """`_x000D_` and its kind, as Excel writes control characters."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@lru_cache(maxsize=4096)
def _column(name: str) -> int:
    index = 0
    for char in name.upper():
        index = index * 26 + ord(char) - 64
    return index - 1


def column_index(reference: str) -> int:
    """0 for `A7`, 2 for `C3`."""
    return _column(reference.rstrip("0123456789").replace("$", ""))


def letters(column: int) -> str:
    """`A` for 0, `AA` for 26."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def value_of(element: Element, strings: list[str], style: str | None, styles: Styles, dates_from_1904: bool) -> Cell | None:
    """The cell's shown text, None for an empty one."""
    kind = element.get("t")
    value = formula = None
    for child in element:
        tag = child.tag
        if tag.endswith("}v") or tag == "v":
            value = child.text
        elif tag.endswith("}is") or tag == "is":
            text = rich_text(child)
            return (text, False) if text.strip() else None
        elif tag.endswith("}f") or tag == "f":
            formula = child.text
    if value is None:
        return (f"={formula}", False) if formula and '"' in formula else None
    if kind == "s":
        text = strings[int(value)]
        return (text, False) if text.strip() else None
    if kind in (None, "n"):
        return shown_number(value, styles.formats.get(style or "", ""), dates_from_1904)
    if kind == "b":
        return ("TRUE" if value.strip() == "1" else "FALSE", False)
    return (value, False) if value.strip() else None


def shown_number(value: str, form: str, dates_from_1904: bool) -> Cell | None:
    """A stored number as a reader would write it, under its shown format (see `Styles.formats`)."""
    text = value.strip()
    if form == "date":
        shown = _date(text, dates_from_1904)
        if shown:
            return shown, False
    if not form and text.isdigit():
        return text, True
    return (number_text(text, form), True) if text else None


def number_text(value: str, form: str = "") -> str:
    """`6.1E+17` as `610000000000000000`, `1.1000000000000001` as `1.1`, `0.85` under a percent format as `85%`, `917` under `0000` as `0917`."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return value
    if not number.is_finite() or abs(number.adjusted()) > 40:
        return value
    if form == "%":
        return f"{(number * 100).normalize():f}%"
    if number == number.to_integral_value():
        return f"{int(number):d}".zfill(len(form) if form.strip("0") == "" else 0)
    if len(number.as_tuple().digits) > 15:  # binary rounding, not digits someone typed
        number = Decimal(f"{float(number):.15g}")
    return f"{number:f}"


def _date(value: str, dates_from_1904: bool) -> str | None:
    """An Excel serial as `2023-10-23`, with the time where there is one; None outside the calendar Excel knows."""
    try:
        serial = float(value)
    except ValueError:
        return None
    if not 0 <= serial < 2_958_466:
        return None
    origin = datetime(1904, 1, 1, tzinfo=UTC) if dates_from_1904 else datetime(1899, 12, 30, tzinfo=UTC)
    moment = origin + timedelta(days=int(serial), seconds=round((serial - int(serial)) * 86_400))
    if serial < 1:
        return f"{moment:%H:%M:%S}"
    return f"{moment:%Y-%m-%d}" if serial == int(serial) else f"{moment:%Y-%m-%d %H:%M:%S}"
