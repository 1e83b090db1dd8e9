"""The mailbox: drafts are answered, papers and sheets filed, strangers told once. A mail is done once; one interrupted is done again, and nothing of it doubles."""

import imaplib
import logging
import os
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.calendar import shanghai
from core.config import County
from core.errors import EnvironmentFailure, XunchaError
from core.records import Unit
from core.store.vault import Vault
from reports.data import finding_data
from service import kept
from service.gate import Draft, Verdict
from service.gate_pool import shared
from service.gate_words import page, plain
from service.inbox_entries import InboxFile, load_inbox
from service.inbox_filing import Filed, file_papers, file_sheets
from service.inbox_ledgers import FiledLedger, file_ledgers
from service.inbox_letters import Mail, message_key, read_mail
from service.inbox_replies import Reply, send_replies, settle
from service.jobs import Night

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from core.store.models import MailSeen

logger = logging.getLogger(__name__)
_TRIES = 3
_MIB = 1 << 20
_MOMENT = re.compile(rb'INTERNALDATE "([^"]+)"')


@dataclass(slots=True)
class Polled:
    """What a round did: outcome → how many mails; answers sent and still waiting."""

    outcomes: dict[str, int] = field(default_factory=dict)
    sent: int = 0
    waiting: int = 0

    def told(self) -> str:
        """One line for the log of runs."""
        names = {"filed": "归档", "checked": "检查", "left": "待人工处理", "unknown": "未登记发件人", "automatic": "自动邮件", "failed": "未能处理"}
        counts = "，".join(f"{names.get(outcome, outcome)} {count} 封" for outcome, count in self.outcomes.items())
        return f"{counts or '没有新邮件'}；发出回复 {self.sent} 封，待发 {self.waiting} 封"


def poll(night: Night, environment: Mapping[str, str] = os.environ) -> Polled:
    """Look through the mailbox once; without `inbox.yaml` nothing happens. Raises EnvironmentFailure when the mail server cannot be used."""
    settings, done = load_inbox(night.county), Polled()
    if settings is None:
        return done
    vault = Vault.open(night.home)
    try:
        with _mailbox(settings, environment) as box:
            for folder in settings.folders:
                _folder(box, folder, _Desk(night, settings, vault), done)
    finally:  # answers of an earlier round leave even when no new mail can be fetched
        done.sent, done.waiting = send_replies(night.county, vault, lambda: night.now)
    return done


# --- the mail server ----------------------------------------------------------------------------------------------


@contextmanager
def _mailbox(settings: InboxFile, environment: Mapping[str, str]) -> Iterator["BaseMailBox"]:
    """A mailbox logged in to; every way to fail is one Chinese line."""
    from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxStartTls, MailBoxUnencrypted

    password, place = environment.get(settings.password, ""), f"收信服务器 {settings.host}:{settings.port}"
    if not password:
        raise EnvironmentFailure(f"环境变量 {settings.password} 没有设置，无法登录收信邮箱")
    where: dict[str, Any] = {"host": settings.host, "port": settings.port, "timeout": settings.timeout}
    box: BaseMailBox | None = None
    try:
        if settings.security == "ssl":
            box = MailBox(**where, ssl_context=ssl.create_default_context())
        elif settings.security == "starttls":
            box = MailBoxStartTls(**where, ssl_context=ssl.create_default_context())
        else:
            box = MailBoxUnencrypted(**where)
        try:
            box.login(settings.user, password, initial_folder=None)
        except (ImapToolsError, imaplib.IMAP4.error):
            raise EnvironmentFailure(f"{place} 登录失败，请核对 inbox.yaml 的 user 和环境变量 {settings.password}") from None
        _introduce(box)
        yield box
    except ImapToolsError as error:
        raise EnvironmentFailure(f"{place} 拒绝了请求（{type(error).__name__}），请核对 inbox.yaml 中的文件夹名称") from None
    except (OSError, imaplib.IMAP4.error) as error:
        raise EnvironmentFailure(f"{place} 无法连接或中途断开（{type(error).__name__}），请核对地址、端口和网络") from None
    finally:
        _leave(box)


def _introduce(box: "BaseMailBox") -> None:
    """Some providers (163, 126) open no folder to a program that has not said its name."""
    if "ID" in box.client.capabilities:
        box.client.xatom("ID", '("name" "xuncha" "version" "1.0")')


def _leave(box: "BaseMailBox | None") -> None:
    from imap_tools import ImapToolsError

    try:
        if box is not None:
            box.logout()
    except (OSError, imaplib.IMAP4.error, ImapToolsError):
        return  # it is gone already


