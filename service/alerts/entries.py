"""`alerts.yaml` of a county: channels, routes, quiet hours, digest, escalation. Complaints name file and entry; secrets are only ever named."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.calendar import SHANGHAI, shanghai
from core.config import ConfigReader, County
from core.entries import Entry, Name
from core.errors import ConfigurationError
from core.records import Severity

FILE = "alerts.yaml"
Kind = Literal["mail", "wecom", "dingtalk", "feishu", "webhook"]
_NEEDS: Mapping[str, tuple[str, ...]] = {"mail": (), "wecom": ("token_env",), "dingtalk": ("token_env",), "feishu": ("token_env",), "webhook": ("url_env",)}
_TAKES: Mapping[str, tuple[str, ...]] = {
    "mail": ("to",),
    "wecom": ("token_env", "base", "per_round"),
    "dingtalk": ("token_env", "secret_env", "base", "per_round"),
    "feishu": ("token_env", "secret_env", "base", "per_round"),
    "webhook": ("url_env", "secret_env", "per_round"),
}


def _variable(text: str) -> str:
    if not re.fullmatch(r"[A-Z][A-Z0-9_]*", text):
        raise ValueError("这里写环境变量的名字（大写字母、数字、下划线），密钥本身不要写进文件")
    return text


def _address(text: str) -> str:
    name, _, host = text.rpartition("@")
    if not name or not host or any(char.isspace() or char in ",;<>" for char in text):
        raise ValueError(f"“{text}”不是一个邮箱地址")
    return text


def _web(text: str) -> str:
    from urllib.parse import urlsplit

    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"“{text}”不是网址，应以 http:// 或 https:// 开头")
    return text.rstrip("/")


def _clock(value: Any) -> Any:
    """`"08:30"` as a time; YAML reads an unquoted 21:30 as minutes."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    if isinstance(value, time):
        return value
    try:
        return datetime.strptime(str(value), "%H:%M").time()  # noqa: DTZ007 (a time of day)
    except ValueError:
        raise ValueError(f'时刻应写成 "08:30"，不是“{value}”') from None


@dataclass(frozen=True, slots=True)
class Hours:
    """A part of the day, over midnight when it ends before it starts."""

    start: time
    end: time

    def holds(self, moment: datetime) -> bool:
        now = moment.timetz().replace(tzinfo=None)
        return self.start <= now < self.end if self.start < self.end else now >= self.start or now < self.end

    def ends_after(self, moment: datetime) -> datetime:
        """The next end of these hours."""
        end = datetime.combine(moment.date(), self.end, moment.tzinfo)
        return end if end > moment else end + timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def _hours(value: Any) -> Any:
    first, dash, last = str(value).partition("-")
    try:
        hours = Hours(_clock(first.strip()), _clock(last.strip()))
    except ValueError:
        hours = None
    if not dash or hours is None or hours.start == hours.end:
        raise ValueError(f'时段应写成 "21:30-07:00"，不是“{value}”')
    return hours


EnvName = Annotated[Name, AfterValidator(_variable)]
Address = Annotated[Name, AfterValidator(_address)]
Web = Annotated[Name, AfterValidator(_web)]
Clock = Annotated[time, BeforeValidator(_clock)]
HoursText = Annotated[Hours, BeforeValidator(_hours)]


class Channel(Entry):
    """One way out. `base`: the robots' server, when the county has its own; `per_round`: how many messages a robot takes in a minute."""

    kind: Kind
    to: Literal["unit"] | tuple[Address, ...] = "unit"
    token_env: EnvName | None = None
    secret_env: EnvName | None = None
    url_env: EnvName | None = None
    base: Web | None = None
    per_round: int = Field(18, ge=1, le=1000)

    @model_validator(mode="after")
    def _fits_kind(self) -> "Channel":
        if missing := [name for name in _NEEDS[self.kind] if getattr(self, name) is None]:
            raise ValueError(f"{self.kind} 渠道缺少 {missing[0]}")
        if idle := [name for name in sorted(self.model_fields_set - {"kind"}) if name not in _TAKES[self.kind]]:
            raise ValueError(f"{self.kind} 渠道没有 {idle[0]} 这一项")
        if self.to == ():
            raise ValueError("to 至少要有一个邮箱")
        return self

    def secrets(self) -> tuple[str, ...]:
        """The environment variables it needs."""
        return tuple(name for name in (self.token_env, self.secret_env, self.url_env) if name)


class Route(Entry):
    """Who gets what: findings of these units, severities, families, at these hours, go to these channels."""

    name: Name
    severities: tuple[Severity, ...] = Field(("veto", "error"), min_length=1)
    families: tuple[Name, ...] = ()
    units: tuple[Name, ...] = ()
    hours: HoursText | None = None
    channels: tuple[Name, ...] = Field(min_length=1)
    send: Literal["now", "digest"] = "now"


