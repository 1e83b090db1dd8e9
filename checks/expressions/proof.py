"""The rules' own proofs, run: a wrong example fires exactly at its marks, its correction and every right example stay silent."""

from datetime import date

from checks.expressions.engine import Engine
from core.rules import Example, Rule, RuleSet

ORDINARY_DAY = date(2023, 10, 23)


def complaints(rules: RuleSet) -> list[str]:
    """What the examples disprove, one line each with file, rule and reason; every rule alone, then all rules together."""
    found = []
    for rule in rules:
        found += [f"{rule.file}：规则 {rule.id}：{reason}" for reason in _alone(rule, rules)]
    together = Engine(rules)
    for rule in rules:
        found += [f"{rule.file}：规则 {rule.id}：{reason}" for reason in _together(rule, together)]
    return found


def day_of(rule: Rule) -> date:
    """A day on which the rule is in force."""
    return rule.valid_to or max(rule.valid_from or ORDINARY_DAY, ORDINARY_DAY)


def _alone(rule: Rule, rules: RuleSet) -> list[str]:
    engine, day = Engine(RuleSet((rule,), "proof", rules.confusable)), day_of(rule)
    found = [reason for example in rule.wrong if (reason := _fires(engine, example, day))]
    return found + [f"正确示例“{text}”被误报" for text in rule.right if engine.hits(text, day)]


def _fires(engine: Engine, example: Example, day: date) -> str | None:
    """None when the example's marks are found with their right forms and nothing else."""
    expected = [(start, end, right or None) for start, end, right in example.marks]
    got = [(hit.start, hit.end, hit.right or None) for hit in engine.hits(example.text, day)]
    if got != expected:
        seen = "、".join(f"{example.text[start:end]}→{right}" for start, end, right in got) or "什么也没有"
        return f"错误示例“{example.text}”没有按标记报出，实际报出：{seen}"
    if all(right for _, _, right in example.marks) and engine.hits(example.corrected, day):
        return f"改正后的句子“{example.corrected}”仍被报出"
    return None


def _together(rule: Rule, engine: Engine) -> list[str]:
    """Beside all other rules: right examples silent, wrong ones found by this rule or a graver one at the same place."""
    found, day = [], day_of(rule)
    for text in (*rule.right, *(example.corrected for example in rule.wrong if all(mark[2] for mark in example.marks))):
        found += [f"正确的句子“{text}”被规则 {hit.rule.id} 误报（{hit.text}）" for hit in engine.hits(text, day)]
    for example in rule.wrong:
        hits = engine.hits(example.text, day)
        for start, end, right in example.marks:
            if not any(hit.start < end and start < hit.end and (hit.rule.id == rule.id or _agree(hit.right or "", right)) for hit in hits):
                found.append(f"与其他规则一起时，错误示例“{example.text}”没有报出“{example.text[start:end]}”")
    return found


def _agree(one: str, other: str) -> bool:
    """One replacement is a part of the other: 检察院 and 人民检察院."""
    return bool(one) and bool(other) and (one in other or other in one)
