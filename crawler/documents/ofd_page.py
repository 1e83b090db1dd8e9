"""One ofd page layer: text objects with their boxes, picture numbers, and outlines drawn to pixels for OCR. Lengths in millimetres."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from crawler.documents.layout import Line, Piece
from crawler.documents.part import DamagedError
from crawler.documents.pdf_rules import heights
from crawler.documents.xmlsafe import Element, descendants, find

if TYPE_CHECKING:
    from PIL.Image import Image

_DOTS = 8.0  # a millimetre: about 200 dots per inch
_MAX_SIDE = 4_000
_SHORT_PATH = 400
_PATH = re.compile(r"[SMLQBAC]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
Point = tuple[float, float]


def numbers(text: str | None) -> list[float]:
    """Numbers of a list as ofd writes it; damage is damage."""
    try:
        return [float(word) for word in (text or "").split()]
    except ValueError as error:
        raise DamagedError from error


def text_pieces(layer: Element) -> Iterator[Piece]:
    """A piece for each `TextCode`, its box made of the object's boundary, the first position and the steps."""
    for text in descendants(layer, "TextObject"):
        boundary = (numbers(text.get("Boundary")) + [0.0] * 4)[:4]
        size = float((numbers(text.get("Size")) or [4.0])[0])
        matrix = numbers(text.get("CTM"))
        grow_x, grow_y = (abs(matrix[0]) or 1.0, abs(matrix[3]) or 1.0) if len(matrix) == 6 else (1.0, 1.0)
        x, y = 0.0, size
        for code in descendants(text, "TextCode"):
            words = code.text or ""
            x, y = (numbers(code.get("X")) or [x])[0], (numbers(code.get("Y")) or [y])[0]
            if words.strip():
                left = boundary[0] + x * grow_x
                bottom = boundary[1] + y * grow_y
                yield Piece(left, bottom - size * grow_y, left + _width(words, code.get("DeltaX"), size) * grow_x, bottom, words.strip())


def _width(words: str, steps: str | None, size: float) -> float:
    """The sum of the steps (`g 3 4.2` stands for three steps of 4.2) and the last sign."""
    total, count = 0.0, 0
    items = (steps or "").split()
    index = 0
    while index < len(items):
        try:
            if items[index] == "g" and index + 2 < len(items):
                repeat = min(int(items[index + 1]), 10_000)
                total, count, index = total + repeat * float(items[index + 2]), count + repeat, index + 3
                continue
            total, count, index = total + float(items[index]), count + 1, index + 1
        except ValueError as error:
            raise DamagedError from error
    rest = words[count:]
    return total + sum(size if ord(char) > 0x2E80 else size / 2 for char in rest)


def picture_ids(layer: Element) -> Iterator[str]:
    """Resource numbers of the pictures on a layer."""
    for image in descendants(layer, "ImageObject"):
        yield image.get("ResourceID") or ""


def ruled_heights(layer: Element) -> list[float]:
    """Heights of the straight lines that run through a table, outlines of signs left out."""
    across: list[Line] = []
    for path in descendants(layer, "PathObject"):
        data = find(path, "AbbreviatedData")
        if data is None or len(data.text or "") > _SHORT_PATH:
            continue
        boundary, matrix = (numbers(path.get("Boundary")) + [0.0] * 4)[:4], _matrix(path)
        for shape in outlines(data.text or ""):
            points = [_placed(point, matrix, boundary) for point in shape]
            for (x0, y0), (x1, y1) in pairwise(points):
                if abs(y1 - y0) < 0.3 and abs(x1 - x0) > 3.0:
                    across.append(((y0 + y1) / 2, min(x0, x1), max(x0, x1)))
    return heights(across, 0.8)


def _matrix(path: Element) -> list[float]:
    matrix = numbers(path.get("CTM"))
    return matrix if len(matrix) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]


