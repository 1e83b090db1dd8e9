"""Tables: headers and labels as context, whole cells proved by the pure functions of the recognizers, columns voting on what they hold.

A cell that is one value is decided directly; only cells of mixed text go to Presidio. That keeps 50,000 rows in seconds.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from checks.privacy import proof
from checks.privacy.context import Context, is_organisation
from checks.privacy.headers import Header, Headers
from checks.privacy.judge import PERSON_KEYS, Claim, judge, seen
from checks.privacy.leaks import Cell, Leak
from checks.privacy.names import is_name
from checks.privacy.notes import is_note, scan_note
from checks.privacy.numbers import Hit, group
from checks.privacy.policy import Policy
from checks.privacy.prose import possible, scan_text
from checks.privacy.rows import across
from checks.privacy.spots import spots
from checks.privacy.values import SHAPED, by_header
from core.text import fold

_WHOLE = re.compile(r"\s*'?([0-9]{11,29}|[0-9]{17}[Xx])\s*")
_SCIENTIFIC = re.compile(r"([1-9])\.([0-9]{13,17})E\+17", re.IGNORECASE)
_MIXED = 40  # longer cells, and those with sentences in them, are read as running text
_SENTENCE = re.compile(r"[。；;]")
_PLACES = "镇村街路县市区局社组乡园"
_VOTERS, _MAJORITY, _MINORITY = 3, 0.6, 0.3


@dataclass(slots=True)
class Votes:
    """What a column's cells prove to be, and those that prove nothing, kept until the column has voted."""

    proved: int = 0
    names: int = 0
    undecided: list[tuple[Cell, Hit]] = field(default_factory=list)


