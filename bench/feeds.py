"""How well saved answers about many posts are read, field by field, beside feedparser used plainly: `python -m bench.feeds [--seed N] [--count N]`.

Every document is written anew from the seed in a form its platform or tool is known to use; the gold is what was written.
"""

import argparse
import calendar
import csv
import io
import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from html import escape
from typing import Any

from core.calendar import SHANGHAI
from crawler.parse.saved import read_saved
from service.feed_command import line_of

NOW = datetime(2023, 11, 23, 8, 0, tzinfo=SHANGHAI)
FIELDS = ("title", "url", "published_at", "account", "original", "pinned")
_WORDS = "秋收 秋播 防火 反诈 社保 医保 猕猴桃 乡村振兴 冬季行车 义务教育 招商 生态 河长 养老 就业 普法 防汛 村务 双拥 文旅".split()  # noqa: SIM905
Gold = dict[str, Any]
Made = tuple[bytes, list[Gold]]


def written(random_: random.Random, account: str, count: int) -> list[Gold]:
    """Posts as somebody wrote them."""
    posts = []
    for number in range(count):
        moment = NOW - timedelta(days=random_.randint(1, 60), seconds=random_.randint(1, 80_000))
        moment += timedelta(seconds=moment.timetz() == time(tzinfo=moment.tzinfo))  # midnight would stand for a day without a time
        title = f"{random_.choice(_WORDS)}{random_.choice(('工作', '提示', '&要闻', '“十问”'))}：{account}第{number + 1}期"
        posts.append(
            {
                "title": title,
                "url": f"https://x.example/{random_.randrange(10**9)}",
                "published_at": moment,
                "account": account,
                "original": None,
                "pinned": False,
            }
        )
    return posts


def _rss(random_: random.Random, posts: list[Gold], account: str, zone: str) -> Made:
    stamp: dict[str, Callable[[datetime], str]] = {
        "GMT": lambda m: format_datetime(m.astimezone(UTC), usegmt=True),
        "+0800": format_datetime,
        "none": lambda m: m.strftime("%a, %d %b %Y %H:%M:%S "),
        "iso": lambda m: m.isoformat(),
    }
    items = "".join(
        f"<item><title>{escape(p['title'])}</title><link>{p['url']}</link><guid isPermaLink='false'>{random_.random()}</guid><pubDate>{stamp[zone](p['published_at'])}</pubDate>"
        f"<description><![CDATA[<p>{p['title']}</p>]]></description></item>"
        for p in posts
    )
    encoding = random_.choice(("utf-8", "gbk"))
    text = f'<?xml version="1.0" encoding="{encoding}"?><rss version="2.0"><channel><title>{account}</title><link>https://x.example/</link><description/>{items}</channel></rss>'
    return text.encode(encoding), posts


