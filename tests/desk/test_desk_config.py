"""配置: every list and form — what a save writes, what a wrong one says, who may, what two people at once see, what an undo brings back."""

from collections.abc import Callable
from typing import Any

import config_world as world
import pytest
from desk_world import MINE

from core.config import load_county

Desk = Callable[..., Any]
pytestmark = pytest.mark.usefixtures("county_files")


def lines_changed(before: str, after: str) -> tuple[list[str], list[str]]:
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# --- saving -------------------------------------------------------------------------------------------------------


def test_every_form_sent_as_it_came_changes_nothing(desk: Desk) -> None:
    from service.desk.config.lists import LISTS
    from service.desk.config.singles import SINGLES

    browser, before = desk("administrator"), {path.name: path.read_bytes() for path in world.folder().iterdir()}
    for spec in LISTS:
        from service.desk.config import usage
        from service.desk.config.rows import rows_of

        for row in rows_of(spec, usage.load(world.folder(), spec))[:2]:
            address = f"/config/list/{spec.slug}/{row.ref}/"
            page = browser.post(address, world.fields(browser.get(address).content.decode()), follow=True).content.decode()
            assert "没有改动，与原来一样" in page, address
    for single in SINGLES:
        address = f"/config/form/{single.slug}/"
        page = browser.post(address, world.fields(browser.get(address).content.decode()), follow=True).content.decode()
        assert "没有改动，与原来一样" in page, address
    assert {path.name: path.read_bytes() for path in world.folder().iterdir()} == before
    assert not world.changes()


def test_a_save_writes_its_line_alone_and_is_in_force_at_once(desk: Desk) -> None:
    from service.desk import county
    from service.desk.models import AuditEntry

    before = world.text("columns.yaml")
    answer = world.change(desk("administrator"), "columns", "县发改局/规划计划", cycle="2条/月", url="http://www.meixian.gov.cn/col/1.html?a=1&b=2")
    gone, new = lines_changed(before, world.text("columns.yaml"))
    assert len(gone) <= 1
    assert new == ['    - {name: "规划计划", cycle: 2条/月, url: "http://www.meixian.gov.cn/col/1.html?a=1&b=2"}']
    assert "已保存：修改栏目“县发改局/规划计划”：更新周期 实时更新 → 2条/月" in answer.content.decode()
    column = next(item for item in county.current().columns if (item.unit, item.name) == ("县发改局", "规划计划"))
    assert (column.cycle.text, county.current().source(column.source).url) == ("2条/月", "http://www.meixian.gov.cn/col/1.html?a=1&b=2")  # type: ignore[union-attr]
    (change,) = world.changes()
    assert (change.before, change.after, change.who, change.file) == (before, world.text("columns.yaml"), "administrator", "columns.yaml")
    assert AuditEntry.objects.filter(action="修改配置", subject="config/columns.yaml", who="administrator").count() == 1


ADDED: dict[str, dict[str, Any]] = {
    "units": {"name": "县档案馆", "aliases": "眉县档案馆、档案馆", "mail": "dag@example.cn"},
    "columns": {"unit": "县信访局", "name": "信访公开", "cycle": "1条/月"},
    "listings": {"name": "园区动态"},
    "news": {"unit": "县信访局", "listing": "部门动态"},
    "accounts": {"platform": "抖音号", "name": "眉县文旅", "unit": "县文旅局", "url": "https://www.douyin.com/user/x"},
    "submissions": {
        "unit": "县民政局",
        "column": "民生服务",
        "content": "高龄补贴",
        "cycle": "季度",
        "template": "高龄补贴.xlsx",
        "header": "镇、人数",
        "months": "1、4",
    },
    "papers": {"unit": "县民政局", "paper": "审核表", "due_day": "5", "due_offset": "1"},
    "events": {"platform": "防汛排涝监测平台", "unit": "县水利局", "types": "道路积水、河道漂浮物"},
    "previews": {
        "name": "门户待发布",
        "url": "http://cms.example.invalid/list",
        "login": "Cookie: $XUNCHA_PREVIEW_COOKIE",
        "max_pages": "3",
        "history_months": "2",
    },
    "leaders": {"rank": "1", "name": "张三", "titles": "县委副书记、县长", "from": "2021-7-1"},
    "former": {"name": "李四", "titles": "县长"},
    "words": {"wrong": "眉坞山庄圆", "right": "眉坞山庄园"},
    "phrases": {"phrase": "横渠书院"},
    "renamed": {"old": "县商务局", "new": "县商信局", "from": "2019年3月1日"},
    "channels": {"name": "值班钉钉群", "kind": "dingtalk", "to": "", "token_env": "XUNCHA_DINGTALK_TOKEN", "per_round": "18"},
    "routes": {"name": "夜里另发", "severities": ["veto"], "hours": "18:00-08:00", "channels": "办公室邮箱", "send": "now"},
    "jobs": {
        "name": "午间采集",
        "run": "crawl",
        "enabled": "on",
        "at": "12:30",
        "missed": "at-once",
        "period": "previous",
        "limit": "30",
        "tries": "3",
        "retry": "10",
        "keep_days": "400",
    },
}


