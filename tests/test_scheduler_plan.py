"""`schedule.yaml`: what it may say, when things are due, and the units of systemd. Nothing runs here."""

import re
import shutil
import subprocess
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from apscheduler.triggers.base import BaseTrigger  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import SHANGHAI
from core.config import SHARED, load_county
from core.errors import ConfigurationError
from service.bells import Bells
from service.due import Due, due
from service.jobruns import Past, Status
from service.order import clashes
from service.processes import Owner, Process
from service.schedule import JobEntry, Timing, load_schedule
from service.status import words

MEIXIAN = SHARED / "meixian"
ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(MEIXIAN, tmp_path_factory.mktemp("county") / "meixian"))


def complaint(folder: Path, *jobs: dict[str, Any], text: str | None = None) -> str:
    (folder / "schedule.yaml").write_text(text if text is not None else yaml.safe_dump({"jobs": list(jobs)}, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ConfigurationError) as failure:
        load_schedule(load_county(folder))
    return str(failure.value)


def test_the_countys_own_plan_is_right_and_does_everything() -> None:
    county = load_county(MEIXIAN)
    jobs = {job.name: job for job in load_schedule(county)}
    assert {job.run for job in jobs.values()} >= {"crawl", "check", "deliver", "all-clear", "escalate", "digest", "draft", "ledger", "expire"}
    assert jobs["夜间采集"].wanted(county.sources) == county.sources
    hot = {source.id for source in jobs["每小时巡看"].wanted(county.sources)}
    assert {"news/各镇快讯", "news/部门动态", "column/县住建局/住房保障信息"} <= hot
    assert len(hot) < 20


GOOD = {"name": "采集", "run": "crawl", "at": "01:00"}
WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"at": "1:00"}, '第1项 采集 → at：时间应写成带引号的 "HH:MM"（如 "01:30"），不是“1:00”'),
    ({"at": "24:00"}, "不是“24:00”"),
    ({"at": 60}, "第1项 采集 → at：应是文字"),
    ({"run": "sleep"}, "第1项 采集 → run：只能是"),
    ({"att": "01:00"}, "第1项 采集 → att：没有这个设置项"),
    ({"name": ""}, "name：不能为空"),
    ({"at": None}, "没有写什么时候运行"),
    ({"every": 5}, "at 和 every 只能写一个"),
    ({"at": None, "every": 7}, "every：间隔（分钟）应能整除一小时"),
    ({"at": None, "every": 300}, "不是 300"),
    ({"between": "08:00-18:00"}, "between 只与 every 一起用"),
    ({"at": None, "every": 60, "between": "08:00"}, "between：时段应写成"),
    ({"at": None, "every": 60, "weekdays": [1]}, "就要用 at 写明几点"),
    ({"weekdays": [8]}, "weekdays → 第1项：不能大于 7，现在是 8"),
    ({"day": 31}, "day：日期应是 1 到 28，或 last（月末），不是“31”"),
    ({"day": "first"}, "不是“first”"),
    ({"month": 1}, "写了 month，就要用 day"),
    ({"window": "02:00-05:00"}, "at（01:00）不在 window（02:00-05:00）之内"),
    ({"window": "02:00-02:00"}, "起止不同"),
    ({"missed": "in-window"}, "就要用 window 写明时段"),
    ({"missed": "never"}, "missed：只能是"),
    ({"limit": 0}, "limit：不能小于 1，现在是 0"),
    ({"kinds": ["rss"]}, "kinds → 第1项：没有“rss”这一类来源"),
    ({"sources": ["column/没有/这个"]}, "采集 → sources：没有来源“column/没有/这个”"),
    ({"keep_days": 400}, "keep_days 只用于 run: expire"),
    ({"period": "current"}, "period 只用于 run: draft 或 ledger"),
    ({"run": "expire", "keep_days": 30}, "keep_days：不能小于 90"),
    ({"run": "check", "full": True}, "full 只用于 run: crawl"),
    ({"after": ["没有"]}, "采集 → after：没有另一个任务叫“没有”"),
    ({"after": ["采集"]}, "采集 → after：没有另一个任务叫“采集”"),
    ({"name": "调度程序"}, "调度程序 → 这个名称留给调度程序自己"),
)


@pytest.mark.parametrize(("change", "told"), WRONG, ids=[str(change) for change, _ in WRONG])
def test_each_mistake_is_told_with_file_entry_and_reason(folder: Path, change: dict[str, Any], told: str) -> None:
    said = complaint(folder, {key: value for key, value in {**GOOD, **change}.items() if value is not None})
    assert str(folder / "schedule.yaml") in said
    assert told in said
    assert "\n" not in said


