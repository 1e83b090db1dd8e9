"""The real jobs under the scheduler: crawls of a slow web, checks, mails, drafts, deletion of evidence. Run by `test_scheduler.py`, each in its own process."""

import csv
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import stored as database
from scheduler_world import START, UNIT, World, alive

CRAWL = {"name": "夜采", "run": "crawl", "at": "01:00"}
CHECK = {"name": "检查", "run": "check", "after": ["夜采"]}
SEND = {"name": "发送", "run": "deliver", "every": 60, "after": ["检查"]}
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(number: int = 7) -> str:
    """A made-up identity number with a right check digit."""
    digits = f"61032619900307{number:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


class Web:
    """Pages by path on loopback; some answer only when released."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.held: set[str] = set()
        self.release = threading.Event()
        self.asked: list[str] = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.asked.append(self.path)
                if self.path in web.held:
                    web.release.wait(60)
                page = web.pages.get(self.path, "").encode()
                self.send_response(200 if page else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, format: str, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

            def handle_error(self, request: object, client_address: object) -> None:
                """Killed crawlers hang up."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def column(self, name: str, *texts: str, day: str = "2023-10-30") -> str:
        rows = ""
        for number, text in enumerate(texts):
            path, title = f"/{name}/{number}.html", f"关于{name}第{number}号工作的通知"
            rows += f'<li><a href="{path}">{title}</a><span>{day}</span></li>'
            head = f'<meta charset="utf-8"><meta name="ArticleTitle" content="{title}"><meta name="PubDate" content="{day} 09:00">'
            self.pages[path] = f'<html><head>{head}</head><body><h1>{title}</h1><div id="zoom"><p>{text}</p></div></body></html>'
        self.pages[f"/{name}/"] = f'<html><head><meta charset="utf-8"></head><body><ul class="list">{rows}</ul></body></html>'
        return f"{self.base}/{name}/"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def post_office(port: int) -> Iterator[list[Any]]:
    """A mail server; yields the letters it took."""
    from aiosmtpd.controller import Controller

    letters: list[Any] = []

    class Handler:
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            letters.append(envelope)
            return "250 OK"

    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield letters
    finally:
        controller.stop()


def owed(world: World, *jobs: dict[str, Any]) -> Any:
    """A scheduler with the real jobs, all of them owed since 01:00; it is 01:00."""
    world.plan(*jobs)
    scheduler = world.scheduler(real=True)
    world.first_start(scheduler)
    world.clock.to("11-02 01:00")
    return scheduler


