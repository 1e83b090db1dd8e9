"""`xuncha serve`: desk and scheduler together. The desk answers in this process; scheduler and, for a demo, the demo county's web are its children."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from types import FrameType
from typing import Any

from core.calendar import SHANGHAI, shanghai
from core.errors import EnvironmentFailure
from core.store.database import keep_demo_apart
from service import gate_pool
from service.desk import clock

DEMO = Path("var/demo")
_THREADS = 8
_PATIENCE = 15
_AGAIN = 30


def serve(config: Path, host: str, port: int, demo: bool) -> int:
    """Answer on host:port until SIGTERM or Ctrl-C; a port in use is one line and exit code 2."""
    sockets = _listen(host, port)
    try:
        home: Path | None = None
        if demo:
            config, home = _demo_county(config)
        _hosts(host)
        from core.config import load_county

        load_county(config)  # a wrong configuration is told before anything starts
        from service.desk.opening import first_administrator, open_desk

        home = open_desk(config, home)
        if demo:
            _go_on()
        _welcome(host, sockets[0].getsockname()[1], first_administrator())
        with ExitStack() as running:
            if demo:
                running.enter_context(_child([sys.executable, "-m", "service.demo_web", str(config.parent)], again=False))
            running.enter_context(_child([sys.executable, "-m", "service.cli", "schedule", "--config", str(config)], again=True))
            running.callback(gate_pool.stop)
            gate_pool.start(clock.today(), county=config.resolve())  # drafts are checked in processes of their own: a bad file holds up nobody
            threading.Thread(target=_warm, name="warm", daemon=True).start()
            _answer(sockets)
    finally:
        for listening in sockets:
            listening.close()
    return 0


def _listen(host: str, port: int) -> list[socket.socket]:
    """The listening socket, taken before anything slow so that a port in use is told at once."""
    if not 0 <= port <= 65535:
        raise EnvironmentFailure(f"端口 {port} 不对，应在 1 到 65535 之间")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(found[0], found[1])
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(found[4])
        listening.listen(1024)
    except socket.gaierror:
        raise EnvironmentFailure(f"地址 {host} 不存在，请检查 --host（本机用 127.0.0.1，全部网卡用 0.0.0.0）") from None
    except OSError as error:
        listening.close()
        reason = "已被占用，请用 --port 换一个，或先停掉占用它的程序" if error.errno == errno.EADDRINUSE else f"不能使用：{error.strerror}"
        raise EnvironmentFailure(f"{host}:{port} {reason}") from None
    return [listening]


def _hosts(host: str) -> None:
    """Names under which the desk may be called. Bound to every interface without a list of names, it cannot know them."""
    if "XUNCHA_HOSTS" not in os.environ:
        everywhere = host in ("0.0.0.0", "::", "")
        os.environ["XUNCHA_HOSTS"] = "*" if everywhere else ",".join(dict.fromkeys([host, "localhost", "127.0.0.1", "[::1]"]))


def _demo_county(base: Path) -> tuple[Path, Path]:
    """Configuration and home of the demo county, made once; its clock starts on the day its bulletin is due."""
    from demo.contradictions import issue_day
    from demo.facts import load_facts
    from service.demo import FACTS

    keep_demo_apart()
    county = (DEMO / "county").resolve()
    if not (county / "home" / "vault").exists():
        print("第一次使用，正在准备演示县的数据（约半分钟）……", file=sys.stderr, flush=True)
        command = [sys.executable, "-m", "service.cli", "demo", "--keep", "--out", str(DEMO), "--config", str(base)]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        if done.returncode not in (0, 1):
            raise EnvironmentFailure(f"演示县的数据没有准备好（退出码 {done.returncode}）。请先运行 xuncha demo --keep --out {DEMO} 查看原因")
    clock.show(datetime.combine(issue_day(load_facts(FACTS).month), clock_time(8, 30), SHANGHAI))
    return county / "config", county / "home"


def _go_on() -> None:
    """Set the demo's clock past everything that was done at the desk before, so that later decisions are later."""
    from django.db.models import Max

    from core.store.models import Verdict
    from service.desk.models import AuditEntry

    last = [rows.aggregate(last=Max("at"))["last"] for rows in (Verdict.objects, AuditEntry.objects)]
    clock.show(max([clock.now(), *(shanghai(at) + timedelta(seconds=1) for at in last if at)]))


def _welcome(host: str, port: int, made: tuple[str, str] | None) -> None:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}.get(host, f"[{host}]" if ":" in host else host)
    print(f"工作台 http://{shown}:{port}/", flush=True)
    if made:
        print(f"首次启动，已建立管理员。用户名 {made[0]}，一次性密码 {made[1]}（首次登录时要改掉，这里只显示一次）", flush=True)
    print("按 Ctrl-C 结束。", file=sys.stderr, flush=True)


@contextmanager
def _child(command: Sequence[str], again: bool) -> Iterator[None]:
    """A child that lives as long as the block; one that dies is told, and started anew when `again`."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            child = subprocess.Popen(command, stdin=subprocess.PIPE, env=_environment())
            running[:] = [child]
            code = child.wait()
            if stopping.is_set():
                return
            name = command[3] if command[2] == "service.cli" else command[2]
            print(f"子进程 {name} 已退出（退出码 {code}）" + (f"，{_AGAIN} 秒后重新启动" if again else ""), file=sys.stderr, flush=True)
            if not again:
                return
            stopping.wait(_AGAIN)

    keeper = threading.Thread(target=keep, name="keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        for child in running:
            _end(child)
        keeper.join(_PATIENCE)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUNBUFFERED": "1"}


def _end(child: "subprocess.Popen[bytes]") -> None:
    """Ask politely, then not."""
    if child.poll() is not None:
        return
    child.terminate()
    try:
        child.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        child.kill()


def _warm() -> None:
    """Load rules and engines before the first person asks for a text, then keep the months they look at counted."""
    from checks import expressions
    from core.calendar import Month
    from core.errors import XunchaError
    from core.records import Block, Subject
    from service.desk import standing
    from service.desk.middleware import default_month
    from service.desk.reading import read
    from service.desk.rulebook import rules

    time.sleep(0.2)
    with contextlib.suppress(OSError, XunchaError):  # who asks next is told
        expressions.warm(rules().wording)
        read(Subject(blocks=(Block("联系电话：0917-5542000，新疆维吾尔自治区。", "正文"),)))
    standing.keep(lambda here: {default_month(clock.today(), here.issue_day), Month.of(clock.today())})


def _answer(sockets: list[socket.socket]) -> None:
    from waitress.server import create_server

    from service.desk.wsgi import application

    def stop(number: int, frame: FrameType | None) -> Any:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, stop)
    server = create_server(application, sockets=sockets, threads=_THREADS, ident=None, channel_timeout=60, max_request_body_size=100 * 1024 * 1024)
    try:
        server.run()
    except (SystemExit, KeyboardInterrupt):
        pass
    finally:
        server.close()
        signal.signal(signal.SIGTERM, before)
