"""Punctuation of a whole text: marks without their partner, half-width marks among full-width ones, numbering that repeats or skips."""

import re
from collections.abc import Iterator, Sequence

from checks.expressions.hits import Hit, Prepared, hit
from checks.expressions.numerals import number, spoken
from core.rules import Rule

_PAIRS = (("《", "》"), ("“", "”"), ("(", ")"), ("【", "】"), ("〔", "〕"))
_ITEM = re.compile(r"(?:^|[\s。；;：:，,、(])(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[a-zA-Z①-⑳])$")  # the 1) of a list has no opening bracket
_WIDE = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！"}
_HALF = re.compile("[,;:?!](?<=[\u3400-\u9fff][,;:?!])(?=[\u3400-\u9fff])")  # begins with the rare character, so that the search can leap
_HALF_LONG = re.compile("[,;:?!](?<=[\u3400-\u9fff]{5}[,;:?!])(?=[\u3400-\u9fff]{5})")
_NUMERAL = "[一二三四五六七八九十]{1,3}"
_HEADS = (  # what heads look like, and what a list that goes wrong must hold
    (re.compile(rf"({_NUMERAL})、(?!{_NUMERAL}[、产是])(?=\S)"), ("二、", "三、")),
    (re.compile(rf"\(({_NUMERAL})\)(?=\S)"), ("(二)", "(三)")),
)
_ATTACHED = re.compile(r"(?<![\d.〔(])(\d{1,2})\s*[.．、](?!\d)(?=\s*\S)")
_NAMED = re.compile(r"附件(\d{1,2})[:：]")
_REFERS = frozenset("第条款项之至和或按据见与及由、及前述上列表注式例图如照对依即为其该级类")
_REFERRED = tuple("项款条类组号标期班段批排级点部届次")
_BEGINS = re.compile(r"(?:^|[\n。；：;:!！?？]|[\s\u3000])[\s\u3000]*$")


def pairs(rule: Rule) -> Prepared:
    """《 without 》 in its line, and so for “ ( 【 〔 ."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for opening, closing in _PAIRS:
            if text.count(opening) == text.count(closing):
                continue
            if opening == "“" and "\n" in text:  # each paragraph of a long quotation opens anew
                continue
            for place in _lonely(text, opening, closing):
                if opening == "“" and _continued(text, place):
                    continue
                yield hit(rule, place, place + 1, text, None, f"“{text[place]}”没有与之成对的符号")

    return Prepared((), run, whole=True)


def _lonely(text: str, opening: str, closing: str) -> Iterator[int]:
    """Marks without a partner in the same line."""
    begin = 0
    for line in text.split("\n"):
        waiting: list[int] = []
        for index, char in enumerate(line):
            if char == opening:
                waiting.append(begin + index)
            elif char == closing and waiting:
                waiting.pop()
            elif char == closing and not (closing == ")" and _ITEM.search(line[:index])):
                yield begin + index
        if opening != "(" or _han(line):
            yield from waiting
        begin += len(line) + 1


def _continued(text: str, place: int) -> bool:
    """A quotation that runs over several paragraphs: opened after a colon or at the beginning, closed after a full stop."""
    before = text[max(0, place - 1) : place]
    return (before in ("", ":", "：", "，", ",", " ", "》", "曰")) if text[place] == "“" else before in tuple("。！？!?…")


def _han(line: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in line)


def width(rule: Rule) -> Prepared:
    """A half-width comma between Chinese characters, in a text that otherwise has full-width ones."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if not any(mark in text for mark in _WIDE) or not ("，" in text or "。" in text):
            return
        for found in (_HALF if "，" in text else _HALF_LONG).finditer(text):  # without a wide comma beside it, a list of short items may be meant so
            yield hit(rule, *found.span(), text, _WIDE[found[0]], "中文里应用全角标点")

    return Prepared((), run, whole=True)


def numbering(rule: Rule) -> Prepared:
    """一、…二、…二、… within one text."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for expression, signs in _HEADS:
            if not any(sign in text for sign in signs):
                continue
            heads = [head for head in expression.finditer(text) if _begins(text, head)]
            for index, expected in slips([number(head[1]) for head in heads]):
                note = "序号重复" if expected > number(heads[index][1]) else "序号缺漏"
                yield hit(rule, heads[index].start(1), heads[index].end(1), text, spoken(expected), note)

    return Prepared((), run, whole=True)


def _begins(text: str, head: re.Match[str]) -> bool:
    """A head begins a line or follows a mark or a blank; one in brackets may follow the text of the one before it, but is none in 第(二)项."""
    if _BEGINS.search(text, max(0, head.start() - 8), head.start()):
        return True
    return head[0][0] == "(" and text[head.start() - 1] not in _REFERS and not text.startswith(_REFERRED, head.end())


def attachments(rule: Rule) -> Prepared:
    """附件：1.… 2.… 2.…: the numbers of a list of attachments repeat or skip."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        named = list(_NAMED.finditer(text, start, min(len(text), start + 400, _line(text, start))))
        if named and named[0].start() == start and len(named) > 2:
            for index, expected in slips([int(head[1]) for head in named]):
                yield hit(
                    rule, named[index].start(1), named[index].end(1), text, str(expected), "附件序号重复" if expected > int(named[index][1]) else "附件序号缺漏"
                )
                return
        stop = text.find("\n\n", end)
        heads = list(_ATTACHED.finditer(text, end, min(len(text), end + 400, stop if stop >= 0 else len(text))))
        if not heads or heads[0].start() > end + 2 or int(heads[0][1]) != 1:
            return
        for index, expected in slips([int(head[1]) for head in heads]):
            yield hit(
                rule, heads[index].start(1), heads[index].end(1), text, str(expected), "附件序号重复" if expected > int(heads[index][1]) else "附件序号缺漏"
            )
            return

    return Prepared(("附件:", "附件：", "附件1:", "附件1："), run)


def _line(text: str, place: int) -> int:
    """Where the line ends."""
    stop = text.find("\n", place)
    return stop if stop >= 0 else len(text)


def slips(figures: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(index, number expected) of every numeral that repeats its predecessor, or skips one in a list that began with 1."""
    previous, begun = 0, False
    for index, value in enumerate(figures):
        begun = begun or value == 1
        if (previous >= 2 and value == previous) or (begun and previous >= 1 and value == previous + 2):
            yield index, previous + 1
        previous = value
