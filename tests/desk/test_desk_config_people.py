"""配置 among people: who may, what two at once see, undo, the log, keys; what a broken file does."""

from collections.abc import Callable
from typing import Any

import config_world as world
import pytest
from desk_world import MINE

from core.config import load_county

Desk = Callable[..., Any]
ADDRESSES = [
    "/config/",
    "/config/sources/",
    "/config/files/",
    "/config/files/units/",
    "/config/log/",
    "/config/recommended/",
    "/config/list/units/",
    "/config/list/units/export/",
    "/config/form/grading/",
]
WRITING = ["/config/contacts/", "/config/files/units/edit/", "/config/keys/", "/config/keys/new/", "/config/list/units/new/", "/config/list/units/import/"]
pytestmark = pytest.mark.usefixtures("county_files")


# --- roles --------------------------------------------------------------------------------------------------------


def test_the_office_reads_and_the_administrator_writes(desk: Desk) -> None:
    world.change(desk("administrator"), "units", "县民政局", mail="mz@example.cn")
    undo = f"/config/log/{world.changes()[0].pk}/undo/"
    for role, reads, writes in (("administrator", 200, 200), ("reviewer", 200, 403), ("director", 200, 403), ("officer", 403, 403)):
        browser = desk(role)
        assert {address: browser.get(address).status_code for address in ADDRESSES} == dict.fromkeys(ADDRESSES, reads)
        assert {address: browser.get(address).status_code for address in WRITING} == dict.fromkeys(WRITING, writes)
        entry = world.entry("units", "县民政局")
        assert browser.get(entry).status_code == writes
        if role != "administrator":
            for address in (entry, f"{entry}remove/", undo, "/config/list/units/new/", "/config/recommended/upload/"):
                assert browser.post(address, {}).status_code == 403
            assert browser.post("/config/form/grading/", {}).status_code in (403, 405)
    assert '<form method="post" novalidate' not in desk("director").get("/config/form/grading/").content.decode()
    assert "mz@example.cn" in world.text("units.yaml")


def test_the_menu_leads_there_in_three_clicks(desk: Desk) -> None:
    """今日 → 配置 → a list → an entry."""
    browser = desk("administrator")
    assert 'href="/config/"' in browser.get("/").content.decode()
    overview = browser.get("/config/").content.decode()
    from service.desk.config.lists import LISTS
    from service.desk.config.singles import SINGLES

    for spec in LISTS:
        assert f'href="/config/list/{spec.slug}/"' in overview
    for single in SINGLES:
        found = f'href="/config/form/{single.slug}/"'
        brother = next((spec for spec in LISTS if spec.file == single.file), None)
        assert found in overview or (brother and found in browser.get(f"/config/list/{brother.slug}/").content.decode())
    assert 'href="/config/"' in desk("director").get("/").content.decode()
    assert 'href="/config/"' not in desk("officer").get("/").content.decode()


# --- two at once --------------------------------------------------------------------------------------------------


def test_two_people_in_one_file_lose_nothing(desk: Desk) -> None:
    browser = desk("administrator")
    address = world.entry("units", "县民政局")
    opened = world.fields(browser.get(address).content.decode())
    world.change(browser, "units", "县财政局", mail="cz@example.cn")
    page = browser.post(address, opened | {world.name_of("units", "mail"): "mz@example.cn"}, follow=True).content.decode()
    assert "别人改了这份名单的其他地方，两处改动都已保留" in page
    mails = {unit["name"]: unit.get("mail") for unit in world.data("units.yaml")}
    assert (mails["县民政局"], mails["县财政局"]) == ("mz@example.cn", "cz@example.cn")


