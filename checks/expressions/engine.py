"""The engine: one Aho–Corasick pass over all forms, anchors and phrase halves; each hit is then proved in its window."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial

from checks.expressions.boundary import Words
from checks.expressions.common import Common
from checks.expressions.computed import CHECKS
from checks.expressions.context import CONTEXT_TESTS, quoted_as_example, sentence
from checks.expressions.hits import Check, Hit
from checks.expressions.near import Half, Near, plausible
from checks.expressions.skeleton import Skeleton, skeleton
from checks.expressions.variants import SHORTEST_ENDING, Variant, ending, variants
from checks.expressions.variants import prove as prove_variant
from core import dictionary
from core.errors import ConfigurationError
from core.rules import Pattern, Rule, RuleSet
from core.text import fold

_RANK = {"veto": 0, "error": 1, "warning": 2, "info": 3}
_REACH = 60  # how far around its anchor a regular expression may look


Prove = Callable[[str, int, int], Iterable[Hit]]  # what a literal found at [start, end) of a text proves


class Engine:
    """Rules compiled; `alphabet` leaves out what cannot occur in a text of these characters only. Use `engine_for`, which compiles no more than it must."""

    def __init__(self, rules: RuleSet, alphabet: frozenset[str] | None = None) -> None:
        from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

        self._alphabet = alphabet
        self._confusable = rules.confusable
        self._words = Words(pattern.wrong for rule in rules for pattern in rule.patterns if not pattern.anchors)
        self._near = Near(tuple(rules), self._words)
        self._whole: list[tuple[Rule, Check]] = []
        self._common = Common(rules, self._words, alphabet)
        common = frozenset(self._common.forms())
        table: dict[str, tuple[list[Half], list[Prove]]] = {}
        for literal, entry in self._literals(rules):
            if not self._possible(literal):
                continue
            if literal not in table:
                table[literal] = ([], [self._common.prove] if literal in common else [])
            halves, others = table[literal]
            if isinstance(entry, Half):
                halves.append(entry)
            else:
                others.append(entry)
        self._entries = [
            (tuple((half.phrase, half.offset, half.reach, half.edge, half) for half in halves), tuple(others)) for halves, others in table.values()
        ]
        self._written = len(table)  # the literals from here on are exchanged forms of common words, which need no entry each
        self.literals = (*table, *(form for form in self._common.forms() if form not in table))
        self._automaton = AhoCorasick(list(self.literals), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA)

    def _possible(self, form: str, strange: int = 0) -> bool:
        """Whether the form can occur in the texts at hand, with so many characters that cannot."""
        return self._alphabet is None or len(set(form) - self._alphabet) <= strange

    def _literals(self, rules: RuleSet) -> Iterator[tuple[str, Half | Prove]]:
        for rule in rules:
            for pattern in rule.patterns:
                if pattern.anchors:
                    anchors = [anchor for anchor in pattern.anchors if self._possible(anchor)]
                    prove = _regex(rule, pattern) if anchors else None
                    yield from ((anchor, prove) for anchor in anchors if prove)
                else:
                    plain = replace(pattern, wrong=skeleton(pattern.wrong).text)  # as the text is when it is searched
                    yield plain.wrong, _exact(rule, plain)
            for phrase in () if rule.options.get("common") else rule.phrases:  # `Common` takes those
                if self._possible(phrase, strange=2 if rule.options.get("strict") else 1):  # a near miss keeps all characters but so many
                    yield from self._misses(rule, phrase, rules.confusable)
            if rule.check:
                yield from self._computed(rule)

    def _misses(self, rule: Rule, phrase: str, confusable: Mapping[str, str]) -> Iterator[tuple[str, Half | Prove]]:
        """What the near misses of a fixed phrase are found by."""
        for half in Half.both(rule, phrase):
            yield half.text, half
        if torn := Half.torn(phrase):
            yield torn.wrong, _exact(rule, torn, near=True)
        if len(phrase) >= SHORTEST_ENDING and not rule.options.get("certain"):
            yield phrase[:-1], _ending(rule, phrase, self._near, self._words)
        for variant in variants(rule, phrase, confusable):
            if self._possible(variant.form) and not self._near.lawful(variant.form):
                yield variant.form, _variant(variant, self._words)

    def _computed(self, rule: Rule) -> Iterator[tuple[str, Prove]]:
        checks = dict(CHECKS)
        prepare = checks.get(rule.check or "")
        if prepare is None:
            raise ConfigurationError(f"{rule.file}：规则 {rule.id}：不认识的检查 {rule.check}，可用：{'、'.join(checks)}")
        try:
            prepared = prepare(replace(rule, options={**rule.options, "alike": self._confusable}) if rule.options.get("alike") else rule)
        except (KeyError, TypeError, ValueError, AttributeError, re.error) as error:
            raise ConfigurationError(f"{rule.file}：规则 {rule.id}：检查 {rule.check} 的 options 不完整或写错（{error}）") from None
        if prepared.whole:
            self._whole.append((rule, prepared.run))
        for anchor in prepared.anchors:
            yield anchor, partial(prepared.run, rule)

    def hits(self, text: str, day: date, wrapped: bool = False) -> list[Hit]:
        """Mistakes in `text` with offsets into it, none overlapping another; `wrapped` as in `skeleton`."""
        bare = skeleton(text, wrapped)
        found: dict[tuple[str, int, int], Hit] = {}
        for hit in self._candidates(bare.text):
            key = (hit.rule.id, hit.start, hit.end)
            if key not in found and self._stands(hit, bare, day):
                found[key] = hit
        placed = [_placed(hit, bare, text) for hit in found.values()]
        if not wrapped:
            placed += self._over_all(bare, day, text)
        return _apart(placed)

    def _candidates(self, text: str) -> Iterator[Hit]:
        """Everything the automaton points at that survives the cheap looks; written flat, because every match of every text passes here."""
        entries, near, written, common = self._entries, self._near.candidates, self._written, self._common.prove
        for index, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            if index >= written:
                yield from common(text, start, end)
                continue
            halves, others = entries[index]
            for phrase, offset, reach, edge, half in halves:
                place = start + reach
                if edge in text[place if place > 0 else 0 : place + 3]:
                    whole = start >= offset and text.startswith(phrase, start - offset)
                    if not whole and plausible(half, text, start):
                        yield from near(half, text, start)
            for prove in others:
                yield from prove(text, start, end)

    def _over_all(self, bare: Skeleton, day: date, text: str) -> Iterator[Hit]:
        """Hits of the checks that look at the whole folded text."""
        folded = bare.folded
        for rule, check in self._whole:
            if rule.applies_on(day):
                for hit in check(rule, folded.text, 0, len(folded.text)):
                    if not self._excused(hit, folded.text, hit.start, hit.end):
                        start, end = folded.span(hit.start, hit.end)
                        yield Hit(start, end, text[start:end], hit.right, hit.rule, hit.severity, hit.note)

    def _stands(self, hit: Hit, bare: Skeleton, day: date) -> bool:
        """The proofs, cheapest first."""
        rule, text = hit.rule, bare.text
        if not rule.applies_on(day):
            return False
        if text.startswith(rule.unless.after or ("\0",), hit.end) or text.endswith(rule.unless.before or ("\0",), 0, hit.start):
            return False
        if rule.id.startswith("typo/") and not bare.unbroken(hit.start, hit.end):
            return False
        if self._excused(hit, bare.folded.text, *bare.folded_span(hit.start, hit.end)):
            return False
        return rule.boundary == "none" or hit.near or self._words.bounded(text, hit.start, hit.end, rule.boundary)

    def _excused(self, hit: Hit, folded: str, start: int, end: int) -> bool:
        """The sentence quotes the mistake, or one of the rule's contexts explains it."""
        unless = hit.rule.unless
        if quoted_as_example(folded, start, end, hit.right or "") or any(test(folded, start, end) for name, test in CONTEXT_TESTS if name in unless.contexts):
            return True
        if not unless.near:
            return False
        low, high = sentence(folded, start, end)
        return any(re.compile(expression).search(folded, low, high) for expression in unless.near)


