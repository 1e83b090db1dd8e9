"""A redacted copy: every leak starred where it stands, layout, styles and everything else as it was."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.config import SHARED
from core.errors import EnvironmentFailure, UnreadableError, UsageError

__all__ = ["RedactReport", "redact", "redact_bytes"]

_OFFICE = (".docx", ".xlsx", ".docm", ".xlsm")
_SAME = {".htm": ".html", ".shtml": ".html", ".xhtml": ".html"}


@dataclass(frozen=True, slots=True)
class RedactReport:
    """What was starred: `leaks` in all, by rule in `kinds`; `kept` hints (public duty phones) were left as they are."""

    path: Path
    out: Path
    leaks: int
    kinds: Mapping[str, int]
    kept: int

    def summary(self) -> str:
        """One line for a person."""
        done = f"已遮盖 {self.leaks} 处" if self.leaks else "没有需要遮盖的内容"
        kept = f"；{self.kept} 处公开的工作电话等未改动" if self.kept else ""
        office = "文档属性中的作者、修改人已清空，" if self.out.suffix.lower() in _OFFICE else ""
        return f"{self.out}：{done}{kept}。{office}复查无隐私泄露。"


def redact(path: Path, out: Path) -> RedactReport:
    """Write a redacted copy of `path` to `out`, whole or not at all.

    Raises UsageError for wrong paths, UnreadableError (exit code 3) for what cannot be redacted with its layout kept, for damaged or
    encrypted files, and where a leak would remain; the reasons never show a raw value.
    """
    _refuse_paths(path, out)
    result, report = _redacted(path.read_bytes(), path, out)
    _write(out, result)
    return report


def redact_bytes(data: bytes, name: str) -> tuple[bytes, RedactReport]:
    """The same for a file in memory, such as an upload; nothing is written."""
    return _redacted(data, Path(name), Path(name))


def _redacted(data: bytes, path: Path, out: Path) -> tuple[bytes, RedactReport]:
    from checks.privacy.policy import load_policy
    from core.text import conceal
    from service.redact.judge import Judge
    from service.redact.rounds import redacted

    judge = Judge(load_policy(SHARED), (str(path), str(out)))
    if path != out and judge.named_after_a_leak(str(out)):
        raise UsageError(f"{conceal(str(out))}：输出文件名里有个人号码，请换一个文件名")
    try:
        outcome = redacted(data, judge)
    except UnreadableError as error:
        raise UnreadableError(f"{conceal(str(path))}：{error}") from None  # the cause may hold raw text
    return outcome.data, RedactReport(path, out, outcome.leaks.total(), dict(outcome.leaks), outcome.kept)


def _refuse_paths(path: Path, out: Path) -> None:
    from core.text import conceal
    from crawler.documents import DEFAULT

    if path.is_dir():
        raise UsageError(f"{conceal(str(path))}：这是文件夹，请逐个文件脱敏")
    if not path.is_file():
        raise UsageError(f"{conceal(str(path))}：没有这个文件，请检查路径")
    if out.is_dir():
        raise UsageError(f"{conceal(str(out))}：输出是文件夹，请写明输出文件名")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"{conceal(str(out.parent))}：没有这个文件夹，请先建好或换一个位置")
    if out.exists() and os.path.samefile(path, out):
        raise UsageError(f"{conceal(str(out))}：输出不能覆盖原文件，请换一个文件名")
    if _suffix(path) != _suffix(out):
        raise UsageError(f"{conceal(str(out))}：脱敏不改变格式，输出文件名应以 {path.suffix} 结尾")
    if path.stat().st_size > DEFAULT.size:
        raise UnreadableError(f"{conceal(str(path))}：文件超过 {DEFAULT.size >> 20} MB，未脱敏；请拆分后再试")


def _suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    return _SAME.get(suffix, suffix)


def _write(out: Path, data: bytes) -> None:
    """Beside the goal first, then renamed over it: nobody sees half a file, and only redacted bytes ever reach the disk."""
    partial = out.with_name(f".{os.getpid()}.{os.urandom(4).hex()}.tmp")
    try:
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except OSError as error:
        raise EnvironmentFailure(f"{out}：写不进去（{error.strerror}），请检查权限和磁盘空间") from error
    finally:
        partial.unlink(missing_ok=True)
