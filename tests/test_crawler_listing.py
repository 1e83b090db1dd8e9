"""Where the next part of a list is, in every family's own way; sitemaps and feeds as lists."""

import json
from typing import Any

import pytest

from crawler.parse.listing import Listing, read_listing, recipe_of
from crawler.parse.recipes import Turn

ROWS = "".join(f'<li><a href="/a/100{number}.html">关于第{number}号工作的通知</a><span>2023-10-{20 - number}</span></li>' for number in range(5))


def page(extra: str) -> bytes:
    return f'<html><head><meta charset="utf-8"></head><body><ul class="list">{ROWS}</ul>{extra}</body></html>'.encode()


@pytest.mark.parametrize(
    ("url", "extra", "recipe", "following"),
    [
        ("http://x.gov.cn/zwgk/", '<script>createPageHTML(3, 0, "index", "html");</script>', "trs", "http://x.gov.cn/zwgk/index_1.html"),
        ("http://x.gov.cn/zwgk/index_1.html", '<script>createPageHTML(3, 1, "index", "html");</script>', "trs", "http://x.gov.cn/zwgk/index_2.html"),
        ("http://x.gov.cn/zwgk/index_2.html", '<script>createPageHTML(3, 2, "index", "html");</script>', "trs", None),
        ("http://x.gov.cn/zwgk/", "<script>createPageHTML('page_div', 16, 1, 'index', 'html', 239);</script>", "trs", "http://x.gov.cn/zwgk/index_2.html"),
        ("http://x.gov.cn/zwgk/index_16.html", "<script>createPageHTML('page_div', 16, 16, 'index', 'html', 239);</script>", "trs", None),
        ("http://x.gov.cn/zwgk/tz.htm", "<script>var countPage = 4;//共多少页\n var currentPage = 0;//所在页</script>", "trs", "http://x.gov.cn/zwgk/tz_1.htm"),
        ("http://x.gov.cn/zwgk/tz_3.htm", "<script>var countPage = 4; var currentPage = 3;</script>", "trs", None),
        ("http://x.gov.cn/zwgk/tzgg.htm", '<div id="_vsb_x"></div><a href="tzgg/8.htm">下页</a>', "vsb", "http://x.gov.cn/zwgk/tzgg/8.htm"),
        (
            "http://x.gov.cn/zwgk/tzgg.htm",
            '<div id="_vsb_x"></div><td>共123条&nbsp;&nbsp;1/9&nbsp;</td><a href="javascript:_simple_list_gotopage_fun(9,\'u1\',1)">转到</a>',
            "vsb",
            "http://x.gov.cn/zwgk/tzgg/8.htm",
        ),
        ("http://x.gov.cn/c106845/", '<div id="ucap"></div><script>var totalPage=3;</script>', "ucap", "http://x.gov.cn/c106845/index_2.html"),
        (
            "http://x.gov.cn/c106845/common_list.shtml",
            '<i class="ucap"></i><script>totalPages: 3</script>',
            "ucap",
            "http://x.gov.cn/c106845/common_list_2.shtml",
        ),
        ("http://x.gov.cn/list.jsp?id=3", '<a href="list.jsp?id=3&page=2">下一页</a>', "plain", "http://x.gov.cn/list.jsp?id=3&page=2"),
        ("http://x.gov.cn/zwgk/", "<p>共 5 条</p>", "plain", None),
    ],
)
def test_the_next_page_of_each_family(url: str, extra: str, recipe: str, following: str | None) -> None:
    found = read_listing(page(extra), url)
    assert (found.recipe, len(found.items), found.next.url if found.next else None) == (recipe, 5, following)
    assert recipe_of(page(extra), url) == recipe


def test_pages_numbered_backwards_are_followed_down_to_the_first() -> None:
    turn, seen = Turn("http://x.gov.cn/tzgg.htm"), []
    extra = '<div id="_vsb_x"></div><a href="javascript:_simple_list_gotopage_fun(4,\'u1\',1)">转到</a>'
    while turn is not None and len(seen) < 9:
        seen.append(turn.url.removeprefix("http://x.gov.cn/"))
        turn = read_listing(page(extra), turn.url, recipe="vsb", turn=turn if len(seen) > 1 else None).next  # type: ignore[assignment]
    assert seen == ["tzgg.htm", "tzgg/3.htm", "tzgg/2.htm", "tzgg/1.htm"]


def _records(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {"title": f"关于第{number}号工作的通知", "url": f"/{1762750059487576000 + number}.html", "publishDate": "2023-10-17"}
        for number in range(first, first + count)
    ]


def _walk(url: str, answers: dict[str, Any], limit: int = 9) -> tuple[list[str], int]:
    """The addresses asked for, and how many items came."""
    turn: Turn | None = Turn(url)
    asked, items = [], 0
    while turn is not None and len(asked) < limit:
        asked.append(turn.url)
        answer = answers.get(turn.url, answers.get("*"))
        found: Listing = read_listing(answer if isinstance(answer, bytes) else json.dumps(answer).encode(), turn.url, turn=turn if len(asked) > 1 else None)
        items += len(found.items)
        turn = found.next
    return asked, items


BASE = "http://x.gov.cn/api/list"


