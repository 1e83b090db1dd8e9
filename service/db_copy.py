"""`xuncha db copy`, `backup`, `restore`: everything a home knows, from one database to another or into one file, and every row compared afterwards."""

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import EnvironmentFailure, UsageError

_AT_ONCE = 1000
_LEFT = ("sessions.session", "admin.logentry", "contenttypes.contenttype", "auth.permission")  # made anew by the program, or worth nothing elsewhere
_OLD, _NEW = "default", "target"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Table:
    """What was copied of one table: how many rows, and a sum over all of them that is the same on both sides."""

    name: str
    rows: int
    checksum: str


def copy(url: str, tell: Tell) -> list[Table]:
    """Copy the open database into the empty PostgreSQL or SQLite at `url` and compare row by row. Nothing is changed where it comes from."""
    from django.db import DatabaseError, connections

    from core.store.setup import reach, told

    with _second(url):
        there = connections[_NEW]
        try:
            if there.vendor == "postgresql":
                reach(there)
            return _copy(tell)
        except DatabaseError as error:
            raise EnvironmentFailure(f"没有复制：{told(there.vendor, error)}") from error


def _copy(tell: Tell) -> list[Table]:
    from django.core.management import call_command
    from django.db import connections, transaction

    call_command("migrate", database=_NEW, verbosity=0, interactive=False)
    models = _models()
    if full := [model._meta.verbose_name for model in models if model.objects.using(_NEW).exists()]:
        raise UsageError(f"目标库里已有数据（{full[0]} 等 {len(full)} 张表），为避免混在一起没有复制；请给一个空库")
    copied = []
    with transaction.atomic(_OLD), transaction.atomic(_NEW):
        for model in models:
            number = _move(model)
            before, after = checksum(model, _OLD), checksum(model, _NEW)
            if before != after:
                raise EnvironmentFailure(f"{model._meta.db_table} 复制后与原来不一致（{before.rows} 行与 {after.rows} 行），已全部撤销；请检查两边的版本和磁盘")
            tell(f"{model._meta.db_table}\t{number} 行，逐行核对一致")
            copied.append(after)
        _set_sequences(connections[_NEW], models)
    return copied


def _models() -> list[Any]:
    """Every table of the program in an order in which each row finds what it points to; link tables of users and groups included."""
    from django.apps import apps
    from django.core.serializers import sort_dependencies

    ours = [(config, None) for config in apps.get_app_configs() if config.label not in ("procrastinate", "staticfiles", "messages")]
    ordered = [model for model in sort_dependencies(ours) if model._meta.label_lower not in _LEFT and model._meta.managed]  # type: ignore[arg-type]
    links: list[Any] = [field.remote_field.through for model in ordered for field in model._meta.many_to_many]
    return ordered + [link for link in links if link._meta.auto_created and "permission" not in link.__name__.lower()]


def _move(model: Any) -> int:
    number = 0
    for rows in _parts(model, _OLD):
        model.objects.using(_NEW).bulk_create(rows, batch_size=_AT_ONCE)
        number += len(rows)
    return number


def _parts(model: Any, database: str) -> Iterator[list[Any]]:
    """All rows in the order of their keys, some at a time."""
    last = None
    while True:
        rows = model.objects.using(database).order_by("pk")
        rows = list((rows if last is None else rows.filter(pk__gt=last))[:_AT_ONCE])
        if not rows:
            return
        yield rows
        last = rows[-1].pk


def checksum(model: Any, database: str) -> Table:
    """Number and hash of a table's rows, every column of each."""
    digest, number = hashlib.sha256(), 0
    names = [field.attname for field in model._meta.concrete_fields]
    for rows in _parts(model, database):
        for row in rows:
            digest.update(json.dumps([_plain(getattr(row, name)) for name in names], ensure_ascii=False, sort_keys=True, default=str).encode())
        number += len(rows)
    return Table(model._meta.db_table, number, digest.hexdigest())


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else value


def _set_sequences(connection: Any, models: list[Any]) -> None:
    """New rows get numbers after the copied ones."""
    from django.core.management.color import no_style

    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


@contextmanager
def _second(url: str) -> Iterator[None]:
    """The other database beside the open one, for as long as the block lasts."""
    from django.db import connections

    from core.store.database import database

    if url.startswith("sqlite:///"):
        given = database("", Path(url.removeprefix("sqlite:///")).parent)
        given["NAME"] = url.removeprefix("sqlite:///")
    elif url:
        given = database(url, Path())
    else:
        raise UsageError("没有写复制到哪里：请用 --to postgresql://… 或 sqlite:///路径")
    same = connections[_OLD].settings_dict
    if (given["NAME"], given.get("HOST", "")) == (same["NAME"], same.get("HOST", "")):
        raise UsageError("目标库就是现在用的库，不能复制到自己")
    connections.settings[_NEW] = given
    connections.configure_settings(connections.settings)
    try:
        yield
    finally:
        connections[_NEW].close()
        del connections[_NEW]
        del connections.settings[_NEW]


# --- backup and restore -------------------------------------------------------------------------------------------


def backup(home: Path, target: Path, tell: Tell) -> list[Table]:
    """Database and vault into one file. The key of the vault is left out: it belongs into another safe."""
    if target.exists():
        raise UsageError(f"{target} 已存在，没有覆盖；请换一个名字")
    partial, base = target.with_name(target.name + ".part"), target.with_name(target.name + ".sqlite3")
    try:
        tables = copy(f"sqlite:///{base}", tell)
        with tarfile.open(partial, "w") as archive:
            archive.add(base, "xuncha.sqlite3")
            listing = json.dumps([[table.name, table.rows, table.checksum] for table in tables]).encode()
            entry = tarfile.TarInfo("tables.json")
            entry.size = len(listing)
            archive.addfile(entry, io.BytesIO(listing))
            if (home / "vault").exists():
                archive.add(home / "vault", "vault")
        partial.replace(target)
    finally:
        for leftover in (partial, *target.parent.glob(base.name + "*")):
            leftover.unlink(missing_ok=True)
    return tables


def restore(archive: Path, home: Path) -> None:
    """A backup into an empty home, as SQLite; `copy` moves it on to a PostgreSQL. Raises UsageError when the home holds a database already."""
    if (home / "xuncha.sqlite3").exists():
        raise UsageError(f"数据目录 {home} 里已有数据库，没有覆盖；请用 XUNCHA_HOME 另选一个空目录")
    home.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(archive) as given:
            names = given.getnames()
            if "xuncha.sqlite3" not in names or "tables.json" not in names:
                raise UsageError(f"{archive} 不是 xuncha db backup 写出的备份")
            given.extractall(home, filter="data")
    except tarfile.TarError:
        raise UsageError(f"{archive} 不是备份，或已损坏") from None


def verify(home: Path) -> list[str]:
    """The tables of the restored home that differ from what the backup noted; the note is kept beside the database."""
    noted = {name: (rows, checksum_) for name, rows, checksum_ in json.loads((home / "tables.json").read_text("ascii"))}
    found = {table.name: (table.rows, table.checksum) for table in (checksum(model, _OLD) for model in _models())}
    return sorted(name for name, state in noted.items() if found.get(name) != state)
