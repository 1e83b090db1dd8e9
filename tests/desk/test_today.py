"""今日, empty and full."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, leak, save, wording

Desk = Callable[..., Any]


@pytest.mark.parametrize("role", ["administrator", "reviewer", "director", "officer"])
def test_with_nothing_yet_it_teaches(desk: Desk, role: str) -> None:
    page = desk(role).get("/").content.decode()
    assert "三步开始" in page
    assert desk(role).get("/findings/").status_code == 200


def test_last_night_by_severity_and_by_cause(desk: Desk, home: Path) -> None:
    save(home, MINE, findings=(*(leak(f"Sheet1!C{row}", file="名单.xlsx") for row in range(30)), wording()))
    page = desk("reviewer").get("/").content.decode()
    assert "发现 31 处新问题" in page
    assert page.count("名单.xlsx") == 1
    assert '<td class="number inline" data-label="处数">30</td>' in page


def test_what_was_found_before_last_night_is_not_new_but_late(desk: Desk, home: Path) -> None:
    from core.store import models

    save(home, MINE, findings=(leak(),))
    models.Finding.objects.update(first_seen=NOW - timedelta(days=5))
    page = desk("reviewer").get("/").content.decode()
    assert "没有发现新问题" in page
    assert "超过 3 天未整改" in page
    assert f"?unit={__import__('urllib.parse').parse.quote(MINE)}" in page
    assert "没有拖延的整改" in desk("other").get("/").content.decode()


def test_sources_that_failed_are_named_with_the_reason(desk: Desk, home: Path) -> None:
    from core.records import Receipt
    from core.store import runs
    from service.desk import county

    here = county.current()
    mine, other = (next(column for column in here.columns if column.unit == unit) for unit in (MINE, OTHERS))
    run = runs.start_run(here.id, "crawl", NOW - timedelta(hours=6))
    for column in (mine, other):
        runs.save_receipt(here.id, run, Receipt(column.source, "unreachable", f"{column.unit}{column.name}连接超时"), NOW - timedelta(hours=6))
    page = desk("director").get("/").content.decode()
    assert f"{mine.unit}{mine.name}连接超时" in page
    assert "未能核实" in page
    officer = desk("officer").get("/").content.decode()
    assert f"{mine.unit}{mine.name}连接超时" in officer
    assert f"{other.unit}{other.name}连接超时" not in officer
    again = runs.start_run(here.id, "crawl", NOW)
    runs.save_receipt(here.id, again, Receipt(mine.source, "ok", items=3), NOW)
    assert f"{mine.unit}{mine.name}连接超时" not in desk("director").get("/").content.decode()


def test_what_the_month_owes(desk: Desk, home: Path) -> None:
    from core.records import Receipt
    from core.store import runs
    from service.desk import county

    here = county.current()
    run = runs.start_run(here.id, "crawl", NOW)
    for source in here.sources:
        runs.save_receipt(here.id, run, Receipt(source.id, "empty"), NOW)
    page = desk("reviewer").get("/today/owed/?month=2023-10").content.decode()
    assert "未按要求及时更新" in page
    mine = desk("officer").get("/today/owed/?month=2023-10").content.decode()
    assert OTHERS not in mine


def test_the_month_chosen_is_remembered_and_nonsense_is_not(desk: Desk) -> None:
    browser = desk("reviewer")
    assert 'value="2023-10" selected' in browser.get("/").content.decode()
    assert 'value="2023-08" selected' in browser.get("/?month=2023-08").content.decode()
    assert 'value="2023-08" selected' in browser.get("/").content.decode()
    for wrong in ("2023-13", "0001-01", "9999-12", "x", "2023-8", "２０２３-08"):
        assert browser.get("/", {"month": wrong}).status_code == 200


def test_menu_of_each_role(desk: Desk) -> None:
    officer = desk("officer").get("/").content.decode()
    assert ">用户<" not in officer.replace("</svg>用户", ">用户")
    assert "/users/" in desk("administrator").get("/").content.decode()
    assert "/users/" not in officer


def test_a_kept_month_shows_a_persons_word_at_once_and_the_machines_when_it_is_counted(desk: Desk, home: Path) -> None:
    """While the keeper lives nobody waits for a count: a page shows what was kept, the keeper brings it up to date; what is frozen is exact."""
    from core.calendar import Month
    from core.records import Verdict
    from core.store.findings import add_verdict
    from service.desk import county, standing

    here, october = county.current(), Month(2023, 10)
    (first,) = save(home, MINE, 1, findings=(leak(),))
    standing.keep_up(here, [october])
    assert [finding.id for finding in standing.judged(here, october).findings] == [first.id]
    (second,) = save(home, MINE, 2, findings=(leak(),))
    assert [finding.id for finding in standing.judged(here, october).findings] == [first.id]
    assert {finding.id for finding in standing.judged(here, october, exact=True).findings} == {first.id, second.id}
    (third,) = save(home, MINE, 3, findings=(leak(),))
    add_verdict(here.id, Verdict(f"finding/{first.id}", "误报", "样例数据", "审核员", NOW))
    assert [finding.id for finding in standing.judged(here, october).findings] == [second.id]
    standing.keep_up(here, [])
    assert {finding.id for finding in standing.judged(here, october).findings} == {second.id, third.id}
    standing._beat -= 1000  # the keeper is gone: who asks counts
    (fourth,) = save(home, MINE, 4, findings=(leak(),))
    assert fourth.id in {finding.id for finding in standing.judged(here, october).findings}