@pytest.mark.parametrize("slug", sorted(ADDED))
def test_an_entry_of_every_list_is_added_changed_and_removed(desk: Desk, slug: str) -> None:
    from service.desk.config.lists import LISTS, list_of

    assert {spec.slug for spec in LISTS} == set(ADDED)
    spec = list_of(slug)
    assert spec
    browser, before = desk("administrator"), world.text(spec.file)
    sent = {world.name_of(slug, key): value for key, value in ADDED[slug].items()}
    page = browser.post(f"/config/list/{slug}/new/", sent, follow=True).content.decode()
    key = "/".join(ADDED[slug][name] for name in spec.key)
    assert f"已保存：新增{spec.item}“{key}”" in page, page
    load_county(world.folder())
    assert [line for line in before.splitlines() if "#" in line and "[]" not in line] == [
        line for line in world.text(spec.file).splitlines() if "#" in line and "[]" not in line and line in before.splitlines()
    ]
    address = world.entry(slug, key)
    assert "没有改动" in browser.post(address, world.fields(browser.get(address).content.decode()), follow=True).content.decode()
    mark = world.fields(browser.get(address).content.decode())["mark"]
    page = browser.post(f"{address}remove/", {"mark": mark}, follow=True).content.decode()
    assert f"已保存：删除{spec.item}“{key}”" in page
    import yaml

    assert (yaml.safe_load(world.text(spec.file)) or {}) == (yaml.safe_load(before) or {})
    assert [change.summary[:2] for change in world.changes()] == ["新增", "删除"]


def test_a_column_moves_to_another_unit(desk: Desk) -> None:
    world.change(desk("administrator"), "columns", "县发改局/规划计划", unit="县民政局")
    columns = {(group["unit"], column["name"]) for group in world.data("columns.yaml") for column in group["columns"]}
    assert ("县民政局", "规划计划") in columns
    assert ("县发改局", "规划计划") not in columns


def test_a_unit_that_is_renamed_keeps_its_old_name_and_its_rows(desk: Desk, people: dict[str, Any]) -> None:
    from service.desk import county

    page = world.change(desk("administrator"), "units", MINE, name="县乡村振兴中心").content.decode()
    assert f"原来的名称“{MINE}”已留作别名" in page
    unit = county.current().unit(MINE)
    assert unit is not None
    assert unit.name == "县乡村振兴中心"
    assert desk("officer").get("/").status_code == 200
    assert '<option value="县乡村振兴中心" selected>' in desk("administrator").get(f"/users/{people['officer'].pk}/").content.decode()


# --- wrong input --------------------------------------------------------------------------------------------------

