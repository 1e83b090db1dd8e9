"""Papers and sheets that came by mail, put where the crawler's folders look for them: the Maildir of papers, `YYYY-MM/<单位>/` of sheets. Done twice it changes nothing."""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import date
from email.utils import format_datetime
from pathlib import Path

from core.calendar import Month, chinese_date
from core.config import County
from core.errors import EnvironmentFailure, UnreadableError
from core.records import SubmissionDuty, Unit
from core.text import squeeze
from crawler.papers import period_of
from crawler.parse.tables import header_and_rows
from service.gate import DraftFile
from service.inbox_letters import Mail, mentions, safe_name

_SHEETS = (".xlsx", ".xls", ".csv", ".et")
_MONTH = re.compile(r"(?<!\d)(?:1[0-2]|0?[1-9])\s*月")
_DATE_HEADER = re.compile(rb"^Date:", re.I | re.M)


@dataclass(frozen=True, slots=True)
class Filed:
    """Something filed: what, of which month, by when it was due, when it came; `note` is what is wrong with it."""

    what: str
    period: Month
    due: date
    received: date
    note: str = ""

    @property
    def late(self) -> bool:
        return self.received > self.due

    def told(self) -> str:
        """One line for the receipt."""
        when = f"逾期 {(self.received - self.due).days} 天" if self.late else "按时"
        return f"{self.what}（{self.period.year}年{self.period.month}月）：{chinese_date(self.received)}收到，截止 {chinese_date(self.due)}，{when}" + (
            f"；请注意：{self.note}" if self.note else "。"
        )


def file_papers(county: County, unit: Unit, mail: Mail) -> list[Filed]:
    """Put the mail into the Maildir when it brings papers that the unit owes."""
    owed = [duty for duty in county.papers if county.same_unit(duty.unit, unit.name) and mentions(mail, duty.paper)]
    folder = _folder(county, "mailbox")
    if not owed or folder is None:
        return []
    _into_maildir(folder, mail)
    day = mail.received.date()
    note = "" if mail.files else "邮件中没有附件，如材料未随信附上，请补发"
    period = _period(mail, mail.files)
    return [Filed(duty.paper, period, duty.due(period), day, note) for duty in owed]


def file_sheets(county: County, unit: Unit, mail: Mail) -> list[Filed]:
    """Put the attachments that are the unit's sheets into the submission folder."""
    duties = [duty for duty in county.submissions if county.same_unit(duty.unit, unit.name)]
    folder = _folder(county, "submissions")
    if not duties or folder is None:
        return []
    filed, taken = [], set()
    for file in mail.files:
        duty = _duty(file, [duty for duty in duties if duty not in taken])
        if duty is None:
            continue
        taken.add(duty)
        period = _period(mail, (file,))
        _put(folder / str(period) / duty.unit, file, mail, late=mail.received.date() > period.last)
        filed.append(Filed(duty.content, period, period.last, mail.received.date(), _fault(duty, file)))
    return filed


def _folder(county: County, kind: str) -> Path | None:
    """Where the source of this kind is looked for: below the county's inbox, and nowhere else."""
    url = next((source.url for source in county.sources if source.kind == kind), None)
    if not url or Path(url).is_absolute() or ".." in Path(url).parts or any(mark in url for mark in "*?[{"):
        return None
    return county.inbox / url


def _period(mail: Mail, files: tuple[DraftFile, ...]) -> Month:
    """As the crawler reads it: the month the subject names, else the one the file names name, else that of the receipt."""
    day, names = mail.received.date(), " ".join(file.name for file in files)
    return period_of(mail.subject if _MONTH.search(mail.subject) or not _MONTH.search(names) else names, day)


def _duty(file: DraftFile, duties: list[SubmissionDuty]) -> SubmissionDuty | None:
    """The duty a spreadsheet answers: by the template's name, the content's name in its own, or its header."""
    if not file.name.lower().endswith(_SHEETS):
        return None
    name = squeeze(file.name)
    by_name = next((duty for duty in duties if squeeze(safe_name(duty.template)) == name), None)
    by_word = [duty for duty in duties if squeeze(duty.content) in name]
    return (
        by_name or (max(by_word, key=lambda duty: len(duty.content)) if by_word else None) or next((d for d in duties if d.header and _headed(d, file)), None)
    )


def _headed(duty: SubmissionDuty, file: DraftFile) -> bool:
    try:
        header = header_and_rows(file.data, file.name, duty.header).header
    except UnreadableError:
        return False
    return [squeeze(cell) for cell in header] == [squeeze(cell) for cell in duty.header]


def _fault(duty: SubmissionDuty, file: DraftFile) -> str:
    """What the unit should put right, as the month's count will see it."""
    notes = [] if squeeze(safe_name(duty.template)) == squeeze(file.name) else [f"文件名应为“{duty.template}”"]
    try:
        header_and_rows(file.data, file.name, duty.header)
        if duty.header and not _headed(duty, file):
            notes.append("表头与模板不一致")
    except UnreadableError as error:
        notes.append(str(error))
    return "；".join(notes)


def _into_maildir(folder: Path, mail: Mail) -> None:
    """The mail as it came, dated when our server received it: a sender's own clock proves nothing."""
    name = f"{int(mail.received.timestamp())}.{mail.digest}.xuncha"
    try:
        for room in ("tmp", "new", "cur"):
            (folder / room).mkdir(parents=True, exist_ok=True)
        if any(True for room in ("new", "cur") for _ in (folder / room).glob(f"*.{mail.digest}.xuncha*")):
            return
        write_whole(folder / "tmp" / name, folder / "new" / name, _dated(mail), mail)
    except OSError as error:
        raise failure(folder, error) from error


def _dated(mail: Mail) -> bytes:
    head, gap, body = re.split(rb"(\r?\n\r?\n)", mail.raw, maxsplit=1) if re.search(rb"\r?\n\r?\n", mail.raw) else (mail.raw, b"\r\n\r\n", b"")
    return b"Date: " + format_datetime(mail.received).encode() + b"\r\n" + _DATE_HEADER.sub(b"X-Original-Date:", head) + gap + body


def _put(folder: Path, file: DraftFile, mail: Mail, late: bool) -> None:
    """A first sheet under its name. A better one in time takes its place (the first is kept aside); one that comes later lies beside it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(path.is_file() and path.read_bytes() == file.data for path in folder.iterdir()):
            return
        name = safe_name(file.name)
        target = folder / name
        if target.exists() and late:
            target = folder / f"补报-{mail.received:%Y%m%d}-{mail.digest[:6]}-{name}"
        elif target.exists():
            aside = hashlib.sha256(target.read_bytes()).hexdigest()[:8]
            os.replace(target, folder / f".{aside}-{name}")
        write_whole(folder / f".{mail.digest}.part", target, file.data, mail)
    except OSError as error:
        raise failure(folder, error) from error


def write_whole(partial: Path, target: Path, data: bytes, mail: Mail) -> None:
    """Whole or not at all, and dated when it was received."""
    partial.write_bytes(data)
    os.utime(partial, (mail.received.timestamp(), mail.received.timestamp()))
    os.replace(partial, target)


def failure(folder: Path, error: OSError) -> EnvironmentFailure:
    return EnvironmentFailure(f"收件目录 {folder} 无法写入：{error.strerror or error}。请检查磁盘空间和权限，邮件仍在信箱里，下次会再处理")
