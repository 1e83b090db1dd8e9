"""What every reader is handed beside the bytes: the name of the part, the budget, and ways to report."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from core.errors import UnreadableError
from core.records import Block, Unread
from crawler.documents.limits import Budget

Pieces = Iterator[Block | Unread]

DAMAGED = "文件损坏或不完整，无法检查；请重新导出后提供"
ENCRYPTED = "文件有密码，无法检查；请去掉密码后重新提供"


class DamagedError(UnreadableError):
    """The bytes are not what their format promises."""

    def __init__(self) -> None:
        super().__init__(DAMAGED)


class EncryptedError(UnreadableError):
    """The file asks for a password."""

    def __init__(self) -> None:
        super().__init__(ENCRYPTED)


@dataclass(frozen=True, slots=True)
class Part:
    """One document under reading; `file` is its full name, members as `名单.zip!/a/名单.xlsx`; `where` names it inside its parent."""

    file: str
    budget: Budget
    ocr: bool = True
    depth: int = 0
    where: str = ""

    @property
    def name(self) -> str:
        """The last part of the name, without the archives around it."""
        return self.file.rpartition("!/")[2].rpartition("/")[2]

    def unread(self, reason: str, where: str = "") -> Unread:
        return Unread(self.file, where or self.where or "全文", reason)

    def inner(self, name: str) -> "Part":
        """The part for a file inside this one."""
        return replace(self, file=f"{self.file}!/{name}", depth=self.depth + 1, where="")

    def at(self, where: str) -> "Part":
        """The same file, blocks to be named after `where` (a picture on a page, say)."""
        return replace(self, where=where)


class Numbered:
    """Names places in order: `页眉`, `页眉2`, `页眉3`; or from one on, `图片1`, `图片2`, for labels that always carry a number."""

    def __init__(self) -> None:
        self._count: dict[str, int] = {}

    def next(self, label: str, always: bool = False) -> str:
        count = self._count[label] = self._count.get(label, 0) + 1
        return f"{label}{count}" if always or count > 1 else label
