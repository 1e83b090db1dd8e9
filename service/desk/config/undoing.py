"""A change taken back, unless the same place was changed since."""

from pathlib import Path
from typing import Any

from core.errors import ConfigurationError
from service.desk.config import files, usage
from service.desk.config.files import Author
from service.desk.config.lists import LISTS
from service.desk.config.merging import taken_back
from service.desk.config.rows import rows_of
from service.desk.models import ConfigChange


def undo(folder: Path, change: ConfigChange, author: Author) -> ConfigChange | None:
    """Take a change back as a change of its own; None when it is taken back already. ConfigurationError says politely why it cannot be."""

    def edit(text: str) -> str:
        if text == change.before:
            return text
        back = taken_back(change.before, change.after, text)
        if back is None or not _same_rows(change, text, back):
            raise ConfigurationError(f"没有撤销：{_later(change)}。请先撤销后来的改动，或直接到页面上改。")
        return back

    try:
        return files.save(folder, change.file, edit, lambda: f"撤销：{change.summary}", author)
    except files.Rejected as error:
        reasons = "；".join(str(complaint) for complaint in error.complaints[:3])
        raise ConfigurationError(f"没有撤销：撤销以后配置会有错，可能后来的改动用到了它。{reasons}") from None


def _later(change: ConfigChange) -> str:
    later = ConfigChange.objects.filter(county=change.county, file=change.file, pk__gt=change.pk).order_by("pk").first()
    return f"同一处后来又改过（{later.summary}）" if later else "文件后来在别处改过，同一处已经不同"


def _same_rows(change: ConfigChange, now: str, back: str) -> bool:
    """True when exactly the entries that the change touched go back to what they were, and no others move."""
    return all(_entries(change.after, change.before, spec) == _entries(now, back, spec) for spec in LISTS if spec.file == change.file)


def _entries(old: str, new: str, spec: Any) -> set[tuple[str, str, str]]:
    first = {(row.key, row.mark) for row in rows_of(spec, usage.parsed(old) if old else None)}
    second = {(row.key, row.mark) for row in rows_of(spec, usage.parsed(new) if new else None)}
    return {("-", *item) for item in first - second} | {("+", *item) for item in second - first}
