"""Looking into a home's database from outside the program, on SQLite and on PostgreSQL alike."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from core.store.database import VARIABLE, database

ON_POSTGRES = bool(os.environ.get(VARIABLE))


def rows(home: Path, query: str, url: str = "") -> list[dict[str, Any]]:
    """The rows a query finds; JSON and moments as SQLite keeps them: text."""
    if not (ON_POSTGRES or url):
        connection = sqlite3.connect(f"file:{home / 'xuncha.sqlite3'}?mode=ro", uri=True, timeout=30)
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(query)]
        finally:
            connection.close()
    with _connected(home, url) as postgres:
        cursor = postgres.execute(query)
        return [{column.name: _text(value) for column, value in zip(cursor.description, row, strict=True)} for row in cursor.fetchall()]


def change(home: Path, statement: str) -> None:
    """Change rows behind the program's back."""
    if ON_POSTGRES:
        with _connected(home) as postgres:
            postgres.execute(statement)
        return
    connection = sqlite3.connect(home / "xuncha.sqlite3", timeout=30)
    with connection:
        connection.execute(statement)
    connection.close()


def exists(home: Path) -> bool:
    """True when the home has a database with tables in it."""
    if not ON_POSTGRES:
        return (home / "xuncha.sqlite3").exists()
    import psycopg

    try:
        return bool(rows(home, "select 1 as one from information_schema.tables where table_name = 'store_post'"))
    except psycopg.OperationalError:
        return False


def raw(home: Path) -> Iterator[bytes]:
    """Every byte of the database: SQLite's files, or the content of PostgreSQL's tables."""
    if not ON_POSTGRES:
        yield from (path.read_bytes() for path in home.glob("xuncha.sqlite3*"))
        return
    with _connected(home) as postgres:
        for (table,) in postgres.execute("select tablename from pg_tables where schemaname = 'public'").fetchall():
            with postgres.cursor().copy(f'copy "{table}" to stdout') as copy:
                yield b"".join(bytes(part) for part in copy)


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Nobody else can write while the block lasts: SQLite's one writer, or PostgreSQL's tables locked."""
    if ON_POSTGRES:
        with _connected(home) as postgres, postgres.transaction():
            tables = [row[0] for row in postgres.execute("select tablename from pg_tables where tablename like 'store\\_%'")]
            postgres.execute(f"lock table {', '.join(tables)} in share row exclusive mode")
            yield
        return
    connection = sqlite3.connect(home / "xuncha.sqlite3", isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield
    connection.execute("ROLLBACK")
    connection.close()


@contextmanager
def _connected(home: Path, url: str = "") -> Iterator[Any]:
    import psycopg
    from psycopg.types.json import set_json_loads

    given = database(url or os.environ[VARIABLE], home)
    with psycopg.connect(dbname=given["NAME"], user=given["USER"], host=given["HOST"], autocommit=True) as connection:
        set_json_loads(lambda data: data.decode() if isinstance(data, bytes) else data, connection)
        yield connection


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%d %H:%M:%S.%f" if moment.microsecond else "%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value
