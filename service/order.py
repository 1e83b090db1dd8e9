"""Which jobs may not run side by side, and which come after which. Pure."""

from collections.abc import Mapping, Sequence

from core.records import Source
from service.due import Due
from service.jobruns import Past
from service.schedule import SCHEDULER, JobEntry, Stage, Timing

_WAITS_FOR: dict[Stage, tuple[Stage, ...]] = {
    "digest": ("crawl", "check"),
    "draft": ("crawl", "check"),
    "ledger": ("crawl", "check", "draft"),
}
BY_HAND = "手动采集"  # the name under which a crawl that a person started stands among the runs
# A run that deletes evidence keeps away from those that store and read it.
_APART: frozenset[Stage] = frozenset({"crawl", "check", "evidence"})


def waits(entry: JobEntry, item: Due, timings: Sequence[Timing], owed: Mapping[str, Sequence[Due]], runs: Mapping[str, Sequence[Past]]) -> bool:
    """True while something this slot counts on is owed or at work and has not ended since: after downtime the night comes in its order."""
    for timing in timings:
        other = timing.entry
        if other.run not in _WAITS_FOR.get(entry.run, ()) or other.name == entry.name:
            continue
        coming = any(not one.first_start for one in owed[other.name]) or any(run.status == "running" for run in runs[other.name])
        if coming and not any(run.status != "running" and run.slot >= item.slot for run in runs[other.name]):
            return True
    return False


def clashes(entry: JobEntry, name: str, timings: Sequence[Timing], sources: Sequence[Source]) -> bool:
    """True when the other, running job crawls a source this one crawls, or deletes what this one reads, or the other way round.

    A running job that the plan no longer knows could be doing anything: crawls and deletions keep away from it.
    """
    if name == BY_HAND:
        return entry.run in ("crawl", "expire")
    other = next((timing.entry for timing in timings if timing.entry.name == name), None)
    if other is None:
        return name != SCHEDULER and entry.run in {*_APART, "expire"}
    if entry.run == other.run == "crawl":
        return not {source.id for source in entry.wanted(sources)}.isdisjoint(source.id for source in other.wanted(sources))
    return "expire" in (entry.run, other.run) and bool(_APART & {entry.run, other.run})
