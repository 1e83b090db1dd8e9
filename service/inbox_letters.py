"""A mail taken apart: who sent it, what it is about, its own words and its files. Anything may be wrong with it; nothing here raises for that."""

import email
import email.policy
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from typing import Any

from core.text import squeeze
from service.gate import DraftFile

_BAD_NAME = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_ENDINGS = {"application/pdf": ".pdf", "text/html": ".html", "text/csv": ".csv", "image/png": ".png", "image/jpeg": ".jpg"}
_SIGNATURE = re.compile(r"^-- ?$", re.M)
_DEPTH = 30


@dataclass(frozen=True, slots=True)
class Mail:
    """What matters of a mail. `digest` names its bytes; `automatic`: no person waits for an answer to it; `received` is the mail server's moment, not the sender's."""

    id: str
    digest: str
    sender: str
    subject: str
    received: datetime
    automatic: bool
    text: str = field(repr=False)
    html: str = field(repr=False)
    files: tuple[DraftFile, ...]
    raw: bytes = field(repr=False)


def message_key(header: str | None, raw: bytes) -> str:
    """What a mail is known by: its Message-ID, shortened where it is endless, else its content."""
    name = re.sub(r"\s+", "", header or "").strip("<>")
    if not name:
        return f"content:{hashlib.sha256(raw).hexdigest()}"
    return name if len(name) <= 200 and name.isprintable() else f"hash:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()}"


def read_mail(raw: bytes, received: datetime, own: frozenset[str] = frozenset()) -> Mail:
    """The mail of these bytes; `own` are addresses of ours, which are never answered."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    sender = _sender(message)
    texts: list[str] = []
    pages: list[str] = []
    files: list[DraftFile] = []
    for leaf in _leaves(message, 0):
        kind, name = leaf.get_content_type(), _name(leaf)
        if kind in ("text/plain", "text/html") and not name and _disposition(leaf) != "attachment":
            (texts if kind == "text/plain" else pages).append(_text(leaf))
        else:
            files.append(DraftFile(name or f"附件{len(files) + 1}{_ending(leaf)}", _bytes(leaf)))
    return Mail(
        id=message_key(_header(message, "Message-ID"), raw),
        digest=hashlib.sha256(raw).hexdigest()[:24],
        sender=sender,
        subject=" ".join(_header(message, "Subject").split())[:500],
        received=received,
        automatic=_automatic(message, sender, own),
        text=_SIGNATURE.split("\n".join(texts), maxsplit=1)[0].strip(),
        html="\n".join(pages),
        files=tuple(files),
        raw=raw,
    )


def safe_name(name: str) -> str:
    """A file name that cannot leave its folder, hide, or upset a file system; letters stay as they are."""
    bare = _BAD_NAME.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .~$")
    stem, dot, ending = bare.rpartition(".")
    if not dot:
        stem, ending = bare, ""
    while len((stem + dot + ending).encode()) > 200 and stem:
        stem = stem[:-1]
    return (stem or "附件") + dot + ending[:20]


def mentions(mail: Mail, words: str) -> bool:
    """Whether subject or file names have these words, blanks aside."""
    return squeeze(words).strip("《》") in squeeze(" ".join((mail.subject, *(file.name for file in mail.files))))


def _leaves(message: Message, depth: int) -> Iterator[Message]:
    if message.is_multipart() and message.get_content_type() != "message/rfc822" and depth < _DEPTH:
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _header(message: Message, name: str) -> str:
    try:
        return str(message[name] or "")
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return next((str(value) for key, value in message.raw_items() if key.lower() == name.lower()), "")


def _sender(message: Message) -> str:
    """The one address the mail is from; "" where there is none or more than one."""
    header: Any = message["From"]
    try:
        addresses = [address.addr_spec.lower() for address in header.addresses]
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return ""
    return addresses[0] if len(addresses) == 1 and "@" in addresses[0] else ""


def _automatic(message: Message, sender: str, own: frozenset[str]) -> bool:
    """True for what another machine wrote: answering it could go on forever."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].strip().lower()
    box = sender.partition("@")[0]
    return (
        not sender
        or sender in own
        or submitted not in ("", "no")
        or _header(message, "Precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply")
        or bool(_header(message, "List-Id") or _header(message, "X-Autoreply"))
        or _header(message, "Return-Path").strip() == "<>"
        or message.get_content_type() == "multipart/report"
        or box in ("mailer-daemon", "postmaster", "noreply", "no-reply")
    )


def _disposition(leaf: Message) -> str:
    try:
        return leaf.get_content_disposition() or ""
    except (ValueError, TypeError, AttributeError, LookupError):
        return "attachment"


def _name(leaf: Message) -> str:
    try:
        name = leaf.get_filename()
    except (ValueError, TypeError, AttributeError, LookupError):
        name = None
    return safe_name(name) if name else ""


def _ending(leaf: Message) -> str:
    return ".eml" if leaf.get_content_type() == "message/rfc822" else _ENDINGS.get(leaf.get_content_type(), "")


def _bytes(leaf: Message) -> bytes:
    if leaf.get_content_type() == "message/rfc822":
        inner = leaf.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
    payload = leaf.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(leaf: Message) -> str:
    data = _bytes(leaf)
    declared = str(leaf.get_param("charset") or "utf-8").strip("\"'").lower()
    for codec in ("gb18030" if declared.startswith("gb") else declared, "utf-8", "gb18030"):
        try:
            return data.decode(codec)
        except (UnicodeDecodeError, LookupError, ValueError):
            continue
    return data.decode("utf-8", "replace")


__all__ = ["Mail", "mentions", "message_key", "read_mail", "safe_name"]
