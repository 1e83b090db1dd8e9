"""Structural proof: what headers, labels and the words around a number say about it."""

import re
from typing import NamedTuple

from checks.privacy.policy import Words

PERSONAL = frozenset(
    [
        "travel-permit",
        "passport",
        "student-id",
        "exam-id",
        "disability-card",
        "social-security",
        "resident-id",
        "landline",
        "bank-card",
        "mobile",
        "home-address",
        "plate",
        "birth-date",
        "health",
    ]
)
_SENSITIVE = frozenset(["resident-id", "bank-card", "home-address", "health", "disability-card", "social-security", "birth-date", "student-id"])
_BREAK = re.compile(r"[。；;\n]")
_CLAUSE = re.compile(r"[，,、|\t（(]")
_HOLDER = re.compile(r"(?:户\s*名|(?<![项目标])名\s*称|账户名称?|帐户名称?|开户名称?|收款人|收款单位|开户单位)[:：\s]*([^\s，,；;。:：()（）]{2,30})")
_DIGIT_SIGNS = "0123456789Xx"
_BEHIND = re.compile(r"[ （(]{0,2}([\u4e00-\u9fff]{2,8})")
_LEADS = re.compile(r"[)）]?[:： 为是]{0,3}[0-9A-Z*]")
_SEAT = re.compile(r"(?:住所地?|地址|坐落|位于)(?:为|是|[:：\s])*$")  # words for the address of a firm as well as of a person
_FIRM = re.compile(
    r"公司|合作社|医院|学校|中心|大厅|窗口|经营部|商店|商行|超市|餐饮店|饭店|药店|门市|厂|营业执照|信用代码|供应商|中标|采购|代理|单位|机构|[局院校所站]，"
)
_HEAD = re.compile(r"[^。；;\n]{0,12}?[，,、；;]\s*(?:法定代表人|法人|注册资本|经营范围|统一社会|成立)")
_IDENTIFIED = re.compile(r"身份证?[^\n0-9]{0,10}[0-9][0-9*]{5}[^\n。]*\n\s*$")  # the line above gives somebody's ID
_OFFICE_PHONE, _AT_HOME = re.compile(r"(?<![0-9])0[0-9]{2,3}-[2-8][0-9]{6,7}"), re.compile(r"[宅家]")
_PERSON = re.compile(r"[，,]\s*[男女][，,]|身份证|身份号码|经营者|户主|本人|村民|居民|同志|公民")
_LONG = re.compile(r"[0-9*]{7,}[Xx]?")


class Context(NamedTuple):
    """What the surroundings say. kind: the header's or label's kind; place: its wording for a reason; role as in the severity table.

    The role `asked` is settled later: 联系电话 is a contact's unless a person's name stands before it.
    """

    kind: str = ""
    place: str = ""
    role: str = "text"
    code: bool = False  # called a number of something else: an order, a project, a document
    organisation: bool = False  # an account or phone of an organisation
    listed: bool = False  # inside a list of persons
    seat: bool = False  # an address given as the seat of an organisation


def header_kind(text: str, words: Words) -> str:
    """The kind of number that a header (blanks removed, folded) announces, "" if none."""
    for kind, named, apart in words.headers:
        if named.search(text) and not (apart and apart.search(text)):
            return kind
    return ""


def label_kind(text: str, words: Words) -> tuple[str, str]:
    """The kind announced last in the words before a number, and the wording; ("", "") if none."""
    best: tuple[int, int, str, str] = (-1, -1, "", "")
    for order, (kind, named, apart) in enumerate(words.headers):
        exceptions = [found.span() for found in apart.finditer(text)] if apart else []
        for found in named.finditer(text):
            if any(start <= found.end() + 1 and found.start() <= end + 1 for start, end in exceptions):
                continue
            candidate = (found.end(), -order, kind, found[0])
            best = max(best, candidate)
    return best[2], best[3]


def sensitive(kinds: set[str]) -> bool:
    """A table with such columns is about citizens, whatever its title."""
    return bool(kinds & _SENSITIVE)


def is_organisation(name: str, words: Words) -> bool:
    """The name of a unit or firm rather than of a person."""
    return len(name) > 3 and name.endswith(words.organisation_endings)


def _owner(window: str, before: str, words: Words, person: bool) -> bool:
    """Does the account belong to an organisation? The holder's name decides where it is given."""
    if holders := _HOLDER.findall(window):
        return any(is_organisation(holder, words) or words.lists["organisation_cues"].search(holder) for holder in holders)
    return not person and bool(words.lists["organisation_cues"].search(before))


def around(text: str, start: int, end: int, words: Words) -> Context:
    """Read the surroundings of [start, end) in running text: the label before it, cues in its line."""
    start -= len(text[:start]) - len(text[:start].rstrip(_DIGIT_SIGNS).rstrip())  # before glued numbers; on the line above
    line_start = max((found.end() for found in _BREAK.finditer(text, max(0, start - 80), start)), default=max(0, start - 80))
    stop = _BREAK.search(text, end)
    line = text[line_start : stop.start() if stop else min(len(text), end + 40)]
    before = text[line_start:start]
    near = _LONG.split(before)[-1][-26:]
    kind, wording = label_kind(re.sub(r"\s", "", near), words)
    clause = _CLAUSE.split(near.rstrip("（( "))[-1]
    own = label_kind(re.sub(r"\s", "", clause), words)[0]
    lists = words.lists
    where = "前面"
    if not own and (behind := _behind(text, end, words)):
        kind, wording, where = *behind, "后面"
        own = kind
    code = (not own and bool(lists["number_cues"].search(clause[-12:]))) or own == "organisation-code"
    if kind in ("organisation-code", "company-account", "office-phone") and not own:
        kind, wording = "", ""
    person = bool(lists["person_cues"].search(line))
    person = person or bool(_IDENTIFIED.search(text, max(0, line_start - 60), line_start))
    office = _OFFICE_PHONE.search(before) and not _AT_HOME.search(before)
    contact = bool(office or lists["contact_cues"].search(before)) and not person
    asked = bool(lists["soft_contact_cues"].search(before)) and not person
    holders = _HOLDER.findall(text[max(0, start - 60) : start])
    person = person or bool(holders and 2 <= len(holders[-1]) <= 4 and not is_organisation(holders[-1], words))
    organisation = own == "company-account" or _owner(text[max(0, start - 90) : end + 48], before, words, person)
    role = "contact" if contact or own == "office-phone" else "asked" if asked else "text"
    seat = bool(_SEAT.search(before)) and (_last(_FIRM, before) > _last(_PERSON, before) or bool(_HEAD.match(text, end)))
    return Context(kind, f"{where}写明“{wording}”" if wording and kind in PERSONAL else "", role, code, organisation, person, seat)


def _behind(text: str, end: int, words: Words) -> tuple[str, str] | None:
    """A label that follows its number: SE1234567护照, 138…（手机）; not one that leads the next number."""
    found = _BEHIND.match(text, end)
    if not found or _LEADS.match(text, found.end()):
        return None
    named = label_kind(found[1], words)
    return named if named[0] in PERSONAL and found[1].startswith(named[1]) else None


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match starts, -1 if none."""
    return max((found.start() for found in pattern.finditer(text)), default=-1)
