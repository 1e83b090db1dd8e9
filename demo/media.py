"""Texts of new-media posts: put together from the sentences of media.yaml so that no two are near-identical."""

import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

_LONG, _SHORT = 5, 3


@dataclass(frozen=True, slots=True)
class Text:
    """Title and paragraphs of one post."""

    title: str
    paragraphs: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """The bank of titles, openings, sentences and names."""
    import yaml

    data: Mapping[str, Any] = yaml.safe_load((Path(__file__).parent / "media.yaml").read_text(encoding="utf-8"))
    return data


def topic_of(name: str) -> str:
    """What an account writes about, by its name."""
    topics: Mapping[str, Mapping[str, Any]] = words()["topics"]
    return next((topic for topic, entry in topics.items() if any(word in name for word in entry["words"])), "综合")


class Writer:
    """Writes texts that share at most two sentences with any other of its texts, each under a title of its own."""

    def __init__(self) -> None:
        self._titles: set[str] = set()
        self._shared: set[frozenset[int]] = set()

    def write(self, topic: str, day: date, rng: random.Random, *, short: bool = False) -> Text:
        """A new text; a short one has no opening (picture and text posts)."""
        entry = words()["topics"][topic]
        picked = self._pick(rng, short)
        sentences: list[str] = words()["sentences"]
        body = [_fill(sentences[index], day, rng) for index in picked]
        title = self._title(entry["titles"] if rng.random() < 0.5 else words()["titles"], day, rng)
        if short:
            return Text(title, ("".join(body),))
        paragraphs = [_fill(rng.choice(entry["openings"]), day, rng), body[0] + body[1], "".join(body[2:])]
        if rng.random() < 0.25:
            paragraphs.append(_fill(rng.choice(words()["asides"]), day, rng))
        return Text(title, tuple(paragraphs))

    def _title(self, templates: Sequence[str], day: date, rng: random.Random) -> str:
        """A title never used before; when the templates run dry it says which report of a series it is."""
        for _ in range(60):
            title = _fill(rng.choice(templates), day, rng)
            if title not in self._titles:
                break
        else:
            title = next(name for n in itertools.count(2) if (name := f"{title}（之{n}）") not in self._titles)
        self._titles.add(title)
        return title

    def _pick(self, rng: random.Random, short: bool) -> list[int]:
        """Sentence numbers no three of which (of a short text: no two) were used together before, as long as there are any."""
        size, together = (_SHORT, 2) if short else (_LONG, 3)
        picked: list[int] = []
        for _ in range(200):
            picked = rng.sample(range(len(words()["sentences"])), size)
            groups = {frozenset(group) for group in itertools.combinations(picked, together)}
            if not groups & self._shared:
                self._shared |= groups
                break
        return picked


def reworded(text: Text, rng: random.Random) -> Text:
    """The same text as another account would repeat it: another title, a sentence ahead, blanks moved; still near-identical."""
    title = rng.choice(words()["retitles"]).format(title=text.title, head=text.title[:6])
    return Text(title, (rng.choice(words()["leads"]), *respaced(text.paragraphs, rng)))


def respaced(paragraphs: Sequence[str], rng: random.Random) -> tuple[str, ...]:
    """Paragraphs with other blanks: two wide ones ahead of some, a narrow one after some full stops."""
    return tuple(("\u3000\u3000" if rng.random() < 0.5 else "") + (text.replace("。", "。 ", 1) if rng.random() < 0.5 else text) for text in paragraphs)


def _fill(template: str, day: date, rng: random.Random) -> str:
    slots = {
        "town": rng.choice(words()["towns"]),
        "village": rng.choice(words()["villages"]),
        "few": rng.randint(3, 9),
        "dozens": rng.randint(11, 97),
        "hundreds": rng.randint(105, 986),
        "last": rng.randint(101, 899),
        "amount": f"{rng.randint(11, 980) / 10:.1f}",
        "percent": f"{rng.randint(61, 99)}.{rng.randint(1, 9)}%",
        "day": f"{day.month}月{day.day}日",
        "year": day.year,
    }
    return template.format_map(slots)
