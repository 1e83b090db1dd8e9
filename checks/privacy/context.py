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
_HOLDER = re.compile(r"(?:户\s*名|账户名称?|帐户名称?|开户名称?|收款人|收款单位|开户单位)[:：\s]*([^\s，,；;。:：()（）]{2,30})")
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
        if apart and apart.search(text):
            continue
        for found in named.finditer(text):
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
        return any(is_organisation(holder, words) for holder in holders)
    return not person and bool(words.lists["organisation_cues"].search(before))


def around(text: str, start: int, end: int, words: Words) -> Context:
    """Read the surroundings of [start, end) in running text: the label before it, cues in its line."""
    start -= len(text[:start]) - len(text[:start].rstrip())  # a label may stand on the line above
    line_start = max((found.end() for found in _BREAK.finditer(text, max(0, start - 80), start)), default=max(0, start - 80))
    stop = _BREAK.search(text, end)
    line = text[line_start : stop.start() if stop else min(len(text), end + 40)]
    before = text[line_start:start]
    near = _LONG.split(before)[-1][-26:]
    kind, wording = label_kind(re.sub(r"\s", "", near), words)
    clause = _CLAUSE.split(near.rstrip("（( "))[-1]
    own = label_kind(re.sub(r"\s", "", clause), words)[0]
    lists = words.lists
    code = (not own and bool(lists["number_cues"].search(clause[-12:]))) or own == "organisation-code"
    if kind in ("organisation-code", "company-account", "office-phone") and not own:
        kind, wording = "", ""
    person = bool(lists["person_cues"].search(line))
    contact = bool(lists["contact_cues"].search(before)) and not person
    asked = bool(lists["soft_contact_cues"].search(before)) and not person
    organisation = own == "company-account" or _owner(text[max(0, start - 90) : end + 48], before, words, person)
    role = "contact" if contact or own == "office-phone" else "asked" if asked else "text"
    return Context(kind, f"前面写明“{wording}”" if wording and kind in PERSONAL else "", role, code, organisation, person)
