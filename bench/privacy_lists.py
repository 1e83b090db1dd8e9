"""County lists and forms as sheets: subsidies, minimum income, pupils, disabled persons, duty rosters, penalties, permits, vehicles."""

from bench.privacy_model import Cell, Paper, Run
from bench.privacy_people import ILLNESSES, People


def dibao(p: People) -> Paper:
    """低保花名册: the household head's number, account, illness; family members below."""
    title = f"{p.village()}{p.pick('城乡低保', '农村低保', '特困供养')}对象花名册"
    head: list[Cell] = [
        "序号",
        p.pick("户主姓名", "户主", "保障对象姓名"),
        "家庭人口",
        p.pick("身份证号码", "公民身份证号", "身份证件号码", "身份证\n号码"),
        p.pick("银行账号", "低保存折账号", "一折通账号"),
        p.pick("家庭住址", "居住地址", "详细住址"),
        p.pick("患病情况", "疾病名称"),
        "月保障金额",
    ]
    rows: list[list[Cell]] = [[title], [f"填报单位：{p.village()}村委会", "", "", f"填报时间：{p.day()}"], head]
    for number in range(1, p.rng.randint(5, 14)):
        sick = Run(p.pick(*ILLNESSES), "health") if p.chance(0.3) else p.pick("", "无", "健康")
        rows.append(
            [
                str(number),
                p.name(),
                str(p.rng.randint(1, 6)),
                p.wrong_id() if p.chance(0.1) else p.id_run(),
                p.passbook() if p.chance(0.5) else p.card_run(),
                p.home_run(),
                sick,
                p.money(),
            ]
        )
    rows += [
        ["合计", "", str(p.rng.randint(20, 50)), "", "", "", "", p.money()],
        [f"制表人：{p.name()}", "", "审核人：" + p.name(), "", f"联系电话：{p.office_phone()}"],
    ]
    return Paper("低保花名册", title).grid(rows, "低保")


def pupils(p: People) -> Paper:
    """学生资助: pupils born lately, guardians' phones and cards."""
    title = f"眉县{p.pick('实验小学', '槐芽中学', '职业教育中心')}{p.rng.randint(2021, 2024)}年{p.pick('秋', '春')}季学期家庭经济困难学生资助名单"
    head: list[Cell] = [
        "序号",
        p.pick("学生姓名", "受助学生", "姓名"),
        "性别",
        "班级",
        p.pick("学生身份证号", "身份证号", "证件号"),
        p.pick("家长姓名", "监护人"),
        p.pick("家长电话", "监护人联系方式", "监护人电话"),
        p.pick("银行卡号", "资助卡卡号"),
        "资助金额",
    ]
    rows: list[list[Cell]] = [[title], head]
    for number in range(1, p.rng.randint(5, 14)):
        rows.append(
            [
                str(number),
                p.name(),
                p.pick("男", "女"),
                f"{p.rng.randint(1, 6)}年级{p.rng.randint(1, 8)}班",
                p.student(),
                p.name(),
                p.mobile_run(),
                p.card_run(),
                "625",
            ]
        )
    return Paper("学生资助", title).grid(rows, "资助名单")


def disabled(p: People) -> Paper:
    """残疾人补贴: the certificate's number holds the ID."""
    title = f"{p.pick('困难残疾人生活补贴', '重度残疾人护理补贴')}发放明细表（{p.rng.randint(1, 12)}月）"
    rows: list[list[Cell]] = [
        [
            "序号",
            "镇街",
            "姓名",
            p.pick("残疾证号", "残疾人证号", "残疾证编号"),
            p.pick("残疾类别", "残疾类型"),
            "补贴标准",
            p.pick("联系电话", "本人或家属电话"),
        ]
    ]
    for number in range(1, p.rng.randint(5, 12)):
        rows.append(
            [
                str(number),
                p.pick("横渠镇", "齐镇"),
                p.name(),
                Run(p.identity() + p.pick("11", "23", "42", "63", "44B1"), "resident-id"),
                Run(p.pick("肢体", "视力二级", "精神", "智力三级"), "health"),
                "60",
                p.mobile_run(),
            ]
        )
    return Paper("残疾人补贴", title).grid(rows)


def admitted(p: People) -> Paper:
    """拟录用人员公示: lawful as it stands; now and then the ID column was forgotten."""
    title = f"眉县{p.rng.randint(2021, 2024)}年{p.pick('事业单位公开招聘', '城镇公益性岗位招聘', '特岗教师招聘')}拟{p.pick('录用', '聘用')}人员{p.pick('公示', '名单')}"
    leaking = p.chance(0.5)
    head: list[Cell] = ["序号", "报考单位", "岗位代码", "姓名", "性别", p.pick("毕业院校", "学历"), "笔试成绩", "面试成绩", "总成绩", "名次"]
    rows: list[list[Cell]] = [[title], [*head, p.pick("身份证号", "证件号码")] if leaking else head]
    for number in range(1, p.rng.randint(5, 12)):
        row: list[Cell] = [
            str(number),
            p.pick("县医院", "县文化馆"),
            f"2305{p.digits(6)}",
            p.name(),
            p.pick("男", "女"),
            p.pick("宝鸡文理学院", "西北农林科技大学"),
            "76.5",
            "82.34",
            "79.42",
            "1",
        ]
        rows.append([*row, p.id_run()] if leaking else row)
    return Paper("拟录用公示", title).grid(rows)


