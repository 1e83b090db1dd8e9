"""The demo county as a whole: its web over HTTP, its mail server, its inbox and its configuration."""

import email
import http.client
import json
import os
import smtplib
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from openpyxl import load_workbook

from core.calendar import SHANGHAI, Month
from core.config import load_county
from core.errors import ConfigurationError, EnvironmentFailure, UsageError
from demo.county import DemoCounty, build_county
from demo.events import build_events
from demo.facts import EventFact, Facts, PaperFact, SubmissionFact, load_facts
from demo.forms import headers
from demo.inbox import write_inbox
from demo.mailserver import MailServer
from demo.web import PORT, Page, Web, serve

ROOT = Path(__file__).parent.parent
SEED = ROOT / "demo" / "facts-2023-10"
BASE = ROOT / "config" / "meixian"


@contextmanager
def connection(web: Web) -> Iterator[http.client.HTTPConnection]:
    host, port = web.base.removeprefix("http://").split(":")
    with closing(http.client.HTTPConnection(host, int(port), timeout=10)) as line:
        yield line


def ask(line: http.client.HTTPConnection, method: str, path: str, body: str | None = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = line.getresponse()
    return answer, answer.read()


def test_web_answers_over_one_connection() -> None:
    web = Web(0)
    web.add("/中文/index.html", Page("正文".encode()))
    web.add("/s?__biz=a%3D%3D&mid=1", Page(b"long form"))
    web.add("/list", lambda method, query, form: Page(json.dumps([method, query, form]).encode(), "application/json"))
    with serve(web), connection(web) as line:
        answer, body = ask(line, "GET", "/%E4%B8%AD%E6%96%87/index.html")
        assert (answer.status, body.decode()) == (200, "正文")
        tag = answer.headers["ETag"]
        answer, body = ask(line, "GET", "/%E4%B8%AD%E6%96%87/index.html", If_None_Match=tag)
        assert (answer.status, body) == (304, b"")
        answer, body = ask(line, "HEAD", "/%E4%B8%AD%E6%96%87/index.html")
        assert (answer.status, body, answer.headers["Content-Length"]) == (200, b"", "6")
        assert ask(line, "GET", "/s?__biz=a%3D%3D&mid=1")[1] == b"long form"
        assert ask(line, "GET", "/s?__biz=other")[0].status == 404
        assert json.loads(ask(line, "GET", "/list?page=2&q=%E7%9C%89")[1]) == ["GET", {"page": "2", "q": "眉"}, {}]
        answer, body = ask(line, "POST", "/list?startrecord=1", "col=1&webname=%E7%9C%89", Content_Type="application/x-www-form-urlencoded")
        assert json.loads(body) == ["POST", {"startrecord": "1"}, {"col": "1", "webname": "眉"}]
        answer, body = ask(line, "GET", "/nowhere")
        assert answer.status == 404
        assert "页面不存在" in body.decode()


def test_web_keeps_its_port_and_falls_back_when_it_is_taken() -> None:
    with closing(Web()) as one, closing(Web(int(one.base.rsplit(":", 1)[1]))) as other:
        assert one.base != other.base
    assert PORT == 18610


def test_web_refuses_two_pages_at_one_path() -> None:
    with closing(Web(0)) as web:
        web.add("/a", Page(b""))
        with pytest.raises(ValueError, match="两次"):
            web.add("/a", Page(b""))


def test_mail_is_kept_once_per_recipient(tmp_path: Path) -> None:
    server = MailServer(tmp_path)
    server.start()
    try:
        for number in range(2):
            message = EmailMessage()
            message["Subject"] = f"整改提醒{number}"
            message.set_content("请核对附件。")
            with smtplib.SMTP(server.host, server.port, timeout=10) as smtp:
                smtp.send_message(message, "xuncha@demo.invalid", ["u001@demo.invalid", "../x@demo.invalid"])
    finally:
        server.stop()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["001-u001@demo.invalid.eml", "002-.._x@demo.invalid.eml", "003-u001@demo.invalid.eml", "004-.._x@demo.invalid.eml"]
    assert email.message_from_bytes((tmp_path / names[2]).read_bytes(), policy=default)["Subject"] == "整改提醒1"
    with pytest.raises(ConnectionError):
        smtplib.SMTP(server.host, server.port, timeout=2)


def only(**tables: object) -> Facts:
    empty: dict[str, object] = dict.fromkeys(("columns", "news", "accounts", "submissions", "papers", "events", "incidents"), ())
    return Facts(month=Month(2023, 12), recommended=0, **{**empty, **tables})  # type: ignore[arg-type]


def test_events_add_up_over_all_pages() -> None:
    facts = only(events=(EventFact("甲平台", "甲局", "占道", 245, 73, 160, 50), EventFact("乙平台", "乙镇", "积水", 0, 0, 0, 0)))
    with closing(Web(0)) as web:
        path = build_events(facts, web).removeprefix(web.base)
        items: list[dict[str, str]] = []
        for page in (1, 2, 3):
            answer = json.loads(web.answer("GET", f"{path}?month=2023-12&page={page}&size=100").body)
            assert (answer["page"], answer["pages"], answer["total"]) == (page, 3, 245)
            items += answer["items"]
        assert Counter(item["status"] for item in items) == {"已办结": 50, "已受理": 23, "已废弃": 160, "待受理": 12}
        assert len({item["id"] for item in items}) == 245
        assert all(item["generated_at"].startswith("2023-12-") for item in items)
        assert json.loads(web.answer("GET", f"{path}?month=2023-11").body)["total"] == 0
        assert [web.answer("GET", f"{path}?{query}").status for query in ("month=12月", "month=2023-12&page=0", "page=1", "month=2023-12&size=9999")] == [
            400
        ] * 4


def rows(path: Path) -> list[tuple[object, ...]]:
    return list(load_workbook(path).active.iter_rows(values_only=True))


def test_submissions_intact_renamed_changed_late_and_missing(tmp_path: Path) -> None:
    def sent(content: str, template: str, received: date | None) -> SubmissionFact:
        return SubmissionFact("县甲局", "民生", content, "月", received, template)

    facts = only(
        submissions=(
            sent("救助信息", "原样", date(2023, 12, 25)),
            sent("评价信息", "改文件名", date(2023, 12, 26)),
            sent("热点信息", "改表头", date(2023, 12, 27)),
            sent("投资信息", "原样", date(2024, 1, 4)),
            sent("教育信息", "", None),
            sent("财政信息", "原样", date(2024, 1, 30)),
        )
    )
    write_inbox(facts, tmp_path, [], [], {}, date(2024, 1, 23))
    folder = tmp_path / "submissions" / "2023-12" / "县甲局"
    heads = headers(facts.submissions)
    assert len(set(heads.values())) == len(heads)
    files = {path.name: path for path in folder.iterdir()}
    assert {"救助信息.xlsx", "热点信息.xlsx", "投资信息.xlsx"} < set(files)
    assert len(files) == 4  # missing, and what has not come by today
    renamed = next(path for name, path in files.items() if "评价" in name)
    assert renamed.name != "评价信息.xlsx"
    assert rows(renamed)[1] == heads[("县甲局", "评价信息")]
    assert rows(files["救助信息.xlsx"])[1] == heads[("县甲局", "救助信息")]
    assert rows(files["热点信息.xlsx"])[1] != heads[("县甲局", "热点信息")]
    assert len(rows(files["救助信息.xlsx"])) > 5
    assert datetime.fromtimestamp(files["投资信息.xlsx"].stat().st_mtime, SHANGHAI) == datetime(2024, 1, 4, 10, tzinfo=SHANGHAI)
    templates = tmp_path / "submissions" / "templates" / "县甲局"
    assert {path.stem: rows(path)[1] for path in templates.iterdir()} == {content: header for (_, content), header in heads.items()}


def test_headers_differ_within_a_unit_however_many() -> None:
    facts = [SubmissionFact("县甲局", "x", f"统计表{number}", "月", None, "") for number in range(30)]
    assert len(set(headers(facts).values())) == 30


def test_mailbox_holds_papers_and_decoys(tmp_path: Path) -> None:
    due = date(2023, 12, 31)
    papers = (
        PaperFact("甲镇", "工作总结", due, None),
        PaperFact("乙镇", "工作总结", due, date(2023, 12, 29)),
        PaperFact("丙镇", "工作总结", due, date(2024, 1, 6)),
        PaperFact("丁镇", "工作总结", due, date(2024, 1, 25)),
    )
    mails = {f"{name}镇": f"u{number}@demo.invalid" for number, name in enumerate("甲乙丙丁")}
    write_inbox(only(papers=papers), tmp_path, [], [], mails, date(2024, 1, 23))
    letters = [email.message_from_bytes(path.read_bytes(), policy=default) for path in (tmp_path / "mail").glob("*/*")]
    assert {path.name for path in (tmp_path / "mail").iterdir()} == {"new", "cur", "tmp"}
    told = {(letter["From"].addresses[0].addr_spec, letter["Subject"], letter["Date"].datetime.date()) for letter in letters}
    subject = "关于报送2023年12月工作总结的邮件"
    assert {entry for entry in told if entry[1] == subject} == {
        ("u1@demo.invalid", subject, date(2023, 12, 29)),
        ("u2@demo.invalid", subject, date(2024, 1, 6)),
        ("news@stranger.invalid", subject, date(2023, 12, 31)),
    }
    assert ("u0@demo.invalid", "关于报送2023年11月工作总结的邮件", date(2023, 12, 8)) in told
    assert len(letters) == 5
    paper = next(letter for letter in letters if letter["From"].addresses[0].addr_spec == "u1@demo.invalid")
    (attached,) = paper.iter_attachments()
    assert attached.get_filename() == "乙镇2023年12月工作总结.docx"
    assert attached.get_content()[:2] == b"PK"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DemoCounty]:
    built = build_county(load_facts(SEED), tmp_path_factory.mktemp("county"), BASE)
    with built:
        yield built


