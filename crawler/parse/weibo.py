"""A 微博 account's list → posts: `getIndex` of m.weibo.cn, `mymblog` of weibo.com, the open platform's timeline, or one 微博."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from core.records import Attachment, Post, PostState
from crawler.parse.batch import Batch, Record, address, dated, html_lines, number, origin_of, record, records, truth, words
from crawler.parse.moments import moment_of
from crawler.parse.refusals import weibo_refusal

_ID = re.compile(r"\d{6,20}|[0-9A-Za-z]{9}")
_FULL_TEXT = re.compile(r"\s*(?:\.{3}|…)?\s*<a [^>]*>\s*(?:全文|展开)\s*</a>\s*$")
_GONE: tuple[tuple[PostState, re.Pattern[str]], ...] = (
    ("deleted", re.compile(r"此微博已被(?:原?作者)?删除|该微博已被删除")),
    ("violating", re.compile(r"因违反.{0,20}(?:无法查看|不予展示)|被(?:投诉|多人投诉).{0,30}(?:无法查看|删除)")),
    ("unavailable", re.compile(r"由于作者设置.{0,20}查看权限|此微博不可见|微博暂时?无法(?:查看|访问)|半年内的微博.{0,20}查看")),
)
_NOTHING = re.compile(r"还没有(?:内容|发(?:布)?过?微博)|暂无|没有更多")


def read_weibo(data: Any, now: datetime | None = None) -> Batch | None:
    """Read a parsed answer; None for JSON that isn't 微博's. `now` is when it was saved, which "5分钟前" counts from."""
    answer = record(data) or {"list": [_exported(row) for row in records(data)]}
    inner = record(answer.get("data"))
    rows = list(_statuses(answer, inner))
    if not rows and (refused := _refused(answer)):
        return refused
    if not rows and not _is_list(answer, inner):
        return None
    owner = record(inner.get("userInfo")) or record(answer.get("userInfo")) or record(record(inner.get("user")))
    account = words(owner.get("screen_name")) or next((name for row, _ in rows if (name := words(record(row.get("user")).get("screen_name")))), "")
    posts = tuple({post.url: post for post in (_post(row, pinned, account, now) for row, pinned in rows) if post is not None}.values())
    info = record(inner.get("cardlistInfo"))
    cursor = words(inner.get("since_id") or info.get("since_id") or info.get("page"))
    return Batch("weibo", posts, account, more=bool(cursor and rows), cursor=cursor, total=number(info.get("total") or inner.get("total")))


def _statuses(answer: Record, inner: Record) -> Iterator[tuple[Record, bool]]:
    """Every 微博 of the answer with the card's own word on whether it is pinned."""
    for holder in (inner, answer):
        yield from _cards(holder.get("cards"))
        yield from ((_exported(row), False) for row in records(holder.get("weibo")) if _is_status(_exported(row)))
        for name in ("list", "statuses", "mblogs"):
            yield from ((row, False) for row in records(holder.get(name)) if _is_status(row))
        if _is_status(holder):
            yield holder, False
    for name in ("mblog", "status"):
        for holder in (inner, answer):
            if _is_status(record(holder.get(name))):
                yield record(holder.get(name)), False


def _exported(row: Record) -> Record:
    """A row of a tool's export in the platform's own names."""
    if "note_id" in row and "content" in row:
        return {**row, "id": row["note_id"], "text": row["content"], "created_at": row.get("create_time"), "user": {"screen_name": row.get("nickname")}}
    if "screen_name" in row and "bid" in row and "user" not in row:
        user = {"screen_name": row["screen_name"], "id": row.get("user_id")}
        return {**row, "created_at": row.get("full_created_at") or row.get("created_at"), "user": user, "retweeted_status": row.get("retweet")}
    return row


def _cards(cards: object, depth: int = 0) -> Iterator[tuple[Record, bool]]:
    for card in records(cards):
        mblog = record(card.get("mblog"))
        if _is_status(mblog):
            top = str(card.get("profile_type_id") or "").startswith("proweibotop") or "置顶" in words(card.get("title"))
            yield {"scheme": card.get("scheme"), **mblog}, top or truth(card.get("isTop"))
        if depth < 4:
            yield from _cards(card.get("card_group"), depth + 1)


def _is_status(row: Record) -> bool:
    return "created_at" in row and ("text" in row or "text_raw" in row) and any(name in row for name in ("id", "idstr", "mid", "bid", "mblogid"))


