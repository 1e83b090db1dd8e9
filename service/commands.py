"""What the stages' commands do around the jobs: load, open, run, tell."""

import sys
from datetime import date, datetime
from pathlib import Path

from core.calendar import SHANGHAI, Month
from core.config import load_county
from core.errors import UsageError
from core.store.setup import open_store
from service import jobs
from service.jobs import Night
from service.progress import stage


def night(config: Path) -> Night:
    """Tonight for the county: the store opened, the clock read once."""
    county = load_county(config)
    now = datetime.now(SHANGHAI)
    return Night(county, open_store(), now.date(), now)


def crawl(config: Path, sources: list[str], full: bool) -> int:
    """Collect; 1 when some source could not be collected."""
    from service.byhand import crawling

    tonight = night(config)
    with crawling(tonight, sources) as said, stage("采集") as step:
        failed = jobs.crawl(tonight, sources, full, step)
        said["detail"] = f"{len(failed)} 个来源未能采集" if failed else ""
    for source, reason in failed.items():
        print(f"未能采集 {source}：{reason}", file=sys.stderr)
    planned = len(sources) or len(tonight.county.sources)
    print(f"采集完成：{planned} 个来源，{len(failed)} 个未能采集。")
    return 1 if failed else 0


def assess(config: Path, month: str, out: Path | None) -> int:
    """Grade a month and write its files; 1 when it holds findings that must be corrected."""
    from reports.files import write_all
    from reports.wording import load_wording
    from service.judging import load_rules

    try:
        wanted = Month.parse(month)
    except ValueError as error:
        raise UsageError(str(error)) from error
    tonight, wording = night(config), load_wording(config / "bulletin.yaml")
    assessment, findings = jobs.assess_month(tonight, wanted, load_rules(tonight.county).version, tonight.now)
    target = out or Path("out") / f"{tonight.county.id}-{wanted}"
    for path in write_all(assessment, findings, wording, target):
        print(path)
    return int(any(finding.severity in ("veto", "error") for finding in findings))


def recheck(config: Path, since: str | None) -> int:
    """Check what is stored by today's rules and send what must be known; 1 when something new must be corrected."""
    from service.alerts.deliver import deliver
    from service.judging import load_rules

    try:
        day = date.fromisoformat(since) if since else None
    except ValueError as error:
        raise UsageError(f"日期应写成 YYYY-MM-DD，不是“{since}”") from error
    tonight = night(config)
    with stage("检查") as step:
        checked = jobs.check(tonight, load_rules(tonight.county), step, day)
    tell_unchecked(checked)
    sent, waiting = deliver(tonight.county, lambda: datetime.now(SHANGHAI))
    print(f"检查完成：新发现 {len(checked.fresh)} 处；发出告警 {sent} 封，待发 {waiting} 封。")
    if checked.failed:
        return 3
    return int(any(finding.severity in ("veto", "error") for finding in checked.fresh))


def tell_unchecked(checked: jobs.Checked) -> None:
    for url, reason in checked.failed.items():
        print(f"未能检查 {url}：程序出错（{reason}），下次会再查；请把日志交给维护人员", file=sys.stderr)
