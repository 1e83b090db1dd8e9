"""The demo portal adds up to its facts, is the same each time, and holds no personal data but what the facts plant."""

import hashlib
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from core.calendar import Cycle, Month
from core.errors import FactsError
from core.text import fingerprint, similarity
from demo.facts import ColumnFact, Facts, IncidentFact, NewsFact, load_facts
from demo.looks.hanweb import PROXY
from demo.portal import DEAD_LINK, DEPARTMENT_NEWS, TOWN_NEWS, Listing, Portal, build_portal
from demo.web import Page, Web

MONTH = Month(2023, 10)
COUNTY_FACTS = Facts(
    month=MONTH,
    recommended=9,
    columns=tuple(
        ColumnFact(unit, column, Cycle.parse(cycle), count, earlier)
        for unit, column, cycle, count, earlier in (
            ("县发改局", "政府机构", "实时更新", 0, 0),
            ("县发改局", "权责清单", "实时更新", 2, 0),
            ("县发改局", "部门信息公开年报", "1条/年", 0, 1),
            ("县发改局", "乡村振兴", "1条/季度", 0, 0),
            ("县发改局", "批准服务和实施信息", "1条/月", 4, 0),
            ("县发改局", "涉及市场主体信息", "1条/月", 3, 0),
            ("县农业农村局", "农业服务信息", "2条/月", 37, 0),
            ("县农业农村局", "惠民惠农资金发放", "1条/半年", 2, 3),
            ("县民政局", "养老服务和社会救助", "2条/月", 7, 0),
            ("县财政局", "政府采购信息公告", "2条/月", 3, 0),
            ("县财政局", "部门预决算及三公经费", "实时更新", 0, 0),
            ("县生态环境局", "生态环境", "2条/月", 4, 0),
            ("县司法局", "执法信息公开", "1条/月", 4, 0),
            ("县医保局", "医疗保障信息", "2条/月", 3, 0),
            ("县教体局", "义务教育和体育信息", "2条/月", 4, 0),
            ("县文旅局", "公共文化服务", "2条/月", 5, 0),
            ("县住建局", "住房保障信息", "2条/月", 2, 0),
            ("县气象局", "气象服务信息", "2条/月", 0, 0),
            ("县应急管理局", "安全生产信息", "2条/月", 1, 0),
            ("县乡村振兴局", "扶贫资金信息公开", "1条/季度", 1, 0),
        )
    ),
    news=(
        NewsFact("县乡村振兴局", 25, 25),
        NewsFact("齐镇", 18, 18),
        NewsFact("首善街办", 0, 0),
        NewsFact("经开区管委会", 3, 2),
        NewsFact("县统计局", 0, 0),
        *(NewsFact(unit, 2, 2) for unit in ("县人社局", "县卫健局", "县水利局", "县林业局", "县审计局", "横渠镇", "县供销联社", "县交通局")),
    ),
    accounts=(),
    submissions=(),
    papers=(),
    events=(),
    incidents=tuple(
        IncidentFact(date(2023, 10, 23), "县乡村振兴局", "政府信息公开/扶贫资金信息公开", "附件xlsx", kind, note)
        for kind, note in (("resident-id", ""), ("bank-card", ""), ("mobile", ""), ("expression", "新疆省"))
    ),
)


@dataclass(frozen=True)
class Entry:
    path: str
    title: str
    day: date | None


