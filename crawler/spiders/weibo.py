"""微博 accounts: the mobile site's list, newest first behind what is pinned, back to the start of last month."""

import re
from dataclasses import replace

from core.errors import CollectionError
from core.records import Post, Source
from crawler.accounts import keep_new, refuse, since
from crawler.interfaces import Credentials, origin_of
from crawler.parse.batch import Batch, record
from crawler.parse.weibo import read_weibo
from crawler.receipts import Tally
from crawler.spiders.interface import InterfaceSpider

_SITE = "https://m.weibo.cn"
_MAX_PAGES = 40
_UID = re.compile(r"(?:/u/|/profile/|uid=|value=|107603|^)(\d{6,12})(?!\d)")


class WeiboSpider(InterfaceSpider):
    """Sources of kind `weibo`; `url` is the account's page or its number. Environment: `…_COOKIE`, where the site asks for a login."""

    name = "weibo"
    kinds = ("weibo",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """The list's posts; their own pages hold no more than the list, except long texts."""
        assert source.url is not None
        found = _UID.search(source.url)
        if found is None:
            raise CollectionError("misconfigured", "网址里没有微博账号的数字编号（如 https://m.weibo.cn/u/1234567890）")
        headers = {"X-Requested-With": "XMLHttpRequest", "MWeibo-Pwa": "1"}
        if cookie := Credentials(source).find("COOKIE"):
            headers["Cookie"] = cookie
        base = origin_of(source.url, _SITE, ("weibo.com", "weibo.cn"))
        known = await self.keeper.known(source.id)
        listed = await self._list(base, found[1], headers)
        posts = [await self._whole(base, post, headers) if self.job.full or post.url not in known else post for post in listed]
        await keep_new(self, source, posts, tally, pages=False)

    async def _list(self, base: str, uid: str, headers: dict[str, str]) -> list[Post]:
        posts: dict[str, Post] = {}
        cursor, start = "", since(self.job)
        for _ in range(_MAX_PAGES):
            batch = await self._page(base, uid, cursor, headers)
            if not posts and not batch.posts and batch.total:
                raise CollectionError("blocked", f"平台说有 {batch.total} 条微博，却一条也不给看：请更新登录凭证")
            fresh = [post for post in batch.posts if post.url not in posts]
            posts |= {post.url: post for post in fresh}
            ordinary = [post for post in fresh if not post.pinned and post.published_at]
            if not fresh or not batch.more or batch.cursor == cursor or any(post.published_at and post.published_at < start for post in ordinary):
                return list(posts.values())
            cursor = batch.cursor
        raise CollectionError("partial", f"微博超过 {_MAX_PAGES} 页，没有读到上月月初")

    async def _page(self, base: str, uid: str, cursor: str, headers: dict[str, str]) -> Batch:
        query = {"type": "uid", "value": uid, "containerid": f"107603{uid}"} | ({"since_id": cursor} if cursor else {})
        value = await self.interface.ask_json(f"{base}/api/container/getIndex", query, headers=headers)
        return refuse(read_weibo(value, self.job.now), "微博列表")

    async def _whole(self, base: str, post: Post, headers: dict[str, str]) -> Post:
        """A long text in full: the list cuts it at 140 characters."""
        number = post.tags.get("folded")
        if not number:
            return post
        try:
            value = await self.interface.ask_json(f"{base}/statuses/extend", {"id": number}, headers=headers)
        except CollectionError:
            return post  # the beginning is better than nothing
        long = read_weibo(
            {"ok": 1, "data": {"mblog": {"id": number, "created_at": "", "text": record(record(value).get("data")).get("longTextContent") or ""}}}
        )
        text = long.posts[0].text if long and long.posts else ""
        return replace(post, text=text) if len(text) > len(post.text) else post
