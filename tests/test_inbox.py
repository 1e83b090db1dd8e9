"""The mailbox against a small IMAP server and a real SMTP server on loopback."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from imap_server import ARRIVED, ImapServer
from inbox_world import NOW, World

from core.config import load_county
from core.errors import ConfigurationError
from demo.mailserver import MailServer
from service.inbox_entries import load_inbox
from service.inbox_letters import message_key, read_mail, safe_name

MOBILE = "139" + "0000" + "1234"
LEAK = f"领取人王某，手机号{MOBILE}，请按时领取。"
LIST = f"姓名,手机号\n王某,{MOBILE}\n".encode()
FINANCE, CIVIL = "财政局 <caizheng@county.invalid>", "minzheng@COUNTY.invalid"
DONE = "&XfJZBHQG-"  # 已处理, as the wire writes it


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    smtp = MailServer(tmp_path / "sent")
    smtp.start()
    try:
        with ImapServer() as imap:
            yield World(tmp_path, imap, smtp.port, tmp_path / "sent")
    finally:
        smtp.stop()


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_draft_mailed_in_is_answered_with_the_verdict_masked_and_place_by_place(world: World) -> None:
    world.send(FINANCE, "稿件：补贴公示", LEAK, ("名单.csv", LIST), ("说明.txt", "情况属实。".encode()))
    assert world.poll()["outcomes"] == {"checked": 1}
    ((to, subject, text),) = world.told()
    assert to == "caizheng@county.invalid"
    assert subject == "【不能发布】回复：稿件：补贴公示"
    assert "不能发布" in text
    assert "【正文】" in text
    assert "【名单.csv】" in text
    assert "第2行第2列" in text
    assert "139****1234" in text
    assert "依据" in text
    assert "未核验是否本人" in text
    (answer,) = world.answers()
    assert answer["In-Reply-To"] == "<1@unit.invalid>"
    assert answer["Auto-Submitted"] == "auto-replied"
    assert "不能发布" in answer.get_body(("html",)).get_content()
    assert MOBILE not in answer.as_string()
    assert all(MOBILE not in part.get_content() for part in answer.walk() if not part.is_multipart())


def test_a_clean_draft_may_be_published_and_a_broken_file_may_not(world: World) -> None:
    world.send(FINANCE, "送审：秋粮收购", "全县秋粮收购工作有序推进。")
    world.send(FINANCE, "送审：名单", "见附件。", ("名单.xlsx", b"PK\x03\x04 broken"))
    world.poll()
    assert [subject.partition("】")[0] for _, subject, _ in world.told()] == ["【可以发布", "【不能发布"]
    assert "未能查完" in world.told()[1][2]


def test_a_draft_in_html_with_a_forwarded_mail_inside_is_read_throughout(world: World) -> None:
    letter = world.letter(FINANCE, "审稿")
    letter.set_content("<p>无</p>", subtype="html")
    letter.add_attachment(world.letter("x@y.invalid", "转发", LEAK))
    world.imap.deliver(letter.as_bytes())
    world.poll()
    ((_, subject, text),) = world.told()
    assert "不能发布" in subject
    assert "附件1.eml" in text


def test_the_draft_is_nowhere_afterwards(world: World) -> None:
    world.send(FINANCE, f"稿件 {MOBILE}", LEAK, (f"{MOBILE}.csv", LIST))
    world.poll()
    left = [path for path in (*world.home.rglob("*"), *world.inbox.rglob("*")) if path.is_file()]
    assert left
    assert all(MOBILE.encode() not in path.read_bytes() for path in left)
    assert MOBILE not in str(world.told())
    assert MOBILE not in str(world.rows())
    assert world.rows()[0]["reply"] == ""


@pytest.mark.sqlite  # looks into the database in SQLite's own words
def test_a_draft_is_kept_sealed_when_its_subject_asks_for_it(world: World) -> None:
    world.send(FINANCE, "送审（请留存）：公示", LEAK, ("名单.csv", LIST))
    world.poll()
    assert "工作台还没有启用，暂不能留存" in world.told()[-1][2]
    columns = "id integer primary key, county text, unit text, name text, evidence text, who text, findings text, kept_at text, expires_at text"
    with sqlite3.connect(world.home / "xuncha.sqlite3") as database:
        database.execute(f"create table desk_keptdraft ({columns})")  # as the desk makes it
    for number in range(2):
        world.send(FINANCE, "送审（请留存）：公示", LEAK, ("名单.csv", LIST), Message_ID=f"<again{number}@unit.invalid>")
        world.poll()
    assert "稿件已按要求加密留存至 2024年04月23日，到期自动删除" in world.told()[-1][2]
    world.send(FINANCE, "送审：公示", LEAK)
    world.poll()
    assert "稿件没有留存。" in world.told()[-1][2]
    with sqlite3.connect(world.home / "xuncha.sqlite3") as database:
        kept = database.execute("select county, unit, name, who, findings from desk_keptdraft order by id").fetchall()
    database.close()
    assert [row[:4] for row in kept] == [("test", "县财政局", "送审（请留存）：公示", "来信"), ("test", "县财政局", "名单.csv", "来信")]
    assert all(json.loads(row[4]) for row in kept)
    assert MOBILE not in str(kept)
    assert all(MOBILE.encode() not in path.read_bytes() for path in world.home.rglob("*") if path.is_file())


# --- papers and sheets --------------------------------------------------------------------------------------------

CRAWL = """
from core.calendar import Month
from crawler.folders import collect_folder
from crawler.job import Job
from checks.activity.duties import count_papers, count_submissions
county = night.county
job = Job(county, home, night.today, night.now)
seen = {source.kind: collect_folder(job, source) for source in county.sources}
month = Month.of(night.today)
papers = [(row.duty.paper, str(row.received), str(row.due)) for row in count_papers(county, month, seen["mailbox"][1] or (), True)]
sheets = [(row.duty.content, str(row.received), row.on_time, row.in_form, row.note) for row in count_submissions(county, month, seen["submissions"][1] or (), True)]
print(json.dumps([papers, sheets], ensure_ascii=False))
"""


def counted(world: World) -> list[list[list[object]]]:
    """Papers and sheets of October as the month's count sees them after a crawl of the folders."""
    result = world.run(NOW, CRAWL)
    assert result.returncode == 0, result.stderr
    rows: list[list[list[object]]] = json.loads(result.stdout)
    return rows


