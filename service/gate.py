"""The engine before publication: one draft (title, text or html, files) → the findings of `xuncha check` and whether it may be published. Writes nothing."""

import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path

import checks
from core.config import SHARED, load_county
from core.errors import ConfigurationError
from core.records import SEVERITIES, Block, Finding, Subject, Unread
from core.text import conceal
from crawler import documents
from service.judging import load_rules

BLOCKING = ("veto", "error")
_PAGE = "正文.html"
_DECLARED_GB = re.compile(r"<meta[^>]+charset\s*=\s*[\"']?\s*gb", re.I)
_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file of a draft; `name` is what the person calls it."""

    name: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be published. `text` as pasted, `html` as the CMS holds it; either, both or neither beside the files. Never in a log: `repr` has no content."""

    title: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    files: tuple[DraftFile, ...] = ()
    unit: str | None = None

    @property
    def size(self) -> int:
        """Characters and bytes together: how heavy the draft is."""
        return len(self.title) + len(self.text) + len(self.html) + sum(len(file.data) for file in self.files)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say; `publishable` is true when nothing found is an error or a veto."""

    findings: tuple[Finding, ...]

    @property
    def publishable(self) -> bool:
        return not any(finding.severity in BLOCKING for finding in self.findings)

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def by_severity(self) -> tuple[Finding, ...]:
        """The gravest first, else in the order of the draft."""
        return tuple(sorted(self.findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def examine(draft: Draft, rules: checks.Rules, today: date, limits: documents.Limits = documents.DEFAULT) -> Verdict:
    """Check a draft. The checks share caches that threads must not enter together, so one draft at a time; use `gate_pool` for more."""
    prepared = list(subjects(draft, limits))
    with _lock:
        return Verdict(tuple(finding for subject in prepared for finding in checks.run(subject, rules, today)))


def subjects(draft: Draft, limits: documents.Limits = documents.DEFAULT) -> Iterator[Subject]:
    """The draft's own words as one subject, then each file as another, as `xuncha check` takes them."""
    if draft.title.strip() or draft.text.strip() or draft.html.strip():
        yield _words(draft, limits)
    for file in draft.files:
        yield replace(file_subject(file, limits), unit=draft.unit)


def file_subject(file: DraftFile, limits: documents.Limits = documents.DEFAULT) -> Subject:
    """A file before publication, known to the person by its name."""
    parts = tuple(documents.read(file.data, file.name, limits=limits))
    return Subject(
        blocks=tuple(part for part in parts if isinstance(part, Block)),
        unread=tuple(part for part in parts if isinstance(part, Unread)),
        title=conceal(Path(file.name).name),
        page_type="file",
    )


def _words(draft: Draft, limits: documents.Limits) -> Subject:
    parts: list[Block | Unread] = []
    if title := _sound(draft.title).strip():
        parts.append(Block(title, "标题"))
    if draft.text.strip():
        parts.append(Block(_sound(draft.text), "正文"))
    if draft.html.strip():
        parts += [_unnamed(part) for part in documents.read(_page(_sound(draft.html)), _PAGE, limits=limits)]
    return Subject(
        blocks=tuple(part for part in parts if isinstance(part, Block)),
        unread=tuple(part for part in parts if isinstance(part, Unread)),
        unit=draft.unit,
        title=conceal(title) or None,
        page_type="file",
    )


def _unnamed(part: Block | Unread) -> Block | Unread:
    """A part of the page itself: no file, and a place that says so."""
    if part.file != _PAGE:
        return replace(part, file=(part.file or "").removeprefix(f"{_PAGE}!/"))
    return replace(part, file=None, where=part.where if part.where.startswith("正文") else f"正文 {part.where}")


def _sound(text: str) -> str:
    """Half characters (a broken pair of surrogates) as question marks, one for one, so that offsets stay."""
    return text.removeprefix("\ufeff").encode("utf-8", "replace").decode("utf-8")


def _page(html: str) -> bytes:
    """The page in bytes that decode to it: one that calls itself GB is GB18030, any other UTF-8."""
    return html.encode("gb18030" if _DECLARED_GB.search(html, 0, 4096) else "utf-8")


class RuleBook:
    """The rules as their files say now, with the names and words of a county's folder: read once, and again when a file has changed (looked at every few seconds at most)."""

    def __init__(self, folder: Path = SHARED, pause: float = 5.0, county: Path | None = None) -> None:
        self._folder, self._pause, self._county = folder, pause, county
        self._guard = threading.Lock()
        self._stamp: frozenset[tuple[str, int, int]] = frozenset()
        self._looked = float("-inf")
        self._rules: checks.Rules | None = None

    def current(self) -> checks.Rules:
        """Today's rules; files broken meanwhile leave the last good reading in force. Raises ConfigurationError when there never was one."""
        from checks.privacy.policy import load_policy

        with self._guard:
            if self._rules is not None and time.monotonic() - self._looked < self._pause:
                return self._rules
            stamp = self._files()
            if self._rules is None or stamp != self._stamp:
                load_policy.cache_clear()
                try:
                    fresh = load_rules(load_county(self._county) if self._county else None, self._folder)
                    if self._rules is None or fresh.version != self._rules.version:  # the same rules stay, and what is compiled of them
                        self._rules = fresh
                except ConfigurationError:
                    if self._rules is None:
                        raise
            self._stamp, self._looked = stamp, time.monotonic()
            return self._rules

    def _files(self) -> frozenset[tuple[str, int, int]]:
        paths = [self._folder / "severity.yaml", *(self._folder / "data").glob("*"), *(self._folder / "rules").rglob("*.yaml")]
        if self._county:
            paths += [*self._county.glob("*.yaml"), *self._county.glob("words*.csv"), *self._county.glob("words*.xlsx")]
        return frozenset((str(path), found.st_mtime_ns, found.st_size) for path in paths if path.is_file() for found in [path.stat()])


@cache
def rule_book(county: Path | None) -> RuleBook:
    """The one book of this process for a county's folder."""
    return RuleBook(county=county)


# Makes the engine load everything that the first real draft would have to wait for.
TRIAL = Draft(title="试运行", text="联系人电话：13800138000。身份证号：610326199003071238。")
