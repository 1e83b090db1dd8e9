"""The desk without a mouse: the skip link, the order of Tab, and the keys of 问题."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from browser.desk_server import Desk
from browser.look import tab

# The browser itself draws the ring around the parts of a date field.
FOCUS = """() => {
  const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
  const before = window.lastFocus;
  window.lastFocus = node;
  return {
    place: node.tagName === "BODY" ? "" : `${node.tagName} ${node.className} ${(node.innerText || node.name || "").trim().slice(0, 20)}`,
    seen: node.checkVisibility() && box.right > 0 && box.bottom > 0 && box.left < innerWidth && box.top < innerHeight,
    ring: node.type === "date" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
    later: !before || before === document.body || before === node || !!(before.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_FOLLOWING),
  };
}"""


@pytest.fixture
def page(desk: Desk, as_role: Callable[..., Any]) -> Any:
    with tab(as_role("reviewer"), desk.base) as (opened, ear):
        yield opened
        assert not ear.take()


def test_the_skip_link_comes_first_and_leads_to_the_content(page: Page) -> None:
    page.goto("/units/")
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="跳到正文")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()


@pytest.mark.parametrize("address", ["/", "/findings/?state=all", "/precheck/", "/bulletins/2023-10/"])
def test_tab_goes_down_the_page_and_shows_where_it_is(page: Page, address: str) -> None:
    page.goto(address)
    wrong, stops = [], 0
    for _ in range(30):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if not stop["place"]:
            break
        stops += 1
        wrong += [f"{stop['place']}：{key}" for key in ("seen", "ring", "later") if not stop[key]]
    assert not wrong
    assert stops > 12


def test_findings_by_keys_alone(page: Page) -> None:
    """j and k move, x chooses, Enter opens beside the list, e and n lead to the verdict, Escape closes, ? explains."""
    page.goto("/findings/")
    keys, rows = page.keyboard, page.locator("[data-row]")
    for pressed, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        keys.press(pressed)
        expect(rows.nth(at)).to_have_class("current")
        expect(rows.nth(at).locator("a[data-open]")).to_be_focused()
    keys.press("x")
    expect(rows.nth(1).locator("input[type=checkbox]")).to_be_checked()
    expect(page.locator("[data-chosen-count]")).to_have_text("1")
    keys.press("x")
    expect(page.locator("[data-chosen]")).to_be_hidden()
    keys.press("Enter")
    beside = page.locator("#beside")
    expect(beside).to_have_attribute("data-uid", rows.nth(1).get_attribute("data-row") or "")
    expect(beside.locator(".excerpt")).to_be_visible()
    keys.press("n")
    expect(beside.get_by_role("radio", name="标为误报")).to_be_checked()
    expect(beside.get_by_label("理由")).to_be_focused()
    keys.type("jk")  # in a field the keys are letters
    expect(beside.get_by_label("理由")).to_have_value("jk")
    keys.press("Escape")
    keys.press("e")
    expect(beside.get_by_role("radio", name="确认问题")).to_be_checked()
    keys.press("Escape")
    keys.press("Escape")
    expect(beside).to_be_hidden()
    keys.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("下一条、上一条")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_back_and_a_bookmark_bring_the_same_findings(page: Page) -> None:
    page.goto("/findings/")
    page.get_by_role("combobox", name="级别", exact=True).select_option("veto")
    page.wait_for_url("**severity=veto**")
    told, address = page.locator("header.head p").inner_text(), page.url
    page.locator("[data-row] a[data-open]").first.click()
    expect(page.locator("#beside")).to_be_visible()
    assert "open=" in page.url
    page.go_back()
    assert page.url == address
    expect(page.locator("#beside")).to_be_hidden()
    page.goto(address)
    assert page.locator("header.head p").inner_text() == told
    page.get_by_role("combobox", name="级别", exact=True).select_option("")
    page.wait_for_url(lambda url: "severity=veto" not in url)
    assert page.locator("header.head p").inner_text() != told
