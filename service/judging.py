"""From what lies in the store, or in a file before publication, to the subject that checks look at."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from checks import Rules
from core.calendar import shanghai
from core.config import SHARED, County
from core.records import Block, StoredPost, Subject, Unread
from core.store.posts import Content, read_content
from core.store.strikes import STRIKES
from core.store.vault import Vault
from crawler import documents

_DEADLY = f"读取时程序连续 {STRIKES} 次异常结束，已不再读取；请人工检查这个文件"


def load_rules(county: County | None = None, folder: Path = SHARED) -> Rules:
    """The rules of wording and of privacy shared by all counties, with the county's own names and word list; raises ConfigurationError."""
    import yaml

    from checks.expressions.names import extended, names_of
    from checks.expressions.wordlist import load_words
    from checks.links import read_list
    from checks.privacy.policy import load_policy
    from core.rules import load

    wording, policy = load(folder / "rules"), load_policy(folder)
    if county is not None:
        wording = extended(wording, names_of(county, load_words(county.folder)))
    listed = (folder / "data" / "bad_links.yaml").read_text(encoding="utf-8")
    version = hashlib.sha256(f"{wording.version} {policy.version} {listed}".encode()).hexdigest()[:12]
    return Rules(wording, policy, version, read_list(yaml.safe_load(listed)))


class Reader:
    """Turns stored posts of one county into subjects; a file attached to two posts is read once."""

    def __init__(self, county: County, vault: Vault) -> None:
        self._county = county
        self._vault = vault
        self._page_types = {
            **{c.source: "column" for c in county.columns},
            **{n.source: "news" for n in county.news},
            **{a.source: "account" for a in county.accounts},
            **{s.id: "column" for s in county.sources if s.kind == "preview"},
        }
        self._document = lru_cache(maxsize=64)(self._read_document)

    def subject(self, post: StoredPost, deaths: int = 0) -> Subject:
        """Everything the post says: title, body, attachments, pictures. What has ended its reader too often (`deaths`) is named unread instead."""
        content = read_content(self._vault, post.content_key)
        files = [item for item in post.attachments if item.evidence]
        parts: list[Block | Unread] = [Block(content["title"], "标题")]
        if deaths < STRIKES * 2 and (files or deaths < STRIKES):
            parts += _body(content)
        else:
            parts.append(Unread(None, "正文", _DEADLY))
        for item in files:
            parts += self._document(item.evidence or "", item.name) if deaths < STRIKES else [Unread(item.name, "全文", _DEADLY)]
        page_type = self._page_types.get(post.source, "file")
        return Subject(
            blocks=tuple(part for part in parts if isinstance(part, Block)),
            unread=tuple(part for part in parts if isinstance(part, Unread)),
            county=self._county.id,
            unit=self._unit(post),
            source=post.source,
            url=post.url,
            title=post.title,
            page_type=page_type,
            published_on=post.published_on,
            first_seen=shanghai(post.first_seen).date(),
            absent_on=shanghai(post.absent_at).date() if post.absent_at else None,
            tags=post.tags if page_type in ("column", "news") and post.state == "live" else None,
            links=post.links,
            attachments=post.attachments,
        )

    def _read_document(self, evidence: str, name: str) -> Sequence[Block | Unread]:
        return tuple(documents.read(self._vault.get(evidence), name))

    def _unit(self, post: StoredPost) -> str | None:
        """The unit as its annex writes it: the owner of the source, or for news the unit that the 来源 names."""
        source = self._county.source(post.source)
        if source and source.unit:
            return source.unit
        unit = self._county.attribute(post.origin)
        if unit is None:
            return post.origin or None
        return next((news.unit for news in self._county.news if self._county.same_unit(news.unit, unit.name)), unit.name)


def _body(content: Content) -> Iterator[Block | Unread]:
    """The body's blocks: with its cells where the HTML is known, else its text as one block."""
    if not content["body"]:
        if content["text"]:
            yield Block(content["text"], "正文")
        return
    for part in documents.read(content["body"].encode(), "正文.html"):
        where = part.where if part.where.startswith("正文") else f"正文 {part.where}"
        yield replace(part, file=None, where=where)
