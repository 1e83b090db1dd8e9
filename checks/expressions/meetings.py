"""Meetings: plenums that were never held, 大 and 届 mixed up, numbers that contradict the year."""

import re
from collections.abc import Iterator

from checks.expressions.hits import Hit, Prepared, hit
from checks.expressions.numerals import number, spoken
from core.rules import Rule

_NUMERAL = "[一二三四五六七八九十]"
_MEETING = re.compile(f"(中国共产党|党的|中共)?(第)?({_NUMERAL}{{1,3}})(大届|届大|届|大)(第)?({_NUMERAL}{{1,2}})中全[会汇惠]")
_STATE = re.compile(f"(第)?({_NUMERAL}{{1,3}})届(全国人大|全国政协|全国人民代表大会)(第)?({_NUMERAL}{{1,2}})次(?:全体)?会议")
_YEAR = r"(?<!\d)((?:19|20)\d{2})年(?:\d{1,2}月)?(?:\d{1,2}日)?"
_HELD = re.compile(
    f"{_YEAR}[，,]?(?:胜利)?(?:召开|举行|闭幕|开幕)?(?:的)?(?:中国共产党|党的|中共)(?:第)?({_NUMERAL}{{1,3}})(?:大(?!代)|次全国代表大会|届({_NUMERAL}{{1,2}})中全会)(胜利)?(召开|举行|闭幕|开幕|以来)?"
)
_HELD_IN = re.compile(
    f"(?:中国共产党|党的|中共)(?:第)?({_NUMERAL}{{1,3}})(?:大(?!代)|次全国代表大会|届({_NUMERAL}{{1,2}})中全会)(?:召开|举行)?于((?:19|20)\\d{{2}})年(?:\\d{{1,2}}月)?(?:召开|举行|闭幕|开幕)?"
)
_TOLD = re.compile("召开|举行|闭幕|开幕")


def party_meeting(rule: Rule) -> Prepared:
    """党的二十大三中全会, 党的第二十届三中全会, 十九届八中全会. `options.held`: committee → plenary sessions held."""
    held = {int(term): int(sessions) for term, sessions in rule.options["held"].items()}

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _MEETING.finditer(text, max(0, start - 13), end + 1):
            term, session = number(found[3]), number(found[6])
            if term not in held or not found.start() <= start <= found.end():
                continue
            if not 1 <= session <= held[term]:
                yield hit(rule, *found.span(), text, None, f"{found[3]}届中央委员会没有召开过{found[6]}中全会")
            elif found[4] != "届" or found[2] or found[5] or not found[0].endswith("会"):
                yield hit(rule, *found.span(), text, f"{'党的' if found[1] else ''}{found[3]}届{found[6]}中全会")

    return Prepared(("中全会", "中全汇", "中全惠"), run)


def state_meeting(rule: Rule) -> Prepared:
    """十三届全国人大六次会议: a congress or conference that held fewer. `options.sessions`: the number of sessions in a term."""
    sessions = int(rule.options["sessions"])

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        for found in _STATE.finditer(text, max(0, start - 6), min(len(text), end + 12)):
            if found.start() <= start <= found.end() and number(found[2]) >= 5 and number(found[5]) > sessions:
                yield hit(rule, *found.span(), text, None, f"一届任期五年，没有第{found[5]}次会议")

    return Prepared(("届全国人", "届全国政协"), run)


def meeting_year(rule: Rule) -> Prepared:
    """2022年10月，党的十九大召开: the year belongs to another meeting. `options.congress`: number → year, `options.plenum`: "20-3" → year."""
    congress = {int(key): int(year) for key, year in rule.options["congress"].items()}
    plenum = {str(key): int(year) for key, year in rule.options["plenum"].items()}

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        low, high = max(0, start - 24), min(len(text), end + 24)
        told = [(found, found[1], found[2], found[3]) for found in _HELD.finditer(text, low, high)]
        told += [(found, found[3], found[1], found[2]) for found in _HELD_IN.finditer(text, low, high)]
        for found, year, name, session in told:
            if not found.start() <= start <= found.end() or not _TOLD.search(found[0]):
                continue
            term = number(name)
            real = plenum.get(f"{term}-{number(session)}") if session else congress.get(term)
            if real is None or real == int(year):
                continue
            other = next((key for key, value in congress.items() if value == int(year)), None) if not session else None
            right = found[0].replace(name, spoken(other)) if other else found[0].replace(year, str(real), 1)
            yield hit(rule, *found.span(), text, right, f"这次会议是{real}年召开的")

    return Prepared(("党的", "中国共产党", "中共"), run)
