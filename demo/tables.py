"""Fact tables as they come: one csv each, UTF-8 or GBK, every complaint with file, line and reason."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

_WHOLE = re.compile(r"[0-9]{1,6}")
_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_SHOWN = 20


class Complaints:
    """What is wrong with a set of fact tables, in the order found."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._places: set[tuple[str, int | None]] = set()

    def add(self, file: str, line: int | None, reason: str) -> None:
        self._places.add((file, line))
        place = file if line is None else f"{file} 第{line}行"
        self.lines.append(f"{place}：{reason}")

    def touches(self, file: str, line: int) -> bool:
        """Whether this line has been complained about already."""
        return (file, line) in self._places

    def about(self, file: str) -> bool:
        """Whether anything in this file has been complained about."""
        return any(name == file for name, _ in self._places)

    def text(self) -> str:
        """All of it, one complaint a line, cut after twenty."""
        more = len(self.lines) - _SHOWN
        return "\n".join(self.lines[:_SHOWN] + ([f"……另有 {more} 处，先改以上各处再试"] if more > 0 else []))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; a cell that cannot be read is complained about and read as empty."""

    file: str
    line: int
    cells: dict[str, str]
    complaints: Complaints

    def complain(self, reason: str) -> None:
        self.complaints.add(self.file, self.line, reason)

    @property
    def sound(self) -> bool:
        """Nothing is wrong with the line so far."""
        return not self.complaints.touches(self.file, self.line)

    def text(self, column: str) -> str:
        """A name that must be there."""
        value = self.cells[column]
        if not value:
            self.complain(f"“{column}”是空的，请填写")
        return value

    def label(self, column: str) -> str:
        """A name that also becomes part of a path: without separators and leading dots."""
        value = self.text(column)
        if re.search(r"[/\\\x00-\x1f]", value) or value.startswith("."):
            self.complain(f"“{column}”不能含有斜杠或以点开头：“{value}”")
        return value

    def number(self, column: str) -> int:
        """A whole number from 0 up."""
        value = self.cells[column]
        if _WHOLE.fullmatch(value):
            return int(value)
        self.complain(f"“{column}”应为不小于 0 的整数，不是“{value}”")
        return 0

    def day(self, column: str) -> date:
        """A date that must be there."""
        found = self.maybe_day(column)
        if found is None and not self.cells[column]:
            self.complain(f"“{column}”是空的，应写成 2023-10-23 这样的日期")
        return found or date.min

    def maybe_day(self, column: str) -> date | None:
        """A date, or None for an empty cell."""
        value = self.cells[column]
        if not value:
            return None
        found = _DAY.fullmatch(value)
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        self.complain(f"“{column}”应写成 2023-10-23 这样的日期，不是“{value}”")
        return None

    def one_of(self, column: str, allowed: tuple[str, ...]) -> str:
        value = self.cells[column]
        if value not in allowed:
            self.complain(f"“{column}”应为 {'、'.join(name or '（空）' for name in allowed)} 之一，不是“{value}”")
        return value


def decode(data: bytes) -> str:
    """UTF-8 with or without a mark, else GBK; raises UnicodeDecodeError for neither."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030")


def read_text(folder: Path, file: str, complaints: Complaints) -> str | None:
    """The file's text, or None and a complaint."""
    try:
        return decode((folder / file).read_bytes())
    except FileNotFoundError:
        complaints.add(file, None, f"文件夹 {folder} 中没有这个文件，请补上")
    except OSError as error:
        complaints.add(file, None, f"无法读取（{error.strerror}），请检查文件与权限")
    except UnicodeDecodeError:
        complaints.add(file, None, "既不是 UTF-8 也不是 GBK 编码，请另存为 UTF-8")
    return None


def read_table(folder: Path, file: str, columns: tuple[str, ...], complaints: Complaints) -> Iterator[Row]:
    """The rows of a csv that has at least these columns."""
    text = read_text(folder, file, complaints)
    if text is None:
        return
    reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""))
    try:
        header = [name.strip() for name in next(reader, [])]
        missing = [name for name in columns if header.count(name) != 1]
        if missing:
            complaints.add(file, 1, f"表头缺少（或重复了）“{'”“'.join(missing)}”，应有：{','.join(columns)}")
            return
        for cells in reader:
            values = [value.strip() for value in cells]
            if not any(values):
                continue
            if len(values) < len(header) or any(values[len(header) :]):
                complaints.add(file, reader.line_num, f"应有 {len(header)} 格，实有 {len(values)} 格")
                continue
            yield Row(file, reader.line_num, dict(zip(header, values, strict=False)), complaints)
    except csv.Error as error:
        complaints.add(file, reader.line_num, f"不是完整的 csv（{error}）")
