"""发布前检查, 运行, 帮助: a draft is judged in place and nothing of it is kept; runs say what failed and why; the manuals are at hand."""

import io
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW
from django.core.files.uploadedfile import SimpleUploadedFile

Desk = Callable[..., Any]
ID = "610326199003071238"
HTMX = {"HTTP_HX_REQUEST": "true"}


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def workbook() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["姓名", "身份证号"])
    book.active.append(["张三", ID])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_clean_text_may_be_published(desk: Desk) -> None:
    page = desk("officer").post("/precheck/", {"text": "全县春季造林工作顺利推进。"}, **HTMX).content.decode()
    assert "可以发布" in page
    assert "不能发布" not in page
    assert "<html" not in page


def test_a_leak_in_the_text_is_marked_and_masked(desk: Desk) -> None:
    page = desk("officer").post("/precheck/", {"title": "公示", "text": f"张三，身份证号{ID}。"}, **HTMX).content.decode()
    assert "不能发布" in page
    assert ID not in page
    assert "<mark" in page
    assert "610326********1238" in page
    assert "下载脱敏版" in page


def test_without_script_the_whole_page_comes(desk: Desk) -> None:
    page = desk("reviewer").post("/precheck/", {"text": f"身份证号{ID}"}).content.decode()
    assert "<html" in page
    assert "不能发布" in page
    assert ID not in page


def test_a_file_is_judged_and_its_redacted_copy_comes_back(desk: Desk) -> None:
    from openpyxl import load_workbook

    browser = desk("officer")
    page = browser.post("/precheck/", {"files": upload("名单.xlsx", workbook())}, **HTMX).content.decode()
    assert "不能发布" in page
    assert "名单.xlsx" in page
    assert "B2" in page
    answer = browser.post("/precheck/redacted/", {"files": upload("名单.xlsx", workbook()), "which": "0"})
    assert "attachment" in answer["Content-Disposition"]
    cell = load_workbook(io.BytesIO(answer.content)).active["B2"].value
    assert cell == "610326********1238"


def test_the_redacted_text_and_the_record(desk: Desk) -> None:
    browser = desk("officer")
    text = browser.post("/precheck/redacted/", {"text": f"身份证号{ID}", "which": "text"}).content.decode()
    assert ID not in text
    assert "610326********1238" in text
    record = browser.post("/precheck/record/", {"title": "公示", "text": f"身份证号{ID}"})
    assert "attachment" in record["Content-Disposition"]
    assert "不能发布" in record.content.decode()
    assert ID not in record.content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({}, "还没有内容"),
        ({"text": "字" * 500_001}, "500,000"),
        ({"files": upload("大.docx", b"x" * (20 * 2**20 + 1))}, "20 MB"),
        ({"files": [upload(f"{n}.txt", b"x") for n in range(21)]}, "20 个"),
    ],
)
def test_what_cannot_be_taken_is_told_politely(desk: Desk, sent: dict[str, Any], told: str) -> None:
    browser = desk("officer")
    answer = browser.post("/precheck/", sent, **HTMX)
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert "可以发布" not in answer.content.decode()


@pytest.mark.parametrize(("name", "data"), [("坏.docx", b"PK\x03\x04rubbish"), ("未知.bin", b"\x00\x01\x02" * 50), (f"{ID}.txt", b"abc")])
def test_what_cannot_be_read_is_never_passed_and_names_are_masked(desk: Desk, name: str, data: bytes) -> None:
    page = desk("officer").post("/precheck/", {"files": upload(name, data)}, **HTMX).content.decode()
    assert ID not in page
    if not name.endswith(".txt"):
        assert "不能发布" in page


@pytest.mark.parametrize(("program", "told"), [("import time; time.sleep(600)", "秒内没有处理完"), ("import os; os.abort()", "处理中途停止")])
def test_a_file_that_hangs_or_kills_the_redaction_harms_nobody(desk: Desk, monkeypatch: pytest.MonkeyPatch, program: str, told: str) -> None:
    import sys
    import time

    from service import redact_apart

    with monkeypatch.context() as hostile:
        hostile.setattr(redact_apart, "PROGRAM", [sys.executable, "-c", program])
        hostile.setattr(redact_apart, "SECONDS", 1.0)
        started = time.monotonic()
        answer = desk("officer").post("/precheck/redacted/", {"files": upload("名单.xlsx", workbook()), "which": "0"})
        assert (answer.status_code, told in answer.content.decode()) == (422, True)
        assert time.monotonic() - started < 20
    assert desk("officer").post("/precheck/redacted/", {"files": upload("名单.xlsx", workbook()), "which": "0"}).status_code == 200


