"""Synthetic county documents with gold labels: lists, notices, forms, pages of scans; leaks in every spelling, look-alikes, lawful cases.

Every number is drawn fresh from a seeded generator; nothing here is a real person's. A value's place is its block and offsets.
"""

import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from checks.privacy import proof
from checks.privacy.policy import Tables
from core.records import Block, Subject

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
_GIVEN = "建国卫东小红丽华志强秀英海燕军平永刚桂兰淑珍文博雨欣子涵浩宇思远晓明国庆春梅玉兰新民长安宝鸡"
_VILLAGES = ("首善镇岳陈村", "常兴镇柿林村", "横渠镇豆家堡村", "金渠镇范家寨村", "槐芽镇西街村", "汤峪镇小法仪村", "齐镇斜谷村", "营头镇红河谷村")
_OFFICES = ("县民政局", "县乡村振兴局", "县农业农村局", "县人社局", "县住建局", "县教育体育局", "县残联", "县医疗保障局")


@dataclass(slots=True)
class Gold:
    """A value that must be found: its kind and place."""

    kind: str
    block: int
    start: int
    end: int


@dataclass(slots=True)
class Sample:
    """A generated document with what must be found in it; `family` says what sort it is."""

    family: str
    blocks: list[Block] = field(default_factory=list)
    gold: list[Gold] = field(default_factory=list)
    title: str = ""

    @property
    def subject(self) -> Subject:
        return Subject(tuple(self.blocks), title=self.title)

    def text(self, parts: list[tuple[str, str]], where: str) -> None:
        """A block of running text from (kind, text) parts; kind "" is plain."""
        whole = ""
        for kind, part in parts:
            if kind:
                self.gold.append(Gold(kind, len(self.blocks), len(whole), len(whole) + len(part)))
            whole += part
        self.blocks.append(Block(whole, where, file=None))

    def table(self, rows: list[list[tuple[str, str]]], name: str = "Sheet1", hidden: str = "") -> None:
        """A table from rows of (kind, text) cells."""
        for row, line in enumerate(rows):
            for column, (kind, value) in enumerate(line):
                if value:
                    if kind:
                        self.gold.append(Gold(kind, len(self.blocks), 0, len(value)))
                    where = f"{name}!{string.ascii_uppercase[column]}{row + 1}"
                    self.blocks.append(Block(value, where, file="名单.xlsx", table=name, row=row, column=column, hidden=hidden))


