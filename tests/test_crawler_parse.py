"""Reading bytes: dates, encodings, article traps, lists, tables, platforms' JSON."""

import io
from datetime import date, datetime

import pytest

from core.calendar import SHANGHAI, Month
from core.errors import UnreadableError
from crawler.parse.article import Listed, read_article
from crawler.parse.dates import Stamp, read_stamp, url_stamp
from crawler.parse.douyin import read_video_json, read_video_page
from crawler.parse.encoding import decode
from crawler.parse.events import count_events, read_events
from crawler.parse.ledger import read_ledger
from crawler.parse.listing import read_listing
from crawler.parse.recipes import Turn
from crawler.parse.tables import header_and_rows
from crawler.parse.wechat import read_wechat

URL = "https://www.shifan.example/news/88.html"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2023-10-23", at(2023, 10, 23)),
        ("2023-10-23 09:05:07", at(2023, 10, 23, 9, 5, 7)),
        ("2023-10-23 09:05:07.0", at(2023, 10, 23, 9, 5, 7)),
        ("2023年 10 月 3 日", at(2023, 10, 3)),
        ("2023年10月23日 8时5分", at(2023, 10, 23, 8, 5)),
        ("2023/1/2 24:00", at(2023, 1, 3)),
        ("[2023.10.23]", at(2023, 10, 23)),
        ("20231023", at(2023, 10, 23)),
        ("20231023090507", at(2023, 10, 23, 9, 5, 7)),
        ("2023-10-23T01:05:07Z", at(2023, 10, 23, 9, 5, 7)),
        ("2023-10-23T09:05:07+08:00", at(2023, 10, 23, 9, 5, 7)),
        ("1698023107", at(2023, 10, 23, 9, 5, 7)),
        ("1698023107000", at(2023, 10, 23, 9, 5, 7)),
        ("Mon Oct 23 09:05:07 CST 2023", at(2023, 10, 23, 9, 5, 7)),
        ("Mon, 23 Oct 2023 09:05:07 ", at(2023, 10, 23, 9, 5, 7)),
        ("Mon, 23 Oct 2023 01:05:07 GMT", at(2023, 10, 23, 9, 5, 7)),
    ],
)
def test_dates_in_every_shape(text: str, moment: datetime) -> None:
    stamp = read_stamp(text)
    assert stamp is not None
    assert stamp.moment == moment


@pytest.mark.parametrize("text", ["", "2023-02-30", "2023-13-01", "1023-10-10", "10-23", "2023年10月", "昨天", "12345678901234567890", "2023"])
def test_what_is_no_date(text: str) -> None:
    assert read_stamp(text) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("http://x/art/2023/10/3/art_406_1230102.html", date(2023, 10, 3)),
        ("http://x/zwgk/202310/t20231023_89873297.html", date(2023, 10, 23)),
        ("http://x/2023-10/23/content_1.htm", date(2023, 10, 23)),
        ("http://x/202310/23/1.html", date(2023, 10, 23)),
        ("http://x/c106845/202310/0a1b.shtml", None),
        ("http://x/info/1044/20231.htm", None),
        ("http://x/a.jsp?d=2023-10-23", None),
    ],
)
def test_dates_in_addresses(url: str, day: date | None) -> None:
    stamp = url_stamp(url)
    assert (stamp.day if stamp else None) == day


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "gb18030", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("claim", ["utf-8", "gb2312", "iso-8859-1", ""])
def test_encodings_are_found_whatever_is_claimed(codec: str, claim: str) -> None:
    page = f'<html><head><meta charset="{claim}"></head><body>陕西省示范县人民政府办公室关于做好秋收工作的通知</body></html>'
    assert "关于做好秋收工作的通知" in decode(page.encode(codec), f"text/html; charset={claim}")


def test_a_broken_character_does_not_turn_a_utf8_page_into_gbk() -> None:
    body = "关于做好秋收工作的通知，请各镇认真落实。".encode() + b"\xe5\x85" + "结束".encode()
    assert decode(body).startswith("关于做好秋收工作的通知")


def article(body: str, head: str = "", listed: Listed | None = None, url: str = URL):  # type: ignore[no-untyped-def]
    page = f"<html><head><meta charset='utf-8'>{head}</head><body>{body}</body></html>"
    return read_article(page.encode(), url, listed=listed)


