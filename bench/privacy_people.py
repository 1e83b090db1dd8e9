"""Whom and what the county papers speak of: persons, firms, offices, their numbers and the ways clerks write them. All drawn, none real."""

import string
from collections.abc import Callable

from bench.privacy_documents import Maker
from bench.privacy_model import Run
from checks.privacy import proof

OFFICES = (
    "眉县民政局",
    "眉县乡村振兴局",
    "眉县住房和城乡建设局",
    "眉县人力资源和社会保障局",
    "眉县教育体育局",
    "眉县残疾人联合会",
    "眉县自然资源局",
    "眉县公安局",
    "眉县市场监督管理局",
    "横渠镇人民政府",
)
VILLAGES = ("岳陈村", "柿林村", "豆家堡村", "范家寨村", "西街村", "小法仪村", "斜谷村", "红河谷村", "第五村", "金渠社区", "美阳社区", "凤池村")
TOWNS = ("首善街道", "常兴镇", "横渠镇", "金渠镇", "槐芽镇", "汤峪镇", "齐镇", "营头镇")
ILLNESSES = ("慢性肾功能衰竭", "肺癌", "脑梗塞后遗症", "精神分裂症", "尿毒症", "系统性红斑狼疮", "糖尿病并发症", "重度抑郁")


class People(Maker):
    """Draws what the papers are about, with other habits than the first generator."""

    def pick(self, *choices: str) -> str:
        return self.rng.choice(choices)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def serial(self) -> str:
        return str(self.rng.randint(1, 400))

    def village(self) -> str:
        return self.rng.choice(TOWNS) + self.rng.choice(VILLAGES)

    def money(self) -> str:
        return f"{self.rng.randint(100, 99999)}{self.pick('', '.00', '.5')}"

    def id_run(self) -> Run:
        """An ID in one of the ways people type it."""
        number = self.identity()
        ways: tuple[Callable[[str], str], ...] = (
            str,
            str,
            str,
            lambda n: n.lower(),
            lambda n: f"{n[:3]} {n[3:6]} {n[6:10]} {n[10:14]} {n[14:]}",
            lambda n: f"{n[:6]}　{n[6:14]}　{n[14:]}",
            lambda n: f"{n[:6]}—{n[6:14]}—{n[14:]}",
            lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
            lambda n: f"{n[:10]}\xa0{n[10:]}",
        )
        return Run(self.rng.choice(ways)(number), "resident-id")

    def wrong_id(self) -> Run:
        """An ID with one digit mistyped: only a header or a label makes it one."""
        number = self.identity()
        place = self.rng.choice((7, 9, 15, 16, 17))
        other = self.rng.choice([digit for digit in string.digits if digit != number[place]])
        return Run(number[:place] + other + number[place + 1 :], "resident-id")

    def card_run(self) -> Run:
        number = self.card()
        ways = (
            number,
            number,
            " ".join(number[i : i + 4] for i in range(0, len(number), 4)),
            f"{number[:6]} {number[6:]}",
            f"{number[:4]}-{number[4:8]}-{number[8:12]}-{number[12:]}",
        )
        return Run(self.rng.choice(ways), "bank-card")

    def passbook(self) -> Run:
        """A credit union's account: no BIN, no check digit."""
        return Run(f"27{self.digits(2)}0326{self.pick('01', '02')}10{self.digits(11)}"[: self.rng.choice((19, 21))], "bank-card")

    def mobile_run(self) -> Run:
        number = self.mobile()
        ways = (
            number,
            number,
            f"{number[:3]} {number[3:7]} {number[7:]}",
            f"{number[:3]}-{number[3:7]}-{number[7:]}",
            f"{number[:3]}-{number[3:]}",
            f"(+86){number}",
            f"86 {number}",
        )
        text = self.rng.choice(ways)
        return Run(text, "mobile")

    def home_run(self) -> Run:
        ways = (
            f"眉县{self.village()}{self.pick('一', '二', '四', '6')}组{self.rng.randint(1, 99)}号",
            f"{self.village()}{self.rng.randint(1, 9)}组{self.rng.randint(1, 120)}号",
            f"陕西省宝鸡市眉县首善街道{self.pick('美阳', '平阳', '滨河')}{self.pick('小区', '花园', '家园')}{self.rng.randint(1, 20)}号楼{self.rng.randint(1, 4)}单元{self.rng.randint(1, 30)}0{self.rng.randint(1, 4)}{self.pick('', '室')}",
            f"眉县{self.pick('凤泉路', '平阳街')}{self.rng.randint(1, 99)}号{self.rng.randint(1, 9)}幢{self.rng.randint(101, 2404)}室",
        )
        return Run(self.rng.choice(ways), "home-address")

    def day(self) -> str:
        """A day of the year at hand."""
        return f"{self.rng.randint(2021, 2024)}年{self.rng.randint(1, 12)}月{self.rng.randint(1, 28)}日"

    def masked_id(self) -> str:
        number = self.identity()
        star = self.pick("*", "*", "×", "＊", "X")
        return self.pick(
            number[:6] + star * 8 + number[14:],
            number[:3] + star * 11 + number[14:],
            number[:10] + star * 4 + number[14:],
            number[:14] + star * 4,
            number[:1] + star * 16 + number[17:],
        )

    def masked_card(self) -> str:
        number = self.card()
        return self.pick(number[:6] + "*" * (len(number) - 10) + number[-4:], number[:4] + " **** **** " + number[-4:], "尾号" + number[-4:])

    def masked_mobile(self) -> str:
        number = self.mobile()
        return self.pick(number[:3] + "****" + number[7:], number[:3] + "xxxx" + number[7:], number[:7] + "****")

    def firm(self) -> str:
        return f"{self.pick('眉县', '陕西', '宝鸡', '西安')}{self.pick('秦岭', '太白', '关中', '渭水', '金桥', '华丰')}{self.pick('果业有限公司', '建筑工程有限公司', '猕猴桃专业合作社', '商贸有限责任公司', '物业服务有限公司')}"

    def taxpayer(self) -> str:
        """A credit code, whichever kind."""
        return self.credit_code()

    def company_account(self) -> str:
        return self.pick("2603", "6105", "8061", "1029") + self.digits(self.rng.choice((9, 11, 13, 15)))

    def project(self) -> str:
        return f"{self.rng.randint(21, 24)}{self.rng.randint(1, 12):02d}-610326-{self.digits(2)}-{self.digits(2)}-{self.digits(6)}"

    def case(self) -> str:
        """A number of a case or form: region, day, serial."""
        return f"610326{self.rng.randint(2021, 2024)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 28):02d}{self.digits(4)}"

    def old_card(self) -> str:
        """15 digits of a business registration."""
        return f"610326{self.pick('100', '600', '200')}{self.digits(6)}"

    def student(self) -> Run:
        body = f"610326{self.rng.randint(2006, 2015)}{self.rng.randint(1, 12):02d}{self.rng.randint(1, 28):02d}{self.digits(3)}"
        return Run(body + proof.check_digit(body), "resident-id")
