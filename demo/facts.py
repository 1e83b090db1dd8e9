"""The facts of one county month, read from its tables; anything wrong or contradictory is refused with file, line and reason."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from core.calendar import PERIOD_MONTHS, Cycle, Month
from core.errors import FactsError
from demo.tables import Complaints, Row, read_table, read_text

OPEN = "政府信息公开"
NEWS = "各镇快讯、部门动态"
MEDIA = "政务新媒体"
CARRIERS = ("正文", "附件xlsx", "附件docx", "附件pdf", "附件图片", "新媒体正文")
MEDIA_CARRIERS = ("新媒体正文", "正文", "附件图片")
KINDS = ("resident-id", "bank-card", "mobile", "landline", "passport", "travel-permit", "home-address", "plate", "expression")
TEMPLATES = ("原样", "改表头", "改文件名", "")
_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class ColumnFact:
    """A 政府信息公开 column: posts of the month, and posts before it in the same period."""

    unit: str
    column: str
    cycle: Cycle
    count: int
    earlier: int


@dataclass(frozen=True, slots=True)
class NewsFact:
    """A unit's 各镇快讯/部门动态: sent in to the CMS, and live."""

    unit: str
    uploaded: int
    published: int


@dataclass(frozen=True, slots=True)
class AccountFact:
    """A new-media account: originals, recommended reposted, other reposts; its longest silence where one is given."""

    platform: str
    name: str
    originals: int
    reposted: int
    other: int
    silent_from: date | None
    silent_to: date | None

    @property
    def total(self) -> int:
        return self.originals + self.reposted + self.other

    @property
    def silence(self) -> tuple[date, date] | None:
        return (self.silent_from, self.silent_to) if self.silent_from and self.silent_to else None


@dataclass(frozen=True, slots=True)
class SubmissionFact:
    """A spreadsheet owed; `template` is what happened to its form: 原样, 改表头, 改文件名, or empty where none came."""

    unit: str
    column: str
    content: str
    cycle: str
    received: date | None
    template: str


@dataclass(frozen=True, slots=True)
class PaperFact:
    """A paper owed by e-mail."""

    unit: str
    paper: str
    due: date
    received: date | None


@dataclass(frozen=True, slots=True)
class EventFact:
    """Events of one type; `closed` ones are among the accepted."""

    platform: str
    unit: str
    type: str
    generated: int
    accepted: int
    discarded: int
    closed: int


@dataclass(frozen=True, slots=True)
class IncidentFact:
    """Something planted: rows of the same date, unit, place and carrier belong to one post and one file."""

    date: date
    unit: str
    place: str
    carrier: str
    kind: str
    note: str

    @property
    def account(self) -> tuple[str, str] | None:
        """Platform and name where the place is an account."""
        parts = self.place.split("/", 2)
        return (parts[1], parts[2]) if len(parts) == 3 and parts[0] == MEDIA else None

    @property
    def column(self) -> str | None:
        """The column where the place is one."""
        head, _, rest = self.place.partition("/")
        return rest if head == OPEN and rest else None


@dataclass(frozen=True, slots=True)
class Facts:
    """One county month."""

    month: Month
    recommended: int
    columns: tuple[ColumnFact, ...]
    news: tuple[NewsFact, ...]
    accounts: tuple[AccountFact, ...]
    submissions: tuple[SubmissionFact, ...]
    papers: tuple[PaperFact, ...]
    events: tuple[EventFact, ...]
    incidents: tuple[IncidentFact, ...]


def load_facts(folder: Path) -> Facts:
    """Read all tables below `folder`; FactsError, one complaint a line, for anything wrong or contradictory."""
    from demo.contradictions import look_for_contradictions

    if not folder.is_dir():
        raise FactsError(f"没有事实表文件夹 {folder}，请用 --facts 指定含有 month.yaml 和各 csv 的文件夹")
    complaints = Complaints()
    month, recommended = _month(folder, complaints)
    columns = _each(folder, "columns.csv", ("保障单位", "保障栏目", "更新周期", "本月条数", "本周期此前条数"), _column, complaints)
    news = _each(folder, "news.csv", ("单位", "上传条数", "发布条数"), _news, complaints)
    accounts = _each(folder, "accounts.csv", ("平台", "账号名称", "原创条数", "转载推荐条数", "其它转载条数", "停更起", "停更止"), _account, complaints)
    submissions = _each(folder, "submissions.csv", ("保障单位", "保障栏目", "更新内容", "更新周期", "报送日期", "模板"), _submission, complaints)
    papers = _each(folder, "reports_due.csv", ("单位", "材料", "截止日期", "报送日期"), _paper, complaints)
    events = _each(folder, "events.csv", ("平台", "责任单位", "事件类型", "生成", "受理", "废弃", "办结"), _event, complaints)
    incidents = _each(folder, "incidents.csv", ("日期", "单位", "位置", "载体", "类型", "说明"), _incident, complaints)
    facts = Facts(
        month or Month(2000, 1),
        recommended,
        tuple(columns),
        tuple(news),
        tuple(accounts),
        tuple(submissions),
        tuple(papers),
        tuple(events),
        tuple(incidents),
    )
    if month:
        look_for_contradictions(facts, columns, accounts, papers, incidents)
    if complaints.lines:
        raise FactsError(complaints.text())
    return facts