def test_papers_are_filed_where_the_crawler_counts_them_by_the_day_the_server_took_them(world: World) -> None:
    world.send(CIVIL, "报送2023年10月工作总结", "请查收", ("10月工作总结.docx", b"PK"))
    assert world.poll()["outcomes"] == {"filed": 1}
    ((to, subject, text),) = world.told()
    assert (to, subject) == ("minzheng@county.invalid", "【已收到】回复：报送2023年10月工作总结")
    assert "工作总结（2023年10月）：2023年10月25日收到，截止 2023年10月25日，按时" in text
    assert "未核验是否本人" in text
    papers, _ = counted(world)
    assert papers == [["工作总结", "2023-10-25", "2023-10-25"], ["《审核表》", "None", "2023-11-05"]]


def test_a_late_paper_is_told_late_and_one_mail_may_bring_two(world: World) -> None:
    world.send(CIVIL, "2023年10月工作总结和审核表", "见附件", arrived=datetime.fromisoformat("2023-10-28T01:00:00+08:00"))
    world.poll(NOW + timedelta(days=3))
    ((_, subject, text),) = world.told()
    assert subject.startswith("【已收到（逾期）】")
    assert "逾期 3 天" in text
    assert "截止 2023年11月5日，按时" in text
    assert "没有附件" in text
    assert [row[1] for row in counted(world)[0]] == ["2023-10-28", "2023-10-28"]


def test_a_paper_that_the_unit_does_not_owe_is_left_for_a_person(world: World) -> None:
    world.send(FINANCE, "10月工作总结", "请查收", ("总结.docx", b"PK"))
    assert world.poll()["outcomes"] == {"left": 1}
    assert not (world.inbox / "mail").exists() or not any((world.inbox / "mail" / "new").iterdir())


def test_sheets_are_filed_by_name_by_content_or_by_header_and_faults_told(world: World) -> None:
    world.send(CIVIL, "10月数据", "见附件", ("低保信息.csv", "镇,户数\n甲,1\n".encode()), ("表二.csv", "镇,人数\n甲,1\n".encode()), ("照片.jpg", b"\xff\xd8"))
    assert world.poll()["outcomes"] == {"filed": 1}
    ((_, _, text),) = world.told()
    assert "低保信息（2023年10月）：2023年10月25日收到，截止 2023年10月31日，按时。" in text
    assert "文件名应为“特困信息.csv”" in text
    _, sheets = counted(world)
    assert sheets == [["低保信息", "2023-10-25", True, True, ""], ["特困信息", "2023-10-25", True, False, "文件名应为“特困信息.csv”"]]