def test_the_second_in_one_entry_sees_the_first(desk: Desk) -> None:
    browser = desk("administrator")
    address, mail, name = world.entry("units", "县民政局"), world.name_of("units", "mail"), world.name_of("units", "aliases")
    opened = world.fields(browser.get(address).content.decode())
    world.change(browser, "units", "县民政局", mail="first@example.cn")
    page = browser.post(address, opened | {mail: "second@example.cn", name: f"{opened[name]}、民政"}).content.decode()
    assert "被别人改过" in page
    assert "administrator君" in page
    assert "现在是：first@example.cn" in page
    assert "second@example.cn" in page
    assert "first@example.cn" in world.text("units.yaml")
    again = browser.post(address, world.fields(page), follow=True).content.decode()
    assert "已保存" in again
    assert load_county(world.folder()).unit("民政").mail == "second@example.cn"  # type: ignore[union-attr]


def test_an_entry_that_went_away_meanwhile_can_be_added_again(desk: Desk) -> None:
    browser = desk("administrator")
    browser.post("/config/list/phrases/new/", {world.name_of("phrases", "phrase"): "横渠书院"})
    address = world.entry("phrases", "横渠书院")
    opened = world.fields(browser.get(address).content.decode())
    browser.post(f"{address}remove/", {"mark": opened["mark"]})
    page = browser.post(address, opened | {world.name_of("phrases", "phrase"): "横渠书院旧址"}).content.decode()
    assert "被别人删除或改名了" in page
    assert "作为新的保存" in page
    assert 'value="横渠书院旧址"' in page
    browser.post("/config/list/phrases/new/", world.fields(page))
    assert "横渠书院旧址" in world.data("words.yaml")["phrases"]


def test_settings_changed_meanwhile_are_shown_beside(desk: Desk) -> None:
    from service.desk.config.fields import Field

    browser, address = desk("administrator"), "/config/form/grading/"
    surplus, owed = Field("columns.excellent_surplus", "").name, Field("news.owed", "").name
    first = world.fields(browser.get(address).content.decode())
    browser.post(address, first | {surplus: "7"})
    page = browser.post(address, first | {owed: "2"}).content.decode()
    assert "被别人改过" in page
    assert "现在是：7" in page
    assert world.data("grading.yaml")["columns"]["excellent_surplus"] == 7
    assert "已保存" in browser.post(address, world.fields(page), follow=True).content.decode()
    assert world.data("grading.yaml")["news"]["owed"] == 2


def test_a_text_edited_meanwhile_is_not_overwritten(desk: Desk) -> None:
    browser, address = desk("administrator"), "/config/files/grading/edit/"
    opened = world.fields(browser.get(address).content.decode())
    world.write("grading.yaml", world.text("grading.yaml").replace("owed: 1 ", "owed: 3 "))
    page = browser.post(address, opened | {"text": opened["text"].replace("excellent_surplus: 5", "excellent_surplus: 8")}).content.decode()
    assert "被别人改过" in page
    assert "excellent_surplus: 8" in page
    assert "owed: 3" in page
    assert world.data("grading.yaml")["news"]["owed"] == 3


# --- removing -----------------------------------------------------------------------------------------------------


def test_what_is_used_elsewhere_is_not_removed(desk: Desk, people: dict[str, Any]) -> None:
    browser, before = desk("administrator"), world.text("units.yaml")
    address = world.entry("units", MINE)
    page = browser.get(address).content.decode()
    assert "还有别处用到它，不能删除" in page
    for place in ("快讯单位", "新媒体账号", "用户：officer君"):
        assert place in page
    mark = world.fields(page)["mark"]
    answer = browser.post(f"{address}remove/", {"mark": mark}, follow=True).content.decode()
    assert "没有删除" in answer
    assert "用户 1 处（officer君）" in answer
    assert world.text("units.yaml") == before
    for slug, key, said in (("listings", "各镇快讯", "快讯单位"), ("channels", "办公室邮箱", "找不到收件人时"), ("jobs", "检查", "发送告警")):
        address = world.entry(slug, key)
        assert said in browser.post(f"{address}remove/", {"mark": world.fields(browser.get(address).content.decode())["mark"]}, follow=True).content.decode()
    assert not world.changes()


def test_an_alias_in_use_stays(desk: Desk) -> None:
    page = world.change(desk("administrator"), "units", "县商信局", aliases="商信局").content.decode()
    assert "还在用：" in page
    assert "县商务和工业信息化局" in world.text("units.yaml")


