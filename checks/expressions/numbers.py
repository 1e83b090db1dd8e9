"""Figures of one sentence that cannot all be true."""

import re
from collections.abc import Iterator
from decimal import Decimal

from checks.expressions.hits import Hit, Prepared, hit
from core.rules import Rule

_SCALE = {"": 1, "万": 10_000, "亿": 100_000_000}
_FIGURE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(万|亿)?(个|名|人|户|家|条|件|篇|项|起|处|台|辆|套|所|座|亩|吨|次|期|份|宗|对|批|元|公里|平方米|斤|株|头|只|场|班|张|封|例)"
)
_DIGIT = re.compile("\\d")
_AVERAGE = re.compile("平均|每|亩产|人均|单产|均价")
_PARTED = re.compile("[。；;\n！？]")
# Groups that may share members, so that their numbers need not add up.
_OVERLAP = re.compile(
    "女|岁|以上|以下|学历|党员|少数民族|兼|重复|交叉|同时|又|老年|青年|残疾|一级|重点|约|近|余|多[人户个家]|新增|较|比|增长|下降|每|平均|人均|[%％]"
)
# Groups of which one is what the other is not.
_COMPLEMENT = (
    ("不合格", "合格"),
    ("未办结", "办结"),
    ("未完成", "完成"),
    ("男", "女"),
    ("原创", "转载"),
    ("未达标", "达标"),
    ("无效", "有效"),
    ("未整改", "已整改"),
    ("转发", "原创"),
)
_P = r"(\d+(?:\.\d+)?)\s*%"
_UP = "(?:提高|上升|增长|增加|提升|下降|降低|回落|减少|降)了?"
_CHANGE = re.compile(rf"(?:由|从)[^。；，,\d]{{0,10}}{_P}[^。；\d]{{0,10}}(?:到|至|为){_P}[，,、]?[^。；\d]{{0,12}}?{_UP}\s*(\d+(?:\.\d+)?)\s*(%|个百分点)")


def totals(rule: Rule) -> Prepared:
    """共12个，其中5个…8个: the parts are more than the whole; 30家，其中合格25家、不合格6家: two halves that do not make it."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if not _DIGIT.search(text, max(0, start - 16), start):
            return
        low = max((stop.end() for stop in _PARTED.finditer(text, max(0, start - 60), start)), default=max(0, start - 60))
        before = list(_FIGURE.finditer(text, low, start))
        stop = _PARTED.search(text, end, min(len(text), end + 120))
        high = stop.start() if stop else min(len(text), end + 120)
        again = text.find("其中", end, high)
        high = again if again >= 0 else high
        if not before or (shut := _shut(text, start, high)) < end:
            return
        whole = before[-1]
        parts = [part for part in _FIGURE.finditer(text, end, shut) if part[3] == whole[3]]
        total, told = _value(whole), text[end:shut]
        if not parts or not total or start - whole.end() > 12 or _AVERAGE.search(text, max(low, whole.start() - 14), whole.start()):
            return
        values = [_value(part) for part in parts]
        if max(values) > total:
            reason = f"其中的一项（{parts[values.index(max(values))][0]}）大于总数（{whole[0]}）"
        elif len(values) == 2 and sum(values) != total and any(one in told and other in told.replace(one, "", 1) for one, other in _COMPLEMENT):
            reason = f"两项之和与总数（{whole[0]}）不符"
        elif len(values) > 1 and sum(values) > total and not _OVERLAP.search(told):
            reason = f"各项之和大于总数（{whole[0]}）"
        else:
            return
        yield hit(rule, whole.start(), parts[-1].end(), text, None, reason)

    return Prepared(("其中",), run)


def _shut(text: str, start: int, high: int) -> int:
    """Where an opening bracket before 其中 closes; else `high`."""
    if text[max(0, start - 1) : start] == "(":
        closed = text.find(")", start, high)
        return closed if closed >= 0 else high
    return high


def _value(figure: re.Match[str]) -> Decimal:
    return Decimal(figure[1]) * _SCALE[figure[2] or ""]


def percentage_points(rule: Rule) -> Prepared:
    """由85%提高到90%，提高5%: the difference of two rates is counted in percentage points, and must be the difference."""

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if text.find("%", max(0, start - 40), start) < 0:
            return
        for found in _CHANGE.finditer(text, max(0, start - 50), min(len(text), end + 6)):
            if not found.start() <= start < found.end():
                continue
            first, last, told = Decimal(found[1]), Decimal(found[2]), Decimal(found[3])
            gap = abs(last - first)
            right = f"{gap.normalize():f}个百分点"
            if (found[4] == "%" and told == gap) or (found[4] != "%" and told != gap):
                yield hit(rule, found.start(3), found.end(4), text, right, "两个百分数之差是百分点" if found[4] == "%" else "与前面两个百分数之差不符")

    return Prepared(("%，", "%,", "%、", "%提", "%上", "%增", "%下", "%降", "%回", "%减", "%(", "个百分点"), run)
