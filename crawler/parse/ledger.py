"""A ledger of links that a unit hands in: csv, xlsx, or pasted text, its columns under whatever names → the posts it lists."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.errors import ConfigurationError
from core.records import Post
from core.text import squeeze
from crawler.parse.article import Listed
from crawler.parse.batch import Batch, truth, words
from crawler.parse.dates import MOMENT, Stamp
from crawler.parse.dom import absolute, squash
from crawler.parse.moments import moment_of
from crawler.parse.tables import Table, sheets, table_with

Field = Literal["title", "url", "published_at", "account", "platform", "original", "origin", "pinned"]
Original = Literal["declared", "reprint", "undeclared"]

TITLE_NAMES = ("标题", "文章标题", "信息标题", "题目", "稿件标题", "作品标题", "推文标题", "内容标题", "title", "作品名称", "视频标题", "正文")
LINK_NAMES = ("链接", "网址", "链接地址", "文章链接", "作品链接", "信息链接", "地址", "url", "link", "note_url", "aweme_url")
DATE_NAMES = (
    "发布时间",
    "发布日期",
    "推送时间",
    "推送日期",
    "推荐日期",
    "推荐时间",
    "发文时间",
    "发表时间",
    "完整日期",
    "日期",
    "时间",
    "published_at",
    "create_date_time",
    "date",
    "time",
)
ACCOUNT_NAMES = ("账号名称", "公众号名称", "公众号", "账号", "新媒体名称", "发布账号", "账号昵称", "昵称", "作者昵称", "account", "nickname", "screen_name")
PLATFORM_NAMES = ("平台类型", "新媒体类型", "账号类型", "所属平台", "发布平台", "平台", "platform")
ORIGINAL_NAMES = ("是否原创", "原创或转载", "原创/转载", "原创转载", "信息类型", "稿件类型", "文章性质", "原创", "original")
ORIGIN_NAMES = ("信息来源", "稿件来源", "文章来源", "转载来源", "来源")
PINNED_NAMES = ("是否置顶", "置顶", "pinned", "is_top")
_NAMES: Mapping[Field, tuple[str, ...]] = {
    "title": TITLE_NAMES,
    "url": LINK_NAMES,
    "published_at": DATE_NAMES,
    "account": ACCOUNT_NAMES,
    "platform": PLATFORM_NAMES,
    "original": ORIGINAL_NAMES,
    "origin": ORIGIN_NAMES,
    "pinned": PINNED_NAMES,
}
# A table made from 微博 by a tool: there a 否 means a repost; elsewhere it means only that 原创 was not declared.
_WEIBO_TABLE = ("源用户id", "源微博id", "源微博正文")
_ADDRESS = re.compile(r"https?://[^\s,，;；|\"'<>，、。！？（）【】《》“”]+")
_NUMBERING = re.compile(r"^\s*(?:[（(]?\d{1,3}[)）.、．:：]|[-*•·●▪►>]|第?[一二三四五六七八九十]+[、.])\s*")
_LABEL = re.compile(r"^(?:标题|题目|文章|链接|网址|地址)\s*[:：]\s*|(?:^|[\s，,；;:：])(?:标题|链接|网址|地址|点击查看|原文链接)?\s*[:：]?\s*$")


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where in a table each field stands."""

    at: Mapping[Field, int]
    weibo: bool

    def cell(self, row: Sequence[str], name: Field) -> str:
        index = self.at.get(name)
        return squash(row[index]) if index is not None and index < len(row) else ""


def read_ledger(data: bytes, name: str) -> tuple[Listed, ...] | None:
    """The posts of a ledger, each address once, in its order; None when the file holds no address and no ledger's header at all.

    Raises UnreadableError for a file that is no table.
    """
    batch = read_ledger_posts(data, name)
    return tuple(listed_of(post) for post in batch.posts) if batch else None


def listed_of(post: Post) -> Listed:
    """What the ledger says of a post before its page is opened."""
    return Listed(post.url, post.title, _stamp(post.published_at) if post.published_at else None)


def _stamp(moment: datetime) -> Stamp:
    return Stamp(moment, exact=(moment.hour, moment.minute, moment.second) != (0, 0, 0))


