"""The posts of the portal: when each appeared and what it says, before any page is drawn."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core.calendar import Month
from core.errors import FactsError
from demo import documents
from demo.facts import ColumnFact, IncidentFact, NewsFact
from demo.incidents import Carried, carry
from demo.sheets import person_sheet, project_sheet
from demo.words import Draft, draft_news, draft_post, draft_standing, one_line, words

OWN_SITE = "本网"


@dataclass(slots=True)
class PortalPost:
    """A post on its way to a page. `at` None: no date anywhere. `gone`: listed, but its page is no longer there."""

    number: int
    title: str
    unit: str
    column: str
    at: datetime | None
    paragraphs: tuple[str, ...]
    origin: str
    table: tuple[tuple[str, ...], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    pictures: tuple[tuple[str, bytes], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    gone: bool = False
    planted: bool = False
    path: str = field(default="")


def by_time(post: PortalPost) -> str:
    """Sorts by publication; undated posts count as the oldest."""
    return f"{post.at:%Y%m%d%H%M}" if post.at else ""


@dataclass(slots=True)
class Desk:
    """What all writers of the portal share: the month, running numbers, titles that are taken."""

    month: Month
    today: date
    number: int = 118000
    taken: set[str] = field(default_factory=set)
    posters: int = 0

    def next(self) -> int:
        self.number += 7
        return self.number

    def rng(self, *names: str) -> random.Random:
        """Chance that depends on nothing but the month and the names."""
        return random.Random("/".join((str(self.month), *names)))


def column_posts(fact: ColumnFact, incidents: Sequence[tuple[IncidentFact, ...]], desk: Desk, *, long: bool) -> list[PortalPost]:
    """All posts of a column, latest first; `long` gives it a history of several pages. Undated standing pages come last."""
    rng = desk.rng("column", fact.unit, fact.column)
    free = fact.count - len(incidents)
    if free < 0 and fact.cycle.period:
        raise FactsError(f"columns.csv 中 {fact.unit}“{fact.column}”本月条数 {fact.count} 少于 incidents.csv 给它的 {len(incidents)} 条信息，请改其中一处")
    posts = [_carried(fact.unit, fact.column, group, desk) for group in incidents]
    days = [_moment(rng.choice(_workdays(desk.month)), rng) for _ in range(max(0, free))]
    days += _before(fact, desk.month, rng, long)
    if fact.cycle.period == "月" and rng.random() < 0.4:
        days += [_moment(desk.month.plus(1).first + timedelta(days=rng.randint(0, 21)), rng) for _ in range(rng.randint(1, 2))]
    posts += [_written(fact, moment, desk, rng) for moment in days]
    posts.sort(key=by_time, reverse=True)
    if fact.cycle.period is None:
        posts += [_post(draft_standing(fact.unit, fact.column, desk.month.first, rng), fact.unit, fact.column, None, desk)]
    return posts


def news_posts(fact: NewsFact, listing: str, incidents: Sequence[tuple[IncidentFact, ...]], desk: Desk) -> list[PortalPost]:
    """All news of a unit, in no order: the month's, some earlier, some later."""
    rng = desk.rng("news", fact.unit)
    free = fact.published - len(incidents)
    if free < 0:
        raise FactsError(f"news.csv 中 {fact.unit} 发布条数 {fact.published} 少于 incidents.csv 给它的 {len(incidents)} 条信息，请改其中一处")
    posts = [_carried(fact.unit, listing, group, desk) for group in incidents]
    for index in range(free):
        posts.append(_news(fact.unit, listing, _moment(rng.choice(_workdays(desk.month)), rng), desk, rng, index))
    for months in sorted(rng.sample(range(1, 6), rng.randint(1, 2))):
        posts.append(_news(fact.unit, listing, _moment(rng.choice(_workdays(desk.month.plus(-months))), rng), desk, rng, 0))
    if rng.random() < 0.2:
        posts.append(_news(fact.unit, listing, _moment(desk.month.plus(1).first + timedelta(days=rng.randint(0, 21)), rng), desk, rng, 0))
    return posts


def extra_post(unit: str, column: str, at: datetime | None, desk: Desk, *, gone: bool = False) -> PortalPost:
    """A post beyond the counts: an undated one, or one that has been deleted."""
    rng = desk.rng("extra", unit, column, str(gone))
    post = _post(draft_post(unit, column, desk.month.first, rng, desk.taken), unit, column, at, desk)
    post.gone = gone
    return post