class Maker:
    """Draws persons, numbers and their spellings."""

    def __init__(self, seed: int, tables: Tables) -> None:
        self.rng = random.Random(seed)
        self.tables = tables
        self.regions = sorted(code for code in tables.regions if code[4:] != "00" and code[2:4] != "00" and code[0] in "123456")
        self.bins = sorted((prefix, size) for prefix, sizes in tables.bins.items() for size in sizes if prefix.startswith("62") and size in (16, 19))
        self.mobiles = sorted(prefix for prefix in tables.mobile if len(prefix) == 3)

    def digits(self, count: int) -> str:
        return "".join(self.rng.choices(string.digits, k=count))

    def name(self) -> str:
        return self.rng.choice(_SURNAMES) + "".join(self.rng.choices(_GIVEN, k=self.rng.choice((1, 2, 2))))

    def born(self) -> str:
        return f"{self.rng.randint(1935, 2008)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 28):02d}"

    def identity(self) -> str:
        local = self.rng.random() < 0.5
        number = (self.rng.choice(("610326", "610303", "610324", "610115")) if local else self.rng.choice(self.regions)) + self.born() + self.digits(3)
        return number + proof.check_digit(number)

    def card(self) -> str:
        prefix, size = self.rng.choice(self.bins)
        number = prefix + self.digits(size - 1 - len(prefix))
        return next(number + digit for digit in string.digits if proof.is_luhn(number + digit))

    def mobile(self) -> str:
        return self.rng.choice(self.mobiles) + self.digits(8)

    def home(self) -> str:
        group = self.rng.choice(("一", "二", "三", "3", "5"))
        return f"陕西省眉县{self.rng.choice(_VILLAGES)}{group}组{self.rng.randint(1, 180)}号"

    def credit_code(self) -> str:
        number = f"91610326MA6{''.join(self.rng.choices('0123456789ABCDEFGHJKLMNPQRTUWXY', k=6))}"
        return next(number + char for char in "0123456789ABCDEFGHJKLMNPQRTUWXY" if proof.is_uscc(number + char))

    def office_phone(self) -> str:
        return f"0917-55{self.digits(5)}"

    def spelled_identity(self, table: bool) -> str:
        """An ID as people write it."""
        number = self.identity()
        ways: list[Callable[[str], str]] = [
            str,
            str,
            str,
            str.lower,
            lambda n: f"{n[:6]} {n[6:14]} {n[14:]}",
            lambda n: f"{n[:6]}-{n[6:14]}-{n[14:]}",
            lambda n: n.translate({code: code + 0xFEE0 for code in range(0x30, 0x5B)}),
            lambda n: n[:9] + "\u200b" + n[9:],
            lambda n: n[:12] + "\n" + n[12:],
        ]
        if table:
            ways.append(lambda n: n[:17] + ("0" if n[17] != "0" else "1"))  # a typo under a header
        return self.rng.choice(ways)(number)

    def spelled_card(self) -> str:
        number = self.card()
        return self.rng.choice((number, number, " ".join(number[i : i + 4] for i in range(0, len(number), 4))))

    def spelled_mobile(self) -> str:
        number = self.mobile()
        return self.rng.choice((number, number, f"{number[:3]} {number[3:7]} {number[7:]}", f"{number[:3]}-{number[3:7]}-{number[7:]}", f"+86 {number}"))


def _leak_list(maker: Maker) -> Sample:
    """A subsidy list with personal columns, headers in many wordings."""
    rng, sample = maker.rng, Sample("名单表格")
    columns: list[tuple[str, str, Callable[[], str]]] = [
        ("resident-id", rng.choice(("身份证号", "身份证号码", "公民身份号码", "证件号码", "本人身份证号")), partial(maker.spelled_identity, True)),
        ("bank-card", rng.choice(("银行卡号", "一卡通账号", "开户账号", "惠农卡号", "卡号")), maker.spelled_card),
        ("mobile", rng.choice(("联系电话", "手机号", "联系方式", "手机号码", "电话")), maker.spelled_mobile),
        ("home-address", rng.choice(("家庭住址", "住址", "户籍地址", "地址")), maker.home),
    ]
    chosen = sorted(rng.sample(columns, rng.randint(1, 3)), key=columns.index)
    headed = rng.random() < 0.9 or any(kind in ("home-address",) for kind, _, _ in chosen)
    rows: list[list[tuple[str, str]]] = [
        [("", f"眉县{rng.randint(2021, 2024)}年{rng.choice(('脱贫户产业奖补', '困难群众救助', '残疾人补贴', '耕地地力保护补贴'))}发放名单")]
    ]
    if headed:
        rows.append([("", title) for title in ("序号", rng.choice(("姓名", "户主姓名", "申请人")), "村组", *(name for _, name, _ in chosen), "金额（元）")])
    for number in range(1, rng.randint(4, 14)):
        cells = [(kind, make()) for kind, _, make in chosen]
        if not headed:
            cells = [(kind, {"resident-id": maker.identity, "bank-card": maker.card, "mobile": maker.mobile}[kind]()) for kind, _, _ in chosen]
        rows.append([("", str(number)), ("", maker.name()), ("", rng.choice(_VILLAGES)), *cells, ("", str(rng.randint(100, 9000)))])
    sample.table(rows, hidden=rng.choice(("", "", "", "隐藏工作表")))
    return sample


