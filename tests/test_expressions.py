"""Scanning for wrong expressions: places, contexts, near misses, dates, silence on clean text."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.expressions import scan
from checks.expressions.skeleton import skeleton
from core.records import Block, Finding, Subject
from core.rules import RuleSet, load
from core.text import fold

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2023, 11, 23)
Look = Callable[..., list[Finding]]


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load(ROOT / "config" / "rules")


@pytest.fixture(scope="module")
def look(rules: RuleSet) -> Look:
    def look(text: str, day: date | None = None, **block: object) -> list[Finding]:
        return scan(Subject((Block(text, "正文", **block),), published_on=day), rules, TODAY)  # type: ignore[arg-type]

    return look


def spoken(findings: list[Finding]) -> list[tuple[str | None, str | None]]:
    return [(finding.masked, finding.suggestion) for finding in findings]


def test_a_finding_says_place_wording_and_source(rules: RuleSet) -> None:
    subject = Subject(
        (Block("关于交通补助的公告", "第1段", file="公告.docx"), Block("赴新疆省务工人员名单", "Sheet1!A1", file="名单.xlsx")),
        county="眉县",
        unit="县乡村振兴局",
        source="s1",
        url="http://example.test/1",
        title="关于交通补助的公告",
        page_type="column",
    )
    (finding,) = scan(subject, rules, TODAY)
    assert (finding.rule, finding.severity, finding.file, finding.where) == ("expression/region-xinjiang", "error", "名单.xlsx", "Sheet1!A1")
    assert (finding.start, finding.end, finding.masked, finding.suggestion) == (1, 4, "新疆省", "新疆维吾尔自治区")
    assert finding.message == "“新疆省”应为“新疆维吾尔自治区”"
    assert (finding.unit, finding.county, finding.url) == ("县乡村振兴局", "眉县", "http://example.test/1")
    assert any("依据" in reason for reason in finding.reasons)
    assert scan(subject, rules, TODAY)[0].id == finding.id


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("新疆省", "新疆维吾尔自治区"),
        ("广西省人民政府", "广西壮族自治区"),
        ("内蒙古省呼和浩特市", "内蒙古自治区"),
        ("宁夏自治区银川市", "宁夏回族自治区"),
        ("西藏省拉萨市", "西藏自治区"),
        ("香港省", "香港特别行政区"),
        ("重庆省万州区", "重庆市"),
        ("山西省宝鸡市", "陕西省宝鸡市"),
        ("湖南省武汉市", "湖北省武汉市"),
        ("凉山彝族自治县", "凉山彝族自治州"),
        ("陕西省郿县", "陕西省眉县"),
        ("台湾总统", "台湾地区领导人"),
        ("中国人民共和国", "中华人民共和国"),
        ("县人民检查院", "人民检察院"),
        ("党的二十大三中全会", "党的二十届三中全会"),
        ("习近平新时代特色社会主义思想", "习近平新时代中国特色社会主义思想"),
        ("自由、平等、公正、法制", "自由、平等、公正、法治"),
        ("双随机、一公布", "双随机、一公开"),
    ],
)
def test_serious_expressions_are_found_in_any_sentence(look: Look, text: str, right: str) -> None:
    for frame in ("{}", "按照工作部署，{}，各单位要抓好落实。", "　　赴{}的有关事项\n", "一、{}；二、其他。", "（{}）"):
        serious = [finding for finding in look(frame.format(text)) if finding.severity in ("veto", "error")]
        assert right in [finding.suggestion for finding in serious], frame
        assert all(finding.rule.startswith("expression/") for finding in serious)


@pytest.mark.parametrize(
    "text",
    [
        "检查新疆省级储备库、广西省际客运站和西藏省道改造。",
        "将“新疆维吾尔自治区”错写为“新疆省”。",
        "将新疆维吾尔自治区误写为新疆省，属于固定表述错误。",
        "“新疆省”应为“新疆维吾尔自治区”。",
        "不得使用“台湾国”“新疆省”等错误称谓。",
        "1884年清政府设立新疆省。",
        "民国时期，宁夏省辖区广阔。",
        "原广西省立图书馆旧址。",
        "馆藏《广西省志》《新疆省图考》。",
        "转发《人民币银行结算帐户管理办法》。",
        "按装备清单领取物资，检查院落卫生，陕西市场活跃。",
        "组织学习近平原的整治经验。",
        "民革第十四届二中全会召开。",
    ],
)
def test_what_looks_wrong_and_is_right_stays_silent(look: Look, text: str) -> None:
    assert spoken(look(text)) == []


def test_a_birth_year_or_a_number_does_not_excuse_a_mistake(look: Look) -> None:
    assert spoken(look("张某，1955年出生，现在新疆省务工。")) == [("新疆省", "新疆维吾尔自治区")]
    assert spoken(look("目前新疆省务工人员1200人。")) == [("新疆省", "新疆维吾尔自治区")]


def test_several_mistakes_in_one_sentence_each_have_their_span(look: Look) -> None:
    text = "赴新疆省、广西省务工，做好安排布署。"
    findings = look(text)
    assert [text[finding.start : finding.end] for finding in findings] == ["新疆省", "广西省", "布署"]
    fixed = text
    for finding in reversed(findings):
        fixed = fixed[: finding.start] + str(finding.suggestion) + fixed[finding.end :]
    assert spoken(look(fixed)) == []


@pytest.mark.parametrize("text", ["新 疆 省", "新疆​省", "“新疆”省", "新疆　省"])
def test_blanks_quotes_and_invisible_characters_do_not_hide_a_mistake(look: Look, text: str) -> None:
    (finding,) = look(f"赴{text}务工")
    assert finding.suggestion == "新疆维吾尔自治区"
    assert f"赴{text}务工"[finding.start : finding.end] == finding.masked
    assert f"{finding.masked}"[:: len(finding.masked or "1") - 1] == "新省"


def test_a_line_end_joins_only_where_the_paper_ended(look: Look) -> None:
    assert spoken(look("赴新\n疆省务工", file="名单.pdf")) == [("新\n疆省", "新疆维吾尔自治区")]
    assert spoken(look("新疆\n省务工办", file="名单.docx")) == []


def test_pictures_keep_exact_expressions_serious_and_lower_the_rest(look: Look) -> None:
    (exact,) = look("赴新疆省务工", ocr=True, file="图.png")
    assert exact.severity == "error"
    (near,) = look("赴新疆维晋尔自治区务工", ocr=True, file="图.png")
    assert (near.severity, near.suggestion) == ("warning", "新疆维吾尔自治区")
    (typo,) = look("安排布署", ocr=True, file="图.png")
    assert typo.severity == "warning"


def test_deleted_revisions_are_not_judged(look: Look) -> None:
    assert look("赴新疆省务工", hidden="修订删除") == []
    assert len(look("赴新疆省务工", hidden="隐藏行")) == 1


def test_a_title_is_judged_once(rules: RuleSet) -> None:
    def found(*blocks: Block, page_type: str = "news") -> list[str | None]:
        return [finding.where for finding in scan(Subject(blocks, title="关于赴新疆省务工的通知", page_type=page_type), rules, TODAY)]

    assert found(Block("正文无误。", "正文")) == ["标题"]
    assert found(Block("关于赴新疆省务工的通知\n正文无误。", "正文")) == ["正文"]


def test_rules_with_a_term_are_held_against_the_day_of_the_text(look: Look) -> None:
    assert look("与凤翔县签订协议。", date(2020, 5, 1)) == []
    (finding,) = look("与凤翔县签订协议。", date(2023, 5, 1))
    assert (finding.severity, finding.suggestion) == ("warning", "凤翔区")
    assert spoken(look("与凤翔县签订协议。")) == [("凤翔县", "凤翔区")]


@pytest.mark.parametrize(
    ("slip", "kind"),
    [
        ("宁夏回回族自治区", "多一字"),
        ("新疆生产建设团兵", "颠倒"),
        ("马克思列主义主义", None),
        ("社会主义核心价观", "少一字"),
        ("中华民族伟大复性的中国梦", "错一字"),
        ("全国人民代大表会", "颠倒"),
        ("广西壮族的自治区", "多一字"),
        ("中国共产党第二十次全国代大会", "少一字"),
        ("绿水青山就是金山艮山", "错一字"),
    ],
)
def test_one_slip_inside_a_fixed_phrase(look: Look, slip: str, kind: str | None) -> None:
    findings = [finding for finding in look(f"会议强调{slip}的意义。") if finding.severity in ("veto", "error")]
    if kind is None:
        assert all("相差一处" not in reason for finding in findings for reason in finding.reasons)
        return
    (finding,) = findings
    assert finding.masked == slip
    assert any(kind in reason for reason in finding.reasons)


def test_a_swap_at_the_seam_of_a_phrase_is_found(look: Look) -> None:
    assert spoken(look("开展安全生专产项整治。")) == [("安全生专产项整治", "安全生产专项整治")]
    assert spoken(look("践行社会主核义心价值观。")) == [("社会主核义心价值观", "社会主义核心价值观")]


@pytest.mark.parametrize(
    "text",
    [
        "全省人民代表大会制度、全面依法治县、全面从严管党治党。",
        "中国特色的社会主义、国家治理体系与治理能力现代化。",
        "中国共产党第十九次全国代表大会、中国共产党第九次全国代表大会。",
        "人力资源社会保障部、住房城乡建设部、国家发展改革委。",
        "宝鸡市县两级、眉县各镇人民政府、社会主义现代化强县。",
    ],
)
def test_lawful_variations_of_a_phrase_stay_silent(look: Look, text: str) -> None:
    assert spoken(look(text)) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("2023年2月29日", "2023年2月29日"),
        ("定于4月31日召开", "4月31日"),
        ("2023年13月1日", "2023年13月1日"),
        ("2023 年 6 月 31 日前", None),
        ("2024年2月29日", None),
        ("2月29日", None),
        ("10月31日至11月30日", None),
        ("1900年2月29日", "1900年2月29日"),
    ],
)
def test_days_that_no_calendar_has(look: Look, text: str, wrong: str | None) -> None:
    found = [finding.masked for finding in look(text) if finding.rule == "format/impossible-date"]
    assert found == ([wrong] if wrong else [])


def test_a_weekday_that_contradicts_its_date(look: Look) -> None:
    assert spoken(look("定于2023年10月23日（星期日）上午召开")) == [("星期日", "星期一")]
    assert spoken(look("定于2023年10月23日（星期一）上午召开")) == []
    assert spoken(look("2023年10月23日周边道路管制")) == []


def test_document_numbers(look: Look) -> None:
    assert spoken(look("眉政办发［2023］15号")) == [("发［2023］15号", "发〔2023〕15号")]
    assert spoken(look("眉政办发〔2023〕15号、（2023）陕0326民初12号")) == []


CLEAN = (
    "按照中省市常态化监管工作要求，现就2023年10月县政府门户网站内容保障情况通报如下。各镇人民政府、街道办事处，县政府各工作部门、各直属机构要认真落实。",
    (
        "坚持以习近平新时代中国特色社会主义思想为指导，全面贯彻党的二十大和二十届二中全会精神，深入学习贯彻习近平总书记来陕考察重要讲话重要指示精神，深刻领悟“两个确立”的决定性意义，"
        "增强“四个意识”、坚定“四个自信”、做到“两个维护”，完整、准确、全面贯彻新发展理念，统筹推进“五位一体”总体布局，协调推进“四个全面”战略布局。"
    ),
    "培育和践行社会主义核心价值观，倡导富强、民主、文明、和谐，倡导自由、平等、公正、法治，倡导爱国、敬业、诚信、友善，建设富强、民主、文明、和谐、美丽的社会主义现代化强国。",
    "按照产业兴旺、生态宜居、乡风文明、治理有效、生活富裕的总要求，全面推进乡村振兴，巩固拓展脱贫攻坚成果，守牢不发生规模性返贫底线，健全防返贫动态监测和帮扶机制。",
    "新疆维吾尔自治区、广西壮族自治区、内蒙古自治区、宁夏回族自治区、西藏自治区，香港特别行政区、澳门特别行政区和台湾地区的客商参加推介会，产品远销日本、韩国、香港等国家和地区。",
    "截至10月底，全县建成高标准农田2.6万亩，同比增长12.5%，累计发放补贴资金326万元，惠及群众1200余人，资金已拨付至个人社会保障卡账户。报名截止日期为2023年10月31日（星期二）。",
    "县人民代表大会常务委员会、政协眉县委员会、县人民法院、县人民检察院、县监察委员会有关负责同志，县纪委监委、县委组织部、县农业农村局、县退役军人事务局、县市场监督管理局负责人出席会议。",
    "根据《中华人民共和国政府信息公开条例》和《陕西省人民政府办公厅关于印发2023年政务公开工作要点的通知》（陕政办发〔2023〕15号），部署“双随机、一公开”监管，深化“放管服”改革。",
    "猕猴桃产业是眉县的首位产业。汤峪镇、槐芽镇、横渠镇、金渠镇、常兴镇、营头镇、齐镇和首善街道成立专班，安装监测设备，安排专人负责，做好秸秆禁烧、防汛排涝、气候监测等工作。",
    "陕西省宝鸡市眉县与江苏省南通市海门区开展东西部协作，组织赴浙江省杭州市、四川省成都市、山西省运城市学习考察。企业法定代表人须提交营业执照副本。",
    "党的十八届三中全会以来，改革全面发力。党的十九届四中、五中、六中全会作出系列部署。中国共产党第二十次全国代表大会在北京召开。第十四届全国人民代表大会第一次会议通过政府工作报告。",
    "县气象台预计，10月23日至29日我县多阴雨天气，请各镇街既要抓好秋播，又要做好防范。近年来的实践表明，既使群众受益、又使企业增收的做法值得推广。",
)


def test_clean_official_text_is_silent(look: Look) -> None:
    assert {text: spoken(look(text)) for text in CLEAN} == {text: [] for text in CLEAN}


def test_clean_text_run_together_is_silent_too(look: Look) -> None:
    assert spoken(look("\n".join(CLEAN) * 5)) == []
    assert spoken(look("".join(CLEAN), ocr=True, file="扫描.png")) == []


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="新疆省 　“”\n​Ａ1\t自治区", max_size=30))
def test_the_skeleton_always_leads_back(text: str) -> None:
    bare = skeleton(text)
    for index, char in enumerate(bare.text):
        start, end = bare.span(index, index + 1)
        assert end == start + 1
        assert skeleton(text[start:end]).text == char


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0xFFFF, exclude_categories=("Cs",)), max_size=40))
def test_folding_for_the_search_is_the_same_as_the_floors(text: str) -> None:
    folded, expected = skeleton(text).folded, fold(text)
    assert folded.text == expected.text
    assert [folded.span(index, index + 1) for index in range(len(folded.text))] == [expected.span(index, index + 1) for index in range(len(expected.text))]


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("完成全年目标任物。", "任务"),
        ("提升服务效律。", "效率"),
        ("希望大家在接再厉。", "再接再厉"),
        ("坚持房住不抄。", "房住不炒"),
        ("工程款己拨付到位。", "已"),
    ],
)
def test_a_character_that_sounds_or_looks_alike(look: Look, text: str, right: str) -> None:
    assert [finding.suggestion for finding in look(text)] == [right]


@pytest.mark.parametrize(
    "text",
    [
        "负责认真、水到渠成、招收人员、村民自制豆腐、飞机治虫。",
        "李念、吕游、单伟三名同志参加。",
        "新疆省级公路、西藏省道、在广西省钱、宁夏省际班线。",
        "涉嫌犯罪的移送司法机关，黑瞎子岛、哑巴吃黄连。",
        "党政领导干部、认真贯彻实施、全国人民代表大会会议、中华人民共和国国籍。",
        "共有党员30名，其中女党员12名、35岁以下20名。",
        "一、二、三产业融合；12月25日至1月5日；农历二月三十日。",
    ],
)
def test_near_friends_of_mistakes_are_silent(look: Look, text: str) -> None:
    assert spoken(look(text)) == []


@pytest.mark.parametrize("name", ["新疆省政府", "新疆省民政厅", "新疆省乌鲁木齐市", "新疆省长", "广西省委宣传部", "西藏省拉萨市", "内蒙古省人大", "新疆省内"])
def test_what_follows_the_name_of_a_region_does_not_excuse_it(look: Look, name: str) -> None:
    assert [finding.rule.split("-")[0] for finding in look(f"{name}有关情况")] == ["expression/region"]


@pytest.mark.parametrize(
    "text",
    [
        "错误表述：新疆省；正确表述：新疆维吾尔自治区。",
        "不能把新疆维吾尔自治区称为“新疆省”。",
        "检查发现标题中“新疆省”表述错误。",
        "凤翔撤县设区前称凤翔县。",
        "请将“布署”更正为“部署”。",
    ],
)
def test_a_mistake_that_is_spoken_about_is_none(look: Look, text: str) -> None:
    assert spoken(look(text)) == []


@pytest.mark.parametrize("name", ["邓晓平", "文淑", "孙 建丽", "阎明"])
def test_a_name_in_a_cell_is_nobodys_slip(rules: RuleSet, name: str) -> None:
    subject = Subject(blocks=(Block(name, "Sheet1!B2", "名单.xlsx", "Sheet1", 1, 1),))
    assert scan(subject, rules, TODAY) == []
