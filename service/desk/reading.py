"""Stored text as the desk may show it: every personal value masked, the place of a finding marked. The raw text lives only inside `read`."""

import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.config import County
from core.records import Block, Finding, StoredPost, Subject
from core.store.vault import Vault
from core.text import conceal
from service.desk import clock
from service.desk.rulebook import rules

_KEPT = 48
_lock = threading.Lock()
_cache: OrderedDict[tuple[Any, ...], "Reading"] = OrderedDict()


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text: `kind` is text, masked (a value with its middle starred) or mark (a place found by a rule); `offset` counts in the block as written."""

    kind: str
    text: str
    offset: int
    length: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A block, safe to show."""

    where: str
    file: str | None
    table: str | None
    row: int | None
    column: int | None
    hidden: str
    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything a post or a stored page says, masked; `unread` are the parts that could not be read, with the reason."""

    parts: tuple[Part, ...]
    unread: tuple[tuple[str, str], ...]
    rules: frozenset[str]


def read_post(county: County, post: StoredPost, home: Any) -> Reading:
    """The post as it was last read. Raises VaultError when its text is gone."""
    from service.judging import Reader

    key = (county.id, post.content_key, tuple((item.evidence, item.name) for item in post.attachments), rules().version)
    return _kept(key, lambda: read(Reader(county, Vault.open(home)).subject(post)))


def read_page(county: County, evidence: str, home: Any) -> Reading:
    """An older stored page, from its bytes in the vault."""
    from core.records import Unread
    from crawler import documents

    def load() -> Reading:
        parts = tuple(documents.read(Vault.open(home).get(evidence), "页面.html"))
        blocks = tuple(Block(part.text, part.where, None, part.table, part.row, part.column, part.hidden) for part in parts if isinstance(part, Block))
        return read(Subject(blocks=blocks, unread=tuple(part for part in parts if isinstance(part, Unread)), county=county.id))

    return _kept((county.id, "page", evidence, rules().version), load)


def _kept(key: tuple[Any, ...], load: Any) -> Reading:
    with _lock:
        if key in _cache:
            _cache.move_to_end(key)
            return _cache[key]
    reading: Reading = load()
    with _lock:
        _cache[key] = reading
        while len(_cache) > _KEPT:
            _cache.popitem(last=False)
    return reading


def read(subject: Subject) -> Reading:
    """Check the subject by today's rules and mask by what they find; what no rule found is concealed by its digits."""
    import checks

    return masked(subject, checks.run(subject, rules(), clock.today()))


def masked(subject: Subject, found: Iterable[Finding]) -> Reading:
    """The subject masked by findings made elsewhere (the worker processes of the gate)."""
    found = list(found)
    spans: dict[tuple[str | None, str | None], list[Finding]] = {}
    for finding in found:
        if finding.start is not None and finding.end is not None:
            spans.setdefault((finding.file, finding.where), []).append(finding)
    parts = tuple(_part(block, spans.get((block.file, block.where), ())) for block in subject.blocks)
    unread = tuple((f"{item.file or ''} {item.where}".strip(), item.reason) for item in subject.unread)
    return Reading(parts, unread, frozenset(finding.rule for finding in found))


def _part(block: Block, findings: Iterable[Finding]) -> Part:
    pieces, last = [], 0
    for start, end, group in _merged(findings, len(block.text)):
        pieces += _plain(block.text, last, start)
        pieces.append(_piece(block.text, start, end, group))
        last = end
    pieces += _plain(block.text, last, len(block.text))
    return Part(block.where, block.file, block.table, block.row, block.column, block.hidden, tuple(pieces))


def _merged(findings: Iterable[Finding], length: int) -> Iterable[tuple[int, int, list[Finding]]]:
    """Spans in the order of the text; overlapping ones as one."""
    merged: list[tuple[int, int, list[Finding]]] = []
    for finding in sorted(findings, key=lambda item: (item.start or 0, -(item.end or 0))):
        start, end = min(finding.start or 0, length), min(finding.end or 0, length)
        if start >= end:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), [*merged[-1][2], finding])
        else:
            merged.append((start, end, [finding]))
    return merged


def _piece(text: str, start: int, end: int, findings: Sequence[Finding]) -> Piece:
    """A found place: masked as its finding says when a personal value is (or may be) in it, else as written."""
    first = findings[0]
    message = "；".join(dict.fromkeys(item.message for item in findings))
    if not any(item.rule.startswith("privacy/") for item in findings):
        return Piece("mark", conceal(text[start:end]), start, end - start, message)
    whole = len(findings) == 1 or ((first.start, first.end) == (start, end) and first.rule.startswith("privacy/"))
    return Piece("masked", first.masked or "*" * (end - start) if whole else "*" * (end - start), start, end - start, message)


_OFFICE_PHONE = re.compile(r"(?<!\d)0\d{2,3}[- ]\d{7,8}(?!\d)")


def _plain(text: str, start: int, end: int) -> list[Piece]:
    return [Piece("text", _concealed(text[start:end]), start, end - start)] if start < end else []


def _concealed(text: str) -> str:
    """Long numbers starred even where no rule fired; only a telephone number with its area code, which a rule has let pass, stays."""
    parts, last = [], 0
    for hit in _OFFICE_PHONE.finditer(text):
        parts += [conceal(text[last : hit.start()]), hit[0]]
        last = hit.end()
    return "".join([*parts, conceal(text[last:])])


