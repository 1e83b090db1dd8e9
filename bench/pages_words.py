"""Made-up articles of a made-up county: titles, paragraphs, notices, tables, files. Nothing is copied, nobody in them exists."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))
COUNTIES = ("云岭县", "青川浦县", "临沅县", "安溪湾县", "石桥铺县", "长宁坡县", "宁陵川县", "西塘河县")
UNITS = (
    "农业农村局",
    "教育和科技局",
    "自然资源局",
    "市场监督管理局",
    "人力资源和社会保障局",
    "财政局",
    "民政局",
    "卫生健康局",
    "交通运输局",
    "应急管理局",
    "文化和旅游局",
    "住房和城乡建设局",
)
TOWNS = ("首善镇", "汤峪镇", "横渠河镇", "金渠铺镇", "槐芽岭镇", "青化镇", "常兴街道", "营头镇")
TASKS = (
    "秋粮收购",
    "森林防火",
    "校园食品安全",
    "冬季供暖",
    "农村饮水安全",
    "高标准农田建设",
    "老旧小区改造",
    "医保参保缴费",
    "秸秆禁烧",
    "河道清淤",
    "消费帮扶",
    "道路交通安全整治",
)
ACTS = ("召开工作推进会", "开展专项检查", "组织业务培训", "举行集中宣传活动", "开展入户走访", "启动攻坚行动")
SENTENCES = (
    "{day}，{who}{act}，进一步推进{task}工作。",
    "会议通报了前一阶段{task}的进展情况，分析了存在的困难和问题，对下一步工作作了安排。",
    "会议要求，各镇（街道）、各有关部门要压实责任、倒排工期，确保{task}各项措施落到实处。",
    "工作人员先后来到{town}的三个村，实地查看台账资料和现场情况，对发现的{n}处问题当场交办。",
    "截至目前，全县累计投入资金{n}万元，惠及群众{m}户，群众满意度达到98.6%。",
    "“过去办一件事要跑好几趟，现在在村里就能办成。”{town}一位村民高兴地说。",
    "下一步，{unit}将坚持问题导向，健全长效机制，推动{task}工作提质增效。",
    "活动现场发放宣传资料{n}余份，解答群众咨询{m}人次，营造了人人参与、人人支持的良好氛围。",
    "{town}结合实际，把{task}同网格化管理结合起来，做到早发现、早处置、早反馈。",
    "据了解，今年以来该县围绕{task}出台了12项措施，办理时限比去年缩短三成以上。",
)
FILES = ("报名登记表", "资金分配明细表", "实施方案", "申报指南", "补贴发放汇总表", "考核细则", "项目清单", "任务分工表")
KINDS = ("news", "news", "brief", "picture", "notice", "table", "document", "video")


@dataclass
class Article:
    """One article, and what a reader should get out of the page that shows it."""

    kind: str
    title: str
    when: datetime
    source: str
    editor: str
    county: str
    unit: str
    paragraphs: list[str]
    files: list[tuple[str, str]] = field(default_factory=list)  # name, extension
    rows: list[list[str]] = field(default_factory=list)
    picture: bool = False
    number: str = ""
    written: datetime | None = None


def _fill(rng: random.Random, sentence: str, county: str, unit: str, task: str) -> str:
    day = f"{rng.randint(1, 12)}月{rng.randint(1, 28)}日"
    who = county + unit
    return sentence.format(day=day, who=who, act=rng.choice(ACTS), task=task, town=rng.choice(TOWNS), n=rng.randint(2, 900), m=rng.randint(20, 4000), unit=unit)


def article(rng: random.Random, kind: str) -> Article:
    """An article of the kind asked for."""
    county, unit, task = rng.choice(COUNTIES), rng.choice(UNITS), rng.choice(TASKS)
    when = datetime(2019, 3, 1, tzinfo=SHANGHAI) + timedelta(days=rng.randint(0, 2700), hours=rng.randint(8, 18), minutes=rng.randint(0, 59))
    source = rng.choice((county + unit, unit, county + "融媒体中心", rng.choice(TOWNS), county + "人民政府办公室", "县" + unit))
    made = Article(kind, f"{county}{unit}{rng.choice(ACTS)}", when, source, rng.choice(("李青", "王一鸣", "赵书", "陈小雨")), county, unit, [])
    lead = _fill(rng, SENTENCES[0], county, unit, task)
    others = [_fill(rng, s, county, unit, task) for s in rng.sample(SENTENCES[1:], 7)]
    if kind == "news":
        made.title = f"{county}{unit}扎实做好{task}工作"
        made.paragraphs = [lead, *[a + b for a, b in zip(others[0::2], others[1::2], strict=False)]]
    elif kind == "brief":
        made.title = f"{rng.choice(TOWNS)}{rng.choice(ACTS)}"
        made.paragraphs = [lead]
    elif kind == "picture":
        made.title, made.picture = f"图说{county}：{task}在行动", True
        made.paragraphs = [f"图为{rng.choice(TOWNS)}群众参加{task}志愿服务。"]
    elif kind == "video":
        made.title = f"【视频】{county}{task}工作掠影"
        made.paragraphs = [lead]
    else:
        _official(rng, made, task, others)
    return made


def _official(rng: random.Random, made: Article, task: str, others: list[str]) -> None:
    """The notices, tables and documents: addressed, signed, dated, with files."""
    written = made.when - timedelta(days=rng.randint(1, 20))
    made.written = written
    signed = [made.county + made.unit, f"{written.year}年{written.month}月{written.day}日"]
    names = rng.sample(FILES, rng.randint(1, 3))
    made.files = [(f"{task}{name}", rng.choice(("docx", "xlsx", "pdf", "doc", "xls", "zip", "wps"))) for name in names]
    made.number = f"{made.county[0]}政办发〔{written.year}〕{rng.randint(3, 88)}号"
    if made.kind == "notice":
        made.title = f"关于做好{written.year}年{task}有关工作的通知"
        made.paragraphs = ["各镇人民政府、街道办事处，县直各有关部门：", f"为做好{task}工作，现将有关事项通知如下：", "一、提高认识，加强领导。" + others[0]]
        made.paragraphs += ["二、突出重点，狠抓落实。" + others[1], "三、严格督查，强化考核。" + others[2], *signed]
    elif made.kind == "table":
        made.title = f"{made.county}{task}补助资金公示"
        made.paragraphs = [f"按照{task}有关规定，现将补助对象名单予以公示，公示期5天，接受社会监督。"]
        made.rows = [["序号", "镇（街道）", "姓氏", "金额（元）"]] + [
            [str(i), rng.choice(TOWNS), rng.choice("赵钱孙李周吴") + "某", str(rng.randint(2, 90) * 50)] for i in range(1, 9)
        ]
        made.files = made.files[:1]
    else:
        made.title = f"{made.county}人民政府办公室关于印发{task}实施方案的通知"
        made.paragraphs = [
            "各镇人民政府，县政府各工作部门、直属机构：",
            f"《{task}实施方案》已经县政府同意，现印发给你们，请认真贯彻执行。",
            *others[:4],
            *signed,
        ]
        made.source = made.county + "人民政府办公室"


def headlines(rng: random.Random, count: int) -> list[str]:
    """Titles of other articles: for side bars, related news and neighbours."""
    return [f"{rng.choice(TOWNS)}{rng.choice(('着力', '全面', '有序', '多措并举'))}推进{rng.choice(TASKS)}（{rng.randint(1, 999)}）" for _ in range(count)]
