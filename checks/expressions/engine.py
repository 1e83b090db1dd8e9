"""The engine: one Aho–Corasick pass over all forms, anchors and phrase halves; each hit is then proved in its window."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from checks.expressions.boundary import Words
from checks.expressions.computed import CHECKS, Check
from checks.expressions.context import CONTEXT_TESTS, quoted_as_example, sentence
from checks.expressions.hits import Hit
from checks.expressions.near import Half, Near
from checks.expressions.skeleton import Skeleton, skeleton
from core.errors import ConfigurationError
from core.rules import Pattern, Rule, RuleSet

_RANK = {"veto": 0, "error": 1, "warning": 2, "info": 3}
_REACH = 60  # how far around its anchor a regular expression may look


@dataclass(frozen=True, slots=True)
class _Exact:
    rule: Rule
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class _Regex:
    rule: Rule
    pattern: Pattern
    regex: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Computed:
    rule: Rule
    check: Check


_Entry = _Exact | _Regex | _Computed | Half


class Engine:
    """All rules compiled; use `engine_of`, which compiles a rule set once."""

    def __init__(self, rules: RuleSet) -> None:
        from ahocorasick_rs import AhoCorasick, MatchKind

        table: dict[str, list[_Entry]] = {}
        for literal, entry in _entries(rules):
            table.setdefault(literal, []).append(entry)
        self._entries = list(table.values())
        self._automaton = AhoCorasick(list(table), matchkind=MatchKind.Standard)
        self._words = Words(pattern.wrong for rule in rules if rule.boundary != "none" for pattern in rule.patterns)
        self._near = Near(tuple(rules), self._words)
        self._unless = {rule.id: tuple(re.compile(text) for text in rule.unless.near) for rule in rules}

    def hits(self, text: str, day: date, wrapped: bool = False) -> list[Hit]:
        """Mistakes in `text` with offsets into it, none overlapping another; `wrapped` as in `skeleton`."""
        bare = skeleton(text, wrapped)
        found: dict[tuple[str, int, int], Hit] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(bare.text, overlapping=True):
            for entry in self._entries[index]:
                for hit in self._candidates(entry, bare.text, start, end):
                    key = (hit.rule.id, hit.start, hit.end)
                    if key not in found and self._stands(hit, bare, day):
                        found[key] = hit
        return [_placed(hit, bare, text) for hit in _apart(list(found.values()))]

    def _candidates(self, entry: _Entry, text: str, start: int, end: int) -> Iterator[Hit]:
        if isinstance(entry, _Exact):
            if not _within_right(entry.pattern, text, start):
                yield Hit(start, end, text[start:end], entry.pattern.right, entry.rule, entry.rule.severity)
        elif isinstance(entry, _Regex):
            for match in entry.regex.finditer(text, max(0, start - _REACH), min(len(text), end + _REACH)):
                if match.start() <= start and end <= match.end():
                    right = entry.pattern.right
                    yield Hit(*match.span(), match[0], match.expand(right) if right is not None else None, entry.rule, entry.rule.severity)
        elif isinstance(entry, _Computed):
            yield from entry.check(entry.rule, text, start, end)
        else:
            yield from self._near.candidates(entry, text, start)

    def _stands(self, hit: Hit, bare: Skeleton, day: date) -> bool:
        """The proofs, cheapest first."""
        rule, text = hit.rule, bare.text
        if not rule.applies_on(day) or (rule.id.startswith("typo/") and not bare.unbroken(hit.start, hit.end)):
            return False
        if text.startswith(rule.unless.after or ("\0",), hit.end) or text.endswith(rule.unless.before or ("\0",), 0, hit.start):
            return False
        folded, (start, end) = bare.folded.text, bare.folded_span(hit.start, hit.end)
        if quoted_as_example(folded, start, end):
            return False
        if any(test(folded, start, end) for name, test in CONTEXT_TESTS if name in rule.unless.contexts):
            return False
        if expressions := self._unless[rule.id]:
            low, high = sentence(folded, start, end)
            if any(expression.search(folded, low, high) for expression in expressions):
                return False
        return rule.boundary == "none" or hit.near or self._words.bounded(text, hit.start, hit.end, rule.boundary)


@lru_cache(maxsize=4)
def engine_of(rules: RuleSet) -> Engine:
    """The compiled engine of a rule set; kept, because compiling takes longer than most texts."""
    return Engine(rules)


def _entries(rules: RuleSet) -> Iterator[tuple[str, _Entry]]:
    checks = dict(CHECKS)
    for rule in rules:
        for pattern in rule.patterns:
            if not pattern.anchors:
                yield pattern.wrong, _Exact(rule, pattern)
                continue
            compiled = _Regex(rule, pattern, re.compile(pattern.wrong))
            for anchor in pattern.anchors:
                yield anchor, compiled
        for phrase in rule.phrases:
            for half in Half.both(rule, phrase):
                yield half.text, half
            if torn := Half.torn(phrase):
                yield torn.wrong, _Exact(rule, torn)
        if rule.check:
            if rule.check not in checks:
                raise ConfigurationError(f"{rule.file}：规则 {rule.id}：不认识的检查 {rule.check}，可用：{'、'.join(checks)}")
            try:
                prepared = checks[rule.check](rule)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise ConfigurationError(f"{rule.file}：规则 {rule.id}：检查 {rule.check} 的 options 不完整或写错（{error}）") from None
            for anchor in prepared.anchors:
                yield anchor, _Computed(rule, prepared.run)


def _within_right(pattern: Pattern, text: str, start: int) -> bool:
    """The right form itself holds the wrong one and stands here."""
    right = pattern.right or ""
    offset = right.find(pattern.wrong)
    while offset >= 0:
        if start >= offset and text.startswith(right, start - offset):
            return True
        offset = right.find(pattern.wrong, offset + 1)
    return False


def _apart(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits the one that is exact, then the graver, then the longer."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (hit.near, _RANK[hit.severity], hit.start - hit.end, hit.start)):
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _placed(hit: Hit, bare: Skeleton, text: str) -> Hit:
    """The hit with offsets of the original text."""
    start, end = bare.span(hit.start, hit.end)
    return Hit(start, end, hit.text, hit.right, hit.rule, hit.severity, hit.note, hit.near)