LONG = "6103261990" + "01011238"
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("units", {"name": ""}, "请填写名称"),
    ("units", {"name": "县民政局"}, "已经有了"),
    ("units", {"name": "民政局"}, "已属于“县民政局”"),
    ("units", {"mail": "没有邮箱"}, "不是一个邮箱地址"),
    ("units", {"name": f"单位{LONG}"}, "像是个人号码"),
    ("units", {"name": "长" * 3000}, "太长"),
    ("columns", {"unit": "没有的局"}, "没有的局"),
    ("columns", {"cycle": "每月一条"}, "更新周期应为"),
    ("columns", {"unit": ""}, "请填写单位"),
    ("columns", {"url": "http://a b"}, "不能有空格"),
    ("listings", {"name": "各镇快讯"}, "已经有了"),
    ("news", {"listing": "没有的栏目"}, "不在 listings 中"),
    ("accounts", {"platform": "微信订阅号", "name": "眉县民政"}, "已经有了"),
    ("submissions", {"cycle": "周"}, "只能是月、季度、半年、年之一"),
    ("submissions", {"months": "13"}, "不能大于 12"),
    ("papers", {"due_day": "32"}, "不能大于 31"),
    ("papers", {"due_day": "月底"}, "应是整数"),
    ("events", {"types": ""}, "请填写事件类型"),
    ("previews", {"url": "cms.example.invalid"}, "写法不对"),
    ("previews", {"login": "Cookie: JSESSIONID=abc"}, "不要把 Cookie 的内容写在这里"),
    ("leaders", {"from": "七月一日"}, "应是日期"),
    ("leaders", {"rank": "第一"}, "应是整数"),
    ("words", {"right": "眉坞山庄圆"}, "两个不同的词"),
    ("words", {"wrong": "错"}, "至少两个字"),
    ("words", {"right": "徐香弥猴桃"}, "本身又是错误写法"),
    ("renamed", {"from": ""}, "请填写从哪天起"),
    ("channels", {"token_env": "sk-abcdef123"}, "环境变量的名字"),
    ("channels", {"token_env": ""}, "缺少 token_env"),
    ("channels", {"kind": "mail", "token_env": "", "to": "不是邮箱"}, "不是一个邮箱地址"),
    ("routes", {"channels": "没有的渠道"}, "没有名为“没有的渠道”的渠道"),
    ("routes", {"hours": "夜里"}, "时段应写成"),
    ("routes", {"units": "没有的局"}, "不在 units.yaml 中"),
    ("jobs", {"at": "25:00"}, "时间应写成"),
    ("jobs", {"at": ""}, "没有写什么时候运行"),
    ("jobs", {"after": "没有的任务"}, "没有另一个任务叫"),
    ("jobs", {"every": "7", "at": ""}, "间隔"),
]


