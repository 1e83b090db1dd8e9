"""Adjusting the month by hand: which grades and sentences can be adjusted, why an adjustment cannot be taken, taking one back as a further row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.assessment import GRADES, UNVERIFIED, Assessment, Problem
from core.calendar import Month
from core.records import Verdict
from core.store import findings as store
from core.store.models import Verdict as Row
from reports.adjust import LEFT_OUT, in_force, problem_subject, unit_subject
from reports.kinds import KINDS
from service.desk import clock
from service.desk.access import Person
from service.desk.issuing import SYSTEMS
from service.desk.standing import Judged
from service.desk.words import complaint_about
from service.jobs import of_month

LEAST_SENTENCE = 8
# The grades that each system knows; annex 5 alone has 良好.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "columns": ("优秀", "合格", "不合格", UNVERIFIED),
    "news": ("优秀", "合格", "不合格", UNVERIFIED),
    "accounts": ("优秀", "合格", "不合格", UNVERIFIED),
    "submissions": ("合格", "不合格", UNVERIFIED),
    "events": (*GRADES, UNVERIFIED),
}


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade that can be adjusted; `given` is the one in force, `decision` the person's row that gave it."""

    subject: str
    system: str
    key: str
    given: str
    choices: tuple[str, ...]
    decision: Verdict | None

    @property
    def annex(self) -> str:
        return SYSTEMS[self.system]


def grade_of(month: Judged, subject: str) -> Grade | None:
    """The grade a subject names; None when the month has no such grade."""
    _, _, rest = subject.partition("grade/")
    system, _, key = rest.partition("/")
    given = month.assessment.grades.get(system, {}).get(key)
    if given is None:
        return None
    decision = next((verdict for verdict in month.assessment.adjustments if verdict.subject == subject), None)
    return Grade(subject, system, key, given, CHOICES[system], decision)


def subjects(assessment: Assessment) -> dict[str, Problem]:
    """Every subject of a problem, or of one unit in it, that can be decided on."""
    found: dict[str, Problem] = {}
    for problem in assessment.problems:
        found[problem_subject(problem)] = problem
        if len(problem.units) > 1:
            found |= {unit_subject(problem, unit): problem for unit in problem.units}
    return found


def complaint(month: Judged, subject: str, decision: str, reason: str) -> str:
    """Why this adjustment cannot be taken, in words for the person; empty when it can."""
    if subject.startswith("grade/"):
        grade = grade_of(month, subject)
        if grade is None:
            return "没有保存：这个等次已不在本月的附件里，请刷新页面。"
        if decision not in grade.choices:
            return f"没有保存：请选择等次（{'、'.join(grade.choices)}）。"
        if decision == grade.given:
            return f"没有保存：现在就是“{decision}”，不需要调整。"
    else:
        if subject not in subjects(month.assessment):
            return "没有保存：这条问题的依据刚刚有变化，请刷新页面后再看。"
        if decision != LEFT_OUT and "#" not in subject:
            return "没有保存：单个单位只能“不列入”，改写请改整句。"
        if decision != LEFT_OUT and len(decision) < LEAST_SENTENCE:
            return f"没有保存：改写后的语句至少 {LEAST_SENTENCE} 个字；如不列入通报，请用“不列入”。"
        if decision != LEFT_OUT and (wrong := complaint_about(decision, "改写的语句")):
            return wrong
    return complaint_about(reason)


def adjust(person: Person, month: Month, subject: str, decision: str, reason: str) -> int:
    """Add the row; returns its key."""
    verdict = Verdict(f"{subject}@{month}", decision, reason, person.name, clock.now())
    (key,) = store.add_verdicts(person.county.id, [verdict])
    return key


def undo(person: Person, row: Row) -> bool:
    """Take a row back by a further one that restores what was decided before; False when it is no longer the latest."""
    history = list(Row.objects.filter(county=row.county, subject=row.subject).order_by("at", "pk"))
    if history[-1].pk != row.pk:
        return False
    before = history[-2].decision if len(history) > 1 else ""
    store.add_verdicts(row.county, [Verdict(row.subject, before, f"撤销“{label_of(row.decision)}”", person.name, clock.now())])
    return True


def label_of(decision: str) -> str:
    """A decision as a person reads it."""
    return {"original": "原创", "other": "转载", "": "恢复计算结果"}.get(decision, decision if len(decision) < 20 else f"{decision[:18]}…")


def subject_name(subject: str) -> str:
    """A subject as a person reads it."""
    kind, _, rest = subject.rpartition("@")[0].partition("/") if "@" in subject else subject.partition("/")
    head, _, key = rest.partition("/")
    if kind == "grade":
        return f"{SYSTEMS.get(head, head)}：{key}"
    return f"{KINDS.get(head, head)}：{key.partition('#')[0]}"


def left_out(month: Judged) -> list[Verdict]:
    """Problems and units that a person left out and that would otherwise be told."""
    return [verdict for verdict in month.assessment.adjustments if verdict.decision == LEFT_OUT]


def void(month: Judged) -> list[Verdict]:
    """Decisions on sentences whose basis has changed since, so that they no longer apply."""
    decisions = in_force(of_month(month.counted.verdicts, month.assessment.month))
    applied = {verdict.subject for verdict in month.assessment.adjustments}
    return [verdict for subject, verdict in decisions.items() if subject not in applied]


def history(county: str, month: Month) -> Sequence[Row]:
    """Every adjustment of the month, those taken back included, the newest first."""
    return list(Row.objects.filter(county=county, subject__endswith=f"@{month}").order_by("-at", "-pk"))
