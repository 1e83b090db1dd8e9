"""The work of the night, a job a process: `python -m service.night …` is what the scheduler starts. Its last line on standard output says how it ended."""

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType, TracebackType

from core.calendar import Month, shanghai
from core.config import load_county
from core.errors import UsageError, XunchaError
from service import dispatch
from service.children import Outcome
from service.clock import SystemClock
from service.follow import followed
from service.jobs import Night
from service.processes import MARK, Owner, kill_tree
from service.schedule import JobEntry, Stage, load_schedule

logger = logging.getLogger(__name__)
BEAT = 15.0  # seconds between two signs of life
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done: the entry of the plan and the slot it is done for."""

    entry: JobEntry
    slot: datetime

    def batch(self, night: Night) -> str:
        """The name under which this slot's work is queued."""
        return f"{night.county.id}/{self.entry.name}/{self.slot.isoformat()}"


class Stopped(BaseException):
    """Asked to stop. Not an Exception: no boundary inside a job may swallow it."""


def crawl(night: Night, order: Order) -> Outcome:
    """Collect all sources, or those the entry names that have an address; tell the office what needs its hand."""
    from service import jobs
    from service.alerts.jobs import tell_operators

    county, chosen = night.county, order.entry.wanted(night.county.sources)
    narrowed = len(chosen) < len(county.sources)
    wanted = [source.id for source in chosen if source.url] if narrowed else []
    if narrowed and not wanted:
        return Outcome("skipped", "没有配置了网址的来源要看")
    with followed(night) as follower:
        if dispatch.spread():
            failed = dispatch.crawl(night, chosen if narrowed else county.sources, order.entry.full, order.batch(night), _quiet)
        else:
            failed = jobs.crawl(night, wanted, order.entry.full, _quiet)
    if failed:
        tell_operators(night)
    planned = len(wanted) or len(county.sources)
    found = f"，边采边查新发现 {follower.found} 处" if follower.found else ""
    return Outcome("partial" if failed else "done", f"采集 {planned} 个来源{found}" + _named("个未能采集", failed))


def check(night: Night, order: Order) -> Outcome:
    """Run the rules over what is new, changed, or was checked by other rules."""
    from service import jobs
    from service.judging import load_rules

    rules = load_rules(night.county)
    checked = dispatch.check(night, rules.version, order.batch(night), _quiet) if dispatch.spread() else jobs.check(night, rules, _quiet)
    told = f"新发现 {checked.found} 处" + _named("篇未能检查", checked.failed)
    return Outcome("partial" if checked.failed else "done", told)


def evidence(night: Night, order: Order) -> Outcome:
    """Responses into WARC files and pictures of the places, for the findings that lack them."""
    from service.evidence import gather

    done = gather(night, seconds=max(60.0, order.entry.limit * 60 * 0.8))
    return Outcome("partial" if done.without or done.gone else "done", done.told())


def deliver(night: Night, order: Order) -> Outcome:
    """Send what waits in the outbox."""
    from service.alerts.jobs import deliver_due

    sent, waiting = deliver_due(night)
    return Outcome("done", f"发出 {sent} 封，待发 {waiting} 封")


def digest(night: Night, order: Order) -> Outcome:
    """Send the digest of what can wait."""
    from service.alerts.jobs import send_digest

    return Outcome("done", f"汇总 {send_digest(night)} 封")


def escalate(night: Night, order: Order) -> Outcome:
    """Tell the director what was not rectified in time."""
    from service.alerts.jobs import escalate_overdue

    return Outcome("done", f"升级催办 {escalate_overdue(night)} 件")


def all_clear(night: Night, order: Order) -> Outcome:
    """Tell the units what has been rectified."""
    from service.alerts import jobs

    return Outcome("done", f"解除 {jobs.all_clear(night)} 件")


