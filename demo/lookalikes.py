"""Figures that may be published and only look like personal data: masked values, organisations' codes, office phones, numbers of papers."""

import random
from datetime import date

_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_AUTHORITIES = ("眉政发", "眉政办发", "眉发改发", "眉财发", "眉农发", "眉环批复", "眉审批发")
_BINS = ("622848", "621700", "622202", "621799")


def office_phone(rng: random.Random) -> str:
    """A public office's phone."""
    return f"0917-5542{rng.randint(100, 999)}"


def credit_code(rng: random.Random) -> str:
    """A 统一社会信用代码 (GB 32100) with its check character; always with a letter in the organisation's part, so that it is never a resident ID."""
    body = f"91610326{rng.choice('MABU')}{rng.choice('ABCDEFGH')}{''.join(rng.choice(_CODE[:10]) for _ in range(7))}"
    total = sum(_CODE.index(char) * pow(3, place, 31) for place, char in enumerate(body))
    return body + _CODE[-total % 31]


def document_number(year: int, rng: random.Random) -> str:
    """A 文号, e.g. 眉财发〔2023〕45号."""
    return f"{rng.choice(_AUTHORITIES)}〔{year}〕{rng.randint(10, 320)}号"


def project_code(day: date, rng: random.Random) -> str:
    """A code of the national investment platform, e.g. 2310-610326-04-01-123456."""
    return f"{day:%y%m}-610326-04-0{rng.randint(1, 5)}-{rng.randint(100000, 999999)}"


def masked_id(rng: random.Random) -> str:
    return f"610326********{rng.randint(1, 28):02d}{rng.randint(10, 99)}"


def masked_card(rng: random.Random) -> str:
    return f"{rng.choice(_BINS)}*********{rng.randint(1000, 9999)}"


def masked_mobile(rng: random.Random) -> str:
    return f"1{rng.choice(('38', '59', '82', '50', '89'))}****{rng.randint(1000, 9999)}"


def decimals(rng: random.Random) -> str:
    """The last places of a coordinate."""
    return str(rng.randint(10**8, 10**9 - 1))
