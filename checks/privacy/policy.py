"""What the privacy checks know: tables of regions, card BINs, number ranges, words and severities, read from `config/` once."""

import csv
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.records import SEVERITIES, Severity
from core.yamls import parse

CONFIG = Path(__file__).resolve().parents[2] / "config"
FILES = ("regions.csv", "card_bins.csv", "area_codes.csv", "mobile_prefixes.csv", "surnames.txt", "privacy_words.yaml")
WORD_LISTS = (
    "person_headers",
    "organisation_headers",
    "contact_headers",
    "contact_titles",
    "contact_cues",
    "soft_contact_cues",
    "person_cues",
    "organisation_cues",
    "number_cues",
    "amount_headers",
    "person_titles",
    "lawful_titles",
    "empty_values",
    "plain_headers",
    "organisation_endings",
)
_WORDED = ("birth-date", "health", "home-address", "student-id", "exam-id", "social-security")
ROLES = ("list", "text", "contact", "official")


@dataclass(frozen=True, slots=True)
class Tables:
    """Facts about numbers. bins: prefix → total lengths; mobile: prefixes of 3 to 5 digits; surnames of one and two characters."""

    regions: Mapping[str, str]
    bins: Mapping[str, frozenset[int]]
    banks: Mapping[str, str]
    mobile: frozenset[str]
    areas: frozenset[str]
    surnames: frozenset[str]


@dataclass(frozen=True, slots=True)
class Words:
    """The vocabulary, compiled. headers: (kind, words, exceptions) in order of precedence; lists: name → pattern.

    telling: the headers that make a column personal without any long number in it.
    """

    headers: tuple[tuple[str, re.Pattern[str], re.Pattern[str] | None], ...]
    any_header: re.Pattern[str]
    telling: re.Pattern[str]
    lists: Mapping[str, re.Pattern[str]]
    empty: frozenset[str]
    organisation_endings: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """Everything a scan is decided by; `severities[kind]` maps a role, a page type (as `page:file`) or `default` to a severity or None.

    `version` is a fingerprint of the files: it changes whenever one of them does.
    """

    tables: Tables
    words: Words
    severities: Mapping[str, Mapping[str, Severity | None]]
    version: str

    def severity(self, kind: str, role: str, page_type: str) -> Severity | None:
        """How grave a kind is in this role on this page; None where it is not reported."""
        table = self.severities[kind]
        if role in table:
            return table[role]
        return table.get(f"page:{page_type}", table["default"])


@lru_cache(maxsize=4)
def load_policy(folder: Path = CONFIG) -> Policy:
    """Read the tables below `folder` (`data/` and `severity.yaml`); ConfigurationError names file and entry."""
    data = folder / "data"
    tables, words, severities = _tables(data), _words(data / "privacy_words.yaml"), _severities(folder / "severity.yaml")
    return Policy(tables, words, severities, _version(folder))


