"""One look at a list, page by page: what is new, what changed, what is missing, and whether the page still is what it was."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise

from core.calendar import shanghai
from core.records import Source
from core.store.lists import ListMemory
from core.store.visits import KnownPost
from crawler.again import UNLISTED
from crawler.articles import listed_digest
from crawler.conditional import Validators, digest
from crawler.fetch import Answer
from crawler.parse.article import Listed
from crawler.parse.listing import Listing

_ENOUGH = 6  # entries on a first page before half of them missing means anything
_IN_ORDER = 0.9


class Look:
    """Gathers what the pages of a list show. `memory`: the last complete look; `settled`: nothing of the last visit is outstanding, so an unchanged page needs no reading."""

    def __init__(self, source: Source, memory: ListMemory | None, now: datetime, settled: bool) -> None:
        self.source, self.memory, self.now, self._settled = source, memory, now, settled
        self.unchanged = False  # the first page is what it was, nothing was read
        self.whole = False  # the list's end was reached
        self.news = 0  # entries that are new or changed
        self.validators, self.digest = Validators(), ""
        self._known: Mapping[str, KnownPost] = {}
        self._titles: set[str] = set()
        self._seen: dict[str, Listed] = {}
        self.pages: list[Listing] = []
        self._found = 0

    @property
    def read(self) -> int:
        return self.memory.items if self.unchanged and self.memory else len(self._seen)

    def known_validators(self) -> Validators | None:
        """What makes the request for the first page conditional."""
        return Validators(self.memory.etag, self.memory.modified) if self.memory and self._settled else None

    def is_as_before(self, answer: Answer) -> bool:
        """True when the first page is what it was at the last complete look; its marks are kept either way."""
        if not answer.unchanged:
            self.validators, self.digest = answer.validators, digest(answer.body)
        self.unchanged = self.memory is not None and self._settled and (answer.unchanged or self.digest == self.memory.digest)
        return self.unchanged

    def know(self, known: Mapping[str, KnownPost]) -> None:
        """What is in the store of this source; to be said before the first page is added."""
        self._known, self._titles = known, {post.title for post in known.values()}

    def add(self, part: Listing) -> list[Listed]:
        """Take in one page; its entries that no earlier page of this look has shown."""
        self.pages.append(part)
        fresh = [item for item in part.items if item.url not in self._seen]
        self._seen |= {item.url: item for item in fresh}
        return fresh

    def ends_with(self, part: Listing, rendered: bool) -> bool:
        """True when this page is the list's last: it leads no further, and what it says of the total has been shown."""
        total = self.pages[0].total
        return not rendered and part.next is None and (total is None or len(self._seen) >= total)

    def due(self, fresh: Iterable[Listed], oldest: date) -> tuple[list[Listed], list[tuple[KnownPost, str]]]:
        """(entries to be read, known ones of which the list now says something else, with the new digest)."""
        new, changed = [], []
        for item in fresh:
            known = self._known.get(item.url)
            if known is None:
                new += [item] if item.stamp is None or item.stamp.day >= oldest else []
            elif known.listed and known.listed != (said := listed_digest(item)):
                changed.append((known, said))
        self._found += len(new)
        self.news += len(new) + len(changed)
        return new, changed

    def accounted(self) -> bool:
        """True when what was found explains the number of entries that the list itself gives."""
        total = self.pages[0].total if self.pages else None
        if self.memory is None or self.memory.total is None or total is None:
            return True
        return total - self.memory.total == self._found

    def absent_at(self, item: Listed) -> datetime | None:
        """When the list was last read where this new entry stands and did not show it; None for one that may only have moved to another address."""
        if self.memory is None or item.title in self._titles or not self.memory.showed(item.stamp.day if item.stamp else None):
            return None
        return self.memory.looked_at

    def missing(self) -> list[KnownPost]:
        """Known posts that the pages read should show and do not, the newest first."""
        covered = _bottom(self.pages[-1:])
        if self.unchanged or not (self.whole or covered):
            return []
        gone = [post for url, post in self._known.items() if url not in self._seen and post.state == "live" and post.listed not in ("", UNLISTED)]
        inside = [post for post in gone if post.published_at and (self.whole or (covered is not None and shanghai(post.published_at).date() > covered))]
        return sorted(inside, key=lambda post: (post.published_at is not None, post.published_at), reverse=True)

    def suspicion(self) -> str:
        """Why the list looks redesigned rather than changed, by what its first page used to be; "" when it does not."""
        before, page = self.memory, self.pages[0].items if self.pages else ()
        if before is None or self.unchanged:
            return ""
        if before.items >= _ENOUGH and 2 * len(page) <= before.items:
            what = f"列表首页原有 {before.items} 条，现在只有 {len(page)} 条"
        elif page and 2 * before.dated > before.items and not any(item.stamp for item in page):
            what = "列表原来有日期，现在一条也没有"
        elif len(page) >= _ENOUGH // 2 and before.titles > 1 and len({item.title for item in page}) == 1:
            what = "列表各条标题变得完全相同"
        else:
            return ""
        return f"{what}，网站可能已改版；若确属正常，请用 xuncha crawl --full --source {self.source.id} 确认"

    def result(self) -> ListMemory:
        """What is to be remembered of this look."""
        before = self.memory
        quiet = 0 if self.news or before is None else before.quiet + 1
        if self.unchanged and before is not None:
            # Only the first page is known to be as it was.
            return ListMemory(
                **{name: getattr(before, name) for name in before.__dataclass_fields__} | {"looked_at": self.now, "quiet": quiet} | _first_only(before)
            )
        first = self.pages[0]
        return ListMemory(
            source=self.source.id,
            url=self.source.url or "",
            looked_at=self.now,
            etag=self.validators.etag,
            modified=self.validators.modified,
            digest=self.digest,
            items=len(first.items),
            dated=sum(item.stamp is not None for item in first.items),
            titles=len({item.title for item in first.items}),
            read=len(self._seen),
            pages=len(self.pages),
            total=first.total,
            first_bottom=_bottom(self.pages[:1]),
            covered=_bottom(self.pages[-1:]),
            whole=self.whole,
            quiet=quiet,
        )


def _first_only(before: ListMemory) -> dict[str, object]:
    return {} if before.whole and before.pages <= 1 else {"whole": False, "covered": before.first_bottom, "pages": 1}


def _bottom(pages: Sequence[Listing]) -> date | None:
    """The date at the foot of a page whose entries stand newest first (pinned ones at the top apart); None where they do not."""
    days = [item.stamp.day for page in pages for item in page.items if item.stamp]
    if not days:
        return None
    falling = sum(later >= earlier for later, earlier in pairwise(days))
    return days[-1] if falling >= _IN_ORDER * (len(days) - 1) else None
