"""Where a table says what its columns are: header rows (several, merged, repeated), labels in the cell to the left, titles above."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.privacy.context import PERSONAL, Context, header_kind, sensitive
from checks.privacy.leaks import Cell
from checks.privacy.policy import Words
from core.text import squeeze

_LONG = re.compile(r"[0-9０-９*＊]{5,}")
_NOTE = re.compile(r"[(（].*?[)）]")
_PLAIN = Context(role="list")


@dataclass(slots=True)
class Header:
    """What stands over a column: its wording, its kind ("" none), and the context of the cells below."""

    text: str = ""
    kind: str = ""
    context: Context = _PLAIN


@dataclass(slots=True)
class Headers:
    """The headers of a table as seen so far, and what they say about the table as a whole."""

    words: Words
    columns: dict[int, Header] = field(default_factory=dict)
    person: set[int] = field(default_factory=set)
    organisation: set[int] = field(default_factory=set)
    contact: set[int] = field(default_factory=set)
    titles: list[str] = field(default_factory=list)
    last_row: int = -2
    _memo: dict[str, Header] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        return {header.kind for header in self.columns.values() if header.kind}

    def read(self, row: Sequence[Cell]) -> frozenset[int]:
        """Take in a row; the columns whose cells are headers or labels (and therefore hold no value)."""
        named = frozenset(cell.column for cell in row if self._is_header(cell.text))
        if not named or (len(row) == 1 and len(squeeze(row[0].text)) > 8):
            if not self.columns and len(self.titles) < 14:
                self.titles += [cell.text for cell in row[:4] if len(cell.text) < 80]
            return named
        if any(_LONG.search(cell.text) for cell in row):
            return named  # a form: labels with their values beside them
        kinds = [self.header(cell.text).kind for cell in row if cell.column in named]
        if len(named) >= 2 or (len(row) >= 2 and (not self.columns or 0 <= self.last_row == row[0].row - 1)):
            self._new_row(row, sum(map(bool, kinds)))
        else:
            self._one(next(cell for cell in row if cell.column in named), len(row))
        return named

    def header(self, text: str) -> Header:
        """The header that a cell's text would be."""
        known = self._memo.get(text)
        if known is None:
            bare = squeeze(text)
            kind = header_kind(bare, self.words)
            known = self._memo[text] = Header(bare, kind, self._context(bare, kind))
        return known

    def _context(self, bare: str, kind: str) -> Context:
        code = kind == "organisation-code" or (not kind and bool(self.words.lists["amount_headers"].search(bare)))
        shown = f"所在列标题为“{bare[:24]}”" if kind in PERSONAL else ""
        contact = kind == "office-phone" or (kind == "mobile" and bool(self.words.lists["contact_headers"].search(bare)))
        return Context(kind, shown, "contact" if contact else "list", code, kind == "company-account", listed=False)

    def _is_header(self, text: str) -> bool:
        """Short, names something, and is no value itself."""
        if len(text) < 2 or len(text) > 40 or text[0].isdigit():
            return False
        known = self._memo.get(text)
        if known is not None:
            return True
        bare = _NOTE.sub("", squeeze(text))
        if not 2 <= len(bare) <= 16 or _LONG.search(bare) or not self.words.any_header.search(bare):
            return False
        self.header(text)
        return True

    def _new_row(self, row: Sequence[Cell], kinds: int) -> None:
        """A header row; the second of two lines is read together with the cell above it."""
        second = self.last_row >= 0 and row[0].row - self.last_row == 1
        for cell in row:
            header = self.header(cell.text)
            if second and not header.kind:
                header = self._below(cell, header)
            old = self.columns.get(cell.column)
            if old and old.kind and not header.kind and kinds < 2:
                continue  # a row of data that happens to use words of headers
            self._set(cell.column, header)
        self.last_row = row[0].row

    def _below(self, cell: Cell, header: Header) -> Header:
        """号码 under 身份证: the merged cell above says what it is."""
        above = [column for column in self.columns if column <= cell.column]
        if not above:
            return header
        parent = self.columns[max(above)].text
        joined = self.header(parent + header.text) if parent and parent != header.text else header
        return joined if joined.kind else header

    def _one(self, cell: Cell, width: int) -> None:
        """A single word of the vocabulary: the header of its column, if the column has none yet and the row is no lone title."""
        if cell.column not in self.columns and (width > 1 or len(squeeze(cell.text)) <= 8):
            self._set(cell.column, self.header(cell.text))
            self.last_row = cell.row

    def _set(self, column: int, header: Header) -> None:
        self.columns[column] = header
        for members in (self.contact, self.organisation, self.person):
            members.discard(column)
        if header.kind:
            return
        lists = self.words.lists
        if lists["contact_headers"].search(header.text):
            self.contact.add(column)
        elif "姓名" in header.text:
            self.person.add(column)
        elif lists["organisation_headers"].search(header.text):
            self.organisation.add(column)
        elif lists["person_headers"].search(header.text):
            self.person.add(column)

    def role(self, column: int) -> str:
        """Whose number stands in a column: a citizen's (list), a contact's, an organisation's. The nearest column of names decides."""
        if sensitive(self.kinds):
            return "list"
        if any(self.words.lists["contact_titles"].search(title) for title in self.titles):
            return "contact"
        named = {**dict.fromkeys(self.organisation, "official"), **dict.fromkeys(self.contact, "contact"), **dict.fromkeys(self.person, "list")}
        left = [other for other in named if other < column]
        nearest = max(left) if left else min(named, default=None)
        return named[nearest] if nearest is not None else "list"


def carry(previous: Headers, words: Words, titles: list[str]) -> Headers:
    """The headers of an earlier sheet, for one that has none of its own."""
    return Headers(words, dict(previous.columns), set(previous.person), set(previous.organisation), set(previous.contact), titles, _memo=previous._memo)