def test_a_better_sheet_in_time_takes_the_place_of_the_first_and_a_late_one_lies_beside(world: World) -> None:
    world.send(CIVIL, "10月低保信息", "见附件", ("低保信息.csv", b"x,y\n1,2\n"))
    world.send(CIVIL, "更正10月低保信息", "见附件", ("低保信息.csv", "镇,户数\n甲,1\n".encode()), arrived=ARRIVED + timedelta(days=2))
    world.send(CIVIL, "再更正10月低保信息", "见附件", ("低保信息.csv", "镇,户数\n甲,2\n".encode()), arrived=ARRIVED + timedelta(days=20))
    world.poll(NOW + timedelta(days=20))
    _, sheets = counted(world)
    assert sheets[0] == ["低保信息", "2023-10-27", True, True, ""]
    names = sorted(path.name for path in (world.inbox / "submissions" / "2023-10" / "县民政局").iterdir())
    assert len(names) == 3
    assert names[0].startswith(".")
    assert "补报-20231114" in names[2]


def test_names_of_files_cannot_leave_the_folder(world: World) -> None:
    world.send(CIVIL, "10月", "见附件", ("../../../低保信息.csv", "镇,户数\n甲,1\n".encode()), ("..\\特困信息.csv", "镇,人数\n甲,1\n".encode()))
    world.poll()
    files = list(world.inbox.parent.rglob("*信息.csv"))
    assert sorted(path.name for path in files) == ["低保信息.csv", "特困信息.csv"]
    assert {path.parent for path in files} == {world.inbox / "submissions" / "2023-10" / "县民政局"}


# --- strangers, machines, the rest --------------------------------------------------------------------------------


def test_an_unknown_sender_is_answered_once_and_nothing_is_checked_or_filed(world: World) -> None:
    for subject in ("稿件", "2023年10月工作总结", "低保信息"):
        world.send("someone@elsewhere.invalid", subject, LEAK, ("低保信息.csv", b"x"))
    assert world.poll()["outcomes"] == {"unknown": 3}
    ((to, subject, text),) = world.told()
    assert to == "someone@elsewhere.invalid"
    assert subject.startswith("【邮箱没有登记】")
    assert "没有检查和归档" in text
    assert not (world.inbox / "submissions").exists()
    assert len(world.imap.folders["INBOX"]) == 3  # left for the operator
    world.send("someone@elsewhere.invalid", "又一封", "x")
    world.poll()
    assert len(world.told()) == 1


def test_unknown_senders_may_also_be_left_unanswered_in_a_folder_of_their_own(world: World) -> None:
    world.settings(answer_unknown=False, left="Pending")
    world.send("someone@elsewhere.invalid", "稿件", "x")
    assert world.poll()["sent"] == 0
    assert {name: len(letters) for name, letters in world.imap.folders.items()} == {"INBOX": 0, "Pending": 1}


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<news.unit.invalid>"},
        {"From": "MAILER-DAEMON@county.invalid"},
        {"From": "xinxi@county.invalid"},
        {"From": ""},
        {"Return_Path": "<>"},
    ],
)
def test_machines_are_never_answered(world: World, headers: dict[str, str]) -> None:
    world.send(FINANCE, "稿件", LEAK, **headers)
    assert world.poll() == {"outcomes": {"automatic": 1}, "sent": 0, "waiting": 0, "told": "自动邮件 1 封；发出回复 0 封，待发 0 封"}


def test_a_letter_about_something_else_is_left_for_a_person_and_the_unit_told_how(world: World) -> None:
    world.send(CIVIL, "关于更换信息员的函", "略")
    assert world.poll()["outcomes"] == {"left": 1}
    ((_, subject, text),) = world.told()
    assert subject.startswith("【已转工作人员】")
    assert "“稿件”" in text


def test_a_mail_too_large_is_not_fetched_and_the_unit_told(world: World) -> None:
    world.settings(max_mail=1)
    world.send(FINANCE, "稿件", "x", ("大.bin", b"\0" * 1_200_000))
    assert world.poll()["outcomes"] == {"left": 1}
    assert "超过 1 MB" in world.told()[0][2]
    assert not any("BODY.PEEK[]" in line for line in world.imap.lines)


# --- once, and nothing lost ---------------------------------------------------------------------------------------


def test_a_mail_is_dealt_with_once_wherever_it_lies_and_moved_when_done(world: World) -> None:
    world.send(FINANCE, "稿件", "好")
    world.poll()
    assert {name: len(letters) for name, letters in world.imap.folders.items()} == {"INBOX": 0, DONE: 1}
    world.imap.folders["INBOX"] = list(world.imap.folders[DONE])  # somebody moves it back
    assert world.poll()["outcomes"] == {}
    assert len(world.told()) == 1
    world.settings(done=None)
    world.send(FINANCE, "稿件二", "好")
    assert [world.poll()["outcomes"] for _ in range(3)] == [{"checked": 1}, {}, {}]
    assert len(world.told()) == 2