def test_a_removal_that_breaks_another_file_is_refused(desk: Desk) -> None:
    """A column that the schedule names."""
    address = world.entry("columns", "县民政局/养老服务和社会救助")
    browser = desk("administrator")
    page = browser.post(f"{address}remove/", {"mark": world.fields(browser.get(address).content.decode())["mark"]}, follow=True).content.decode()
    assert "没有删除：删掉它以后配置就有错" in page
    assert "schedule.yaml" in page
    assert "养老服务和社会救助" in world.text("columns.yaml")


# --- undo ---------------------------------------------------------------------------------------------------------


def test_a_change_is_undone_under_later_ones(desk: Desk) -> None:
    browser, before = desk("administrator"), world.text("units.yaml")
    world.change(browser, "units", "县民政局", mail="mz@example.cn")
    world.change(browser, "units", "县财政局", mail="cz@example.cn")
    assert "已撤销：修改单位“县民政局”" in world.undo(browser, 0)
    assert "mz@example.cn" not in world.text("units.yaml")
    assert "cz@example.cn" in world.text("units.yaml")
    assert "不需要撤销" in world.undo(browser, 0) or "没有撤销" in world.undo(browser, 0)
    world.undo(browser, 1)
    assert world.text("units.yaml") == before
    page = browser.get("/config/log/").content.decode()
    assert page.count("修改单位") == 4
    assert "邮箱 （空） → mz@example.cn" in page


def test_a_place_changed_since_is_not_undone(desk: Desk) -> None:
    browser = desk("administrator")
    world.change(browser, "units", "县民政局", mail="one@example.cn")
    world.change(browser, "units", "县民政局", mail="two@example.cn")
    page = world.undo(browser, 0)
    assert "没有撤销：同一处后来又改过（修改单位“县民政局”" in page
    assert "two@example.cn" in world.text("units.yaml")


def test_an_undo_that_would_break_the_rest_is_refused(desk: Desk) -> None:
    browser = desk("administrator")
    browser.post("/config/list/units/new/", {world.name_of("units", "name"): "县档案馆"})
    browser.post(
        "/config/list/papers/new/", {world.name_of("papers", key): value for key, value in (("unit", "县档案馆"), ("paper", "工作总结"), ("due_day", "31"))}
    )
    page = world.undo(browser, 0)
    assert "没有撤销：撤销以后配置会有错" in page
    assert "县档案馆" in world.text("units.yaml")


def test_a_unit_with_people_is_not_undone_away(desk: Desk, people: dict[str, Any]) -> None:
    from service.desk.models import Profile

    browser = desk("administrator")
    browser.post("/config/list/units/new/", {world.name_of("units", "name"): "县档案馆"})
    Profile.objects.filter(user=people["officer"]).update(unit="县档案馆")
    assert "用户 1 处（officer君）" in world.undo(browser, 0)
    fields = world.fields(browser.get("/config/files/units/edit/").content.decode())
    text = fields["text"].replace("- name: 县档案馆\n", "")
    assert "用户 1 处（officer君）" in browser.post("/config/files/units/edit/", fields | {"text": text}).content.decode()
    assert "县档案馆" in world.text("units.yaml")


def test_the_log_asks_the_database_as_often_for_many_changes(desk: Desk) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from service.desk import clock
    from service.desk.models import ConfigChange

    browser = desk("director")
    counts = []
    for many in (3, 45):
        for number in range(many):
            ConfigChange.objects.create(county="meixian", at=clock.now(), who=f"u{number}", file="units.yaml", summary=f"修改单位 {number}")
        counts.append({})
        for address in ("/config/", "/config/log/", "/config/files/", "/config/list/units/"):
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert browser.get(address).status_code == 200
            counts[-1][address] = len(asked)
    assert counts[0] == counts[1]


def test_a_removed_column_comes_back_to_its_place(desk: Desk) -> None:
    browser, before = desk("administrator"), world.text("columns.yaml")
    for key in ("县财政局/政府机构", "县民政局/政府机构"):
        address = world.entry("columns", key)
        browser.post(f"{address}remove/", {"mark": world.fields(browser.get(address).content.decode())["mark"]})
    world.undo(browser, 0)
    world.undo(browser, 1)
    assert world.text("columns.yaml") == before


