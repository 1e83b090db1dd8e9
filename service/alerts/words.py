"""The words of an alert to a unit: what, where, masked, why, how to fix, one link; one message per post, however many places it has."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from core.calendar import chinese_date, shanghai
from core.config import County
from core.records import SEVERITIES, Finding
from core.store.outbox import Message
from service.alerts.sheet import Line, as_html, as_short, as_text, clip, safe, safe_url

_PLACES, _GROUPS = 6, 12
FAMILIES = {
    "privacy": "个人信息泄露",
    "expression": "固定表述错误",
    "typo": "错别字",
    "format": "格式错误",
    "link": "链接问题",
    "tag": "页面标签问题",
    "document": "无法检查的附件",
}
SEVERITY_WORDS = {"veto": "一票否决", "error": "错误", "warning": "提醒", "info": "提示"}


def family(finding: Finding) -> str:
    return finding.rule.split("/")[0]


def families(findings: Sequence[Finding]) -> str:
    """What is wrong, in words: 个人信息泄露、错别字."""
    return "、".join(dict.fromkeys(FAMILIES.get(family(finding), "其他问题") for finding in findings))


def worst(findings: Sequence[Finding]) -> Finding:
    return min(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def is_preview(county: County, finding: Finding) -> bool:
    """True when it was found before the page was published."""
    source = county.source(finding.source or "")
    return source is not None and source.kind == "preview"


def link_to(desk: str | None, finding: Finding) -> str:
    """The finding's page at the desk; without a desk, the page it is about."""
    return f"{desk}/findings/{finding.id}/" if desk else safe_url(finding.url)


def link_line(desk: str | None, link: str) -> list[Line]:
    return [Line("link", link, "查看与处理" if desk else "网页")] if link else []


def named(finding: Finding) -> str:
    return safe(finding.title) or safe_url(finding.url) or "（无标题）"


def moment(at: datetime) -> str:
    """2023年10月23日 02:05, in Shanghai."""
    local = shanghai(at)
    return f"{chinese_date(local.date())} {local:%H:%M}"


def alert(county: County, desk: str | None, findings: Sequence[Finding], now: datetime, remark: str = "") -> Message:
    """Tell a unit what to correct in one post. `remark`: a sentence on top, such as why somebody else receives it."""
    first, unit, kinds = worst(findings), safe(findings[0].unit) or "有关单位", families(findings)
    veto = "【一票否决】" if first.severity == "veto" else ""
    title, link = named(first), link_to(desk, first)
    ahead = is_preview(county, first)
    wish = "请在发布前更正" if ahead else "请立即处理"
    told = (
        f"在预览站发现你单位待发布的信息存在{kinds}，尚未公开，请在发布前更正。"
        if ahead
        else f"发现你单位发布的信息存在{kinds}，请立即撤下或更正，并回复整改情况。"
    )
    subject = f"{veto}{unit}：“{clip(title, 60)}”{kinds}，{wish}"
    lines = [Line("p", f"{unit}：")] + ([Line("p", remark)] if remark else [])
    lines += [
        Line("p", f"{county.name}政务公开巡查{told}"),
        Line("p", title, "标题"),
        Line("p" if desk else "link", safe_url(first.url) or "（无）", "网址"),
        Line("p", moment(now), "发现时间"),
    ]
    lines += places(findings)
    lines += link_line(desk, link) if desk else []
    lines.append(Line("p", f"本邮件由巡查系统自动发出，内容已脱敏。如判断有误，请联系{county.office}说明。"))
    short = [f"{veto}{unit}：{kinds}，{wish}", f"标题：{clip(title, 80)}", remark, *_brief(findings)]
    return Message(subject, as_text(lines), as_html(lines), as_short(short, link), link)


def places(findings: Sequence[Finding], groups: int = _GROUPS) -> list[Line]:
    """File by file, one point for all places of the same cause."""
    lines: list[Line] = []
    by_file: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    for file, here in by_file.items():
        lines.append(Line("h", f"附件：{safe(file)}" if file else "页面正文："))
        causes = _causes(here)
        for same in causes[:groups]:
            lines += _cause(same)
        if len(causes) > groups:
            lines.append(Line("p", f"……另有 {sum(map(len, causes[groups:]))} 处，请通篇检查。"))
    return lines


def _causes(findings: Sequence[Finding]) -> list[list[Finding]]:
    """Findings of one rule and message together, the worst first."""
    same: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        same[(finding.rule, finding.message)].append(finding)
    return sorted(same.values(), key=lambda group: SEVERITIES.index(group[0].severity))


def _cause(same: Sequence[Finding]) -> list[Line]:
    first = same[0]
    count = f"（{len(same)} 处）" if len(same) > 1 else ""
    lines = [Line("li", f"[{SEVERITY_WORDS[first.severity]}] {safe(first.message)}{count}")]
    shown = "、".join(filter(None, (_spot(finding) for finding in same[:_PLACES])))
    if shown:
        more = f" 等 {len(same)} 处" if len(same) > _PLACES else ""
        lines.append(Line("sub", f"位置：{shown}{more}"))
    if first.reasons:
        lines.append(Line("sub", f"依据：{'；'.join(map(safe, first.reasons[:4]))}"))
    if first.suggestion:
        lines.append(Line("sub", f"建议：{safe(first.suggestion)}"))
    return lines


def _spot(finding: Finding) -> str:
    if finding.where and finding.masked:
        return f"{safe(finding.where)}（{safe(finding.masked)}）"
    return safe(finding.where or finding.masked)


def _brief(findings: Sequence[Finding]) -> list[str]:
    """Three causes, one line each."""
    causes = _causes(findings)
    lines = []
    for same in causes[:3]:
        first = same[0]
        where = " ".join(filter(None, (f"附件 {safe(first.file)}" if first.file else "正文", _spot(first))))
        lines.append(f"{safe(first.message)}：{where}{f' 等 {len(same)} 处' if len(same) > 1 else ''}")
        if first.suggestion:
            lines.append(f"建议：{safe(first.suggestion)}")
    if len(causes) > 3:
        lines.append(f"另有 {sum(map(len, causes[3:]))} 处。")
    return lines
