"""The county's portal: every column and news list of the facts, over three looks, as a crawler of that month would meet it."""

import hashlib
import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from core.errors import FactsError
from demo.articles import article_page, content_type, footer, habits_of, header, site_tags
from demo.facts import ColumnFact, Facts, IncidentFact
from demo.incidents import grouped
from demo.looks.base import Look, Shelf
from demo.looks.hanweb import Hanweb
from demo.looks.script import Script
from demo.looks.trs import Trs
from demo.posts import Desk, PortalPost, by_time, column_posts, deleted_on, extra_post, news_posts
from demo.province import Recommended, build_province
from demo.web import Page, Web

TOWN_NEWS = "各镇快讯"
DEPARTMENT_NEWS = "部门动态"
_TOWN_ENDINGS = ("镇", "乡", "街办", "街道", "街道办", "街道办事处")
_SCRIPTED = 4  # lists that need a browser
_LONG = 5  # columns with a history of several pages
_TRS_SHARE = 42  # percent of the columns
DEAD_LINK = "/zcjd/2019/jd_20190612_31.html"
Groups = Mapping[tuple[str, str], list[tuple[IncidentFact, ...]]]


@dataclass(frozen=True, slots=True)
class Listing:
    """How to collect a list: its address, the recipe of its look, whether it needs a browser."""

    url: str
    recipe: str
    render: bool


@dataclass(frozen=True, slots=True)
class Portal:
    """What the county's configuration needs to know of its portal."""

    columns: Mapping[tuple[str, str], Listing]
    news: Mapping[str, Listing]
    news_listing: Mapping[str, str]
    recommended: tuple[Recommended, ...]


def build_portal(facts: Facts, web: Web) -> Portal:
    """Put the whole portal on the web; the same facts give the same bytes."""
    desk = Desk(facts.month, facts.month.plus(1).first + timedelta(days=22))
    columns, news = _by_place(facts)
    ranked = sorted(facts.columns, key=_rank)
    hanweb, trs, script = Hanweb(web), Trs(), Script(web)
    looks: dict[ColumnFact, Look] = {fact: trs if int(_rank(fact)[:8], 16) % 100 < _TRS_SHARE else hanweb for fact in ranked}
    monthly = [fact for fact in ranked if fact.cycle.period == "月"]
    looks.update(dict.fromkeys(monthly[:_SCRIPTED], script))
    shelves = {fact: Shelf(number, fact.column, fact.unit, []) for number, fact in enumerate(facts.columns, 1)}
    for fact, shelf in shelves.items():
        shelf.posts.extend(column_posts(fact, columns.get((fact.unit, fact.column), ()), desk, long=fact in monthly[_SCRIPTED - 1 : _SCRIPTED + _LONG]))
    _share(facts.columns, shelves, desk)
    _add_extras([fact for fact in ranked if fact.cycle.period], shelves, looks, desk)
    drawn: list[tuple[Shelf, Look]] = [(shelf, looks[fact]) for fact, shelf in shelves.items()]
    listing_of = {fact.unit: TOWN_NEWS if fact.unit.endswith(_TOWN_ENDINGS) else DEPARTMENT_NEWS for fact in facts.news}
    news_shelves = _news(facts, news, listing_of, desk, len(shelves))
    shown: dict[str, Look] = {TOWN_NEWS: trs, DEPARTMENT_NEWS: hanweb}
    drawn += [(shelf, shown[name]) for name, shelf in news_shelves.items()]
    _draw(drawn, web, desk)
    _front(drawn, web, desk)
    return Portal(
        {(fact.unit, fact.column): _listing(shelf, looks[fact], web) for fact, shelf in shelves.items()},
        {name: _listing(shelf, shown[name], web) for name, shelf in news_shelves.items()},
        listing_of,
        build_province(facts.recommended, desk, web),
    )


def _by_place(facts: Facts) -> tuple[Groups, Groups]:
    """Groups of incidents by (unit, column) and by (unit, ""); accounts have theirs elsewhere."""
    known = {(fact.unit, fact.column) for fact in facts.columns}
    senders = {fact.unit for fact in facts.news}
    columns: dict[tuple[str, str], list[tuple[IncidentFact, ...]]] = {}
    news: dict[tuple[str, str], list[tuple[IncidentFact, ...]]] = {}
    for group in grouped(incident for incident in facts.incidents if not incident.account):
        first = group[0]
        if first.column and (first.unit, first.column) in known:
            columns.setdefault((first.unit, first.column), []).append(group)
        elif not first.column and first.unit in senders:
            news.setdefault((first.unit, ""), []).append(group)
        else:
            raise FactsError(f"incidents.csv 中 {first.unit} 的位置“{first.place}”在 columns.csv 和 news.csv 中都没有，请改正")
    return columns, news


