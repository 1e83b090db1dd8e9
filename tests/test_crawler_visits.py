"""The second visit and those after it: little is asked, and edits, deletions, mended findings, false dates and redesigns are seen."""

import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from test_crawler_run import KEY, ROOT, County, Site, county, site

from checks import freshness
from core.calendar import SHANGHAI
from core.records import Subject
from core.store.lists import ListMemory
from crawler.rhythm import may_rest, nights_between

__all__ = ["county", "site"]  # fixtures


def _tagged(site: Site, path: str) -> None:
    """Give a page an ETag that changes with its content."""
    status, body, headers = site.pages[path]
    site.pages[path] = (status, body, {**headers, "ETag": f'"{hash(body)}"'})


def _night(county: County, day: str, *extra: str) -> dict[str, dict[str, Any]]:
    return county.crawl("--today", day, "--now", f"{day}T02:00:00+08:00", *extra)[1]


def _column(site: Site, count: int, body: str = "<p>正文内容，情况属实。</p>") -> list[tuple[str, str, str]]:
    items = [(f"/a/{number}.html", f"关于第{number}号工作的通知", f"2023-10-{28 - number:02d}") for number in range(count)]
    for path, title, day in items:
        site.article(path, title, body)
        status, page, headers = site.pages[path]
        site.pages[path] = (status, page.replace(b"2023-10-10", day.encode()), headers)
    site.listing("/a/", items)
    return items


def test_unchanged_list_costs_one_request_and_is_still_a_good_receipt(site: Site, county: County) -> None:
    _column(site, 8)
    _tagged(site, "/a/")
    county.write({"a": f"{site.base}/a/", "b": f"{site.base}/a/?b"}, crawl={"look_around": 0})
    site.pages["/a/?b"] = (200, site.pages["/a/"][1], {})  # no validators: known again by its bytes
    assert _night(county, "2023-11-20")["a"]["items"] == 8
    before = county.posts()
    site.asked.clear()
    receipts = _night(county, "2023-11-21")
    assert {name: (receipts[name]["status"], receipts[name]["items"], receipts[name]["reason"]) for name in "ab"} == dict.fromkeys(
        "ab", ("ok", 8, "列表没有变化")
    )
    assert dict(site.asked) == {"/robots.txt": 1, "/a/": 1, "/a/?b": 1}
    assert site.answered["/a/"] == [200, 304]
    assert county.posts() == before
    assert county.rows("select quiet, whole, read from store_listmemory order by source") == [(1, 1, 8), (1, 1, 8)]


def test_edits_and_deletions_are_seen_and_the_old_version_is_kept(site: Site, county: County) -> None:
    items = _column(site, 8)
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 0})
    _night(county, "2023-11-20")
    retitled = [(items[0][0], "关于第0号工作的补充通知", items[0][2]), *items[1:3], *items[4:]]
    site.article("/a/0.html", "关于第0号工作的补充通知", "<p>第一句不变。第二句改了。</p>")
    del site.pages["/a/3.html"]
    site.listing("/a/", retitled)
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 5})
    site.asked.clear()
    receipt = _night(county, "2023-11-21")["a"]
    assert (receipt["status"], receipt["items"]) == ("ok", 7)
    asked = {path for path in site.asked if path.endswith(".html")}
    assert {"/a/0.html", "/a/3.html"} <= asked
    states = {row[1].rsplit("/", 1)[1]: (row[2], row[5], row[9]) for row in county.posts()}
    assert states["0.html"] == ("关于第0号工作的补充通知", "live", 2)
    assert states["3.html"] == ("关于第3号工作的通知", "deleted", 2)
    assert sum(version for _, _, version in states.values()) == 8 + 2
    code = (
        "import sys; from pathlib import Path; from core.store.setup import open_store; from core.store.vault import Vault; from core.store import visits\n"
        "vault = Vault.open(open_store(Path(sys.argv[1]))); from core.store import models; post = models.Post.objects.get(url__endswith='/0.html'); print('\\n'.join(visits.difference(vault, post.pk, 1)))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", code, str(county.home)],
        cwd=ROOT,
        env=os.environ | {"XUNCHA_VAULT_KEY": KEY},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()
    assert [line for line in shown if line[0] in "+-"][2:] == [
        "-关于第0号工作的通知",
        "-正文内容，情况属实。",
        "+关于第0号工作的补充通知",
        "+第一句不变。",
        "+第二句改了。",
    ]


