"""Preview sites: collected with their login, checked as a column, alerted before they go live, and no part of any month."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from test_crawler_run import KEY, ROOT, County

from core.config import load_county
from core.errors import ConfigurationError

MOBILE = "139" + "0000" + "1234"
COOKIE = "JSESSIONID=abc123; token=x"
LOGIN = '<html><body><form><input type="password" name="p"></form></body></html>'


class Preview:
    """A CMS's preview behind a login: pages by path, what was asked with which cookie. One that is not logged in is sent to the login page."""

    def __init__(self, cookie: str | None = COOKIE) -> None:
        self.cookie, self.pages, self.asked = cookie, {"/login": LOGIN}, []  # type: ignore[var-annotated]
        self.moved: dict[str, str] = {}
        preview = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                preview.asked.append((self.path, self.headers.get("Cookie")))
                target = preview.moved.get(self.path)
                if target is None and preview.cookie and self.path != "/login" and self.headers.get("Cookie") != preview.cookie:
                    target = "/login"
                body = b"" if target else preview.pages.get(self.path, "").encode()
                self.send_response(302 if target else 200 if self.path in preview.pages else 404)
                if target:
                    self.send_header("Location", target)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.base = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def listing(self, path: str, *names: str) -> None:
        rows = "".join(f'<li><a href="{name}">{name.strip("/")}待发布稿件</a><span>2023-11-22</span></li>' for name in names)
        self.pages[path] = f'<html><head><meta charset="utf-8"></head><body><ul class="list">{rows}</ul></body></html>'

    def article(self, path: str, body: str) -> None:
        head = f'<meta charset="utf-8"><meta name="ArticleTitle" content="稿件{path}"><meta name="PubDate" content="2023-11-22 09:00">'
        self.pages[path] = f'<html><head>{head}</head><body><h1>稿件{path}</h1><div id="zoom"><p>{body}</p></div></body></html>'


@pytest.fixture
def preview() -> Iterator[Preview]:
    made = Preview()
    yield made
    made.close()


@pytest.fixture
def other() -> Iterator[Preview]:
    made = Preview(cookie=None)
    yield made
    made.close()


@pytest.fixture
def county(tmp_path: Path) -> County:
    made = County(tmp_path)
    made.write({})
    return made


def previews(county: County, *entries: dict[str, Any]) -> None:
    (county.config / "previews.yaml").write_text(yaml.safe_dump({"previews": list(entries)}, allow_unicode=True), encoding="utf-8")


def entry(preview: Preview, **more: Any) -> dict[str, Any]:
    return {"name": "待发布", "url": f"{preview.base}/list/", "unit": "县水利局", "login": [{"environment": "XUNCHA_PREVIEW_COOKIE"}], **more}


# --- collecting ---------------------------------------------------------------------------------------------------


def test_it_is_read_with_its_login_and_every_page_anew_at_each_visit(preview: Preview, county: County) -> None:
    preview.listing("/list/", "/a.html", "/b.html")
    preview.article("/a.html", "好。")
    preview.article("/b.html", "好。")
    previews(county, entry(preview))
    code, receipts, err = county.crawl(XUNCHA_PREVIEW_COOKIE=COOKIE)
    assert (code, receipts["待发布"]["status"], receipts["待发布"]["items"]) == (0, "ok", 2), err
    assert {cookie for path, cookie in preview.asked if path != "/robots.txt"} == {COOKIE}
    preview.article("/a.html", "改过的稿件。")
    county.crawl(XUNCHA_PREVIEW_COOKIE=COOKIE)
    assert dict(county.rows("select url, version from store_post")) == {f"{preview.base}/a.html": 2, f"{preview.base}/b.html": 1}
    assert COOKIE not in err
    for path in county.home.rglob("*"):
        assert not path.is_file() or COOKIE.encode() not in path.read_bytes()


def test_the_login_may_lie_in_a_file_and_under_another_header(preview: Preview, county: County) -> None:
    preview.listing("/list/", "/a.html")
    preview.article("/a.html", "好。")
    (county.config / "cookie.txt").write_text(COOKIE + "\n", encoding="utf-8")
    previews(county, entry(preview, login=[{"header": "Cookie", "file": "cookie.txt"}, {"header": "X-Preview", "environment": "XUNCHA_KEY"}]))
    _, receipts, _ = county.crawl(XUNCHA_KEY="k")
    assert receipts["待发布"]["status"] == "ok"


def test_the_login_goes_to_nobody_else(preview: Preview, other: Preview, county: County) -> None:
    preview.listing("/list/", "/a.html", "/moved.html", f"{other.base}/there.html")
    preview.article("/a.html", f'<a href="{other.base}/file.docx">附件.docx</a><img src="{other.base}/x.png">')
    preview.moved["/moved.html"] = f"{other.base}/target.html"
    other.article("/target.html", "好。")
    other.article("/there.html", "好。")
    county.write({"公开": {"url": f"{preview.base}/public/"}})
    previews(county, entry(preview), entry(other, name="另一处", url=f"{other.base}/list/", login=[]))
    county.crawl(XUNCHA_PREVIEW_COOKIE=COOKIE)
    assert {"/target.html", "/there.html"} <= {path for path, _ in other.asked}
    assert {cookie for _, cookie in other.asked} == {None}
    assert {cookie for path, cookie in preview.asked if path == "/public/"} == {None}


