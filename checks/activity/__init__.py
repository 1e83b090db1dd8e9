"""Counting a month: what each unit published, reposted, handed in and handled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from checks.activity.accounts import count_accounts
from checks.activity.duties import count_events, count_papers, count_submissions
from checks.activity.publishing import count_columns, count_news
from core.activity import Activity
from core.calendar import Month
from core.config import County
from core.records import COLLECTED, Observation, Receipt, StoredPost


@dataclass(frozen=True, slots=True)
class Collected:
    """The store's side of a month: posts by source (all that may matter, earlier ones included), observations by kind, newest receipts.

    overruled: post id → `original` or `other`, a person's word against the machine's.
    days: source → day → how many posts were present on it, for days of which `posts` holds none one by one.
    near: by source further posts, looked at only for texts that an account may have repeated.
    origins: what the month's news not in `posts` name as their origin → how many; strangers: where those stand that name no news unit.
    """

    posts: Mapping[str, Sequence[StoredPost]]
    observations: Mapping[str, Sequence[Observation]]
    receipts: Mapping[str, Receipt]
    overruled: Mapping[int, str]
    days: Mapping[str, Mapping[date, int]] = field(default_factory=dict)
    near: Mapping[str, Sequence[StoredPost]] = field(default_factory=dict)
    origins: Mapping[str, int] = field(default_factory=dict)
    strangers: Sequence[str] = ()


def count(county: County, month: Month, collected: Collected) -> Activity:
    """Count everything the county's units owe in the month."""
    failed = _failures(county, collected.receipts)
    columns = count_columns(county.columns, month, collected.posts, failed, collected.days)
    sent = collected.observations.get("sent-news", ())
    news, unattributed = count_news(county, month, collected.posts, sent, failed, collected.origins, collected.strangers)
    recommended, accounts = count_accounts(county, month, collected, failed)
    return Activity(
        month=month,
        recommended=recommended,
        columns=columns,
        news=news,
        accounts=accounts,
        submissions=count_submissions(county, month, collected.observations.get("submission", ()), "submissions" not in failed),
        papers=count_papers(county, month, collected.observations.get("paper", ()), "mailbox" not in failed),
        events=count_events(county.events, month, collected.observations.get("event", ()), "events" not in failed),
        unattributed=unattributed,
        failed=failed,
    )


def _failures(county: County, receipts: Mapping[str, Receipt]) -> dict[str, str]:
    """Source → why it counts as 未能核实; a source without any receipt was never collected."""
    failed = {}
    for source in county.assessed:
        receipt = receipts.get(source.id)
        if receipt is None:
            failed[source.id] = "没有采集记录"
        elif receipt.status not in COLLECTED:
            failed[source.id] = receipt.reason or receipt.status
    return failed
