"""The records that travel between the rooms: frozen, typed, free of I/O.

Facts flow one way: Source → Receipt + Post + Attachment → Finding → Verdict → Assessment → files, alerts, pages.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from core.calendar import Cycle, Month, shanghai

Severity = Literal["veto", "error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("veto", "error", "warning", "info")

# ok: collected completely · empty: answered, nothing there · the rest: could not be collected, never "silent".
ReceiptStatus = Literal["ok", "empty", "partial", "expired-login", "blocked", "rate-limited", "redesigned", "unreachable", "misconfigured"]
RECEIPT_STATUSES: tuple[ReceiptStatus, ...] = (
    "ok",
    "empty",
    "partial",
    "expired-login",
    "blocked",
    "rate-limited",
    "redesigned",
    "unreachable",
    "misconfigured",
)
COLLECTED: frozenset[str] = frozenset({"ok", "empty"})

SourceKind = Literal["portal", "ledger", "feed", "wechat", "weibo", "douyin", "recommended", "sent-news", "submissions", "mailbox", "events", "preview"]


# --- the county, as configuration gives it -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unit:
    """A responsible unit; annexes may each know it under another of its `aliases`."""

    name: str
    aliases: tuple[str, ...] = ()
    mail: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Something that can be collected. `id` is unique in the county; `url` is http(s), or a path below the county's inbox folder.

    `options` are the kind's own settings (`recipe`, `render`, `platform` …), plain YAML values.
    """

    id: str
    kind: SourceKind
    url: str | None
    unit: str | None = None
    name: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A 政府信息公开 column: who owns it (as annex 1 writes the unit), its update cycle, its source."""

    unit: str
    name: str
    cycle: Cycle
    source: str


@dataclass(frozen=True, slots=True)
class NewsUnit:
    """A unit that sends in 各镇快讯/部门动态, as annex 2 writes it; its posts are known by their 来源."""

    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Account:
    """A new-media account: platform + name is the key (one name may exist on two platforms)."""

    platform: str
    name: str
    unit: str
    source: str

    @property
    def key(self) -> str:
        return f"{self.platform}/{self.name}"


@dataclass(frozen=True, slots=True)
class SubmissionDuty:
    """A spreadsheet owed each cycle to the data platform (annex 4); `template` is the file name, `header` its header row
    (empty: not known, so only the name is compared), `months` the months it is owed in (empty: each)."""

    unit: str
    column: str
    content: str
    cycle: str
    template: str
    header: tuple[str, ...] = ()
    months: tuple[int, ...] = ()

    def is_due(self, month: Month) -> bool:
        return not self.months or month.month in self.months


@dataclass(frozen=True, slots=True)
class PaperDuty:
    """A paper owed by e-mail each month; due on `due_day` (clipped to the month's end) of the month `due_offset` months later."""

    unit: str
    paper: str
    due_day: int = 31
    due_offset: int = 0

    def due(self, month: Month) -> date:
        target = month.plus(self.due_offset)
        return target.last if self.due_day >= target.last.day else date(target.year, target.month, self.due_day)


@dataclass(frozen=True, slots=True)
class EventDuty:
    """One event type that a unit handles on a platform (annex 5)."""

    platform: str
    unit: str
    type: str


# --- what a collection leaves ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof of one collection of one source in one run; silence is judged only on `ok` and `empty`."""

    source: str
    status: ReceiptStatus
    reason: str = ""
    items: int = 0
    failed_pages: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that a post offers; `evidence` names its bytes in the vault, None when it could not be fetched (`reason` says why)."""

    url: str
    name: str
    evidence: str | None = None
    size: int = 0
    media_type: str = ""
    reason: str = ""
    picture: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a post; `status` is the HTTP status seen, 0 when the host did not answer, None when not looked at."""

    url: str
    text: str = ""
    status: int | None = None


PostState = Literal["live", "deleted", "violating", "unavailable", "unread"]


@dataclass(frozen=True, slots=True)
class Trace:
    """How a post was met, for the next visit: a digest of what the list says of it, the validators of page and files by address (the page's under ""),
    and when the list was last read where the post stands without showing it (None: not known)."""

    listed: str = ""
    validators: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    absent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post as collected. `text` and `body` (its HTML, where tables keep their cells) are raw: only ever in memory or the vault.

    date_source: tag · visible · list · url · platform · ledger · unknown. original: the platform's own mark.
    capture: evidence → how it came {url, status, headers, at, sha256, size}, for page and attachments.
    """

    source: str
    url: str
    title: str
    published_at: datetime | None = None
    date_source: str = "unknown"
    origin: str = ""
    author: str = ""
    text: str = ""
    body: str = ""
    state: PostState = "live"
    original: Literal["declared", "reprint", "undeclared"] | None = None
    pinned: bool = False
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    page: bytes = b""
    trace: Trace = field(default_factory=Trace)
    capture: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A post as the store knows it: no raw text, but a MinHash `fingerprint` of it; `evidence` and `content_key` name its page and its reading in the vault."""

    id: int
    source: str
    url: str
    title: str
    published_at: datetime | None
    date_source: str
    origin: str
    state: PostState
    original: str | None
    pinned: bool
    fingerprint: tuple[int, ...]
    evidence: str | None
    content_key: str
    first_seen: datetime
    version: int
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    absent_at: datetime | None = None
    capture: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def published_on(self) -> date | None:
        """The Shanghai day of publication."""
        return shanghai(self.published_at).date() if self.published_at else None


@dataclass(frozen=True, slots=True)
class Observation:
    """A counted or filed fact that is not a post. kind → data:

    sent-news {unit, title} · submission {unit, file, header, rows, error} · paper {unit, paper, period, sender}
    event {platform, unit, type, generated, accepted, discarded, closed, month} · probe {ok, reason, seconds, digest, tags} (of the home page)
    """

    source: str
    kind: Literal["sent-news", "submission", "paper", "event", "probe"]
    key: str
    on: date
    data: Mapping[str, Any]


# --- reading documents ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Block:
    """A readable piece of a document. `text` is as written; offsets of findings point into it.

    file: the document's name, a member of an archive as `名单.zip!/a/名单.xlsx`; None for a page's own text.
    where: `Sheet1!C3`, `第2页`, `表1 第3行第2列`, `第5段`, `正文`, `图片`, `页眉`, `批注`, `文档属性` …
    table, row, column: set for a cell (row and column count from 0 within the table, gaps where cells are empty).
    hidden: why a reader does not see it (`隐藏工作表`, `隐藏行`, `隐藏列`, `白色文字`, `遮挡`, `修订删除`), else "".
    number: the cell was stored as a number (digits beyond the 15th may be lost; `text` is the number as shown).
    ocr: the text was read off a picture.
    """

    text: str
    where: str
    file: str | None = None
    table: str | None = None
    row: int | None = None
    column: int | None = None
    hidden: str = ""
    number: bool = False
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be read, and the Chinese reason (有密码, 文件损坏, 超过大小限制 …)."""

    file: str | None
    where: str
    reason: str


# --- judging --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check looks at: everything one post, or one file before publication, says.

    page_type: column · news · account · file (before publication). `published_on` dates the text for rules with terms.
    `first_seen`: the day the post was met first; `absent_on`: the last day before it on which its list was read and did not show it (None: not known).
    """

    blocks: tuple[Block, ...]
    unread: tuple[Unread, ...] = ()
    county: str = ""
    unit: str | None = None
    source: str | None = None
    url: str | None = None
    title: str | None = None
    page_type: str = "file"
    published_on: date | None = None
    first_seen: date | None = None
    absent_on: date | None = None
    tags: Mapping[str, str] | None = None
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One judgement about one place; `masked` never holds a raw personal value. Keys as in the contract; None where one does not apply."""

    rule: str
    severity: Severity
    message: str
    unit: str | None = None
    source: str | None = None
    url: str | None = None
    title: str | None = None
    file: str | None = None
    where: str | None = None
    start: int | None = None
    end: int | None = None
    masked: str | None = None
    suggestion: str | None = None
    reasons: tuple[str, ...] = ()
    county: str = ""

    @property
    def id(self) -> str:
        """Stable over runs: made of the place and the rule, never of wording, severity or time."""
        place = (self.county, self.source, self.url, self.file, self.where, self.start, self.end, self.rule, self.masked)
        return hashlib.sha256(repr(place).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's decision on a finding or a grade: who, when, why; a row, never an edit."""

    subject: str
    decision: str
    reason: str
    who: str
    at: datetime
