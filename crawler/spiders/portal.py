"""Columns and news lists of a portal: list pages by recipe, plain or rendered, then every article that is new."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing
from functools import partial
from typing import Any, ClassVar
from urllib.parse import urlsplit

from lxml import etree

from core.calendar import Month
from core.errors import CollectionError
from core.records import Post, Source, SourceKind
from crawler.again import UNLISTED, look_again
from crawler.articles import Reading, read_entry
from crawler.browser import click_next, open_page, settled
from crawler.fetch import Answer
from crawler.look import Look
from crawler.parse.article import Listed, read_article
from crawler.parse.listing import Listing, read_listing
from crawler.parse.recipes import Turn
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_HISTORY_MONTHS = 13
_NO_PAGES = ("json", "sitemap", "feed")


class PortalSpider(CollectorSpider):
    """Sources of kind `portal`. Options: recipe, render, history_months (how far back articles are opened), max_pages."""

    name = "portal"
    kinds: ClassVar[tuple[SourceKind, ...]] = ("portal",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """Walk the list as far as needed, read what is new, look again at what changed, is missing or has open findings."""
        reading = Reading(source.id, lambda answer, listed: _read(answer, listed, source.id))
        async with asyncio.TaskGroup() as group:
            if not self.job.full and await self.keeper.may_rest(source):
                tally.resting = True
            else:
                await self._look(source, reading, tally, group)
            for post in self.keeper.again(source.id):
                await self._start(group, partial(look_again, self, reading, post, tally))

    async def _look(self, source: Source, reading: Reading, tally: Tally, group: asyncio.TaskGroup) -> None:
        keeper, full = self.keeper, self.job.full
        complete = keeper.was_complete(source.id)
        look = Look(source, None if full else keeper.memory(source), self.job.now, complete)
        oldest = Month.of(self.job.today).plus(-int(source.options.get("history_months", _HISTORY_MONTHS))).first
        async with aclosing(self._parts(source, look, tally)) as parts:
            async for part in parts:
                if not look.pages and not full:  # not before: an unchanged list needs none of it
                    look.know(await keeper.known_posts(source.id))
                fresh = look.add(part)
                tally.items = look.read
                new, changed = look.due(fresh, oldest)
                for item in new:
                    await self._start(group, partial(read_entry, self, reading, item, tally, look.absent_at(item)))
                for post, said in changed:
                    await self._start(group, partial(look_again, self, reading, post, tally, said))
                past = all(item.stamp is not None and item.stamp.day < oldest for item in fresh)
                if not fresh or past or (complete and not full and not new and look.accounted()):
                    look.whole = look.ends_with(part, self.rendered(source))
                    break
            else:
                look.whole = tally.failed_pages == 0
        tally.items = look.read
        tally.suspicion = look.suspicion()
        if tally.suspicion:
            return
        gone = look.missing()
        for post in gone[: keeper.spare(len(gone))]:
            await self._start(group, partial(look_again, self, reading, post, tally, UNLISTED))
        if look.unchanged:
            tally.note = "列表没有变化"
        await keeper.remember(look.result())

    async def _start(self, group: asyncio.TaskGroup, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Start one page's work as soon as there is room."""
        await self._gate.acquire()
        group.create_task(work()).add_done_callback(lambda task: self._gate.release())

    async def _parts(self, source: Source, look: Look, tally: Tally) -> AsyncGenerator[Listing, None]:
        """The list, part by part; none when it has not changed. The first part failing ends the source, a later one makes it partial."""
        parts = self._rendered_parts(source) if self.rendered(source) else self._plain_parts(source, look)
        got = False
        try:
            async with aclosing(parts):
                async for part in parts:
                    if not part.recognised and not got:
                        raise CollectionError("redesigned", "列表页能打开，但认不出信息条目，网站可能已改版")
                    got = True
                    yield part
        except CollectionError as error:
            if not got:
                raise
            tally.page_failed(f"列表后续页：{error.reason}")

    async def _plain_parts(self, source: Source, look: Look) -> AsyncGenerator[Listing, None]:
        assert source.url is not None
        turn: Turn | None = Turn(source.url)
        recipe, asked = source.options.get("recipe"), {source.url}
        for number in range(self._page_limit(source)):
            assert turn is not None
            answer = await self.fetcher.get(turn.url, form=turn.form or None, known=look.known_validators() if number == 0 else None)
            if number == 0 and look.is_as_before(answer):
                return
            if answer.gone:
                raise CollectionError("unreachable" if number else "misconfigured", f"列表页不存在（{answer.status}），请核对网址")
            part = _listing(answer, turn.url, recipe, turn if number else None)
            recipe = recipe or (part.recipe if part.recipe not in _NO_PAGES else None)
            if part.items or part.recipe != "sitemap" or part.next is None:  # an index of sitemaps has no items itself
                yield part
            turn = part.next
            if turn is None or turn.url in asked:
                return
            if urlsplit(turn.url).hostname != urlsplit(source.url).hostname:
                raise CollectionError("redesigned", "“下一页”指向别的网站")
            asked.add(turn.url)
        raise CollectionError("partial", f"列表超过 {self._page_limit(source)} 页，其余未读")

    async def _rendered_parts(self, source: Source) -> AsyncGenerator[Listing, None]:
        assert source.url is not None
        url, recipe = source.url, source.options.get("recipe")
        async with open_page(self.crawler, url, 2.0 * self.job.county.crawl.timeout) as page:
            last: tuple[str, ...] = ()
            for _ in range(self._page_limit(source)):
                body = await settled(page, lambda body: len(_rendered(body, url, recipe).items))
                part = _rendered(body, url, recipe)
                addresses = tuple(item.url for item in part.items)
                if last and addresses == last:
                    part = await self._turned(page, url, recipe, last)
                    addresses = tuple(item.url for item in part.items)
                    if addresses == last:
                        return
                yield part
                last = addresses
                if not last or not await click_next(page):
                    return
        raise CollectionError("partial", f"列表超过 {self._page_limit(source)} 页，其余未读")

    async def _turned(self, page: object, url: str, recipe: str | None, last: tuple[str, ...]) -> Listing:
        """The list a moment after 下一页 was pressed and nothing had changed yet."""
        part = Listing("plain", recognised=False)
        for _ in range(10):
            await asyncio.sleep(0.2)
            part = _rendered(await settled(page, lambda body: len(body), 2.0), url, recipe)
            if tuple(item.url for item in part.items) != last:
                break
        return part

    def _page_limit(self, source: Source) -> int:
        return int(source.options.get("max_pages", self.job.county.crawl.max_list_pages))


def _read(answer: Answer, listed: Listed, source: str) -> Post:
    return read_article(answer.body, listed.url, header=answer.content_type, listed=listed, source=source)


def _listing(answer: Answer, url: str, recipe: str | None, turn: Turn | None) -> Listing:
    try:
        return read_listing(answer.body, url, header=answer.content_type, recipe=recipe, turn=turn)
    except (etree.LxmlError, LookupError, RecursionError) as error:
        raise CollectionError("redesigned", f"列表页无法解析（{type(error).__name__}）") from None
    except ValueError as error:
        raise CollectionError("misconfigured", str(error)) from None


def _rendered(body: bytes, url: str, recipe: str | None) -> Listing:
    return read_listing(body, url, header="text/html; charset=utf-8", recipe=recipe or "plain")
