"""Columns and news lists of a portal: list pages by recipe, plain or rendered, then every article that is new."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import ClassVar
from urllib.parse import urlsplit

from lxml import etree

from core.calendar import Month
from core.errors import CollectionError
from core.records import Post, Source, SourceKind
from crawler.articles import Reading, read_entry
from crawler.browser import click_next, open_page, settled
from crawler.fetch import Answer
from crawler.parse.article import Listed, read_article
from crawler.parse.listing import Listing, read_listing
from crawler.parse.recipes import Turn
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_HISTORY_MONTHS = 13


class PortalSpider(CollectorSpider):
    """Sources of kind `portal`. Options: recipe, render, history_months (how far back articles are opened), max_pages."""

    name = "portal"
    kinds: ClassVar[tuple[SourceKind, ...]] = ("portal",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """Walk the list as far as needed and read what is not known yet."""
        known = set() if self.job.full else await self.keeper.known(source.id)
        stop_at_known = not self.job.full and self.keeper.was_complete(source.id)
        reading = Reading(source.id, lambda answer, listed: _read(answer, listed, source.id))
        oldest = Month.of(self.job.today).plus(-int(source.options.get("history_months", _HISTORY_MONTHS))).first
        seen: set[str] = set()
        async with asyncio.TaskGroup() as group, aclosing(self._parts(source, tally)) as parts:
            async for part in parts:
                fresh = [item for item in part.items if item.url not in seen]
                seen.update(item.url for item in fresh)
                tally.items += len(fresh)
                due = [item for item in fresh if item.url not in known and (item.stamp is None or item.stamp.day >= oldest)]
                for item in due:
                    await self._gate.acquire()
                    group.create_task(self._read(reading, item, tally))
                if not fresh or (stop_at_known and not due) or all(item.stamp is not None and item.stamp.day < oldest for item in fresh):
                    break

    async def _read(self, reading: Reading, item: Listed, tally: Tally) -> None:
        try:
            await read_entry(self, reading, item, tally)
        finally:
            self._gate.release()

    async def _parts(self, source: Source, tally: Tally) -> AsyncGenerator[Listing, None]:
        """The list, part by part. The first part failing ends the source, a later one makes it partial."""
        parts = self._rendered_parts(source) if self.rendered(source) else self._plain_parts(source)
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

    async def _plain_parts(self, source: Source) -> AsyncGenerator[Listing, None]:
        assert source.url is not None
        turn: Turn | None = Turn(source.url)
        recipe, asked = source.options.get("recipe"), {source.url}
        for number in range(self._page_limit(source)):
            assert turn is not None
            answer = await self.fetcher.get(turn.url, form=turn.form or None)
            if answer.gone:
                raise CollectionError("unreachable" if number else "misconfigured", f"列表页不存在（{answer.status}），请核对网址")
            part = _listing(answer, turn.url, recipe, turn if number else None)
            recipe = recipe or part.recipe
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
