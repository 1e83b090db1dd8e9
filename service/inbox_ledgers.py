"""Ledgers of links that came by mail, as attachment or pasted into the text, laid beside the account's ledger where the crawler finds them. Done twice it changes nothing."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from core.calendar import chinese_date
from core.config import County
from core.errors import UnreadableError
from core.records import Account, Source, Unit
from core.text import squeeze
from crawler.accounts import of_account
from crawler.parse.ledger import read_ledger_posts
from service.inbox_filing import failure, write_whole
from service.inbox_letters import Mail

_SHEETS = (".csv", ".xlsx", ".xls", ".et", ".txt")
_WORDS = ("台账", "链接", "推文", "发布情况")


@dataclass(frozen=True, slots=True)
class FiledLedger:
    """A ledger laid down for an account: how many links it holds."""

    account: Account
    links: int
    received: date
    late: bool = False

    def told(self) -> str:
        """One line for the receipt."""
        return f"{self.account.platform}“{self.account.name}”的链接台账：{chinese_date(self.received)}收到，{self.links} 条链接。"


def file_ledgers(county: County, unit: Unit, mail: Mail) -> list[FiledLedger]:
    """Lay down what the mail lists of the unit's accounts. A mail that names no account is filed only where the unit has a single one, and calls itself a ledger."""
    accounts = [(account, source) for account in county.accounts if county.same_unit(account.unit, unit.name) and (source := _source(county, account))]
    pieces = [(file.name, file.data) for file in mail.files if file.name.lower().endswith(_SHEETS)]
    if any(word in mail.subject for word in _WORDS) and "://" in mail.text:
        pieces.append(("来信.txt", mail.text.encode()))
    filed = []
    for name, data in pieces:
        for account, source in accounts:
            count = _links(source, name, data) if _meant(account, accounts, name, data, mail) else 0
            if count:
                _lay(county, source, name, data, mail)
                filed.append(FiledLedger(account, count, mail.received.date()))
    return filed


def _source(county: County, account: Account) -> Source | None:
    """The account's source where it is a file below the inbox."""
    source = county.source(account.source)
    if source is None or source.kind != "ledger" or not source.url or "://" in source.url:
        return None
    return None if Path(source.url).is_absolute() or ".." in Path(source.url).parts else source


def _meant(account: Account, accounts: list[tuple[Account, Source]], name: str, data: bytes, mail: Mail) -> bool:
    """True when file, subject or table names the account, or when there is no other and the mail calls itself a ledger."""
    wanted, said = squeeze(account.name), squeeze(f"{name} {mail.subject}")
    namesakes = [other for other, _ in accounts if other.name == account.name and other.platform != account.platform]
    if wanted in said:
        return not namesakes or account.platform in said or not any(other.platform in said for other in namesakes)
    if any(squeeze(other.name) in said for other, _ in accounts):
        return False
    try:
        batch = read_ledger_posts(data, name)
    except UnreadableError:
        return False
    named = {squeeze(post.tags["account"]) for post in batch.posts if post.tags.get("account")} if batch else set()
    return wanted in named or (not named and len(accounts) == 1 and any(word in f"{name} {mail.subject}" for word in _WORDS))


def _links(source: Source, name: str, data: bytes) -> int:
    try:
        batch = read_ledger_posts(data, name, source.options.get("columns"))
    except UnreadableError:
        return 0
    return len(of_account(batch.posts, source)) if batch else 0


def _lay(county: County, source: Source, name: str, data: bytes, mail: Mail) -> None:
    """Beside the ledger that the source names (`眉县教育.csv` → `眉县教育.20231026-1a2b3c.xlsx`), or into its folder: nothing handed in earlier is lost."""
    assert source.url is not None
    named = PurePosixPath(source.url)
    whole = bool(named.suffix) and not any(mark in source.url for mark in "*?[{")
    folder = county.inbox / (named.parent if named.suffix else named)
    stem = named.stem if whole else (source.name or "台账")
    ending = PurePosixPath(name).suffix.lower()
    target = folder / f"{stem}.{mail.received:%Y%m%d}-{mail.digest[:6]}{ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            write_whole(folder / f".{mail.digest}.part", target, data, mail)
    except OSError as error:
        raise failure(folder, error) from error
