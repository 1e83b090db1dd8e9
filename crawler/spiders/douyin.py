"""抖音 accounts: the rendered list of an account's page, scrolled to its end or to what is known."""

import asyncio
from dataclasses import replace

from core.errors import CollectionError
from core.records import Post, Source
from crawler.articles import complete
from crawler.browser import open_page, scroll, settled
from crawler.parse.batch import Batch
from crawler.parse.douyin import read_video_json, read_video_page
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_MAX_SCROLLS = 60


class DouyinSpider(CollectorSpider):
    """Sources of kind `douyin`; option `render: false` reads a JSON list instead of a page."""

    name = "douyin"
    kinds = ("douyin",)

    def rendered(self, source: Source) -> bool:
        return bool(source.url) and bool(source.options.get("render", True))

    async def collect(self, source: Source, tally: Tally) -> None:
        """All videos of the list as posts; the list tells all there is, their own pages are not opened."""
        page = await (self._rendered_list(source) if self.rendered(source) else self._json_list(source))
        if page is None:
            raise CollectionError("redesigned", "账号页能打开，但认不出作品列表，平台可能已改版")
        if page.status != "ok":
            raise CollectionError(page.status, page.reason)
        known = set() if self.job.full else await self.keeper.known(source.id)
        tally.items = len(page.posts)
        async with asyncio.TaskGroup() as group:
            for post in page.posts:
                if post.url not in known:
                    group.create_task(self._keep_video(replace(post, source=source.id), tally))

    async def _keep_video(self, post: Post, tally: Tally) -> None:
        async with self._gate:
            await self.keep(await complete(self, post, tally))

    async def _rendered_list(self, source: Source) -> Batch | None:
        assert source.url is not None
        url = source.url
        async with open_page(self.crawler, url, 2.0 * self.job.county.crawl.timeout) as page:
            count = -1
            shown: Batch | None = None
            for _ in range(_MAX_SCROLLS):
                shown = read_video_page(await settled(page, lambda body: _count(read_video_page(body, url))), url)
                if shown is None or not shown.posts or len(shown.posts) <= count:
                    break
                count = len(shown.posts)
                await scroll(page)
            return shown

    async def _json_list(self, source: Source) -> Batch | None:
        assert source.url is not None
        answer = await self.fetcher.get(source.url)
        return read_video_json(answer.body, source.url)


def _count(page: Batch | None) -> int:
    return len(page.posts) if page else 0
