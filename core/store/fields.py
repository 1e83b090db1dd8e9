"""Columns that take what the web brings: PostgreSQL refuses NUL bytes, half characters and words longer than the column, SQLite takes them all.

The same cleaning applies to values that are looked for, so what was stored is found again. In migrations they stand as Django's own fields.
"""

import hashlib
from typing import Any

from django.db import models

_KEY_BYTES = 1200  # PostgreSQL's index rows end at 2700 bytes, and an address shares its row with county and source


def storable(text: str) -> str:
    """The text without NULs and without halves of characters."""
    if text.isascii():
        return text.replace("\0", "")
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def fitting(text: str, size: int) -> str:
    """The text, cut with an ellipsis when it is too long."""
    return text if len(text) <= size else text[: size - 1] + "…"


def key_of(text: str, size: int) -> str:
    """A text that identifies: one too long for its column or an index keeps its beginning and ends in a hash of the whole."""
    data = text.encode("utf-8")
    if len(text) <= size and len(data) <= _KEY_BYTES:
        return text
    start = data[: _KEY_BYTES - 40].decode("utf-8", "ignore")[: size - 33]
    return f"{start}…{hashlib.blake2b(data, digest_size=16).hexdigest()}"


class _AsDjangos:
    """Stands in migrations as the field it derives from: the tables are the same."""

    base = ""

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()  # type: ignore[misc]
        return name, f"django.db.models.{self.base}", args, kwargs


class Line(_AsDjangos, models.CharField):  # type: ignore[type-arg]
    """Words of a bounded length."""

    base = "CharField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return fitting(storable(value), self.max_length or len(value)) if isinstance(value, str) else value


class Key(_AsDjangos, models.CharField):  # type: ignore[type-arg]
    """Words by which a row is found: never two different ones the same."""

    base = "CharField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return key_of(storable(value), self.max_length or len(value)) if isinstance(value, str) else value


class Prose(_AsDjangos, models.TextField):  # type: ignore[type-arg]
    """Words of any length."""

    base = "TextField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return storable(value) if isinstance(value, str) else value


class Facts(_AsDjangos, models.JSONField):
    """Lists and mappings."""

    base = "JSONField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(cleaned(value), connection, prepared)


def cleaned(value: Any) -> Any:
    """Lists and mappings with every text in them storable."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): cleaned(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(item) for item in value]
    return value
