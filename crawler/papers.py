"""The mailbox (a Maildir) of monthly papers: who sent which paper of which month."""

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from core.calendar import Month, shanghai
from core.errors import CollectionError
from core.records import Observation, Source
from core.text import conceal, squeeze
from crawler.job import Job
from crawler.receipts import Tally

_MAX_BYTES = 40 * 1024 * 1024
_YEAR_MONTH = re.compile(r"((?:19|20)\d\d)\s*[年\-./]\s*(1[0-2]|0?[1-9])\s*月?")
_MONTH_ONLY = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月份?")


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says on its outside: sender's address, subject, moment of arrival, names of attachments, its id."""

    sender: str
    subject: str
    arrived: datetime
    files: tuple[str, ...]
    id: str


def read_mailbox(job: Job, source: Source, folder: Path, tally: Tally) -> Iterator[Observation]:
    """One observation per mail and paper; mails without a paper of the configuration are passed over."""
    rooms = [folder / name for name in ("cur", "new")]
    if not any(room.is_dir() for room in rooms):
        raise CollectionError("misconfigured", f"“{folder.name}”不是 Maildir 邮箱目录（应含 cur、new）")
    names = sorted({duty.paper for duty in job.county.papers}, key=len, reverse=True)
    for path in sorted((path for room in rooms if room.is_dir() for path in room.iterdir() if path.is_file()), key=lambda path: path.name.split(":")[0]):
        letter = read_letter(path)
        if letter is None:
            tally.page_failed("有一封邮件无法读取或没有日期")
            continue
        yield from _papers(job, source, letter, names)


def _papers(job: Job, source: Source, letter: Letter, names: list[str]) -> Iterator[Observation]:
    words = squeeze(" ".join((letter.subject, *letter.files)))
    unit = next((unit.name for unit in job.county.units if unit.mail and unit.mail.lower() == letter.sender), "")
    period = period_of(letter.subject, letter.arrived.date()) if _has_month(letter.subject) else period_of(" ".join(letter.files), letter.arrived.date())
    for paper in names:
        if squeeze(paper).strip("《》") not in words:
            continue
        found = {
            "unit": unit,
            "paper": paper,
            "period": str(period),
            "sender": letter.sender,
            "subject": conceal(letter.subject),
            "files": [conceal(name) for name in letter.files],
        }
        yield Observation(source.id, "paper", f"{letter.id}/{paper}"[:480], letter.arrived.date(), found)


def _has_month(text: str) -> bool:
    return _YEAR_MONTH.search(text) is not None or _MONTH_ONLY.search(text) is not None


def period_of(text: str, received: date) -> Month:
    """The month a paper is about: `2023年10月`, else `10月` nearest before the receipt, else the month of receipt."""
    found = _YEAR_MONTH.search(text)
    if found:
        return Month(int(found[1]), int(found[2]))
    here = Month.of(received)
    short = _MONTH_ONLY.search(text)
    if short is None:
        return here
    month = Month(received.year, int(short[1]))
    return month if month <= here else Month(received.year - 1, int(short[1]))


def read_letter(path: Path) -> Letter | None:
    """The outside of a mail; None for a file that is no mail or bears no date."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return None
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    except OSError:
        return None
    assert isinstance(message, EmailMessage)
    try:
        addresses = message["From"].addresses if message["From"] else ()
        arrived = parsedate_to_datetime(str(message["Date"] or ""))
        files = tuple(part.get_filename() or "" for part in message.walk() if part.get_filename())
        subject = str(message["Subject"] or "")
    except (ValueError, TypeError, IndexError, AttributeError, LookupError):
        return None
    sender = addresses[0].addr_spec.lower() if addresses else ""
    return Letter(sender, subject, shanghai(arrived), files, str(message["Message-ID"] or path.name.split(":")[0]).strip("<> "))
