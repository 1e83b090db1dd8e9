"""Months, cycles and their ends."""

from datetime import UTC, date, datetime

import pytest

from core.calendar import Cycle, Month, shanghai


@pytest.mark.parametrize(
    ("cycle", "month", "due", "start"),
    [
        ("1条/月", "2024-02", True, "2024-02"),
        ("1条/季度", "2023-10", False, "2023-10"),
        ("1条/季度", "2023-12", True, "2023-10"),
        ("2条/季度", "2024-03", True, "2024-01"),
        ("1条/半年", "2024-06", True, "2024-01"),
        ("1条/半年", "2024-11", False, "2024-07"),
        ("1条/年", "2023-12", True, "2023-01"),
        ("1条/年", "2023-11", False, "2023-01"),
        ("实时更新", "2023-12", False, "2023-12"),
    ],
)
def test_cycles_are_due_in_the_last_month_of_their_period(cycle: str, month: str, due: bool, start: str) -> None:
    parsed = Cycle.parse(cycle)
    assert parsed.is_due(Month.parse(month)) is due
    assert str(parsed.period_start(Month.parse(month))) == start


@pytest.mark.parametrize("text", ["", "每月1条", "0条/月", "1条/周", "1条/月 "[:-1] + "x"])
def test_unknown_cycles_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="更新周期应为"):
        Cycle.parse(text)


@pytest.mark.parametrize("text", ["2023-13", "2023-1", "23-01", "2023年1月", ""])
def test_unknown_months_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="月份应写成"):
        Month.parse(text)


def test_a_month_knows_its_days() -> None:
    february = Month.parse("2024-02")
    assert (february.first, february.last) == (date(2024, 2, 1), date(2024, 2, 29))
    assert len(february.days()) == 29
    assert date(2024, 2, 29) in february
    assert date(2024, 3, 1) not in february
    assert february.plus(-2) == Month(2023, 12)
    assert february.plus(11) == Month(2025, 1)


def test_moments_are_shanghai_days() -> None:
    assert shanghai(datetime(2023, 10, 31, 17, 0, tzinfo=UTC)).date() == date(2023, 11, 1)
    assert shanghai(datetime(2023, 10, 31, 17, 0)).date() == date(2023, 10, 31)  # noqa: DTZ001
