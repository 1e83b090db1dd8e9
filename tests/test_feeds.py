"""Saved answers about many posts: every form, every mark, every refusal; and `xuncha feed` on them."""

import contextlib
import io
import json
import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.feeds import FORMS, right, written
from bench.feeds import NOW as BENCH_NOW
from core.calendar import SHANGHAI
from core.errors import ConfigurationError, UnreadableError
from core.records import Post
from crawler.parse.batch import Batch
from crawler.parse.ledger import read_ledger_posts
from crawler.parse.moments import moment_of
from crawler.parse.saved import read_saved
from crawler.parse.wechat_api import article_key
from service.feed_command import feed_path, line_of

NOW = datetime(2023, 10, 23, 9, 30, tzinfo=SHANGHAI)
ARTICLE = "http://mp.weixin.qq.com/s?__biz=B&mid=2247&idx=1&sn=a"


def read(value: Any) -> Batch:
    data = value if isinstance(value, bytes) else value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()
    return read_saved(data, "答复", NOW)


def lines(value: Any) -> list[dict[str, Any]]:
    batch = read(value)
    assert batch.status == "ok"
    return [line_of(post, batch.account) for post in batch.posts]


def line(title: str, url: str | None, when: str | None, account: str | None = None, original: str | None = None, pinned: bool = False) -> dict[str, Any]:
    return {"title": title, "url": url, "published_at": when, "account": account, "original": original, "pinned": pinned}


# --- moments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Tue Oct 10 10:00:00 +0800 2023", "2023-10-10T10:00:00"),
        ("Tue Oct 10 10:00:00 +0000 2023", "2023-10-10T18:00:00"),
        ("Sat, 14 Jun 2025 10:00:00 ", "2025-06-14T10:00:00"),
        ("Sat, 14 Jun 2025 10:00:00 GMT", "2025-06-14T18:00:00"),
        ("Sat, 14 Jun 2025 10:00:00 CST", "2025-06-14T10:00:00"),
        ("Sat, 14 Jun 2025 10:00:00 -0000", "2025-06-14T18:00:00"),
        ("2024-05-01T08:00:00.000Z", "2024-05-01T16:00:00"),
        ("2024-05-01T08:00:00", "2024-05-01T08:00:00"),
        ("2024-05-01T08:00:00+08", "2024-05-01T08:00:00"),
        ("2024-05-01 08:00:00 UTC", "2024-05-01T16:00:00"),
        ("星期六, 14 六月 2025 10:00:00 GMT", "2025-06-14T18:00:00"),
        (1698023107, "2023-10-23T09:05:07"),
        ("1698023107000", "2023-10-23T09:05:07"),
        ("2023-10-09", "2023-10-09T00:00:00"),
        ("刚刚", "2023-10-23T09:30:00"),
        ("5分钟前", "2023-10-23T09:25:00"),
        ("10 分钟前 来自微博", "2023-10-23T09:20:00"),
        ("15小时前", "2023-10-22T18:30:00"),
        ("3天前", "2023-10-20T00:00:00"),
        ("昨天 21:05", "2023-10-22T21:05:00"),
        ("前天 08:00", "2023-10-21T08:00:00"),
        ("今天 08:00", "2023-10-23T08:00:00"),
        ("07:15", "2023-10-23T07:15:00"),
        ("10-09", "2023-10-09T00:00:00"),
        ("12-31", "2022-12-31T00:00:00"),
        ("10月9日 12:00", "2023-10-09T12:00:00"),
        ("22-12-31 08:00", "2022-12-31T08:00:00"),
    ],
)
def test_moments_as_platforms_write_them(written: object, meant: str) -> None:
    stamp = moment_of(written, NOW)
    assert stamp is not None
    assert stamp.moment.isoformat() == f"{meant}+08:00"


@pytest.mark.parametrize("written", ["", "不久前", None, True, "99-99", "Tue Foo 10 10:00:00 +0800 2023", 12, {}, "25:61"])
def test_what_is_no_moment(written: object) -> None:
    assert moment_of(written, NOW) is None


