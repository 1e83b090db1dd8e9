"""`xuncha serve`: up, told where, administrator once, stopped politely with its children; a port in use is one line."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from desk_world import ROOT

from core.errors import EnvironmentFailure

RUN = "import sys; from pathlib import Path; from service.serve import serve; sys.exit(serve(Path(sys.argv[1]), '127.0.0.1', int(sys.argv[2]), False))"


def start(home: Path, port: int = 0) -> "subprocess.Popen[str]":
    environment = {**os.environ, "XUNCHA_HOME": str(home), "PYTHONUNBUFFERED": "1"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-c", RUN, str(ROOT / "config" / "meixian"), str(port)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True, start_new_session=True
    )


def left(group: int) -> bool:
    """True while a process of the group lives."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_up_within_seconds_and_down_when_asked(tmp_path: Path) -> None:
    begun = time.monotonic()
    process = start(tmp_path / "home")
    try:
        assert process.stdout
        address = re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        assert address
        assert "一次性密码" in process.stdout.readline()
        with urllib.request.urlopen(f"{address[0]}healthz", timeout=20) as answer:
            assert answer.read() == b"ok\n"
        assert time.monotonic() - begun < 20
        with urllib.request.urlopen(f"{address[0]}login/", timeout=20) as answer:
            page = answer.read().decode()
        css = re.search(r'href="(/static/desk/desk\.css\?v=\w+)"', page)
        assert css
        with urllib.request.urlopen(address[0].rstrip("/") + css[1], timeout=20) as answer:
            assert "max-age" in answer.headers["Cache-Control"]
            assert b"--accent" in answer.read()
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)
        process.communicate()
    assert code == 0
    time.sleep(0.5)
    assert not left(process.pid)
    again = start(tmp_path / "home")
    try:
        assert again.stdout
        assert "工作台" in again.stdout.readline()
        time.sleep(1)
    finally:
        again.send_signal(signal.SIGTERM)
        out, _ = again.communicate(timeout=30)
    assert "一次性密码" not in out


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    from service.serve import serve

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(EnvironmentFailure, match="已被占用，请用 --port 换一个") as told:
            serve(ROOT / "config" / "meixian", "127.0.0.1", taken.getsockname()[1], False)
    assert "\n" not in str(told.value)
    assert told.value.exit_code == 2


@pytest.mark.parametrize(
    ("host", "port", "said"), [("127.0.0.1", 99999, "端口 99999 不对"), ("no-such-host.invalid", 8000, "不存在"), ("192.0.2.7", 8000, "不能使用")]
)
def test_wrong_addresses_are_told(host: str, port: int, said: str) -> None:
    from service.serve import serve

    with pytest.raises(EnvironmentFailure, match=said):
        serve(ROOT / "config" / "meixian", host, port, False)


def test_a_process_that_opened_another_store_is_told(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from core.store.setup import open_store; from service.desk.opening import open_desk\nopen_store(Path(sys.argv[1])); open_desk(Path('config/meixian'), Path(sys.argv[1]))"
    environment = {name: value for name, value in os.environ.items() if name not in ("DJANGO_SETTINGS_MODULE", "XUNCHA_HOME")}
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert "请另起一个进程" in done.stderr


def test_the_demos_clock_runs_on_across_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    code = "from service.desk import clock; print(clock.now().isoformat())"
    at = time.time() - 3600
    environment = {**os.environ, "XUNCHA_NOW": f"2023-11-23T08:30:00+08:00@{at}"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("2023-11-23T09:30:")
