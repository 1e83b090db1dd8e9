"""The month's bulletin as a page of the desk: sentences and cells that lead to what they stand on."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from core.assessment import Assessment, Problem
from core.calendar import Month
from core.config import County
from reports.adjust import problem_subject
from reports.prose import Prose, annex_name, compose
from reports.sentences import Sentence
from reports.tables import Table, annex_tables
from reports.wording import Voice, Wording

_FIGURE = re.compile(r"\d+(?:\.\d+)?%?(?=[条家个件项占，、。；%]|$)")
_LONGEST_FIRST = 2  # shorter names are no names


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `url` leads to what it stands on, `side` says that it opens beside the page."""

    text: str
    url: str = ""
    side: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence: its pieces, its problems, whether a person has changed it."""

    pieces: tuple[Piece, ...]
    url: str
    adjusted: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """A visible cell of an annex."""

    text: str
    rows: int
    columns: int
    left: bool
    number: bool
    url: str = ""
    side: bool = False
    adjusted: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex ready to show."""

    number: int
    name: str
    subtitle: str
    note: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole bulletin: prose, its sections with linked sentences, five annexes."""

    prose: Prose
    sections: tuple[tuple[str, tuple[tuple[str, tuple[Told, ...]], ...]], ...]
    annexes: tuple[Annex, ...]


def problem_ref(problem: Problem) -> str:
    """A short name of a problem for addresses; it changes with what was computed."""
    return hashlib.sha256(problem_subject(problem).encode()).hexdigest()[:12]


def composed(county: County, assessment: Assessment, words: Wording) -> Page:
    """The bulletin with everything clickable."""
    voice, prose, links = Voice.of(words, assessment), compose(assessment, words), _Links(county, assessment)
    sections = tuple(
        (
            section.heading,
            tuple(
                (paragraph.lead, tuple(links.sentence(sentence, number, index) for sentence in paragraph.sentences))
                for number, paragraph in enumerate(section.paragraphs, 1)
            ),
        )
        for index, section in enumerate(prose.sections)
    )
    return Page(prose, sections, tuple(links.annex(table, voice) for table in annex_tables(assessment)))


class _Links:
    """Knows where names, figures and grades lead to."""

    def __init__(self, county: County, assessment: Assessment) -> None:
        self._county, self._assessment, self._month = county, assessment, assessment.month
        self._adjusted = {verdict.subject for verdict in assessment.adjustments}
        names = sorted({name for unit in county.units for name in (unit.name, *unit.aliases) if len(name) > _LONGEST_FIRST}, key=len, reverse=True)
        self._names = re.compile("|".join(map(re.escape, names)) + "|" + _FIGURE.pattern if names else _FIGURE.pattern)

    def sentence(self, sentence: Sentence, number: int, section: int) -> Told:
        """一 leads from names to units and from figures to the annex; 二 from the whole sentence to its evidence."""
        problems = [self._assessment.problems[index] for index in sentence.problems]
        if problems:
            url = f"{reverse('bulletin-problem', args=[self._month, problem_ref(problems[0])])}{_others(problems[1:])}"
            adjusted = any(problem.data.get("adjusted") or problem.data.get("left_out") for problem in problems)
            return Told((Piece(sentence.text, url, True),), url, adjusted)
        if section == 0:
            return Told(tuple(self._pieces(sentence.text, f"#annex{number}")), "", False)
        return Told((Piece(sentence.text),), "", False)

    def _pieces(self, text: str, annex: str) -> Iterator[Piece]:
        last = 0
        for found in self._names.finditer(text):
            if found.start() > last:
                yield Piece(text[last : found.start()])
            unit = self._county.unit(found[0])
            yield Piece(found[0], _unit_url(unit.name, self._month) if unit else annex)
            last = found.end()
        if last < len(text):
            yield Piece(text[last:])

    def annex(self, table: Table, voice: Voice) -> Annex:
        wording = voice.wording.annexes[table.number - 1]
        return Annex(
            table.number, annex_name(voice, table.number), voice.fill(wording.subtitle) if wording.subtitle else "",
            voice.fill(wording.note) if wording.note else "", table.header, tuple(self._rows(table)),
        )  # fmt: skip

    def _rows(self, table: Table) -> Iterator[tuple[Cell, ...]]:
        spans = {(span.row, span.column): span for span in table.spans}
        covered = table.covered
        for index, row in enumerate(table.rows):
            targets = self._targets(table.number, index, row)
            cells = []
            for column, text in enumerate(row):
                if (index, column) in covered:
                    continue
                span = spans.get((index, column))
                target = targets.get(column, "")
                grade = target.startswith("grade/")
                url = f"{reverse('bulletin-grade', args=[self._month])}?subject={_quoted(target)}" if grade else target
                cells.append(
                    Cell(
                        text, span.height if span else 1, span.width if span else 1, column in table.left, column in table.counts,
                        url, grade, grade and target in self._adjusted, grade and text == "不合格",
                    )
                )  # fmt: skip
            yield tuple(cells)

    def _targets(self, number: int, index: int, row: Sequence[str]) -> Mapping[int, str]:
        """Column → address, or the subject of a grade."""
        month = self._assessment.month
        if number == 1:
            page = f"{reverse('column', args=[f'{row[1]}/{row[2]}'])}?month={month}"
            return {1: _unit_url(row[1], month), 2: page, 4: page, 5: f"grade/columns/{row[1]}"}
        if number == 2:
            unit = _unit_url(row[1], month)
            return {1: unit, 2: unit, 3: unit, 4: f"grade/news/{row[1]}"}
        if number == 3:
            line = self._assessment.accounts[index]
            page = f"{reverse('account', args=[f'{line.platform}/{line.name}'])}?month={month}"
            return {**dict.fromkeys(range(1, 10), page), 10: f"grade/accounts/{line.platform}/{line.name}"}
        if number == 4:
            unit = _unit_url(row[1], month)
            return {1: unit, 5: unit, 6: unit, 7: f"grade/submissions/{row[1]}"}
        event = self._assessment.events[index]
        if not event.unit:
            return {}
        keys = self._assessment.grades.get("events", {})
        key = event.unit if event.unit in keys else f"{event.platform}/{event.unit}"
        return {0: _unit_url(event.unit, month), 7: f"grade/events/{key}"}


def _unit_url(name: str, month: Month) -> str:
    return f"{reverse('unit', args=[name])}?month={month}"


def _others(problems: Sequence[Problem]) -> str:
    return "?" + "&".join(f"also={problem_ref(problem)}" for problem in problems) if problems else ""


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)
