"""What counts as right: title, date, source, text, attachments of one page against its gold."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("title", "date", "source", "text", "attachments")


@dataclass
class Read:
    """What a reader made of one page; None where it has no such notion."""

    title: str | None = None
    published_at: str | None = None
    source: str | None = None
    text: str = ""
    attachments: list[str] | None = None


@dataclass
class Score:
    """Counts over pages: of the field asked for, and of it right; wrong dates apart."""

    right: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    date_wrong: int = 0
    pages: int = 0

    def share(self, name: str) -> float:
        return self.right[name] / self.asked[name] if self.asked[name] else 1.0


def _tight(text: str | None) -> str:
    return re.sub(r"[\s\u200b\ufeff]+", "", text or "")


def text_faults(read: Read, gold: dict[str, Any]) -> list[str]:
    """Why a text is not right: it begins elsewhere, ends too early, or holds words of the frame. A repeated title before it is no fault."""
    text, title = _tight(read.text), _tight(gold["title"])
    if text.startswith(title) and not _tight(gold["begins"]).startswith(title):
        text = text[len(title) :]
    number = _tight(gold.get("number"))
    if number and text.startswith(number):
        text = text[len(number) :]
    faults = []
    if not text.startswith(_tight(gold["begins"])[:24]):
        faults.append(f"begins {text[:24]}")
    if gold.get("ends") and _tight(gold["ends"])[-12:] not in text:
        faults.append("ends early")
    faults += [f"holds {word}" for word in gold["never"] if _tight(word) in text]
    return faults


def judge(read: Read, gold: dict[str, Any]) -> dict[str, str]:
    """The fields that are wrong, each with what was read; an absent key is right or not asked."""
    wrong = {}
    if _tight(read.title) != _tight(gold["title"]):
        wrong["title"] = str(read.title)
    have, want = read.published_at or "", gold["published_at"] or ""
    known = max(10, min(len(have), len(want)))  # who gives only the day is asked only for the day
    if have[:known] != want[:known]:
        wrong["date"] = str(have)
    if gold["source"] and _tight(read.source) != _tight(gold["source"]):
        wrong["source"] = str(read.source)
    if faults := text_faults(read, gold):
        wrong["text"] = "; ".join(faults)
    want_files = sorted(item["url"] for item in gold["attachments"])
    if sorted(set(read.attachments or [])) != want_files:
        wrong["attachments"] = " ".join(sorted(set(read.attachments or []) ^ set(want_files)))
    return wrong


def tally(score: Score, read: Read, gold: dict[str, Any]) -> dict[str, str]:
    """Add one page to the counts; gives what was wrong."""
    wrong = judge(read, gold)
    score.pages += 1
    for name in FIELDS:
        if name == "source" and not gold["source"]:
            continue
        score.asked[name] += 1
        score.right[name] += name not in wrong
    score.date_wrong += bool(read.published_at) and read.published_at[:10] != (gold["published_at"] or "")[:10]
    return wrong
