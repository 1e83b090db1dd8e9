"""What is known of posts before the next visit: which are known, which are to be looked at again, and what a change changed."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.store.vault import Vault

_PRESSING = ("veto", "error")


@dataclass(frozen=True, slots=True)
class KnownPost:
    """A post as the next visit needs it. `thorough`: its findings are open, so its files and links are to be looked at too."""

    id: int
    source: str
    url: str
    title: str
    published_at: datetime | None
    date_source: str
    origin: str
    state: str
    listed: str
    content_key: str
    validators: Mapping[str, tuple[str, str]]
    attachments: tuple[Mapping[str, Any], ...] = ()
    thorough: bool = False


_NAMES = ("pk", "source", "url", "title", "published_at", "date_source", "origin", "state", "listed", "content_key", "validators", "attachments")


def known_posts(county: str, source: str, try_again: str) -> dict[str, KnownPost]:
    """The posts of a source that were read before, by address; without those one of whose files is to be asked for again (its reason starts with `try_again`)."""
    from core.store import models

    rows = models.Post.objects.filter(county=county, source=source).exclude(state="unread").values(*_NAMES)
    return {row["url"]: _known(row) for row in rows.iterator() if not any(file["reason"].startswith(try_again) for file in row["attachments"])}


def _known(row: Mapping[str, Any], thorough: bool = False) -> KnownPost:
    pairs = {address: (pair[0], pair[1]) for address, pair in json.loads(row["validators"] or "{}").items()}
    fields = {name: row[name] for name in _NAMES if name not in ("pk", "validators", "attachments")}
    return KnownPost(id=row["pk"], validators=pairs, attachments=tuple(row["attachments"]), thorough=thorough, **fields)


def to_look_at(county: str, sources: Iterable[str], now: datetime, pressing: int, rolling: int) -> list[KnownPost]:
    """The posts to be looked at again: at most `pressing` with findings that nobody has settled (errors at every visit, warnings once a week),
    and `rolling` others, the ones longest not looked at, most of them from the last two weeks."""
    from core.store import models

    wanted = list(sources)
    rows = models.Post.objects.filter(county=county, state="live", source__in=wanted, first_seen__lt=now)
    urgent = rows.filter(pk__in=_with_findings(county, _PRESSING)).order_by("looked_at", "pk")
    week = rows.filter(pk__in=_with_findings(county, ("warning",)), looked_at__lt=now - timedelta(days=7)).order_by("looked_at", "pk")
    found = {row["pk"]: _known(row, True) for row in [*urgent.values(*_NAMES)[:pressing], *week.values(*_NAMES)[:pressing]][:pressing]}
    recent = rows.filter(published_at__gte=now - timedelta(days=14), looked_at__lt=now - timedelta(hours=20))
    older = rows.filter(published_at__gte=now - timedelta(days=400), looked_at__lt=now - timedelta(days=7))
    for part, share in ((recent, rolling - rolling // 3), (older, rolling // 3)):
        for row in part.exclude(pk__in=list(found)).order_by("looked_at", "pk").values(*_NAMES)[:share]:
            found[row["pk"]] = _known(row)
    return list(found.values())


def _with_findings(county: str, severities: tuple[str, ...]) -> Any:
    from core.store import models
    from core.store.findings import SETTLED

    rows = models.Finding.objects.filter(county=county, closed_at=None, severity__in=severities, post__isnull=False)
    return rows.exclude(state__in=[state for state in SETTLED if state != "fixed"]).values("post")


def looked(post: int, now: datetime, listed: str | None = None) -> None:
    """Note that a post was looked at and is as it was; `listed`: what its list now says of it."""
    from core.store import models

    models.Post.objects.filter(pk=post).update(looked_at=now, **({} if listed is None else {"listed": listed}))


def difference(vault: Vault, post: int, version: int) -> list[str]:
    """What the change from this older version of a post to the next one changed, as lines of a unified diff of title and text; raw, so to be masked by whoever shows it.

    Empty when nothing readable changed. Raises VaultError when one of the two is past its term.
    """
    from difflib import unified_diff

    before, after = _lines(vault, post, version), _lines(vault, post, version + 1)
    return list(unified_diff(before, after, f"第{version}版", f"第{version + 1}版", lineterm="", n=2))


def _lines(vault: Vault, post: int, version: int) -> list[str]:
    from core.store import models
    from core.store.posts import read_content

    row = models.PostVersion.objects.filter(post_id=post, version=version).first() or models.Post.objects.get(pk=post, version=version)
    if not row.content_key:
        return []
    content = read_content(vault, row.content_key)
    return [content["title"], *_split(content["text"])]


def _split(text: str) -> Iterator[str]:
    """Lines, and sentences of long lines: a paragraph is one line, and its change should show as the sentence that changed."""
    for line in text.splitlines():
        yield from (piece + "。" for piece in line.split("。")[:-1])
        if line.rsplit("。", 1)[-1]:
            yield line.rsplit("。", 1)[-1]
