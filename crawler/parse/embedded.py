"""An article that a page carries in its scripts for a browser to draw: JSON state, template blocks, hidden fields. Nothing is run."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawler.parse.dom import Element, lines_of, parse_fragment, squash
from crawler.parse.scripts import string_value

_TITLES = ("title", "articletitle", "doctitle", "infotitle", "bt", "headline", "subject", "name", "contenttitle")
_BODIES = (
    "content",
    "contents",
    "articlecontent",
    "infocontent",
    "doccontent",
    "htmlcontent",
    "contenthtml",
    "contenttext",
    "dochtmlcon",
    "articlebody",
    "detailcontent",
    "txt",
    "nr",
    "html",
    "body",
    "text",
)
_DATES = (
    "publishtime",
    "publishdate",
    "pubdate",
    "pubtime",
    "docreltime",
    "docpubtime",
    "releasetime",
    "releasedate",
    "datepublished",
    "displaydate",
    "displaytime",
    "showdate",
    "showtime",
    "fbsj",
    "fbrq",
    "date",
)
_SOURCES = ("contentsource", "source", "sourcename", "docsource", "docsourcename", "infosource", "articlesource", "origin", "ly", "xxly", "laiyuan")
_STATE = re.compile(r"(?:[\w.$\[\]\"']+\s*=\s*|JSON\.parse\(\s*|^\s*)(?=[{\"'])")
_HAN = re.compile("[\u4e00-\u9fff]")
_MAX_SCRIPT = 3_000_000


@dataclass(frozen=True, slots=True)
class Embedded:
    """The article as the script gives it; "" for what it does not say."""

    title: str
    date: str
    source: str
    body: Element


def read_embedded(tree: Element) -> Embedded | None:
    """The article in a page's scripts or hidden fields, None where there is none."""
    best: tuple[int, Embedded] | None = None
    for record in _records(tree):
        found = _article(record)
        if found is not None:
            size = len("".join(lines_of(found.body)))
            if best is None or size > best[0]:
                best = (size, found)
    return best[1] if best else _from_fields(tree) or _from_literals(tree)


def read_answer(text: str) -> Embedded | None:
    """The article that an API's JSON answer is, None where it is something else (a list, say)."""
    try:
        found = [article for article in map(_article, _mappings(json.loads(text), 0)) if article is not None]
    except (ValueError, RecursionError):
        return None
    return found[0] if len(found) == 1 else None


def linked_date(tree: Element) -> str:
    """The publication date of the page's JSON-LD, as search engines are told it; "" where there is none."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            found = re.search(r'"(?:datePublished|pubDate)"\s*:\s*"([^"]{8,40})"', script.text or "")
            if found:
                return found[1]
    return ""


def _records(tree: Element) -> Iterator[Mapping[str, Any]]:
    for script in tree.iter("script"):
        text = script.text or ""
        if (not _HAN.search(text) and "\\u" not in text) or len(text) > _MAX_SCRIPT:
            continue
        for value in _values(text):
            yield from _mappings(value, 0)


def _values(text: str) -> Iterator[Any]:
    """The JSON values in a script: all of it, what is assigned, what is handed to JSON.parse."""
    decoder, position = json.JSONDecoder(), 0
    for found in list(_STATE.finditer(text))[:200]:
        if found.end() < position:
            continue
        try:
            value, position = decoder.raw_decode(text, found.end())
            if isinstance(value, str) and value.lstrip()[:1] == "{":
                value = json.loads(value)
        except (ValueError, RecursionError):
            continue
        yield value


def _mappings(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 10:
        return
    if isinstance(value, Mapping):
        yield value
        for inner in value.values():
            yield from _mappings(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:50]:
            yield from _mappings(inner, depth + 1)


def _pick(record: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((record[name] for name in names if record.get(name, "").strip()), "")


def _article(raw: Mapping[str, Any]) -> Embedded | None:
    """The record as an article: a title and a body of some length beside it."""
    record = {str(key).lower().replace("_", ""): str(value) for key, value in raw.items() if isinstance(value, (str, int)) and not isinstance(value, bool)}
    title, content = _pick(record, _TITLES), _pick(record, _BODIES)
    if not title or not (len(_HAN.findall(content)) >= 10 or "<img" in content):
        return None
    return Embedded(squash(re.sub(r"<[^>]*>", "", title)), _pick(record, _DATES), _pick(record, _SOURCES), _fragment(content))


def _fragment(content: str) -> Element:
    if "<" not in content and "&lt;" in content:
        import html

        content = html.unescape(content)
    if "<" not in content:
        content = re.sub(r"\r?\n", "<br>", content)
    return parse_fragment(content).find(".//div")


def _from_fields(tree: Element) -> Embedded | None:
    """HTML kept in a template, a textarea or a hidden field."""
    for node in tree.iter("textarea", "template", "script", "input"):
        if node.tag == "script" and (node.get("type") or "").lower() not in {"text/html", "text/template", "text/plain", "text/x-template"}:
            continue
        content = node.get("value") if node.tag == "input" else node.text
        if content and re.search(r"<(?:p|div|span|br|table)\b", content) and len(_HAN.findall(content)) >= 15:
            return Embedded("", "", "", _fragment(content))
    return None


def _from_literals(tree: Element) -> Embedded | None:
    """Scripts that are no JSON (`content:"\\u003Cp\\u003E…"`): values by name."""
    for script in tree.iter("script"):
        text = script.text or ""
        if len(text) > _MAX_SCRIPT or not re.search(r"(?i)content|html|body", text):
            continue
        content = string_value(text, "content", "articleContent", "contentHtml", "htmlContent", "contentTxt", "docContent", "infoContent", "doc_content") or ""
        if re.search(r"<(?:p|div|span|br)\b", content) and len(_HAN.findall(content)) >= 10:
            title = string_value(text, "title", "articleTitle", "docTitle", "infoTitle") or ""
            date = string_value(text, "publishTime", "publishDate", "pubDate", "docRelTime", "releaseTime", "publish_time", "displayDate") or ""
            return Embedded(squash(title), date, string_value(text, "contentSource", "source", "docSource", "sourceName") or "", _fragment(content))
    return None
