"""`xuncha worker`: one more pair of hands on a shared PostgreSQL. The worker proper is a child, started anew when a document or a bug has ended it."""

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from core.errors import EnvironmentFailure, XunchaError
from service import queue
from service.children import Child
from service.processes import MARK, kill_tree

logger = logging.getLogger("xuncha.worker")
_PAUSE = 3.0
_GRACE = 25.0  # what a job may take after being asked; afterwards another worker does it again
_FINISH = 20.0


def worker(config: Path, jobs: int) -> int:
    """Work until SIGTERM or Ctrl-C; raises EnvironmentFailure without a PostgreSQL."""
    from core.store.setup import open_store
    from service.counties import known

    counties = known(config)
    home = open_store()
    if not queue.is_there():
        raise EnvironmentFailure("多机运行要用 PostgreSQL：请设置环境变量 XUNCHA_DATABASE=postgresql://…（只有一台机器时不需要 xuncha worker）")
    print(f"处理进程已启动：{len(counties)} 个县，同时做 {jobs} 件，数据目录 {home}。按 Ctrl-C 停止。", file=sys.stderr, flush=True)
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    command = [sys.executable, "-m", "service.worker", "--counties", json.dumps(counties), "--home", str(home), "--jobs", str(jobs)]
    while not stopping.is_set():
        _one_life(command, home, stopping)
    return 0


def _one_life(command: Sequence[str], home: Path, stopping: threading.Event) -> None:
    """One child from start to end; one that ends unasked is told and, after a moment, replaced."""
    child = Child(command, f"worker-{os.getpid()}-{time.monotonic_ns()}", home)
    while not child.has_ended and not stopping.wait(0.2):
        pass
    if not child.has_ended:
        child.ask()
        until = time.monotonic() + _GRACE
        while not child.has_ended and time.monotonic() < until:
            time.sleep(0.1)
        child.kill()
    outcome = child.ended()
    if not stopping.is_set():
        print(
            f"处理进程中断（{outcome.detail if outcome else '?'}），{_PAUSE:.0f} 秒后重新启动；它手上的任务会由别的处理进程接着做", file=sys.stderr, flush=True
        )
        stopping.wait(_PAUSE)


def work(counties: Mapping[str, str], home: Path, jobs: int = 1, stay: bool = True, beat: float = queue.BEAT, stalled: float = queue.STALLED) -> None:
    """Do jobs of these counties in this process; with `stay` until SIGTERM, else until none is left."""
    from procrastinate import PsycopgConnector
    from procrastinate.contrib.django.db_cleanup import close_db_connections
    from procrastinate.contrib.django.utils import connector_params

    pool = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)

    async def both() -> None:
        async with working.open_async():
            sweeping = asyncio.create_task(_sweep(stalled))
            try:
                await working.run_worker_async(
                    queues=list(counties),
                    concurrency=jobs,
                    wait=stay,
                    additional_context={"counties": dict(counties), "home": str(home)},
                    update_heartbeat_interval=beat,
                    stalled_worker_timeout=stalled,
                    fetch_job_polling_interval=min(5.0, stalled),
                    shutdown_graceful_timeout=_FINISH,
                    task_middleware=[close_db_connections],
                    install_signal_handlers=stay,
                )
            finally:
                sweeping.cancel()

    with queue.app().replace_connector(pool) as working:
        asyncio.run(both())


async def _sweep(stalled: float) -> None:
    """Again and again: the jobs of workers that have died go back into the queue."""
    from asgiref.sync import sync_to_async
    from django.db import DatabaseError

    while True:
        try:
            await sync_to_async(_take_over, thread_sensitive=False)(stalled)
        except DatabaseError as error:
            logger.warning("database: %s", type(error).__name__)
        await asyncio.sleep(stalled / 3)


def _take_over(stalled: float) -> None:
    from django.db import connection

    try:
        if taken := queue.take_over(stalled):
            logger.warning("taken over from dead workers: %d", taken)
    finally:
        connection.close()


# --- the child -----------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """The worker proper; ends with its supervisor."""
    parser = argparse.ArgumentParser(prog="python -m service.worker", description="处理进程（由 xuncha worker 启动）")
    parser.add_argument("--counties", required=True, help="县与配置目录（JSON）")
    parser.add_argument("--home", required=True, help="数据目录")
    parser.add_argument("--jobs", type=int, default=1, help="同时做几件")
    parser.add_argument("--beat", type=float, default=queue.BEAT, help="心跳间隔（秒）")
    parser.add_argument("--stalled", type=float, default=queue.STALLED, help="多久没有心跳算中断（秒）")
    given = parser.parse_args(arguments)
    _speak()
    threading.Thread(target=_follow_supervisor, daemon=True).start()
    from core.store.setup import open_store

    try:
        home = open_store(Path(given.home))
        work(json.loads(given.counties), home, given.jobs, beat=given.beat, stalled=given.stalled)
    except XunchaError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    sys.stdout.write(json.dumps({"status": "done", "detail": "正常停止"}) + "\n")
    return 0


def _speak() -> None:
    """Warnings on standard error, of an error its kind and place alone."""
    from service.desk.logs import Brief

    handler = logging.StreamHandler()
    handler.setFormatter(Brief("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def _follow_supervisor() -> None:
    """Standard input ends when the supervisor is gone: then so is this worker, with everything it started."""
    with open(0, "rb", buffering=0, closefd=False) as supervisor:
        while supervisor.read(64):
            pass
    kill_tree(None, os.environ.get(MARK, "-"))
    os._exit(1)


if __name__ == "__main__":
    raise SystemExit(main())
