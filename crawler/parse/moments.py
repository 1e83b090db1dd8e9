"""Moments as platforms write them: Unix numbers, English forms with zones, and words that are relative to when the answer was saved."""

import re
from datetime import UTC, datetime, timedelta, timezone

from core.calendar import SHANGHAI
from crawler.parse.dates import FIRST_YEAR, LAST_YEAR, Stamp, from_epoch, read_stamp
from crawler.parse.dom import squash

_MONTHS = {name: number for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1)}
_ENGLISH = re.compile(r"(?:[A-Za-z]{3} )?([A-Za-z]{3}) (\d{1,2}) (\d\d):(\d\d):(\d\d) ([+-]\d{4}) (\d{4})")
_NAMED_ZONE = re.compile(r"(?<=[\d ])(?:CST|BJT|GMT\+0?8(?::?00)?|UTC\+0?8(?::?00)?|GMT\+08:00)\)?$", re.IGNORECASE)
_UNIVERSAL = re.compile(r"(?<=\d)\s*(?:GMT|UTC|UT|-0000)$", re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}[-/]\d")
_SHORT_ZONE = re.compile(r"(?<=:\d\d)([+-]\d\d)$")
_CHINESE_MONTH = re.compile(r"(\d{1,2})\s+(十一|十二|[一二三四五六七八九十]|\d{1,2})月\s+(\d{4})\s+(\d\d:\d\d(?::\d\d)?.*)$")
_CHINESE_NUMBERS = {word: number for number, word in enumerate(["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"], 1)}
_CLOCK = r"(?:\s*(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?)?"
_AGO = re.compile(r"(\d+|半)\s*个?\s*(秒钟?|分钟?|小时|天|周|个?月|年)\s*(?:之?前)")
_AGO_SECONDS = {"秒": 1, "分": 60, "小": 3600, "天": 86400, "周": 604800}
_NAMED_DAY = re.compile(r"(今天|昨天|前天)" + _CLOCK)
_BARE_CLOCK = re.compile(r"(\d{1,2})[:：](\d\d)(?:[:：](\d\d))?")
_MONTH_DAY = re.compile(r"(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?" + _CLOCK)
_SHORT_YEAR = re.compile(r"(\d\d)-(\d{1,2})-(\d{1,2})" + _CLOCK)
_NAMED = {"今天": 0, "昨天": 1, "前天": 2}


def moment_of(value: object, now: datetime | None = None) -> Stamp | None:
    """The moment a platform's value means, None for what is no date. A date without a zone is Shanghai's; `now` is what relative words count from."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return from_epoch(int(value)) if abs(value) < 10**14 else None
    text = squash(str(value))
    if not text:
        return None
    return _absolute(text) or (_relative(text, now) if now else None)


def _absolute(text: str) -> Stamp | None:
    found = _ENGLISH.fullmatch(text)
    if found and (month := _MONTHS.get(found[1].lower())):
        return _made(int(found[7]), month, int(found[2]), (found[3], found[4], found[5]), found[6])
    if found := _CHINESE_MONTH.search(text):
        month = int(found[2]) if found[2].isdigit() else _CHINESE_NUMBERS[found[2]]
        text = f"{found[3]}-{month:02}-{int(found[1]):02} {found[4]}"
    if re.match(r"\d\d?[:：-]", text) or _AGO.search(text):  # relative forms hold numbers that other readers would take for dates
        return None
    iso = _ISO_DAY.match(text) is not None
    if _NAMED_ZONE.search(text):
        text = _NAMED_ZONE.sub("+08:00" if iso else "+0800", text)
    if iso:
        text = _UNIVERSAL.sub("Z", text)
    elif text.endswith("-0000"):
        text = text[:-5] + "+0000"
    return read_stamp(_SHORT_ZONE.sub(r"\1:00", text))


def _relative(text: str, now: datetime) -> Stamp | None:
    here = now.astimezone(SHANGHAI)
    if "刚刚" in text or text == "刚才":
        return Stamp(here.replace(microsecond=0), exact=True)
    if found := _AGO.search(text):
        return _ago(found[1], found[2], here)
    if found := _NAMED_DAY.search(text):
        day = here - timedelta(days=_NAMED[found[1]])
        return _made(day.year, day.month, day.day, found.groups()[1:])
    if found := _BARE_CLOCK.fullmatch(text):
        return _made(here.year, here.month, here.day, found.groups())
    if found := _SHORT_YEAR.fullmatch(text):
        return _made(2000 + int(found[1]), int(found[2]), int(found[3]), found.groups()[3:])
    if found := _MONTH_DAY.fullmatch(text):
        return _this_year(int(found[1]), int(found[2]), found.groups()[2:], here)
    return None


def _ago(number: str, unit: str, here: datetime) -> Stamp | None:
    """`5分钟前` to the second; days and longer tell the day only."""
    if unit[0] in "月个年":
        return None
    count = 0.5 if number == "半" else float(number)
    moment = here.replace(microsecond=0) - timedelta(seconds=min(count, 10_000) * _AGO_SECONDS[unit[0]])
    if unit[0] in "天周":
        return Stamp(moment.replace(hour=0, minute=0, second=0))
    return Stamp(moment, exact=True)


def _this_year(month: int, day: int, clock: tuple[str | None, ...], here: datetime) -> Stamp | None:
    """A date without its year: the latest that is not after tomorrow."""
    for year in (here.year, here.year - 1):
        stamp = _made(year, month, day, clock)
        if stamp and stamp.moment <= here + timedelta(days=1):
            return stamp
    return None


def _made(year: int, month: int, day: int, clock: tuple[str | None, ...], zone: str | None = None) -> Stamp | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    hour, minute, second = (int(part or 0) for part in clock)
    offset: timezone = timezone(timedelta(hours=8))
    if zone:
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:5]))
        offset = timezone(-shift if zone[0] == "-" else shift) if shift else UTC
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=offset)
    except ValueError:
        return None
    return Stamp(moment.astimezone(SHANGHAI), exact=clock[0] is not None)
