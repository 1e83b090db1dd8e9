"""From a document's bytes to its redacted bytes: pass after pass until the check has nothing left to say."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from core.errors import UnreadableError
from core.records import Block, Unread
from core.text import conceal
from crawler import documents
from crawler.documents.dispatch import REFUSED
from crawler.documents.sniff import sniff
from service.redact import plain
from service.redact.cover import cover
from service.redact.forms import Form
from service.redact.judge import Judge
from service.redact.ooxml import Office, docx, xlsx

FORMATS: tuple[tuple[str, Callable[[bytes], Form]], ...] = (
    ("docx", docx),
    ("xlsx", xlsx),
    ("html", plain.marked_up),
    ("csv", plain.separated),
    ("text", plain.text),
)
_CONVERT = "不能在保持版式的前提下脱敏；请转成 docx 或 xlsx 后再脱敏"
_NAMES = {
    "pdf": "PDF 文件",
    "ofd": "OFD 文件",
    "picture": "图片",
    "doc": "旧版 Word 文档",
    "xls": "旧版工作簿",
    "pptx": "演示文稿",
    "mail": "邮件",
    "zip": "压缩包",
}
_OTHERS = {
    "zip": "压缩包不能整体脱敏；请解压后逐个脱敏",
    "mail": "邮件不能脱敏；请另存附件和正文后分别脱敏",
    "encrypted": "文件有密码，无法脱敏；请去掉密码后再试",
}
_ROUNDS, _DEPTH, _SHOWN = 4, 5, 5
Numbers = dict[str, frozenset[int]]


@dataclass(slots=True)
class Outcome:
    """The redacted bytes; the leaks that were starred, by rule; how many hints (duty phones) were left."""

    data: bytes
    leaks: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    numbers: Numbers = field(default_factory=dict)
    changed: bool = False


def redacted(data: bytes, judge: Judge) -> Outcome:
    """Star every leak; raises UnreadableError (without the raw value) where that cannot be done completely."""
    refuse_other_formats(data, judge.name)
    total = Outcome(data)
    for number in range(_ROUNDS):
        one = _once(total.data, judge, number > 0, 0)
        total = Outcome(one.data, total.leaks + one.leaks, one.kept, total.numbers | one.numbers)
        blocks, places = _plainly(total.data, judge)
        left = [(places[index], finding) for index, finding in judge.findings(blocks) if finding.severity != "info"]
        if not left or (number and not one.changed):
            break
    _refuse_leftovers([place for place, finding in left if finding.severity in ("veto", "error")])
    return total


def refuse_other_formats(data: bytes, name: str) -> None:
    """Raise for what cannot be redacted with its layout kept, and say what to do instead."""
    kind = sniff(data, _base(name))
    if kind in dict(FORMATS):
        return
    if kind in _OTHERS:
        raise UnreadableError(_OTHERS[kind])
    if kind in _NAMES:
        raise UnreadableError(f"{_NAMES[kind]}{_CONVERT}")
    reason = dict(REFUSED).get(kind, "")
    raise UnreadableError(f"{reason.partition('；')[0] or '这种格式'}，不能脱敏；请转成 docx 或 xlsx 后再脱敏")


def _once(data: bytes, judge: Judge, again: bool, depth: int) -> Outcome:
    """One pass over a file and the files inside it."""
    form = dict(FORMATS)[sniff(data, _base(judge.name))](data)
    leaks: Counter[str] = Counter()
    numbers: Numbers = {}
    kept = 0
    if isinstance(form, Office) and depth < _DEPTH:
        for member, inner in form.embedded.items():
            if sniff(inner, _base(member)) in dict(FORMATS):
                one = _once(inner, judge.inner(member), again, depth + 1)
                form.members[member] = one.data
                form.stale_previews |= one.changed
                leaks, numbers, kept = leaks + one.leaks, numbers | one.numbers, kept + one.kept
    result = cover(form, judge, again, numbers)
    changed = bool(result.edits) or (isinstance(form, Office) and form.stale_previews)
    return Outcome(form.edited(result.edits, result.numbers), leaks + result.leaks, kept + result.kept, result.numbers, changed)


def _plainly(data: bytes, judge: Judge) -> tuple[list[Block], list[str]]:
    """The blocks of the result as any reader gets them, and their places; what cannot be read cannot be called clean."""
    blocks: list[Block] = []
    unread: list[Unread] = []
    for piece in documents.read(data, judge.name):
        if isinstance(piece, Block):
            blocks.append(piece)
        else:
            unread.append(piece)
    if unread:
        raise UnreadableError(f"{_place(unread[0].file, unread[0].where)}读不了，不能保证脱敏干净：{unread[0].reason}")
    return blocks, [_place(block.file, block.where) for block in blocks]


def _refuse_leftovers(places: list[str]) -> None:
    if places:
        shown = "、".join(list(dict.fromkeys(places))[:_SHOWN])
        raise UnreadableError(f"有 {len(places)} 处无法遮盖（{shown}{' 等' if len(set(places)) > _SHOWN else ''}），没有写出；请先在原文件中删除这些内容再脱敏")


def _place(file: str | None, where: str) -> str:
    member = (file or "").partition("!/")[2]
    return conceal(f"{member} {where}".strip())


def _base(name: str) -> str:
    return name.rpartition("!/")[2].rpartition("/")[2]
