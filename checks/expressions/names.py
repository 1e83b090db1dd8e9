"""Rules made from the county's own data: its units, leaders, places and word list, joined to the rules that all counties share.

`extended(load(folder), names_of(county, load_words(county.folder)))` is the rule set that a county's texts are held against.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from checks.expressions.wordlist import Renamed, Word, WordList
from core.rules import Pattern, Rule, RuleSet, Unless

_UNIT_BASIS = "本县单位名录（units.yaml）"
_PEOPLE_BASIS = "本县领导干部名录（people.yaml）"
_WORDS_BASIS = "本单位自定义词表（words.yaml）"
_TELLING = 5  # from this length on a unit's name is telling enough for its near misses


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody in office (or, among `former`, no longer): titles in full, forms used before the name, the term if known."""

    name: str
    titles: tuple[str, ...]
    short: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class Names:
    """What a county calls its own; leaders in order of rank."""

    county: str = ""
    full_name: str = ""
    units: tuple[tuple[str, ...], ...] = ()
    leaders: tuple[Leader, ...] = ()
    former: tuple[Leader, ...] = ()
    words: WordList = field(default_factory=WordList)


def names_of(county: Any, words: WordList | None = None) -> Names:
    """The names in a `core.config.County`, with the office's word list."""
    people = county.people
    ranked = sorted(people.leaders, key=lambda leader: leader.rank)
    return Names(
        county=county.name,
        full_name=county.full_name,
        units=tuple((unit.name, *unit.aliases) for unit in county.units),
        leaders=tuple(Leader(leader.name, leader.titles, leader.short, leader.start, leader.end) for leader in ranked),
        former=tuple(Leader(leader.name, leader.titles) for leader in people.former),
        words=words or WordList(),
    )


def extended(rules: RuleSet, names: Names) -> RuleSet:
    """The shared rules and the county's own, under a version that changes with either."""
    neighbours = tuple(sorted({place[:-1] for rule in rules if rule.id.startswith("expression/near-county") for place in rule.phrases if place[-1:] == "县"}))
    own = tuple(rules_of(names, tuple(place for place in neighbours if not place.endswith(names.county[:-1] or "\0")), rules.confusable))
    version = hashlib.sha256(f"{rules.version} {names!r}".encode()).hexdigest()[:12]
    return replace(rules, rules=(*rules.rules, *own), version=version)


def rules_of(names: Names, neighbours: tuple[str, ...] = (), confusable: Mapping[str, str] | None = None) -> Iterator[Rule]:
    """The county's own rules; after the name of one of `neighbours` a unit is another county's."""
    yield from _units(names, neighbours)
    yield from _people(names, confusable or {})
    yield from _words(names.words)


def _rule(identity: str, title: str, basis: str, **given: Any) -> Rule:
    return Rule(**{"id": identity, "title": title, "family": "本县名称", "severity": "error", "basis": basis, "file": "本县配置", **given})


def _units(names: Names, neighbours: tuple[str, ...]) -> Iterator[Rule]:
    known = [name for group in names.units for name in group if " " not in name]
    county = [names.full_name[start:] for start in _starts(names.full_name)]
    phrases = [name for name in known if len(name) >= _TELLING or (len(name) == _TELLING - 1 and name[0] in "县市")]
    if phrases or county:
        yield _rule(
            "expression/own-unit",
            "本县单位和地名的写法",
            _UNIT_BASIS,
            phrases=tuple(dict.fromkeys((*phrases, *county))),
            allow=tuple(dict.fromkeys((*known, *(f"县{name}" for name in known)))),
            options={"certain": True},
            unless=Unless(before=neighbours, contexts=("history", "former", "title")),
        )
    forms = {wrong: right for name in phrases for wrong, right in _misjoined(name) if not any(wrong in other for other in known)}
    if forms:
        yield _rule(
            "expression/own-unit-joint",
            "本县单位名称中的连词和次序",
            _UNIT_BASIS,
            patterns=tuple(Pattern(wrong, right) for wrong, right in forms.items()),
            unless=Unless(before=neighbours, contexts=("history", "former", "title")),
        )
    for number, change in enumerate(names.words.renamed, 1):
        yield _renamed(number, change)


def _starts(full_name: str) -> list[int]:
    """Where the full name of the county may begin: 陕西省宝鸡市眉县, 宝鸡市眉县."""
    return [0, *(found.end() for found in re.finditer("[省市]", full_name) if len(full_name) - found.end() >= 5)] if len(full_name) >= 5 else []


