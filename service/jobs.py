"""The stages of a night, each runnable alone: crawl, check, deliver, assess. Each reads the store and writes the store."""

import json
import logging
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

import checks
from checks.activity import Collected, count
from checks.activity.publishing import unknown_origins
from core.activity import Activity
from core.assessment import Assessment
from core.calendar import SHANGHAI, Month
from core.config import County
from core.errors import EnvironmentFailure, UsageError, VaultError
from core.records import Finding, StoredPost, Verdict
from core.store import findings as finding_store
from core.store import observations as observation_store
from core.store import posts as post_store
from core.store import runs, strikes
from core.store.activity import PostsOfSources, addresses, month_posts, origins
from core.store.vault import Vault
from reports.assess import assess
from service.alerts.compose import composer
from service.alerts.entries import load_alerts
from service.judging import Reader
from service.progress import Step

logger = logging.getLogger(__name__)
ADJUSTED = ("grade/", "problem/")
DECIDED = (*ADJUSTED, "post/")  # what persons decide about a month; decisions on findings are in the findings' state
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True, slots=True)
class Night:
    """What every stage needs to know: whose night, where its data lie, what day and moment it is."""

    county: County
    home: Path
    today: date
    now: datetime


def crawl(night: Night, sources: Sequence[str], full: bool, step: Step, run: int | None = None) -> dict[str, str]:
    """Collect in a child process (Scrapy's reactor runs once per process); returns source → reason for what could not be collected.

    `run`: the run that others share with this crawl; without it, it has its own.
    """
    known = {source.id for source in night.county.sources}
    if unknown := [source for source in sources if source not in known]:
        raise UsageError(f"没有这个来源：{unknown[0]}。来源的写法见 xuncha config check --sources")
    command = [sys.executable, "-m", "crawler.run", "--config", str(night.county.folder), "--home", str(night.home)]
    command += ["--today", night.today.isoformat(), "--now", night.now.isoformat()]
    command += [word for source in sources for word in ("--source", source)] + (["--full"] if full else [])
    command += ["--leashed", *(["--run", str(run)] if run else [])]
    total, done, failed = len(sources) or len(known), 0, {}
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"})
    try:
        assert child.stdout
        for line in child.stdout:
            receipt = json.loads(line)
            done += 1
            if receipt["status"] not in ("ok", "empty"):
                failed[receipt["source"]] = receipt["reason"]
            step(done, total)
        code = child.wait()
    except BaseException:
        child.terminate()
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
        raise
    if code not in (0, 1):
        raise EnvironmentFailure(f"采集进程异常结束（退出码 {code}），已采集的内容都已保存，可重新运行 xuncha crawl 继续")
    return failed


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run of checks found anew, and the posts (URL → kind of error) that could not be checked."""

    fresh: tuple[Finding, ...]
    failed: Mapping[str, str]
    elsewhere: int = 0  # found by workers

    @property
    def found(self) -> int:
        return len(self.fresh) + self.elsewhere


def check(night: Night, rules: checks.Rules, step: Step, since: date | None = None, only: Sequence[int] | None = None) -> Checked:
    """Run the rules over every post that is new, has changed, or was last checked by other rules; of those in `only`, when it is given."""
    county = night.county
    reader, compose = Reader(county, Vault.open(night.home)), composer(county, load_alerts(county), night.now)
    fresh: list[Finding] = []
    failed: dict[str, str] = {}
    waiting = [post for post in post_store.unchecked(county.id, rules.version, only) if since is None or (post.published_on or since) >= since]
    suspects = strikes.marked(county.id)
    for done, post in enumerate(sorted(waiting, key=lambda post: post.id in suspects), 1):
        deaths = strikes.begin(post.id, post.version)
        try:
            found = checks.run(reader.subject(post, deaths), rules, night.today)
        except VaultError:
            strikes.clear(post.id)
            raise
        except Exception as error:  # the job boundary of one post: it stays unchecked, is named, and is tried again next time
            logger.error("check of %s failed: %s at %s", post.url, type(error).__name__, _origin(error))
            strikes.clear(post.id)
            failed[post.url] = type(error).__name__
        except BaseException:  # asked to stop: the post is not to blame
            strikes.clear(post.id)
            raise
        else:
            fresh += finding_store.record_check(county.id, post, rules.version, found, night.now, compose)
        step(done, len(waiting))
    return Checked(tuple(fresh), failed)


def _origin(error: Exception) -> str:
    """Where an error arose. Its message is left out: it may quote the text that was being checked."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