# --- the rest -----------------------------------------------------------------------------------------------------


def test_mail_addresses_of_all_units_on_one_page(desk: Desk) -> None:
    browser = desk("administrator")
    sent = world.fields(browser.get("/config/contacts/").content.decode())
    one, two = world.ref("units", "县民政局"), world.ref("units", "县财政局")
    page = browser.post("/config/contacts/", sent | {one: "不是邮箱", two: "cz@example.cn"}).content.decode()
    assert "县民政局：“不是邮箱”不是一个邮箱地址" in page
    assert 'value="cz@example.cn"' in page
    world.change(browser, "units", "县审计局", mail="sj@example.cn")
    assert (
        "已保存：修改单位邮箱：县民政局、县财政局"
        in browser.post("/config/contacts/", sent | {one: "mz@example.cn", two: "cz@example.cn"}, follow=True).content.decode()
    )
    mails = {unit["name"]: unit.get("mail") for unit in world.data("units.yaml")}
    assert (mails["县民政局"], mails["县财政局"], mails["县审计局"]) == ("mz@example.cn", "cz@example.cn", "sj@example.cn")


def test_keys_are_shown_once_and_recalled(desk: Desk) -> None:
    import re

    from service import tokens
    from service.desk import clock
    from service.desk.models import AuditEntry

    browser = desk("administrator")
    assert "请选择单位" in browser.post("/config/keys/new/", {"name": "门户CMS"}).content.decode()
    page = browser.post("/config/keys/new/", {"unit": MINE, "name": "门户CMS"}).content.decode()
    token = re.search(r"(xc_[\w-]+)", page)
    assert token
    row = tokens.holder("meixian", token[1], clock.now())
    assert row is not None
    assert row.unit == MINE
    assert token[1] not in browser.get("/config/keys/").content.decode()
    assert "门户CMS" in browser.get("/config/keys/").content.decode()
    assert "立即失效" in browser.post(f"/config/keys/{row.pk}/recall/", follow=True).content.decode()
    assert tokens.holder("meixian", token[1], clock.now()) is None
    assert set(AuditEntry.objects.values_list("action", flat=True)) == {"发放接口密钥", "收回接口密钥"}


def test_a_broken_file_is_told_and_put_right_as_text(desk: Desk) -> None:
    browser = desk("administrator")
    browser.get("/config/")
    good = world.text("units.yaml")
    world.write("units.yaml", good.replace("- name: 县民政局", "- nam: 县民政局"))
    page = browser.get("/config/").content.decode()
    assert "单位（units.yaml）：第3项" in page
    assert "没有这个设置项，请检查拼写" in browser.get("/config/list/units/").content.decode()
    assert browser.get("/").status_code == 200
    edit = browser.get("/config/files/units/edit/").content.decode()
    fields = world.fields(edit)
    still = browser.post("/config/files/units/edit/", fields | {"text": fields["text"] + "\n- [\n"}).content.decode()
    assert "不是合法的 YAML" in still
    assert "- nam: 县民政局" in world.text("units.yaml")
    assert "已保存" in browser.post("/config/files/units/edit/", fields | {"text": good}, follow=True).content.decode()
    assert world.text("units.yaml") == good
    assert "配置没有错误" in browser.get("/config/").content.decode()


def test_the_countys_id_stays(desk: Desk) -> None:
    """Everything stored is the county's by its id: another one would lock everybody out."""
    browser = desk("administrator")
    fields = world.fields(browser.get("/config/files/county/edit/").content.decode())
    page = browser.post("/config/files/county/edit/", fields | {"text": fields["text"].replace("id: meixian", "id: mei-county")}).content.decode()
    assert "id：不能改" in page
    assert world.data("county.yaml")["id"] == "meixian"


