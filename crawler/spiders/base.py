"""What every spider does: go through its sources side by side, never let one's failure touch another, leave one receipt each."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler

from core.calendar import Month
from core.errors import CollectionError, EnvironmentFailure
from core.records import Observation, Post, Receipt, Source, SourceKind
from crawler.addresses import guard, is_local, is_loopback
from crawler.browser import browser_settings, find_browser
from crawler.fetch import Fetcher
from crawler.job import Job, make_job
from crawler.keeper import Keeper
from crawler.pipelines import Counted, Parcel
from crawler.receipts import Tally

Announce = Callable[[Receipt], None]
_LOCAL_CONCURRENCY = 16
_SOURCES_AT_ONCE = 12
_HOURS = 3600.0
# What they report with tracebacks is in the receipts, in one line.
_TALKATIVE = ("scrapy.downloadermiddlewares.robotstxt", "scrapy.downloadermiddlewares.httpcompression", "scrapy.core.downloader", "scrapy-playwright")

logger = logging.getLogger(__name__)


class CollectorSpider(Spider):
    """Base of the spiders. A subclass names its `kinds` of sources and says in `collect` how one is read."""

    kinds: ClassVar[tuple[SourceKind, ...]] = ()

    job: Job
    keeper: Keeper
    fetcher: Fetcher
    announce: Announce | None = None
    _keeps_itself: bool = False
    has_own_keeper: bool = False

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """`keeper` and `announce` come from `crawler.run`; `scrapy crawl` gives `-a config= home= today= now= source= full=` instead."""
        keeper: Keeper | None = kwargs.pop("keeper", None)
        announce: Announce | None = kwargs.pop("announce", None)
        given = {name: kwargs.pop(name, None) for name in ("config", "home", "today", "now", "source", "full")}
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.has_own_keeper = keeper is None
        spider.keeper = keeper or _own_keeper(given)
        spider.job, spider.announce = spider.keeper.job, announce
        spider._lay_settings(crawler)
        for name in _TALKATIVE:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        return spider

    def _lay_settings(self, crawler: Crawler) -> None:
        manners, sources = self.job.county.crawl, self.job.sources(self.kinds)
        hosts = hosts_of(source.url for source in sources)
        everywhere = hosts_of([self.job.county.portal.url, *(source.url for source in self.job.county.sources)])
        slots: dict[str, dict[str, Any]] = {
            host: {"concurrency": _LOCAL_CONCURRENCY, "delay": 0.0, "jitter": 0.0}
            if is_loopback(host)
            else {"concurrency": manners.concurrency, "delay": manners.delay}
            for host in everywhere
        }
        laid: dict[str, Any] = {
            "USER_AGENT": f"Xuncha/1.0 (+{manners.contact})",
            "ROBOTSTXT_OBEY": manners.robots,
            "DOWNLOAD_TIMEOUT": manners.timeout,
            "CONCURRENT_REQUESTS_PER_DOMAIN": manners.concurrency,
            "DOWNLOAD_DELAY": manners.delay,
            "DOWNLOAD_SLOTS": slots,
        }
        self._internal = {*manners.private_hosts, *(host for host in everywhere if host and is_local(host))}
        self._browser = find_browser() if any(self.rendered(source) for source in sources) else None
        if self._browser:
            laid |= browser_settings(self._browser, self._internal)
        crawler.settings.setdict(laid, priority="spider")
        self.fetcher = Fetcher(crawler, manners, everywhere, self.keeper.refused)
        local = bool(hosts) and all(is_loopback(host) for host in hosts)
        self._gate = asyncio.Semaphore(_LOCAL_CONCURRENCY if local else max(2, manners.concurrency * 2))

    def rendered(self, source: Source) -> bool:
        """True where the source needs a browser."""
        return bool(source.url) and bool(source.options.get("render"))

    async def collect(self, source: Source, tally: Tally) -> None:
        """Read one source: keep its records, count in `tally`; raise CollectionError when it cannot go on."""
        raise NotImplementedError

    # --- running ------------------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[Any]:
        """All sources, as parcels for the pipeline in the order in which they are ready."""
        from twisted.internet import reactor

        guard(reactor, self.crawler.settings, self._internal, self.keeper.refused)
        self._outbox: asyncio.Queue[Parcel | None] = asyncio.Queue()
        work = asyncio.create_task(self._all())
        self._watch = asyncio.create_task(self._stop_with_engine(work))
        try:
            while (parcel := await self._outbox.get()) is not None:
                yield parcel
            with suppress(asyncio.CancelledError):
                await work
        finally:
            work.cancel()

    async def _stop_with_engine(self, work: "asyncio.Task[None]") -> None:
        """Once the engine was told to stop (Ctrl-C) or the store has failed, end the work and let the engine close.

        The engine waits for our downloads without ending them; and it looks whether it may close only when a response was scraped,
        so an item of `start` that is still being written at that moment would keep it open for ever (Scrapy 2.19).
        """
        engine = self.crawler.engine
        while engine is not None and engine.running:
            if self.keeper.failure is not None:
                work.cancel()
            await asyncio.sleep(0.2)
        work.cancel()
        while engine is not None and (slot := engine.scraper.slot) is not None and not (slot.closing and slot.closing.called):
            if slot.closing is not None and slot.is_idle():
                slot.closing.callback(self)
            await asyncio.sleep(0.1)

    async def _all(self) -> None:
        gate = asyncio.Semaphore(_SOURCES_AT_ONCE)

        async def guarded(source: Source) -> None:
            async with gate:
                await self._one(source)

        try:
            async with asyncio.TaskGroup() as group:
                for source in self.job.sources(self.kinds):
                    group.create_task(guarded(source))
        except* EnvironmentFailure as failures:
            self.keeper.failure = _first(failures)
        finally:
            self._outbox.put_nowait(None)

    async def _one(self, source: Source) -> None:
        tally = Tally(source.id)
        limit = float(source.options.get("time_limit", _HOURS))
        try:
            async with asyncio.timeout(limit):
                await self._checked(source, tally)
        except CollectionError as error:
            tally.fail(error.status, error.reason)
        except TimeoutError:
            tally.fail("unreachable", f"采集超过 {limit:.0f} 秒，已停止")
        except EnvironmentFailure:
            raise
        except Exception as error:  # the job boundary: one source's surprise must not end the others
            if self._stopping():
                return  # Scrapy's own downloads end in errors then; without a receipt the source counts as not collected
            self._ended(source, tally, _first(error))
        if self._stopping():
            return
        if tally.resting and tally.failure is None:
            self.keeper.rested.add(source.id)
            return
        receipt = tally.receipt(self.job.now)
        await self.keep(receipt)
        if self.announce:
            self.announce(receipt)

    def _stopping(self) -> bool:
        return self.crawler.engine is None or not self.crawler.engine.running

    async def _checked(self, source: Source, tally: Tally) -> None:
        if not source.url:
            raise CollectionError("misconfigured", "没有配置网址")
        if self.rendered(source) and not self._browser:
            raise CollectionError("misconfigured", "没有找到浏览器：请安装 Chromium，或用环境变量 XUNCHA_CHROMIUM 指明它的位置")
        await self.collect(source, tally)

    def _ended(self, source: Source, tally: Tally, error: BaseException) -> None:
        """What a task of the source ended with; of a fault of ours the type and place go to the log, never a value."""
        if isinstance(error, EnvironmentFailure):
            raise error
        if isinstance(error, CollectionError):
            tally.fail(error.status, error.reason)
            return
        trace, place = error.__traceback__, ""
        while trace is not None:
            place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
        logger.error("%s: %s at %s", source.id, type(error).__name__, place)
        tally.fail("unreachable", f"采集程序出错（{type(error).__name__}），请联系维护人员")

    # --- for subclasses -----------------------------------------------------------------------------------------

    async def keep(self, record: Post | Receipt) -> None:
        """Hand a record to the pipeline and wait until it is in the store; raises EnvironmentFailure when it could not be written."""
        await self._send(record.source, record)

    async def keep_counts(self, source: str, month: Month | None, observations: tuple[Observation, ...]) -> None:
        """The same for observations."""
        await self._send(source, Counted(source, month, observations))

    async def _send(self, source: str, record: Post | Receipt | Counted) -> None:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._outbox.put_nowait(Parcel(source, record, done))
        await done

    def closed(self, reason: str) -> None:
        """Close a keeper of our own (`scrapy crawl`); one that was given is closed by its giver."""
        if self.has_own_keeper:
            self.keeper.close("done" if reason == "finished" and self.keeper.failure is None else "stopped")


def hosts_of(urls: Iterable[str | None]) -> set[str]:
    """The hosts of these addresses."""
    return {urlsplit(url).hostname or "" for url in urls if url and "://" in url}


def _own_keeper(given: dict[str, str | None]) -> Keeper:
    full = (given["full"] or "").lower() in {"1", "true", "yes"}
    keeper = Keeper(make_job(given["config"], given["home"], given["today"], given["now"], (given["source"] or "").split(","), full))
    keeper.open()
    return keeper


def _first(error: BaseException) -> BaseException:
    """The first error inside groups of errors."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