def test_relative_words_mean_nothing_without_the_time_of_saving() -> None:
    assert moment_of("5分钟前") is None
    assert moment_of("2023-10-09 08:00") is not None


# --- feeds ------------------------------------------------------------------------------------------------------

RSS = f"""<?xml version="1.0" encoding="ENCODING"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>眉县发布</title><link>https://mp.weixin.qq.com</link><generator>Mp-We-Rss</generator>
<item><title>秋收 &amp;amp; 秋播</title><link>{ARTICLE.replace("&", "&amp;")}</link><guid>{ARTICLE.replace("&", "&amp;")}</guid><pubDate>Sat, 14 Oct 2023 10:00:00 </pubDate>
<content:encoded><![CDATA[<p>来源：示范日报</p><p>正文一段</p>]]></content:encoded></item>
<item><title>【置顶】通知</title><guid isPermaLink="true">https://x.example/2</guid><pubDate>Sat, 14 Oct 2023 02:00:00 GMT</pubDate></item></channel></rss>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gb2312", "gbk"])
def test_rss_without_a_zone_is_shanghai(encoding: str) -> None:
    data = RSS.replace("ENCODING", encoding).encode("utf-8" if encoding == "utf-8" else "gb18030")
    assert lines(data) == [
        line("秋收 & 秋播", ARTICLE, "2023-10-14T10:00:00+08:00", "眉县发布"),
        line("【置顶】通知", "https://x.example/2", "2023-10-14T10:00:00+08:00", "眉县发布", pinned=True),
    ]
    post = read(data).posts[0]
    assert (post.origin, post.text) == ("示范日报", "来源：示范日报\n正文一段")


def test_rss_10_and_atom() -> None:
    rdf = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://x.example/"><title>县政府网</title><link>https://x.example/</link></channel>
    <item rdf:about="https://x.example/1"><title>一</title><link>https://x.example/1</link><dc:date>2023-10-09T08:00:00+08:00</dc:date></item></rdf:RDF>"""
    assert lines(rdf) == [line("一", "https://x.example/1", "2023-10-09T08:00:00+08:00", "县政府网")]
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">县教育局&amp;lt;b&amp;gt;</title><entry><title>二</title>
    <link rel="self" href="https://x.example/self"/><link rel="alternate" href="https://x.example/2?a=1&amp;b=2"/><updated>2023-10-10T00:00:00Z</updated><published>2023-10-09T01:00:00Z</published>
    <source><title>县公安局</title></source></entry></feed>"""
    assert lines(atom) == [line("二", "https://x.example/2?a=1&b=2", "2023-10-09T09:00:00+08:00", "县公安局")]


def test_the_account_of_a_feed() -> None:
    item = "<item><title>甲</title><link>https://x.example/1</link>AUTHOR</item>"
    rss = "<rss version='2.0'><channel><title>TITLE</title>ITEMS</channel></rss>"

    def account(title: str, *authors: str) -> list[Any]:
        items = "".join(item.replace("AUTHOR", f"<author>{name}</author>" if name else "").replace("/1<", f"/{n}<") for n, name in enumerate(authors))
        return [found["account"] for found in lines(rss.replace("TITLE", title).replace("ITEMS", items))]

    assert account("眉县发布的微博", "眉县发布") == ["眉县发布"]
    assert account("眉县公安 - 抖音", "") == ["眉县公安"]
    assert account("微信公众号 - 眉县公安", "") == ["眉县公安"]
    assert account("眉县教育", "张编辑", "李编辑") == ["眉县教育"] * 2
    assert account("WeWe-RSS All", "眉县教育", "眉县公安") == ["眉县教育", "眉县公安"]


def test_json_feeds() -> None:
    item = {"id": "abc", "title": "甲", "url": "https://mp.weixin.qq.com/s/abc", "date_modified": "2023-10-09T08:00:00.000Z", "author": {"name": "眉县教育"}}
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "WeWe-RSS All",
        "items": [item, {**item, "url": "https://mp.weixin.qq.com/s/b", "author": {"name": "眉县公安"}}],
    }
    assert [found["account"] for found in lines(feed)] == ["眉县教育", "眉县公安"]
    feed |= {"title": "眉县教育", "items": [{**item, "date_published": "2023-10-08T08:00:00+08:00"}]}
    assert lines(feed) == [line("甲", "https://mp.weixin.qq.com/s/abc", "2023-10-08T08:00:00+08:00", "眉县教育")]
    assert lines({"version": "https://jsonfeed.org/version/1.1", "title": "空", "items": []}) == []


# --- 微博 --------------------------------------------------------------------------------------------------------


def mblog(**more: Any) -> dict[str, Any]:
    return {
        "created_at": "Tue Oct 10 10:00:00 +0800 2023",
        "id": "4387933362623405",
        "bid": "HATy0b0sZ",
        "text": "【大会召开】正文",
        "user": {"id": 5, "screen_name": "眉县发布"},
    } | more


@pytest.mark.parametrize(
    "marks", [{"isTop": 1}, {"mblogtype": 2}, {"title": {"text": "置顶", "base_color": 1}}, {"card": {"profile_type_id": "proweibotop_"}}, {"isTop": "1"}]
)
def test_pinned_weibo(marks: dict[str, Any]) -> None:
    card = {"card_type": 9, "profile_type_id": "proweibo_", "mblog": mblog(**marks)} | marks.pop("card", {})
    answer = {"ok": 1, "data": {"cardlistInfo": {"total": 9, "since_id": 77}, "cards": [card]}}
    assert lines(answer) == [line("【大会召开】正文", "https://m.weibo.cn/status/HATy0b0sZ", "2023-10-10T10:00:00+08:00", "眉县发布", "undeclared", True)]
    assert (read(answer).more, read(answer).cursor, read(answer).total) == (True, "77", 9)


def test_weibo_in_groups_long_texts_reposts_and_emoticons() -> None:
    long = mblog(
        bid="HATy0b0sA", created_at="5分钟前", isLongText=True, text='开头...<a href="/status/1">全文</a>', longText={"longTextContent": "开头<br />第二行"}
    )
    repost = mblog(bid="HATy0b0sB", text="转发微博", retweeted_status={"id": "1", "text": "原文一句", "user": {"screen_name": "示范日报"}})
    smile = mblog(
        bid="HATy0b0sC", text='好<span class="url-icon"><img alt=[赞] src="//x.example/a.png" /></span> <a href="https://m.weibo.cn/search">#眉县#</a>'
    )
    liked = mblog(bid="HATy0b0sD", title={"text": "眉县发布 赞过的微博"}, user={"id": 6, "screen_name": "别人"})
    gone = mblog(bid="HATy0b0sE", text="抱歉，此微博已被删除。查看帮助：网页链接")
    cards = [
        {"card_type": 11, "card_group": [{"card_type": 9, "mblog": row} for row in (long, repost)]},
        {"card_type": 58},
        *({"mblog": row} for row in (smile, liked, gone)),
    ]
    batch = read({"ok": 1, "data": {"cards": cards}})
    assert [(post.title, post.original, post.state, post.published_at.hour if post.published_at else None) for post in batch.posts] == [
        ("开头", "undeclared", "live", 9),
        ("转发微博", "reprint", "live", 10),
        ("好[赞] #眉县#", "undeclared", "live", 10),
        ("抱歉，此微博已被删除。查看帮助：网页链接", "undeclared", "deleted", 10),
    ]
    assert batch.posts[0].text == "开头\n第二行"
    assert (batch.posts[1].origin, batch.posts[1].text) == ("示范日报", "转发微博\n原文一句")


def test_weibo_of_the_desktop_site_and_the_open_platform() -> None:
    row = mblog(mblogid="K3fnuEfZK", idstr="4607741009594608", text_raw="正文", isTop=1)
    del row["bid"]
    assert lines({"ok": 1, "data": {"list": [row], "since_id": ""}})[0]["url"] == "https://weibo.com/5/K3fnuEfZK"
    answer = {"statuses": [{**mblog(), "bid": ""}], "total_number": 1}
    assert lines(answer)[0]["url"] == "https://m.weibo.cn/status/4387933362623405"
    assert lines({"ok": 1, "data": {"cards": [], "cardlistInfo": {"total": 0}}}) == []
    assert lines({"ok": 0, "msg": "这里还没有内容", "data": {"cards": []}}) == []


# --- 抖音 --------------------------------------------------------------------------------------------------------


def test_videos_of_the_site_and_of_the_open_platform() -> None:
    web = {
        "aweme_id": "7290",
        "desc": "冬季行车 #交警\n第二行",
        "create_time": 1698023107,
        "is_top": 1,
        "author": {"nickname": "眉县交警"},
        "share_url": "https://www.iesdouyin.com/share/video/7290/?share_sign=1&ts=2",
    }
    note = {"aweme_id": "7291", "desc": "转自：示范交警", "create_time": 1698023107, "is_top": 0, "author": {"nickname": "眉县交警"}, "images": [{"uri": "x"}]}
    assert lines({"status_code": 0, "aweme_list": [web, note], "has_more": 1, "max_cursor": 5}) == [
        line("冬季行车 #交警", "https://www.douyin.com/video/7290", "2023-10-23T09:05:07+08:00", "眉县交警", "undeclared", True),
        line("转自：示范交警", "https://www.douyin.com/note/7291", "2023-10-23T09:05:07+08:00", "眉县交警", "reprint"),
    ]
    row = {
        "item_id": "@9VxS",
        "title": "测试 #话题",
        "create_time": 1698023107,
        "is_top": True,
        "is_reviewed": True,
        "share_url": "https://www.iesdouyin.com/share/video/QD/?region=CN",
        "video_status": 1,
    }
    answer = {
        "data": {
            "error_code": 0,
            "cursor": 9,
            "has_more": True,
            "list": [row, {**row, "item_id": "@b", "share_url": "https://www.iesdouyin.com/share/video/QE/", "video_status": 4}],
        },
        "extra": {"error_code": 0},
    }
    assert lines(answer)[0] == line("测试 #话题", "https://www.iesdouyin.com/share/video/QD/?region=CN", "2023-10-23T09:05:07+08:00", None, "undeclared", True)
    assert [post.state for post in read(answer).posts] == ["live", "unavailable"]
    assert (read(answer).more, read(answer).cursor) == (True, "9")
    assert lines({"data": {"error_code": 0, "list": [], "has_more": False, "cursor": 0}}) == []


# --- 微信 --------------------------------------------------------------------------------------------------------


def test_published_articles_of_the_official_api() -> None:
    news = [
        {"title": "头条 &amp; 要闻", "url": ARTICLE + "#rd", "content": "<p>来源：示范日报</p>", "is_deleted": False},
        {"title": "次条", "url": ARTICLE.replace("idx=1", "idx=2"), "is_deleted": True},
    ]
    answer = {
        "total_count": 30,
        "item_count": 1,
        "item": [{"article_id": "A", "update_time": 1698023107, "content": {"news_item": news, "create_time": 1, "update_time": 1698023107}}],
    }
    assert lines(answer) == [
        line("头条 & 要闻", ARTICLE + "#rd", "2023-10-23T09:05:07+08:00"),
        line("次条", ARTICLE.replace("idx=1", "idx=2"), "2023-10-23T09:05:07+08:00"),
    ]
    batch = read(answer)
    assert [(post.state, post.origin) for post in batch.posts] == [("live", "示范日报"), ("deleted", "")]
    assert (batch.total, batch.more) == (30, True)
    assert lines({"total_count": 0, "item_count": 0, "item": []}) == []


def test_statistics_tell_what_was_published_when() -> None:
    rows = [
        {
            "ref_date": "2023-10-09",
            "msgid": "2247_1",
            "publish_type": 0,
            "title": "群发",
            "content_url": ARTICLE,
            "detail_list": [{"stat_date": "2023-10-09", "read_user": 3}],
        },
        {"ref_date": "2023-10-10", "msgid": "2248_1", "publish_type": 1, "detail_list": []},
    ]
    answer = {"list": rows, "is_delay": False}
    assert lines(answer) == [line("群发", ARTICLE, "2023-10-09"), line("", None, "2023-10-10")]
    assert article_key(ARTICLE) == "2247_1"
    assert lines({"list": [], "is_delay": False}) == []
    read_only = {"list": [{"ref_date": "2023-10-20", "user_source": 0, "msgid": "9_1", "title": "旧文", "int_page_read_user": 3}]}
    assert lines(read_only) == [line("旧文", None, None)], "the day of reading is not the day of publication"


def test_lists_of_the_back_office_and_histories() -> None:
    rows = [
        {"aid": "1", "title": "原创文", "link": ARTICLE, "create_time": 1, "update_time": 2, "copyright_stat": 1, "copyright_type": 1},
        {"aid": "2", "title": "转载文", "link": ARTICLE + "2", "create_time": 1698023107, "copyright_stat": 2, "copyright_type": 0},
        {"aid": "3", "title": "普通文", "link": ARTICLE + "3", "update_time": 1698023107, "copyright_stat": 0, "copyright_type": 0, "is_deleted": True},
    ]
    page = {"total_count": 8, "publish_list": [{"publish_info": json.dumps({"sent_info": {"time": 1698023107}, "appmsgex": rows})}]}
    moment = "2023-10-23T09:05:07+08:00"
    wanted = [line("原创文", ARTICLE, moment, None, "declared"), line("转载文", ARTICLE + "2", moment, None, "reprint"), line("普通文", ARTICLE + "3", moment)]
    assert lines({"base_resp": {"ret": 0}, "publish_page": json.dumps(page)}) == wanted
    assert [row["original"] for row in lines({"base_resp": {"ret": 0}, "app_msg_list": rows})] == ["declared", "reprint", None]
    extra = {"title": "第二篇", "content_url": (ARTICLE + "4").replace("&", "&amp;"), "copyright_stat": 11}
    history = {
        "list": [
            {
                "comm_msg_info": {"datetime": 1698023107, "type": 49},
                "app_msg_ext_info": {"title": "第一篇", "content_url": ARTICLE, "multi_app_msg_item_list": [extra]},
            }
        ]
    }
    assert lines({"ret": 0, "errmsg": "ok", "general_msg_list": json.dumps(history), "can_msg_continue": 1}) == [
        line("第一篇", ARTICLE, moment),
        line("第二篇", ARTICLE + "4", moment, None, "declared"),
    ]


def test_exports_of_tools() -> None:
    export = {
        "user": {},
        "weibo": [
            {
                "id": 1,
                "bid": "HATy0b0sZ",
                "user_id": 5,
                "screen_name": "眉县发布",
                "text": "正文",
                "created_at": "2023-10-10",
                "full_created_at": "2023-10-10 10:00:00",
                "retweet": {"id": 2, "text": "原文"},
            }
        ],
    }
    assert lines(export) == [line("正文", "https://m.weibo.cn/status/HATy0b0sZ", "2023-10-10T10:00:00+08:00", "眉县发布", "reprint")]
    notes = [
        {"note_id": "4387933362623405", "content": "正文", "create_time": 1698023107, "nickname": "眉县发布"},
        {"note_id": "4387933362623406", "content": "第二条", "create_time": 1698023107, "nickname": "眉县发布"},
    ]
    assert [row["title"] for row in lines(notes)] == ["正文", "第二条"]
    videos = "\n".join(
        json.dumps({"aweme_id": str(n), "title": f"视频{n}", "desc": f"视频{n}", "create_time": 1698023107, "aweme_url": f"https://www.douyin.com/video/{n}"})
        for n in (11, 12)
    )
    assert [row["url"] for row in lines(videos)] == ["https://www.douyin.com/video/11", "https://www.douyin.com/video/12"]


# --- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"errcode": 42001, "errmsg": "access_token expired rid: 1"}, "expired-login"),
        ({"errcode": 40001, "errmsg": "invalid credential"}, "expired-login"),
        ({"errcode": 45009, "errmsg": "reach max api daily quota limit"}, "rate-limited"),
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"}, "misconfigured"),
        ({"errcode": 48001, "errmsg": "api unauthorized"}, "misconfigured"),
        ({"errcode": -1, "errmsg": "system error"}, "unreachable"),
        ({"base_resp": {"ret": 200003, "err_msg": "invalid session"}}, "expired-login"),
        ({"base_resp": {"ret": 200013, "err_msg": "freq control"}}, "rate-limited"),
        ({"ret": -3, "errmsg": "no session", "cookie_count": 1}, "expired-login"),
        ({"ok": -100, "url": "https://passport.weibo.com/sso/signin"}, "expired-login"),
        ({"ok": 0, "msg": "请求过于频繁，歇歇吧", "data": {}}, "rate-limited"),
        ({"error": "expired_token", "error_code": 21327, "request": "/2/statuses/user_timeline.json"}, "expired-login"),
        ({"error": "User requests out of rate limit!", "error_code": 10023, "request": "/2/x.json"}, "rate-limited"),
        ({"data": {"error_code": 2190008, "description": "access_token过期"}, "extra": {"error_code": 2190008}}, "expired-login"),
        ({"err_no": 28001003, "err_msg": "access_token无效", "log_id": "1"}, "expired-login"),
        ({"data": {"error_code": 2190004, "description": "应用未获得该能力"}, "extra": {}}, "misconfigured"),
        ({"status_code": 8, "status_msg": "用户未登录"}, "expired-login"),
    ],
)
def test_a_refusal_is_not_an_empty_list(answer: dict[str, Any], status: str) -> None:
    batch = read(answer)
    assert batch.status == status
    assert batch.reason
    assert not batch.posts
    assert "1.2.3.4" not in batch.reason, "the platform's own words can hold what must not be shown"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\x01\x02",
        b"<html><body><a href='https://x.example/1'>x</a></body></html>",
        b"<urlset><url><loc>https://x.example/1</loc></url></urlset>",
        "没有网址的一句话".encode(),
        b"{}",
        b"[]",
        b'{"a": 1}',
        b'{"list": [1, 2]}',
        b'{"items": [{"a": 1}]}',
        b"[" * 100_000,
        b"{" * 100_000,
        b'{"access_token": "x", "expires_in": 7200',
        b"PK\x03\x04 no workbook",
        b"\xd0\xcf\x11\xe0 no workbook",
        b"%PDF-1.4 https://x.example/",
    ],
)
def test_other_documents_are_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        read(data)


def test_entities_of_a_hostile_feed_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("geheim")
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    feed = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{bomb}<!ENTITY x SYSTEM "file://{secret}">]><rss version="2.0"><channel><title>t&l11;</title><item><title>a&x;b</title><link>https://x.example/1</link></item></channel></rss>'
    assert "geheim" not in json.dumps(lines(feed))


# --- ledgers ----------------------------------------------------------------------------------------------------


def test_a_ledger_says_more_than_links() -> None:
    text = "公众号,标题,链接,发布时间,是否原创,置顶\n眉县教育,一,https://x.example/1,2023/10/9 8:05,是,\n眉县教育,二,https://x.example/2,2023年10月9日,否,是\n眉县公安,三,https://x.example/3,,转载,\n"
    wanted = [
        line("一", "https://x.example/1", "2023-10-09T08:05:00+08:00", "眉县教育", "declared"),
        line("二", "https://x.example/2", "2023-10-09", "眉县教育", "undeclared", True),
        line("三", "https://x.example/3", None, "眉县公安", "reprint"),
    ]
    assert lines(text) == wanted
    assert lines(text.encode("gbk")) == wanted
    assert lines(text.replace(",", "\t")) == wanted


def test_a_workbook_whose_titles_are_clickable() -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["眉县教育 10 月信息台账"])
    sheet.append(["序号", "标题", "发布日期"])
    sheet.append([1, "一", date(2023, 10, 9)])
    sheet["B3"].hyperlink = "https://x.example/1"
    sheet.append([2, '=HYPERLINK("https://x.example/2","二")', "2023-10-10"])
    kept = io.BytesIO()
    book.save(kept)
    found = lines(kept.getvalue())
    assert [(row["url"], row["published_at"]) for row in found] == [("https://x.example/1", "2023-10-09"), ("https://x.example/2", "2023-10-10")]
    assert found[0]["title"] == "一"


def test_pasted_links() -> None:
    text = "10月推送如下：\n1. 眉县召开大会 https://mp.weixin.qq.com/s/a 2023-10-09\n2、第二篇标题\nhttps://mp.weixin.qq.com/s/b\n（3）链接：https://mp.weixin.qq.com/s/c。\n"
    assert lines(text) == [
        line("眉县召开大会", "https://mp.weixin.qq.com/s/a", "2023-10-09"),
        line("第二篇标题", "https://mp.weixin.qq.com/s/b", None),
        line("", "https://mp.weixin.qq.com/s/c。".rstrip("。"), None),
    ]


def test_columns_by_mapping() -> None:
    table = "平台,新媒体,内容,跳转,推送于\n微信订阅号,眉县教育,一,https://x.example/1,2023-10-09\n".encode()
    batch = read_ledger_posts(table, "导出.csv", {"title": "内容", "url": "跳转", "published_at": "推送于", "account": "新媒体"})
    assert batch is not None
    post: Post = batch.posts[0]
    assert (post.title, post.tags) == ("一", {"account": "眉县教育", "platform": "微信订阅号"})
    with pytest.raises(ConfigurationError, match="栏"):
        read_ledger_posts(table, "导出.csv", {"栏": "内容"})


# --- many documents ---------------------------------------------------------------------------------------------

_BAD: list[Any] = [
    None,
    1,
    -1,
    10**25,
    1.5,
    True,
    "",
    "x",
    [],
    {},
    [1],
    [None],
    {"a": 1},
    '{"a":1',
    "<b>",
    "1698023107",
    "http://[::1",
    {"text": 3},
    float("inf"),
]


def _broken(random_: random.Random, value: Any) -> Any:
    if random_.random() < 0.06:
        return random_.choice(_BAD)
    if isinstance(value, dict):
        return {key: _broken(random_, item) for key, item in value.items() if random_.random() > 0.03}
    return [_broken(random_, item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_whole_and_broken_ones_end_in_words(form: str) -> None:
    seed = random.randrange(10**9)
    random_ = random.Random(seed)
    for _ in range(12):
        data, gold = FORMS[form](random_, written(random_, "眉县发布", 4), "眉县发布")
        batch = read_saved(data, form, BENCH_NOW)
        score = right(gold, [line_of(post, batch.account) for post in batch.posts])
        assert score.total() == len(gold) * 6, (seed, score)
        if data[:1] in b"{[":
            data = json.dumps(_broken(random_, json.loads(data))).encode()
        else:
            hurt = bytearray(data)
            for _ in range(random_.randint(1, 30)):
                hurt[random_.randrange(len(hurt))] = random_.choice(b'<>&"\x00\xffa1')
            data = bytes(hurt)
        with contextlib.suppress(UnreadableError):
            batch = read_saved(data, form, BENCH_NOW)
            assert all(json.dumps(line_of(post, batch.account)) for post in batch.posts), seed


# --- the command ------------------------------------------------------------------------------------------------


def test_the_command_prints_a_line_each_and_refuses_clearly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.xml"
    good.write_text(RSS.replace("ENCODING", "utf-8"), "utf-8")
    assert feed_path(good, True) == 0
    printed = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert printed[0] == line("秋收 & 秋播", ARTICLE, "2023-10-14T10:00:00+08:00", "眉县发布")
    assert feed_path(good, False) == 0
    assert "RSS/Atom“眉县发布”：2 条" in capsys.readouterr().err
    weibo = tmp_path / "weibo.json"
    weibo.write_text(json.dumps({"ok": 1, "data": {"cards": [{"mblog": mblog(created_at="昨天 08:00")}]}}), "utf-8")
    assert feed_path(weibo, True, "2023-10-23T09:00") == 0
    assert json.loads(capsys.readouterr().out)["published_at"] == "2023-10-22T08:00:00+08:00"
    refused = tmp_path / "refused.json"
    refused.write_text('{"errcode":42001,"errmsg":"access_token expired"}')
    with pytest.raises(UnreadableError, match="过期") as failure:
        feed_path(refused, True)
    assert failure.value.exit_code == 3
