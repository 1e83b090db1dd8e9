"""`xuncha source add URL`: look at a page, say which recipe fits and what it shows, write the entry, save the pages as a golden test."""

import base64
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Any
from urllib.parse import urlsplit

from core.config import load_county
from core.errors import ConfigurationError, UnreadableError, UsageError
from crawler.parse.extract import extract
from crawler.parse.listing import Listing, read_listing

_SHOWN = 5
_LIMIT = 300.0
_JAVASCRIPT = "列表页能打开，但认不出信息条目。如果浏览器里看得到列表，可能要先运行脚本：在条目里加上 render: true 再试采"


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was fetched: list, next or article."""

    role: str
    url: str
    type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where the entry is to be written: a unit's column (with its cycle) or a list of news. Nowhere: only show it."""

    unit: str | None = None
    name: str | None = None
    cycle: str = "实时更新"
    news: str | None = None


def add(config: Path, url: str, wanted: Wanted, golden: Path | None) -> int:
    """Look, tell, write; raises UsageError and ConfigurationError before anything is written, UnreadableError when the page is no list."""
    county = load_county(config)
    if not re.match(r"https?://[^/\s]+", url):
        raise UsageError(f"网址应以 http:// 或 https:// 开头，不是“{url}”")
    if (wanted.unit is None) != (wanted.name is None) or (wanted.unit and wanted.news):
        raise UsageError("写入栏目要同时给出 --unit 和 --name；写入快讯列表只给 --news")
    if wanted.unit and county.unit(wanted.unit) is None:
        raise UsageError(f"units.yaml 中没有“{wanted.unit}”，请核对单位名称")
    pages = _fetched(config, url)
    first = next((page for page in pages if page.role == "list"), None)
    assert first is not None  # without it `_fetched` has raised
    listing = read_listing(first.body, url, header=first.type)
    if not listing.recognised:
        raise UnreadableError(_JAVASCRIPT)
    for line in _told(listing, pages):
        print(line)
    entry: dict[str, Any] = {"name": wanted.name or wanted.news or "栏目名称", "url": url}
    if wanted.unit:
        entry = {"name": wanted.name, "cycle": wanted.cycle, "url": url}
    if wanted.unit or wanted.news:
        print(f"已写入 {_written(config, wanted, entry)}。试采：xuncha crawl --source {_source_id(wanted)}")
    else:
        print("没有写入。要写入，请加 --unit 单位 --name 栏目 --cycle 周期，或 --news 列表名。条目：")
        print("  - " + json.dumps(entry, ensure_ascii=False))
    if golden is not None:
        print(f"网页已存为测试样本：{_saved(golden, listing.recipe, pages)}（下次运行测试时写出应读到的内容，请人工核对）")
    return 0


def _fetched(config: Path, url: str) -> list[Page]:
    """The pages, fetched in a child process (Scrapy's reactor runs once per process)."""
    command = [sys.executable, "-m", "crawler.probe", "--config", str(config), url]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=_LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"{url}：{_LIMIT:.0f} 秒内没有看完，请稍后再试") from None
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    pages = [Page(line["role"], line["url"], line["type"], base64.b64decode(line["body"])) for line in lines if "role" in line]
    reason = next((line["error"] for line in lines if "error" in line), "采集进程没有结果")
    if not pages:
        raise UnreadableError(f"{url} 打不开：{reason}")
    if "error" in lines[-1]:
        print(f"注意：{reason}", file=sys.stderr)
    return pages


