"""A first look at a page that is no source yet: `python -m crawler.probe --config DIR URL` prints what it fetched, one JSON line a page, and stores nothing.

With `--home`: one line, {"ok", "reason", "seconds", "digest", "tags"}. Else lines: {"role": "list" | "next" | "article", "url", "type", "body" (base64)}, or {"error"} with the reason as the last one.
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
from crawler.conditional import digest
from crawler.fetch import Answer, Fetcher
from crawler.parse.article import read_metas
from crawler.parse.dom import absolute, inline_text, parse_page
from crawler.parse.listing import read_listing
from crawler.parse.recipes import Turn

HOME_SECONDS = 15
SITE_TAGS = ("SiteName", "SiteDomain", "SiteIDCode")
_WORDS = 6  # shorter link words are navigation


class ProbeSpider(Spider):
    """Fetches a list, its second page and its first article, with the county's manners."""

    name = "probe"
    county: County
    url: str
    home = False
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
        manners = manners.model_copy(update={"retries": 0, "timeout": HOME_SECONDS}) if spider.home else manners
        spider.fetcher = Fetcher(crawler, manners, {host}, spider.refused)
        return spider

    async def start(self) -> AsyncIterator[Any]:
        """Look, and tell on standard output."""
        from twisted.internet import reactor

        host = urlsplit(self.url).hostname or ""
        guard(reactor, self.crawler.settings, {*self.county.crawl.private_hosts, *([host] if is_local(host) else [])}, self.refused)
        try:
            await (self._home() if self.home else self._look())
        except CollectionError as error:
            _say({"ok": False, "reason": error.reason} if self.home else {"error": error.reason})
        items: tuple[Any, ...] = ()
        for item in items:
            yield item

    async def _home(self) -> None:
        """One visit as the indicators want it: within 15 seconds or not at all, no second try."""
        start = asyncio.get_running_loop().time()
        try:
            async with asyncio.timeout(HOME_SECONDS):
                answer = await self.fetcher.get(self.url)
        except TimeoutError:
            raise CollectionError("unreachable", f"{HOME_SECONDS} 秒内没有打开") from None
        if answer.gone:
            raise CollectionError("unreachable", f"首页不存在（{answer.status}）")
        seconds = round(asyncio.get_running_loop().time() - start, 2)
        _say({"ok": True, "reason": "", "seconds": seconds} | home_state(answer.body, answer.url, answer.content_type))

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


def home_state(body: bytes, url: str, header: str) -> dict[str, Any]:
    """What a home page shows, as a digest of its links' words and addresses (counters and dates beside them may change freely), and which tags of a site it lacks."""
    tree = parse_page(body, header)
    links = {(absolute(url, link.get("href")) or "", inline_text(link)) for link in tree.iter("a")}
    shown = sorted(f"{address} {words}" for address, words in links if address and len(words) >= _WORDS)
    present = {name.lower() for name, value in read_metas(tree).items() if value.strip()}
    return {"digest": digest(*shown) if shown else "", "tags": [name for name in SITE_TAGS if name.lower() not in present]}


def _say(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(arguments: list[str] | None = None) -> int:
    """Parse the command line, look, answer with the exit code."""
    parser = argparse.ArgumentParser(prog="python -m crawler.probe", description="看一个网页能不能作为采集源（不存储）")
    parser.add_argument("--config", required=True, help="县的配置目录")
    parser.add_argument("--home", action="store_true", help="只探测首页能否打开")
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
    process.crawl(ProbeSpider, county=county, url=given.url, home=given.home)
    process.start()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
