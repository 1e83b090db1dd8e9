"""The words of alerts: complete, bounded, escaped, and never a number in clear."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import SHANGHAI
from core.config import County, load_county
from core.records import Finding, Source
from core.store.findings import Standing
from service.alerts import watch, words
from service.alerts.digest import summary
from service.alerts.sheet import Line, as_html, as_short, as_text, safe_url

NOW = datetime(2023, 11, 1, 10, 0, tzinfo=SHANGHAI)
RAW = ("610326199003071238", "13812345678", "6228480402564890018", "6103 2619 9003 0712 38", "138-1234-5678")


@cache
def county() -> County:
    return load_county(Path(__file__).resolve().parents[1] / "config" / "meixian")


def finding(**more: Any) -> Finding:
    return replace(
        Finding(
            "privacy/resident-id",
            "veto",
            "出现完整身份证号",
            unit="县财政局",
            source="s",
            url="http://x/1.html",
            title="公示",
            file="a.xlsx",
            where="Sheet1!C3",
            masked="610326********1238",
            suggestion="删去",
            reasons=("校验码正确",),
        ),
        **more,
    )


def every_message(found: list[Finding], desk: str | None = None) -> str:
    standings = [Standing(item, "gone", NOW, NOW) for item in found]
    messages = [
        words.alert(county(), desk, found, NOW),
        summary(county(), desk, found, NOW),
        watch.overdue(county(), desk, found, NOW - timedelta(hours=30), "没有向单位发过告警", NOW),
        watch.relief(county(), desk, "县财政局", standings),
    ]
    return "\n".join("\n".join((m.subject, m.body, m.html, m.short, m.link)) for m in messages)


def test_no_number_in_clear_wherever_it_hides() -> None:
    for raw in RAW:
        for field in ("title", "file", "where", "masked", "suggestion", "message", "unit"):
            assert raw not in every_message([finding(**{field: f"甲{raw}乙"})]), (raw, field)
        assert raw not in every_message([finding(reasons=(f"因为{raw}",))])
        if raw.isdigit():
            assert raw not in every_message([finding(url=f"http://x/{raw}.html?n={raw}")])


def test_an_address_with_long_ids_stays_an_address() -> None:
    for url in (
        "http://x/art/2023/10/23/art_10462_121108.html",
        "http://x/202310/t20231023_1716800000000.html",
        "http://x/c/a1716800000000b.shtml",
        "http://x/?id=1234567890123456789",
    ):
        assert safe_url(url) == url


class Page(HTMLParser):
    """Collects tags and links."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]


ALLOWED = {"html", "head", "meta", "body", "p", "h3", "ol", "li", "br", "a"}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=30), st.text(max_size=30)), min_size=1, max_size=4))
def test_nothing_a_page_says_becomes_markup_or_a_header(texts: list[tuple[str, str, str]]) -> None:
    found = [finding(title=title, file=file, where=where, url="javascript:alert(1)") for title, file, where in texts]
    message = words.alert(county(), None, found, NOW)
    page = Page()
    page.feed(message.html)
    assert set(page.tags) <= ALLOWED
    assert page.links == []
    assert "\n" not in message.subject
    assert "\r" not in message.subject
    assert len(message.short.encode()) <= 2048


def test_one_link_and_only_to_the_web() -> None:
    page = Page()
    page.feed(words.alert(county(), "http://desk:8000", [finding()], NOW).html)
    assert page.links == [f"http://desk:8000/findings/{finding().id}/"]
    page = Page()
    page.feed(words.alert(county(), None, [finding()], NOW).html)
    assert page.links == ["http://x/1.html"]


def test_a_draft_on_the_preview_site_is_not_to_be_taken_down() -> None:
    source = Source("preview/内网预览", "preview", "http://preview/")
    message = words.alert(replace(county(), sources=(*county().sources, source)), None, [finding(source=source.id)], NOW)
    assert "请在发布前更正" in message.subject
    assert "尚未公开" in message.body
    assert "撤下" not in message.body
    assert "撤下" in words.alert(county(), None, [finding()], NOW).body


def test_it_stays_short_however_many_places() -> None:
    found = [finding(file=f"{n % 3}.xlsx", where=f"Sheet1!C{n}", message=f"问题{n % 40}", start=n) for n in range(3000)]
    message = words.alert(county(), None, found, NOW)
    assert len(message.body) < 12_000
    assert len(message.short.encode()) <= 2048
    assert re.search(r"另有 \d+ 处", message.body)
    assert len(summary(county(), None, [finding(url=f"http://x/{n}", start=n) for n in range(500)], NOW).body) < 20_000
    assert "另有 440 个页面" in summary(county(), None, [finding(url=f"http://x/{n}", start=n) for n in range(500)], NOW).body


def test_text_and_html_say_the_same() -> None:
    lines = [Line("p", "甲", "单位"), Line("h", "附件"), Line("li", "一"), Line("sub", "二"), Line("li", "三"), Line("p", "<完>")]
    assert as_text(lines) == "单位：甲\n\n附件\n  1. 一\n     二\n  2. 三\n\n<完>\n"
    assert "<ol><li>一\n<br>二\n</li><li>三\n</li></ol>\n<p>&lt;完&gt;</p>" in as_html(lines)


def test_the_short_form_keeps_its_link() -> None:
    text = as_short(["长" * 3000], "http://x/" + "y" * 100)
    assert text.endswith("y" * 100)
    assert len(text.encode()) <= 2048