def test_what_cannot_be_redacted_says_why(desk: Desk) -> None:
    answer = desk("officer").post("/precheck/redacted/", {"files": upload("坏.docx", b"PK\x03\x04rubbish"), "which": "0"})
    assert answer.status_code == 422
    assert "坏.docx" in answer.content.decode()
    assert desk("officer").post("/precheck/redacted/", {"text": "字", "which": "7"}).status_code == 422


def test_nothing_is_kept(desk: Desk, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No file, not even a temporary one, and no row."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    before = {path: path.stat().st_size for path in (home / "vault").rglob("*")}
    browser = desk("officer")
    heavy = b"<p>" + "正文".encode() * 1_500_000 + b"</p>"  # beyond what Django keeps in memory by itself
    with CaptureQueriesContext(connection) as seen:
        browser.post("/precheck/", {"text": f"身份证号{ID}", "files": upload("长.bin", heavy)}, **HTMX)
    assert not list(tmp_path.rglob("*"))
    assert {path: path.stat().st_size for path in (home / "vault").rglob("*")} == before
    assert not [query["sql"] for query in seen if query["sql"].startswith(("INSERT", "UPDATE")) and "session" not in query["sql"]]


def test_a_post_without_a_token_is_refused(desk: Desk) -> None:
    browser = desk("officer", enforce_csrf_checks=True)
    for path in ("/precheck/", "/precheck/redacted/", "/precheck/record/"):
        assert browser.post(path, {"text": "字"}).status_code == 403


def receipt(source: str, status: str, reason: str = "", days: int = 0) -> None:
    from core.store.models import Receipt
    from core.store.runs import start_run

    at = NOW - timedelta(days=days)
    run = start_run("meixian", "crawl", at)
    Receipt.objects.create(run_id=run, county="meixian", source=source, status=status, reason=reason, items=3, finished_at=at)


def alert(status: str, key: str = "k", **more: Any) -> Any:
    from core.store.models import Alert

    given = {
        "county": "meixian",
        "unit": MINE,
        "channel": "mail",
        "recipient": "a@example.cn",
        "subject": "关于公示的提醒",
        "body": "…",
        "created_at": NOW,
        "next_try_at": NOW,
    }
    return Alert.objects.create(key=key, status=status, **{**given, **more})


def test_the_schedule_names_every_job_and_what_went_wrong(desk: Desk) -> None:
    from core.store.models import JobRun
    from service.desk import county
    from service.schedule import load_schedule

    job = load_schedule(county.current())[0].name
    JobRun.objects.create(county="meixian", job=job, slot=NOW, status="failed", started_at=NOW, heartbeat_at=NOW, finished_at=NOW, detail="磁盘已满")
    page = desk("director").get("/runs/").content.decode()
    for entry in load_schedule(county.current()):
        assert entry.name in page
    assert "磁盘已满" in page
    assert "出错" in page
    assert desk("officer").get("/runs/").status_code == 403


def test_a_broken_schedule_is_told_and_the_page_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.errors import ConfigurationError
    from service.desk.views import runs

    def broken(*_: Any) -> None:
        raise ConfigurationError("schedule.yaml：缺少 jobs")

    monkeypatch.setattr(runs, "status", broken)
    answer = desk("reviewer").get("/runs/")
    assert answer.status_code == 200
    assert "缺少 jobs" in answer.content.decode()


def test_each_source_shows_its_latest_receipt_and_its_history(desk: Desk) -> None:
    from service.desk import county

    one, two = county.current().sources[:2]
    receipt(one.id, "unreachable", "连接超时", days=1)
    receipt(two.id, "unreachable", "从前打不开", days=1)
    receipt(two.id, "ok")
    browser = desk("reviewer")
    page = browser.get("/runs/sources/").content.decode()
    assert "连接超时" in page
    assert "从前打不开" not in page
    assert "打不开" in page
    assert one.name in page
    troubled = browser.get("/runs/sources/?status=trouble").content.decode()
    assert "连接超时" in troubled
    assert "采全了" not in troubled.split("<tbody>")[1]
    assert "从前打不开" in browser.get("/runs/sources/", {"source": two.id}).content.decode()
    assert browser.get("/runs/sources/?source=no-such").status_code == 404
    assert "还没有采集" in browser.get("/runs/sources/?status=never").content.decode()


def test_the_outbox_tells_what_waits_and_why(desk: Desk) -> None:
    alert("waiting", "a", note="邮件服务器没有应答", tries=2)
    alert("skipped", "b", note="发出之前问题已经整改或撤销")
    browser = desk("director")
    page = browser.get("/runs/alerts/").content.decode()
    assert "邮件服务器没有应答" in page
    assert "发出之前问题已经整改或撤销" in page
    assert "发出之前" not in browser.get("/runs/alerts/?status=waiting").content.decode()
    assert browser.get("/runs/alerts/?status=rubbish&page=9").status_code == 200


def test_a_failed_alert_is_sent_again_only_by_an_editor(desk: Desk) -> None:
    from service.desk.models import AuditEntry

    failed, sent = alert("failed", "a", note="拒收", tries=9), alert("sent", "b", sent_at=NOW)
    assert desk("director").post(f"/runs/alerts/{failed.pk}/again/").status_code == 403
    for row in (failed, sent):
        assert desk("reviewer").post(f"/runs/alerts/{row.pk}/again/").status_code == 302
        row.refresh_from_db()
    assert (failed.status, failed.tries) == ("waiting", 0)
    assert sent.status == "sent"
    assert AuditEntry.objects.filter(action="重新发送告警").count() == 1


def test_empty_runs_teach(desk: Desk) -> None:
    for path in ("/runs/", "/runs/sources/", "/runs/alerts/"):
        assert desk("administrator").get(path).status_code == 200
    assert "还没有告警" in desk("administrator").get("/runs/alerts/").content.decode()


def test_help_gives_each_role_its_manual(desk: Desk) -> None:
    officer, office = (desk(role).get("/help/").content.decode() for role in ("officer", "reviewer"))
    assert "怎样遮盖才算合规" in officer
    assert "一个月怎么过" not in officer
    assert "一个月怎么过" in office
    assert "<table" in office
    assert desk("officer").get("/help/operator/").status_code == 404
    assert "怎样遮盖才算合规" in desk("reviewer").get("/help/unit/").content.decode()
    assert desk("reviewer").get("/help/architecture/").status_code == 404


def test_the_menu_leads_nowhere_empty(desk: Desk) -> None:
    import re

    for role in ("administrator", "officer"):
        browser = desk(role)
        menu = browser.get("/").content.decode().split('id="menu"')[1].split("</nav>")[0]
        for address in re.findall(r'<a href="(/[^"]*)"', menu):
            assert browser.get(address).status_code == 200, address


def test_a_run_that_died_and_the_attempts_are_told(desk: Desk) -> None:
    from service import jobruns
    from service.processes import Owner

    slot = NOW - timedelta(hours=7)
    claimed = jobruns.claim("meixian", "夜间采集", slot, Owner.me(), slot, lambda name: False)
    assert claimed.run
    jobruns.finish(claimed.run, "died", "运行中断：进程已不在", slot)
    page = desk("director").get("/runs/").content.decode()
    assert page.count("运行中断：进程已不在") == 2  # in the plan and among the latest runs
    assert '<strong class="bad">中断</strong>' in page
    again = jobruns.claim("meixian", "夜间采集", slot, Owner.me(2), slot, lambda name: False)
    assert again.run == claimed.run
    jobruns.finish(claimed.run, "done", "采集 3 个来源", slot)
    assert desk("director").get("/runs/").content.decode().count("（第 2 次）") == 2


def test_the_password_page_names_the_user_for_password_managers(desk: Desk) -> None:
    assert 'value="officer" autocomplete="username" hidden' in desk("officer").get("/password/").content.decode()
