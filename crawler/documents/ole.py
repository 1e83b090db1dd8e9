"""OLE containers: opened with suspicion, and files packed into them taken out."""

import io
import struct
from typing import TYPE_CHECKING

from core.records import Block
from crawler.documents.dispatch import read_part
from crawler.documents.part import DamagedError, Part, Pieces

if TYPE_CHECKING:
    from olefile import OleFileIO

ERRORS = (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError, OverflowError, KeyError)


def open_ole(data: bytes) -> "OleFileIO":
    """The container; raises DamagedError when its chains lead beyond the file."""
    import olefile

    try:
        container = olefile.OleFileIO(io.BytesIO(data), raise_defects=olefile.DEFECT_INCORRECT)
        sector = container.sector_size
        if any(entry is not None and entry.size > len(data) + sector for entry in container.direntries):
            raise DamagedError
    except ERRORS as error:
        raise DamagedError from error
    return container


def stream(container: "OleFileIO", name: str) -> bytes:
    """The whole stream `name`; raises DamagedError when it is missing or shorter than promised."""
    try:
        content: bytes = container.openstream(name).read()
        promised = container.get_size(name)
    except ERRORS as error:
        raise DamagedError from error
    if len(content) < promised:
        raise DamagedError
    return content


def streams(container: "OleFileIO") -> dict[str, str]:
    """Lower-cased stream paths → paths as written."""
    return {"/".join(path).lower(): "/".join(path) for path in container.listdir()}


def properties(container: "OleFileIO", part: Part) -> Pieces:
    """Title, author, company and comments of an OLE document."""
    try:
        metadata = container.get_metadata()
    except ERRORS:
        yield part.unread("文档属性损坏，未能检查；请另存后重新提供", "文档属性")
        return
    lines = []
    for name in ("title", "subject", "author", "keywords", "comments", "last_saved_by", "manager", "company", "category"):
        value = getattr(metadata, name, None)
        if isinstance(value, bytes):
            value = _decoded(value, metadata.codepage)
        if isinstance(value, str) and value.strip("\0 "):
            lines.append(value.strip("\0 "))
    if lines:
        yield Block("\n".join(lines), "文档属性", part.file)


def _decoded(value: bytes, codepage: object) -> str:
    for encoding in ("utf-8", "gb18030"):
        try:
            return value.decode(encoding)
        except UnicodeDecodeError:
            continue
    return value.decode("latin-1") if codepage else ""


def read(data: bytes, part: Part) -> Pieces:
    """The files packed into an embedded object (`Package`, `Ole10Native`, `CONTENTS`)."""
    container = open_ole(data)
    names = streams(container)
    found = False
    for key in ("package", "contents"):
        if key in names:
            found = True
            yield from read_part(stream(container, names[key]), part.inner(names[key]))
    if "\x01ole10native" in names:
        found = True
        name, content = _native(stream(container, names["\x01ole10native"]))
        yield from read_part(content, part.inner(name))
    if not found:
        raise DamagedError


def _native(content: bytes) -> tuple[str, bytes]:
    """Name and bytes of a file that the packager wrapped: size, flags, label, path, temporary path, length, data."""
    try:
        position = 6
        end = content.index(b"\0", position)
        label = content[position:end]
        position = content.index(b"\0", end + 1) + 1 + 4
        (length,) = struct.unpack_from("<I", content, position)
        position += 4 + length
        (size,) = struct.unpack_from("<I", content, position)
        body = content[position + 4 : position + 4 + size]
    except (ValueError, struct.error):
        return "嵌入对象", content[4:]
    return label.decode("gb18030", "replace").replace("\\", "/").rpartition("/")[2] or "嵌入对象", body
