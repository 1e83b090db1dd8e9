"""The story of a month by hand and eye: first login, findings and verdicts, the bulletin from draft to correction, drafts before publication."""

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from browser.desk_server import MONTH, Desk, running
from browser.look import Ear
from browser.month import ID, MASKED, OWN, decide, log_in, make_person, name_list, state, take, take_password, told
from browser.prepare import OFFICER

DRAFT = f"张三，身份证号{ID}，联系电话见附件。"


@pytest.fixture(scope="module")
def office(county: Path, tmp_path_factory: pytest.TempPathFactory, browser: Any) -> Iterator[dict[str, Any]]:
    """A desk on its first morning; the administrator has come in and let the others in."""
    with running(county, tmp_path_factory.mktemp("month"), with_people=False) as desk:
        assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", desk.password)
        admin = browser.new_context(base_url=desk.base, locale="zh-CN").new_page()
        take_password(admin, "admin", desk.password)
        secrets = {
            "qian": make_person(admin, "qian", "钱审核", "审核员"),
            "sun": make_person(admin, "sun", "孙主任", "主任（只看）"),
            "li": make_person(admin, "li", "李信息", "单位信息员", OFFICER),
        }
        admin.context.close()
        yield {"desk": desk, "secrets": secrets, "entered": set()}


@pytest.fixture
def come_in(office: dict[str, Any], new_context: Callable[..., BrowserContext]) -> Iterator[Callable[[str], Page]]:
    """`come_in("qian")`: that person at a desk of their own, the first time with the one-time password."""
    desk: Desk = office["desk"]
    ears: list[Ear] = []

    def open_desk(name: str) -> Page:
        page = new_context(base_url=desk.base, accept_downloads=True).new_page()
        page.set_default_timeout(20_000)
        if name in office["entered"]:
            log_in(page, name, OWN.format(name))
        else:
            take_password(page, name, office["secrets"][name])
            office["entered"].add(name)
        expect(page.get_by_role("heading", level=1)).to_contain_text("2023年11月23日")
        ears.append(Ear(desk.base))
        ears[-1].listen(page)
        return page

    yield open_desk
    assert not [text for ear in ears for text in ear.take()]


def test_wrong_passwords_are_told_and_then_the_door_stays_shut(office: dict[str, Any], new_context: Callable[..., BrowserContext]) -> None:
    page = new_context(base_url=office["desk"].base).new_page()
    for _ in range(4):
        log_in(page, "nobody", "wrong")
        expect(page.get_by_role("alert")).to_contain_text("用户名或密码不对")
    log_in(page, "nobody", "wrong")
    expect(page.locator("body")).to_contain_text("15 分钟")


def test_a_finding_is_judged_and_the_verdict_taken_back(come_in: Callable[[str], Page]) -> None:
    page = come_in("qian")
    page.get_by_role("row").filter(has_text=OFFICER).get_by_role("link").first.click()
    expect(page.locator("mark.here").first).to_be_visible()
    assert not re.search(r"(?<![\d*])\d{17}[\dXx](?!\d)", page.content())
    state(page, "待处理")
    decide(page, "标为误报")
    told(page, "需要写明理由")
    decide(page, "标为误报", "示例号码，不是个人信息")
    told(page, "记为“误报”")
    state(page, "误报")
    page.get_by_role("button", name="撤销").click()
    told(page, "已撤销")
    state(page, "待处理")
    decide(page, "确认问题")
    state(page, "已确认")
    expect(page.locator(".history")).to_contain_text("示例号码")


def test_the_unit_answers_and_the_office_decides(come_in: Callable[[str], Page]) -> None:
    """申诉 by the unit, 复核 and 豁免 by the office, 已整改 by the unit."""
    unit, office = come_in("li"), come_in("qian")
    unit.get_by_role("link", name="问题", exact=True).click()
    unit.locator("[data-row] a[data-open]").first.click()
    expect(unit.get_by_role("radio", name="标为误报")).to_have_count(0)
    decide(unit, "提出申诉", "已征得本人同意公开")
    told(unit, "记为“申诉”")
    address = unit.url
    uid = re.search(r"open=(\w+)", address)
    assert uid
    office.goto(f"/findings/{uid[1]}/")
    state(office, "申诉中")
    decide(office, "要求复核", "请钱、孙两位同看")
    decide(office, "豁免", "依据公示办法可以公开")
    state(office, "豁免")
    unit.goto("/findings/")
    unit.locator("[data-row] a[data-open]").first.click()
    decide(unit, "记为已整改", "页面已撤下")
    told(unit, "记为“已整改”")
    unit.get_by_role("button", name="撤销").click()
    told(unit, "已撤销")


def test_many_at_once_and_back(come_in: Callable[[str], Page]) -> None:
    page = come_in("qian")
    page.goto("/findings/?severity=veto")
    total = int(page.locator("header.head strong").inner_text())
    assert total > 50  # more than a page holds
    page.get_by_label("选中本页全部").check()
    page.get_by_label(re.compile("筛选出的全部")).check()
    bar = page.locator("[data-chosen]")
    bar.get_by_label("处理意见").select_option("误报")
    bar.get_by_role("button").click()
    told(page, "需要写明理由")
    page.get_by_label("选中这一条").first.check()
    page.get_by_label(re.compile("筛选出的全部")).check()
    bar.get_by_label("处理意见").select_option("确认")
    bar.get_by_role("button").click()
    told(page, f"已将 {total} 处记为“确认”")
    page.get_by_role("button", name="撤销").click()
    told(page, f"已撤销，{total} 处恢复")


