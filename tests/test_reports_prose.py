"""The bulletin's text: October as the office would write it, and months with nothing, with much and with what could not be verified."""

import re
from dataclasses import replace
from typing import Any

import pytest
from reports_month import TITLE, counted, october, wording

from core.assessment import UNVERIFIED, Assessment, Coverage, EventRow, NewsRow, Problem, SubmissionRow
from core.calendar import Month
from reports.phrases import day, percent
from reports.prose import Prose, compose

SILENT = {"from": "2023-12-20", "to": "2024-01-09", "days": 21, "platform": "抖音号", "limit": 14}


def prose(month: Assessment | None = None) -> Prose:
    return compose(month or october(), wording())


def overview(month: Assessment, number: int) -> str:
    return prose(month).sections[0].paragraphs[number - 1].text


def fault(number: int, *problems: Problem, month: Assessment | None = None) -> str:
    return prose(replace(month or october(), problems=problems)).sections[1].paragraphs[number - 1].text


def problem(group: int, kind: Any, *units: str, account: str | None = None, **data: Any) -> Problem:
    return Problem(group, kind, units, account, f"{kind}原文", (), data)


def test_october_reads_as_the_office_wrote_it() -> None:
    text = prose().text
    for said in (
        "40家栏目保障单位共主动公开信息102条，对照任务分解表内容要求，评定优秀单位3家，分别是县发改局、县农业农村局、县民政局，合格单位35家，不合格单位2家（具体见附件1）。",
        "38家单位向政府网站“各镇快讯、部门动态”栏目报送新闻信息64条，审核通过62条，评定优秀单位4家，分别是县乡村振兴局、齐镇、县退役军人事务局、县人社局，合格单位24家，不合格单位10家（具体见附件2）。",
        "15个政务新媒体账号，共发布信息482条。其中，原创信息212条，占比44.0%；转载信息270条，占比56.0%。",
        "“眉县招商”“眉县民政”“眉县乡村振兴”3个政务新媒体账号原创信息更新数量多，转载信息质量高，总体评价为“优秀”",
        "“健康眉县”“法治眉县”“眉县应急管理”等8个政务新媒体账号",
        "“眉县反诈中心”（微信订阅号）“眉县交警大队”4个政务新媒体账号因信息更新不及时、未及时转载推荐信息等问题，总体评价为“不合格”（具体见附件3）。",
        "县政法委、县行政审批局、县财政局、县统计局4家单位各报送信息1条，县民政局报送信息2条，县信息中心报送信息5条，县信访局未按时报送信息。共评定合格单位6家，不合格单位1家（具体见附件4）。",
        "共生成事件676件，其中废弃571件，未受理15件，受理90件，办结90件，办结率100%，评定优秀单位1家，合格单位2家，不合格单位1家（具体见附件5）。",
        f"10月23日，县乡村振兴局发布的“{TITLE}”附件“名单.xlsx”中将人员身份证号、银行卡号、联系电话等个人隐私信息泄露",
        "同时还存在固定表述错误现象，将“新疆维吾尔自治区”错写为“新疆省”。",
        "县应急管理局承担的“安全生产信息”栏目未按要求及时更新；县住建局、县统计局、",
        "首善街办、汤峪镇10家单位10月份未上传各镇快讯、部门动态信息；“眉县教育”“眉县反诈中心”微信订阅号应转载信息数量不足；",
        "“眉县公安”微信服务号超过7天信息未更新（10月14日至10月25日）；“眉县交警大队”抖音号超过14天信息未更新（10月9日至10月31日）。",
        "滨河新区管委会未及时报送工作总结；",
        "常兴镇未及时处理防汛排涝监测平台生成的预警事件，14件未受理。",
    ):
        assert said in text
    assert not re.search(r"[，；。]{2}|[{}]|None", text)


