"""What is remembered of each list between two visits."""

from dataclasses import asdict, dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class ListMemory:
    """The last complete look at a list.

    items, dated, titles: entries of its first page, how many of them show a date, how many titles differ · read, pages: entries and pages of the whole look · total: what the list itself says.
    first_bottom: the date at the foot of the first page · covered: that of the last page read · whole: the look reached the list's end.
    quiet: how many looks in a row found nothing new.
    """

    source: str
    url: str
    looked_at: datetime
    etag: str = ""
    modified: str = ""
    digest: str = ""
    items: int = 0
    dated: int = 0
    titles: int = 0
    read: int = 0
    pages: int = 0
    total: int | None = None
    first_bottom: date | None = None
    covered: date | None = None
    whole: bool = False
    quiet: int = 0

    def showed(self, day: date | None) -> bool:
        """True when that look would have shown an entry of this day: it reached the end, or read on to an earlier day."""
        return self.whole or (day is not None and self.covered is not None and day > self.covered)


def recall(county: str) -> dict[str, ListMemory]:
    """Source → its memory."""
    from core.store import models

    names = tuple(ListMemory.__dataclass_fields__)
    return {row["source"]: ListMemory(**row) for row in models.ListMemory.objects.filter(county=county).values(*names)}


def remember(county: str, memory: ListMemory) -> None:
    """Keep the memory in place of the source's older one."""
    from core.store import models

    fields = asdict(memory)
    source = fields.pop("source")
    fields |= {"etag": memory.etag[:200], "modified": memory.modified[:64]}
    if not models.ListMemory.objects.filter(county=county, source=source).update(**fields):
        models.ListMemory.objects.create(county=county, source=source, **fields)


def publishing_days(county: str, source: str, since: datetime) -> list[date]:
    """The days on which a source published, each once, oldest first."""
    from core.calendar import shanghai
    from core.store import models

    moments = models.Post.objects.filter(county=county, source=source, published_at__gte=since, state="live").values_list("published_at", flat=True)
    return sorted({shanghai(moment).date() for moment in moments if moment})
