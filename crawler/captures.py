"""How each stored response came: address, status, headers, moment, SHA-256. Noted while it passes, written with the post that keeps it."""

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.http import Response

from core.text import conceal

_KEPT = 4096
_MAX_HEADER = 1000
# Sessions are nobody's evidence; lengths and encodings are those of the wire, and we keep what they unpacked to.
_LEFT_OUT = frozenset({"set-cookie", "content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"})


class Captures:
    """The latest responses by the digest of their body; `now` is when the run began."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._born = time.monotonic()
        self._seen: OrderedDict[str, dict[str, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def note(self, url: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Note a response that has just arrived."""
        digest = hashlib.sha256(body).hexdigest()
        shown = {name: conceal(value)[:_MAX_HEADER] for name, value in headers.items() if name.lower() not in _LEFT_OUT}
        at = self._now + timedelta(seconds=time.monotonic() - self._born)
        entry = {"url": url, "status": status, "headers": shown, "at": at.isoformat(timespec="seconds"), "sha256": digest, "size": len(body)}
        with self._lock:
            self._seen[digest] = entry
            self._seen.move_to_end(digest)
            while len(self._seen) > _KEPT:
                self._seen.popitem(last=False)

    def of(self, body: bytes) -> dict[str, Any] | None:
        """How these bytes came; None for bytes that no response brought (a file of the inbox, a page put together by a browser)."""
        with self._lock:
            return self._seen.get(hashlib.sha256(body).hexdigest())


class CaptureMiddleware:
    """Downloader middleware that notes what may be kept: whole answers of pages and files."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "CaptureMiddleware":
        return cls(crawler)

    def process_response(self, request: Request, response: Response, spider: Spider | None = None) -> Response:
        """Pass the response on unchanged."""
        keeper = getattr(self._crawler.spider, "keeper", None)
        if keeper is not None and response.status == 200 and response.body and request.method == "GET" and "access_token=" not in request.url:
            headers = {name.decode("latin-1"): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
            keeper.captures.note(response.url, response.status, headers, bytes(response.body))
        return response
