"""Mail (eml, also mht): headers, bodies, attachments."""

import email
import email.errors
import email.header
import email.policy
from collections.abc import Iterator
from email.message import Message

from core.records import Block
from crawler.documents import html
from crawler.documents.dispatch import read_part
from crawler.documents.part import DamagedError, Numbered, Part, Pieces
from crawler.documents.plain import decode

_HEADERS = ("Subject", "From", "To", "Cc", "Date")


def read(data: bytes, part: Part) -> Pieces:
    """The header lines as `邮件头`, text bodies as `正文`, html bodies by paragraph, attachments as inner files."""
    message = email.message_from_bytes(data, policy=email.policy.compat32)
    if not message.keys():
        raise DamagedError
    lines = [f"{name}: {_decoded(value)}" for name in _HEADERS for value in message.get_all(name, [])]
    if lines:
        yield Block("\n".join(lines), "邮件头", part.file)
    places = Numbered()
    broken = bool(message.defects)
    for leaf in _leaves(message, 0):
        part.budget.tick()
        yield from _leaf(leaf, part, places)
        broken = broken or bool(leaf.defects)
    if broken:
        yield part.unread("邮件有损坏或不完整，部分内容可能未检查；请重新导出后提供")


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    """Single parts in order; a forwarded message counts as one."""
    if message.is_multipart() and message.get_content_type() != "message/rfc822" and depth < 30:
        for inner in message.get_payload():
            if isinstance(inner, Message):
                yield from _leaves(inner, depth + 1)
    else:
        yield message


def _leaf(leaf: Message, part: Part, places: Numbered) -> Pieces:
    name = _decoded(leaf.get_filename() or "")
    kind = leaf.get_content_type()
    if kind == "message/rfc822":
        inner = leaf.get_payload()
        first = inner[0] if isinstance(inner, list) and inner else None
        content = first.as_bytes() if isinstance(first, Message) else b""
        yield from read_part(content, part.inner(name or places.next("转发邮件") + ".eml"))
        return
    if leaf.is_multipart():
        yield part.unread("邮件结构嵌套过深，未检查；请直接提供附件", "附件")
        return
    payload = leaf.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    part.budget.take_bytes(len(content))
    if name or leaf.get_content_disposition() == "attachment":
        yield from read_part(content, part.inner(name or places.next("附件")))
    elif kind == "text/html":
        yield from html.read(_utf8(content, leaf), part)
    elif kind.startswith("text/"):
        text = _utf8(content, leaf).decode("utf-8")
        if text.strip():
            yield Block(text, places.next("正文"), part.file)
    else:
        yield from read_part(content, part.inner(places.next("附件")))


def _utf8(content: bytes, leaf: Message) -> bytes:
    """The text by its declared character set where that works, else by its looks."""
    declared = leaf.get_content_charset() or ""
    try:
        text = content.decode("gb18030" if declared.lower().startswith("gb") else declared or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = decode(content) or ""
        if not text and content.strip():
            raise DamagedError from None
    return text.encode("utf-8", "replace")


def _decoded(value: object) -> str:
    """A header with its encoded words read; raw bytes that nobody declared are GBK or UTF-8."""
    parts = []
    try:
        words = email.header.decode_header(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape"))
    except email.errors.HeaderParseError:
        words = [(str(value), None)]
    for text, charset in words:
        if isinstance(text, str):
            raw = text.encode("utf-8", "surrogateescape")
            parts.append(decode(raw) or text.encode("utf-8", "replace").decode())
            continue
        try:
            parts.append(text.decode("gb18030" if (charset or "").lower().startswith("gb") else charset or "utf-8"))
        except (LookupError, UnicodeDecodeError):
            parts.append(decode(text) or "")
    return "".join(parts).replace("\n", " ").strip()