def test_seed_county_is_configured_whole(county: DemoCounty) -> None:
    read, facts = load_county(county.config_dir), county.facts
    assert [(column.unit, column.name, column.cycle) for column in read.columns] == [(fact.unit, fact.column, fact.cycle) for fact in facts.columns]
    assert [entry.unit for entry in read.news] == [fact.unit for fact in facts.news]
    assert [account.key for account in read.accounts] == [f"{fact.platform}/{fact.name}" for fact in facts.accounts]
    assert len(read.submissions) == 12
    assert all(len(duty.header) == 5 and duty.template == f"{duty.content}.xlsx" for duty in read.submissions)
    assert [duty.due(facts.month) for duty in read.papers] == [fact.due for fact in facts.papers]
    assert {(duty.platform, duty.unit, duty.type) for duty in read.events} == {(fact.platform, fact.unit, fact.type) for fact in facts.events}
    assert all(unit.mail and unit.mail.endswith("@demo.invalid") for unit in read.units)
    assert read.same_unit("县退役军人事务", "县退役军人事务局")
    assert (read.mail and (read.mail.host, read.mail.port)) == county.smtp
    assert county.today == date(2023, 11, 23)
    assert read.inbox == county.inbox


def test_seed_county_answers_at_every_configured_place(county: DemoCounty) -> None:
    with connection(county.web) as line:
        for source in load_county(county.config_dir).sources:
            assert source.url
            if source.url.startswith(county.web.base):
                query = "?month=2023-10" if source.kind == "events" else ""
                assert ask(line, "GET", source.url.removeprefix(county.web.base) + query)[0].status == 200, source.id
            else:
                assert (county.inbox / source.url).exists(), source.id


