"""Which database: SQLite in the home unless `XUNCHA_DATABASE` names a PostgreSQL. Needs no Django, so that settings may ask."""

import hashlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from core.errors import ConfigurationError

VARIABLE = "XUNCHA_DATABASE"
HOME_MARK = "{home}"
PATIENCE = 30  # seconds to wait for a lock
_FORM = "应写成 postgresql://用户:密码@主机:端口/库名（密码也可放在 ~/.pgpass）"


def database(url: str, home: Path) -> dict[str, Any]:
    """Django's settings of the database; `{home}` in the address stands for a name made of the home's path, so that several homes share a server."""
    if not url:
        return _sqlite(home)
    try:
        parts = urlsplit(url.replace(HOME_MARK, short_name(home)))
        port = str(parts.port or "")
    except ValueError:
        raise ConfigurationError(f"环境变量 {VARIABLE} 不对：{_FORM}") from None
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise ConfigurationError(f"环境变量 {VARIABLE} 不对：{_FORM}；不设时使用数据目录里的 SQLite")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": options.pop("port", port),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "10", "application_name": "xuncha", "options": f"-c lock_timeout={PATIENCE * 1000}", **options},
    }


def keep_demo_apart() -> None:
    """A demo county must never land in an office's database: unless the address makes a database per home, it gets its own SQLite."""
    if HOME_MARK not in os.environ.get(VARIABLE, HOME_MARK):
        del os.environ[VARIABLE]


def short_name(home: Path) -> str:
    """Sixteen letters and digits that stand for the home."""
    return hashlib.blake2b(str(home.resolve()).encode(), digest_size=8).hexdigest()


def _sqlite(home: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(home / "xuncha.sqlite3"),
        "OPTIONS": {
            "timeout": PATIENCE,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;",
        },
    }
