"""Does a finished bulletin agree with itself? Figures in its prose against the rows of its own annexes, and annexes against their own sums."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from core.errors import UnreadableError
from reports.audit_read import Bulletin, Grid, read_bulletin

TOTAL = "合计"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A figure that its annex contradicts; `told` in the prose (or a printed sum), `counted` from the rows."""

    annex: int
    figure: str
    told: str
    counted: str
    text: str

    @property
    def message(self) -> str:
        return f"附件{self.annex} {self.figure}：文中为{self.told}，按附件统计为{self.counted}（“{self.text}”）"


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`checked`: how many figures were compared; `missing`: annexes without a table in the document."""

    checked: int
    discrepancies: tuple[Discrepancy, ...]
    missing: tuple[int, ...]


def audit(path: Path) -> AuditReport:
    """Compare a bulletin's figures with its annexes; UnreadableError when it holds no annex or no figure that could be compared."""
    bulletin = read_bulletin(path)
    if not bulletin.annexes:
        raise UnreadableError(f"{path}：没有找到附件表格，无法核对；请核对带附件的完整通报")
    outcomes = [*_prose(bulletin), *_accounts_inside(bulletin.annexes.get(3, [])), *_events_inside(bulletin.annexes.get(5, []))]
    if not outcomes:
        raise UnreadableError(f"{path}：正文里没有找到可以与附件核对的数字")
    wrong = tuple(found for found in outcomes if found.told != found.counted)
    return AuditReport(len(outcomes), wrong, tuple(number for number in range(1, 6) if number not in bulletin.annexes))


def audit_data(report: AuditReport) -> dict[str, Any]:
    """The report as plain values for `--json`."""
    listed = [{**asdict(item), "message": item.message} for item in report.discrepancies]
    return {"checked": report.checked, "missing": list(report.missing), "discrepancies": listed}


# --- counting the annexes -----------------------------------------------------------------------------------


def _int(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def _sum(index: int) -> Callable[[Grid], int]:
    return lambda rows: sum(_int(row[index]) for row in rows)


def _units(index: int) -> Callable[[Grid], int]:
    return lambda rows: len({row[index] for row in rows})


def _share(index: int) -> Callable[[Grid], Fraction | None]:
    def share(rows: Grid) -> Fraction | None:
        total = _sum(8)(rows)
        return Fraction(100 * _sum(index)(rows), total) if total else None

    return share


def _event_rows(rows: Grid) -> Grid:
    """The rows of single event types, without sums."""
    return [row for row in rows if row[0] != TOTAL and row[1] != TOTAL]


def _events_sum(*signed: int) -> Callable[[Grid], int]:
    """Σ of the columns given; a negative number is subtracted."""
    return lambda rows: sum((1 if index > 0 else -1) * _int(row[abs(index)]) for row in _event_rows(rows) for index in signed)


def _closing_rate(rows: Grid) -> Fraction | None:
    accepted = _events_sum(3)(rows)
    return Fraction(100 * _events_sum(5)(rows), accepted) if accepted else None


def _graded(number: int, rows: Grid) -> dict[str, str]:
    """Unit → grade in annex 1, 2, 4 or 5; in annex 4 a unit's worst row counts."""
    if number == 4:
        grades: dict[str, str] = {}
        for row in rows:
            if grades.get(row[1]) != "不合格":
                grades[row[1]] = row[-1]
        return grades
    if number == 5:
        return {row[0]: row[7] for row in _event_rows(rows)}
    return {row[0]: row[-1] for row in rows}


# --- the prose ----------------------------------------------------------------------------------------------

Count = Callable[[Grid], int | Fraction | None]
# annex, what it is, how the prose says it, how the annex counts it
FIGURES: tuple[tuple[int, str, str, Count], ...] = (
    (1, "栏目保障单位", r"(\d+)家栏目保障单位", _units(0)),
    (1, "主动公开信息条数", r"主动公开信息(\d+)条", _sum(2)),
    (2, "报送单位", r"(\d+)家单位(?:本月均未)?向", len),
    (2, "报送信息条数", r"报送新闻信息(\d+)条", _sum(1)),
    (2, "审核通过条数", r"审核通过(\d+)条", _sum(2)),
    (3, "账号数", r"(\d+)个政务新媒体账号[，,]?(?:共|均)", len),
    (3, "发布信息条数", r"发布信息(\d+)条", _sum(8)),
    (3, "原创信息条数", r"原创信息(\d+)条", _sum(3)),
    (3, "转载信息条数", r"转载信息(\d+)条", _sum(6)),
    (3, "原创信息占比", r"原创信息\d+条[，,]占比([\d.]+)%", _share(3)),
    (3, "转载信息占比", r"转载信息\d+条[，,]占比([\d.]+)%", _share(6)),
    (4, "应报送信息条数", r"应报送信息(\d+)条", len),
    (5, "生成事件", r"生成事件(\d+)件", _events_sum(2)),
    (5, "废弃事件", r"废弃(\d+)件", _events_sum(4)),
    (5, "未受理事件", r"未受理(\d+)件", _events_sum(2, -3, -4)),
    (5, "受理事件", r"(?<!未)受理(\d+)件", _events_sum(3)),
    (5, "办结事件", r"办结(\d+)件", _events_sum(5)),
    (5, "办结率", r"办结率([\d.]+)%", _closing_rate),
)
GRADE_FIGURES: tuple[tuple[str, str], ...] = (
    ("优秀", r"优秀单位(\d+)家|(未评定)优秀单位"),
    ("良好", r"良好单位(\d+)家"),
    ("合格", r"(?<!不)合格单位(\d+)家"),
    ("不合格", r"不合格单位(\d+)家|(无)不合格单位"),
)
ACCOUNT_GRADES = r"(\d+)[家个]政务新媒体(?:(?!总体评价)[^。；])*总体评价为“%s”"
NAMED = r"优秀单位\d+家[，,](?:分别是|为)([^，,。；;(]+)"


def _prose(bulletin: Bulletin) -> Iterator[Discrepancy]:
    """Every figure of 一、总体情况 that its annex can confirm, and the count of units without news in 二、存在问题."""
    sections = _paragraphs(bulletin.prose)
    for number, name, pattern, count in FIGURES:
        if number in bulletin.annexes and (found := re.search(pattern, sections.get(number, ""))):
            counted = count(bulletin.annexes[number])
            if counted is not None:
                yield _compared(number, name, found, counted)
    for number, rows in bulletin.annexes.items():
        yield from _grades(number, rows, sections.get(number, ""))
    if 2 in bulletin.annexes and (found := re.search(r"(\d+)家单位\d+月份未上传", bulletin.prose)):
        yield _compared(2, "未上传信息单位", found, sum(row[1] == "0" for row in bulletin.annexes[2]))


def _paragraphs(prose: str) -> dict[int, str]:
    """Annex number → the paragraph of 一、总体情况 that ends by pointing to it."""
    sections: dict[int, str] = {}
    start = max(prose.find("总体情况"), 0)
    for mark in re.finditer(r"见附件(\d)\)", prose):
        sections.setdefault(int(mark[1]), prose[start : mark.end()])
        start = mark.end()
    return sections


def _compared(annex: int, name: str, found: re.Match[str], counted: int | Fraction) -> Discrepancy:
    told = next((group for group in found.groups() if group is not None), "")
    if isinstance(counted, Fraction):
        return Discrepancy(annex, name, f"{told}%", _as_told(told, counted), found[0])
    return Discrepancy(annex, name, told if told.isdecimal() else "0", str(counted), found[0])


def _as_told(told: str, exact: Fraction) -> str:
    """The exact percentage with as many decimals as the prose has, half up."""
    decimals = len(told.partition(".")[2])
    scaled = int(exact * 10**decimals + Fraction(1, 2))
    digits = str(scaled).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}%" if decimals else f"{digits}%"


