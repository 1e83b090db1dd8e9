"""A small county with a store, a clock that can be set, and receivers on loopback that take, fail, hang and close."""

import asyncio
import email
import email.policy
import hashlib
import json
import shutil
import socket
import threading
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from core.calendar import SHANGHAI
from core.config import County, load_county
from core.records import Finding, Post, StoredPost
from core.store import findings, posts, runs
from core.store.vault import Vault
from service.alerts.compose import composer
from service.alerts.deliver import deliver
from service.alerts.entries import load_alerts
from service.alerts.mail import mail_sender
from service.alerts.robots import robot_sender

MODEL = Path(__file__).resolve().parents[1] / "config" / "meixian"
UNIT, OTHER, BARE = "县财政局", "县民政局", "县审计局"  # BARE has no address
ADDRESS, OTHER_ADDRESS, OFFICE = "czj@unit.invalid", "mzj@unit.invalid", "office@county.invalid"
PLAIN: dict[str, Any] = {
    "channels": {"单位": {"kind": "mail", "to": "unit"}, "办公室": {"kind": "mail", "to": [OFFICE]}},
    "routes": [{"name": "立即", "channels": ["单位"]}],
    "fallback": ["办公室"],
    "repeat_hours": 72,
}


class World:
    """The county under test. `now` is the clock; `seconds` how long senders wait for an answer."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.now = datetime(2023, 11, 1, 10, 0, tzinfo=SHANGHAI)
        self.config = home / "config"
        shutil.copytree(MODEL, self.config)
        self.secrets: dict[str, str] = {}
        self._county: County | None = None
        self._stamp: tuple[int, ...] = ()
        self.seconds = 1.0
        self.vault = Vault.open(home)
        self._run = runs.start_run("meixian", "crawl", self.now)
        self.alerts()
        self.mail(None)

    def alerts(self, **changes: Any) -> None:
        """Write alerts.yaml: the plain one with these entries changed."""
        (self.config / "alerts.yaml").write_text(yaml.safe_dump({**PLAIN, **changes}, allow_unicode=True), encoding="utf-8")

    def mail(self, server: "Smtp | tuple[str, int] | None", **more: Any) -> None:
        """The county's mail server."""
        county = yaml.safe_load((MODEL / "county.yaml").read_text(encoding="utf-8"))
        if server is not None:
            host, port = server if isinstance(server, tuple) else (server.host, server.port)
            county["mail"] = {"host": host, "port": port, "sender": "xuncha@county.invalid", **more}
        (self.config / "county.yaml").write_text(yaml.safe_dump(county, allow_unicode=True), encoding="utf-8")
        units = yaml.safe_load((MODEL / "units.yaml").read_text(encoding="utf-8"))
        for unit in units:
            unit["mail"] = {UNIT: ADDRESS, OTHER: OTHER_ADDRESS}.get(unit["name"])
        (self.config / "units.yaml").write_text(yaml.safe_dump(units, allow_unicode=True), encoding="utf-8")

    def unit_mail(self, unit: str, address: str) -> None:
        path = self.config / "units.yaml"
        units = yaml.safe_load(path.read_text(encoding="utf-8"))
        next(entry for entry in units if entry["name"] == unit)["mail"] = address
        path.write_text(yaml.safe_dump(units, allow_unicode=True), encoding="utf-8")

    @property
    def county(self) -> County:
        """Read anew when a file has changed."""
        stamp = tuple(path.stat().st_mtime_ns for path in sorted(self.config.iterdir()))
        if self._county is None or stamp != self._stamp:
            self._county, self._stamp = load_county(self.config), stamp
        return self._county

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def post(self, number: int = 1, text: str = "正文") -> StoredPost:
        """Store (a new version of) a post."""
        url = f"http://portal.invalid/{number}.html"
        posts.save_post("meixian", self._run, Post("s", url, f"第{number}批名单公示", self.now, text=text), self.now, self.vault)
        return next(post for post in posts.posts("meixian") if post.url == url)

    def leak(self, number: int = 1, unit: str | None = UNIT, start: int = 0, **more: Any) -> Finding:
        """A leak on post `number`, as checks report it."""
        base = Finding(
            "privacy/resident-id",
            "veto",
            "名单中出现完整身份证号",
            unit=unit,
            source="s",
            url=f"http://portal.invalid/{number}.html",
            title=f"第{number}批名单公示",
            file="名单.xlsx",
            where="Sheet1!C3",
            start=start,
            end=start + 18,
            masked="610326********1238",
            suggestion="只保留前6位和后4位",
            reasons=("校验码正确", "所在列标题为“身份证号”"),
            county="meixian",
        )
        return replace(base, **more)

    def check(self, found: Sequence[Finding], number: int = 1, text: str | None = None) -> list[Finding]:
        """A check of post `number` that finds exactly these."""
        post = self.post(number, text or hashlib.sha256(repr(found).encode()).hexdigest())
        compose = composer(self.county, load_alerts(self.county), self.now)
        return findings.record_check("meixian", post, "r", found, self.now, compose)

    def deliver(self) -> tuple[int, int]:
        return deliver(self.county, lambda: self.now, self.senders)

    def senders(self, county: County, alerts: Any) -> dict[str, Any]:
        return {
            name: mail_sender(county.mail, self.secrets, self.seconds)
            if channel.kind == "mail"
            else robot_sender(name, channel, county, self.secrets, self.seconds)
            for name, channel in alerts.channels.items()
        }

    def rows(self, **which: Any) -> list[Any]:
        from core.store.models import Alert

        return list(Alert.objects.filter(**which).order_by("pk"))

    def row(self, **which: Any) -> Any:
        (row,) = self.rows(**which)
        return row