def test_without_the_move_command_and_without_message_ids_it_works_as_well(world: World) -> None:
    world.imap.capability = "CAPABILITY IMAP4rev1"
    for text in ("好", "也好"):
        world.send(FINANCE, "稿件", text, Message_ID="")
    assert world.poll()["outcomes"] == {"checked": 2}
    assert len(world.imap.folders[DONE]) == 2
    assert world.imap.folders["INBOX"] == []
    assert world.poll()["outcomes"] == {}


@pytest.mark.parametrize("moment", ["read_mail", "file_papers", "settle", "_tidy", "send_replies"])
def test_killed_at_any_moment_it_is_finished_next_time_and_nothing_doubles(world: World, moment: str) -> None:
    world.send(CIVIL, "2023年10月工作总结", "见附件", ("低保信息.csv", "镇,户数\n甲,1\n".encode()))
    killed = world.run(NOW, f"import signal\ninbox.{moment} = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\ninbox.poll(night)\n")
    assert killed.returncode == -9
    before = world.poll()["sent"]
    assert before == 1
    assert world.poll()["outcomes"] == {}
    assert len(world.told()) == 1
    papers, sheets = counted(world)
    assert papers[0][1] == "2023-10-25"
    assert sheets[0][1] == "2023-10-25"
    assert len(list((world.inbox / "mail" / "new").iterdir())) == 1
    assert len(world.imap.folders[DONE]) == 1


def test_killed_after_the_filing_and_before_the_outcome_the_copy_is_not_doubled(world: World) -> None:
    world.send(CIVIL, "2023年10月工作总结", "见附件", ("低保信息.csv", "镇,户数\n甲,1\n".encode()))
    for _ in range(2):
        assert world.run(NOW, "import signal\ninbox.settle = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\ninbox.poll(night)\n").returncode == -9
    world.poll()
    assert len(list((world.inbox / "mail" / "new").iterdir())) == 1
    assert len(list((world.inbox / "submissions" / "2023-10" / "县民政局").iterdir())) == 1


def test_a_mail_that_breaks_the_program_holds_up_no_other_and_is_left_after_three_tries(world: World) -> None:
    world.send(FINANCE, "稿件 坏", "x")
    world.send(FINANCE, "稿件 好", "好")
    broken = """
    real = inbox.read_mail
    def read_mail(raw, *rest):
        mail = real(raw, *rest)
        if "坏" in mail.subject: raise RuntimeError("secret words")
        return mail
    inbox.read_mail = read_mail
    """
    assert world.poll(extra=broken)["outcomes"] == {"checked": 1}
    assert [world.poll(extra=broken)["outcomes"] for _ in range(3)] == [{}, {}, {"failed": 1}]
    first = world.rows()[0]
    assert (first["outcome"], "RuntimeError" in first["note"], "secret" in first["note"]) == ("failed", True, False)
    assert [len(world.imap.folders["INBOX"]), len(world.told())] == [1, 1]


def test_wrong_rules_are_not_the_mails_fault(world: World) -> None:
    world.send(FINANCE, "稿件", "好")
    failing = 'from core.errors import ConfigurationError\ndef shared(): raise ConfigurationError("规则读不出来")\ninbox.shared = shared\n'
    for _ in range(5):
        assert world.poll(extra=failing) == {"error": "规则读不出来"}
    assert world.poll()["outcomes"] == {"checked": 1}


# --- servers that fail --------------------------------------------------------------------------------------------


def test_an_answer_waits_for_the_mail_server_and_leaves_once_with_backoff(world: World) -> None:
    import yaml

    county = world.config / "county.yaml"
    good = county.read_text("utf-8")
    data = yaml.safe_load(good)
    data["mail"]["port"] = 1
    county.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    world.send(FINANCE, "稿件", "好")
    assert world.poll()["waiting"] == 1
    assert "连接被拒绝" in world.rows()[0]["note"]
    county.write_text(good, encoding="utf-8")
    assert world.poll(NOW + timedelta(minutes=1))["sent"] == 0
    assert world.poll(NOW + timedelta(minutes=6)) == {"outcomes": {}, "sent": 1, "waiting": 0, "told": "没有新邮件；发出回复 1 封，待发 0 封"}
    assert world.poll(NOW + timedelta(days=1))["sent"] == 0
    assert len(world.told()) == 1