@pytest.mark.parametrize(
    ("url", "pages", "expected"),
    [
        (f"{BASE}?pageNo=1&pageSize=3", [{"data": {"total": 7, "records": _records(3)}}] * 3, [f"{BASE}?pageNo={n}&pageSize=3" for n in (1, 2, 3)]),
        (f"{BASE}?c=8&page=0", [{"totalPages": 2, "list": _records(3)}] * 2, [f"{BASE}?c=8&page={n}" for n in (0, 1)]),
        (
            f"{BASE}?offset=0&limit=3",
            [{"rows": _records(3)}, {"rows": _records(3, 3)}, {"rows": _records(1, 6)}],
            [f"{BASE}?offset={n}&limit=3" for n in (0, 3, 6)],
        ),
        (f"{BASE}?page=1", [{"hasNext": True, "items": _records(3)}, {"hasNext": False, "items": _records(2)}], [f"{BASE}?page=1", f"{BASE}?page=2"]),
        (BASE, [{"next": "/api/list?after=3", "items": _records(3)}, {"next": None, "items": _records(1)}], [BASE, "http://x.gov.cn/api/list?after=3"]),
        (BASE, [{"total": 4, "pageNum": 1, "list": _records(3)}, {"total": 4, "pageNum": 2, "list": _records(1)}], [BASE, f"{BASE}?pageNum=2"]),
        (BASE, [{"items": _records(3)}], [BASE]),
        (f"{BASE}?page=1", [{"total": 3, "items": _records(3)}], [f"{BASE}?page=1"]),
        (BASE, [{"next": "http://evil.example/list", "items": _records(3)}], [BASE]),
    ],
)
def test_json_lists_are_turned_by_what_they_say_of_themselves(url: str, pages: list[Any], expected: list[str]) -> None:
    asked, items = _walk(url, dict(zip(expected, pages, strict=True)))
    assert asked == expected
    assert items == sum(len(next(value for value in [*answer.get("data", answer).values()] if isinstance(value, list))) for answer in pages)


def test_json_in_a_callback_and_html_inside_json() -> None:
    wrapped = b"jQuery123_456(" + json.dumps({"total": 2, "list": _records(2)}).encode() + b");"
    assert len(read_listing(wrapped, BASE).items) == 2
    inner = {"success": True, "data": {"html": f"<ul>{ROWS}</ul>", "total": 12}}
    url = f"{BASE}?webId=1&paramJson=%7B%22pageNo%22%3A1%2C%22pageSize%22%3A5%7D"
    found = read_listing(json.dumps(inner).encode(), url)
    assert [len(found.items), found.total, found.items[0].title] == [5, 12, "关于第0号工作的通知"]
    assert found.next is not None
    assert found.next.url == f"{BASE}?webId=1&paramJson=%7B%22pageNo%22%3A2%2C%22pageSize%22%3A5%7D"


def test_sitemaps_as_lists() -> None:
    index = b"""<?xml version="1.0" encoding="UTF-8"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>http://x.gov.cn/sitemap1.xml</loc><lastmod>2023-01-01</lastmod></sitemap>
    <sitemap><loc>http://x.gov.cn/sitemap2.xml</loc><lastmod>2023-10-01</lastmod></sitemap>
    <sitemap><loc>http://evil.example/sitemap.xml</loc></sitemap></sitemapindex>"""
    news = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
    <url><loc>http://x.gov.cn/a/100001.html</loc><lastmod>2023-09-01</lastmod><news:news><news:publication_date>2023-08-30</news:publication_date><news:title>关于放水的通知</news:title></news:news></url>
    <url><loc>http://x.gov.cn/art/2023/10/2/art_9_100002.html</loc><lastmod>2023-10-02</lastmod></url>
    <url><loc>http://x.gov.cn/</loc></url><url><loc>http://x.gov.cn/zwgk/index.html</loc></url></urlset>""".encode()
    first = read_listing(index, "http://x.gov.cn/sitemap.xml")
    assert (first.recipe, first.items, first.next.url if first.next else None) == ("sitemap", (), "http://x.gov.cn/sitemap2.xml")
    second = read_listing(news, "http://x.gov.cn/sitemap2.xml", turn=first.next)
    assert [(item.title, item.stamp.day.isoformat() if item.stamp else None) for item in second.items] == [("", "2023-10-02"), ("关于放水的通知", "2023-08-30")]
    assert second.next is not None
    assert (second.next.url, second.next.queue) == ("http://x.gov.cn/sitemap1.xml", ())
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><urlset><url><loc>http://x.gov.cn/&b;1000.html</loc></url></urlset>'
    assert "aaaaaaaaaa" not in str(read_listing(bomb, "http://x.gov.cn/sitemap.xml").items)


def test_feeds_as_lists() -> None:
    rss = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>眉县要闻</title><link>http://x.gov.cn/</link>
    <item><title>关于放水的通知</title><link>http://x.gov.cn/a/1.html</link><pubDate>Tue, 10 Oct 2023 01:00:00 GMT</pubDate></item>
    <item><title>没有日期的通知</title><link>http://x.gov.cn/a/2.html</link></item></channel></rss>""".encode()
    found = read_listing(rss, "http://x.gov.cn/rss.xml")
    assert (found.recipe, found.recognised) == ("feed", True)
    assert [(item.url, item.title, item.stamp.day.isoformat() if item.stamp else None) for item in found.items] == [
        ("http://x.gov.cn/a/1.html", "关于放水的通知", "2023-10-10"),
        ("http://x.gov.cn/a/2.html", "没有日期的通知", None),
    ]
