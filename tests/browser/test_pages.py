"""Every page for every role: reached by links from 今日, right status, quiet console, no other host, nothing sticks out, everything named and readable."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Error as BrowserError

from browser.desk_server import MONTH, Desk
from browser.look import links, objections, settle, tab

EACH = {"administrator": 3}  # addresses of one route that are looked at, else one: more only repeat it
MOST = 150
FILLED = {"int": "1", "slug": "x", "str": "x", "path": "x"}
ALONE = {"health", "login", "logout", "help-picture", "finding-picture"}  # need nobody logged in, or are pictures within other pages


def dummy(route: dict[str, Any]) -> str:
    """An address of the route that leads to nothing real."""
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda hole: FILLED[hole[1] or "str"], route["route"])


def pages_of(desk: Desk, context: Any, role: str) -> list[dict[str, Any]]:
    """The routes that answer this role's GET: all of its routes but those that only take forms."""
    mine = [route for route in desk.routes if role in route["roles"]]
    return [route for route in mine if context.request.get(dummy(route), max_redirects=0).status != 405]


def walk(desk: Desk, context: Any, each: int) -> tuple[dict[str, list[str]], list[str]]:
    """Follow links from 今日, a few of each route; what was visited by route, and every objection."""
    queue, visited, wrong = [f"{desk.base}/?month={MONTH}"], dict[str, list[str]](), list[str]()
    with tab(context, desk.base) as (page, ear):
        while queue and sum(map(len, visited.values())) < MOST:
            address = queue.pop(0)
            route = desk.route_of(address)
            if route is None or route["name"] in ALONE or len(visited.setdefault(route["name"], [])) >= each or address in visited[route["name"]]:
                continue
            visited[route["name"]].append(address)
            wrong += [f"{address.removeprefix(desk.base)}：{text}" for text in look_at(page, address) + ear.take()]
            queue += [href for href in (*links(page, desk.base), *ear.parts) if href not in queue]
    return visited, wrong


def filled(desk: Desk, route: dict[str, Any], visited: dict[str, list[str]]) -> str | None:
    """An address of a route that no link leads to just now, made of the values in visited addresses that begin alike; None where there are none."""
    path = route["route"]
    for hole in re.findall(r"<(?:\w+:)?\w+>", path):
        head = route["route"][: route["route"].index(hole) + len(hole)]
        alike = (href for name in visited for href in visited[name] if (desk.route_of(href) or route)["route"].startswith(head))
        value = next((desk.values_of(href)[hole.strip("<>").rpartition(":")[2]] for href in alike), None)
        if value is None:
            return None
        path = path.replace(hole, value)
    return f"{desk.base}/{path}"


def look_at(page: Any, address: str) -> list[str]:
    """Open the page with everything that loads late in it, and object; a file comes as a download instead."""
    try:
        answer = page.goto(address)
    except BrowserError as error:
        return [] if "Download is starting" in str(error) else [str(error)]
    if answer.status != 200:
        return [f"状态 {answer.status}"]
    if not page.locator("h1").count():
        return []
    settle(page)
    return objections(page)


@pytest.fixture(scope="package")
def lived_in(desk: Desk, browser: Any) -> None:
    """A month issued and a unit added, so that there are versions and changes to look at."""
    for role, address, press in (("reviewer", f"/bulletins/{MONTH}/issue/", "确认签发"), ("administrator", "/config/list/units/new/", "新增单位")):
        context = browser.new_context(base_url=desk.base)
        context.set_default_timeout(60_000)
        context.add_cookies([{"name": "xuncha_session", "value": desk.sessions[role], "url": desk.base}])
        page = context.new_page()
        page.goto(address)
        if role == "administrator":
            page.get_by_role("textbox", name="名称").first.fill("县新设机构")
        page.get_by_role("button", name=press).click()
        page.wait_for_url(lambda url, address=address: address not in url)
        context.close()


@pytest.mark.usefixtures("lived_in")
@pytest.mark.parametrize("role", ["administrator", "reviewer", "director", "officer"])
def test_every_page_of_the_role_is_reached_and_is_in_order(desk: Desk, as_role: Callable[..., Any], role: str) -> None:
    context = as_role(role)
    visited, wrong = walk(desk, context, EACH.get(role, 1))
    unreached = [route for route in pages_of(desk, context, role) if route["name"] not in visited and route["name"] not in ALONE]
    with tab(context, desk.base) as (page, ear):
        for route in unreached:
            address = filled(desk, route, visited)
            found = look_at(page, address) if address else ["没有链接通到这里"]
            wrong += [f"{route['route']}：{text}" for text in found + ear.take()]
    assert not wrong, "\n".join(f"{count}× {text}" for text, count in Counter(wrong).items())
    assert len(visited) > 10