def test_a_post_that_left_its_list_and_lives_is_asked_for_once(site: Site, county: County) -> None:
    items = _column(site, 8)
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 4})
    _night(county, "2023-11-20")
    site.listing("/a/", items[:3] + items[4:])
    _night(county, "2023-11-21")
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 0})
    site.asked.clear()
    for day in ("2023-11-22", "2023-11-23"):
        assert _night(county, day)["a"]["status"] == "ok"
    assert site.asked["/a/3.html"] == 0
    assert county.rows("select state, listed from store_post where url like '%/3.html'") == [("live", "-")]


def _checked(county: County, day: str) -> list[tuple[Any, ...]]:
    """Run the checks as the night does; rule, state and closing day of every finding."""
    code = (
        "import sys; from datetime import datetime; from pathlib import Path; from core.config import load_county; from core.store.setup import open_store; from service import jobs; from service.judging import load_rules\n"
        "now = datetime.fromisoformat(sys.argv[3] + 'T03:00:00+08:00'); night = jobs.Night(load_county(Path(sys.argv[1])), open_store(Path(sys.argv[2])), now.date(), now)\n"
        "assert not jobs.check(night, load_rules(), lambda a, b: None).failed"
    )
    arguments = [str(county.config), str(county.home), day]
    subprocess.run([sys.executable, "-c", code, *arguments], cwd=ROOT, env=os.environ | {"XUNCHA_VAULT_KEY": KEY}, capture_output=True, check=True, timeout=120)
    return county.rows("select rule, state, date(closed_at, '+8 hours') from store_finding where severity in ('veto', 'error', 'warning') order by rule")


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_what_was_mended_is_closed_by_itself_with_its_time(site: Site, county: County) -> None:
    body = '<p>联系人李某，手机号139{}1234，住眉县某村。</p><p><a href="/f/list.xlsx">名单</a></p><p>另见<a href="/gone.html">旧文</a>。</p>'
    items = _column(site, 8)
    site.article("/a/5.html", items[5][1], body.format("0000"))
    site.add("/f/list.xlsx", b"PK\x03\x04 not a sheet", Content_Type="application/octet-stream")
    _tagged(site, "/f/list.xlsx")
    _tagged(site, "/a/")
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 0})
    _night(county, "2023-11-20")
    found = _checked(county, "2023-11-20")
    assert ("link/dead", "new", None) in found
    assert {state for _, state, _ in found} == {"new"}
    _night(county, "2023-11-29")
    assert site.answered["/f/list.xlsx"] == [200, 304]
    assert _checked(county, "2023-11-29") == found
    site.article("/gone.html", "旧文")
    site.asked.clear()
    _night(county, "2023-12-10")
    after = _checked(county, "2023-12-10")
    assert ("link/dead", "gone", "2023-12-10") in after
    assert sum(state == "gone" for _, state, _ in after) == 1
    assert {path for path in site.asked if path.startswith("/a/")} == {"/a/", "/a/5.html"}
    site.article("/a/5.html", items[5][1], "<p>名单已撤下。</p>")
    _night(county, "2023-12-19")
    assert {state for _, state, _ in _checked(county, "2023-12-19")} == {"gone"}


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_a_date_before_a_day_on_which_the_list_did_not_show_it(site: Site, county: County) -> None:
    items = _column(site, 8)
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 0})
    _night(county, "2023-11-20")
    for name, title in (("back", "补发的旧日期文章一篇"), ("moved", items[2][1]), ("today", "今天的文章一篇")):
        site.article(f"/a/{name}.html", title)
    fresh = [
        ("/a/today.html", "今天的文章一篇", "2023-11-20"),
        *items[:2],
        ("/a/moved.html", items[2][1], "2023-10-10"),
        ("/a/back.html", "补发的旧日期文章一篇", "2023-10-10"),
    ]
    site.listing("/a/", fresh + items[2:])
    _night(county, "2023-11-21")
    absent = dict(county.rows("select substr(url, -9), date(absent_at, '+8 hours') from store_post where absent_at is not null"))
    assert absent == {"back.html": "2023-11-20", "oday.html": "2023-11-20"}
    found = county.config and [row for row in _checked(county, "2023-11-21") if row[0].startswith("freshness")]
    assert len(found) == 2  # both articles carry the tag date 2023-10-10


@pytest.mark.parametrize(
    ("claimed", "absent", "count"), [("2023-10-10", "2023-10-20", 1), ("2023-10-17", "2023-10-20", 0), ("2023-10-25", "2023-10-20", 0), ("2023-10-10", None, 0)]
)
def test_backdated_only_beyond_tolerance(claimed: str, absent: str | None, count: int) -> None:
    subject = Subject((), published_on=date.fromisoformat(claimed), first_seen=date(2023, 10, 21), absent_on=date.fromisoformat(absent) if absent else None)
    assert [finding.rule for finding in freshness.scan(subject)] == ["freshness/backdated"] * count


