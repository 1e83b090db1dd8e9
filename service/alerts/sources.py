"""To the office: sources that could not be collected and won't be until somebody does something (a login, a limit, a new page)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from core.config import County
from core.records import COLLECTED, Finding, Receipt
from core.store import outbox, runs
from core.store.outbox import Draft, Message
from service.alerts.compose import fixed_targets
from service.alerts.entries import Alerts
from service.alerts.sheet import Line, as_html, as_short, as_text, clip, safe

# What needs a person at once; all else may pass by itself and is told when it fails a second time running.
_AT_ONCE = frozenset({"expired-login", "redesigned", "misconfigured"})
WHAT: Mapping[str, tuple[str, str]] = {
    "expired-login": ("登录失效", "请重新登录或更换凭证"),
    "rate-limited": ("被限流", "请减少同一凭证下的账号，或申请更高的限额"),
    "blocked": ("被拒绝", "请与网站管理方说明巡查用途，请其放行"),
    "redesigned": ("页面改版", "请核对网址，必要时请技术人员调整"),
    "misconfigured": ("没有配好", "请在配置文件或环境变量中补上"),
    "unreachable": ("打不开", "请在浏览器中打开核对，必要时联系网站管理方"),
    "partial": ("没有采全", "请核对缺的页面"),
}
_SHOWN = 40


def tell_sources(county: County, alerts: Alerts, now: datetime) -> int:
    """Queue one message to each operator about failed sources not told of lately; returns how many. Until they work, the month calls them 未能核实."""
    from django.db import transaction

    failing = _failing(county)
    if not failing:
        return 0
    findings = tuple(_thing(county, receipt) for receipt in failing)
    count = 0
    with transaction.atomic():
        for target in fixed_targets(alerts, alerts.operators or alerts.fallback):
            draft = Draft(
                unit=county.office,
                channel=target.channel,
                recipient=target.recipient,
                findings=findings,
                write=lambda told: message(county, alerts.desk, told),
                kind="source",
                severity="warning",
                repeat=alerts.repeat,
            )
            count += outbox.queue_news(county.id, draft, now)
    return count


def _failing(county: County) -> list[Receipt]:
    """The newest receipts that say what a person must see to. A source without an address was never meant to work yet."""
    found = []
    for source, receipts in runs.last_two_receipts(county.id).items():
        known = county.source(source)
        if known is None or known.url is None or receipts[0].status in COLLECTED:
            continue
        again = len(receipts) > 1 and receipts[1].status not in COLLECTED
        if receipts[0].status in _AT_ONCE or again:
            found.append(receipts[0])
    return found


def _thing(county: County, receipt: Receipt) -> Finding:
    """The outbox remembers what was told by findings; this one is never stored."""
    return Finding(f"source/{receipt.status}", "warning", receipt.reason, source=receipt.source, url=f"source:{receipt.source}", county=county.id)


def message(county: County, desk: str | None, told: Sequence[Finding]) -> Message:
    """The mail: by what is to be done, then the sources."""
    groups: dict[str, list[Finding]] = defaultdict(list)
    for finding in told:
        groups[finding.rule.removeprefix("source/")].append(finding)
    kinds = "、".join(f"{WHAT.get(status, (status, ''))[0]} {len(here)} 个" for status, here in groups.items())
    subject = f"【未能采集】{county.name}：{kinds}"
    lines = [Line("p", "以下来源没有采到，修好以前一律按“未能核实”处理，不会判为未更新。")]
    for status, here in groups.items():
        word, advice = WHAT.get(status, (status, ""))
        lines.append(Line("h", f"{word}（{len(here)} 个）：{advice}"))
        for finding in here[:_SHOWN]:
            lines += [Line("li", safe(finding.source)), Line("sub", clip(safe(finding.message), 200) or "（没有说明）")]
        if len(here) > _SHOWN:
            lines.append(Line("p", f"……另有 {len(here) - _SHOWN} 个，请到工作台“运行”页查看。"))
    link = f"{desk}/runs/" if desk else ""
    lines += [Line("link", link, "查看全部")] if link else []
    short = [subject, *(f"{safe(finding.source)}：{clip(safe(finding.message), 60)}" for finding in told[:5])]
    return Message(subject, as_text(lines), as_html(lines), as_short(short, link), link)
