"""Whole crawls in a process of their own, against a small web on loopback that misbehaves in every way we know."""

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stored
import yaml

from crawler.browser import find_browser

ROOT = Path(__file__).resolve().parent.parent
KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


class Site:
    """Pages by path, how each is answered, and a count of what was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, bytes, dict[str, str]]] = {}
        self.failing: dict[str, int] = {}  # path → how many times it answers 500 first (-1: always)
        self.slow: dict[str, float] = {}
        self.asked: Counter[str] = Counter()
        self.answered: defaultdict[str, list[int]] = defaultdict(list)
        self.base = ""

    def add(self, path: str, text: str | bytes = b"", status: int = 200, **headers: str) -> str:
        self.pages[path] = (status, text.encode() if isinstance(text, str) else text, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.base + path

    def listing(self, path: str, items: list[tuple[str, str, str]]) -> str:
        rows = "".join(f'<li><a href="{url}">{title}</a><span>{day}</span></li>' for url, title, day in items)
        return self.add(path, f'<html><head><meta charset="utf-8"></head><body><ul class="list">{rows}</ul></body></html>')

    def article(self, path: str, title: str, body: str = "<p>正文内容，情况属实。</p>") -> str:
        return self.add(
            path,
            f'<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="2023-10-10 09:00"></head><body><h1>{title}</h1><div id="zoom">{body}</div></body></html>',
        )


def _handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked[self.path] += 1
            time.sleep(site.slow.get(self.path, 0))
            left = site.failing.get(self.path, 0)
            if left:
                site.failing[self.path] = left - 1 if left > 0 else left
            status, body, headers = (500, b"", {}) if left else site.pages.get(self.path, (404, b"", {}))
            if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            site.answered[self.path].append(status)
            self.send_response(status)
            for name, value in ({"Content-Type": "text/html"} | headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_GET

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are part of the tests."""


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    server = _Server(("127.0.0.1", 0), _handler(made))
    made.base = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


