"""大汉: a first block of records inside the page, further blocks from dataproxy.jsp."""

import hashlib
import html
from collections.abc import Sequence
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlencode

from demo.articles import Dress, footer, header, site_tags
from demo.looks.base import TYPES, Shelf
from demo.posts import PortalPost
from demo.web import Page, Web

PROXY = "/module/web/jpage/dataproxy.jsp"
_WEB_ID = 12
_GROUP = 3  # pages in a block


class Hanweb:
    """A portal of 大汉; holds the records that its data proxy hands out."""

    recipe = "hanweb"
    render = False

    def __init__(self, web: Web) -> None:
        self._records: dict[str, list[str]] = {}
        web.add(PROXY, self._proxy)

    def listing_path(self, shelf: Shelf) -> str:
        return f"/col/col{_column(shelf)}/index.html"

    def place(self, post: PortalPost, shelf: Shelf) -> None:
        column = _column(shelf)
        if post.at is None:
            post.path = f"/art/{column}/art_{column}_{post.number}.html"
        else:
            post.path = f"/art/{post.at.year}/{post.at.month}/{post.at.day}/art_{column}_{post.number}.html"

    def dress(self, post: PortalPost, web: Web) -> Dress:
        files = []
        for name, data in post.files:
            ending = PurePosixPath(name).suffix
            stored = hashlib.sha256(f"{post.number}/{name}".encode()).hexdigest()[:32] + ending
            href = f"/attach/0/{stored}"
            if post.number % 2:
                href = "/module/download/downfile.jsp?" + urlencode({"classid": "0", "filename": stored})
            web.add(href, Page(data, TYPES[ending]))
            files.append((name, href))
        pictures = []
        for name, data in post.pictures:
            href = f"/picture/0/{hashlib.sha256(f'{post.number}/{name}'.encode()).hexdigest()[:32]}.png"
            web.add(href, Page(data, TYPES[".png"]))
            pictures.append(href)
        return Dress(
            '<div id="zoom" class="article-content">',
            "</div>",
            '<a href="{href}" target="_blank">{name}</a>',
            "发布时间：{moment}",
            tuple(files),
            tuple(pictures),
        )

    def show(self, shelf: Shelf, web: Web, today: date) -> None:
        unit = str(shelf.number * 3 + 4100)
        self._records[unit] = records = [_record(post) for post in shelf.posts]
        size = _page_size(len(records))
        block = _datastore(records, records[: size * _GROUP], size)
        page = (
            f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(shelf.name)}_眉县人民政府</title>\n{site_tags()}'
            f'<meta name="ColumnName" content="{html.escape(shelf.name)}">\n<meta name="ColumnType" content="政府信息公开">\n</head>\n<body>\n{header()}'
            f'<div class="list">\n<div id="{unit}" class="default_pgContainer">\n<script type="text/xml">{block}</script>\n</div>\n'
            f'<script type="text/javascript">\n$("#{unit}").jpage({{ "unitid": "{unit}", "webid": "{_WEB_ID}", "columnid": "{_column(shelf)}", '
            f'"webname": "眉县人民政府", "permissiontype": "0", "sourceContentType": "1", "path": "/", "appid": "1", "col": "1", '
            f'"perpage": {size}, "totalRecord": {len(records)}, "groupSize": {_GROUP}, "proxyUrl": "{PROXY}"}});\n'
            f"</script>\n</div>\n{footer(today)}</body>\n</html>\n"
        )
        web.add(self.listing_path(shelf), Page(page.encode()))

    def _proxy(self, method: str, query: dict[str, str], form: dict[str, str]) -> Page:
        """A block of records from `startrecord` to `endrecord`, both counted from 1 and included."""
        wanted = {**query, **form}
        records = self._records.get(wanted.get("unitid", ""), [])
        first, last, size = (wanted.get(name, "") for name in ("startrecord", "endrecord", "perpage"))
        if not (first.isdecimal() and last.isdecimal() and size.isdecimal() and int(size) > 0):
            return Page(b"<datastore></datastore>", "text/xml; charset=utf-8")
        shown = records[max(0, int(first) - 1) : int(last)]
        return Page(f'<?xml version="1.0" encoding="utf-8"?>\n{_datastore(records, shown, int(size))}'.encode(), "text/xml; charset=utf-8")


def _column(shelf: Shelf) -> int:
    return 10300 + shelf.number


def _page_size(total: int) -> int:
    """Long lists have long pages; a short one has short pages, so that blocks are asked for there too."""
    return 15 if total > 45 else 6


def _record(post: PortalPost) -> str:
    day = f"<span>{post.at:%Y-%m-%d}</span>" if post.at else ""
    title = html.escape(post.title)
    return f'<li><a href="{post.path}" title="{title}" target="_blank">{title}</a>{day}</li>'


def _datastore(records: Sequence[str], shown: Sequence[str], size: int) -> str:
    """Records in the proxy's XML."""
    inside = "\n".join(f"<record><![CDATA[{record}]]></record>" for record in shown)
    return f"<datastore><totalrecord>{len(records)}</totalrecord><totalpage>{-(-len(records) // size)}</totalpage>\n<recordset>\n{inside}\n</recordset></datastore>"
