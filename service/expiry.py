"""Evidence has a term: raw pages and files that nobody needs any more leave the vault; the masked record stays."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core.errors import EnvironmentFailure
from core.store.vault import Vault
from service import kept

_BATCH = 100
_NOTHING = b'{"title": "", "text": "", "body": ""}'
# Tables of the desk that name evidence; they are read when they exist, because the night doesn't load the desk.
_DESK = ((kept.TABLE, "evidence"), ("desk_issuedbulletin", "files"))


@dataclass(frozen=True, slots=True)
class Expired:
    """What one run took away: readings of posts, pages of older versions, files in the vault, proofs of findings, kept drafts."""

    posts: int = 0
    versions: int = 0
    files: int = 0
    proofs: int = 0
    drafts: int = 0


def expire(county: str, vault: Vault, now: datetime, keep_days: int) -> Expired:
    """Strip posts unchanged for `keep_days` of their raw material, and delete from the vault what then has no name anywhere.

    Spared: a post with an open finding (its versions too) unless a person has dismissed it, and every post with a file younger than the term.
    A stripped post keeps an empty reading, so that rules can still be run over everything. Kept drafts go when their term is over. Small transactions: stopped at any point, the next run goes on.
    """
    before = now - timedelta(days=keep_days)
    work = _Work(vault, before, vault.put(_NOTHING), _references())
    posts = sum(work.strip_posts(rows) for rows in _batches(_old_posts(county, before, work.empty)))
    versions = sum(work.strip_versions(rows) for rows in _batches(_old_versions(county, before)))
    proofs = sum(work.drop_proofs(rows) for rows in _batches(_old_proofs(county, before)))
    drafts = sum(work.drop_drafts(rows) for rows in _parts(kept.past_term(county, now)))
    return Expired(posts, versions, work.deleted, proofs, drafts)


def _old_posts(county: str, before: datetime, empty: str) -> Any:
    from core.store.models import Post

    rows = Post.objects.filter(county=county, changed_at__lt=before, first_seen__lt=before).exclude(content_key=empty)
    return rows.exclude(pk__in=_needed(county)).order_by("pk")


def _old_versions(county: str, before: datetime) -> Any:
    from core.store.models import PostVersion

    rows = PostVersion.objects.filter(post__county=county, seen_at__lt=before).exclude(evidence=None, content_key="")
    return rows.exclude(post__in=_needed(county)).order_by("pk")


def _old_proofs(county: str, before: datetime) -> Any:
    from core.store.models import Proof

    return Proof.objects.filter(county=county, made_at__lt=before).exclude(post__in=_needed(county)).order_by("pk")


def _needed(county: str) -> Any:
    """The posts whose evidence an open finding still rests on."""
    from core.store.findings import DISMISSED
    from core.store.models import Finding

    rows = Finding.objects.filter(county=county, closed_at=None, post__isnull=False)
    return rows.exclude(state__in=DISMISSED).values("post")


def _batches(rows: Any) -> Iterator[list[Any]]:
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:_BATCH]):
        last = batch[-1].pk
        yield batch


def _parts(rows: Sequence[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def _references() -> Counter[str]:
    """How many rows hold each name, over all counties: the vault keeps equal bytes once."""
    from django.db import connection

    from core.store.models import Picture, Post, PostVersion, Proof

    counts: Counter[str] = Counter()
    for evidence, content, attachments in Post.objects.values_list("evidence", "content_key", "attachments").iterator():
        counts.update(_names(evidence, content, attachments))
    for pair in PostVersion.objects.values_list("evidence", "content_key").iterator():
        counts.update(name for name in pair if name)
    for names in (Proof.objects.values_list("warc", flat=True), Picture.objects.values_list("name", flat=True)):
        counts.update(name for name in names.iterator() if name)
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, column in _DESK:
            if table in tables:
                cursor.execute(f"SELECT {column} FROM {table}")
                counts.update(name for (value,) in cursor.fetchall() for name in _inside(str(value)))
    return counts


def _names(evidence: str | None, content: str, attachments: Sequence[dict[str, Any]]) -> list[str]:
    return [name for name in (evidence, content, *(item["evidence"] for item in attachments)) if name]


def _inside(text: str) -> list[str]:
    """The names of evidence (64 hex digits) in a text."""
    import re

    return re.findall(r"[0-9a-f]{64}", text)


class _Work:
    """Cuts references and deletes what has none left."""

    def __init__(self, vault: Vault, before: datetime, empty: str, references: Counter[str]) -> None:
        self.empty = empty
        self.deleted = 0
        self._vault = vault
        self._before = before.timestamp()
        self._references = references

    def strip_posts(self, rows: Sequence[Any]) -> int:
        """Leave these posts without page, reading and files; returns how many were old enough."""
        from django.db import transaction

        stripped = 0
        with transaction.atomic():
            for row in rows:
                names = _names(row.evidence, row.content_key, row.attachments)
                if not all(self._is_old(name) for name in names):
                    continue
                row.evidence, row.content_key, row.capture = None, self.empty, {}
                row.attachments = [{**item, "evidence": None} for item in row.attachments]
                row.save(update_fields=["evidence", "content_key", "attachments", "capture"])
                self._release(names)
                stripped += 1
        return stripped

    def strip_versions(self, rows: Sequence[Any]) -> int:
        """Leave these older versions without their page and reading."""
        from django.db import transaction

        stripped = 0
        with transaction.atomic():
            for row in rows:
                names = [name for name in (row.evidence, row.content_key) if name]
                if all(self._is_old(name) for name in names):
                    row.evidence, row.content_key = None, ""
                    row.save(update_fields=["evidence", "content_key"])
                    self._release(names)
                    stripped += 1
        return stripped

    def drop_proofs(self, rows: Sequence[Any]) -> int:
        """Take away these proofs with their WARC files and pictures."""
        from django.db import transaction

        with transaction.atomic():
            for row in rows:
                names = [name for name in (row.warc, *row.pictures.values_list("name", flat=True)) if name]
                row.delete()
                self._release(names)
        return len(rows)

    def drop_drafts(self, rows: Sequence[tuple[int, str]]) -> int:
        """Delete drafts whose term is over, rows and bytes."""
        from django.db import transaction

        with transaction.atomic():
            kept.forget([key for key, _ in rows])
            self._release([name for _, name in rows])
        return len(rows)

    def _is_old(self, name: str) -> bool:
        """True when the file is past its term, or gone already (a run that was stopped half-way)."""
        try:
            return _file(self._vault, name).stat().st_mtime < self._before
        except FileNotFoundError:
            return True

    def _release(self, names: Iterable[str]) -> None:
        """One reference less to each; delete before the transaction ends: rolled back, the rows are found again, and no file is left that nobody names."""
        for name in names:
            self._references[name] -= 1
            if self._references[name] > 0:
                continue
            try:
                _file(self._vault, name).unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise EnvironmentFailure(f"证据库 {self._vault.folder} 中的文件删除不了（{error.strerror}），请检查权限") from error
            self.deleted += 1


def _file(vault: Vault, name: str) -> Path:
    return vault.folder / name[:2] / name
