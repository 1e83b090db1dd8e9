"""`xuncha schedule` and `xuncha schedule status`: the scheduler in the foreground, and how it goes."""

import json
import logging
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from core.calendar import SHANGHAI, shanghai
from core.config import load_county
from core.store.setup import open_store
from service.clock import Clock, SystemClock
from service.counties import known
from service.many import Schedulers
from service.schedule import SCHEDULER, load_schedule
from service.scheduler import Scheduler
from service.status import JobStatus, status


def schedule(config: Path, clock: Clock | None = None) -> int:
    """Run the plan until SIGTERM or Ctrl-C; 0 after a graceful stop. Raises ConfigurationError when the plan is wrong at the start."""
    if not (config / "county.yaml").exists() and len(folders := known(config)) > 1:
        return _many(folders, clock)
    county = load_county(config)
    jobs = load_schedule(county)
    home = open_store()
    speak()
    print(f"调度程序已启动：{county.name}，{len(jobs)} 个任务，数据目录 {home}。按 Ctrl-C 停止。", file=sys.stderr, flush=True)
    Scheduler(config, home, clock or SystemClock()).run()
    return 0


def _many(folders: Mapping[str, str], clock: Clock | None) -> int:
    home = open_store()
    speak()
    print(f"调度程序已启动：{len(folders)} 个县，数据目录 {home}。按 Ctrl-C 停止。", file=sys.stderr, flush=True)
    Schedulers({county: Path(folder) for county, folder in folders.items()}, home, clock or SystemClock()).run()
    return 0


def speak() -> None:
    """One plain line a message on standard error, where journald picks it up."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", "%m-%d %H:%M:%S"))
    logger = logging.getLogger("xuncha.schedule")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [handler]


def schedule_status(config: Path, as_json: bool) -> int:
    """Print how every job stands; 1 when a person should look (something failed, is long owed, or the scheduler isn't running)."""
    now = datetime.now(SHANGHAI)
    jobs = status(load_county(config), now)
    if as_json:
        print(json.dumps([job.data() for job in jobs], ensure_ascii=False, indent=1))
    else:
        _table(jobs, now)
    return int(any(job.failed or job.late(now) for job in jobs))


def _table(jobs: list[JobStatus], now: datetime) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("任务", "安排", "上次", "结果", "用时", "下次"):
        table.add_column(title, no_wrap=title != "安排")
    for job in jobs:
        table.add_row(job.name, job.plan, _moment(job.started_at), job.word, _length(job.seconds), "就绪，等待运行" if job.owed else _moment(job.next_at))
    console = Console()
    console.print(table)
    for job in jobs:
        if job.detail and (job.failed or job.state == "partial"):
            console.print(f"{job.name}：{job.word}。{job.detail}", markup=False, highlight=False)
        if job.late(now) and job.owed:
            console.print(f"{job.name}：{_moment(job.owed)} 就该运行，还没有运行", markup=False, highlight=False)
    if jobs[0].state != "running":
        console.print(f"{SCHEDULER}没有在运行：请运行 xuncha schedule 或 systemctl start xuncha-schedule", markup=False, highlight=False)


def _moment(moment: datetime | None) -> str:
    return f"{shanghai(moment):%m-%d %H:%M}" if moment else "—"


def _length(seconds: float | None) -> str:
    if seconds is None:
        return "—"
    if seconds < 90:
        return f"{seconds:.0f} 秒"
    return f"{seconds / 60:.0f} 分钟" if seconds < 5400 else f"{seconds / 3600:.1f} 小时"
