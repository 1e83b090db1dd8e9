"""One request, done properly: retries with backoff, few redirects, size and time limits, a breaker per host, no private addresses."""

import asyncio
import gzip
import random
import zlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)

from core.entries import Crawl
from core.errors import CollectionError
from crawler.addresses import is_local, is_loopback, site_of
from crawler.conditional import Validators, validators_of
from crawler.manners import Breaker, HourlyLimit

PAGE_BYTES = 10 * 1024 * 1024
FILE_BYTES = 60 * 1024 * 1024
MAX_REDIRECTS = 5
GONE = frozenset({404, 410})
_LONGEST_ASKED = 60.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})
_BLOCKED = {
    401: ("expired-login", "需要登录或登录已过期"),
    403: ("blocked", "网站拒绝访问（403）"),
    412: ("blocked", "被网站防护拦截（412）"),
    429: ("blocked", "网站限制访问频率（429）"),
}
_LOST = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadFailedError, DownloadTimeoutError, ResponseDataLossError, OSError)
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "域名无法解析"),
    (DownloadConnectionRefusedError, "连接被拒绝，网站可能已停"),
    (DownloadTimeoutError, "超过时间没有响应"),
    (ResponseDataLossError, "传输中断，内容不完整"),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response that is an answer: 200, 304 to a conditional request, or 404 and 410, which mean that the page is gone."""

    url: str
    status: int
    body: bytes
    content_type: str
    headers: Mapping[str, str]

    @property
    def gone(self) -> bool:
        return self.status in GONE

    @property
    def unchanged(self) -> bool:
        """True for the answer to a conditional request that says: as before."""
        return self.status == 304

    @property
    def validators(self) -> Validators:
        return validators_of(self.headers)


class Fetcher:
    """Downloads through one crawler's downloader (robots.txt, throttle and slots included). `hosts` are those of the configured sources."""

    def __init__(self, crawler: Crawler, manners: Crawl, hosts: Iterable[str], refused: Container[str] = ()) -> None:
        self._crawler = crawler
        self._manners = manners
        self._hosts = frozenset(hosts)
        self._sites = {site_of(host) for host in (*self._hosts, *manners.hosts) if host}
        self._refused = refused  # names that led to private addresses, as the resolver notes them
        self._breaker = Breaker()
        self._limit = HourlyLimit(manners.per_hour)
        self._links: dict[str, asyncio.Task[int | None]] = {}

    def allowed(self, url: str) -> bool:
        """http and https only; private addresses only where a source is configured there."""
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.hostname in self._hosts or not is_local(parts.hostname))

    async def get(self, url: str, *, form: Mapping[str, str] | None = None, limit: int = PAGE_BYTES, known: Validators | None = None) -> Answer:
        """The answer to a GET, or to a POST of `form`; with `known` validators the answer may be `unchanged`.

        Raises CollectionError with the receipt's status and a Chinese reason after the last try.
        """
        here, data = url, form
        for _ in range(MAX_REDIRECTS + 1):
            request = self._request(here, "POST" if data else "GET", data, limit)
            for name, value in (known.headers() if known else {}).items():
                request.headers[name] = value
            response = await self._tried(request, self._manners.retries)
            if response.status not in _REDIRECTS or b"Location" not in response.headers:
                return _answer(response, conditional=bool(known and known.headers()))
            here = self._led(here, response.headers[b"Location"])
            data = data if response.status in {307, 308} else None
        raise CollectionError("unreachable", f"重定向超过 {MAX_REDIRECTS} 次")

    def _led(self, url: str, location: bytes) -> str:
        """The address a redirect leads to; raises CollectionError where it leaves the sites that are configured."""
        target = _joined(url, location)
        host = urlsplit(target).hostname or ""
        if not self.allowed(target):
            raise CollectionError("blocked", "地址指向内部网络或其他协议，已拒绝访问")
        if site_of(host) not in {site_of(urlsplit(url).hostname or ""), *self._sites}:
            raise CollectionError("redesigned", f"被转到别的网站 {host[:80]}，没有跟随；确属本单位的，请写入 county.yaml 的 crawl.hosts")
        return target

    async def link_status(self, url: str) -> int | None:
        """The HTTP status behind a link (HEAD, then GET where HEAD is refused), 0 when nobody answers, None when it may not be asked. Each address is asked once a run."""
        if url not in self._links:
            self._links[url] = asyncio.create_task(self._link_status(url))
        return await self._links[url]

    async def _link_status(self, url: str) -> int | None:
        here = url
        try:
            for _ in range(MAX_REDIRECTS + 1):
                status, target = await self._look(here)
                if status not in _REDIRECTS or not target:
                    return status
                if site_of(urlsplit(_joined(here, target)).hostname or "") not in {site_of(urlsplit(here).hostname or ""), *self._sites}:
                    return status  # it leads to another site: alive, and not ours to follow
                here = _joined(here, target)
        except CollectionError as error:
            return 0 if error.status == "unreachable" else None
        return 0

    async def _look(self, url: str) -> tuple[int, bytes]:
        response = await self._tried(self._request(url, "HEAD", None, PAGE_BYTES), 0)
        if response.status >= 400:
            response = await self._tried(self._request(url, "GET", None, PAGE_BYTES), 0)
        return response.status, response.headers.get(b"Location") or b""

    def _request(self, url: str, method: str, form: Mapping[str, str] | None, limit: int) -> Request:
        if not self.allowed(url):
            raise CollectionError("blocked", "地址指向内部网络或其他协议，已拒绝访问")
        meta: dict[str, Any] = {"download_maxsize": limit, "download_timeout": self._manners.timeout}
        if is_loopback(urlsplit(url).hostname):
            meta["autothrottle_dont_adjust_delay"] = True
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"} if form is not None else None
        try:
            return Request(url, method=method, body=urlencode(form) if form is not None else None, headers=headers, meta=meta, dont_filter=True)
        except ValueError as error:
            raise CollectionError("unreachable", "地址写法不对") from error

    async def _tried(self, request: Request, retries: int) -> Any:
        """The response of the first try that is not a passing failure; the last failure as CollectionError."""
        host = urlsplit(request.url).netloc
        for attempt in range(retries + 1):
            if self._breaker.is_open(host):
                raise CollectionError("unreachable", f"{host} 多次没有响应，本次不再访问")
            response, error = await self._once(request, host)
            if response is not None and response.status not in _AGAIN:
                return response
            if attempt < retries:
                await asyncio.sleep(self._pause(request.url, attempt, response))
        if response is not None:
            if retries == 0:
                return response
            status, reason = _BLOCKED.get(response.status, ("unreachable", f"服务器返回错误 {response.status}"))
            raise CollectionError(status, reason)
        assert error is not None
        raise error

    async def _once(self, request: Request, host: str) -> tuple[Any, CollectionError | None]:
        engine = self._crawler.engine
        assert engine is not None
        await self._limit.turn(urlsplit(request.url).hostname or "")
        try:
            response = await engine.download_async(request.copy())
        except IgnoreRequest as error:
            if "DOWNLOAD_MAXSIZE" in str(error):
                raise CollectionError("unreachable", "内容解压后超过大小限制") from None
            raise CollectionError("blocked", "网站的 robots.txt 不允许采集") from None
        except UnsupportedURLSchemeError:
            raise CollectionError("blocked", "地址指向内部网络或其他协议，已拒绝访问") from None
        except DownloadCancelledError:
            raise CollectionError("unreachable", "内容超过大小限制") from None
        except _undecodable():
            raise CollectionError("unreachable", "内容压缩有误，无法解开") from None
        except _LOST as error:
            if isinstance(error, CannotResolveHostError) and urlsplit(request.url).hostname in self._refused:
                raise CollectionError("blocked", "域名指向内部网络地址，已拒绝访问；确属内网站点的，请写入 county.yaml 的 crawl.private_hosts") from None
            self._breaker.failed(host, Breaker.CONNECTION)
            return None, CollectionError("unreachable", next((text for kind, text in _REASONS if isinstance(error, kind)), "连接中断"))
        if response.status in _AGAIN:
            self._breaker.failed(host, Breaker.ANSWER)
        else:
            self._breaker.answered(host)
        return response, None

    def _pause(self, url: str, attempt: int, response: Any) -> float:
        """Seconds before the next try: doubled each time, and what the server itself asks for (up to a minute)."""
        base = 0.05 if is_loopback(urlsplit(url).hostname) else max(1.0, self._manners.delay)
        asked = (response.headers.get(b"Retry-After") or b"") if response is not None else b""
        return max(float(base * 2**attempt * random.uniform(0.8, 1.2)), min(float(asked), _LONGEST_ASKED) if asked.isdigit() else 0.0)


