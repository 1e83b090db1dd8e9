"""Hands for the story of a month: logging in, making a person, deciding, reading what the desk answers."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from browser.look import Ear

ID = "61032619900307123X"  # made up; its check digit is right
MASKED = "610326********123X"
OWN = "Meixian-xuncha-{}"

Open = Callable[[], tuple[Page, Ear]]


def log_in(page: Page, name: str, password: str) -> None:
    """Through the login page."""
    page.goto("/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()


def take_password(page: Page, name: str, once: str) -> None:
    """The first login: nothing opens before the one-time password is changed, and a poor new one is refused."""
    log_in(page, name, once)
    expect(page).to_have_url(re.compile("/password/$"))
    page.goto("/findings/")
    expect(page).to_have_url(re.compile("/password/$"))
    for new, told in (("12345678901", "请改正"), (OWN.format(name), "")):
        page.get_by_label("旧密码").fill(once)
        page.get_by_label("新密码").first.fill(new)
        page.get_by_label("新密码").last.fill(new)
        page.get_by_role("button", name="更新密码").click()
        expect(page.get_by_role("alert" if told else "status")).to_contain_text(told or "密码已更新")


def make_person(page: Page, name: str, called: str, role: str, unit: str = "") -> str:
    """The administrator makes a user; returns the one-time password that is shown."""
    page.goto("/users/new/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("姓名").fill(called)
    page.get_by_label("角色").select_option(label=role)
    page.get_by_role("combobox", name=re.compile("^单位")).select_option(label=unit or "（不属于某个单位）")
    page.get_by_role("button", name="新建用户").click()
    secret = page.locator("code.secret").inner_text()
    page.get_by_role("link", name="记好了").click()
    expect(page.get_by_role("cell", name=called)).to_be_visible()
    return secret


def decide(page: Page, word: str, reason: str = "") -> None:
    """A verdict on the finding that is open."""
    form = page.locator(".verdict-form")
    form.get_by_role("radio", name=word).check()
    form.get_by_label("理由").fill(reason)
    form.get_by_role("button").click()


def told(page: Page, text: str) -> None:
    """The desk has just said this."""
    expect(page.locator("#messages")).to_contain_text(text)


def state(page: Page, word: str) -> None:
    """The state of the finding that is open."""
    expect(page.locator(".state").first).to_have_text(word)


def take(page: Page, press: Callable[[], Any]) -> tuple[str, bytes]:
    """Name and bytes of the file that comes when one presses."""
    with page.expect_download() as coming:
        press()
    saved = Path(coming.value.path())
    return coming.value.suggested_filename, saved.read_bytes()


def name_list() -> bytes:
    """A workbook with a leak in it."""
    from openpyxl import Workbook

    book = Workbook()
    sheet: Any = book.active
    for row in (["姓名", "身份证号", "金额"], ["张三", ID, 500], ["李四", ID, 500]):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
