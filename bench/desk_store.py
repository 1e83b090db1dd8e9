"""A store as a county has it after years: posts of every source, findings spread over units, rules, states and months, decisions, receipts, alerts, the log."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from core.calendar import SHANGHAI

NOW = datetime(2023, 11, 23, 8, 30, tzinfo=SHANGHAI)
_LEAKS = ("privacy/resident-id", "privacy/mobile")
_SLIPS = ("typo/zuowei", "format/date", "link/dead", "tag/missing", "typo/bushu", "format/number", "expression/region-xinjiang")
_STATES = ("new",) * 5 + ("confirmed", "fixed", "mistaken", "gone", "exempt", "review")
_DECIDED = {"confirmed": "确认", "fixed": "已整改", "mistaken": "误报", "exempt": "豁免", "review": "复核"}
_DAYS = 320
_FIELDS = ("county", "rule", "severity", "message", "unit", "source", "url", "title", "file", "where", "start", "end", "masked")


def fill(findings: int, home: Path) -> None:
    """`findings` of them, on a fifth as many posts."""
    from core.store import models
    from service.desk import county
    from service.desk.models import AuditEntry

    here = county.current()
    _posts(max(findings // 5, 200), home)
    _receipts()
    models.Finding.objects.bulk_create(_findings(findings), batch_size=2000)
    decided = models.Finding.objects.filter(state__in=_DECIDED).values_list("uid", "state")
    models.Verdict.objects.bulk_create(
        (
            models.Verdict(county=here.id, subject=f"finding/{uid}", decision=_DECIDED[state], reason="已核对原文", who="审核员", at=NOW)
            for uid, state in decided.iterator()
        ),
        batch_size=2000,
    )
    AuditEntry.objects.bulk_create(
        (
            AuditEntry(county=here.id, at=NOW - timedelta(minutes=n), who=("reviewer", "officer")[n % 2], action="查看原文", subject=f"finding/{n:016x}")
            for n in range(findings // 10)
        ),
        batch_size=2000,
    )
    _alerts(findings // 20)


def _posts(count: int, home: Path) -> None:
    from core.store import models
    from core.store.vault import Vault
    from service.desk import county

    here, vault = county.current(), Vault.open(home)
    text = vault.put('{"title": "公示", "text": "公示内容", "body": ""}'.encode())
    sources, rng = [source.id for source in here.sources if source.id != "recommended"], random.Random(20231123)
    models.Post.objects.bulk_create(
        (
            models.Post(
                county=here.id, source=sources[n % len(sources)], url=f"http://www.example.cn/{n}.html", title=f"关于发放补助资金的公示（第{n}批）",
                published_at=NOW - timedelta(days=n * 7 % _DAYS, hours=2), date_source="tag", state="live", content_key=text,
                fingerprint=[rng.randrange(1 << 32) for _ in range(64)], first_seen=NOW - timedelta(days=n * 7 % _DAYS), changed_at=NOW - timedelta(days=n * 7 % _DAYS),
            )
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip


def _receipts() -> None:
    from core.store import models
    from service.desk import county

    here = county.current()
    for night in range(30):
        at = NOW - timedelta(days=night, hours=6)
        run = models.Run.objects.create(county=here.id, kind="crawl", status="done", started_at=at, finished_at=at)
        rows = (
            models.Receipt(
                run=run, county=here.id, source=source.id, status="blocked" if n % 20 == 0 else "ok", reason="被拒绝" * (n % 20 == 0), finished_at=at
            )
            for n, source in enumerate(here.sources)
        )
        models.Receipt.objects.bulk_create(rows, batch_size=2000)


def _findings(count: int) -> Iterator[object]:
    from core.records import SEVERITIES, Finding
    from core.store import models
    from service.desk import county

    here, first = county.current(), models.Post.objects.order_by("pk").values_list("pk", flat=True)[0]
    posts, names = max(count // 5, 200), {source.id: source.unit for source in here.sources}
    known = list(models.Post.objects.order_by("pk").values_list("source", "url", "title", "published_at"))
    units = [unit.name for unit in here.units]
    for n in range(count):
        # One in three stands in a list of names with its 132 places; the others are slips, one or two to a post.
        at = (n // 3 // 132 * 3) % posts if n % 3 == 0 else (n * 131) % posts
        source, url, title, published = known[at]
        rule = _LEAKS[n // 3 % 2] if n % 3 == 0 else _SLIPS[n % len(_SLIPS)]
        rank = 0 if n % 3 == 0 else (1, 2, 2, 3)[n % 4]
        state = _STATES[n % 11]
        record = Finding(
            rule, SEVERITIES[rank], "正文中出现完整身份证号" if rank == 0 else "疑似错别字", unit=names[source] or units[n % len(units)], source=source, url=url,
            title=title, file=None if n % 3 else "名单.xlsx", where=f"Sheet1!C{n // 3 % 132}", start=n, end=n + 18, masked="610326********1238",
            reasons=("校验码正确",), county=here.id,
        )  # fmt: skip
        fields = {name: getattr(record, name) for name in _FIELDS}
        yield models.Finding(
            **fields, reasons=["校验码正确"], uid=record.id, post_id=first + at, rank=rank, first_seen=published + timedelta(hours=3), day=published.date(),
            state=state, closed_at=NOW if state == "gone" else None,
        )  # fmt: skip


def _alerts(count: int) -> None:
    from core.store import models
    from service.desk import county

    here = county.current()
    models.Alert.objects.bulk_create(
        (
            models.Alert(
                county=here.id, key=f"bench-{n}", unit=here.units[n % len(here.units)].name, channel="单位邮箱", recipient="unit@example.cn", severity="veto",
                subject="个人信息泄露", body="请立即处理。" * 20, status=("sent", "sent", "waiting", "failed")[n % 4], tries=1,
                created_at=NOW - timedelta(minutes=n), next_try_at=NOW,
            )
            for n in range(count)
        ),
        batch_size=2000,
    )  # fmt: skip


def people() -> dict[str, object]:
    """One user of each role: role → user. The officer is of the unit with most findings."""
    from django.contrib.auth.models import User
    from django.db.models import Count

    from core.store.models import Finding
    from service.desk import county
    from service.desk.models import ROLES, Profile

    here = county.current()
    rows = Finding.objects.filter(unit__in=[unit.name for unit in here.units]).values_list("unit").annotate(n=Count("pk")).order_by("-n")
    users = {}
    for role in ROLES:
        users[role] = User.objects.create(username=role, first_name=role, password="!")
        Profile.objects.create(user=users[role], county=here.id, role=role, unit=rows[0][0] if role == "officer" else "", must_change=False)
    return users