def test_every_number_of_the_overview_is_a_figure_of_the_assessment() -> None:
    month = october()
    figures = {str(value) for totals in month.totals.values() for value in totals.values()}
    grades = {str(list(grades.values()).count(grade)) for grades in month.grades.values() for grade in set(grades.values())}
    own = {"10", "44.0", "56.0", "100", "3", "12", *"12345"}  # month, shares, platforms, submissions, annex numbers and deliveries
    for paragraph in prose(month).sections[0].paragraphs:
        assert set(re.findall(r"\d+(?:\.\d+)?", paragraph.text)) <= figures | grades | own


def test_each_problem_is_told_by_a_sentence() -> None:
    month = october()
    told = {index for paragraph in prose(month).sections[1].paragraphs for sentence in paragraph.sentences for index in sentence.problems}
    assert told == set(range(len(month.problems)))


def test_a_month_without_problems_reads_naturally() -> None:
    month = replace(october(), problems=())
    text = prose(month)
    assert [paragraph.text for paragraph in text.sections[1].paragraphs] == [
        "未发现个人隐私泄露和固定表述错误问题。",
        "未发现栏目和账号信息更新不及时问题。",
        "未发现未落实工作要求的情况。",
    ]
    assert "被通报单位" not in text.closing


def test_counts_of_zero_read_naturally() -> None:
    month = october()
    passed = counted(
        replace(
            month,
            columns=tuple(replace(row, shown="/", grade="合格") for row in month.columns),
            news=tuple(replace(row, uploaded="0", published="0", grade="不合格") for row in month.news),
            accounts=tuple(replace(row, originals=0, reposts=0, reposted=0, other=0, total=0, grade="不合格") for row in month.accounts),
            submissions=(),
            events=(EventRow("平台", "镇", "积水", 0, 0, 0, 0, "0", "合格"), EventRow("合计", "", "", 0, 0, 0, 0, "0", "")),
        )
    )
    assert overview(passed, 1) == "40家栏目保障单位本月未主动公开信息，对照任务分解表内容要求，未评定优秀单位，评定合格单位40家，无不合格单位（具体见附件1）。"
    assert overview(passed, 2) == "38家单位本月均未向政府网站“各镇快讯、部门动态”栏目报送新闻信息，未评定优秀单位，评定不合格单位38家（具体见附件2）。"
    assert "均未发布信息。未评出总体评价为“优秀”的账号；" in overview(passed, 3)
    assert "%" not in overview(passed, 3)
    assert overview(passed, 4) == "10月份无应报送的数据（具体见附件4）。"
    assert overview(passed, 5) == "10月份，平台1个智慧场景平台均未生成事件，未评定优秀单位，评定合格单位1家，无不合格单位（具体见附件5）。"


def test_a_platform_that_accepted_nothing_has_no_rate() -> None:
    rows = (EventRow("平台", "镇", "积水", 9, 0, 2, 0, "0", "不合格"), EventRow("合计", "", "", 9, 0, 2, 0, "0", ""))
    text = overview(counted(replace(october(), events=rows)), 5)
    assert "生成事件9件，其中废弃2件，未受理7件，受理0件，办结0件，未评定优秀单位，评定不合格单位1家" in text


