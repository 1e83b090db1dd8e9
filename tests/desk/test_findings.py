"""问题: list, filters, counts, the finding's page, masked text, verdicts and taking them back."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, leak, save, wording

Desk = Callable[..., Any]
ID, CARD, MOBILE = "610326199003071238", "6228480402564890018", "13891712345"
TEXT = f"经审核，张三（身份证号{ID}，手机{MOBILE}）赴新疆省务工，补助800元。咨询电话：0917-5542237。"


def words(answer: Any) -> str:
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", answer.content.decode())


def rows(page: str) -> int:
    return page.count("data-row=")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", 3),
        ("severity=veto", 2),
        ("category=expression", 1),
        (f"unit={MINE}", 2),
        ("unit=-", 0),
        ("state=confirmed", 0),
        ("state=all", 3),
        ("since=2023-10-24", 0),
        ("until=2023-10-23", 3),
        ("since=2023-10-23&until=2023-10-23&severity=error", 1),
        ("fresh=2023-11-23", 3),
        ("fresh=2023-11-24", 0),
        ("severity=nonsense&since=2023-99-99&post=abc&page=77", 3),
        ("page=-1&order=day", 3),
    ],
)
def test_filters_and_counts_equal_the_list(desk: Desk, home: Path, query: str, expected: int) -> None:
    save(home, MINE, findings=(leak(), wording(30)))
    save(home, OTHERS, findings=(leak(),))
    page = words(desk("reviewer").get(f"/findings/?{query}"))
    assert rows(page) == expected
    assert f"共 <strong>{expected}</strong> 处" in page


def test_a_long_list_is_paged_and_counts_all(desk: Desk, home: Path) -> None:
    save(home, MINE, findings=tuple(leak(f"Sheet1!C{row}", file="名单.xlsx") for row in range(120)))
    browser = desk("reviewer")
    assert rows(words(browser.get("/findings/"))) == 50
    last = words(browser.get("/findings/?page=3"))
    assert rows(last) == 20
    assert "第 3 页，共 3 页" in last


def test_the_finding_opens_beside_the_list_and_alone(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, findings=(leak(),))
    browser = desk("reviewer")
    whole = words(browser.get(f"/findings/?open={finding.id}"))
    assert 'id="beside" data-uid="' + finding.id in whole
    part = words(browser.get(f"/findings/?open={finding.id}", headers={"HX-Request": "true", "HX-Target": "beside"}))
    assert "<html" not in part
    assert "校验码正确" in part
    alone = words(browser.get(f"/findings/{finding.id}/"))
    assert "政府信息公开条例" in alone
    assert browser.get("/findings/0123456789abcdef/").status_code == 404


def test_what_the_page_says_is_escaped(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, title="<script>alert(1)</script>", findings=(leak(message="<img src=x onerror=alert(1)>"),))
    for path in ("/", "/findings/", f"/findings/{finding.id}/", f"/findings/?open={finding.id}"):
        page = desk("reviewer").get(path).content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page


def test_text_and_evidence_are_masked_marked_and_noted(desk: Desk, home: Path) -> None:
    from service.desk.models import AuditEntry

    start = TEXT.index(ID)
    (finding,) = save(home, MINE, text=TEXT, findings=(leak(start=start, end=start + 18),))
    browser = desk("reviewer")
    for path in (f"/findings/{finding.id}/text/", f"/findings/{finding.id}/evidence/"):
        page = words(browser.get(path))
        for raw in (ID, MOBILE):
            assert raw not in page, path
        assert "610326********1238" in page
        assert "0917-5542237" in page
    near = words(browser.get(f"/findings/{finding.id}/text/", headers={"HX-Request": "true"}))
    assert re.search(r'<mark class="here"[^>]*>610326\*{8}1238</mark>', near)
    noted = AuditEntry.objects.filter(subject=f"finding/{finding.id}").values_list("who", "action")
    assert ("reviewer", "查看原文") in noted
    assert ("reviewer", "查看存档页面") in noted


def test_a_table_shows_the_row_with_its_header_masked(desk: Desk, home: Path) -> None:
    import io

    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["资金花名册"])
    book.active.append(["姓名", "身份证号", "银行卡号", "手机"])
    book.active.append(["张三", ID, CARD, MOBILE])
    data = io.BytesIO()
    book.save(data)
    (finding,) = save(home, MINE, text="见附件", files={"名单.xlsx": data.getvalue()}, findings=(leak("Sheet!B3", file="名单.xlsx"),))
    page = words(desk("reviewer").get(f"/findings/{finding.id}/text/"))
    assert re.search("<th>姓名</th><th>身份证号</th><th>银行卡号</th><th>手机</th>", page)
    assert "张三" in page
    assert not any(raw in page for raw in (ID, CARD, MOBILE))
    evidence = words(desk("reviewer").get(f"/findings/{finding.id}/evidence/"))
    assert not any(raw in evidence for raw in (ID, CARD, MOBILE))


def test_a_text_that_is_gone_is_said(desk: Desk, home: Path) -> None:
    from core.store import models

    (finding,) = save(home, MINE, text=TEXT, findings=(leak("第9段"),))
    assert "已没有这一处" in words(desk("reviewer").get(f"/findings/{finding.id}/text/"))
    models.Post.objects.update(content_key="f" * 64)
    assert "不在证据库" in words(desk("reviewer").get(f"/findings/{finding.id}/text/"))
    assert "不在证据库" in words(desk("reviewer").get(f"/findings/{finding.id}/evidence/"))
    assert desk("reviewer").get(f"/findings/{finding.id}/evidence/?version=7").status_code == 404


def test_an_older_version_is_shown_masked(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, text=TEXT, findings=(leak(),))
    save(home, MINE, text="已撤下。", findings=())
    page = words(desk("reviewer").get(f"/findings/{finding.id}/evidence/?version=1"))
    assert "赴新疆省务工" not in page.replace("<mark", "") or ID not in page
    assert ID not in page
    assert MOBILE not in page
    assert "复查时已没有" in words(desk("reviewer").get(f"/findings/{finding.id}/"))


def decide(browser: Any, path: str, **form: Any) -> Any:
    return browser.post(path, form, follow=True)


@pytest.mark.parametrize(
    ("role", "word", "state"),
    [
        ("reviewer", "确认", "confirmed"),
        ("reviewer", "误报", "mistaken"),
        ("administrator", "豁免", "exempt"),
        ("officer", "已整改", "fixed"),
        ("officer", "申诉", "appealed"),
        ("reviewer", "复核", "review"),
        ("officer", "误报", "new"),
        ("reviewer", "申诉", "new"),
        ("reviewer", "删除", "new"),
    ],
)
def test_who_may_decide_what(desk: Desk, home: Path, role: str, word: str, state: str) -> None:
    from core.store.models import Finding, Verdict

    (finding,) = save(home, MINE, findings=(leak(),))
    decide(desk(role), f"/findings/{finding.id}/verdicts/", decision=word, reason="已与单位核实")
    assert Finding.objects.get(uid=finding.id).state == state
    assert Verdict.objects.filter(subject=f"finding/{finding.id}").count() == (state != "new")


def test_a_director_only_looks(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, findings=(leak(),))
    assert desk("director").post(f"/findings/{finding.id}/verdicts/", {"decision": "确认"}).status_code == 403
    assert "提交处理意见" not in words(desk("director").get(f"/findings/{finding.id}/"))


def test_a_dismissal_needs_a_reason(desk: Desk, home: Path) -> None:
    from core.store.models import Verdict

    (finding,) = save(home, MINE, findings=(leak(),))
    page = words(decide(desk("reviewer"), f"/findings/{finding.id}/verdicts/", decision="误报", reason="  "))
    assert "需要写明理由" in page
    assert not Verdict.objects.exists()


def test_many_at_once_and_back(desk: Desk, home: Path) -> None:
    """Bulk, then undo: further rows restore what was decided before; nothing is changed in place."""
    from core.store.models import Finding, Verdict
    from service.desk.models import AuditEntry

    found = save(home, MINE, findings=tuple(leak(f"Sheet1!C{row}", file="名单.xlsx") for row in range(4)))
    browser = desk("reviewer")
    decide(browser, f"/findings/{found[0].id}/verdicts/", decision="确认", reason="")
    page = words(decide(browser, "/findings/verdicts/", uid=[item.id for item in found[:3]], decision="误报", reason="公开的样表"))
    assert "已将 3 处记为“误报”" in page
    assert sorted(Finding.objects.values_list("state", flat=True)) == ["mistaken", "mistaken", "mistaken", "new"]
    entry = AuditEntry.objects.filter(action="处理：误报").get()
    assert desk("administrator").post(f"/findings/undo/{entry.pk}/").status_code == 404
    assert "已撤销，3 处" in words(browser.post(f"/findings/undo/{entry.pk}/", follow=True))
    assert Finding.objects.get(uid=found[0].id).state == "confirmed"
    assert Finding.objects.get(uid=found[1].id).state == "new"
    assert Verdict.objects.count() == 7
    assert "没有撤销" in words(browser.post(f"/findings/undo/{entry.pk}/", follow=True))


def test_all_that_the_filter_shows(desk: Desk, home: Path) -> None:
    from core.store.models import Finding

    save(home, MINE, findings=tuple(leak(f"Sheet1!C{row}", file="名单.xlsx") for row in range(70)))
    save(home, OTHERS, findings=(leak(),))
    page = words(decide(desk("officer"), "/findings/verdicts/", all="1", query="severity=veto", decision="已整改"))
    assert "已将 70 处" in page
    assert Finding.objects.filter(state="fixed").count() == 70
    assert "没有选中" in words(decide(desk("officer"), "/findings/verdicts/", decision="已整改"))


def test_the_same_cause_together(desk: Desk, home: Path) -> None:
    from core.store.models import Finding

    found = save(home, MINE, findings=(*(leak(f"Sheet1!C{row}", file="名单.xlsx") for row in range(132)), wording(0)))
    page = words(desk("reviewer").get(f"/findings/{found[0].id}/"))
    assert "同一表格 132 处" in page
    decide(desk("reviewer"), f"/findings/{found[0].id}/verdicts/", decision="确认", same="1")
    assert Finding.objects.filter(state="confirmed").count() == 132


def test_fixed_but_found_again_is_to_be_looked_at(desk: Desk, home: Path) -> None:
    from core.store.models import Finding

    (finding,) = save(home, MINE, text="一", findings=(leak(),))
    decide(desk("officer"), f"/findings/{finding.id}/verdicts/", decision="已整改")
    save(home, MINE, text="一", findings=(leak(),))
    assert Finding.objects.get().state == "fixed"
    save(home, MINE, text="二", findings=(leak(),))
    assert Finding.objects.get().state == "review"
    save(home, MINE, text="三", findings=())
    assert Finding.objects.get().state == "gone"
    save(home, MINE, text="四", findings=(leak(),))
    assert Finding.objects.get().state == "review"


def test_a_dismissal_survives_a_new_crawl(desk: Desk, home: Path) -> None:
    from core.store.models import Finding

    (finding,) = save(home, MINE, text="一", findings=(leak(),))
    decide(desk("reviewer"), f"/findings/{finding.id}/verdicts/", decision="误报", reason="样例")
    save(home, MINE, text="二", findings=())
    save(home, MINE, text="三", findings=(leak(),))
    assert Finding.objects.get().state == "mistaken"
    assert Finding.objects.get().day == NOW.date().replace(month=10, day=23)


def test_filters_are_kept_under_a_name(desk: Desk, people: dict[str, Any]) -> None:
    from service.desk.models import SavedFilter

    browser = desk("reviewer")
    page = words(browser.post("/findings/filters/", {"name": "本周否决", "query": "severity=veto&evil=1"}, follow=True))
    assert "本周否决" in page
    assert SavedFilter.objects.get().query == "severity=veto"
    assert "没有保存" in words(browser.post("/findings/filters/", {"name": " ", "query": ""}, follow=True))
    other = desk("administrator").post(f"/findings/filters/{SavedFilter.objects.get().pk}/delete/")
    assert other.status_code == 404
    browser.post(f"/findings/filters/{SavedFilter.objects.get().pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_where_one_came_from_is_never_another_site(desk: Desk, home: Path) -> None:
    (finding,) = save(home, MINE, findings=(leak(),))
    answer = desk("reviewer").post(f"/findings/{finding.id}/verdicts/", {"decision": "确认", "next": "https://evil.example/"})
    assert answer["Location"] == "/findings/"
