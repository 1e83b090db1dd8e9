"""Ledgers of links that units hand in, and the list of recommended articles: the ledger first, then each page it names."""

import asyncio
from urllib.parse import urlsplit

from core.errors import CollectionError, UnreadableError
from core.records import Post, Source
from crawler.articles import Reading, read_entry
from crawler.fetch import Answer
from crawler.inbox import inbox_paths, read_bytes
from crawler.parse.article import Listed, read_article
from crawler.parse.ledger import read_ledger
from crawler.parse.wechat import is_wechat, read_wechat
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_ENDINGS = (".csv", ".xlsx", ".xls", ".txt")


class LedgerSpider(CollectorSpider):
    """Sources of kinds `ledger` and `recommended`: a file below the inbox folder, or one on the web."""

    name = "ledger"
    kinds = ("ledger", "recommended")

    async def collect(self, source: Source, tally: Tally) -> None:
        """Read the ledger, then the pages it names that are not known yet."""
        entries = await self._entries(source)
        known = set() if self.job.full else await self.keeper.known(source.id)
        reading = Reading(source.id, lambda answer, listed: _read(answer, listed, source.id), "ledger")
        tally.items = len(entries)
        async with asyncio.TaskGroup() as group:
            for item in entries:
                if item.url not in known:
                    await self._gate.acquire()
                    group.create_task(self._read(reading, item, tally))

    async def _read(self, reading: Reading, item: Listed, tally: Tally) -> None:
        try:
            await read_entry(self, reading, item, tally)
        finally:
            self._gate.release()

    async def _entries(self, source: Source) -> tuple[Listed, ...]:
        assert source.url is not None
        found: dict[str, Listed] = {}
        for name, data in await self._files(source.url):
            try:
                listed = read_ledger(data, name)
            except UnreadableError as error:
                raise CollectionError("unreachable", str(error)) from None
            if listed is None:
                raise CollectionError("redesigned", f"{name}：没有“链接”一列，也没有网址，请按台账模板填报")
            found |= {item.url: item for item in listed if item.url not in found}
        return tuple(found.values())

    async def _files(self, url: str) -> list[tuple[str, bytes]]:
        if "://" not in url:
            return [(path.name, read_bytes(path)) for path in inbox_paths(self.job, url, _ENDINGS)]
        answer = await self.fetcher.get(url)
        if answer.gone:
            raise CollectionError("unreachable", f"台账不存在（{answer.status}），请核对网址")
        return [(urlsplit(url).path.rsplit("/", 1)[-1] or "台账", answer.body)]


def _read(answer: Answer, listed: Listed, source: str) -> Post | None:
    if is_wechat(answer.body, answer.url):
        return read_wechat(answer.body, listed.url, header=answer.content_type, listed=listed, source=source)
    return read_article(answer.body, listed.url, header=answer.content_type, listed=listed, source=source)
