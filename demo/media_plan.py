"""When each account posts what: slots in time, each with its role, so that counts and silences equal the facts."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from core.errors import FactsError
from demo import plan
from demo.contradictions import incident_days
from demo.facts import AccountFact, Facts, IncidentFact

Role = Literal["original", "recommended", "other"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One post to be written: `item` is the number of the recommended article it repeats."""

    at: datetime
    role: Role
    item: int | None = None
    incidents: tuple[IncidentFact, ...] = ()


@dataclass(frozen=True, slots=True)
class Schedule:
    """All posts of one account: of the month, of months before it, and after it."""

    account: AccountFact
    month: tuple[Slot, ...]
    before: tuple[Slot, ...]
    after: tuple[Slot, ...]

    @property
    def slots(self) -> tuple[Slot, ...]:
        return (*self.before, *self.month, *self.after)


def seeded(facts: Facts, *names: str) -> random.Random:
    """A generator that depends on the month and the names alone."""
    return random.Random("/".join((str(facts.month), *names)))


def schedule(facts: Facts, account: AccountFact, number: int, recommended: Sequence[date]) -> Schedule:
    """The account's slots; `number` is its place in the facts (every fourth one goes on posting after the month)."""
    rng = seeded(facts, "schedule", account.platform, account.name)
    limit = plan.limit_of(account.platform)
    key = (account.platform, account.name)
    try:
        days = plan.spread(facts.month, account.total, limit, account.silence, rng, incident_days(facts, key))
    except FactsError as error:
        raise FactsError(f"accounts.csv：{account.platform}“{account.name}”{error}") from None
    planted = tuple(incident for incident in facts.incidents if incident.account == key)
    before = [Slot(at, "original") for at in plan.moments(plan.lead_in(facts.month, limit, account.silence, rng), rng)]
    after: list[Slot] = []
    if number % 4 == 1:
        following = facts.month.plus(1).first
        after = [Slot(at, "original") for at in plan.moments([following + timedelta(days=rng.randint(1, 6)), following + timedelta(days=12)], rng)]
    month = _roles(account, _planted(plan.moments(days, rng), planted), recommended, rng)
    return Schedule(account, month, tuple(before), tuple(after))


def _planted(moments: Sequence[datetime], incidents: Sequence[IncidentFact]) -> list[Slot]:
    """Originals at these moments; what is planted goes into the day's posts, one a carrier as long as there are enough."""
    slots = [Slot(at, "original") for at in moments]
    groups: dict[tuple[date, str], list[IncidentFact]] = {}
    for incident in incidents:
        groups.setdefault((incident.date, incident.carrier), []).append(incident)
    turns: dict[date, int] = {}
    for (day, _), group in groups.items():
        indexes = [index for index, slot in enumerate(slots) if slot.at.date() == day]
        index = indexes[turns.get(day, 0) % len(indexes)]
        turns[day] = turns.get(day, 0) + 1
        slots[index] = replace(slots[index], incidents=(*slots[index].incidents, *group))
    return slots


def _roles(account: AccountFact, slots: list[Slot], recommended: Sequence[date], rng: random.Random) -> tuple[Slot, ...]:
    """Make as many slots reposts as the facts say: the recommended ones not before their article's date where that can be."""
    clean = [index for index, slot in enumerate(slots) if not slot.incidents]
    loaded = [index for index, slot in enumerate(slots) if slot.incidents]
    rng.shuffle(clean)
    free = clean + loaded  # what is planted sits in originals first, in other reposts next
    for item in _items(account.reposted, [slots[index].at.date() for index in clean], recommended, rng):
        fitting = [index for index in free if slots[index].at.date() >= recommended[item]]
        index = fitting[0] if fitting else max(free, key=lambda place: (not slots[place].incidents, slots[place].at))
        free.remove(index)
        slots[index] = replace(slots[index], role="recommended", item=item)
    for index in free[: account.other]:
        slots[index] = replace(slots[index], role="other")
    return tuple(slots)


def _items(count: int, days: Sequence[date], recommended: Sequence[date], rng: random.Random) -> list[int]:
    """Which recommended articles are repeated, the latest first; the earliest ones when a free choice has no days left for it."""
    chosen = rng.sample(range(len(recommended)), count)
    latest = sorted(days, reverse=True)
    if any(item_day > day for item_day, day in zip(sorted((recommended[item] for item in chosen), reverse=True), latest, strict=False)):
        chosen = sorted(range(len(recommended)), key=lambda item: recommended[item])[:count]
    return sorted(chosen, key=lambda item: recommended[item], reverse=True)
