"""Wrong fixed expressions, typos and formats: the rules of `config/rules` run over every block of a subject, pure and without a clock."""

from datetime import date

from checks.expressions.engine import Engine, engine_for, warm
from checks.expressions.hits import Hit
from core.records import Block, Finding, Severity, Subject
from core.rules import RuleSet
from core.text import squeeze

_RANK = {"veto": 0, "error": 1, "warning": 2, "info": 3}
_NAME = 3  # characters
_DELETED = "修订删除"  # text that is on its way out is nobody's mistake


def scan(subject: Subject, rules: RuleSet, today: date) -> list[Finding]:
    """Findings in the order of the text; rules with a term are held against the subject's day, or `today` where it has none."""
    blocks, day, findings = _blocks(subject), subject.published_on or today, []
    engine = engine_for(rules, [block.text for block in blocks])
    for block in blocks:
        findings += [_finding(subject, block, hit) for hit in engine.hits(block.text, day, wrapped=_wrapped(block)) if not _of_a_name(block, hit)]
    return findings


def _blocks(subject: Subject) -> list[Block]:
    """The readable blocks, and the title where no block repeats it."""
    blocks = [block for block in subject.blocks if block.hidden != _DELETED]
    title = (subject.title or "").strip()
    if title and subject.page_type != "file" and not any(block.where == "标题" or title in block.text for block in blocks if block.file is None):
        blocks.insert(0, Block(title, "标题"))
    return blocks


def _of_a_name(block: Block, hit: Hit) -> bool:
    """True where a guess is about so short a cell of a table: it is somebody's name, which may be written as it likes."""
    return block.column is not None and (hit.near or hit.rule.id.startswith("expression/leader-name")) and len(squeeze(block.text)) <= _NAME


def _wrapped(block: Block) -> bool:
    """True where a line's end is only the edge of the paper: PDF pages and pictures."""
    return block.ocr or (block.file or "").lower().endswith(".pdf")


def _finding(subject: Subject, block: Block, hit: Hit) -> Finding:
    severity = _severity(block, hit)
    shown = hit.text if len(hit.text) <= 40 else hit.text[:39] + "…"
    message = f"“{shown}”应为“{hit.right}”" if hit.right else (f"“{shown}”多余，应删去" if hit.right == "" else f"“{shown}”{hit.note or hit.rule.title}")
    return Finding(
        rule=hit.rule.id,
        severity=severity,
        message=message,
        unit=subject.unit,
        source=subject.source,
        url=subject.url,
        title=subject.title,
        file=block.file,
        where=block.where,
        start=hit.start,
        end=hit.end,
        masked=block.text[hit.start : hit.end],
        suggestion=hit.right,
        reasons=tuple(reason for reason in (hit.rule.title, hit.note, f"依据：{hit.rule.basis}") if reason),
        county=subject.county,
    )


def _severity(block: Block, hit: Hit) -> Severity:
    """The rule's own; a rule on trial only informs, and reading a picture may itself have changed one character."""
    if hit.rule.status == "preview":
        return "info"
    read_wrong = block.ocr and (hit.near or not hit.rule.id.startswith("expression/"))
    return "warning" if read_wrong and _RANK[hit.severity] < _RANK["warning"] else hit.severity


__all__ = ["Engine", "scan", "warm"]
