"""Annexes 4 and 5 and the monthly papers: spreadsheets handed in, papers mailed, events handled."""

from collections.abc import Iterable, Sequence

from core.activity import EventActivity, PaperActivity, SubmissionActivity
from core.calendar import Month
from core.config import County
from core.records import EventDuty, Observation, SubmissionDuty
from core.text import squeeze


def count_submissions(county: County, month: Month, received: Sequence[Observation], verified: bool) -> tuple[SubmissionActivity, ...]:
    """Match the month's received files to the duties that are due: by file name, else by header, else the one left over of the unit."""
    rows: dict[SubmissionDuty, SubmissionActivity] = {}
    due = [duty for duty in county.submissions if duty.is_due(month)]
    for unit in dict.fromkeys(duty.unit for duty in due):
        open_duties = [duty for duty in due if duty.unit == unit]
        files = sorted(
            (item for item in received if item.data["period"] == str(month) and county.same_unit(str(item.data["unit"]), unit)),
            key=lambda item: (item.on, item.key),
        )
        for rule in (_same_name, _same_header, _left_over):
            for duty in list(open_duties):
                item = next((item for item in files if rule(duty, item, open_duties, files)), None)
                if item:
                    rows[duty] = _submission(duty, item, month)
                    open_duties.remove(duty)
                    files.remove(item)
        for duty in open_duties:
            rows[duty] = SubmissionActivity(duty, None, False, None, "", verified)
    return tuple(rows[duty] for duty in due)


def _same_name(duty: SubmissionDuty, item: Observation, duties: Sequence[SubmissionDuty], files: Sequence[Observation]) -> bool:
    return str(item.data["file"]) == duty.template


def _same_header(duty: SubmissionDuty, item: Observation, duties: Sequence[SubmissionDuty], files: Sequence[Observation]) -> bool:
    return bool(duty.header) and _header(item.data["header"]) == _header(duty.header)


def _left_over(duty: SubmissionDuty, item: Observation, duties: Sequence[SubmissionDuty], files: Sequence[Observation]) -> bool:
    return len(duties) == 1 and len(files) == 1


def _header(cells: Iterable[object]) -> list[str]:
    return [squeeze(str(cell)) for cell in cells]


def _submission(duty: SubmissionDuty, item: Observation, month: Month) -> SubmissionActivity:
    notes = []
    if item.data["error"]:
        notes.append(str(item.data["error"]))
    if str(item.data["file"]) != duty.template:
        notes.append(f"文件名应为“{duty.template}”")
    if duty.header and not item.data["error"] and _header(item.data["header"]) != _header(duty.header):
        notes.append("表头与模板不一致")
    return SubmissionActivity(duty, item.on, item.on <= month.last, not notes, "；".join(notes))


def count_papers(county: County, month: Month, received: Sequence[Observation], verified: bool) -> tuple[PaperActivity, ...]:
    """The first mail of each unit that brings the month's paper."""
    rows = []
    for duty in county.papers:
        days = [
            item.on
            for item in received
            if item.data["paper"] == duty.paper and item.data["period"] == str(month) and county.same_unit(str(item.data["unit"]), duty.unit)
        ]
        rows.append(PaperActivity(duty, duty.due(month), min(days, default=None), verified))
    return tuple(rows)


def count_events(duties: Sequence[EventDuty], month: Month, observed: Sequence[Observation], verified: bool) -> tuple[EventActivity, ...]:
    """The platform's figures per duty; a duty without events has zeros."""
    figures = {(item.data["platform"], item.data["unit"], item.data["type"]): item.data for item in observed if item.data["month"] == str(month)}
    rows = []
    for duty in duties:
        data = figures.get((duty.platform, duty.unit, duty.type), {})
        generated, accepted, discarded, closed = (int(data.get(name, 0)) for name in ("generated", "accepted", "discarded", "closed"))
        rows.append(EventActivity(duty, generated, accepted, discarded, closed, verified))
    return tuple(rows)
