"""An October built from the seed annexes, and other synthetic months, for the tests of the report writers."""

import csv
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from core.assessment import AccountRow, Assessment, ColumnRow, Coverage, EventRow, NewsRow, Problem, SubmissionRow
from core.calendar import SHANGHAI, Month
from core.records import Finding
from reports.wording import Wording, load_wording

SEED = Path(__file__).parent / "data" / "seed"
SEED_FILES = ("annex1_columns.csv", "annex2_news.csv", "annex3_accounts.csv", "annex4_submissions.csv", "annex5_events.csv")
BULLETIN_YAML = Path(__file__).parents[1] / "config" / "meixian" / "bulletin.yaml"
TITLE = "关于拨付2023年农村脱贫劳动力跨省就业一次性交通补助第二批资金公告"
PLATFORMS = {9: "微信订阅号", 13: "微信服务号", 15: "抖音号", 11: "抖音号"}


@cache
def wording() -> Wording:
    return load_wording(BULLETIN_YAML)


def seed_rows(number: int) -> list[list[str]]:
    """The rows of a seed annex without its header."""
    with (SEED / SEED_FILES[number - 1]).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def leak_findings() -> tuple[Finding, ...]:
    common: dict[str, Any] = {
        "unit": "县乡村振兴局",
        "source": "column-123",
        "url": "http://127.0.0.1:18610/art/2023/10/23/art_12_345.html",
        "title": TITLE,
        "file": "名单.xlsx",
        "county": "meixian",
    }
    return (
        Finding(
            "privacy/resident-id",
            "veto",
            "居民身份证号未遮盖",
            where="Sheet1!C3",
            masked="610326********1238",
            reasons=("校验码正确", "所在列标题为“身份证号”"),
            **common,
        ),
        Finding("privacy/bank-card", "veto", "银行卡号未遮盖", where="Sheet1!D3", masked="622848*********1234", **common),
        Finding("expression/xinjiang", "error", "“新疆省”应为“新疆维吾尔自治区”", where="Sheet1!E3", masked="新疆省", suggestion="新疆维吾尔自治区", **common),
    )


def october_problems() -> tuple[Problem, ...]:
    """October's eleven problems, with the data their sentences need."""
    leaks = leak_findings()
    post = {"date": "2023-10-23", "title": TITLE, "place": "政府信息公开/扶贫资金信息公开", "files": ["名单.xlsx"]}
    silent = "2023-10-14至2023-10-25信息未更新"
    news = [row[1] for row in seed_rows(2) if row[4] == "不合格"]
    rest = (
        Problem(2, "column-not-updated", ("县应急管理局",), None, "“安全生产信息”栏目未更新", (), {"column": "安全生产信息", "owed": 2, "got": 0}),
        Problem(2, "no-news", tuple(news), None, "未发布信息"),
        Problem(2, "repost-shortfall", ("县教体局",), "微信订阅号/眉县教育", "应转载信息数量不足。", (), {"reposted": 3, "recommended": 9}),
        Problem(2, "repost-shortfall", ("县公安局",), "微信订阅号/眉县反诈中心", "应转载信息数量不足。", (), {"reposted": 0, "recommended": 9}),
        Problem(2, "account-silent", ("县公安局",), "微信服务号/眉县公安", silent, (), _silence("微信服务号", "2023-10-14", "2023-10-25", 12, 7)),
        Problem(2, "account-silent", ("县交警大队",), "抖音号/眉县交警大队", silent, (), _silence("抖音号", "2023-10-09", "2023-10-31", 23, 14)),
        Problem(3, "paper-missing", ("滨河新区管委会",), None, "未报送工作总结", (), {"paper": "工作总结", "late": False}),
        Problem(3, "submission-missing", ("县信访局",), None, "未报送数据", (), {"content": "眉县矛盾纠纷排查调处工作分类统计表", "late": False}),
        Problem(3, "events-unhandled", ("常兴镇",), None, "事件未处理", (), {"platform": "防汛排涝监测平台", "pending": 14, "accepted": 0, "closed": 0}),
    )
    return (
        Problem(
            1, "privacy-leak", ("县乡村振兴局",), None, "附件泄露个人隐私", (leaks[0].id, leaks[1].id), post | {"kinds": ["resident-id", "bank-card", "mobile"]}
        ),
        Problem(
            1, "wrong-expression", ("县乡村振兴局",), None, "固定表述错误", (leaks[2].id,), post | {"wrong": [{"wrong": "新疆省", "right": "新疆维吾尔自治区"}]}
        ),
        *rest,
    )


def _silence(platform: str, start: str, end: str, days: int, limit: int) -> dict[str, Any]:
    return {"from": start, "to": end, "days": days, "platform": platform, "limit": limit}


def october() -> Assessment:
    """October 2023 exactly as the seed annexes have it."""
    places = [row[0].removesuffix(")").partition(" (") for row in seed_rows(5)]
    events = [EventRow(place[0], place[2], row[1], *map(int, row[2:6]), *row[6:]) for place, row in zip(places, seed_rows(5), strict=True)]
    accounts = [AccountRow(int(row[0]), PLATFORMS.get(int(row[0]), "微信订阅号"), row[1], *map(int, row[2:9]), *row[9:]) for row in seed_rows(3)]
    month = Assessment(
        county="meixian",
        month=Month(2023, 10),
        generated_at=datetime(2023, 11, 23, 9, 30, tzinfo=SHANGHAI),
        rules_version="2023.11",
        columns=tuple(ColumnRow(int(row[0]), *row[1:]) for row in seed_rows(1)),
        news=tuple(NewsRow(int(row[0]), *row[1:]) for row in seed_rows(2)),
        accounts=tuple(accounts),
        submissions=tuple(SubmissionRow(int(row[0]), *row[1:]) for row in seed_rows(4)),
        events=tuple(events),
        grades={},
        totals={},
        problems=october_problems(),
        coverage=Coverage(215, 215),
    )
    return counted(month)


def counted(month: Assessment) -> Assessment:
    """The month with totals and grades that agree with its rows."""
    number = [int(row.shown) for row in month.columns if row.shown.isdecimal()]
    groups = [row for row in month.events if row.type]
    last = month.events[-1] if month.events else None
    totals = {
        "columns": {"units": len({row.unit for row in month.columns}), "posts": sum(number)},
        "news": {"units": len(month.news), "uploaded": _sum(row.uploaded for row in month.news), "published": _sum(row.published for row in month.news)},
        "accounts": {
            "accounts": len(month.accounts),
            "posts": sum(row.total for row in month.accounts),
            "originals": sum(row.originals for row in month.accounts),
            "reposts": sum(row.reposts for row in month.accounts),
        },
        "submissions": {"units": len({row.unit for row in month.submissions})},
        "events": {
            "generated": last.generated if last else 0,
            "accepted": last.accepted if last else 0,
            "discarded": last.discarded if last else 0,
            "closed": last.closed if last else 0,
            "pending": last.generated - last.accepted - last.discarded if last else 0,
        },
    }
    grades = {
        "columns": {row.unit: row.grade for row in month.columns},
        "news": {row.unit: row.grade for row in month.news},
        "accounts": {f"{row.platform}/{row.name}": row.grade for row in month.accounts},
        "submissions": {row.unit: row.grade for row in month.submissions},
        "events": {row.unit: row.grade for row in groups},
    }
    return replace(month, totals=totals, grades=grades)


def _sum(values: Iterable[str]) -> int:
    return sum(int(value) for value in values if value.isdecimal())