def test_order_of_dates() -> None:
    tag = '<meta name="PUBDATE" content="2023-10-01 08:00">'
    shown = "<h1>关于工作的通知</h1><p>发布时间：2023-10-02</p>"
    text = '<div id="zoom"><p>请于2023年12月31日前完成。</p></div><div class="footer">版权所有 2020-01-01</div>'
    listed = Listed("http://x/art/2023/10/4/art_1_1.html", "关于工作的通知", Stamp(at(2023, 10, 3)))
    url = "http://x/art/2023/10/4/art_1_1.html"
    assert [
        (post.published_at, post.date_source)
        for post in (
            article(shown + text, tag, listed, url),
            article(shown + text, "", listed, url),
            article(text, "", listed, url),
            article(text, "", None, url),
            article(text),
        )
    ] == [
        (at(2023, 10, 1, 8), "tag"),
        (at(2023, 10, 2), "visible"),
        (at(2023, 10, 3), "list"),
        (at(2023, 10, 4), "url"),
        (None, "unknown"),
    ]


def test_an_empty_or_impossible_date_tag_is_no_date() -> None:
    for value in ("", "null", "2023-02-31", "0000-00-00 00:00:00"):
        post = article("<h1>关于工作的通知</h1><p>发布日期：2023-10-02</p><div id='zoom'><p>内容。</p></div>", f'<meta name="PubDate" content="{value}">')
        assert (post.published_at, post.date_source) == (at(2023, 10, 2), "visible")


@pytest.mark.parametrize(
    ("shown", "origin"),
    [
        ("来源：县人社局 发布时间：2023-10-02", "县人社局"),
        ("信息来源: 县 浏览次数：3", "县"),
        ("【来源：太白山旅游区管委会】", "太白山旅游区管委会"),
        ("来 源：县商务和工业信息化局|作者：王某", "县商务和工业信息化局"),
        ("来源：本站", "示范县人民政府"),
        ("来源：", ""),
        ("发布时间：2023-10-02", ""),
    ],
)
def test_source_unit(shown: str, origin: str) -> None:
    head = '<meta name="SiteName" content="示范县人民政府"><meta name="ContentSource" content="">'
    assert article(f"<h1>关于工作的通知</h1><div class='info'>{shown}</div><div id='zoom'><p>内容。</p></div>", head).origin == origin


def test_navigation_never_becomes_the_text() -> None:
    nav = "<div>" + "".join(f"<a href='/c{n}/'>栏目名称之{n}</a>" for n in range(30)) + "</div>"
    more = (
        "<div class='box'><ul>"
        + "".join(f"<li><a href='/n{n}.html'>另一条很长的信息标题，内容丰富，值得一看{n}</a><span>2023-01-0{n}</span></li>" for n in range(1, 9))
        + "</ul></div>"
    )
    post = article(f"{nav}<h1>县林业局开展防火巡查</h1><div><p>县林业局开展巡查。</p></div>{more}<div>版权所有：示范县人民政府 ICP备1号</div>")
    assert (post.text, post.published_at) == ("县林业局开展巡查。", None)


def test_text_behind_an_early_end_of_the_document_is_kept() -> None:
    body = (
        b"<html><head><title>t</title></head><body><h1>\xe5\x85\xac\xe5\x91\x8a</h1></body></html><html><body><div id='zoom'><p>"
        + "正文在后面。".encode()
        + b"</p></div></body></html>"
    )
    assert read_article(body, URL).text == "正文在后面。"


def test_attachments_have_names_and_no_navigation_among_them() -> None:
    post = article(
        "<div class='nav'><a href='/guide.pdf'>使用指南</a></div><div id='zoom'><p>见附件。</p>"
        "<a href='/attach/0/ab12'>1.名单</a><a href='more.jsp?name=x'>其他</a><a href='./a%E8%A1%A8.xls'>下载</a><a href='javascript:void(0)'>x</a><a href='http://other.example/p.html'>政策</a>"
        "<img src='data:image/png;base64,AA'><img src='/p/1.png'></div><div class='fj'><a href='/f/2.docx'>2.申请表</a></div>"
    )
    files = [(item.name, item.url.rsplit("/", 1)[1], item.picture) for item in post.attachments]
    assert files == [("1.名单", "ab12", False), ("a表.xls", "a%E8%A1%A8.xls", False), ("2.申请表", "2.docx", False), ("1.png", "1.png", True)]
    assert [link.url for link in post.links] == ["https://www.shifan.example/news/more.jsp?name=x", "http://other.example/p.html"]


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff\xfe", b"<", b"<html>", "只有文字".encode(), b"<?xml version='1.0' encoding='gbk'?><html/>", b"<table>" * 3000]
)
def test_any_bytes_give_a_post_without_a_date(body: bytes) -> None:
    assert read_article(body, URL).published_at is None


