"""Any saved answer about many posts, told apart by what is in it: feeds, platforms' JSON, ledgers."""

from datetime import datetime

from core.errors import UnreadableError
from crawler.parse.batch import Batch, json_of
from crawler.parse.douyin import read_douyin
from crawler.parse.feeds import read_feed, read_json_feed
from crawler.parse.ledger import read_ledger_posts
from crawler.parse.wechat_api import read_wechat_api
from crawler.parse.weibo import read_weibo

MAX_BYTES = 50 * 1024 * 1024
_NO_TABLES = (b"<", b"{", b"[", b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"Rar!", b"7z")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def read_saved(data: bytes, name: str, now: datetime | None = None) -> Batch:
    """Read a saved answer. `now` is when it was saved, for dates like "5分钟前". Raises UnreadableError for a document that is none of these."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"{name}：超过 {MAX_BYTES // 1024 // 1024} MB，请拆分后再读")
    batch = _read(data, name, now)
    if batch is None:
        raise UnreadableError(f"{name}：认不出这是什么。能读的是 RSS、Atom、JSON Feed，微信、微博、抖音接口的答复，以及有“链接”一列的台账（csv、xlsx）")
    return batch


def _read(data: bytes, name: str, now: datetime | None) -> Batch | None:
    if data.startswith(_WORKBOOKS):
        return read_ledger_posts(data, name, now=now)
    value = json_of(data)
    if value is not None:
        return read_json_feed(value, now=now) or read_weibo(value, now) or read_wechat_api(value, now) or read_douyin(value)
    batch = read_feed(data, now=now)
    if batch is not None or data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_NO_TABLES):
        return batch
    return read_ledger_posts(data, name, now=now)
