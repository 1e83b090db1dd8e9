"""Values that are not bare digits: landlines, passports, travel permits, plates, addresses to the door. Shapes only: none proves itself."""

import re
from collections.abc import Iterator

from checks.privacy import proof
from checks.privacy.numbers import Hit
from checks.privacy.policy import Tables

_LANDLINE = re.compile(r"(?<![0-9A-Za-z.])(?<![0-9]-)\(?(0[0-9]{2,3})[)\- ]{0,2}([2-8][0-9]{6,7})(?![0-9A-Za-z]|\.\d)")
_BRACKETED = re.compile(r"\(1[3-9][0-9]\)[ \-]?[0-9]{4}[ \-]?[0-9]{4}(?![0-9A-Za-z])")
_DOCUMENT = re.compile(r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,2}[0-9]{7,10}|1[45][0-9]{7})(?![A-Za-z0-9])")
_PASSPORT = re.compile(r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|[DSP][0-9]{7,8}|[SDP]E[0-9]{7}|1[45][0-9]{7}")
_PERMIT = re.compile(r"C[0-9]{8}|C[A-Z][0-9]{7}|W[0-9]{8}|[LT][0-9]{8}|[HM][0-9]{8}(?:[0-9]{2})?")
_PLATE = re.compile(
    r"[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-HJ-NP-Z][·•. \-]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳](?![A-Z0-9])"
)
_NUMERAL = r"[0-9零〇一二三四五六七八九十百甲乙丙丁A-Za-z]"
_DOOR = (
    rf"(?:(?:村|社区|组|队|社|屯|寨|湾|庄|街|路|巷|道|弄|小区|苑|园|城|府|家属院|楼|栋|幢|单元|区|镇|乡)[^。；;\n]{{0,12}}?{_NUMERAL}{{1,5}}(?:-{_NUMERAL}{{1,5}}){{0,3}}(?:号(?!线|楼|院|路|文|公告|令|窗|厅|台|门|会议|展|信箱)|室(?!办理|领取|咨询)|户)(?:[0-9\-]{{0,8}}室?)?"
    rf"|(?:栋|幢|号楼|楼)[^。；;，,\n]{{0,4}}?{_NUMERAL}{{1,3}}单元(?:{_NUMERAL}{{1,5}}(?:号|室|户)?)?"
    r"|(?:号楼|栋|幢)[0-9]{2,4}(?![0-9号])室?"
    rf"|(?:小区|苑|园|城|府|家属院|社区|湾|庭|楼)[0-9]{{1,3}}-[0-9]{{1,2}}-[0-9]{{2,5}})"
)
DOOR = re.compile(_DOOR)
_HOME = re.compile(
    rf"(?:家住|(?:现|家庭|居)?住址|住所地?|现住地?|居住地?址?|常住|租住地?|住在|住于|户籍(?:所在地|地址|地)|家庭地址|住(?![房建宅院户宿校保])(?=[\u4e00-\u9fff]{{1,8}}?(?:省|市|县|区|镇|乡|村|街|路|小区|社区)))(?:为|是|于|在|[:： \t|｜\n])*((?:(?!公司|办公|单位|地点|[请的到]|窗口|业务|办理)[^。；;，,：:]){{2,40}}?{_DOOR})"
)
_ADDRESS = re.compile(
    rf"(?<![办位册营庭讯籍住产目设构校网邮])(?:通讯)?地址[为是:： ]+((?:(?!公司|办公|单位|地点|[请的到]|窗口|业务|办理)[^。；;，,\n：:]){{2,40}}?{_DOOR})"
)


def landlines(text: str, tables: Tables) -> Iterator[Hit]:
    """Numbers with an area code that exists: 0917-5542123, (0917)5542123, 09175542123."""
    for found in _LANDLINE.finditer(text):
        if proof.is_landline(found[1], found[2], tables):
            yield Hit("landline", *found.span(), found[1] + found[2], False, (f"区号{found[1]}存在",))


def bracketed(text: str, tables: Tables) -> Iterator[Hit]:
    """A mobile written like a landline: (138)12345678."""
    for found in _BRACKETED.finditer(text):
        value = re.sub(r"[^0-9]", "", found[0])
        if proof.is_mobile(value, tables):
            yield Hit("mobile", *found.span(), value, True, (f"{value[:3]} 是手机号段",))


def documents(text: str) -> Iterator[Hit]:
    """Passports and travel permits by their forms; strings like E12345678 are also model numbers, so a label must say so."""
    for found in _DOCUMENT.finditer(text):
        value = found[0].upper()
        if _PASSPORT.fullmatch(value):
            yield Hit("passport", *found.span(), value, False, ("符合护照号码的写法",))
        elif _PERMIT.fullmatch(value):
            yield Hit("travel-permit", *found.span(), value, False, ("符合出入境通行证号码的写法",))


def plates(text: str) -> Iterator[Hit]:
    """Number plates of vehicles."""
    for found in _PLATE.finditer(text.upper() if text.isascii() else text):
        yield Hit("plate", *found.span(), re.sub(r"[·•. \-]", "", found[0]), False, ("符合机动车号牌的写法",))


def homes(text: str) -> Iterator[Hit]:
    """Addresses to the door introduced as somebody's home (家住…, 住址：…); behind a bare 地址 only the surroundings can say whose it is."""
    for found in _HOME.finditer(text):
        yield Hit("home-address", *found.span(1), found[1], True, ("写到了门牌、室号或户", "前面写明是住址"))
    for found in _ADDRESS.finditer(text):
        yield Hit("home-address", *found.span(1), found[1], False, ("写到了门牌、室号或户", "前面写明是地址，同一句写的是个人"))
