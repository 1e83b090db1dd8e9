"""One crawl in one process: folders first, then every spider at once. `python -m crawler.run --config DIR --home DIR --today YYYY-MM-DD --now ISO`.

Prints one JSON line for each finished source. Exit code: 0 all collected, 1 some could not be, 2 wrong use or configuration.
"""

import argparse
import json
import os
import signal
import sys
import threading
from dataclasses import replace

from core.errors import XunchaError
from core.records import COLLECTED, Receipt
from crawler.folders import FOLDER_KINDS, collect_folder
from crawler.job import Job, make_job
from crawler.keeper import Keeper, write_failure

_PARTING = 15.0


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, crawl, answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawler.run", description="采集一个县的全部（或指定的）采集源")
    parser.add_argument("--config", help="县的配置目录")
    parser.add_argument("--home", help="数据目录（数据库、证据库）")
    parser.add_argument("--today", help="今天的日期 YYYY-MM-DD")
    parser.add_argument("--now", help="现在的时间（ISO 格式）")
    parser.add_argument("--source", action="append", default=[], help="只采集这个源，可重复")
    parser.add_argument("--full", action="store_true", help="已采集过的也重新看一遍")
    parser.add_argument("--run", type=int, default=0, help="记入这次运行（与别的采集进程共用）")
    parser.add_argument("--leashed", action="store_true", help="标准输入关闭时结束：启动它的进程已不在")
    given = parser.parse_args(arguments)
    if given.leashed:
        threading.Thread(target=_follow_parent, daemon=True).start()
    try:
        job = make_job(given.config, given.home, given.today, given.now, given.source, given.full)
        if given.run:
            job = replace(job, run=given.run)
        return crawl(job)
    except XunchaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code


def _follow_parent() -> None:
    """Nobody waits for a crawl whose starter was killed, and the host's lock is free again: end like Ctrl-C, and if that takes too long, at once."""
    with open(0, "rb", buffering=0, closefd=False) as parent:
        while parent.read(64):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_PARTING)
    os._exit(1)


def crawl(job: Job) -> int:
    """Collect everything the job asks for; 0 when every source was collected, 1 otherwise. Raises XunchaError when nothing can be stored."""
    keeper = Keeper(job)
    keeper.open()
    status = "failed"
    try:
        _folders(job, keeper)
        _spiders(job, keeper)
        if keeper.failure is not None:
            raise keeper.failure
        finished = {receipt.source for receipt in keeper.outcomes}
        finished |= keeper.rested
        missing = [source.id for source in job.county.sources if (not job.wanted or source.id in job.wanted) and source.id not in finished]
        status = "stopped" if missing else "done"
        return 0 if not missing and all(receipt.status in COLLECTED for receipt in keeper.outcomes) else 1
    finally:
        keeper.close(status)


def _folders(job: Job, keeper: Keeper) -> None:
    from django.db import DatabaseError

    for source in job.sources(FOLDER_KINDS):
        receipt, observations = collect_folder(job, source)
        try:
            if observations is not None:
                keeper.wait(keeper.count_now, source.id, None, observations)
            keeper.wait(keeper.receipt_now, receipt)
        except (DatabaseError, OSError) as error:
            raise write_failure(error) from None
        announce(receipt)


def announce(receipt: Receipt) -> None:
    """One JSON line on standard output, at once."""
    line = {"source": receipt.source, "status": receipt.status, "reason": receipt.reason, "items": receipt.items}
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def _spiders(job: Job, keeper: Keeper) -> None:
    """Run the spiders that have something to do, all in one process."""
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.utils.project import get_project_settings

    from crawler.spiders.douyin import DouyinSpider
    from crawler.spiders.events import EventsSpider
    from crawler.spiders.feed import FeedSpider
    from crawler.spiders.ledger import LedgerSpider
    from crawler.spiders.portal import PortalSpider
    from crawler.spiders.preview import PreviewSpider
    from crawler.spiders.wechat import WechatSpider
    from crawler.spiders.weibo import WeiboSpider

    spiders = (PortalSpider, PreviewSpider, LedgerSpider, FeedSpider, WechatSpider, WeiboSpider, DouyinSpider, EventsSpider)
    classes = [spider for spider in spiders if job.sources(spider.kinds)]
    if not classes:
        return
    settings = get_project_settings()
    settings.setmodule("crawler.settings", priority="project")
    process = AsyncCrawlerProcess(settings)
    crawlers = [process.create_crawler(spider) for spider in classes]
    for crawler in crawlers:
        process.crawl(crawler, keeper=keeper, announce=announce)
    process.start()


if __name__ == "__main__":
    raise SystemExit(main())
