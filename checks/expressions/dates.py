"""Dates and times that cannot be: days no calendar has, weekdays that contradict them, ranges that run backwards."""

import calendar
import re
from collections.abc import Iterator
from datetime import date

from checks.expressions.hits import Hit, Prepared, hit
from checks.expressions.numerals import number
from core.rules import Rule

_WEEKDAYS = "一二三四五六日"
_B = r"\s*"
_YEAR, _SMALL = r"\d{4}|[〇零○一二三四五六七八九]{4}", r"\d{1,2}|[一二三四五六七八九十]{1,3}"
_NOT_A_DAY = "(?!线|楼|院|店|桥|路|车|令|文|公路|地铁|仓|机|井|泵|渠)"
_DATE = re.compile(rf"(?<![\d一二三四五六七八九十])(?:({_YEAR}){_B}年{_B})?({_SMALL}){_B}月{_B}({_SMALL}){_B}[日号]{_NOT_A_DAY}")
_PLAIN = re.compile(r"(?<![\d./-])((?:19|20)\d\d)([-/.])(\d\d?)\2(\d\d?)(?![\d./-])")
_LUNAR = re.compile("农历|阴历|旧历|夏历|正月|腊月|闰月?$")
_IMPOSSIBLE = (*((month, 31) for month in (2, 4, 6, 9, 11)), (2, 29), (2, 30))
_WEEKDAY = rf"{_B}[(（,，]?{_B}(星期|周|礼拜)([一二三四五六日天])(?![年岁])"
_DATED_WEEKDAY = re.compile(rf"(?<!\d)({_YEAR}){_B}年{_B}({_SMALL}){_B}月{_B}({_SMALL}){_B}日{_WEEKDAY}")
_TO = r"(?:至|到|—+|-+|~|～)"
_RANGE = re.compile(
    rf"(?<!\d)(?:(\d{{4}}){_B}年{_B})?(\d{{1,2}}){_B}月{_B}(\d{{1,2}}){_B}日?起?{_B}{_TO}{_B}(?:(\d{{4}}){_B}年{_B})?(?:(\d{{1,2}}){_B}月{_B})?(\d{{1,2}}){_B}日(?!线|内|均)"
)
_TIME = re.compile(r"(上午|下午|凌晨|晚上|早上|中午)?(?<!\d)(\d{1,2})(?:时|点|[:：])(\d{1,2})?(分)?(?![\d间段代点光期效])")


def impossible_date(rule: Rule) -> Prepared:
    """Month 13, 31 April, 29 February of a common year; also as 2023-02-30 and 二〇二三年二月三十日."""
    months = [f"{month}月" for month in ("年0", "年00", *map(str, range(13, 100)))]
    days = [f"月{blank}{day}{end}" for day in ("00", "0", *map(str, range(32, 100))) for end in "日号" for blank in ("", " ")]
    days += [f"{month}月{blank}{day}" for month, day in _IMPOSSIBLE for blank in ("", " ")]
    spoken = [
        "二月二十九日",
        "二月三十",
        *(f"{month}月三十一" for month in ("四", "六", "九", "十一")),
        "十三月",
        "十四月",
        "十五月",
        "十六月",
        *(f"月三十{digit}日" for digit in "二三四五六七八九"),
    ]
    plain = [f"{zero}{month}{sep}{day}" for month, day in _IMPOSSIBLE for sep in "-/." for zero in ("0", sep)]
    plain += [f"{sep}{day}" for sep in "-/." for day in range(32, 40)]
    plain += [f"{sep}{month}{sep}" for sep in "-/." for month in ("00", *map(str, range(13, 20)))]

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        low, high = max(0, start - 14), min(len(text), end + 10)
        for found in (*_DATE.finditer(text, low, high), *_PLAIN.finditer(text, low, high)):
            if not (found.start() <= start and end <= found.end() + 1):
                continue
            year, month, day = (found[1], found[3], found[4]) if found.re is _PLAIN else (found[1], found[2], found[3])
            lunar = _LUNAR.search(text[max(0, found.start() - 6) : found.start()])
            if not lunar and not _exists(year, month, day):
                yield hit(rule, found.start(), found.end(), text, None, f"日历上没有{found[0]}")

    return Prepared((*months, *days, *spoken, *plain), run)


def _exists(year: str | None, month: str, day: str) -> bool:
    """True for a day of the calendar; 29 February without a year is one."""
    full = number(year) if year else 2000
    if full <= 0 or not 1 <= number(month) <= 12:
        return False
    return 1 <= number(day) <= calendar.monthrange(full, number(month))[1]


def weekday(rule: Rule) -> Prepared:
    """2023年10月23日（星期二）, which was a Monday."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _DATED_WEEKDAY.finditer(text, max(0, start - 26), min(len(text), end + 2)):
            try:
                day = date(number(found[1]), number(found[2]), number(found[3]))
            except ValueError:
                continue
            real = _WEEKDAYS[day.weekday()]
            if found.start() <= start and found[5].replace("天", "日") != real:
                yield hit(rule, found.start(4), found.end(5), text, f"{found[4]}{real}", f"{found[1]}年{found[2]}月{found[3]}日是星期{real}")

    return Prepared(tuple(f"{kind}{day}" for kind in ("星期", "周", "礼拜") for day in "一二三四五六日天"), run)


def date_range(rule: Rule) -> Prepared:
    """10月25日至20日: the end lies before the beginning."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _RANGE.finditer(text, max(0, start - 16), min(len(text), end + 16)):
            if not found.start() <= start <= found.end():
                continue
            year, month, day, last_year, last_month, last_day = (int(part) if part else None for part in found.groups())
            first = (year or 0, month or 0, day or 0)
            last = ((last_year or year or 0), last_month or month or 0, last_day or 0)
            across = last_year is None and last_month is not None and last_month != month  # 12月25日至1月5日 runs into the next year
            if last < first and not across and (last_year is None or year is not None):
                yield hit(rule, *found.span(), text, None, "截止日期早于起始日期")

    return Prepared(("日至", "日到", "日—", "日-", "日~", "日起至", "日起到"), run)


def impossible_time(rule: Rule) -> Prepared:
    """25时30分, 8时75分, 上午15时."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _TIME.finditer(text, max(0, start - 4), min(len(text), end + 4)):
            told = found[1] or found[4] or "午" in text[max(0, found.start() - 2) : found.start()]
            if not (found.start() <= start < found.end()) or not told:
                continue
            hour, minute = int(found[2]), int(found[3] or 0)
            if hour > 24 or minute > 59 or (found[1] in ("上午", "早上", "凌晨") and hour > 12):
                yield hit(rule, found.start(), found.end(), text, None, "没有这个时刻")

    hours = [f"{hour}{mark}" for hour in range(25, 30) for mark in ("时", "点", ":")]
    minutes = [f"{mark}{minute}" for mark in ("时", "点", ":") for minute in range(60, 100)]
    return Prepared((*hours, *minutes, *(f"{part}{hour}" for part in ("上午", "早上", "凌晨") for hour in range(13, 25))), run)