@dataclass(frozen=True)
class County:
    web: Web
    portal: Portal

    def get(self, path: str) -> Page:
        return self.web.answer("GET", path)

    def entries(self, listing: Listing) -> list[Entry]:
        """Every entry of a list, page after page."""
        path = listing.url.removeprefix(self.web.base)
        walk = {"hanweb": self._hanweb, "trs": self._trs, "plain": self._script}[listing.recipe]
        return list(walk(path))

    def _hanweb(self, path: str) -> Iterator[Entry]:
        page = self.get(path).body.decode()
        total, size = (int(re.search(pattern, page)[1]) for pattern in (r"<totalrecord>(\d+)<", r'"perpage": (\d+)'))
        form = {"unitid": re.search(r'"unitid": "(\d+)"', page)[1]}
        records = re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", page)
        while len(records) < total:
            target = f"{PROXY}?startrecord={len(records) + 1}&endrecord={len(records) + size * 3}&perpage={size}"
            block = self.web.answer("POST", target, form).body.decode()
            more = re.findall(r"<record><!\[CDATA\[(.*?)\]\]></record>", block)
            assert more
            records += more
        yield from (_entry(record, path) for record in records)

    def _trs(self, path: str) -> Iterator[Entry]:
        page = _text(self.get(path))
        total = int(re.search(r"createPageHTML\((\d+), 0,", page)[1])
        for number in range(total):
            page = _text(self.get(path if number == 0 else path.replace("index.html", f"index_{number}.html")))
            inside = page.partition('<ul class="list">')[2].partition("</ul>")[0]
            yield from (_entry(item, path) for item in re.findall(r"<li>.*?</li>", inside))

    def _script(self, path: str) -> Iterator[Entry]:
        page = self.get(path).body.decode()
        assert "<li>" not in page.partition('id="list"')[2].partition("<script>")[0]
        column = re.search(r'data-column="(\d+)"', page)[1]
        number, pages = 1, 1
        while number <= pages:
            data = json.loads(self.get(f"/api/list?column={column}&page={number}").body)
            pages, number = data["pages"], number + 1
            yield from (Entry(row["url"], row["title"], date.fromisoformat(row["date"]) if row["date"] else None) for row in data["rows"])


def _text(page: Page) -> str:
    """What the page really says: UTF-8, else GB18030."""
    try:
        return page.body.decode()
    except UnicodeDecodeError:
        return page.body.decode("gb18030")


def _entry(item: str, base: str) -> Entry:
    href = re.search(r'href="([^"]+)"', item)[1]
    path = base.rpartition("/")[0] + href[1:] if href.startswith("./") else href
    day = re.search(r"(\d{4})[-/](\d{2})[-/](\d{2})</span>", item)
    return Entry(path, html.unescape(re.search(r'title="([^"]+)"', item)[1]), date(*map(int, day.groups())) if day else None)


@pytest.fixture(scope="module")
def county() -> Iterator[County]:
    web = Web(0)
    yield County(web, build_portal(COUNTY_FACTS, web))
    web.close()


def _live(county: County, listing: Listing) -> list[Entry]:
    return [entry for entry in county.entries(listing) if entry.day and county.get(entry.path).status == 200]


def _between(entries: list[Entry], first: date, last: date) -> int:
    return sum(first <= entry.day <= last for entry in entries if entry.day)


@pytest.mark.parametrize("fact", COUNTY_FACTS.columns, ids=lambda fact: f"{fact.unit}-{fact.column}")
def test_a_column_has_exactly_the_posts_of_its_facts(county: County, fact: ColumnFact) -> None:
    entries = _live(county, county.portal.columns[(fact.unit, fact.column)])
    assert _between(entries, MONTH.first, MONTH.last) == fact.count
    if fact.cycle.period and fact.cycle.period != "月":
        start = fact.cycle.period_start(MONTH).first
        assert sum(start <= entry.day < MONTH.first for entry in entries if entry.day) == fact.earlier
        assert any(entry.day < start for entry in entries if entry.day)
    assert len({entry.path for entry in entries}) == len(entries)


def test_news_are_published_under_the_units_own_names(county: County) -> None:
    counted = dict.fromkeys((fact.unit for fact in COUNTY_FACTS.news), 0)
    for name in (TOWN_NEWS, DEPARTMENT_NEWS):
        for entry in _live(county, county.portal.news[name]):
            if entry.day in MONTH:
                page = _text(county.get(entry.path))
                unit = re.search(r"<span>来源：(.*?)</span>", page)[1]
                assert county.portal.news_listing[unit] == name
                counted[unit] += 1
    assert counted == {fact.unit: fact.published for fact in COUNTY_FACTS.news}
    assert county.portal.news_listing["首善街办"] == TOWN_NEWS
    assert county.portal.news_listing["经开区管委会"] == DEPARTMENT_NEWS


def test_three_looks_and_blocks_pages_and_scripts_are_met(county: County) -> None:
    listings = county.portal.columns.values()
    assert {listing.recipe for listing in listings} == {"hanweb", "trs", "plain"}
    assert 1 <= sum(listing.render for listing in listings) <= 6
    assert len(county.entries(county.portal.news[DEPARTMENT_NEWS])) > 45
    assert any(path.endswith("/index_1.html") for path in county.web.paths)
    assert county.web.answer("POST", f"{PROXY}?startrecord=x&endrecord=2&perpage=1").body == b"<datastore></datastore>"


