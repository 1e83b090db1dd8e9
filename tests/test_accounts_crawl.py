"""The adapters of new-media accounts against platforms on loopback: everything once, then every refusal, then a night without news."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from accounts_world import SECRET, Platforms, card, running, seconds
from test_crawler_run import County

from core.config import load_county
from core.errors import CollectionError, ConfigurationError
from core.records import Post, Source
from crawler.accounts import lasting, of_account
from crawler.interfaces import Credentials

TONIGHT = ("--today", "2026-10-20", "--now", "2026-10-20T01:00:00+08:00")
ENVIRONMENT = {"MX_APPID": "wx1", "MX_SECRET": SECRET, "WB_COOKIE": "SUB=1", "DY_OPENID": "open-1", "DY_CLIENT_KEY": "k", "DY_REFRESH_TOKEN": SECRET}
LEDGER = "平台类型,账号名称,标题,链接,发布时间,原创或转载\n微信公众号,眉县教育,{a},2026-10-08 09:00,转载\n微信公众号,眉县公安,二,{b},2026-10-09,原创\n"


@pytest.fixture
def platforms() -> Iterator[Platforms]:
    with running() as made:
        yield made


@pytest.fixture
def county(tmp_path: Path, platforms: Platforms) -> County:
    made = County(tmp_path)
    account = {"unit": "县水利局"}
    accounts = [
        {"platform": "微信订阅号", "name": "官方", "collect": "wechat", "credentials": "MX", "url": platforms.base, **account},
        {"platform": "微博", "name": "微博", "collect": "weibo", "credentials": "WB", "url": f"{platforms.base}/u/1234567890", **account},
        {"platform": "抖音号", "name": "抖音", "collect": "douyin", "credentials": "DY", "url": platforms.base, **account},
        {"platform": "微信订阅号", "name": "订阅", "collect": "feed", "url": f"{platforms.base}/feeds/all.rss", **account},
        {"platform": "微信订阅号", "name": "眉县教育", "url": "export.csv", "columns": {"published_at": "发布时间"}, **account},
    ]
    made.write({}, accounts=accounts)
    (made.inbox / "recommended.csv").write_text("标题,链接\n", "utf-8")
    _fill(platforms, made)
    return made


def _fill(platforms: Platforms, made: County) -> None:
    base = platforms.base
    first = platforms.article("/s?__biz=B&mid=100&idx=1&sn=a", "发布一", seconds(2026, 10, 10, 8), "自己写的一篇文章，讲秋收。", 1)
    mass = platforms.article("/s?__biz=B&mid=300&idx=1&sn=q", "群发一", seconds(2026, 10, 12, 8), "来源：示范日报", 0)
    platforms.publish("发布一", first, seconds(2026, 10, 13), "自己写的一篇文章，讲秋收。")
    platforms.publish("墙后", f"{base}/s?__biz=B&mid=200&idx=1&sn=w", seconds(2026, 10, 11), "验证墙后面的一篇，接口给了正文。")
    platforms.pages["/s?__biz=B&mid=200&idx=1&sn=w"] = "<html><body>环境异常，完成验证后即可继续访问。<a>去验证</a></body></html>"
    platforms.publish("去年", f"{base}/s?__biz=B&mid=1&idx=1&sn=o", seconds(2025, 10, 11))
    platforms.count(date(2026, 10, 10), "100_1", "发布一", first)
    platforms.count(date(2026, 10, 12), "300_1", "群发一", mass)
    platforms.count(date(2026, 10, 14), "400_1")
    top = card("HATy0b0sT", "置顶旧文", "Tue Oct 10 10:00:00 +0800 2023", isTop=1)
    folded = card("HATy0b0sL", "长文开头…<a href='/status/1'>全文</a>", "昨天 08:00", isLongText=True)
    platforms.long[str(folded["mblog"]["id"])] = "长文开头<br />长文结尾"
    platforms.weibo = [
        [top, folded],
        [card("HATy0b0sO", "很久以前", "Tue Jun 10 10:00:00 +0800 2025")],
        [card("HATy0b0sN", "不该读到", "Tue Jun 10 10:00:00 +0800 2025")],
    ]
    row = {"item_id": "@1", "title": "新视频", "create_time": seconds(2026, 10, 5), "is_top": False, "share_url": f"{base}/share/1/", "video_status": 1}
    platforms.videos = [[{**row, "item_id": "@2", "share_url": f"{base}/share/2/", "is_top": True, "title": "置顶旧视频", "create_time": 1}], [row]]
    link = platforms.article("/s/feed1", "订阅一", seconds(2026, 10, 7), "订阅源里的文章正文。", 2)
    item = "<item><title>{}</title><link>{}</link><author>{}</author><pubDate>Wed, 07 Oct 2026 10:00:00 </pubDate></item>"
    items = item.format("订阅一", link, "订阅") + item.format("别人的", f"{base}/s/other", "别的号")
    platforms.pages["/feeds/all.rss"] = f'<?xml version="1.0"?><rss version="2.0"><channel><title>WeWe-RSS All</title>{items}</channel></rss>'
    ledger = platforms.article("/s/ledger1", "台账一", seconds(2026, 10, 8), "台账里的文章。", 0, "眉县教育")
    (made.inbox / "export.csv").write_text(LEDGER.format(a=f"台账一,{ledger}", b=f"{base}/s/other"), "utf-8")


def _crawl(county: County, *extra: str, **environment: str) -> tuple[int, dict[str, str], str]:
    code, receipts, errors = county.crawl(*TONIGHT, *extra, **{**ENVIRONMENT, **environment})
    return code, {name: f"{receipt['status']} {receipt['items']} {receipt['reason']}".strip() for name, receipt in receipts.items()}, errors


def _posts(county: County) -> dict[tuple[str, str], tuple[Any, ...]]:
    """(account, title) → UTC moment, state, mark, pinned."""
    rows = county.rows("select source, title, coalesce(published_at, ''), state, coalesce(original, '-'), pinned from store_post")
    return {(source.rsplit("/", 1)[-1], title): (published[:16], *rest) for source, title, published, *rest in rows}


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_every_adapter_and_a_quiet_night_after_it(county: County, platforms: Platforms) -> None:
    code, receipts, errors = _crawl(county)
    fine = {"官方": "ok 4", "微博": "ok 3", "抖音": "ok 2", "订阅": "ok 1", "眉县教育": "ok 1", "recommended": "empty 0"}
    assert (code, receipts, errors) == (0, fine, "")
    assert _posts(county) == {
        ("官方", "发布一"): ("2026-10-10 00:00", "live", "declared", 0),
        ("官方", "墙后"): ("2026-10-11 01:00", "live", "-", 0),
        ("官方", "群发一"): ("2026-10-12 00:00", "live", "undeclared", 0),
        ("官方", ""): ("2026-10-13 16:00", "unread", "-", 0),
        ("微博", "置顶旧文"): ("2023-10-10 02:00", "live", "undeclared", 1),
        ("微博", "长文开头"): ("2026-10-19 00:00", "live", "undeclared", 0),
        ("微博", "很久以前"): ("2025-06-10 02:00", "live", "undeclared", 0),
        ("抖音", "新视频"): ("2026-10-05 01:00", "live", "undeclared", 0),
        ("抖音", "置顶旧视频"): ("", "live", "undeclared", 1),
        ("订阅", "订阅一"): ("2026-10-07 01:00", "live", "reprint", 0),
        ("眉县教育", "台账一"): ("2026-10-08 01:00", "live", "reprint", 0),
    }
    assert county.rows("select origin from store_post where title = '群发一'") == [("示范日报",)]
    ((capture,),) = county.rows("select capture from store_post where title = '订阅一'")
    (how,) = json.loads(capture).values()
    assert (how["status"], how["url"], len(how["sha256"])) == (200, f"{platforms.base}/s/feed1", 64)
    asked = dict(platforms.asked)
    assert asked["/datacube/getarticletotaldetail"] == 49, "one question a day, from the first of last month to yesterday"
    assert asked["/api/container/getIndex"] == 2, "the pinned post is no reason to stop, the old one is"
    assert all(headers.get("cookie") == "SUB=1" for path, headers in platforms.seen if path == "/api/container/getIndex")
    again, receipts, errors = _crawl(county)
    assert (again, receipts, errors) == (0, fine | {"官方": "ok 2"}, ""), "the statistics are asked for the last days only"
    new = {path: count - asked.get(path, 0) for path, count in platforms.asked.items() if count > asked.get(path, 0) and path != "/robots.txt"}
    assert new == {
        "/cgi-bin/stable_token": 1,
        "/cgi-bin/freepublish/batchget": 1,
        "/datacube/getarticletotaldetail": 4,
        "/api/container/getIndex": 2,
        "/oauth/refresh_token/": 1,
        "/api/douyin/v1/video/video_list/": 2,
        "/feeds/all.rss": 1,
    }


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_a_refusal_is_a_receipt_of_its_own_and_never_silence(county: County, platforms: Platforms) -> None:
    assert _crawl(county)[0] == 0
    before = _posts(county)
    platforms.refusals = {
        "/datacube/getarticletotaldetail": {"errcode": 45009, "errmsg": "reach max api daily quota limit"},
        "/api/container/getIndex": (302, "", {"Location": "https://passport.weibo.com/sso/signin"}),
        "/api/douyin/v1/video/video_list/": {"data": {"error_code": 0, "list": [], "has_more": False, "cursor": 0}},
        "/feeds/all.rss": (200, "<html><body>扫码登录</body></html>", {"Content-Type": "text/html"}),
    }
    (county.inbox / "export.csv").write_text("没有表头的一句话\n", "utf-8")
    code, receipts, errors = _crawl(county)
    assert (code, errors) == (1, "")
    assert receipts == {
        "官方": "rate-limited 0 微信接口调用次数已到上限（45009）",
        "微博": "expired-login 0 平台转到了登录页，登录已过期",
        "抖音": "redesigned 0 这次一条也没有，而以前采到过 2 条：登录可能已失效，或平台已改版",
        "订阅": receipts["订阅"],
        "眉县教育": "redesigned 0 export.csv：没有“链接”一列，也没有网址，请按台账模板填报",
        "recommended": "empty 0",
    }
    assert receipts["订阅"].startswith("redesigned 0 all.rss：认不出这是什么")
    assert _posts(county) == before
    platforms.refusals = {
        "/cgi-bin/freepublish/batchget": {"errcode": 48001, "errmsg": "api unauthorized"},
        "/api/container/getIndex": {"ok": 1, "data": {"cards": [], "cardlistInfo": {"total": 88}}},
        "/api/douyin/v1/video/video_list/": (502, "<html>bad gateway</html>", {}),
    }
    code, receipts, errors = _crawl(county, MX_SECRET="wrong", WB_COOKIE="", DY_REFRESH_TOKEN="old")
    assert {name: receipts[name].split(" ")[0] for name in ("官方", "微博", "抖音")} == {"官方": "misconfigured", "微博": "blocked", "抖音": "expired-login"}
    said = json.dumps([receipts, county.rows("select reason from store_receipt")], ensure_ascii=False) + errors
    assert SECRET not in said


def test_credentials_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Source("account/微信订阅号/官方", "wechat", "", options={"credentials": "MX"})
    with pytest.raises(CollectionError, match="MX_APPID 没有设置"):
        Credentials(source).need("APPID")
    monkeypatch.setenv("MX_APPID", " wx1\n")
    assert Credentials(source).need("APPID") == "wx1"
    monkeypatch.setenv("MX_SECRET", "密\n钥")
    with pytest.raises(CollectionError, match="重新复制") as refused:
        Credentials(source).need("SECRET")
    assert "密" not in refused.value.reason
    with pytest.raises(CollectionError, match="credentials"):
        Credentials(Source("a", "wechat", "")).need("APPID")


def test_one_article_has_one_address() -> None:
    long = "https://mp.weixin.qq.com/s?__biz=B%3D%3D&mid=1&idx=2&sn=x&chksm=abc&scene=27#wechat_redirect"
    assert lasting(long) == lasting("http://mp.weixin.qq.com/s?__biz=B==&mid=1&idx=2&sn=x#rd") == "https://mp.weixin.qq.com/s?__biz=B==&mid=1&idx=2&sn=x"
    assert lasting("http://mp.weixin.qq.com/s/AbC?scene=1") == "https://mp.weixin.qq.com/s/AbC"
    assert lasting("https://x.example/a?b=1") == "https://x.example/a?b=1"


def test_whose_posts_a_file_of_many_accounts_holds() -> None:
    def post(account: str, platform: str = "") -> Post:
        tags = {name: value for name, value in (("account", account), ("platform", platform)) if value}
        return Post("", f"https://x.example/{account}{platform}", account, tags=tags)

    source = Source("account/微信订阅号/眉县教育", "ledger", "x.csv", options={"account": "眉县教育", "platform": "微信订阅号"})
    many = [post("眉县教育", "微信公众号"), post("眉县教育", "抖音"), post("眉县 教育", "微信服务号"), post("眉县公安"), post("")]
    assert [kept.tags for kept in of_account(many, source)] == [many[0].tags, {}]
    assert of_account([post("眉县教体局")], source), "a single name is the unit's own way of writing it"
    assert of_account([post("")], source)
    assert not of_account([post("眉县公安"), post("眉县民政")], source)


def test_the_configuration_of_accounts(county: County) -> None:
    kinds = {source.name: (source.kind, source.url) for source in load_county(county.config).sources}
    assert kinds["官方"][0] == "wechat"
    text = (county.config / "accounts.yaml").read_text("utf-8")
    (county.config / "accounts.yaml").write_text(text.replace("  credentials: MX\n", ""), "utf-8")
    with pytest.raises(ConfigurationError, match="credentials"):
        load_county(county.config)
