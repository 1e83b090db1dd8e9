"""`alerts.yaml`: what is read, and how a mistake is told."""

import shutil
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.calendar import SHANGHAI
from core.config import load_county
from core.errors import ConfigurationError
from service.alerts.entries import Alerts, Digest, Hours, Retry, load_alerts, missing_secrets

MODEL = Path(__file__).resolve().parents[1] / "config" / "meixian"
GOOD: dict[str, Any] = {"channels": {"单位": {"kind": "mail"}}, "routes": [{"name": "一", "channels": ["单位"]}]}


def read(tmp_path: Path, data: Any) -> Alerts:
    text = data if isinstance(data, str) else yaml.safe_dump(data, allow_unicode=True)
    (tmp_path / "alerts.yaml").write_text(text, encoding="utf-8")
    return load_alerts(replace(load_county(MODEL), folder=tmp_path))


def test_the_countys_own_file_is_right() -> None:
    alerts = load_alerts(load_county(MODEL))
    assert alerts.channels["单位邮箱"].to == "unit"
    assert alerts.escalation
    assert missing_secrets(alerts, {}) == []


def test_every_commented_example_in_it_is_right_too(tmp_path: Path) -> None:
    text = (MODEL / "alerts.yaml").read_text(encoding="utf-8")
    lines = [line.replace("# ", "", 1) if line.startswith("  #") else line for line in text.splitlines()]
    alerts = read(tmp_path, "\n".join(lines))
    assert {channel.kind for channel in alerts.channels.values()} == {"mail", "wecom", "dingtalk", "feishu", "webhook"}
    assert alerts.routes[-1].hours == Hours(time(18), time(8))
    assert len(missing_secrets(alerts, {"XUNCHA_WECOM_KEY": "x"})) == 6


def test_without_the_file_units_are_told_by_mail(tmp_path: Path) -> None:
    alerts = load_alerts(replace(load_county(MODEL), folder=tmp_path))
    assert [channel.kind for channel in alerts.channels.values()] == ["mail"]
    assert alerts.routes[0].severities == ("veto", "error")


WRONG: list[tuple[Any, str]] = [
    ("", "文件是空的"),
    ("a: [", "不是合法的 YAML"),
    ({**GOOD, "chanels": {}}, "chanels：没有这个设置项"),
    ({"channels": {"单位": {"kind": "mail"}}}, "routes：缺少这一项"),
    ({**GOOD, "routes": []}, "routes：至少要有一项"),
    ({**GOOD, "channels": {"单位": {"kind": "sms"}}}, "channels → 单位 → kind：只能是"),
    ({**GOOD, "channels": {"单位": {"kind": "wecom"}}}, "channels → 单位：wecom 渠道缺少 token_env"),
    ({**GOOD, "channels": {"单位": {"kind": "mail", "token_env": "X"}}}, "mail 渠道没有 token_env 这一项"),
    ({**GOOD, "channels": {"单位": {"kind": "wecom", "token_env": "693a91f6-7xxx"}}}, "密钥本身不要写进文件"),
    ({**GOOD, "channels": {"单位": {"kind": "mail", "to": ["office"]}}}, "“office”不是一个邮箱地址"),
    ({**GOOD, "channels": {"单位": {"kind": "mail", "to": ["a@b\nBcc: c@d"]}}}, "不是一个邮箱地址"),
    ({**GOOD, "channels": {"单位": {"kind": "mail", "to": []}}}, "to 至少要有一个邮箱"),
    ({**GOOD, "channels": {"单位": {"kind": "feishu", "token_env": "X", "base": "ftp://x"}}}, "应以 http:// 或 https:// 开头"),
    ({**GOOD, "desk": "desk"}, "desk：“desk”不是网址"),
    ({**GOOD, "routes": [{"name": "一", "channels": ["群"]}]}, "routes 第1项 一 → channels：没有名为“群”的渠道"),
    ({**GOOD, "routes": [{"name": "一", "channels": ["单位"], "units": ["县气象局2"]}]}, "“县气象局2”不在 units.yaml 中"),
    ({**GOOD, "routes": [{"name": "一", "channels": ["单位"], "severities": ["fatal"]}]}, "routes → 第1项 一 → severities → 第1项：只能是"),
    ({**GOOD, "routes": [{"name": "一", "channels": ["单位"], "hours": "夜里"}]}, '时段应写成 "21:30-07:00"，不是“夜里”'),
    ({**GOOD, "routes": [{"name": "一", "channels": ["单位"], "hours": "08:00-08:00"}]}, "时段应写成"),
    ({**GOOD, "routes": [{"name": "一", "channels": ["单位"], "send": "later"}]}, "send：只能是"),
    ({**GOOD, "digest": {"at": "25:00"}}, 'digest → at：时刻应写成 "08:30"，不是“25:00”'),
    ({**GOOD, "repeat_hours": 0}, "repeat_hours：必须大于 0"),
    ({**GOOD, "retry": {"first_minutes": -1}}, "retry → first_minutes：必须大于 0"),
    ({**GOOD, "fallback": ["单位"]}, "fallback：“单位”发给单位自己"),
    ({**GOOD, "escalation": {"channels": ["单位"]}}, "督办应发给主任"),
    ({**GOOD, "escalation": {"channels": ["主任"]}}, "escalation → channels：没有名为“主任”的渠道"),
    ({**GOOD, "quiet": {"hours": "22:00-07:00", "except": "veto"}}, "quiet → except：应是一个列表"),
]


