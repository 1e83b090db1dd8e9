"""Moments as web pages write them, always in Shanghai time."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

from core.calendar import SHANGHAI

FIRST_YEAR, LAST_YEAR = 1990, 2100
_SPACE = r"[ \t\u00a0\u3000]*"
_DAY = rf"(?<!\d)(?P<y>(?:19|20)\d\d){_SPACE}(?:[-/.\u2014\u2013]|年){_SPACE}(?P<m>1[0-2]|0?[1-9]){_SPACE}(?:[-/.\u2014\u2013]|月){_SPACE}(?P<d>3[01]|[12]\d|0?[1-9])(?!\d){_SPACE}日?"
_CLOCK = r"(?:(?:(?:T|\s|&nbsp;|\u00a0|\u3000)*|[-_](?=\d\d:\d\d))(?P<H>[01]?\d|2[0-4])(?::|：|时)(?P<M>[0-5]?\d)(?!\d)(?:(?::|：|分)(?P<S>[0-5]\d)(?:\.\d{1,9})?)?分?(?:\s?(?P<zone>Z|[+-]\d\d:?\d\d))?)?"
MOMENT = re.compile(_DAY + _CLOCK)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?:([01]\d|2[0-3])([0-5]\d)([0-5]\d)?)?(?!\d)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_JAVA = re.compile(r"(?:[A-Z][a-z]{2} )?([A-Z][a-z]{2}) (\d{1,2}) (\d\d):(\d\d):(\d\d) (?:[A-Z]{3,4}|[+-]\d{4}) ((?:19|20)\d\d)")
_MONTHS = {name: number for number, name in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"], 1)}
_URL_DAY = (
    re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01]|[1-9])(?=[/_-])"),
    re.compile(r"/((?:19|20)\d\d)(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])/"),
    re.compile(r"(?<![0-9A-Za-z])[tW]?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?=_\d|/)"),
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment and whether the hour was given (`exact`) or only the day."""

    moment: datetime
    exact: bool = False

    @property
    def day(self) -> date:
        return self.moment.date()


def _stamp(year: int, month: int, day: int, clock: tuple[int, int, int] | None = None, zone: str | None = None) -> Stamp | None:
    """A checked stamp, None for a day that does not exist or a year no page can mean."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    hour, minute, second = clock or (0, 0, 0)
    try:
        moment = datetime(year, month, day, 0, minute, second, tzinfo=_zone(zone)) + timedelta(hours=hour)
    except ValueError:
        return None
    return Stamp(moment.astimezone(SHANGHAI), exact=clock is not None)


def _zone(text: str | None) -> timezone:
    if not text:
        return timezone(timedelta(hours=8))
    if text == "Z":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if text[0] == "-" else offset)


def _from_match(found: re.Match[str]) -> Stamp | None:
    clock = (int(found["H"]), int(found["M"]), int(found["S"] or 0)) if found["H"] else None
    return _stamp(int(found["y"]), int(found["m"]), int(found["d"]), clock, found["zone"])


def first_stamp(text: str) -> Stamp | None:
    """The first full date (year, month, day) written anywhere in the text."""
    for found in MOMENT.finditer(text):
        stamp = _from_match(found)
        if stamp:
            return stamp
    return None


def count_stamps(text: str) -> int:
    """How many full dates the text holds."""
    return sum(1 for _ in MOMENT.finditer(text))


def read_stamp(text: str) -> Stamp | None:
    """Read a value that is meant to be a date, in every shape seen: ISO, 2023年10月23日, 20231023, Unix seconds, Java and mail forms."""
    value = text.strip().strip("\"'[]()（）【】")
    if not value:
        return None
    stamp = first_stamp(value)
    if stamp:
        return stamp
    if _EPOCH.fullmatch(value):
        return from_epoch(int(value))
    found = _COMPACT.fullmatch(value)
    if found:
        clock = (int(found[4]), int(found[5]), int(found[6] or 0)) if found[4] else None
        return _stamp(int(found[1]), int(found[2]), int(found[3]), clock)
    return _english(value)


def _english(value: str) -> Stamp | None:
    """`Mon Oct 23 10:00:00 CST 2023` (Java; CST is China's here) and RFC 2822, where a missing zone is Shanghai's."""
    found = _JAVA.fullmatch(value)
    if found and found[1] in _MONTHS:
        return _stamp(int(found[6]), _MONTHS[found[1]], int(found[2]), (int(found[3]), int(found[4]), int(found[5])))
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError):
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return Stamp(moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI), exact=True)


def from_epoch(number: int) -> Stamp | None:
    """Unix seconds or milliseconds."""
    seconds = number / 1000 if number >= 10**11 else float(number)
    if not 631152000 <= seconds <= 4102444800:
        return None
    return Stamp(datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI), exact=True)


def url_stamp(url: str) -> Stamp | None:
    """The day that an article's address carries: `/art/2023/10/23/`, `t20231023_1.html`, `/202310/23/`. A month alone is no date."""
    path = re.sub(r"^[a-z]+://[^/]*", "", url.split("?", 1)[0].split("#", 1)[0])
    for pattern in _URL_DAY:
        found = pattern.search(path)
        if found:
            stamp = _stamp(int(found[1]), int(found[2]), int(found[3]))
            if stamp:
                return stamp
    return None


def short_stamp(text: str, year: int) -> Stamp | None:
    """A list's `10-23` or `10月23日` with the year known from elsewhere."""
    found = re.fullmatch(r"\W*(1[0-2]|0?[1-9])\s*(?:[-/.]|月)\s*(3[01]|[12]\d|0?[1-9])\s*日?\W*", text)
    return _stamp(year, int(found[1]), int(found[2])) if found else None


_SPLIT = (
    re.compile(r"(?<![\d./-])(?P<d>0?[1-9]|[12]\d|3[01])日?\s*/?\s+(?P<y>(?:19|20)\d\d)\s*[-/.年]\s*(?P<m>1[0-2]|0?[1-9])(?!\d|\s*[-/.]\s*\d)"),
    re.compile(r"(?<![\d./-])(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>0?[1-9]|[12]\d|3[01])日?\s*/?\s+(?P<y>(?:19|20)\d\d)(?!\d|\s*[-/.]\s*\d)"),
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)年?\s+(?P<m>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<d>0?[1-9]|[12]\d|3[01])(?!\d|\s*[-/.]\s*\d)"),
)


def split_stamp(text: str) -> Stamp | None:
    """A date set in two pieces, as lists like to show it: `28 2023-10`, `10-28 2023`, `2023 10-28`."""
    for pattern in _SPLIT:
        found = pattern.search(text)
        if found:
            return _stamp(int(found["y"]), int(found["m"]), int(found["d"]))
    return None
