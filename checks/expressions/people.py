"""The county's leaders in a text: a wrong character in a name, a wrong title, an order that is not theirs.

The rules are made from `people.yaml` (see `names`); `options.leaders` is a list of {name, titles, short} in order of rank, `options.former` likewise.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from checks.expressions.hits import Hit, Prepared, hit
from core.rules import Rule

_HAN = re.compile("[\u3400-\u9fff]+")
_FORMER = re.compile("(?:原|时任|前任|前|历任|曾任|老)$")
_PARTS = re.compile("[、，,；;：:。\n（(）) ]|和|与|及|以及")
_ACTS = (
    *(
        "主持",
        "出席",
        "讲话",
        "强调",
        "调研",
        "指出",
        "带队",
        "检查",
        "参加",
        "介绍",
        "表示",
        "要求",
        "一行",
        "会见",
        "宣布",
        "传达",
        "致辞",
        "部署",
        "督导",
        "慰问",
        "看望",
    ),
    *("作", "同志", "说", "陪同", "深入", "到", "在", "赴", "对", "为", "代表", "安排", "通报", "率", "听取", "先后", "分别", "等", "任", "签署"),
)
# Offices that one person holds in one place; other roles (组长, 总指挥, 河长) are given for the occasion.
_OFFICES = re.compile(
    "(?:县委|市委|区委|省委)(?:副)?书记|(?:常务)?副?(?:县|市|区)长|代(?:县|市|区)长|(?:县|市|区)委常委|(?:人大常委会|人大)(?:副)?主任|政协(?:副)?主席|纪委(?:副)?书记|监委(?:副)?主任"
    "|(?:组织部|宣传部|统战部)(?:副)?部长|政法委(?:副)?书记|(?:法院)(?:副)?院长|(?:检察院)(?:副)?检察长|人武部(?:部长|政委)"
)


@dataclass(frozen=True, slots=True)
class _Person:
    rank: int
    name: str
    titles: tuple[str, ...]

    def holds(self, told: str) -> bool:
        """True when what stands before the name ends in one of the person's titles, or shortens one; 副县长 is not 县长, nor the other way round."""
        return any(_ends_in(told, title) or (len(told) > 1 and _ends_in(title, told)) for title in self.titles)


def _ends_in(longer: str, shorter: str) -> bool:
    return longer.endswith(shorter) and longer[: -len(shorter)][-1:] not in tuple("副代原前")


_CALLED = re.compile("(?:常务)?副?(?:书记|县长|市长|区长)")


def _persons(entries: Iterable[Mapping[str, Any]]) -> list[_Person]:
    return [_Person(rank, str(entry["name"]), (*entry["titles"], *entry.get("short", ()))) for rank, entry in enumerate(entries)]


def leader_name(rule: Rule) -> Prepared:
    """县长李明化 for 李明华: after one of their titles a name that is one character off, where nobody of that name is known."""
    persons = _persons(rule.options["leaders"])
    known = {person.name for person in persons} | {str(entry["name"]) for entry in rule.options.get("former", ())}
    titles = sorted({title for person in persons for title in person.titles}, key=len, reverse=True)
    likely: dict[str, str] = dict(rule.options.get("likely", {}))
    own = tuple(str(place) for place in rule.options.get("places", ()))

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for person in persons:
            if text.startswith(person.name + person.name[-1], end) and _ends(text, end + len(person.name) + 1):
                yield hit(rule, end, end + len(person.name) + 1, text, person.name, "姓名多一字")
                return
        if text.startswith(tuple(known), end) or text.endswith(("副", "原", "前", "时任"), 0, start) or _elsewhere(text, start, own):
            return
        for person in sorted(persons, key=lambda person: not person.holds(text[start:end])):
            length = _slip(person.name, text, end, likely.get(person.name, ""))
            if length and person.holds(text[start:end]):
                yield hit(rule, end, end + length, text, person.name, f"与名录中的{person.titles[0]}{person.name}相差一字")
                return

    return Prepared(tuple(titles), run)


def _slip(name: str, text: str, start: int, likely: str) -> int:
    """The length of a misspelt `name` at `start`; 0 where none stands there. `likely`: what a second character of two may be mistaken for."""
    size = len(name)
    told = text[start : start + size]
    if len(told) < size - 1 or not _HAN.fullmatch(told):
        return 0
    same = sum(one == other for one, other in zip(name, told, strict=False))
    if size >= 3:
        for form in (name[:-1], name[0] + name[2:], name[1:]):  # a character dropped
            if text.startswith(form, start) and text.startswith(_ACTS, start + len(form)):
                return len(form)
        if same == size - 1 and (told[-1] == name[-1] or not text.startswith(_ACTS, start + size - 1)):
            return size
        doubled = text[start : start + size + 1]
        if any(doubled == name[: index + 1] + name[index:] for index in range(size)):
            return size + 1
        if sorted(told) == sorted(name) and told != name:
            return size
        return 0
    # Of two characters one alone proves nothing, unless the title is told and something a person does follows.
    return size if told[0] == name[0] and told[1:] and told[1] in likely and _ends(text, start + size) else 0


def _ends(text: str, place: int) -> bool:
    return place >= len(text) or not ("\u3400" <= text[place] <= "\u9fff") or text.startswith(_ACTS, place)


