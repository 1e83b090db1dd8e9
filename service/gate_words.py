"""A verdict in words: the same for a mail's answer, a watched folder and the record of a check. Masked throughout."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import escape
from itertools import groupby
from typing import Any

from core.records import Finding
from core.text import conceal
from service.gate import Verdict

LABELS = {"veto": "一票否决", "error": "错误", "warning": "提醒", "info": "提示"}
_SHOWN = 20


def conclusion(verdict: Verdict) -> str:
    """可以发布 or 不能发布, and why."""
    if not verdict.findings:
        return "可以发布：没有发现问题。"
    counts = "，".join(f"{label} {verdict.count(severity)} 处" for severity, label in LABELS.items() if verdict.count(severity))
    if verdict.publishable:
        return f"可以发布：没有必须改正的问题（{counts}，请人工看一下）。"
    unread = sum(finding.rule == "document/unread" and finding.severity in ("veto", "error") for finding in verdict.findings)
    told = f"其中 {unread} 处是文件未能查完，" if unread else ""
    return f"不能发布：{counts}，{told}请改正后重新检查。"


def hidden(verdict: Verdict) -> Verdict:
    """The verdict with long numbers starred in names of files, places and titles as well, fit to be kept or sent on."""
    return Verdict(tuple(_hidden(finding) for finding in verdict.findings))


def _hidden(finding: Finding) -> Finding:
    told: dict[str, Any] = {name: conceal(text) for name in ("title", "file", "where", "masked", "message", "suggestion") if (text := getattr(finding, name))}
    return replace(finding, **told, reasons=tuple(conceal(reason) for reason in finding.reasons))


def plain(verdict: Verdict) -> str:
    """The conclusion and every place, as plain text."""
    lines = [f"检查结论：{conclusion(verdict)}"]
    for file, findings in _by_file(verdict):
        lines += ["", f"【{file}】"]
        for number, finding, more in _numbered(findings):
            lines.append(f"{number}. [{LABELS[finding.severity]}] {_place(finding)}{finding.message}{_quoted(finding)}{_fix(finding)}{more}")
            if finding.reasons:
                lines.append(f"   依据：{'；'.join(finding.reasons)}")
    return "\n".join(lines) + "\n"


def page(verdict: Verdict, title: str) -> str:
    """The same as an HTML document of its own, to be opened or printed anywhere."""
    body = [f'<h1>{escape(conceal(title))}</h1><p class="{"yes" if verdict.publishable else "no"}">{escape(conclusion(verdict))}</p>']
    for file, findings in _by_file(verdict):
        rows = "".join(_row(*entry) for entry in _numbered(findings))
        head = "<tr><th>序号</th><th>级别</th><th>位置</th><th>问题</th><th>原文（已脱敏）</th><th>怎么改</th><th>依据</th></tr>"
        body.append(f"<h2>{escape(file)}</h2><table>{head}{rows}</table>")
    return _DOCUMENT.format(title=escape(conceal(title)), body="\n".join(body))


def _row(number: int, finding: Finding, more: str) -> str:
    cells = (finding.where or "", f"{finding.message}{more}", finding.masked or "", finding.suggestion or "", "；".join(finding.reasons))
    label = f'<td class="{finding.severity}">{LABELS[finding.severity]}</td>'
    return f"<tr><td>{number}</td>{label}{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _by_file(verdict: Verdict) -> Iterator[tuple[str, list[Finding]]]:
    """The findings of each part of the draft, the gravest first within it, what is the same rule told together."""
    for file, group in groupby(hidden(verdict).findings, key=lambda finding: finding.file):
        yield file or "正文", list(Verdict(tuple(group)).by_severity)


def _numbered(findings: Sequence[Finding]) -> Iterator[tuple[int, Finding, str]]:
    """Every place, but of one rule only so many; the last of those says how many more there are."""
    counts: dict[str, int] = {}
    number = 0
    for finding in findings:
        counts[finding.rule] = seen = counts.get(finding.rule, 0) + 1
        if seen > _SHOWN:
            continue
        number += 1
        rest = sum(other.rule == finding.rule for other in findings) - _SHOWN
        yield number, finding, f"（另有 {rest} 处同类问题，请通篇检查）" if seen == _SHOWN and rest > 0 else ""


def _place(finding: Finding) -> str:
    return f"{finding.where}：" if finding.where else ""


def _quoted(finding: Finding) -> str:
    return f"（{finding.masked}）" if finding.masked else ""


def _fix(finding: Finding) -> str:
    return f"。建议：{finding.suggestion}" if finding.suggestion else ""


_DOCUMENT = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
body {{ font: 14px/1.6 "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; color: #222; max-width: 1100px; margin: 24px auto; padding: 0 16px; }}
h1 {{ font-size: 20px; }} h2 {{ font-size: 16px; margin-top: 24px; }}
table {{ border-collapse: collapse; width: 100%; }} th, td {{ border: 1px solid #ccc; padding: 4px 8px; text-align: left; vertical-align: top; overflow-wrap: anywhere; }}
th {{ background: #f5f6f8; white-space: nowrap; }} td:first-child {{ text-align: right; }}
.yes, .no {{ border: 1px solid; padding: 8px 12px; font-weight: bold; }} .yes {{ color: #1b5e20; }} .no {{ color: #8b1a1a; }}
.veto {{ background: #8b1a1a; color: #fff; white-space: nowrap; }} .error {{ color: #b3261e; white-space: nowrap; }}
.warning {{ color: #8a5a00; white-space: nowrap; }} .info {{ color: #555; white-space: nowrap; }}
</style></head><body>
{body}
</body></html>
"""
