"""Fixed lists told out of order, short of a member or with a stranger in it; words that must stand in quotation marks."""

import re
from collections.abc import Iterator
from itertools import takewhile

from checks.expressions.hits import Hit, Prepared, hit
from checks.expressions.skeleton import QUOTES
from core.rules import Rule

_HAN = "[\u3400-\u9fff]"
_AND = re.compile("、|以及|和|与|及")


def enumeration(rule: Rule) -> Prepared:
    """`options.members` in their order. `exchange`: one may be replaced by a stranger; `missing`: one may be left out; `cue`: what must precede for these."""
    members: tuple[str, ...] = tuple(rule.options["members"])
    stranger = re.compile(f"{_HAN}{{{min(map(len, members))},{max(map(len, members))}}}?(?=、|和|与|及|以及|[，。；的等]|$)")
    cue = re.compile(str(rule.options["cue"])) if "cue" in rule.options else None
    right, size = "、".join(members), len(members)
    reach = len(right) + 8

    def listed(text: str, start: int) -> list[tuple[int, str]]:
        """The items from `start` on, each with its end."""
        items: list[tuple[int, str]] = []
        while len(items) <= size:
            name = next((member for member in members if text.startswith(member, start)), None)
            found = None if name else stranger.match(text, start)
            if name is None and found is None:
                break
            name = name or (found[0] if found else "")
            items.append((start + len(name), name))
            link = _AND.match(text, start + len(name))
            if not link:
                break
            start = link.end()
        return items

    def wrong(names: list[str], cued: bool) -> int:
        """How many of the names make a list that is wrong; 0 when it is right or another list."""
        run = list(takewhile(lambda name: name in members, names))
        if tuple(run[:size]) == members:
            return 0
        if len(set(run[:size])) == size:
            return size
        exchanged = names[:size]
        placed = sum(one == other for one, other in zip(exchanged, members, strict=False)) == size - 1 and len(names) == size
        if rule.options.get("exchange") and (cued or placed) and len(set(exchanged)) == size and sum(name not in members for name in exchanged) == 1:
            return size if exchanged[-1] in members or len(names) == size else 0
        lacking = [member for member in members if member not in run]
        if rule.options.get("missing") and cued and len(run) == len(names) == size - 1 and len(lacking) == 1:
            inner = lacking[0] not in (members[0], members[-1]) and run == [member for member in members if member != lacking[0]]
            return len(run) if inner or (cue is not None and len(set(run)) == len(run)) else 0
        return 0

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if text.endswith(preceded, 0, start) or sum(member in text[start : start + reach] for member in members) < size - 1:
            return
        items = listed(text, start)
        cued = cue is None or bool(cue.search(text, max(0, start - 40), start))
        count = wrong([name for _, name in items], cued)
        if count and len(items) >= count:
            stop = items[count - 1][0]
            if text[start:stop] != right:
                yield hit(rule, start, stop, text, right, "固定排列，顺序和组成不得改变")

    preceded = tuple(f"{member}、" for member in members)
    return Prepared(preceded, run)


def quoted(rule: Rule) -> Prepared:
    """`options.words` stand in quotation marks; `options.followed`: what comes after them, so that 第一台独立设备 is none."""
    words: tuple[str, ...] = tuple(rule.options["words"])
    followed: tuple[str, ...] = tuple(rule.options["followed"])

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for word in words:
            place = text.find(word)
            while place >= 0:
                stop = place + len(word)
                quotes = tuple(QUOTES)
                if (
                    not text.endswith((*quotes, "新", "一"), 0, place)
                    and not text.startswith(quotes, stop)
                    and (text.startswith(followed, stop) or stop == len(text))
                ):
                    yield hit(rule, place, place + len(word), text, f"“{word}”", "应加引号")
                place = text.find(word, place + len(word))

    return Prepared((), run, whole=True)
