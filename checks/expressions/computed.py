"""Rules that no list can hold: dates that do not exist, weekdays that contradict them, meetings that were never held, lists out of order."""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from checks.expressions.hits import Hit
from core.rules import Rule

Check = Callable[[Rule, str, int, int], Iterator[Hit]]
_DIGITS = "零一二三四五六七八九"
_WEEKDAYS = "一二三四五六日"
_BLANK = r"\s*"
_DATE = re.compile(rf"(?<!\d)(?:(\d{{4}}){_BLANK}年{_BLANK})?(\d{{1,2}}){_BLANK}月{_BLANK}(\d{{1,2}}){_BLANK}[日号](?!线|楼|院|店|桥|路|车|令|文)")
_DATED_WEEKDAY = re.compile(
    rf"(?<!\d)(\d{{4}}){_BLANK}年{_BLANK}(\d{{1,2}}){_BLANK}月{_BLANK}(\d{{1,2}}){_BLANK}日{_BLANK}[(（,，]?{_BLANK}(星期|周|礼拜)([一二三四五六日天])"
)
_MEETING = re.compile("(中国共产党|党的|中共)?(第)?([一二三四五六七八九十]{1,3})(届|大)([一二三四五六七八九十]{1,2})中全会")
_PLENUMS = {8: 12, 9: 2, 10: 3, 11: 7, 12: 7, 13: 8, 14: 7, 15: 7, 16: 7, 17: 7, 18: 7, 19: 7, 20: 7}  # plenary sessions held; the current committee's at most
_NAME = "[\u3400-\u9fff]"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A check made ready for one rule: the literal texts that call it, and the function called at each."""

    anchors: tuple[str, ...]
    run: Check


def _hit(rule: Rule, start: int, end: int, text: str, right: str | None, note: str = "") -> Hit:
    return Hit(start, end, text, right, rule, rule.severity, note)


def impossible_date(rule: Rule) -> Prepared:
    """Month 13, 31 April, 29 February of a common year."""
    months = tuple(f"{month}月" for month in ("00", "0", *map(str, range(13, 20)), *map(str, range(20, 100))))
    days = tuple(f"月{day}{end}" for day in ("00", "0", *map(str, range(29, 100))) for end in "日号")

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _DATE.finditer(text, max(0, start - 12), min(len(text), end + 8)):
            if found.start() <= start and end <= found.end() and not _exists(found):
                yield _hit(rule, found.start(), found.end(), found[0], None, f"日历上没有{found[0]}")

    return Prepared((*months, *days), run)


def _exists(found: re.Match[str]) -> bool:
    """True for a day of the calendar; 29 February without a year is one."""
    year, month, day = int(found[1] or 2000), int(found[2]), int(found[3])
    return 1 <= month <= 12 and year > 0 and 1 <= day <= calendar.monthrange(year, month)[1]


def weekday(rule: Rule) -> Prepared:
    """2023年10月23日（星期二）, which was a Monday."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _DATED_WEEKDAY.finditer(text, max(0, start - 24), min(len(text), end + 2)):
            try:
                day = date(int(found[1]), int(found[2]), int(found[3]))
            except ValueError:
                continue
            real = _WEEKDAYS[day.weekday()]
            if found.start() <= start and found[5].replace("天", "日") != real:
                yield _hit(rule, found.start(4), found.end(5), found[4] + found[5], f"{found[4]}{real}", f"{found[1]}年{found[2]}月{found[3]}日是星期{real}")

    return Prepared(("星期", "周", "礼拜"), run)


def party_meeting(rule: Rule) -> Prepared:
    """党的二十大三中全会, 党的第二十届三中全会, 十九届八中全会."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _MEETING.finditer(text, max(0, start - 12), end):
            term, number = _number(found[3]), _number(found[5])
            if term not in _PLENUMS:
                continue
            if not 1 <= number <= _PLENUMS[term]:
                yield _hit(rule, found.start(), found.end(), found[0], None, f"{found[3]}届中央委员会没有召开过{found[5]}中全会")
            elif found[4] == "大" or found[2]:
                yield _hit(rule, found.start(), found.end(), found[0], f"{'党的' if found[1] else ''}{found[3]}届{found[5]}中全会")

    return Prepared(("中全会",), run)


def _number(text: str) -> int:
    """A Chinese numeral below one hundred; 0 when it is none."""
    tens, mark, ones = text.rpartition("十")
    if not mark:
        return _DIGITS.find(text) if len(text) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS.find(tens) if tens else 1) * 10 + (_DIGITS.find(ones) if ones else 0)


def enumeration(rule: Rule) -> Prepared:
    """A fixed list (`options.members`) told in another order; with `options.exchange` also one member replaced by a stranger."""
    members: tuple[str, ...] = tuple(rule.options["members"])
    short, long = min(map(len, members)), max(map(len, members))
    listed = re.compile(f"{_NAME}{{{short},{long}}}(?:、{_NAME}{{{short},{long}}}){{{len(members) - 1}}}")
    right = "、".join(members)
    strangers_allowed = 1 if rule.options.get("exchange") else 0

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if text[end : end + 1] != "、" or text[max(0, start - 1) : start] == "、":
            return
        found = listed.match(text, start)
        trimmed = _trimmed(found, members) if found else None
        if found is None or trimmed is None or trimmed == right or text[start + len(trimmed) : start + len(trimmed) + 1] == "、":
            return
        items = trimmed.split("、")
        if len(set(items)) == len(members) and sum(item not in members for item in items) <= strangers_allowed:
            yield _hit(rule, start, start + len(trimmed), trimmed, right, "固定排列，顺序和组成不得改变")

    return Prepared(members, run)


def _trimmed(found: re.Match[str], members: tuple[str, ...]) -> str | None:
    """The list with its last item cut to the member it begins with; None when its first or last item is no member."""
    items = found[0].split("、")
    last = max((member for member in members if items[-1].startswith(member)), key=len, default=None)
    if items[0] not in members or last is None:
        return None
    return "、".join([*items[:-1], last])


def province_city(rule: Rule) -> Prepared:
    """A prefecture under the wrong province (`options.cities`: province → its prefectures)."""
    cities: dict[str, list[str]] = dict(rule.options["cities"])
    owners: dict[str, set[str]] = {}
    for province, names in cities.items():
        for name in names:
            owners.setdefault(name, set()).add(province)
    longest = max(map(len, owners))

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        province = text[start:end]
        for length in range(longest, 2, -1):
            homes = owners.get(text[end : end + length])
            if homes and province not in homes:
                name = text[end : end + length]
                yield _hit(rule, start, end + length, province + name, f"{sorted(homes)[0]}{name}", f"{name}属于{'、'.join(sorted(homes))}")
            if homes:
                return

    return Prepared(tuple(cities), run)


CHECKS: tuple[tuple[str, Callable[[Rule], Prepared]], ...] = (
    ("impossible-date", impossible_date),
    ("weekday", weekday),
    ("party-meeting", party_meeting),
    ("enumeration", enumeration),
    ("province-city", province_city),
)
