"""Chromium as the product finds it, and desks to look at. Playwright lives as long as this package's tests and no longer."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from browser.desk_server import Desk, collected, running
from crawler.browser import find_browser

WIDE, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
OPTIONS = ["--no-sandbox", "--disable-background-networking"]


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser_type(playwright: Playwright, browser_name: str) -> Any:
    return getattr(playwright, browser_name)


@pytest.fixture(scope="package")
def browser(browser_type: Any, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    path = find_browser()
    assert path, "没有找到 Chromium，请先运行 make setup，或用 XUNCHA_CHROMIUM 指明"
    opened = browser_type.launch(executable_path=path, args=OPTIONS, **browser_type_launch_args)
    yield opened
    opened.close()


@pytest.fixture(scope="package")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": WIDE, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The collected county, shared by all workers of this run; kept between runs where XUNCHA_TEST_COUNTY names a folder for it."""
    if kept := os.environ.get("XUNCHA_TEST_COUNTY"):
        return collected(Path(kept))
    base = tmp_path_factory.getbasetemp()
    return collected((base.parent if base.name.startswith("popen-") else base) / "browser-county")


@pytest.fixture(scope="package")
def desk(county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people of every role; what the tests of wrong input leave behind must not spoil the pages, and it must not have logged a traceback or a server error."""
    with running(county, tmp_path_factory.mktemp("desk"), with_people=True) as started:
        yield started
        log = started.log.read_text("utf-8")
    assert not re.search(r"Traceback|Internal Server Error|ERROR", log), log


@pytest.fixture
def as_role(desk: Desk, new_context: Callable[..., BrowserContext]) -> Callable[..., BrowserContext]:
    """`as_role("officer")`: a browser window in which that person is logged in."""

    def open_window(role: str, **options: Any) -> BrowserContext:
        context = new_context(base_url=desk.base, **options)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "xuncha_session", "value": desk.sessions[role], "url": desk.base}])
        return context

    return open_window
