"""Two keys for a leak: what a value proves by itself, and what its surroundings say. Pure."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from checks.privacy import proof
from checks.privacy.context import PERSONAL, Context, around, header_kind
from checks.privacy.names import name_before
from checks.privacy.numbers import DIGITS, MASKED, Hit
from checks.privacy.policy import Policy


class Claim(NamedTuple):
    """A leak at [start, end) of the folded text. kind names the rule, level the row of the severity table."""

    kind: str
    level: str
    start: int
    end: int
    value: str
    reasons: tuple[str, ...]


_NUMBER_KINDS = frozenset(("student-id", "exam-id", "social-security", "disability-card"))


def judge(hit: Hit, context: Context, policy: Policy) -> Claim | None:
    """The leak that a hit is in its context, None where it is lawful or proves nothing."""
    because = (*hit.facts, context.place) if context.place else hit.facts
    if hit.kind == MASKED:
        return None
    if hit.kind == "under-masked":
        return _claim(hit, "under-masked", because)
    if hit.kind == "resident-id":
        return _resident(hit, context, because)
    if hit.kind == "mobile":
        return _mobile(hit, context, because)
    if hit.kind == "bank-card":
        return _card(hit, context, because)
    if hit.kind == DIGITS:
        return _digits(hit, context, policy)
    return _document(hit, context, because)


def seen(text: str, hit: Hit, policy: Policy, context: Iterable[str] | None = None) -> Context:
    """The context of a hit in running text; a header given from outside counts where no label stands nearer."""
    found = around(text, hit.start, hit.end, policy.words)
    for header in context or ():
        kind = header_kind(header, policy.words)
        if kind and not found.kind:
            found = found._replace(kind=kind, place=f"所在列标题为“{header}”" if kind in PERSONAL else "")
    undecided = hit.kind == "plate" or (hit.kind == "resident-id" and _recent(hit))
    if undecided and not found.listed and name_before(text, hit.start, policy):
        found = found._replace(listed=True)
    if hit.kind == "mobile" and found.role in ("asked", "text") and not found.listed:
        name = name_before(text, hit.start, policy)
        contact = _on_duty(text, hit.start, name, policy) if name else found.role == "asked"
        return found._replace(role="contact" if contact else "text")
    if found.role == "asked":
        found = found._replace(role="text")
    return found


def _on_duty(text: str, start: int, name: str, policy: Policy) -> bool:
    """Is the person named before a number one of an office: 联系人：张三，or 县民政局 张三?"""
    ahead = text[max(0, start - 40) : start]
    place = ahead.rfind(name)
    lead = ahead[:place].rstrip(" ：:，,") if name and place >= 0 else ""
    return bool(_OFFICE.search(lead)) or bool(policy.words.lists["contact_cues"].search(lead[-5:]))


_OFFICE = re.compile(r"(?:[局办委科股]|办公室|政府|委员会|中心|街道办|大队|支队|法院|检察院)$")


def _claim(hit: Hit, kind: str, reasons: tuple[str, ...], level: str = "") -> Claim:
    return Claim(kind, level or kind, hit.start, hit.end, hit.value, reasons)


def _resident(hit: Hit, context: Context, because: tuple[str, ...]) -> Claim | None:
    """Proved by itself; but a number of a case or project may be made of region, recent date and serial, so a recent birth needs a second key."""
    keyed = context.kind in PERSON_KEYS or context.listed
    if _recent(hit) and (context.code or not keyed):
        return None
    if context.code and not keyed and hit.value[6] == "2":
        return None
    return _claim(hit, "resident-id", because)


def _recent(hit: Hit) -> bool:
    return int(hit.value[6:10]) >= RECENT_BIRTH


# Numbers of cases and projects are led by region and date as IDs are, and one in eleven passes the check digit: a birth in these
# years is believed only where the surroundings speak of a person.
RECENT_BIRTH = 2016
PERSON_KEYS = frozenset(("resident-id", "student-id", "social-security", "disability-card", "exam-id"))


def _mobile(hit: Hit, context: Context, because: tuple[str, ...]) -> Claim | None:
    if context.code or context.kind in ("organisation-code", "company-account", "bank-card", "exam-id", "student-id"):
        if context.kind in _NUMBER_KINDS:
            return _claim(hit, context.kind, (context.place,))
        return None
    if not hit.strong and context.kind != "mobile":
        return None
    return _claim(hit, "mobile", because)


def _card(hit: Hit, context: Context, because: tuple[str, ...]) -> Claim | None:
    if context.kind == "bank-card" and not context.organisation:
        return _claim(hit, "bank-card", because)
    if context.code or context.organisation or context.kind in ("organisation-code", "company-account"):
        return None
    return _claim(hit, "bank-card", because)


def _digits(hit: Hit, context: Context, policy: Policy) -> Claim | None:
    """A number that proves nothing by itself: the header or label must say what it is, and its form must fit."""
    kind, size, value = context.kind, len(hit.value), hit.value
    if kind == "resident-id" and not context.code:
        if size == 15 and proof.is_old_identity(value, policy.tables):
            return _claim(hit, "resident-id", ("15位旧身份证号，地区和出生日期都对", context.place))
        if 16 <= size <= 20 and value[:2] in _PROVINCES and (size == 18 or proof.is_date(value[6:14])):
            return _claim(hit, "resident-id", (_why_wrong(value, policy), context.place))
    if kind == "bank-card" and not context.organisation and not context.code and 12 <= size <= 22 and "X" not in value and _personal(context):
        return _claim(hit, "bank-card", (f"{size}位账号，校验位或发卡标识不符，但用途写明", context.place), "account-number")
    if kind in _NUMBER_KINDS and 6 <= size <= 22:
        return _claim(hit, "social-security" if kind == "disability-card" else kind, (context.place,))
    if kind == "landline" and size in (7, 8):
        return _claim(hit, "landline", (context.place,))
    if kind == "travel-permit" and size == 8:
        return _claim(hit, "travel-permit", ("8位，符合台湾居民来往大陆通行证的写法", context.place))
    return None


def _personal(context: Context) -> bool:
    """账号 alone is as likely an office's; a card or passbook, or a line about a person, is not."""
    return context.role == "list" or context.listed or any(word in context.place for word in ("卡", "存折"))


