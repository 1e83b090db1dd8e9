"""How the rules of wording fare with the people who read their findings: hits and dismissals by rule, so that noisy rules are seen."""

from collections.abc import Iterable
from dataclasses import dataclass

FALSE_ALARM = "误报"  # the verdict that speaks against a rule; 豁免 does not: the rule was right
_NOISY_FROM = 5  # fewer hits say nothing about a rule
_NOISY_SHARE = 0.2


@dataclass(frozen=True, slots=True)
class RuleStat:
    """One rule's record; `hits` counts every finding, decided or not."""

    rule: str
    hits: int
    dismissed: int

    @property
    def share(self) -> float:
        """Part of the findings that people dismissed, 0 to 1."""
        return self.dismissed / self.hits if self.hits else 0.0

    @property
    def noisy(self) -> bool:
        """True when enough findings were dismissed to look at the rule again."""
        return self.hits >= _NOISY_FROM and self.share >= _NOISY_SHARE


def rule_stats(decided: Iterable[tuple[str, str | None]]) -> list[RuleStat]:
    """Stats from (rule, latest decision or None) of every finding: the noisiest first, then by hits, then by name."""
    hits: dict[str, int] = {}
    dismissed: dict[str, int] = {}
    for rule, decision in decided:
        hits[rule] = hits.get(rule, 0) + 1
        dismissed[rule] = dismissed.get(rule, 0) + (decision == FALSE_ALARM)
    stats = [RuleStat(rule, hits[rule], dismissed[rule]) for rule in hits]
    return sorted(stats, key=lambda stat: (-stat.noisy, -stat.share, -stat.hits, stat.rule))
