"""What a file is, by its content; the name only breaks the tie between kinds of plain text."""

import io
import re
import struct
import zipfile
import zlib

MAGIC: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"GIF8", "picture"),
    (0, b"II*\x00", "picture"),
    (0, b"MM\x00*", "picture"),
    (8, b"WEBP", "picture"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf\x27\x1c", "7z"),
    (0, b"\x1f\x8b", "archive"),
    (0, b"BZh", "archive"),
    (0, b"\xfd7zXZ\x00", "archive"),
    (257, b"ustar", "archive"),
    (0, b"{\\rtf", "rtf"),
    (40, b" EMF", "metafile"),
    (0, b"\xd7\xcd\xc6\x9a", "metafile"),
    (4, b"ftyp", "media"),
    (0, b"ID3", "media"),
    (8, b"WAVE", "media"),
    (8, b"AVI ", "media"),
    (0, b"\x1aE\xdf\xa3", "media"),
    (0, b"FLV\x01", "media"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PK = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

# stream of an OLE file → kind; the first that is there decides
OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("encryptedpackage", "encrypted"),
    ("worddocument", "doc"),
    ("workbook", "xls"),
    ("book", "xls"),
    ("powerpoint document", "ppt"),
    ("package", "ole-package"),
    ("\x01ole10native", "ole-package"),
    ("contents", "ole-package"),
)
# member of a zip → kind; the first that is there decides
ZIP_MEMBERS: tuple[tuple[str, str], ...] = (
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
    ("ofd.xml", "ofd"),
)
_MAIN_TYPES = ((b"wordprocessingml.", "docx"), (b"spreadsheetml.", "xlsx"), (b"presentationml.", "pptx"))
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|table|div|p|meta|title|span|br)\b", re.I)
_MAIL_KEYS = re.compile(r"^(From|To|Subject|Date|Received|MIME-Version|Return-Path|Message-ID|Content-Type|Delivered-To|X-[\w-]+):", re.I | re.M)
_BINARY_NAMES = (".docx", ".xlsx", ".xls", ".doc", ".wps", ".et", ".pptx", ".ppt", ".pdf", ".ofd", ".zip", ".rar", ".7z", ".png", ".jpg", ".jpeg")


def sniff(data: bytes, name: str) -> str:
    """The kind of the file, as `dispatch.READERS` and `dispatch.REFUSED` list them; `unknown` when nothing fits."""
    if not data:
        return "empty" if name.lower().endswith(_BINARY_NAMES) else "text"
    if data.startswith(_PK):
        return _zip_kind(data)
    if data.startswith(OLE):
        return _ole_kind(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for offset, magic, kind in MAGIC:
        if data[offset : offset + len(magic)] == magic:
            return kind
    if data[:2] == b"BM" and len(data) > 26 and struct.unpack_from("<I", data, 14)[0] in (12, 40, 52, 56, 64, 108, 124):
        return "picture"
    if data[:4] in (b"\x09\x08\x10\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00"):
        return "xls"
    return _text_kind(data, name)


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {name.replace("\\", "/").lstrip("/").lower(): name for name in archive.namelist()}
            for member, kind in ZIP_MEMBERS:
                if member in names:
                    return kind
            if "mimetype" in names and _head(archive, names["mimetype"], 200).startswith(b"application/vnd.oasis.opendocument"):
                return "odf"
            if "[content_types].xml" in names:
                types = _head(archive, names["[content_types].xml"], 1 << 20)
                return next((kind for mark, kind in _MAIN_TYPES if mark in types and b".main+xml" in types), "zip")
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError, OSError, EOFError, struct.error, zlib.error):
        return "zip"  # its reader tells what is wrong
    return "zip"


def _head(archive: zipfile.ZipFile, name: str, count: int) -> bytes:
    with archive.open(name) as member:
        return member.read(count)


def _ole_kind(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(data) as ole:
            names = {"/".join(path).lower() for path in ole.listdir()}
    except (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError):
        return "ole-package"  # its reader reports the damage
    return next((kind for stream, kind in OLE_STREAMS if stream in names), "unknown")


def _text_kind(data: bytes, name: str) -> str:
    from crawler.documents.plain import decode

    text = decode(data)
    if text is None:
        return "unknown"
    head = text[:4096].lstrip("\ufeff \t\r\n")
    lower = name.lower()
    fields = {found[1].lower() for found in _MAIL_KEYS.finditer(head.partition("\n\n")[0])}
    if _MAIL_KEYS.match(head) and (lower.endswith((".eml", ".mht", ".mhtml")) or (len(fields) >= 3 and fields & {"mime-version", "received", "message-id"})):
        return "mail"
    if lower.endswith((".csv", ".tsv")):
        return "csv"
    if lower.endswith((".html", ".htm", ".shtml", ".xhtml")) or (not lower.endswith((".txt", ".md", ".json", ".py", ".js")) and _looks_html(head)):
        return "html"
    return "text"


def _looks_html(head: str) -> bool:
    found = _HTML.search(head)
    return bool(found and head.startswith("<") and not head.startswith("<?xml-stylesheet"))
