"""Lists of persons as offices publish them: the planted columns in clear, everything else masked or lawful."""

import random
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from demo import lookalikes
from demo.persons import Person, make_persons
from demo.words import words

Cell = str | int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title, the lines above it and the lines below it."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


# kind → the headers it goes by, and its value for a person.
FIELDS: Mapping[str, tuple[tuple[str, ...], Callable[[Person], str]]] = {
    "resident-id": (("身份证号", "身份证号码", "公民身份号码"), lambda person: person.resident_id),
    "bank-card": (("银行卡号", "银行账号", "一卡通账号"), lambda person: person.card),
    "mobile": (("联系电话", "手机号码", "手机号"), lambda person: person.mobile),
    "landline": (("家庭电话", "住宅电话"), lambda person: person.home_phone),
    "passport": (("护照号码", "护照号"), lambda person: person.passport),
    "travel-permit": (("往来港澳通行证号码", "港澳通行证号"), lambda person: person.permit),
    "home-address": (("家庭住址", "家庭详细住址"), lambda person: person.address),
    "plate": (("车牌号码", "车牌号"), lambda person: person.plate),
}
_MASKED: Mapping[str, Callable[[random.Random], str]] = {
    "resident-id": lookalikes.masked_id,
    "bank-card": lookalikes.masked_card,
    "mobile": lookalikes.masked_mobile,
}


def list_words(name: str) -> Mapping[str, Any]:
    """How a list is called in a column or unit of this name."""
    banks: list[Mapping[str, Any]] = words()["lists"]
    return next(bank for bank in banks if not bank["keys"] or any(key in name for key in bank["keys"]))


def label(kind: str, rng: random.Random) -> str:
    """A header of the kind."""
    return rng.choice(FIELDS[kind][0])


def person_sheet(name: str, kinds: Collection[str], count: int, day: date, rng: random.Random, *, narrow: bool = False) -> Sheet:
    """A list for a column or unit `name` with `kinds` in clear; `narrow` leaves out the columns a small picture has no room for."""
    bank = list_words(name)
    persons = make_persons(count, rng)
    columns: list[tuple[str, list[Cell]]] = [
        ("序号", list(range(1, count + 1))),
        ("姓名", [person.name for person in persons]),
    ]
    if not narrow:
        columns.append(("性别", [person.sex for person in persons]))
        columns.append(("镇村", [f"{rng.choice(words()['towns'])}{rng.choice(words()['villages'])}" for _ in persons]))
    for kind, (_, value) in FIELDS.items():
        if kind in kinds:
            columns.append((label(kind, rng), [value(person) for person in persons]))
        elif kind in _MASKED and (kind == "resident-id" or rng.random() < 0.4) and not narrow:
            columns.append((label(kind, rng), [_MASKED[kind](rng) for _ in persons]))
    if not narrow:
        columns.append((bank["where"], [rng.choice(words()["provinces"]) for _ in persons]))
        if rng.random() < 0.5:
            columns.append(("单位统一社会信用代码", [lookalikes.credit_code(rng) for _ in persons]))
    columns.append(("金额（元）", [rng.choice((300, 400, 500, 600, 800, 1200)) for _ in persons]))
    title = f"眉县{bank['file'].format(year=day.year, month=day.month)}"
    below = () if narrow else (f"经办单位咨询电话：{lookalikes.office_phone(rng)}，依据文件：{lookalikes.document_number(day.year, rng)}",)
    return Sheet(title, tuple(head for head, _ in columns), tuple(zip(*(cells for _, cells in columns), strict=True)), below=below)


def project_sheet(column: str, day: date, rng: random.Random) -> Sheet:
    """A list without persons: projects, codes, firms, sums."""
    bank = words()
    rows: list[tuple[Cell, ...]] = []
    for number in range(1, rng.randint(6, 11)):
        place = f"{rng.choice(bank['towns'])}{rng.choice(bank['villages'])}"
        project = f"{place}{rng.choice(bank['projects'])}"
        rows.append((number, project, lookalikes.project_code(day, rng), rng.choice(bank["companies"]), lookalikes.credit_code(rng), rng.randint(12, 900)))
    header = ("序号", "项目名称", "项目代码", "承建单位", "统一社会信用代码", "金额（万元）")
    below = (f"依据文件：{lookalikes.document_number(day.year, rng)}，联系电话：{lookalikes.office_phone(rng)}",)
    return Sheet(f"眉县{day.year}年{day.month}月{column}明细表", header, tuple(rows), below=below)
