"""Servers that mean harm, or are merely broken: the crawl ends in bounded time, asks nobody it must not ask, and the receipts say what happened."""

import asyncio
import gzip
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from scrapy.resolver import dnscache
from test_crawler_run import County, Site, county, site

from crawler.addresses import GuardedResolver, is_local, is_public, site_of
from crawler.manners import Breaker, HourlyLimit

__all__ = ["county", "site"]  # fixtures
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


class Raw:
    """Answers each path with the pieces of a script: bytes to send, floats to wait."""

    def __init__(self) -> None:
        self.scripts: dict[str, list[bytes | float]] = {}
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            try:
                path = connection.recv(65536).split(b" ")[1].decode()
                self.asked.append(path)
                for piece in self.scripts.get(path, [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"]):
                    if isinstance(piece, float):
                        time.sleep(piece)
                    else:
                        connection.sendall(piece)
            except (OSError, IndexError):
                return

    def close(self) -> None:
        self._socket.close()


@pytest.fixture
def raw() -> Iterator[Raw]:
    made = Raw()
    yield made
    made.close()


def test_hostile_and_broken_servers_end_in_bounded_time_with_a_receipt_each(site: Site, raw: Raw, county: County) -> None:
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    bomb = gzip.compress(gzip.compress(b"\0" * 400_000_000, 1))
    raw.scripts = {
        "/drip/": [HEAD + b"Content-Length: 100000\r\n\r\n", *([b"x", 0.3] * 60)],
        "/headers/": [b"HTTP/1.1 200 OK\r\n", *([b"X-A: b\r\n", 0.3] * 60)],
        "/endless/": [HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *([chunk] * 400)],
        "/long/": [HEAD + b"Content-Length: 5000\r\n\r\n<html>short</html>"],
        "/claims/": [HEAD + b"Content-Length: 99999999999\r\n\r\n<html>"],
        "/bomb/": [HEAD + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb],
        "/nogzip/": [HEAD + b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!"],
        "/deflate/": [HEAD + b"Content-Encoding: deflate\r\nContent-Length: 9\r\n\r\nnot flate"],
        "/brotli/": [HEAD + b"Content-Encoding: br\r\nContent-Length: 9\r\n\r\nnot broti"],
        "/garbage/": [b"\0\1\2 this is not HTTP\r\n\r\n"],
        "/slow/": [b"HTTP/1.1 302 Found\r\nLocation: /slow/\r\nContent-Length: 0\r\n\r\n"],
    }
    port = raw.base.rsplit(":", 1)[1]
    for name, target in {
        "circle": "/circle2/",
        "metadata": "http://169.254.169.254/latest/",
        "mapped": "http://[::ffff:169.254.169.254]/",
        "elsewhere": "https://example.com/",
        "badly": "http://[/",
    }.items():
        site.add(f"/{name}/", "", 302, Location=target)
    site.add("/circle2/", "", 302, Location="/circle/")
    items = [(f"/h/{number}.html", f"关于第{number}号工作的通知", "2023-10-10") for number in range(12)]
    for number, (path, title, _) in enumerate(items):
        site.article(path, title)
        site.failing[path] = -1 if number % 2 else 0
    site.listing("/half/", items)
    inward = [
        (f"http://{host}:{port}/secret{number}.html", f"第{number}个指向内部网络的条目", "2023-10-10")
        for number, host in enumerate(("127.1", "2130706433", "0x7f.1"))
    ]
    site.article("/inner.html", "一个正常的条目")
    site.listing("/inner/", [*inward, ("/inner.html", "一个正常的条目", "2023-10-10")])
    columns = {path.strip("/"): raw.base + path for path in raw.scripts}
    columns |= {name: f"{site.base}/{name}/" for name in ("circle", "metadata", "mapped", "elsewhere", "badly", "half", "inner")}
    county.write(columns, timeout=3, crawl={"retries": 1, "per_hour": 1})  # this machine itself is not counted
    start = time.monotonic()
    code, receipts, errors = county.crawl()
    assert time.monotonic() - start < 80
    assert (code, errors) == (1, "")
    got = {name: receipt["status"] for name, receipt in receipts.items()}
    assert got == dict.fromkeys(columns, "unreachable") | {
        "metadata": "blocked",
        "mapped": "blocked",
        "elsewhere": "redesigned",
        "half": "partial",
        "inner": "partial",
    }
    assert "解压后超过大小限制" in receipts["bomb"]["reason"]
    assert "超过大小限制" in receipts["endless"]["reason"]
    assert "example.com" in receipts["elsewhere"]["reason"]
    assert "6 个页面未能读取：服务器返回错误 500" in receipts["half"]["reason"]
    assert "3 个页面未能读取：域名指向内部网络地址" in receipts["inner"]["reason"]
    assert not [path for path in raw.asked if "secret" in path]
    assert county.rows("select count(*) from store_post where state = 'live'") == [(6 + 1,)]


def test_a_list_that_never_ends_is_left_at_the_limit(site: Site, county: County) -> None:
    def page(number: int) -> str:
        rows = "".join(f'<li><a href="/c/{number}-{item}.html">第{number}页第{item}条日程安排</a><span>2023-10-{item + 10}</span></li>' for item in range(3))
        return f'<html><head><meta charset="utf-8"></head><body><ul class="list">{rows}</ul><a href="/c/?page={number + 1}">下一页</a></body></html>'

    for number in range(1, 9):
        site.add("/c/" if number == 1 else f"/c/?page={number}", page(number))
        for item in range(3):
            site.article(f"/c/{number}-{item}.html", f"第{number}页第{item}条日程安排")
    county.write({"c": f"{site.base}/c/"}, crawl={"max_list_pages": 4})
    _, receipts, _ = county.crawl()
    assert receipts["c"]["status"] == "partial"
    assert "列表超过 4 页" in receipts["c"]["reason"]
    assert site.asked["/c/?page=5"] == 0


def test_which_addresses_are_public_and_which_hosts_are_one_site() -> None:
    inward = [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "::1",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "fc00::1",
        "224.0.0.1",
    ]
    assert [address for address in [*inward, "not an address", ""] if is_public(address)] == []
    assert is_public("8.8.8.8")
    assert is_public("240e::1")
    assert all(is_local(host) for host in ("localhost", "a.localhost", "nas.local", "10.0.0.1", "", None))
    assert not is_local("www.meixian.gov.cn")
    sites = {
        "www.meixian.gov.cn": "meixian.gov.cn",
        "meixian.gov.cn": "meixian.gov.cn",
        "a.b.sn.cn": "b.sn.cn",
        "oss.example.com": "example.com",
        "10.0.0.1": "10.0.0.1",
    }
    assert {host: site_of(host) for host in sites} == sites


def test_a_name_that_leads_inside_is_refused_also_when_it_changes_its_mind() -> None:
    resolver = GuardedResolver.__new__(GuardedResolver)
    resolver.permitted, resolver.refused = frozenset({"intranet.test"}), set()
    outcomes = {}
    for name, address in (("rebind.test", "8.8.8.8"), ("rebind.test", "169.254.169.254"), ("intranet.test", "10.0.0.5")):
        dnscache[name] = address
        resolver.getHostByName(name).addBoth(lambda result, key=(name, address): outcomes.__setitem__(key, result if isinstance(result, str) else "refused"))
        del dnscache[name]
    assert outcomes == {("rebind.test", "8.8.8.8"): "8.8.8.8", ("rebind.test", "169.254.169.254"): "refused", ("intranet.test", "10.0.0.5"): "10.0.0.5"}
    assert resolver.refused == {"rebind.test"}


def test_a_host_in_trouble_is_left_alone_longer_each_time() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(6):
        assert not breaker.is_open("a")
        breaker.failed("a", Breaker.CONNECTION)
    breaker.failed("a", Breaker.CONNECTION)  # was under way already
    rests = []
    for _ in range(7):
        start = now[0]
        while breaker.is_open("a"):
            now[0] += 1
        assert breaker.is_open("a")  # one tries, the others wait
        rests.append(now[0] - start)
        breaker.failed("a", Breaker.ANSWER)
    assert rests == [30, 60, 120, 240, 480, 600, 600]
    assert not breaker.is_open("b")
    breaker.answered("a")
    assert not breaker.is_open("a")
    for _ in range(29):
        breaker.failed("a", Breaker.ANSWER)
    assert not breaker.is_open("a")


def test_no_more_than_so_many_requests_an_hour() -> None:
    now = [0.0]

    async def sleep(seconds: float) -> None:
        assert seconds > 0
        now[0] += seconds

    async def made(host: str, count: int) -> list[float]:
        times = []
        for _ in range(count):
            await limit.turn(host)
            times.append(now[0])
            now[0] += 1
        return times

    limit = HourlyLimit(3, lambda: now[0], sleep)
    assert asyncio.run(made("www.x.gov.cn", 7)) == [0, 1, 2, 3600, 3601, 3602, 7200]
    now[0] = 0
    assert asyncio.run(made("127.0.0.1", 50))[-1] == 49
