"""Pictures (png, jpg, gif, bmp, tiff, webp): text read by OCR, tables put back together; and what cameras write into them."""

import io
from typing import TYPE_CHECKING

from crawler.documents.limits import OverLimitError
from crawler.documents.part import DamagedError, Part, Pieces

if TYPE_CHECKING:
    from PIL.Image import Image

_TINY, _THIN = 40, 8
NO_OCR = "图片中的文字未经识别，未能检查；请启用文字识别后重试"


def read(data: bytes, part: Part) -> Pieces:
    """Blocks at `图片` (or where the picture sits); icons hold no text and give nothing."""
    from PIL import Image, ImageSequence, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = None  # the size is checked here, before any pixel is unpacked
    where = part.where or "图片"
    try:
        with Image.open(io.BytesIO(data)) as image:
            count = getattr(image, "n_frames", 1)
            for number, frame in enumerate(ImageSequence.Iterator(image)):
                if number and image.format == "GIF":
                    break  # frames of an animation differ little
                part.budget.tick()
                yield from read_image(_flat(frame, part), part, where if count == 1 or image.format == "GIF" else f"{where} 第{number + 1}页")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, ZeroDivisionError) as error:
        raise DamagedError from error


def _flat(frame: "Image", part: Part) -> "Image":
    """Upright, on white, in RGB."""
    from PIL import Image, ImageOps

    limit = part.budget.limits.pixels
    if frame.width * frame.height > limit:
        raise OverLimitError(f"图片超过像素限制（{limit // 10_000} 万像素），未检查；请缩小后重新提供")
    image = ImageOps.exif_transpose(frame)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(ground, image).convert("RGB")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = image.convert("F").point(lambda value: value / 256).convert("L")
    return image.convert("RGB")


def read_image(image: "Image", part: Part, where: str) -> Pieces:
    """Text of an unpacked RGB picture; raises OverLimitError when the budget of pictures is spent."""
    if (image.width < _TINY and image.height < _TINY) or min(image.size) < _THIN:
        return
    if not part.ocr:
        yield part.unread(NO_OCR, where)
        return
    from crawler.documents import layout, ocr

    part.budget.take_picture()
    seen = ocr.look(image)
    yield from layout.blocks(seen.pieces, part, where, ocr=True, rules=seen.rules)
