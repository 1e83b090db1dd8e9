"""Sentences and paragraphs, and the ways of naming units and accounts that all paragraphs share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from core.assessment import GRADES, UNVERIFIED
from reports.phrases import names
from reports.wording import Voice

MIN_COUNTED = 3  # from so many names on, their number is told after them


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of a paragraph with its punctuation; `problems` are the indices of the assessment's problems that it tells."""

    text: str
    problems: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A run-in heading (`lead`) and sentences."""

    lead: str
    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        return "".join(sentence.text for sentence in self.sentences)


def unit_names(voice: Voice, units: Sequence[str]) -> str:
    """`甲、乙` · `甲、乙、丙3家单位` · beyond the configured number `甲、乙等15家单位`."""
    limit = voice.wording.names.all
    if len(units) < MIN_COUNTED:
        return "、".join(units)
    key = "names_complete" if len(units) <= limit else "names_more"
    return voice.say(key, names=names(units, limit), count=len(units))


def grades_text(voice: Voice, judged: Sequence[tuple[str, str]], intro: str = "graded", *, named: bool = True, scale: Sequence[str] = GRADES) -> str:
    """`评定优秀单位3家，分别是…，合格单位35家，不合格单位2家；另有1家单位（…）未能核实`; "" when there is nobody.

    `scale`: the grades that the system knows; that 优秀 was given to nobody is said only where it could be.
    """
    counts = Counter(grade for _, grade in judged)
    best = [name for name, grade in judged if grade == GRADES[0]]
    given = [_one_grade(voice, grade, counts[grade], best if named and grade == GRADES[0] else []) for grade in GRADES if counts[grade]]
    none_best = GRADES[0] in scale and not counts[GRADES[0]]
    parts = []
    if given:
        listed = voice.say(intro, grades="，".join(given))
        parts = [*([voice.say("no_excellent")] if none_best else []), listed, *([] if counts[GRADES[-1]] else [voice.say("no_failed")])]
    text = "，".join(parts)
    unverified = [name for name, grade in judged if grade == UNVERIFIED]
    if unverified:
        shown = names(unverified, voice.wording.names.all) + ("等" if len(unverified) > voice.wording.names.all else "")
        text = "；".join(part for part in (text, voice.say("unverified_units", count=len(unverified), names=shown)) if part)
    return text


def _one_grade(voice: Voice, grade: str, count: int, units: Sequence[str]) -> str:
    if not units:
        return voice.say("grade", grade=grade, count=count)
    limit = voice.wording.names.all
    key = "grade_single" if count == 1 else "grade_named" if count <= limit else "grade_more"
    return voice.say(key, grade=grade, count=count, names=names(units, limit))
