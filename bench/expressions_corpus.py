"""Clean official text of all document kinds, made afresh for every seed from hand-written sentences; and sentences with planted slips."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

_SENTENCES = Path(__file__).with_name("expressions_sentences.txt")
_LISTS: dict[str, tuple[str, ...]] = {
    "单位": (
        "县农业农村局",
        "县教体局",
        "县卫生健康局",
        "县市场监督管理局",
        "县住房和城乡建设局",
        "县水利局",
        "县财政局",
        "县民政局",
        "县应急管理局",
        "县自然资源局",
        "县交通运输局",
        "县文化和旅游局",
        "县人力资源和社会保障局",
        "县乡村振兴局",
        "县公安局",
        "县司法局",
        "县审计局",
        "县统计局",
        "县林业局",
        "县信访局",
        "县医疗保障局",
        "县退役军人事务局",
        "市生态环境局眉县分局",
        "县行政审批服务局",
        "县气象局",
    ),
    "镇": ("汤峪镇", "横渠镇", "槐芽镇", "金渠镇", "营头镇", "常兴镇", "齐镇", "首善街道"),
    "村": ("河底", "小法仪", "文谢", "上王", "楼观塬", "西寨", "屯庄", "红河谷", "田家寨", "新联", "青化", "高家"),
    "栏目": ("通知公告", "安全生产信息", "扶贫资金信息公开", "重大建设项目", "公共资源交易", "食品药品监管", "义务教育", "社会救助", "环境保护"),
    "项目": (
        "农村人居环境整治",
        "高标准农田建设",
        "老旧小区改造",
        "农村公路养护",
        "城乡供水一体化",
        "秸秆综合利用",
        "政务服务能力提升",
        "养老服务设施",
        "校园安全",
        "智慧农业",
        "小流域治理",
        "县城雨污分流",
    ),
    "事项": (
        "安全生产",
        "防汛抗旱",
        "森林防火",
        "招商引资",
        "乡村振兴",
        "义务教育",
        "医疗保障",
        "就业创业",
        "污染防治",
        "信访维稳",
        "食品安全",
        "秋播",
        "政务公开",
        "疫苗接种",
        "文物保护",
        "道路交通安全",
    ),
    "季节": ("春季", "夏季", "秋季", "冬季", "岁末年初", "汛期", "国庆假期"),
    "补贴": ("农村低保金", "高龄津贴", "残疾人两项补贴", "耕地地力保护补贴", "务工人员交通补助", "临时救助金", "公益性岗位补贴"),
    "作物": ("猕猴桃", "草莓", "苹果", "小麦", "玉米", "油菜", "樱桃", "核桃", "羊肚菌", "大蒜"),
    "农事": ("小麦播种", "果园管理", "秋粮收获", "冬季清园", "病虫害防治", "蔬菜种植", "秸秆还田"),
    "场所": ("商场超市", "学校食堂", "加油站", "宾馆饭店", "建筑工地", "网吧", "药店", "农贸市场"),
    "主题": ("喜迎丰收", "礼赞新时代", "文化进万家", "反诈宣传", "邻里守望", "戏曲惠民"),
    "问题": ("产业链条不长", "基础设施短板明显", "人才支撑不足", "部分项目进度偏慢", "宣传方式单一", "工作创新不够", "群众参与度不高"),
    "地": ("太白山", "红河谷", "横渠书院", "渭河湿地", "汤峪口", "霸王河", "眉坞", "金渠湾"),
    "姓": tuple("王李张刘赵陈杨孙"),
    "季": tuple("一二三四"),
    "章": ("一", "二", "三", "五", "八", "九", "十", "十二", "十五"),
}
_SLOT = re.compile(r"\{([^{}]+)\}")


def _figure(name: str, rng: random.Random) -> str:
    figures = {
        "年": lambda: str(rng.randint(2020, 2024)),
        "年后": lambda: str(rng.randint(2025, 2030)),
        "月": lambda: str(rng.randint(1, 12)),
        "日": lambda: str(rng.randint(1, 28)),
        "时": lambda: str(rng.randint(8, 20)),
        "上午": lambda: str(rng.randint(8, 11)),
        "数": lambda: str(rng.randint(100, 9000)),
        "小数": lambda: str(rng.randint(12, 90)),
        "小": lambda: str(rng.randint(2, 9)),
        "率": lambda: f"{rng.uniform(50, 99):.1f}",
        "率小": lambda: f"{rng.uniform(1, 9):.1f}",
        "低率": lambda: f"{rng.uniform(60, 80):.1f}",
        "高率": lambda: f"{rng.uniform(85, 99):.1f}",
    }
    return figures[name]()


def fill(sentence: str, rng: random.Random) -> str:
    """The sentence with its blanks filled."""
    return _SLOT.sub(lambda slot: rng.choice(_LISTS[slot[1]]) if slot[1] in _LISTS else _figure(slot[1], rng), sentence)


def kinds() -> dict[str, list[str]]:
    """Document kind → its sentences."""
    found: dict[str, list[str]] = {}
    kind = ""
    for line in _SENTENCES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            found.setdefault(kind, []).append(line)
    return found


def documents(seed: int, characters: int) -> Iterator[str]:
    """Clean documents of all kinds in turn, at least `characters` in all: a title and ten to thirty sentences in paragraphs."""
    rng, by_kind, made = random.Random(seed), kinds(), 0
    names = list(by_kind)
    while made < characters:
        name = names[rng.randrange(len(names))]
        own = by_kind[name]
        pool = own + by_kind["讲话"][:3] + by_kind["新闻"][:2]
        lines = [fill(rng.choice(own if rng.random() < 0.8 else pool), rng) for _ in range(rng.randint(10, 30))]
        text = f"关于{rng.choice(_LISTS['事项'])}工作的{name}\n" + "".join(f"　　{line}\n" if rng.random() < 0.5 else line for line in lines)
        made += len(text)
        yield text