class Quiet(Entry):
    hours: HoursText
    spared: tuple[Severity, ...] = Field(("veto",), alias="except")

    def until(self, severity: str, now: datetime) -> datetime | None:
        """When a message of this severity may go out, if not now."""
        local = shanghai(now)
        held = severity not in self.spared and self.hours.holds(local)
        return self.hours.ends_after(local) if held else None


class Retry(Entry):
    first_minutes: float = Field(1, gt=0)
    max_minutes: float = Field(15, gt=0)
    give_up_hours: float = Field(168, gt=0)

    def wait(self, tries: int) -> timedelta:
        """How long after the n-th failure (n ≥ 1)."""
        return timedelta(minutes=min(self.max_minutes, self.first_minutes * 2 ** min(tries - 1, 30)))


class Digest(Entry):
    at: Clock = time(8, 30)

    def slot(self, now: datetime) -> datetime:
        """The latest digest hour that has come."""
        today = datetime.combine(shanghai(now).date(), self.at, SHANGHAI)
        return today if today <= now else today - timedelta(days=1)


class Escalation(Entry):
    after_hours: float = Field(24, gt=0)
    severities: tuple[Severity, ...] = Field(("veto",), min_length=1)
    channels: tuple[Name, ...] = Field(min_length=1)
    repeat_hours: float = Field(72, gt=0)


class Alerts(Entry):
    """The whole file. operators: who is told of sources that cannot be collected (none: the fallback)."""

    desk: Web | None = None
    channels: Mapping[Name, Channel] = Field(min_length=1)
    routes: tuple[Route, ...] = Field(min_length=1)
    fallback: tuple[Name, ...] = ()
    operators: tuple[Name, ...] = ()
    quiet: Quiet | None = None
    repeat_hours: float = Field(72, gt=0)
    retry: Retry = Retry()
    digest: Digest = Digest()
    escalation: Escalation | None = None
    all_clear: bool = True

    @property
    def repeat(self) -> timedelta:
        return timedelta(hours=self.repeat_hours)


# A county without the file: its units are told by mail what must be corrected at once.
_PLAIN = Alerts(channels={"单位邮箱": Channel(kind="mail")}, routes=(Route(name="立即告诉单位", channels=("单位邮箱",)),))


def load_alerts(county: County) -> Alerts:
    """Read the county's `alerts.yaml`; raises ConfigurationError with every complaint, one a line."""
    if not (county.folder / FILE).exists():
        return _PLAIN
    reader = ConfigReader(county.folder)
    alerts = reader.one(FILE, Alerts)
    complaints = reader.complaints + [f"{county.folder / FILE}：{complaint}" for complaint in (_contradictions(alerts, county) if alerts else ())]
    if complaints or alerts is None:
        raise ConfigurationError("\n".join(complaints))
    return alerts


def _contradictions(alerts: Alerts, county: County) -> Iterator[str]:
    used = [(f"routes 第{number}项 {route.name} → channels", name) for number, route in enumerate(alerts.routes, 1) for name in route.channels]
    used += [("fallback", name) for name in alerts.fallback]
    used += [("operators", name) for name in alerts.operators]
    used += [("escalation → channels", name) for name in (alerts.escalation.channels if alerts.escalation else ())]
    for place, name in used:
        if name not in alerts.channels:
            yield f"{place}：没有名为“{name}”的渠道，请在 channels 中加上"
    for name in alerts.operators:
        if name in alerts.channels and alerts.channels[name].to == "unit" and alerts.channels[name].kind == "mail":
            yield f"operators：“{name}”发给单位自己，采集故障应发给值班人员，请换成有固定收件人的渠道"
    for name in alerts.fallback:
        if name in alerts.channels and alerts.channels[name].to == "unit" and alerts.channels[name].kind == "mail":
            yield f"fallback：“{name}”发给单位自己，单位没有邮箱时没有用，请换成有固定收件人的渠道"
    if alerts.escalation:
        for name in alerts.escalation.channels:
            if name in alerts.channels and alerts.channels[name].to == "unit" and alerts.channels[name].kind == "mail":
                yield f"escalation → channels：“{name}”发给单位自己，督办应发给主任，请换成有固定收件人的渠道"
    for number, route in enumerate(alerts.routes, 1):
        for unit in route.units:
            if county.unit(unit) is None:
                yield f"routes 第{number}项 {route.name} → units：“{unit}”不在 units.yaml 中"


def missing_secrets(alerts: Alerts, environment: Mapping[str, str]) -> list[str]:
    """A complaint for each channel whose environment variable is not set."""
    return [
        f"{FILE}：channels → {name}：环境变量 {variable} 没有设置，发不出去"
        for name, channel in alerts.channels.items()
        for variable in channel.secrets()
        if not environment.get(variable)
    ]