class Smtp:
    """A real SMTP server. `answers` maps an address to the refusal it gets; `data` is the answer to every message; it may want a login."""

    def __init__(self, login: tuple[str, str] | None = None) -> None:
        self.got: list[tuple[str, EmailMessage]] = []
        self.answers: dict[str, str] = {}
        self.data = "250 OK"
        self.hang_up_after = False
        self._login = login
        self.host, self.port = "127.0.0.1", 0
        self._loop = asyncio.new_event_loop()
        self._server: Any = None
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)

    def _serve(self, ready: threading.Event) -> None:
        from aiosmtpd.smtp import SMTP

        def session() -> Any:
            wanted = {"auth_required": True, "auth_require_tls": False, "authenticator": self._check} if self._login else {}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a login without TLS, on loopback
                return SMTP(self, hostname="county.invalid", enable_SMTPUTF8=False, **wanted)

        async def start() -> None:
            self._server = await self._loop.create_server(session, self.host, 0)
            self.port = self._server.sockets[0].getsockname()[1]
            ready.set()

        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(start())
        self._loop.run_forever()

    def _check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        name, word = self._login or ("", "")
        return AuthResult(success=(data.login, data.password) == (name.encode(), word.encode()), handled=False)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data.startswith("250"):
            message = email.message_from_bytes(envelope.content, policy=email.policy.default)
            self.got += [(address, message) for address in envelope.rcpt_tos]  # type: ignore[misc]
        if self.hang_up_after:
            self._loop.call_later(0.02, server.transport.close)
        return self.data

    @property
    def to(self) -> list[str]:
        return [address for address, _ in self.got]

    def text(self, number: int = -1, part: str = "plain") -> str:
        body = self.got[number][1].get_body((part,))
        assert body is not None
        return str(body.get_content())


class Raw:
    """A socket that accepts and then does what `behave` says."""

    def __init__(self, behave: Callable[[socket.socket], None]) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.host, self.port = "127.0.0.1", int(self._socket.getsockname()[1])
        self.calls = 0
        self._behave = behave
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self) -> tuple[str, int]:
        return self.host, self.port

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._behave, args=(line,), daemon=True).start()

    def close(self) -> None:
        self._socket.close()


def hang(line: socket.socket) -> None:
    """Listen and never say a word."""
    try:
        while line.recv(4096):
            pass
    except OSError:
        pass
    line.close()


def hang_up(line: socket.socket) -> None:
    """Close before a word is said."""
    line.close()


def hang_up_in_mail(line: socket.socket) -> None:
    """Greet as a mail server and close in the middle of the message."""
    line.sendall(b"220 county.invalid\r\n")
    for reply in (b"250 county.invalid\r\n", b"250 OK\r\n", b"250 OK\r\n", b"354 go on\r\n"):
        line.recv(4096)
        line.sendall(reply)
    line.recv(64)
    line.close()


def closed_port() -> tuple[str, int]:
    """An address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return "127.0.0.1", int(probe.getsockname()[1])


class Http:
    """An HTTP receiver that keeps every request and answers as told."""

    def __init__(self, status: int = 200, answer: Any = None) -> None:
        self.status, self.answer = status, {"errcode": 0, "errmsg": "ok"} if answer is None else answer
        self.got: list[tuple[str, dict[str, str], Any]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers.items()), body))
                data = outer.answer if isinstance(outer.answer, bytes) else json.dumps(outer.answer).encode()
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def payload(self, number: int = -1) -> Any:
        return json.loads(self.got[number][2])
