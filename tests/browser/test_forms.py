"""Wrong input on every form of every page: an answer in plain Chinese, never a failure of the desk."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from browser.desk_server import MONTH, Desk
from browser.look import links, settle, tab

FORMS = """() => [...document.forms].map((form) => ({
  action: form.action, method: form.method, files: form.enctype === "multipart/form-data",
  fields: [...form.elements].filter((field) => field.name && field.type !== "submit").map((field) => ({
    name: field.name, type: field.type, value: field.value, required: field.required, most: field.maxLength ?? -1, checked: field.checked,
  })),
}))"""
KEPT = ("csrfmiddlewaretoken", "next")
TYPED = ("text", "textarea", "search", "email", "url", "password", "date", "number", "month")
SUCCESS = re.compile(r'class="(?:message message-(?:success|info)"|card outcome )')
TROUBLE = re.compile(r'class="(?:message message-(?:error|warning)|error-summary|field-error|card error-page)[" ]')
RUDE = re.compile(r"Traceback|Exception|操作失败|Internal Server Error|IntegrityError|invalid literal", re.IGNORECASE)
LONG = "很长" * 5_000


def values(form: dict[str, Any], way: str) -> Iterator[tuple[str, Any]]:
    """The form's fields filled in one wrong way; the token stays right, for a wrong one is refused before anything else."""
    for field in form["fields"]:
        name, kind = field["name"], field["type"]
        if name in KEPT:
            yield name, field["value"]
        elif kind == "file":
            if way != "empty":
                yield name, {"name": "../../名单<b>.docx", "mimeType": "application/octet-stream", "buffer": b"\x00\xffPK\x03\x04nothing" * 40}
        elif way == "long" and kind in TYPED:
            yield name, LONG
        elif way == "strange":
            yield name, "'\"><script>alert(1)</script>\x00😀９９九=1+1"
        elif way == "long":
            yield name, field["value"]
        elif way == "empty" and kind not in ("checkbox", "radio"):
            yield name, ""


def forms_of(page: Page, desk: Desk, role: str, most: int) -> list[dict[str, Any]]:
    """Every form with fields that the role meets, one of each kind, with the page it stands on."""
    queue, seen, found = [f"{desk.base}/?month={MONTH}", f"{desk.base}/password/"], dict[str, int](), dict[Any, dict[str, Any]]()
    while queue and len(seen) < most:
        address = queue.pop(0)
        route = desk.route_of(address)
        if route is None or seen.get(route["name"]) or re.search(r"/files/|/versions/\d+/.|/export/|\.png$", address):
            continue
        seen[route["name"]] = 1
        page.goto(address)
        settle(page)
        for form in page.evaluate(FORMS):
            fields = tuple(sorted({field["name"] for field in form["fields"]} - set(KEPT)))
            action = desk.route_of(form["action"])
            if fields and action:
                found.setdefault((action["name"], form["method"], fields), form | {"page": address, "to": action["name"]})
        queue += links(page, desk.base)
    return list(found.values())


def send(page: Page, form: dict[str, Any], way: str) -> tuple[int, str]:
    """Send the form as a page without script would; status and text of what comes back."""
    data = dict(values(form, way))
    headers = {"Referer": form["page"]}
    if form["method"] == "get":
        answer = page.request.get(form["action"], params={name: str(value) for name, value in data.items() if not isinstance(value, dict)})
    elif form["files"]:
        answer = page.request.post(form["action"], multipart=data, headers=headers)
    else:
        answer = page.request.post(form["action"], form=data, headers=headers)
    return answer.status, answer.text()


def judge(form: dict[str, Any], way: str, status: int, text: str) -> str:
    """What is wrong with the answer; empty when nothing is."""
    told = f"{form['to']}（{form['page']}）{way}"
    if status >= 500 or RUDE.search(text):
        return f"{told}：{status} {text[:200]}"
    if "<script>alert" in text:
        return f"{told}：回显了脚本"
    if form["method"] == "post" and "</html>" in text and not (SUCCESS.search(text) or TROUBLE.search(text)):
        return f"{told}：{status} 没有任何答复"
    must = way == "empty" and any(field["required"] and field["type"] not in ("radio", "checkbox", "hidden") for field in form["fields"])
    limited = way == "long" and any(0 < field["most"] < len(LONG) and field["type"] in TYPED for field in form["fields"])
    if form["method"] == "post" and (must or limited) and not TROUBLE.search(text):
        return f"{told}：{status} 应当指出错处，却照收了"
    return ""


@pytest.mark.parametrize("role", ["administrator", "officer"])
def test_wrong_input_on_every_form_is_answered_politely(desk: Desk, as_role: Callable[..., Any], role: str) -> None:
    with tab(as_role(role), desk.base) as (page, _):
        forms = forms_of(page, desk, role, 60)
        assert {"findings-verdicts", "password", "precheck"} <= {form["to"] for form in forms}
        wrong = [judge(form, way, *send(page, form, way)) for form in forms for way in ("empty", "long", "strange")]
    assert not list(filter(None, wrong)), "\n".join(filter(None, wrong))
