"""Counting a month from stored posts and observations."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from checks.activity import Collected, count
from checks.activity.accounts import longest_silence
from checks.activity.duties import count_submissions
from checks.activity.publishing import count_columns
from core.activity import AccountActivity
from core.calendar import SHANGHAI, Cycle, Month
from core.config import SHARED, County, load_county
from core.records import Column, Observation, Receipt, Source, StoredPost, SubmissionDuty
from core.text import fingerprint

OCTOBER = Month(2023, 10)
NUMBERS = iter(range(1, 10**6))
LONG = "县农业农村局组织技术人员深入田间地头开展秋播技术培训，现场讲解小麦宽幅沟播、配方施肥和病虫害防治要点，发放技术资料三百余份。"
OTHER = "为切实做好冬季防火工作，县应急管理局会同消防救援大队对人员密集场所开展联合检查，当场整改隐患十二处，下发责令整改通知书五份。"


@pytest.fixture(scope="module")
def county() -> County:
    return load_county(SHARED / "meixian")


def post(day: str | None, source: str = "s", title: str = "标题", text: str = "", **more: Any) -> StoredPost:
    number = next(NUMBERS)
    moment = datetime.fromisoformat(f"{day}T09:00:00").replace(tzinfo=SHANGHAI) if day else None
    plain: dict[str, Any] = {"state": "live", "original": None, "origin": "", "pinned": False, **more}
    return StoredPost(
        id=number,
        source=source,
        url=f"http://x/{number}",
        title=title,
        published_at=moment,
        date_source="tag",
        fingerprint=fingerprint(text),
        evidence=None,
        content_key="k",
        first_seen=datetime(2023, 11, 1, tzinfo=UTC),
        version=1,
        **plain,
    )


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["2023-09-30", "2023-10-15"], ("2023-10-16", "2023-10-31", 16)),
        (["2023-09-20", "2023-10-15", "2023-10-31"], ("2023-09-21", "2023-10-14", 24)),
        (["2023-09-10", "2023-10-15", "2023-10-31"], ("2023-09-11", "2023-10-14", 34)),
        (["2023-10-15", "2023-10-31"], ("2023-10-16", "2023-10-30", 15)),
        ([], ("2023-10-01", "2023-10-31", 31)),
        (["2023-08-31"], ("2023-09-01", "2023-10-31", 61)),
        (["2023-09-29", "2023-10-01", "2023-10-31"], ("2023-10-02", "2023-10-30", 29)),
        (["2023-10-31", "2023-10-31", "2023-11-20"], ("2023-10-01", "2023-10-30", 30)),
    ],
)
def test_the_longest_silence(days: list[str], expected: tuple[str, str, int]) -> None:
    silence = longest_silence([date.fromisoformat(day) for day in days], OCTOBER)
    assert silence is not None
    assert (str(silence.start), str(silence.end), silence.days) == expected


def test_no_silence_when_every_day_has_a_post() -> None:
    assert longest_silence([date(2023, 9, 30), *OCTOBER.days()], OCTOBER) is None


def test_a_silence_wholly_before_the_month_does_not_count() -> None:
    days = [date(2023, 9, 1), *OCTOBER.days()]
    assert longest_silence(days, OCTOBER) == longest_silence([date(2023, 9, 30), *OCTOBER.days()], OCTOBER)


@pytest.mark.parametrize(
    ("cycle", "month", "days", "published", "earlier", "owed"),
    [
        ("2条/月", "2023-10", ["2023-10-01", "2023-10-31", "2023-09-30", "2023-11-01", None], 2, 0, 2),
        ("3条/季度", "2023-12", ["2023-10-05", "2023-12-31", "2023-09-30"], 1, 1, 2),
        ("1条/季度", "2023-12", ["2023-10-05", "2023-11-05"], 0, 2, 0),
        ("2条/半年", "2024-06", ["2024-01-01", "2023-12-31"], 0, 1, 1),
        ("1条/年", "2024-02", ["2024-02-29"], 1, 0, 0),
        ("实时更新", "2023-12", ["2023-12-01"], 1, 0, 0),
    ],
)
def test_columns_count_by_period(cycle: str, month: str, days: list[str | None], published: int, earlier: int, owed: int) -> None:
    column = Column("县甲局", "栏", Cycle.parse(cycle), "s")
    (row,) = count_columns([column], Month.parse(month), {"s": [post(day) for day in days]}, ())
    assert (row.published, row.earlier, row.owed) == (published, earlier, owed)


def test_deleted_posts_do_not_count_but_unread_ones_do() -> None:
    column = Column("县甲局", "栏", Cycle.parse("2条/月"), "s")
    posts = [post("2023-10-05", state="deleted"), post("2023-10-06", state="unread"), post("2023-10-07")]
    (row,) = count_columns([column], OCTOBER, {"s": posts}, ("s",))
    assert (row.published, row.verified) == (2, False)


def collected(
    county: County, posts: Mapping[str, Sequence[StoredPost]], observations: Mapping[str, Sequence[Observation]] | None = None, failed: Sequence[str] = ()
) -> Collected:
    receipts = {source.id: Receipt(source.id, "unreachable" if source.id in failed else "ok", "打不开") for source in county.sources}
    return Collected(posts, observations or {}, receipts, {})


def activity_of(county: County, number: int, posts: Mapping[str, Sequence[StoredPost]], **more: Any) -> AccountActivity:
    return count(county, OCTOBER, collected(county, posts, **more)).accounts[number]


def test_originals_and_reposts_with_their_evidence(county: County) -> None:
    account = county.accounts[0]
    recommended = [post("2023-10-09", "recommended", "国务院办公厅关于推进政务公开的通知", LONG), post("2023-10-10", "recommended", "短讯", OTHER)]
    mine = [
        post("2023-10-11", account.source, "转发：国务院办公厅关于推进政务公开的通知", "完全不同的导语" * 5),
        post("2023-10-12", account.source, "换了标题", OTHER + "（来源见原文）"),
        post("2023-10-13", account.source, "再发一次", OTHER),
        post("2023-10-14", account.source, "平台标了转载", "甲乙丙丁" * 9, original="reprint"),
        post("2023-10-15", account.source, "写了来源", "戊己庚辛" * 9, origin="人民日报"),
        post("2023-10-16", account.source, "写了本单位", "壬癸子丑" * 9, origin="县招商局"),
        post("2023-10-17", account.source, "没有任何标记", "寅卯辰巳" * 9),
        post("2023-10-18", account.source, "平台声明原创", "午未申酉" * 9, original="declared"),
        post("2023-10-19", account.source, "已删除", "戌亥" * 9, state="deleted"),
    ]
    row = activity_of(county, 0, {"recommended": recommended, account.source: mine})
    assert [judgement.kind for judgement in row.judgements] == ["recommended", "recommended", "other", "other", "other", "original", "original", "original"]
    assert all(judgement.reasons for judgement in row.judgements)
    assert (row.originals, row.reposted, row.other) == (3, 2, 3)


def test_another_units_earlier_text_is_a_repost_but_not_ones_own(county: County) -> None:
    account = county.accounts[0]
    own_column = next(column for column in county.columns if county.same_unit(column.unit, account.unit))
    foreign = county.accounts[1]
    own, theirs = post("2023-10-02", own_column.source, "自己的", LONG), post("2023-10-03", foreign.source, "别人的", OTHER)
    mine = [post("2023-10-05", account.source, "一", LONG), post("2023-10-06", account.source, "二", OTHER)]
    kinds = [j.kind for j in activity_of(county, 0, {own_column.source: [own], foreign.source: [theirs], account.source: mine}).judgements]
    assert kinds == ["original", "other"]
    later = replace(theirs, published_at=(theirs.published_at or datetime.now(UTC)) + timedelta(days=20))
    kinds = [j.kind for j in activity_of(county, 0, {foreign.source: [later], account.source: mine}).judgements]
    assert kinds == ["original", "original"]


def test_a_person_overrules_the_judgement(county: County) -> None:
    account = county.accounts[0]
    mine = post("2023-10-05", account.source, "写了来源", LONG, origin="人民日报")
    base = collected(county, {account.source: [mine]})
    row = count(county, OCTOBER, replace(base, overruled={mine.id: "original"})).accounts[0]
    assert (row.originals, row.other, row.judgements[0].reasons) == (1, 0, ("人工认定",))


def test_a_failed_source_is_not_verified(county: County) -> None:
    account = county.accounts[0]
    assert not activity_of(county, 0, {}, failed=[account.source]).verified
    assert not activity_of(county, 0, {}, failed=["recommended"]).verified
    assert activity_of(county, 0, {}).verified
    bare = Collected({}, {}, {}, {})
    assert set(count(county, OCTOBER, bare).failed.values()) == {"没有采集记录"}


def test_news_are_attributed_by_their_origin(county: County) -> None:
    source = county.news[0].source
    posts = [
        post("2023-10-05", source, origin="县乡村振兴局"),
        post("2023-10-06", source, origin="眉县乡村振兴局"),
        post("2023-10-07", source, origin="某媒体"),
    ]
    activity = count(county, OCTOBER, collected(county, {source: posts}))
    row = next(row for row in activity.news if row.news.unit == "县乡村振兴局")
    assert (row.published, row.uploaded) == (2, 2)  # this county has no export: sent in = published
    assert activity.unattributed == (posts[2].url,)


def test_the_export_tells_what_was_sent_in(county: County) -> None:
    exporting = replace(county, sources=(*county.sources, Source("sent-news", "sent-news", "x.xlsx")))
    days = [date(2023, 9, 30), date(2023, 10, 1), date(2023, 10, 31)]
    sent = [Observation("sent-news", "sent-news", str(day), day, {"unit": "齐 镇", "title": "t"}) for day in days]
    rows = {row.news.unit: row for row in count(exporting, OCTOBER, collected(exporting, {}, {"sent-news": sent})).news}
    assert (rows["齐镇"].uploaded, rows["齐镇"].published) == (2, 0)
    failed = count(exporting, OCTOBER, collected(exporting, {}, {"sent-news": sent}, failed=["sent-news"])).news
    assert failed[0].uploaded is None


DUTIES = tuple(SubmissionDuty("县甲局", "栏", f"表{n}", "月", f"表{n}.xlsx", ("序号", f"列{n}")) for n in (1, 2, 3))


def owing(county: County, *duties: SubmissionDuty) -> County:
    return replace(county, submissions=duties)


def sheet(file: str, header: Sequence[str], day: str = "2023-10-20", month: str = "2023-10", error: str = "") -> Observation:
    return Observation(
        "submissions",
        "submission",
        f"{month}/县甲局/{file}",
        date.fromisoformat(day),
        {"unit": "县甲局", "file": file, "header": list(header), "rows": 3, "error": error, "period": month},
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ([sheet("表1.xlsx", ["序号", "列1"])], [(True, True), (False, None), (False, None)]),
        ([sheet("改名.xlsx", ["序 号", "列2"])], [(False, None), (True, False), (False, None)]),
        ([sheet("表3.xlsx", ["序号", "别的"])], [(False, None), (False, None), (True, False)]),
        ([sheet("表1.xlsx", ["序号", "列1"], "2023-11-02")], [(False, True), (False, None), (False, None)]),
        ([sheet("表1.xlsx", ["序号", "列1"], month="2023-09")], [(False, None)] * 3),
        ([sheet("表1.xlsx", [], error="无法读取")], [(True, False), (False, None), (False, None)]),
    ],
)
def test_sheets_are_matched_to_their_duties(county: County, files: list[Observation], expected: list[tuple[bool, bool | None]]) -> None:
    assert [(row.on_time, row.in_form) for row in count_submissions(owing(county, *DUTIES), OCTOBER, files, True)] == expected


def test_a_renamed_and_changed_sheet_is_the_one_left_over(county: County) -> None:
    files = [sheet("表1.xlsx", ["序号", "列1"]), sheet("表2.xlsx", ["序号", "列2"]), sheet("总表.xlsx", ["甲", "乙"])]
    assert [row.in_form for row in count_submissions(owing(county, *DUTIES), OCTOBER, files, True)] == [True, True, False]


def test_quarterly_sheets_are_due_in_their_months(county: County) -> None:
    duty = replace(DUTIES[0], months=(1, 4, 7, 10))
    assert len(count_submissions(owing(county, duty), OCTOBER, [], True)) == 1
    assert count_submissions(owing(county, duty), OCTOBER.plus(1), [], True) == ()


def test_cycle_of_events_and_papers(county: County) -> None:
    duty = county.events[0]
    seen = Observation(
        "events",
        "event",
        "2023-10/x",
        OCTOBER.last,
        {"platform": duty.platform, "unit": duty.unit, "type": duty.type, "month": "2023-10", "generated": 5, "accepted": 3, "discarded": 1, "closed": 2},
    )
    paper = county.papers[0]
    mail = Observation("mailbox", "paper", "m1", date(2023, 10, 30), {"unit": paper.unit, "paper": paper.paper, "period": "2023-10", "sender": "a@b.c"})
    activity = count(county, OCTOBER, collected(county, {}, {"event": [seen], "paper": [mail]}))
    assert (activity.events[0].generated, activity.events[0].closed) == (5, 2)
    assert activity.events[1].generated == 0
    assert activity.papers[0].on_time
    assert not activity.papers[1].on_time
