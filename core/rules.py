"""The rules of wording as data: one YAML file a family, each rule with its basis and its own proofs, loaded and checked here.

`python -m core.rules --write docs/rules.md` writes the rule book that people read.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

from core.errors import ConfigurationError
from core.records import SEVERITIES, Severity

RULE_ID = re.compile(r"(expression|typo|format)/[a-z0-9]+(-[a-z0-9]+)*")
CONTEXTS = ("history", "title", "book", "former")
BOUNDARIES = ("none", "start", "end", "both")
STATUSES = ("stable", "preview")
_MARK = re.compile("⟦([^⟦⟧→]+)→([^⟦⟧→]*)⟧")
_FILE_KEYS = {"family", "basis", "severity", "rules", "unless", "boundary"}
_RULE_KEYS = {
    "id",
    "title",
    "why",
    "severity",
    "basis",
    "from",
    "to",
    "status",
    "boundary",
    "patterns",
    "phrases",
    "allow",
    "check",
    "options",
    "unless",
    "examples",
}
_PATTERN_KEYS = {"wrong", "right", "each", "regex", "anchors"}
_UNLESS_KEYS = {"before", "after", "near", "contexts"}


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
    complaints, rules, digest = _Complaints(), list[Rule](), hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
        rules += _file(path, path.relative_to(folder).as_posix(), complaints)
    _unique(rules, complaints)
    _acyclic(rules, complaints)
    if complaints:
        raise ConfigurationError("\n".join(complaints))
    return RuleSet(tuple(rules), digest.hexdigest()[:12])


def _file(path: Path, name: str, complaints: _Complaints) -> list[Rule]:
    import yaml

    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        complaints.add(name, "（整个文件）", f"不能读取（{' '.join(str(error).split())[:160]}），请改正格式")
        return []
    if not isinstance(data, dict) or not isinstance(data.get("rules"), list) or not data.get("family"):
        complaints.add(name, "（整个文件）", "应有 family（规则族名称）和 rules（规则列表）")
        return []
    if unknown := sorted(set(map(str, data)) - _FILE_KEYS):
        complaints.add(name, "（整个文件）", f"不认识的键 {'、'.join(unknown)}，请删除或改正")
    rules = []
    for number, entry in enumerate(data["rules"], 1):
        if not isinstance(entry, dict):
            complaints.add(name, f"第{number}条", "应是一组键值")
            continue
        try:
            rules.append(_rule({**{key: data[key] for key in ("basis", "severity", "unless", "boundary") if key in data}, **entry}, str(data["family"]), name))
        except ValueError as error:
            complaints.add(name, str(entry.get("id") or f"第{number}条"), str(error))
    return rules


def _rule(entry: Mapping[str, Any], family: str, file: str) -> Rule:
    _known(entry, _RULE_KEYS, "")
    identity = _text(entry, "id")
    if not RULE_ID.fullmatch(identity):
        raise ValueError("id 应为 expression/、typo/ 或 format/ 加小写英文短名，如 expression/region-xinjiang")
    severity = _choice(entry, "severity", SEVERITIES)
    examples = entry.get("examples") or {}
    _known(examples, {"wrong", "right"}, "examples 中")
    rule = Rule(
        id=identity,
        title=_text(entry, "title"),
        family=family,
        severity=cast(Severity, severity),
        basis=_text(entry, "basis"),
        why=str(entry.get("why", "")),
        valid_from=_day(entry, "from"),
        valid_to=_day(entry, "to"),
        status=_choice(entry, "status", STATUSES, "stable"),
        boundary=_choice(entry, "boundary", BOUNDARIES, "none"),
        patterns=tuple(pattern for item in entry.get("patterns") or () for pattern in _patterns(item)),
        phrases=_texts(entry, "phrases"),
        allow=_texts(entry, "allow"),
        check=entry.get("check"),
        options=entry.get("options") or {},
        unless=_unless(entry.get("unless") or {}),
        wrong=tuple(_example(text) for text in _texts(examples, "wrong")),
        right=_texts(examples, "right"),
        file=file,
    )
    _complete(rule)
    return rule


def _complete(rule: Rule) -> None:
    if sum((bool(rule.patterns), bool(rule.phrases), bool(rule.check))) != 1:
        raise ValueError("patterns、phrases、check 三者应有且只有一项")
    if not rule.wrong:
        raise ValueError("缺少错误示例（examples.wrong），请至少写一句带 ⟦错→对⟧ 的例句")
    if not rule.right:
        raise ValueError("缺少正确示例（examples.right），请至少写一句最容易误报的正确句子")
    if rule.valid_from and rule.valid_to and rule.valid_from > rule.valid_to:
        raise ValueError("from 晚于 to，请改正有效期")


def _patterns(item: Any) -> Iterator[Pattern]:
    """One entry of `patterns`, spread over its list of wrong forms and over `each`."""
    if not isinstance(item, dict):
        raise ValueError("patterns 的每一项应写成 wrong/right（或 regex/anchors/right）")
    _known(item, _PATTERN_KEYS, "patterns 中")
    right = item.get("right")
    if "regex" in item:
        anchors = _texts(item, "anchors")
        if not anchors:
            raise ValueError(f"正则“{item['regex']}”缺少 anchors（必然出现的字面文字）")
        yield Pattern(_regex(str(item["regex"])), right, anchors)
        return
    forms = _texts(item, "wrong")
    if not forms or not isinstance(right, str):
        raise ValueError("patterns 中应有 wrong（错误写法）和 right（正确写法）")
    each = item.get("each", {"": ""})
    pairs = each.items() if isinstance(each, dict) else [(name, name) for name in each]
    for name, full in pairs:
        for form in forms:
            yield Pattern(form.replace("{}", str(name)), right.replace("{}", str(full)))


def _unless(entry: Any) -> Unless:
    if not isinstance(entry, dict):
        raise ValueError("unless 应写成 before/after/near/contexts")
    _known(entry, _UNLESS_KEYS, "unless 中")
    contexts = _texts(entry, "contexts")
    if unknown := [name for name in contexts if name not in CONTEXTS]:
        raise ValueError(f"unless.contexts 不认识 {'、'.join(unknown)}，可用：{'、'.join(CONTEXTS)}")
    return Unless(_texts(entry, "before"), _texts(entry, "after"), tuple(_regex(text) for text in _texts(entry, "near")), contexts)


def _example(marked: str) -> Example:
    text, corrected, marks, last = "", "", list[tuple[int, int, str]](), 0
    for found in _MARK.finditer(marked):
        between = marked[last : found.start()]
        text, corrected = text + between, corrected + between
        marks.append((len(text), len(text) + len(found[1]), found[2]))
        text, corrected, last = text + found[1], corrected + found[2], found.end()
    if not marks:
        raise ValueError(f"错误示例“{marked}”没有 ⟦错→对⟧ 标记")
    return Example(text + marked[last:], corrected + marked[last:], tuple(marks))


def _known(entry: Any, keys: set[str], where: str) -> None:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where or '规则'}应是一组键值")
    if unknown := sorted(set(map(str, entry)) - keys):
        raise ValueError(f"{where}不认识的键 {'、'.join(unknown)}，请删除或改正")


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"缺少 {key}")
    return value.strip()


def _texts(entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = entry.get(key) or ()
    values = (value,) if isinstance(value, str) else tuple(value)
    if not all(isinstance(item, str) and item for item in values):
        raise ValueError(f"{key} 应是文字或文字列表")
    return values


def _choice(entry: Mapping[str, Any], key: str, choices: tuple[str, ...], default: str | None = None) -> str:
    value = entry.get(key, default)
    if value not in choices:
        raise ValueError(f"{key} 应为 {'、'.join(choices)} 之一，不是“{value}”")
    return str(value)


def _day(entry: Mapping[str, Any], key: str) -> date | None:
    value = entry.get(key)
    if value is None or type(value) is date:
        return value
    raise ValueError(f"{key} 应为存在的日期，写成 YYYY-MM-DD，不是“{value}”")


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"正则“{text}”写错了（{error}）") from None
    return text


def _unique(rules: list[Rule], complaints: _Complaints) -> None:
    seen: dict[str, Rule] = {}
    forms: dict[str, Rule] = {}
    for rule in rules:
        if first := seen.setdefault(rule.id, rule):
            if first is not rule:
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
    """Write the rule book, or say whether the written one is still true."""
    import argparse

    from core.rulebook import page

    parser = argparse.ArgumentParser(prog="python -m core.rules", description="由规则文件生成规则手册")
    parser.add_argument("--rules", type=Path, default=Path("config/rules"), help="规则目录")
    parser.add_argument("--write", type=Path, required=True, help="写到哪个文件")
    options = parser.parse_args(arguments)
    rules = load(options.rules)
    options.write.write_text(page(rules), encoding="utf-8")
    print(f"已写出 {options.write}：{len(rules.rules)} 条规则，版本 {rules.version}")


if __name__ == "__main__":
    main()