@lru_cache(maxsize=1)
def _undecodable() -> tuple[type[Exception], ...]:
    """What decompression raises on garbage; brotli has an error of its own where it is installed."""
    known: tuple[type[Exception], ...] = (zlib.error, EOFError, gzip.BadGzipFile)
    try:
        from brotli import error
    except ImportError:
        return known
    return (*known, error)


def _joined(url: str, location: bytes) -> str:
    """The address a Location header means; raw bytes in it are UTF-8. Raises CollectionError for one that is none."""
    try:
        return urljoin(url, location.strip().decode("utf-8", "replace"))
    except ValueError:
        raise CollectionError("unreachable", "重定向的地址写法不对") from None


def _answer(response: Any, conditional: bool = False) -> Answer:
    """The response as an answer; raises CollectionError for a refusal or a challenge page."""
    if response.status in _BLOCKED:
        raise CollectionError(*_BLOCKED[response.status])
    if response.status != 200 and response.status not in GONE and not (conditional and response.status == 304):
        raise CollectionError("unreachable", f"服务器返回错误 {response.status}")
    body = bytes(response.body)
    if response.status == 200 and is_challenge(body):
        raise CollectionError("blocked", "网站要求验证（验证码或防护页面）")
    headers = {name.decode("latin-1").lower(): b", ".join(values).decode("latin-1") for name, values in response.headers.items()}
    return Answer(response.url, response.status, body, headers.get("content-type", ""), headers)


_CHALLENGE_SCRIPTS = (b"acw_sc__v2", b"_$jsvmprt", b"$_ts=window", b"__jsl_clearance", b"cf-chl-", b"/captcha/")
_CHALLENGE_WORDS = ("请输入验证码", "访问验证", "安全验证", "请完成验证", "人机验证", "拖动滑块", "请开启JavaScript")
_CHALLENGE_BYTES = tuple(word.encode(codec) for word in _CHALLENGE_WORDS for codec in ("utf-8", "gb18030"))


def is_challenge(body: bytes) -> bool:
    """True for a short page without links whose point is to test the visitor."""
    if len(body) > 20_000 or b"ArticleTitle" in body or b"PubDate" in body or body.count(b"<a ") > 5:
        return False
    return any(mark in body for mark in _CHALLENGE_SCRIPTS) or any(mark in body for mark in _CHALLENGE_BYTES)
