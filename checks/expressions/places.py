"""Places under the wrong parent or misspelt after the right one: 湖南省武汉市, 江苏省徐洲市, 榆林市府谷区."""

import re
from collections.abc import Iterator

from checks.expressions.hits import Hit, Prepared, hit
from core.rules import Rule

_NAME = re.compile("[\u3400-\u9fff]{1,12}?(?:自治州|自治县|自治旗|地区|林区|特区|[市县区盟旗])")
_SUFFIX = ("自治州", "自治县", "自治旗", "地区", "林区", "市", "县", "区", "盟", "旗")
# Characters that no name of a county holds where it is misspelt: what follows the parent is something else.
_JOINTS = frozenset("和与及或同")
_STRANGE = frozenset(
    "省市县区镇乡村街各全该本外内我等及的政府委办厅局院校公司所站园库灾景校辖厂矿级际群个多几两一二三四五六七八九十老新高经开发工业示范试验保税物流农郊城在是有到去为与了主周边部分"
)


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


def region_child(rule: Rule) -> Prepared:
    """After a province or prefecture a name that none of its places has, but for one character or for its kind.

    `options.children`: parent → names of its places, separated by blanks; `options.former`: names that once were right,
    `options.recent`: those of them that ended not long ago, `options.alike`: characters that sound or look alike.
    """
    children = {str(parent): tuple(str(names).split()) for parent, names in dict(rule.options["children"]).items()}
    known = {name for names in children.values() for name in names}
    former, recent = (frozenset(str(rule.options.get(key, "")).split()) for key in ("former", "recent"))
    alike: dict[str, str] = dict(rule.options.get("alike") or {})
    heads = {parent: {name[:2] for name in names} for parent, names in children.items()}

    def run(rule: Rule, text: str, start: int, end: int) -> Iterator[Hit]:
        parent = text[start:end]
        found = _NAME.match(text, end, end + 16)
        if not found or len(found[0]) < 3 or _exact(text, end, children[parent], heads[parent]) or found[0] in known:
            return
        told = found[0]
        if told in recent:
            return
        meant = [name for name in children[parent] if _other_kind(told, name) or (told not in former and _slip(told, name))]
        right = max(meant, key=lambda name: _likeness(told, name, alike) + _other_kind(told, name), default=None)
        if right:
            yield hit(rule, start, end + len(told), text, parent + right, f"{parent}没有{told}，应为{right}")

    return Prepared(tuple(children), run)


def _exact(text: str, start: int, names: tuple[str, ...], heads: set[str]) -> bool:
    """A place of this parent, or one told by its beginning, stands here."""
    return text[start : start + 2] in heads and text.startswith(names, start)


def _slip(told: str, name: str) -> bool:
    """One character of the name exchanged, doubled, dropped or swapped with its neighbour; the kind of place is the same."""
    kind = _kind(name)
    stem, right = told.removesuffix(kind), name.removesuffix(kind)
    if stem in (told, right) or len(right) < 2 or (stem[0] in _JOINTS and stem[0] != right[0]):
        return False
    if len(stem) == len(right):
        differ = [index for index, (one, other) in enumerate(zip(stem, right, strict=True)) if one != other]
        swapped = len(differ) == 2 and differ[1] == differ[0] + 1 and stem[differ[0]] == right[differ[1]] and stem[differ[1]] == right[differ[0]]
        return swapped or (len(differ) == 1 and stem[differ[0]] not in _STRANGE)
    longer, shorter = (stem, right) if len(stem) > len(right) else (right, stem)
    if len(longer) - len(shorter) != 1 or len(shorter) < 2 or _STRANGE & (set(stem) - set(right)):
        return False
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))


def _likeness(told: str, name: str, alike: dict[str, str]) -> int:
    """How many characters differ only as characters that sound or look alike do, and how many not at all."""
    return sum(2 if one == other else one in alike.get(other, "") for one, other in zip(told, name, strict=False))


def _other_kind(told: str, name: str) -> bool:
    """The right name with another kind of place behind it: 府谷区, 呼伦贝尔盟."""
    kind, right = _kind(told), _kind(name)
    return kind != right and len(name.removesuffix(right)) >= 2 and told.removesuffix(kind) == name.removesuffix(right)


def _kind(name: str) -> str:
    return next((kind for kind in _SUFFIX if name.endswith(kind)), "")