def _folder(box: "BaseMailBox", folder: str, desk: "_Desk", done: Polled) -> None:
    box.folder.set(folder)
    for uid, key, size in _listed(box):
        if sum(done.outcomes.values()) >= desk.settings.at_once:
            return
        row = desk.row(key)
        if row.outcome == "started":
            _attempt(box, (uid, size), row, desk, done)
        if row.outcome != "started":
            _tidy(box, uid, row.outcome, desk.settings)


def _listed(box: "BaseMailBox") -> list[tuple[str, str, int]]:
    """Uid, key and size of every mail in the folder; one without a Message-ID is fetched for its content."""
    found = []
    for head in box.fetch("ALL", headers_only=True, mark_seen=False, bulk=200):
        if head.uid:
            named = str(head.obj["Message-ID"] or "")
            found.append((head.uid, message_key(named, b"") if named.strip("<> \r\n") else "", head.size_rfc822))
    return [(uid, key or message_key(None, _fetched(box, uid)[0]), size) for uid, key, size in found]


def _attempt(box: "BaseMailBox", mail: tuple[str, int], row: "MailSeen", desk: "_Desk", done: Polled) -> None:
    """Deal with one mail. What it breaks is noted; after a few tries it is left for a person."""
    uid, size = mail
    row.tries += 1
    row.save(update_fields=["tries"])
    if row.tries > _TRIES:
        settle(row, desk.vault, "failed", None, desk.night.now, row.note or "多次未能处理，请人工查看")
    else:
        too_large = size > desk.settings.max_mail * _MIB
        raw, received = _fetched(box, uid, "HEADER" if too_large else "")
        try:
            desk.deal(row, raw, received, too_large)
        except XunchaError:
            row.tries -= 1  # not the mail's fault
            row.save(update_fields=["tries"])
            raise
        except Exception as error:  # the job boundary of one mail: the others go on, this one is tried again
            logger.error("mail %s: %s", row.pk, type(error).__name__)
            row.note = f"处理时程序出错（{type(error).__name__}）"
            row.save(update_fields=["note"])
            return
    done.outcomes[row.outcome] = done.outcomes.get(row.outcome, 0) + 1


def _fetched(box: "BaseMailBox", uid: str, part: str = "") -> tuple[bytes, datetime | None]:
    """The mail's bytes (or those of its `part`) as the server has them, and when the server received it."""
    status, parts = box.client.uid("FETCH", uid, f"(INTERNALDATE BODY.PEEK[{part}])")
    if status != "OK":
        raise EnvironmentFailure("收信服务器没有交出邮件，下次会再试")
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    told = b" ".join(part if isinstance(part, bytes) else part[0] for part in parts if part)
    found = _MOMENT.search(told)
    try:
        moment = datetime.strptime(found[1].decode("ascii").strip(), "%d-%b-%Y %H:%M:%S %z") if found else None
    except ValueError:
        moment = None
    return raw, moment


def _tidy(box: "BaseMailBox", uid: str, outcome: str, settings: InboxFile) -> None:
    """Out of the way what is dealt with; what a person must see stays, or goes where they look."""
    target = settings.done if outcome in ("filed", "checked", "automatic") else settings.left
    if target is None:
        return
    if not box.folder.exists(target):
        box.folder.create(target)
    box.move([uid], target)


