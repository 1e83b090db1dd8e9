"""From bytes to the reader of their format, and the boundary where every failure becomes an `Unread`."""

import importlib

from core.errors import UnreadableError
from crawler.documents.limits import MIB
from crawler.documents.part import DAMAGED, Part, Pieces
from crawler.documents.sniff import sniff

# kind (as `sniff` names it) → module with `read(data, part)`, loaded when first needed
READERS: tuple[tuple[str, str], ...] = (
    ("docx", "docx"),
    ("xlsx", "xlsx"),
    ("pptx", "pptx"),
    ("pdf", "pdf"),
    ("ofd", "ofd"),
    ("xls", "xls"),
    ("doc", "doc"),
    ("picture", "picture"),
    ("html", "html"),
    ("csv", "separated"),
    ("text", "plain"),
    ("mail", "mail"),
    ("zip", "archive"),
    ("ole-package", "ole"),
)

# kind → why it is not read, and what to do
REFUSED: tuple[tuple[str, str], ...] = (
    ("encrypted", "文件有密码，无法检查；请去掉密码后重新提供"),
    ("rar", "RAR 压缩包无法展开检查；请改用 ZIP 压缩或直接提供文件"),
    ("7z", "7z 压缩包无法展开检查；请改用 ZIP 压缩或直接提供文件"),
    ("archive", "该压缩格式无法展开检查；请改用 ZIP 压缩或直接提供文件"),
    ("xlsb", "二进制工作簿（xlsb）无法检查；请另存为 xlsx 后提供"),
    ("ppt", "旧版演示文稿（ppt、dps）无法检查；请另存为 pptx 后提供"),
    ("rtf", "RTF 文档无法检查；请另存为 docx 后提供"),
    ("odf", "ODF 文档无法检查；请另存为 docx 或 xlsx 后提供"),
    ("metafile", "矢量图（EMF、WMF）无法检查；请改用 PNG 或 JPG 图片"),
    ("media", "音频或视频无法检查；请人工核对后发布"),
    ("empty", "文件是空的（0 字节）；请重新上传"),
    ("unknown", "无法识别的文件格式，未能检查；请改用 docx、xlsx、pdf 等常用格式"),
)


def read_part(data: bytes, part: Part) -> Pieces:
    """Read one file of any kind; whatever goes wrong is yielded as `Unread`, after what could be read before it."""
    limits = part.budget.limits
    if len(data) > limits.size:
        yield part.unread(f"文件超过大小限制（{limits.size // MIB} MB），未检查；请拆分后重新提供")
        return
    if part.depth > limits.depth:
        yield part.unread(f"文件嵌套超过 {limits.depth} 层，未检查；请逐层展开后提供")
        return
    try:
        yield from _read_kind(sniff(data, part.name), data, part)
    except UnreadableError as error:
        yield part.unread(str(error))
    except Exception:  # the job boundary of one document: a hostile file may break any library in any way
        yield part.unread(DAMAGED)
    except BaseException as error:  # Rust readers panic with an exception of their own outside Exception
        if type(error).__name__ != "PanicException":
            raise
        yield part.unread(DAMAGED)


def _read_kind(kind: str, data: bytes, part: Part) -> Pieces:
    refused = dict(REFUSED).get(kind)
    if refused:
        yield part.unread(refused)
        return
    part.budget.tick()
    module = importlib.import_module(f"crawler.documents.{dict(READERS)[kind]}")
    yield from module.read(data, part)
