"""Values that only their column makes personal: birth dates, illnesses, addresses, numbers of pupils and insured. Pure."""

import re

from checks.privacy import proof
from checks.privacy.judge import Claim
from checks.privacy.others import DOOR
from checks.privacy.policy import Policy

_DATE = re.compile(r"((?:19|20)[0-9]{2})(?:[-/.年]\s?([0-9]{1,2})[-/.月]\s?([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))(?:\s+0?0:00(?::00)?)?")
_MONTH = re.compile(r"(?:19|20)[0-9]{2}[-/.年]\s?[0-9]{1,2}月?|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])")
_CODE = re.compile(r"[A-Z]{0,3}[0-9\-]{5,24}[A-Z]?[0-9]{0,2}")
_TRAVEL = re.compile(r"[A-Z]{0,2}[0-9]{7,10}")
_STARS = re.compile(r"[*×●○•□■█＊]|[xX]{2,}|某")
SHAPED = frozenset(["home-address", "birth-date", "health", "student-id", "exam-id", "social-security", "disability-card", "passport", "travel-permit"])


def by_header(text: str, kind: str, place: str, policy: Policy) -> Claim | None:
    """The claim on a whole folded cell under a header of `kind`; None where it is empty, masked, or of another form."""
    value = text.strip()
    if not value or _STARS.search(value) or re.sub(r"\s", "", value) in policy.words.empty:
        return None
    start = text.index(value)
    if kind == "home-address":
        return _claim("home-address", start, value, "写到了门牌、室号或户", place) if DOOR.search(re.sub(r"\s", "", value)) else None
    if kind == "birth-date":
        return _birth(start, value, place)
    if kind == "health":
        return _claim("health", start, value, "名单中写明个人的疾病或残疾情况", place) if len(value) <= 60 and re.search(r"[\u4e00-\u9fff]", value) else None
    bare = re.sub(r"\s", "", value).upper()
    if kind in ("passport", "travel-permit"):
        return _claim(kind, start, value, "", place) if _TRAVEL.fullmatch(bare) else None
    code = "social-security" if kind == "disability-card" else kind
    return _claim(code, start, value, "", place) if _CODE.fullmatch(bare) else None


def _birth(start: int, value: str, place: str) -> Claim | None:
    if found := _DATE.fullmatch(value):
        month, day = found[2] or found[4], found[3] or found[5]
        if proof.is_date(f"{found[1]}{int(month):02d}{int(day):02d}"):
            return _claim("birth-date", start, value, "出生日期精确到日", place)
    if _MONTH.fullmatch(value):
        return _claim("birth-date", start, value, "出生年月", place, "birth-month")
    return None


def _claim(kind: str, start: int, value: str, fact: str, place: str, level: str = "") -> Claim:
    reasons = (fact, place) if fact else (place,)
    return Claim(kind, level or kind, start, start + len(value), value, reasons)


def birth_digits(text: str) -> str:
    """YYYYMMDD of a cell that is a date, "" otherwise."""
    found = _DATE.fullmatch(text.strip())
    if not found:
        return ""
    return f"{found[1]}{int(found[2] or found[4]):02d}{int(found[3] or found[5]):02d}"
