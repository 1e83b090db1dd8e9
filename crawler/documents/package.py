"""Zip containers opened with suspicion: names repaired, sizes and numbers limited, damage and passwords told apart."""

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from crawler.documents.limits import MIB, Budget, OverLimitError
from crawler.documents.part import DamagedError, EncryptedError
from crawler.documents.xmlsafe import attribute, local, parse

ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, NotImplementedError, IndexError, KeyError)
_UTF8_FLAG, _ENCRYPTED_FLAG = 0x800, 0x1
_SMALL = 16 * MIB


def repaired_name(info: zipfile.ZipInfo) -> str:
    """The member's name with `/`; names written in GBK without saying so are read as such."""
    name = info.filename
    if not info.flag_bits & _UTF8_FLAG:
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/").lstrip("/")


@dataclass(frozen=True, slots=True)
class Relation:
    """A relationship of an OOXML part: the last word of its type, and the part it leads to (external ones are left out)."""

    id: str
    kind: str
    target: str


class Package:
    """A zip file; `names` in the archive's order. Raises DamagedError, EncryptedError or OverLimitError, nothing else."""

    def __init__(self, data: bytes, budget: Budget) -> None:
        self._budget = budget
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            infos = [info for info in self._zip.infolist() if not info.is_dir()]
        except ZIP_ERRORS as error:
            raise DamagedError from error
        if len(infos) > budget.limits.members:
            raise OverLimitError(f"压缩包内文件超过数量限制（{budget.limits.members} 个），未检查；请拆分后重新提供")
        self.infos = {repaired_name(info): info for info in infos}
        self._lower = {name.lower(): name for name in self.infos}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.infos)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._lower

    def read(self, name: str) -> bytes:
        """The member's bytes."""
        with self.open(name) as member:
            try:
                return member.read()
            except ZIP_ERRORS as error:
                raise DamagedError from error

    def open(self, name: str) -> io.BufferedIOBase:
        """The member as a stream that checks its declared size, ratio and sum beforehand."""
        info = self.infos.get(self._lower.get(name.lower(), ""))
        if info is None:
            raise DamagedError
        self._allow(info)
        try:
            return _Guarded(self._zip.open(info))
        except RuntimeError as error:
            raise EncryptedError from error
        except ZIP_ERRORS as error:
            raise DamagedError from error

    def _allow(self, info: zipfile.ZipInfo) -> None:
        limits = self._budget.limits
        if info.flag_bits & _ENCRYPTED_FLAG:
            raise EncryptedError
        if info.file_size > limits.member:
            raise OverLimitError(f"解压后超过单个文件大小限制（{limits.member // MIB} MB），未检查；请拆分后重新提供")
        if info.file_size > _SMALL and info.file_size > limits.ratio * max(1, info.compress_size):
            raise OverLimitError("压缩比异常，可能是压缩炸弹，未检查；请重新导出后提供")
        self._budget.take_bytes(info.file_size)

    def relations(self, name: str) -> tuple[Relation, ...]:
        """What the part `name` refers to inside the package."""
        folder, _, base = name.rpartition("/")
        listing = f"{folder}/_rels/{base}.rels" if folder else f"_rels/{base}.rels"
        if listing not in self:
            return ()
        found = []
        for element in parse(self.read(listing)):
            target = attribute(element, "Target") or ""
            if local(element) != "Relationship" or (attribute(element, "TargetMode") or "").lower() == "external":
                continue
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found.append(Relation(attribute(element, "Id") or "", (attribute(element, "Type") or "").rpartition("/")[2], unquote(path)))
        return tuple(found)


class _Guarded(io.BufferedIOBase):
    """A member's stream whose damage shows as DamagedError wherever it is read."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member

    def read(self, size: int | None = -1, /) -> bytes:
        try:
            return self._member.read(-1 if size is None else size)
        except RuntimeError as error:
            raise EncryptedError from error
        except ZIP_ERRORS as error:
            raise DamagedError from error

    def close(self) -> None:
        self._member.close()
        super().close()