# --- lists ------------------------------------------------------------------------------------------------------


def test_hanweb_blocks_follow_one_another_to_the_end() -> None:
    def block(first: int, last: int) -> bytes:
        records = "".join(
            f"<record><![CDATA[<li><a href='/art/2023/10/2/art_7_{n}.html'>第{n}条工作信息</a><span>2023-10-02</span></li>]]></record>"
            for n in range(first, last + 1)
        )
        return f"<datastore><totalrecord>40</totalrecord><totalpage>3</totalpage><recordset>{records}</recordset></datastore>".encode()

    first = read_listing(block(1, 15), "http://x/col/col7/index.html", recipe="hanweb")
    assert first.next is not None
    assert (first.next.url, first.next.start) == ("http://x/module/web/jpage/dataproxy.jsp?startrecord=16&endrecord=40&perpage=15", 16)
    last = read_listing(block(16, 40), first.next.url, recipe="hanweb", turn=first.next)
    assert (len(last.items), last.next) == (25, None)


@pytest.mark.parametrize(
    ("body", "recognised"),
    [
        ("<script>createPageHTML(1, 0, 'index', 'html')</script><ul></ul>", True),
        ("<div>暂无信息</div>", True),
        ("<datastore><totalrecord>0</totalrecord><recordset></recordset></datastore>", True),
        ("<script>var s='暂无信息'</script><div class='nav'><a href='/a/'>政府信息公开</a></div>", False),
        ("<div id='app'></div><script src='/x.js'></script>", False),
        ("<h1>网站升级维护公告</h1><p>本站正在升级。</p>", False),
    ],
)
def test_empty_is_not_the_same_as_unrecognisable(body: str, recognised: bool) -> None:
    part = read_listing(f"<html><body>{body}</body></html>".encode(), "http://x/zwgk/index.html")
    assert (part.items, part.recognised) == ((), recognised)


def test_unknown_recipe_is_named() -> None:
    with pytest.raises(ValueError, match="hanwebb"):
        read_listing(b"<html></html>", "http://x/", recipe="hanwebb")


def test_next_never_leads_back_to_the_same_page() -> None:
    page = "<ul><li><a href='/1.html'>关于一号工作的通知</a>2023-10-01</li></ul><a href='javascript:go(2)'>下一页</a><a href='/zwgk/'>下一页</a>"
    assert read_listing(page.encode(), "http://x/zwgk/").next is None
    turned = read_listing(page.replace("'/zwgk/'", "'?p=2'").encode(), "http://x/zwgk/").next
    assert turned == Turn("http://x/zwgk/?p=2", page=2)


# --- accounts ---------------------------------------------------------------------------------------------------


def test_the_verification_wall_says_nothing_about_an_article() -> None:
    wall = "<html><body><div class='weui-msg'><h2 class='weui-msg__title'>环境异常</h2><p>当前环境异常，完成验证后即可继续访问。</p></div></body></html>"
    assert read_wechat(wall.encode(), "https://mp.weixin.qq.com/s/x") is None


def test_ledger_date_serves_only_where_the_page_has_none() -> None:
    listed = Listed("https://mp.weixin.qq.com/s/x", "台账标题", Stamp(at(2023, 10, 5)))
    bare = "<div id='js_article'><div id='js_content'><p>文字</p></div></div>"
    dated = bare + "<script>var ct = '1698023107';</script>"
    first, second = (read_wechat(page.encode(), listed.url, listed=listed) for page in (bare, dated))
    assert first is not None
    assert second is not None
    assert [(post.published_at, post.date_source, post.title) for post in (first, second)] == [
        (at(2023, 10, 5), "ledger", "台账标题"),
        (at(2023, 10, 23, 9, 5, 7), "platform", "台账标题"),
    ]