def test_the_bulletin_from_draft_to_correction(come_in: Callable[[str], Page]) -> None:
    page, director = come_in("qian"), come_in("sun")
    page.get_by_role("link", name="通报", exact=True).click()
    page.get_by_role("link", name="看10月草稿").click()
    page.get_by_role("link", name=re.compile("安全生产信息.*未按要求")).click()
    expect(page.locator("#side")).to_contain_text("栏目未更新")
    adjust_a_grade(page)
    page.get_by_role("button", name="生成草稿").click()
    told(page, "草稿已生成")
    director.goto(f"/bulletins/{MONTH}/")
    expect(director.get_by_role("link", name="签发…")).to_have_count(0)
    page.get_by_role("link", name="签发…").click()
    expect(page.locator(".checks")).to_contain_text("1 处人工调整")
    page.get_by_role("button", name="确认签发").click()
    told(page, "第 1 版已签发并封存")
    first = downloads(page)
    correct(page)
    page.goto(f"/bulletins/{MONTH}/versions/1/")
    expect(page.locator("header.head")).to_contain_text("已有更正")
    assert take(page, page.get_by_role("link", name="下载 Word").click)[1] == first
    audit(page, first)


def adjust_a_grade(page: Page) -> None:
    """A failed grade of annex 1 becomes 合格, with a reason."""
    page.locator("#annex1 td.failed a").first.click()
    side = page.locator("#side")
    side.get_by_role("radio", name="合格", exact=True).check()
    side.get_by_label("理由").fill("系统迁移期间，已报备")
    side.get_by_role("button", name="调整等次").click()
    told(page, "已调整")
    expect(page.locator("#annex1 .by-hand")).to_have_count(1)


def downloads(page: Page) -> bytes:
    """The issued files open as what they are; returns the docx."""
    from docx import Document
    from openpyxl import load_workbook

    kept = {}
    for label in ("通报全文（Word）", "五个附件（Excel）", "网页版（可打印为 PDF）"):
        name, data = take(page, page.locator(".side").get_by_role("link", name=label).click)
        kept[name.rpartition(".")[2]] = data
    assert any("安全生产信息" in paragraph.text for paragraph in Document(io.BytesIO(kept["docx"])).paragraphs)
    assert len(load_workbook(io.BytesIO(kept["xlsx"])).sheetnames) == 5
    assert "安全生产信息" in kept["html"].decode()
    return kept["docx"]


def correct(page: Page) -> None:
    """A problem is left out after the issue: the draft tells the difference, a correction needs its reason and becomes version 2."""
    page.goto(f"/bulletins/{MONTH}/")
    page.get_by_role("link", name=re.compile("滨河新区管委会未及时报送")).click()
    side = page.locator("#side")
    side.get_by_text("调整这一条").click()
    side.get_by_label("理由").last.fill("已补报，办公室核实")
    side.get_by_role("button", name="不列入通报").click()
    told(page, "已调整")
    page.get_by_role("link", name="签发更正…").click()
    expect(page.locator(".changes")).to_contain_text("不再列入")
    page.get_by_label("更正的原因").fill("滨河新区管委会材料已按期报送")
    page.get_by_role("button", name="签发第 2 版").click()
    told(page, "第 2 版已签发并封存")


def audit(page: Page, docx: bytes) -> None:
    """The issued bulletin agrees with its annexes; with one figure changed it does not."""
    from docx import Document

    wrong = Document(io.BytesIO(docx))
    figure = next(run for paragraph in wrong.paragraphs for run in paragraph.runs if re.search(r"主动公开.*\d+条", run.text))
    figure.text = re.sub(r"(\d+)条", lambda found: f"{int(found[1]) + 7}条", figure.text, count=1)
    changed = io.BytesIO()
    wrong.save(changed)
    for data, said in ((docx, "一致，共核对"), (changed.getvalue(), "处不一致")):
        page.goto("/bulletins/audit/")
        page.get_by_label("通报文件").set_input_files({"name": "通报.docx", "mimeType": "application/octet-stream", "buffer": data})
        page.get_by_role("button", name="开始核对").click()
        expect(page.locator("#result")).to_contain_text(said)


def test_a_draft_is_checked_and_its_redacted_copy_is_clean(come_in: Callable[[str], Page]) -> None:
    page = come_in("li")
    page.get_by_role("link", name="发布前检查").first.click()
    book = {"name": "名单.xlsx", "mimeType": "application/octet-stream", "buffer": name_list()}
    outcome = check(page, DRAFT, book, "不能发布")
    expect(outcome.locator("mark").first).to_contain_text(MASKED)
    assert ID not in page.locator("#result").inner_html()
    _, text = take(page, page.get_by_role("button", name="下载脱敏版：正文").click)
    name, copy = take(page, page.get_by_role("button", name=re.compile("下载脱敏版：名单")).click)
    assert name.endswith(".xlsx")
    assert MASKED in text.decode()
    page.get_by_role("button", name="清空").click()
    check(page, text.decode(), {**book, "name": name, "buffer": copy}, "可以发布")
    _, record = take(page, page.get_by_role("button", name="下载检查记录").click)
    assert "可以发布" in record.decode()


def check(page: Page, text: str, file: Any, said: str) -> Any:
    page.get_by_label("正文").fill(text)
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="检查", exact=True).click()
    outcome = page.locator("#result")
    expect(outcome.locator("h2").first).to_have_text(said, timeout=30_000)
    return outcome
