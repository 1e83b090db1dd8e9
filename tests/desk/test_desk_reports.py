"""单位, 账号, 栏目, 年度: what is owed and until when, strips, rulings on posts, the year's ledger; each with wrong input and an officer who looks elsewhere."""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, ROOT, leak, save

from core.activity import Silence
from core.calendar import SHANGHAI, Month
from core.errors import ConfigurationError
from core.records import Post, Receipt
from reports.yearly import Fault, MonthFaults, Yearly, ledger, load_yearly

Desk = Callable[..., Any]
OCTOBER = Month(2023, 10)


@pytest.fixture(autouse=True)
def fresh(clean: None) -> Iterator[None]:
    """Nothing known of an earlier test: its rows were rolled back, and their numbers come again."""
    from service.desk import standing

    standing.forget()
    yield
    standing.forget()


def collect(home: Path) -> None:
    """Every source collected without a hitch."""
    from core.store.runs import save_receipt, start_run
    from service.desk import county

    here = county.current()
    run = start_run(here.id, "crawl", NOW - timedelta(hours=6))
    for source in here.sources:
        save_receipt(here.id, run, Receipt(source.id, "ok", finished_at=NOW), NOW)


def publish(home: Path, source: str, day: int, title: str, month: int = 10, **more: Any) -> int:
    """A post of that source on that day of 2023; returns its id."""
    from core.store import models
    from core.store.posts import save_post
    from core.store.runs import start_run
    from core.store.vault import Vault

    at = datetime(2023, month, day, 9, 0, tzinfo=SHANGHAI)
    post = Post(source=source, url=f"http://x/{source}/{month}/{day}/{title}", title=title, published_at=at, text=f"{title}的正文，{source}，{day}日", **more)
    save_post("meixian", start_run("meixian", "crawl", NOW), post, NOW, Vault.open(home))
    return int(models.Post.objects.get(source=source, url=post.url).pk)


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


# --- what is owed -------------------------------------------------------------------------------------------


def test_a_column_owes_until_its_period_ends(home: Path, desk: Desk) -> None:
    from service.desk import county
    from service.desk.duties import duties
    from service.desk.standing import judged

    collect(home)
    here = county.current()
    quarterly = next(column for column in here.columns if column.cycle.text == "1条/季度")
    monthly = next(column for column in here.columns if column.cycle.period == "月" and column.cycle.count == 2)
    publish(home, monthly.source, 5, "一条")
    month = judged(here, OCTOBER)
    owed = {(duty.unit, duty.what): duty for duty in duties(here, month.counted.activity, month.counted.posts, date(2023, 10, 20)) if duty.system == "栏目"}
    late = {(duty.unit, duty.what): duty for duty in duties(here, month.counted.activity, month.counted.posts, NOW.date()) if duty.system == "栏目"}
    duty = owed[monthly.unit, monthly.name]
    assert (duty.left, duty.deadline, duty.days, duty.state) == (1, date(2023, 10, 31), 11, "open")
    assert late[monthly.unit, monthly.name].state == "late"
    duty = late[quarterly.unit, quarterly.name]
    assert (duty.left, duty.deadline, duty.state) == (1, date(2023, 12, 31), "open")


def test_what_could_not_be_collected_is_not_owed(home: Path, desk: Desk) -> None:
    from service.desk import county
    from service.desk.duties import duties
    from service.desk.standing import judged

    here = county.current()
    month = judged(here, OCTOBER)  # no receipt at all
    states = {duty.state for duty in duties(here, month.counted.activity, month.counted.posts, NOW.date()) if duty.left > 0}
    assert states == {"unknown"}
    assert "未能核实" in text_of(desk("reviewer").get(f"/units/{OTHERS}/?month=2023-10"))


def test_the_running_month_is_not_graded_and_its_silence_ends_today(home: Path, desk: Desk) -> None:
    from service.desk import county
    from service.desk.standing import judged
    from service.desk.strips import silence_so_far

    collect(home)
    here = county.current()
    account = here.accounts[0]
    publish(home, account.source, 20, "十一月的一条", month=11)
    month = judged(here, Month(2023, 11))
    row = next(row for row in month.counted.activity.accounts if row.account == account)
    silence = silence_so_far(row, month, NOW.date())
    assert silence is not None
    assert silence.end <= NOW.date()
    page = text_of(desk("reviewer").get("/accounts/?month=2023-11"))
    assert "月末评定" in page
    assert "不合格" not in page