def test_answers_leave_even_when_the_mailbox_cannot_be_reached(world: World) -> None:
    world.send(FINANCE, "稿件", "好")
    world.poll(extra="inbox.send_replies = lambda *a: (0, 1)\n")
    world.settings(port=1)
    assert "无法连接" in world.poll()["error"]
    assert len(world.told()) == 1


@pytest.mark.parametrize(
    ("settings", "password", "told"),
    [({"port": 1}, "geheim", "无法连接"), ({}, "wrong", "登录失败"), ({}, "", "XUNCHA_IMAP_PASSWORD"), ({"folders": ["没有"]}, "geheim", "文件夹")],
)
def test_what_is_wrong_with_the_mail_server_is_one_chinese_line(world: World, settings: dict[str, object], password: str, told: str) -> None:
    world.settings(**settings)
    error = world.poll(password=password)["error"]
    assert told in error
    assert "\n" not in error
    assert "geheim" not in error


def test_a_server_that_hangs_up_in_the_middle_loses_nothing(world: World) -> None:
    world.send(FINANCE, "稿件一", "好")
    world.send(FINANCE, "稿件二", "好")
    seen = []

    def hang_up(line: str) -> None:
        seen.append("BODY.PEEK[])" in line)
        if sum(seen) == 2 and seen[-1]:
            raise ConnectionResetError

    world.imap.before = hang_up
    assert "断开" in world.poll()["error"]
    world.imap.before = lambda line: None
    assert world.poll()["outcomes"] == {"checked": 1}
    assert len(world.told()) == 2


def test_a_provider_that_wants_the_programs_name_first_gets_it(tmp_path: Path) -> None:
    smtp = MailServer(tmp_path / "sent")
    smtp.start()
    try:
        with ImapServer(identify=True) as imap:
            world = World(tmp_path, imap, smtp.port, tmp_path / "sent")
            world.send(FINANCE, "稿件", "好")
            assert world.poll()["outcomes"] == {"checked": 1}
    finally:
        smtp.stop()


def test_without_the_file_nothing_happens(world: World) -> None:
    (world.config / "inbox.yaml").unlink()
    assert world.poll() == {"outcomes": {}, "sent": 0, "waiting": 0, "told": "没有新邮件；发出回复 0 封，待发 0 封"}
    world.settings(enabled=False)
    assert world.poll()["outcomes"] == {}
    assert world.imap.lines == []


# --- configuration and parts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"host": ""}, "host：不能为空"),
        ({"port": 0}, "port：不能小于"),
        ({"password": "geheim!"}, "password：写法不对"),
        ({"passwort": "x"}, "passwort：没有这个设置项"),
        ({"folders": []}, "folders：至少要有一项"),
        ({"done": "INBOX"}, "done → “INBOX”也在 folders 里"),
        ({"security": "tls"}, "security：只能是"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(world: World, settings: dict[str, object], told: str) -> None:
    world.settings(**settings)
    with pytest.raises(ConfigurationError) as failure:
        load_inbox(load_county(world.config))
    assert told in str(failure.value)
    assert "inbox.yaml" in str(failure.value)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("a\\b\\名单.xlsx", "名单.xlsx"),
        (".htaccess", "htaccess"),
        ("~$名单.xlsx", "名单.xlsx"),
        ("名\x00单\u202exlsx.exe", "名_单_xlsx.exe"),
        ("   ", "附件"),
        ("x" * 300 + ".xlsx", "x" * 195 + ".xlsx"),
        ("一" * 300, "一" * 66),
        ("con:fig?.txt", "con_fig_.txt"),
    ],
)
def test_file_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"From: a@b.invalid\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x\r\n",
        b"From: =?x-unknown?B?////?= <a@b.invalid>\r\nSubject: =?utf-8?B?!!!?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe",
        b"From: a@b.invalid, c@d.invalid\r\nDate: never\r\nMessage-ID: <\r\n\r\nx",
        b"Content-Type: message/rfc822\r\n\r\n" * 50,
        b"From: <a@b.invalid>\r\nContent-Disposition: attachment; filename*=utf-99''%FF\r\n\r\nx",
    ],
)
def test_mails_of_any_kind_are_read_without_harm(raw: bytes) -> None:
    mail = read_mail(raw, ARRIVED)
    assert mail.id
    assert "@" in mail.sender or mail.automatic


def test_a_mail_is_known_by_its_id_however_long() -> None:
    assert message_key("<a@b>", b"") == "a@b"
    assert message_key(" < a@b > ", b"x") == "a@b"
    assert len(message_key("<" + "x" * 5000 + ">", b"")) < 100
    assert message_key("", b"one") != message_key(None, b"two")
