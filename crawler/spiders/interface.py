"""Base of the spiders that ask interfaces rather than read pages."""

from scrapy.crawler import Crawler

from crawler.interfaces import InterfaceFetcher
from crawler.spiders.base import CollectorSpider, hosts_of


class InterfaceSpider(CollectorSpider):
    """A collector whose fetcher can also ask interfaces."""

    interface: InterfaceFetcher

    def _lay_settings(self, crawler: Crawler) -> None:
        super()._lay_settings(crawler)
        self.interface = InterfaceFetcher(crawler, self.job.county.crawl, hosts_of(source.url for source in self.job.county.sources))
        self.fetcher = self.interface
