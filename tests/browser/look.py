"""Looking at a page: what its tab said and asked for, what a careful person would object to, and where it leads."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, expect

from browser.conftest import PHONE, WIDE

LOOK = (Path(__file__).parent / "look.js").read_text("utf-8")
SIDEWAYS = (Path(__file__).parent / "wide.js").read_text("utf-8")
LEAST_CONTRAST = 4.5
LINKS = """() => [...new Set([...document.querySelectorAll("a[href], [hx-get], form[method=get]")].flatMap(
  (node) => [node.tagName === "A" ? node.getAttribute("href") : null, node.getAttribute("hx-get"), node.tagName === "FORM" ? node.getAttribute("action") : null]
).filter(Boolean))]"""


@dataclass
class Ear:
    """What a tab has said since it was last asked: console errors and warnings, uncaught errors, requests that leave the desk, answers ≥ 500.

    `parts`: addresses of parts of pages that the tab fetched by itself.
    """

    base: str
    heard: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.heard.append(f"脚本出错：{error}"))
        page.on("request", self._request)
        page.on("response", lambda answer: self.heard.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.heard.append(f"控制台 {message.type}：{message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.base}/", "data:", "about:", "blob:")):
            self.heard.append(f"请求了别的主机：{request.url}")
        elif request.resource_type in ("xhr", "fetch") and request.method == "GET":
            self.parts.append(request.url)

    def take(self) -> list[str]:
        taken, self.heard = self.heard, []
        return taken


@contextmanager
def tab(context: Any, base: str) -> Iterator[tuple[Page, Ear]]:
    """A tab with an ear on it."""
    page, ear = context.new_page(), Ear(base)
    ear.listen(page)
    yield page, ear
    page.close()


def objections(page: Page) -> list[str]:
    """Everything wrong with the page as it stands, on a desk's screen and on a phone."""
    told: list[str] = list(page.evaluate(LOOK, LEAST_CONTRAST))
    told += [f"1366×768 {text}" for text in page.evaluate(SIDEWAYS)]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    told += [f"390×844 {text}" for text in page.evaluate(SIDEWAYS)]
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return told


def settle(page: Page) -> None:
    """Until everything that loads late has come."""
    expect(page.locator(".loading, .htmx-request")).to_have_count(0, timeout=60_000)


def links(page: Page, base: str) -> list[str]:
    """Addresses of the desk that the page leads to, without what comes after #."""
    found = (urljoin(page.url, href).partition("#")[0] for href in page.evaluate(LINKS))
    return list(dict.fromkeys(href for href in found if href.startswith(f"{base}/") and "/static/" not in urlsplit(href).path))
