"""The county as data: a folder of YAML files → typed, frozen records. Every complaint names file, entry and reason.

Files: county units columns news accounts submissions events papers grading (required), people and previews (optional); `bulletin.yaml` belongs to the reports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from core.calendar import Cycle
from core.entries import (
    AccountEntry,
    AccountsFile,
    ColumnEntry,
    CountyFile,
    Crawl,
    EventsFile,
    Grading,
    Listing,
    Mail,
    NewsFile,
    PapersFile,
    People,
    Portal,
    PreviewsFile,
    SubmissionsFile,
    UnitColumns,
    UnitEntry,
)
from core.errors import ConfigurationError
from core.records import Account, Column, EventDuty, NewsUnit, PaperDuty, Source, SourceKind, SubmissionDuty, Unit
from core.text import squeeze
from core.yamls import parse

# Data shared by all counties: rules of wording, privacy tables, the model county.
SHARED = Path(__file__).resolve().parent.parent / "config"


@dataclass(frozen=True, slots=True)
class County:
    """Everything the configuration of one county says. `folder` is where it was read from."""

    id: str
    name: str
    full_name: str
    office: str
    folder: Path
    inbox: Path
    portal: Portal
    issue_day: int
    crawl: Crawl
    mail: Mail | None
    units: tuple[Unit, ...]
    columns: tuple[Column, ...]
    news: tuple[NewsUnit, ...]
    accounts: tuple[Account, ...]
    submissions: tuple[SubmissionDuty, ...]
    papers: tuple[PaperDuty, ...]
    events: tuple[EventDuty, ...]
    sources: tuple[Source, ...]
    grading: Grading
    people: People
    _by_name: Mapping[str, Unit] = field(repr=False, default_factory=dict)

    def unit(self, name: str) -> Unit | None:
        """The unit known under this name or alias; None when nobody is."""
        return self._by_name.get(name)

    def same_unit(self, one: str | None, other: str | None) -> bool:
        """True when both names belong to one unit."""
        if one is None or other is None:
            return False
        first, second = self._by_name.get(one), self._by_name.get(other)
        return one == other or (first is not None and first is second)

    def attribute(self, text: str) -> Unit | None:
        """The unit that a 来源 line names: its very name, else the longest known name inside the line."""
        line = squeeze(text)
        if line in self._by_name:
            return self._by_name[line]
        inside = [name for name in self._by_name if len(name) >= 3 and squeeze(name) in line]
        return self._by_name[max(inside, key=len)] if inside else None

    @property
    def assessed(self) -> tuple[Source, ...]:
        """The sources that a month is counted from: all but previews, where nothing is published yet."""
        return tuple(source for source in self.sources if source.kind != "preview")

    def source(self, source_id: str) -> Source | None:
        return next((source for source in self.sources if source.id == source_id), None)


_Model = TypeVar("_Model", bound=BaseModel)


class ConfigReader:
    """Reads the files of one folder and gathers complaints, so that all are told at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.complaints: list[str] = []

    def raw(self, name: str) -> Any:
        path = self.folder / name
        try:
            return parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.complaints.append(f"{path}：文件不存在，请补上（可参照 config/meixian/{name}）")
        except UnicodeDecodeError:
            self.complaints.append(f"{path}：不是 UTF-8 编码，请另存为 UTF-8")
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            last = len(path.read_text(encoding="utf-8").splitlines()) or 1  # where something is missing at the end, the parser may name the line after it
            place = f"第{min(mark.line + 1, last)}行" if mark else "某处"
            self.complaints.append(f"{path}：{place}不是合法的 YAML，请检查缩进、冒号和引号")
        return None

    def one(self, name: str, model: type[_Model]) -> _Model | None:
        data = self.raw(name)
        if data is None:
            if not self.complaints or not self.complaints[-1].startswith(str(self.folder / name)):
                self.complaints.append(f"{self.folder / name}：文件是空的")
            return None
        return self._valid(name, model, data, "")

    def many(self, name: str, model: type[_Model]) -> tuple[_Model, ...]:
        data = self.raw(name)
        if data is None:
            return ()
        if not isinstance(data, list):
            self.complaints.append(f"{self.folder / name}：应是一个列表（每项以“- ”开头）")
            return ()
        read = (self._valid(name, model, item, f"第{number}项 ") for number, item in enumerate(data, 1))
        return tuple(item for item in read if item is not None)

    def _valid(self, name: str, model: type[_Model], data: Any, entry: str) -> _Model | None:
        try:
            return model.model_validate(data)
        except ValidationError as failure:
            for error in failure.errors(include_url=False):
                self.complaints.append(f"{self.folder / name}：{entry}{_place(data, error['loc'])}{complaint_of(error)}")
            return None


def _place(data: Any, loc: tuple[int | str, ...]) -> str:
    """The entry as its reader would name it: `县应急管理局 → columns 第3项 安全生产信息 → cycle：`."""
    parts: list[str] = [_label(data)] if _label(data) else []
    here = data
    for step in loc:
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            here = None
        parts.append(f"第{step + 1}项 {_label(here)}".rstrip() if isinstance(step, int) else str(step))
    return " → ".join(parts) + "：" if parts else ""


