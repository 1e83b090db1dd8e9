"""How the rules of wording fare with the people who read their findings: hits and dismissals by rule, so that noisy rules are seen."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

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


def show(config: Path, as_json: bool) -> int:
    """Print the record of every rule that ever found something in the county; 0 always, for a noisy rule is no fault of the texts."""
    from core.config import load_county
    from core.store.findings import decisions_by_rule
    from core.store.setup import open_store

    county = load_county(config)
    open_store()
    stats = rule_stats(decisions_by_rule(county.id))
    if as_json:
        for stat in stats:
            print(json.dumps({**asdict(stat), "share": round(stat.share, 3), "noisy": stat.noisy}, ensure_ascii=False))
        return 0
    if not stats:
        print("还没有发现过问题，没有可统计的规则。")
        return 0
    print("规则\t发现\t误报\t误报率\t")
    for stat in stats:
        print(f"{stat.rule}\t{stat.hits}\t{stat.dismissed}\t{stat.share:.0%}\t{'误报偏多，请复核这条规则' if stat.noisy else ''}".rstrip())
    return 0
