"""Opening the store: Django set up once, migrations applied when the database is older than the code."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import EnvironmentFailure

_MIGRATING = 7281001  # the advisory lock under which one process migrates


def open_store(home: Path | None = None) -> Path:
    """Prepare Django on the database in `home` (default: XUNCHA_HOME, else `var`) and return the folder.

    One process has one home: a second call with another home raises EnvironmentFailure, as does a folder that cannot be written.
    """
    import django
    from django.conf import settings

    wanted = Path(home or os.environ.get("XUNCHA_HOME", "var")).resolve()
    if not settings.configured:
        os.environ["XUNCHA_HOME"] = str(wanted)
        os.environ["DJANGO_SETTINGS_MODULE"] = "core.settings"
    opened: Path = settings.HOME
    if opened != wanted:
        raise EnvironmentFailure(f"本进程已打开数据目录 {opened}，不能再打开 {wanted}；请另起一个进程")
    try:
        wanted.mkdir(parents=True, exist_ok=True)
        django.setup()
        _migrate()
    except OSError as error:
        raise EnvironmentFailure(f"数据目录 {wanted} 无法写入：{error.strerror or error}。请检查磁盘空间和权限，或用 XUNCHA_HOME 另选目录") from error
    return wanted


def _migrate() -> None:
    """Bring the tables up to the code. Of several processes that open an old database at once, one does it and the others wait."""
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    try:
        if connection.vendor == "postgresql":
            reach(connection)
        if not _behind():
            return
        with _alone():
            if _behind():
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise EnvironmentFailure(told(connection.vendor, error)) from error


def _behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    """Keep others from migrating meanwhile. On SQLite the migrations' own transactions do."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])


def reach(connection: Any) -> None:
    """Connect to a PostgreSQL; a database that does not exist yet is made when the user may."""
    from django.db import OperationalError, connections

    try:
        connection.ensure_connection()
    except OperationalError as error:
        if "does not exist" not in str(error) or str(connection.settings_dict["NAME"]) not in str(error):
            raise
        _make_database(connection)
        connection.ensure_connection()
    atexit.register(connections.close_all)  # of the main thread; others close their own
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_encoding")
        if (encoding := cursor.fetchone()[0]) != "UTF8":
            raise EnvironmentFailure(f"PostgreSQL 数据库的编码是 {encoding}，应为 UTF8：请用 CREATE DATABASE … ENCODING 'UTF8' 重新建库")


def _make_database(connection: Any) -> None:
    from django.db import DatabaseError
    from psycopg import errors, sql

    try:
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(connection.settings_dict["NAME"])))
    except DatabaseError as error:
        if not isinstance(error.__cause__, errors.DuplicateDatabase | errors.UniqueViolation):  # another process was first
            raise


def told(vendor: str, error: Exception) -> str:
    if vendor == "postgresql":
        lines = str(error).strip().splitlines() or [type(error).__name__]
        return f"PostgreSQL 无法使用：{lines[0]}。请检查服务是否运行、环境变量 XUNCHA_DATABASE 和账号权限"
    return f"数据库无法打开：{error}。请检查磁盘空间、权限，或文件是否损坏"
