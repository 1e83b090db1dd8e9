"""County papers in running text: tenders, letters, notices of courts and police, credit notices, replies; look-alikes everywhere."""

from bench.privacy_model import Paper
from bench.privacy_people import ILLNESSES, OFFICES, People

_FILL = (
    "为进一步规范资金管理，确保公开、公平、公正，现将有关情况予以公示，接受社会监督。",
    "各镇（街道）要高度重视，明确专人负责，于每月25日前将进展情况报送县级主管部门。",
    "经村组申报、村民代表会议评议、镇级审核、县级复核，拟对以下对象予以支持。",
    "截至9月底，全县完成固定资产投资38.62亿元，同比增长11.3%，一般公共预算收入1.87亿元。",
)


def _open(p: People, title: str, family: str) -> Paper:
    paper = Paper(family, title)
    for _ in range(p.rng.randint(1, 4)):
        paper.say(p.pick(*_FILL))
    return paper


def tender(p: People) -> Paper:
    """招标公告: contacts, accounts of the agency, project numbers: all lawful."""
    paper = _open(p, f"{p.village()}人居环境整治项目{p.pick('竞争性磋商', '公开招标', '成交结果')}公告", "招标公告")
    paper.say(f"一、项目编号：{p.pick('JSZC-610326-', 'SXZC', 'ZBCG-2023-')}{p.digits(p.rng.choice((8, 11, 13)))}，采购计划编号：{p.case()}")
    paper.say(f"二、预算金额：{p.rng.randint(100000, 99999999)}.{p.digits(2)}元，最高限价{p.mobile()}元")
    paper.say(
        f"三、中标供应商：{p.firm()}，统一社会信用代码：{p.taxpayer()}，地址：眉县首善街道平阳街{p.serial()}号{p.rng.randint(1, 9)}号楼{p.rng.randint(101, 909)}室"
    )
    paper.say(f"投标保证金账户：户名：{p.firm()}，开户行：农行眉县支行，账号：{p.pick(p.card(), p.company_account())}")
    paper.say(f"采购人信息：名称：{p.pick(*OFFICES)}，地址：眉县凤泉路{p.serial()}号，联系方式：{p.pick(p.office_phone(), p.mobile())}")
    paper.say(
        f"项目联系人：{p.name()}，电话：{p.pick(p.mobile(), p.office_phone())}，邮箱：{p.mobile()}@163.com"
        if p.chance(0.3)
        else f"项目联系人：{p.name()}、{p.name()}，电话：{p.mobile()}、{p.office_phone()}"
    )
    return paper


def letter(p: People) -> Paper:
    """领导信箱: a citizen's letter with the sender's number, and the reply."""
    paper = _open(p, p.pick("关于村道路灯不亮的来信", "咨询医保报销问题", "反映小区物业乱收费"), "领导信箱")
    paper.say(f"来信人：{p.name()}　来信时间：2023-10-{p.rng.randint(10, 28)} 10:23:45　信件编号：{p.case()}")
    name = p.name()
    if p.chance(0.6):
        paper.say(
            p.pick(f"县长您好，我是{p.village()}村民{name}，我的电话是", f"尊敬的领导：本人{name}，手机号码", f"联系我：{name} "),
            p.mobile_run(),
            p.pick("，恳请解决。", "（微信同号），盼复！", "。"),
        )
    if p.chance(0.5):
        paper.say(f"本人{name}，", p.pick("身份证号码", "身份证：", "身份证号为"), p.id_run(), "，", "住", p.home_run(), "，多次反映未果。")
    paper.say(
        f"回复：{name}同志，您好！来信收悉，经核实现答复如下。如有疑问请致电{p.pick(*OFFICES)}，电话{p.office_phone()}，联系人：{p.name()[:1]}科长，{p.mobile()}。"
    )
    return paper


def penalty(p: People) -> Paper:
    """行政处罚决定书: the party's particulars in one line."""
    paper = _open(p, f"眉县市场监督管理局行政处罚决定书（眉市监处罚〔2023〕{p.serial()}号）", "处罚决定")
    if p.chance(0.6):
        paper.say(
            f"当事人：{p.name()}，{p.pick('男', '女')}，汉族，",
            p.pick("公民身份号码：", "身份证号：", "身份证（其他有效证件）号码：", "居民身份证号码 "),
            p.id_run(),
            p.pick("，住址：", "，住", "；住所："),
            p.home_run(),
            "。",
        )
        paper.say("当事人联系电话：" if p.chance(0.5) else "手机号码：", p.mobile_run(), f"，经营者字号：{p.firm()}。") if p.chance(0.5) else None
    else:
        paper.say(
            f"当事人：{p.firm()}，主体资格证照名称：营业执照，统一社会信用代码：{p.taxpayer()}，住所：眉县首善街道平阳街{p.serial()}号，法定代表人：{p.name()}，身份证件号码：{p.masked_id()}。"
        )
    paper.say(
        f"罚没款缴至：农行眉县支行，账户：眉县财政局非税收入专户，账号：{p.pick(p.card(), p.company_account())}，执收编码{p.digits(9)}，缴款码{p.digits(20)}。"
    )
    paper.say(f"执法人员：{p.name()}（执法证号：{p.digits(11)}）、{p.name()}（执法证号：03{p.digits(9)}）。")
    return paper


def missing(p: People) -> Paper:
    """寻人、招领、失物: a relative's phone, an illness."""
    name = p.name()
    paper = _open(p, p.pick("寻人启事", "协查通报", "走失老人信息"), "寻人启事")
    paper.say(f"{name}，{p.pick('男', '女')}，{p.rng.randint(60, 85)}岁，身高1.{p.digits(2)}米，于{p.day()}在{p.village()}走失。")
    paper.say(p.pick("身份证号", "身份证："), p.id_run(), "。") if p.chance(0.5) else None
    paper.say(p.pick(f"家属{p.name()}，电话", f"走失人员家属{p.name()}，"), p.mobile_run(), p.pick("。", "，必有重谢。"))
    return paper


