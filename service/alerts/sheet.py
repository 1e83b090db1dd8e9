"""A message as lines, written once and rendered as text, HTML and a short form; numbers that could be personal never pass."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.text import conceal

# In addresses only what proves to be a person's number is starred: article ids are long numbers too.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx]|62\d{14,17})(?![0-9A-Za-z])")
_SHORT_BYTES = 1800  # 企业微信 takes 2048 bytes of text


@dataclass(frozen=True, slots=True)
class Line:
    """p paragraph · h heading · li numbered point · sub a line below the point · link an address."""

    kind: Literal["p", "h", "li", "sub", "link"]
    text: str
    label: str = ""


def safe(text: str | None) -> str:
    """On one line, without any long number in clear."""
    return conceal(" ".join((text or "").split()))


def safe_url(url: str | None) -> str:
    """The address, with a number in it that would be an ID, a mobile or a card starred."""
    return _PERSONAL.sub(lambda hit: hit[0][:3] + "*" * (len(hit[0]) - 5) + hit[0][-2:], "".join((url or "").split()))


def clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def as_text(lines: Sequence[Line]) -> str:
    """Plain text for the eye."""
    out: list[str] = []
    number, labelled = 0, False
    for line in lines:
        number = number + 1 if line.kind == "li" else number if line.kind == "sub" else 0
        if line.kind == "li":
            out.append(f"  {number}. {line.text}")
        elif line.kind == "sub":
            out.append(f"     {line.text}")
        else:
            out += ([] if labelled and line.label else [""]) + [f"{line.label}：{line.text}" if line.label else line.text]
        labelled = bool(line.label)
    return "\n".join(out).strip() + "\n"


def as_html(lines: Sequence[Line]) -> str:
    """The same as a plain HTML page, without script, style sheet or picture."""
    out: list[str] = []
    item = False
    for line in lines:
        text = html.escape(line.text)
        if line.kind == "li":
            out.append(("</li>" if item else "<ol>") + f"<li>{text}")
            item = True
            continue
        if line.kind == "sub":
            out.append(f"<br>{text}")
            continue
        if item:
            out.append("</li></ol>")
            item = False
        out.append(_paragraph(line, text))
    if item:
        out.append("</li></ol>")
    return '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"></head><body>' + "\n".join(out) + "</body></html>\n"


def _paragraph(line: Line, text: str) -> str:
    label = f"{html.escape(line.label)}：" if line.label else ""
    if line.kind == "h":
        return f"<h3>{text}</h3>"
    if line.kind == "link" and line.text.startswith(("http://", "https://")):
        return f'<p>{label}<a href="{text}">{text}</a></p>'
    return f"<p>{label}{text}</p>"


def as_short(parts: Sequence[str], link: str) -> str:
    """The parts one a line, cut so that the link still fits."""
    room = _SHORT_BYTES - len(link.encode())
    text = "\n".join(part for part in parts if part)
    while len(text.encode()) > room:
        text = text[: -max(1, (len(text.encode()) - room) // 3) - 1] + "…"
    return f"{text}\n{link}" if link else text
