"""TRS: static pages index.html, index_1.html …, relative links, files beside the article."""

import html
from datetime import date
from pathlib import PurePosixPath

from demo.articles import Dress, footer, header, site_tags
from demo.looks.base import TYPES, Shelf
from demo.posts import PortalPost
from demo.web import Page, Web

_SIZE = 15
_GBK_EVERY = 11  # one list in so many is GBK


class Trs:
    """A portal of TRS."""

    recipe = "trs"
    render = False

    def listing_path(self, shelf: Shelf) -> str:
        return f"{_folder(shelf)}/index.html"

    def place(self, post: PortalPost, shelf: Shelf) -> None:
        if post.at is None:
            post.path = f"{_folder(shelf)}/content_{post.number}.html"
        else:
            post.path = f"{_folder(shelf)}/{post.at:%Y%m}/t{post.at:%Y%m%d}_{post.number}.html"

    def dress(self, post: PortalPost, web: Web) -> Dress:
        folder = PurePosixPath(post.path).parent
        stem = f"{post.at:%Y%m%d}" if post.at else "20230101"
        files, pictures = [], []
        for turn, (name, data) in enumerate(post.files):
            stored = f"P0{stem}{post.number * 1_000_003 + turn:012d}{PurePosixPath(name).suffix}"
            web.add(f"{folder}/{stored}", Page(data, TYPES[PurePosixPath(name).suffix]))
            files.append((name, f"./{stored}"))
        for turn, (_, data) in enumerate(post.pictures):
            stored = f"W0{stem}{post.number * 1_000_003 + turn:012d}.png"
            web.add(f"{folder}/{stored}", Page(data, TYPES[".png"]))
            pictures.append(f"./{stored}")
        return Dress(
            '<div class="trs_editor_view TRS_UEDITOR trs_paper_default">' if post.number % 3 == 0 else '<div class="TRS_Editor">',
            "</div>",
            '<a href="{href}" appendix="true" data-appendix="true" OLDSRC="{href}">{name}</a>',
            "发布日期：{moment}" if post.number % 2 else "日期：{moment}",
            tuple(files),
            tuple(pictures),
        )

    def show(self, shelf: Shelf, web: Web, today: date) -> None:
        total = max(1, -(-len(shelf.posts) // _SIZE))
        gbk = shelf.number % _GBK_EVERY == 0
        for number in range(total):
            items = "\n".join(_item(post, shelf) for post in shelf.posts[number * _SIZE : (number + 1) * _SIZE])
            page = (
                f'<!DOCTYPE html>\n<html>\n<head>\n<meta http-equiv="Content-Type" content="text/html; charset={"gb2312" if gbk else "utf-8"}">\n'
                f"<title>{html.escape(shelf.name)}_眉县人民政府</title>\n{site_tags()}"
                f'<meta name="ColumnName" content="{html.escape(shelf.name)}">\n<meta name="ColumnType" content="政府信息公开">\n</head>\n<body>\n{header()}'
                f'<div class="gl_list">\n<ul class="list">\n{items}\n</ul>\n<div class="page">\n<script type="text/javascript">\n'
                f'createPageHTML({total}, {number}, "index", "html");\n</script>\n</div>\n</div>\n{footer(today)}</body>\n</html>\n'
            )
            name = "index.html" if number == 0 else f"index_{number}.html"
            kind = "text/html" if gbk else "text/html; charset=utf-8"
            web.add(f"{_folder(shelf)}/{name}", Page(page.encode("gb18030" if gbk else "utf-8"), kind))


def _folder(shelf: Shelf) -> str:
    return f"/zwgk/fdzdgknr/lm{shelf.number:03d}"


def _item(post: PortalPost, shelf: Shelf) -> str:
    """A list entry: the title cut short, the whole in the title attribute, the path relative where the post lies below the list."""
    title = html.escape(post.title)
    short = html.escape(post.title if len(post.title) <= 32 else post.title[:30] + "…")
    folder = _folder(shelf)
    href = f".{post.path.removeprefix(folder)}" if post.path.startswith(f"{folder}/") else post.path
    written = "%Y/%m/%d" if shelf.number % 5 == 0 else "%Y-%m-%d"
    day = f'<span class="date">{post.at:{written}}</span>' if post.at else ""
    return f'<li><a href="{href}" title="{title}" target="_blank">{short}</a>{day}</li>'
