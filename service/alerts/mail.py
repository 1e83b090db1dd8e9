"""Mail through the county's SMTP server, by the standard library: every refusal has its own reason (see docs/decisions/0008)."""

import contextlib
import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from core.entries import Mail
from service.alerts.channels import Outgoing, Sender, Undelivered, Unusable

TIMEOUT = 20.0
PASSWORD = "XUNCHA_SMTP_PASSWORD"


def mail_sender(mail: Mail | None, environment: Mapping[str, str] = os.environ, timeout: float = TIMEOUT) -> Sender:
    """The county's mail server, or why there is none."""
    if mail is None:
        return Unusable("没有配置邮件服务器，请在 county.yaml 补上 mail")
    if mail.user and not environment.get(PASSWORD):
        return Unusable(f"环境变量 {PASSWORD} 没有设置，无法登录邮件服务器")
    return MailSender(mail, environment.get(PASSWORD, ""), timeout)


class MailSender:
    """Keeps one connection over a round and opens it again when the server closed it."""

    def __init__(self, mail: Mail, password: str, timeout: float) -> None:
        self._mail, self._password, self._timeout = mail, password, timeout
        self._server: smtplib.SMTP | None = None
        self._fresh = False

    def send(self, message: Outgoing) -> None:
        try:
            envelope = self._message(message)
        except (ValueError, UnicodeError):
            raise Undelivered(f"收件地址“{message.recipient}”写法不对，请在 units.yaml 或 alerts.yaml 改正") from None
        server = self._connected()
        try:
            self._give(server, envelope, message.recipient)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            if self._fresh or isinstance(error.__context__, TimeoutError):
                raise Undelivered(f"邮件服务器 {self._place} {_why(error, '收信中途断开连接')}", down=True) from None
            self._give_again(envelope, message.recipient)  # an old connection may have been closed for being idle
        self._fresh = False

    def _give_again(self, envelope: EmailMessage, recipient: str) -> None:
        try:
            self._give(self._connected(), envelope, recipient)
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            raise Undelivered(f"邮件服务器 {self._place} {_why(error, '收信中途断开连接')}", down=True) from None

    def _give(self, server: smtplib.SMTP, envelope: EmailMessage, recipient: str) -> None:
        try:
            server.send_message(envelope, to_addrs=[recipient])
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPRecipientsRefused as error:
            code, _ = next(iter(error.recipients.values()))
            raise Undelivered(f"邮件服务器不收这个收件人（{code}），请核对邮箱 {recipient}") from None
        except smtplib.SMTPSenderRefused as error:
            raise Undelivered(f"邮件服务器不收这个发件人（{error.smtp_code}），请核对 county.yaml 的 mail.sender", down=True) from None
        except smtplib.SMTPResponseException as error:
            raise Undelivered(f"邮件服务器拒收（{error.smtp_code}）") from None
        except (smtplib.SMTPException, UnicodeError) as error:
            raise Undelivered(f"邮件发不出去（{type(error).__name__}），请核对收件地址") from None
        except OSError as error:
            self._drop()
            raise Undelivered(f"邮件服务器 {self._place} {_why(error)}", down=True) from None

    @property
    def _place(self) -> str:
        return f"{self._mail.host}:{self._mail.port}"

    def _connected(self) -> smtplib.SMTP:
        if self._server is None:
            try:
                self._server = self._connect()
            except smtplib.SMTPAuthenticationError as error:
                raise Undelivered(f"邮件服务器 {self._place} 登录失败（{error.smtp_code}），请核对 mail.user 和环境变量 {PASSWORD}", down=True) from None
            except smtplib.SMTPResponseException as error:
                raise Undelivered(f"邮件服务器 {self._place} 拒绝连接（{error.smtp_code}）", down=True) from None
            except smtplib.SMTPServerDisconnected as error:
                raise Undelivered(f"邮件服务器 {self._place} {_why(error, '连接后立即断开')}", down=True) from None
            except smtplib.SMTPException as error:
                raise Undelivered(f"邮件服务器 {self._place} 连接失败（{type(error).__name__}），请核对 mail.security 和端口", down=True) from None
            except OSError as error:
                raise Undelivered(f"邮件服务器 {self._place} {_why(error)}", down=True) from None
            self._fresh = True
        return self._server

    def _connect(self) -> smtplib.SMTP:
        mail = self._mail
        if mail.security == "ssl":
            server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=self._timeout, context=ssl.create_default_context())
        else:
            server = smtplib.SMTP(mail.host, mail.port, timeout=self._timeout)
        try:
            if mail.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if mail.user:
                server.login(mail.user, self._password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _message(self, message: Outgoing) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"], mail["Date"] = self._mail.sender, message.recipient, message.subject, format_datetime(message.at)
        domain = self._mail.sender.rpartition("@")[2].strip("<> ") or "localhost"
        mail["Message-ID"] = f"<{message.key}@{domain}>" if message.key else make_msgid(domain=domain)
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.body)
        if message.html:
            mail.add_alternative(message.html, subtype="html")
        return mail

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def close(self) -> None:
        if self._server is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self._server.quit()
            self._drop()


def _why(error: OSError, otherwise: str = "") -> str:
    """smtplib hides what broke a connection behind SMTPServerDisconnected."""
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "没有应答（超时）"
    if isinstance(error, ConnectionRefusedError):
        return "连接被拒绝，服务器没有开或端口不对"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "的证书不受信任，请把签发机构的证书加入系统（或用 SSL_CERT_FILE 指定）"
    if isinstance(error, ssl.SSLError):
        return "加密连接失败，请核对 mail.security 和端口"
    return otherwise or f"连接失败（{type(error).__name__}）"
