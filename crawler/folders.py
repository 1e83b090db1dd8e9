"""Sources that are folders and files of the inbox: the CMS export of sent-in news, the submission folder, the mailbox. Plain functions, no reactor."""

import logging
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from core.calendar import Month, shanghai
from core.errors import CollectionError, UnreadableError
from core.records import Observation, Receipt, Source
from core.text import conceal
from crawler.inbox import inbox_paths, read_bytes
from crawler.job import Job
from crawler.papers import read_mailbox
from crawler.parse.dates import read_stamp
from crawler.parse.tables import header_and_rows, table_with
from crawler.receipts import Tally

logger = logging.getLogger(__name__)
Collected = tuple[Receipt, tuple[Observation, ...] | None]
_UNIT_NAMES = ("报送单位", "单位", "来源单位", "部门", "投稿单位")
_TITLE_NAMES = ("标题", "信息标题", "题目")
_TIME_NAMES = ("上传时间", "报送时间", "提交时间", "投稿时间", "上报时间", "时间", "日期")
_SHEET_ENDINGS = (".xlsx", ".xls", ".csv", ".et")


def collect_folder(job: Job, source: Source) -> Collected:
    """The receipt and the observations of one source; None instead of observations where what is stored should stay."""
    tally = Tally(source.id)
    observations: tuple[Observation, ...] | None = None
    try:
        if not source.url:
            raise CollectionError("misconfigured", "没有配置路径")
        observations = tuple(_READERS[source.kind](job, source, tally))
        tally.items = len(observations)
    except CollectionError as error:
        tally.fail(error.status, error.reason)
    except UnreadableError as error:
        tally.fail("unreachable", str(error))
    except Exception as error:  # the job boundary: one source's surprise must not end the others
        logger.error("%s: %s", source.id, type(error).__name__)
        tally.fail("unreachable", f"采集程序出错（{type(error).__name__}），请联系维护人员")
    return tally.receipt(job.now), observations


def _sent_news(job: Job, source: Source, tally: Tally) -> Iterator[Observation]:
    """Rows of the CMS export; a row without unit or time is named in the receipt, never guessed."""
    assert source.url is not None
    seen: dict[str, int] = {}
    for path in inbox_paths(job, source.url, _SHEET_ENDINGS):
        table = table_with(read_bytes(path), path.name, (_UNIT_NAMES, _TIME_NAMES))
        if table is None:
            raise CollectionError("redesigned", f"{path.name}：没有“单位”“上传时间”两列，导出格式可能已变")
        columns = [table.column(names) for names in (_UNIT_NAMES, _TITLE_NAMES, _TIME_NAMES)]
        for number, row in enumerate(table.rows, 1):
            unit, title, moment = ("" if index is None or index >= len(row) else row[index] for index in columns)
            stamp = read_stamp(moment)
            if not unit or stamp is None:
                tally.page_failed(f"{path.name} 第{number}条没有单位或上传时间")
                continue
            key = f"{stamp.moment:%Y-%m-%d %H:%M}/{unit}/{conceal(title)}"[:480]
            seen[key] = seen.get(key, 0) + 1
            yield Observation(source.id, "sent-news", f"{key}#{seen[key]}", stamp.day, {"unit": unit, "title": conceal(title)})


def _submissions(job: Job, source: Source, tally: Tally) -> Iterator[Observation]:
    """Files below `YYYY-MM/<单位>/`; received is the file's own time, in Shanghai."""
    assert source.url is not None
    for root in inbox_paths(job, source.url):
        if not root.is_dir():
            raise CollectionError("misconfigured", f"“{source.url}”应是文件夹")
        for folder in sorted(root.iterdir()):
            if folder.is_dir() and re.fullmatch(r"\d{4}-(?:0[1-9]|1[0-2])", folder.name):
                for path in sorted(folder.glob("*/*")):
                    if path.is_file() and not path.name.startswith((".", "~$")):
                        yield _submission(job, source, Month.parse(folder.name), path)


def _submission(job: Job, source: Source, period: Month, path: Path) -> Observation:
    unit = path.parent.name
    header: tuple[str, ...] = ()
    rows, error = 0, ""
    try:
        data = read_bytes(path)
        duties = [duty for duty in job.county.submissions if job.county.same_unit(duty.unit, unit) and duty.header]
        duties.sort(key=lambda duty: duty.template != path.name)
        for duty in duties:
            table = header_and_rows(data, path.name, duty.header)
            if table.header == duty.header:
                break
        else:
            table = header_and_rows(data, path.name, duties[0].header if duties else ())
        header, rows = table.header, len(table.rows)
    except (UnreadableError, CollectionError) as failure:
        error = str(failure)
    received = shanghai(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    found = {"unit": unit, "file": path.name, "header": [conceal(head) for head in header], "rows": rows, "error": error, "period": str(period)}
    return Observation(source.id, "submission", f"{period}/{unit}/{path.name}", received.date(), found)


def _mailbox(job: Job, source: Source, tally: Tally) -> Iterator[Observation]:
    assert source.url is not None
    for folder in inbox_paths(job, source.url):
        yield from read_mailbox(job, source, folder, tally)


_READERS: dict[str, Callable[[Job, Source, Tally], Iterator[Observation]]] = {
    "sent-news": _sent_news,
    "submissions": _submissions,
    "mailbox": _mailbox,
}
FOLDER_KINDS = ("sent-news", "submissions", "mailbox")
