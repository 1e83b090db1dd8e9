"""What all adapters of new-media accounts share: whose posts, since when, which are new, and what an article's own page adds."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from lxml import etree

from core.calendar import SHANGHAI, Month
from core.errors import CollectionError
from core.records import Post, Source
from core.text import squeeze
from crawler.articles import complete
from crawler.fetch import Answer, Fetcher
from crawler.job import Job
from crawler.keeper import Keeper
from crawler.parse.article import Listed, read_article
from crawler.parse.batch import Batch
from crawler.parse.wechat import is_wechat, read_wechat
from crawler.receipts import Tally

_ARTICLE_KEYS = ("__biz", "mid", "idx", "sn")
_FAMILIES = ("微信", "微博", "抖音", "头条", "快手", "视频号", "小红书", "百家号", "哔哩")


class Adapter(Protocol):
    """What this needs of a spider."""

    job: Job
    keeper: Keeper
    fetcher: Fetcher
    _gate: asyncio.Semaphore

    async def keep(self, record: Post) -> None:
        """Store a post."""


def since(job: Job) -> datetime:
    """From when on posts are wanted: the start of last month, which is the one that is graded."""
    return datetime.combine(Month.of(job.today).plus(-1).first, time(), SHANGHAI)


def refuse(batch: Batch | None, what: str) -> Batch:
    """The batch; CollectionError where it is the platform's refusal, or where it cannot be read at all."""
    if batch is None:
        raise CollectionError("redesigned", f"{what}能打开，但认不出里面的内容，平台可能已改版")
    if batch.status != "ok":
        raise CollectionError(batch.status, batch.reason)
    return batch


def lasting(url: str) -> str:
    """One address for one article: of a long 微信 address only what names it, so that the same article shared twice is one."""
    parts = urlsplit(url)
    if parts.hostname != "mp.weixin.qq.com":
        return url
    query = parse_qs(parts.query)
    named = {key: query[key][0] for key in _ARTICLE_KEYS if query.get(key)}
    if {"__biz", "mid", "idx"} <= set(named):
        return f"https://mp.weixin.qq.com/s?{urlencode(named, safe='=')}"
    return (
        f"https://mp.weixin.qq.com{parts.path}{f'?{parts.query}' if parts.query else ''}"
        if not parts.path.startswith("/s/")
        else f"https://mp.weixin.qq.com{parts.path}"
    )


def of_account(posts: Sequence[Post], source: Source) -> list[Post]:
    """The posts of a file or feed of many accounts that are this one's; all of them where it names no account, or only one under another name."""
    wanted, platform = squeeze(str(source.options.get("account") or source.name)), str(source.options.get("platform") or "")
    names = {squeeze(post.tags["account"]) for post in posts if post.tags.get("account")}
    if not names or (wanted not in names and len(names) == 1):
        return list(posts)
    own = [post for post in posts if squeeze(post.tags.get("account", wanted)) == wanted]
    return [post for post in own if _same_platform(post.tags.get("platform", ""), platform)]


def _same_platform(said: str, platform: str) -> bool:
    """False only when the two name different platforms: 微信公众号 and 微信订阅号 are not different, 微信服务号 and 微信订阅号 are."""
    families = [{family for family in _FAMILIES if family in name} for name in (said, platform)]
    if all(families) and not families[0] & families[1]:
        return False
    kinds = [{kind for kind in ("订阅号", "服务号") if kind in name} for name in (said, platform)]
    return not (all(kinds) and not kinds[0] & kinds[1])


async def keep_new(spider: Adapter, source: Source, posts: Iterable[Post], tally: Tally, *, pages: bool, window: bool = False) -> None:
    """Store the posts that are not known yet; `pages`: read each one's own page first.

    A list that shows nothing at all where there was something before is no silence, unless it was asked for a `window` of days only.
    """
    known = await spider.keeper.known(source.id)
    wanted = {post.url: replace(post, source=source.id) for post in posts if post.url}
    tally.items += len(wanted)
    if not wanted and known and not window:
        raise CollectionError("redesigned", f"这次一条也没有，而以前采到过 {len(known)} 条：登录可能已失效，或平台已改版")

    async def one(post: Post) -> None:
        async with spider._gate:
            await _keep(spider, post, tally, pages)

    async with asyncio.TaskGroup() as group:
        for url, post in wanted.items():
            if spider.job.full or url not in known:
                group.create_task(one(post))


async def _keep(spider: Adapter, post: Post, tally: Tally, pages: bool) -> None:
    if pages and post.state == "live":
        post = await _opened(spider, post, tally)
    await spider.keep(await complete(spider, post, tally) if post.state == "live" else post)


async def _opened(spider: Adapter, post: Post, tally: Tally) -> Post:
    """The post as its own page shows it; as the list gave it where the page cannot be read, `unread` if the list gave no text."""
    try:
        answer = await spider.fetcher.get(post.url)
        page = _read(answer, post)
        if page is None:
            raise CollectionError("blocked", "平台要求验证（验证码或防护页面）")
    except CollectionError as error:
        if post.text:
            return post
        tally.page_failed(error.reason)
        return replace(post, state="unread")
    return page


def _read(answer: Answer, post: Post) -> Post | None:
    """What the page says, completed by the list; None for a verification wall."""
    if answer.gone:
        return replace(post, state="deleted", text="", body="")
    try:
        if is_wechat(answer.body, answer.url):
            page = read_wechat(answer.body, post.url, header=answer.content_type, source=post.source)
        else:
            page = read_article(answer.body, post.url, header=answer.content_type, source=post.source, listed=Listed(post.url, post.title))
    except (etree.LxmlError, ValueError, LookupError, RecursionError) as error:
        raise CollectionError("unreachable", f"页面结构异常，无法解析（{type(error).__name__}）") from None
    return _joined(post, page) if page else None


def _joined(post: Post, page: Post) -> Post:
    """The page first, since the list may be older; the list's day where the platform counts by it, its text where the page has none."""
    listed_day_wins = post.published_at and page.published_at and post.date_source == "platform" and post.published_at.date() != page.published_at.date()
    dated = post if page.published_at is None or listed_day_wins else page
    text = page if page.text or page.state != "live" else post
    return replace(
        page,
        title=page.title or post.title,
        published_at=dated.published_at,
        date_source=dated.date_source,
        origin=page.origin or post.origin,
        author=page.author or post.author,
        text=text.text,
        body=text.body,
        original=post.original if page.original in (None, "undeclared") and post.original else page.original,
        pinned=post.pinned,
        attachments=page.attachments or post.attachments,
        tags={**post.tags, **page.tags},
    )