@pytest.mark.parametrize(("data", "complaint"), WRONG, ids=[words for _, words in WRONG])
def test_a_mistake_is_told_with_file_and_entry(tmp_path: Path, data: Any, complaint: str) -> None:
    with pytest.raises(ConfigurationError) as failure:
        read(tmp_path, data)
    assert str(failure.value).startswith(str(tmp_path / "alerts.yaml"))
    assert complaint in str(failure.value)


def test_times_as_yaml_reads_them(tmp_path: Path) -> None:
    """YAML takes an unquoted 21:30 for a number in base sixty."""
    alerts = read(tmp_path, yaml.safe_dump(GOOD, allow_unicode=True) + "digest: {at: 21:30}\nquiet: {hours: 21:30-07:00}\n")
    assert alerts.digest.at == time(21, 30)
    assert str(alerts.quiet and alerts.quiet.hours) == "21:30-07:00"


def at(hour: float) -> datetime:
    return datetime(2023, 11, 1, tzinfo=SHANGHAI) + timedelta(hours=hour)


@pytest.mark.parametrize(("hour", "held"), [(21.4, False), (21.5, True), (23.9, True), (24, True), (30.9, True), (31, False), (12, False)])
def test_hours_over_midnight(hour: float, held: bool) -> None:
    hours = Hours(time(21, 30), time(7))
    assert hours.holds(at(hour)) is held
    if held:
        assert hours.ends_after(at(hour)) == at(31)


def test_hours_within_a_day() -> None:
    hours = Hours(time(12), time(14))
    assert [hours.holds(at(hour)) for hour in (11.9, 12, 13.9, 14)] == [False, True, True, False]
    assert hours.ends_after(at(13)) == at(14)


def test_hours_are_the_countys_not_the_clocks() -> None:
    """A moment given in another zone is judged by Shanghai's clock."""
    from datetime import UTC

    from service.alerts.entries import Quiet

    quiet = Quiet(hours=Hours(time(22), time(7)))
    assert quiet.until("error", datetime(2023, 11, 1, 15, 0, tzinfo=UTC)) == at(31)
    assert quiet.until("error", datetime(2023, 11, 1, 2, 0, tzinfo=UTC)) is None
    assert quiet.until("veto", datetime(2023, 11, 1, 15, 0, tzinfo=UTC)) is None


def test_the_digest_hour_that_has_come() -> None:
    digest = Digest(at=time(8, 30))
    assert digest.slot(at(8.4)) == at(8.5) - timedelta(days=1)
    assert digest.slot(at(8.5)) == at(8.5)


def test_backoff_doubles_up_to_its_bound() -> None:
    retry = Retry(first_minutes=1, max_minutes=15)
    assert [retry.wait(tries).total_seconds() / 60 for tries in (1, 2, 3, 4, 5, 6, 10_000)] == [1, 2, 4, 8, 15, 15, 15]


def test_a_county_folder_with_the_file_is_still_a_county(tmp_path: Path) -> None:
    shutil.copytree(MODEL, tmp_path / "county")
    assert load_county(tmp_path / "county").id == "meixian"
