"""Opening the store: Django set up once, migrations applied when the database is older than the code."""

import os
from pathlib import Path

from core.errors import EnvironmentFailure


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
    from django.core.management import call_command
    from django.db import DatabaseError, connection
    from django.db.migrations.executor import MigrationExecutor

    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        raise EnvironmentFailure(f"数据库无法打开：{error}。请检查磁盘空间、权限，或文件是否损坏") from error