def _atom(random_: random.Random, posts: list[Gold], account: str) -> Made:
    entries = "".join(
        f"<entry><id>urn:{random_.random()}</id><title type='html'>{escape(escape(p['title']))}</title><link rel='alternate' href='{p['url']}'/><published>{p['published_at'].astimezone(UTC).isoformat()}</published><updated>{NOW.isoformat()}</updated></entry>"
        for p in posts
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{account}的微博</title><author><name>{account}</name></author>{entries}</feed>'.encode(), posts


def _json_feed(random_: random.Random, posts: list[Gold], account: str) -> Made:
    rows = [
        {
            "id": str(random_.random()),
            "url": p["url"],
            "title": p["title"],
            "date_modified": p["published_at"].astimezone(UTC).isoformat().replace("+00:00", ".000Z"),
        }
        for p in posts
    ]
    return _json({"version": "https://jsonfeed.org/version/1", "title": account, "items": rows}), posts


def _aggregate(random_: random.Random, posts: list[Gold], account: str) -> Made:
    for p in posts:
        p["account"] = random_.choice((account, "眉县公安", "眉县教育"))
    if len({p["account"] for p in posts}) == 1:
        posts[0]["account"] = "眉县民政"
    rows = [{"id": "x", "url": p["url"], "title": p["title"], "date_modified": p["published_at"].isoformat(), "author": {"name": p["account"]}} for p in posts]
    return _json({"version": "https://jsonfeed.org/version/1", "title": "WeWe-RSS All", "feed_url": "http://x/feeds/all.json", "items": rows}), posts


def _weibo(random_: random.Random, posts: list[Gold], account: str) -> Made:
    cards: list[dict[str, Any]] = []
    for number, p in enumerate(posts):
        bid = "".join(random_.choices("abcdefGHIJKL0123456789", k=9))
        p["url"], p["original"] = f"https://m.weibo.cn/status/{bid}", "undeclared"
        blog: dict[str, Any] = {
            "id": str(10**15 + number),
            "bid": bid,
            "text": f'{escape(p["title"])}<br/>正文<span class="url-icon"><img alt=[赞] src="//x/a.png"></span>',
            "user": {"id": 1, "screen_name": account},
        }
        blog["created_at"] = p["published_at"].strftime("%a %b %d %H:%M:%S +0800 %Y")
        if random_.random() < 0.3:
            ago = random_.randint(1, 59)
            blog["created_at"], p["published_at"] = f"{ago}分钟前", NOW - timedelta(minutes=ago)
        if random_.random() < 0.3:
            blog["retweeted_status"], p["original"] = {"id": "9", "text": "原文", "user": {"screen_name": "示范日报"}}, "reprint"
        card: dict[str, Any] = {"card_type": 9, "mblog": blog}
        if number == 0:
            p["pinned"] = True
            mark = random_.choice(("profile_type_id", "isTop", "mblogtype"))
            card |= {"profile_type_id": "proweibotop_"} if mark == "profile_type_id" else {}
            blog |= {"isTop": 1} if mark == "isTop" else {"mblogtype": 2} if mark == "mblogtype" else {}
        cards.append(card if random_.random() < 0.7 else {"card_type": 11, "card_group": [card]})
    return _json({"ok": 1, "data": {"cardlistInfo": {"total": 99}, "cards": cards}}), posts


def _douyin(random_: random.Random, posts: list[Gold], account: str) -> Made:
    rows = []
    for number, p in enumerate(posts):
        item = str(random_.randrange(7 * 10**18, 8 * 10**18))
        p["url"], p["original"], p["pinned"] = f"https://www.douyin.com/video/{item}", "undeclared", number == 0
        rows.append(
            {
                "aweme_id": item,
                "desc": p["title"],
                "create_time": int(p["published_at"].timestamp()),
                "is_top": int(p["pinned"]),
                "author": {"nickname": account},
                "share_url": f"https://www.iesdouyin.com/share/video/{item}/?ts={random_.random()}",
            }
        )
    return _json({"status_code": 0, "aweme_list": rows, "has_more": 0, "max_cursor": 1}), posts


def _open_douyin(random_: random.Random, posts: list[Gold], account: str) -> Made:
    rows = []
    for number, p in enumerate(posts):
        p |= {"account": None, "original": "undeclared", "pinned": number == 0}
        rows.append(
            {
                "item_id": f"@{number}",
                "title": p["title"],
                "create_time": int(p["published_at"].timestamp()),
                "is_top": p["pinned"],
                "share_url": p["url"],
                "video_status": 1,
            }
        )
    return _json({"data": {"error_code": 0, "list": rows, "has_more": False, "cursor": 0}, "extra": {"error_code": 0}}), posts


def _freepublish(random_: random.Random, posts: list[Gold], account: str) -> Made:
    items = []
    for index in range(0, len(posts), 2):
        group = posts[index : index + 2]
        for p in group:
            p |= {"account": None, "published_at": group[0]["published_at"]}
        news = [{"title": p["title"], "url": p["url"], "content": "<p>x</p>", "is_deleted": False} for p in group]
        items.append({"article_id": str(index), "update_time": int(group[0]["published_at"].timestamp()), "content": {"news_item": news}})
    return _json({"total_count": len(items), "item_count": len(items), "item": items}), posts


def _back_office(random_: random.Random, posts: list[Gold], account: str) -> Made:
    sent = []
    for p in posts:
        stat = random_.choice((0, 1, 2))
        p |= {"account": None, "original": ("undeclared", "declared", "reprint")[stat]}
        row = {
            "title": p["title"],
            "link": p["url"].replace("&", "&amp;"),
            "create_time": 1,
            "update_time": 2,
            "copyright_stat": stat,
            "copyright_type": int(stat == 1),
        }
        sent.append({"publish_info": json.dumps({"sent_info": {"time": int(p["published_at"].timestamp())}, "appmsgex": [row]})})
    return _json({"base_resp": {"ret": 0}, "publish_page": json.dumps({"total_count": 1, "publish_list": sent})}), posts


def _statistics(random_: random.Random, posts: list[Gold], account: str) -> Made:
    rows = []
    for number, p in enumerate(posts):
        p |= {"account": None, "published_at": p["published_at"].date()}
        rows.append(
            {
                "ref_date": str(p["published_at"]),
                "msgid": f"22{number}_1",
                "publish_type": number % 2,
                "title": p["title"],
                "content_url": p["url"],
                "detail_list": [],
            }
        )
    return _json({"list": rows, "is_delay": False}), posts


def _ledger(random_: random.Random, posts: list[Gold], account: str) -> Made:
    heads = random_.choice((("公众号", "标题", "链接", "发布时间", "是否原创"), ("账号名称", "文章标题", "网址", "推送日期", "原创或转载")))
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[f"{account}台账"], heads] if random_.random() < 0.3 else [heads])
    for p in posts:
        p["original"] = random_.choice(("declared", "reprint" if "转载" in heads[4] else "undeclared"))
        word = {"declared": "是" if heads[4] == "是否原创" else "原创", "undeclared": "否", "reprint": "转载"}[p["original"]]
        moment = p["published_at"].replace(second=0)
        p["published_at"] = moment
        writer.writerow([account, p["title"], p["url"], moment.strftime(random_.choice(("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y年%m月%d日 %H:%M"))), word])
    return out.getvalue().encode(random_.choice(("utf-8-sig", "gb18030"))), posts


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


