"""A draft that a person sends to be checked: read from the form in memory, judged by the gate, masked for the page. Nothing of it is ever kept."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError

from core.errors import UnreadableError, UsageError
from core.records import Finding
from core.text import conceal
from service import gate_pool
from service.api_body import MAX_BODY, MAX_FILE, MAX_FILES, MAX_FILES_TOTAL, MAX_NAME, MAX_TITLE, MAX_WORDS, MIB
from service.desk import clock, reading
from service.desk.access import DeskRequest
from service.gate import Draft, DraftFile, Verdict, subjects
from service.gate_words import conclusion, hidden

_SHOWN = 20
_turn = threading.BoundedSemaphore(2)  # processes of their own: not so many at once that nothing else runs


class Unfit(Exception):
    """What was sent cannot be taken; the message says what to do. `unparsed`: refused before the form was read."""

    def __init__(self, message: str, unparsed: bool = False) -> None:
        super().__init__(message)
        self.unparsed = unparsed


class _InMemory(MemoryFileUploadHandler):
    """Uploads stay in memory, whatever their size: nothing lies in a temporary file."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        self.activated = True


def sent(request: DeskRequest) -> Draft:
    """The draft in the form; raises Unfit. To be called before anything else reads the form."""
    if _length(request) > MAX_BODY:
        raise Unfit(f"内容合计超过 {MAX_BODY // MIB} MB，没有检查。请拆分后分批检查。", unparsed=True)
    request.upload_handlers = [_InMemory(request)]
    try:
        posted, uploaded = request.POST, request.FILES
    except RequestDataTooBig:
        raise Unfit("文字太长，没有检查。请分段检查，或存成文件后上传。", unparsed=True) from None
    except (TooManyFieldsSent, TooManyFilesSent):
        raise Unfit(f"一次最多检查 {MAX_FILES} 个文件，请分批上传。", unparsed=True) from None
    except (MultiPartParserError, UnreadablePostError):
        raise Unfit("内容没有传完，没有检查。请检查网络后再试一次。", unparsed=True) from None
    title, text = (_whole(posted.get(name, "")) for name in ("title", "text"))
    files = tuple(DraftFile(_whole(file.name or "文件"), file.read()) for file in uploaded.getlist("files"))
    if complaint := _complaint(title, text, files):
        raise Unfit(complaint)
    return Draft(title, text, "", files, request.person.unit or None)


def _length(request: DeskRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isdecimal() else 0


def _whole(text: str) -> str:
    """Half characters as question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _complaint(title: str, text: str, files: tuple[DraftFile, ...]) -> str:
    if len(title) > MAX_TITLE:
        return f"标题超过 {MAX_TITLE} 字，没有检查。请把正文放到下面的框里。"
    if len(text) > MAX_WORDS:
        return f"正文超过 {MAX_WORDS:,} 字，没有检查。请分段检查，或存成文件后上传。"
    if len(files) > MAX_FILES:
        return f"一次最多检查 {MAX_FILES} 个文件，这次有 {len(files)} 个。请分批上传。"
    for file in files:
        if len(file.name) > MAX_NAME:
            return f"“{conceal(file.name)[:40]}…”的文件名太长。请改短后再上传。"
        if len(file.data) > MAX_FILE:
            return f"“{conceal(file.name)}”超过 {MAX_FILE // MIB} MB，没有检查。请拆分或压缩图片后再上传。"
    if sum(len(file.data) for file in files) > MAX_FILES_TOTAL:
        return f"文件合计超过 {MAX_FILES_TOTAL // MIB} MB，没有检查。请分批上传。"
    if not files and not title.strip() and not text.strip():
        return "还没有内容。请粘贴文字，或选择要发布的文件。"
    return ""


@dataclass(frozen=True, slots=True)
class Line:
    """One finding of the list; `more` are further places of the same rule in the same file that are not listed."""

    finding: Finding
    more: int = 0

    @property
    def place(self) -> str:
        return " · ".join(filter(None, (self.finding.file, self.finding.where)))


@dataclass(frozen=True, slots=True)
class Copy:
    """A redacted copy that may be asked for: `which` names the part of the draft."""

    which: str
    name: str


@dataclass(frozen=True, slots=True)
class Result:
    """What the page shows; masked throughout."""

    verdict: Verdict
    lines: tuple[Line, ...]
    parts: tuple[reading.Part, ...]
    copies: tuple[Copy, ...]

    @property
    def publishable(self) -> bool:
        return self.verdict.publishable

    @property
    def conclusion(self) -> str:
        return conclusion(self.verdict).partition("：")[2]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        return tuple((name, self.verdict.count(name)) for name in ("veto", "error", "warning", "info"))


def judged(draft: Draft) -> Verdict:
    """The gate's verdict, as it was found."""
    return gate_pool.shared().examine(draft, clock.today(), settings.CONFIG)


def result(draft: Draft) -> Result:
    """Check the draft and prepare what may be shown of it."""
    verdict = judged(draft)
    words = [reading.masked(subject, [item for item in verdict.findings if item.file is None]) for subject in subjects(replace(draft, files=()))]
    return Result(verdict, _lines(hidden(verdict)), tuple(part for item in words for part in item.parts), tuple(_copies(draft, verdict)))


def _lines(verdict: Verdict) -> tuple[Line, ...]:
    """The gravest first; of one rule in one file only so many, the last of which tells how many more."""
    total = Counter((item.file, item.rule) for item in verdict.findings)
    seen: Counter[tuple[str | None, str]] = Counter()
    lines = []
    for finding in verdict.by_severity:
        key = (finding.file, finding.rule)
        seen[key] += 1
        if seen[key] <= _SHOWN:
            lines.append(Line(finding, total[key] - _SHOWN if seen[key] == _SHOWN else 0))
    return tuple(lines)


def _copies(draft: Draft, verdict: Verdict) -> list[Copy]:
    """The parts in which personal data was found."""
    leaks = {item.file for item in verdict.findings if item.rule.startswith("privacy/")}
    files = [Copy(str(number), conceal(Path(file.name).name)) for number, file in enumerate(draft.files) if any(_within(name, file.name) for name in leaks)]
    return ([Copy("text", "正文")] if None in leaks and draft.text.strip() else []) + files


def _within(found: str | None, name: str) -> bool:
    return found is not None and (found == name or found.startswith(f"{name}!/"))


def redacted(draft: Draft, which: str) -> tuple[bytes, str]:
    """A redacted copy of one part and the name to give it; raises Unfit with the reason."""
    from service.redact_apart import redact_apart

    chosen = _chosen(draft, which)
    if chosen is None:
        raise Unfit("没有找到要脱敏的内容。请重新选择文件，再检查一次。")
    path = Path(conceal(Path(chosen.name).name).replace("*", "x"))
    return _refusing(lambda: redact_apart(chosen.data, path.name), path.name), f"{path.stem}-脱敏{path.suffix}"


def _refusing(work: Callable[[], bytes], name: str) -> bytes:
    try:
        with _turn:
            return work()
    except (UnreadableError, UsageError) as error:
        reason = str(error).removeprefix(f"{name}：")
        raise Unfit(f"没有生成“{name}”的脱敏版：{reason.rstrip('。')}。") from None


def _chosen(draft: Draft, which: str) -> DraftFile | None:
    if which == "text":
        words = "\n".join(filter(None, (draft.title, draft.text)))
        return DraftFile("正文.txt", words.encode("utf-8")) if words.strip() else None
    return draft.files[int(which)] if which.isascii() and which.isdecimal() and int(which) < len(draft.files) else None