def _leak_text(maker: Maker) -> Sample:
    """A notice whose running text names somebody with a number."""
    rng, sample = maker.rng, Sample("正文")
    office = rng.choice(_OFFICES)
    identity, card, mobile = maker.spelled_identity(False), maker.spelled_card(), maker.spelled_mobile()
    choices: list[list[tuple[str, str]]] = [
        [("", f"经{office}审核，{maker.name()}（身份证号："), ("resident-id", identity), ("", "）符合救助条件，现予公示。")],
        [("", f"{maker.name()}，男，"), ("resident-id", identity), ("", "，家住"), ("home-address", maker.home()), ("", "。")],
        [("", f"补助资金已打入{maker.name()}银行卡"), ("bank-card", card), ("", "，请查收。")],
        [("", f"申请人{maker.name()}，手机"), ("mobile", mobile), ("", "，申请临时救助3000元。")],
        [("", f"{maker.name()}"), ("resident-id", maker.identity()), ("mobile", maker.mobile()), ("", "已登记")],
        [("", f"走失人员{maker.name()}，有知情者请联系家属"), ("mobile", mobile), ("", "。")],
    ]
    sample.text([("", f"{office}关于{rng.choice(('临时救助', '公租房分配', '低保'))}情况的公示，文号眉民发〔2023〕{rng.randint(1, 99)}号。")], "第1段")
    sample.text(rng.choice(choices), "第2段")
    sample.text([("", f"公示期为7天，联系电话：{maker.office_phone()}。")], "第3段")
    return sample


def _leak_page(maker: Maker) -> Sample:
    """A page of a PDF or a picture: lines under a line of headers, sometimes glued."""
    rng, sample = maker.rng, Sample("版面文字")
    parts: list[tuple[str, str]] = [("", "姓名 身份证号 手机号\n")]
    glued = rng.random() < 0.4
    for _ in range(rng.randint(3, 9)):
        parts += [
            ("", maker.name() + ("" if glued else " ")),
            ("resident-id", maker.identity()),
            ("", "" if glued else " "),
            ("mobile", maker.mobile()),
            ("", "\n"),
        ]
    sample.text(parts, "第1页")
    return sample


def _leak_form(maker: Maker) -> Sample:
    """A form: labels to the left of their values."""
    sample = Sample("登记表")
    sample.table(
        [
            [("", "临时救助申请审批表")],
            [("", "姓名"), ("", maker.name()), ("", "性别"), ("", "男")],
            [("", "身份证号码"), ("resident-id", maker.identity()), ("", "联系电话"), ("mobile", maker.mobile())],
            [("", "开户账号"), ("bank-card", maker.card()), ("", "家庭住址"), ("home-address", maker.home())],
        ],
        "表1",
    )
    return sample


def _clean_masked(maker: Maker) -> Sample:
    """A list as it should be: names, villages, masked numbers, amounts."""
    rng, sample = maker.rng, Sample("已遮盖名单")
    star = rng.choice(("*", "＊", "×", "X"))
    rows = [[("", title) for title in ("序号", "姓名", "身份证号", "银行卡号", "联系电话", "村组", "金额")]]
    for number in range(1, 9):
        identity, card, mobile = maker.identity(), maker.card(), maker.mobile()
        hidden = (identity[:6] + star * 8 + identity[14:], card[:6] + star * (len(card) - 10) + card[-4:], mobile[:3] + star * 4 + mobile[7:])
        rows.append([("", text) for text in (str(number), maker.name(), *hidden, rng.choice(_VILLAGES), str(rng.randint(100, 9999)))])
    sample.table(rows)
    return sample


