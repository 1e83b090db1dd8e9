"""`inbox.yaml` of a county: the mailbox that takes drafts, papers and sheets. Complaints name file and entry; the password is only ever named."""

from typing import Annotated, Literal

from pydantic import Field

from core.config import ConfigReader, County
from core.entries import Entry, Name
from core.errors import ConfigurationError

FILE = "inbox.yaml"
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class InboxFile(Entry):
    """folders: those looked through. done, left: where a mail goes once it is dealt with, or is left for a person (none: it stays).

    draft_words: a subject with one of them is a draft; keep_words: one of these in it as well asks to keep it. max_mail: in MB. at_once: how many mails one round takes.
    """

    enabled: bool = True
    host: Name
    port: int = Field(993, ge=1, le=65535)
    security: Literal["ssl", "starttls", "none"] = "ssl"
    user: Name
    password: Variable = "XUNCHA_IMAP_PASSWORD"
    timeout: int = Field(30, ge=1, le=300)
    folders: tuple[Name, ...] = Field(("INBOX",), min_length=1)
    done: Name | None = None
    left: Name | None = None
    draft_words: tuple[Name, ...] = ("发布前检查", "送审", "审稿", "稿件", "草稿")
    keep_words: tuple[Name, ...] = ("请留存", "【留存】")
    answer_unknown: bool = True
    max_mail: int = Field(40, ge=1, le=100)
    at_once: int = Field(100, ge=1, le=1000)


def load_inbox(county: County) -> InboxFile | None:
    """The county's mailbox; None without the file or where it is switched off. Raises ConfigurationError with every complaint, one a line."""
    if not (county.folder / FILE).exists():
        return None
    reader = ConfigReader(county.folder)
    read = reader.one(FILE, InboxFile)
    if read is not None:
        for name in ("done", "left"):
            if getattr(read, name) in read.folders:
                reader.complaints.append(
                    f"{county.folder / FILE}：{name} → “{getattr(read, name)}”也在 folders 里，处理过的邮件会反复被看到，请改用另一个文件夹"
                )
    if reader.complaints:
        raise ConfigurationError("\n".join(reader.complaints))
    return read if read and read.enabled else None
