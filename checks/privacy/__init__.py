"""Personal data that must not be published: found in text and tables, proved, explained, masked at birth."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING

from core.records import Finding, Subject

if TYPE_CHECKING:
    from checks.privacy.leaks import Leak
    from checks.privacy.policy import Policy

__all__ = ["scan"]


def scan(subject: Subject, policy: "Policy") -> list[Finding]:
    """Every leak of personal data in the subject, and every part of it that could not be read. Pure: the policy is loaded already."""
    from checks.privacy.elsewhere import remember
    from checks.privacy.findings import findings, unread_findings

    with _collector_paused():
        leaks = remember(list(_leaks(subject, policy)), subject.blocks)
        found = list(findings(leaks, subject, policy))
    return found + list(unread_findings(subject.unread, subject, policy))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """A long list makes 150,000 small objects and no cycle; collecting over and over would make the time grow faster than the rows."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _leaks(subject: Subject, policy: "Policy") -> Iterator["Leak"]:
    from checks.privacy.document import Document

    for file, blocks in groupby(subject.blocks, key=lambda block: block.file):
        document = Document(policy, subject.title or "", file or "")
        yield from document.scan(blocks)
        if file:
            yield from document.scan_name(file)