def _told(listing: Listing, pages: list[Page]) -> list[str]:
    """What a person wants to see before trusting the entry."""
    dated = sum(item.stamp is not None for item in listing.items)
    total = f"，网站称共 {listing.total} 条" if listing.total is not None else ""
    lines = [f"识别为 {listing.recipe}：首页 {len(listing.items)} 条，其中 {dated} 条有日期{total}。"]
    lines += [f"  {item.stamp.day if item.stamp else '（无日期）  '}  {item.title or item.url}" for item in listing.items[:_SHOWN]]
    following = next((page for page in pages if page.role == "next"), None)
    if following is not None:
        later = read_listing(
            following.body, following.url, header=following.type, recipe=listing.recipe if listing.recipe in _PAGED else None, turn=listing.next
        )
        fresh = len({item.url for item in later.items} - {item.url for item in listing.items})
        lines.append(f"下一页 {following.url}：另有 {fresh} 条。" + ("" if fresh else "没有新的条目，翻页方式可能认错，请核对。"))
    else:
        lines.append("没有下一页。")
    article = next((page for page in pages if page.role == "article"), None)
    if article is not None:
        read = extract(article.body, article.url, article.type)
        lines.append(
            f"第一篇：{read['title'] or '（没有读到标题）'}；{read['published_at'] or '没有日期'}；来源 {read['source'] or '没有'}；正文 {len(read['text'])} 字。"
        )
    if not listing.items:
        lines.append("栏目目前是空的。")
    elif not dated:
        lines.append("列表没有日期：采集时会打开每一篇读日期。")
    return lines


_PAGED = ("hanweb", "trs", "vsb", "ucap", "plain")


def _source_id(wanted: Wanted) -> str:
    return f"column/{wanted.unit}/{wanted.name}" if wanted.unit else f"news/{wanted.news}"


def _written(config: Path, wanted: Wanted, entry: Mapping[str, Any]) -> Path:
    """Add the entry, or give an existing one its address; everything else in the file stays as it is. The whole folder is checked before the file is replaced."""
    from service.configuration import read_configuration
    from service.desk.config.yamltext import YamlText

    name = "columns.yaml" if wanted.unit else "news.yaml"
    path = config / name
    text = YamlText(path.read_text(encoding="utf-8"))
    if wanted.unit:
        _put_column(text, wanted, entry)
    else:
        _put_listing(text, entry)
    changed = text.result()
    with tempfile.TemporaryDirectory(prefix="xuncha-config-") as made:
        for file in config.iterdir():
            if file.is_file():
                copyfile(file, Path(made) / file.name)
        (Path(made) / name).write_text(changed, encoding="utf-8")
        after, before = read_configuration(Path(made)).complaints, read_configuration(config).complaints
        if new := [str(complaint) for complaint in after if complaint not in before]:
            raise ConfigurationError("\n".join(new))
    fresh = path.with_name(f".{name}.new")
    fresh.write_text(changed, encoding="utf-8")
    fresh.chmod(path.stat().st_mode & 0o777)
    fresh.replace(path)
    return path


def _put_column(text: Any, wanted: Wanted, entry: Mapping[str, Any]) -> None:
    for number, group in enumerate(text.data or []):
        if group["unit"] == wanted.unit:
            place = next((index for index, column in enumerate(group["columns"]) if column["name"] == wanted.name), None)
            if place is None:
                text.append((number, "columns"), dict(entry))
            else:
                text.put((number, "columns", place, "url"), entry["url"])
            return
    text.append((), {"unit": wanted.unit, "columns": [dict(entry)]})


def _put_listing(text: Any, entry: Mapping[str, Any]) -> None:
    listings = (text.data or {}).get("listings") or []
    place = next((index for index, listing in enumerate(listings) if listing["name"] == entry["name"]), None)
    if place is None:
        text.append(("listings",), dict(entry))
    else:
        text.put(("listings", place, "url"), entry["url"])


def _saved(folder: Path, recipe: str, pages: list[Page]) -> Path:
    """The pages as they came, each with its address beside it, where the test of saved pages finds them."""
    first = urlsplit(pages[0].url)
    slug = re.sub(r"[^a-z0-9]+", "-", f"{first.hostname or ''}{first.path}".lower()).strip("-")[:60]
    target = folder / f"{recipe}-{slug}"
    target.mkdir(parents=True, exist_ok=True)
    for page in pages:
        kind = {"list": "list", "next": "list-next", "article": "article"}[page.role]
        start = page.body.lstrip()[:1]
        ending = "json" if start in (b"{", b"[") else "xml" if page.body.lstrip().startswith(b"<?xml") else "html"
        name = f"{kind}.{ending}" if ending != "json" else f"{'next-' if page.role == 'next' else ''}list.json"
        (target / name).write_bytes(page.body)
        (target / name).with_suffix(".url").write_text(page.url + "\n", encoding="utf-8")
    return target
