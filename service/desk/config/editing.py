"""An entry added, changed or removed by a person: read again under the lock, so that what another saved meanwhile is neither lost nor overwritten unseen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.config import County
from core.errors import ConfigurationError
from service.desk.config import files, usage
from service.desk.config.files import Author
from service.desk.config.lists import UNITS, ListSpec
from service.desk.config.rows import Batch, Row, Values, key_of
from service.desk.models import ConfigChange


class Changed(Exception):
    """Somebody else changed (`row`) or removed (None) the entry since the form was opened."""

    def __init__(self, row: Row | None) -> None:
        super().__init__()
        self.row = row


class Wrong(ConfigurationError):
    """A value that cannot be kept, and the field it stands in."""

    def __init__(self, key: str, text: str) -> None:
        super().__init__(text)
        self.key = key


@dataclass(frozen=True, slots=True)
class Saved:
    """A change that was kept; `note`: what else the person should know."""

    change: ConfigChange | None
    note: str = ""


class Editor:
    """The changes of one person to one list of a county's folder."""

    def __init__(self, folder: Path, county: County, spec: ListSpec, author: Author) -> None:
        self.folder, self.county, self.spec, self.author = folder, county, spec, author

    def add(self, values: Values) -> Saved:
        """A new entry."""
        spec = self.spec

        def edit(text: str) -> str:
            batch = Batch(spec, text)
            self._distinct(batch, values, None)
            batch.add(values)
            return batch.result()

        return Saved(self._save(edit, lambda: f"新增{spec.item}“{key_of(spec, values)}”"))

    def change(self, ref: str, mark: str, seen: str, values: Values) -> Saved:
        """Other values for an entry. mark, seen: of the entry and of the file, when the form was opened."""
        spec, notes, told = self.spec, list[str](), list[str]()

        def edit(text: str) -> str:
            batch = Batch(spec, text)
            row = batch.rows.get(ref)
            if row is None or row.mark != mark:
                raise Changed(row)
            self._distinct(batch, values, row)
            final, note = self.heir(row, values)
            notes.append(note)
            if files.digest(text) != seen:
                notes.append("您填写期间，别人改了这份名单的其他地方，两处改动都已保留。")
            told.append(f"修改{spec.item}“{row.key}”：{differences(spec, row.values, final)}")
            batch.change(row, final)
            return batch.result()

        return Saved(self._save(edit, lambda: told[0]), "".join(notes))

    def remove(self, ref: str, mark: str) -> Saved:
        """Take an entry out; Wrong while something refers to it."""
        spec, told = self.spec, list[str]()

        def edit(text: str) -> str:
            batch = Batch(spec, text)
            row = batch.rows.get(ref)
            if row is None or row.mark != mark:
                raise Changed(row)
            if found := usage.uses(self.folder, self.county, spec, usage.names_of(spec, row.values)):
                raise Wrong("", f"没有删除：还有别处用到“{row.key}”：{usage.told(found)}。请先改掉那些地方。")
            told.append(f"删除{spec.item}“{row.key}”")
            batch.remove(row)
            return batch.result()

        return Saved(self._save(edit, lambda: told[0]))

    def heir(self, row: Row, values: Values) -> tuple[dict[str, Any], str]:
        """The values to keep so that no reference is left hanging: a unit's old name stays an alias. Raises Wrong for an alias still in use."""
        final, note = dict(values), ""
        gone = usage.names_of(self.spec, row.values) - usage.names_of(self.spec, values)
        if self.spec.slug != UNITS.slug:
            if gone and (found := usage.uses(self.folder, self.county, self.spec, gone)):
                raise Wrong(self.spec.key[-1], f"不能改名：还有别处用着原来的名称：{usage.told(found)}。请新增一个，改掉那些地方，再删除这一个。")
            return final, note
        if row.values["name"] in gone:
            final["aliases"] = [*final["aliases"], row.values["name"]]
            note = f"原来的名称“{row.values['name']}”已留作别名，以前的数据仍归它。"
        lost = gone - {row.values["name"]}
        if found := usage.uses(self.folder, self.county, self.spec, lost):
            raise Wrong("aliases", f"“{'、'.join(sorted(lost))}”还在用：{usage.told(found)}。请先改掉那些地方，再删去这个别名。")
        return final, note

    def _distinct(self, batch: Batch, values: Values, row: Row | None) -> None:
        """Refuse a second entry of the same name."""
        key = key_of(self.spec, values)
        if any(other.key == key and (row is None or other.ref != row.ref) for other in batch.rows.values()) and (row is None or row.key != key):
            raise Wrong(self.spec.key[-1], f"“{key}”已经有了，不能重复。要改它，请在列表里打开那一条。")

    def _save(self, edit: Callable[[str], str], summary: Callable[[], str]) -> ConfigChange | None:
        return files.save(self.folder, self.spec.file, edit, summary, self.author, self.spec.start)


def differences(spec: ListSpec, old: Values, new: Values) -> str:
    """`更新周期 1条/月 → 2条/月；网址 （空） → http://…`."""
    parts = []
    for field in spec.fields:
        before, after = field.show(old.get(field.key)).strip(), field.show(new.get(field.key)).strip()
        if before != after:
            parts.append(f"{field.label} {_brief(before)} → {_brief(after)}")
    return "；".join(parts) or "没有变化"


def _brief(text: str) -> str:
    line = "、".join(text.split("\n"))
    return f"{line[:60]}…" if len(line) > 60 else line or "（空）"
