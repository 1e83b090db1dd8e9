"""Intrinsic proof: does a string of digits *by itself* prove to be a personal number? Pure functions on bare values (no blanks, upper-case X)."""

import re
from typing import NamedTuple

from stdnum import luhn
from stdnum.cn import ric, uscc

from checks.privacy.policy import Tables

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PROVINCES = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
    ]
)
_USCC_SHAPE = re.compile(r"[1-9ANY][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")


class Identity(NamedTuple):
    """What an 18-digit number shows: check digit right, region's name ("" unknown), birth as YYYYMMDD ("" impossible)."""

    checked: bool
    region: str
    birth: str

    @property
    def strong(self) -> bool:
        return self.checked and bool(self.region) and bool(self.birth)


def is_date(digits: str) -> bool:
    """YYYYMMDD of a person who may be alive: 1900 to 2099, a day that exists."""
    if not "19000101" <= digits <= "20991231" or not digits.isdigit():
        return False
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    return not (month == 2 and day == 29) or (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))


def check_digit(number: str) -> str:
    """The check digit of GB 11643 for the first 17 digits."""
    return str(ric.calc_check_digit(number[:17] + "0"))


def region(code: str, tables: Tables) -> str:
    """The name of the region of a 6-digit code, "" where no such region ever was; foreigners' 9 + province + country included."""
    if code[0] == "9" and code[1:3] in PROVINCES and 4 <= int(code[3:6]) <= 894:
        return "外国人永久居留身份证"
    return tables.regions.get(code, "")


def identity(number: str, tables: Tables) -> Identity:
    """Look at 18 characters, 17 digits and a digit or X."""
    birth = number[6:14] if is_date(number[6:14]) else ""
    return Identity(number[17] == check_digit(number), region(number[:6], tables), birth)


def is_old_identity(number: str, tables: Tables) -> bool:
    """15 digits with a known region and a day that exists (19YY); there is no check digit, so this alone proves nothing."""
    return len(number) == 15 and is_date("19" + number[6:12]) and number[:6] in tables.regions


def is_luhn(number: str) -> bool:
    """Luhn's check over the whole number."""
    return int(luhn.checksum(number)) == 0


def bank(number: str, tables: Tables) -> str:
    """The bank whose BIN and length the number has, "" if none. BINs of 3 and 4 digits (old passbook cards) would fit too many other numbers."""
    for size in (6, 9, 8, 5, 10, 7):
        lengths = tables.bins.get(number[:size])
        if lengths and len(number) in lengths:
            return tables.banks[number[:size]]
    return ""


def is_card(number: str, tables: Tables) -> bool:
    """BIN, length and Luhn all right: about one random number in 10,000."""
    return is_luhn(number) and bool(bank(number, tables))


def is_mobile(number: str, tables: Tables) -> bool:
    """11 digits in a range that is given out."""
    return len(number) == 11 and (number[:3] in tables.mobile or number[:4] in tables.mobile or number[:5] in tables.mobile)


def is_landline(area: str, local: str, tables: Tables) -> bool:
    """An area code that exists and a local number of 7 or 8 digits that does not start with 0, 1 or 9."""
    return area in tables.areas and len(local) in (7, 8) and local[0] in "2345678"


def is_uscc(number: str) -> bool:
    """A unified social credit code (GB 32100) with the right check character: public, never personal."""
    return bool(_USCC_SHAPE.fullmatch(number)) and bool(uscc.calc_check_digit(number[:17]) == number[17])
