"""What units did in a month, counted but not yet graded: checks/activity makes these records, reports/assess grades them.

`verified` is False when a source behind the figure could not be collected: the figure is then a lower bound and nobody is graded down by it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from core.calendar import Month
from core.records import Account, Column, EventDuty, NewsUnit, PaperDuty, SubmissionDuty

PostKind = Literal["original", "recommended", "other"]


@dataclass(frozen=True, slots=True)
class ColumnActivity:
    """Posts of a column in the month; `earlier` ones in the same period before it; `owed` this month (0 when not due)."""

    column: Column
    published: int
    earlier: int
    due: bool
    owed: int
    verified: bool = True

    @property
    def short(self) -> bool:
        return self.due and self.published < self.owed


@dataclass(frozen=True, slots=True)
class NewsActivity:
    """News of a unit: `uploaded` to the CMS (None when the export could not be read), `published` on the site."""

    news: NewsUnit
    uploaded: int | None
    published: int
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one account post was judged and on what evidence (Chinese sentences); `item` is the URL of the recommended item it reposts."""

    post: int
    url: str
    kind: PostKind
    reasons: tuple[str, ...]
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """A run of whole days without a post, both ends included."""

    start: date
    end: date

    @property
    def days(self) -> int:
        return (self.end - self.start) // timedelta(days=1) + 1


@dataclass(frozen=True, slots=True)
class AccountActivity:
    """An account's month: originals, distinct recommended items reposted, other reposts, and its longest silence touching the month."""

    account: Account
    originals: int
    reposted: int
    other: int
    silence: Silence | None
    verified: bool = True
    judgements: tuple[Judgement, ...] = ()


@dataclass(frozen=True, slots=True)
class SubmissionActivity:
    """One owed spreadsheet: when it came (None: not at all) and whether it kept the template (None when it did not come)."""

    duty: SubmissionDuty
    received: date | None
    on_time: bool
    in_form: bool | None
    note: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class PaperActivity:
    """One owed paper."""

    duty: PaperDuty
    due: date
    received: date | None
    verified: bool = True

    @property
    def on_time(self) -> bool:
        return self.received is not None and self.received <= self.due


@dataclass(frozen=True, slots=True)
class EventActivity:
    """Events of one platform, unit and type in the month. pending = generated − accepted − discarded."""

    duty: EventDuty
    generated: int = 0
    accepted: int = 0
    discarded: int = 0
    closed: int = 0
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Activity:
    """Everything counted for one county and month. `unattributed`: URLs of news whose unit nobody could tell."""

    month: Month
    recommended: int
    columns: tuple[ColumnActivity, ...] = ()
    news: tuple[NewsActivity, ...] = ()
    accounts: tuple[AccountActivity, ...] = ()
    submissions: tuple[SubmissionActivity, ...] = ()
    papers: tuple[PaperActivity, ...] = ()
    events: tuple[EventActivity, ...] = ()
    unattributed: tuple[str, ...] = ()
    failed: Mapping[str, str] = field(default_factory=dict)
