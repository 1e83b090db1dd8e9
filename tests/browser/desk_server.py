"""A county collected once through the real pipeline, and desks that run on copies of it: one process each, as `xuncha serve` starts it."""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FACTS = Path(__file__).parent / "facts"
MONTH, NOW = "2023-10", "2023-11-23T08:30:00+08:00"
_SERVE = "import sys; from pathlib import Path; from service.serve import serve; sys.exit(serve(Path(sys.argv[1]), '127.0.0.1', 0, False))"


@dataclass(frozen=True)
class Desk:
    """A running desk: its address, the one-time password told at the first start, the sessions of its people, its routes and units."""

    base: str
    home: Path
    config: Path
    log: Path
    password: str = ""
    sessions: dict[str, str] = field(default_factory=dict)
    routes: list[dict[str, Any]] = field(default_factory=list)
    units: dict[str, list[str]] = field(default_factory=dict)

    def route_of(self, address: str) -> dict[str, Any] | None:
        """The route that answers an address."""
        path = address.removeprefix(self.base).partition("?")[0].partition("#")[0]
        return next((route for route in self.routes if re.fullmatch(route["regex"], path)), None)

    def values_of(self, address: str) -> dict[str, str]:
        """What stands in the holes of an address's route."""
        route = self.route_of(address)
        path = address.removeprefix(self.base).partition("?")[0]
        return (found.groupdict() if (found := re.fullmatch(route["regex"], path)) else {}) if route else {}


def collected(shared: Path) -> Path:
    """The folder of the county after a night and a month: made by the first who asks, awaited by the others."""
    shared.mkdir(parents=True, exist_ok=True)
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / "made" / "county"
        if not (shared / "done").exists():
            command = [sys.executable, "-m", "service.cli", "demo", "--facts", str(FACTS), "--keep", "--out", str(made.parent)]
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
            assert done.returncode == 1, f"{done.stdout}\n{done.stderr}"
            (shared / "done").touch()
        return made


@contextmanager
def running(made: Path, folder: Path, with_people: bool) -> Iterator[Desk]:
    """A desk on a copy of the county, with people of every role or with the first administrator alone."""
    for name in ("config", "home"):
        shutil.copytree(made / name, folder / name)
    config, home, log = folder / "config", folder / "home", folder / "serve.log"
    environment = {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "XUNCHA_CONFIG", "XUNCHA_HOSTS")}
    environment |= {"XUNCHA_HOME": str(home), "XUNCHA_NOW": f"{NOW}@{time.time()}", "PYTHONUNBUFFERED": "1"}
    told: dict[str, Any] = {}
    if with_people:
        command = [sys.executable, str(Path(__file__).parent / "prepare.py"), str(config), str(home)]
        told = json.loads(subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, timeout=60, check=True, text=True).stdout)
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(config)],
            cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            yield _told(process, home, config, log, told)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=40)


def _told(process: "subprocess.Popen[str]", home: Path, config: Path, log: Path, told: dict[str, Any]) -> Desk:
    assert process.stdout
    line = process.stdout.readline()
    address = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert address, line + log.read_text("utf-8")
    password = "" if told else process.stdout.readline().partition("一次性密码 ")[2].partition("（")[0]
    return Desk(address[0], home, config, log, password, **told)