def test_videos_from_json_and_from_the_page() -> None:
    page = read_video_json(
        '{"status_code":0,"aweme_list":[{"aweme_id":"9","desc":"置顶旧视频 #示范","create_time":1600000000,"is_top":1},{"aweme_id":"10","desc":"转自：宝鸡交警 冬季行车","create_time":1698023107,"is_top":0}],"has_more":1,"max_cursor":55}'.encode(),
        "https://www.douyin.com/user/x",
    )
    assert page is not None
    assert [(post.title, post.pinned, post.original) for post in page.posts] == [
        ("置顶旧视频 #示范", True, "undeclared"),
        ("转自：宝鸡交警 冬季行车", False, "reprint"),
    ]
    assert (page.more, page.cursor) == (True, "55")
    shown = read_video_page(
        "<ul><li data-id='9' data-time='1600000000' data-top='1'><span>置顶</span><a href='/video/9'>旧视频</a></li><li data-id='10' data-time='1698023107'><a href='/video/10'>新视频</a></li></ul>".encode(),
        "https://d.example/user/x",
    )
    assert shown is not None
    assert [(post.url, post.title, post.pinned) for post in shown.posts] == [
        ("https://d.example/video/9", "旧视频", True),
        ("https://d.example/video/10", "新视频", False),
    ]
    assert shown.posts[1].published_at == at(2023, 10, 23, 9, 5, 7)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<html>", b'{"aweme_list": 3}', b"[" * 5000])
def test_unknown_video_answers_are_not_an_empty_account(body: bytes) -> None:
    assert read_video_json(body, "https://d.example/") is None
    assert read_video_page(body, "https://d.example/") is None


# --- tables -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("标题,链接,发布时间\n秋收,https://mp.weixin.qq.com/s/A,2023-10-01 08:00\n", "utf-8-sig"),
        ("文章标题\t文章链接\t推送日期\n秋收\thttps://mp.weixin.qq.com/s/A\t2023/10/1 8:00\n", "gbk"),
        ("眉县台账,,\n序号,标 题,网址,日期\n1,秋收,https://mp.weixin.qq.com/s/A,2023年10月1日8:00\n", "gb18030"),
    ],
)
def test_ledgers_under_many_names(text: str, codec: str) -> None:
    listed = read_ledger(text.encode(codec), "台账.csv")
    assert listed == (Listed("https://mp.weixin.qq.com/s/A", "秋收", Stamp(at(2023, 10, 1, 8), exact=True)),)


def test_links_alone_are_a_ledger_and_prose_is_none() -> None:
    assert read_ledger(b"https://a.example/1\nhttps://a.example/2\nhttps://a.example/1\n", "x.txt") == (
        Listed("https://a.example/1"),
        Listed("https://a.example/2"),
    )
    assert read_ledger("链接\n".encode(), "x.csv") == ()
    assert read_ledger("本月没有发布。\n".encode(), "x.csv") is None
    with pytest.raises(UnreadableError, match=r"x\.xlsx"):
        read_ledger(b"PK\x03\x04broken", "x.xlsx")


def test_header_of_a_form_is_found_below_its_title() -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    for row in (["眉县城乡低保信息"], ["镇（街）", "户数", "人数"], ["甲镇", 3, 7.0], [None, None, None], ["乙镇", 4, 9]):
        sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    table = header_and_rows(buffer.getvalue(), "低保.xlsx", ("镇（街）", "户数", "人数"))
    assert (table.header, table.rows) == (("镇（街）", "户数", "人数"), (("甲镇", "3", "7"), ("乙镇", "4", "9")))
    assert header_and_rows(buffer.getvalue(), "低保.xlsx", ("镇", "户数", "总数")).header == ("镇（街）", "户数", "人数")


# --- events -----------------------------------------------------------------------------------------------------


def test_events_are_counted_once_each() -> None:
    rows = ",".join(
        f'{{"id":"{n}","platform":"P","unit":"U","type":"T","status":"{status}"}}'
        for n, status in enumerate(["待受理", "已受理", "已办结", "已办结", "已废弃"])
    )
    page = read_events(f'{{"page":1,"pages":1,"total":5,"items":[{rows}]}}'.encode())
    assert page is not None
    (counted,) = count_events("events", Month(2023, 10), [*page.items, page.items[0]])
    assert {key: counted.data[key] for key in ("generated", "accepted", "discarded", "closed", "month")} == {
        "generated": 5,
        "accepted": 3,
        "discarded": 1,
        "closed": 2,
        "month": "2023-10",
    }


def test_unknown_event_status_is_told_not_guessed() -> None:
    page = read_events('{"items":[{"id":"1","platform":"P","unit":"U","type":"T","status":"挂起"},{"id":"2"}]}'.encode())
    assert page is not None
    assert (page.items, page.unknown) == ((), ("状态“挂起”", "缺少字段的事件"))
    assert read_events(b"<html>") is None
    assert read_events(b'{"items": null}') is None
