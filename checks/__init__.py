"""From observations to findings and counts: pure, no I/O, no clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from checks import expressions, freshness, links, privacy, tags
from checks.links import LinkList
from checks.privacy.policy import Policy
from core.records import Finding, Subject
from core.rules import RuleSet


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """Everything the checks go by; `version` changes whenever any of it does."""

    wording: RuleSet
    privacy: Policy
    version: str
    bad_links: LinkList | None = None


Check = Callable[[Subject, Rules, date], list[Finding]]


def _privacy(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    return privacy.scan(subject, rules.privacy)


def _expressions(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    return expressions.scan(subject, rules.wording, today)


def _links(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    return links.scan(subject, rules.bad_links)


def _tags(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    return tags.scan(subject)


def _freshness(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    return freshness.scan(subject)


CHECKS: tuple[Check, ...] = (_privacy, _expressions, _links, _tags, _freshness)


def run(subject: Subject, rules: Rules, today: date) -> list[Finding]:
    """Every check on one subject, in the order of CHECKS; the same subject and rules give the same findings."""
    return [finding for check in CHECKS for finding in check(subject, rules, today)]