def _version(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in (folder / "severity.yaml", *(folder / "data" / name for name in FILES)):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _rows(path: Path, width: int) -> list[list[str]]:
    """The rows of a CSV below its header."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
    except OSError as error:
        raise ConfigurationError(f"{path}：数据表打不开，请检查文件是否存在") from error
    for number, row in enumerate(rows, start=2):
        if len(row) != width or not row[0].isdigit():
            raise ConfigurationError(f"{path}：第{number}行应有 {width} 列且第一列为数字，请对照同文件夹的 README.md 修改")
    return rows


def _tables(data: Path) -> Tables:
    bins: dict[str, frozenset[int]] = {}
    banks: dict[str, str] = {}
    for prefix, length, _kind, bank in _rows(data / "card_bins.csv", 4):
        bins[prefix] = bins.get(prefix, frozenset()) | {int(length)}
        banks[prefix] = bank
    try:
        lines = (data / "surnames.txt").read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ConfigurationError(f"{data / 'surnames.txt'}：姓氏表打不开，请检查文件是否存在") from error
    names: set[str] = set()
    for line in lines:
        if not line.startswith("#"):
            names.update(line.split() if " " in line else line)
    return Tables(
        regions={row[0]: row[1] for row in _rows(data / "regions.csv", 4)},
        bins=bins,
        banks=banks,
        mobile=frozenset(row[0] for row in _rows(data / "mobile_prefixes.csv", 1)),
        areas=frozenset(row[0] for row in _rows(data / "area_codes.csv", 2)),
        surnames=frozenset(names),
    )


def _yaml(path: Path) -> dict[str, Any]:
    import yaml

    try:
        content = parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path}：配置文件打不开，请检查文件是否存在") from error
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path}：不是正确的 YAML，请检查缩进和标点（{str(error).splitlines()[0]}）") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}：最外层应是“名称: 内容”的形式，请对照 docs 修改")
    return content


def _strings(path: Path, entry: str, value: object) -> list[str]:
    if not isinstance(value, list) or any(not isinstance(item, str) or not item.strip() for item in value):
        raise ConfigurationError(f"{path}：{entry} 应是词的列表，请改成 [词, 词]（数字加引号）")
    return value


def _either(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)), re.IGNORECASE)


def _words(path: Path) -> Words:
    content = _yaml(path)
    if unknown := sorted(set(content) - {"headers", *WORD_LISTS}):
        raise ConfigurationError(f"{path}：不认识的条目 {'、'.join(unknown)}，请删除或改名")
    headers, every = [], []
    if not isinstance(content.get("headers"), dict):
        raise ConfigurationError(f"{path}：缺少 headers，请对照原文件补上")
    for kind, entry in content["headers"].items():
        if not isinstance(entry, dict) or set(entry) - {"words", "except"}:
            raise ConfigurationError(f"{path}：headers.{kind} 只能有 words 和 except，请修改")
        words = _strings(path, f"headers.{kind}.words", entry.get("words"))
        apart = _strings(path, f"headers.{kind}.except", entry.get("except", []))
        headers.append((str(kind), _either(words), _either(apart) if apart else None))
        every += words
    lists = {name: _strings(path, name, content.get(name)) for name in WORD_LISTS}
    every += lists["person_headers"] + lists["organisation_headers"] + lists["contact_headers"]
    return Words(
        headers=tuple(headers),
        any_header=_either(every),
        telling=_either(word for kind in _WORDED for word in content["headers"].get(kind, {}).get("words", [])),
        lists={name: _either(words) for name, words in lists.items()},
        empty=frozenset(lists["empty_values"]),
        organisation_endings=tuple(lists["organisation_endings"]),
    )


def _level(path: Path, entry: str, value: object) -> Severity | None:
    if value == "none":
        return None
    if value not in SEVERITIES:
        raise ConfigurationError(f"{path}：{entry} 应是 {'、'.join(SEVERITIES)} 或 none，不是“{value}”")
    return value


def _severities(path: Path) -> dict[str, dict[str, Severity | None]]:
    content = _yaml(path)
    kinds = content.get("kinds")
    if not isinstance(kinds, dict) or set(content) - {"kinds", "unread"} or "unread" not in content:
        raise ConfigurationError(f"{path}：应有且只有 kinds 和 unread 两部分，请修改")
    table: dict[str, dict[str, Severity | None]] = {}
    for kind, entry in {**kinds, "unread": content["unread"]}.items():
        if not isinstance(entry, dict) or "default" not in entry or set(entry) - {"default", "pages", *ROLES}:
            raise ConfigurationError(f"{path}：{kind} 应有 default，另可有 {'、'.join(ROLES)}、pages，请修改")
        levels = {key: _level(path, f"{kind}.{key}", value) for key, value in entry.items() if key != "pages"}
        for page, value in (entry.get("pages") or {}).items():
            levels[f"page:{page}"] = _level(path, f"{kind}.pages.{page}", value)
        table[str(kind)] = levels
    return table