def _misjoined(name: str) -> Iterator[tuple[str, str]]:
    """The parts of a name joined by another word than 和, or told in the other order."""
    found = re.fullmatch("(眉县|县|.{1,3}?县)?([\u3400-\u9fff]{2,6}?)和([\u3400-\u9fff]{2,6})(局|委员会|办公室|中心)", name)
    if found and found[1]:
        place, first, second, kind = found.groups()
        for joint in ("与", "及", "、", "和与"):
            yield f"{place}{first}{joint}{second}{kind}", name
        yield f"{place}{second}和{first}{kind}", name
        yield f"{place}{first}{second}{kind}", name
    if "农业农村局" in name:
        for wrong in ("农村农业局", "农业和农村局", "农业与农村局"):
            yield name.replace("农业农村局", wrong), name
    for right, wrong in (
        ("生态环境", "环境生态"),
        ("教育体育", "体育教育"),
        ("教育体育", "教育和体育"),
        ("卫生健康", "健康卫生"),
        ("卫生健康", "卫生和健康"),
        ("应急管理", "紧急管理"),
    ):
        if right in name:
            yield name.replace(right, wrong), name


def _renamed(number: int, change: Renamed) -> Rule:
    return _rule(
        f"expression/own-renamed-{number}",
        f"{change.old}已改称{change.new}",
        _WORDS_BASIS,
        valid_from=change.since,
        patterns=(Pattern(change.old, change.new),),
        unless=Unless(contexts=("history", "former", "title")),
    )


def _people(names: Names, confusable: Mapping[str, str]) -> Iterator[Rule]:
    """One set of rules for every span of time in which the same people are in office."""
    if not names.leaders and not names.former:
        return
    turns = sorted({day for leader in names.leaders for day in (leader.start, leader.end and leader.end + timedelta(days=1)) if day})
    for start, end in zip((None, *turns), (*turns, None), strict=True):
        last = end - timedelta(days=1) if end else None
        serving = [leader for leader in names.leaders if _serves(leader, start, last)]
        in_office = {leader.name for leader in serving}
        gone = [leader for leader in (*names.former, *names.leaders) if leader.name not in in_office and (leader in names.former or _left(leader, start))]
        options = {
            "leaders": [_entry(leader) for leader in serving],
            "former": [_entry(leader) for leader in gone],
            "likely": {leader.name: confusable.get(leader.name[1], "") for leader in serving if len(leader.name) == 2},
            "places": [names.county[-1:], names.county] if names.county else [],
        }
        shared: dict[str, Any] = {"options": options, "valid_from": start, "valid_to": last, "unless": Unless(contexts=("title",))}
        if serving:
            yield _rule("expression/leader-name", "领导干部姓名用字", _PEOPLE_BASIS, check="leader-name", **shared)
            yield from _name_slips(serving, shared)
            yield _rule("expression/leader-order", "领导干部排名次序", _PEOPLE_BASIS, check="leader-order", **shared)
        if serving or gone:
            yield _rule("expression/leader-title", "领导干部职务", _PEOPLE_BASIS, check="leader-title", **shared)


def _serves(leader: Leader, start: date | None, last: date | None) -> bool:
    return (leader.start is None or (start is not None and leader.start <= start)) and (leader.end is None or (last is not None and last <= leader.end))


def _left(leader: Leader, start: date | None) -> bool:
    return leader.end is not None and start is not None and leader.end < start


def _entry(leader: Leader) -> Mapping[str, Any]:
    return {"name": leader.name, "titles": list(leader.titles), "short": list(leader.short)}


def _name_slips(serving: Iterable[Leader], shared: Mapping[str, Any]) -> Iterator[Rule]:
    """Names of three or more characters with one that sounds or looks like the right one, also where no title stands before them."""
    phrases = tuple(leader.name for leader in serving if len(leader.name) >= 3)
    if phrases:
        yield _rule("expression/leader-name-slip", "领导干部姓名用字", _PEOPLE_BASIS, phrases=phrases, **{**shared, "options": {"certain": True}})


def _words(words: WordList) -> Iterator[Rule]:
    for severity in ("error", "warning"):
        listed = [word for word in words.words if word.severity == severity]
        if listed:
            yield _rule(
                f"typo/own-words-{severity}", "本单位词表", _WORDS_BASIS, severity=severity, patterns=_patterns(listed), unless=Unless(contexts=("title",))
            )
    if words.phrases:
        yield _rule(
            "expression/own-phrases", "本单位固定写法", _WORDS_BASIS, phrases=words.phrases, options={"certain": True}, unless=Unless(contexts=("title",))
        )


def _patterns(words: Iterable[Word]) -> tuple[Pattern, ...]:
    return tuple(Pattern(word.wrong, word.right) for word in words)
