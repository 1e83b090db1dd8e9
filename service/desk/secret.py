"""The key that signs sessions: from the environment, else a file only the service can read, made on first use."""

import os
import secrets
from pathlib import Path

from core.errors import EnvironmentFailure


def secret_key(home: Path) -> str:
    """XUNCHA_SECRET_KEY, else the content of `home/secret.key` (mode 0600)."""
    given = os.environ.get("XUNCHA_SECRET_KEY", "")
    if given:
        return given
    path = home / "secret.key"
    try:
        home.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            text = path.read_text("ascii").strip()
        else:
            text = secrets.token_urlsafe(50)
            with os.fdopen(handle, "w") as file:
                file.write(text)
    except OSError as error:
        raise EnvironmentFailure(f"会话密钥 {path} 无法读写：{error.strerror or error}。请检查数据目录的权限") from error
    if len(text) < 32:
        raise EnvironmentFailure(f"会话密钥 {path} 太短或是空的：请删除该文件后重新启动，会自动生成新的")
    return text