# --- pages --------------------------------------------------------------------------------------------------

PAGES = ("/units/", "/accounts/", "/columns/", "/bulletins/", "/bulletins/audit/", "/year/")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["administrator", "reviewer", "director"])
def test_every_page_stands_on_an_empty_store(desk: Desk, path: str, role: str) -> None:
    assert desk(role).get(path).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/units/没有这个单位/", "/accounts/抖音号/没有/", "/columns/没有/没有/", "/bulletins/2023-13/", "/bulletins/2023-1/", "/bulletins/abc/", "/year/?year=x"],
)
def test_what_does_not_exist_is_not_found(desk: Desk, path: str) -> None:
    assert desk("reviewer").get(path).status_code == 404


def test_an_officer_sees_the_own_unit_alone(home: Path, desk: Desk) -> None:
    from service.desk import county

    collect(home)
    here, browser = county.current(), desk("officer")
    mine = next(column for column in here.columns if column.unit == MINE)
    other = next(column for column in here.columns if column.unit == OTHERS)
    assert browser.get("/my-unit/").status_code == 200
    assert browser.get(f"/units/{MINE}/").status_code == 200
    assert browser.get(f"/columns/{mine.unit}/{mine.name}/").status_code == 200
    assert browser.get(f"/units/{OTHERS}/").status_code == 404
    assert browser.get(f"/columns/{other.unit}/{other.name}/").status_code == 404
    for account in here.accounts:
        expected = 200 if here.same_unit(account.unit, MINE) else 404
        assert browser.get(f"/accounts/{account.key}/").status_code == expected
    for path in PAGES:
        assert browser.get(path).status_code == 403


def test_an_officer_reads_shared_problems_of_the_own_unit_only(home: Path, desk: Desk) -> None:
    """„Ten units sent in no news" names ten units in the bulletin, one on a unit's page."""
    from service.desk import county

    collect(home)
    others = [news.unit for news in county.current().news if not county.current().same_unit(news.unit, MINE)]
    page = text_of(desk("officer").get("/my-unit/?month=2023-10"))
    assert "未发布各镇快讯、部门动态信息" in page
    assert not [unit for unit in others if unit in page]


@pytest.mark.parametrize("reworded", [None, "{others}等单位10月份没有报送动态", "{mine}、{others}10月份没有报送；{others}已是连续第二个月"])
def test_an_officer_reads_a_shared_problem_without_the_others_in_whatever_words(home: Path, desk: Desk, reworded: str | None) -> None:
    from core.records import Verdict
    from core.store.findings import add_verdicts
    from reports.adjust import problem_subject
    from service.desk import county
    from service.desk.standing import judged

    collect(home)
    here = county.current()
    (problem,) = [problem for problem in judged(here, OCTOBER).assessment.problems if problem.kind == "no-news"]
    mine = next(unit for unit in problem.units if here.same_unit(unit, MINE))
    others = [unit for unit in problem.units if unit != mine]
    if reworded:
        words = reworded.format(mine=mine, others="、".join(others))
        add_verdicts(here.id, [Verdict(f"{problem_subject(problem)}@{OCTOBER}", words, "按领导意见修改", "审核员", NOW)])
        assert words in [problem.text for problem in judged(here, OCTOBER).assessment.problems]
    for path in ("/today/owed/?month=2023-10", "/my-unit/?month=2023-10"):
        page = text_of(desk("officer").get(path))
        assert mine in page
        assert ("未发布快讯动态" if reworded else "未发布各镇快讯、部门动态信息") in page, path
        assert not [unit for unit in others if unit in page], path


def test_an_officer_without_a_unit_is_told_so(desk: Desk, people: dict[str, Any]) -> None:
    from service.desk.models import Profile

    Profile.objects.filter(user=people["officer"]).update(unit="不存在的单位")
    answer = desk("officer").get("/my-unit/")
    assert answer.status_code == 404
    assert "还没有对应的单位" in text_of(answer)


def test_titles_with_personal_data_are_shown_masked(home: Path, desk: Desk) -> None:
    from service.desk import county

    collect(home)
    column = next(item for item in county.current().columns if item.unit == MINE)
    title = "关于张某某联系人王五五的公示"
    save(home, MINE, title=title, text="正文", findings=(leak("标题", 9, 12, rule="privacy/mobile", masked="王**"),))
    page = desk("reviewer").get(f"/columns/{MINE}/{column.name}/?month=2023-10").content.decode()
    assert "王五五" not in page
    assert "王**" in page


