"""Calls of platforms' interfaces with a county's credentials: never redirected, never in a log, each refusal by its own name."""

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from core.errors import CollectionError
from core.records import Source
from crawler.fetch import PAGE_BYTES, Fetcher
from crawler.parse.batch import json_of

_STATUSES: Mapping[int, tuple[str, str]] = {
    401: ("expired-login", "平台要求重新登录（401）"),
    403: ("blocked", "平台拒绝访问（403）"),
    418: ("rate-limited", "平台限制访问频率（418）"),
    429: ("rate-limited", "平台限制访问频率（429）"),
    432: ("rate-limited", "平台限制访问频率（432）"),
    412: ("blocked", "被平台防护拦截（412）"),
}
_LOGIN_PAGES = ("passport", "login", "signin", "sso")


class Credentials:
    """A source's secrets, by the prefix that its configuration names: `MX_FABU` → environment variables `MX_FABU_APPID`, `MX_FABU_SECRET` …"""

    def __init__(self, source: Source) -> None:
        self._prefix = str(source.options.get("credentials") or "")

    def find(self, name: str) -> str:
        """The value, "" where there is none; CollectionError for one that cannot be sent."""
        value = os.environ.get(f"{self._prefix}_{name}", "").strip() if self._prefix else ""
        if not (value.isascii() and (value.isprintable() or not value)):
            raise CollectionError("misconfigured", f"环境变量 {self._prefix}_{name} 的值不是一行普通字符，请重新复制")
        return value

    def need(self, name: str) -> str:
        """The value; CollectionError names the variable that is missing."""
        if not self._prefix:
            raise CollectionError("misconfigured", "没有配置 credentials（凭证环境变量的前缀）")
        value = self.find(name)
        if not value:
            raise CollectionError("misconfigured", f"环境变量 {self._prefix}_{name} 没有设置")
        return value


class InterfaceFetcher(Fetcher):
    """A fetcher that can also ask an interface."""

    async def ask(
        self, url: str, query: Mapping[str, str] | None = None, *, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> bytes:
        """The bytes an interface answers to a GET, or to a POST of `body` as JSON; raises CollectionError. robots.txt speaks of pages, not of interfaces one has a key to."""
        parts = urlsplit(url)
        request = self._request(urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(dict(query or {})), "")), "GET", None, PAGE_BYTES)
        request = request.replace(method="POST", body=json.dumps(body, ensure_ascii=False).encode()) if body is not None else request
        request.meta["dont_obey_robotstxt"] = True
        given = {"Accept": "application/json", **({"Content-Type": "application/json; charset=utf-8"} if body is not None else {}), **(headers or {})}
        for name, value in given.items():
            request.headers[name] = value
        response = await self._tried(request, self._manners.retries)
        return _body(response.status, bytes(response.body), (response.headers.get(b"Location") or b"").decode("latin-1"))

    async def ask_json(
        self, url: str, query: Mapping[str, str] | None = None, *, body: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The same as a JSON value; a page instead of JSON is a login page or a redesign."""
        data = await self.ask(url, query, body=body, headers=headers)
        value = json_of(data)
        if value is None:
            page = data[:20_000].decode("utf-8", "replace")
            if any(word in page for word in ("passport.weibo", "请先登录", "扫码登录", "登录后")):
                raise CollectionError("expired-login", "平台要求登录后才能查看")
            raise CollectionError("redesigned", "接口返回的不是 JSON，平台可能已改版")
        return value


def origin_of(url: str, site: str, hosts: Sequence[str]) -> str:
    """Where the interface is: the platform's own for an address on its hosts (or none), else that address's origin (a gateway of the office)."""
    parts = urlsplit(url)
    if not parts.hostname or any(parts.hostname == host or parts.hostname.endswith(f".{host}") for host in hosts):
        return site
    return f"{parts.scheme}://{parts.netloc}"


def _body(status: int, body: bytes, location: str) -> bytes:
    if status in _STATUSES:
        raise CollectionError(*_STATUSES[status])
    if 300 <= status < 400:
        if any(word in location.lower() for word in _LOGIN_PAGES):
            raise CollectionError("expired-login", "平台转到了登录页，登录已过期")
        raise CollectionError("redesigned", f"接口转到了别处（{status}），平台可能已改版")
    if status == 404:
        raise CollectionError("redesigned", "接口不存在（404），平台可能已改版")
    if status >= 400 and not body.lstrip().startswith((b"{", b"[")):  # platforms explain a refusal in JSON whatever the status
        raise CollectionError("unreachable", f"平台返回错误 {status}")
    return body
