"""抖音 accounts: the open platform's list of an account that has given its consent, else the rendered list of the account's page."""

from core.errors import CollectionError
from core.records import Post, Source
from crawler.accounts import keep_new, refuse, since
from crawler.browser import open_page, scroll, settled
from crawler.interfaces import Credentials, origin_of
from crawler.parse.batch import Batch, record, words
from crawler.parse.douyin import read_douyin, read_video_json, read_video_page
from crawler.receipts import Tally
from crawler.spiders.interface import InterfaceSpider

_SITE = "https://open.douyin.com"
_MAX_SCROLLS = 60
_MAX_PAGES = 40


class DouyinSpider(InterfaceSpider):
    """Sources of kind `douyin`; option `render: false` reads a JSON list instead of a page.

    With `credentials`, the open platform is asked. Environment: `…_OPENID` and either `…_TOKEN` or `…_CLIENT_KEY` with `…_REFRESH_TOKEN`.
    """

    name = "douyin"
    kinds = ("douyin",)

    def rendered(self, source: Source) -> bool:
        return bool(source.url) and bool(source.options.get("render", True)) and not source.options.get("credentials")

    async def collect(self, source: Source, tally: Tally) -> None:
        """All videos of the list as posts; the list tells all there is, their own pages are not opened."""
        if source.options.get("credentials"):
            posts = await self._open_platform(source)
        else:
            batch = await (self._rendered_list(source) if self.rendered(source) else self._json_list(source))
            posts = list(refuse(batch, "账号页").posts)
        await keep_new(self, source, posts, tally, pages=False)

    async def _open_platform(self, source: Source) -> list[Post]:
        credentials = Credentials(source)
        base = origin_of(source.url or "", _SITE, ("douyin.com", "iesdouyin.com"))
        headers = {"access-token": await self._token(base, credentials)}
        posts: dict[str, Post] = {}
        cursor, start = "0", since(self.job)
        for _ in range(_MAX_PAGES):
            query = {"open_id": credentials.need("OPENID"), "cursor": cursor, "count": "20"}
            value = await self.interface.ask_json(f"{base}/api/douyin/v1/video/video_list/", query, headers=headers)
            batch = refuse(read_douyin(value), "作品列表接口")
            posts |= {post.url: post for post in batch.posts}
            old = any(post.published_at and post.published_at < start for post in batch.posts if not post.pinned)
            if not batch.more or old or not batch.posts or batch.cursor == cursor:
                return list(posts.values())
            cursor = batch.cursor
        raise CollectionError("partial", f"作品超过 {_MAX_PAGES} 页，没有读到上月月初")

    async def _token(self, base: str, credentials: Credentials) -> str:
        if token := credentials.find("TOKEN"):
            return token
        query = {"client_key": credentials.need("CLIENT_KEY"), "grant_type": "refresh_token", "refresh_token": credentials.need("REFRESH_TOKEN")}
        value = await self.interface.ask_json(f"{base}/oauth/refresh_token/", query, body={})
        token = words(record(record(value).get("data")).get("access_token"))
        if not token:
            refuse(read_douyin(value), "授权接口")
            raise CollectionError("expired-login", "抖音没有给出新的授权，请让账号重新授权")
        return token

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
