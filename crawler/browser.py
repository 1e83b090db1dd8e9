"""Pages that exist only after JavaScript ran: which browser, how to wait, how to turn a list's page."""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from core.errors import CollectionError
from crawler.addresses import is_local, is_public
from crawler.fetch import is_challenge

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "microsoft-edge-stable", "msedge", "chrome")
_OWN = ("chromium-*/chrome-linux*/chrome", "chromium-*/chrome-mac*/Chromium.app/Contents/MacOS/Chromium", "chromium-*/chrome-win*/chrome.exe")
_PATIENCE = 15.0
_NEXT = re.compile(r"^\s*[\[<(]?\s*(?:下一?页|后一?页)\s*[\]>)›»]*\s*$")


def find_browser() -> str | None:
    """The path of a Chromium, Chrome or Edge: XUNCHA_CHROMIUM, else installed on the system, else Playwright's own; None without any."""
    named = os.environ.get("XUNCHA_CHROMIUM")
    if named:
        return named if Path(named).exists() else shutil.which(named)
    installed = next((path for path in map(shutil.which, _NAMES) if path), None)
    if installed:
        return installed
    folder = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return next((str(path) for pattern in _OWN for path in sorted(folder.glob(pattern), reverse=True)), None)


_INWARD = ("localhost", "*.localhost", "*.local", "*.internal", "0.*", "10.*", "127.*", "169.254.*", "192.168.*", "[*", *(f"172.{n}.*" for n in range(16, 32)))


def browser_settings(path: str, permitted: Collection[str] = ()) -> dict[str, Any]:
    """Scrapy settings that make rendered pages possible; only laid over where a rendered source is due, for they start a browser driver."""
    rules = [f"MAP {pattern} ~NOTFOUND" for pattern in _INWARD] + [f"EXCLUDE {host}" for host in sorted(permitted)]
    handler = "scrapy_playwright.handler.ScrapyPlaywrightDownloadHandler"
    return {
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": path,
            "headless": True,
            "args": [
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--no-first-run",
                "--disable-gpu",
                f"--host-resolver-rules={','.join(rules)}",
            ],
        },
        "PLAYWRIGHT_ABORT_REQUEST": Unneeded(permitted),
    }


class Unneeded:
    """Says which requests of a page are aborted: what a list can do without, and what leads into the internal network (but to `permitted` hosts)."""

    def __init__(self, permitted: Collection[str]) -> None:
        self._inward: dict[str, bool] = dict.fromkeys(permitted, False)

    async def __call__(self, request: Any) -> bool:
        """True for a request that is not to be made."""
        host = urlsplit(request.url).hostname if request.url.startswith(("http://", "https://", "ws://", "wss://")) else None
        return unneeded(request) or (host is not None and await self._leads_inside(host))

    async def _leads_inside(self, host: str) -> bool:
        if host not in self._inward:
            try:
                found = await asyncio.get_running_loop().getaddrinfo(host, None)
            except OSError:
                found = []
            self._inward[host] = is_local(host) or any(not is_public(str(entry[4][0])) for entry in found)
        return self._inward[host]


def unneeded(request: Any) -> bool:
    """True for what a list can do without: pictures, fonts, media, other schemes."""
    return request.resource_type in {"image", "media", "font"} or not request.url.startswith(("http://", "https://", "data:", "blob:"))


@asynccontextmanager
async def open_page(crawler: Crawler, url: str, timeout: float) -> AsyncIterator[Any]:
    """A browser page on the address, closed at the end; raises CollectionError when it does not open at the second try either."""
    from playwright.async_api import Error as BrowserError

    page = None
    try:
        try:
            page = await _opened(crawler, url, timeout)
        except CollectionError as error:
            if error.status != "unreachable":
                raise
            page = await _opened(crawler, url, timeout)
        yield page
    except BrowserError as error:
        raise CollectionError("unreachable", _browser_reason(error)) from None
    finally:
        await _close(page)


