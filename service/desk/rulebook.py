"""The rules in force, read once and again when their files change, and what the desk says about each: title, source, what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from checks import Rules
from core.errors import ConfigurationError
from core.rules import Rule


def rules() -> Rules:
    """Today's rules for the desk's county; the first call takes a second or two. Files broken meanwhile leave the last good reading in force."""
    from django.conf import settings

    from service.gate import rule_book

    return rule_book(settings.CONFIG).current()


@dataclass(frozen=True, slots=True)
class About:
    """What a person should know about a rule."""

    title: str
    basis: str
    why: str = ""
    todo: str = ""


def about(rule: str) -> About:
    """The rule's own words where it is a rule of wording, else those of its kind, else of its category."""
    texts = _texts()
    category = rule.split("/")[0]
    general = texts.get(category, {})
    found = _wording(rule)
    if found:
        return About(found.title, found.basis, found.why, general.get("todo", ""))
    own = {**general, **texts.get(rule, {})}
    return About(own.get("title", rule), own.get("basis", ""), own.get("why", ""), own.get("todo", ""))


def _wording(rule: str) -> Rule | None:
    try:
        return next((item for item in rules().wording if item.id == rule), None)
    except ConfigurationError:  # the page of a finding is of use without its rule's own words
        return None


@lru_cache
def _texts() -> Mapping[str, Mapping[str, Any]]:
    import yaml

    texts: Mapping[str, Mapping[str, Any]] = yaml.safe_load((Path(__file__).parent / "rules.yaml").read_text(encoding="utf-8"))
    return texts
