"""The platforms of new-media accounts as one little server on loopback: 微信's and 抖音's interfaces, 微博's list, feeds, article pages."""

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.calendar import SHANGHAI

Reply = tuple[int, str, dict[str, str]]
SECRET = "s3cr3t-of-the-office"


def seconds(year: int, month: int, day: int, hour: int = 9) -> int:
    return int(datetime(year, month, day, hour, tzinfo=SHANGHAI).timestamp())


class Platforms:
    """What each platform holds, what it refuses, and what was asked of it (without secrets)."""

    def __init__(self) -> None:
        self.base = ""
        self.asked: Counter[str] = Counter()
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.refusals: dict[str, Any] = {}  # path → what is answered instead
        self.pages: dict[str, str] = {}
        self.published: list[dict[str, Any]] = []
        self.statistics: dict[str, list[dict[str, Any]]] = {}
        self.weibo: list[list[dict[str, Any]]] = []
        self.long: dict[str, str] = {}
        self.videos: list[list[dict[str, Any]]] = []

    def answer(self, method: str, path: str, query: dict[str, str], body: Any, headers: dict[str, str]) -> Reply:
        self.asked[path] += 1
        self.seen.append((path, headers))
        if path in self.refusals:
            refusal = self.refusals[path]
            return refusal if isinstance(refusal, tuple) else _json(refusal)
        known: dict[str, Callable[[dict[str, str], Any, dict[str, str]], Any]] = {
            "/cgi-bin/stable_token": self._token,
            "/cgi-bin/freepublish/batchget": self._batchget,
            "/datacube/getarticletotaldetail": self._statistics,
            "/api/container/getIndex": self._get_index,
            "/statuses/extend": lambda query, _, __: {"ok": 1, "data": {"longTextContent": self.long.get(query["id"], "")}},
            "/api/douyin/v1/video/video_list/": self._video_list,
            "/oauth/refresh_token/": lambda query, _, __: {"data": {"access_token": SECRET} if query["refresh_token"] == SECRET else {"error_code": 2190008}},
        }
        if path in known:
            return _json(known[path](query, body, headers))
        if path in self.pages:
            kind = "application/json" if self.pages[path].startswith("{") else "application/xml" if self.pages[path].startswith("<?xml") else "text/html"
            return 200, self.pages[path], {"Content-Type": f"{kind}; charset=utf-8"}
        return 404, "", {}

    def _token(self, _: dict[str, str], body: Any, __: dict[str, str]) -> Any:
        return {"access_token": SECRET, "expires_in": 7200} if body["secret"] == SECRET else {"errcode": 40125, "errmsg": "invalid appsecret"}

    def _batchget(self, query: dict[str, str], body: Any, _: dict[str, str]) -> Any:
        if query.get("access_token") != SECRET:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        items = self.published[body["offset"] : body["offset"] + body["count"]]
        return {"total_count": len(self.published), "item_count": len(items), "item": items}

    def _statistics(self, query: dict[str, str], body: Any, _: dict[str, str]) -> Any:
        if body["begin_date"] != body["end_date"]:
            return {"errcode": 61501, "errmsg": "date range error"}
        return {"list": self.statistics.get(body["begin_date"], []), "is_delay": False}

    def _get_index(self, query: dict[str, str], _: Any, __: dict[str, str]) -> Any:
        page = int(query.get("since_id", "0"))
        cards = self.weibo[page] if page < len(self.weibo) else []
        following = {"since_id": page + 1} if page + 1 < len(self.weibo) else {}
        return {"ok": 1, "data": {"cardlistInfo": {"total": sum(map(len, self.weibo)), **following}, "cards": cards}}

    def _video_list(self, query: dict[str, str], _: Any, headers: dict[str, str]) -> Any:
        if headers.get("access-token") != SECRET or query["open_id"] != "open-1":
            return {"data": {"error_code": 2190008, "description": "access_token过期"}, "extra": {"error_code": 2190008}}
        page = int(query["cursor"])
        return {"data": {"error_code": 0, "list": self.videos[page], "has_more": page + 1 < len(self.videos), "cursor": page + 1}, "extra": {"error_code": 0}}

    # --- making things --------------------------------------------------------------------------------------------

    def article(self, path: str, title: str, moment: int, text: str, stat: int = 0, account: str = "眉县发布") -> str:
        """A 微信 article page of this server."""
        self.pages[path] = (
            f"<html><body><div id='js_article'><h1 id='activity-name'>{title}</h1><div id='js_content'><p>{text}</p></div></div>"
            f'<script>var ct = "{moment}"; var nickname = htmlDecode("{account}"); var _copyright_stat = "{stat}"; var msg_title = \'{title}\'.html(false);</script></body></html>'
        )
        return self.base + path

    def publish(self, title: str, url: str, moment: int, text: str = "") -> None:
        news = {"title": title, "url": url, "content": f"<p>{text}</p>", "is_deleted": False}
        self.published.append({"article_id": str(len(self.published)), "update_time": moment, "content": {"news_item": [news]}})

    def count(self, day: date, msgid: str, title: str = "", url: str = "") -> None:
        row: dict[str, Any] = {"ref_date": day.isoformat(), "msgid": msgid, "publish_type": 0, "detail_list": []}
        self.statistics.setdefault(day.isoformat(), []).append(row | ({"title": title, "content_url": url} if url else {}))


def _json(value: Any) -> Reply:
    return 200, json.dumps(value, ensure_ascii=False), {"Content-Type": "application/json; charset=utf-8"}


def card(bid: str, text: str, created: str, **more: Any) -> dict[str, Any]:
    return {
        "card_type": 9,
        "mblog": {"id": f"48{ord(bid[-1])}0000", "bid": bid, "text": text, "created_at": created, "user": {"id": 1234567890, "screen_name": "眉县发布"}} | more,
    }


def _handler(platforms: Platforms) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"null") if size else None
            headers = {name.lower(): value for name, value in self.headers.items()}
            path = parts.path if parts.path != "/s" else f"/s?{parts.query}"
            status, text, answered = platforms.answer(self.command, path, dict(parse_qsl(parts.query)), body, headers)
            data = text.encode()
            self.send_response(status)
            for name, value in answered.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_POST = do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


@contextmanager
def running() -> Iterator[Platforms]:
    platforms = Platforms()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(platforms))
    server.daemon_threads, server.block_on_close = True, False
    platforms.base = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield platforms
    finally:
        server.shutdown()
        server.server_close()
