"""What went wrong that month, in the carrier the facts name: leaks and wrong wordings among lawful look-alikes."""

import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.errors import FactsError
from demo import documents, lookalikes
from demo.facts import IncidentFact
from demo.persons import Person, make_persons
from demo.sheets import FIELDS, Sheet, label, list_words, person_sheet
from demo.words import words

EXPRESSION = "expression"
_REGION = re.compile(r"(省|市|自治区|自治州|自治县|特别行政区|州|盟|县|区)$")


@dataclass(frozen=True, slots=True)
class Carried:
    """A post that carries incidents; `table` (header first) belongs into its body, after the paragraphs."""

    title: str
    paragraphs: tuple[str, ...]
    files: tuple[tuple[str, bytes], ...]
    table: tuple[tuple[str, ...], ...] = ()


def grouped(incidents: Iterable[IncidentFact]) -> tuple[tuple[IncidentFact, ...], ...]:
    """Incidents by post: the same date, unit, place and carrier, in order of first appearance."""
    groups: dict[tuple[date, str, str, str], list[IncidentFact]] = {}
    for incident in incidents:
        groups.setdefault((incident.date, incident.unit, incident.place, incident.carrier), []).append(incident)
    return tuple(tuple(group) for group in groups.values())


def carry(incidents: Sequence[IncidentFact], rng: random.Random) -> Carried:
    """The post for one group of incidents."""
    if len(grouped(incidents)) != 1:
        raise FactsError("一条信息只能承载同一日期、单位、位置、载体的问题，请检查 incidents.csv")
    first = incidents[0]
    if first.carrier == "附件图片":
        return _attached_picture(incidents, rng)
    if first.account or not first.carrier.startswith("附件"):
        return _in_body(incidents, rng)
    return _attached(incidents, rng)


def sentence_with(wording: str, rng: random.Random) -> str:
    """A natural sentence around a wording, without quotation marks (a quoted mistake is no mistake)."""
    if _REGION.search(wording):
        frames = (
            "赴{}务工人员的往返交通补助，按实际票据核定。",
            "其中赴{}务工的，由镇（街）核实后统一申报。",
            "本期安排赴{}开展劳务协作，有意向的群众可到镇（街）报名。",
        )
    else:
        frames = ("会议强调，{}，要结合实际抓好落实。", "工作中要注意，{}，各镇（街）要按要求认真落实。", "按照工作部署，{}，各单位要抓好贯彻执行。")
    return rng.choice(frames).format(wording)


def _name(first: IncidentFact) -> str:
    """What the list is named after: the column, else the unit."""
    return f"{first.column or ''} {first.unit}"


def _kinds(incidents: Sequence[IncidentFact]) -> tuple[str, ...]:
    return tuple(kind for kind in FIELDS if any(incident.kind == kind for incident in incidents))


def _wordings(incidents: Sequence[IncidentFact]) -> tuple[str, ...]:
    return tuple(incident.note for incident in incidents if incident.kind == EXPRESSION)


def _title(first: IncidentFact) -> str:
    title: str = list_words(_name(first))["title"].format(year=first.date.year, month=first.date.month)
    return title


def _lead(first: IncidentFact, rng: random.Random) -> tuple[str, ...]:
    """The lawful part of an announcement."""
    reason = list_words(_name(first))["reason"]
    document = lookalikes.document_number(first.date.year, rng)
    return (
        f"根据{document}文件要求，经个人申请、村级初审、镇（街）审核，现将{reason}有关情况公告如下。",
        f"本次共涉及{rng.randint(3, 8)}个镇（街），资金{rng.randint(12, 90)}.{rng.randint(10, 99)}万元，通过一卡通系统发放，账号按{lookalikes.masked_card(rng)}的形式核对。",
        f"如有异议，请在5个工作日内向{first.unit}反映，联系电话：{lookalikes.office_phone(rng)}。",
    )


def _sheet(incidents: Sequence[IncidentFact], count: int, rng: random.Random, *, narrow: bool = False) -> Sheet:
    first = incidents[0]
    sheet = person_sheet(_name(first), _kinds(incidents), count, first.date, rng, narrow=narrow)
    notes = tuple(sentence_with(wording, rng) for wording in _wordings(incidents))
    return replace(sheet, below=(*notes, *sheet.below))


