"""What 微信's interfaces answer about many articles → posts: the official API of an authorised account, the back office's list, saved histories."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from core.records import Attachment, Post, PostState
from crawler.parse.batch import Batch, Record, address, dated, html_lines, number, origin_of, record, records, truth, words
from crawler.parse.dates import Stamp
from crawler.parse.moments import moment_of
from crawler.parse.refusals import Refusal, back_office_refusal, wechat_refusal

Original = Literal["declared", "reprint", "undeclared"]
_TOKEN = frozenset({"access_token", "expires_in"})


def read_wechat_api(data: Any, now: datetime | None = None) -> Batch | None:
    """Read a parsed answer; None for JSON that isn't 微信's."""
    answer = record(data) or (_bare_list(data) if isinstance(data, list) else {})
    if refused := _refused(answer):
        return Batch("wechat-api", status=refused.status, reason=refused.reason)
    for reader in _READERS:
        batch = reader(answer, now)
        if batch is not None:
            return batch
    return None


def _refused(answer: Record) -> Refusal | None:
    code = number(answer.get("errcode"))
    if code:
        return wechat_refusal(code)
    ret = number(record(answer.get("base_resp")).get("ret"))
    if ret is None and ("errmsg" in answer or "general_msg_list" in answer):
        ret = number(answer.get("ret"))
    if ret:
        return back_office_refusal(ret)
    if answer and set(answer) <= _TOKEN:
        return Refusal("redesigned", "这是登录凭证的答复，不是文章列表")
    return None


def _bare_list(data: list[Any]) -> Record:
    """A list of articles saved without its wrapping."""
    rows = [row for row in records(data) if "title" in row]
    if rows and all(("link" in row and ("aid" in row or "appmsgid" in row)) for row in rows):
        return {"articles": rows}
    if rows and all("publishTime" in row and "title" in row and "id" in row for row in rows):
        return {"reader": rows}
    if rows and all("ref_date" in row and "msgid" in row for row in rows):
        return {"list": rows}
    return {}


# --- the official API ---------------------------------------------------------------------------------------------


def _published(answer: Record, now: datetime | None) -> Batch | None:
    """`freepublish/batchget`, `material/batchget_material`, `freepublish/getarticle`: items of one or several articles each."""
    items = answer.get("item")
    if not isinstance(items, list):
        if not isinstance(answer.get("news_item"), list):
            return None
        items = [{"content": answer, "update_time": answer.get("update_time")}]
    if items and not any("content" in row or "media_id" in row or "article_id" in row for row in records(items)):
        return None
    posts = tuple(post for item in records(items) for post in _articles(item))
    total = number(answer.get("total_count"))
    return Batch("wechat-api", posts, total=total, more=bool(total and number(answer.get("item_count")) and total > (number(answer.get("item_count")) or 0)))


def _articles(item: Record) -> Iterator[Post]:
    content = record(item.get("content"))
    when = moment_of(item.get("update_time") or content.get("update_time") or item.get("publish_time") or content.get("create_time"))
    rows = list(records(content.get("news_item"))) or ([item] if "name" in item else [])
    for index, row in enumerate(rows, 1):
        lines = html_lines(str(row.get("content") or ""))
        yield _post(
            words(row.get("title") or row.get("name")),
            address(row.get("url") or row.get("link")),
            when,
            lines=lines,
            body=str(row.get("content") or ""),
            author=words(row.get("author")),
            deleted=truth(row.get("is_deleted")),
            tags={"source_url": address(row.get("content_source_url")), "article_id": words(item.get("article_id")), "index": str(index)},
            cover=address(row.get("thumb_url")),
        )


def _statistics(answer: Record, now: datetime | None) -> Batch | None:
    """`datacube/getarticletotaldetail` (and the older `getarticletotal`): each article that was published on the days asked for, once."""
    rows = list(records(answer.get("list")))
    if not isinstance(answer.get("list"), list) or not (all("msgid" in row and "ref_date" in row for row in rows) if rows else "is_delay" in answer):
        return None
    by_reading = {str(row.get("msgid")) for row in rows if "user_source" in row or ("int_page_read_user" in row and "details" not in row)}
    found: dict[str, Post] = {}
    for row in rows:
        key = str(row.get("msgid"))
        stamp = None if key in by_reading else moment_of(row.get("ref_date"))
        title = words(row.get("title"))
        url = address(row.get("content_url") or row.get("url"))
        tags = {"msgid": key, "publish_type": words(row.get("publish_type"))}
        found.setdefault(key, _post(title, url, stamp, tags=tags))
    return Batch("wechat-api", tuple(found.values()), total=len(found), reason="微信尚未算完这几天的数据" if truth(answer.get("is_delay")) else "")


# --- the back office, histories, reader ----------------------------------------------------------------------------


def _listed(answer: Record, now: datetime | None) -> Batch | None:
    """`appmsgpublish` (JSON in JSON in JSON), `appmsg?action=list_ex`, and exports of them."""
    account = words(record(answer.get("account")).get("nickname") or answer.get("nickname"))
    if "publish_page" in answer:
        page = record(answer.get("publish_page"))
        posts = tuple(post for item in records(page.get("publish_list")) for post in _sent(record(item.get("publish_info")), account))
        total = number(page.get("total_count"))
        return Batch("wechat-api", posts, account, total=total, more=bool(total and posts))
    for name in ("app_msg_list", "articles"):
        if isinstance(answer.get(name), list):
            rows = list(records(answer.get(name)))
            if not all("title" in row for row in rows) or not (rows or "base_resp" in answer):
                return None
            return Batch("wechat-api", tuple(_back_office_post(row, None, account) for row in rows), account, total=number(answer.get("app_msg_cnt")))
    return None


def _sent(info: Record, account: str) -> Iterator[Post]:
    """The articles of one mass-send; `sent_info.time` is the moment at which readers got it."""
    when = moment_of(record(info.get("sent_info")).get("time"))
    for row in (*records(info.get("appmsgex")), *(records(info.get("appmsg_info")) if "appmsgex" not in info else ())):
        yield _back_office_post(row, when, account)


def _back_office_post(row: Record, when: Stamp | None, account: str) -> Post:
    return _post(
        words(row.get("title")),
        address(row.get("link") or row.get("content_url") or row.get("url")),
        when or moment_of(row.get("create_time")) or moment_of(row.get("update_time")),
        author=words(row.get("author_name") or row.get("author")),
        original=_mark(row),
        deleted=truth(row.get("is_deleted")),
        lines=html_lines(str(row.get("content") or "")),
        account=words(row.get("nickname") or row.get("mp_name")) or account,
        tags={"item_show_type": words(row.get("item_show_type")), "aid": words(row.get("aid"))},
        pinned=truth(row.get("is_top")),
    )


def _mark(row: Record) -> Original | None:
    """原创 is `copyright_stat` 1 together with `copyright_type` 1 in lists; 2 is a repost of a declared original; 0 says nothing."""
    stat, kind = number(row.get("copyright_stat")), number(row.get("copyright_type"))
    if stat is None:
        return None
    if stat == 2:
        return "reprint"
    return "declared" if (stat == 1 and kind in (None, 1)) or stat == 11 else "undeclared"


def _history(answer: Record, now: datetime | None) -> Batch | None:
    """`profile_ext?action=getmsg`: a list of messages, each with a first and further articles. 11 is its 原创."""
    if "general_msg_list" not in answer:
        return None
    posts = []
    for item in records(record(answer.get("general_msg_list")).get("list")):
        when = moment_of(record(item.get("comm_msg_info")).get("datetime"))
        first = record(item.get("app_msg_ext_info"))
        for row in (first, *records(first.get("multi_app_msg_item_list"))):
            if row.get("title") or row.get("content_url"):
                posts.append(_back_office_post(row, when, ""))
    return Batch("wechat-api", tuple(posts), more=truth(answer.get("can_msg_continue")), cursor=words(answer.get("next_offset")))


def _album(answer: Record, now: datetime | None) -> Batch | None:
    """`appmsgalbum?action=getalbum`: a collection of articles by topic."""
    album = record(answer.get("getalbum_resp"))
    if not album:
        return None
    rows = album.get("article_list")
    info = record(album.get("base_info"))
    found = list(records(rows)) if isinstance(rows, list) else [record(rows)] if record(rows) else []
    posts = tuple(_back_office_post(row, None, words(info.get("nickname"))) for row in found)
    return Batch("wechat-api", posts, words(info.get("nickname")), more=truth(album.get("continue_flag")))


def _reader(answer: Record, now: datetime | None) -> Batch | None:
    """微信读书: `reviews[].review.mpInfo` of the site, or `{id, title, picUrl, publishTime}` of its relays."""
    if isinstance(answer.get("reviews"), list):
        notes = [record(row.get("review")) for row in records(answer.get("reviews"))]
        infos = [(record(note.get("mpInfo")), note) for note in notes]
        if infos and not any(info for info, _ in infos):
            return None
        posts = tuple(
            _post(words(i.get("title")), address(i.get("doc_url")), moment_of(i.get("time") or n.get("createTime")), account=words(i.get("mp_name")))
            for i, n in infos
            if i
        )
        return Batch("wechat-api", posts, next((post.tags.get("account", "") for post in posts), ""))
    if isinstance(answer.get("reader"), list):
        rows = records(answer.get("reader"))
        return Batch(
            "wechat-api", tuple(_post(words(r.get("title")), f"https://mp.weixin.qq.com/s/{r.get('id')}", moment_of(r.get("publishTime"))) for r in rows)
        )
    return None


_READERS: tuple[Callable[[Record, datetime | None], Batch | None], ...] = (_published, _statistics, _listed, _history, _album, _reader)


def _post(
    title: str,
    url: str,
    stamp: Stamp | None,
    *,
    lines: list[str] | None = None,
    body: str = "",
    author: str = "",
    original: Original | None = None,
    deleted: bool = False,
    account: str = "",
    pinned: bool = False,
    cover: str = "",
    tags: dict[str, str] | None = None,
) -> Post:
    moment, how = dated(stamp)
    state: PostState = "deleted" if deleted else "live"
    said = {"account": account, **(tags or {})}
    return Post(
        source="",
        url=url,
        title=title,
        published_at=moment,
        date_source=how,
        origin=origin_of(lines or []),
        author=author,
        text="" if deleted else "\n".join(lines or []),
        body="" if deleted else body,
        state=state,
        original=None if deleted else original,
        pinned=pinned,
        attachments=(Attachment(cover, "封面", picture=True),) if cover else (),
        tags={name: value for name, value in said.items() if value},
    )


def article_key(url: str) -> str:
    """`mid_idx` of an article's long address, which is its `msgid` in the statistics; "" for short ones."""
    query = parse_qs(urlsplit(url.replace("&amp;", "&")).query)
    mid, index = query.get("mid") or query.get("appmsgid") or [""], query.get("idx") or query.get("itemidx") or ["1"]
    return f"{mid[0]}_{index[0]}" if re.fullmatch(r"\d+", mid[0]) else ""
