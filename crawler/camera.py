"""Pictures of pages, taken by a browser in a process of its own: `python -m crawler.camera`, asked and answering over standard input and output.

The browser gets HTML only, runs no script, and can reach no address whatever: a stored page is not to be trusted.
"""

import json
import os
import select
import struct
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, Self

from core.errors import EnvironmentFailure
from crawler.browser import find_browser

WIDTH = 1200
MAX_HEIGHT = 2400
_MARGIN = 220
_HEAD = ".xuncha-head{position:absolute;"
_START_SECONDS = 120.0
_LENGTH = struct.Struct(">I")
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-gpu",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-remote-fonts",
]


@dataclass(frozen=True, slots=True)
class Shot:
    """A PNG and how many of the marked places are on it."""

    png: bytes
    places: int


class Camera:
    """The process with the browser; started at the first picture, ended by `close`. A picture that takes too long ends the process, and the next one starts another."""

    def __init__(self, seconds: float = 20.0) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def take(self, html: str) -> Shot | None:
        """A picture of the page around its marks (`.xuncha-mark`); None when the browser could not do it in time. Raises EnvironmentFailure without a browser."""
        data = html.encode()
        try:
            process = self._process or self._started()
            assert process.stdin
            process.stdin.write(_LENGTH.pack(len(data)) + data)
            process.stdin.flush()
            end = time.monotonic() + self._seconds
            head = json.loads(self._read(process, end))
            png = self._read(process, end)
        except (OSError, TimeoutError, ValueError):
            self.close(kill=True)
            return None
        return Shot(png, int(head["places"])) if png else None

    def _started(self) -> "subprocess.Popen[bytes]":
        """A process whose browser is up; a busy machine takes its time for that, which is no page's fault."""
        process = self._process = _start()
        self._read(process, time.monotonic() + _START_SECONDS)
        return process

    def _read(self, process: "subprocess.Popen[bytes]", end: float) -> bytes:
        (length,) = _LENGTH.unpack(self._exactly(process, _LENGTH.size, end))
        return self._exactly(process, length, end)

    def _exactly(self, process: "subprocess.Popen[bytes]", size: int, end: float) -> bytes:
        assert process.stdout
        found = b""
        while len(found) < size:
            left = end - time.monotonic()
            if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
                raise TimeoutError
            piece = os.read(process.stdout.fileno(), size - len(found))
            if not piece:
                raise OSError("the camera is gone")
            found += piece
        return found

    def close(self, kill: bool = False) -> None:
        """End the process; its browser ends with it."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            if process.stdin and not kill:
                process.stdin.close()
                process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            kill = True
        if kill or process.poll() is None:
            _end_group(process)
        for stream in (process.stdin, process.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()


def _start() -> "subprocess.Popen[bytes]":
    if find_browser() is None:
        raise EnvironmentFailure("没有找到浏览器，不能截图：请安装 Chromium，或用环境变量 XUNCHA_CHROMIUM 指明它的位置")
    return subprocess.Popen(
        [sys.executable, "-m", "crawler.camera"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, bufsize=0
    )


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """The process and the browser below it."""
    import signal

    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()
    process.wait(10)


# --- the process itself -------------------------------------------------------------------------------------------


def main() -> int:
    """Answer each page with a picture until standard input ends."""
    from playwright.sync_api import Error as BrowserError
    from playwright.sync_api import sync_playwright

    inside, outside = sys.stdin.buffer, sys.stdout.buffer
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_browser(), headless=True, args=_ARGUMENTS)
        outside.write(_LENGTH.pack(2) + b"{}")
        outside.flush()
        while html := _asked(inside):
            try:
                head, png = _shoot(browser, html)
            except BrowserError:
                head, png = {"places": 0}, b""
            data = json.dumps(head).encode()
            outside.write(_LENGTH.pack(len(data)) + data + _LENGTH.pack(len(png)) + png)
            outside.flush()
        browser.close()
    return 0


def _asked(stream: IO[bytes]) -> str:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return ""
    return stream.read(_LENGTH.unpack(head)[0]).decode("utf-8", "replace")


def _shoot(browser: Any, html: str) -> tuple[dict[str, int], bytes]:
    context = browser.new_context(
        java_script_enabled=False, offline=True, viewport={"width": WIDTH, "height": 800}, service_workers="block", accept_downloads=False
    )
    try:
        context.route("**/*", lambda route: route.abort())
        page = context.new_page()
        page.set_default_timeout(8000)
        page.set_content(html, wait_until="domcontentloaded")
        boxes = [box for mark in page.locator(".xuncha-mark").all()[:200] if (box := mark.bounding_box(timeout=2000)) and box["width"] and box["height"]]
        height = int(page.locator("html").bounding_box()["height"]) or 800
        top, bottom = _range(boxes, height)
        if top and _HEAD in html:  # the line that says what and when belongs on the picture, wherever that is cut out
            page.set_content(html.replace(_HEAD, f"{_HEAD}top:{top}px;", 1), wait_until="domcontentloaded")
        shown = sum(top <= box["y"] < bottom for box in boxes)
        png: bytes = page.screenshot(
            full_page=True, clip={"x": 0, "y": top, "width": WIDTH, "height": bottom - top}, type="png", animations="disabled", timeout=8000
        )
        return {"places": shown}, png
    finally:
        context.close()


def _range(boxes: list[dict[str, float]], height: int) -> tuple[int, int]:
    """From above the first place to below the last, as far as one picture reaches."""
    if not boxes:
        return 0, max(200, min(height, 1200))
    first, last = min(box["y"] for box in boxes), max(box["y"] + box["height"] for box in boxes)
    top = max(0, int(first) - _MARGIN)
    bottom = min(max(height, int(first) + 40), int(last) + _MARGIN, top + MAX_HEIGHT)
    return top, max(bottom, top + 200)


if __name__ == "__main__":
    raise SystemExit(main())
