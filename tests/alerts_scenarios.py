"""What must hold of alerts, one scenario a function; `test_alerts.py` runs each in a process of its own, for one process has one store."""

import base64
import contextlib
import hashlib
import hmac
import itertools
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from unittest import mock

from alerts_world import ADDRESS, BARE, OFFICE, OTHER, OTHER_ADDRESS, UNIT, Http, Raw, Smtp, World, closed_port, hang, hang_up, hang_up_in_mail

from core.records import Post, Receipt, Verdict
from core.store import findings, outbox, posts, runs
from core.store.setup import open_store
from service.alerts import jobs
from service.alerts.compose import composer
from service.alerts.entries import load_alerts, missing_secrets
from service.jobs import Night


def a_leak_is_told_once_and_completely(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.check([world.leak(start=n * 20, where=f"Sheet1!C{n + 3}") for n in range(132)])
    assert world.deliver() == (1, 0)
    assert world.deliver() == (0, 0)
    assert smtp.to == [ADDRESS]
    mail = smtp.got[0][1]
    assert str(mail["Subject"]).startswith("【一票否决】县财政局：“第1批名单公示”个人信息泄露")
    assert mail["Auto-Submitted"] == "auto-generated"
    for part in ("plain", "html"):
        text = smtp.text(0, part)
        for word in (
            "县财政局",
            "第1批名单公示",
            "名单.xlsx",
            "Sheet1!C3",
            "610326********1238",
            "132 处",
            "校验码正确",
            "只保留前6位和后4位",
            "http://portal.invalid/1.html",
        ):
            assert word in text, (part, word)
    assert smtp.text(0, "html").count("<a ") == 1
    row = world.row()
    assert (row.status, row.tries, row.note, row.sent_at) == ("sent", 1, "", world.now)


def the_link_leads_to_the_desk(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.alerts(desk="http://10.0.0.8:8000/")
    leak = world.leak()
    world.check([leak])
    world.deliver()
    assert f"http://10.0.0.8:8000/findings/{leak.id}/" in smtp.text()
    assert smtp.text(0, "html").count("<a ") == 1


def findings_and_alert_are_one_transaction(world: World) -> None:
    with mock.patch("core.store.outbox.thing", side_effect=RuntimeError("power cut")):
        try:
            world.check([world.leak()])
        except RuntimeError:
            pass
        else:
            raise AssertionError("the failure was swallowed")
    assert world.rows() == []
    assert findings.open_findings("meixian") == []
    world.check([world.leak()])
    assert len(world.rows()) == len(findings.open_findings("meixian")) == 1


def without_a_mail_server_it_waits_and_says_so(world: World) -> None:
    world.check([world.leak()])
    assert world.deliver() == (0, 1)
    assert "没有配置邮件服务器" in world.row().note
    smtp = Smtp()
    world.mail(smtp)
    world.later(minutes=2)
    assert world.deliver() == (1, 0)


def a_night_without_the_server_then_each_once(world: World) -> None:
    """Backoff doubles up to an hour, nothing is tried too early, and in the morning every alert goes out exactly once."""
    world.mail(closed_port())
    world.alerts(retry={"first_minutes": 1, "max_minutes": 60, "give_up_hours": 168})
    for number in range(1, 6):
        world.check([world.leak(number)], number)
    first, tries = world.rows()[0], []
    until = world.now + timedelta(hours=10)
    while world.now < until:
        before = world.row(key=first.key)
        world.deliver()
        row = world.row(key=first.key)
        if row.tries > before.tries:
            assert world.now >= before.next_try_at
            assert "连接被拒绝" in row.note
            tries.append(world.now)
        world.now = max(world.now + timedelta(minutes=1), min(row.next_try_at for row in world.rows()))
    waits = [int((b - a).total_seconds() // 60) for a, b in itertools.pairwise(tries)]
    assert waits[:6] == [1, 2, 4, 8, 16, 32], waits
    assert set(waits[6:]) == {60}, waits
    smtp = Smtp()
    world.mail(smtp)
    world.later(hours=1)
    assert world.deliver() == (5, 0)
    world.later(hours=2)
    assert world.deliver() == (0, 0)
    assert len(smtp.got) == len({str(mail["Message-ID"]) for _, mail in smtp.got}) == 5


def a_hanging_server_costs_one_timeout(world: World) -> None:
    raw = Raw(hang)
    world.mail(raw.address)
    for number in range(1, 21):
        world.check([world.leak(number)], number)
    started = time.monotonic()
    assert world.deliver() == (0, 20)
    assert time.monotonic() - started < 3
    assert raw.calls == 1
    assert all("没有应答" in row.note and row.next_try_at > world.now for row in world.rows())


def a_server_that_hangs_up_is_named(world: World) -> None:
    for behave, word in ((hang_up, "连接后立即断开"), (hang_up_in_mail, "中途断开")):
        world.mail(Raw(behave).address)
        world.check([world.leak(masked=word)])
        world.deliver()
        assert word in world.rows()[-1].note, world.rows()[-1].note
        world.later(hours=1)


def one_refused_recipient_stops_nobody_else(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    smtp.answers[ADDRESS] = "550 no such user"
    world.unit_mail(BARE, "坏 地址\n@x")
    for number, unit in enumerate((UNIT, BARE, OTHER), 1):
        world.check([world.leak(number, unit)], number)
    assert world.deliver() == (1, 2)
    assert smtp.to == [OTHER_ADDRESS]
    refused, bad, sent = world.rows()
    assert "不收这个收件人（550）" in refused.note
    assert ADDRESS in refused.note
    assert "写法不对" in bad.note
    assert sent.status == "sent"
    smtp.data = "554 spam"
    world.check([world.leak(4, OTHER)], 4)
    world.deliver()
    assert "拒收（554）" in world.rows()[-1].note


def a_server_that_closes_after_each_mail_gets_all(world: World) -> None:
    smtp = Smtp()
    smtp.hang_up_after = True
    world.mail(smtp)
    for number in range(1, 5):
        world.check([world.leak(number)], number)
    original = outbox.mark_sent

    def slowly(alert: int, now: datetime) -> None:
        time.sleep(0.1)
        original(alert, now)

    with mock.patch("core.store.outbox.mark_sent", slowly):
        assert world.deliver() == (4, 0)
    assert len(smtp.got) == 4


def a_login_needs_its_secret(world: World) -> None:
    smtp = Smtp(login=("xuncha", "word"))
    world.mail(smtp, user="xuncha")
    world.check([world.leak()])
    world.deliver()
    assert "XUNCHA_SMTP_PASSWORD 没有设置" in world.row().note
    world.secrets["XUNCHA_SMTP_PASSWORD"] = "wrong"
    world.later(hours=1)
    world.deliver()
    assert "登录失败" in world.row().note, world.row().note
    assert "wrong" not in world.row().note
    world.secrets["XUNCHA_SMTP_PASSWORD"] = "word"
    world.later(hours=1)
    assert world.deliver() == (1, 0)


def a_server_without_encryption_is_told_apart(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp, security="starttls")
    world.check([world.leak()])
    world.deliver()
    assert "mail.security" in world.row().note
    assert smtp.got == []


def killed_between_sending_and_noting_it_is_sent_again(world: World) -> None:
    """At least once: the second copy carries the same Message-ID, and nobody takes the row before its lease ends."""
    smtp = Smtp()
    world.mail(smtp)
    world.check([world.leak()])
    with mock.patch("core.store.outbox.mark_sent", side_effect=KeyboardInterrupt), contextlib.suppress(KeyboardInterrupt):
        world.deliver()
    assert len(smtp.got) == 1
    world.later(minutes=5)
    assert world.deliver() == (0, 1)
    world.later(minutes=6)
    assert world.deliver() == (1, 0)
    assert len(smtp.got) == 2
    assert len({str(mail["Message-ID"]) for _, mail in smtp.got}) == 1


def two_deliveries_at_once_send_each_once(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    for number in range(1, 13):
        world.check([world.leak(number)], number)
    gate, sent = threading.Barrier(2), []

    def work() -> None:
        from django.db import connection

        gate.wait()
        sent.append(world.deliver()[0])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == 12
    assert len(smtp.got) == 12


def the_same_thing_is_not_told_twice_within_the_window(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.check([world.leak()])
    world.deliver()
    world.later(hours=1)
    world.check([world.leak(start=40)])  # an edit above moved it
    world.deliver()
    assert len(smtp.got) == 1
    assert world.rows()[-1].status == "skipped"
    assert "72 小时内已就同一处告知过" in world.rows()[-1].note
    world.check([world.leak(start=40), world.leak(start=90), world.leak(start=60, masked="610326********0034")])
    world.deliver()
    assert len(smtp.got) == 2
    assert "610326********0034" in smtp.text()
    assert [item.finding for item in world.rows(status="sent")[-1].items.all()] == [
        world.leak(start=90).id,
        world.leak(start=60, masked="610326********0034").id,
    ]
    world.check([])
    world.later(hours=100)
    world.check([world.leak()])
    world.deliver()
    assert len(smtp.got) == 3


def two_columns_listing_one_page_are_one_alert(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.check([world.leak()])
    other = replace(world.leak(), source="t")
    posts.save_post("meixian", 1, Post("t", other.url, other.title, world.now, text="x"), world.now, world.vault)
    twin = next(post for post in posts.posts("meixian") if post.source == "t")
    findings.record_check("meixian", twin, "r", [other], world.now, composer(world.county, load_alerts(world.county), world.now))
    world.deliver()
    assert len(smtp.got) == 1


def what_was_dismissed_stays_quiet(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    leak = world.leak()
    world.check([leak])
    world.deliver()
    findings.add_verdict("meixian", Verdict(f"finding/{leak.id}", "误报", "示例数据", "张审核", world.now))
    world.check([])
    world.later(hours=100)
    world.check([leak])
    assert world.deliver() == (0, 0)
    assert len(smtp.got) == 1


def what_is_put_right_before_it_is_sent_is_not_sent(world: World) -> None:
    world.check([world.leak()])
    world.deliver()
    world.check([])
    smtp = Smtp()
    world.mail(smtp)
    world.later(hours=1)
    assert world.deliver() == (0, 0)
    assert smtp.got == []
    assert (world.row().status, world.row().note) == ("skipped", "发出之前问题已经整改或撤销")


def it_gives_up_in_the_end_and_says_why(world: World) -> None:
    world.alerts(retry={"first_minutes": 1, "max_minutes": 60, "give_up_hours": 3})
    world.mail(closed_port())
    world.check([world.leak()])
    for _ in range(8):
        world.deliver()
        world.later(hours=1)
    row = world.row()
    assert row.status == "failed"
    assert "不再发送" in row.note
    assert "连接被拒绝" in row.note


def a_clock_set_back_does_not_strand_an_alert(world: World) -> None:
    world.now += timedelta(days=30)
    world.mail(closed_port())
    world.check([world.leak()])
    world.deliver()
    world.now -= timedelta(days=30)
    smtp = Smtp()
    world.mail(smtp)
    assert world.deliver() == (1, 0)


def quiet_hours_hold_all_but_what_is_spared(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.alerts(quiet={"hours": "22:00-07:00", "except": ["veto"]})
    world.now = world.now.replace(hour=23)
    world.check([world.leak()])
    world.check([world.leak(2, severity="error")], 2)
    assert world.deliver() == (1, 1)
    assert "【一票否决】" in str(smtp.got[0][1]["Subject"])
    waiting = world.row(status="waiting")
    assert "静默时段" in waiting.note
    assert waiting.next_try_at == (world.now + timedelta(days=1)).replace(hour=7)
    world.later(hours=7.9)
    assert world.deliver() == (0, 1)
    world.later(hours=0.1)
    assert world.deliver() == (1, 0)


def routes_choose_by_unit_severity_family_and_hour(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    channels = {
        "单位": {"kind": "mail"},
        "值班": {"kind": "mail", "to": ["duty@x.invalid"]},
        "专班": {"kind": "mail", "to": ["team@x.invalid", "team2@x.invalid"]},
    }
    world.alerts(
        channels=channels,
        routes=[
            {"name": "一", "severities": ["veto", "error"], "families": ["privacy"], "channels": ["单位"]},
            {"name": "二", "severities": ["veto"], "hours": "18:00-08:00", "channels": ["值班"]},
            {"name": "三", "units": ["眉县财政局"], "severities": ["warning"], "channels": ["专班", "专班"]},
        ],
        fallback=[],
    )
    world.check([world.leak(), world.leak(start=50, severity="warning", rule="typo/x", masked=None)])
    world.check([world.leak(2, OTHER, severity="warning")], 2)
    world.deliver()
    assert sorted(smtp.to) == sorted([ADDRESS, "team@x.invalid", "team2@x.invalid"])
    world.now = world.now.replace(hour=2)
    world.check([world.leak(3, OTHER)], 3)
    world.deliver()
    assert sorted(smtp.to[3:]) == sorted([OTHER_ADDRESS, "duty@x.invalid"])
    world.check([world.leak(4, severity="error", rule="expression/x")], 4)
    lost = world.rows()[-1]
    assert (lost.status, lost.channel) == ("skipped", "")
    assert "没有一条 routes" in lost.note


def without_a_unit_or_address_the_office_is_told(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    for number, (unit, word) in enumerate(((BARE, "没有登记邮箱"), ("某某公司", "不在 units.yaml 中"), (None, "不在 units.yaml 中")), 1):
        world.check([world.leak(number, unit)], number)
        (skipped,) = world.rows(status="skipped")[-1:]
        assert word in skipped.note
        world.deliver()
        assert smtp.to[-1] == OFFICE
        assert "请代为转告" in smtp.text()
    assert len(smtp.got) == 3
    world.alerts(fallback=[])
    world.check([world.leak(9, None)], 9)
    assert world.deliver() == (0, 0)
    assert world.rows()[-1].status == "skipped"


DIGEST = {
    "routes": [
        {"name": "立即", "channels": ["单位"]},
        {"name": "汇总", "severities": ["warning", "error"], "channels": ["办公室", "单位"], "send": "digest"},
    ],
    "digest": {"at": "08:30"},
}


def the_digest_comes_once_a_day_with_what_still_stands(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.alerts(**DIGEST)
    night = night_of(world)
    link = {"rule": "link/dead", "severity": "warning", "masked": None, "where": "正文", "file": None, "message": "链接打不开", "suggestion": "更换链接"}
    world.check([world.leak(1, **link)])
    world.check([world.leak(2, OTHER, **link)], 2)
    world.check([world.leak(3, OTHER, **link)], 3)
    assert {row.status for row in world.rows()} == {"held"}
    assert world.deliver() == (0, 0)
    assert jobs.send_digest(night) == 0
    world.check([], 3)
    world.later(days=3)  # two mornings missed
    night = night_of(world)
    assert jobs.send_digest(night) == 3
    assert jobs.send_digest(night) == 0
    assert sorted(smtp.to) == sorted([OFFICE, ADDRESS, OTHER_ADDRESS])
    office = smtp.text(smtp.to.index(OFFICE))
    assert "2 处待核对" in str(smtp.got[smtp.to.index(OFFICE)][1]["Subject"])
    for word in (UNIT, OTHER, "链接打不开", "第1批名单公示", "http://portal.invalid/2.html"):
        assert word in office
    assert "第3批" not in office
    assert UNIT not in smtp.text(smtp.to.index(OTHER_ADDRESS))
    assert {row.status for row in world.rows(kind="note")} == {"merged"}
    world.check([world.leak(4, **link)], 4)
    world.check([], 4)
    world.later(days=1)
    assert jobs.send_digest(night_of(world)) == 0
    assert {row.status for row in world.rows(kind="note")} == {"merged", "skipped"}


WATCH = {"escalation": {"after_hours": 24, "channels": ["办公室"], "repeat_hours": 48}}


def night_of(world: World) -> Night:
    return Night(world.county, world.home, world.now.date(), world.now)


def a_veto_not_put_right_goes_to_the_director(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.alerts(**WATCH)
    world.check([world.leak(), world.leak(start=30, masked="610326********0034")])
    world.check([world.leak(2, OTHER, severity="error")], 2)
    world.check([world.leak(3, BARE)], 3)
    world.deliver()
    told = len(smtp.got)
    world.later(hours=20)
    world.check([world.leak(start=7), world.leak(start=30, masked="610326********0034")])  # moved: the time runs on
    world.later(hours=3.9)
    assert jobs.escalate_overdue(night_of(world)) == 0
    world.later(hours=0.2)
    assert jobs.escalate_overdue(night_of(world)) == 2
    assert jobs.escalate_overdue(night_of(world)) == 0
    assert smtp.to[told:] == [OFFICE, OFFICE]
    text = smtp.text(told)
    for word in (UNIT, "24 小时仍未整改", "第1批名单公示", "2023年11月1日 10:00", f"已发至 {ADDRESS}", "610326********1238", "610326********0034"):
        assert word in text, word
    world.later(hours=47)
    assert jobs.escalate_overdue(night_of(world)) == 0
    world.later(hours=2)
    assert jobs.escalate_overdue(night_of(world)) == 2


def an_undelivered_alert_is_escalated_with_its_reason(world: World) -> None:
    world.alerts(**WATCH)
    world.mail(closed_port())
    world.check([world.leak()])
    world.deliver()
    smtp = Smtp()
    world.later(hours=25)
    with mock.patch("service.alerts.jobs.deliver", return_value=(0, 0)):
        assert jobs.escalate_overdue(night_of(world)) == 1
    world.mail(smtp)
    world.deliver()
    director = smtp.text(smtp.to.index(OFFICE))
    assert "尚未送达（" in director
    assert "连接被拒绝" in director


def what_is_settled_is_not_escalated(world: World) -> None:
    world.alerts(**WATCH)
    decisions = ("误报", "豁免", "已整改", "确认")
    for number, decision in enumerate(decisions, 1):
        leak = world.leak(number)
        world.check([leak], number)
        findings.add_verdict("meixian", Verdict(f"finding/{leak.id}", decision, "核过", "李复核", world.now))
    world.check([world.leak(5)], 5)
    world.check([], 5)
    world.later(hours=30)
    assert jobs.escalate_overdue(night_of(world)) == 1
    assert "第4批" in world.row(kind="escalation").subject


def all_clear_when_the_page_is_put_right(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    world.alerts(**WATCH)
    leak, second = world.leak(), world.leak(start=30, masked="610326********0034")
    world.check([leak, second])
    world.deliver()
    world.later(hours=25)
    jobs.escalate_overdue(night_of(world))
    told = len(smtp.got)
    world.check([world.leak(start=4), second])  # moved, not gone
    assert jobs.all_clear(night_of(world)) == 0
    world.check([world.leak(start=4, severity="warning")])
    assert jobs.all_clear(night_of(world)) == 0
    world.check([replace(leak, rule="document/unread", severity="warning", masked=None, where=None, start=None, end=None)])
    assert jobs.all_clear(night_of(world)) == 0
    world.check([])
    assert jobs.all_clear(night_of(world)) == 2
    assert jobs.all_clear(night_of(world)) == 0
    assert sorted(smtp.to[told:]) == sorted([ADDRESS, OFFICE])
    assert "【已整改】" in str(smtp.got[-1][1]["Subject"])
    assert "复查时已不再出现" in smtp.text()
    world.later(hours=1)
    world.check([leak])  # put back: told again, window or not
    assert world.deliver() == (1, 0)
    assert smtp.to[-1] == ADDRESS
    world.later(hours=23)
    assert jobs.escalate_overdue(night_of(world)) == 0  # a new time runs
    world.later(hours=2)
    assert jobs.escalate_overdue(night_of(world)) == 1


def all_clear_by_verdict(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    fixed, mistaken = world.leak(1), world.leak(2, OTHER)
    world.check([fixed], 1)
    world.check([mistaken], 2)
    world.check([world.leak(3, BARE)], 3)
    world.check([], 3)
    world.alerts(fallback=[])
    world.deliver()
    findings.add_verdict("meixian", Verdict(f"finding/{fixed.id}", "已整改", "已撤下", "王信息员", world.now))
    findings.add_verdict("meixian", Verdict(f"finding/{mistaken.id}", "误报", "是样表", "李复核", world.now))
    sent = len(smtp.got)
    assert jobs.all_clear(night_of(world)) == 2
    texts = {address: (str(mail["Subject"]), smtp.text(sent + number)) for number, (address, mail) in enumerate(smtp.got[sent:])}
    assert "【已整改】" in texts[ADDRESS][0]
    assert "经确认已整改（2023年11月1日 10:00）" in texts[ADDRESS][1]
    assert "【已撤销】" in texts[OTHER_ADDRESS][0]
    assert {row.cleared_at is not None for row in world.rows(kind="alert", channel="单位", status="sent")} == {True}


def robots_get_the_short_form(world: World) -> None:
    robots = {kind: Http(answer={"code": 0, "msg": "success"} if kind == "feishu" else None) for kind in ("wecom", "dingtalk", "feishu")}
    channels = {kind: {"kind": kind, "token_env": f"T_{kind.upper()}", "base": http.base} for kind, http in robots.items()}
    for kind in ("dingtalk", "feishu"):
        channels[kind]["secret_env"] = "S"
    world.alerts(channels=channels, routes=[{"name": "群", "channels": list(channels)}], fallback=[], desk="http://desk.invalid")
    world.secrets = {"T_WECOM": "key-1", "T_DINGTALK": "token2", "T_FEISHU": "token-3", "S": "SEC7"}
    leak = world.leak(message="名单中出现完整身份证号" * 60)
    world.check([leak])
    assert world.deliver() == (3, 0)
    paths = {kind: http.got[0][0] for kind, http in robots.items()}
    assert paths["wecom"] == "/cgi-bin/webhook/send?key=key-1"
    assert paths["dingtalk"].startswith("/robot/send?access_token=token2&timestamp=")
    assert paths["feishu"] == "/open-apis/bot/v2/hook/token-3"
    texts = [robots["wecom"].payload()["text"]["content"], robots["dingtalk"].payload()["text"]["content"], robots["feishu"].payload()["content"]["text"]]
    for text in texts:
        assert text == texts[0]
        assert len(text.encode()) <= 2048
        assert text.endswith(f"http://desk.invalid/findings/{leak.id}/")
        assert "【一票否决】县财政局" in text
    from urllib.parse import parse_qs, urlsplit

    asked = parse_qs(urlsplit(paths["dingtalk"]).query)
    stamp = asked["timestamp"][0]
    assert asked["sign"][0] == base64.b64encode(hmac.new(b"SEC7", f"{stamp}\nSEC7".encode(), hashlib.sha256).digest()).decode()
    said = robots["feishu"].payload()
    assert said["sign"] == base64.b64encode(hmac.new(f"{said['timestamp']}\nSEC7".encode(), b"", hashlib.sha256).digest()).decode()
    assert abs(int(said["timestamp"]) - time.time()) < 60


def a_webhook_is_signed_and_knows_a_second_copy(world: World) -> None:
    http = Http(204, b"")
    world.alerts(channels={"督办": {"kind": "webhook", "url_env": "U", "secret_env": "S"}}, routes=[{"name": "一", "channels": ["督办"]}], fallback=[])
    world.secrets = {"U": f"{http.base}/hook?a=1", "S": "word"}
    world.check([world.leak()])
    assert world.deliver() == (1, 0)
    path, headers, body = http.got[0]
    assert path == "/hook?a=1"
    assert headers["X-Xuncha-Signature"] == "sha256=" + hmac.new(b"word", body, hashlib.sha256).hexdigest()
    payload = http.payload()
    assert headers["Idempotency-Key"] == payload["id"] == world.row().key
    assert (payload["kind"], payload["severity"], payload["unit"], payload["type"]) == ("alert", "veto", UNIT, "failure")
    assert "610326********1238" in payload["message"]


def receivers_that_fail_are_named_and_tried_again(world: World) -> None:
    """HTTP 500, a refusal inside a 200, nonsense, a redirect, a hang, a closed connection, nobody there."""
    cases = [
        (Http(500).base, "答复 HTTP 500"),
        (Http(200, {"errcode": 93000, "errmsg": "invalid webhook url"}).base, "错误码 93000"),
        (Http(200, b"<html>login</html>").base, "读不懂"),
        (Http(302).base, "答复 HTTP 302"),
        ("http://{}:{}".format(*Raw(hang).address), "超时"),
        ("http://{}:{}".format(*Raw(hang_up).address), "连接失败"),
        ("http://{}:{}".format(*closed_port()), "连接失败"),
    ]
    world.secrets = {"T": "very-secret-key"}
    for number, (base, word) in enumerate(cases, 1):
        smtp = Smtp()
        world.mail(smtp)
        world.alerts(
            channels={"群": {"kind": "wecom", "token_env": "T", "base": base}, "单位": {"kind": "mail"}},
            routes=[{"name": "一", "channels": ["群", "单位"]}],
            fallback=[],
        )
        world.check([world.leak(number)], number)
        started = time.monotonic()
        sent, _ = world.deliver()
        assert sent == 1, word
        assert smtp.to == [ADDRESS]
        assert time.monotonic() - started < 4
        row = world.rows(channel="群")[-1]
        assert (row.status, row.tries) == ("waiting", 1)
        assert word in row.note, (word, row.note)
        assert "very-secret-key" not in row.note
        assert world.now < row.next_try_at <= world.now + timedelta(hours=1)
    http = Http()
    world.alerts(
        channels={"群": {"kind": "wecom", "token_env": "T", "base": http.base, "per_round": 4}}, routes=[{"name": "一", "channels": ["群"]}], fallback=[]
    )
    world.later(hours=2)
    assert world.deliver()[0] == 4
    assert "这一轮已发满 4 条" in world.rows(status="waiting")[0].note
    world.later(hours=2)
    assert world.deliver() == (3, 0)
    assert len(http.got) == 7


def a_missing_or_wrong_secret_stops_only_its_channel(world: World) -> None:
    smtp, http = Smtp(), Http()
    world.mail(smtp)
    channels = {"群": {"kind": "wecom", "token_env": "XUNCHA_T", "base": http.base}, "单位": {"kind": "mail"}}
    world.alerts(channels=channels, routes=[{"name": "一", "channels": ["群", "单位"]}], fallback=[])
    world.check([world.leak()])
    assert world.deliver() == (1, 1)
    assert "环境变量 XUNCHA_T 没有设置" in world.row(channel="群").note
    assert missing_secrets(load_alerts(world.county), world.secrets) == ["alerts.yaml：channels → 群：环境变量 XUNCHA_T 没有设置，发不出去"]
    world.secrets["XUNCHA_T"] = "not a key！"
    world.later(hours=1)
    world.deliver()
    assert "XUNCHA_T 内容不对" in world.row(channel="群").note
    assert "not a key" not in world.row(channel="群").note
    world.secrets["XUNCHA_T"] = "key"
    world.later(hours=1)
    assert world.deliver() == (1, 0)
    assert len(http.got) == len(smtp.got) == 1


def a_channel_taken_out_of_the_file_is_named(world: World) -> None:
    world.check([world.leak()])
    world.alerts(channels={"新": {"kind": "mail"}}, routes=[{"name": "一", "channels": ["新"]}], fallback=[])
    world.deliver()
    assert "已没有渠道“单位”" in world.row().note


def personal_values_in_the_title_are_masked_everywhere(world: World) -> None:
    smtp = Smtp()
    world.mail(smtp)
    title = "关于向王某某（护照E12345678）发放补贴的公示"
    posts.save_post("meixian", 1, Post("s", "http://portal.invalid/1.html", title, world.now, text="x"), world.now, world.vault)
    at = title.index("E12345678")
    hit = world.leak(rule="privacy/passport", masked="E*****678", where="标题", file=None, start=at, end=at + 9, title=title)
    other = world.leak(title=title)
    post = next(posts.posts("meixian"))
    findings.record_check("meixian", post, "r", [hit, other], world.now, composer(world.county, load_alerts(world.county), world.now))
    world.deliver()
    whole = smtp.got[0][1].as_string() + smtp.text() + smtp.text(0, "html") + str(smtp.got[0][1]["Subject"])
    assert "E12345678" not in whole
    assert "护照E*****678" in smtp.text()
    assert all("E12345678" not in (finding.title or "") for _, finding in findings.open_findings("meixian"))


def many_findings_are_many_rows_but_one_mail(world: World) -> None:
    """A list of 5000 persons: one mail of a bearable size, quickly."""
    smtp = Smtp()
    world.mail(smtp)
    found = [world.leak(start=n, where=f"Sheet1!C{n}", masked=f"610326********{n:04d}") for n in range(5000)]
    world.check(found)
    started = time.monotonic()
    assert world.deliver() == (1, 0)
    assert time.monotonic() - started < 10
    assert "等 5000 处" in smtp.text()
    assert len(smtp.text()) < 3000


def a_source_that_needs_a_hand_is_told_to_the_office(world: World) -> None:
    """Once, with what to do; a passing trouble only when it lasts; what has no address not at all; nothing about what works."""
    smtp = Smtp()
    world.mail(smtp)
    accounts = [source for source in world.county.sources if source.kind == "ledger" and source.url]
    expired, limited, down, fine, fixed = (source.id for source in accounts[:5])
    bare = next(source.id for source in world.county.sources if source.url is None)
    night = Night(world.county, world.home, world.now.date(), world.now)

    def collect(**statuses: str) -> int:
        run = runs.start_run("meixian", "crawl", world.now)
        receipts = {expired: "expired-login", limited: "rate-limited", down: "unreachable", fine: "ok", fixed: "redesigned", bare: "misconfigured"}
        for source, status in (receipts | {names[name]: status for name, status in statuses.items()}).items():
            runs.save_receipt("meixian", run, Receipt(source, status, f"原因{status}13812345678"), world.now)  # type: ignore[arg-type]
        return jobs.tell_operators(replace(night, now=world.now))

    names = {"expired": expired, "limited": limited, "down": down, "fine": fine, "fixed": fixed}
    assert collect() == 1
    assert smtp.to == [OFFICE]
    first = smtp.text()
    assert expired in first
    assert "请重新登录或更换凭证" in first
    assert fixed in first
    assert not [source for source in (limited, down, fine, bare) if source in first]
    assert "13812345678" not in smtp.got[0][1].as_string() + first
    world.now += timedelta(hours=24)
    assert collect(fixed="ok") == 1
    second = smtp.text(1)
    assert limited in second
    assert down in second
    assert not [source for source in (expired, fixed, fine, bare) if source in second]
    world.now += timedelta(hours=24)
    assert collect(fixed="ok") == 0
    world.now += timedelta(hours=48)
    assert collect(fixed="ok") == 1
    assert expired in smtp.text(2)


if __name__ == "__main__":
    home = open_store(Path(sys.argv[2]))
    globals()[sys.argv[1]](World(home))
