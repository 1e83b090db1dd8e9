"""The engine before publication: the same findings through every door, a verdict in words, and workers that a bad draft cannot hold up."""

import json
import os
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest

from core.errors import ConfigurationError
from core.records import Finding
from service import gate_pool
from service.gate import Draft, DraftFile, RuleBook, Verdict, examine
from service.gate_words import conclusion, page, plain

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2023, 11, 23)
RULES = RuleBook().current()
MOBILE = "139" + "0000" + "1234"
LEAK = f"领取人王某，手机号{MOBILE}，请按时领取。"


def found(draft: Draft) -> list[tuple[str, str | None, str | None, int | None]]:
    return [(finding.rule, finding.file, finding.where, finding.start) for finding in examine(draft, RULES, TODAY).findings]


def test_a_draft_gives_the_findings_that_the_command_gives(tmp_path: Path) -> None:
    path = tmp_path / "稿件.txt"
    path.write_text(LEAK, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "service.cli", "check", "--json", str(path)], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    lines = [json.loads(line) for line in told.stdout.splitlines()]
    assert told.returncode == 1
    assert [(line["rule"], line["where"], line["start"], line["masked"]) for line in lines] == [
        (finding.rule, finding.where, finding.start, finding.masked) for finding in examine(Draft(text=LEAK), RULES, TODAY).findings
    ]
    assert found(Draft(files=(DraftFile(str(path), LEAK.encode()),))) == [(line["rule"], str(path), line["where"], line["start"]) for line in lines]


def test_title_text_page_and_files_are_all_looked_at_and_told_apart() -> None:
    table = f"<table><tr><th>姓名</th><th>手机号</th></tr><tr><td>王某</td><td>{MOBILE}</td></tr></table>"
    draft = Draft(LEAK, LEAK, table, (DraftFile("名单.csv", f"姓名,手机号\n王某,{MOBILE}".encode()),), "县财政局")
    verdict = examine(draft, RULES, TODAY)
    places = [(finding.file, finding.where) for finding in verdict.findings if finding.rule == "privacy/mobile"]
    assert places == [(None, "标题"), (None, "正文"), (None, "正文 表1 第2行第2列"), ("名单.csv", "第2行第2列")]
    assert {finding.unit for finding in verdict.findings} == {"县财政局"}
    assert not verdict.publishable


@pytest.mark.parametrize(
    "head", ["", '<meta charset="gbk">', '<?xml version="1.0" encoding="GB2312"?>', '<meta http-equiv="Content-Type" content="text/html; charset=GB2312">']
)
def test_a_page_is_read_whatever_encoding_it_says_it_has(head: str) -> None:
    assert [finding[2] for finding in found(Draft(html=f"<html><head>{head}</head><body><p>㐀龘𠮷</p><p>{LEAK}</p></body></html>"))] == ["正文 第2段"]


def test_publishable_means_neither_error_nor_veto() -> None:
    assert examine(Draft(text="全县秋粮收购工作有序推进。"), RULES, TODAY).publishable
    assert Verdict((Finding("typo/x", "warning", "m"), Finding("privacy/mobile", "info", "m"))).publishable
    assert not Verdict((Finding("typo/x", "warning", "m"), Finding("x/y", "error", "m"))).publishable
    assert not Verdict((Finding("x/y", "veto", "m"),)).publishable


@pytest.mark.parametrize(
    "draft",
    [
        Draft(text="\ud800\udfff好"),
        Draft(html="<" * 3000),
        Draft(html="<div>" * 5000),
        Draft(text="\0\x01\x02"),
        Draft(title="  ", text="\n"),
        Draft(),
    ],
)
def test_odd_drafts_do_no_harm(draft: Draft) -> None:
    assert isinstance(examine(draft, RULES, TODAY), Verdict)


def test_a_file_that_cannot_be_read_is_not_publishable_and_is_told() -> None:
    verdict = examine(Draft(files=(DraftFile("名单.xlsx", b"PK\x03\x04 broken"),)), RULES, TODAY)
    assert [(finding.rule, finding.file) for finding in verdict.findings] == [("document/unread", "名单.xlsx")]
    assert not verdict.publishable
    assert "不能发布" in conclusion(verdict)
    assert "未能查完" in conclusion(verdict)


def test_a_draft_never_shows_its_content_in_a_log() -> None:
    assert MOBILE not in repr(Draft(LEAK, LEAK, LEAK, (DraftFile("a.txt", LEAK.encode()),)))


def test_the_words_say_what_where_why_and_how_and_never_the_number() -> None:
    name = f"王某{MOBILE}.csv"
    verdict = examine(Draft(f"公示{MOBILE}", LEAK, files=(DraftFile(name, f"姓名,手机号\n王某,{MOBILE}".encode()),)), RULES, TODAY)
    text, html = plain(verdict), page(verdict, f"检查结果：{name}")
    for told in (text, html):
        assert MOBILE not in told
        assert "139****1234" in told
        assert "不能发布" in told
        assert "第2行第2列" in told
        assert "校验" in told or "号段" in told or "手机号" in told
    assert "可以发布：没有发现问题。" in plain(Verdict(()))


