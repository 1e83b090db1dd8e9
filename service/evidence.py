"""The evidence of findings: after each check, the responses into a WARC and pictures with the places marked, all in the encrypted vault."""

import hashlib
import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import checks
from core.calendar import shanghai
from core.errors import EnvironmentFailure, VaultError
from core.records import Finding, StoredPost, Subject
from core.store import proofs
from core.store.proofs import Proof, Shown
from core.store.vault import Vault
from crawler.camera import Camera
from crawler.evidence import Exhibit, exhibit, write_warc
from service.jobs import Night
from service.judging import Reader, load_rules

logger = logging.getLogger(__name__)
SEVERITIES = ("veto", "error")
_MAX_FILES = 12  # pictures of files of one post
_MAX_WARC = 80 * 1024 * 1024


@dataclass(slots=True)
class Gathered:
    """What one run did. without: posts whose pictures could not be taken. left: whether there was more than the limits allowed."""

    proofs: int = 0
    pictures: int = 0
    without: int = 0
    gone: int = 0
    left: bool = False

    def told(self) -> str:
        """One line for the log of runs."""
        parts = [f"固定证据 {self.proofs} 篇、截图 {self.pictures} 张"]
        parts += [f"{self.without} 篇没能截图"] if self.without else []
        parts += [f"{self.gone} 篇的原文已不在证据库"] if self.gone else []
        parts += ["还有未做完的，下次接着做"] if self.left else []
        return "，".join(parts)


def gather(night: Night, limit: int = 200, seconds: float = 900.0) -> Gathered:
    """Make the proofs that are lacking, at most `limit` and for at most `seconds`. Run again, it goes on where it stopped.

    Without a browser the WARC is written all the same, and each picture says why it is missing.
    """
    done, vault = Gathered(), Vault.open(night.home)
    waiting = proofs.lacking(night.county.id, SEVERITIES, limit + 1)
    done.left = len(waiting) > limit
    if not waiting:
        return done
    work, end = _Work(night, vault), time.monotonic() + seconds
    with Camera() as work.camera:
        for post in waiting[:limit]:
            if time.monotonic() > end:
                done.left = True
                break
            try:
                made = work.prove(post)
            except VaultError:
                done.gone += 1
                continue
            proofs.keep(night.county.id, post, made, night.now)
            done.proofs += 1
            done.pictures += sum(shown.name is not None for shown in made.pictures)
            done.without += any(shown.name is None for shown in made.pictures)
    return done


class _Work:
    """One run's reader, rules, vault and camera."""

    camera: Camera

    def __init__(self, night: Night, vault: Vault) -> None:
        self._night, self._vault = night, vault
        self._reader = Reader(night.county, vault)
        self._rules = load_rules(night.county)
        self._blind = ""

    def prove(self, post: StoredPost) -> Proof:
        """The proof of a post's present version. Raises VaultError when its text is gone."""
        subject = self._reader.subject(post)
        found = checks.run(subject, self._rules, self._night.today)
        wanted = [finding for finding in found if finding.severity in SEVERITIES]
        at = self._captured(post)
        warc = write_warc(list(self._exhibits(post, wanted, at)), self._about(post, wanted), self._night.now)
        pictures = tuple(self._pictures(post, subject, found, wanted, at))
        return Proof(post.url, post.version, at, self._vault.put(warc), hashlib.sha256(warc).hexdigest(), len(warc), tuple(f.id for f in wanted), pictures)

    def _captured(self, post: StoredPost) -> datetime:
        """When the page (or the first file) came; of what came by no response, when it was first seen."""
        how = post.capture.get(post.evidence or "") or next(iter(post.capture.values()), None)
        return datetime.fromisoformat(str(how["at"])) if how else post.first_seen

    def _exhibits(self, post: StoredPost, wanted: Sequence[Finding], at: datetime) -> Iterator[Exhibit]:
        """The page, then the files that findings are in; where there was no page, the reading itself."""
        size = 0
        if post.evidence:
            page = self._vault.get(post.evidence)
            size += len(page)
            yield exhibit(post.url, page, post.capture.get(post.evidence), at, "text/html")
        else:
            yield exhibit(post.url, self._vault.get(post.content_key), None, at, "application/json")
        files = {(finding.file or "").split("!/")[0] for finding in wanted if finding.file}
        for item in post.attachments:
            if item.evidence and item.name in files and size < _MAX_WARC:
                data = self._vault.get(item.evidence)
                size += len(data)
                yield exhibit(item.url, data, post.capture.get(item.evidence), at, item.media_type)

    def _about(self, post: StoredPost, wanted: Sequence[Finding]) -> dict[str, Any]:
        """What the WARC says of itself; findings as they are shown, masked."""
        names = ("id", "rule", "severity", "unit", "file", "where", "start", "end", "masked", "message")
        return {
            "county": self._night.county.id,
            "source": post.source,
            "url": post.url,
            "title": post.title,
            "version": post.version,
            "first_seen": post.first_seen.isoformat(),
            "rules": self._rules.version,
            "findings": [{name: getattr(finding, name) for name in names} for finding in wanted],
        }

    def _pictures(self, post: StoredPost, subject: Subject, found: Sequence[Finding], wanted: Sequence[Finding], at: datetime) -> Iterator[Shown]:
        from service.alerts.sheet import safe_url
        from service.desk.reading import masked
        from service.evidence_page import page_html
        from service.evidence_sheet import sheet_html
        from service.evidence_text import places

        head = f"{self._night.county.name}政务公开巡查 · 采集于 {shanghai(at):%Y-%m-%d %H:%M:%S} · {safe_url(post.url)[:120]} · 个人信息已遮盖"
        files = list(dict.fromkeys(finding.file for finding in wanted))[:_MAX_FILES]
        reading = masked(subject, found)
        for file in files:
            spots = [(finding.where, finding.start) for finding in wanted if finding.file == file]
            if file is None and post.evidence:
                own = [block for block in subject.blocks if block.file is None]
                html, _ = page_html(self._vault.get(post.evidence), places(own, [finding for finding in found if finding.file is None]), head)
            else:
                html, _ = sheet_html(reading, file, spots, head)
            yield self._shot(file or "", html)

    def _shot(self, file: str, html: str) -> Shown:
        if self._blind:
            return Shown(file, None, "", 0, 0, self._blind)
        try:
            shot = self.camera.take(html)
        except EnvironmentFailure as error:
            self._blind = str(error)
            return Shown(file, None, "", 0, 0, self._blind)
        if shot is None:
            return Shown(file, None, "", 0, 0, "浏览器在限定时间内画不出这个页面")
        return Shown(file, self._vault.put(shot.png), hashlib.sha256(shot.png).hexdigest(), len(shot.png), shot.places)
