"""Files below the county's inbox folder, as a source's `url` names them: a path, with `{month}` or `*` where there are several."""

from pathlib import Path

from core.calendar import Month
from core.errors import CollectionError
from crawler.job import Job

MAX_BYTES = 50 * 1024 * 1024


def inbox_paths(job: Job, url: str, endings: tuple[str, ...] = ()) -> list[Path]:
    """The files (or the one folder) that the path names, in order of name; `{month}` stands for this month and the month before.

    A folder with `endings` given means the files in it that end so. Raises CollectionError where nothing is there or the path leads outside.
    """
    months = [Month.of(job.today).plus(-1), Month.of(job.today)]
    patterns = [url.replace("{month}", str(month)) for month in months] if "{month}" in url else [url]
    found: list[Path] = []
    for pattern in patterns:
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            raise CollectionError("misconfigured", f"路径“{pattern}”应在收件目录之内，且写成相对路径")
        direct = job.county.inbox / pattern
        found += sorted(job.county.inbox.glob(pattern)) if any(mark in pattern for mark in "*?[") else [direct] if direct.exists() else []
    if not found:
        raise CollectionError("unreachable", f"收件目录中没有“{url}”")
    if endings:
        found = [
            path
            for item in found
            for path in (sorted(p for p in item.iterdir() if p.suffix.lower() in endings and not p.name.startswith(("~$", "."))) if item.is_dir() else [item])
        ]
    return list(dict.fromkeys(found))


def read_bytes(path: Path) -> bytes:
    """A file's bytes; raises CollectionError when it cannot be read or is too large."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CollectionError("unreachable", f"{path.name}：超过 {MAX_BYTES // 1024 // 1024} MB，请拆分后重报")
        return path.read_bytes()
    except OSError as error:
        raise CollectionError("unreachable", f"{path.name}：无法读取（{error.strerror or '读取失败'}）") from None
