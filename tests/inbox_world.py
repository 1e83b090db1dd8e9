"""One round of tests around the mailbox: a small county, a mailbox and a mail server on loopback, rounds of `poll` in this process's children."""

import email
import email.policy
import json
import os
import subprocess
import sys
import textwrap
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import stored
import yaml
from imap_server import ARRIVED, ImapServer

ROOT = Path(__file__).resolve().parent.parent
NOW = datetime.fromisoformat("2023-10-26T08:00:00+08:00")
PASSWORD = "geheim"
POLL = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from core.config import load_county
from core.store.setup import open_store
config, home, now = Path(sys.argv[1]), open_store(Path(sys.argv[2])), datetime.fromisoformat(sys.argv[3])
from core.errors import XunchaError
from service import inbox
from service.jobs import Night
night = Night(load_county(config), home, now.date(), now)
"""
ROUND = """
try:
    done = inbox.poll(night)
    print(json.dumps({"outcomes": done.outcomes, "sent": done.sent, "waiting": done.waiting, "told": done.told()}, ensure_ascii=False))
except XunchaError as error:
    print(json.dumps({"error": str(error)}, ensure_ascii=False))
"""


class World:
    """The county's folder, what was sent to it and what it answered."""

    def __init__(self, folder: Path, imap: ImapServer, smtp_port: int, mails: Path) -> None:
        self.config, self.home, self.inbox, self.imap, self.mails = folder / "config", folder / "home", folder / "inbox", imap, mails
        self.config.mkdir()
        self._number = 0
        self._write(smtp_port)
        self.settings()

    def _write(self, smtp_port: int) -> None:
        sheet = {"unit": "县民政局", "column": "救助", "content": "低保信息", "cycle": "月", "template": "低保信息.csv", "header": ["镇", "户数"]}
        data: dict[str, Any] = {
            "county": {
                "id": "test",
                "name": "示范县",
                "full_name": "示范县",
                "office": "示范县人民政府办公室",
                "portal": {"name": "示范县人民政府网站"},
                "inbox": str(self.inbox),
                "crawl": {"contact": "test@test.invalid"},
                "mail": {"host": "127.0.0.1", "port": smtp_port, "sender": "xinxi@county.invalid"},
            },
            "units": [{"name": "县财政局", "mail": "Caizheng@county.invalid"}, {"name": "县民政局", "aliases": ["民政局"], "mail": "minzheng@county.invalid"}],
            "columns": [],
            "news": {"listings": [], "units": []},
            "accounts": {"accounts": []},
            "submissions": {"folder": "submissions", "duties": [sheet, {**sheet, "content": "特困信息", "template": "特困信息.csv", "header": ["镇", "人数"]}]},
            "events": {"duties": []},
            "papers": {
                "mailbox": "mail",
                "duties": [{"unit": "民政局", "paper": "工作总结", "due_day": 25}, {"unit": "县民政局", "paper": "《审核表》", "due_day": 5, "due_offset": 1}],
            },
            "grading": {},
        }
        for name, content in data.items():
            (self.config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    def settings(self, **more: Any) -> None:
        """Write `inbox.yaml`."""
        data = {"host": "127.0.0.1", "port": self.imap.port, "security": "none", "user": self.imap.user, "done": "已处理", "timeout": 5, **more}
        (self.config / "inbox.yaml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")

    def letter(self, sender: str, subject: str, text: str = "请查收。", *files: tuple[str, bytes], **headers: str) -> EmailMessage:
        """A mail as a person writes it; its own date is a month old, which must not matter."""
        self._number += 1
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = sender, self.imap.user, subject
        letter["Date"] = format_datetime(ARRIVED - timedelta(days=31))
        letter["Message-ID"] = f"<{self._number}@unit.invalid>"
        letter.set_content(text)
        for name, data in files:
            letter.add_attachment(data, "application", "octet-stream", filename=name)
        for name, value in headers.items():
            del letter[name.replace("_", "-")]
            if value:
                letter[name.replace("_", "-")] = value
        return letter

    def send(self, *letter: Any, arrived: datetime = ARRIVED, folder: str = "INBOX", **headers: str) -> None:
        """Write a mail and put it into the mailbox."""
        self.imap.deliver(self.letter(*letter, **headers).as_bytes(), arrived, folder)

    def poll(self, now: datetime = NOW, extra: str = "", password: str = PASSWORD, round_: str = ROUND) -> dict[str, Any]:
        """One round in a process of its own; `extra` is run before it."""
        result = self.run(now, textwrap.dedent(extra) + round_, password)
        assert result.returncode == 0, result.stderr
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def run(self, now: datetime, code: str, password: str = PASSWORD) -> subprocess.CompletedProcess[str]:
        """Any code after the world is opened."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error", "XUNCHA_IMAP_PASSWORD": password}
        command = [sys.executable, "-c", POLL + code, str(self.config), str(self.home), now.isoformat()]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)

    def answers(self) -> list[Any]:
        """The mails that were sent, oldest first."""
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in sorted(self.mails.glob("*.eml"))]

    def told(self) -> list[tuple[str, str, str]]:
        """(to, subject, plain text) of each."""
        return [(str(mail["To"]), str(mail["Subject"]), mail.get_body(("plain",)).get_content()) for mail in self.answers()]

    def rows(self) -> list[dict[str, Any]]:
        """What the store knows of the mails."""
        return stored.rows(self.home, "select * from store_mailseen order by id")