def _attached(incidents: Sequence[IncidentFact], rng: random.Random) -> Carried:
    """The leak sits in a spreadsheet, a document or a PDF."""
    first = incidents[0]
    ending = first.carrier.removeprefix("附件")
    sheet = _sheet(incidents, rng.randint(20, 30) if ending == "xlsx" else rng.randint(12, 18), rng)
    match ending:
        case "xlsx":
            data = documents.xlsx(_noted(sheet, _wordings(incidents), rng), first.date)
        case "docx":
            data = documents.docx(sheet, first.date, table=rng.random() < 0.6)
        case "pdf":
            data = documents.pdf(sheet)
        case _:
            raise FactsError(f"载体“{first.carrier}”不认识，请检查 incidents.csv")
    return Carried(_title(first), _lead(first, rng), ((f"{sheet.title}.{ending}", data),))


def _noted(sheet: Sheet, wordings: Sequence[str], rng: random.Random) -> Sheet:
    """The sheet with a last column 备注; the wordings stand in it instead of below, as remarks on persons do."""
    if not wordings:
        return sheet
    remarks = [""] * len(sheet.rows)
    for place, wording in zip(rng.sample(range(len(remarks)), min(len(wordings), len(remarks))), wordings, strict=False):
        remarks[place] = sentence_with(wording, rng)
    rows = tuple((*cells, remark) for cells, remark in zip(sheet.rows, remarks, strict=True))
    placed = min(len(wordings), len(remarks))
    return replace(sheet, header=(*sheet.header, "备注"), rows=rows, below=sheet.below[placed:])


def _attached_picture(incidents: Sequence[IncidentFact], rng: random.Random) -> Carried:
    first = incidents[0]
    sheet = _sheet(incidents, 5, rng, narrow=True)
    paragraphs = _told(first, rng) if first.account else _lead(first, rng)
    return Carried(_headline(first, rng), paragraphs, ((f"{sheet.title}.png", documents.png(sheet)),))


def _in_body(incidents: Sequence[IncidentFact], rng: random.Random) -> Carried:
    """The leak sits in the words of the post: in sentences, or in a table of a portal page when several kinds leak."""
    first = incidents[0]
    kinds = _kinds(incidents)
    lead = _told(first, rng) if first.account else _lead(first, rng)
    wrong = tuple(sentence_with(wording, rng) for wording in _wordings(incidents))
    middle = len(lead) - 1
    if kinds and not first.account and (len(kinds) > 1 or rng.random() < 0.4):
        sheet = person_sheet(_name(first), kinds, 8, first.date, rng)
        table = tuple(tuple(str(cell) for cell in cells) for cells in (sheet.header, *sheet.rows))
        return Carried(_headline(first, rng), (*lead[:middle], *wrong, *lead[middle:]), (), table)
    labels = {kind: label(kind, rng) for kind in kinds}
    told = tuple(_sentence(person, labels) for person in make_persons(3, rng)) if kinds else ()
    return Carried(_headline(first, rng), (*lead[:middle], *told, *wrong, *lead[middle:]), ())


def _sentence(person: Person, labels: dict[str, str]) -> str:
    """A person with everything that should have been left out."""
    told = "，".join(f"{head}：{FIELDS[kind][1](person)}" for kind, head in labels.items())
    return f"经审核，{person.name}（{told}）符合条件，予以发放。"


def _headline(first: IncidentFact, rng: random.Random) -> str:
    """An account tells it livelier than an office."""
    if not first.account:
        return _title(first)
    reason = list_words(_name(first))["reason"]
    return rng.choice(("{}办到家门口", "{}怎么办？一文读懂", "便民服务进村组，{}有着落")).format(reason)


def _told(first: IncidentFact, rng: random.Random) -> tuple[str, ...]:
    """Paragraphs of an account's article, different for every account."""
    bank = words()
    sentences = rng.sample(bank["media_sentences"], 5)
    slots = {
        "month": first.date.month,
        "d": first.date.day,
        "unit": first.unit,
        "place": rng.choice(bank["towns"]),
        "village": rng.choice(bank["villages"]),
        "project": rng.choice(bank["projects"]),
        "reason": list_words(_name(first))["reason"],
        "n": rng.randint(120, 980),
        "k": rng.randint(11, 39),
        "b": rng.randint(2, 9),
        "phone": lookalikes.office_phone(rng),
    }
    return tuple(sentence.format_map(slots) for sentence in sentences)