def test_undated_deleted_later_and_shared_posts_are_there(county: County) -> None:
    lists = [county.entries(listing) for listing in (*county.portal.columns.values(), *county.portal.news.values())]
    gone = [entry for entries in lists for entry in entries if county.get(entry.path).status == 404]
    assert len(gone) == 2
    assert all(entry.day in MONTH for entry in gone)
    undated = [entry for entries in lists for entry in entries if entry.day is None]
    assert len(undated) == sum(fact.cycle.period is None for fact in COUNTY_FACTS.columns) + 1
    for entry in undated:
        page = _text(county.get(entry.path))
        assert "PubDate" not in page
        assert not re.search(r"发布(时间|日期)", page)
        assert not re.search(r"20\d{2}[/-]?\d{1,2}[/-]?\d{1,2}", entry.path)
    assert any(_between(entries, date(2023, 11, 1), date(2023, 11, 22)) for entries in lists)
    assert not any(_between(entries, date(2023, 11, 23), date(2099, 1, 1)) for entries in lists)
    paths = [path for entries in lists for path in {entry.path for entry in entries}]
    assert sum(paths.count(path) == 2 for path in set(paths)) == 1


def test_pages_are_as_badly_made_as_in_the_field(county: County) -> None:
    pages = [(path, county.get(path)) for path in county.web.paths if re.search(r"art_\d|/t\d{8}_|/info/", path)]
    texts = {path: _text(page) for path, page in pages}
    broken = [page for _, page in pages if not _is_utf8(page.body)]
    assert {bool(re.search(rb"charset=utf-8", page.body)) for page in broken} == {True, False}
    assert all("utf-8" not in page.content_type for page in broken)
    assert any("</html>\n</html>" in text for text in texts.values())
    assert any('NAME="pubdate"' in text for text in texts.values())
    assert any('property="PubDate"' in text for text in texts.values())
    for path, text in texts.items():
        if "pubdate" not in text.lower() and re.search(r"/20\d\d", path):
            assert re.search(r"(发布时间|发布日期|日期)：", text), path
    dead = [path for path, text in texts.items() if DEAD_LINK in text]
    assert len(dead) == 1
    assert county.get(DEAD_LINK).status == 404
    assert any(re.search(r'<img src="[^"]+\.png"', text) for text in texts.values())
    assert any("<th>项目名称</th>" in text for text in texts.values())


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def test_every_file_a_page_offers_is_there(county: County) -> None:
    offered = 0
    for path in county.web.paths:
        if not path.endswith(".html"):
            continue
        text = _text(county.get(path))
        for href in re.findall(r'(?:href|src)="([^"]+\.(?:xlsx|docx|pdf|png))"', text):
            target = html.unescape(href)
            target = path.rpartition("/")[0] + target[1:] if target.startswith("./") else target
            assert county.get(target).status == 200, target
            offered += 1
    assert offered >= 10
    assert sum(path.endswith(".png") for path in county.web.paths) <= 12


def test_the_same_facts_give_the_same_bytes(county: County) -> None:
    again = Web(0)
    try:
        build_portal(COUNTY_FACTS, again)
        assert again.paths == county.web.paths
        for path in again.paths:
            one, other = (hashlib.sha256(web.answer("GET", path).body).hexdigest() for web in (county.web, again))
            assert one == other, path
    finally:
        again.close()


def test_clean_pages_hold_no_personal_number() -> None:
    from stdnum import luhn
    from stdnum.cn import ric

    web = Web(0)
    try:
        build_portal(replace(COUNTY_FACTS, incidents=()), web)
        texts = [_said(web.answer("GET", path)) for path in web.paths]
    finally:
        web.close()
    digits = [run for text in texts for run in re.findall(r"[\d.]*\d[Xx]?", text)]
    assert len(digits) > 3000
    for run in digits:
        assert not re.fullmatch(r"1[3-9]\d{9}", run), run
        assert not (len(run) == 18 and "." not in run and ric.is_valid(run)), run
        assert not (16 <= len(run) <= 19 and run.isdecimal() and luhn.is_valid(run)), run
    said = "\n".join(texts)
    for lookalike in (r"\d{6}\*{8}\d{4}", r"\d{6}\*{9}\d{4}", r"1\d\d\*{4}\d{4}", r"9161032[0-9A-Z]{11}", r"〔2023〕\d+号", r"0917-5542\d{3}", r"-610326-04-"):
        assert re.search(lookalike, said), lookalike


