"""The shapes of the configuration files: what each entry may and must say. `core.config` reads them into records."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.calendar import Cycle


def _cycle(text: str) -> str:
    Cycle.parse(text)
    return text


CycleText = Annotated[str, AfterValidator(_cycle)]
Name = Annotated[str, Field(min_length=1)]


class Entry(BaseModel):
    """Base of every entry: unknown keys are refused, so that a misspelt key is not silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Mail(Entry):
    """How alerts leave: an SMTP server; `user` is optional, its password comes from XUNCHA_SMTP_PASSWORD."""

    host: Name
    port: int = Field(25, ge=1, le=65535)
    sender: Name
    security: Literal["none", "starttls", "ssl"] = "none"
    user: str | None = None


class Crawl(Entry):
    """Manners towards the sites: `contact` goes into the User-Agent; `delay` in seconds between two requests to one host; `per_hour` requests at most to one host.

    hosts: hosts beside those of the sources to which a redirect may lead. private_hosts: names that may resolve to addresses of the internal network.
    look_again: posts with open findings, and `look_around`: other known posts, that are looked at again at one visit.
    """

    contact: Name
    delay: float = Field(1.0, ge=0)
    concurrency: int = Field(2, ge=1, le=32)
    timeout: int = Field(30, ge=1, le=600)
    retries: int = Field(2, ge=0, le=10)
    max_list_pages: int = Field(60, ge=1)
    robots: bool = True
    per_hour: int = Field(3600, ge=1)
    hosts: tuple[Name, ...] = ()
    private_hosts: tuple[Name, ...] = ()
    look_again: int = Field(100, ge=0)
    look_around: int = Field(20, ge=0)


class Portal(Entry):
    """The county's portal; `verified` says whether a person has opened the addresses."""

    name: Name
    url: str | None = None
    verified: bool = False


class CountyFile(Entry):
    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    name: Name
    full_name: Name
    office: Name
    portal: Portal
    inbox: str = "inbox"
    issue_day: int = Field(23, ge=1, le=28)
    crawl: Crawl
    mail: Mail | None = None


class UnitEntry(Entry):
    name: Name
    aliases: tuple[Name, ...] = ()
    mail: str | None = None


class ColumnEntry(Entry):
    name: Name
    cycle: CycleText
    url: str | None = None
    recipe: str | None = None
    render: bool = False


class UnitColumns(Entry):
    unit: Name
    columns: tuple[ColumnEntry, ...]


class Listing(Entry):
    name: Name
    url: str | None = None
    recipe: str | None = None
    render: bool = False


class NewsEntry(Entry):
    unit: Name
    listing: Name


class NewsFile(Entry):
    export: str | None = None
    listings: tuple[Listing, ...]
    units: tuple[NewsEntry, ...]


class AccountEntry(Entry):
    """How an account is collected: `collect` (by default 抖音号 from its page, all else from a ledger).

    credentials: the prefix of the environment variables that hold its secrets. columns: a ledger's headers where they are unusual (field → header).
    pages: open each article's own page (feeds and 微信).
    """

    platform: Name
    name: Name
    unit: Name
    url: str | None = None
    collect: Literal["ledger", "feed", "wechat", "weibo", "douyin"] | None = None
    credentials: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    columns: Mapping[Literal["title", "url", "published_at", "account", "platform", "original", "origin", "pinned"], Name] = {}
    pages: bool = True

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> Self:
        if self.collect == "wechat" and not self.credentials:
            raise ValueError("用微信官方接口采集（collect: wechat）要写 credentials（凭证环境变量的前缀）")
        if self.credentials and self.collect not in ("wechat", "weibo", "douyin"):
            raise ValueError("credentials 只用于 collect: wechat、weibo、douyin")
        if self.columns and self.collect not in (None, "ledger"):
            raise ValueError("columns 只用于台账（collect: ledger）")
        return self


class AccountsFile(Entry):
    recommended: str | None = None
    accounts: tuple[AccountEntry, ...]


class SubmissionEntry(Entry):
    unit: Name
    column: Name
    content: Name
    cycle: Literal["月", "季度", "半年", "年"]
    template: Name
    header: tuple[Name, ...] = ()
    months: tuple[Annotated[int, Field(ge=1, le=12)], ...] = ()


class SubmissionsFile(Entry):
    folder: str | None = None
    duties: tuple[SubmissionEntry, ...]


class EventEntry(Entry):
    platform: Name
    unit: Name
    types: tuple[Name, ...] = Field(min_length=1)


class EventsFile(Entry):
    url: str | None = None
    duties: tuple[EventEntry, ...]


class PaperEntry(Entry):
    unit: Name
    paper: Name
    due_day: int = Field(31, ge=1, le=31)
    due_offset: int = Field(0, ge=0, le=3)


class PapersFile(Entry):
    mailbox: str | None = None
    duties: tuple[PaperEntry, ...]


class PreviewLogin(Entry):
    """A header that carries the login, as a Cookie; its value lies in an environment variable or in a file (relative to the county's folder), never here."""

    header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$")] = "Cookie"
    environment: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")] | None = None
    file: Name | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.environment is None) == (self.file is None):
            raise ValueError("environment（环境变量名）和 file（文件）应写且只写一个")
        return self


class PreviewEntry(Entry):
    """A list of pages before they go live. Every page is read anew at each visit; `unit` is told of what is found."""

    name: Name
    url: Annotated[str, Field(pattern=r"^https?://")]
    unit: Name | None = None
    recipe: str | None = None
    login: tuple[PreviewLogin, ...] = ()
    max_pages: int = Field(3, ge=1, le=60)
    history_months: int = Field(2, ge=0, le=24)


class PreviewsFile(Entry):
    previews: tuple[PreviewEntry, ...] = ()


class ColumnGrading(Entry):
    """优秀 when Σ published − Σ owed reaches `excellent_surplus`."""

    excellent_surplus: int = 5


class NewsGrading(Entry):
    excellent_published: int = 5
    owed: int = 1


class AccountGrading(Entry):
    """Silence of more than `silence_days` of the platform is a problem; reposts are assessed on `repost_platforms` only."""

    owed_originals: int = 4
    excellent_surplus: int = 10
    repost_platforms: tuple[str, ...] = ("微信订阅号",)
    repost_share: float = Field(0.5, ge=0, le=1)
    silence_days: Mapping[str, int] = {"微信订阅号": 7, "微信服务号": 7, "抖音号": 14}
    silence_default: int = 14
    similarity: float = Field(0.6, gt=0, le=1)


class EventGrading(Entry):
    """Percent of accepted events that were closed, compared with the exact ratio."""

    excellent: int = 85
    good: int = 70
    passing: int = 60


class Grading(Entry):
    columns: ColumnGrading = ColumnGrading()
    news: NewsGrading = NewsGrading()
    accounts: AccountGrading = AccountGrading()
    events: EventGrading = EventGrading()
    serious: tuple[Literal["veto", "error", "warning"], ...] = ("veto", "error")


class Leader(Entry):
    rank: int
    name: Name
    titles: tuple[Name, ...]
    short: tuple[str, ...] = ()
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")


class FormerLeader(Entry):
    name: Name
    titles: tuple[Name, ...]


class People(Entry):
    leaders: tuple[Leader, ...] = ()
    former: tuple[FormerLeader, ...] = ()
