"""A portal of any size on loopback, in a process of its own: `python -m bench.crawl_site ARTICLES [etag]` (articles a column) prints its address and serves until standard input ends.

Lists of 20 with a next page, articles of about 8 kB in a usual template with navigation, tags, attachments none. `/stats` says how many requests came since the last `/stats`.
"""

import asyncio
import hashlib
import sys
from datetime import date, timedelta

PER_PAGE = 20
_SENTENCES = (
    "为切实做好今年的农田灌溉工作，县水利局组织技术人员深入各镇村开展巡查指导。",
    "会议强调，要压实责任、强化措施，确保各项任务落到实处、取得实效。",
    "截至目前，全县已完成渠道清淤三十二公里，维修闸门十五处，受益面积两万余亩。",
    "下一步，将继续加强与各镇街的沟通协调，及时解决群众反映的实际困难。",
    "各有关单位要按照职责分工，密切配合，做好政策宣传和解释工作。",
)
_HEAD = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}-示范县人民政府</title><meta name="SiteName" content="示范县人民政府"><meta name="ColumnName" content="通知公告">{metas}</head><body>'
_NAV = (
    "<div class='header'><ul class='nav'>"
    + "".join(f"<li><a href='/c{n}/'>导航栏目第{n}个</a></li>" for n in range(24))
    + "</ul></div><div class='location'>您现在的位置：<a href='/'>首页</a> &gt; 通知公告</div>"
)
_FOOT = (
    "<div class='footer'><p>主办：示范县人民政府办公室　网站标识码：6103260001</p><p>"
    + "".join(f"<a href='/c{n}/'>友情链接{n}</a>" for n in range(20))
    + "</p></div></body></html>"
)


def _title(column: int, number: int) -> str:
    return f"关于第{column}栏目第{number}号农田灌溉工作安排的通知"


def day_of(number: int, articles: int) -> date:
    """Newest first, spread over a year."""
    return date(2023, 11, 20) - timedelta(days=number * 350 // max(1, articles))


def article(column: int, number: int, articles: int) -> str:
    """One article's page."""
    day = day_of(number, articles)
    metas = f'<meta name="ArticleTitle" content="{_title(column, number)}"><meta name="PubDate" content="{day} 09:00"><meta name="ContentSource" content="县水利局">'
    text = "".join(f"<p>{''.join(_SENTENCES[(column + number + part + step) % 5] for step in range(3))}第{number}段。</p>" for part in range(10))
    return (
        _HEAD.format(title=_title(column, number), metas=metas)
        + _NAV
        + f"<div class='con'><h1>{_title(column, number)}</h1><div class='info'>发布时间：{day} 09:00　来源：县水利局</div><div id='zoom' class='TRS_Editor'>{text}</div></div>"
        + _FOOT
    )


def listing(column: int, page: int, articles: int) -> str:
    """One page of a column's list."""
    shown = range(page * PER_PAGE, min(articles, (page + 1) * PER_PAGE))
    rows = "".join(
        f'<li><a href="/c{column}/{n + 100000}.html" title="{_title(column, n)}">{_title(column, n)}</a><span>{day_of(n, articles)}</span></li>' for n in shown
    )
    more = f'<a href="/c{column}/index_{page + 1}.html">下一页</a>' if (page + 1) * PER_PAGE < articles else ""
    return _HEAD.format(title="通知公告", metas="") + _NAV + f"<ul class='list'>{rows}</ul><div class='page'>{more}</div>" + _FOOT


def page(path: str, articles: int) -> str | None:
    """The page behind a path, None where there is none."""
    folder, _, name = path.strip("/").partition("/")
    if not folder.startswith("c") or not folder[1:].isdigit():
        return None
    column, stem = int(folder[1:]), name.removesuffix(".html")
    if not stem:
        return listing(column, 0, articles)
    if stem.startswith("index_"):
        return listing(column, int(stem[6:]), articles)
    return article(column, int(stem) - 100000, articles) if stem.isdigit() else None


async def serve(articles: int, etags: bool) -> None:
    """Answer until standard input ends."""
    asked = 0

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                path = request.split(b" ", 2)[1].decode()
                if path == "/stats":
                    body, status, asked = str(asked).encode(), 200, 0
                else:
                    asked += 1
                    text = page(path, articles)
                    body, status = (text or "").encode(), 200 if text is not None else 404
                etag = f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'.encode()
                if etags and etag in request:
                    status, body = 304, b""
                head = b"HTTP/1.1 %d X\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n" % (status, len(body))
                writer.write(head + (b"ETag: " + etag + b"\r\n" if etags else b"") + b"\r\n" + (b"" if request.startswith(b"HEAD") else body))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, limit=1 << 20)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), len(sys.argv) > 2 and sys.argv[2] == "etag"))