def grant(p: People) -> Paper:
    """救助公示 in sentences: one person a line, glued labels."""
    paper = _open(p, f"{p.pick(*OFFICES)}关于{p.pick('临时救助', '医疗救助', '小额信贷贴息')}的公示", "救助公示")
    for number in range(1, p.rng.randint(3, 8)):
        way = p.rng.randrange(6)
        name, money = p.name(), p.money()
        if way == 0:
            paper.say(f"{number}.{name}", p.id_run(), f"救助{money}元")
        elif way == 1:
            paper.say(f"{number}、{name}，{p.village()}人，身份证", p.wrong_id(), f"，救助{money}元；")
        elif way == 2:
            paper.say(f"（{number}）{name}（", p.mobile_run(), f"），发放{money}元，打入农商行卡", p.card_run(), "。")
        elif way == 3:
            paper.say(f"{name}：卡号", p.card_run(), "，手机", p.mobile_run())
        elif way == 4:
            paper.say(f"户主{name} 身份证号:", p.id_run(), " 账号:", p.passbook(), f" 金额:{money}")
        else:
            paper.say(f"{name}，家住", p.home_run(), f"，{p.masked_id()}，因患{p.pick(*ILLNESSES)}住院。")
    paper.say(f"公示时间：2023年10月23日至2023年10月27日，监督电话：{p.office_phone()}、12345。")
    return paper


def credit(p: People) -> Paper:
    """信用、公告、统计: digits without persons."""
    paper = _open(p, p.pick("失信惩戒对象公告", "不动产首次登记公告", "食品安全监督抽检信息通告", "财政决算公开说明"), "信用公告")
    lines = (
        f"企业名称：{p.firm()}，统一社会信用代码：{p.taxpayer()}，纳税人识别号{p.taxpayer()}，税务登记号610326{p.digits(9)}。",
        f"不动产权证号：陕（2023）眉县不动产权第{p.digits(7)}号，不动产单元号610326{p.digits(6)}GB{p.digits(5)}F{p.digits(8)}，坐落：眉县首善街道美阳小区{p.rng.randint(1, 20)}号楼{p.rng.randint(1, 4)}单元{p.rng.randint(1, 9)}01室。",
        f"抽样单编号：XBJ23{p.digits(15)}，生产批号{p.case()}，条码69{p.digits(11)}，生产许可证号SC{p.digits(14)}，标称生产企业地址：眉县常兴镇工业大道{p.serial()}号。",
        f"2023年预算数{p.mobile()}元，决算数{p.mobile()}.{p.digits(2)}元，结转{p.digits(9)}元。",
        f"网上公告地址：https://www.meixian.gov.cn/art/2023/10/{p.rng.randint(10, 28)}/art_{p.digits(4)}_{p.digits(7)}.html?uid={p.mobile()}",
        f"会议号：{p.digits(3)}-{p.digits(3)}-{p.digits(3)}，入会密码{p.digits(6)}，QQ群：{p.digits(9)}，微信公众号：mxzf{p.mobile()}。",
        f"执行案号：（2023）陕0326执{p.digits(4)}号，被执行人{p.name()}，身份证号码{p.masked_id()}，立案编号{p.case()}。",
        f"设备出厂编号：{p.mobile()}，规格型号C{p.digits(8)}，序列号E{p.digits(8)}，图幅号I48G{p.digits(6)}。",
        f"经纬度：E107.{p.digits(13)}，N34.{p.digits(14)}；高程1{p.digits(2)}.{p.digits(8)}米。",
        f"订单号{p.digits(18)}，交易流水{p.digits(28)}，快递单号SF{p.digits(13)}，运单{p.digits(13)}。",
        f"招生咨询：{p.office_phone()}，{p.mobile()}（{p.name()[:1]}老师），学校代码{p.digits(10)}。",
        f"开票信息：名称：{p.pick(*OFFICES)}，税号：{p.taxpayer()}，开户行及账号：建行眉县支行{p.card()}。",
        f"捐款账户：眉县慈善协会，开户行：中国银行眉县支行，账号{p.company_account()}，联系人{p.name()}，电话{p.mobile()}。",
    )
    for line in p.rng.sample(lines, 6):
        paper.say(line)
    return paper


def minutes(p: People) -> Paper:
    """招聘、报名、活动: office contacts, and applicants listed by accident."""
    paper = _open(p, p.pick("公开招聘编外人员公告", "村干部培训班通知", "猕猴桃采摘节活动方案"), "通知报名")
    paper.say(f"报名地点：眉县首善街道平阳街{p.serial()}号{p.pick('县人社局', '政务服务中心')}{p.rng.randint(2, 6)}楼{p.rng.randint(201, 609)}室。")
    paper.say(f"报名电话：{p.office_phone()}　{p.mobile()}　联系人：{p.name()}，{p.name()}")
    paper.say(f"如遇问题可拨打技术支持电话：{p.mobile()}；纪检监督：0917-12388、{p.office_phone()}。")
    paper.say(f"请将报名表发送至{p.pick('mx' + p.digits(8) + '@126.com', p.digits(10) + '@qq.com')}，邮件主题注明“姓名+手机”。")
    if p.chance(0.5):
        paper.say("附：已报名人员")
        for number in range(1, p.rng.randint(3, 6)):
            paper.say(f"{number}. {p.name()} {p.pick('男', '女')} ", p.id_run(), " ", p.mobile_run(), f" {p.village()}")
    return paper


NOTICES = (tender, letter, penalty, missing, grant, credit, minutes)