class County:
    """A county of columns, made for one test."""

    def __init__(self, folder: Path) -> None:
        self.config, self.home, self.inbox = folder / "config", folder / "home", folder / "inbox"
        self.config.mkdir()
        self.inbox.mkdir()

    def write(
        self,
        columns: dict[str, Any],
        timeout: int = 20,
        accounts: list[dict[str, Any]] | None = None,
        events: str | None = None,
        files: bool = False,
        crawl: dict[str, Any] | None = None,
    ) -> None:
        entries = [{"name": name, "cycle": "1条/月", **(value if isinstance(value, dict) else {"url": value})} for name, value in columns.items()]
        crawl = {"contact": "test@test.invalid", "delay": 0, "timeout": timeout, "retries": 2} | (crawl or {})
        duty = {"unit": "县水利局", "column": "水情", "content": "灌溉情况", "cycle": "月", "template": "灌溉情况.xlsx", "header": ["镇", "亩数"]}
        data: dict[str, Any] = {
            "county": {
                "id": "test",
                "name": "示范县",
                "full_name": "示范县",
                "office": "示范县人民政府办公室",
                "portal": {"name": "示范县人民政府网站"},
                "inbox": str(self.inbox),
                "crawl": crawl,
            },
            "units": [{"name": "县水利局", "mail": "water@test.invalid"}],
            "columns": [{"unit": "县水利局", "columns": entries}],
            "news": {"listings": [], "units": [], **({"export": "cms/*.xlsx"} if files else {})},
            "accounts": {"recommended": "recommended.csv" if accounts else None, "accounts": accounts or []},
            "submissions": {"folder": "submissions" if files else None, "duties": [duty] if files else []},
            "events": {"url": events, "duties": [{"platform": "P", "unit": "县水利局", "types": ["积水"]}] if events else []},
            "papers": {"mailbox": "mail" if files else None, "duties": [{"unit": "县水利局", "paper": "工作总结"}] if files else []},
            "grading": {"columns": {"excellent_surplus": 5}},
        }
        for name, content in data.items():
            (self.config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def command(self, *extra: str) -> list[str]:
        given = ["--config", str(self.config), "--home", str(self.home), "--today", "2023-11-23", "--now", "2023-11-23T08:00:00+08:00"]
        return [sys.executable, "-m", "crawler.run", *given, *extra]

    def start(self, *extra: str, **environ: str) -> subprocess.Popen[str]:
        environment = os.environ | {"XUNCHA_VAULT_KEY": KEY, "PYTHONWARNINGS": "default"} | environ
        return subprocess.Popen(self.command(*extra), cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def crawl(self, *extra: str, **environ: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        """Exit code, receipts by the source's last name, standard error."""
        process = self.start(*extra, **environ)
        out, err = process.communicate(timeout=90)
        lines = [json.loads(line) for line in out.splitlines()]
        assert len({line["source"] for line in lines}) == len(lines)
        return process.returncode, {line["source"].rsplit("/", 1)[-1]: line for line in lines}, err

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in stored.rows(self.home, query)]

    def change(self, statement: str) -> None:
        import sqlite3

        connection = sqlite3.connect(self.home / "xuncha.sqlite3")
        connection.execute(statement)
        connection.commit()
        connection.close()

    def posts(self) -> list[tuple[Any, ...]]:
        return self.rows(
            "select source, url, title, published_at, date_source, state, content_key, attachments, links, version from store_post order by source, url"
        )


@pytest.fixture
def county(tmp_path: Path) -> County:
    return County(tmp_path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _silent_port() -> Iterator[int]:
    """A port that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]


def _column(site: Site, name: str, count: int) -> list[str]:
    items = [(f"/{name}/{number}.html", f"关于{name}第{number}号工作的通知", f"2023-10-{number + 1:02d}") for number in range(count)]
    for url, title, _ in items:
        site.article(url, title)
    site.listing(f"/{name}/", items)
    return [url for url, _, _ in items]


def test_every_kind_of_trouble_leaves_its_receipt_and_the_rest_goes_on(site: Site, county: County) -> None:
    for path in _column(site, "passing", 4):
        site.failing[path] = 1
    for number, path in enumerate(_column(site, "half", 6)):
        site.failing[path] = -1 if number % 2 else 0
    del site.pages[_column(site, "deleted", 3)[1]]
    _column(site, "fine", 3)
    site.add("/empty/", "<html><body><div class='list'><p>暂无信息</p></div></body></html>")
    site.add("/redesigned/", "<html><body><div id='app'></div></body></html>")
    site.add("/refused/", "", 403)
    site.add("/captcha/", "<html><body><p>请完成验证后继续访问</p><form></form></body></html>")
    site.add("/loop/", "", 302, Location="/loop/")
    site.add("/inward/", "", 302, Location="http://169.254.169.254/latest/meta-data/")
    site.add("/scheme/", "", 302, Location="file:///etc/passwd")
    site.add("/down/", "", 500)
    site.add("/huge/", b"x" * (11 * 1024 * 1024))
    site.add("/robots.txt", "User-agent: *\nDisallow: /forbidden/\n", Content_Type="text/plain")
    _column(site, "forbidden", 1)
    names = [
        "passing",
        "half",
        "deleted",
        "fine",
        "empty",
        "redesigned",
        "refused",
        "captcha",
        "loop",
        "inward",
        "scheme",
        "down",
        "huge",
        "forbidden",
        "missing",
    ]
    with _silent_port() as silent:
        columns: dict[str, Any] = {name: f"{site.base}/{name}/" for name in names}
        columns |= {"silent": f"http://127.0.0.1:{silent}/", "stopped": f"http://127.0.0.1:{_free_port()}/", "nowhere": None}
        columns["misnamed"] = {"url": f"{site.base}/fine/", "recipe": "hanwebb"}
        county.write(columns, timeout=2)
        code, receipts, errors = county.crawl()
    assert code == 1
    assert {name: receipt["status"] for name, receipt in receipts.items()} == {
        "passing": "ok",
        "half": "partial",
        "deleted": "ok",
        "fine": "ok",
        "empty": "empty",
        "redesigned": "redesigned",
        "refused": "blocked",
        "captcha": "blocked",
        "loop": "unreachable",
        "inward": "blocked",
        "scheme": "blocked",
        "down": "unreachable",
        "huge": "unreachable",
        "forbidden": "blocked",
        "missing": "misconfigured",
        "silent": "unreachable",
        "stopped": "unreachable",
        "nowhere": "misconfigured",
        "misnamed": "misconfigured",
    }
    assert receipts["nowhere"]["reason"] == "没有配置网址"
    assert "3 个页面未能读取" in receipts["half"]["reason"]
    assert errors == ""
    assert site.asked["/half/1.html"] == 3
    assert site.asked["/forbidden/"] == 0
    states = Counter((source.rsplit("/", 1)[-1], state) for source, _, _, _, _, state, *_ in county.posts())
    assert states == {
        ("passing", "live"): 4,
        ("half", "live"): 3,
        ("half", "unread"): 3,
        ("deleted", "live"): 2,
        ("deleted", "deleted"): 1,
        ("fine", "live"): 3,
    }
    unread = next(row for row in county.posts() if row[5] == "unread")
    assert (unread[3], unread[4]) == ("2023-10-01 16:00:00", "list")
    assert len(county.rows("select 1 from store_receipt")) == len(receipts)


def test_a_second_crawl_adds_nothing_and_asks_little_and_picks_up_what_failed(site: Site, county: County) -> None:
    _column(site, "one", 5)
    broken = _column(site, "two", 4)[2]
    site.failing[broken] = -1
    county.write({name: f"{site.base}/{name}/" for name in ("one", "two")})
    assert county.crawl()[1]["two"]["status"] == "partial"
    before = county.posts()
    site.asked.clear()
    assert county.crawl()[1]["two"]["status"] == "partial"
    assert county.posts() == before
    assert {path for path in site.asked if not path.endswith(("/one/", "/two/"))} == {"/robots.txt", broken}
    site.failing.clear()
    code, receipts, _ = county.crawl()
    assert (code, receipts["two"]["status"]) == (0, "ok")
    assert [row[5] for row in county.posts()] == ["live"] * 9
    site.article("/one/0.html", "关于one第0号工作的通知", "<p>内容已经更正。</p>")
    assert county.crawl()[0] == 0
    assert max(row[9] for row in county.posts()) == 1 + 1  # the page that was unread first
    county.crawl("--full", "--source", "column/县水利局/one")
    assert [row[9] for row in county.posts() if row[1].endswith("/one/0.html")] == [2]


def test_killed_at_any_moment_and_run_again_the_store_is_the_same(site: Site, county: County, tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        for path in _column(site, name, 25):
            site.slow[path] = 0.02
    columns = {name: f"{site.base}/{name}/" for name in ("one", "two", "three")}
    county.write(columns)
    for wanted in (1, 20, 45):
        process = county.start()
        deadline = time.monotonic() + 30
        while sum(1 for path in site.asked if path.endswith(".html")) < wanted and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert county.crawl()[0] == 0
    (tmp_path / "other").mkdir()
    undisturbed = County(tmp_path / "other")
    undisturbed.write(columns)
    assert undisturbed.crawl()[0] == 0
    assert len(county.posts()) == 75
    assert county.posts() == undisturbed.posts()


def test_files_links_and_pictures_of_an_article(site: Site, county: County) -> None:
    body = (
        '<p>见<a href="/gone.html">旧文</a>和<a href="/two.html">新文</a>。</p><p><a href="/f/1.xlsx">1.名单</a> <a href="/f/2.pdf">2.公告</a> <a href="/f/3.doc">3.表</a>'
        '<a href="/module/download/downfile.jsp?id=4">下载</a></p><img src="/p/1.png">'
    )
    site.article("/a/1.html", "关于发放补助的公告", body)
    site.article("/two.html", "新文")
    site.listing("/a/", [("/a/1.html", "关于发放补助的公告", "2023-10-10"), ("/f/2.pdf", "2023年预算公开报告", "2023-10-11")])
    site.add("/f/1.xlsx", b"PK\x03\x04 bytes", Content_Type="application/octet-stream")
    site.add("/f/2.pdf", b"%PDF-1.4 bytes", Content_Type="application/pdf")
    site.add("/f/3.doc", "<html>404</html>")
    site.add(
        "/module/download/downfile.jsp?id=4",
        b"PK\x03\x04 more",
        Content_Type="application/msword",
        Content_Disposition="attachment; filename*=UTF-8''%E7%94%B3%E8%AF%B7%E8%A1%A8.docx",
    )
    site.add("/p/1.png", b"\x89PNG bytes", Content_Type="image/png")
    county.write({"a": f"{site.base}/a/"})
    assert county.crawl()[0] == 0
    article, report = county.posts()
    files = [(item["name"], bool(item["evidence"]), item["reason"], item["picture"]) for item in json.loads(article[7])]
    assert files == [
        ("1.名单", True, "", False),
        ("2.公告", True, "", False),
        ("3.表", False, "打开的是网页，不是文件", False),
        ("申请表.docx", True, "", False),
        ("1.png", True, "", True),
    ]
    assert [link["status"] for link in json.loads(article[8])] == [404, 200]
    assert [(item["name"], bool(item["evidence"])) for item in json.loads(report[7])] == [("2023年预算公开报告", True)]
    raw = b"".join(path.read_bytes() for path in (county.home / "vault").rglob("*") if path.is_file())
    assert b"PNG bytes" not in raw


def test_ledgers_folders_mail_and_events(site: Site, county: County) -> None:
    from openpyxl import Workbook

    def sheet(path: str, *rows: list[object]) -> Path:
        book = Workbook()
        for row in rows:
            book.active.append(row)
        target = county.inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        book.save(target)
        return target

    site.add(
        "/s/1",
        "<div id='js_article'><div id='js_content'><p>开渠放水。</p></div></div><script>var ct='1698023107';var msg_title='开渠放水';var copyright_stat='1'*1;</script>",
    )
    site.add("/s/2", "<div class='weui-msg'><div class='weui-msg__title'>该内容已被发布者删除</div></div>")
    site.add("/s/3", "<div class='weui-msg'>环境异常，完成验证后即可继续访问</div>")
    (county.inbox / "good.csv").write_text(f"标题,链接,发布时间\n,{site.base}/s/1,\n删除的,{site.base}/s/2,2023-10-05\n", encoding="gbk")
    (county.inbox / "wall.csv").write_text(f"链接,日期\n{site.base}/s/3,2023-10-06\n", encoding="utf-8")
    (county.inbox / "recommended.csv").write_text("标题,链接,推荐日期\n", encoding="utf-8")
    sheet(
        "cms/上报信息导出.xlsx",
        ["序号", "单位", "标题", "上传时间", "审核状态"],
        [1, "县水利局", "开渠放水", "2023-10-08 09:00", "通过"],
        [2, "县水利局", "开渠放水", "2023-10-08 09:00", "未通过"],
    )
    received = sheet("submissions/2023-10/县水利局/灌溉情况.xlsx", ["镇", "亩数"], ["甲镇", 30])
    os.utime(received, (1698163200, 1698163200))  # 2023-10-25 00:00 in Shanghai, still the 24th in UTC
    (county.inbox / "submissions/2023-10/县水利局/坏表.xlsx").write_bytes(b"PK\x03\x04")
    (county.inbox / "submissions/templates").mkdir()
    mail = county.inbox / "mail"
    for name in ("cur", "new", "tmp"):
        (mail / name).mkdir(parents=True)
    letter = "From: 水利局 <Water@test.invalid>\nDate: Wed, 01 Nov 2023 00:30:00 +0800\nSubject: =?utf-8?b?5YWz5LqO5oql6YCBMjAyM+W5tDEw5pyI5bel5L2c5oC757uT55qE6YKu5Lu2?=\nMessage-ID: <1@test.invalid>\n\n.\n"
    (mail / "cur" / "1:2,S").write_text(letter)
    (mail / "new" / "2").write_text("From: nobody@test.invalid\nDate: Wed, 01 Nov 2023 00:30:00 +0800\nSubject: hello\n\n.\n")
    items = [{"id": str(number), "platform": "P", "unit": "县水利局", "type": "积水", "status": "已办结"} for number in range(3)]
    for month, found in (("2023-10", items), ("2023-11", [])):
        for page in (1, 2):
            shown = found[(page - 1) * 2 : page * 2]
            site.add(
                f"/api?month={month}&page={page}&size=100",
                json.dumps({"month": month, "page": page, "pages": 2 if found else 1, "total": len(found), "items": shown}),
                Content_Type="application/json",
            )
    accounts = [
        {"platform": "微信订阅号", "name": name, "unit": "县水利局", "url": url}
        for name, url in (("good", "good.csv"), ("wall", "wall.csv"), ("lost", "no.csv"), ("outside", "../x.csv"))
    ]
    county.write({"none": None}, accounts=accounts, events=f"{site.base}/api", files=True)
    code, receipts, _ = county.crawl()
    assert code == 1
    assert {name: receipt["status"] for name, receipt in receipts.items()} == {
        "none": "misconfigured",
        "sent-news": "ok",
        "recommended": "empty",
        "good": "ok",
        "wall": "partial",
        "lost": "unreachable",
        "outside": "misconfigured",
        "submissions": "ok",
        "events": "ok",
        "mailbox": "ok",
    }
    assert [(row[1].rsplit("/", 1)[1], row[2], row[4], row[5]) for row in county.posts()] == [
        ("1", "开渠放水", "platform", "live"),
        ("2", "删除的", "ledger", "deleted"),
        ("3", "", "ledger", "unread"),
    ]
    seen = {key: (kind, on, json.loads(data)) for kind, key, on, data in county.rows('select kind, key, "on", data from store_observation')}
    assert sum(1 for kind, *_ in seen.values() if kind == "sent-news") == 2
    assert seen["2023-10/县水利局/灌溉情况.xlsx"] == (
        "submission",
        "2023-10-25",
        {"unit": "县水利局", "file": "灌溉情况.xlsx", "header": ["镇", "亩数"], "rows": 1, "error": "", "period": "2023-10"},
    )
    assert "无法打开" in seen["2023-10/县水利局/坏表.xlsx"][2]["error"]
    paper = next(value for value in seen.values() if value[0] == "paper")
    assert (paper[1], paper[2]["unit"], paper[2]["paper"], paper[2]["period"]) == ("2023-11-01", "县水利局", "工作总结", "2023-10")
    assert [value[2]["closed"] for value in seen.values() if value[0] == "event"] == [3]


SCRIPTED = """<html><head><meta charset="utf-8"></head><body><div class="nav"><a href="/">网站首页栏目</a></div><ul id="list"></ul>
<a id="more" href="javascript:void(0)">下一页</a><script>
const all = [...Array(7).keys()].map(n => ({url: "/r/" + n + ".html", title: "关于第" + n + "号工作的公告", day: "2023-10-0" + (n + 1)}));
let page = 0;
function show() {
  document.getElementById("list").innerHTML = all.slice(page * 3, page * 3 + 3).map(i => `<li><a href="${i.url}">${i.title}</a><span>${i.day}</span></li>`).join("");
  document.getElementById("more").style.display = (page + 1) * 3 < all.length ? "" : "none";
}
document.getElementById("more").addEventListener("click", () => setTimeout(() => { page += 1; show(); }, 150));
setTimeout(show, 300);
</script></body></html>"""
VIDEOS = """<html><head><meta charset="utf-8"></head><body><ul id="list"></ul><script>
setTimeout(() => { document.getElementById("list").innerHTML = `<li data-id="1" data-time="1600000000" data-top="1"><span>置顶</span><a href="/v/1">旧视频</a></li>
<li data-id="2" data-time="1698023107"><a href="/v/2">秋冬行车安全提示</a></li>`; }, 200);
</script></body></html>"""


def test_pages_that_exist_only_after_their_script_ran(site: Site, county: County) -> None:
    for number in range(7):
        site.article(f"/r/{number}.html", f"关于第{number}号工作的公告")
    county.write(
        {
            "r": {"url": site.add("/r/", SCRIPTED), "render": True},
            "blank": {"url": site.add("/blank/", "<html><body><div id='app'></div></body></html>"), "render": True},
        },
        accounts=[{"platform": "抖音号", "name": "videos", "unit": "县水利局", "url": site.add("/user/x", VIDEOS)}],
    )
    _, missing, _ = county.crawl(XUNCHA_CHROMIUM="/no/such/browser")
    assert {missing[name]["status"] for name in ("r", "blank", "videos")} == {"misconfigured"}
    assert "XUNCHA_CHROMIUM" in missing["r"]["reason"]
    if find_browser() is None:
        pytest.skip("本机没有浏览器")
    _, receipts, _ = county.crawl()
    assert {name: (receipts[name]["status"], receipts[name]["items"]) for name in ("r", "blank", "videos")} == {
        "r": ("ok", 7),
        "blank": ("redesigned", 0),
        "videos": ("ok", 2),
    }
    assert [row[1].rsplit("/", 1)[1] for row in county.posts()] == ["1", "2", *(f"{number}.html" for number in range(7))]


def test_interrupted_it_ends_soon_and_the_rest_is_collected_next_time(site: Site, county: County) -> None:
    for path in _column(site, "slow", 30):
        site.slow[path] = 0.5
    _column(site, "quick", 2)
    county.write({name: f"{site.base}/{name}/" for name in ("slow", "quick")})
    process = county.start()
    deadline = time.monotonic() + 30
    while site.asked["/slow/3.html"] == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (1, "")
    assert "slow" not in out
    assert county.rows("select status from store_run") == [("stopped",)]
    site.slow.clear()
    assert county.crawl()[0] == 0
    assert len(county.posts()) == 32


@pytest.mark.sqlite
def test_a_full_disk_is_one_line_and_nothing_is_lost(site: Site, county: County) -> None:
    for path in _column(site, "one", 40):
        site.article(path, "关于工作的通知", f"<p>{os.urandom(20_000).hex()}</p>")
    county.write({"one": f"{site.base}/one/"})
    process = subprocess.Popen(
        county.command(),
        cwd=ROOT,
        env=os.environ | {"XUNCHA_VAULT_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)),
    )
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "空间" in err
    assert county.crawl()[0] == 0
    assert len(county.posts()) == 40


def test_wrong_use_is_one_line(county: County) -> None:
    county.write({"none": None})
    for extra, words in ((["--today", "23.11.2023"], "日期应写成 YYYY-MM-DD"), (["--source", "column/无/无"], "没有这些采集源")):
        process = county.start(*extra)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, words in err, err.count("\n")) == (2, "", True, 1)


def test_a_home_that_cannot_be_written_is_one_line(county: County) -> None:
    county.write({"none": None})
    county.home.write_text("a file, not a folder")
    process = county.start()
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.count("\n")) == (2, "", 1)
    assert "无法写入" in err


def test_scrapy_itself_works_from_the_root(site: Site, county: County) -> None:
    _column(site, "one", 2)
    county.write({"one": f"{site.base}/one/"})
    environment = os.environ | {"XUNCHA_VAULT_KEY": KEY}
    listed = subprocess.run([sys.executable, "-m", "scrapy", "list"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert listed.stdout.split() == ["douyin", "events", "feed", "ledger", "portal", "preview", "wechat", "weibo"]
    arguments = ["-a", f"config={county.config}", "-a", f"home={county.home}", "-a", "today=2023-11-23"]
    crawled = subprocess.run(
        [sys.executable, "-m", "scrapy", "crawl", "portal", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert len(county.posts()) == 2
    assert crawled.stderr == ""