def penalties(p: People) -> Paper:
    """行政处罚双公示: firms by credit code; persons with the number masked, or not."""
    title = f"{p.pick('眉县市场监督管理局', '眉县交通运输局')}行政处罚信息公示表"
    rows: list[list[Cell]] = [
        [
            "行政相对人名称",
            "行政相对人类别",
            "统一社会信用代码",
            "工商注册号",
            "法定代表人",
            "法定代表人证件号码",
            "行政处罚决定书文号",
            "违法事实",
            "处罚内容",
            "罚款金额（万元）",
            "处罚机关",
            "处罚机关统一社会信用代码",
            "公示截止期",
        ]
    ]
    leaking = p.chance(0.5)
    for _ in range(p.rng.randint(4, 9)):
        person = p.chance(0.4)
        shown: Cell = p.id_run() if leaking else p.masked_id()
        rows.append(
            [
                p.name() if person else p.firm(),
                "自然人" if person else "法人及非法人组织",
                "" if person else p.taxpayer(),
                "" if person else p.old_card(),
                "" if person else p.name(),
                shown,
                f"眉市监处罚〔{p.rng.randint(2021, 2024)}〕{p.serial()}号",
                "经营超过保质期的食品",
                "罚款",
                "0.5",
                "眉县市场监督管理局",
                p.taxpayer(),
                "2024/10/23",
            ]
        )
    return Paper("行政处罚", title).grid(rows, "双公示")


def roster(p: People) -> Paper:
    """值班表 and 通讯录: contacts of offices, all lawful."""
    title = p.pick("国庆节期间各镇街值班安排表", "防汛值班电话一览", "县级部门通讯录", "眉县2023年度河长名单公示", "驻村工作队联络表", "村级网格员联系方式")
    heads = (
        ["日期", "带班领导", "电话", "值班人员", "电话"],
        ["单位", "姓名", "职务", "办公电话", "手机"],
        ["镇街", "值班领导", "职务", "联系电话", "值班电话"],
    )
    head = p.rng.choice(heads)
    rows: list[list[Cell]] = [[title], list(head)] if p.chance(0.6) else [list(head)]
    paper = Paper("值班通讯", title)
    if len(rows) == 1:
        paper.say(title)
    for number in range(1, p.rng.randint(5, 12)):
        if head[0] == "日期":
            rows.append([f"10月{number}日", p.name(), p.mobile(), p.name(), p.pick(p.mobile(), p.office_phone())])
        elif head[0] == "单位":
            rows.append([p.pick("县政府办", "县民政局", "县水利局"), p.name(), p.pick("主任", "局长", "副局长"), p.office_phone(), p.mobile()])
        else:
            rows.append([p.village()[:4], p.name(), p.pick("镇长", "副书记"), p.mobile(), p.office_phone()])
    return paper.grid(rows)


def firms(p: People) -> Paper:
    """企业、项目、资质 tables: codes of every length, contacts, accounts of firms."""
    title = p.pick("规模以上工业企业名录", "重点建设项目清单", "诚信红榜企业名单", "拟认定中小企业名单", "涉企保证金目录清单")
    columns = {
        "统一社会信用代码": p.taxpayer,
        "纳税人识别号": p.taxpayer,
        "注册号": p.old_card,
        "项目代码": p.project,
        "对公账号": p.company_account,
        "法定代表人": p.name,
        "联系人": p.name,
        "联系电话": p.mobile,
        "办公电话": p.office_phone,
        "企业地址": lambda: f"眉县首善街道平阳街{p.serial()}号",
        "产值（元）": p.mobile,
        "许可证编号": lambda: f"JY{p.digits(14)}",
        "办件编号": p.case,
        "备案号": lambda: f"陕ICP备{p.digits(8)}号",
        "合同编号": lambda: f"HT{p.digits(14)}",
    }
    order = [name for name in columns if name != "联系人"]
    chosen = p.rng.sample(order, p.rng.randint(4, 8))
    if "联系电话" in chosen:
        chosen.insert(chosen.index("联系电话"), "联系人")
    rows: list[list[Cell]] = [[title], ["序号", p.pick("企业名称", "单位名称", "建设单位", "市场主体名称"), *chosen]]
    for number in range(1, p.rng.randint(6, 15)):
        rows.append([str(number), p.firm(), *(columns[name]() for name in chosen)])
    rows.append([f"注：以上信息如有异议，请联系{p.pick('县发改局', '县工信局')}，电话：{p.office_phone()}，邮箱：{p.digits(10)}@qq.com"])
    return Paper("企业项目", title).grid(rows)


