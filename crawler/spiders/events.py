"""The event platform's paged JSON: this month and the month before, counted per platform, unit and type."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from core.calendar import Month
from core.errors import CollectionError
from core.records import Source
from crawler.parse.events import EventPage, count_events, read_events
from crawler.receipts import Tally
from crawler.spiders.base import CollectorSpider

_PAGE_SIZE = 100
_MAX_PAGES = 2000


class EventsSpider(CollectorSpider):
    """Sources of kind `events`. A month is written only when all its pages were read and add up."""

    name = "events"
    kinds = ("events",)

    async def collect(self, source: Source, tally: Tally) -> None:
        """Count both months; the older one first, since it is the one that is graded."""
        this_month = Month.of(self.job.today)
        for month in (this_month.plus(-1), this_month):
            items = await self._month(source, month)
            counted = count_events(source.id, month, items)
            await self.keep_counts(source.id, month, counted)
            tally.items += len(items)

    async def _month(self, source: Source, month: Month) -> list[Mapping[str, str]]:
        items: dict[str, Mapping[str, str]] = {}
        number, pages, total = 1, 1, None
        while number <= min(pages, _MAX_PAGES):
            page = await self._page(source, month, number)
            items |= {item["id"]: item for item in page.items}
            pages, total = max(pages, page.pages), page.total
            number += 1
        if pages > _MAX_PAGES:
            raise CollectionError("partial", f"{month} 的事件超过 {_MAX_PAGES} 页，未读完")
        if total is not None and total != len(items):
            raise CollectionError("partial", f"{month} 的事件应有 {total} 件，实际读到 {len(items)} 件")
        return list(items.values())

    async def _page(self, source: Source, month: Month, number: int) -> EventPage:
        assert source.url is not None
        parts = urlsplit(source.url)
        query = dict(parse_qsl(parts.query)) | {"month": str(month), "page": str(number), "size": str(_PAGE_SIZE)}
        answer = await self.fetcher.get(urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), "")))
        if answer.gone:
            raise CollectionError("unreachable", f"接口不存在（{answer.status}），请核对网址")
        page = read_events(answer.body)
        if page is None:
            raise CollectionError("redesigned", "接口返回的内容认不出来，可能已改版")
        if page.unknown:
            raise CollectionError("redesigned", f"接口中有不认识的内容：{'、'.join(page.unknown[:3])}")
        return page