def sections(reading: Reading) -> list[dict[str, Any]]:
    """The reading for a page: file by file, text as blocks, cells of one table as its rows."""
    files: list[dict[str, Any]] = []
    for part in reading.parts:
        if not files or files[-1]["file"] != part.file:
            files.append({"file": part.file, "content": []})
        items = files[-1]["content"]
        if part.table is None or part.row is None:
            items.append({"part": part})
            continue
        if not items or items[-1].get("table") != part.table:
            items.append({"table": part.table, "rows": {}})
        items[-1]["rows"].setdefault(part.row, {})[part.column or 0] = part
    for file in files:
        for item in file["content"]:
            if "rows" in item:
                columns = sorted({column for row in item["rows"].values() for column in row})
                item["lines"] = [(number + 1, [row.get(column) for column in columns]) for number, row in sorted(item["rows"].items())]
    return files


def around(reading: Reading, finding: Any) -> Mapping[str, Any]:
    """What to show of a finding's place: the row of its table with the header, or the text around it; empty when the place is no longer there."""
    part = next((item for item in reading.parts if item.file == finding.file and item.where == finding.where and _holds(item, finding)), None)
    if part is None:
        part = next((item for item in reading.parts if item.file == finding.file and item.where == finding.where), None)
    if part is None:
        return {}
    if part.table is not None and part.row is not None:
        return {"table": _table(reading, part, finding), "part": part}
    return {"pieces": _window(part, finding), "part": part}


def _holds(part: Part, finding: Any) -> bool:
    return any(piece.kind != "text" and piece.offset <= (finding.start or 0) < piece.offset + piece.length for piece in part.pieces)


_HEADERS = 3
_COLUMNS = 7
_WINDOW = 120


def _table(reading: Reading, part: Part, finding: Any) -> dict[str, Any]:
    """The header rows and the row of the place, cells by column."""
    cells: dict[int, dict[int, Part]] = {}
    for item in reading.parts:
        if item.file == part.file and item.table == part.table and item.row is not None and item.column is not None:
            cells.setdefault(item.row, {})[item.column] = item
    head = [row for row in sorted(cells)[:_HEADERS] if row < (part.row or 0)]
    wide = [row for row in head if len(cells[row]) > 1][:1]  # the first row with several cells: titles stand alone in theirs
    columns = _near(sorted({column for row in [*wide, part.row or 0] for column in cells.get(row, {})}), part.column or 0)
    return {
        "header": [cells[row].get(column) for row in wide for column in columns],
        "cells": [_cell(cells[part.row or 0].get(column), finding if column == part.column else None) for column in columns],
        "row": (part.row or 0) + 1,
    }


def _near(columns: list[int], here: int) -> list[int]:
    """The columns worth showing of a wide table: who (the first two) and what stands around the place."""
    if len(columns) <= _COLUMNS:
        return columns
    place = columns.index(here) if here in columns else 0
    start = min(max(place - 2, 2), len(columns) - (_COLUMNS - 2))
    return [*columns[:2], *columns[start : start + _COLUMNS - 2]]


def _cell(part: Part | None, finding: Any) -> dict[str, Any]:
    """A cell's pieces; the finding's own place is `here`, or the whole cell where the finding names no span."""
    if part is None:
        return {"pieces": (), "here": False}
    pieces = [{"kind": piece.kind, "text": piece.text, "message": piece.message, "here": bool(finding) and _overlaps(piece, finding)} for piece in part.pieces]
    return {"pieces": pieces, "here": bool(finding) and not any(piece["here"] for piece in pieces)}


def _overlaps(piece: Piece, finding: Any) -> bool:
    return piece.kind != "text" and piece.offset < (finding.end or 0) and piece.offset + piece.length > (finding.start or 0)


def _window(part: Part, finding: Any) -> list[dict[str, Any]]:
    """The pieces around the place, cut to a window; the place itself is `here`."""
    start, end = finding.start or 0, finding.end or 0
    shown: list[dict[str, Any]] = []
    for piece in part.pieces:
        here = _overlaps(piece, finding)
        if piece.kind == "text":
            shown += _cut(piece, start, end)
        elif piece.offset + piece.length > start - _WINDOW and piece.offset < end + _WINDOW:
            shown.append({"kind": piece.kind, "text": piece.text, "here": here, "message": piece.message})
    return shown


def _cut(piece: Piece, start: int, end: int) -> list[dict[str, Any]]:
    low, high = max(piece.offset, start - _WINDOW), min(piece.offset + piece.length, end + _WINDOW)
    if low >= high:
        return []
    if len(piece.text) != piece.length:  # concealed numbers may be shorter than written: show the piece from its nearer end
        text = piece.text[-2 * _WINDOW :] if piece.offset < start else piece.text[: 2 * _WINDOW]
    else:
        text = piece.text[low - piece.offset : high - piece.offset]
    before = "…" if low > piece.offset else ""
    after = "…" if high < piece.offset + piece.length else ""
    return [{"kind": "text", "text": f"{before}{text}{after}", "here": False, "message": ""}]
