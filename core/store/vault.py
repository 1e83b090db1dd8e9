"""The evidence vault: the only place where raw bytes rest. AES-256-GCM, zlib inside, files named by a keyed hash of their content.

A keyed name keeps evidence content-addressed without letting anybody test a guess ("is this ID in there?") against file names.
"""

import base64
import binascii
import hashlib
import os
import zlib
from pathlib import Path
from typing import Self

from core.errors import EnvironmentFailure, VaultError

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Vault:
    """Encrypted, content-addressed storage of raw bytes below one folder."""

    def __init__(self, folder: Path, key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self.folder = folder
        self._name_key = hashlib.blake2b(key, person=b"xuncha-names").digest()
        self._cipher = AESGCM(hashlib.blake2b(key, person=b"xuncha-content", digest_size=_KEY_BYTES).digest())

    @classmethod
    def open(cls, home: Path) -> Self:
        """The vault below `home`; its key comes from XUNCHA_VAULT_KEY (base64 of 32 bytes) or `home/vault.key`, made on first use with mode 0600."""
        folder = home / "vault"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            return cls(folder, _key(home / "vault.key"))
        except OSError as error:
            raise EnvironmentFailure(f"证据库 {folder} 无法打开：{error.strerror or error}。请检查磁盘空间和权限") from error

    def put(self, data: bytes) -> str:
        """Store the bytes once; returns their name (64 hex digits)."""
        name = self.name(data)
        path = self._path(name)
        if path.exists():
            return name
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, zlib.compress(data, 6), name.encode())
        partial = path.with_name(f"{name}.{os.getpid()}.{os.urandom(4).hex()}.part")
        try:
            path.parent.mkdir(exist_ok=True)
            partial.write_bytes(sealed)
            partial.replace(path)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise EnvironmentFailure(f"证据库 {self.folder} 写入失败：{error.strerror or error}。请检查磁盘空间和权限") from error
        return name

    def name(self, data: bytes) -> str:
        """The name these bytes have or would have in the vault."""
        return hashlib.blake2b(data, key=self._name_key, digest_size=32).hexdigest()

    def get(self, name: str) -> bytes:
        """The bytes of that name; raises VaultError when they are gone or do not decrypt with this key."""
        from cryptography.exceptions import InvalidTag

        try:
            sealed = self._path(name).read_bytes()
        except OSError as error:
            raise VaultError(f"证据 {name[:12]} 不在证据库 {self.folder} 中，可能已过保存期或被移走") from error
        try:
            return zlib.decompress(self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode()))
        except (InvalidTag, zlib.error, ValueError) as error:
            raise VaultError(f"证据 {name[:12]} 无法解密：密钥不对或文件已损坏。请核对 XUNCHA_VAULT_KEY 或 vault.key") from error

    def has(self, name: str) -> bool:
        """True when a file of that name is there, whatever it holds."""
        return self._path(name).exists()

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _key(path: Path) -> bytes:
    text = os.environ.get("XUNCHA_VAULT_KEY") or (path.read_text("ascii") if path.exists() else "")
    if not text:
        text = base64.b64encode(os.urandom(_KEY_BYTES)).decode()
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process was first: its key is the key
            return _key(path)
        with os.fdopen(handle, "w") as file:
            file.write(text)
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _KEY_BYTES:
        raise VaultError("证据库密钥不对：应为 32 字节的 base64。请检查环境变量 XUNCHA_VAULT_KEY 或数据目录中的 vault.key")
    return key
