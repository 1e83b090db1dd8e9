"""Dates that cannot be: a post says it was published before a day on which its list was read and did not show it."""

from datetime import timedelta

from core.calendar import chinese_date
from core.records import Finding, Subject

TOLERANCE = timedelta(days=3)  # drafting, weekends and caches explain so much between a post's date and its appearance


def scan(subject: Subject) -> list[Finding]:
    """At most one finding; nothing without a look at the list before the post appeared."""
    claimed, absent, seen = subject.published_on, subject.absent_on, subject.first_seen
    if claimed is None or absent is None or seen is None or claimed + TOLERANCE >= absent:
        return []
    return [
        Finding(
            rule="freshness/backdated",
            severity="warning",
            message=f"发布日期可能早于实际发布：标注为{chinese_date(claimed)}，{chinese_date(absent)}查看列表时还没有，{chinese_date(seen)}才出现",
            unit=subject.unit,
            source=subject.source,
            url=subject.url,
            title=subject.title,
            suggestion="请核对后台发布时间；确属补录的，日期应写实际发布日期",
            reasons=("《政府网站与政务新媒体检查指标》把伪造发稿日期列为单项否决情形，请人工核实",),
            county=subject.county,
        )
    ]