def test_a_list_is_filtered_and_counts_agree(home: Path, desk: Desk) -> None:
    collect(home)
    save(home, MINE, findings=(leak(),))
    browser = desk("reviewer")
    page = browser.get("/units/?show=problems&month=2023-11").content.decode()
    told = re.search(r"有问题（(\d+)）", page)
    assert told
    assert page.count('class="name"') == int(told[1]) == 1
    assert MINE in page
    assert browser.get("/columns/?q=<script>&show=nonsense").status_code == 200


# --- rulings on posts ---------------------------------------------------------------------------------------


def test_a_ruling_changes_the_figures_and_can_be_taken_back(home: Path, desk: Desk) -> None:
    from core.store.models import Verdict
    from service.desk import county
    from service.desk.models import AuditEntry
    from service.desk.standing import judged

    collect(home)
    account = county.current().accounts[0]
    pk = publish(home, account.source, 9, "乡村读书节")

    def originals() -> int:
        row = next(row for row in judged(county.current(), OCTOBER).counted.activity.accounts if row.account == account)
        return row.originals

    assert originals() == 1
    browser, path = desk("reviewer"), f"/accounts/posts/{pk}/?month=2023-10"
    browser.post(path, {"decision": "other", "reason": ""})
    browser.post(path, {"decision": "nonsense", "reason": "写明了理由的"})
    browser.post(path, {"decision": "other", "reason": "见 610326199001011238 的说明"})
    assert not Verdict.objects.exists()
    answer = browser.post(path, {"decision": "other", "reason": "转自省报客户端"}, follow=True)
    assert originals() == 0
    assert "人工改判" in answer.content.decode()
    assert AuditEntry.objects.filter(action="改判原创转载", subject=f"post/{pk}").count() == 1
    undo = re.search(r'action="(/bulletins/undo/\d+/)"', answer.content.decode())
    assert undo
    browser.post(undo[1])
    assert originals() == 1
    assert Verdict.objects.count() == 2  # taken back by a further row


@pytest.mark.parametrize("role", ["director", "officer"])
def test_only_editors_rule(home: Path, desk: Desk, role: str) -> None:
    from core.store.models import Verdict
    from service.desk import county

    pk = publish(home, county.current().accounts[0].source, 9, "一条")
    assert desk(role).post(f"/accounts/posts/{pk}/", {"decision": "other", "reason": "转自省报客户端"}).status_code == 403
    assert not Verdict.objects.exists()


def test_missing_recommended_items_are_listed_first(home: Path, desk: Desk) -> None:
    from service.desk import county

    collect(home)
    account = next(item for item in county.current().accounts if item.platform == "微信订阅号")
    publish(home, "recommended", 2, "全省乡村道路工作会议在西安召开")
    publish(home, "recommended", 3, "一图读懂冬季供暖重点任务安排")
    publish(home, account.source, 9, "全省乡村道路工作会议在西安召开")
    page = text_of(desk("reviewer").get(f"/accounts/{account.key}/?month=2023-10"))
    assert page.index("一图读懂冬季供暖重点任务安排") < page.index("全省乡村道路工作会议在西安召开")
    assert "还缺 1 条" in page


# --- the charts ---------------------------------------------------------------------------------------------


def test_a_strip_draws_the_silence_and_says_it() -> None:
    from service.desk.charts import month_strip

    silence = Silence(date(2023, 9, 28), date(2023, 10, 12))
    picture = month_strip(OCTOBER, {date(2023, 10, 13): "both"}, {date(2023, 10, 13): 2}, silence, NOW.date(), '<script>"号', large=True)
    assert "15天没有信息（从上月起）" in picture
    assert "&lt;script&gt;" in picture
    assert "<script" not in picture
    assert "style=" not in picture
    assert picture.count("<title>") == 31


def test_a_trend_needs_no_division_by_nothing() -> None:
    from service.desk.charts import bar, trend

    assert trend([], Decimal(0), Decimal(100), "得分") == ""
    assert "得分：10月 100" in trend([("10月", Decimal(100))], Decimal(100), Decimal(100), "得分")
    assert 'width="0"' in bar(0, 0, "扣0分")


# --- the year -----------------------------------------------------------------------------------------------