def _placed(point: Point, matrix: list[float], boundary: list[float]) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e + boundary[0], b * point[0] + d * point[1] + f + boundary[1]


def drawn_page(layers: list[Element], root: Element) -> "Image":
    """The outlines of a page in black on white; holes in signs stay holes (even-odd)."""
    from PIL import Image

    width, height = _size(layers[0], root)
    dots = min(_DOTS, _MAX_SIDE / max(width, height))
    canvas = Image.new("L", (max(1, round(width * dots)), max(1, round(height * dots))), 255)
    for layer in layers:
        for path in descendants(layer, "PathObject"):
            _draw(canvas, path, dots)
    return canvas.convert("RGB")


def _size(page: Element, root: Element) -> tuple[float, float]:
    for box in (find(page, "Area", "PhysicalBox"), find(root, "CommonData", "PageArea", "PhysicalBox")):
        values = numbers(box.text) if box is not None else []
        if len(values) == 4 and values[2] > 0 and values[3] > 0:
            return values[2], values[3]
    return 210.0, 297.0


def _draw(canvas: "Image", path: Element, dots: float) -> None:
    from PIL import Image, ImageChops, ImageDraw

    data = find(path, "AbbreviatedData")
    boundary = (numbers(path.get("Boundary")) + [0.0] * 4)[:4]
    matrix = _matrix(path)
    if data is None:
        return
    placed = [[_placed(point, matrix, boundary) for point in shape] for shape in outlines(data.text or "")]
    shapes = [[(x * dots, y * dots) for x, y in shape] for shape in placed]
    shapes = [shape for shape in shapes if len(shape) > 1]
    if not shapes:
        return
    filled = path.get("Fill") == "true" or find(path, "FillColor") is not None
    if not filled:
        draw = ImageDraw.Draw(canvas)
        for shape in shapes:
            draw.line(shape, fill=0, width=max(1, round(dots * float((numbers(path.get("LineWidth")) or [0.3])[0]))))
        return
    left, top = (max(0, int(min(point[axis] for shape in shapes for point in shape)) - 1) for axis in (0, 1))
    right, bottom = (min(canvas.size[axis], int(max(point[axis] for shape in shapes for point in shape)) + 2) for axis in (0, 1))
    if right <= left or bottom <= top:
        return
    mask = Image.new("1", (right - left, bottom - top))
    for shape in shapes:
        if len(shape) > 2:
            one = Image.new("1", mask.size)
            ImageDraw.Draw(one).polygon([(x - left, y - top) for x, y in shape], fill=1)
            mask = ImageChops.logical_xor(mask, one)
    canvas.paste(0, (left, top), mask)


def outlines(data: str) -> list[list[Point]]:
    """The subpaths of `AbbreviatedData` as polygons, curves cut into short lines; raises DamagedError for missing numbers."""
    shapes: list[list[Point]] = []
    words = _PATH.findall(data)
    index = 0
    while index < len(words):
        command = words[index]
        count = _ARGUMENTS.get(command)
        arguments = words[index + 1 : index + 1 + (count or 0)]
        if count is None or len(arguments) < count:
            raise DamagedError
        try:
            values = [float(word) for word in arguments]
        except ValueError as error:
            raise DamagedError from error
        index += 1 + count
        if command in "SM":
            shapes.append([(values[0], values[1])])
        elif command == "C":
            if shapes:
                shapes[-1].append(shapes[-1][0])
        elif shapes:
            shapes[-1] += _curve(shapes[-1][-1], values) if command in "QB" else [(values[-2], values[-1])]
    return shapes


def _curve(start: Point, values: list[float]) -> list[Point]:
    points = [start, *zip(values[::2], values[1::2], strict=True)]
    found = []
    for step in range(1, 9):
        level = points
        while len(level) > 1:
            level = [(x0 + (x1 - x0) * step / 8, y0 + (y1 - y0) * step / 8) for (x0, y0), (x1, y1) in pairwise(level)]
        found.append(level[0])
    return found