def _clean_firms(maker: Maker) -> Sample:
    """Firms with credit codes, accounts, contacts' phones; projects with numbers."""
    rng, sample = maker.rng, Sample("企业项目表")
    rows = [[("", title) for title in ("序号", "企业名称", "统一社会信用代码", "项目编号", "单位账号", "办公电话", "投资额（元）")]]
    for number in range(1, 9):
        firm = f"眉县{''.join(rng.choices(_GIVEN, k=2))}{rng.choice(('农业发展有限公司', '果业专业合作社', '建筑有限公司'))}"
        project = f"2310-610326-04-01-{maker.digits(6)}"
        rows.append(
            [("", text) for text in (str(number), firm, maker.credit_code(), project, "2603" + maker.digits(15), maker.office_phone(), f"1{maker.digits(10)}")]
        )
    sample.table(rows)
    return sample


def _clean_notice(maker: Maker) -> Sample:
    """Running text full of numbers that are nobody's."""
    rng, sample = maker.rng, Sample("通知正文")
    traps = [
        f"采购项目编号：JSZC-610326-{maker.mobile()}，预算{rng.randint(10, 900)}.{maker.digits(2)}万元。",
        f"中标单位统一社会信用代码：{maker.credit_code()}。",
        f"案号（2023）陕0326民初{rng.randint(100, 4000)}号，受理编号2023{maker.digits(14)}。",
        f"运单号{maker.digits(25)}，订单编号：2023{maker.digits(13)}。",
        f"坐标东经107.{maker.digits(14)}，北纬34.{maker.digits(14)}。",
        f"详见https://www.meixian.gov.cn/art/2023/10/23/art_{maker.digits(5)}_{maker.mobile()}.html。",
        f"身份证号{maker.identity()[:6]}********{maker.identity()[14:]}的申请人请到窗口领取。",
        f"收款单位：眉县财政局，开户行：农行眉县支行，账号：2603{maker.digits(13)}。",
        f"投诉举报电话：12345，{maker.office_phone()}，4008{maker.digits(6)}。",
        f"书号ISBN 978-7-{maker.digits(3)}-{maker.digits(5)}-1，微信号wxid_{maker.mobile()}abc，QQ群：1{maker.digits(8)}。",
        f"总投资{maker.mobile()}元，产值1{maker.digits(10)}.{maker.digits(2)}元。",
        f"设备型号E{maker.digits(8)}，合同编号：HT2023{maker.digits(12)}。",
        f"发布时间戳16{maker.digits(11)}，数据版本20231023{maker.digits(6)}。",
        f"办公地址：眉县首善镇平阳街{rng.randint(1, 99)}号政务大厅{rng.randint(1, 30)}号窗口。",
    ]
    for number, line in enumerate(rng.sample(traps, 7), start=1):
        filler = "各镇人民政府，县政府各工作部门、直属机构：为深入贯彻落实上级部署要求，切实做好秋冬季重点工作，现将有关事项通知如下。" * rng.randint(1, 4)
        sample.text([("", filler + line)], f"第{number}段")
    return sample


def _clean_contacts(maker: Maker) -> Sample:
    """A duty roster: mobiles of contacts are lawful (hints at most)."""
    rng, sample = maker.rng, Sample("值班联系表")
    sample.title = "节日期间值班安排表"
    rows = [[("", title) for title in ("日期", "值班领导", "值班人员", "联系电话", "值班电话")]]
    for day in range(1, 8):
        rows.append([("", text) for text in (f"10月{day}日", maker.name(), maker.name(), maker.mobile(), maker.office_phone())])
    sample.table(rows)
    sample.text([("", f"联系人：{rng.choice(_SURNAMES)}主任，联系电话：{maker.mobile()}，传真：{maker.office_phone()}。")], "第1段")
    return sample


LEAKS = (_leak_list, _leak_text, _leak_page, _leak_form)
CLEAN = (_clean_masked, _clean_firms, _clean_notice, _clean_contacts)


def samples(seed: int, count: int, tables: Tables) -> list[Sample]:
    """`count` documents, leaking and clean ones in turn."""
    maker = Maker(seed, tables)
    families = [family for pair in zip(LEAKS, CLEAN, strict=True) for family in pair]
    return [families[index % len(families)](maker) for index in range(count)]