# --- one mail -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Desk:
    """Where one round's mails are dealt with."""

    night: Night
    settings: InboxFile
    vault: Vault

    @property
    def county(self) -> County:
        return self.night.county

    def row(self, key: str) -> "MailSeen":
        """What is known of a mail: its row, made at the first sight of it."""
        from core.store.models import MailSeen

        return MailSeen.objects.get_or_create(county=self.county.id, message_id=key, defaults={"at": self.night.now})[0]

    def deal(self, row: "MailSeen", raw: bytes, received: datetime | None, too_large: bool) -> None:
        """Decide what a mail is and do it: first what can be done twice without harm, last, in one step, the outcome and the answer."""
        mail = read_mail(raw, shanghai(received or row.at.astimezone(UTC)), self._own())
        row.sender = self.vault.put(mail.sender.encode("utf-8", "replace")) if mail.sender else ""
        row.save(update_fields=["sender"])
        unit = next((unit for unit in self.county.units if unit.mail and unit.mail.lower() == mail.sender), None)
        if mail.automatic:
            self._settle(row, "automatic", None)
        elif unit is None:
            self._settle(row, "unknown", self._stranger(row, mail))
        elif too_large:
            text = f"来信超过 {self.settings.max_mail} MB，没有处理。请拆分后分次发来，或改用其他方式报送。"
            self._settle(row, "left", self._reply(mail, "来信太大", text), unit)
        else:
            self._known(row, mail, unit)

    def _known(self, row: "MailSeen", mail: Mail, unit: Unit) -> None:
        """Papers and sheets are filed, drafts checked; a mail may be both, or neither."""
        filed: list[Filed | FiledLedger] = [
            *file_papers(self.county, unit, mail),
            *file_sheets(self.county, unit, mail),
            *file_ledgers(self.county, unit, mail),
        ]
        draft = self._draft(mail, unit) if any(word in mail.subject for word in self.settings.draft_words) else None
        verdict = shared().examine(draft, self.night.today, self.county.folder) if draft else None
        if verdict is None and not filed:
            self._settle(row, "left", self._unsure(mail, unit), unit)
            return
        words = ["已收到（逾期）" if any(item.late for item in filed) else "已收到"] if filed else []
        words += ["可以发布" if verdict.publishable else "不能发布"] if verdict else []
        parts = [f"{unit.name}：", ""]
        parts += ["来信已收到并归档：", *(f"{number}. {item.told()}" for number, item in enumerate(filed, 1)), ""] if filed else []
        html = ""
        if draft and verdict:
            parts += [f"来信《{mail.subject}》已检查，正文和 {len(mail.files)} 个附件都查过了，{self._kept(draft, verdict, unit)}。", "", plain(verdict)]
            html = page(verdict, f"检查结果：{mail.subject}") if not filed else ""
        self._settle(row, "filed" if filed else "checked", self._reply(mail, "，".join(words), "\n".join([*parts, self._foot(unit)]), html), unit)

    def _draft(self, mail: Mail, unit: Unit) -> Draft:
        return Draft(mail.subject, "" if mail.html else mail.text, mail.html, mail.files, unit.name)

    def _kept(self, draft: Draft, verdict: Verdict, unit: Unit) -> str:
        """Keep the draft where its subject asks for it, and say what became of it."""
        if not any(word in draft.title for word in self.settings.keep_words):
            return "稿件没有留存"
        if not kept.possible():
            return "稿件没有留存（工作台还没有启用，暂不能留存）"
        from django.db import transaction

        found = [finding_data(finding) for finding in verdict.findings]
        with transaction.atomic():
            until = kept.keep(self.county, unit.name, "来信", draft, found, self.night.home, self.night.now)
        return f"稿件已按要求加密留存至 {shanghai(until):%Y年%m月%d日}，到期自动删除"

    def _unsure(self, mail: Mail, unit: Unit) -> Reply:
        words = "、".join(f"“{word}”" for word in self.settings.draft_words)
        text = (
            f"{unit.name}：\n\n来信已收到，但没有认出是应报送的材料，已留给工作人员处理。\n"
            f"报送材料时，请在标题或附件名中写明材料名称和月份；要做发布前检查时，请在标题中写上{words}之一。\n\n{self._foot(unit)}"
        )
        return self._reply(mail, "已转工作人员", text)

    def _stranger(self, row: "MailSeen", mail: Mail) -> Reply | None:
        """One polite answer to an address, ever."""
        from core.store.models import MailSeen

        before = MailSeen.objects.filter(county=self.county.id, sender=row.sender, outcome="unknown").exclude(pk=row.pk)
        if not self.settings.answer_unknown or before.exists():
            return None
        text = (
            f"您好：\n\n这是{self.county.office}的政务公开巡查邮箱，只处理已登记单位邮箱的来信。您的邮箱没有登记，来信已留给工作人员，没有检查和归档。\n"
            "如果您是单位信息员，请联系我们登记邮箱后重新发送。\n\n本邮件由系统自动发出，同一邮箱只回复一次。"
        )
        return self._reply(mail, "邮箱没有登记", text)

    def _foot(self, unit: Unit) -> str:
        return (
            f"说明：发件人是按邮箱地址对应到“{unit.name}”的，未核验是否本人；如不是贵单位所发，请立即联系{self.county.office}。\n"
            "本邮件由巡查系统自动发出，内容已脱敏。"
        )

    def _reply(self, mail: Mail, word: str, text: str, html: str = "") -> Reply:
        from core.text import conceal

        return Reply(mail.sender, f"【{word}】回复：{mail.subject or '（无标题）'}", conceal(text), html, mail.id)

    def _own(self) -> frozenset[str]:
        names = [self.settings.user, self.county.mail.sender if self.county.mail else ""]
        return frozenset(name.lower() for name in names if "@" in name)

    def _settle(self, row: "MailSeen", outcome: str, reply: Reply | None, unit: Unit | None = None) -> None:
        settle(row, self.vault, outcome, reply, self.night.now, unit=unit.name if unit else "")
