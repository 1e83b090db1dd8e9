"""The main job on a demo county: build its little web from fact tables, crawl, check, alert, grade, write the bulletin."""

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from datetime import time as clock_time
from pathlib import Path

from core.assessment import Assessment
from core.calendar import SHANGHAI, Month
from core.config import load_county
from core.errors import EnvironmentFailure
from core.records import Finding
from core.store.database import keep_demo_apart
from service.progress import stage

FACTS = Path(__file__).resolve().parent.parent / "demo" / "facts-2023-10"


def run_demo(facts_folder: Path | None, out: Path | None, config: Path, keep: bool, stay: bool) -> int:
    """Run the whole month; 0 nothing found, 1 something must be corrected or could not be collected."""
    from demo.county import build_county
    from demo.facts import load_facts

    started = time.monotonic()
    keep_demo_apart()
    facts = load_facts(facts_folder or FACTS)
    base = load_county(config)
    target = out or Path("out") / f"{base.id}-{facts.month}"
    _prepare(target)
    with _workshop(target, keep) as work, build_county(facts, work, config) as county:
        shutil.rmtree(work / "home", ignore_errors=True)  # build_county has made sure that this folder is a demo's
        assessment, findings, failed = _month(county.config_dir, work / "home", county.today, facts.month, target)
        _collect_mails(county.mail_dir, target / "alerts")
        _tell(assessment, findings, failed, target, time.monotonic() - started, work if keep else None)
        if stay:
            _stay(county.web.base, county.config_dir, work / "home")
    return int(bool(failed) or any(finding.severity in ("veto", "error") for finding in findings))


def _prepare(target: Path) -> None:
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(f"输出目录 {target} 无法建立：{error.strerror}。请用 --out 另选目录") from error


@contextmanager
def _workshop(target: Path, keep: bool) -> Iterator[Path]:
    """Where configuration, inbox and store of the demo live: beside the results when kept, else gone afterwards."""
    if keep:
        work = (target / "county").resolve()
        work.mkdir(exist_ok=True)
        yield work
        return
    with tempfile.TemporaryDirectory(prefix="xuncha-demo-") as folder:
        yield Path(folder)


def _month(config: Path, home: Path, today: date, month: Month, target: Path) -> tuple[Assessment, list[Finding], dict[str, str]]:
    """The stages of the month, in the order of a night."""
    from core.store.setup import open_store
    from reports.files import write_all
    from reports.wording import load_wording
    from service import jobs
    from service.alerts.deliver import deliver
    from service.commands import tell_unchecked
    from service.judging import load_rules

    county, wording = load_county(config), load_wording(config / "bulletin.yaml")
    rules = load_rules(county)
    now = datetime.combine(today, clock_time(2, 0), SHANGHAI)
    night = jobs.Night(county, open_store(home), today, now)
    with stage("采集") as step:
        failed = jobs.crawl(night, [], True, step)
    with stage("检查") as step:
        checked = jobs.check(night, rules, step)
    tell_unchecked(checked)
    deliver(county, lambda: now)
    assessment, findings = jobs.assess_month(night, month, rules.version, now)
    write_all(assessment, findings, wording, target)
    return assessment, findings, {**failed, **checked.failed}


def _collect_mails(received: Path, alerts: Path) -> None:
    """What the demo's mail server took, replacing the mails of an earlier run."""
    shutil.rmtree(alerts, ignore_errors=True)
    alerts.mkdir(parents=True)
    for mail in sorted(received.glob("*.eml")):
        shutil.copyfile(mail, alerts / mail.name)


_SYSTEMS = {"columns": "政府信息公开", "news": "快讯与动态", "accounts": "政务新媒体", "submissions": "数据报送", "events": "智慧场景"}


def _tell(assessment: Assessment, findings: list[Finding], failed: dict[str, str], target: Path, seconds: float, work: Path | None) -> None:
    """One screen: grades, findings, problems, where the files are."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    coverage = assessment.coverage
    console.print(
        f"\n[bold]{assessment.month.year}年{assessment.month.month}月[/bold]  采集 {coverage.collected}/{coverage.planned} 个来源，用时 {seconds:.0f} 秒"
    )
    grades = ("优秀", "良好", "合格", "不合格", "未能核实")
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for grade in grades:
        table.add_column(grade, justify="right")
    for system, name in _SYSTEMS.items():
        counts = Counter(assessment.grades[system].values())
        table.add_row(name, *(str(counts[grade]) if counts[grade] else "·" for grade in grades))
    console.print(table)
    severities = Counter(finding.severity for finding in findings)
    console.print(f"发现：一票否决 {severities['veto']} 处，错误 {severities['error']} 处，提醒 {severities['warning']} 处，提示 {severities['info']} 处")
    console.print(f"存在问题 {len(assessment.problems)} 项：")
    for problem in assessment.problems:
        console.print(f"  {problem.group}. {problem.text}", markup=False, highlight=False)
    for source, reason in list(failed.items())[:10]:
        console.print(f"  未能核实 {source}：{reason}", markup=False, highlight=False)
    console.print(
        f"\n通报 {target / 'bulletin.docx'}\n网页 {target / 'bulletin.html'}\n附件 {target / 'annexes.xlsx'}、annex1…5.csv\n数据 {target / 'assessment.json'}、findings.jsonl；告警邮件 {target / 'alerts'}/",
        markup=False,
        highlight=False,
    )
    if work:
        console.print(f"演示县的配置 {work / 'config'}，数据 {work / 'home'}", markup=False, highlight=False)


def _stay(base: str, config: Path, home: Path) -> None:
    print(f"演示县的网站在 {base} ，可另开终端运行：XUNCHA_HOME={home} xuncha crawl --config {config}\n按 Ctrl-C 结束。", file=sys.stderr)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return