@dataclass(frozen=True, slots=True)
class Counted:
    """What a month's units did, and what that was counted from: posts by source (read when somebody looks), decisions on grades, problems and posts."""

    activity: Activity
    posts: Mapping[str, Sequence[StoredPost]]
    verdicts: Sequence[Verdict]


def activity(night: Night, month: Month) -> Counted:
    """Count the month from the store, ungraded."""
    county = night.county
    since = datetime.combine(month.plus(-13).first, time(), SHANGHAI)
    until = datetime.combine(month.plus(1).first, time(), SHANGHAI)
    start = datetime.combine(month.first, time(), SHANGHAI)
    read = month_posts(county.id, since, start, until, {account.source for account in county.accounts}, ("recommended",))
    kinds = ("sent-news", "submission", "paper", "event")
    verdicts = finding_store.verdicts(county.id, DECIDED)
    overruled = {int(v.subject.removeprefix("post/")): v.decision for v in verdicts if v.subject.startswith("post/")}
    observed = {kind: observation_store.observations(county.id, kind) for kind in kinds}
    listed = sorted({news.source for news in county.news})
    named = origins(county.id, start, until, listed)
    strangers = addresses(county.id, start, until, listed, unknown_origins(county, named))
    collected = Collected(read.posts, observed, runs.latest_receipts(county.id), overruled, read.days, read.near, named, strangers)
    return Counted(count(county, month, collected), PostsOfSources(county.id, since, until), verdicts)


def assess_month(night: Night, month: Month, rules_version: str, generated_at: datetime) -> tuple[Assessment, list[Finding]]:
    """Grade the month from the store; returns the assessment and the findings it stands on."""
    counted = activity(night, month)
    findings = findings_of(night.county, month)
    return grade(night.county, counted, findings, generated_at, rules_version), findings


def findings_of(county: County, month: Month) -> list[Finding]:
    """The month's open findings that nobody has dismissed."""
    return undismissed(county, month, open_of(county, month))


def open_of(county: County, month: Month) -> dict[str, Finding]:
    """The month's open findings by id, dismissed ones included. What is not published yet (a preview's) belongs to no month."""
    found = finding_store.open_findings(county.id, month.first, month.last)
    return {finding.id: finding for day, finding in found if day in month and not (finding.source or "").startswith("preview/")}


def undismissed(county: County, month: Month, findings: Mapping[str, Finding]) -> list[Finding]:
    """Those of a month's open findings that no person's word takes out of the assessment."""
    dismissed = finding_store.dismissed(county.id, month.first, month.last)
    return [finding for uid, finding in findings.items() if uid not in dismissed]


def grade(county: County, counted: Counted, findings: Sequence[Finding], generated_at: datetime, rules_version: str) -> Assessment:
    """Grade a counted month, as adjusted by persons."""
    published = post_store.published_days(county.id, (finding.url for finding in findings if finding.url))
    adjustments = of_month(counted.verdicts, counted.activity.month)
    return assess(county, counted.activity, findings, published, adjustments, generated_at, rules_version)


def of_month(verdicts: Sequence[Verdict], month: Month) -> list[Verdict]:
    """Decisions that hold in the month. A grade or sentence is adjusted in one month only: the subject `grade/columns/县发改局@2023-10` ends in it."""
    held = []
    for verdict in verdicts:
        subject, _, only = verdict.subject.rpartition("@")
        if subject and subject.startswith(ADJUSTED) and only == str(month):
            held.append(replace(verdict, subject=subject))
        elif not (subject.startswith(ADJUSTED) and _MONTH.fullmatch(only)):
            held.append(verdict)
    return held
