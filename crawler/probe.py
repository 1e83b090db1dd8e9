"""A first look at a page that is no source yet: `python -m crawler.probe --config DIR URL` prints what it fetched, one JSON line a page, and stores nothing.

Lines: {"role": "list" | "next" | "article", "url", "type", "body" (base64)}, or {"error"} with the reason as the last one.
"""

import argparse
import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import AsyncCrawlerProcess, Crawler

from core.config import County, load_county
from core.errors import CollectionError, XunchaError
from crawler.addresses import guard, is_local, is_loopback
from crawler.fetch import Answer, Fetcher
from crawler.parse.listing import read_listing
from crawler.parse.recipes import Turn


class ProbeSpider(Spider):
    """Fetches a list, its second page and its first article, with the county's manners."""

    name = "probe"
    county: County
    url: str
    fetcher: Fetcher
    refused: set[str]

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        manners, host = spider.county.crawl, urlsplit(spider.url).hostname or ""
        delay = 0.0 if is_loopback(host) else manners.delay
        laid = {"USER_AGENT": f"Xuncha/1.0 (+{manners.contact})", "ROBOTSTXT_OBEY": manners.robots, "DOWNLOAD_DELAY": delay, "AUTOTHROTTLE_ENABLED": delay > 0}
        crawler.settings.setdict(laid, priority="spider")
        spider.refused = set()
        spider.fetcher = Fetcher(crawler, manners, {host}, spider.refused)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Look, and tell on standard output."""
        from twisted.internet import reactor

        host = urlsplit(self.url).hostname or ""
        guard(reactor, self.crawler.settings, {*self.county.crawl.private_hosts, *([host] if is_local(host) else [])}, self.refused)
        try:
            await self._look()
        except CollectionError as error:
            _say({"error": error.reason})
        items: tuple[Any, ...] = ()
        for item in items:
            yield item

    async def _look(self) -> None:
        first = await self._told("list", Turn(self.url))
        listing = read_listing(first.body, self.url, header=first.content_type)
        if listing.next is not None:
            await self._told("next", listing.next)
        if listing.items:
            await self._told("article", Turn(listing.items[0].url))

    async def _told(self, role: str, turn: Turn) -> Answer:
        answer = await self.fetcher.get(turn.url, form=turn.form or None)
        if answer.gone:
            raise CollectionError("misconfigured", f"网页不存在（{answer.status}）：{turn.url}")
        _say({"role": role, "url": turn.url, "type": answer.content_type, "body": base64.b64encode(answer.body).decode()})
        await asyncio.sleep(0)
        return answer


def _say(line: dict[str, str]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, look, answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawler.probe", description="看一个网页能不能作为采集源（不存储）")
    parser.add_argument("--config", required=True, help="县的配置目录")
    parser.add_argument("url", help="栏目列表页网址")
    given = parser.parse_args(arguments)
    from scrapy.utils.project import get_project_settings

    try:
        county = load_county(Path(given.config))
    except XunchaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    settings = get_project_settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict({"ITEM_PIPELINES": {}, "LOG_LEVEL": "CRITICAL"}, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(ProbeSpider, county=county, url=given.url)
    process.start()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