class Sheet:
    """One table on its way through; `headers` may be carried over from an earlier sheet of the file."""

    def __init__(self, policy: Policy, headers: Headers) -> None:
        self._policy = policy
        self.headers = headers
        self._votes: dict[int, Votes] = {}
        self._leaks: list[Leak] = []
        self._rows = 0
        self._empty = Header()

    def scan(self, cells: Iterable[Cell]) -> list[Leak]:
        """Every leak of the table; the cells come row by row."""
        for _, row in groupby(cells, key=lambda cell: cell.row):
            self._row(list(row))
        for column, votes in self._votes.items():
            self._vote(column, votes)
        self.headers.names = any(votes.names and votes.names * 2 >= self._rows for votes in self._votes.values())
        roles = {column: self.headers.role(column) for column in {leak.column for leak in self._leaks}}
        lawful = any(self._policy.words.lists["lawful_titles"].search(title) for title in self.headers.titles)
        return [leak._replace(role=self._role(leak, roles[leak.column], lawful)) for leak in self._leaks]

    def _role(self, leak: Leak, role: str, lawful: bool) -> str:
        """Whose value it is; the birth of candidates for office, plates and phones of nobody named are lawful."""
        if (leak.kind == "birth-date" and lawful) or (leak.kind in ("plate", "landline") and not self.headers.persons):
            return "official"
        return leak.role or role

    def _row(self, row: Sequence[Cell]) -> None:
        named = self.headers.read(row)
        if is_note(row, self.headers):
            self._leaks += scan_note(row, self._policy)
            return
        self._rows += 1
        lead = row[0] if len(row) > 2 and named == {row[0].column} and not self.headers.kinds else None  # persons side by side, a label leads the row
        labels = named if self.headers.last_row != row[0].row else frozenset()
        left: Cell | None = None
        first = len(self._leaks)
        for cell in row:
            if cell.column not in named:
                header = self.headers.columns.get(cell.column, self._empty)
                if left is not None and left.column in labels and cell.column - left.column <= 3:
                    self.headers.label(left.text, cell.text)
                    header = self._labelled(left, header)
                elif lead is not None:
                    header = self._labelled(lead, header)
                self._cell(cell, header)
            left = cell
        self._leaks += across(row, self._leaks[first:], self.headers, self._policy)
        if len(self._leaks) > first:
            self._of_organisation(row, first)

    def _labelled(self, left: Cell, header: Header) -> Header:
        """The label to the left outranks the header above."""
        label = self.headers.header(left.text)
        if not label.kind:
            return header
        return Header(label.text, label.kind, label.context._replace(place=label.context.place.replace("所在列标题", "左边的标签")))

    def _of_organisation(self, row: Sequence[Cell], first: int) -> None:
        """In the row of a firm or unit without a person in it, phones and accounts are its own."""
        words, headers = self._policy.words, self.headers
        told = {cell.column: is_organisation(cell.text.strip(), words) for cell in row if cell.column in headers.organisation | headers.person}
        if not any(told.values()) or any(not told.get(column, True) for column in headers.person):
            return
        for index in range(first, len(self._leaks)):
            self._leaks[index] = self._leaks[index]._replace(role="official")

    def _cell(self, cell: Cell, header: Header) -> None:
        text = cell.text
        if found := _WHOLE.fullmatch(text):
            self._whole(cell, header, found[1], found.start(1))
        elif header.kind in SHAPED:
            self._shaped(cell, header)
        elif len(text) > 6 and possible(text):
            self._mixed(cell, header)
        elif not header.kind and 2 <= len(text) <= 4 and len(self._leaks) < 2000 and text[-1] not in _PLACES and is_name(text, self._policy.tables):
            self._votes_of(cell).names += 1

    def _votes_of(self, cell: Cell) -> Votes:
        return self._votes.setdefault(cell.column, Votes())

    def _whole(self, cell: Cell, header: Header, value: str, offset: int) -> None:
        """A cell that is one number: the bulk of every list."""
        if cell.block.number and (lost := self._lost(value, header)):
            self._add(cell, header, lost, offset)
            self._votes_of(cell).proved += 1
            return
        if header.kind in SHAPED and not (len(value) >= 18 and header.kind != "birth-date"):
            self._shaped(cell, header)
            return
        for hit in group(value, 0, len(value), self._policy.tables, False):
            if hit.kind == "resident-id":
                self._votes_of(cell).proved += 1
            claim = judge(hit, header.context, self._policy)
            if claim:
                self._add(cell, header, claim, offset)
            elif hit.kind in ("digits", "resident-id"):
                self._votes_of(cell).undecided.append((cell, hit._replace(start=hit.start + offset, end=hit.end + offset)))

    def _lost(self, value: str, header: Header) -> Claim | None:
        """An ID stored as a number: the last digits are gone, but region, birth and more still show."""
        if len(value) != 18 or not value.endswith("00"):
            return None
        named = proof.region(value[:6], self._policy.tables)
        if not named or not proof.is_date(value[6:14]) or not (header.kind == "resident-id" or self.headers.person):
            return None
        reasons = ("身份证号以数字格式存储，末尾几位已经丢失，地区和出生日期仍然露出", f"地区码{value[:6]}属于{named}")
        place = (header.context.place,) if header.context.place else ()
        return Claim("resident-id", "resident-id", 0, 18, value, reasons + place)

    def _shaped(self, cell: Cell, header: Header) -> None:
        """Under a header such as 学籍号 or 住址: a proven ID first, else whatever the header says."""
        folded = fold(cell.text)
        proved = [hit for hit in spots(folded.text, self._policy.tables) if hit.strong and hit.kind in ("resident-id", "under-masked")]
        claims = [claim for hit in proved if (claim := judge(hit, header.context, self._policy))]
        if not claims and (claim := by_header(folded.text, header.kind, header.context.place, self._policy)):
            claims = [claim]
        for claim in claims:
            start, end = folded.span(claim.start, claim.end)
            self._add(cell, header, claim._replace(start=start, end=end), 0)

    def _mixed(self, cell: Cell, header: Header) -> None:
        """A cell with more than one number in it."""
        if len(cell.text) > _MIXED or _SENTENCE.search(cell.text):
            for placed in scan_text(cell.text, self._policy, header.text if header.kind else ""):
                role = placed.role if placed.role == "contact" else ""
                self._add(cell, header, placed.claim._replace(start=placed.start, end=placed.end), 0, role)
            return
        folded = fold(cell.text)
        if header.kind == "resident-id" and (found := _SCIENTIFIC.search(folded.text)):
            value = found[1] + found[2]
            if proof.is_date(value[6:14]):
                self._add(
                    cell,
                    header,
                    Claim("resident-id", "resident-id", *found.span(), value, ("身份证号被存成了科学计数法，前15位仍然露出", header.context.place)),
                    0,
                )
                return
        for hit in spots(folded.text, self._policy.tables):
            if hit.kind == "resident-id":
                self._votes_of(cell).proved += 1
            claim = judge(hit, self._context(folded.text, hit, header), self._policy)
            start, end = folded.span(hit.start, hit.end)
            if claim:
                self._add(cell, header, claim._replace(start=start, end=end), 0)
            elif hit.kind in ("digits", "resident-id"):
                self._votes_of(cell).undecided.append((cell, hit._replace(start=start, end=end)))

    def _context(self, text: str, hit: Hit, header: Header) -> Context:
        """A label inside the cell outranks the column's header."""
        inside = seen(text, hit, self._policy)
        if inside.kind or not header.text:
            return inside._replace(role="list", listed=inside.listed or bool(self.headers.person))
        return header.context

    def _vote(self, column: int, votes: Votes) -> None:
        """Where most cells prove to be IDs, the others of that length are IDs too: a typo does not make one less of a leak."""
        alike = [(cell, hit) for cell, hit in votes.undecided if 15 <= len(hit.value) <= 19]
        proved = votes.proved
        header = self.headers.columns.get(column, self._empty)
        unproved = sum(hit.kind == "digits" and len(hit.value) == 18 for _, hit in alike)
        if header.kind not in PERSON_KEYS and unproved >= _VOTERS and proved < _MINORITY * (proved + unproved):
            # Numbers of cases made of region, date and serial: one in eleven has the check digit of an ID by luck.
            self._leaks = [leak for leak in self._leaks if leak.kind != "resident-id" or leak.column != column]
            return
        if proved < _VOTERS or proved < _MAJORITY * (proved + sum(hit.kind == "digits" for _, hit in alike)):
            return
        if header.context.code or header.kind in ("bank-card", "company-account"):
            return
        context = Context("resident-id", f"同一列中{proved}个单元格都是身份证号", "list")
        for cell, hit in alike:
            claim = judge(hit, context, self._policy)
            if claim:
                self._add(cell, header, claim._replace(start=hit.start, end=hit.end), 0)

    def _add(self, cell: Cell, header: Header, claim: Claim, offset: int, role: str = "") -> None:
        start = cell.base + offset + claim.start
        end = cell.base + offset + claim.end
        own = role or ("contact" if header.context.role == "contact" else "")
        self._leaks.append(Leak(cell.block, start, end, claim.kind, claim.level, own, claim.value, claim.reasons, cell.column))