async def _opened(crawler: Crawler, url: str, timeout: float) -> Any:
    from playwright.async_api import Error as BrowserError

    engine = crawler.engine
    assert engine is not None
    meta = {
        "playwright": True,
        "playwright_include_page": True,
        "playwright_page_goto_kwargs": {"wait_until": "domcontentloaded", "timeout": timeout * 1000},
        "download_timeout": timeout,
        "autothrottle_dont_adjust_delay": True,  # a browser's own time says nothing about the server
    }
    request = Request(url, meta=meta, dont_filter=True)
    try:
        response = await asyncio.wait_for(engine.download_async(request), 2 * timeout)
        page = response.meta.get("playwright_page")
        if response.status in {401, 403, 412, 429}:
            raise CollectionError("expired-login" if response.status == 401 else "blocked", f"网站拒绝访问（{response.status}）")
        if response.status >= 400:
            raise CollectionError("unreachable", f"服务器返回错误 {response.status}")
        if page is None:
            raise CollectionError("unreachable", "浏览器没有打开页面")
    except IgnoreRequest:
        raise CollectionError("blocked", "网站的 robots.txt 不允许采集") from None
    except (BrowserError, OSError) as error:
        await _close(request.meta.get("playwright_page"))
        raise CollectionError("unreachable", _browser_reason(error)) from None
    except CollectionError:
        await _close(request.meta.get("playwright_page"))
        raise
    return page


async def _close(page: Any) -> None:
    from playwright.async_api import Error as BrowserError

    try:
        if page is not None and not page.is_closed():
            await page.close()
    except BrowserError:
        return  # the browser itself is gone


def _browser_reason(error: Exception) -> str:
    text = str(error)
    if "Executable doesn't exist" in text or "Failed to launch" in text:
        return "浏览器无法启动，请检查 XUNCHA_CHROMIUM"
    if "ERR_CONNECTION_REFUSED" in text:
        return "连接被拒绝，网站可能已停"
    if "ERR_NAME_NOT_RESOLVED" in text:
        return "域名无法解析"
    return "超过时间没有响应" if "Timeout" in text or isinstance(error, TimeoutError) else "浏览器未能打开页面"


async def settled(page: Any, count: Callable[[bytes], int], patience: float = _PATIENCE) -> bytes:
    """The page's HTML once the number that `count` finds in it has stood still and the network is quiet, or patience has run out."""
    body, seen, still = b"", -1, 0
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    quiet = asyncio.create_task(_quiet(page, patience))
    try:
        while loop.time() < end:
            body = (await page.content()).encode()
            number = count(body)
            still = still + 1 if number == seen else 0
            seen = number
            if quiet.done() and (number or still) and still >= 1:
                break
            await asyncio.sleep(0.15)
    finally:
        quiet.cancel()
    if is_challenge(body) and seen <= 0:
        raise CollectionError("blocked", "网站要求验证（验证码或防护页面）")
    return body


async def _quiet(page: Any, patience: float) -> None:
    from playwright.async_api import Error as BrowserError

    try:
        await page.wait_for_load_state("networkidle", timeout=patience * 1000)
    except BrowserError:
        return


async def click_next(page: Any) -> bool:
    """Press 下一页 where there is one that can be pressed; False at the end of the list."""
    from playwright.async_api import Error as BrowserError

    candidates = page.locator("a, button, [role=button], li, span").filter(has_text=_NEXT)
    for index in range(min(await candidates.count(), 6)):
        button = candidates.nth(index)
        marks = f"{await button.get_attribute('class') or ''} {await button.get_attribute('aria-disabled') or ''}".lower()
        if "disable" in marks or "true" in marks or not await button.is_visible() or not await button.is_enabled():
            continue
        try:
            await button.click(timeout=3000)
        except BrowserError:
            return False
        return True
    return False


async def scroll(page: Any) -> None:
    """To the end of the page, where lists load more."""
    await page.evaluate("window.scrollTo(0, document.body.scrollHeight)")


if __name__ == "__main__":  # asked by deploy/setup.sh: is there a browser, and which
    print(find_browser() or "")
    raise SystemExit(0 if find_browser() else 1)
