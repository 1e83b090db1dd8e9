"""Whether the evidence is whole: every proof's hashes, on demand every stored page and file; and one proof for a person's eyes or hands."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.calendar import shanghai
from core.errors import EnvironmentFailure, UsageError, VaultError
from core.store import proofs
from core.store.vault import Vault
from crawler.evidence import read_warc


@dataclass(frozen=True, slots=True)
class Fault:
    """Evidence that is not what it was. kind: missing · altered."""

    kind: str
    what: str
    url: str

    def __str__(self) -> str:
        return f"{'缺失' if self.kind == 'missing' else '已改动'}：{self.what}（{self.url}）"


def verify(county: str, vault: Vault, everything: bool = False, step: Callable[[int], None] = lambda done: None) -> tuple[int, list[Fault]]:
    """How many pieces were looked at, and what is wrong with them. `everything`: stored pages and files of all posts as well."""
    count, faults = 0, list[Fault]()
    for pieces in (_proofs(county, vault), _captures(county, vault) if everything else iter(())):
        for fault in pieces:
            count += 1
            faults += [fault] if fault else []
            step(count)
    return count, faults


def _proofs(county: str, vault: Vault) -> Iterator[Fault | None]:
    for row in proofs.every(county).iterator(chunk_size=200):
        day = f"{shanghai(row.captured_at):%Y-%m-%d} 第 {row.version} 版"
        yield _whole(vault, row.warc, row.sha256, f"存档 {day}", row.url, _intact)
        for shown in row.pictures.all():
            if shown.name:
                yield _whole(vault, shown.name, shown.sha256, f"截图 {day} {shown.file or '网页'}", row.url)


def _captures(county: str, vault: Vault) -> Iterator[Fault | None]:
    from core.store.models import Post

    for url, capture in Post.objects.filter(county=county).values_list("url", "capture").iterator():
        for name, how in capture.items():
            yield _whole(vault, name, how["sha256"], f"原文 {how['at'][:10]}", url)


def _whole(vault: Vault, name: str | None, digest: str, what: str, url: str, inside: Callable[[bytes], bool] = lambda data: True) -> Fault | None:
    if not name:
        return Fault("missing", what, url)
    try:
        data = vault.get(name)
    except VaultError:
        return Fault("altered" if vault.has(name) else "missing", what, url)
    return None if hashlib.sha256(data).hexdigest() == digest and inside(data) else Fault("altered", what, url)


def _intact(data: bytes) -> bool:
    try:
        return all(record.intact for record in read_warc(data))
    except ValueError:
        return False


# --- one finding's evidence ---------------------------------------------------------------------------------------


def find(county: str, uid: str) -> tuple[Any, list[Any]]:
    """The Finding row that begins with these characters and its proofs, newest first; UsageError where it is none or several."""
    from core.store.models import Finding

    rows = list(Finding.objects.filter(county=county, uid__startswith=uid).order_by("pk")[:2]) if uid else []
    if len(rows) != 1:
        raise UsageError(f"{'没有' if not rows else '不止一条'}编号以“{uid}”开头的问题；编号见 findings.jsonl 的 id，或工作台问题页的网址")
    return rows[0], proofs.of_finding(rows[0])


def told(row: Any, found: list[Any]) -> dict[str, Any]:
    """What `xuncha evidence show` prints: nothing in it is raw."""
    return {
        "finding": row.uid,
        "rule": row.rule,
        "message": row.message,
        "masked": row.masked,
        "url": row.url,
        "proofs": [
            {
                "version": proof.version,
                "captured_at": shanghai(proof.captured_at).isoformat(timespec="seconds"),
                "made_at": shanghai(proof.made_at).isoformat(timespec="seconds"),
                "sha256": proof.sha256,
                "size": proof.size,
                "covers": row.uid in proof.findings,
                "pictures": [
                    {"file": shown.file or None, "sha256": shown.sha256 or None, "places": shown.places, "note": shown.note or None}
                    for shown in proof.pictures.all()
                ],
            }
            for proof in found
        ],
    }


def export(vault: Vault, row: Any, found: list[Any], folder: Path, raw: bool) -> list[Path]:
    """Write pictures and a manifest; with `raw` the WARC files too, which hold personal data in clear: readable by the owner alone."""
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for proof in found:
            stem = f"{shanghai(proof.captured_at):%Y%m%d}-v{proof.version}"
            for number, shown in enumerate(proof.pictures.all(), 1):
                if shown.name:
                    written.append(_write(folder / f"{stem}-{number}.png", vault.get(shown.name)))
            if raw and proof.warc:
                written.append(_write(folder / f"{stem}.warc.gz", vault.get(proof.warc)))
        manifest = told(row, found) | {"files": [{"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()} for path in written]}
        written.append(_write(folder / "manifest.json", (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()))
    except OSError as error:
        raise EnvironmentFailure(f"{folder}：无法写入（{error.strerror or error}）。请检查路径、权限和磁盘空间") from error
    return written


def _write(path: Path, data: bytes) -> Path:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return path