def _month(folder: Path, complaints: Complaints) -> tuple[Month | None, int]:
    """Month and number of recommended reposts from month.yaml."""
    import yaml

    file = "month.yaml"
    text = read_text(folder, file, complaints)
    if text is None:
        return None, 0
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        complaints.add(file, mark.line + 1 if mark else None, "不是正确的 YAML，请检查缩进和冒号")
        return None, 0
    if not isinstance(data, dict):
        complaints.add(file, None, "应有 month 和 recommended_reposts 两项")
        return None, 0
    month: Month | None = None
    try:
        month = Month.parse(str(data["month"])) if "month" in data else None
        if month is None:
            complaints.add(file, None, "缺少 month（如 month: 2023-10）")
    except ValueError as error:
        complaints.add(file, None, f"month 有误：{error}")
    recommended = data.get("recommended_reposts")
    if isinstance(recommended, bool) or not isinstance(recommended, int) or recommended < 0:
        complaints.add(file, None, f"recommended_reposts 应为不小于 0 的整数，不是“{recommended}”")
        recommended = 0
    return month, recommended


def _each(folder: Path, file: str, columns: tuple[str, ...], make: Callable[[Row], tuple[_Record, Hashable]], complaints: Complaints) -> dict[_Record, Row]:
    """The records of a table in order, each with its row; a second row with the same key is complained about."""
    seen: dict[Hashable, int] = {}
    records: dict[_Record, Row] = {}
    for row in read_table(folder, file, columns, complaints):
        record, key = make(row)
        if key in seen:
            row.complain(f"与第{seen[key]}行重复")
            continue
        seen[key] = row.line
        records[record] = row
    return records


def _column(row: Row) -> tuple[ColumnFact, Hashable]:
    text = row.text("更新周期")
    try:
        cycle = Cycle.parse(text)
    except ValueError as error:
        if text:
            row.complain(str(error))
        cycle = Cycle(0, None, text)
    fact = ColumnFact(row.label("保障单位"), row.text("保障栏目"), cycle, row.number("本月条数"), row.number("本周期此前条数"))
    return fact, (fact.unit, fact.column)


def _news(row: Row) -> tuple[NewsFact, Hashable]:
    fact = NewsFact(row.label("单位"), row.number("上传条数"), row.number("发布条数"))
    if fact.published > fact.uploaded:
        row.complain(f"发布条数 {fact.published} 多于上传条数 {fact.uploaded}")
    return fact, fact.unit


def _account(row: Row) -> tuple[AccountFact, Hashable]:
    numbers = (row.number("原创条数"), row.number("转载推荐条数"), row.number("其它转载条数"))
    fact = AccountFact(row.label("平台"), row.label("账号名称"), *numbers, row.maybe_day("停更起"), row.maybe_day("停更止"))
    if bool(row.cells["停更起"]) != bool(row.cells["停更止"]):
        row.complain("停更起、停更止要么都填，要么都不填")
    if fact.silence and fact.silence[0] > fact.silence[1]:
        row.complain(f"停更起 {fact.silence[0]} 晚于停更止 {fact.silence[1]}")
    return fact, (fact.platform, fact.name)


def _submission(row: Row) -> tuple[SubmissionFact, Hashable]:
    received = row.maybe_day("报送日期")
    template = row.one_of("模板", TEMPLATES)
    if received and not template:
        row.complain("有报送日期，“模板”应写 原样、改表头 或 改文件名")
    cycle = row.one_of("更新周期", tuple(PERIOD_MONTHS))
    fact = SubmissionFact(row.label("保障单位"), row.text("保障栏目"), row.label("更新内容"), cycle, received, template)
    return fact, (fact.unit, fact.content)


def _paper(row: Row) -> tuple[PaperFact, Hashable]:
    fact = PaperFact(row.label("单位"), row.label("材料"), row.day("截止日期"), row.maybe_day("报送日期"))
    return fact, (fact.unit, fact.paper)


def _event(row: Row) -> tuple[EventFact, Hashable]:
    numbers = (row.number("生成"), row.number("受理"), row.number("废弃"), row.number("办结"))
    fact = EventFact(row.text("平台"), row.label("责任单位"), row.text("事件类型"), *numbers)
    if fact.accepted + fact.discarded > fact.generated:
        row.complain(f"受理 {fact.accepted} 与废弃 {fact.discarded} 之和多于生成 {fact.generated}")
    if fact.closed > fact.accepted:
        row.complain(f"办结 {fact.closed} 多于受理 {fact.accepted}")
    return fact, (fact.platform, fact.unit, fact.type)


def _incident(row: Row) -> tuple[IncidentFact, Hashable]:
    carrier = row.one_of("载体", CARRIERS)
    kind = row.one_of("类型", KINDS)
    fact = IncidentFact(row.day("日期"), row.label("单位"), row.text("位置"), carrier, kind, row.cells["说明"])
    if kind == "expression" and not fact.note:
        row.complain("类型为 expression 时，“说明”应写错误表述本身")
    return fact, fact
