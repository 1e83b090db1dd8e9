"""Limits on one reading, and the budget that is spent while a document and everything inside it is read."""

import time
from dataclasses import dataclass, field

from core.errors import UnreadableError

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call of `read` may cost at most; sizes in bytes, time in seconds of elapsed time.

    size: the file itself. member, expanded: one unpacked member, all of them together. members: entries of one archive.
    depth: files inside files. cells, pages, pictures: of everything together. pixels: of one picture.
    """

    size: int = 200 * MIB
    member: int = 256 * MIB
    expanded: int = 600 * MIB
    ratio: int = 200
    members: int = 5_000
    depth: int = 5
    cells: int = 2_000_000
    pages: int = 2_000
    pictures: int = 300
    pixels: int = 80_000_000
    seconds: float = 300.0


DEFAULT = Limits()


class OverLimitError(UnreadableError):
    """A limit was passed: the rest of the document was not read, and the unit is told so."""


@dataclass(slots=True)
class Budget:
    """What is left of the limits; every `take_*` raises OverLimitError when it is gone."""

    limits: Limits
    expanded: int = 0
    cells: int = 0
    pages: int = 0
    pictures: int = 0
    deadline: float = field(init=False)

    def __post_init__(self) -> None:
        self.deadline = time.monotonic() + self.limits.seconds

    def tick(self) -> None:
        """Raise when the time is over."""
        if time.monotonic() > self.deadline:
            raise OverLimitError(f"读取超过时间限制（{self.limits.seconds:g} 秒），其余内容未检查；请拆分后重新提供")

    def take_bytes(self, count: int) -> None:
        self.tick()
        self.expanded += count
        if self.expanded > self.limits.expanded:
            raise OverLimitError(f"解压后超过总大小限制（{self.limits.expanded // MIB} MB），其余内容未检查；请拆分后重新提供")

    def take_cells(self, count: int = 1) -> None:
        self.cells += count
        if self.cells > self.limits.cells:
            raise OverLimitError(f"单元格超过数量限制（{self.limits.cells} 个），其余内容未检查；请拆分后重新提供")

    def take_page(self) -> None:
        self.tick()
        self.pages += 1
        if self.pages > self.limits.pages:
            raise OverLimitError(f"页数超过限制（{self.limits.pages} 页），其余页未检查；请拆分后重新提供")

    def take_picture(self) -> None:
        self.tick()
        self.pictures += 1
        if self.pictures > self.limits.pictures:
            raise OverLimitError(f"图片超过数量限制（{self.limits.pictures} 张），其余图片未检查；请拆分后重新提供")
