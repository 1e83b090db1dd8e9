"""A list that is empty until its script has asked for it."""

import html
import json
from datetime import date
from pathlib import PurePosixPath

from demo.articles import Dress, footer, header, site_tags
from demo.looks.base import TYPES, Shelf
from demo.posts import PortalPost
from demo.web import Page, Web

API = "/api/list"
_SIZE = 10
_SCRIPT = """
(function () {
  var box = document.getElementById("list"), current = 1, pages = 1;
  function show(data) {
    pages = data.pages;
    var rows = data.rows.map(function (row) {
      return '<li><a target="_blank" href="' + row.url + '">' + row.title + '</a><span class="date">' + row.date + '</span></li>';
    });
    box.innerHTML = '<ul class="news-list">' + rows.join("") + '</ul>';
    document.getElementById("page").textContent = current + "/" + pages;
    document.getElementById("next").className = current < pages ? "next" : "next disabled";
  }
  function load(page) {
    current = page;
    fetch("/api/list?column=" + box.getAttribute("data-column") + "&page=" + page)
      .then(function (answer) { return answer.json(); }).then(show);
  }
  document.getElementById("next").onclick = function () { if (current < pages) { load(current + 1); } return false; };
  document.getElementById("prev").onclick = function () { if (current > 1) { load(current - 1); } return false; };
  window.addEventListener("load", function () { load(1); });
})();
"""


class Script:
    """A platform that lists by script; holds the rows that its interface hands out."""

    recipe = "plain"
    render = True

    def __init__(self, web: Web) -> None:
        self._rows: dict[str, list[dict[str, str]]] = {}
        web.add(API, self._list)

    def listing_path(self, shelf: Shelf) -> str:
        return f"/lists/{shelf.number}.html"

    def place(self, post: PortalPost, shelf: Shelf) -> None:
        post.path = f"/info/{shelf.number}/{post.number}.html"

    def dress(self, post: PortalPost, web: Web) -> Dress:
        files = []
        for turn, (name, data) in enumerate(post.files):
            ending = PurePosixPath(name).suffix
            href = f"/uploads/{post.number}/{turn}{ending}"
            web.add(href, Page(data, TYPES[ending]))
            files.append((name, href))
        pictures = []
        for turn, (_, data) in enumerate(post.pictures):
            href = f"/uploads/{post.number}/p{turn}.png"
            web.add(href, Page(data, TYPES[".png"]))
            pictures.append(href)
        return Dress('<div class="article-content">', "</div>", '<a href="{href}">{name}</a>', "发布时间：{moment}", tuple(files), tuple(pictures))

    def show(self, shelf: Shelf, web: Web, today: date) -> None:
        self._rows[str(shelf.number)] = [
            {"title": html.escape(post.title), "url": post.path, "date": f"{post.at:%Y-%m-%d}" if post.at else ""} for post in shelf.posts
        ]
        page = (
            f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(shelf.name)}_眉县人民政府</title>\n{site_tags()}'
            f'<meta name="ColumnName" content="{html.escape(shelf.name)}">\n</head>\n<body>\n{header()}'
            f'<div class="list" id="list" data-column="{shelf.number}"><p class="loading">正在加载……</p></div>\n'
            f'<div class="pages"><a id="prev" class="prev" href="javascript:void(0)">上一页</a> <span id="page"></span> '
            f'<a id="next" class="next" href="javascript:void(0)">下一页</a></div>\n{footer(today)}<script>{_SCRIPT}</script>\n</body>\n</html>\n'
        )
        web.add(self.listing_path(shelf), Page(page.encode()))

    def _list(self, method: str, query: dict[str, str], form: dict[str, str]) -> Page:
        rows = self._rows.get(query.get("column", ""), [])
        page = query.get("page", "1")
        number = int(page) if page.isdecimal() and int(page) > 0 else 1
        pages = max(1, -(-len(rows) // _SIZE))
        data = {"page": number, "pages": pages, "total": len(rows), "rows": rows[(number - 1) * _SIZE : number * _SIZE]}
        return Page(json.dumps(data, ensure_ascii=False).encode(), "application/json; charset=utf-8")
