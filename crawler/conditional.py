"""Asking only for what changed: validators of an answer, and digests by which two answers are compared."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple


class Validators(NamedTuple):
    """ETag and Last-Modified of an answer, "" where the server gives none."""

    etag: str = ""
    modified: str = ""

    def headers(self) -> dict[str, str]:
        """What makes a request conditional; empty when there is nothing to compare."""
        given = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in given.items() if value}


def validators_of(headers: Mapping[str, str]) -> Validators:
    """The validators in an answer's headers. Over-long ones, and such as cannot be sent back, are not kept."""
    etag, modified = headers.get("etag", ""), headers.get("last-modified", "")
    return Validators(etag if len(etag) <= 200 and etag.isprintable() else "", modified if len(modified) <= 64 and modified.isprintable() else "")


def digest(*parts: str | bytes) -> str:
    """32 hex digits by which the same is known again."""
    made = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        made.update(len(data).to_bytes(8, "big"))
        made.update(data)
    return made.hexdigest()