def test_one_of_two_broken_files_can_be_put_right(desk: Desk) -> None:
    browser = desk("administrator")
    good = world.text("watch.yaml")
    world.write("watch.yaml", good.replace("settle: 5", "settle: 很久"))
    world.write("inbox.yaml", world.text("inbox.yaml").replace("port: 993", "port: 多少"))
    page = world.change(browser, "units", "县民政局", mail="mz@example.cn").content.decode()
    assert "已保存" in page
    fields = world.fields(browser.get("/config/files/watch/edit/").content.decode())
    assert "已保存" in browser.post("/config/files/watch/edit/", fields | {"text": good}, follow=True).content.decode()


def test_nothing_is_written_when_the_row_cannot_be_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """File and row go together, whichever fails."""
    from service.desk.config import files

    browser, before = desk("administrator"), world.text("units.yaml")

    def fail(*given: Any, **named: Any) -> None:
        raise OSError(28, "No space left on device")

    for room, name in ((files.os, "replace"), (files.tempfile, "mkstemp"), (files.os, "fsync")):
        with monkeypatch.context() as patch:
            patch.setattr(room, name, fail)
            page = world.change(browser, "units", "县民政局", mail="mz@example.cn").content.decode()
        assert "写不进去" in page
    assert world.text("units.yaml") == before
    assert not world.changes()
    assert not [path for path in world.folder().iterdir() if path.name.startswith(".")]


def test_sources_name_where_secrets_lie_never_what_they_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = desk("administrator")
    monkeypatch.setenv("XUNCHA_PREVIEW_COOKIE", "JSESSIONID=geheim")
    sent = {"name": "门户待发布", "url": "http://cms.example.invalid/list", "login": "Cookie: $XUNCHA_PREVIEW_COOKIE", "max_pages": "3", "history_months": "2"}
    browser.post("/config/list/previews/new/", {world.name_of("previews", key): value for key, value in sent.items()})
    page = browser.get("/config/sources/?kind=preview").content.decode()
    assert "$XUNCHA_PREVIEW_COOKIE" in page
    assert "geheim" not in page
    assert world.entry("previews", "门户待发布") in page
    assert "168" in browser.get("/config/sources/?kind=blank").content.decode()


@pytest.mark.parametrize(
    "content",
    [b"- [\n", b"- 1\n", "- name: 县".encode("gbk"), b"units: 5\nlistings: 7\naccounts: x\nwords: [1]\nchannels: 3\njobs: {}\n"],
)
def test_no_page_breaks_over_a_file_that_does(desk: Desk, content: bytes) -> None:
    """Every list and form over a file written by hand into something else: told, never a fault, and nothing written."""
    from service.desk.config.lists import LISTS
    from service.desk.config.singles import SINGLES

    browser = desk("administrator")
    browser.get("/config/")  # a desk at work has read its county before
    sent = {world.name_of("units", "name"): "县档案馆", world.name_of("words", "wrong"): "错的词", world.name_of("words", "right"): "对的词"}
    for spec in (*LISTS[:5], LISTS[9], LISTS[14], LISTS[16]):
        (world.folder() / spec.file).write_bytes(content)
        assert browser.get(f"/config/list/{spec.slug}/").status_code == 200
        assert browser.get(f"/config/list/{spec.slug}/export/").status_code == 200
        assert browser.post(f"/config/list/{spec.slug}/new/", sent).status_code == 200, spec.slug
        assert browser.post(f"/config/list/{spec.slug}/0123456789ab/", sent).status_code == 200, spec.slug
        assert (world.folder() / spec.file).read_bytes() == content
    for single in SINGLES[:6]:
        (world.folder() / single.file).write_bytes(content)
        assert browser.get(f"/config/form/{single.slug}/").status_code == 200
        assert browser.post(f"/config/form/{single.slug}/", {"seen": "x"}).status_code == 200
        assert browser.get(f"/config/files/{single.file.removesuffix('.yaml')}/edit/").status_code == 200
        assert (world.folder() / single.file).read_bytes() == content
    (world.folder() / "备份 1.yaml").write_bytes(content)
    for address in ("/config/", "/config/files/", "/config/files/备份 1/", "/config/sources/", "/config/contacts/", "/"):
        assert browser.get(address).status_code == 200
