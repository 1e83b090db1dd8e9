"""Checking and reading files before publication: nothing is written anywhere."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from pathlib import Path

from core.calendar import SHANGHAI
from core.config import load_county
from core.errors import UsageError
from core.records import Finding
from reports.data import finding_data
from service.gate import Draft, DraftFile, examine
from service.judging import load_rules

_LABELS = {"veto": "一票否决", "error": "错误", "warning": "提醒", "info": "提示"}
_EACH = 10


def check_paths(paths: list[Path], as_json: bool, config: Path) -> int:
    """Check files, folders recursively; 0 nothing, 1 something must be corrected, 3 something could not be read."""
    rules, today = load_rules(load_county(config)), datetime.now(SHANGHAI).date()
    findings: list[Finding] = []
    for path in _files(paths):
        found = examine(Draft(files=(DraftFile(str(path), path.read_bytes()),)), rules, today).findings
        findings += found
        if as_json:
            for finding in found:
                print(json.dumps(finding_data(finding), ensure_ascii=False))
    if not as_json:
        _summary(findings)
    if any(finding.rule == "document/unread" for finding in findings):
        return 3
    return int(any(finding.severity in ("veto", "error") for finding in findings))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file() and not inner.is_symlink())
        elif path.is_file():
            yield path
        else:
            raise UsageError(f"{path}：没有这个文件或文件夹，请检查路径")


def _summary(findings: list[Finding]) -> None:
    if not findings:
        print("没有发现问题，可以发布。")
        return
    for file, group in groupby(findings, key=lambda finding: finding.file):
        print(f"\n{file or '（正文）'}")
        for rule, same in groupby(sorted(group, key=lambda finding: finding.rule), key=lambda finding: finding.rule):
            hits = list(same)
            for finding in hits[:_EACH]:
                advice = f" → {finding.suggestion}" if finding.suggestion else ""
                print(f"  [{_LABELS[finding.severity]}] {finding.where or ''} {finding.message}：{finding.masked or ''}{advice}")
            if len(hits) > _EACH:
                print(f"  ……{rule} 另有 {len(hits) - _EACH} 处")
    counts = {label: sum(finding.severity == severity for finding in findings) for severity, label in _LABELS.items()}
    print("\n" + "，".join(f"{label} {number} 处" for label, number in counts.items() if number) + "。")
    print("不能发布，请先改正。" if counts["一票否决"] or counts["错误"] else "可以发布，请人工看一下提醒。")