@pytest.mark.parametrize(("slug", "wrong", "said"), WRONG, ids=[f"{slug}-{said[:8]}" for slug, _, said in WRONG])
def test_wrong_input_is_told_and_nothing_is_written(desk: Desk, slug: str, wrong: dict[str, Any], said: str) -> None:
    before = {path.name: path.read_bytes() for path in world.folder().iterdir()}
    sent = {world.name_of(slug, key): value for key, value in {**ADDED[slug], **wrong}.items()}
    answer = desk("administrator").post(f"/config/list/{slug}/new/", sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "error-summary" in page
    assert said in page.replace("&quot;", '"'), page[page.index("error-summary") :][:600]
    for key, value in {**ADDED[slug], **wrong}.items():
        if (
            isinstance(value, str)
            and value
            and len(value) < 100
            and key not in ("unit", "kind", "cycle", "send", "run", "listing", "missed", "period", "enabled")
        ):
            assert value.replace("&", "&amp;") in page, f"{key} is lost"
    assert {path.name: path.read_bytes() for path in world.folder().iterdir()} == before
    assert not world.changes()


def test_all_that_is_wrong_is_told_at_once(desk: Desk) -> None:
    sent = {world.name_of("columns", "name"): "测试栏目", world.name_of("columns", "cycle"): "每月一条"}
    page = desk("administrator").post("/config/list/columns/new/", sent).content.decode()
    assert "单位：请填写单位" in page
    assert "更新周期：更新周期应为" in page


SINGLES: list[tuple[str, dict[str, str], str]] = [
    ("grading", {"columns.excellent_surplus": "五"}, "应是整数"),
    ("grading", {"accounts.repost_share": "5"}, "不能大于 1"),
    ("county", {"name": ""}, "请填写县名"),
    ("county", {"issue_day": "31"}, "不能大于 28"),
    ("county", {"mail.host": "smtp.example.cn"}, "缺少这一项"),
    ("county", {"mail.sender": "不是邮箱"}, "不是一个邮箱地址"),
    ("yearly", {"points.privacy-leak": "-1"}, "不能小于"),
    ("alerts", {"fallback": "没有的渠道"}, "没有名为“没有的渠道”的渠道"),
    ("alerts", {"quiet.hours": "夜里"}, "时段应写成"),
    ("alerts", {"desk": "10.0.0.8"}, "不是网址"),
    ("inbox", {"port": "99999"}, "不能大于 65535"),
    ("inbox", {"password": "secret123"}, "写法不对"),
    ("watch", {"folder": "../../etc"}, "应在收件目录之内"),
]


@pytest.mark.parametrize(("slug", "wrong", "said"), SINGLES, ids=[f"{slug}-{said[:8]}" for slug, _, said in SINGLES])
def test_a_wrong_setting_is_told_beside_its_field(desk: Desk, slug: str, wrong: dict[str, str], said: str) -> None:
    from service.desk.config.fields import Field

    browser, address = desk("administrator"), f"/config/form/{slug}/"
    before = {path.name: path.read_bytes() for path in world.folder().iterdir()}
    sent = world.fields(browser.get(address).content.decode()) | {Field(key, "").name: value for key, value in wrong.items()}
    page = browser.post(address, sent).content.decode()
    assert "error-summary" in page
    assert "field-error" in page
    assert said in page
    assert {path.name: path.read_bytes() for path in world.folder().iterdir()} == before


def test_an_office_line_and_a_mailbox_of_digits_are_no_personal_numbers(desk: Desk) -> None:
    from service.desk.config.fields import Field

    browser, contact, user = desk("administrator"), Field("crawl.contact", "").name, Field("mail.user", "").name
    sent = world.fields(browser.get("/config/form/county/").content.decode())
    sent |= {Field("mail.host", "").name: "smtp.163.com", Field("mail.sender", "").name: "a@b.cn", user: "13" + "800138000@163.com"}
    assert "像是个人号码" in browser.post("/config/form/county/", sent | {contact: "联系 13" + "800138000"}).content.decode()
    page = browser.post("/config/form/county/", sent | {contact: "信息中心 0917-5542000"}, follow=True).content.decode()
    assert "已保存" in page
    assert world.data("county.yaml")["crawl"]["contact"] == "信息中心 0917-5542000"


def test_settings_are_saved_with_comments_kept(desk: Desk) -> None:
    from service.desk.config.fields import Field

    browser = desk("administrator")
    sent = world.fields(browser.get("/config/form/grading/").content.decode())
    sent |= {Field("columns.excellent_surplus", "").name: "6", Field("accounts.silence_days.抖音号", "").name: "10", "f-serious": ["veto"]}
    assert "已保存：修改评定标准" in browser.post("/config/form/grading/", sent, follow=True).content.decode()
    text = world.text("grading.yaml")
    assert "视频号" not in text
    assert "excellent_surplus: 6        # 实际更新总数" in text
    assert "抖音号: 10}   # 连续多少整天" in text
    assert "serious: [veto]        # 哪些级别" in text
    sent = world.fields(browser.get("/config/form/county/").content.decode())
    sent |= {Field("mail.host", "").name: "smtp.example.cn", Field("mail.sender", "").name: "xc@example.cn"}
    browser.post("/config/form/county/", sent)
    assert load_county(world.folder()).mail is not None
    sent = world.fields(browser.get("/config/form/county/").content.decode())
    sent |= {Field("mail.host", "").name: "", Field("mail.sender", "").name: ""}
    browser.post("/config/form/county/", sent)
    assert load_county(world.folder()).mail is None
