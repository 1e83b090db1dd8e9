"""A ledger of links that a unit hands in (csv or xlsx): 标题, 链接, 发布时间 under whatever names → the posts it lists."""

import re

from crawler.parse.article import Listed
from crawler.parse.dates import read_stamp
from crawler.parse.dom import absolute, squash
from crawler.parse.tables import sheets, table_with

TITLE_NAMES = ("标题", "文章标题", "信息标题", "题目", "稿件标题", "作品标题", "title")
LINK_NAMES = ("链接", "网址", "链接地址", "文章链接", "地址", "url", "link")
DATE_NAMES = ("发布时间", "发布日期", "推送时间", "推送日期", "推荐日期", "推荐时间", "发文时间", "日期", "时间", "date", "time")
_ADDRESS = re.compile(r"https?://[^\s,，;；|\"'<>，、]+")


def read_ledger(data: bytes, name: str) -> tuple[Listed, ...] | None:
    """The posts of a ledger, each address once, in its order; None when the file holds no address and no ledger's header at all.

    Raises UnreadableError for a file that is no table.
    """
    table = table_with(data, name, (LINK_NAMES,))
    if table is None:
        bare = _bare_addresses(data, name)
        return bare or None
    link, title, moment = table.column(LINK_NAMES), table.column(TITLE_NAMES), table.column(DATE_NAMES)
    found: dict[str, Listed] = {}
    for row in table.rows:
        address = _ADDRESS.search(_cell(row, link))
        url = absolute(address[0], address[0]) if address else None
        if url and url not in found:
            found[url] = Listed(url, squash(_cell(row, title)), read_stamp(_cell(row, moment)))
    return tuple(found.values())


def _cell(row: tuple[str, ...], index: int | None) -> str:
    return row[index] if index is not None and index < len(row) else ""


def _bare_addresses(data: bytes, name: str) -> tuple[Listed, ...]:
    """Addresses pasted without any header, one or more a line."""
    found: dict[str, Listed] = {}
    for rows in sheets(data, name):
        for row in rows:
            line = " ".join(row)
            for address in _ADDRESS.findall(line):
                url = absolute(address, address)
                if url:
                    found.setdefault(url, Listed(url, "", None))
    return tuple(found.values())
