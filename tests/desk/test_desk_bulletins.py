"""通报: adjusted with a reason, issued once and frozen, corrected as a new version, checked against its own annexes."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, leak, save
from test_desk_reports import collect, fresh, text_of

from core.assessment import Problem
from core.calendar import Month
from core.records import Verdict
from reports.adjust import LEFT_OUT, adjust_problems, in_force, problem_subject, unit_subject

__all__ = ["fresh"]
Desk = Callable[..., Any]
OCTOBER = Month(2023, 10)
WHY = "系统迁移期间，已报备"


def decided(subject: str, decision: str, minute: int = 0) -> Verdict:
    return Verdict(subject, decision, WHY, "审核员", datetime(2023, 11, 1, 9, minute, tzinfo=UTC))


def no_news(*units: str) -> Problem:
    return Problem(2, "no-news", units, None, f"{'、'.join(units)}10月份未发布信息")


# --- adjusting, pure ----------------------------------------------------------------------------------------


def test_a_problem_is_left_out_reworded_or_taken_back() -> None:
    problem = Problem(2, "column-not-updated", ("甲局",), None, "甲局“要闻”未更新", (), {"column": "要闻"})
    subject = problem_subject(problem)
    assert adjust_problems([problem], in_force([decided(subject, LEFT_OUT)]))[0] == ()
    (told,), used = adjust_problems([problem], in_force([decided(subject, "甲局“要闻”更新迟缓")]))
    assert told.text == "甲局“要闻”更新迟缓"
    assert problem_subject(told) == subject  # still the same thing to decide on
    assert [verdict.subject for verdict in used] == [subject]
    assert adjust_problems([problem], in_force([decided(subject, LEFT_OUT), decided(subject, "", 1)]))[0] == (problem,)


def test_a_decision_does_not_outlive_what_it_was_made_on() -> None:
    problem = no_news("甲局", "乙局")
    decision = decided(problem_subject(problem), LEFT_OUT)
    changed = no_news("甲局", "乙局", "丙局")
    kept, used = adjust_problems([changed], in_force([decision]))
    assert kept == (changed,)
    assert used == ()


def test_one_of_many_units_is_left_out() -> None:
    problem = no_news("甲局", "乙局", "丙局")
    (rest,), used = adjust_problems([problem], in_force([decided(unit_subject(problem, "乙局"), LEFT_OUT)]))
    assert rest.units == ("甲局", "丙局")
    assert rest.text == "甲局、丙局10月份未发布信息"
    assert len(used) == 1
    everyone = [decided(unit_subject(problem, unit), LEFT_OUT) for unit in problem.units]
    assert adjust_problems([problem], in_force(everyone))[0] == ()


def test_a_decision_holds_in_its_own_month_alone() -> None:
    from service.jobs import of_month

    rows = [decided("grade/columns/甲局@2023-10", "合格"), decided("problem/no-news/甲局@2023-09", LEFT_OUT), decided("finding/abc", "误报")]
    assert [verdict.subject for verdict in of_month(rows, OCTOBER)] == ["grade/columns/甲局", "finding/abc"]
    assert [verdict.subject for verdict in of_month(rows, Month(2023, 9))] == ["problem/no-news/甲局", "finding/abc"]


def test_a_reworded_problem_is_told_in_those_words() -> None:
    from reports_month import october, wording

    from reports.prose import compose

    month = october()
    (column,) = [problem for problem in month.problems if problem.kind == "column-not-updated"]
    (told,), _ = adjust_problems([column], in_force([decided(problem_subject(column), "县应急管理局个别栏目更新迟缓")]))
    prose = compose(replace(month, problems=(told,)), wording()).text
    assert "县应急管理局个别栏目更新迟缓。" in prose
    assert "安全生产信息" not in prose.partition("存在问题")[2].partition("工作要求")[0]


# --- at the desk --------------------------------------------------------------------------------------------


def draft(browser: Any, path: str = "/bulletins/2023-10/") -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page


def grade_in(page: str, unit: str) -> str:
    """The grade that annex 1 gives the unit."""
    found = re.search(rf"subject=grade/columns/{re.escape(_quoted(unit))}\"[^>]*>([^<]+)<", page)
    assert found, unit
    return found[1]


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def test_the_draft_leads_everywhere(home: Path, desk: Desk) -> None:
    """Every link of the draft opens: sentences, names, figures, grades."""
    collect(home)
    save(home, MINE, text="正文", findings=(leak(),))
    browser = desk("reviewer")
    page = draft(browser)
    assert "泄露" in text_of(browser.get("/bulletins/2023-10/"))
    links = {unescape(link) for link in re.findall(r'href="(/[^"#]+)', page.partition('class="desk-split"')[2])}
    assert len(links) > 150
    for kind in ("/bulletins/2023-10/problems/", "/bulletins/2023-10/grade/", "/units/", "/columns/", "/accounts/"):
        some = sorted(link for link in links if link.startswith(kind))
        assert some, kind
        for link in some[:4] + some[-4:]:
            assert browser.get(link).status_code == 200, link


def test_a_problem_opens_beside_with_its_findings(home: Path, desk: Desk) -> None:
    collect(home)
    (finding,) = save(home, MINE, text="正文", findings=(leak(),))
    browser = desk("director")
    url = next(unescape(link) for link in re.findall(r'hx-get="(/bulletins/2023-10/problems/[^"]+)"', draft(browser)))
    part = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert f"/findings/{finding.id}/" in part
    assert "<html" not in part
    assert "<form" not in part  # a director reads
    assert "<html" in browser.get(url).content.decode()
    assert browser.get("/bulletins/2023-10/problems/000000000000/").status_code == 404


def test_a_grade_is_adjusted_with_a_reason_and_taken_back(home: Path, desk: Desk) -> None:
    from core.store.models import Verdict as Row

    collect(home)
    browser, subject = desk("reviewer"), f"grade/columns/{OTHERS}"
    assert grade_in(draft(browser), OTHERS) == "不合格"
    for wrong in (
        {"decision": "合格", "reason": ""},
        {"decision": "良好", "reason": WHY},
        {"decision": "不合格", "reason": WHY},
        {"decision": "", "reason": WHY},
    ):
        browser.post("/bulletins/2023-10/adjust/", {"subject": subject, **wrong})
    browser.post("/bulletins/2023-10/adjust/", {"subject": "grade/columns/没有", "decision": "合格", "reason": WHY})
    assert not Row.objects.exists()
    answer = browser.post("/bulletins/2023-10/adjust/", {"subject": subject, "decision": "合格", "reason": WHY}, follow=True)
    page = answer.content.decode()
    assert grade_in(page, OTHERS) == "合格"
    assert WHY in browser.get("/bulletins/2023-10/papers/").content.decode()
    assert grade_in(draft(browser, "/bulletins/2023-09/"), OTHERS) != "合格"  # another month is another decision
    undo = re.search(r'action="(/bulletins/undo/\d+/)"', page)
    assert undo
    browser.post(undo[1])
    assert grade_in(draft(browser), OTHERS) == "不合格"
    browser.post(undo[1])  # overtaken: nothing happens
    assert Row.objects.count() == 2


def test_a_sentence_is_reworded_and_raw_numbers_are_refused(home: Path, desk: Desk) -> None:
    from core.store.models import Verdict as Row
    from service.desk import county
    from service.desk.standing import judged

    collect(home)
    problem = next(item for item in judged(county.current(), OCTOBER).assessment.problems if item.kind == "column-not-updated")
    browser, subject = desk("reviewer"), problem_subject(problem)
    browser.post("/bulletins/2023-10/adjust/", {"subject": subject, "decision": "联系 13812345678 后已更新栏目", "reason": WHY})
    browser.post("/bulletins/2023-10/adjust/", {"subject": subject, "decision": "太短", "reason": WHY})
    assert not Row.objects.exists()
    answer = browser.post("/bulletins/2023-10/adjust/", {"subject": subject, "decision": "<b>个别栏目更新不够及时</b>", "reason": WHY}, follow=True)
    page = answer.content.decode()
    assert "&lt;b&gt;个别栏目更新不够及时&lt;/b&gt;" in page
    assert "已调整" in page


@pytest.mark.parametrize("role", ["director", "officer"])
def test_only_editors_adjust_and_issue(desk: Desk, role: str) -> None:
    from service.desk.models import IssuedBulletin

    browser = desk(role)
    for path in ("/bulletins/2023-10/adjust/", "/bulletins/2023-10/draft/", "/bulletins/2023-10/issue/", "/bulletins/undo/1/"):
        assert browser.post(path, {"subject": f"grade/columns/{OTHERS}", "decision": "合格", "reason": WHY}).status_code == 403
    assert not IssuedBulletin.objects.exists()


def stamp_of(browser: Any) -> str:
    found = re.search(r'name="stamp" value="([^"]*)"', draft(browser, "/bulletins/2023-10/issue/"))
    assert found
    return unescape(found[1])


def test_issued_is_frozen_and_corrected_by_a_new_version(home: Path, desk: Desk) -> None:
    from service.desk.models import AuditEntry, IssuedBulletin

    collect(home)
    browser = desk("reviewer")
    assert browser.post("/bulletins/2023-10/issue/", {"stamp": "of another day"}).status_code == 409
    assert not IssuedBulletin.objects.exists()
    assert browser.post("/bulletins/2023-10/issue/", {"stamp": stamp_of(browser)}).status_code == 302
    row = IssuedBulletin.objects.get()
    assert (row.version, row.month) == (1, "2023-10")
    assert {"bulletin.docx", "bulletin.html", "annexes.xlsx", "assessment.json", "findings.jsonl", "annex1.csv"} <= set(row.files)
    assert all(re.fullmatch(r"[0-9a-f]{64}", name) for name in row.files.values())
    frozen = browser.get("/bulletins/2023-10/versions/1/bulletin.docx").content
    assert frozen[:2] == b"PK"

    save(home, MINE, text="正文", findings=(leak(),))  # found after the day of issue
    assert browser.get("/bulletins/2023-10/versions/1/bulletin.docx").content == frozen
    assert "隐私泄露" not in str(IssuedBulletin.objects.get().assessment)
    assert "处不同" in draft(browser)

    assert browser.post("/bulletins/2023-10/issue/", {"stamp": stamp_of(browser), "note": ""}).status_code == 409
    assert browser.post("/bulletins/2023-10/issue/", {"stamp": stamp_of(browser), "note": "补记一处隐私泄露"}).status_code == 302
    assert list(IssuedBulletin.objects.order_by("version").values_list("version", "note")) == [(1, ""), (2, "补记一处隐私泄露")]
    assert "已有更正" in draft(browser, "/bulletins/2023-10/versions/1/")
    assert AuditEntry.objects.filter(action="签发更正").count() == 1


def test_a_running_month_is_neither_drafted_nor_issued(home: Path, desk: Desk) -> None:
    from service.desk.models import IssuedBulletin

    collect(home)
    browser = desk("reviewer")
    assert "还没有结束" in draft(browser, "/bulletins/2023-11/")
    browser.post("/bulletins/2023-11/draft/")
    browser.post("/bulletins/2023-11/issue/", {"stamp": ""})
    assert not IssuedBulletin.objects.exists()
    assert not (home / "out").exists() or not list((home / "out").glob("*-2023-11"))


def test_a_draft_is_drawn_up_listed_and_fetched(home: Path, desk: Desk) -> None:
    import shutil

    collect(home)
    browser = desk("reviewer")
    try:
        browser.post("/bulletins/2023-10/draft/")
        assert "草稿已生成" in draft(browser, "/bulletins/")
        answer = browser.get("/bulletins/2023-10/versions/0/bulletin.docx")
        assert answer.content[:2] == b"PK"
        assert "attachment" in answer["Content-Disposition"]
        for name in ("..%2F..%2Fvault.key", "vault.key", ".hidden"):
            assert browser.get(f"/bulletins/2023-10/versions/0/{name}").status_code == 404
    finally:
        shutil.rmtree(home / "out", ignore_errors=True)


def test_the_html_may_be_looked_at_but_runs_nothing(home: Path, desk: Desk) -> None:
    collect(home)
    answer = desk("director").get("/bulletins/2023-10/files/bulletin.html?look=1")
    assert answer.status_code == 200
    assert "inline" in answer["Content-Disposition"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert desk("director").get("/bulletins/2023-10/files/passwd").status_code == 404


def test_broken_wording_is_told_and_nothing_is_issued(home: Path, desk: Desk) -> None:
    from service.desk import county

    collect(home)
    browser, path = desk("reviewer"), county.current().folder / "bulletin.yaml"
    stamp, kept = stamp_of(browser), path.read_bytes()
    try:
        path.write_text("red_head: [", "utf-8")
        assert "通报写不出来" in draft(browser)
        browser.post("/bulletins/2023-10/issue/", {"stamp": stamp})
        from service.desk.models import IssuedBulletin

        assert not IssuedBulletin.objects.exists()
    finally:
        path.write_bytes(kept)


# --- checking a finished bulletin ---------------------------------------------------------------------------


def upload(browser: Any, name: str, data: bytes) -> Any:
    file = io.BytesIO(data)
    file.name = name
    return browser.post("/bulletins/audit/", {"file": file})


def test_a_finished_bulletin_is_compared_with_its_annexes(home: Path, desk: Desk) -> None:
    collect(home)
    browser = desk("director")
    page = browser.get("/bulletins/2023-10/files/bulletin.html").content
    assert "一致" in text_of(upload(browser, "十月.html", page))
    wrong = re.sub(r"\d+(?=家栏目保障单位)", "987", page.decode()).encode()
    assert wrong != page
    answer = text_of(upload(browser, "十月.html", wrong))
    assert "处不一致" in answer
    assert "987" in answer


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [("a.doc", b"x", "只能读"), ("a.txt", b"", "空文件"), ("a.txt", "没有附件".encode(), "没有找到附件表格"), ("a.docx", b"not a zip", "a.docx")],
)
def test_a_file_that_cannot_be_compared_is_told_politely_and_not_kept(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes, told: str
) -> None:
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answer = upload(desk("reviewer"), name, data)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert str(tmp_path) not in answer.content.decode()
    assert not list(tmp_path.iterdir())


def test_no_file_is_a_complaint(desk: Desk) -> None:
    answer = desk("reviewer").post("/bulletins/audit/", {})
    assert answer.status_code == 422
    assert "没有选文件" in text_of(answer)


def test_now_is_the_date_of_the_bulletin(home: Path, desk: Desk) -> None:
    collect(home)
    assert f"{NOW.year}年{NOW.month}月{NOW.day}日" in draft(desk("reviewer"))
