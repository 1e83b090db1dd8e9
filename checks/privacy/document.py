"""One document: its tables with headers carried from sheet to sheet, its lists drawn with blanks, its running text."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import groupby, pairwise

from checks.privacy.headers import Headers, carry
from checks.privacy.leaks import Cell, Leak
from checks.privacy.lines import Drawing
from checks.privacy.policy import Policy
from checks.privacy.prose import candidates, scan_text
from checks.privacy.sheet import Sheet
from core.records import Block

FILE_NAME = "文件名"


class Document:
    """Scans the blocks of one file (or of a page's own text) in order."""

    def __init__(self, policy: Policy, title: str, name: str) -> None:
        self._policy = policy
        self._titles = [part for part in (title, name) if part]
        self._last: Headers | None = None

    def scan(self, blocks: Iterable[Block]) -> Iterator[Leak]:
        """Every leak, in the order of the document."""
        for table, part in groupby(blocks, key=lambda block: block.table):
            if table is None:
                yield from self._text(list(part))
            else:
                yield from self._table(list(part), table)

    def scan_name(self, file: str) -> Iterator[Leak]:
        """Leaks in the name of the file itself, such as a picture named after the number on it."""
        name = file[file.rfind("!/") + 1 :]
        block = Block(name, FILE_NAME, file=file)
        for claim, start, end, role in scan_text(name, self._policy):
            if claim.kind in ("resident-id", "bank-card", "mobile"):
                yield Leak(block, start, end, claim.kind, claim.level, role, claim.value, claim.reasons)

    def _headers(self) -> Headers:
        return Headers(self._policy.words, titles=list(self._titles))

    def _table(self, blocks: Sequence[Block], name: str) -> Iterator[Leak]:
        """A real table. Without headers of its own it has those of the sheet before, if it is as wide."""
        inside = [Cell(block, 0, block.text, block.row or 0, block.column or 0) for block in blocks if block.text]
        if any(one.row > other.row for one, other in pairwise(inside)):
            inside.sort(key=lambda cell: (cell.row, cell.column))
        headers = self._headers()
        headers.titles.append(name)
        if self._last is not None and not self._has_header(inside) and self._as_wide(inside, self._last):
            headers = carry(self._last, self._policy.words, [*self._titles, name])
        sheet = Sheet(self._policy, headers)
        yield from sheet.scan(inside)
        if headers.kinds:
            self._last = headers

    def _has_header(self, inside: Sequence[Cell]) -> bool:
        """Do the first rows name a column?"""
        probe = self._headers()
        for _, row in groupby(inside[:400], key=lambda cell: cell.row):
            probe.read(list(row))
            if probe.kinds:
                return True
        return False

    @staticmethod
    def _as_wide(inside: Sequence[Cell], headers: Headers) -> bool:
        return bool(inside) and abs(max(cell.column for cell in inside[:200]) - max(headers.columns, default=-9)) <= 1

    def _text(self, blocks: Sequence[Block]) -> Iterator[Leak]:
        """Running text, and the lists in it: lines under a line of headers are read as a table first."""
        found = [candidates(block.text) for block in blocks]
        telling = self._policy.words.telling
        spans: dict[int, list[Leak]] = {}
        judged: dict[int, list[tuple[int, int]]] = {}
        if any(found) or any(telling.search(block.text) for block in blocks):
            for drawn in self._drawn(blocks):
                sheet = Sheet(self._policy, self._headers())
                for leak in sheet.scan(drawn):
                    spans.setdefault(id(leak.block), []).append(leak)
                for cell in drawn:
                    if (cell.row != drawn[0].row or sheet.headers.form) and sheet.headers.explains(cell.column):
                        judged.setdefault(id(cell.block), []).append((cell.base, cell.base + len(cell.text)))
        for block, places in zip(blocks, found, strict=True):
            known = sorted(spans.get(id(block), []), key=lambda leak: leak.start)
            if known or places:
                yield from merge(
                    known,
                    self._prose(block, places, sorted([*judged.get(id(block), []), *((leak.start, leak.end) for leak in known)])),
                    key=lambda leak: leak.start,
                )

    def _drawn(self, blocks: Sequence[Block]) -> Iterator[list[Cell]]:
        """The lists drawn in the text, each under its line of headers, running on over pages."""
        drawn: list[Cell] = []
        drawing = Drawing(self._policy)
        for block in blocks:
            for cell in drawing.cells(block):
                if cell is not None:
                    drawn.append(cell)
                elif drawn:
                    yield drawn
                    drawn = []
        if drawn:
            yield drawn

    def _prose(self, block: Block, places: list[tuple[int, int]], judged: Sequence[tuple[int, int]]) -> Iterator[Leak]:
        """Leaks of the running text outside the cells of lists, which are judged by their headers."""
        starts = [start for start, _ in judged]
        for claim, start, end, role in scan_text(block.text, self._policy, found=places):
            index = bisect_left(starts, end)
            if not any(last > start for _, last in judged[max(0, index - 4) : index]):
                yield Leak(block, start, end, claim.kind, claim.level, role, claim.value, claim.reasons)
