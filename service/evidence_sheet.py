"""The part of a file (or of a text without a page) around its places, as HTML for the camera: masked as the desk shows it, rows of tables as rows."""

import html
from collections.abc import Sequence
from typing import Any

from service.desk.reading import Part, Reading, sections
from service.evidence_page import document

_AROUND = 2
_MAX_ROWS, _MAX_BLOCKS, _MAX_COLUMNS = 60, 40, 14
_CUT = 1200


def sheet_html(reading: Reading, file: str | None, spots: Sequence[tuple[str | None, int | None]], head: str) -> tuple[str, int]:
    """The HTML and how many places are in it. `spots`: (where, start) of the findings in this file."""
    wanted = set(spots)
    group = [item for item in sections(reading) if item["file"] == file]
    parts: list[str] = []
    for item in (item for found in group for item in found["content"]):
        parts.append(_table(item, wanted) if "lines" in item else _block(item["part"], wanted))
    near = _nearby(parts)
    shown = "".join(near) or "<p class='xuncha-note'>没有可以显示的内容</p>"
    title = f"<h3>{html.escape(file)}</h3>" if file else ""
    return document(title + shown, head), sum(part.count('class="xuncha-mark') for part in near)


def _nearby(parts: Sequence[str]) -> list[str]:
    """The pieces with places and what stands around them."""
    marked = [index for index, part in enumerate(parts) if "xuncha-mark" in part]
    kept = sorted({near for index in marked for near in range(index - _AROUND, index + _AROUND + 1) if 0 <= near < len(parts)})
    return [parts[index] for index in kept[:_MAX_BLOCKS]] or list(parts[:_MAX_BLOCKS])


def _block(part: Part, wanted: set[tuple[str | None, int | None]]) -> str:
    return f"<p><span class='xuncha-note'>{html.escape(part.where)}</span><br>{_pieces(part, wanted)}</p>"


def _pieces(part: Part, wanted: set[tuple[str | None, int | None]]) -> str:
    """The text with its places; of a long text what stands around them."""
    out: list[str] = []
    for piece in part.pieces:
        text = html.escape(piece.text)
        if piece.kind == "text":
            out.append(text if len(text) <= _CUT else f"{text[: _CUT // 2]}……{text[-_CUT // 2 :]}")
            continue
        here = any(where == part.where and start is not None and piece.offset <= start < piece.offset + piece.length for where, start in wanted)
        classes = ("xuncha-mask" if piece.kind == "masked" else "") + (" xuncha-here" if here else "")
        out.append(f'<span class="xuncha-mark {classes.strip()}">{text}</span>')
    return "".join(out)


def _table(item: dict[str, Any], wanted: set[tuple[str | None, int | None]]) -> str:
    """The first row (usually the header) and the rows around places."""
    rows = [(number, [_pieces(cell, wanted) if cell else "" for cell in cells[:_MAX_COLUMNS]]) for number, cells in item["lines"]]
    marked = [index for index, (_, cells) in enumerate(rows) if any("xuncha-mark" in cell for cell in cells)]
    if not marked:
        return ""
    near = {near for index in marked for near in range(index - _AROUND, index + _AROUND + 1)}
    kept = sorted({0, 1, *near} & set(range(len(rows))))[:_MAX_ROWS]
    lines, last = [], -1
    for index in kept:
        if index != last + 1:
            lines.append("<tr><td class='xuncha-note'>…</td></tr>")
        number, cells = rows[index]
        lines.append(f"<tr><td class='xuncha-note'>{number}</td>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>")
        last = index
    more = f"<p class='xuncha-note'>这张表共 {len(marked)} 行有问题，图上是其中一部分。</p>" if len(marked) > _MAX_ROWS - 4 else ""
    return f"<table>{''.join(lines)}</table>{more}"
