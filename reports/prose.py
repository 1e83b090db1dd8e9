"""The bulletin as text, free of layout: every writer (docx, html) prints this and composes nothing itself."""

from dataclasses import dataclass

from core.assessment import Assessment
from core.calendar import chinese_date, shanghai
from reports.faults import fault_paragraphs
from reports.overview import overview_paragraphs
from reports.sentences import Paragraph, Sentence
from reports.wording import Demand, Voice, Wording


@dataclass(frozen=True, slots=True)
class Section:
    """A level-1 heading and its numbered paragraphs."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """The whole bulletin before its annexes. `title` in lines; `attachments` are the annexes' names, in order."""

    red_head: str
    document_number: str
    title: tuple[str, ...]
    addressees: str
    opening: str
    sections: tuple[Section, ...]
    closing: str
    attachments: tuple[str, ...]
    issuer: str
    date: str

    @property
    def text(self) -> str:
        """Heading, body and closing as plain lines."""
        lines = ["".join(self.title), self.addressees, self.opening]
        for section in self.sections:
            lines.append(section.heading)
            lines += [f"{paragraph.lead}{paragraph.text}" for paragraph in section.paragraphs]
        return "\n".join([*lines, self.closing, self.issuer, self.date])


def compose(assessment: Assessment, wording: Wording) -> Prose:
    """The bulletin of an assessed month in a county's words; every figure comes from the assessment."""
    voice = Voice.of(wording, assessment)
    sections = (
        Section(voice.fill(wording.overview_heading), _numbered(voice, overview_paragraphs(assessment, voice))),
        Section(voice.fill(wording.problems_heading), _numbered(voice, fault_paragraphs(assessment, voice))),
        Section(voice.fill(wording.demands_heading), _numbered(voice, _demands(assessment, voice))),
    )
    return Prose(
        red_head=voice.fill(wording.red_head),
        document_number=voice.fill(wording.document_number),
        title=tuple(voice.fill(line) for line in wording.title),
        addressees=voice.fill(wording.addressees),
        opening=voice.fill(wording.opening),
        sections=sections,
        closing=voice.fill(wording.closing if assessment.problems else wording.closing_clean),
        attachments=tuple(annex_name(voice, number) for number in range(1, 6)),
        issuer=voice.fill(wording.issuer),
        date=chinese_date(shanghai(assessment.generated_at).date()),
    )


def annex_name(voice: Voice, number: int) -> str:
    """The name of annex 1 to 5 in one line."""
    return "".join(voice.fill(line) for line in voice.wording.annexes[number - 1].title)


def _numbered(voice: Voice, paragraphs: list[Paragraph]) -> tuple[Paragraph, ...]:
    return tuple(
        Paragraph(f"{voice.wording.numbering.format(n=number)}{paragraph.lead}。", paragraph.sentences) for number, paragraph in enumerate(paragraphs, 1)
    )


def _demands(assessment: Assessment, voice: Voice) -> list[Paragraph]:
    present = {problem.kind for problem in assessment.problems}

    def wanted(demand: Demand) -> bool:
        return not demand.when or bool(present.intersection(demand.when))

    return [Paragraph(voice.fill(demand.heading), (Sentence(voice.fill(demand.text)),)) for demand in voice.wording.demands if wanted(demand)]