def _said(page: Page) -> str:
    """The words of a page or document."""
    if page.content_type.startswith("text/html"):
        return html.unescape(re.sub(r"<[^>]+>", " ", _text(page)))
    if "spreadsheet" in page.content_type:
        from openpyxl import load_workbook

        return " ".join(str(cell) for row in load_workbook(io.BytesIO(page.body)).active.values for cell in row)
    if "wordprocessing" in page.content_type:
        import docx

        document = docx.Document(io.BytesIO(page.body))
        return " ".join([*(part.text for part in document.paragraphs), *(cell.text for table in document.tables for row in table.rows for cell in row.cells)])
    if "pdf" in page.content_type:
        import pypdfium2

        with pypdfium2.PdfDocument(page.body) as document:
            return " ".join(document[number].get_textpage().get_text_bounded() for number in range(len(document)))
    return ""


def test_recommended_articles_differ_and_can_be_read(county: County) -> None:
    recommended = county.portal.recommended
    assert len(recommended) == COUNTY_FACTS.recommended
    assert len({title for title, *_ in recommended}) == len(recommended)
    prints = []
    for title, url, day, paragraphs in recommended:
        page = county.get(url.removeprefix(county.web.base)).body.decode()
        assert title in page
        assert all(paragraph in page for paragraph in paragraphs)
        assert day in MONTH
        prints.append(fingerprint("".join(paragraphs)))
    assert max(similarity(one, other) for place, one in enumerate(prints) for other in prints[:place]) < 0.5


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"columns": (ColumnFact("县财政局", "财政资金信息", Cycle.parse("1条/月"), 0, 0),)}, "本月条数"),
        ({"news": (NewsFact("县财政局", 0, 0),)}, "发布条数"),
        ({}, "县财政局"),
        ({"columns": (ColumnFact("县财政局", "财政资金信息", Cycle.parse("1条/季度"), 1, 2),)}, "本周期"),
    ],
)
def test_impossible_facts_are_refused_by_name(change: dict[str, tuple[object, ...]], named: str) -> None:
    place = "各镇快讯、部门动态" if "news" in change else "政府信息公开/财政资金信息"
    incident = IncidentFact(date(2023, 10, 9), "县财政局", place, "正文", "mobile", "")
    web = Web(0)
    try:
        facts = replace(COUNTY_FACTS, columns=(), news=(), incidents=(incident,))
        with pytest.raises(FactsError, match=named):
            build_portal(replace(facts, **change), web)
    finally:
        web.close()


@pytest.mark.parametrize("month", [Month(2024, 2), Month(2023, 12), Month(2025, 1), Month(2024, 6)])
def test_other_months_add_up_too(month: Month) -> None:
    first = month.month in (1,)
    columns = tuple(replace(fact, earlier=0 if first or fact.cycle.period_start(month) == month else fact.earlier) for fact in COUNTY_FACTS.columns)
    facts = replace(COUNTY_FACTS, month=month, columns=columns, incidents=(), recommended=70)
    web = Web(0)
    try:
        county = County(web, build_portal(facts, web))
        assert len({title for title, *_ in county.portal.recommended}) == 70
        for fact in columns:
            entries = _live(county, county.portal.columns[(fact.unit, fact.column)])
            assert _between(entries, month.first, month.last) == fact.count
    finally:
        web.close()


def test_the_bundled_month_adds_up_within_its_budget_of_pages() -> None:
    facts = load_facts(Path(__file__).parent.parent / "demo" / "facts-2023-10")
    web = Web(0)
    try:
        county = County(web, build_portal(facts, web))
        counted = {key: _between(_live(county, listing), facts.month.first, facts.month.last) for key, listing in county.portal.columns.items()}
        assert counted == {(fact.unit, fact.column): fact.count for fact in facts.columns}
        news = [_between(_live(county, listing), facts.month.first, facts.month.last) for listing in county.portal.news.values()]
        assert sum(news) == sum(fact.published for fact in facts.news) == 62
        assert len(web.paths) <= 900
        leaking = [entry for entry in county.entries(county.portal.columns[("县乡村振兴局", "扶贫资金信息公开")]) if entry.day == date(2023, 10, 23)]
        assert [entry.title for entry in leaking] == ["关于拨付2023年农村脱贫劳动力跨省就业一次性交通补助第二批资金公告"]
    finally:
        web.close()
