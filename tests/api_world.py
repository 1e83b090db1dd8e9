"""A desk in a process of its own, with units' keys to its API, for tests that call it as a CMS would."""

import http.client
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import stored

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import json, sys
from datetime import timedelta
from pathlib import Path
from service.desk.opening import open_desk
open_desk(Path(sys.argv[1]), Path(sys.argv[2]))
from django.core.wsgi import get_wsgi_application
from service import gate_pool, tokens
from service.desk import clock, county
app, here, now = get_wsgi_application(), county.current().id, clock.now()
keys = {unit: tokens.issue(here, unit, unit + "的发布系统", now)[1] for unit in ("县财政局", "县民政局")}
row, keys["recalled"] = tokens.issue(here, "县财政局", "旧密钥", now)
assert tokens.revoke(here, row.pk, now) and not tokens.revoke(here, row.pk, now)
keys["elsewhere"] = tokens.issue("other-county", "县财政局", "别县", now)[1]
if int(sys.argv[3]):
    gate_pool.start(now.date(), int(sys.argv[3]))
    gate_pool.shared().warm(now.date())
from waitress.server import create_server
server = create_server(app, host="127.0.0.1", port=0, threads=24, max_request_body_size=80 << 20)
print(json.dumps({"port": server.effective_port, "keys": keys}), flush=True)
server.run()
"""


@dataclass(frozen=True)
class Api:
    """The running desk: its port, its keys by unit, its data folder."""

    port: int
    keys: Mapping[str, str]
    home: Path

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def call(
        self, method: str, path: str, body: bytes = b"", key: str | None = "县财政局", kind: str = "application/json", **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request; `key` names a unit, or is a token itself, None sends none."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Content-Type": kind, **({"Authorization": f"Bearer {self.keys.get(key, key)}"} if key is not None else {}), **headers}
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
        finally:
            connection.close()

    def precheck(self, data: Any, key: str | None = "县财政局", **headers: str) -> tuple[int, Any]:
        """Post JSON; status and the answer read."""
        status, _, body = self.call("POST", "/api/v1/precheck", data if isinstance(data, bytes) else json.dumps(data).encode(), key, **headers)
        return status, json.loads(body)

    def form(self, fields: Sequence[tuple[str, str]], files: Sequence[tuple[str, str, bytes]] = (), key: str = "县财政局") -> tuple[int, Any]:
        """Post a multipart form; `files` are (field, name, data)."""
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
        parts += [
            f'--{edge}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for field, name, data in files
        ]
        status, _, body = self.call("POST", "/api/v1/precheck", b"".join([*parts, f"--{edge}--\r\n".encode()]), key, f"multipart/form-data; boundary={edge}")
        return status, json.loads(body)

    def rows(self, query: str) -> list[dict[str, Any]]:
        """Rows of the desk's database."""
        return stored.rows(self.home, query)


@contextmanager
def running(folder: Path, workers: int = 0, config: Path = ROOT / "config" / "meixian") -> Iterator[Api]:
    """The desk on a free port of loopback, stopped at the end."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_SECRET_KEY": "x" * 40}
    command = [sys.executable, "-c", PROGRAM, str(config), str(folder / "home"), str(workers)]
    with (
        (folder / "errors.txt").open("wb") as errors,
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert line, (folder / "errors.txt").read_text("utf-8")
            told = json.loads(line)
            yield Api(told["port"], told["keys"], folder / "home")
        finally:
            process.terminate()
