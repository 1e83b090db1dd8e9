"""Wrong input on every form of every page: an answer in plain Chinese, never a failure of the desk."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from lxml import html

from browser.desk_server import MONTH, Desk

EACH = 2  # pages of one route whose forms are read; where one route serves many lists, one of each list
FILES = re.compile(r"/files/[^/]+\.\w+$|/versions/\d+/.|/export/|\.png$|/logout/")
HREF = re.compile(r'(?:href|hx-get)="([^"]+)"')
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


def read_forms(text: str, address: str) -> Iterator[dict[str, Any]]:
    """The forms of a page, each with where it goes and its fields."""
    for form in html.fromstring(text, base_url=address).forms:
        fields = [
            {
                "name": field.get("name"),
                "type": field.get("type", "text") if field.tag == "input" else field.tag,
                "value": field.get("value", "") if field.tag == "input" else "",
                "required": field.get("required") is not None,
                "most": int(field.get("maxlength", -1)),
            }
            for field in form.iter("input", "select", "textarea")
            if field.get("name")
        ]
        to = urljoin(address, form.get("action") or address)
        yield {"page": address, "action": to, "method": form.method.lower(), "files": form.get("enctype") == "multipart/form-data", "fields": fields}


def forms_of(desk: Desk, context: Any) -> list[dict[str, Any]]:
    """Every form with fields that the person meets, one of each kind."""
    queue, seen, found = [f"{desk.base}/?month={MONTH}", f"{desk.base}/password/"], Counter[str](), dict[Any, dict[str, Any]]()
    visited: set[str] = set()
    while queue:
        address = queue.pop(0)
        route = desk.route_of(address)
        slug = desk.values_of(address).get("slug", "")
        if route is None or address in visited or seen[route["name"] + slug] >= (1 if slug else EACH) or FILES.search(address):
            continue
        visited.add(address)
        seen[route["name"] + slug] += 1
        answer = context.request.get(address)
        text = answer.text() if "html" in answer.headers.get("content-type", "") else ""
        for form in read_forms(text, answer.url) if text.strip() else ():
            fields = tuple(sorted({field["name"] for field in form["fields"]} - set(KEPT)))
            action = desk.route_of(form["action"])
            if fields and action:
                found.setdefault((action["name"], form["method"], fields), form | {"to": action["name"]})
        hrefs = (urljoin(answer.url, unescape(href)).partition("#")[0] for href in HREF.findall(text))
        queue += [href for href in hrefs if href.startswith(f"{desk.base}/") and "/static/" not in href]
    return list(found.values())


def send(context: Any, form: dict[str, Any], way: str) -> tuple[int, str]:
    """Send the form as a page without script would; status and text of what comes back."""
    data = dict(values(form, way))
    headers = {"Referer": form["page"]}
    if form["method"] == "get":
        answer = context.request.get(form["action"], params={name: str(value) for name, value in data.items() if not isinstance(value, dict)})
    elif form["files"]:
        answer = context.request.post(form["action"], multipart=data, headers=headers)
    else:
        answer = context.request.post(form["action"], form=data, headers=headers)
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
    context = as_role(role)
    forms = forms_of(desk, context)
    assert {"findings-verdicts", "password", "precheck"} <= {form["to"] for form in forms}
    wrong = [judge(form, way, *send(context, form, way)) for form in forms for way in ("empty", "long", "strange")]
    assert not list(filter(None, wrong)), "\n".join(filter(None, wrong))