class _Compiler:
    """Compiles a rule set no further than is asked for: all of it takes a second, what can occur in one notice a twentieth of that."""

    _SMALL, _FEW = 20_000, 900  # characters of a text, different ones
    _TIMES = 8  # after so many small texts the whole is worth its second

    def __init__(self, rules: RuleSet) -> None:
        self._rules = rules
        self._whole: Engine | None = None
        self._left = self._TIMES

    def whole(self) -> Engine:
        self._whole = self._whole or Engine(self._rules)
        return self._whole

    def serving(self, texts: Sequence[str]) -> Engine:
        if self._whole or not self._left:
            return self.whole()
        used = "".join(set().union(*texts))
        if sum(map(len, texts)) > self._SMALL and len(used) > self._FEW:
            return self.whole()
        self._left -= 1
        return Engine(self._rules, frozenset(fold(used).text))


_compiler = lru_cache(maxsize=4)(_Compiler)


def engine_for(rules: RuleSet, texts: Sequence[str]) -> Engine:
    """An engine that finds in these texts whatever all the rules would; kept and whole as soon as it pays."""
    return _compiler(rules).serving(texts)


def warm(rules: RuleSet) -> None:
    """Compile all the rules and load the dictionary now, so that the first text need not wait."""
    dictionary.warm()
    _compiler(rules).whole()


def _exact(rule: Rule, pattern: Pattern, near: bool = False) -> Prove:
    """A wrong form is a hit wherever it stands, but within its own right form."""
    inside = pattern.wrong in (pattern.right or "")

    def prove(text: str, start: int, end: int) -> Iterable[Hit]:
        if inside and _within_right(pattern, text, start):
            return ()
        return (Hit(start, end, text[start:end], pattern.right, rule, rule.severity, near=near),)

    return prove


def _variant(variant: Variant, words: Words) -> Prove:
    """A near miss that was written out beforehand still has to make no sense as it stands."""

    def prove(text: str, start: int, end: int) -> Iterable[Hit]:
        hit = prove_variant(variant, text, start, end, words)
        return (hit,) if hit else ()

    return prove


def _ending(rule: Rule, phrase: str, near: Near, words: Words) -> Prove:
    """All but the last character of a long phrase."""
    last = phrase[-1]

    def prove(text: str, start: int, end: int) -> Iterable[Hit]:
        if text.startswith(last, end) or near.lawful(text[start : end + 1]):
            return ()
        hit = ending(rule, phrase, text, start, end, words)
        return (hit,) if hit else ()

    return prove


def _regex(rule: Rule, pattern: Pattern) -> Prove:
    """A regular expression is tried around its anchor, and must cover it."""
    regex, reach, right = re.compile(pattern.wrong), _reach(pattern.wrong), pattern.right

    def prove(text: str, start: int, end: int) -> Iterator[Hit]:
        for match in regex.finditer(text, max(0, start - reach), min(len(text), end + reach)):
            if match.start() <= start and end <= match.end():
                yield Hit(*match.span(), match[0], match.expand(right) if right is not None else None, rule, rule.severity)

    return prove


def _reach(expression: str) -> int:
    """How far from its anchor a match may begin or end: no farther than the expression is long, plus what it looks around for."""
    from re import _parser  # type: ignore[attr-defined]

    return min(_REACH, int(_parser.parse(expression).getwidth()[1]) + 8)


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