def _rank(fact: ColumnFact) -> str:
    """An order that looks accidental and depends on the names alone."""
    return hashlib.sha256(f"{fact.unit}/{fact.column}".encode()).hexdigest()


def _share(facts: Iterable[ColumnFact], shelves: Mapping[ColumnFact, Shelf], desk: Desk) -> None:
    """The same post in two columns of a unit: the second lists the first's in place of one of its own."""
    seen: dict[str, ColumnFact] = {}
    for fact in facts:
        own = _plain(shelves[fact], desk) if fact.cycle.period else None
        if own is None:
            continue
        if fact.unit in seen:
            other = _plain(shelves[seen[fact.unit]], desk)
            assert other is not None
            posts = shelves[fact].posts
            posts[posts.index(own)] = other
            posts.sort(key=by_time, reverse=True)
            return
        seen[fact.unit] = fact


def _plain(shelf: Shelf, desk: Desk) -> PortalPost | None:
    """A post of the month without incident, or None."""
    return next((post for post in shelf.posts if post.at and post.at.date() in desk.month and not post.planted), None)


def _add_extras(counted: list[ColumnFact], shelves: Mapping[ColumnFact, Shelf], looks: Mapping[ColumnFact, Look], desk: Desk) -> None:
    """Beyond the counts: an undated post, a deleted one, a dead link and a living one."""
    trs = [fact for fact in counted if looks[fact].recipe == "trs"]
    hanweb = [fact for fact in counted if looks[fact].recipe == "hanweb"]
    for fact in trs[:1]:
        shelves[fact].posts.insert(1, extra_post(fact.unit, fact.column, None, desk))
    for fact in hanweb[:1]:
        moment = deleted_on(desk, fact.unit, fact.column)
        shelves[fact].posts.append(extra_post(fact.unit, fact.column, moment, desk, gone=True))
        shelves[fact].posts.sort(key=by_time, reverse=True)
    linking = [post for fact in counted if (post := _plain(shelves[fact], desk))]
    for post in linking[:1]:
        post.links = (("有关政策解读", DEAD_LINK),)
    for post in linking[1:2]:
        post.links = (("政府信息公开", "/zwgk/index.html"),)


def _news(facts: Facts, incidents: Groups, listing_of: Mapping[str, str], desk: Desk, number: int) -> dict[str, Shelf]:
    """The two news lists, latest first; one post of the departments' list has been deleted."""
    shelves: dict[str, Shelf] = {}
    for turn, name in enumerate((TOWN_NEWS, DEPARTMENT_NEWS), 1):
        posts: list[PortalPost] = []
        for fact in facts.news:
            if listing_of[fact.unit] == name:
                posts += news_posts(fact, name, incidents.get((fact.unit, ""), ()), desk)
        if name == DEPARTMENT_NEWS and posts:
            posts.append(extra_post(posts[0].unit, name, deleted_on(desk, name), desk, gone=True))
        posts.sort(key=by_time, reverse=True)
        shelves[name] = Shelf(number + turn, name, "", posts)
    return shelves


def _draw(drawn: Iterable[tuple[Shelf, Look]], web: Web, desk: Desk) -> None:
    """Give every post a path, then put articles and lists on the web."""
    drawn = list(drawn)
    first: dict[int, tuple[PortalPost, Look]] = {}
    for shelf, look in drawn:
        for post in shelf.posts:
            if post.number not in first:
                look.place(post, shelf)
                first[post.number] = (post, look)
    dated = [post for post, _ in first.values() if post.at and not post.gone and not post.planted]
    for turn, (post, look) in enumerate(first.values()):
        if not post.gone:
            habits = habits_of(post, turn)
            web.add(post.path, Page(article_page(post, look.dress(post, web), habits, dated, desk.today), content_type(habits)))
    for shelf, look in drawn:
        look.show(shelf, web, desk.today)


def _front(drawn: Iterable[tuple[Shelf, Look]], web: Web, desk: Desk) -> None:
    """Home page, the list of columns, robots.txt."""
    links = "\n".join(f'<li><a href="{look.listing_path(shelf)}">{html.escape(f"{shelf.unit} {shelf.name}".strip())}</a></li>' for shelf, look in drawn)
    page = (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>眉县人民政府</title>\n{site_tags()}</head>\n'
        f"<body>\n{header()}<ul>\n{links}\n</ul>\n{footer(desk.today)}</body>\n</html>\n"
    ).encode()
    for path in ("/", "/index.html", "/zwgk/index.html"):
        web.add(path, Page(page))
    web.add("/robots.txt", Page(b"User-agent: *\nDisallow: /admin/\n", "text/plain; charset=utf-8"))


def _listing(shelf: Shelf, look: Look, web: Web) -> Listing:
    return Listing(f"{web.base}{look.listing_path(shelf)}", look.recipe, look.render)
