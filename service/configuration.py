"""Everything a county's folder says, read the way each part of the programme reads it: all complaints at once, and what a person should know besides.

`xuncha config check` prints it, and the desk holds every change against it before a file is replaced.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import County, load_county
from core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing that is wrong: the file's name in the county's folder, and where and why within it."""

    file: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}：{self.text}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """What the folder says. `county` is None where its own files cannot be read; notices stop nothing."""

    county: County | None
    complaints: tuple[Complaint, ...]
    notices: tuple[Complaint, ...]


def read_configuration(folder: Path, environment: Mapping[str, str] | None = None) -> Configuration:
    """Read the whole folder. What needs the county is left out while the county itself is wrong."""
    found: list[Complaint] = []
    county = _tried(folder, found, lambda: load_county(folder))
    parts = {name: _tried(folder, found, part) for name, part in _parts(folder, county)}
    notices = tuple(_notices(county, parts, os.environ if environment is None else environment)) if county else ()
    return Configuration(county, tuple(dict.fromkeys(found)), notices)


def _parts(folder: Path, county: County | None) -> Iterator[tuple[str, Callable[[], Any]]]:
    from checks.expressions.wordlist import load_words
    from reports.wording import load_wording
    from reports.yearly import load_yearly

    yield "bulletin", lambda: load_wording(folder / "bulletin.yaml")
    yield "words", lambda: load_words(folder)
    yield "yearly", lambda: load_yearly(folder / "yearly.yaml")
    if county is None:
        return
    from service.alerts.entries import load_alerts
    from service.inbox_entries import load_inbox
    from service.schedule import load_schedule
    from service.watch import load_watch

    yield "alerts", lambda: load_alerts(county)
    yield "schedule", lambda: load_schedule(county)
    yield "inbox", lambda: load_inbox(county)
    yield "watch", lambda: load_watch(county)


def _tried(folder: Path, found: list[Complaint], read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ConfigurationError as error:
        found += [_placed(folder, line) for line in str(error).splitlines() if line.strip()]
        return None


def _placed(folder: Path, line: str) -> Complaint:
    """A loader's line, its path cut down to the file's name; a word list is told of by its folder."""
    rest = line.removeprefix(str(folder)).lstrip("/\\")
    file, colon, text = rest.partition("：")
    if colon and file.endswith((".yaml", ".csv", ".xlsx")):
        return Complaint(file, text)
    return Complaint("words.yaml" if "词表" in rest else "county.yaml", rest.lstrip("："))


def _notices(county: County, parts: Mapping[str, Any], environment: Mapping[str, str]) -> Iterator[Complaint]:
    """What is not wrong but will not work as it stands."""
    from service.alerts.entries import missing_secrets

    blank = sum(source.url is None for source in county.sources)
    if blank:
        yield Complaint("columns.yaml", f"{blank} 个来源还没有配置网址，采集时会报“未能核实”")
    if county.portal.url and not county.portal.verified:
        yield Complaint("county.yaml", f"portal → verified：门户网址 {county.portal.url} 尚未核实")
    if county.mail and county.mail.user and not environment.get("XUNCHA_SMTP_PASSWORD"):
        yield Complaint("county.yaml", "mail：环境变量 XUNCHA_SMTP_PASSWORD 没有设置，邮件服务器可能拒绝登录")
    if alerts := parts.get("alerts"):
        for line in missing_secrets(alerts, environment):
            yield _placed(county.folder, line)
        yield from _mail_notices(county, alerts)
    inbox = parts.get("inbox")
    if inbox and not environment.get(inbox.password):
        yield Complaint("inbox.yaml", f"password：环境变量 {inbox.password} 没有设置，收不了信")
    yield from _job_notices(parts)
    yield from _login_notices(county, environment)


def _mail_notices(county: County, alerts: Any) -> Iterator[Complaint]:
    mails = [name for name, channel in alerts.channels.items() if channel.kind == "mail"]
    if mails and county.mail is None:
        yield Complaint("county.yaml", f"mail：没有配置发信服务器，“{mails[0]}”等邮件告警发不出去")
    to_units = any(channel.kind == "mail" and channel.to == "unit" for channel in alerts.channels.values())
    without = [unit.name for unit in county.units if not unit.mail]
    if to_units and without:
        instead = f"，改发“{'、'.join(alerts.fallback)}”" if alerts.fallback else "，也没有写 fallback，这些单位收不到告警"
        yield Complaint("units.yaml", f"{len(without)} 个单位没有登记邮箱{instead}")


def _job_notices(parts: Mapping[str, Any]) -> Iterator[Complaint]:
    jobs = parts.get("schedule")
    if jobs is None:
        return
    stages = {job.run for job in jobs}
    for file, stage, word in (("inbox.yaml", "inbox", "收信"), ("watch.yaml", "watch", "查看稿件文件夹")):
        if parts.get(stage) and stage not in stages:
            yield Complaint("schedule.yaml", f"{file} 已启用，但没有启用的“{word}”任务，不会自动运行")
    if "crawl" not in stages:
        yield Complaint("schedule.yaml", "没有启用的采集任务，不会自动采集")


def _login_notices(county: County, environment: Mapping[str, str]) -> Iterator[Complaint]:
    for source in county.sources:
        for login in source.options.get("login", ()):
            variable, file = login.get("environment"), login.get("file")
            if variable and not environment.get(variable):
                yield Complaint("previews.yaml", f"{source.name} → login：环境变量 {variable} 没有设置，登录不了")
            if file and not (county.folder / file).is_file():
                yield Complaint("previews.yaml", f"{source.name} → login：文件 {file} 不存在，登录不了")


def told(folder: Path, sources: bool) -> int:
    """Print how the configuration stands, or its sources; raises ConfigurationError with every complaint, one a line."""
    from service.judging import load_rules

    if not (folder / "county.yaml").exists():
        load_county(folder)  # says what is missing
    read = read_configuration(folder)
    county = read.county
    if read.complaints or county is None:
        raise ConfigurationError("\n".join(f"{folder / complaint.file}：{complaint.text}" for complaint in read.complaints))
    if sources:
        for source in county.sources:
            print(f"{source.id}\t{source.url or '（未配置网址）'}")
        return 0
    counts = f"{len(county.units)} 个单位、{len(county.columns)} 个栏目、{len(county.accounts)} 个账号、{len(county.sources)} 个来源"
    print(f"{folder}：配置无误。{county.name}，{counts}，规则版本 {load_rules(county).version}。")
    for notice in read.notices:
        print(f"请留意：{notice}。")
    return 0
