"""The event platform: a paged JSON API whose events add up to the facts."""

import json
import random
from datetime import datetime, time, timedelta

from core.calendar import SHANGHAI, Month
from demo.facts import EventFact, Facts
from demo.media_plan import seeded
from demo.web import Page, Web

PATH = "/api/events"
_LARGEST = 200
_PENDING, _ACCEPTED, _DISCARDED, _CLOSED = "待受理", "已受理", "已废弃", "已办结"


def build_events(facts: Facts, web: Web) -> str:
    """Put the platform on the web; returns the API's address."""
    items = _items(facts)

    def answer(method: str, query: dict[str, str], form: dict[str, str]) -> Page:
        try:
            month, page, size = Month.parse(query["month"]), int(query.get("page", "1")), int(query.get("size", "100"))
            if page < 1 or not 1 <= size <= _LARGEST:
                raise ValueError(page, size)
        except (KeyError, ValueError):
            return _json({"error": f"参数应为 month=YYYY-MM、page≥1、1≤size≤{_LARGEST}"}, status=400)
        mine = items if month == facts.month else []
        shown = mine[(page - 1) * size : page * size]
        return _json({"month": str(month), "page": page, "pages": max(1, -(-len(mine) // size)), "total": len(mine), "items": shown})

    web.add(PATH, answer)
    return web.base + PATH


def _items(facts: Facts) -> list[dict[str, str]]:
    """All events of the month in the order they came, the kinds mixed."""
    rng = seeded(facts, "events")
    drawn = [(_moment(facts.month, rng), event, status) for event in facts.events for status in _statuses(event)]
    drawn.sort(key=lambda entry: entry[0])
    return [
        {
            "id": f"E{facts.month.year}{facts.month.month:02d}-{number:05d}",
            "platform": event.platform,
            "unit": event.unit,
            "type": event.type,
            "status": status,
            "generated_at": moment.isoformat(),
        }
        for number, (moment, event, status) in enumerate(drawn, 1)
    ]


def _statuses(event: EventFact) -> list[str]:
    """Where each of the events stands; a closed one was accepted before."""
    pending = event.generated - event.accepted - event.discarded
    return [_CLOSED] * event.closed + [_ACCEPTED] * (event.accepted - event.closed) + [_DISCARDED] * event.discarded + [_PENDING] * pending


def _moment(month: Month, rng: random.Random) -> datetime:
    return datetime.combine(rng.choice(month.days()), time(), SHANGHAI) + timedelta(seconds=rng.randrange(86400))


def _json(data: object, status: int = 200) -> Page:
    return Page(json.dumps(data, ensure_ascii=False).encode(), "application/json; charset=utf-8", status)