def test_seed_exports_add_up(county: DemoCounty) -> None:
    (export,) = (county.inbox / "cms").iterdir()
    table = [row for row in rows(export)[2:] if row[0]]
    assert rows(export)[1] == ("序号", "单位", "标题", "上传时间", "审核状态")
    assert Counter(row[1] for row in table) == {fact.unit: fact.uploaded for fact in county.facts.news if fact.uploaded}
    assert Counter(row[1] for row in table if row[4] == "通过") == {fact.unit: fact.published for fact in county.facts.news if fact.published}
    (recommended,) = (county.inbox / "recommended").iterdir()
    listed = [row for row in rows(recommended)[2:] if row[0]]
    assert len(listed) == 9
    assert all(str(row[1]).startswith(county.web.base) and str(row[2]).startswith("2023-10-") for row in listed)


def test_unknown_names_become_units_of_their_own(tmp_path: Path) -> None:
    facts = only(
        papers=(PaperFact("新设开发区管委会", "工作总结", date(2024, 1, 5), None),),
        events=(EventFact("甲平台", "住建局市政站", "积水", 1, 1, 0, 1),),
    )
    with build_county(facts, tmp_path / "out", BASE) as built:
        read = load_county(built.config_dir)
        unit = read.unit("新设开发区管委会")
        assert unit
        assert unit.mail
        assert [duty.due(facts.month) for duty in read.papers] == [date(2024, 1, 5)]
        assert (built.today, read.columns, read.accounts) == (date(2024, 1, 23), (), ())


def test_a_second_build_replaces_the_first_and_equals_it(tmp_path: Path) -> None:
    def once() -> dict[str, bytes]:
        built = build_county(load_facts(SEED), tmp_path / "out", BASE)
        base, port = built.web.base.encode(), str(built.smtp[1]).encode()
        built.stop()
        files = {path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.parent.name != "recommended"}
        return {str(path): path.read_bytes().replace(base, b"").replace(b"port: " + port, b"") for path in files}

    first = once()
    (tmp_path / "out" / "inbox" / "ledgers" / "old.csv").write_text("")
    assert once() == first


def test_folders_of_others_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    with pytest.raises(UsageError, match="config"):
        build_county(only(), tmp_path, BASE)
    assert (tmp_path / "config").exists()


def test_a_base_that_is_no_configuration_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"county\.yaml"):
        build_county(only(), tmp_path / "out", tmp_path)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFailure, match="--out"):
        build_county(only(), tmp_path / "file" / "out", BASE)
    assert os.listdir(tmp_path) == ["file"]
