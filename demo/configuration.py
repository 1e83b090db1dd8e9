"""The configuration of a demo county: the base county's files, those that depend on the facts written anew."""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import ConfigurationError
from demo import forms, inbox
from demo.accounts import BuiltAccount
from demo.facts import Facts

if TYPE_CHECKING:
    from demo.portal import Portal

_REPLACED = ("county.yaml", "units.yaml", "columns.yaml", "news.yaml", "accounts.yaml", "submissions.yaml", "events.yaml", "papers.yaml")


@dataclass(frozen=True, slots=True)
class Base:
    """What the base configuration knows, as plain data."""

    folder: Path
    county: Mapping[str, Any]
    units: Sequence[Mapping[str, Any]]
    accounts: Mapping[tuple[str, str], str]

    @classmethod
    def read(cls, folder: Path) -> "Base":
        county, units, accounts = (_read(folder / name) for name in ("county.yaml", "units.yaml", "accounts.yaml"))
        owners = {(entry["platform"], entry["name"]): entry["unit"] for entry in accounts.get("accounts", ())}
        return cls(folder, county, units, owners)


def units_of(facts: Facts, base: Base) -> list[dict[str, Any]]:
    """All units, the base's first, then those only the facts know; each with an address."""
    units = [dict(unit) for unit in base.units]
    known = {name for unit in units for name in (unit["name"], *unit.get("aliases", ()))}
    for name in dict.fromkeys(_names(facts, base)):
        if name not in known:
            units.append({"name": name})
            known.add(name)
    for number, unit in enumerate(units, 1):
        unit["mail"] = unit.get("mail") or f"u{number:03d}@demo.invalid"
    return units


def addresses(units: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The address of each unit under all of its names."""
    return {name: unit["mail"] for unit in units for name in (unit["name"], *unit.get("aliases", ()))}


def write_configuration(
    folder: Path, facts: Facts, base: Base, units: Sequence[Mapping[str, Any]], portal: "Portal", accounts: Sequence[BuiltAccount], local: Mapping[str, Any]
) -> None:
    """Write the folder; `local` has web, inbox, smtp_host, smtp_port, events."""
    folder.mkdir(parents=True)
    for path in sorted(base.folder.iterdir()):
        if path.is_file() and path.name not in _REPLACED:
            shutil.copyfile(path, folder / path.name)
    _write(folder / "county.yaml", _county(base, local))
    _write(folder / "units.yaml", list(units))
    _write(folder / "columns.yaml", _columns(facts, portal))
    _write(folder / "news.yaml", _news(facts, portal))
    _write(folder / "accounts.yaml", _accounts(facts, base, accounts))
    _write(folder / "submissions.yaml", _submissions(facts))
    _write(folder / "events.yaml", _events(facts, str(local["events"])))
    _write(folder / "papers.yaml", _papers(facts))


def owner(facts: Facts, base: Base, platform: str, name: str) -> str:
    """The unit responsible for an account: who the incidents name, else whom the base knows, else a unit of the account's own name."""
    told = next((incident.unit for incident in facts.incidents if incident.account == (platform, name)), None)
    return told or base.accounts.get((platform, name)) or name


def owners(facts: Facts, base: Base, units: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """The unit of every account, by its first name."""
    first = {name: str(unit["name"]) for unit in units for name in (unit["name"], *unit.get("aliases", ()))}
    return {(account.platform, account.name): first[owner(facts, base, account.platform, account.name)] for account in facts.accounts}


def _names(facts: Facts, base: Base) -> Iterable[str]:
    for group in (facts.columns, facts.news, facts.submissions, facts.papers, facts.events, facts.incidents):
        for fact in group:
            yield fact.unit
    for account in facts.accounts:
        yield owner(facts, base, account.platform, account.name)


def _county(base: Base, local: Mapping[str, Any]) -> dict[str, Any]:
    """The base county on loopback: its portal is the demo's web and needs no waiting."""
    return {
        **base.county,
        "portal": {"name": base.county["portal"]["name"], "url": f"{local['web']}/", "verified": True},
        "inbox": str(local["inbox"]),
        "crawl": {**base.county["crawl"], "delay": 0, "concurrency": 8, "timeout": 20},
        "mail": {"host": local["smtp_host"], "port": local["smtp_port"], "sender": "xuncha@demo.invalid"},
    }


def _listing(listing: Any) -> dict[str, Any]:
    entry: dict[str, Any] = {"url": listing.url}
    if listing.recipe:
        entry["recipe"] = listing.recipe
    if listing.render:
        entry["render"] = True
    return entry


def _columns(facts: Facts, portal: "Portal") -> list[dict[str, Any]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for fact in facts.columns:
        entry = {"name": fact.column, "cycle": fact.cycle.text, **_listing(portal.columns[(fact.unit, fact.column)])}
        groups.setdefault(fact.unit, []).append(entry)
    return [{"unit": unit, "columns": columns} for unit, columns in groups.items()]


def _news(facts: Facts, portal: "Portal") -> dict[str, Any]:
    return {
        "export": inbox.CMS,
        "listings": [{"name": name, **_listing(listing)} for name, listing in portal.news.items()],
        "units": [{"unit": fact.unit, "listing": portal.news_listing[fact.unit]} for fact in facts.news],
    }


def _accounts(facts: Facts, base: Base, accounts: Sequence[BuiltAccount]) -> dict[str, Any]:
    entries = [
        {
            "platform": built.fact.platform,
            "name": built.fact.name,
            "unit": owner(facts, base, built.fact.platform, built.fact.name),
            "url": built.url or (built.ledger[0] if built.ledger else None),
        }
        for built in accounts
    ]
    return {"recommended": inbox.RECOMMENDED, "accounts": entries}


def _submissions(facts: Facts) -> dict[str, Any]:
    headers = forms.headers(facts.submissions)
    duties = [
        {
            "unit": fact.unit,
            "column": fact.column,
            "content": fact.content,
            "cycle": fact.cycle,
            "template": forms.file_name(fact.content),
            "header": list(headers[(fact.unit, fact.content)]),
        }
        for fact in facts.submissions
    ]
    return {"folder": inbox.SUBMISSIONS, "duties": duties}


def _events(facts: Facts, url: str) -> dict[str, Any]:
    groups: dict[tuple[str, str], list[str]] = {}
    for fact in facts.events:
        groups.setdefault((fact.platform, fact.unit), []).append(fact.type)
    return {"url": url, "duties": [{"platform": platform, "unit": unit, "types": types} for (platform, unit), types in groups.items()]}


def _papers(facts: Facts) -> dict[str, Any]:
    duties = []
    for fact in facts.papers:
        offset = (fact.due.year - facts.month.year) * 12 + fact.due.month - facts.month.month
        last = facts.month.plus(offset).last == fact.due
        duties.append({"unit": fact.unit, "paper": fact.paper, "due_day": 31 if last else fact.due.day, "due_offset": offset})
    return {"mailbox": inbox.MAIL, "duties": duties}


def _read(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path}：文件不存在，示例县以它为底本，请补上") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ConfigurationError(f"{path}：不是合法的 UTF-8 YAML，请先运行 xuncha config check") from None


def _write(path: Path, data: object) -> None:
    import yaml

    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=160), encoding="utf-8")
