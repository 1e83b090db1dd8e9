"""Feeds of accounts (RSS, Atom, JSON Feed), and saved answers of platforms: on the web, or a file below the inbox folder."""

from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import urlsplit

from core.errors import CollectionError, UnreadableError
from core.records import Post, Source
from crawler.accounts import keep_new, lasting, of_account, refuse
from crawler.inbox import inbox_paths, read_bytes
from crawler.parse.batch import Batch
from crawler.parse.saved import read_saved
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_MAX_PAGES = 20
_ENDINGS = (".xml", ".rss", ".atom", ".json", ".jsonl", ".csv", ".xlsx", ".xls", ".txt")


class FeedSpider(CollectorSpider):
    """Sources of kind `feed`; option `pages: false` trusts the feed's own text instead of opening each article."""

    name = "feed"
    kinds = ("feed",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """Every post of the feed that is this account's."""
        assert source.url is not None
        posts: dict[str, Post] = {}
        async for batch in self._batches(source.url):
            for post in of_account(batch.posts, source):
                posts.setdefault(lasting(post.url), post)
        found = [replace(post, url=url) for url, post in posts.items() if url]
        await keep_new(self, source, found, tally, pages=bool(source.options.get("pages", True)))

    async def _batches(self, url: str) -> AsyncIterator[Batch]:
        if "://" not in url:
            for path in inbox_paths(self.job, url, _ENDINGS):
                yield self._read(read_bytes(path), path.name)
            return
        here = url
        for _ in range(_MAX_PAGES):
            answer = await self.fetcher.get(here)
            if answer.gone:
                raise CollectionError("unreachable", f"订阅源不存在（{answer.status}），请核对网址")
            batch = self._read(answer.body, urlsplit(here).path.rsplit("/", 1)[-1] or "订阅源")
            yield batch
            if batch.kind != "json-feed" or not batch.cursor or urlsplit(batch.cursor).netloc != urlsplit(url).netloc:
                return
            here = batch.cursor

    def _read(self, data: bytes, name: str) -> Batch:
        try:
            return refuse(read_saved(data, name, self.job.now), "订阅源")
        except UnreadableError as error:
            raise CollectionError("redesigned", str(error)) from None
