"""Dates as the county counts them: Shanghai days, months, update cycles."""

import calendar as _calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
PERIOD_MONTHS = {"月": 1, "季度": 3, "半年": 6, "年": 12}
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_CYCLE = re.compile(r"(\d+)\s*条\s*/\s*(月|季度|半年|年)")
LIVE = "实时更新"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month, e.g. `Month(2023, 10)`; ordered, usable as a key."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `YYYY-MM`; raises ValueError for anything else."""
        found = _MONTH.fullmatch(text.strip())
        if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
            raise ValueError(f"月份应写成 YYYY-MM（如 2023-10），不是“{text}”")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.month, _calendar.monthrange(self.year, self.month)[1])

    def plus(self, months: int) -> "Month":
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and (day.year, day.month) == (self.year, self.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


@dataclass(frozen=True, slots=True)
class Cycle:
    """How often a column must be updated: `count` items each `period`; `period` None means 实时更新 (never counted)."""

    count: int
    period: str | None
    text: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `n条/月|季度|半年|年` or `实时更新`; raises ValueError otherwise."""
        if text.strip() == LIVE:
            return cls(0, None, LIVE)
        found = _CYCLE.fullmatch(text.strip())
        if not found or int(found[1]) < 1:
            raise ValueError(f"更新周期应为“n条/月”“n条/季度”“n条/半年”“n条/年”或“实时更新”，不是“{text}”")
        return cls(int(found[1]), found[2], f"{int(found[1])}条/{found[2]}")

    def period_start(self, month: Month) -> Month:
        """First month of the period that holds `month`."""
        length = PERIOD_MONTHS[self.period] if self.period else 1
        return Month(month.year, (month.month - 1) // length * length + 1)

    def is_due(self, month: Month) -> bool:
        """True in the last month of the period: every month for 月, never for 实时更新."""
        if self.period is None:
            return False
        return month.month % PERIOD_MONTHS[self.period] == 0


def shanghai(moment: datetime) -> datetime:
    """The moment in Shanghai; a naive one is taken as Shanghai time already."""
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def chinese_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
