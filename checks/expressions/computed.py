"""Rules that no list can hold: every computed check by the name that rules know it under."""

from collections.abc import Callable

from checks.expressions import dates, lists, marks, meetings, numbers, people, places
from checks.expressions.hits import Prepared
from core.rules import Rule

CHECKS: tuple[tuple[str, Callable[[Rule], Prepared]], ...] = (
    ("impossible-date", dates.impossible_date),
    ("impossible-time", dates.impossible_time),
    ("weekday", dates.weekday),
    ("date-range", dates.date_range),
    ("party-meeting", meetings.party_meeting),
    ("state-meeting", meetings.state_meeting),
    ("meeting-year", meetings.meeting_year),
    ("enumeration", lists.enumeration),
    ("quoted", lists.quoted),
    ("province-city", places.province_city),
    ("region-child", places.region_child),
    ("totals", numbers.totals),
    ("percentage-points", numbers.percentage_points),
    ("pairs", marks.pairs),
    ("width", marks.width),
    ("numbering", marks.numbering),
    ("attachments", marks.attachments),
    ("leader-name", people.leader_name),
    ("leader-title", people.leader_title),
    ("leader-order", people.leader_order),
)