def test_a_list_that_lost_what_it_used_to_show_is_redesigned_until_a_person_confirms(site: Site, county: County) -> None:
    names = ("half", "undated", "same", "empty", "fine")
    lists = {}
    for name in names:
        lists[name] = [(f"/{name}/{number}.html", f"{name}栏目第{number}号工作的通知", f"2023-10-{28 - number:02d}") for number in range(8)]
        for path, title, _ in lists[name]:
            site.article(path, title)
        site.listing(f"/{name}/", lists[name])
    county.write({name: f"{site.base}/{name}/" for name in names}, crawl={"look_around": 0})
    assert {receipt["status"] for receipt in _night(county, "2023-11-20").values()} == {"ok"}
    site.listing("/half/", lists["half"][:4])
    site.listing("/undated/", [(path, title, "") for path, title, _ in lists["undated"]])
    site.listing("/same/", [(path, "点击这里查看", day) for path, _, day in lists["same"]])
    site.add("/empty/", "<html><body><div class='list'><p>暂无信息</p></div></body></html>")
    site.listing("/fine/", lists["fine"][1:])
    for day in ("2023-11-21", "2023-11-22"):
        receipts = _night(county, day)
        assert {name: receipts[name]["status"] for name in names} == {name: "ok" if name == "fine" else "redesigned" for name in names}, receipts
    assert "原有 8 条，现在只有 4 条" in receipts["half"]["reason"]
    assert county.rows("select count(*) from store_post where state <> 'live'") == [(0,)]
    assert _night(county, "2023-11-23", "--full", "--source", "column/县水利局/half")["half"]["status"] == "ok"
    assert _night(county, "2023-11-24")["half"]["status"] == "ok"


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_a_slow_column_is_left_out_on_quiet_nights_and_never_at_the_turn_of_a_month(site: Site, county: County) -> None:
    items = [(f"/a/{number}.html", f"关于第{number}号工作的通知", f"2023-{number:02d}-10") for number in range(10, 0, -1)]
    for path, title, day in items:
        site.add(
            path,
            f'<html><head><meta charset="utf-8"><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day}"></head><body><div id="zoom"><p>正文内容，情况属实。</p></div></body></html>',
        )
    site.listing("/a/", items)
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 0})
    asked = []
    for day in ("2023-11-08", "2023-11-09", "2023-11-10", "2023-11-11", "2023-11-29", "2023-11-30"):
        site.asked.clear()
        code, receipts, _ = county.crawl("--today", day, "--now", f"{day}T02:00:00+08:00")
        assert code == 0
        asked.append((site.asked["/a/"], "a" in receipts))
        county.change("update store_listmemory set quiet = 3")
    assert asked == [(1, True), (0, False), (0, False), (1, True), (1, True), (1, True)]
    assert county.rows("select distinct status from store_run") == [("done",)]
    assert _night(county, "2023-12-05", "--source", "column/县水利局/a")["a"]["status"] == "ok"


def test_rhythm_learns_only_from_enough_history() -> None:
    today = date(2023, 11, 15)
    monthly = [date(2023, month, 10) for month in range(1, 11)]
    weekly = [date(2023, 1, 1) + timedelta(days=7 * week) for week in range(40)]
    bursts = sorted({*monthly, *(date(2023, 9, day) for day in range(1, 20))})
    assert [nights_between(days) for days in (monthly, monthly[:5], monthly[:3], weekly, bursts, [])] == [3, 1, 1, 1, 1, 1]
    memory = ListMemory("s", "u", datetime(2023, 11, 14, tzinfo=SHANGHAI), quiet=3)
    assert may_rest(memory, monthly, today, date(2023, 11, 14), 23)
    assert not may_rest(memory, monthly, today, date(2023, 11, 12), 23)
    assert not may_rest(memory, monthly, date(2023, 11, 23), date(2023, 11, 22), 23)
    assert not may_rest(ListMemory("s", "u", memory.looked_at, quiet=2), monthly, today, date(2023, 11, 14), 23)


def test_known_posts_are_looked_at_in_turn_within_a_budget(site: Site, county: County) -> None:
    _column(site, 20)
    for number in range(20):
        _tagged(site, f"/a/{number}.html")
    county.write({"a": f"{site.base}/a/"}, crawl={"look_around": 6})
    _night(county, "2023-10-30")
    site.answered.clear()
    for day in ("2023-11-07", "2023-11-08"):
        assert _night(county, day)["a"]["status"] == "ok"
    looked = {path: statuses for path, statuses in site.answered.items() if path.endswith(".html")}
    assert {status for statuses in looked.values() for status in statuses} == {304}
    assert 6 <= len(looked) <= 12
    assert json.loads(county.rows("select validators from store_post limit 1")[0][0])[""][0].startswith('"')