def leader_title(rule: Rule) -> Prepared:
    """副县长李明华 where he is 县长; 县长王某 where he was."""
    persons, former = _persons(rule.options["leaders"]), _persons(rule.options.get("former", ()))
    current = {person.name: person for person in persons}
    gone = {person.name: person for person in former if person.name not in current}
    offices = sorted({title for person in (*persons, *former) for title in person.titles}, key=len, reverse=True)
    abroad = tuple(str(prefix) for prefix in rule.options.get("places", ()))

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        name = text[start:end]
        if any(other != name and name in other and text.find(other, max(0, start - 2), end + 2) >= 0 for other in (*current, *gone)):
            return
        for low, high in (*_titles_before(text, start), *_title_after(text, end, offices)):
            told = text[low:high]
            if _FORMER.search(text[max(0, low - 3) : low]) or told.startswith(("原", "时任", "前")) or _elsewhere(text, low, abroad):
                continue
            office = _office(told, offices)
            if office is None:
                continue
            low = high - len(office)
            if name in gone:
                if gone[name].holds(office):
                    yield hit(rule, low, high, text, f"原{office}", f"名录中{name}已不再担任{office}")
            elif not current[name].holds(told):
                right = _likest(office, current[name].titles)
                low -= low > 0 and right[0] == text[low - 1] != text[low]
                yield hit(rule, low, high, text, right, f"名录中{name}的职务是{'、'.join(current[name].titles)}")

    return Prepared((*current, *gone), run)


def _titles_before(text: str, start: int) -> Iterator[tuple[int, int]]:
    """The items right before the name: 县委副书记、县长 → two spans, the nearest first."""
    low = max(0, start - 48)
    if start > 0 and text[start - 1] in "、，,；;：:。\n）)":
        return
    high = start
    while high > low:
        stops = list(_PARTS.finditer(text, low, high))
        begin = stops[-1].end() if stops else low
        if begin >= high or not _OFFICES.search(text[begin:high]):
            if high == start and begin < high:
                yield begin, high
            return
        yield begin, high
        if not stops or stops[-1][0] != "、":
            return
        high = stops[-1].start()


def _title_after(text: str, end: int, offices: list[str]) -> Iterator[tuple[int, int]]:
    """A title called after the name: 李明华县长."""
    place = end + 2 if text.startswith("同志", end) else end
    general = _CALLED.match(text, place)
    title = next((office for office in offices if text.startswith(office, place)), general[0] if general else None)
    if title and _ends(text, place + len(title)):
        yield place, place + len(title)


def _office(told: str, offices: list[str]) -> str | None:
    """The office that `told` ends in, as the register or the general list knows it; with 副 or 代 before it where the text has them."""
    found = next((office for office in offices if told.endswith(office)), None)
    general = next((match for match in _OFFICES.finditer(told) if match.end() == len(told)), None)
    best = max((found or "", general[0] if general else ""), key=len)
    if not best:
        return None
    before = told[: -len(best)][-2:]
    return ("常务副" if before.endswith("务副") else before[-1:] if before[-1:] in tuple("副代") else "") + best


def _elsewhere(text: str, low: int, own: tuple[str, ...]) -> bool:
    """The office is of another place: 岐山县县长."""
    before = text[max(0, low - 6) : low]
    return bool(before) and before[-1] in "县市区省" and not before.endswith(own)


def _likest(told: str, titles: tuple[str, ...]) -> str:
    """The title most like the one told, by the characters they end in."""

    def shared(title: str) -> int:
        return next((index for index, (one, other) in enumerate(zip(title[::-1], told[::-1], strict=False)) if one != other), min(len(title), len(told)))

    return max(titles, key=shared)


def leader_order(rule: Rule) -> Prepared:
    """Names in a row (with or without titles) that do not stand in their order of rank."""
    persons = {person.name: person for person in _persons(rule.options["leaders"])}
    longest = max((len(title) for person in persons.values() for title in person.titles), default=0) + 14

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        row = [(start, end, text[start:end])]
        begin = _row_start(text, start, persons, longest)
        if begin is None:
            return
        while (following := _next(text, row[-1][1], persons, longest)) is not None:
            row.append(following)
        ranks = [persons[name].rank for _, _, name in row]
        if len(row) < 2 or len(set(ranks)) < len(ranks) or ranks == sorted(ranks):
            return
        pieces = [text[begin if index == 0 else _after_link(text, row[index - 1][1]) : stop] for index, (_, stop, _) in enumerate(row)]
        order = sorted(range(len(row)), key=lambda index: ranks[index])
        yield hit(rule, begin, row[-1][1], text, "、".join(pieces[index] for index in order), "按名录排名应为" + "、".join(row[index][2] for index in order))

    return Prepared(tuple(persons), run)


_LINK = re.compile("、|和|与|及|以及| +")


def _after_link(text: str, place: int) -> int:
    link = _LINK.match(text, place)
    return link.end() if link else place


def _next(text: str, place: int, persons: Mapping[str, _Person], longest: int) -> tuple[int, int, str] | None:
    """The next name of the row: after a link, perhaps with titles before it."""
    link = _LINK.match(text, place)
    if not link:
        return None
    window = text[link.end() : link.end() + longest + 4]
    found = min(((window.find(name), name) for name in persons if name in window), default=None)
    if found is None or (found[0] and not (_OFFICES.search(window[: found[0]]) and not re.search("[，。；：\n]", window[: found[0]]))):
        return None
    start = link.end() + found[0]
    return start, start + len(found[1]), found[1]


def _row_start(text: str, start: int, persons: Mapping[str, _Person], longest: int) -> int | None:
    """Where the row's first item (its titles) begins; None when another name of the row stands before this one."""
    low = max(0, start - longest - 4)
    before = text[low:start]
    for name in persons:
        place = before.rfind(name)
        if place >= 0:
            after = low + place + len(name)
            following = _next(text, after, persons, longest)
            if following is not None and following[0] == start:
                return None
    own = next(
        (
            title
            for title in sorted(persons[next(name for name in persons if text.startswith(name, start))].titles, key=len, reverse=True)
            if before.endswith(title)
        ),
        "",
    )
    return start - len(own)
