"""Reading text off pixels with rapidocr: one engine a process, models from its wheel, nothing downloaded or drawn."""

import threading
from dataclasses import dataclass
from functools import lru_cache
from statistics import median
from typing import TYPE_CHECKING, Any

from crawler.documents.layout import Piece

if TYPE_CHECKING:
    from PIL.Image import Image

_LOCK = threading.Lock()
_MARGIN = 24
_SMALL_SIDE = 900
_LARGE_SIDE = 2_000
_DARK, _STRIP, _LEAST_STRIPS = 170, 24, 8
_COLUMN_GAP, _BLANK_GAP = 0.6, 0.33  # in heights of the line
_OPENING, _CLOSING = "（〔《“【〈(", "）〕》”】〉，。；：、！？,;:)"


@lru_cache(maxsize=1)
def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": 4_000, "Det.limit_side_len": 736})


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen on a picture: pieces of text, and heights of ruled lines, in pixels of the picture as given, set straight."""

    pieces: list[Piece]
    rules: list[float]


def look(image: "Image") -> Seen:
    """Read an RGB picture; one lying on its side is turned first."""
    seen = _recognise(image)
    upright = [piece for piece in seen.pieces if piece.x1 - piece.x0 >= 0.8 * (piece.y1 - piece.y0)]
    if len(seen.pieces) >= 3 and len(upright) < len(seen.pieces) / 3:
        turned = [_recognise(image.rotate(angle, expand=True)) for angle in (90, 270)]
        return max(turned, key=lambda found: sum(len(piece.text) for piece in found.pieces))
    return seen


def _recognise(image: "Image") -> Seen:
    import numpy
    from PIL import Image as pillow
    from PIL import ImageOps

    longest = max(image.size)
    scale = 2.0 if longest < _SMALL_SIDE else _LARGE_SIDE * 2 / longest if longest > _LARGE_SIDE * 2 else 1.0
    if scale != 1.0:
        image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))), pillow.Resampling.LANCZOS)
    pixels = numpy.asarray(ImageOps.expand(image, _MARGIN, fill="white"))
    with _LOCK:
        result = _engine()(pixels[:, :, ::-1], return_word_box=True, return_single_char_box=True)
    if result.boxes is None or not result.txts:
        return Seen([], [])
    slope = _slope(result.boxes)
    found: list[Piece] = []
    for box, text, line in zip(result.boxes, result.txts, result.word_results or [()] * len(result.txts), strict=True):
        signs = [_piece(word[0], word[2], slope) for word in line if word[0].strip() and word[2] is not None]
        if "".join(sign.text for sign in signs) == "".join(text.split()):
            found += split_line(signs)
        elif text.strip():
            found.append(_piece(text.strip(), box, slope))
    scaled = [Piece(p.x0 / scale, p.y0 / scale, p.x1 / scale, p.y1 / scale, p.text) for p in found]
    return Seen(scaled, [y / scale for y in _rules(pixels, slope)])


def _rules(pixels: Any, slope: float) -> list[float]:
    """Heights of the dark lines that run over a good part of the picture, found in short strips so that a slope does not blur them."""
    import numpy

    dark = pixels.mean(axis=2) < _DARK
    strips = dark.shape[1] // _STRIP
    filled = dark[:, : strips * _STRIP].reshape(dark.shape[0], strips, _STRIP).mean(axis=2) > 0.8
    ys, numbers = numpy.nonzero(filled)
    straight = numpy.rint(ys - slope * (numbers * _STRIP + _STRIP / 2)).astype(int)
    straight = straight[straight >= 0]
    counts = numpy.bincount(straight) if straight.size else numpy.zeros(0, int)
    least = max(_LEAST_STRIPS, counts.max(initial=0) / 2)
    offset = _MARGIN - slope * _MARGIN
    heights: list[float] = []
    for y in numpy.nonzero(counts >= least)[0]:
        if not heights or y - offset - heights[-1] > 6:
            heights.append(float(y - offset))
    return heights


def _slope(boxes: Any) -> float:
    """By how much lines climb to the right, as told by the long ones; scans never lie quite straight."""
    slopes = []
    for (x0, y0), (x1, y1), _right, (_x3, y3) in boxes:
        if x1 - x0 > 4 * abs(y3 - y0):
            slopes.append(float((y1 - y0) / (x1 - x0)))
    middle = median(slopes) if slopes else 0.0
    return middle if abs(middle) < 0.2 else 0.0


def _piece(text: str, box: Any, slope: float) -> Piece:
    """The box set upright: its height is that of its left side, its place that of its centre after straightening."""
    xs, ys = [float(point[0]) - _MARGIN for point in box], [float(point[1]) - _MARGIN for point in box]
    middle_x, middle_y = sum(xs) / 4, sum(ys) / 4
    half_height = max((ys[3] - ys[0] + ys[2] - ys[1]) / 4, 0.5)
    half_width = max((xs[1] - xs[0] + xs[2] - xs[3]) / 4, 0.5)
    x, y = middle_x + slope * middle_y, middle_y - slope * middle_x
    return Piece(x - half_width, y - half_height, x + half_width, y + half_height, text)


def split_line(signs: list[Piece]) -> list[Piece]:
    """Signs of one detected line → pieces: cut where a gap is as wide as between columns, a blank where one was left inside a number."""
    found: list[Piece] = []
    for sign in signs:
        last = found[-1] if found else None
        gap = sign.x0 - last.x1 if last else 0.0
        height = sign.y1 - sign.y0
        wide = 2 if last and (sign.text in _OPENING or last.text[-1] in _CLOSING) else 1  # these signs bring half a blank along
        if last is None or gap > _COLUMN_GAP * wide * height:
            found.append(sign)
            continue
        blank = " " if gap > _BLANK_GAP * height and (last.text[-1] + sign.text).isascii() else ""
        found[-1] = Piece(last.x0, min(last.y0, sign.y0), max(last.x1, sign.x1), max(last.y1, sign.y1), last.text + blank + sign.text)
    return found
