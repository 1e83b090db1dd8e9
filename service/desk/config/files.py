"""The county's files under change: read with a mark of their content, checked in a copy of the folder, replaced whole or not at all, one writer at a time."""

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import yaml
from django.db import transaction

from core.errors import ConfigurationError, EnvironmentFailure
from core.yamls import parse
from service.configuration import Complaint, read_configuration
from service.desk.models import AuditEntry, ConfigChange

_lock = threading.Lock()
_LONGEST = 1000


class Rejected(ConfigurationError):
    """A change that would leave the configuration wrong."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


def read(folder: Path, name: str, start: str = "") -> str:
    """The text of a file of the folder; `start` where there is none yet."""
    path = folder / name
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return start
    except UnicodeDecodeError:
        raise ConfigurationError(f"{name}：不是 UTF-8 编码，请另存为 UTF-8") from None
    except OSError as error:
        raise EnvironmentFailure(f"{name}：读不了（{error.strerror}），请检查权限") from None


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def mark(folder: Path, name: str) -> str:
    """The mark of a file's content; empty where it cannot be read."""
    try:
        return digest(read(folder, name))
    except (ConfigurationError, EnvironmentFailure):
        return ""


def replace(path: Path, text: str) -> None:
    """Put a file in its place whole, with the rights the old one had."""
    target = path.resolve()
    made = ""
    try:
        handle, made = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.", suffix=".new")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(made, target.stat().st_mode & 0o777 if target.exists() else 0o644)
        os.replace(made, target)
    except OSError as error:
        if made:
            Path(made).unlink(missing_ok=True)
        raise EnvironmentFailure(f"{target.name}：写不进去（{error.strerror}）。请检查目录 {target.parent} 的权限和磁盘空间") from None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One writer at a time, in this process and in others."""
    with _lock:
        handle = os.open(folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def complaints_about(folder: Path, name: str, text: str) -> tuple[Complaint, ...]:
    """What would be wrong with this text in the place of the file; where the folder is wrong already, only what concerns this file or is new."""
    try:
        parse(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        return (Complaint(name, f"{f'第{mark.line + 1}行' if mark else '某处'}不是合法的 YAML，请检查缩进、冒号和引号"),)
    after = _checked(folder, {name: text})
    if not after:
        return ()
    before = read_configuration(folder)
    if not before.complaints:
        return after
    return tuple(item for item in after if item.file == name or (before.county is not None and item not in before.complaints))


def _checked(folder: Path, changed: dict[str, str]) -> tuple[Complaint, ...]:
    with tempfile.TemporaryDirectory(prefix="xuncha-config-") as made:
        copy = Path(made)
        for path in folder.iterdir():
            if path.is_file() and path.suffix in (".yaml", ".csv", ".xlsx"):
                shutil.copyfile(path, copy / path.name)
        for name, text in changed.items():
            (copy / name).write_text(text, encoding="utf-8")
        return read_configuration(copy).complaints


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes the configuration, when and from where."""

    county: str
    who: str
    at: datetime
    address: str = ""


def save(folder: Path, name: str, edit: Callable[[str], str], summary: Callable[[], str], author: Author, start: str = "") -> ConfigChange | None:
    """Change one file: `edit` sees its text as it is now. None when nothing changes; Rejected when the result would be wrong, and nothing is written.

    Row and file go together: the file is replaced last, and put back when the row cannot be kept.
    """
    from service.desk.config import usage

    with locked(folder):
        before = read(folder, name, start)
        after = edit(before)
        if after == before:
            return None
        if wrong := complaints_about(folder, name, after):
            raise Rejected(wrong)
        if name == "units.yaml" and (left := usage.orphans(author.county, before, after)):
            raise Rejected((Complaint(name, f"还有用户或密钥属于要去掉的单位：{usage.told(left)}，请先改掉他们的单位或收回密钥"),))
        if name == "county.yaml" and _id(after) != author.county:
            raise Rejected((Complaint(name, f"id：不能改，现在是 {author.county}；已有的数据、用户和通报都记在它名下"),))
        return _kept(folder / name, before, after, summary(), author)


def _id(text: str) -> str:
    data = parse(text)
    return str(data.get("id")) if isinstance(data, dict) else ""


def _kept(path: Path, before: str, after: str, summary: str, author: Author) -> ConfigChange:
    replaced, existed = False, path.exists()
    try:
        with transaction.atomic():
            change = record(path.name, before, after, summary, author)
            replace(path, after)
            replaced = True
    except BaseException:
        if replaced and existed:
            replace(path, before)
        elif replaced:
            path.unlink()
        raise
    return change


def record(file: str, before: str, after: str, summary: str, author: Author) -> ConfigChange:
    """The rows of a change: what was and is, and the line of the log."""
    given = {"county": author.county, "at": author.at, "who": author.who}
    change: ConfigChange = ConfigChange.objects.create(file=file, before=before, after=after, summary=summary[:_LONGEST], **given)
    detail = {"change": change.pk, "reason": change.summary}
    AuditEntry.objects.create(action="修改配置", subject=f"config/{file}"[:255], detail=detail, address=author.address[:64], **given)
    return change
