"""From leaks to findings: severity from the table, the value masked, the reason and the way out in words."""

from collections.abc import Iterable, Iterator

from checks.privacy.document import FILE_NAME
from checks.privacy.leaks import Leak
from checks.privacy.policy import Policy
from core.records import Finding, Subject, Unread
from core.text import conceal, mask

# kind → (what it is called, kind of mask, how to write it instead)
_NAMES: dict[str, tuple[str, str, str]] = {
    "resident-id": ("完整身份证号", "resident-id", "只保留前6位和后4位：{masked}"),
    "bank-card": ("银行卡号或个人账号", "bank-card", "删除账号，或只保留前6位和后4位：{masked}"),
    "mobile": ("个人手机号", "mobile", "删除手机号，或只保留前3位和后4位：{masked}"),
    "landline": ("住宅电话", "landline", "删除住宅电话，或遮盖中间几位：{masked}"),
    "passport": ("护照号码", "passport", "删除护照号码，或遮盖中间几位：{masked}"),
    "travel-permit": ("通行证号码", "travel-permit", "删除通行证号码，或遮盖中间几位：{masked}"),
    "home-address": ("详细到门牌的家庭住址", "address", "住址只写到村（社区）：{masked}"),
    "plate": ("个人车牌号", "plate", "遮盖车牌号中间几位：{masked}"),
    "birth-date": ("出生日期", "number", "删除这一列，确有必要时只写年份"),
    "health": ("疾病或残疾情况", "words", "删除这一列，不公开个人的疾病、残疾情况"),
    "student-id": ("学籍（学）号", "number", "删除这一列，或遮盖中间几位：{masked}"),
    "exam-id": ("准考证号", "number", "遮盖中间几位：{masked}"),
    "social-security": ("社会保障、残疾证等个人编号", "number", "删除这一列，或遮盖中间几位：{masked}"),
}
_ROLES = {"list": "名单中出现{name}", "text": "正文中出现{name}", "contact": "联系方式中出现{name}", "official": "单位信息中出现{name}"}
_DUTY = {"mobile": "如属公开的工作电话，可以保留；尽量改用固定电话"}


def findings(leaks: Iterable[Leak], subject: Subject, policy: Policy) -> Iterator[Finding]:
    """One finding a leak; those that the severity table does not report are dropped."""
    every = list(leaks)
    telling = {leak.block.file for leak in every if leak.block.where == FILE_NAME}
    for leak in every:
        severity = policy.severity(leak.level, leak.role, subject.page_type)
        if severity is None:
            continue
        block = leak.block
        masked, message, suggestion = _words(leak, severity)
        yield Finding(
            rule=f"privacy/{leak.kind}",
            severity=severity,
            message=message,
            unit=subject.unit,
            source=subject.source,
            url=subject.url,
            title=subject.title,
            file=conceal(block.file) if block.file and block.file in telling else block.file,
            where=block.where,
            start=leak.start,
            end=leak.end,
            masked=masked,
            suggestion=suggestion,
            reasons=leak.reasons if not block.hidden else (*leak.reasons, f"内容在{block.hidden}中，打开文件的人都能看到"),
            county=subject.county,
        )


def _words(leak: Leak, severity: str) -> tuple[str, str, str]:
    """Masked value, message, suggestion."""
    if leak.kind == "under-masked":
        return _again(leak.value), "遮盖不够，隐私信息仍可还原", "身份证号至少遮盖中间8位（保留前6位和后4位），手机号至少遮盖中间4位"
    name, kind, advice = _NAMES[leak.kind]
    masked = mask(kind, leak.value)
    hidden = f"（{leak.block.hidden}）" if leak.block.hidden else ""
    message = _ROLES[leak.role].format(name=name) + hidden
    if severity == "info" and leak.kind in _DUTY:
        return masked, message, _DUTY[leak.kind]
    return masked, message, advice.format(masked=masked)


def _again(value: str) -> str:
    """An under-masked value, masked as it should have been."""
    kind = {18: "resident-id", 11: "mobile"}.get(len(value), "bank-card")
    return mask(kind, value)


def unread_findings(unread: Iterable[Unread], subject: Subject, policy: Policy) -> Iterator[Finding]:
    """A part that nobody could read is never passed over in silence."""
    severity = policy.severity("unread", "", subject.page_type)
    for item in unread:
        if severity is not None:
            yield Finding(
                rule="document/unread",
                severity=severity,
                message=f"读不了，没有检查：{item.reason}",
                unit=subject.unit,
                source=subject.source,
                url=subject.url,
                title=subject.title,
                file=conceal(item.file) if item.file else None,
                where=item.where,
                suggestion="换成能正常打开的文件后再查一次",
                reasons=(item.reason,),
                county=subject.county,
            )