FORMS: dict[str, Callable[[random.Random, list[Gold], str], Made]] = {
    "RSS（GMT）": lambda r, p, a: _rss(r, p, a, "GMT"),
    "RSS（+0800）": lambda r, p, a: _rss(r, p, a, "+0800"),
    "RSS（没有时区，we-mp-rss）": lambda r, p, a: _rss(r, p, a, "none"),
    "RSS（ISO 时间）": lambda r, p, a: _rss(r, p, a, "iso"),
    "Atom": _atom,
    "JSON Feed": _json_feed,
    "JSON Feed（多账号，wewe-rss）": _aggregate,
    "微博 getIndex": _weibo,
    "抖音 aweme_list": _douyin,
    "抖音开放平台": _open_douyin,
    "微信 freepublish": _freepublish,
    "微信 getarticletotaldetail": _statistics,
    "微信 appmsgpublish": _back_office,
    "台账 csv": _ledger,
}


def _plain_feedparser(data: bytes) -> list[Gold]:
    """The peer: what feedparser gives without further thought; other forms it does not read."""
    import feedparser

    parsed = feedparser.parse(io.BytesIO(data))
    found = []
    for entry in parsed.entries:
        moment = entry.get("published_parsed")
        stamp = datetime.fromtimestamp(calendar.timegm(moment), UTC).astimezone(SHANGHAI).isoformat() if moment else None
        found.append(
            {
                "title": entry.get("title"),
                "url": entry.get("link"),
                "published_at": stamp,
                "account": parsed.feed.get("title"),
                "original": None,
                "pinned": False,
            }
        )
    return found


def right(gold: Sequence[Gold], read: Sequence[Gold]) -> Counter[str]:
    """Fields right of the posts, matched in order."""
    score: Counter[str] = Counter()
    for wanted, found in zip(gold, [*read, *({} for _ in gold)], strict=False):
        for field in FIELDS:
            value = wanted[field].isoformat() if field == "published_at" else wanted[field]
            score[field] += found.get(field, "?") == value
    return score


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=20231023)
    parser.add_argument("--count", type=int, default=40, help="documents of each form")
    given = parser.parse_args()
    random_ = random.Random(given.seed)
    print(f"| 形式 | 条数 | {' | '.join(FIELDS)} | 巡查 | feedparser |\n|---|---|{'---|' * (len(FIELDS) + 2)}")
    totals: Counter[str] = Counter()
    for form, write in FORMS.items():
        score, peer, posts = Counter[str](), Counter[str](), 0
        for _ in range(given.count):
            account = random_.choice(("眉县发布", "眉县教育", "健康眉县"))
            data, gold = write(random_, written(random_, account, random_.randint(2, 9)), account)
            batch = read_saved(data, form, NOW)
            score += right(gold, [line_of(post, batch.account) for post in batch.posts])
            peer += right(gold, _plain_feedparser(data)) if "RSS" in form or form == "Atom" else Counter()
            posts += len(gold)
        all_fields = posts * len(FIELDS)
        totals += Counter(right=score.total(), all=all_fields)
        shown = " | ".join(f"{score[field] / posts:.3f}" for field in FIELDS)
        print(f"| {form} | {posts} | {shown} | {score.total() / all_fields:.3f} | {f'{peer.total() / all_fields:.3f}' if peer else '不读'} |")
    print(f"\n全部字段：{totals['right'] / totals['all']:.4f}（{totals['all']} 个）")


if __name__ == "__main__":
    main()
