"""Forms made of fields: each keeps its own way of reading, and tells what is wrong beside itself."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from pydantic import BaseModel, ValidationError

from core.config import County, complaint_of
from service.configuration import Complaint
from service.desk.config.fields import LISTS, Field
from service.desk.config.lists import LISTS as SPECS


class ToldField(forms.Field):
    """A form's field that reads as its `Field` says."""

    def __init__(self, told: Field, choices: Iterable[tuple[str, str]]) -> None:
        super().__init__(label=told.label, required=told.required, help_text=told.help, widget=_widget(told, list(choices)))
        self.told = told
        self.suggestions = told.suggestions
        self.now: str | None = None

    def clean(self, value: Any) -> Any:
        if self.told.kind == "yes":
            return bool(value)
        text = "\n".join(value) if isinstance(value, list | tuple) else str(value or "")
        try:
            return self.told.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


def _widget(told: Field, choices: list[tuple[str, str]]) -> forms.Widget:
    if told.kind == "yes":
        return forms.CheckboxInput()
    if told.kind == "choices":
        return forms.CheckboxSelectMultiple(choices=choices)
    if told.kind in ("choice", "unit", "listing"):
        return forms.Select(choices=choices)
    if told.kind in LISTS and told.kind != "integers":
        return forms.Textarea(attrs={"rows": 2})
    attrs: dict[str, Any] = {"autocomplete": "off"}
    if told.suggestions:
        attrs["list"] = f"{told.name}-list"
    if told.kind in ("integer", "number"):
        attrs |= {"inputmode": "decimal", "class": "short"}
    return forms.TextInput(attrs=attrs)


class ConfigForm(forms.Form):
    """A form over some fields. `values` are those of the file; `listings` the names to choose from where a field asks for one."""

    use_required_attribute = False

    def __init__(
        self, fields: Iterable[Field], county: County, data: Any = None, values: Mapping[str, Any] | None = None, listings: Iterable[str] = ()
    ) -> None:
        super().__init__(data)
        self.told = tuple(fields)
        self.by_key = {field.key: field for field in self.told}
        for field in self.told:
            value = (values or {}).get(field.key, field.empty)
            made = ToldField(field, _choices(field, county, value, listings))
            made.initial = value if field.kind in ("yes", "choices") else str(value or "") if field.kind in ("choice", "unit", "listing") else field.show(value)
            self.fields[field.name] = made

    @property
    def values(self) -> dict[str, Any]:
        """What was read, by key; of a valid form."""
        return {field.key: self.cleaned_data[field.name] for field in self.told}

    @property
    def right(self) -> dict[str, Any]:
        """What could be read of a form that is wrong elsewhere."""
        return {
            field.key: self.cleaned_data[field.name]
            for field in self.told
            if field.name in self.cleaned_data and self.cleaned_data[field.name] not in (None, [])
        }

    @property
    def narrow(self) -> list[Any]:
        """The fields that are seldom needed."""
        return [self[field.name] for field in self.told if field.narrow]

    @property
    def opened(self) -> bool:
        """True when one of the seldom needed fields is wrong, or says something."""
        said = any(
            bound.field.initial not in ("", False, None, [], bound.field.told.show(bound.field.told.empty), bound.field.told.empty) for bound in self.narrow
        )
        return said or any(bound.errors or bound.field.now is not None for bound in self.narrow)

    def wrong(self, key: str, text: str) -> None:
        """Tell a complaint beside the field, or on top where there is no such field."""
        field = self.by_key.get(key)
        self.add_error(field.name if field else None, text)

    def beside(self, key: str, now: str) -> None:
        """Show what the file says now, beside what was typed."""
        field = self.by_key.get(key)
        if field:
            self.fields[field.name].now = now or "（空）"  # type: ignore[attr-defined]


def _choices(field: Field, county: County, value: Any, listings: Iterable[str]) -> list[tuple[str, str]]:
    blank = [("", "请选择" if field.required else "（不指定）")]
    if field.kind == "unit":
        names = [(unit.name, unit.name) for unit in county.units]
        known = county.unit(str(value)) if value else None
        if value and str(value) not in dict(names):
            names.insert(0, (str(value), f"{value}（{known.name}的别名）" if known else f"{value}（单位里没有）"))
        return blank + names
    if field.kind == "listing":
        return blank + [(name, name) for name in dict.fromkeys([*listings, *([str(value)] if value else [])])]
    if field.kind == "choice":
        return list(field.choices) if field.default is not None else blank + list(field.choices)
    return list(field.choices)


def model_errors(model: type[BaseModel] | None, entry: Any) -> list[tuple[str, str]]:
    """(key, complaint) for what the entry's model does not take; the key with dots, "" where it is about the whole."""
    if model is None:
        return []
    try:
        model.model_validate(entry)
    except ValidationError as failure:
        return [(".".join(step for step in error["loc"] if isinstance(step, str)), complaint_of(error)) for error in failure.errors(include_url=False)]
    return []


def place(form: ConfigForm, file: str, complaint: Complaint, key: str = "") -> None:
    """Put a complaint of the whole configuration beside the field it names, or on top, with the page's name before it.

    `key`: the field to blame for an entry that is there twice.
    """
    named = _named(form, complaint.text) if complaint.file == file else None
    if named:
        form.wrong(named[0], f"{named[1]}。")
    elif complaint.file == file and key and ("不止一次" in complaint.text or "已属于" in complaint.text):
        form.wrong(key, f"{complaint.text}。")
    else:
        form.wrong("", in_words(complaint))


def _named(form: ConfigForm, text: str) -> tuple[str, str] | None:
    """The field that a complaint names (`县民政局 → mail：…`, `folder → …`) and the reason behind it."""
    for key in sorted(form.by_key, key=len, reverse=True):
        found = re.search(rf"(?:^| → ){re.escape(' → '.join(key.split('.')))}(?: → |：)", text)
        if found:
            return key, text[found.end() :]
    return None


def in_words(complaint: Complaint) -> str:
    """A complaint with the name under which the office knows the file."""
    titles = [spec.title for spec in SPECS if spec.file == complaint.file]
    return f"{titles[0]}（{complaint.file}）：{complaint.text}" if titles else str(complaint)
