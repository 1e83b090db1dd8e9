"""Ledgers of links that units hand in, and the list of recommended articles: the ledger first, then each page it names."""

import asyncio
from dataclasses import replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from core.errors import CollectionError, UnreadableError
from core.records import Post, Source
from core.store.visits import KnownPost
from crawler.accounts import lasting, of_account
from crawler.again import look_again
from crawler.articles import Reading, read_entry
from crawler.fetch import Answer
from crawler.inbox import inbox_paths, read_bytes
from crawler.job import Job
from crawler.parse.article import Listed, read_article
from crawler.parse.ledger import listed_of, read_ledger_posts
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
        reprints = {post.url for post in entries if post.original == "reprint"}
        reading = Reading(source.id, lambda answer, listed: _read(answer, listed, source.id, listed.url in reprints), "ledger")
        tally.items = len(entries)
        async with asyncio.TaskGroup() as group:
            for post in entries:
                if post.url not in known:
                    await self._gate.acquire()
                    group.create_task(self._read(reading, listed_of(post), tally))
            for old in self.keeper.again(source.id):
                await self._gate.acquire()
                group.create_task(self._look(reading, old, tally))

    async def _read(self, reading: Reading, item: Listed, tally: Tally) -> None:
        try:
            await read_entry(self, reading, item, tally)
        finally:
            self._gate.release()

    async def _look(self, reading: Reading, known: KnownPost, tally: Tally) -> None:
        try:
            await look_again(self, reading, known, tally)
        finally:
            self._gate.release()

    async def _entries(self, source: Source) -> tuple[Post, ...]:
        """What the ledger lists of this account, each article once under its lasting address."""
        assert source.url is not None
        found: dict[str, Post] = {}
        for name, data in await self._files(source.url):
            try:
                batch = read_ledger_posts(data, name, source.options.get("columns"), self.job.now)
            except UnreadableError as error:
                raise CollectionError("unreachable", str(error)) from None
            if batch is None:
                raise CollectionError("redesigned", f"{name}：没有“链接”一列，也没有网址，请按台账模板填报")
            for post in of_account(batch.posts, source):
                url = lasting(post.url)
                found.setdefault(url, replace(post, url=url))
        return tuple(found.values())

    async def _files(self, url: str) -> list[tuple[str, bytes]]:
        if "://" not in url:
            return [(path.name, read_bytes(path)) for path in ledger_paths(self.job, url)]
        answer = await self.fetcher.get(url)
        if answer.gone:
            raise CollectionError("unreachable", f"台账不存在（{answer.status}），请核对网址")
        return [(urlsplit(url).path.rsplit("/", 1)[-1] or "台账", answer.body)]


def ledger_paths(job: Job, url: str) -> list[Path]:
    """The ledger that the address names and what was handed in beside it since (`名.csv`, `名.20231026-1a2b3c.xlsx`)."""
    named = PurePosixPath(url)
    supplements = f"{named.parent}/{named.stem}.*-*" if named.suffix and not any(mark in url for mark in "*?[") else ""
    try:
        found = inbox_paths(job, url, _ENDINGS)
    except CollectionError:
        if not supplements or not list(job.county.inbox.glob(supplements)):
            raise
        found = []
    if supplements and list(job.county.inbox.glob(supplements)):
        found += [path for path in inbox_paths(job, supplements, _ENDINGS) if path.suffix.lower() in _ENDINGS]
    return list(dict.fromkeys(found))


def _read(answer: Answer, listed: Listed, source: str, reprint: bool) -> Post | None:
    """The page's own reading. That the unit itself calls it a repost counts where the platform says nothing; that it calls it original proves nothing."""
    read = read_wechat if is_wechat(answer.body, answer.url) else read_article
    post = read(answer.body, listed.url, header=answer.content_type, listed=listed, source=source)
    if post is not None and reprint and post.original in (None, "undeclared") and not post.origin:
        return replace(post, original="reprint", tags={**post.tags, "reprint": "ledger"})
    return post