def helpers(world: World) -> list[int]:
    """The processes of this world's runs: the job and the crawler under it."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                words = (entry / "cmdline").read_bytes().decode().split("\0")
            except OSError:
                continue
            if str(world.home) in words and ("service.night" in words or "crawler.run" in words):
                found.append(int(entry.name))
    return found


def last(world: World, job: str) -> tuple[str, str]:
    status, detail = world.rows("status, detail", f"job = '{job}' and status != 'skipped'")[-1]
    return status, detail


# --- crawling -----------------------------------------------------------------------------------------------------


def a_killed_scheduler_takes_its_crawl_with_it_and_the_next_one_crawls_again(world: World) -> None:
    web = Web()
    world.county({"水情": web.column("a", "一切正常。", "二切正常。"), "雨情": web.column("b", "三切正常。")})
    web.held.add("/b/")
    owed(world, CRAWL)
    first = world.process("world.scheduler(real=True, clock=Shifted(datetime(2023, 11, 2, 1, 0, 30, tzinfo=SHANGHAI))).run()")
    world.until(lambda: "/b/" in web.asked and len(helpers(world)) == 2)
    first.signal(signal.SIGKILL)
    first.end()
    world.until(lambda: not helpers(world), 45)
    web.held.clear()
    web.release.set()
    world.settle(world.scheduler(real=True), 90)
    status, detail = last(world, "夜采")
    assert (status, detail.split("，")[0]) == ("done", "采集 2 个来源")
    assert world.rows("slot", "job = '夜采' and status = 'done'") == [("2023-11-01 17:00:00",)], "the very slot that was cut short"
    assert database.rows(world.home, "select count(*) as n, count(distinct url) as urls from store_post") == [{"n": 3, "urls": 3}]


def a_crawl_beyond_its_limit_is_ended_with_its_crawler_and_keeps_what_it_has(world: World) -> None:
    web = Web()
    world.county({"水情": web.column("a", "一切正常。"), "雨情": web.column("b", "三切正常。")})
    web.held.add("/b/")
    scheduler = owed(world, {**CRAWL, "limit": 10})
    scheduler.look()
    world.until(lambda: "/b/" in web.asked and "/a/0.html" in web.asked)
    time.sleep(1)
    world.clock.forward(minutes=11)
    scheduler.look()
    ended = time.monotonic()
    world.until(lambda: scheduler.look() or world.clock.forward(seconds=0.05) or not scheduler.busy, 60)
    assert time.monotonic() - ended < 30
    assert not helpers(world)
    assert last(world, "夜采")[0] == "overtime"
    assert database.rows(world.home, "select count(*) as n from store_post where source like '%水情'") == [{"n": 1}]


def a_crawl_whose_job_process_is_killed_leaves_no_crawler_behind(world: World) -> None:
    web = Web()
    world.county({"雨情": web.column("b", "三切正常。")})
    web.held.add("/b/")
    scheduler = owed(world, {**CRAWL, "tries": 1})
    scheduler.look()
    world.until(lambda: "/b/" in web.asked)
    (child,) = (running.child.pid for running in scheduler._children.values())
    os.kill(child, signal.SIGKILL)
    world.settle(scheduler)
    assert not helpers(world)
    status, detail = last(world, "夜采")
    assert (status, "SIGKILL" in detail) == ("died", True)


def a_crawl_by_hand_and_the_plans_never_collect_a_source_at_once(world: World) -> None:
    web = Web()
    world.county({"水情": web.column("a", "一切正常。"), "雨情": web.column("b", "三切正常。")})
    web.held.add("/a/")
    scheduler = owed(world, CRAWL)
    by_hand = """
    from core.errors import XunchaError
    from service.commands import crawl
    try:
        code = crawl(world.config, {sources}, False)
    except XunchaError as error:
        sys.exit(str(error))
    sys.exit(code)
    """
    first = world.process(by_hand.format(sources=[]))
    world.until(lambda: "/a/" in web.asked, 60)
    for sources in ([], ["column/县水利局/雨情"]):
        code, said = world.process(by_hand.format(sources=sources)).end()
        assert (code, said.count("\n")) == (1, 1), said
        assert "“手动采集”正在运行" in said
        assert "请等它结束后再试" in said
    for _ in range(3):
        scheduler.look()
    assert not scheduler.busy, "the plan's crawl waits for the hand's"
    first.signal(signal.SIGKILL)
    first.end()
    web.held.clear()
    web.release.set()
    code, said = world.process(by_hand.format(sources=[])).end()
    assert code == 0, said
    assert ("手动采集", "died") in world.rows()
    world.settle(scheduler, 60)
    assert last(world, "夜采")[0] == "done"
    web.release.clear()
    web.held.add("/a/")
    world.clock.to("11-03 01:00")
    scheduler.look()
    assert "夜采" in scheduler.busy
    code, said = world.process(by_hand.format(sources=[])).end()
    assert (code, "“夜采”正在运行" in said) == (1, True), said
    web.release.set()
    world.settle(scheduler, 60)


def sources_that_cannot_be_collected_are_told_and_a_look_without_sources_is_skipped(world: World) -> None:
    web = Web()
    world.county({"水情": web.column("a", "一切正常。"), "雨情": f"http://127.0.0.1:{free_port()}/"})
    nothing = {"name": "巡看", "run": "crawl", "at": "01:00", "kinds": ["preview"]}
    world.settle(owed(world, CRAWL, nothing), 60)
    status, detail = last(world, "夜采")
    assert status == "partial"
    assert "1 个未能采集：column/县水利局/雨情（" in detail
    assert ("巡看", "skipped") in world.rows(where="job = '巡看' and detail like '没有配置了网址%'")


def a_leak_is_mailed_while_the_crawl_is_still_going_on(world: World) -> None:
    web, port = Web(), free_port()
    secret = resident_id()
    world.county({"水情": web.column("a", f"联系人张三，身份证号码：{secret}。"), "雨情": web.column("b", "三切正常。")}, mail_port=port)
    web.held.add("/b/")
    with post_office(port) as letters:
        scheduler = owed(world, CRAWL, CHECK, SEND)
        scheduler.look()
        world.until(lambda: "/a/0.html" in web.asked)
        fetched = time.monotonic()
        world.until(lambda: scheduler.look() or letters, 60)
        assert time.monotonic() - fetched < 60
        assert "夜采" in scheduler.busy, "the other column is still awaited"
        web.release.set()
        world.settle(scheduler, 60)
    assert len(letters) == 1
    assert secret.encode() not in letters[0].content
    assert last(world, "夜采")[1].startswith("采集 2 个来源，边采边查新发现 ")


def a_mail_server_down_for_a_night_delays_each_alert_and_loses_or_doubles_none(world: World) -> None:
    web, port = Web(), free_port()
    world.county({"水情": web.column("a", f"身份证号码：{resident_id()}。", f"身份证号码：{resident_id(8)}。")}, mail_port=port)
    scheduler = owed(world, CRAWL, CHECK, SEND)
    world.settle(scheduler, 90)
    assert last(world, "检查")[0] == "done"
    for hour in ("02:00", "03:00"):
        world.clock.to(f"11-02 {hour}")
        world.settle(scheduler)
        assert last(world, "发送") == ("done", "发出 0 封，待发 2 封"), "a dead mail server is no failure of the job"
    with post_office(port) as letters:
        world.clock.to("11-02 08:00")
        world.settle(scheduler)
        assert len(letters) == 2
        assert last(world, "发送") == ("done", "发出 2 封，待发 0 封")
        world.clock.to("11-02 09:00")
        world.settle(scheduler)
    assert len(letters) == 2


def a_database_locked_under_a_job_is_tried_again(world: World) -> None:
    scheduler = owed(world, {**SEND, "every": 60, "after": [], "retry": 10})
    before = scheduler.command
    scheduler.command = lambda *given: [sys.executable, "-c", _IMPATIENT, *list(scheduler._command(*given))[3:]]
    scheduler.look()
    with database.locked(world.home):
        world.until(lambda: all(running.child.has_ended for running in scheduler._children.values()))
    scheduler.command = before
    world.settle(scheduler)
    status, detail = last(world, "发送")
    assert status == "failed"
    assert "数据库" in detail
    world.clock.forward(minutes=11)
    world.settle(scheduler)
    assert last(world, "发送") == ("done", "发出 0 封，待发 0 封")


_IMPATIENT = """
import runpy, sys
import core.settings
options = core.settings.DATABASES["default"]["OPTIONS"]
options.update({"timeout": 1} if "timeout" in options else {"options": "-c lock_timeout=1000"})
sys.argv = ["service.night", *sys.argv[1:]]
runpy.run_module("service.night", run_name="__main__")
"""


def a_bug_in_a_job_tells_its_kind_and_place_and_nothing_it_was_reading(world: World) -> None:
    secret = resident_id()
    world.plan(CRAWL)
    world.first_start(world.scheduler())
    from service import jobruns
    from service.processes import Owner

    slot = START.replace(day=2, hour=1)
    owner = Owner.me()
    run = jobruns.claim("test", "夜采", slot, owner, slot, lambda name: False).run
    given = ["--config", str(world.config), "--home", str(world.home), "--job", "夜采", "--slot", slot.isoformat(), "--now", slot.isoformat()]
    given += ["--run", str(run), "--owner", str(owner)]
    broken = f"""
    from service import night
    def crawl(*given):
        raise ValueError({secret!r})
    night.STAGES = {{"crawl": crawl}}
    night.main({given!r})
    """
    code, said = world.process(broken).end()
    assert code == 1
    assert json.loads(said.splitlines()[-1]) == {"status": "failed", "detail": "程序出错（ValueError，<string>:12），请把日志交给维护人员"}, said
    assert secret not in said
    code, said = world.process(f"from service import night\nnight.main({given!r})").end()
    assert "已由别的进程接手" in said, "the row belongs to the first process"


def two_restless_schedulers_never_take_an_ended_child_for_a_dead_one(world: World) -> None:
    world.plan(*({"name": f"发送{number}", "run": "deliver", "at": "01:00", "tries": 5} for number in range(4)))
    world.first_start(world.scheduler(real=True))
    restless = """
    import service.scheduler as module
    module.GLANCE, module.POLL = 0.1, 0.03
    world.scheduler(real=True, clock=Shifted(datetime(2023, 11, 2, 12, 0, tzinfo=SHANGHAI))).run()
    """
    both = [world.process(restless) for _ in range(2)]
    world.until(lambda: len(world.rows(where="status = 'done'")) == 4, 90)
    for process in both:
        process.signal(signal.SIGTERM)
    for process in both:
        code, said = process.end()
        assert code == 0, said
        assert "中断" not in said
    from service.processes import Owner

    assert [(status, Owner.parse(owner).attempt) for status, owner in world.rows("status, owner", "job like '发送%' and status != 'skipped'")] == [
        ("done", 1)
    ] * 4


# --- counting up, clearing away -----------------------------------------------------------------------------------


def drafts_and_ledgers_are_written_and_an_issued_month_counts_as_issued(world: World) -> None:
    draft = {"name": "草稿", "run": "draft", "day": 2, "at": "01:00"}
    book = {"name": "台账", "run": "ledger", "day": 2, "at": "01:00", "period": "current"}
    scheduler = owed(world, draft, book)
    (world.config / "yearly.yaml").write_text("points: {privacy-leak: 5}\nveto: [privacy-leak]\n", encoding="utf-8")
    if not database.ON_POSTGRES:
        columns = "county text, month text, version integer, assessment text, files text, issued_by text, issued_at text, note text"
        database.change(world.home, f"create table desk_issuedbulletin ({columns})")
    problem = {"kind": "privacy-leak", "units": [UNIT], "text": "泄露个人隐私", "findings": ["f1"]}
    frozen = {"period": "2023-09", "grades": {"columns": {UNIT: "优秀"}}, "problems": [problem]}
    for version, month in ((1, {**frozen, "problems": []}), (2, frozen)):
        values = f"'test', '2023-09', {version}, '{json.dumps(month, ensure_ascii=False)}', '{{}}', 'x', '2023-10-08T00:00:00Z', ''"
        database.change(
            world.home, f"insert into desk_issuedbulletin (county, month, version, assessment, files, issued_by, issued_at, note) values ({values})"
        )
    world.settle(scheduler, 90)
    assert last(world, "草稿")[0] == "done", last(world, "草稿")
    assert json.loads((world.home / "out/test-2023-10/assessment.json").read_text("utf-8"))["period"] == "2023-10"
    assert (world.home / "out/test-2023-10/bulletin.docx").stat().st_size > 0
    assert last(world, "台账")[1].startswith("2023 年 10 个月的台账"), "October is over, November is not"
    with (world.home / "out/test-2023/ledger.csv").open(encoding="utf-8-sig") as file:
        lines = [row for row in csv.DictReader(file) if row["单位"] == UNIT and row["月份"] == "2023-09"]
    assert [tuple(line.values()) for line in lines] == [(UNIT, "2023-09", "已签发通报", "隐私泄露", "泄露个人隐私", "5", "是")]
    assert (world.home / "out/test-2023/ledger.xlsx").stat().st_size > 0


def evidence_past_its_term_goes_unless_something_open_rests_on_it(world: World) -> None:
    world.open()
    from core.records import Attachment, Finding, Post, Verdict
    from core.store import findings, models, posts
    from core.store.vault import Vault

    vault, old, recent = Vault.open(world.home), START - timedelta(days=500), START - timedelta(days=10)
    shared, kept_draft, old_draft = vault.put(b"shared"), vault.put(b"kept draft"), vault.put(b"draft past its term")

    def store(name: str, when: Any, attachment: str = "") -> None:
        files = (Attachment(f"http://x/{name}.xlsx", f"{name}.xlsx", attachment or vault.put(name.encode() + b" file")),)
        posts.save_post(
            "test", 1, Post("s", f"http://x/{name}", name, when, text=name, body=name, page=f"page {name}".encode(), attachments=files), when, vault
        )

    store("changed", old)
    old_page = vault.put(b"page changed")
    posts.save_post("test", 1, Post("s", "http://x/changed", "changed", old, text="neu", body="neu", page=b"neu"), recent, vault)
    for name, when, attachment in (
        ("gone", old, shared),
        ("open", old, ""),
        ("dismissed", old, ""),
        ("new", recent, shared),
        ("draft", old, kept_draft),
        ("young", old, ""),
    ):
        store(name, when, attachment)
    for name in ("open", "dismissed"):
        (found,) = (post for post in posts.posts("test") if post.title == name)
        finding = Finding("privacy/mobile", "error", "m", url=found.url, county="test")
        findings.record_check("test", found, "r", [finding], old, lambda new: ())
        if name == "dismissed":
            findings.add_verdict("test", Verdict(f"finding/{finding.id}", "误报", "样例", "审核员", old))
    columns = "county, unit, who, name, evidence, findings, kept_at, expires_at"
    if not database.ON_POSTGRES:
        database.change(world.home, f"create table desk_keptdraft (id integer primary key, {columns})")
    for evidence, until in ((kept_draft, "2023-11-20 00:00:00"), (old_draft, "2023-11-01 00:00:00")):
        values = f"'test', 'u', 'w', 'n', '{evidence}', '[]', '2023-10-08 00:00:00', '{until}'"
        database.change(world.home, f"insert into desk_keptdraft ({columns}) values ({values})")
    young = vault.put(b"page young")
    for path in (world.home / "vault").rglob("*"):
        when = (recent if path.name == young else old).timestamp()
        os.utime(path, (when, when))

    def names(title: str) -> list[str]:
        row = models.Post.objects.get(title=title)
        return [name for name in (row.evidence, row.content_key, *(item["evidence"] for item in row.attachments)) if name]

    def there(name: str) -> bool:
        return (world.home / "vault" / name[:2] / name).exists()

    before = {title: names(title) for title in ("gone", "open", "dismissed", "new", "draft", "young", "changed")}
    scheduler = owed(world, {"name": "清理", "run": "expire", "at": "01:00", "keep_days": 400})
    world.settle(scheduler)
    status, detail = last(world, "清理")
    assert (status, "3 篇旧文、1 个旧版本" in detail) == ("done", True), detail
    assert [there(name) for name in before["gone"]] == [False, False, True], "the file shared with a newer post stays"
    assert not there(old_draft)
    assert "到期留存稿件 1 份已删除" in detail
    assert not any(there(name) for name in before["dismissed"])
    assert [there(name) for name in before["draft"]] == [False, False, True], "a unit's kept draft stays"
    for title in ("open", "new", "young", "changed"):
        assert all(there(name) for name in before[title]), title
        assert names(title) == before[title]
    assert not there(old_page)
    (gone,) = (post for post in posts.posts("test") if post.title == "gone")
    assert gone.evidence is None
    assert posts.read_content(vault, gone.content_key)["text"] == ""
    assert [(item.name, item.evidence, item.reason) for item in gone.attachments] == [("gone.xlsx", None, "")]
    world.clock.to("11-03 01:00")
    world.settle(scheduler)
    assert "0 篇旧文、0 个旧版本" in last(world, "清理")[1]


def evidence_is_not_deleted_on_the_word_of_a_clock_that_has_just_jumped(world: World) -> None:
    world.open()
    from core.records import Post
    from core.store import posts
    from core.store.vault import Vault

    vault = Vault.open(world.home)
    posts.save_post("test", 1, Post("s", "http://x/1", "t", START, text="t", page=b"page"), START, vault)
    page = vault.put(b"page")
    path = world.home / "vault" / page[:2] / page
    for file in (world.home / "vault").rglob("*"):
        os.utime(file, (START.timestamp(), START.timestamp()))
    scheduler = owed(world, {"name": "清理", "run": "expire", "at": "01:00", "keep_days": 90})
    world.settle(scheduler)
    world.clock.jump(days=400)
    world.settle(scheduler)
    assert path.exists()
    assert "今天不删除任何证据" in world.rows("detail", "job = '清理'")[-1][0]
    world.clock.forward(days=1)
    world.settle(scheduler)
    assert not path.exists(), "a day later the clock is believed"


if __name__ == "__main__":
    here = World(Path(sys.argv[2]))
    try:
        globals()[sys.argv[1]](here)
    finally:
        here.clean()
        for left in helpers(here):
            if alive(left):
                os.kill(left, signal.SIGKILL)
