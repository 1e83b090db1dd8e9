"""Looking again at a post that is known: mended, edited, taken down, or as before."""

from dataclasses import replace

from core.errors import CollectionError
from core.records import Post, Trace
from core.store.visits import KnownPost
from crawler.articles import Keeps, Reading, complete, page_validators, understood
from crawler.conditional import Validators
from crawler.parse.article import Listed
from crawler.parse.dates import Stamp
from crawler.receipts import Tally

UNLISTED = "-"  # its list does not show it any more


async def look_again(spider: Keeps, reading: Reading, known: KnownPost, tally: Tally, listed: str | None = None) -> None:
    """Fetch a known post again and keep what it is now; one that does not answer stays as it was. `listed`: what its list now says of it, where that has changed."""
    asked = Validators(*known.validators[""]) if "" in known.validators and not known.thorough else None
    entry = _entry(reading, known)
    try:
        answer = await spider.fetcher.get(known.url, known=asked)
        if answer.unchanged:
            await spider.keeper.looked(known, listed)
            return
        post = _as_known(understood(answer, reading, entry), known)
    except CollectionError:
        tally.missed_looks += 1
        return
    if _hollow(post, known):
        tally.missed_looks += 1
        return
    trace = Trace(known.listed if listed is None else listed, page_validators(answer))
    if post.state != "live":
        await spider.keep(replace(post, trace=trace))
    elif not known.thorough and known.state == "live" and spider.keeper.reads_as_before(post, known):
        await spider.keeper.looked(known, listed)
    else:
        aside = Tally(tally.source)
        completed = await complete(spider, post, aside, trace, known)
        if aside.failed_pages:  # a file did not answer: not a change
            tally.missed_looks += 1
        else:
            await spider.keep(completed)


def _entry(reading: Reading, known: KnownPost) -> Listed:
    """The entry as its list or ledger once gave it: the date only where the date came from there."""
    stamp = Stamp(known.published_at) if known.published_at and known.date_source == reading.dated_by else None
    return Listed(known.url, known.title if "*" not in known.title else "", stamp)


def _as_known(post: Post, known: KnownPost) -> Post:
    """A post that is gone keeps title, date and origin: it is still that unit's post of that day."""
    if post.state == "live":
        return post
    return replace(post, title=post.title or known.title, published_at=known.published_at, date_source=known.date_source, origin=known.origin)


def _hollow(post: Post, known: KnownPost) -> bool:
    """True for a page that lost text and files alike: an empty shell says that something failed, not that somebody edited."""
    return known.state == "live" and post.state == "live" and not post.text.strip() and not post.attachments
