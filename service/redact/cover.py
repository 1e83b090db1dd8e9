"""One pass over a document: read it with marks, judge it, star every leak where it stands, in its source."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from core.records import Block
from crawler import documents
from service.redact.forms import Edits, Form
from service.redact.judge import Judge
from service.redact.marks import Marked, Stretch
from service.redact.stars import RUN, STAR, apply, known, number_of, stars
from service.redact.units import locate

Span = tuple[int, int]


@dataclass(slots=True)
class Pass:
    """What a pass found (by rule) and wants changed. numbers: every leaked number → the digits of it to be starred."""

    edits: Edits = field(default_factory=Edits)
    leaks: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    numbers: dict[str, frozenset[int]] = field(default_factory=dict)


@dataclass(slots=True)
class _Told:
    """A block as the reader told it (without marks), where its characters come from, and which of them are to be starred."""

    block: Block
    stretches: list[Stretch]
    stars: frozenset[int] = frozenset()

    @property
    def cell(self) -> tuple[str, int, int] | None:
        block = self.block
        return (block.table, block.row, block.column) if block.table is not None and block.row is not None and block.column is not None else None


def cover(form: Form, judge: Judge, again: bool, numbers: dict[str, frozenset[int]]) -> Pass:
    """Find what is to be starred in a document; `again` on what a first pass has left, `numbers` are known leaks of files inside it."""
    marked = Marked(form.sources)
    told = _read(form, marked, judge.name)
    unseen = _unseen(marked, told)
    told += _overlooked(marked, unseen, judge.name)
    result = _judge(told, judge, again)
    result.numbers = numbers | result.numbers
    for one in told:
        one.stars |= known(one.block.text, result.numbers)
    twins = _place(told, marked, result.edits, form.rewrites_cells)
    _sweep(unseen, marked, result, twins)
    return result


def _read(form: Form, marked: Marked, name: str) -> list[_Told]:
    told = []
    for block in documents.read(form.probe(marked.texts), name, ocr=False):
        if isinstance(block, Block) and block.file == name:
            text, stretches = marked.unmark(block.text)
            told.append(_Told(replace(block, text=text) if stretches else block, stretches))
    return told


def _unseen(marked: Marked, told: Iterable[_Told]) -> list[int]:
    """Nodes that the reader did not tell: second copies, field codes, names, formulas, scripts."""
    seen = {stretch.node for one in told for stretch in one.stretches}
    return [number for number in range(len(marked.places)) if number not in seen]


def _overlooked(marked: Marked, unseen: Sequence[int], name: str) -> list[_Told]:
    """Blocks of their own for words that the reader passed over and that hold a long number, paragraph by paragraph."""
    told = []
    judged = (number for number in unseen if marked.places[number][1].judged)
    for _, group in groupby(judged, key=lambda number: (marked.places[number][0].name, marked.places[number][1].group)):
        text, stretches = "", []
        for number in group:
            words = marked.words(number)
            stretches.append(Stretch(number, len(text), len(text) + len(words)))
            text += words
        if RUN.search(text):
            told.append(_Told(Block(text, "其他内容", file=name), stretches))
    return told


def _judge(told: Sequence[_Told], judge: Judge, again: bool) -> Pass:
    result = Pass()
    lawful: set[str] = set()
    for number, finding in judge.findings([one.block for one in told]):
        one, start, end = told[number], finding.start or 0, finding.end or 0
        text = one.block.text[start:end]
        bare = number_of(text, finding.rule)
        if finding.severity == "info":
            result.kept += 1
            lawful.add(bare)
            continue
        places = stars(text, finding.rule, finding.masked or "", again and STAR in text)
        one.stars |= {start + place for place in places}
        result.leaks[finding.rule] += 1
        if bare:
            digits = [index for index, char in enumerate(text) if char.isalnum()]
            result.numbers[bare] = frozenset(digits.index(place) for place in places if place in digits)
    result.numbers = {number: places for number, places in result.numbers.items() if number not in lawful}
    return result


def _place(told: Sequence[_Told], marked: Marked, edits: Edits, rewrites_cells: bool) -> dict[str, set[Span]]:
    """From characters of blocks to spans of sources. Cells that share words but not their fate, and cells without words, are written anew.

    Returns the words that were changed, with the spans starred in them.
    """
    twins: dict[str, set[Span]] = {}
    wanted = {number: _located(one, marked) for number, one in enumerate(told) if one.stars}
    torn = _torn(told, wanted)
    for number, located in wanted.items():
        one = told[number]
        covered = {index for _, index, _ in located}
        cell = one.cell if rewrites_cells else None
        if cell is not None and (covered != one.stars or any(node in torn for node, _, _ in located)) and not _only_formula(located, marked):
            edits.cells[cell] = apply(one.block.text, one.stars)
            continue
        for node, group in groupby(located, key=lambda item: item[0]):
            spans = {span for _, _, span in group}
            _star(marked, node, spans, edits)
            twins.setdefault(marked.words(node), set()).update(spans)
    return twins


def _located(one: _Told, marked: Marked) -> list[tuple[int, int, Span]]:
    """(node, index in the block, span in the node's words) of every starred character that comes from a node."""
    found = []
    for node, start, end in one.stretches:
        inside = [index - start for index in one.stars if start <= index < end]
        if inside:
            place = marked.places[node][1]
            for index, (first, last) in locate(marked.words(node), place.style, one.block.text[start:end], inside):
                found.append((node, index + start, (first, last)))
    return found


def _torn(told: Sequence[_Told], wanted: dict[int, list[tuple[int, int, Span]]]) -> set[int]:
    """Nodes that several blocks share and that are to be starred differently in them."""
    fates: dict[int, set[frozenset[Span]]] = defaultdict(set)
    touched = {node for located in wanted.values() for node, _, _ in located}
    for number, one in enumerate(told):
        spans: dict[int, set[Span]] = {stretch.node: set() for stretch in one.stretches if stretch.node in touched}
        for node, _, span in wanted.get(number, ()):
            spans[node].add(span)
        for node, fate in spans.items():
            fates[node].add(frozenset(fate))
    return {node for node, kinds in fates.items() if len(kinds) > 1}


def _only_formula(located: Sequence[tuple[int, int, Span]], marked: Marked) -> bool:
    return bool(located) and all(marked.places[node][1].formula for node, _, _ in located)


def _star(marked: Marked, number: int, spans: set[Span], edits: Edits) -> None:
    """Star spans of a node's words; neighbours go together."""
    source, node = marked.places[number]
    if node.formula:
        edits.formulas.setdefault(source.name, set()).add(node.start)
        return
    if node.cached:
        edits.replace(source.name, node.start, node.end, "0")
        return
    runs: list[tuple[int, int, int]] = []
    for start, end in sorted(spans):
        if runs and runs[-1][1] == start:
            runs[-1] = (runs[-1][0], end, runs[-1][2] + 1)
        else:
            runs.append((start, end, 1))
    for start, end, count in runs:
        edits.replace(source.name, node.start + start, node.start + end, STAR * count)


def _sweep(unseen: Iterable[int], marked: Marked, result: Pass, twins: Mapping[str, set[Span]]) -> None:
    """Known numbers in words that nobody is shown, and words that repeat a changed node letter by letter (the second copy of a text box)."""
    for number in unseen:
        words, (_, node) = marked.words(number), marked.places[number]
        places = {(index, index + 1) for index in known(words, result.numbers)}
        if node.marked and words in twins:
            places |= twins[words]
        if places:
            _star(marked, number, places, result.edits)