@pytest.mark.parametrize(
    ("environment", "told"),
    [({}, "环境变量 XUNCHA_PREVIEW_COOKIE"), ({"XUNCHA_PREVIEW_COOKIE": "old"}, "登录已过期"), ({"XUNCHA_PREVIEW_COOKIE": "a\nX: b"}, "不是一行普通字符")],
)
def test_without_a_login_that_counts_the_source_says_so(preview: Preview, county: County, environment: dict[str, str], told: str) -> None:
    preview.listing("/list/", "/a.html")
    previews(county, entry(preview))
    code, receipts, _ = county.crawl(**environment)
    assert (code, receipts["待发布"]["status"]) == (1, "expired-login")
    assert told in receipts["待发布"]["reason"]


def test_a_login_that_ends_in_the_middle_is_partial_and_keeps_what_was_read(preview: Preview, county: County) -> None:
    preview.listing("/list/", "/a.html", "/b.html")
    preview.article("/a.html", "好。")
    preview.moved["/b.html"] = "/login"
    previews(county, entry(preview))
    _, receipts, _ = county.crawl(XUNCHA_PREVIEW_COOKIE=COOKIE)
    assert receipts["待发布"]["status"] == "partial"
    assert "登录已过期" in receipts["待发布"]["reason"]
    assert dict(county.rows("select url, state from store_post")) == {f"{preview.base}/a.html": "live", f"{preview.base}/b.html": "unread"}


# --- what follows -------------------------------------------------------------------------------------------------

AFTERWARDS = """
import json, sys
from datetime import datetime
from pathlib import Path
from core.calendar import Month
from core.config import load_county
from core.store.setup import open_store
from service import jobs
from service.judging import load_rules
county, home, now = load_county(Path(sys.argv[1])), open_store(Path(sys.argv[2])), datetime.fromisoformat("2023-11-23T08:30:00+08:00")
from core.store import models
night, rules = jobs.Night(county, home, now.date(), now), load_rules(county)
fresh = jobs.check(night, rules, lambda done, total: None).fresh
assessment, findings = jobs.assess_month(night, Month(2023, 11), rules.version, now)
print(json.dumps({
    "fresh": [(finding.rule, finding.source, finding.unit) for finding in fresh],
    "month": [finding.source for finding in findings],
    "problems": [problem.kind for problem in assessment.problems],
    "coverage": [assessment.coverage.planned, assessment.coverage.collected, len(assessment.coverage.failed)],
    "alerts": list(models.Alert.objects.values_list("unit", "recipient", "status")),
    "columns": len(assessment.columns),
}, ensure_ascii=False))
"""


def afterwards(county: County) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_VAULT_KEY": KEY}
    command = [sys.executable, "-c", AFTERWARDS, str(county.config), str(county.home)]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_leak_in_a_preview_is_alerted_to_its_unit_and_no_part_of_the_month(preview: Preview, county: County) -> None:
    preview.listing("/list/", "/a.html")
    preview.article("/a.html", f"领取人王某，手机号{MOBILE}，请按时领取。")
    previews(county, entry(preview), entry(preview, name="坏的", url=f"{preview.base}/none/"))
    county.crawl(XUNCHA_PREVIEW_COOKIE=COOKIE)
    told = afterwards(county)
    assert ["privacy/mobile", "preview/待发布", "县水利局"] in told["fresh"]
    assert told["month"] == []
    assert "privacy-leak" not in told["problems"]
    assert told["coverage"] == [0, 0, 0]
    assert told["columns"] == 0
    assert ["县水利局", "water@test.invalid", "waiting"] in told["alerts"]


# --- configuration ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"url": "ftp://x/"}, "url"),
        ({"unit": "县不存在局"}, "县不存在局"),
        ({"login": [{"header": "Cookie"}]}, "environment（环境变量名）和 file（文件）应写且只写一个"),
        ({"login": [{"environment": "A", "file": "b"}]}, "只写一个"),
        ({"login": [{"environment": "JSESSIONID=abc"}]}, "environment"),
        ({"login": [{"header": "Bad Header", "environment": "A"}]}, "header"),
        ({"max_pages": 0}, "max_pages"),
        ({"cookie": "JSESSIONID=abc"}, "没有这个设置项"),
    ],
)
def test_a_wrong_entry_is_named_and_a_secret_cannot_be_written_there(preview: Preview, county: County, more: dict[str, Any], told: str) -> None:
    previews(county, entry(preview, **more))
    with pytest.raises(ConfigurationError) as failure:
        load_county(county.config)
    assert told in str(failure.value)
    assert "previews.yaml" in str(failure.value)


def test_names_are_used_once_and_without_the_file_there_is_none(preview: Preview, county: County) -> None:
    assert [source for source in load_county(county.config).sources if source.kind == "preview"] == []
    previews(county, entry(preview), entry(preview))
    with pytest.raises(ConfigurationError, match="不止一次"):
        load_county(county.config)
    previews(county, entry(preview))
    made = load_county(county.config)
    assert [source.id for source in made.sources if source not in made.assessed] == ["preview/待发布"]