def deleted_on(desk: Desk, *names: str) -> datetime:
    """A moment within the month for a deleted post."""
    rng = desk.rng("deleted", *names)
    return _moment(rng.choice(_workdays(desk.month)), rng)


def _post(draft: Draft, unit: str, column: str, at: datetime | None, desk: Desk) -> PortalPost:
    return PortalPost(desk.next(), draft.title, unit, column, at, draft.paragraphs, unit)


def _written(fact: ColumnFact, moment: datetime, desk: Desk, rng: random.Random) -> PortalPost:
    """A post of a column; the month's own ones sometimes carry an attachment or a table."""
    post = _post(draft_post(fact.unit, fact.column, moment.date(), rng, desk.taken), fact.unit, fact.column, moment, desk)
    if rng.random() < 0.2:
        post.origin = OWN_SITE
    if moment.date() in desk.month and rng.random() < 0.3:
        post.files = (_clean_file(fact.column, moment.date(), rng),)
    elif rng.random() < 0.12:
        sheet = project_sheet(fact.column, moment.date(), rng)
        post.table = tuple(tuple(str(cell) for cell in cells) for cells in (sheet.header, *sheet.rows))
    return post


def _clean_file(column: str, day: date, rng: random.Random) -> tuple[str, bytes]:
    """A lawful attachment: a list with masked values, or one of projects."""
    sheet = project_sheet(column, day, rng) if rng.random() < 0.5 else person_sheet(column, (), rng.randint(8, 16), day, rng)
    match rng.choice(("xlsx", "xlsx", "docx", "pdf")):
        case "xlsx":
            return f"{sheet.title}.xlsx", documents.xlsx(sheet, day)
        case "docx":
            return f"{sheet.title}.docx", documents.docx(sheet, day)
        case _:
            return f"{sheet.title}.pdf", documents.pdf(sheet)


def _news(unit: str, listing: str, moment: datetime, desk: Desk, rng: random.Random, index: int) -> PortalPost:
    """A news item; some are a single sentence, a few of the month's a single picture."""
    post = _post(draft_news(unit, moment.date(), rng, desk.taken), unit, listing, moment, desk)
    posters = words()["pictures"]
    if moment.date() in desk.month and desk.posters < len(posters) and (index == 1 or rng.random() < 0.15):
        post.paragraphs = ()
        post.pictures = ((f"{post.number}.png", documents.poster(posters[desk.posters], rng)),)
        desk.posters += 1
    elif rng.random() < 0.25:
        post.paragraphs = (one_line(unit, moment.date(), rng),)
    return post


def _carried(unit: str, column: str, group: Sequence[IncidentFact], desk: Desk) -> PortalPost:
    """The post in which incidents sit."""
    first = group[0]
    rng = desk.rng("incident", str(first.date), unit, first.place, first.carrier)
    carried: Carried = carry(group, rng)
    title, number = carried.title, 2
    while title in desk.taken:
        title, number = f"{carried.title}（{number}）", number + 1
    desk.taken.add(title)
    post = PortalPost(desk.next(), title, unit, column, _moment(first.date, rng), carried.paragraphs, unit, carried.table, planted=True)
    pictures = tuple((name, data) for name, data in carried.files if name.endswith(".png"))
    post.pictures, post.files = pictures, tuple(file for file in carried.files if file not in pictures)
    return post


def _before(fact: ColumnFact, month: Month, rng: random.Random, long: bool) -> list[datetime]:
    """Moments before the month: the given number within the period, and some history before it."""
    if fact.cycle.period is None:
        return []
    start = fact.cycle.period_start(month)
    within = [start.plus(step) for step in range((month.year - start.year) * 12 + month.month - start.month)]
    if fact.earlier and not within:
        raise FactsError(f"columns.csv 中 {fact.unit}“{fact.column}”本周期从 {month} 开始，本周期此前条数应为 0")
    months = [rng.choice(within) for _ in range(fact.earlier)]
    if fact.cycle.period == "年":
        months.append(start.plus(rng.randint(-12, -10)))
    else:
        months += [start.plus(-rng.randint(1, 8)) for _ in range(rng.randint(18, 24) if long else rng.randint(1, 3))]
    return [_moment(rng.choice(_workdays(each)), rng) for each in months]


def _workdays(month: Month) -> list[date]:
    return [day for day in month.days() if day.weekday() < 5]


def _moment(day: date, rng: random.Random) -> datetime:
    """An office hour of the day."""
    return datetime.combine(day, time(rng.randint(8, 17), rng.randint(0, 59)))
