"""The office's own words: `words.yaml` in the county's folder, and any `words*.csv` or `words*.xlsx` beside it.

    words:                      # one line a word: wrong form: right form
      猕猴挑: 猕猴桃
    phrases: [眉县猕猴桃]          # names and phrases that must be written just so
    renamed:                    # units that changed their name, with the day from which only the new one is right
      - {old: 县扶贫办, new: 县乡村振兴局, from: 2021-06-01}

A spreadsheet has the columns 错误写法, 正确写法 and, if wanted, 级别 (error, warning or 错误, 提醒) and 说明.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.records import Severity
from core.yamls import parse

_LEVELS: dict[str, Severity] = {"": "error", "error": "error", "错误": "error", "warning": "warning", "提醒": "warning"}
_KEYS = {"words", "phrases", "renamed"}


@dataclass(frozen=True, slots=True)
class Word:
    """A wrong form and its right one, as the office lists them."""

    wrong: str
    right: str
    severity: Severity = "error"
    why: str = ""


@dataclass(frozen=True, slots=True)
class Renamed:
    """A unit's name before and after a reform; the old one is wrong from `since` on."""

    old: str
    new: str
    since: date


@dataclass(frozen=True, slots=True)
class WordList:
    """Everything the office lists."""

    words: tuple[Word, ...] = ()
    phrases: tuple[str, ...] = ()
    renamed: tuple[Renamed, ...] = ()


def load_words(folder: Path) -> WordList:
    """The word list of a county's folder; empty where there is none. ConfigurationError names file and entry."""
    words, phrases, renamed = list[Word](), list[str](), list[Renamed]()
    path = folder / "words.yaml"
    if path.exists():
        data = _yaml(path)
        words += [_word(path, wrong, right) for wrong, right in (data.get("words") or {}).items()]
        phrases += [str(phrase) for phrase in data.get("phrases") or ()]
        renamed += [_renamed(path, entry) for entry in data.get("renamed") or ()]
    for sheet in sorted([*folder.glob("words*.csv"), *folder.glob("words*.xlsx")]):
        words += _sheet(sheet)
    seen: dict[str, Word] = {}
    for word in words:
        if seen.setdefault(word.wrong, word).right != word.right:
            raise ConfigurationError(f"{folder}：词表中“{word.wrong}”有两种改法（{seen[word.wrong].right}、{word.right}），请只留一种")
    if loops := [word.wrong for word in words if word.right in seen and word.wrong != word.right]:
        raise ConfigurationError(f"{folder}：词表中“{loops[0]}”的改法本身又是错误写法，请改成最终的正确写法")
    return WordList(tuple(seen.values()), tuple(dict.fromkeys(phrases)), tuple(renamed))


def _yaml(path: Path) -> Mapping[str, Any]:
    import yaml

    try:
        data = parse(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}：不能读取（{' '.join(str(error).split())[:120]}），请改正格式") from None
    if not isinstance(data, dict) or set(map(str, data)) - _KEYS or not isinstance(data.get("words") or {}, dict):
        raise ConfigurationError(f"{path}：应由 words（错误写法: 正确写法）、phrases（列表）、renamed（列表）组成")
    return data


def _word(path: Path, wrong: Any, right: Any, level: str = "", why: str = "") -> Word:
    if not isinstance(wrong, str) or not isinstance(right, str) or len(wrong) < 2 or not right or wrong == right:
        raise ConfigurationError(f"{path}：“{wrong}: {right}”应写成两个不同的词，错误写法至少两个字")
    if level not in _LEVELS:
        raise ConfigurationError(f"{path}：“{wrong}”的级别“{level}”应为 错误 或 提醒")
    return Word(wrong, right, _LEVELS[level], why)


def _renamed(path: Path, entry: Any) -> Renamed:
    try:
        since = entry["from"]
        return Renamed(str(entry["old"]), str(entry["new"]), since if isinstance(since, date) else date.fromisoformat(str(since)))
    except (KeyError, TypeError, ValueError):
        raise ConfigurationError(f"{path}：renamed 中的“{entry}”应写成 {{old: 旧名称, new: 新名称, from: YYYY-MM-DD}}") from None


def _sheet(path: Path) -> Iterator[Word]:
    rows = iter(_rows(path))
    header = [str(cell or "").strip() for cell in next(rows, ())]
    if "错误写法" not in header or "正确写法" not in header:
        raise ConfigurationError(f"{path}：第一行应有“错误写法”“正确写法”两列")
    for row in rows:
        cells = dict(zip(header, (str(cell or "").strip() for cell in row), strict=False))
        if cells.get("错误写法"):
            yield _word(path, cells["错误写法"], cells.get("正确写法", ""), cells.get("级别", ""), cells.get("说明", ""))


def _rows(path: Path) -> Iterable[Iterable[Any]]:
    if path.suffix == ".csv":
        try:
            return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
        except UnicodeDecodeError:
            return list(csv.reader(path.read_text(encoding="gb18030").splitlines()))
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    rows = list(book.active.iter_rows(values_only=True)) if book.active else []
    book.close()
    return rows