def test_mistakes_between_jobs_and_of_the_file_itself(folder: Path) -> None:
    assert "任务名称出现了不止一次" in complaint(folder, GOOD, GOOD)
    circle = [{"name": name, "run": "check", "after": [other]} for name, other in (("甲", "乙"), ("乙", "丙"), ("丙", "甲"))]
    assert "转了一圈" in complaint(folder, *circle)
    assert "jobs → 一个任务也没有" in complaint(folder)
    assert "文件是空的" in complaint(folder, text="")
    assert "第1行不是合法的 YAML" in complaint(folder, text="jobs: [")
    (folder / "schedule.yaml").unlink()
    with pytest.raises(ConfigurationError, match="文件不存在"):
        load_schedule(load_county(folder))


def job(**given_: Any) -> JobEntry:
    return JobEntry.model_validate({"name": "任务", "run": "crawl", **given_})


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("entry", "after", "wanted"),
    [
        ({"at": "01:00"}, "2023-12-31 01:00", "2024-01-01 01:00"),
        ({"at": "08:30", "weekdays": [1, 5]}, "2023-11-03 08:30", "2023-11-06 08:30"),
        ({"at": "23:30", "day": "last"}, "2024-02-01 00:00", "2024-02-29 23:30"),
        ({"at": "07:30", "day": 1}, "2023-11-01 07:30", "2023-12-01 07:30"),
        ({"at": "08:00", "month": 1, "day": 5}, "2023-01-05 08:00", "2024-01-05 08:00"),
        ({"every": 5}, "2023-11-01 23:55", "2023-11-02 00:00"),
        ({"every": 120}, "2023-11-01 00:00", "2023-11-01 02:00"),
        ({"every": 60, "between": "07:00-22:30"}, "2023-11-01 22:00", "2023-11-02 07:00"),
        ({"every": 60, "between": "22:00-02:00"}, "2023-11-01 01:00", "2023-11-01 22:00"),
    ],
)
def test_when_things_come_round(entry: dict[str, Any], after: str, wanted: str) -> None:
    assert Timing.of(job(**entry)).next(at(after)) == at(wanted)


def test_a_window_may_reach_over_midnight() -> None:
    entry = job(at="22:30", window="22:30-05:00")
    assert entry.closes(at("2023-11-01 23:00")) == at("2023-11-02 05:00")
    assert entry.closes(at("2023-11-02 04:59")) == at("2023-11-02 05:00")
    assert entry.closes(at("2023-11-02 05:00")) is None
    assert job(at="22:30").closes(at("2023-11-01 23:00")) is None


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ({"at": "01:00"}, "每天 01:00"),
        ({"every": 60, "between": "07:00-22:30"}, "每小时（07:00至22:30）"),
        ({"at": "07:30", "day": "last"}, "每月月末 07:30"),
        ({"at": "08:00", "month": 1, "day": 5}, "每年1月5日 08:00"),
        ({"at": "08:30", "weekdays": [1, 2]}, "周一、二 08:30"),
        ({"every": 5, "after": ["检查"]}, "每 5 分钟；“检查”之后"),
    ],
)
def test_a_plan_in_words(entry: dict[str, Any], said: str) -> None:
    assert words(job(**entry)) == said


def ran(slot: datetime, status: Status = "done", attempt: int = 1, finished: datetime | None = None) -> Past:
    return Past(1, "任务", slot, status, Owner("here", Process(1, "1"), attempt), slot, slot, None if status == "running" else finished or slot, "")


def test_a_call_from_the_job_before_is_answered_once() -> None:
    timing = Timing.of(job(after=["采集"]))
    done = at("2023-11-01 02:00")
    past = [ran(at("2023-10-31 02:00"))]
    assert due(timing, past, {"采集": done}, at("2023-11-01 02:01")) == (Due(done),)
    assert due(timing, [*past, ran(done)], {"采集": done}, at("2023-11-01 09:00")) == ()
    assert due(timing, past, {"采集": at("2024-11-01 02:00")}, at("2023-11-01 02:01")) == (), "an end in the future is a wrong clock's"


