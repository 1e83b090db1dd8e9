"""A little web on loopback: pages by path, and the threaded server that shows them."""

import errno
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from core.errors import EnvironmentFailure

HOST = "127.0.0.1"
PORT = 18610
_FORM_LIMIT = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the web."""

    body: bytes
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[str, dict[str, str], dict[str, str]], Page]
MISSING = Page(
    '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><title>页面不存在</title></head>'
    "<body><h1>404</h1><p>您访问的页面不存在或已被删除。</p></body></html>".encode(),
    status=404,
)


class Web:
    """Pages and handlers by path; `base` is known before any page is built, so pages may name full addresses."""

    def __init__(self, port: int = PORT) -> None:
        self._server = _bind(port)
        self._pages: dict[str, Page | Handler] = {}
        self.base = f"http://{HOST}:{self._server.server_address[1]}"

    def add(self, path: str, page: Page | Handler) -> None:
        """Show a page at a path (query included where it has one); a handler gets `method, query, form` for the bare path."""
        if not path.startswith("/"):
            raise ValueError(f"路径应以 / 开头：{path}")
        if path in self._pages:
            raise ValueError(f"同一路径登记了两次：{path}")
        self._pages[path] = page

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self._pages)

    def answer(self, method: str, target: str, form: dict[str, str] | None = None) -> Page:
        """What the web says to a request, e.g. `answer("GET", "/col/col1/index.html")`."""
        parts = urlsplit(target)
        path = unquote(parts.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        page = self._pages.get(f"{path}?{parts.query}") if parts.query else None
        if page is None:
            page = self._pages.get(path)
        if page is None:
            return MISSING
        if isinstance(page, Page):
            if method == "POST":
                return replace(MISSING, status=405)
            return page
        return page(method, query, form or {})

    def close(self) -> None:
        """Give the port back."""
        self._server.server_close()

    @property
    def server(self) -> ThreadingHTTPServer:
        return self._server


@contextmanager
def serve(web: Web) -> Iterator[Web]:
    """Answer requests in threads until the block ends; then the port is free again."""
    server = web.server
    server.RequestHandlerClass = _handler(web)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="demo-web", daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        thread.join()
        web.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no event here."""


def _bind(port: int) -> ThreadingHTTPServer:
    """A listening server on the port, or on a free one when it is taken."""
    for wanted in dict.fromkeys((port, 0)):
        try:
            return _Server((HOST, wanted), BaseHTTPRequestHandler)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) or wanted == 0:
                raise EnvironmentFailure(f"示例县网站无法在 {HOST} 上监听端口（{error.strerror}），请检查本机网络后重试") from None
    raise EnvironmentFailure(f"示例县网站在 {HOST} 上找不到空闲端口，请关闭占用端口的程序后重试")


def _handler(web: Web) -> type[BaseHTTPRequestHandler]:
    """The request handler for one web."""

    class WebHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "Portal"
        sys_version = ""
        timeout = 30
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_GET(self) -> None:
            self._send(web.answer("GET", self.path))

        def do_HEAD(self) -> None:
            self._send(web.answer("GET", self.path), body=False)

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "0")
            if not length.isdecimal() or int(length) > _FORM_LIMIT:
                self.close_connection = True
                self._send(replace(MISSING, status=413))
                return
            body = self.rfile.read(int(length)).decode("utf-8", "replace")
            self._send(web.answer("POST", self.path, dict(parse_qsl(body, keep_blank_values=True))))

        def _send(self, page: Page, *, body: bool = True) -> None:
            tag = f'"{hashlib.sha256(page.body).hexdigest()[:24]}"'
            if page.status == 200 and self.command != "POST" and tag in self.headers.get("If-None-Match", ""):
                page, body = replace(page, status=304, body=b""), False
            self.send_response(page.status)
            self.send_header("Content-Type", page.content_type)
            if page.status != 304:
                self.send_header("Content-Length", str(len(page.body)))
            if page.status in (200, 304):
                self.send_header("ETag", tag)
            for name, value in page.headers:
                self.send_header(name, value)
            self.end_headers()
            if body:
                self.wfile.write(page.body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: what was asked is known from what was collected."""

    return WebHandler
