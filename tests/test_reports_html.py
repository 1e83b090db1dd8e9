"""bulletin.html: self-contained, escaped, every link leading somewhere."""

from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from reports_month import TITLE, counted, leak_findings, october, wording

from core.assessment import Assessment, Coverage, Problem
from core.records import Finding, Verdict
from reports.html import SHOWN, bulletin_html, safe_url
from reports.prose import compose
from reports.tables import annex_tables
from reports.wording import Voice


def page(month: Assessment, findings: tuple[Finding, ...] = ()) -> BeautifulSoup:
    words = wording()
    content = bulletin_html(month, findings, compose(month, words), annex_tables(month), Voice.of(words, month))
    return BeautifulSoup(content, "lxml", from_encoding="utf-8")


@pytest.fixture(scope="module")
def october_page() -> BeautifulSoup:
    return page(october(), leak_findings())


def test_it_says_what_the_bulletin_says(october_page: BeautifulSoup) -> None:
    article = october_page.find(id="bulletin")
    assert article is not None
    said = article.get_text()
    for section in compose(october(), wording()).sections:
        for paragraph in section.paragraphs:
            assert paragraph.text in said


def test_nothing_is_fetched_from_elsewhere(october_page: BeautifulSoup) -> None:
    assert not october_page.find_all(["script", "link", "img", "iframe", "object", "base", "form"])
    style = october_page.find("style")
    assert style is not None
    assert "url(" not in style.get_text()
    assert "@import" not in style.get_text()
    outside = [link["href"] for link in october_page.find_all("a") if not str(link["href"]).startswith("#")]
    assert set(outside) == {leak_findings()[0].url}


def test_every_inner_link_leads_somewhere_and_each_problem_to_its_evidence(october_page: BeautifulSoup) -> None:
    targets = [str(link["href"])[1:] for link in october_page.find_all("a") if str(link["href"]).startswith("#")]
    ids = [str(tag["id"]) for tag in october_page.find_all(id=True)]
    assert set(targets) <= set(ids)
    assert len(ids) == len(set(ids))
    told = october_page.find("a", class_="told", href="#p1")
    assert told is not None
    assert TITLE in told.get_text()
    proof = october_page.find(id="p1")
    assert proof is not None
    for shown in ("610326********1238", "名单.xlsx · Sheet1!C3", "privacy/resident-id", "校验码正确", "一票否决"):
        assert shown in proof.get_text()


def test_merged_cells_cover_every_place(october_page: BeautifulSoup) -> None:
    for table, annex in zip(annex_tables(october()), october_page.find_all("section", class_="annex"), strict=True):
        covered = sum(int(str(cell.get("rowspan", 1))) * int(str(cell.get("colspan", 1))) for cell in annex.find_all("td"))
        assert covered == len(table.rows) * len(table.header)


def test_text_from_outside_is_escaped_and_a_script_address_is_no_link() -> None:
    hostile = '"><script>alert(1)</script>'
    finding = Finding(
        "privacy/mobile", "veto", hostile, unit=hostile, url="javascript:alert(1)", title=hostile, file=hostile, masked=hostile, reasons=(hostile,)
    )
    data: dict[str, Any] = {"date": "2023-10-01", "title": hostile, "files": [hostile], "kinds": [hostile]}
    problem = Problem(1, "privacy-leak", (hostile,), None, hostile, (finding.id,), data)
    found = page(replace(october(), problems=(problem,)), (finding,))
    assert not found.find_all("script")
    assert not [link for link in found.find_all("a") if "javascript" in str(link["href"])]
    assert "javascript:alert(1)" in found.get_text()


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.cn/x", True),
        ("HTTP://a.cn", True),
        ("javascript:x", False),
        ("//a.cn", False),
        ("data:text/html,x", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_only_web_addresses_are_followed(url: str | None, safe: bool) -> None:
    assert (safe_url(url) == url) is (safe or url is None)


def test_a_long_list_of_findings_is_cut_and_counted() -> None:
    many = tuple(Finding("privacy/mobile", "veto", "号码未遮盖", where=f"Sheet1!C{row}", masked="139****0000") for row in range(SHOWN + 5))
    problem = Problem(1, "privacy-leak", ("甲局",), None, "泄露", (*(finding.id for finding in many), "absent"), {"kinds": ["mobile"]})
    proof = page(replace(october(), problems=(problem,)), many).find(id="p1")
    assert proof is not None
    assert len(proof.find_all("li")) == SHOWN
    assert "另有 5 处同类发现" in proof.get_text()
    assert "另有 1 处发现的记录不在本次导出内" in proof.get_text()


def test_what_could_not_be_verified_and_what_a_person_changed_are_shown() -> None:
    verdict = Verdict("grade/news/甲镇", "合格", "来源名称写错", "王某", october().generated_at)
    month = replace(
        october(),
        coverage=Coverage(3, 2, (("column/县甲局/公示", "无法访问"),)),
        unverified={"columns": ("甲局",), "news": ()},
        adjustments=(verdict,),
        problems=(),
    )
    found = page(counted(month))
    unverified, adjustments = found.find(id="unverified"), found.find(id="adjustments")
    assert unverified is not None
    assert adjustments is not None
    assert "县甲局“公示”栏目：无法访问" in unverified.get_text()
    assert "政府信息公开：甲局" in unverified.get_text()
    assert "来源名称写错" in adjustments.get_text()
    assert "本月没有发现问题。" in found.get_text()