# Beside the provinces: residence permits of 港澳台 and cards of foreigners.
_PROVINCES = proof.PROVINCES | {"81", "82", "83", "91", "93", "94", "95"}


def _why_wrong(value: str, policy: Policy) -> str:
    """What keeps an ID under the right header from proving itself: one digit wrong does not make it less of a leak."""
    if len(value) != 18:
        return f"共{len(value)}位，疑似多写或漏写一位的身份证号"
    seen = proof.identity(value, policy.tables) if value[:17].isdigit() else None
    if seen and not seen.birth:
        return "出生日期部分有误，疑似写错一位的身份证号"
    if seen and not seen.region:
        return "地区码不在表中，疑似写错一位的身份证号"
    return "校验码不符，疑似写错一位的身份证号"


def _document(hit: Hit, context: Context, because: tuple[str, ...]) -> Claim | None:
    """Landlines, passports, permits, plates, addresses: the surroundings must speak of a person."""
    if hit.kind == "landline":
        home = context.kind == "landline" or (context.kind == "mobile" and context.role == "list" and not context.organisation)
        return _claim(hit, "landline", because) if home else None
    if hit.kind in ("passport", "travel-permit"):
        fits = context.kind in ("passport", "travel-permit", "resident-id") and not context.code
        return _claim(hit, hit.kind, because) if fits else None
    if hit.kind == "home-address" and (context.seat or not (hit.strong or context.listed)):
        return None
    if hit.kind == "plate":
        return _claim(hit, "plate", because) if context.kind == "plate" or context.listed else None
    return _claim(hit, hit.kind, hit.facts)
