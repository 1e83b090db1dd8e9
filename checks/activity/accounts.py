"""Annex 3: originals, reposts and silences of new-media accounts."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Protocol

from checks.activity.reposts import Earlier, Recommended, judge
from core.activity import AccountActivity, Judgement, Silence
from core.calendar import Month
from core.config import County
from core.records import Account, StoredPost


class Known(Protocol):
    """What counting accounts needs of `Collected`."""

    @property
    def posts(self) -> Mapping[str, Sequence[StoredPost]]: ...
    @property
    def overruled(self) -> Mapping[int, str]: ...
    @property
    def days(self) -> Mapping[str, Mapping[date, int]]: ...
    @property
    def near(self) -> Mapping[str, Sequence[StoredPost]]: ...


def count_accounts(county: County, month: Month, known: Known, failed: Collection[str]) -> tuple[int, tuple[AccountActivity, ...]]:
    """How many items were recommended this month, and every account's figures."""
    posts = known.posts
    similarity = county.grading.accounts.similarity
    recommended = Recommended(posts.get("recommended", ()), month, similarity)
    owners = {source.id: source.unit for source in county.sources}
    texts = [(source, owners[source], post) for source in owners if source != "recommended" for post in (*known.near.get(source, ()), *posts.get(source, ()))]
    earlier = Earlier(texts, county.same_unit, similarity)
    rows = []
    for account in county.accounts:
        verified = account.source not in failed and "recommended" not in failed
        days = known.days.get(account.source, {})
        rows.append(_account(county, account, month, posts.get(account.source, ()), days, recommended, earlier, known.overruled, verified))
    return recommended.owed, tuple(rows)


def _account(
    county: County,
    account: Account,
    month: Month,
    posts: Sequence[StoredPost],
    before: Collection[date],
    recommended: Recommended,
    earlier: Earlier,
    overruled: Mapping[int, str],
    verified: bool,
) -> AccountActivity:
    shown = [(post, day) for post in posts if post.state in ("live", "unread") and (day := post.published_on)]
    judged: list[Judgement] = []
    reposted: set[str] = set()
    for post, day in shown:
        if day in month:
            judgement, item = judge(county, account, post, recommended, earlier, overruled.get(post.id))
            if item in reposted:  # the same recommended item twice is one item and one further repost
                judgement = Judgement(post.id, post.url, "other", (*judgement.reasons, "同一推荐信息已转载过"))
            elif item:
                reposted.add(item)
                judgement = replace(judgement, item=item)
            judged.append(judgement)
    kinds = [judgement.kind for judgement in judged]
    silence = longest_silence([*before, *(day for _, day in shown)], month)
    return AccountActivity(account, kinds.count("original"), kinds.count("recommended"), kinds.count("other"), silence, verified, tuple(judged))


def longest_silence(days: Sequence[date], month: Month) -> Silence | None:
    """The longest run of whole days without a post that touches the month; the first of equals; None when every day has one.

    A run is followed back over the month's start to the last earlier post that is known; without one it starts on the 1st. It ends with the month.
    """
    one = timedelta(days=1)
    before = max((day for day in days if day < month.first), default=month.first - one)
    marks = [before, *sorted({day for day in days if day in month}), month.last + one]
    runs = [Silence(last + one, following - one) for last, following in pairwise(marks) if following - last > one]
    return max((run for run in runs if run.end >= month.first), key=lambda run: run.days, default=None)
