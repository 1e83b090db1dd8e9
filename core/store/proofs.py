"""Proofs of findings: which posts lack one, what one holds, how it is found again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.records import StoredPost
from core.store.posts import stored


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of the page ("") or of a file; `name` in the vault is None where none could be taken, `note` says why."""

    file: str
    name: str | None
    sha256: str
    size: int
    places: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What proves the findings of a post's version."""

    url: str
    version: int
    captured_at: datetime
    warc: str
    sha256: str
    size: int
    findings: tuple[str, ...]
    pictures: tuple[Shown, ...]


def lacking(county: str, severities: Sequence[str], limit: int) -> list[StoredPost]:
    """Posts with open findings of these severities whose present version has no proof (or one that lacks some of them), the newest first."""
    from core.store import models

    rows = models.Finding.objects.filter(county=county, closed_at=None, severity__in=severities, post__isnull=False).order_by("-post__changed_at", "-post_id")
    proved = {(post, version): set(found) for post, version, found in models.Proof.objects.filter(county=county).values_list("post_id", "version", "findings")}
    wanted: dict[int, None] = {}
    for post, version, uid in rows.values_list("post_id", "post__version", "uid"):
        if uid not in proved.get((post, version), ()):
            wanted.setdefault(post, None)
            if len(wanted) >= limit:
                break
    found = {row.pk: row for row in models.Post.objects.filter(pk__in=list(wanted))}
    return [stored(found[key]) for key in wanted if key in found]


def keep(county: str, post: StoredPost, proof: Proof, now: datetime) -> None:
    """Write a proof in place of an older one of the same version, in one transaction. It answers for all that is open on the post, also for what today's rules no longer find."""
    from django.db import transaction

    from core.store import models

    with transaction.atomic():
        fields = {
            "county": county,
            "url": proof.url,
            "captured_at": proof.captured_at,
            "made_at": now,
            "warc": proof.warc,
            "sha256": proof.sha256,
            "size": proof.size,
        }
        standing = models.Finding.objects.filter(county=county, post_id=post.id, closed_at=None).values_list("uid", flat=True)
        named = list(dict.fromkeys([*proof.findings, *standing]))
        row, _ = models.Proof.objects.update_or_create(post_id=post.id, version=proof.version, defaults={**fields, "findings": named})
        row.pictures.all().delete()
        models.Picture.objects.bulk_create(
            models.Picture(proof=row, file=shown.file[:300], name=shown.name, sha256=shown.sha256, size=shown.size, places=shown.places, note=shown.note[:200])
            for shown in proof.pictures
        )


def of_finding(row: Any) -> list[Any]:
    """The Proof rows of the post of a Finding row, the newest version first, with their pictures."""
    from core.store import models

    if row.post_id is None:
        return []
    return list(models.Proof.objects.filter(post_id=row.post_id).order_by("-version").prefetch_related("pictures"))


def every(county: str) -> Any:
    """All proofs, oldest first."""
    from core.store import models

    return models.Proof.objects.filter(county=county).order_by("pk").prefetch_related("pictures")
