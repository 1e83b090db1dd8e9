"""WARC files of what was collected: the responses as they came, with address, headers, moment and digests. Bytes in, bytes out."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

_SOFTWARE = "Xuncha"


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One thing kept: a response (with status and headers) or, where it came by no response (a handed-in file), the bytes alone."""

    url: str
    at: datetime
    body: bytes
    status: int | None = None
    headers: Mapping[str, str] | None = None
    media_type: str = "application/octet-stream"


def exhibit(url: str, body: bytes, capture: Mapping[str, Any] | None, at: datetime, media_type: str = "") -> Exhibit:
    """Stored bytes with what is known of how they came; a capture of other bytes is not believed."""
    if capture is None or capture.get("sha256") != hashlib.sha256(body).hexdigest():
        return Exhibit(url, at, body, media_type=media_type or "application/octet-stream")
    return Exhibit(str(capture["url"]), datetime.fromisoformat(str(capture["at"])), body, int(capture["status"]), capture["headers"])


def write_warc(exhibits: Sequence[Exhibit], about: Mapping[str, Any], made_at: datetime) -> bytes:
    """A gzipped WARC/1.1: what made it, the exhibits in order, and a metadata record `about` them (no raw personal value belongs there)."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    writer.write_record(writer.create_warcinfo_record("xuncha.warc.gz", {"software": _SOFTWARE, "format": "WARC File Format 1.1"}))
    for item in exhibits:
        warc_headers = {"WARC-Date": _moment(item.at), "WARC-Payload-Digest": f"sha256:{hashlib.sha256(item.body).hexdigest()}"}
        if item.status is None:
            kind, http, length = "resource", None, item.media_type
        else:
            line = f"{item.status} {HTTPStatus(item.status).phrase if item.status in HTTPStatus._value2member_map_ else ''}".strip()
            pairs = [*((name, value) for name, value in (item.headers or {}).items()), ("Content-Length", str(len(item.body)))]
            kind, http, length = "response", StatusAndHeaders(line, pairs, protocol="HTTP/1.1"), ""
        writer.write_record(
            writer.create_warc_record(
                item.url,
                kind,
                payload=io.BytesIO(item.body),
                length=len(item.body),
                http_headers=http,
                warc_headers_dict=warc_headers,
                warc_content_type=length,
            )
        )
    payload = json.dumps(about, ensure_ascii=False, indent=1).encode()
    record = writer.create_warc_record(
        exhibits[0].url if exhibits else "urn:xuncha",
        "metadata",
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_content_type="application/json",
        warc_headers_dict={"WARC-Date": _moment(made_at)},
    )
    writer.write_record(record)
    return out.getvalue()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Kept:
    """One record of a WARC: type, address, moment, payload, and whether its digests hold."""

    kind: str
    url: str
    at: str
    body: bytes
    intact: bool


def read_warc(data: bytes) -> list[Kept]:
    """The records of a WARC; ValueError for bytes that are none."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    found = []
    try:
        for record in ArchiveIterator(io.BytesIO(data), check_digests=True):
            body = record.content_stream().read()
            digests = record.digest_checker.passed is not False
            wanted = record.rec_headers.get_header("WARC-Payload-Digest") or ""
            if wanted.startswith("sha256:"):
                digests = digests and wanted == f"sha256:{hashlib.sha256(body).hexdigest()}"
            headers = record.rec_headers
            found.append(Kept(record.rec_type, headers.get_header("WARC-Target-URI") or "", headers.get_header("WARC-Date") or "", body, digests))
    except (ArchiveLoadFailed, EOFError, OSError) as error:
        raise ValueError("not a WARC") from error
    if not found:
        raise ValueError("not a WARC")
    return found