def test_many_places_of_one_rule_are_counted_and_markup_is_escaped() -> None:
    verdict = Verdict(tuple(Finding("typo/a", "error", "<b>&", where=f"第{number}段", masked="<script>") for number in range(45)))
    assert "另有 25 处同类问题" in plain(verdict)
    assert plain(verdict).count("[错误]") == 20
    html = page(verdict, "<x>")
    assert "<script>" not in html
    assert "<x>" not in html
    assert "&lt;b&gt;&amp;" in html


def test_rules_are_read_once_and_again_when_a_file_changes(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "config"
    for name in ("rules", "data"):
        shutil.copytree(ROOT / "config" / name, folder / name)
    shutil.copy(ROOT / "config" / "severity.yaml", folder)
    book = RuleBook(folder, pause=0)
    first = book.current()
    assert book.current() is first
    (folder / "severity.yaml").write_text(
        (folder / "severity.yaml").read_text("utf-8").replace("mobile: {default: error", "mobile: {default: veto"), encoding="utf-8"
    )
    second = book.current()
    assert second.version != first.version
    assert examine(Draft(text=LEAK), second, TODAY).findings[0].severity == "veto"
    (folder / "severity.yaml").write_text("kinds: [", encoding="utf-8")
    assert book.current() is second
    with pytest.raises(ConfigurationError):
        RuleBook(folder).current()


# --- worker processes ---------------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="没有 POSIX 管道")


@posix
def test_workers_answer_as_the_engine_does_and_one_is_used_again() -> None:
    pool = gate_pool.Pool(1)
    try:
        for draft in (Draft(text=LEAK), Draft(text="好"), Draft(text=LEAK, unit="县财政局")):
            assert pool.examine(draft, TODAY) == examine(draft, RULES, TODAY)
        start = time.monotonic()
        pool.examine(Draft(text=LEAK), TODAY)
        assert time.monotonic() - start < 2
    finally:
        pool.close()


@posix
def test_a_draft_that_takes_too_long_is_told_and_the_next_is_checked() -> None:
    pool = gate_pool.Pool(1, timeout=0.001)  # nobody loads the rules in that time
    try:
        verdict = pool.examine(Draft(files=(DraftFile("慢.pdf", b"%PDF-"), DraftFile("b.txt", b"b")), unit="县财政局"), TODAY)
        assert not verdict.publishable
        assert {(finding.rule, finding.file, finding.unit) for finding in verdict.findings} == {
            ("document/unread", "慢.pdf", "县财政局"),
            ("document/unread", "b.txt", "县财政局"),
        }
        assert "超过时间限制" in verdict.findings[0].message
        pool._timeout = 60
        assert pool.examine(Draft(text="好"), TODAY).publishable
    finally:
        pool.close()


@posix
def test_a_worker_that_dies_is_told_and_replaced() -> None:
    pool = gate_pool.Pool(1)
    try:
        assert pool.examine(Draft(text="好"), TODAY).publishable
        worker = pool._idle.get()
        assert worker
        worker.process.kill()
        worker.process.wait(10)
        pool._idle.put(worker)
        verdict = pool.examine(Draft(text="好"), TODAY)
        assert [finding.rule for finding in verdict.findings] == ["document/unread"]
        assert "中途停止" in verdict.findings[0].message
        assert pool.examine(Draft(text="好"), TODAY).publishable
    finally:
        pool.close()


@posix
def test_a_worker_ends_when_the_one_it_works_for_is_killed() -> None:
    program = (
        "from service.gate_pool import Pool, _Worker\nimport time\n"
        "pool = Pool(1); worker = _Worker.start(); print(worker.process.pid, flush=True)\ntime.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait(10)
    until = time.monotonic() + 20
    while time.monotonic() < until and _runs(child):
        time.sleep(0.1)
    assert not _runs(child)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


def test_a_fault_of_the_checks_is_told_and_the_log_has_no_value(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*parts: object) -> Verdict:
        raise ValueError(LEAK)

    monkeypatch.setattr(gate_pool, "examine", broken)
    verdict = gate_pool.Inside().examine(Draft(text=LEAK, unit="县财政局"), TODAY)
    assert [(finding.rule, finding.unit) for finding in verdict.findings] == [("document/unread", "县财政局")]
    assert "程序出错" in conclusion(verdict) + verdict.findings[0].message
    assert "ValueError" in caplog.text
    assert MOBILE not in caplog.text


@posix
def test_closing_ends_workers_at_once_even_at_work() -> None:
    import threading

    pool = gate_pool.Pool(2)
    warming = threading.Thread(target=pool.warm, args=(TODAY,), daemon=True)
    warming.start()
    until = time.monotonic() + 20
    while len(pool._all) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    processes = list(pool._all)
    start = time.monotonic()
    pool.close()
    warming.join(20)
    assert len(processes) == 2
    assert all(process.poll() is not None for process in processes)
    assert time.monotonic() - start < 5
