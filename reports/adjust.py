"""What persons decided about the month: grades set by hand, problems left out or told in other words. Every decision is a row; the latest counts.

Subjects: `grade/<system>/<key>`, decision a grade · `problem/<kind>/<key>`, decision 不列入 or the sentence to be used. An empty decision takes an earlier one back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.assessment import Problem
from core.records import Verdict

LEFT_OUT = "不列入"
_PREFIXES = ("grade/", "problem/")
_KEY_LENGTH = 120


def in_force(verdicts: Sequence[Verdict]) -> dict[str, Verdict]:
    """Subject → the latest decision on it, for grades and problems; those taken back are gone."""
    latest = {verdict.subject: verdict for verdict in verdicts if verdict.subject.startswith(_PREFIXES)}
    return {subject: verdict for subject, verdict in latest.items() if verdict.decision}


def problem_subject(problem: Problem) -> str:
    """The subject of decisions on a problem. It holds a digest of what was computed: when that changes, a decision no longer applies."""
    if problem.data.get("adjusted"):
        return str(problem.data["adjusted"])
    digest = hashlib.sha256(problem.text.encode()).hexdigest()[:8]
    return f"problem/{problem.kind}/{problem_label(problem)}#{digest}"


def unit_subject(problem: Problem, unit: str) -> str:
    """The subject of leaving one unit out of a problem that names several."""
    return f"problem/{problem.kind}/{unit}"


def problem_label(problem: Problem) -> str:
    """Who and what, to tell problems of one kind apart."""
    if problem.account:
        return problem.account[:_KEY_LENGTH]
    what = next((str(problem.data[name]) for name in ("column", "paper", "content", "platform", "title") if problem.data.get(name)), "")
    return "/".join(part for part in ("、".join(problem.units), what) if part)[:_KEY_LENGTH]


def adjust_problems(problems: Sequence[Problem], decisions: Mapping[str, Verdict]) -> tuple[tuple[Problem, ...], tuple[Verdict, ...]]:
    """The problems as persons decided (left out, without some of their units, or told in a person's words), and the decisions that applied."""
    kept: list[Problem] = []
    used = [verdict for subject, verdict in decisions.items() if subject.startswith("grade/")]
    for problem in problems:
        gone = [unit for unit in problem.units if len(problem.units) > 1 and unit_subject(problem, unit) in decisions]
        used += [decisions[unit_subject(problem, unit)] for unit in gone]
        rest = _without(problem, gone)
        if rest is None:
            continue
        decision = decisions.get(problem_subject(rest))
        if decision:
            used.append(decision)
            if decision.decision != LEFT_OUT:
                kept.append(replace(rest, text=decision.decision, data={**rest.data, "adjusted": decision.subject}))
        else:
            kept.append(rest)
    return tuple(kept), tuple(sorted(used, key=lambda verdict: verdict.at))


def _without(problem: Problem, gone: Sequence[str]) -> Problem | None:
    """The problem without these units; None when nobody remains."""
    if not gone:
        return problem
    rest = tuple(unit for unit in problem.units if unit not in gone)
    text = problem.text.replace("、".join(problem.units), "、".join(rest), 1)
    return replace(problem, units=rest, text=text, data={**problem.data, "left_out": list(gone)}) if rest else None