def read_ledger_posts(data: bytes, name: str, mapping: Mapping[str, str] | None = None, now: datetime | None = None) -> Batch | None:
    """The same as posts, with what the ledger says of account, 原创 and 置顶. `mapping`: field → the header this office uses for it."""
    names = _NAMES if not mapping else {field: (mapping[field],) if field in mapping else known for field, known in _NAMES.items()}
    if mapping and (unknown := sorted(set(mapping) - set(_NAMES))):
        raise ConfigurationError(f"columns 里没有这些项：{'、'.join(unknown)}；可用的是 {'、'.join(_NAMES)}")
    table = _table(data, name, names["url"]) or _table(data, name, names["title"], names["published_at"])
    posts = _from_table(table, names, now) if table else {}
    if table is None or (not posts and table.column(names["url"]) is None):
        posts = _pasted(data, name, now)
        if not posts:
            return None
    account = {post.tags["account"] for post in posts.values() if "account" in post.tags}
    return Batch("ledger", tuple(posts.values()), next(iter(account)) if len(account) == 1 else "")


def _table(data: bytes, name: str, *wanted: tuple[str, ...]) -> Table | None:
    """The table under a header with these columns. A sentence that holds the word 链接 is no header."""

    def is_header(table: Table) -> bool:
        heads = [squeeze(head) for head in table.header if head]
        if any("://" in head for head in heads):
            return False
        return (len(heads) > 1 and all(len(head) <= 30 for head in heads)) or any(head.lower() in names for head in heads for names in wanted)

    return table_with(data, name, wanted, is_header)


def _from_table(table: Table, names: Mapping[Field, tuple[str, ...]], now: datetime | None) -> dict[str, Post]:
    at = {field: index for field, known in names.items() if (index := table.column(known)) is not None}
    if at.get("original") == at.get("origin"):
        at.pop("origin", None)
    heads = {squeeze(head) for head in table.header}
    columns = _Columns(at, any(mark in heads for mark in _WEIBO_TABLE))
    found: dict[str, Post] = {}
    for row in table.rows:
        post = _row(columns, row, now)
        if post and post.url not in found:
            found[post.url] = post
    return found


def _row(columns: _Columns, row: Sequence[str], now: datetime | None) -> Post | None:
    found = _ADDRESS.search(columns.cell(row, "url")) or next((hit for cell in reversed(row) if (hit := _ADDRESS.search(cell))), None)
    url = absolute("", found[0]) if found else None
    if url is None:
        return None
    tags = {"account": columns.cell(row, "account"), "platform": columns.cell(row, "platform")}
    return _post(
        url,
        words(columns.cell(row, "title")),
        columns.cell(row, "published_at"),
        now,
        original=_original(columns.cell(row, "original"), columns.weibo),
        origin=columns.cell(row, "origin"),
        pinned=truth(columns.cell(row, "pinned")),
        tags={key: value for key, value in tags.items() if value},
    )


def _original(cell: str, weibo: bool) -> Original | None:
    """原创 or 转载 as written; a bare 否 under 是否原创 says only that nothing was declared."""
    word = squeeze(cell).lower()
    if not word:
        return None
    if "转" in word and not word.startswith(("非转", "不转")):
        return "reprint"
    if word in {"是", "true", "1", "yes", "y", "√", "✓", "declared"} or (word.startswith("原创") and "非" not in word):
        return "declared"
    if word in {"否", "false", "0", "no", "n", "×", "非原创", "undeclared"}:
        return "reprint" if weibo or word == "非原创" else "undeclared"
    return "reprint" if word == "reprint" else None


def _pasted(data: bytes, name: str, now: datetime | None) -> dict[str, Post]:
    """Addresses pasted without any header, one or more a line; the title is the rest of the line, or the line above."""
    found: dict[str, Post] = {}
    above = ""
    for rows in sheets(data, name):
        for row in rows:
            line = squash(" ".join(row))
            addresses = [url for hit in _ADDRESS.findall(line) if (url := absolute("", hit))]
            rest = _title(line)
            for url in addresses:
                when = MOMENT.search(_ADDRESS.sub(" ", line)) or MOMENT.search(above)
                found.setdefault(url, _post(url, (rest or _title(above)) if len(addresses) == 1 else "", when[0] if when else "", now))
            above = "" if addresses else line or above
    return found


def _title(line: str) -> str:
    text = _NUMBERING.sub("", MOMENT.sub(" ", _ADDRESS.sub(" ", line)))
    for _ in range(2):
        text = _LABEL.sub("", text.strip(" \t-—|，,；;"))
    return squash(text) if len(text) >= 2 else ""


def _post(
    url: str,
    title: str,
    moment: str,
    now: datetime | None,
    *,
    original: Original | None = None,
    origin: str = "",
    pinned: bool = False,
    tags: Mapping[str, str] | None = None,
) -> Post:
    stamp = moment_of(moment, now) if moment else None
    return Post(
        source="",
        url=url,
        title=title,
        published_at=stamp.moment if stamp else None,
        date_source="ledger" if stamp else "unknown",
        origin=origin,
        original=original,
        pinned=pinned,
        tags=tags or {},
    )
