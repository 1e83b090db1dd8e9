"""What the tests of 配置 share: the files of the desk's county, put back after each test, and forms filled as a browser would send them."""

import re
from html import unescape
from pathlib import Path
from typing import Any

import yaml


def folder() -> Path:
    """The county's folder that the desk under test serves."""
    from django.conf import settings

    return Path(settings.CONFIG)


def text(name: str) -> str:
    return (folder() / name).read_text(encoding="utf-8")


def data(name: str) -> Any:
    return yaml.safe_load(text(name))


def write(name: str, content: str) -> None:
    (folder() / name).write_text(content, encoding="utf-8")


def fields(page: str) -> dict[str, Any]:
    """What a browser would send of the page's main form without touching it: every input, area and choice, by name."""
    form = max(re.findall(r"<form method=\"post\" novalidate.*?</form>", page, re.S), key=len)
    sent: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = attribute(tag, "name"), attribute(tag, "value")
        if name is None or name == "csrfmiddlewaretoken":
            continue
        if attribute(tag, "type") == "checkbox":
            if " checked" in tag:
                sent.setdefault(name, []).append("on" if value is None else value)
        else:
            sent[name] = value or ""
    for name, body in re.findall(r"<textarea[^>]*name=\"([^\"]+)\"[^>]*>\n?(.*?)</textarea>", form, re.S):
        sent[name] = unescape(body)
    for name, body in re.findall(r"<select[^>]*name=\"([^\"]+)\"[^>]*>(.*?)</select>", form, re.S):
        options = re.findall(r"<option value=\"([^\"]*)\"( selected)?", body)
        sent[name] = unescape(next((value for value, chosen in options if chosen), options[0][0]))
    return sent


def attribute(tag: str, name: str) -> str | None:
    found = re.search(rf"\s{name}=\"([^\"]*)\"", tag)
    return unescape(found[1]) if found else None


def name_of(slug: str, key: str) -> str:
    """The name in the form of a list's field."""
    from service.desk.config.lists import list_of

    spec = list_of(slug)
    assert spec
    field = spec.field(key)
    assert field
    return field.name


def ref(slug: str, key: str) -> str:
    """The address part of the entry known by this key."""
    from service.desk.config import usage
    from service.desk.config.lists import list_of
    from service.desk.config.rows import rows_of

    spec = list_of(slug)
    assert spec
    return next(row.ref for row in rows_of(spec, usage.load(folder(), spec)) if row.key == key)


def entry(slug: str, key: str) -> str:
    return f"/config/list/{slug}/{ref(slug, key)}/"


def change(browser: Any, slug: str, key: str, **values: Any) -> Any:
    """Open an entry's form, fill some fields anew, send it; returns the answer after any redirect."""
    address = entry(slug, key)
    sent = fields(browser.get(address).content.decode())
    sent |= {name_of(slug, field): value for field, value in values.items()}
    return browser.post(address, sent, follow=True)


def changes() -> list[Any]:
    from service.desk.models import ConfigChange

    return list(ConfigChange.objects.order_by("pk"))


def undo(browser: Any, number: int) -> str:
    """Take back the n-th change; the page that is shown then."""
    return str(browser.post(f"/config/log/{changes()[number].pk}/undo/", follow=True).content.decode())
