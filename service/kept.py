"""Drafts that their unit asked to keep: sealed in the vault until their term, then deleted.

The table is the desk's; the night, which doesn't load the desk, writes to it by hand where it exists.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.config import County
from core.errors import ConfigurationError
from core.store.fields import cleaned, fitting, storable
from core.store.vault import Vault
from core.text import conceal
from service.gate import Draft

TABLE = "desk_keptdraft"
DAYS = 180


def days(county: County) -> int:
    """For how long the county keeps drafts: `draft_days` of the job that clears evidence away."""
    from service.schedule import load_schedule

    try:
        return next((entry.draft_days for entry in load_schedule(county) if entry.run == "expire"), DAYS)
    except ConfigurationError:
        return DAYS


def possible() -> bool:
    """True when the desk has been opened on this home, so that there is a table to write to."""
    from django.db import connection

    return TABLE in connection.introspection.table_names()


def keep(county: County, unit: str, who: str, draft: Draft, found: Sequence[dict[str, Any]], home: Path, moment: datetime) -> datetime:
    """Put a draft into the vault, each part a row of its own with what was found in it (`finding_data`); returns until when. Call it within a transaction."""
    from django.db import connection

    vault, until = Vault.open(home), moment + timedelta(days=days(county))
    words = draft.html or draft.text
    parts: list[tuple[str | None, str, bytes]] = [(None, draft.title or "正文", words.encode("utf-8", "replace"))] if words or draft.title else []
    parts += [(file.name, file.name, file.data) for file in draft.files]
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        for file, name, data in parts:
            mine = [
                {**item, "file": conceal(item["file"] or "") or None} for item in found if conceal((item["file"] or "").split("!/")[0]) == conceal(file or "")
            ]
            same = (county.id, unit[:128], fitting(storable(conceal(name)), 300), vault.put(data))  # sent once more it is kept once, from now on
            cursor.execute(f"DELETE FROM {TABLE} WHERE county = %s AND unit = %s AND name = %s AND evidence = %s", same)
            row = (*same, who[:150], json.dumps(cleaned(mine), ensure_ascii=False), adapt(moment), adapt(until))
            cursor.execute(
                f"INSERT INTO {TABLE} (county, unit, name, evidence, who, findings, kept_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)", row
            )
    return until


def past_term(county: str, now: datetime) -> list[tuple[int, str]]:
    """(key, name in the vault) of drafts whose term is over."""
    from django.db import connection

    if not possible():
        return []
    moment = connection.ops.adapt_datetimefield_value(now)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, evidence FROM {TABLE} WHERE county = %s AND expires_at <= %s ORDER BY id", [county, moment])
        return [(int(key), str(name)) for key, name in cursor.fetchall()]


def forget(keys: Sequence[int]) -> None:
    """Delete these rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        for key in keys:
            cursor.execute(f"DELETE FROM {TABLE} WHERE id = %s", [key])
