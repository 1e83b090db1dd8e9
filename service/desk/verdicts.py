"""Verdicts at the desk: who may decide what, when a reason is owed, and undoing as a further row."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.records import Verdict
from core.store import findings as store
from core.store.models import Finding
from core.store.models import Verdict as VerdictRow
from service.desk import clock
from service.desk.access import EDITORS, Person
from service.desk.models import OFFICER


@dataclass(frozen=True, slots=True)
class Decision:
    """What can be decided: the word kept in the store, the button's words, who may, whether a reason is owed, and what follows."""

    word: str
    label: str
    roles: tuple[str, ...]
    needs_reason: bool
    help: str


DECISIONS = (
    Decision("确认", "确认问题", EDITORS, False, "问题属实，等待单位整改"),
    Decision("误报", "标为误报", EDITORS, True, "判断有误，不计入考核"),
    Decision("豁免", "豁免", EDITORS, True, "属实但依规定可以公开，不计入考核"),
    Decision("已整改", "记为已整改", (*EDITORS, OFFICER), False, "已撤下或改正，下次采集时复查"),
    Decision("申诉", "提出申诉", (OFFICER,), True, "认为判断有误，请信息中心复核"),
    Decision("复核", "要求复核", EDITORS, True, "请另一位同事再看一遍"),
)


def allowed(person: Person) -> tuple[Decision, ...]:
    """What this person may decide."""
    return tuple(decision for decision in DECISIONS if person.role in decision.roles)


def complaint(person: Person, word: str, reason: str) -> str:
    """Why this decision cannot be taken, in words for the person; empty when it can."""
    decision = next((item for item in allowed(person) if item.word == word), None)
    if decision is None:
        return "请先选择处理意见（如“确认问题”）。" if not word else f"您的角色不能作出“{word}”，请联系信息中心。"
    if decision.needs_reason and not reason:
        return f"“{decision.label}”需要写明理由，例如依据的文件或核实的情况。"
    if len(reason) > 1000:
        return "理由太长，请控制在 1000 字以内。"
    return ""


def decide(person: Person, uids: Sequence[str], word: str, reason: str) -> list[int]:
    """Write one row for each finding; returns the rows' keys, which `undo` takes back."""
    at = clock.now()
    return store.add_verdicts(person.county.id, [Verdict(f"finding/{uid}", word, reason, person.name, at) for uid in uids])


def undo(person: Person, keys: Sequence[int]) -> int:
    """Take rows back by further rows that restore what was decided before; rows overtaken by a later decision stay. Returns how many were undone."""
    county, restored = person.county.id, []
    for start in range(0, len(keys), 300):
        given = {row.subject: row for row in VerdictRow.objects.filter(county=county, pk__in=keys[start : start + 300])}
        seen = set(person.scope(Finding.objects.filter(uid__in=[_uid(subject) for subject in given])).values_list("uid", flat=True))
        history: dict[str, list[VerdictRow]] = {}
        for row in VerdictRow.objects.filter(county=county, subject__in=list(given)).order_by("at", "pk"):
            history.setdefault(row.subject, []).append(row)
        for subject, rows in history.items():
            if _uid(subject) in seen and rows[-1].pk == given[subject].pk:
                before = rows[-2].decision if len(rows) > 1 else "重开"
                restored.append(Verdict(subject, before, f"撤销“{rows[-1].decision}”", person.name, clock.now()))
    store.add_verdicts(county, restored)
    return len(restored)


def _uid(subject: str) -> str:
    return subject.removeprefix("finding/")
