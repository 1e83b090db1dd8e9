"""The one thread that touches database and vault: Django's ORM must not run in the event loop, and one writer needs no locks."""

import asyncio
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ParamSpec, TypeVar

from core.calendar import Month, shanghai
from core.errors import EnvironmentFailure
from core.records import COLLECTED, Observation, Post, Receipt, Source
from core.store import lists as list_store
from core.store import observations as observation_store
from core.store import posts as post_store
from core.store import runs as run_store
from core.store import visits as visit_store
from core.store.lists import ListMemory
from core.store.setup import open_store
from core.store.vault import Vault
from core.store.visits import KnownPost
from crawler.captures import Captures
from crawler.job import Job
from crawler.rhythm import ENOUGH_QUIET, may_rest

Args = ParamSpec("Args")
Result = TypeVar("Result")
TRY_AGAIN = "暂时无法下载"


class Keeper:
    """Opens store and vault for a job, starts its run, and keeps what spiders bring. The async methods are for spiders, the others for before and after."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.failure: BaseException | None = None  # why nothing can be stored any more; all spiders stop
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._vault: Vault
        self._run = 0
        self._last: dict[str, Receipt] = {}
        self._outcomes: dict[str, Receipt] = {}
        self._lists: dict[str, ListMemory] = {}
        self._again: dict[str, list[KnownPost]] = {}
        self._waiting: list[tuple[Post, asyncio.Future[None]]] = []
        self._saving: asyncio.Task[None] | None = None
        self.rested: set[str] = set()
        self.refused: set[str] = set()  # names that led to private addresses
        self._spare = job.county.crawl.look_around
        self.captures = Captures(job.now)
        self._files: dict[str, dict[str, Any]] = {}  # evidence → how it came, until the post that offers it is kept

    def open(self) -> None:
        """Open everything and note the start of the run; raises EnvironmentFailure or VaultError with one clear line."""
        self.wait(self._open)

    def _open(self) -> None:
        home = open_store(self.job.home)
        self._vault = Vault.open(home)
        county = self.job.county
        self._last = run_store.latest_receipts(county.id)
        self._lists = list_store.recall(county.id)
        manners, now = county.crawl, self.job.now
        look_around = 0 if self.job.wanted and not self.job.run else manners.look_around
        for kind, rolling in () if self.job.full else (("portal", look_around), ("ledger", 0)):
            sources = [source.id for source in self.job.sources((kind,))]
            for post in visit_store.to_look_at(county.id, sources, now, manners.look_again, rolling):
                self._again.setdefault(post.source, []).append(post)
        self._run = self.job.run or run_store.start_run(self.job.county.id, "crawl", self.job.now)

    def close(self, status: str) -> None:
        """Note the end of the run (`done`, `failed`, `stopped`) and let the thread go."""
        from django.db import DatabaseError

        try:
            if self._run and not self.job.run:
                self.wait(run_store.finish_run, self._run, status, self.job.now)
        except (DatabaseError, OSError) as error:
            raise write_failure(error) from None
        finally:
            self.wait(_let_go)
            self._pool.shutdown(wait=True)

    def wait(self, function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        """Run a function in the store's thread and wait for it (outside the event loop)."""
        return self._pool.submit(function, *args, **kwargs).result()

    async def _call(self, function: Callable[Args, Result], *args: Args.args, **kwargs: Args.kwargs) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(function, *args, **kwargs))

    @property
    def outcomes(self) -> tuple[Receipt, ...]:
        """The receipts of this run so far."""
        return tuple(self._outcomes.values())

    def was_complete(self, source: str) -> bool:
        """True when the last collection of the source ended well: only then may a known item end the reading of its list."""
        last = self._last.get(source)
        return last is not None and last.status in COLLECTED

    def last_complete(self, source: str) -> datetime | None:
        """When the source was last collected, None when its last collection did not end well."""
        last = self._last.get(source)
        return last.finished_at if last is not None and last.status in COLLECTED else None

    async def known(self, source: str) -> set[str]:
        """Addresses read before, except where an attachment has to be asked for again."""
        return await self._call(self._known, source)

    def _known(self, source: str) -> set[str]:
        return post_store.known_urls(self.job.county.id, source, TRY_AGAIN)

    async def known_posts(self, source: str) -> dict[str, KnownPost]:
        """The same with what the next visit needs of each."""
        return await self._call(visit_store.known_posts, self.job.county.id, source, TRY_AGAIN)

    def memory(self, source: Source) -> ListMemory | None:
        """The last complete look at the source's list, None when there was none or its address has changed since."""
        found = self._lists.get(source.id)
        return found if found is not None and found.url == source.url else None

    async def may_rest(self, source: Source) -> bool:
        """True when the column's own history says that nothing is to be expected of it tonight. A source that is asked for by name never rests."""
        memory, last = self.memory(source), self._last.get(source.id)
        if memory is None or self.job.full or self.job.wanted or last is None or last.status not in COLLECTED:
            return False
        if memory.quiet < ENOUGH_QUIET:
            return False
        days = await self._call(list_store.publishing_days, self.job.county.id, source.id, self.job.now - timedelta(days=400))
        return may_rest(memory, days, self.job.today, shanghai(memory.looked_at).date(), self.job.county.issue_day)

    def again(self, source: str) -> list[KnownPost]:
        """The source's posts that are to be looked at again at this visit."""
        return self._again.get(source, [])

    def spare(self, wanted: int) -> int:
        """How many looks at posts that left their lists this run still has, up to `wanted`; they are taken."""
        given = min(wanted, self._spare)
        self._spare -= given
        return given

    async def remember(self, memory: ListMemory) -> None:
        """Keep what a complete look at a list found."""
        await self._call(list_store.remember, self.job.county.id, memory)

    async def looked(self, post: KnownPost, listed: str | None = None) -> None:
        """Note that a known post was looked at and is unchanged."""
        await self._call(visit_store.looked, post.id, self.job.now, listed)

    def reads_as_before(self, post: Post, known: KnownPost) -> bool:
        """True when title, text and body are those in the store."""
        return self._vault.name(post_store.content_of(post)) == known.content_key

    async def put(self, data: bytes) -> str:
        """Bytes into the vault; their name comes back."""
        return await self._call(self._put, data)

    def _put(self, data: bytes) -> str:
        name = self._vault.put(data)
        if capture := self.captures.of(data):
            self._files[name] = capture
        return name

    async def save(self, post: Post) -> None:
        """A post into the store. Those that wait while the store is busy go in together, in one transaction."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((post, done))
        if self._saving is None or self._saving.done():
            self._saving = asyncio.create_task(self._save_waiting())
        await done

    async def _save_waiting(self) -> None:
        while self._waiting:
            part, self._waiting[:] = self._waiting[:], ()
            try:
                await self._call(self._save, [post for post, _ in part])
            except BaseException as error:
                for _, done in part:
                    if not done.done():
                        done.set_exception(error)
                if not isinstance(error, Exception):
                    raise
            else:
                for _, done in part:
                    if not done.done():
                        done.set_result(None)

    def _save(self, posts: Iterable[Post]) -> None:
        """Each post with how its bytes came, all into the store."""
        post_store.save_posts(self.job.county.id, [self._captured(post) for post in posts], self.job.now, self._vault)

    def _captured(self, post: Post) -> Post:
        found = {item.evidence: capture for item in post.attachments if item.evidence and (capture := self._files.pop(item.evidence, None))}
        if post.page and (capture := self.captures.of(post.page)):
            found[self._vault.put(post.page)] = capture
        return replace(post, capture=found)

    async def count(self, source: str, month: Month | None, observations: Iterable[Observation]) -> int:
        """A source's observations (of one month, or all of them) into the store."""
        return await self._call(self.count_now, source, month, tuple(observations))

    def count_now(self, source: str, month: Month | None, observations: tuple[Observation, ...]) -> int:
        """`count` for callers that are in the store's thread already."""
        if month is None:
            return observation_store.replace_observations(self.job.county.id, source, observations)
        return observation_store.merge_observations(self.job.county.id, source, str(month), observations)

    async def receipt(self, receipt: Receipt) -> None:
        """The source's receipt, last of all it leaves."""
        await self._call(self.receipt_now, receipt)

    def receipt_now(self, receipt: Receipt) -> None:
        """`receipt` for callers that are in the store's thread already."""
        run_store.save_receipt(self.job.county.id, self._run, receipt, self.job.now)
        self._outcomes[receipt.source] = receipt


def _let_go() -> None:
    """Close the thread's connection; the database must not wait for it."""
    from django.db import connection

    connection.close()


def write_failure(error: Exception) -> EnvironmentFailure:
    """One clear line for a database or disk that refuses, without any value that was to be written."""
    cause = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
    return EnvironmentFailure(f"数据无法写入（{cause}）：请检查数据目录所在磁盘的空间和权限，然后重新采集，已保存的内容不会丢失")