def test_what_could_not_be_verified_stands_apart_and_is_never_failed() -> None:
    month = october()
    news = (*month.news[:-1], NewsRow(38, "汤峪镇", UNVERIFIED, UNVERIFIED, UNVERIFIED))
    columns = tuple(replace(row, grade=UNVERIFIED) if row.unit == "常兴镇" else row for row in month.columns)
    accounts = (*month.accounts[:-1], replace(month.accounts[-1], grade=UNVERIFIED))
    late = SubmissionRow(13, "县水利局", "栏目", "表", "月", UNVERIFIED, "", UNVERIFIED)
    failed = Coverage(215, 214, (("account/抖音号/眉县交警大队", "登录已过期"),))
    month = counted(replace(month, news=news, columns=columns, accounts=accounts, submissions=(*month.submissions, late), coverage=failed))
    assert "合格单位34家，不合格单位2家；另有1家单位（常兴镇）因信息来源未能采集，未能核实，不作评定（具体见附件1）" in overview(month, 1)
    assert "不合格单位9家；另有1家单位（汤峪镇）" in overview(month, 2)
    assert "3个政务新媒体账号因" in overview(month, 3)
    assert "另有1个账号（“眉县交警大队”）因信息来源未能采集" in overview(month, 3)
    assert "不合格单位1家；另有1家单位（县水利局）" in overview(month, 4)
    apart = prose(month).sections[1].paragraphs[3]
    assert apart.lead == "4. 未能核实事项。"
    assert apart.text == "以下1个来源本月未能采集，相关情况未能核实，不计为问题：“眉县交警大队”抖音号（登录已过期）。"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("column/县发改局/双公示", "县发改局“双公示”栏目"),
        ("column/县发改局/督查/审计", "县发改局“督查/审计”栏目"),
        ("news/部门动态", "“部门动态”栏目"),
        ("mailbox", "报送邮箱"),
        ("other/x", "other/x"),
    ],
)
def test_a_source_that_failed_is_named_for_people(source: str, name: str) -> None:
    month = replace(october(), coverage=Coverage(2, 1, ((source, "无法访问"),)))
    assert prose(month).sections[1].paragraphs[3].text.endswith(f"：{name}（无法访问）。")


def test_many_names_are_cut_and_counted() -> None:
    units = [f"第{number}镇" for number in range(1, 16)]
    month = counted(replace(october(), news=tuple(NewsRow(number, unit, "6", "6", "优秀") for number, unit in enumerate(units, 1))))
    assert "优秀单位15家，包括第1镇、" in overview(month, 2)
    assert "第12镇等，无不合格单位" in overview(month, 2)
    month = replace(month, news=tuple(replace(row, uploaded="0", published="0", grade="不合格") for row in month.news))
    text = fault(2, problem(2, "no-news", *units), month=month)
    assert text.endswith("第11镇、第12镇等15家单位10月份未上传各镇快讯、部门动态信息。")
    assert fault(2, problem(2, "no-news", "第1镇"), month=month) == "第1镇10月份未上传各镇快讯、部门动态信息。"


def test_sent_in_but_not_published_is_said_so() -> None:
    rows = (NewsRow(1, "甲镇", "2", "0", "不合格"), NewsRow(2, "乙镇", "0", "0", "不合格"), NewsRow(3, "丙镇", UNVERIFIED, "0", "不合格"))
    month = replace(october(), news=rows)
    assert fault(2, problem(2, "no-news", "甲镇", "乙镇", "丙镇"), month=month) == (
        "乙镇10月份未上传各镇快讯、部门动态信息；甲镇10月份上传的各镇快讯、部门动态信息均未发布；丙镇10月份未发布各镇快讯、部门动态信息。"
    )


def test_a_leak_in_an_account_a_body_and_two_files() -> None:
    first = problem(1, "privacy-leak", "甲局", account="微信订阅号/甲发布", date="2023-10-02", title="公示", kinds=["privacy/mobile"], wrong=[])
    second = problem(1, "privacy-leak", "乙局", date="2023-10-05", title="名单", files=["a.zip!/b.docx"], kinds=["resident-id", "mobile"])
    third = problem(1, "wrong-expression", "丙局", date=None, title="通“知”", wrong=[{"wrong": "新疆省", "right": "新疆维吾尔自治区"}])
    text = fault(1, first, second, third)
    assert "10月2日，甲局在“甲发布”微信订阅号发布的“公示”正文中将人员联系电话等个人隐私信息泄露，依照" in text
    assert "10月5日，乙局发布的“名单”附件“a.zip/b.docx”中也将人员身份证号、联系电话等个人隐私信息泄露，同属一票否决事项。" in text
    assert text.endswith("丙局发布的“通‘知’”正文中存在固定表述错误，将“新疆维吾尔自治区”错写为“新疆省”。")