def _label(data: Any) -> str:
    if not isinstance(data, Mapping):
        return ""
    return str(data.get("name") or data.get("unit") or "")


_REASONS = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个设置项，请检查拼写",
    "string_type": "应是文字（数字请加引号）",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "float_type": "应是数字",
    "float_parsing": "应是数字",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "tuple_type": "应是一个列表",
    "model_type": "应是“键: 值”的形式",
    "string_too_short": "不能为空",
    "too_short": "至少要有一项",
    "date_from_datetime_parsing": "日期应写成 YYYY-MM-DD",
    "date_type": "日期应写成 YYYY-MM-DD",
}


def complaint_of(error: Mapping[str, Any]) -> str:
    """A validation error of pydantic in Chinese."""
    kind, context = str(error["type"]), error.get("ctx", {})
    if kind in _REASONS:
        return _REASONS[kind]
    if kind == "value_error":
        return str(context.get("error", error["msg"]))
    if kind == "literal_error":
        return f"只能是 {context.get('expected')}，不是“{error.get('input')}”"
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        bound = next(iter(context.values()), "")
        words = {"greater_than_equal": "不能小于", "greater_than": "必须大于", "less_than_equal": "不能大于", "less_than": "必须小于"}
        return f"{words[kind]} {bound}，现在是 {error.get('input')}"
    if kind == "string_pattern_mismatch":
        return f"写法不对：“{error.get('input')}”（只能用小写字母、数字和连字符，以字母开头）"
    return f"写法不对：{error['msg']}"


def load_county(folder: Path) -> County:
    """Read and cross-check a county's folder; raises ConfigurationError with every complaint, one a line."""
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}：没有这个配置目录。请用 --config 指定县的配置目录，如 config/meixian")
    if not (folder / "county.yaml").exists():
        raise ConfigurationError(f"{folder}：目录里没有 county.yaml，不是县的配置目录。请用 --config 指定，如 config/meixian")
    reader = ConfigReader(folder)
    county = reader.one("county.yaml", CountyFile)
    units = reader.many("units.yaml", UnitEntry)
    columns = reader.many("columns.yaml", UnitColumns)
    news = reader.one("news.yaml", NewsFile)
    accounts = reader.one("accounts.yaml", AccountsFile)
    submissions = reader.one("submissions.yaml", SubmissionsFile)
    events = reader.one("events.yaml", EventsFile)
    papers = reader.one("papers.yaml", PapersFile)
    grading = reader.one("grading.yaml", Grading)
    people = reader.one("people.yaml", People) if (folder / "people.yaml").exists() else People()
    previews = reader.one("previews.yaml", PreviewsFile) if (folder / "previews.yaml").exists() else PreviewsFile()
    if reader.complaints:
        raise ConfigurationError("\n".join(reader.complaints))
    assert county and news and accounts and submissions and events and papers and grading and people and previews  # noqa: PT018
    complaints = [f"{folder / complaint}" for complaint in _contradictions(units, columns, news, accounts, submissions, events, papers, previews)]
    if complaints:
        raise ConfigurationError("\n".join(complaints))
    records = tuple(Unit(entry.name, entry.aliases, entry.mail) for entry in units)
    return County(
        id=county.id,
        name=county.name,
        full_name=county.full_name,
        office=county.office,
        folder=folder,
        inbox=(folder / county.inbox).resolve(),
        portal=county.portal,
        issue_day=county.issue_day,
        crawl=county.crawl,
        mail=county.mail,
        units=records,
        columns=tuple(
            Column(group.unit, entry.name, Cycle.parse(entry.cycle), _column_id(group.unit, entry.name)) for group in columns for entry in group.columns
        ),
        news=tuple(NewsUnit(entry.unit, f"news/{entry.listing}") for entry in news.units),
        accounts=tuple(Account(entry.platform, entry.name, entry.unit, _account_id(entry)) for entry in accounts.accounts),
        submissions=tuple(SubmissionDuty(d.unit, d.column, d.content, d.cycle, d.template, d.header, d.months) for d in submissions.duties),
        papers=tuple(PaperDuty(d.unit, d.paper, d.due_day, d.due_offset) for d in papers.duties),
        events=tuple(EventDuty(d.platform, d.unit, kind) for d in events.duties for kind in d.types),
        sources=(*_sources(columns, news, accounts, submissions, events, papers), *_previews(previews)),
        grading=grading,
        people=people,
        _by_name={name: unit for unit in records for name in (unit.name, *unit.aliases)},
    )


def _column_id(unit: str, column: str) -> str:
    return f"column/{unit}/{column}"


def _account_id(entry: AccountEntry) -> str:
    return f"account/{entry.platform}/{entry.name}"


