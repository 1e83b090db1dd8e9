"""A watched folder: drafts dropped into it are checked, the result is written beside them, and both move to 已检查 or 不通过. Nothing else is kept."""

import logging
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from core.calendar import shanghai
from core.config import ConfigReader, County
from core.entries import Entry, Name
from core.errors import ConfigurationError, EnvironmentFailure, XunchaError
from service.gate import Draft, DraftFile, Verdict
from service.gate_pool import shared
from service.gate_words import page, plain
from service.jobs import Night

logger = logging.getLogger(__name__)
FILE = "watch.yaml"
PASSED, REFUSED = "已检查", "不通过"
RESULT = ".检查结果"
_HALF = (".part", ".tmp", ".crdownload", ".download", ".partial")
_MIB = 1 << 20


class WatchFile(Entry):
    """folder: below the county's inbox, or an absolute path. settle: seconds a file must have lain unchanged. limit: MB. A subfolder named after a unit is its own."""

    enabled: bool = True
    folder: Name = "drafts"
    settle: int = Field(5, ge=0, le=3600)
    limit: int = Field(50, ge=1, le=200)
    at_once: int = Field(200, ge=1, le=10_000)


@dataclass(slots=True)
class Watched:
    """What a look into the folder did. failed: name → why it lies there still."""

    passed: int
    refused: int
    failed: dict[str, str]

    def told(self) -> str:
        """One line for the log of runs."""
        failed = f"，未能检查 {len(self.failed)} 个（{next(iter(self.failed.values()))}）" if self.failed else ""
        return f"可以发布 {self.passed} 个，不能发布 {self.refused} 个{failed}"


def load_watch(county: County) -> WatchFile | None:
    """The watched folder; None without `watch.yaml` or where it is switched off. Raises ConfigurationError."""
    if not (county.folder / FILE).exists():
        return None
    reader = ConfigReader(county.folder)
    read = reader.one(FILE, WatchFile)
    if read and not Path(read.folder).is_absolute() and ".." in Path(read.folder).parts:
        reader.complaints.append(f"{county.folder / FILE}：folder → “{read.folder}”应在收件目录之内，或写成绝对路径")
    if reader.complaints:
        raise ConfigurationError("\n".join(reader.complaints))
    return read if read and read.enabled else None


def check_folder(night: Night) -> Watched:
    """Check what lies in the watched folder and has settled. A file whose name cannot be moved or read is told and tried again next time."""
    settings, done = load_watch(night.county), Watched(0, 0, {})
    if settings is None:
        return done
    root = night.county.inbox / settings.folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        waiting = list(_waiting(root, night, settings))
    except OSError as error:
        raise EnvironmentFailure(f"稿件文件夹 {root} 无法打开：{error.strerror or error}。请检查路径和权限") from error
    for path in waiting[: settings.at_once]:
        try:
            verdict = _one(night, root, path, settings)
        except OSError as error:
            done.failed[path.name] = f"{path.name}：{error.strerror or type(error).__name__}"
        except XunchaError:
            raise
        except Exception as error:  # the job boundary of one file: the others are checked all the same
            logger.error("watched file: %s", type(error).__name__)
            done.failed[path.name] = f"{path.name}：检查时程序出错（{type(error).__name__}）"
        else:
            if verdict is not None:
                done.passed += verdict.publishable
                done.refused += not verdict.publishable
    return done


def _waiting(root: Path, night: Night, settings: WatchFile) -> Iterator[Path]:
    """Drafts that nobody is still writing, oldest first; links, hidden and half-copied files are passed over."""
    newest = (night.now - timedelta(seconds=settings.settle)).timestamp()
    found = []
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not (here == root and name in (PASSED, REFUSED)))
        for name in names:
            path = here / name
            if name.startswith((".", "~$")) or name.lower().endswith(_HALF) or path.is_symlink() or not path.is_file():
                continue
            state = path.stat()
            if settings.settle == 0 or max(state.st_mtime, state.st_ctime) <= newest or state.st_mtime > night.now.timestamp() + 60:
                found.append((state.st_mtime, path))
    return iter(path for _, path in sorted(found))


def _one(night: Night, root: Path, path: Path, settings: WatchFile) -> Verdict | None:
    """Check one file, write its result, move it; None where it changed meanwhile (it is checked next time)."""
    before = path.stat()
    inside = path.relative_to(root)
    unit = night.county.unit(inside.parts[0]) if len(inside.parts) > 1 else None
    if before.st_size > settings.limit * _MIB:
        verdict = _too_large(path.name, settings.limit, unit.name if unit else None)
    else:
        draft = Draft(files=(DraftFile(path.name, path.read_bytes()),), unit=unit.name if unit else None)
        verdict = shared().examine(draft, night.today, night.county.folder)
    after = path.stat()
    if (before.st_size, before.st_mtime_ns, before.st_ino) != (after.st_size, after.st_mtime_ns, after.st_ino):
        return None
    target = _free(root / (PASSED if verdict.publishable else REFUSED) / inside)
    target.parent.mkdir(parents=True, exist_ok=True)
    moment = shanghai(night.now).strftime("%Y年%m月%d日 %H:%M")
    _write(target.with_name(f"{target.name}{RESULT}.html"), page(verdict, f"检查结果：{path.name}（{moment}）"))
    _write(target.with_name(f"{target.name}{RESULT}.txt"), f"{path.name}\n{moment}\n\n{plain(verdict)}")
    shutil.move(path, target)
    _prune(path.parent, root)
    return verdict


def _too_large(name: str, limit: int, unit: str | None) -> Verdict:
    from core.records import Finding

    reason = f"文件超过 {limit} MB，没有检查；请拆分后重新放入"
    return Verdict((Finding("document/unread", "error", reason, unit=unit, file=name, where="全文", reasons=(reason,)),))


def _free(path: Path) -> Path:
    """The path, or with a number where an earlier draft of that name lies; its results count as taken too, unless an interrupted run left only them."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem}（{number}）{path.suffix}")
    return free


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.part")
    try:
        partial.write_text(text, encoding="utf-8")
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _prune(folder: Path, root: Path) -> None:
    """Folders below a unit's own that became empty go; the unit's own stays for the next draft."""
    while folder not in (root, root.parent) and folder.parent != root:
        with suppress(OSError):
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent
