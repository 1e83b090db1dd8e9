"""Items to the store: each is written in the store's one thread, in the order of arrival; the spider is told how it went."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from scrapy.crawler import Crawler

from core.calendar import Month
from core.errors import EnvironmentFailure
from core.records import Observation, Post, Receipt
from crawler.keeper import Keeper, write_failure


@dataclass(frozen=True, slots=True)
class Counted:
    """All observations of a source, or those of one month."""

    source: str
    month: Month | None
    observations: tuple[Observation, ...]


@dataclass(slots=True)
class Parcel:
    """A record on its way to the store. Its contents never show in a log: `repr` has the source alone."""

    source: str
    record: Post | Receipt | Counted = field(repr=False)
    done: "asyncio.Future[None]" = field(repr=False)


class StorePipeline:
    """Writes parcels through the spider's keeper; a full disk or broken database fails the parcel and so ends its source."""

    def __init__(self, keeper: Keeper) -> None:
        self.keeper = keeper

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "StorePipeline":
        spider: Any = crawler.spider
        return cls(spider.keeper)

    async def process_item(self, item: Parcel) -> Parcel:
        """Keep one parcel."""
        from django.db import DatabaseError

        failure: EnvironmentFailure | None = None
        try:
            await self._keep(item.record)
        except EnvironmentFailure as error:
            failure = error
        except (OSError, DatabaseError) as error:
            failure = write_failure(error)
        if item.done.done():  # its source was stopped in the meantime
            return item
        if failure is None:
            item.done.set_result(None)
        else:
            item.done.set_exception(failure)
        return item

    async def _keep(self, record: Post | Receipt | Counted) -> None:
        if isinstance(record, Post):
            await self.keeper.save(record)
        elif isinstance(record, Receipt):
            await self.keeper.receipt(record)
        else:
            await self.keeper.count(record.source, record.month, record.observations)
