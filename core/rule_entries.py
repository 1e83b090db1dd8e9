"""One entry of a rule file → one Rule; every ValueError is the Chinese reason why the entry is refused."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, cast

from core.records import SEVERITIES, Severity
from core.rules import Example, Pattern, Rule, Unless

RULE_ID = re.compile(r"(expression|typo|format)/[a-z0-9]+(-[a-z0-9]+)*")
CONTEXTS = ("history", "title", "book", "former")
BOUNDARIES = ("none", "start", "end", "both")
STATUSES = ("stable", "preview")
_MARK = re.compile("⟦([^⟦⟧→]+)→([^⟦⟧→]*)⟧")
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
_PATTERN_KEYS = {"wrong", "right", "each", "pairs", "regex", "anchors"}
_UNLESS_KEYS = {"before", "after", "near", "contexts"}
_COMPACT_KEYS = {"id", "title", "why", "severity", "basis", "from", "to", "status", "boundary", "wrong", "right", "example", "clean", *_UNLESS_KEYS}


def rule_of(entry: Mapping[str, Any], family: str, file: str) -> Rule:
    known(entry, _RULE_KEYS, "")
    identity = _text(entry, "id")
    if not RULE_ID.fullmatch(identity):
        raise ValueError("id 应为 expression/、typo/ 或 format/ 加小写英文短名，如 expression/region-xinjiang")
    severity = _choice(entry, "severity", SEVERITIES)
    examples = entry.get("examples") or {}
    known(examples, {"wrong", "right"}, "examples 中")
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


def compact(entry: Mapping[str, Any], prefix: str, shared: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of one concept in one line, spelt out: each wrong form is proved in `example` (with {} where it stands), `clean` is what looks like it."""
    known(entry, _COMPACT_KEYS, "")
    wrong, right, example = _texts(entry, "wrong"), entry.get("right"), _text(entry, "example")
    if not wrong or not isinstance(right, str):
        raise ValueError("应有 wrong（错误写法）和 right（正确写法）")
    if "{}" not in example:
        raise ValueError(f"example“{example}”中应有 {{}}，标明这个词的位置")
    unless = {**(shared.get("unless") or {}), **{key: entry[key] for key in _UNLESS_KEYS if key in entry}}
    full = {key: value for key, value in entry.items() if key in _RULE_KEYS}
    return {
        "title": f"“{right}”误作“{wrong[0]}”",
        **{key: value for key, value in shared.items() if key != "options"},
        **full,
        "id": f"{prefix}/{_text(entry, 'id')}",
        "patterns": [{"wrong": list(wrong), "right": right}],
        "unless": unless,
        "examples": {"wrong": [example.replace("{}", f"⟦{form}→{right}⟧") for form in wrong], "right": [example.replace("{}", right), *_texts(entry, "clean")]},
    }


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
    """One entry of `patterns`, spread over its list of wrong forms, over `each` and over `pairs`."""
    if not isinstance(item, dict):
        raise ValueError("patterns 的每一项应写成 wrong/right（或 regex/anchors/right）")
    known(item, _PATTERN_KEYS, "patterns 中")
    right = item.get("right")
    if "regex" in item:
        anchors = _texts(item, "anchors")
        if not anchors:
            raise ValueError(f"正则“{item['regex']}”缺少 anchors（必然出现的字面文字）")
        regex = _regex(str(item["regex"]))
        if max((int(number) for number in re.findall(r"\\(\d)", right or "")), default=0) > re.compile(regex).groups:
            raise ValueError(f"改法“{right}”引用了正则“{regex}”里没有的分组")
        yield Pattern(regex, right, anchors)
        return
    if "pairs" in item:
        if not isinstance(item["pairs"], dict):
            raise ValueError("pairs 应写成 错误写法: 正确写法")
        yield from (Pattern(str(wrong), str(fixed)) for wrong, fixed in item["pairs"].items())
        return
    forms = _texts(item, "wrong")
    if not forms or not isinstance(right, str):
        raise ValueError("patterns 中应有 wrong（错误写法）和 right（正确写法）")
    each = item.get("each", {"": ""})
    if not isinstance(each, (dict, list)):
        raise ValueError("each 应写成列表或 简称: 全称")
    pairs = each.items() if isinstance(each, dict) else [(name, name) for name in each]
    for name, full in pairs:
        for form in forms:
            yield Pattern(form.replace("{}", str(name)), right.replace("{}", str(full)))


def _unless(entry: Any) -> Unless:
    if not isinstance(entry, dict):
        raise ValueError("unless 应写成 before/after/near/contexts")
    known(entry, _UNLESS_KEYS, "unless 中")
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


def known(entry: Any, keys: set[str], where: str) -> None:
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
    if value is None:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError(f"{key} 应为存在的日期，写成 YYYY-MM-DD，不是“{value}”")


def _regex(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"正则“{text}”写错了（{error}）") from None
    return text
