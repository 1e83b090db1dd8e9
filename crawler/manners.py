"""AutoThrottle, except towards this machine itself."""

from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

from crawler.fetch import is_loopback


class HostThrottle(AutoThrottle):
    """Scrapy's AutoThrottle, which would slow down loopback hosts as well (robots.txt and browser requests included)."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        if not is_loopback(urlsplit(request.url).hostname):
            super()._response_downloaded(response, request, spider)
