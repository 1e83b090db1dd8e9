"""Answers to mails: written with the outcome in one transaction, kept in the vault until they are sent, sent at least once."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from core.config import County
from core.entries import Mail as Server
from core.errors import VaultError
from core.store.vault import Vault
from core.text import conceal
from service.alerts.channels import Outgoing, Sender, Undelivered
from service.alerts.mail import TIMEOUT, MailSender, mail_sender

if TYPE_CHECKING:
    from core.store.models import MailSeen

_FIRST_PAUSE, _LONGEST, _TRIES = timedelta(minutes=5), timedelta(hours=6), 12


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. `to` and `subject` may hold a person's number, so it rests in the vault alone."""

    to: str
    subject: str
    text: str
    html: str = ""
    answers: str = ""


def settle(row: "MailSeen", vault: Vault, outcome: str, reply: Reply | None, now: datetime, note: str = "", unit: str = "") -> None:
    """Note how a mail ended together with its answer."""
    from django.db import transaction

    name = vault.put(json.dumps(asdict(reply), ensure_ascii=False).encode("utf-8", "replace")) if reply else ""
    with transaction.atomic():
        row.outcome, row.note, row.unit, row.reply, row.next_try_at = outcome, note[:500], unit[:128], name, now if reply else None
        row.save(update_fields=["outcome", "note", "unit", "reply", "next_try_at"])


def send_replies(county: County, vault: Vault, now: Callable[[], datetime]) -> tuple[int, int]:
    """Send what is due; returns (sent, still waiting). A server that is down ends the round: the rest waits for the next."""
    from core.store.models import MailSeen

    due = list(MailSeen.objects.filter(county=county.id, next_try_at__lte=now()).exclude(reply="").order_by("pk"))
    sent = 0
    if due:
        sender = _sender(county.mail)
        try:
            for row in due:
                try:
                    sender.send(_outgoing(county, vault, row, now()))
                except Undelivered as error:
                    _again(row, str(error), now())
                    if error.down:
                        break
                except VaultError:
                    _done(row, None, "回复已过保存期，未能发出")
                else:
                    _done(row, now())
                    sent += 1
        finally:
            sender.close()
    return sent, MailSeen.objects.filter(county=county.id).exclude(reply="").count()


class _Answering(MailSender):
    """Mail that answers mail: with the thread it belongs to, and marked so that no machine answers back."""

    def _message(self, message: Outgoing) -> EmailMessage:
        mail = super()._message(message)
        mail.replace_header("Auto-Submitted", "auto-replied")
        if message.link:
            mail["In-Reply-To"] = mail["References"] = f"<{message.link}>"
        return mail


def _sender(server: Server | None) -> Sender:
    plain = mail_sender(server)
    if isinstance(plain, MailSender) and server is not None:
        return _Answering(server, plain._password, TIMEOUT)
    return plain


def _outgoing(county: County, vault: Vault, row: "MailSeen", now: datetime) -> Outgoing:
    reply: dict[str, Any] = json.loads(vault.get(row.reply))
    answers = reply["answers"] if all(mark not in reply["answers"] for mark in "<> \r\n:") else ""
    return Outgoing(
        key=f"reply-{row.pk}-{row.reply[:12]}",
        kind="reply",
        county=county.id,
        unit=row.unit,
        severity="",
        recipient=reply["to"],
        subject=conceal(reply["subject"]),
        body=reply["text"],
        html=reply["html"],
        short="",
        link=answers if answers.isascii() else "",
        at=now,
    )


def _again(row: "MailSeen", reason: str, now: datetime) -> None:
    row.reply_tries += 1
    row.note = conceal(reason)[:500]
    if row.reply_tries >= _TRIES:
        row.reply, row.next_try_at = "", None
        row.note = f"回复多次未能发出，已放弃：{row.note}"[:500]
    else:
        row.next_try_at = now + min(_LONGEST, _FIRST_PAUSE * 2 ** (row.reply_tries - 1))
    row.save(update_fields=["reply_tries", "note", "reply", "next_try_at"])


def _done(row: "MailSeen", at: datetime | None, note: str = "") -> None:
    row.reply, row.next_try_at, row.replied_at = "", None, at
    row.note = note or row.note
    row.save(update_fields=["reply", "next_try_at", "replied_at", "note"])
