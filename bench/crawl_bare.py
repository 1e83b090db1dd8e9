"""The peer: a bare Scrapy spider that walks the same lists and opens the same articles, taking title, date and text by selectors. `python -m bench.crawl_bare BASE COLUMNS`."""

import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response


class BareSpider(Spider):
    """Lists and articles, nothing kept."""

    name = "bare"
    base = ""
    columns = 0

    async def start(self) -> AsyncIterator[Any]:
        for column in range(self.columns):
            yield Request(f"{self.base}/c{column}/", self.parse)

    def parse(self, response: Response, **kwargs: Any) -> Iterator[Any]:
        for link in response.css("ul.list li a::attr(href)").getall():
            yield response.follow(link, self.read)
        for link in response.css("div.page a::attr(href)").getall():
            yield response.follow(link, self.parse)

    def read(self, response: Response) -> dict[str, Any]:
        return {
            "title": response.css("h1::text").get(),
            "date": response.css("meta[name=PubDate]::attr(content)").get(),
            "text": "\n".join(response.css("#zoom p::text").getall()),
        }


if __name__ == "__main__":
    settings = {
        "LOG_LEVEL": "ERROR",
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
        "COOKIES_ENABLED": False,
    }
    process = AsyncCrawlerProcess(settings)
    process.crawl(BareSpider, base=sys.argv[1], columns=int(sys.argv[2]))
    process.start()
