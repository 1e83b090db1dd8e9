"""Where a table says what its columns are: header rows (several, merged, repeated), labels in the cell to the left, titles above."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from checks.privacy.context import PERSONAL, Context, header_kind, is_organisation, sensitive
from checks.privacy.leaks import Cell
from checks.privacy.others import DOOR
from checks.privacy.policy import Words
from core.text import squeeze

_LONG = re.compile(r"[0-9０-９*＊]{5,}")
_NOTE = re.compile(r"[(（].*?[)）]")
_SPEAKS = re.compile(r"[:：，,。；;]")
_TITLE = 40
_NUMBERED = re.compile(r"[0-9]{1,2}[.、．]\D")  # 2.身份证号
_SHARED, _PRIVATE = frozenset(("home-address", "bank-card")), re.compile(r"住|户籍|家庭|卡|折|发放|补贴|惠农")
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
    form: set[str] = field(default_factory=set)  # roles of those a form names by its labels
    names: bool = False  # a column without a telling header is full of names
    last_row: int = -2
    _memo: dict[str, Header] = field(default_factory=dict)

    @property
    def kinds(self) -> set[str]:
        return {header.kind for header in self.columns.values() if header.kind}

    def read(self, row: Sequence[Cell]) -> frozenset[int]:
        """Take in a row; the columns whose cells are headers or labels (and therefore hold no value)."""
        named = frozenset(cell.column for cell in row if self._is_header(cell.text))
        if not named and not self.columns and self._is_plain(row):
            self._new_row(row, 0)
            return frozenset(cell.column for cell in row)
        if not named or (len(row) == 1 and len(squeeze(row[0].text)) > 8):
            if not self.columns and len(self.titles) < 14:
                self.titles += [cell.text for cell in row[:4] if len(cell.text) <= _TITLE and not _SPEAKS.search(cell.text)]
            return named
        if any(_LONG.search(cell.text) for cell in row):
            return named  # a form: labels with their values beside them
        if self._is_form(row, named):
            return named
        kinds = [self.header(cell.text).kind for cell in row if cell.column in named]
        if len(named) >= 2 or (len(row) >= 2 and (not self.columns or 0 <= self.last_row == row[0].row - 1)):
            self._new_row(row, sum(map(bool, kinds)))
        else:
            self._one(next(cell for cell in row if cell.column in named), len(row))
        return named

    def _is_plain(self, row: Sequence[Cell]) -> bool:
        """A header row without a word about persons: 指标 本月 累计. Half of it at least is an amount, a date, a remark."""
        texts = [squeeze(cell.text) for cell in row]
        if len(texts) < 2 or any(not 1 < len(text) <= 12 or any(char.isdigit() for char in text) for text in texts):
            return False
        lists = self.words.lists
        return 2 * sum(bool(lists["amount_headers"].search(text) or lists["plain_headers"].search(text)) for text in texts) >= len(texts)

    def _is_form(self, row: Sequence[Cell], named: frozenset[int]) -> bool:
        """Labels and values by turns: 姓名 张三 残疾类别 肢体二级. A header row has headers beside headers."""
        if len(row) % 2 or any((cell.column in named) == bool(index % 2) for index, cell in enumerate(row)):
            return False
        return not any(self.words.lists["plain_headers"].search(squeeze(cell.text)) for cell in row[1::2])

    def label(self, label: str, value: str) -> None:
        """Take in a label of a form with its value: whom is the form about?"""
        lists, bare = self.words.lists, squeeze(label)
        if lists["contact_headers"].search(bare):
            self.form.add("contact")
        elif lists["organisation_headers"].search(bare) or header_kind(bare, self.words) == "organisation-code":
            self.form.add("official" if is_organisation(value.strip(), self.words) or value.strip()[-1:].isdigit() else "")
        elif lists["person_headers"].search(bare):
            self.form.add("official" if is_organisation(value.strip(), self.words) else "list")

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
        if len(text) < 2 or len(text) > 40 or (text[0].isdigit() and not _NUMBERED.match(text)):
            return False
        known = self._memo.get(text)
        if known is not None:
            return True
        bare = _NOTE.sub("", squeeze(text))
        if not 2 <= len(bare) <= 16 or _LONG.search(bare) or DOOR.search(bare) or not self.words.any_header.search(bare):
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
        if cell.column not in self.columns and (width > 1 or self._is_plainly(squeeze(cell.text))):
            self._set(cell.column, self.header(cell.text))
            self.last_row = cell.row

    def _is_plainly(self, bare: str) -> bool:
        """Half of the wording at least is a header's: 身份证号 is one, 村干部培训班通知 is a title."""
        return len(bare) <= 8 and 2 * sum(len(found[0]) for found in self.words.any_header.finditer(bare)) >= len(bare)

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

    def explains(self, column: int) -> bool:
        """Is the column named, or the whole a form of labels?"""
        header = self.columns.get(column)
        return bool(header and header.text) or bool(self.form)

    def role(self, column: int) -> str:
        """Whose number stands in a column: a citizen's (list), a contact's, an organisation's. The nearest column of names decides."""
        if self._sensitive():
            return "list"
        if any(self.words.lists["contact_titles"].search(title) for title in self.titles):
            return "contact"
        named = {**dict.fromkeys(self.organisation, "official"), **dict.fromkeys(self.contact, "contact"), **dict.fromkeys(self.person, "list")}
        left = [other for other in named if other < column]
        nearest = max(left) if left else min(named, default=None)
        if nearest is not None:
            return named[nearest]
        if self.form or self.names or len(self.columns) < 2:
            return next((role for role in ("list", "official", "contact") if role in self.form), "list")
        return "official"  # headers, and none of them names a person

    @property
    def persons(self) -> bool:
        """Does the table name citizens?"""
        return bool(self.person) or self.names or "list" in self.form or self._sensitive()

    def _sensitive(self) -> bool:
        """Columns that only lists of citizens have; a bare 地址 or 账号 may be a firm's."""
        return sensitive({header.kind for header in self.columns.values() if header.kind not in _SHARED or _PRIVATE.search(header.text)})


def carry(previous: Headers, words: Words, titles: list[str]) -> Headers:
    """The headers of an earlier sheet, for one that has none of its own."""
    return Headers(words, dict(previous.columns), set(previous.person), set(previous.organisation), set(previous.contact), titles, _memo=previous._memo)