def expire(night: Night, order: Order) -> Outcome:
    """Delete evidence past its term, and runs nobody will ask for. Irreversible, so only under a clock that was plausible yesterday as well."""
    from core.store.vault import Vault
    from service import queue
    from service.expiry import expire as strip
    from service.jobruns import prune, seen_between

    if not seen_between(night.county.id, night.now - timedelta(hours=36), night.now - timedelta(hours=12)):
        return Outcome("skipped", "昨天没有运行记录（刚安装、停机后或系统时钟有跳变），今天不删除任何证据，明天再看")
    gone = strip(night.county.id, Vault.open(night.home), night.now, order.entry.keep_days)
    frequent = [entry.name for entry in load_schedule(night.county) if entry.every or entry.after]
    pruned = prune(night.county.id, frequent, night.now) + (queue.prune() if queue.is_there() else 0)
    return Outcome(
        "done",
        f"{gone.posts} 篇旧文、{gone.versions} 个旧版本的原文已清理，到期留存稿件 {gone.drafts} 份已删除，删除文件 {gone.files} 个；运行记录清理 {pruned} 条",
    )


def draft(night: Night, order: Order) -> Outcome:
    """Grade the month and write its files."""
    from reports.files import write_all
    from reports.wording import load_wording
    from service import jobs
    from service.judging import load_rules

    month = Month.of(shanghai(order.slot).date()).plus(-1 if order.entry.period == "previous" else 0)
    wording = load_wording(night.county.folder / "bulletin.yaml")
    assessment, findings = jobs.assess_month(night, month, load_rules(night.county).version, night.now)
    folder = night.home / "out" / f"{night.county.id}-{month}"
    write_all(assessment, findings, wording, folder)
    return Outcome("done", f"{month} 的通报草稿已写到 {folder}：存在问题 {len(assessment.problems)} 项")


def ledger(night: Night, order: Order) -> Outcome:
    """The ledger of a year, of its months that are over."""
    from service.judging import load_rules
    from service.ledger import months_over, write_year

    year = shanghai(order.slot).year - (order.entry.period == "previous")
    months = months_over(year, night.today)
    if not months:
        return Outcome("skipped", f"{year} 年还没有过完一个月")
    folder = write_year(night, year, months, load_rules(night.county).version)
    return Outcome("done", f"{year} 年 {len(months)} 个月的台账已写到 {folder}")


def inbox(night: Night, order: Order) -> Outcome:
    """Look through the mailbox: answer drafts, file papers and sheets."""
    from service.inbox import poll
    from service.inbox_entries import load_inbox

    if load_inbox(night.county) is None:
        return Outcome("skipped", "没有启用收信邮箱（inbox.yaml）")
    return Outcome("done", poll(night).told())


def watch(night: Night, order: Order) -> Outcome:
    """Check the drafts in the watched folder."""
    from service.watch import check_folder, load_watch

    if load_watch(night.county) is None:
        return Outcome("skipped", "没有启用稿件文件夹（watch.yaml）")
    watched = check_folder(night)
    return Outcome("partial" if watched.failed else "done", watched.told())


def probe(night: Night, order: Order) -> Outcome:
    """Look whether the home page opens, and judge site and columns by the national indicators."""
    from service import health

    if not night.county.portal.url:
        found: dict[str, object] | None = None
    else:
        found = health.probe(night)
    fresh = health.check_up(night)
    told = "没有配置首页网址" if found is None else "首页能打开" if found.get("ok") else f"首页打不开：{found.get('reason')}"
    return Outcome("done", f"{told}，新发现 {len(fresh)} 处")


STAGES: Mapping[Stage, Callable[[Night, Order], Outcome]] = {
    "crawl": crawl,
    "check": check,
    "evidence": evidence,
    "deliver": deliver,
    "digest": digest,
    "escalate": escalate,
    "all-clear": all_clear,
    "expire": expire,
    "draft": draft,
    "ledger": ledger,
    "inbox": inbox,
    "watch": watch,
    "probe": probe,
}
_WHOLE: tuple[Stage, ...] = ("draft", "ledger")  # stages that some worker takes as a whole


def _quiet(done: int, total: int) -> None:
    """A night has nobody to show progress to."""


def _named(what: str, failed: Mapping[str, str]) -> str:
    """`，3 个未能采集：a（原因）、b（原因）等`."""
    if not failed:
        return ""
    shown = "、".join(f"{name}（{reason}）" if reason else name for name, reason in list(failed.items())[:_SHOWN])
    return f"，{len(failed)} {what}：{shown}{'等' if len(failed) > _SHOWN else ''}"