def _portal_options(entry: ColumnEntry | Listing) -> dict[str, Any]:
    options: dict[str, Any] = {"render": True} if entry.render else {}
    if entry.recipe:
        options["recipe"] = entry.recipe
    return options


_RENDERED_PLATFORMS = {"抖音号"}
# Where an account's interface is when no address is given; a gateway of the office can stand in for it.
_INTERFACES = {"wechat": "https://api.weixin.qq.com/", "douyin": "https://open.douyin.com/"}


def _account_source(entry: AccountEntry) -> Source:
    kind: SourceKind = entry.collect or ("douyin" if entry.platform in _RENDERED_PLATFORMS else "ledger")
    options: dict[str, Any] = {"platform": entry.platform, "account": entry.name}
    if entry.credentials:
        options["credentials"] = entry.credentials
    if entry.columns:
        options["columns"] = dict(entry.columns)
    if not entry.pages:
        options["pages"] = False
    url = entry.url or (_INTERFACES.get(kind) if entry.credentials else None)
    return Source(_account_id(entry), kind, url, entry.unit, entry.name, options)


def _sources(
    columns: tuple[UnitColumns, ...], news: NewsFile, accounts: AccountsFile, submissions: SubmissionsFile, events: EventsFile, papers: PapersFile
) -> Iterator[Source]:
    for group in columns:
        for column in group.columns:
            yield Source(_column_id(group.unit, column.name), "portal", column.url, group.unit, column.name, _portal_options(column))
    for listing in news.listings:
        yield Source(f"news/{listing.name}", "portal", listing.url, None, listing.name, _portal_options(listing))
    if news.export:
        yield Source("sent-news", "sent-news", news.export, None, "上报信息导出")
    if accounts.accounts:
        yield Source("recommended", "recommended", accounts.recommended, None, "推荐转载信息清单")
    for account in accounts.accounts:
        yield _account_source(account)
    if submissions.duties:
        yield Source("submissions", "submissions", submissions.folder, None, "数据报送文件夹")
    if events.duties:
        yield Source("events", "events", events.url, None, "智慧场景平台")
    if papers.duties:
        yield Source("mailbox", "mailbox", papers.mailbox, None, "报送邮箱")


def _previews(previews: PreviewsFile) -> Iterator[Source]:
    for entry in previews.previews:
        options: dict[str, Any] = {"max_pages": entry.max_pages, "history_months": entry.history_months}
        if entry.recipe:
            options["recipe"] = entry.recipe
        if entry.login:
            options["login"] = [login.model_dump(exclude_none=True) for login in entry.login]
        yield Source(f"preview/{entry.name}", "preview", entry.url, entry.unit, entry.name, options)


def _contradictions(
    units: tuple[UnitEntry, ...],
    columns: tuple[UnitColumns, ...],
    news: NewsFile,
    accounts: AccountsFile,
    submissions: SubmissionsFile,
    events: EventsFile,
    papers: PapersFile,
    previews: PreviewsFile,
) -> Iterator[str]:
    """What only shows when the files are read together: names twice, names nobody knows."""
    known: dict[str, str] = {}
    for unit in units:
        for name in (unit.name, *unit.aliases):
            if name in known:
                yield f"units.yaml：{unit.name} → “{name}”已属于“{known[name]}”，一个名称只能属于一个单位"
            known[name] = unit.name
    used = [("columns.yaml", group.unit) for group in columns] + [("news.yaml", entry.unit) for entry in news.units]
    used += [("accounts.yaml", entry.unit) for entry in accounts.accounts] + [("submissions.yaml", duty.unit) for duty in submissions.duties]
    used += [("events.yaml", event.unit) for event in events.duties] + [("papers.yaml", paper.unit) for paper in papers.duties]
    used += [("previews.yaml", preview.unit) for preview in previews.previews if preview.unit]
    for file, name in dict.fromkeys(used):
        if name not in known:
            yield f"{file}：{name} → 单位不在 units.yaml 中，请在那里加上它（或把它写成已有单位的别名）"
    listings = {listing.name for listing in news.listings}
    for entry in news.units:
        if entry.listing not in listings:
            yield f"news.yaml：{entry.unit} → listing“{entry.listing}”不在 listings 中"
    repeated = {
        "columns.yaml": [f"{group.unit}/{column.name}" for group in columns for column in group.columns],
        "news.yaml": [entry.unit for entry in news.units],
        "accounts.yaml": [f"{account.platform}/{account.name}" for account in accounts.accounts],
        "submissions.yaml": [f"{duty.unit}/{duty.column}/{duty.content}" for duty in submissions.duties],
        "events.yaml": [f"{duty.platform}/{duty.unit}/{kind}" for duty in events.duties for kind in duty.types],
        "papers.yaml": [f"{duty.unit}/{duty.paper}" for duty in papers.duties],
        "previews.yaml": [preview.name for preview in previews.previews],
    }
    for file, keys in repeated.items():
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield f"{file}：{key} → 出现了不止一次，请合并"
