"""The month's list of articles to repost, as the office uploads it: kept as one plain csv a month in the inbox, where the crawler reads it."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.calendar import Month
from core.config import County
from core.errors import ConfigurationError, EnvironmentFailure, UnreadableError, UsageError
from service.desk.config import files
from service.desk.config.files import Author
from service.desk.models import ConfigChange

PREFIX = "recommended/"
NAME = "推荐转载信息清单-{month}.csv"
MAX_BYTES, MAX_ITEMS = 5 * 1024 * 1024, 2000
_HEADER = ("标题", "链接", "推荐日期")
_MONTH = re.compile(r"(20\d\d)[-_.年]?(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Item:
    """One article of the list; `day` as YYYY-MM-DD, or empty where the sheet gives none (the article's own date counts then)."""

    title: str
    url: str
    day: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the folder. month: by its name, None when it names none; items None when it cannot be read."""

    name: str
    month: Month | None
    items: tuple[Item, ...] | None


def folder_of(county: County) -> Path | None:
    """The folder of the lists; None where the list is not a folder of the inbox (nothing configured, a single file, an address on the web)."""
    source = county.source("recommended")
    url = source.url if source else None
    if not url or "://" in url or any(mark in url for mark in "*?[{") or Path(url).is_absolute() or ".." in Path(url).parts:
        return None
    path = county.inbox / url
    return None if path.is_file() or path.suffix else path


def read_items(data: bytes, name: str) -> tuple[Item, ...]:
    """The articles of an uploaded sheet; raises UnreadableError with what to do."""
    from crawler.parse.ledger import read_ledger

    if len(data) > MAX_BYTES:
        raise UnreadableError(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请只保留清单本身")
    listed = read_ledger(data, name)
    if not listed:
        raise UnreadableError("文件里没有网址。应有“标题”“链接”“推荐日期”三列，链接写全 http:// 开头的网址")
    if len(listed) > MAX_ITEMS:
        raise UnreadableError(f"超过 {MAX_ITEMS} 条，像是放错了文件")
    return tuple(Item(item.title.lstrip("=+-@'\t "), item.url, item.stamp.moment.date().isoformat() if item.stamp else "") for item in listed)


def as_csv(items: Sequence[Item]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows((item.title, item.url, item.day) for item in items)
    return file.getvalue()


def from_csv(text: str) -> tuple[Item, ...]:
    return tuple(Item(row[0], row[1], row[2]) for row in csv.reader(io.StringIO(text)) if len(row) == 3 and row[1].startswith("http"))


def kept(folder: Path) -> list[Kept]:
    """The files that lie in the folder, newest month first."""
    found = []
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.suffix.lower() in (".csv", ".xlsx", ".xls", ".txt") and not path.name.startswith((".", "~$")):
            named = _MONTH.search(path.name)
            try:
                items = read_items(path.read_bytes(), path.name)
            except (UnreadableError, OSError):
                items = None
            found.append(Kept(path.name, Month(int(named[1]), int(named[2])) if named else None, items))
    return sorted(found, key=lambda item: (item.month is not None, str(item.month or ""), item.name), reverse=True)


def put(county: County, month: Month, items: Sequence[Item], author: Author) -> ConfigChange | None:
    """Keep the month's list in place of whatever lies there for the month; None when it says the same already. No items: the month's list goes."""
    folder = folder_of(county)
    if folder is None:
        raise UsageError("推荐清单没有配置成收件目录下的文件夹，请先在“推荐清单的位置”里填好")
    name = NAME.format(month=month)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(f"清单的文件夹 {folder.name} 建不了（{error.strerror}），请检查权限") from None
    with files.locked(folder):
        old = [item for item in kept(folder) if item.month == month]
        held = tuple(dict.fromkeys(entry for item in old for entry in item.items or ()))
        before, after = as_csv(held) if old else "", as_csv(items) if items else ""
        if before == after and [item.name for item in old] in ([name], []):
            return None
        word = f"上传 {month} 推荐转载信息清单（{len(items)} 条）" if items else f"删除 {month} 推荐转载信息清单（原有 {len(held)} 条）"
        return _write(folder, name, [item.name for item in old], before, after, word, author)


def _write(folder: Path, name: str, old: Sequence[str], before: str, after: str, word: str, author: Author) -> ConfigChange:
    """The row first, the files last: nothing is removed before the new list lies there."""
    from django.db import transaction

    with transaction.atomic():
        change = files.record(PREFIX + name, before, after, word, author)
        if after:
            files.replace(folder / name, after)
        for gone in old:
            if gone != name or not after:
                (folder / gone).unlink(missing_ok=True)
    return change


def undo(county: County, change: ConfigChange, author: Author) -> ConfigChange | None:
    """Put back what the month's list was, unless it changed since."""
    named = _MONTH.search(change.file)
    folder = folder_of(county)
    if named is None or folder is None:
        raise ConfigurationError("没有撤销：推荐清单的位置后来改过")
    month = Month(int(named[1]), int(named[2]))
    now = tuple(entry for item in kept(folder) if item.month == month for entry in item.items or ())
    if now == from_csv(change.before):
        return None
    if now != from_csv(change.after):
        raise ConfigurationError(f"没有撤销：{month} 的清单后来又改过，请重新上传正确的清单")
    return put(county, month, from_csv(change.before), author)
