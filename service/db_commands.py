"""`xuncha db …`: the commands around `service.db_copy`."""

import os
from pathlib import Path

from core.errors import EnvironmentFailure
from service import db_copy


def copy(config: Path, target: str) -> int:
    """Copy the database in use to another one."""
    from service.desk.opening import open_desk

    open_desk(config)
    tables = db_copy.copy(target, print)
    print(
        f"已复制 {len(tables)} 张表、{sum(table.rows for table in tables)} 行，逐行核对一致。请停掉服务，设置 XUNCHA_DATABASE 后再启动；证据库（vault）和密钥仍在数据目录里。"
    )
    return 0


def backup(config: Path, target: Path) -> int:
    """One file with database and vault."""
    from service.desk.opening import open_desk

    home = open_desk(config)
    tables = db_copy.backup(home, target, lambda line: None)
    print(
        f"已备份到 {target}：{len(tables)} 张表、{sum(table.rows for table in tables)} 行，连同证据库。密钥 vault.key 不在其中，请另行妥善保存；没有它，证据打不开。"
    )
    return 0


def restore(config: Path, archive: Path) -> int:
    """A backup into an empty home, checked row by row."""
    from core.store.database import VARIABLE
    from service.desk.opening import open_desk

    os.environ.pop(VARIABLE, None)
    home = Path(os.environ.get("XUNCHA_HOME", "var")).resolve()
    db_copy.restore(archive, home)
    open_desk(config)
    if wrong := db_copy.verify(home):
        raise EnvironmentFailure(f"恢复后有 {len(wrong)} 张表与备份时不一致（{wrong[0]} 等），备份文件可能已损坏，请换一份")
    (home / "tables.json").unlink()
    print(f"已恢复到 {home}，逐行核对一致。请把 vault.key 放回这个目录；要换到 PostgreSQL，再运行 xuncha db copy --to postgresql://…")
    return 0
