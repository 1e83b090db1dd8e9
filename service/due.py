"""What is due now: decided from the runs in the database and the plan, never from a scheduler's memory. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.calendar import shanghai
from service.jobruns import AGAIN, Past, next_attempt
from service.schedule import EACH_SLOT, Timing


@dataclass(frozen=True, slots=True)
class Due:
    """A slot to be run now. `attempt` counts from 1; `merged` are the missed slots that this run makes up for besides its own."""

    slot: datetime
    attempt: int = 1
    merged: int = 0
    first_start: bool = False


def due(timing: Timing, past: Sequence[Past], finished: Mapping[str, datetime], now: datetime) -> tuple[Due, ...]:
    """The due slots of one job, oldest first. `past`: its runs; `finished`: when the jobs it follows last ended.

    A job never seen before starts with its next slot (`first_start`: to be noted, not run). Missed slots are made up for by one run,
    save where each is owed by itself. A slot that has a row is done, whatever the clock says: setting it back runs no slot twice.
    """
    entry = timing.entry
    if any(run.status == "running" for run in past):
        return ()
    known = [run for run in past if run.slot <= now]
    if not known:
        slots = tuple(timing.slots(now - timing.reach, now))
        return (Due(slots[-1] if slots else now, first_start=True),)
    if entry.missed == "in-window" and not entry.opens(shanghai(now).time()):
        return ()
    newest = known[-1].slot
    missed = [slot for slot in timing.slots(max(newest, now - timing.reach), now) if entry.opens(slot.time())]
    again = [Due(run.slot, next_attempt(run.status, run.owner)) for run in known if _again(run, timing, now)]
    if entry.run in EACH_SLOT:
        return (*again, *(Due(slot) for slot in missed))
    called = [moment for name in entry.after if (moment := finished.get(name)) and newest < moment <= now]
    if missed or called:
        return (Due(max(missed + called), merged=max(0, len(missed) - 1)),)
    return tuple(item for item in again if item.slot == newest)


def _again(run: Past, timing: Timing, now: datetime) -> bool:
    """True when a run that did not come to its end may be tried again now: at once if it was stopped or died, after a pause if it failed."""
    entry = timing.entry
    if run.status not in AGAIN or run.slot < now - timing.reach:
        return False
    if run.status != "stopped" and run.owner.attempt >= entry.tries:
        return False
    ended = run.finished_at or run.heartbeat_at
    return run.status != "failed" or now >= ended + timedelta(minutes=entry.retry) or ended > now
