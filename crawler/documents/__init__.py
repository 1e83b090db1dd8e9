"""Reading documents: bytes of any format → Blocks with the place they stand at, or Unread with the reason."""

from collections.abc import Iterator

from core.records import Block, Unread
from crawler.documents.dispatch import read_part
from crawler.documents.limits import DEFAULT, Budget, Limits
from crawler.documents.part import Part

__all__ = ["DEFAULT", "Limits", "read"]


def read(data: bytes, name: str, *, limits: Limits = DEFAULT, ocr: bool = True) -> Iterator[Block | Unread]:
    """Everything `data` says, piece by piece, in reading order; `name` becomes `Block.file` and never decides the format alone.

    Never raises for a bad document: what cannot be read (encrypted, damaged, over a limit, unknown) is an `Unread`.
    Without `ocr` pictures and scanned pages are `Unread`. Nothing in a document is executed or fetched.
    """
    return read_part(data, Part(file=name, budget=Budget(limits), ocr=ocr))