def _is_list(answer: Record, inner: Record) -> bool:
    """True for the platform's own empty list."""
    if isinstance(inner.get("cards"), list) and (answer.get("ok") in {0, 1} or "cardlistInfo" in inner):
        return True
    return (isinstance(inner.get("list"), list) and answer.get("ok") == 1) or (isinstance(answer.get("statuses"), list) and "total_number" in answer)


def _refused(answer: Record) -> Batch | None:
    ok, code, message = number(answer.get("ok")), number(answer.get("error_code") or answer.get("errno")), words(answer.get("msg") or answer.get("error"))
    if ok == 0 and _NOTHING.search(message):
        return Batch("weibo")
    if ok is None and not (code and answer.get("error") is not None and "request" in answer):
        return None
    if ok in (1, 0) and not message and not code:
        return None
    if ok == 1 and not code:
        return None
    refusal = weibo_refusal(code or ok or 0, message)
    return Batch("weibo", status=refusal.status, reason=refusal.reason)


def _post(row: Record, pinned: bool, account: str, now: datetime | None) -> Post | None:
    name = words(record(row.get("user")).get("screen_name")) or account
    mark = words(record(row.get("title")).get("text") or row.get("title"))
    if "赞过" in mark:
        return None  # somebody else's, shown because this account liked it
    lines = html_lines(_text(row))
    state = next((state for state, pattern in _GONE if len(lines) <= 2 and pattern.search(" ".join(lines))), None)
    quoted = record(row.get("retweeted_status"))
    stamp = moment_of(row.get("created_at"), now)
    moment, how = dated(stamp)
    repeated = html_lines(_text(quoted)) if quoted else []
    tags = {"account": name, "folded": _folded(row)}
    return Post(
        source="",
        url=_address(row),
        title=(lines[0] if lines else "")[:200],
        published_at=moment,
        date_source=how,
        origin=words(record(quoted.get("user")).get("screen_name")) if quoted else origin_of(lines),
        text="" if state else "\n".join([*lines, *repeated]),
        state="deleted" if truth(row.get("deleted")) else state or "live",
        original="reprint" if quoted else "undeclared",
        pinned=pinned or truth(row.get("isTop")) or truth(row.get("is_top")) or number(row.get("mblogtype")) == 2 or "置顶" in mark,
        attachments=_pictures(row),
        tags={key: value for key, value in tags.items() if value},
    )


def _folded(row: Record) -> str:
    """The number of a post whose text the list cuts short, "" of one that is whole."""
    whole = record(row.get("longText")) or row.get("longTextContent") or not truth(row.get("isLongText"))
    return "" if whole else words(row.get("mid") or row.get("idstr") or row.get("id"))


def _text(row: Record) -> str:
    """The whole text: the long form where it is there, without the link that unfolds it."""
    long = record(row.get("longText"))
    for value in (long.get("longTextContent"), long.get("longTextContent_raw"), row.get("longTextContent"), row.get("text"), row.get("text_raw")):
        if isinstance(value, str) and value.strip():
            return _FULL_TEXT.sub("", value)
    return ""


def _address(row: Record) -> str:
    """One lasting address of the post; the one that a card carries has a trail of the visit behind it."""
    short, long = words(row.get("bid") or row.get("mblogid")), words(row.get("mid") or row.get("idstr") or row.get("id"))
    user = words(record(row.get("user")).get("idstr") or record(row.get("user")).get("id"))
    if row.get("mblogid") and user and _ID.fullmatch(short):
        return f"https://weibo.com/{user}/{short}"
    if _ID.fullmatch(short):
        return f"https://m.weibo.cn/status/{short}"
    scheme = address(row.get("scheme")).split("?", 1)[0]
    return scheme if "/status/" in scheme or "/detail/" in scheme else f"https://m.weibo.cn/status/{long}" if long else ""


def _pictures(row: Record) -> tuple[Attachment, ...]:
    found: dict[str, None] = {}
    for picture in records(row.get("pics")):
        found.setdefault(address(record(picture.get("large")).get("url") or picture.get("url")), None)
    infos = record(row.get("pic_infos"))
    for info in infos.values():
        found.setdefault(address(record(record(info).get("large")).get("url")), None)
    return tuple(Attachment(url, f"图片{count}", picture=True) for count, url in enumerate((url for url in found if url), 1))
