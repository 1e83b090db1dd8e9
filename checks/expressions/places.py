"""Places under the wrong parent: 湖南省武汉市, 西安市眉县."""

from collections.abc import Iterator

from checks.expressions.hits import Hit, Prepared, hit
from core.rules import Rule


def province_city(rule: Rule) -> Prepared:
    """A place under a parent it does not belong to (`options.cities`: parent → its places)."""
    cities: dict[str, list[str]] = dict(rule.options["cities"])
    owners: dict[str, set[str]] = {}
    for parent, names in cities.items():
        for name in names:
            owners.setdefault(name, set()).add(parent)
    heads = {name[:2] for name in owners}
    sizes = sorted({len(name) for name in owners}, reverse=True)

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        if text[end : end + 2] not in heads:
            return
        parent = text[start:end]
        for length in sizes:
            name = text[end : end + length]
            homes = owners.get(name)
            if homes and parent not in homes:
                yield hit(rule, start, end + length, text, f"{sorted(homes)[0]}{name}", f"{name}属于{'、'.join(sorted(homes))}")
            if homes:
                return

    return Prepared(tuple(cities), run)
