"""抖音 accounts: a page whose list exists only after its script has fetched the paged JSON, a pinned old video first."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from demo.web import Page, Web

_PAGE_SIZE = 8


@dataclass(frozen=True, slots=True)
class Video:
    """One video; `number` is the platform's id, `cover` the address of its picture."""

    number: str
    desc: str
    at: datetime
    top: bool = False
    cover: str = ""


class Douyin:
    """The platform on the web: one JSON address for all accounts."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self._accounts: dict[str, tuple[str, list[Video]]] = {}
        web.add("/douyin/api/post/", self._answer)

    def publish(self, name: str, sec_uid: str, videos: Sequence[Video]) -> str:
        """Put an account on the web, its page and a page per video; returns the address of its page."""
        self._accounts[sec_uid] = (name, sorted(videos, key=lambda video: (not video.top, -video.at.timestamp())))
        for video in videos:
            self._web.add(f"/douyin/video/{video.number}", Page(_video_page(name, video)))
        path = f"/douyin/user/{sec_uid}"
        self._web.add(path, Page(_account_page(name, sec_uid)))
        return self._web.base + path

    def _answer(self, method: str, query: dict[str, str], form: dict[str, str]) -> Page:
        name, videos = self._accounts.get(query.get("sec_uid", ""), ("", []))
        cursor = query.get("max_cursor", "0")
        start = int(cursor) if cursor.isdecimal() else 0
        shown = videos[start : start + _PAGE_SIZE]
        answer = {
            "status_code": 0,
            "aweme_list": [_item(self._web, name, video) for video in shown],
            "has_more": int(start + _PAGE_SIZE < len(videos)),
            "max_cursor": start + len(shown),
        }
        return Page(json.dumps(answer, ensure_ascii=False).encode(), "application/json; charset=utf-8")


def _item(web: Web, name: str, video: Video) -> dict[str, object]:
    return {
        "aweme_id": video.number,
        "desc": video.desc,
        "create_time": int(video.at.timestamp()),
        "is_top": int(video.top),
        "author": {"nickname": name},
        "share_url": f"{web.base}/douyin/video/{video.number}",
        "video": {"cover": {"url_list": [video.cover] if video.cover else []}},
    }


def _account_page(name: str, sec_uid: str) -> bytes:
    title = html.escape(name)
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{title}的抖音主页</title></head>
<body>
<header><h1 class="account-name">{title}</h1><p>政务新媒体账号</p></header>
<main><ul id="post-list" class="post-list" data-e2e="user-post-list"></ul><p id="tip">正在加载……</p></main>
<script>
(async function () {{
  const list = document.getElementById("post-list");
  let cursor = 0, more = 1;
  while (more) {{
    const answer = await fetch("/douyin/api/post/?sec_uid={sec_uid}&max_cursor=" + cursor);
    const data = await answer.json();
    for (const item of data.aweme_list) {{
      const li = document.createElement("li");
      li.className = "post-item";
      li.dataset.id = item.aweme_id;
      li.dataset.time = item.create_time;
      if (item.is_top) {{
        li.dataset.top = "1";
        const mark = document.createElement("span");
        mark.className = "top-mark";
        mark.textContent = "置顶";
        li.appendChild(mark);
      }}
      const link = document.createElement("a");
      link.href = item.share_url;
      link.textContent = item.desc;
      li.appendChild(link);
      for (const url of item.video.cover.url_list) {{
        const picture = document.createElement("img");
        picture.src = url;
        picture.alt = "";
        li.appendChild(picture);
      }}
      list.appendChild(li);
    }}
    cursor = data.max_cursor;
    more = data.has_more;
  }}
  document.getElementById("tip").textContent = "暂时没有更多了";
  list.dataset.loaded = "1";
}})();
</script>
</body>
</html>
""".encode()


def _video_page(name: str, video: Video) -> bytes:
    picture = f'<img src="{html.escape(video.cover)}" alt="封面">' if video.cover else ""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>{html.escape(video.desc[:30])}</title></head>
<body>
<p class="author">{html.escape(name)}</p>
<p class="time">发布时间：{video.at:%Y-%m-%d %H:%M}</p>
<div class="desc">{html.escape(video.desc)}</div>{picture}
</body>
</html>
""".encode()
