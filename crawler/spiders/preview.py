"""Preview sites: what a CMS shows to those who are logged in before it goes live. Read like a portal, each page anew at every visit, with the login of its own source."""

import os
import re
from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler

from core.errors import CollectionError
from core.records import Source, SourceKind
from crawler.conditional import Validators
from crawler.fetch import PAGE_BYTES, Answer, Fetcher
from crawler.job import Job
from crawler.receipts import Tally
from crawler.spiders.portal import PortalSpider

_PASSWORD_FIELD = re.compile(rb"<input[^>]+type\s*=\s*[\"']?password", re.I)
_EXPIRED = "登录已过期，请在 previews.yaml 所指的环境变量或文件中更新登录信息"


class PreviewSpider(PortalSpider):
    """Sources of kind `preview`. Options beside the portal's: login, a list of {header, environment | file}."""

    name = "preview"
    kinds: ClassVar[tuple[SourceKind, ...]] = ("preview",)

    def _lay_settings(self, crawler: Crawler) -> None:
        super()._lay_settings(crawler)
        self.job = replace(self.job, full=True)  # a draft changes until it is published
        self.fetcher = LoggedIn(crawler, self.job, self.keeper.refused)

    async def collect(self, source: Source, tally: Tally) -> None:
        """As a portal's, once its login is at hand."""
        assert isinstance(self.fetcher, LoggedIn)
        self.fetcher.log_in(source)
        await super().collect(source, tally)


class LoggedIn(Fetcher):
    """Sends a source's login to that source's own origin (scheme, host, port) and to nobody else, redirects included."""

    def __init__(self, crawler: Crawler, job: Job, refused: Container[str] = ()) -> None:
        hosts = {urlsplit(source.url or "").hostname or "" for source in job.sources(("preview",))}
        super().__init__(crawler, job.county.crawl, hosts, refused)
        self._job = job
        self._logins: dict[str, dict[str, str]] = {}

    def log_in(self, source: Source) -> None:
        """Find the values of the source's login; CollectionError names the place where one is missing."""
        headers = {login["header"]: self._value(login) for login in source.options.get("login", ())}
        if headers:
            self._logins.setdefault(_origin(source.url or ""), {}).update(headers)

    def _value(self, login: Mapping[str, str]) -> str:
        name = login.get("environment")
        if name:
            value = os.environ.get(name, "")
            place = f"环境变量 {name}"
        else:
            path = self._job.county.folder / login["file"]
            place = f"文件 {path}"
            try:
                value = path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError):
                value = ""
        value = value.strip()
        if not value:
            raise CollectionError("expired-login", f"{place}中没有登录信息，无法打开预览站")
        if not value.isascii() or not value.isprintable():
            raise CollectionError("expired-login", f"{place}中的登录信息不是一行普通字符，请重新复制")
        return value

    def _request(self, url: str, method: str, form: Mapping[str, str] | None, limit: int) -> Request:
        request = super()._request(url, method, form, limit)
        for header, value in self._logins.get(_origin(url), {}).items():
            request.headers[header] = value
        return request

    async def get(self, url: str, *, form: Mapping[str, str] | None = None, limit: int = PAGE_BYTES, known: Validators | None = None) -> Answer:
        """As a plain fetcher's; a page that asks for a password instead of what was wanted is an expired login."""
        answer = await super().get(url, form=form, limit=limit, known=known)
        if not answer.gone and self._logins.get(_origin(url)) and _asks_for_login(answer, url):
            raise CollectionError("expired-login", _EXPIRED)
        return answer


def _origin(url: str) -> str:
    parts: Any = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _asks_for_login(answer: Answer, asked: str) -> bool:
    moved = urlsplit(answer.url)._replace(fragment="") != urlsplit(asked)._replace(fragment="")
    return bool(_PASSWORD_FIELD.search(answer.body[:200_000])) and (moved or b"ArticleTitle" not in answer.body)
