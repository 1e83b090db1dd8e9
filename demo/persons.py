"""Synthetic persons for planted leaks: every number has a valid checksum and the right form, none belongs to anyone on purpose."""

import random
from dataclasses import dataclass

# Counties of 宝鸡 whose region codes (GB/T 2260) held in every year a listed person may be born in.
_REGIONS = ("610326", "610322", "610323", "610324", "610327", "610328", "610329", "610331")
_BINS = ("622848", "621700", "622202", "621799")  # UnionPay debit cards of 19 digits: 农行, 建行, 工行, 邮储
_MOBILES = ("135", "136", "137", "138", "139", "150", "151", "152", "158", "159", "182", "183", "187", "188", "130", "155", "186", "189", "181")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_MALE = ("建军", "志强", "永刚", "文斌", "小军", "宝林", "国栋", "新民", "海涛", "宏伟", "双喜", "拴牢")
_FEMALE = ("秀英", "桂兰", "雪梅", "红霞", "丽娟", "春燕", "亚妮", "会琴", "小芳", "玉珍", "彩霞", "晓静")
_TOWNS = ("首善街道", "常兴镇", "金渠镇", "槐芽镇", "横渠镇", "汤峪镇", "营头镇", "齐镇")
_STREETS = ("美阳街", "平阳街", "滨河路", "科技路", "凤泉路", "公园路")
_PLATE_CHARS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as a list would name one."""

    name: str
    sex: str
    resident_id: str
    card: str
    mobile: str
    home_phone: str
    passport: str
    permit: str
    address: str
    plate: str


def make_person(rng: random.Random) -> Person:
    """A person of working age."""
    female = rng.random() < 0.45
    return Person(
        name=rng.choice(_SURNAMES) + rng.choice(_FEMALE if female else _MALE),
        sex="女" if female else "男",
        resident_id=resident_id(rng, female),
        card=bank_card(rng),
        mobile=rng.choice(_MOBILES) + _digits(rng, 8),
        home_phone=f"0917-{rng.choice(('55', '56', '57'))}{_digits(rng, 5)}",
        passport=f"E{rng.choice('ABCDEFGHJKLMNPQRSTUVWXYZ')}{_digits(rng, 7)}" if rng.random() < 0.5 else f"E{_digits(rng, 8)}",
        permit=f"C{_digits(rng, 8)}",
        address=_address(rng),
        plate=_plate(rng),
    )


def make_persons(count: int, rng: random.Random) -> tuple[Person, ...]:
    """Persons with different names."""
    persons: dict[str, Person] = {}
    while len(persons) < count:
        person = make_person(rng)
        persons.setdefault(person.name, person)
    return tuple(persons.values())


def resident_id(rng: random.Random, female: bool) -> str:
    """An 18-digit resident ID (GB 11643)."""
    born = f"{rng.randint(1958, 2003)}{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}"
    order = rng.randint(1, 499) * 2 + (0 if female else 1)
    body = f"{rng.choice(_REGIONS)}{born}{order:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def bank_card(rng: random.Random) -> str:
    """A 19-digit card number with a real BIN and Luhn's check digit."""
    body = rng.choice(_BINS) + _digits(rng, 12)
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return body + str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def _digits(rng: random.Random, count: int) -> str:
    """Digits that do not all repeat, so that no number is an obvious filler."""
    while len(set(digits := "".join(rng.choice("0123456789") for _ in range(count)))) < 3:
        pass
    return digits


def _address(rng: random.Random) -> str:
    """A home down to the door."""
    house = f"{rng.randint(1, 20)}号楼{rng.randint(1, 4)}单元{rng.randint(1, 17)}0{rng.randint(1, 4)}室"
    return f"陕西省宝鸡市眉县{rng.choice(_TOWNS)}{rng.choice(_STREETS)}{rng.randint(1, 99)}号{house}"


def _plate(rng: random.Random) -> str:
    """A plate of 宝鸡 with at least two digits and a letter, as issued."""
    body = [rng.choice("0123456789"), rng.choice(_PLATE_CHARS[10:]), *(rng.choice("0123456789") for _ in range(3))]
    rng.shuffle(body)
    return f"陕C{''.join(body)}"
