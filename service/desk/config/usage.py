"""Where a name of the configuration is used: before it may go, everything that refers to it must."""

from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from core.config import County
from core.errors import ConfigurationError
from core.yamls import parse
from service.desk.config import files
from service.desk.config.lists import CHANNELS, JOBS, LISTINGS, LISTS, ROUTES, UNITS, ListSpec
from service.desk.config.rows import Values, rows_of
from service.desk.config.singles import value_at

# A list whose names others use → (list, its field) where they are used.
_REFERENCES: dict[str, tuple[tuple[ListSpec, str], ...]] = {
    UNITS.slug: (*((spec, field.key) for spec in LISTS for field in spec.fields if field.kind == "unit"), (ROUTES, "units")),
    LISTINGS.slug: tuple((spec, field.key) for spec in LISTS for field in spec.fields if field.kind == "listing"),
    CHANNELS.slug: ((ROUTES, "channels"),),
    JOBS.slug: ((JOBS, "after"),),
}


@dataclass(frozen=True, slots=True)
class Use:
    """One place: the page's title, the entry's name (or how many), the page's slug ("" where it is no list)."""

    title: str
    entry: str
    slug: str = ""


def load(folder: Path, spec: ListSpec) -> Any:
    """The plain data of a list's file, to be read only; None where it cannot be read."""
    try:
        return _plain(files.read(folder, spec.file, spec.start))
    except (yaml.YAMLError, ConfigurationError):
        return None


@lru_cache(maxsize=32)
def _plain(text: str) -> Any:
    """Parsed once as long as the text stays the same: a page asks for one file many times."""
    return parse(text)


def names_of(spec: ListSpec, values: Values) -> frozenset[str]:
    """The names that others may use for this entry: of a unit its aliases as well."""
    return frozenset({str(values.get(spec.key[-1]) or ""), *map(str, values.get("aliases") or ())} - {""})


def uses(folder: Path, county: County, spec: ListSpec, names: Set[str]) -> tuple[Use, ...]:
    """Where these names are used, in files and by users and keys."""
    found = list(_in_files(folder, spec, names)) if names else []
    if spec.slug == CHANNELS.slug:
        found += _in_alerts(load(folder, CHANNELS), names)
    if spec.slug == UNITS.slug and names:
        found += _in_database(county.id, names)
    return tuple(found)


def _in_files(folder: Path, spec: ListSpec, names: Set[str]) -> Iterator[Use]:
    for other, key in _REFERENCES.get(spec.slug, ()):
        for row in rows_of(other, load(folder, other)):
            value = row.values.get(key)
            if value in names if isinstance(value, str) else any(item in names for item in value or ()):
                yield Use(other.title, row.key, other.slug)


def _in_alerts(data: Any, names: Set[str]) -> Iterator[Use]:
    places = (("找不到收件人时", ("fallback",)), ("督办", ("escalation", "channels")))
    for word, used in ((word, value_at(data, path)) for word, path in places):
        if any(name in names for name in used or ()):
            yield Use("告警总则", word)


def _in_database(county: str, names: Set[str]) -> Iterator[Use]:
    from service.desk.models import Profile, UnitToken

    for profile in Profile.objects.filter(county=county, unit__in=sorted(names)).select_related("user"):
        yield Use("用户", profile.user.first_name or profile.user.username)
    for token in UnitToken.objects.filter(county=county, unit__in=sorted(names), revoked=None):
        yield Use("接口密钥", token.name)


def orphans(county: str, before: str, after: str) -> tuple[Use, ...]:
    """Users and keys of a unit that `units.yaml` would no longer know by any name."""
    lost = _unit_names(before) - _unit_names(after)
    return tuple(_in_database(county, lost)) if lost else ()


def _unit_names(text: str) -> frozenset[str]:
    try:
        return frozenset(name for row in rows_of(UNITS, _plain(text)) for name in names_of(UNITS, row.values))
    except yaml.YAMLError:
        return frozenset()


def told(found: tuple[Use, ...]) -> str:
    """The uses in one line: `栏目 5 处（县民政局/政府机构 等）、用户 1 处（张三）`."""
    counts = Counter(use.title for use in found)
    first = {use.title: use.entry for use in reversed(found)}
    return "、".join(f"{title} {count} 处（{first[title]}{' 等' if count > 1 else ''}）" for title, count in counts.items())


def parsed(text: str) -> Any:
    """The plain data of a text; raises ConfigurationError with its line where it is no YAML."""
    try:
        return parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise ConfigurationError(f"{f'第{mark.line + 1}行' if mark else '某处'}不是合法的 YAML，请检查缩进、冒号和引号") from None
