"""Running text: one linear pass finds candidates, and only the windows around them are proved, explained and weighed."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from checks.privacy.judge import Claim, judge, seen
from checks.privacy.policy import Policy
from checks.privacy.spots import spots
from core.text import fold

_ANY = r"[\s\-·.\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060-\u206f\u2212\ufe00-\ufe0f\ufeff－—]"
_STAR = "*＊×●○•□■█_＿…XxＸｘ"
_DIGITS = re.compile(rf"[0-9０-９](?:{_ANY}{{0,4}}[0-9０-９{_STAR}]){{6,80}}")
_GROUPS = re.compile(rf"[0-9０-９{_STAR}]+")
_STARRED = re.compile(r"[*＊×●○•□■█_＿…]+|[XxＸｘ]{2,}")
_NO_STARS = dict.fromkeys(map(ord, _STAR))
_PROJECT = re.compile(r"[0-9]{4}-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{6}")  # codes of the national investment platform
_LABELS = ("证", "学", "考", "宅", "家", "照", "保", "号", "残")
_HOME_PHONE = ("宅", "家庭", "家里", "住宅")
_UNSEEN = "[\u00ad\u200b-\u200f\u2060\ufeff]?"
_TRIGGERS = (
    re.compile(r"[（(][1１][3-9３-９][0-9０-９][)）][ -]?[0-9０-９]{4}"),
    re.compile(r"[0-9０-９]{7}[(（ ]?(?:护照|[\u4e00-\u9fff]{0,2}通行证|台胞证|回乡证)"),
    re.compile(
        rf"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新]{_UNSEEN}[A-Za-zＡ-Ｚ]{_UNSEEN}[·•.\s-]?(?:{_UNSEEN}[A-Z0-9Ａ-Ｚ０-９]){{5}}"
    ),
    re.compile(r"(?:住(?![房宅院建户宿校])|户籍|地址)[^。；;\n]{0,60}?\n?[^。；;\n]{2,60}?[0-9０-９零一二三四五六七八九十A-Za-z](?:号|室|户|单元|-[0-9０-９])"),
)
_BEFORE, _AFTER, _TOGETHER = 90, 48, 300


class Placed(NamedTuple):
    """A claim in a text: offsets in the original, the role it was seen in."""

    claim: Claim
    start: int
    end: int
    role: str


def candidates(text: str) -> list[tuple[int, int]]:
    """Where something could be, in order; the only pass over the whole text."""
    found = [match.span() for match in _DIGITS.finditer(text) if _worth(text, match)]
    for trigger in _TRIGGERS:
        found += [match.span() for match in trigger.finditer(text)]
    found.sort()
    return found


def possible(text: str) -> bool:
    """Is there a form of any kind in a cell? Its header is not looked at here, so nothing is ruled out."""
    return bool(_DIGITS.search(text)) or any(trigger.search(text) for trigger in _TRIGGERS)


def _worth(text: str, match: re.Match[str]) -> bool:
    """Could anything in this run of digits be claimed? Says no, cheaply, to what official text is full of: dates, office phones, masks, codes."""
    run = match[0]
    groups = _GROUPS.findall(run)
    longest = max(map(len, groups))
    if _PROJECT.fullmatch(run):
        return False
    if longest < 7:  # eleven digits in regular pieces, not a date nor a row of small figures
        return sum(map(len, groups)) >= 11 and (longest >= 4 or len(set(map(len, groups[:-1]))) == 1)
    start, end = match.span()
    if len(groups) == 1:
        digits = run.translate(_NO_STARS)
        if len(run) - len(digits) >= 4:
            return len(max(_STARRED.split(run), key=len)) >= 11  # a mask that hides four or more
        if len(run) <= 10:  # too short to prove itself: a letter or a label must stand before it
            before = text[max(0, start - 16) : start]
            return (before[-1:].isascii() and before[-1:].isalpha()) or any(word in before for word in _LABELS)
    elif len(groups) == 2 and run[0] in "0０" and len(run) <= 14:
        return any(word in text[max(0, start - 16) : start] for word in _HOME_PHONE)  # an office's phone otherwise
    return not (len(run) <= 10 and text[end : end + 1].isascii() and text[end : end + 1].isalpha())


def _groups(found: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Candidates close together, as one stretch of bounded length: windows stay small, so the work stays linear."""
    start, end = found[0]
    for first, last in found[1:]:
        if last - start <= _TOGETHER and first - end <= _AFTER:
            end = max(end, last)
        else:
            yield start, end
            start, end = first, last
    yield start, end


def scan_text(text: str, policy: Policy, header: str = "", found: list[tuple[int, int]] | None = None) -> list[Placed]:
    """Every leak in a running text; `header` is what the column says about it, `found` its candidates where known already."""
    found = candidates(text) if found is None else found
    if not found:
        return []
    placed: list[Placed] = []
    done = 0
    for start, end in _groups(found):
        base = max(0, start - _BEFORE)
        window = fold(text[base : end + _AFTER])
        if not _suspicious(window.text, policy, header):
            continue
        for claim, role in _proved(window.text, policy, header):
            first, last = window.span(claim.start, claim.end)
            first, last = first + base, last + base
            if last > max(start, done) and first < end and first >= done:
                placed.append(Placed(claim, first, last, role))
                done = last if claim.kind != "home-address" else done
    return placed


def _suspicious(window: str, policy: Policy, header: str) -> bool:
    """The cheap question: could anything in the window stand? If not, Presidio is not asked (nor imported)."""
    context = (header,) if header else ()
    return any(hit.kind != "masked" and judge(hit, seen(window, hit, policy, context), policy) for hit in spots(window, policy.tables))


def _proved(window: str, policy: Policy, header: str) -> Iterator[tuple[Claim, str]]:
    from checks.privacy.engine import engine

    for verdict in engine(policy).verdicts(window, header):
        yield verdict.claim, verdict.role
