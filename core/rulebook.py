"""The rule book: every rule as a page section that a clerk can read (what, why, basis, examples)."""

from collections.abc import Iterator

from core.rules import Example, Rule, RuleSet

_SEVERITIES = {"veto": "一票否决", "error": "必须改正", "warning": "请人工核对", "info": "提示"}
_SHOWN = 12


def page(rules: RuleSet) -> str:
    """The whole book in Markdown, families in the order of their files."""
    lines = ["# 固定表述与用字规则", "", "本页由 `python -m core.rules --write docs/rules.md` 根据 `config/rules/` 生成，请勿手工修改。", ""]
    lines += [f"共 {len(rules.rules)} 条规则，{_count(rules)}。", "", "| 规则 | 名称 | 级别 | 状态 |", "|---|---|---|---|"]
    lines += [f"| `{rule.id}` | {rule.title} | {_SEVERITIES[rule.severity]} | {_status(rule)} |" for rule in rules]
    family = ""
    for rule in rules:
        if rule.family != family:
            family = rule.family
            lines += ["", f"## {family}"]
        lines += ["", *_section(rule)]
    return "\n".join(lines) + "\n"


def _count(rules: RuleSet) -> str:
    forms = sum(len(rule.patterns) for rule in rules)
    phrases = sum(len(rule.phrases) for rule in rules)
    return f"其中错误写法 {forms} 个、固定表述 {phrases} 条"


def _status(rule: Rule) -> str:
    return "试行（只提示）" if rule.status == "preview" else "正式"


def _section(rule: Rule) -> Iterator[str]:
    yield f"### {rule.title}"
    yield ""
    yield f"`{rule.id}` · {_SEVERITIES[rule.severity]} · {_status(rule)}{_term(rule)}"
    yield ""
    if rule.why:
        yield f"- 说明：{rule.why}"
    yield f"- 依据：{rule.basis}"
    if rule.phrases:
        yield f"- 固定表述：{_some(rule.phrases)}"
    if rule.patterns and not rule.patterns[0].anchors:
        yield f"- 错误写法：{_some(tuple(f'{pattern.wrong}→{pattern.right}' for pattern in rule.patterns if not pattern.anchors))}"
    for example in rule.wrong:
        yield f"- 错：{_marked(example)}"
    for text in rule.right:
        yield f"- 对：{text}"


def _term(rule: Rule) -> str:
    start = f"自 {rule.valid_from} 起" if rule.valid_from else ""
    end = f"至 {rule.valid_to} 止" if rule.valid_to else ""
    return f" · {start}{end}" if start or end else ""


def _some(items: tuple[str, ...]) -> str:
    shown = "；".join(items[:_SHOWN])
    return shown if len(items) <= _SHOWN else f"{shown}……等 {len(items)} 项"


def _marked(example: Example) -> str:
    parts, last = [], 0
    for start, end, right in example.marks:
        parts += [example.text[last:start], f"**{example.text[start:end]}**（应为：{right or '删去'}）"]
        last = end
    return "".join([*parts, example.text[last:]])