SCHEME = Yearly(points={"no-news": Decimal(1), "account-silent": Decimal("2.5")}, veto=("privacy-leak",))  # type: ignore[arg-type]


def test_the_ledger_counts_each_unit_once_and_ranks_vetoes_last() -> None:
    months = [
        MonthFaults(
            OCTOBER,
            "issued",
            (
                Fault("no-news", ("甲局", "甲局（旧名）", "乙局"), "甲局、甲局（旧名）、乙局10月份未发布"),
                Fault("account-silent", ("乙局",), "停更"),
                Fault("privacy-leak", ("丙局",), "泄露"),
            ),
        ),
        MonthFaults(Month(2023, 9), "draft", (Fault("no-news", ("乙局",), "未发布"),)),
    ]
    years = ledger(["甲局", "乙局", "丙局", "丁局"], months, SCHEME, lambda name: name.removesuffix("（旧名）"))
    assert [(year.unit, year.rank, year.score, year.vetoes) for year in years] == [
        ("丁局", 1, Decimal(100), 0),
        ("甲局", 2, Decimal(99), 0),
        ("乙局", 3, Decimal("95.5"), 0),
        ("丙局", 4, Decimal(100), 1),
    ]
    assert years[1].deductions[0].text == "甲局10月份未发布"
    assert years[2].scores == ((Month(2023, 9), Decimal(99)), (OCTOBER, Decimal("95.5")))


def test_a_score_stops_at_its_floor() -> None:
    scheme = Yearly(base=Decimal(3), floor=Decimal(1), points={"no-news": Decimal(2)})  # type: ignore[arg-type]
    months = [MonthFaults(Month(2023, number), "issued", (Fault("no-news", ("甲局",), "未发布"),)) for number in (1, 2, 3)]
    (year,) = ledger(["甲局"], months, scheme, str)
    assert [score for _, score in year.scores] == [1, 1, 1]
    assert year.deducted == 6


def test_the_countys_own_points_are_examples_until_confirmed() -> None:
    scheme = load_yearly(ROOT / "config" / "meixian" / "yearly.yaml")
    assert scheme is not None
    assert scheme.sample is True
    assert "privacy-leak" in scheme.veto


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[1, 2]", "键: 值"),
        ("points: {no-newz: 1}", "points → no-newz"),
        ("points: {no-news: -1}", "points → no-news"),
        ("bonus: 1", "没有这个设置项"),
        ("base: 10\nfloor: 20", "不能大于"),
        ("points: [", "不是合法的 YAML"),
    ],
)
def test_complaints_name_file_and_place(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "yearly.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=re.escape(told)) as failure:
        load_yearly(path)
    assert "yearly.yaml" in str(failure.value)
    assert load_yearly(tmp_path / "none.yaml") is None


def test_a_broken_scheme_is_told_on_the_page(home: Path, desk: Desk) -> None:
    from service.desk import county

    collect(home)
    path = county.current().folder / "yearly.yaml"
    kept = path.read_bytes() if path.exists() else None
    try:
        path.write_text("points: {no-newz: 1}", "utf-8")
        answer = desk("reviewer").get("/year/?month=2023-10")
        assert answer.status_code == 200
        assert "no-newz" in answer.content.decode()
    finally:
        path.unlink() if kept is None else path.write_bytes(kept)


def test_exports_hold_every_line_and_no_formula(home: Path, desk: Desk) -> None:
    import csv
    import io

    from openpyxl import load_workbook

    from service.desk.models import IssuedBulletin

    problem = {"group": 2, "kind": "no-news", "units": [MINE], "account": None, "text": "=HYPERLINK(1)", "findings": []}
    IssuedBulletin.objects.create(county="meixian", month="2023-09", version=1, assessment={"problems": [problem]}, files={}, issued_by="甲", issued_at=NOW)
    browser = desk("director")
    rows = list(csv.reader(io.StringIO(browser.get("/year/export/csv/?year=2023").content.decode("utf-8-sig"))))
    assert rows[1][:4] == [MINE, "2023-09", "已签发通报", "未发布快讯动态"]
    assert rows[1][4] == "'=HYPERLINK(1)"
    book = load_workbook(io.BytesIO(browser.get("/year/export/xlsx/?year=2023").content))
    assert book["明细"]["E2"].data_type == "s"
    assert book["排名"].max_row > 30
    assert browser.get("/year/export/exe/?year=2023").status_code == 404