def _grades(number: int, rows: Grid, text: str) -> Iterator[Discrepancy]:
    grades = _graded(number, rows)
    if number == 3:
        counts = Counter(row[-1] for row in rows)  # one name may be two accounts
        for grade in ("优秀", "合格", "不合格"):
            if found := re.search(ACCOUNT_GRADES % grade, text):
                yield _compared(3, f"{grade}账号", found, counts[grade])
        return
    counts = Counter(grades.values())
    for grade, pattern in GRADE_FIGURES:
        if found := re.search(pattern, text):
            yield _compared(number, f"{grade}单位", found, counts[grade])
    if number in (1, 2) and (named := re.search(NAMED, text)):
        told = [_bare(name) for name in named[1].split("、")]
        best = [_bare(unit) for unit, grade in grades.items() if grade == "优秀"]
        yield Discrepancy(number, "优秀单位名单", "、".join(sorted(told)), "、".join(sorted(best)), named[0])


def _bare(name: str) -> str:
    """A unit's name without blanks and without the leading 县 that a list leaves out."""
    return re.sub(r"\s", "", name).removeprefix("县")


# --- the annexes' own sums ----------------------------------------------------------------------------------


def _accounts_inside(rows: Grid) -> Iterator[Discrepancy]:
    """Annex 3: reposts = recommended reposted + others; total = originals + reposts."""
    for row in rows:
        yield Discrepancy(3, f"{row[1]}的转载信息更新总数", row[6], str(_int(row[5]) + _int(row[7])), row[1])
        yield Discrepancy(3, f"{row[1]}的更新信息总数", row[8], str(_int(row[3]) + _int(row[6])), row[1])


def _events_inside(rows: Grid) -> Iterator[Discrepancy]:
    """Annex 5: each 合计 is the sum of its rows; each rate is closed over accepted."""
    names = ("生成事件数量", "受理事件数量", "废弃事件数量", "办结事件数量")
    for row in rows:
        if TOTAL in row[:2]:
            mine = _event_rows(rows) if row[0] == TOTAL else [other for other in _event_rows(rows) if other[0] == row[0]]
            for index, name in enumerate(names, 2):
                yield Discrepancy(5, f"{row[0]}{'' if row[0] == TOTAL else TOTAL}的{name}", row[index], str(_sum(index)(mine)), row[0])
        accepted = _int(row[3])
        if accepted and row[6].endswith("%"):
            yield Discrepancy(5, f"{row[0]}{row[1]}的办结率", row[6], _as_told(row[6][:-1], Fraction(100 * _int(row[5]), accepted)), row[0])


def summary(report: AuditReport) -> Sequence[str]:
    """The report in lines for a person."""
    lines = [item.message for item in report.discrepancies]
    lines += [f"附件{number}没有找到表格，有关数字未核对" for number in report.missing]
    verdict = f"核对数字 {report.checked} 处，" + (f"{len(report.discrepancies)} 处不一致" if report.discrepancies else "全部一致")
    return [*lines, verdict]
