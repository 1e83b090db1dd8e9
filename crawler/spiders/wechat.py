"""微信 accounts that have given their AppID: what was published when (statistics), what it says (published messages), and each article's own page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from core.calendar import shanghai
from core.errors import CollectionError
from core.records import Post, Source
from crawler.accounts import keep_new, lasting, refuse, since
from crawler.interfaces import Credentials, origin_of
from crawler.parse.batch import Batch, record, words
from crawler.parse.wechat_api import article_key, read_wechat_api
from crawler.receipts import Tally
from crawler.spiders.interface import InterfaceSpider

_SITE = "https://api.weixin.qq.com"
_PAGE = 20
_MAX_PAGES = 60
_FIRST_DAY = date(2025, 11, 1)  # the statistics know nothing before it
_OVERLAP = 4  # days asked for again: the platform is late at times


class WechatSpider(InterfaceSpider):
    """Sources of kind `wechat`. Environment: `…_APPID`, `…_SECRET`; or `…_TOKEN`, an access token that the office fetches itself."""

    name = "wechat"
    kinds = ("wechat",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """Both interfaces, since each alone misses something: statistics have no text and no today, published messages no mass-sends."""
        base = origin_of(source.url or "", _SITE, ("weixin.qq.com", "qq.com"))
        token = {"access_token": await self._token(base, Credentials(source))}
        published = await self._published(base, token)
        counted = await self._counted(base, token, self._days(source))
        await keep_new(self, source, _joined(published, counted), tally, pages=bool(source.options.get("pages", True)), window=True)

    async def _token(self, base: str, credentials: Credentials) -> str:
        if token := credentials.find("TOKEN"):
            return token
        body = {"grant_type": "client_credential", "appid": credentials.need("APPID"), "secret": credentials.need("SECRET"), "force_refresh": False}
        value = await self.interface.ask_json(f"{base}/cgi-bin/stable_token", body=body)
        token = words(record(value).get("access_token"))
        if not token:
            refuse(read_wechat_api(value), "凭证接口")
            raise CollectionError("redesigned", "凭证接口没有给出 access_token，平台可能已改版")
        return token

    async def _published(self, base: str, token: Mapping[str, str]) -> list[Post]:
        """Messages published since the start of last month, newest first."""
        posts: list[Post] = []
        start = since(self.job)
        for page in range(_MAX_PAGES):
            body = {"offset": page * _PAGE, "count": _PAGE, "no_content": 0}
            batch = await self._asked(f"{base}/cgi-bin/freepublish/batchget", token, body, "已发布消息接口")
            posts += batch.posts
            if not batch.posts or (page + 1) * _PAGE >= (batch.total or 0) or any(post.published_at and post.published_at < start for post in batch.posts):
                return [post for post in posts if post.published_at is None or post.published_at >= start]
        raise CollectionError("partial", f"已发布消息超过 {_MAX_PAGES * _PAGE} 条，没有读到上月月初")

    def _days(self, source: Source) -> list[date]:
        """The days to ask for: those since the last complete collection, else since the start of last month; never today, which is not counted yet."""
        start = max(since(self.job).date(), _FIRST_DAY)
        last = self.keeper.last_complete(source.id)
        if last is not None and not self.job.full:
            start = max(start, shanghai(last).date() - timedelta(days=_OVERLAP))
        return [start + timedelta(days=offset) for offset in range((self.job.today - start).days)]

    async def _counted(self, base: str, token: Mapping[str, str], days: list[date]) -> list[Post]:
        """What was published on each day, mass-sends included; the interface takes one day at a time."""
        posts: list[Post] = []
        for day in days:
            body = {"begin_date": day.isoformat(), "end_date": day.isoformat()}
            batch = await self._asked(f"{base}/datacube/getarticletotaldetail", token, body, "发表数据接口")
            if batch.reason and self.job.today - day > timedelta(days=_OVERLAP):
                raise CollectionError("partial", f"{day} 的发表数据，{batch.reason}")
            posts += (post for post in batch.posts if post.published_at and post.published_at.date() == day)
        return posts

    async def _asked(self, url: str, token: Mapping[str, str], body: Mapping[str, object], what: str) -> Batch:
        return refuse(read_wechat_api(await self.interface.ask_json(url, token, body=body)), what)


def _joined(published: list[Post], counted: list[Post]) -> list[Post]:
    """One post for one article. The statistics' day is the day of publication; the message's hour counts where it is of that day (an edit moves it)."""
    found: dict[str, Post] = {}
    for post in published:
        url = lasting(post.url)
        found[article_key(post.url) or url] = replace(post, url=url)
    for post in counted:
        key = post.tags["msgid"]
        known = found.get(key)
        if known is None:
            found[key] = replace(post, url=lasting(post.url) if post.url else f"https://mp.weixin.qq.com/?msgid={key}", state="live" if post.url else "unread")
            continue
        same_day = known.published_at and post.published_at and known.published_at.date() == post.published_at.date()
        found[key] = replace(known, published_at=known.published_at if same_day else post.published_at, tags={**post.tags, **known.tags})
    return list(found.values())