def test_a_title_never_shows_a_long_number() -> None:
    number = "610326" + "19900307" + "1238"
    text = fault(1, problem(1, "privacy-leak", "甲局", date="2023-10-02", title=f"关于{number}的公示", file=f"{number}.xlsx", kinds=["resident-id"]))
    assert number not in text
    assert "610326********1238" in text


def test_duties_are_grouped_by_kind_and_lateness() -> None:
    text = fault(
        3,
        problem(3, "paper-missing", "甲镇", paper="工作总结", late=False),
        problem(3, "paper-missing", "乙镇", paper="工作总结", late=False),
        problem(3, "paper-missing", "丙镇", paper="工作总结", late=True),
        problem(3, "submission-missing", "甲局", content="表一", late=False),
        problem(3, "submission-missing", "甲局", content="表二", late=False),
        problem(3, "submission-missing", "乙局", content="表三", late=True),
        problem(3, "submission-malformed", "丙局", content="表四", late=False),
        problem(3, "events-unhandled", "甲镇", platform="积水平台", pending=0, accepted=9, closed=5),
        problem(3, "events-unhandled", "乙镇", platform="积水平台", pending=2, accepted=3, closed=1),
    )
    assert text == (
        "甲镇、乙镇未及时报送工作总结；丙镇逾期报送工作总结；甲局（表一、表二）未按时向数字眉县运营管理平台报送数据；乙局（表三）逾期向数字眉县运营管理平台报送数据；"
        "丙局（表四）向数字眉县运营管理平台报送的数据更改了模板文件名或表头字段；甲镇处理积水平台生成的预警事件不力，办结率55.6%；乙镇处理积水平台生成的预警事件不及时，2件未受理，办结率33.3%。"
    )


def test_silences_are_grouped_and_carry_their_year() -> None:
    month = replace(october(), month=Month(2024, 1))
    short = {"from": "2024-01-02", "to": "2024-01-31", "days": 30, "platform": "抖音号", "limit": 14}
    text = fault(
        2, problem(2, "account-silent", "甲", account="抖音号/甲", **SILENT), problem(2, "account-silent", "乙", account="抖音号/乙", **short), month=month
    )
    assert text == "“甲”“乙”抖音号超过14天信息未更新（分别为2023年12月20日至2024年1月9日、1月2日至1月31日）。"


def test_a_problem_without_its_data_is_told_by_its_own_text() -> None:
    assert fault(2, problem(2, "account-silent", "甲", account="抖音号/甲")) == "account-silent原文。"
    assert fault(3, problem(3, "events-unhandled", "甲镇")) == "events-unhandled原文。"


def test_demands_may_depend_on_the_month_s_problems() -> None:
    words = wording()
    first = words.demands[0].model_copy(update={"when": ("privacy-leak",)})
    words = words.model_copy(update={"demands": (first, *words.demands[1:])})
    assert len(compose(october(), words).sections[2].paragraphs) == 5
    later = compose(replace(october(), problems=()), words).sections[2].paragraphs
    assert [paragraph.lead[:3] for paragraph in later] == ["1. ", "2. ", "3. ", "4. "]


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(0, 7, "0%"), (7, 7, "100%"), (1, 3, "33.3%"), (1, 8, "12.5%"), (1, 16, "6.3%"), (9999, 10000, "100.0%"), (212, 482, "44.0%")],
)
def test_percent_has_one_decimal_half_up(part: int, whole: int, written: str) -> None:
    assert percent(part, whole) == written


def test_a_day_shows_a_foreign_year_only() -> None:
    assert [day(value, Month(2023, 10)) for value in ("2023-10-09", "2022-12-31", "月底", None)] == ["10月9日", "2022年12月31日", "月底", ""]
