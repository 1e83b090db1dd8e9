"""The rules of wording as data: one YAML file a family, each rule with its basis and its own proofs, loaded and checked here.

`python -m core.rules --write docs/rules.md` writes the rule book that people read; `--keep` stores the rules as read (see `core.rule_cache`).
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from core.records import Severity

_FILE_KEYS = {"family", "basis", "severity", "rules", "unless", "boundary", "prefix", "entries", "options"}
_INHERITED = ("basis", "severity", "unless", "boundary", "options")
CONFUSABLE = "confusable.txt"  # beside the rule files: characters that sound or look alike, one group a line


@dataclass(frozen=True, slots=True)
class Pattern:
    """One wrong form and its right one. With `anchors`, `wrong` is a regular expression tried only around those literal texts.

    `right` of a regular expression may use `\\1`; None means that no replacement can be offered.
    """

    wrong: str
    right: str | None
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unless:
    """When a hit is no mistake: literal text right before or after it, an expression found in its sentence, a named context."""

    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence with its mistakes: `marks` are (start, end, right form) in `text`; `corrected` is the sentence put right."""

    text: str
    corrected: str
    marks: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of wording: exact `patterns`, right `phrases` whose near misses are mistakes, or a computed `check` with `options`."""

    id: str
    title: str
    family: str
    severity: Severity
    basis: str
    why: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    status: str = "stable"
    boundary: str = "none"
    patterns: tuple[Pattern, ...] = ()
    phrases: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    check: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    unless: Unless = Unless()
    wrong: tuple[Example, ...] = ()
    right: tuple[str, ...] = ()
    file: str = ""

    def applies_on(self, day: date) -> bool:
        """True while the rule is in force on the day of the text."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """All rules of a folder; compared by identity, so that what is compiled from it can be kept beside it."""

    rules: tuple[Rule, ...]
    version: str
    confusable: Mapping[str, str] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Rule]:
        return iter(self.rules)


class _Complaints(list[str]):
    """Everything that is wrong in the folder, so that a person sees it at once."""

    def add(self, file: str, rule: str, reason: str) -> None:
        self.append(f"{file}：规则 {rule}：{reason}")


def load(folder: Path) -> RuleSet:
    """All rules below `folder`; ConfigurationError names file, rule and reason of every mistake, one a line."""
    files = sorted(folder.rglob("*.yaml"))
    if not files:
        raise ConfigurationError(f"{folder}：没有规则文件（*.yaml），请检查规则目录")
    from core.rule_cache import kept

    confusable = folder / CONFUSABLE
    groups = confusable.read_text(encoding="utf-8") if confusable.exists() else ""
    version = _version(folder, files, groups)
    return kept(folder, version) or RuleSet(_read(folder, files), version, _confusable(groups))


def _version(folder: Path, files: list[Path], groups: str) -> str:
    """Changes with every character of the rules."""
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update(groups.encode())
    return digest.hexdigest()[:12]


def _read(folder: Path, files: list[Path]) -> tuple[Rule, ...]:
    complaints, rules = _Complaints(), list[Rule]()
    for path in files:
        rules += _file(path, path.relative_to(folder).as_posix(), complaints)
    _unique(rules, complaints)
    _acyclic(rules, complaints)
    if complaints:
        raise ConfigurationError("\n".join(complaints))
    return tuple(rules)


def _confusable(groups: str) -> dict[str, str]:
    """Each character → those it may be mistaken for, in the order of the groups."""
    found: dict[str, dict[str, None]] = {}
    for group in groups.splitlines():
        members = [] if group.startswith("#") else [char for char in group if not char.isspace()]
        for char in members:
            found.setdefault(char, {}).update(dict.fromkeys(other for other in members if other != char))
    return {char: "".join(others) for char, others in found.items()}


def _file(path: Path, name: str, complaints: _Complaints) -> list[Rule]:
    import yaml

    from core.rule_entries import compact, rule_of
    from core.yamls import loader

    class Loader(loader()):  # type: ignore[misc]
        """Leaves dates as text: YAML's own reading fails on 2023-02-30 without saying where."""

        yaml_implicit_resolvers = {
            first: [entry for entry in entries if not entry[0].endswith(":timestamp")] for first, entries in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        complaints.add(name, "（整个文件）", f"不能读取（{' '.join(str(error).split())[:160]}），请改正格式")
        return []
    if not isinstance(data, dict) or not data.get("family") or not (isinstance(data.get("rules"), list) or isinstance(data.get("entries"), list)):
        complaints.add(name, "（整个文件）", "应有 family（规则族名称）和 rules（规则列表）或 entries（简式规则列表）")
        return []
    if unknown := sorted(set(map(str, data)) - _FILE_KEYS):
        complaints.add(name, "（整个文件）", f"不认识的键 {'、'.join(unknown)}，请删除或改正")
    shared = {key: data[key] for key in _INHERITED if key in data}
    rules = []
    for key, kind in (("rules", ""), ("entries", "简式")):
        for number, entry in enumerate(data.get(key) or (), 1):
            if not isinstance(entry, dict):
                complaints.add(name, f"{kind}第{number}条", "应是一组键值")
                continue
            try:
                full = {**shared, **entry} if key == "rules" else compact(entry, str(data.get("prefix", "")), shared)
                rules.append(rule_of(full, str(data["family"]), name))
            except ValueError as error:
                complaints.add(name, str(entry.get("id") or f"{kind}第{number}条"), str(error))
    return rules


def _unique(rules: list[Rule], complaints: _Complaints) -> None:
    seen: dict[str, Rule] = {}
    forms: dict[str, Rule] = {}
    for rule in rules:
        if (first := seen.setdefault(rule.id, rule)) is not rule:
            complaints.add(rule.file, rule.id, f"id 与 {first.file} 中的重复，请改名")
        for pattern in rule.patterns:
            owner = forms.setdefault(pattern.wrong, rule)
            if owner is not rule and not pattern.anchors:
                complaints.add(rule.file, rule.id, f"错误写法“{pattern.wrong}”与规则 {owner.id} 重复，请只留一处")


def _acyclic(rules: list[Rule], complaints: _Complaints) -> None:
    """No suggestion may lead back to the form it replaces."""
    owner = {pattern.wrong: (rule, pattern.right) for rule in rules for pattern in rule.patterns if not pattern.anchors}
    for start, (rule, _) in owner.items():
        path, form = [start], owner[start][1]
        while form in owner and form not in path:
            path.append(form)
            form = owner[form][1]
        if form == start:
            complaints.add(rule.file, rule.id, f"改法循环：{'→'.join([*path, start])}，请只保留一个正确写法")


def main(arguments: list[str] | None = None) -> None:
    """Write the rule book, or keep the rules as read."""
    import argparse

    from core import dictionary
    from core.rule_cache import keep
    from core.rulebook import page

    parser = argparse.ArgumentParser(prog="python -m core.rules", description="由规则文件生成规则手册")
    parser.add_argument("--rules", type=Path, default=Path("config/rules"), help="规则目录")
    parser.add_argument("--write", type=Path, help="手册写到哪个文件")
    parser.add_argument("--keep", action="store_true", help="把读好的规则存在规则旁边，命令启动更快（安装时已做）")
    options = parser.parse_args(arguments)
    rules = load(options.rules)
    if options.write:
        options.write.write_text(page(rules), encoding="utf-8")
    written = [options.write] if options.write else []
    if options.keep:
        written += [keep(rules, options.rules), dictionary.keep()]
    print(f"{len(rules.rules)} 条规则，版本 {rules.version}" + "".join(f"，已写出 {path}" for path in written))


if __name__ == "__main__":
    main()
