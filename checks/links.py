"""Links and attachments that do not open, and links that lead where no government page may."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from core.records import Finding, Severity, Subject

_GONE = (404, 410)


_LONGEST = 20
_AGAINST = re.compile("打击|整治|治理|查处|严禁|拒绝|抵制|防范|警惕|远离|案|犯罪|反诈|揭|骗|举报|参与|危害|禁止|宣传|处罚")


@dataclass(frozen=True, slots=True)
class LinkList:
    """Hosts, pieces of hosts and words of links, by kind: parked, gambling, adult (`config/data/bad_links.yaml`)."""

    hosts: Mapping[str, str]
    host_words: Sequence[tuple[str, str]] = ()
    words: Sequence[tuple[str, str]] = ()

    def kind(self, url: str, text: str) -> str | None:
        """What is wrong with a link, None for nothing."""
        host = (urlsplit(url).hostname or "").lower()
        if host.endswith((".gov.cn", ".edu.cn")):
            return None
        labels = host.split(".")
        named = next((self.hosts[name] for start in range(len(labels)) if (name := ".".join(labels[start:])) in self.hosts), None)
        return named or next((kind for piece, kind in self.host_words if any(label.startswith(piece) for label in labels)), None) or self._said(text)

    def _said(self, text: str) -> str | None:
        if len(text) > _LONGEST or _AGAINST.search(text):  # a headline about gambling is no gambling
            return None
        return next((kind for word, kind in self.words if word in text.lower()), None)


def read_list(data: Mapping[str, Mapping[str, Sequence[str]]]) -> LinkList:
    """The list of a parsed `bad_links.yaml`."""
    parts = {name: [(str(item).lower(), kind) for kind, group in data.items() for item in group.get(name, ())] for name in ("hosts", "host_words", "words")}
    return LinkList(dict(parts["hosts"]), tuple(parts["host_words"]), tuple(parts["words"]))


_TOLD: Mapping[str, tuple[str, Severity, str]] = {
    "parked": ("link/parked", "warning", "链接指向已被抢注停放的域名"),
    "gambling": ("link/gambling", "error", "链接疑似指向赌博网站"),
    "adult": ("link/adult", "error", "链接疑似指向色情网站"),
}


def _bad(subject: Subject, bad: LinkList) -> list[Finding]:
    found = []
    for link in subject.links:
        try:
            kind = bad.kind(link.url, link.text)
        except ValueError:
            continue
        if kind is not None and kind in _TOLD:
            rule, severity, message = _TOLD[kind]
            found.append(
                replace(_finding(subject, rule, f"{message}：{link.url}", "立即删除这个链接，并检查页面是否被篡改", link.text or None), severity=severity)
            )
    return found


def scan(subject: Subject, bad: LinkList | None = None) -> list[Finding]:
    """Dead links in the text, attachments that could not be fetched (a slow or refusing host is not dead), and links by the list of `bad` ones."""
    findings = _bad(subject, bad) if bad else []
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
