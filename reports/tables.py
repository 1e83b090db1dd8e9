"""The five annexes as plain tables: what csv, docx, xlsx and html print alike."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.assessment import AccountRow, Assessment, ColumnRow, EventRow, NewsRow, SubmissionRow

GRAND_TOTAL = "合计"
LIVE = "实时更新"


@dataclass(frozen=True, slots=True)
class Span:
    """A cell that covers several: top left corner (0-based, header not counted), height and width."""

    row: int
    column: int
    height: int
    width: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """An annex: `rows` hold every value (also below a merged cell); `widths` in mm for print; `counts` are the columns of whole numbers.

    `left` are the columns of running text; `covered` cells are hidden by a merged one.
    """

    number: int
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    counts: frozenset[int] = frozenset()
    left: frozenset[int] = frozenset()
    spans: tuple[Span, ...] = ()
    landscape: bool = False

    @property
    def covered(self) -> frozenset[tuple[int, int]]:
        """Cells hidden by a merged one."""
        hidden: set[tuple[int, int]] = set()
        for span in self.spans:
            for row in range(span.row, span.row + span.height):
                hidden.update((row, column) for column in range(span.column, span.column + span.width))
            hidden.discard((span.row, span.column))
        return frozenset(hidden)


def annex_tables(assessment: Assessment) -> tuple[Table, ...]:
    """Annexes 1 to 5 of an assessed month."""
    return (
        _columns(assessment.columns),
        _news(assessment.news),
        _accounts(assessment.accounts),
        _submissions(assessment.submissions),
        _events(assessment.events),
    )


def _runs(rows: Sequence[tuple[str, ...]], key: Callable[[tuple[str, ...]], object]) -> Iterator[tuple[int, int]]:
    """(first, length) of neighbouring rows with the same key."""
    first = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or key(rows[index]) != key(rows[first]):
            yield first, index - first
            first = index


def _merged(rows: Sequence[tuple[str, ...]], columns: Sequence[int], key: Callable[[tuple[str, ...]], object]) -> list[Span]:
    return [Span(first, column, length) for first, length in _runs(rows, key) if length > 1 for column in columns]


def _columns(lines: Sequence[ColumnRow]) -> Table:
    rows = tuple((str(line.number), line.unit, line.column, line.cycle, line.shown, line.grade) for line in lines)
    spans = _merged(rows, (0, 1, 5), lambda row: row[:2])
    live = _merged(rows, (3,), lambda row: row[:2] + row[3:4])
    spans += [span for span in live if rows[span.row][3] == LIVE]
    header = ("序号", "保障单位", "保障栏目", "更新周期", "更新条数", "评定等次")
    return Table(1, header, rows, (12, 33, 51, 22, 19, 19), frozenset({0, 4}), frozenset({2}), tuple(spans))


def _news(lines: Sequence[NewsRow]) -> Table:
    rows = tuple((str(line.number), line.unit, line.uploaded, line.published, line.grade) for line in lines)
    return Table(2, ("序号", "单位", "上传条数", "发布条数", "综合评价"), rows, (14, 62, 26, 26, 28), frozenset({0, 2, 3}))


def _accounts(lines: Sequence[AccountRow]) -> Table:
    rows = tuple(
        (
            str(line.number),
            line.name,
            *(str(value) for value in (line.owed, line.originals, line.recommended, line.reposted, line.reposts, line.other, line.total)),
            line.problems,
            line.grade,
        )
        for line in lines
    )
    header = (
        "序号",
        "账号名称",
        "原创信息应更新数",
        "原创信息实际更新数",
        "推荐转载信息数",
        "实际转载推荐信息数",
        "转载信息更新总数",
        "其它转载信息数",
        "更新信息总数",
        "存在突出问题",
        "综合评价",
    )
    widths = (12, 37, 13.5, 13.5, 13.5, 13.5, 13.5, 13.5, 13.5, 64.5, 17)
    return Table(3, header, rows, widths, frozenset({0, *range(2, 9)}), landscape=True)


def _submissions(lines: Sequence[SubmissionRow]) -> Table:
    rows = tuple((str(line.number), line.unit, line.column, line.content, line.cycle, line.on_time, line.in_form, line.grade) for line in lines)
    spans = _merged(rows, (1,), lambda row: row[1]) + _merged(rows, (2,), lambda row: row[1:3])
    header = ("序号", "保障单位", "保障栏目", "更新内容", "更新周期", "是否按期报送", "内容是否规范", "评定等次")
    return Table(4, header, rows, (10, 25, 31, 34, 12, 13.5, 13.5, 17), frozenset({0}), spans=tuple(spans))


def _handler(line: EventRow) -> str:
    """平台 (单位) as the annex prints it; the grand total stands alone."""
    return f"{line.platform} ({line.unit})" if line.unit else line.platform


def _events(lines: Sequence[EventRow]) -> Table:
    rows = tuple(
        (_handler(line), line.type, str(line.generated), str(line.accepted), str(line.discarded), str(line.closed), line.rate, line.grade) for line in lines
    )
    spans = [Span(index, 0, 1, 2) for index, row in enumerate(rows) if row[0] == GRAND_TOTAL and not row[1]]
    spans += _merged(rows, (0, 7), lambda row: row[0])
    header = ("智慧场景平台", "事件类型", "生成事件数量", "受理事件数量", "废弃事件数量", "办结事件数量", "办结率", "评定等级")
    return Table(5, header, rows, (35, 24.5, 15, 15, 15, 15, 19.5, 17), frozenset(range(2, 6)), spans=tuple(spans))


def on_paper(table: Table) -> Table:
    """Annex 2 in the two halves of the printed form (单位 · 上传 · 发布 · 综合评价, twice); every other annex as it is."""
    if table.number != 2:
        return table
    bare = [row[1:] for row in table.rows]
    half = (len(bare) + 1) // 2
    right = bare[half:] + [("",) * 4] * (2 * half - len(bare))
    rows = tuple((*one, *other) for one, other in zip(bare[:half], right, strict=True))
    return Table(2, table.header[1:] * 2, rows, (37, 11.5, 11.5, 18) * 2, frozenset({1, 2, 5, 6}))
