"""The entries of a list as rows, whatever shape the file gives them, and rows added, changed and removed in the file's text."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.desk.config.fields import Field
from service.desk.config.lists import ListSpec
from service.desk.config.yamltext import Path, YamlText

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One entry. place: where it stands in the file · key: its name for people · ref: its name in addresses · mark: what it says, in short."""

    place: Path
    raw: Any
    values: dict[str, Any]
    key: str
    ref: str
    mark: str


def key_of(spec: ListSpec, values: Values) -> str:
    """The name by which people and spreadsheets know an entry: `县发改局/权责清单`."""
    return "/".join(str(values.get(name) or "") for name in spec.key)


def mark_of(values: Values) -> str:
    return hashlib.sha256(json.dumps(values, ensure_ascii=False, sort_keys=True, default=str).encode()).hexdigest()[:16]


def rows_of(spec: ListSpec, data: Any) -> list[Row]:
    """The rows in the file's order; what is not an entry is passed over (the complaint about it stands on top of the page)."""
    rows: list[Row] = []
    seen: dict[str, int] = {}
    for place, raw, given in _entries(spec, data):
        values = {field.key: field.settled(given.get(field.key, field.empty)) for field in spec.fields}
        key = key_of(spec, values)
        seen[key] = seen.get(key, 0) + 1
        ref = hashlib.sha256(f"{key}\n{seen[key]}".encode()).hexdigest()[:12]
        rows.append(Row(place, raw, values, key, ref, mark_of(values)))
    return rows


def _entries(spec: ListSpec, data: Any) -> Iterator[tuple[Path, Any, dict[str, Any]]]:
    held = data
    for step in spec.path:
        held = held.get(step) if isinstance(held, dict) else None
    if spec.shape in ("pairs", "named"):
        for name, value in held.items() if isinstance(held, dict) else ():
            if spec.shape == "pairs":
                yield (*spec.path, name), value, {spec.fields[0].key: str(name), spec.fields[1].key: value}
            elif isinstance(value, dict):
                yield (*spec.path, name), value, {spec.fields[0].key: str(name), **value}
        return
    for number, item in enumerate(held if isinstance(held, list) else ()):
        place: Path = (*spec.path, number)
        if spec.shape == "plain":
            yield place, item, {spec.fields[0].key: str(item)}
        elif isinstance(item, dict) and spec.shape == "grouped":
            for inner, column in enumerate(item.get("columns") or ()):
                if isinstance(column, dict):
                    yield (*place, "columns", inner), column, {"unit": item.get("unit"), **column}
        elif isinstance(item, dict):
            yield place, item, item


def entry_of(spec: ListSpec, values: Values, raw: Any = None) -> Any:
    """What the file would say of these values; keys that the form does not know stay as they were."""
    if spec.shape == "plain":
        return values[spec.fields[0].key]
    if spec.shape == "pairs":
        return values[spec.fields[1].key]
    entry = dict(raw) if isinstance(raw, dict) else {}
    for field in _own_fields(spec):
        value = values.get(field.key)
        if _unsaid(field, value) and (field.key not in entry or value is None or value == []):
            entry.pop(field.key, None)
        elif field.key not in entry or field.settled(entry[field.key]) != value:
            entry[field.key] = value
    return entry


def _own_fields(spec: ListSpec) -> tuple[Field, ...]:
    """The fields that stand in the entry itself: the name of a named one and the unit of a column stand outside."""
    return spec.fields[1:] if spec.shape in ("named", "grouped") else spec.fields


def _unsaid(field: Field, value: Any) -> bool:
    """A value that needs no word in the file."""
    return value is None or value == [] or (value == field.empty and not field.required)


class Batch:
    """Rows of one list that come, change and go, put into the file's text together."""

    def __init__(self, spec: ListSpec, text: str) -> None:
        self.spec = spec
        self.text = YamlText(text)
        self.rows = {row.ref: row for row in rows_of(spec, self.text.data)}
        self._left: dict[int, set[int]] = {}
        self._new: dict[str, list[Any]] = {}

    def add(self, values: Values) -> None:
        """A new entry at the end of its list."""
        spec, entry = self.spec, entry_of(self.spec, values)
        if spec.shape == "grouped":
            self._new.setdefault(values["unit"], []).append(entry)
        elif spec.shape in ("pairs", "named"):
            self.text.put((*spec.path, values[spec.fields[0].key]), entry)
        else:
            self.text.append(spec.path, entry)

    def change(self, row: Row, values: Values) -> None:
        """Other values for an entry, in its place; a column that changes its unit moves to the other's."""
        spec, entry = self.spec, entry_of(self.spec, values, row.raw)
        if spec.shape == "grouped" and values["unit"] != row.values["unit"]:
            self.remove(row)
            self._new.setdefault(values["unit"], []).append(entry)
            return
        if spec.shape in ("pairs", "plain"):
            if entry != row.raw:
                self.text.put(row.place, entry)
        else:
            for key in [key for key in row.raw if key not in entry]:
                self.text.drop((*row.place, key))
            for key, value in entry.items():
                if key not in row.raw or row.raw[key] != value:
                    self.text.put((*row.place, key), value)
        name = values[spec.fields[0].key]
        if spec.shape in ("pairs", "named") and name != row.place[-1]:
            self.text.rename(row.place, name)

    def remove(self, row: Row) -> None:
        """Take an entry out."""
        if self.spec.shape == "grouped":
            group, number = int(row.place[0]), int(row.place[2])
            self._left.setdefault(group, set()).add(number)
        else:
            self.text.drop(row.place)

    def result(self) -> str:
        """The file's new text; raises ConfigurationError where it cannot be changed in place."""
        groups = self.text.data if self.spec.shape == "grouped" and isinstance(self.text.data, list) else []
        where = {group.get("unit"): number for number, group in enumerate(groups) if isinstance(group, dict)}
        for number, gone in self._left.items():
            if len(gone) == len(groups[number]["columns"]) and groups[number].get("unit") not in self._new:
                self.text.drop((number,))
            else:
                for inner in gone:
                    self.text.drop((number, "columns", inner))
        for unit, columns in self._new.items():
            if unit in where:
                for column in columns:
                    self.text.append((where[unit], "columns"), column)
            else:
                self.text.append((), {"unit": unit, "columns": columns})
        return self.text.result()
