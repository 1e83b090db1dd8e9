"""Titles and sentences of an imaginary county, filled with figures that look like personal data and are none."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.calendar import Month
from demo import lookalikes

_FILE = Path(__file__).with_name("words.yaml")


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The bank of words (`words.yaml`), read once."""
    import yaml

    data: Mapping[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return data


@dataclass(frozen=True, slots=True)
class Draft:
    """What a post says: a title and paragraphs."""

    title: str
    paragraphs: tuple[str, ...]


def topic(column: str) -> Mapping[str, Any]:
    """The topic whose key occurs in the column's name; the last one suits any."""
    return _first_with_key(words()["topics"], column)


def draft_post(unit: str, column: str, day: date, rng: random.Random, taken: set[str]) -> Draft:
    """A post of a 政府信息公开 column, with a title that is not in `taken` (and is added to it)."""
    bank = topic(column)
    slots = _slots(unit, column, day, rng)
    title = _fresh(bank["titles"], slots, rng, taken)
    count = min(len(bank["sentences"]), rng.randint(2, 4))
    body = [sentence.format_map(slots) for sentence in rng.sample(bank["sentences"], count)]
    if rng.random() < 0.6:
        body.append(rng.choice(words()["tails"]).format_map(slots))
    return Draft(title, tuple(body))


def draft_standing(unit: str, column: str, day: date, rng: random.Random) -> Draft:
    """The undated page that a column kept 实时更新 consists of."""
    bank = topic(column)
    slots = _slots(unit, column, day, rng)
    title = bank["titles"][0].format_map(slots) if len(bank["titles"]) == 1 else f"{unit}{column}"
    return Draft(title, tuple(sentence.format_map(slots) for sentence in bank["sentences"]))


def draft_news(unit: str, day: date, rng: random.Random, taken: set[str]) -> Draft:
    """A news item of a unit, with a title of its own."""
    bank = _first_with_key(words()["news"], unit)
    slots = _slots(unit, "", day, rng)
    title = _fresh(bank["titles"], slots, rng, taken)
    body = [sentence.format_map(slots) for sentence in rng.sample(bank["sentences"], min(3, len(bank["sentences"])))]
    return Draft(title, tuple(body))


def one_line(unit: str, day: date, rng: random.Random) -> str:
    """News in one sentence."""
    sentence: str = rng.choice(words()["one_line"])
    return sentence.format_map(_slots(unit, "", day, rng))


def _first_with_key(banks: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next(bank for bank in banks if not bank["keys"] or any(key in name for key in bank["keys"]))


def _fresh(titles: Sequence[str], slots: dict[str, str], rng: random.Random, taken: set[str]) -> str:
    """A filled title that nobody has yet: other titles and figures first, a counter last."""
    title = ""
    for _ in range(12):
        title = rng.choice(titles).format_map(slots)
        if title not in taken:
            break
        slots.update(_figures(rng), place=rng.choice(words()["towns"]), village=rng.choice(words()["villages"]))
    base, number = title, 2
    while title in taken:
        title, number = f"{base}（{number}）", number + 1
    taken.add(title)
    return title


def _slots(unit: str, column: str, day: date, rng: random.Random) -> dict[str, str]:
    bank = words()
    place = unit if unit in bank["towns"] else rng.choice(bank["towns"])
    return {
        "unit": unit,
        "column": column,
        "place": place,
        "village": rng.choice(bank["villages"]),
        "project": rng.choice(bank["projects"]),
        "company": rng.choice(bank["companies"]),
        "year": str(day.year),
        "lastyear": str(day.year - 1),
        "month": str(day.month),
        "d": str(day.day),
        "d2": str(min(day.day + 5, Month.of(day).last.day)),
        **_figures(rng),
        "phone": lookalikes.office_phone(rng),
        "phone2": lookalikes.office_phone(rng),
        "uscc": lookalikes.credit_code(rng),
        "docno": lookalikes.document_number(day.year, rng),
        "docshort": f"{day.year}-{rng.randint(10, 99)}",
        "code": lookalikes.project_code(day, rng),
        "card": lookalikes.masked_card(rng),
        "maskid": lookalikes.masked_id(rng),
        "maskmobile": lookalikes.masked_mobile(rng),
        "gps": lookalikes.decimals(rng),
    }


def _figures(rng: random.Random) -> dict[str, str]:
    return {
        "n": str(rng.randint(120, 980)),
        "m": str(rng.randint(40, 110)),
        "k": str(rng.randint(11, 39)),
        "b": str(rng.randint(2, 9)),
        "b2": str(rng.randint(10, 99)),
        "n4": str(rng.randint(2100, 5900)),
        "money": f"{rng.randint(12, 980)}.{rng.randint(10, 99)}",
        "rate": f"{rng.randint(41, 96)}.{rng.randint(1, 9)}",
        "dec": f"{rng.randint(3, 88)}.{rng.randint(1, 9)}",
        "deg": str(rng.randint(6, 12)),
        "deg2": str(rng.randint(16, 24)),
    }