def permit(p: People) -> Paper:
    """建设项目审批表: a form about a firm."""
    title = f"{p.firm()}建设项目{p.pick('审批', '备案', '环评')}表"
    rows: list[list[Cell]] = [
        ["项目名称", f"{p.village()}猕猴桃冷库建设项目", "项目代码", p.project()],
        ["建设单位", p.firm(), "统一社会信用代码", p.taxpayer()],
        ["法定代表人", p.name(), "联系人", p.name()],
        ["联系电话", p.mobile(), "通讯地址", f"眉县首善街道平阳街{p.serial()}号"],
        ["总投资（万元）", f"{p.rng.randint(100, 9000)}.{p.digits(2)}", "受理编号", p.case()],
        ["开户银行", "农行眉县支行", "账号", p.company_account()],
    ]
    return Paper("项目审批", title).grid(rows, "表1")


def application(p: People) -> Paper:
    """A citizen's form: labels beside values, some labels spaced out."""
    title = p.pick("临时救助申请表", "公租房资格申请审批表", "就业困难人员认定表", "农村危房改造申请表")
    rows: list[list[Cell]] = [
        [title],
        [p.pick("姓名", "姓  名", "申请人"), p.name(), "性别", "男", "民族", "汉"],
        [
            p.pick("身份证号", "身份证号码", "公民身份号码", "身 份 证 号"),
            p.wrong_id() if p.chance(0.3) else p.id_run(),
            p.pick("联系电话", "手机", "联系方式"),
            p.mobile_run(),
        ],
        [p.pick("家庭住址", "现住址", "户籍地址"), p.home_run(), p.pick("开户账号", "银行卡号", "一卡通账号"), p.card_run()],
        ["申请事由", f"因家庭成员突发疾病，申请救助资金{p.money()}元。"],
        ["审核意见", f"情况属实，同意上报。经办人：{p.name()}，电话：{p.office_phone()}。"],
    ]
    return Paper("申请表", title).grid(rows, "表1")


def vehicles(p: People) -> Paper:
    """公务用车 and 报废公告: plates that belong to nobody named; and a list of owners."""
    plate = [f"陕C{p.pick('A', 'B', 'D')}{p.digits(4)}" for _ in range(12)]
    if p.chance(0.5):
        title = p.pick("公务用车公示", "机动车达到报废标准公告牌证作废")
        rows: list[list[Cell]] = [["序号", p.pick("车牌号码", "号牌号码"), "车辆类型", p.pick("品牌型号", "使用单位"), "登记日期"]]
        rows += [[str(n), number, "小型轿车", "大众牌SVW7183", "2009-10-23"] for n, number in enumerate(plate, 1)]
        return Paper("车辆", title).grid(rows)
    title = "道路交通违法未处理车辆名单"
    rows = [["序号", p.pick("车主", "机动车所有人", "车主姓名"), p.pick("车牌号", "号牌号码"), p.pick("联系电话", "车主电话"), "未处理次数"]]
    rows += [[str(n), p.name(), Run(number, "plate"), p.mobile_run(), str(n)] for n, number in enumerate(plate, 1)]
    return Paper("车辆", title).grid(rows)


def published(p: People) -> Paper:
    """公示名单 as it should be: masked, amounts, villages, certificates of things."""
    title = f"{p.rng.randint(2021, 2024)}年{p.pick('农机购置补贴', '耕地地力保护补贴', '临时救助', '农村危房改造')}{p.pick('公示表', '受益农户名单')}"
    rows: list[list[Cell]] = [
        [title],
        [
            "序号",
            "姓名",
            p.pick("身份证号", "身份证号码（隐去部分）"),
            p.pick("银行账号", "卡号"),
            p.pick("联系电话", "手机号"),
            p.pick("所在村组", "家庭住址"),
            "机具出厂编号",
            "补贴金额（元）",
        ],
    ]
    for number in range(1, p.rng.randint(5, 14)):
        rows.append(
            [
                str(number),
                p.name(),
                p.masked_id(),
                p.masked_card(),
                p.masked_mobile(),
                f"{p.village()}{p.rng.randint(1, 9)}组",
                p.pick(f"{p.digits(8)}", f"LSH{p.digits(11)}", p.mobile()),
                p.money(),
            ]
        )
    rows.append([f"公示期：{p.day()}起5个工作日。监督电话：{p.office_phone()}"])
    return Paper("合规公示", title).grid(rows)


def members(p: People) -> Paper:
    """村民代表 and other lists of the named: no number, or one column too many."""
    title = f"{p.village()}{p.pick('村民代表', '人大代表', '党员积分', '选民')}名单"
    rows: list[list[Cell]] = [["姓名", "性别", "民族", "政治面貌", "文化程度", p.pick("所属小组", "得票数")]]
    leaking = p.chance(0.5)
    if leaking:
        rows[0].append(p.pick("身份证号", "公民身份号码"))
    for _ in range(p.rng.randint(6, 15)):
        row: list[Cell] = [p.name(), p.pick("男", "女"), "汉族", p.pick("党员", "群众"), "初中", p.serial()]
        rows.append([*row, p.id_run()] if leaking else row)
    return Paper("代表名单", title).grid(rows)


LISTS = (dibao, pupils, disabled, admitted, penalties, roster, firms, permit, application, vehicles, published, members)