@pytest.mark.parametrize(
    ("status", "attempt", "minutes", "again"),
    [("stopped", 9, 0, 9), ("died", 1, 0, 2), ("died", 3, 600, None), ("failed", 1, 9, None), ("failed", 1, 10, 2), ("failed", 3, 600, None)]
    + [(status, 1, 600, None) for status in ("done", "partial", "overtime", "skipped")],
)
def test_what_did_not_come_to_its_end_is_tried_again(status: Status, attempt: int, minutes: int, again: int | None) -> None:
    slot = at("2023-11-01 01:00")
    found = due(Timing.of(job(at="01:00")), [ran(slot, status, attempt)], {}, slot + timedelta(minutes=minutes))
    assert found == (() if again is None else (Due(slot, attempt=again),))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(-3_000, 6_000), min_size=1, max_size=60),
    st.sampled_from([{"at": "01:00"}, {"every": 60}, {"at": "01:00", "run": "draft", "day": "last"}]),
)
def test_however_the_clock_is_set_no_slot_runs_twice_and_none_stays_owed(minutes: Sequence[int], entry: dict[str, Any]) -> None:
    timing, now = Timing.of(job(**entry)), at("2023-11-15 12:00")
    past: list[Past] = []
    for step in minutes:
        now += timedelta(minutes=step)
        for item in due(timing, past, {}, now):
            assert item.slot <= now
            assert item.slot not in {run.slot for run in past}
            past = sorted([*past, ran(item.slot)], key=lambda run: run.slot)
        assert due(timing, past, {}, now) == ()


def test_who_may_run_beside_whom() -> None:
    sources = load_county(MEIXIAN).sources
    entries = [
        job(name="夜采", at="01:00"),
        job(name="快讯", every=60, sources=["news/*"]),
        job(name="民政", every=60, sources=["column/县民政局/*"]),
        job(name="检查", run="check", at="01:00"),
        job(name="清理", run="expire", at="01:00"),
        job(name="发送", run="deliver", every=5),
    ]
    timings = [Timing.of(entry) for entry in entries]
    apart = {frozenset((one.name, other.name)) for one in entries for other in entries if one is not other and clashes(one, other.name, timings, sources)}
    assert apart == {frozenset(pair) for pair in (("夜采", "快讯"), ("夜采", "民政"), ("清理", "夜采"), ("清理", "快讯"), ("清理", "民政"), ("清理", "检查"))}
    assert clashes(entries[0], "已改名的任务", timings, sources)
    assert not clashes(entries[5], "已改名的任务", timings, sources)


UNITS = ("xuncha-serve.service", "xuncha-schedule.service")
_LINE = re.compile(r"(#.*|\[(Unit|Service|Install)\]|[A-Z][A-Za-z]+=.*|)")


@pytest.mark.parametrize("name", UNITS)
def test_the_units_are_what_systemd_understands(name: str, tmp_path: Path) -> None:
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if not _LINE.fullmatch(line)] == []
    assert "Environment=XUNCHA_HOME=/var/lib/xuncha\n" in text
    options = dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    assert options["KillMode"] == "mixed", "the scheduler stops its children itself, and what is left goes with the unit"
    assert int(options["TimeoutStopSec"]) > 60, "longer than the scheduler may take to stop its children"
    assert options["NoNewPrivileges"] == options["PrivateTmp"] == "yes"
    assert (options["ProtectSystem"], options["StateDirectory"]) == ("strict", "xuncha")
    assert options["EnvironmentFile"] == "-/etc/xuncha/environment"
    assert f" {'serve' if 'serve' in name else 'schedule'} " in options["ExecStart"]
    if shutil.which("systemd-analyze"):
        program = tmp_path / "xuncha"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        unit = tmp_path / name
        unit.write_text(text.replace("/opt/xuncha/.venv/bin/xuncha", str(program)), encoding="utf-8")
        checked = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=60, check=False)
        assert (checked.returncode, [line for line in checked.stderr.splitlines() if name in line]) == (0, []), checked.stderr


def test_the_bells_ring_at_the_plans_next_moment_and_only_while_they_hang() -> None:
    rung, bells, now = threading.Event(), Bells(), datetime.now(SHANGHAI)
    assert bells.next() is None
    bells.hang([Timing.of(job(name="一", every=60)), Timing.of(job(name="二", after=["一"])), Timing.of(job(name="三", every=5))], rung.set)
    moment = bells.next()
    assert moment is not None
    assert timedelta(0) < moment - now <= timedelta(minutes=5)
    bells.hang([Timing(job(name="马上", every=5), _Soon())], rung.set)
    assert rung.wait(10)
    bells.silence()
    assert bells.next() is None


class _Soon(BaseTrigger):  # type: ignore[misc]
    """A trigger that fires a moment from now."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        return None if previous_fire_time else now + timedelta(milliseconds=100)
