"""Posts and their versions, in and out of the store."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal, TypedDict

from core.calendar import shanghai
from core.records import Attachment, Link, Post, PostState, StoredPost
from core.store.vault import Vault
from core.text import conceal, fingerprint, packed, unpacked

Saved = Literal["new", "changed", "same"]


def save_post(county: str, run: int, post: Post, now: datetime, vault: Vault) -> Saved:
    """Insert or update by (county, source, url) in one transaction; raw page and text go to the vault, a changed post keeps its older version.

    A post known only from its list (`state` unread) never overwrites what was read before.
    """
    from django.db import transaction

    from core.store import models

    fields = _fields(post, vault.put(content_of(post)))
    if post.page:
        fields["evidence"] = vault.put(post.page)
    met = _met(post, now)
    with transaction.atomic():
        row = models.Post.objects.select_for_update().filter(county=county, source=post.source, url=post.url).first()
        if row is None:
            absent = post.trace.absent_at
            models.Post.objects.create(county=county, source=post.source, url=post.url, first_seen=now, changed_at=now, absent_at=absent, **fields, **met)
            return "new"
        if post.state == "unread":
            return "same"
        if all(getattr(row, name) == fields[name] for name in _COMPARED):
            if _gone(row.links) != _gone(fields["links"]):  # a dead link was mended, or died: the same version, to be checked again
                met |= {"links": fields["links"], "checked_key": ""}
            models.Post.objects.filter(pk=row.pk).update(**met)
            return "same"
        models.PostVersion.objects.create(post=row, seen_at=row.changed_at, **{name: getattr(row, name) for name in _KEPT})
        named = {fields.get("evidence") or row.evidence, *(item["evidence"] for item in fields["attachments"])}
        fields["capture"] = {name: how for name, how in row.capture.items() if name in named} | fields["capture"]
        for name, value in (fields | met).items():
            setattr(row, name, value)
        row.version, row.changed_at = row.version + 1, now
        row.save()
        return "changed"


def save_posts(county: str, posts: Sequence[Post], now: datetime, vault: Vault) -> None:
    """`save_post` for several at once: the new ones in one statement, all in one transaction."""
    from django.db import IntegrityError, transaction

    from core.store import models

    by_source: dict[str, list[Post]] = {}
    for post in posts:
        by_source.setdefault(post.source, []).append(post)
    known: set[tuple[str, str]] = set()
    for source, part in by_source.items():
        rows = models.Post.objects.filter(county=county, source=source, url__in=[post.url for post in part]).values_list("url", flat=True)
        known |= {(source, url) for url in rows}
    first: dict[tuple[str, str], Post] = {}
    for post in posts:
        if (post.source, post.url) not in known:
            first.setdefault((post.source, post.url), post)
    fresh = [_new_row(county, post, now, vault) for post in first.values()]
    taken = {id(post) for post in first.values()}
    try:
        with transaction.atomic():
            models.Post.objects.bulk_create(fresh)
            rest = [post for post in posts if id(post) not in taken]
            for post in rest:
                save_post(county, 0, post, now, vault)
    except IntegrityError:  # another process stored one of them meanwhile: one by one they find it
        for post in posts:
            save_post(county, 0, post, now, vault)


def _new_row(county: str, post: Post, now: datetime, vault: Vault) -> Any:
    from core.store import models

    fields = _fields(post, vault.put(content_of(post)))
    if post.page:
        fields["evidence"] = vault.put(post.page)
    given = {"county": county, "source": post.source, "url": post.url, "first_seen": now, "changed_at": now, "absent_at": post.trace.absent_at}
    return models.Post(**given, **fields, **_met(post, now))


def content_of(post: Post) -> bytes:
    """The raw reading of a post as it lies in the vault."""
    return json.dumps({"title": post.title, "text": post.text, "body": post.body}, ensure_ascii=False).encode()


# What makes a new version (the title is part of the content). The page's own bytes are not compared: counters and timestamps in them change at every visit.
_COMPARED = ("content_key", "published_at", "origin", "state", "original", "attachments")


_KEPT = ("version", "title", "published_at", "state", "evidence", "content_key")


def _met(post: Post, now: datetime) -> dict[str, Any]:
    validators = json.dumps(dict(post.trace.validators), ensure_ascii=False, sort_keys=True) if post.trace.validators else ""
    return {"looked_at": now, "listed": post.trace.listed, "validators": validators} if post.state != "unread" else {}


def _gone(links: Iterable[Mapping[str, Any]]) -> set[str]:
    return {link["url"] for link in links if link["status"] in (404, 410)}


def _fields(post: Post, content_key: str) -> dict[str, Any]:
    return {
        "title": conceal(post.title)[:500],
        "published_at": post.published_at,
        "date_source": post.date_source,
        "origin": conceal(post.origin)[:255],
        "state": post.state,
        "original": post.original,
        "pinned": post.pinned,
        "sketch": packed(fingerprint(post.text or post.title)),
        "content_key": content_key,
        "tags": {name: conceal(value)[:500] for name, value in post.tags.items()},
        "links": [{**asdict(link), "text": conceal(link.text)[:200]} for link in post.links],
        "capture": {name: dict(how) for name, how in post.capture.items()},
        "attachments": [{**asdict(item), "name": conceal(item.name)[:300]} for item in post.attachments],
    }


class Content(TypedDict):
    """The raw reading of a post: title, text and the HTML of its body."""

    title: str
    text: str
    body: str


def read_content(vault: Vault, content_key: str) -> Content:
    """The raw reading of a stored post, for checks; never to be stored or shown."""
    content: Content = json.loads(vault.get(content_key))
    return content


def known_urls(county: str, source: str, try_again: str) -> set[str]:
    """The URLs of this source that were read (not merely listed) before, but for those with an attachment whose reason starts with `try_again`."""
    from core.store import models

    rows = models.Post.objects.filter(county=county, source=source).exclude(state="unread").values_list("url", "attachments")
    return {url for url, files in rows if not any(file["reason"].startswith(try_again) for file in files)}


def posts(county: str, sources: Iterable[str] | None = None, since: datetime | None = None, until: datetime | None = None) -> Iterator[StoredPost]:
    """Stored posts, oldest first, [since, until) by publication; undated ones only when neither bound is given."""
    from core.store import models

    rows = models.Post.objects.filter(county=county)
    if sources is not None:
        rows = rows.filter(source__in=list(sources))
    if since is not None:
        rows = rows.filter(published_at__gte=since)
    if until is not None:
        rows = rows.filter(published_at__lt=until)
    for row in rows.order_by("published_at", "pk").iterator():
        yield stored(row)


def published_days(county: str, urls: Iterable[str]) -> dict[str, date]:
    """URL → the Shanghai day on which the post there was published."""
    from core.store import models

    wanted, days = sorted(set(urls)), {}
    for begin in range(0, len(wanted), 500):
        rows = models.Post.objects.filter(county=county, url__in=wanted[begin : begin + 500], published_at__isnull=False)
        for url, moment in rows.order_by("published_at", "pk").values_list("url", "published_at"):
            if moment is not None:
                days[url] = shanghai(moment).date()
    return days


def stored(row: Any) -> StoredPost:
    """The record of a Post row."""
    state: PostState = row.state
    return StoredPost(
        id=row.pk,
        source=row.source,
        url=row.url,
        title=row.title,
        published_at=row.published_at,
        date_source=row.date_source,
        origin=row.origin,
        state=state,
        original=row.original,
        pinned=row.pinned,
        fingerprint=unpacked(bytes(row.sketch)),
        evidence=row.evidence,
        content_key=row.content_key,
        first_seen=row.first_seen,
        version=row.version,
        attachments=tuple(Attachment(**item) for item in row.attachments),
        links=tuple(Link(**item) for item in row.links),
        tags=row.tags,
        absent_at=row.absent_at,
        capture=row.capture,
    )


def unchecked(county: str, rules_version: str, only: Iterable[int] | None = None) -> list[StoredPost]:
    """Posts that are new, changed, or last checked by other rules; recommended items belong to others and are not checked."""

    rows = _unchecked(county, rules_version)
    if only is not None:
        rows = rows.filter(pk__in=list(only))
    return [stored(row) for row in rows.order_by("pk").iterator()]


def unchecked_ids(county: str, rules_version: str) -> list[int]:
    """The row numbers of the same posts."""
    return list(_unchecked(county, rules_version).order_by("pk").values_list("pk", flat=True))


def _unchecked(county: str, rules_version: str) -> Any:
    """The comparison is the database's: a county has hundreds of thousands of posts, and on most nights some hundred are unchecked."""
    from django.db.models import CharField, Value
    from django.db.models.functions import Cast, Concat

    from core.store import models

    current = Concat(Cast("version", CharField()), Value(f":{rules_version}"))
    return models.Post.objects.filter(county=county).exclude(source="recommended").exclude(checked_key=current)


def checked_key(version: int, rules_version: str) -> str:
    """What a post was checked as: its version and the rules' version."""
    return f"{version}:{rules_version}"
