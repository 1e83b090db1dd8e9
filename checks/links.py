"""Links and attachments that do not open."""

from core.records import Finding, Subject

_GONE = (404, 410)


def scan(subject: Subject) -> list[Finding]:
    """Dead links in the text and attachments that could not be fetched; a slow or refusing host is not dead."""
    findings = []
    for link in subject.links:
        if link.status in _GONE:
            findings.append(_finding(subject, "link/dead", f"链接打不开（{link.status}）：{link.url}", "更正或删除这个链接", link.text or None))
    for item in subject.attachments:
        if item.reason:
            elsewhere = "被转到别的网站" in item.reason
            told = f"附件没有检查：{item.name}（{item.reason}）" if elsewhere else f"附件打不开：{item.name}（{item.reason}）"
            findings.append(_finding(subject, "link/attachment", told, "请人工打开核对" if elsewhere else "重新上传附件", item.name))
    return findings


def _finding(subject: Subject, rule: str, message: str, suggestion: str, masked: str | None) -> Finding:
    return Finding(
        rule=rule,
        severity="warning",
        message=message,
        unit=subject.unit,
        source=subject.source,
        url=subject.url,
        title=subject.title,
        where="正文",
        masked=masked,
        suggestion=suggestion,
        county=subject.county,
    )