# --- the process ----------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """Take over the run's row, do the job, say how it ended; 0 when it came to an end of its own, whatever it found."""
    given = _parser().parse_args(arguments)
    signal.signal(signal.SIGTERM, _stop)
    sys.excepthook = _bug
    threading.excepthook = _thread_bug
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    leash = threading.Thread(target=_follow_parent, daemon=True)
    leash.start()
    try:
        outcome = _work(given)
    except Stopped:
        outcome = Outcome("stopped", "按要求停止，已完成的部分都已保存")
    except XunchaError as error:
        outcome = Outcome("failed", str(error))
    _say(outcome)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service.night", description="运行计划中的一个任务（由调度程序启动）")
    for name, text in (
        ("config", "县的配置目录"),
        ("home", "数据目录"),
        ("job", "任务名称"),
        ("slot", "应运行的时刻"),
        ("now", "现在"),
        ("run", "运行记录编号"),
    ):
        parser.add_argument(f"--{name}", required=True, help=text)
    parser.add_argument("--owner", required=True, help="登记这次运行的调度程序")
    return parser


def _work(given: argparse.Namespace) -> Outcome:
    from django.db import DatabaseError

    from core.store.setup import open_store
    from service import jobruns

    county = load_county(Path(given.config))
    entry = next((entry for entry in load_schedule(county) if entry.name == given.job), None)
    if entry is None:
        raise UsageError(f"运行计划里没有“{given.job}”这个任务了")
    giver, now, run = Owner.parse(given.owner), datetime.fromisoformat(given.now), int(given.run)
    try:
        night = Night(county, open_store(Path(given.home)), shanghai(now).date(), now)
        if not jobruns.adopt(run, giver, Owner.me(giver.attempt, giver.process), now):
            raise UsageError("这次运行已由别的进程接手")
        threading.Thread(target=_beat, args=(run,), daemon=True).start()
        order = Order(entry, datetime.fromisoformat(given.slot))
        if entry.run in _WHOLE and dispatch.spread():
            return dispatch.whole(night, entry.name, given.slot, order.batch(night))
        return STAGES[entry.run](night, order)
    except DatabaseError as error:
        logger.error("database: %s", type(error).__name__)
        return Outcome("failed", f"数据库写不进去（{type(error).__name__}）：可能正被占用或磁盘已满，稍后自动重试")


def _beat(run: int) -> None:
    """Signs of life while the job works; a locked database is waited for."""
    from django.db import DatabaseError, connection

    from service.jobruns import beat

    clock = SystemClock()
    while True:
        time.sleep(BEAT)
        try:
            beat(run, clock.now())
        except DatabaseError:
            logger.warning("heartbeat: database busy")
        finally:
            connection.close()


def _follow_parent() -> None:
    """Standard input ends when the scheduler is gone, killed included: then stop, and if that takes too long, end the whole tree."""
    with open(0, "rb", buffering=0, closefd=False) as parent:
        while parent.read(64):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(20)
    kill_tree(os.getpid(), os.environ.get(MARK, "-"))
    os._exit(1)


def _stop(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough: what follows is the way out
    raise Stopped


def _bug(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The boundary of the process: type and place; never the message, which may quote the text that was being read."""
    _say(Outcome("failed", f"程序出错（{kind.__name__}，{_trace(kind, trace)}），请把日志交给维护人员"))


def _thread_bug(given: threading.ExceptHookArgs) -> None:
    _trace(given.exc_type, given.exc_traceback)


def _trace(kind: type[BaseException], trace: TracebackType | None) -> str:
    """Write where it went wrong to standard error; returns the innermost place."""
    frames = traceback.extract_tb(trace)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    for frame in frames:
        sys.stderr.write(f"  {frame.filename}:{frame.lineno} {frame.name}\n")
    sys.stderr.write(f"{kind.__name__} at {place}\n")
    return place


def _say(outcome: Outcome) -> None:
    sys.stdout.write(json.dumps({"status": outcome.status, "detail": outcome.detail}, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
