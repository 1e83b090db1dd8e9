"""Where a wrong form is no mistake: quoted as an example, told as history, part of a title, named as former."""

import re
from collections.abc import Callable

_END = re.compile("[。！？!?；;\n]")
_OPEN, _CLOSE = "“‘「『〝", "”’」』〞"
_WRONGLY = re.compile(
    "(?:(?:错误|不规范|不当|不正确)的?(?:表述|写法|提法|用法|说法|称谓|称呼|示例|例句|例)?[:：]|[错误]例?[:：]|×|✗|❌)[\"“'‘「『（(]?$|(?:[错误](?:写|称|印|录|用|读|排)(?:成|为|作|了)?|[错误][为成作])[:：]?[\"“'‘「『（(]?$"
)
_CORRECTED = re.compile(
    "[\"”'’」』]?(?:一词|二字|字样|的(?:写法|表述|说法|提法|称谓))?(?:[（(](?:错|×|误)|(?:是|系|属于?|为)(?:错误|误|不规范|错别)|(?:→|->|改为|改成|更正为|纠正为|修改为)"
    "|(?:应当?|须|必须|一律|均应|都应|统一)(?:统一|规范|一律)?(?:为|改为|改成|更正|写|称|表述|使用)"
    "|[（(](?:应当?|正确)(?:为|写))"
)
_CUE = re.compile("错误|错写|误写|误用|误作|错成|不规范|禁用|勘误|错别字|错字|混淆|之误|笔误|系误")
_FORBIDDEN = re.compile(
    "(?:不得|不能|不应|不宜|不要|不可|避免|禁止|严禁|防止|杜绝|不使用|不用)[^。；，,]{0,12}(?:使用|出现|写成|写作|称为?|称作|表述为|简称为?|说成|叫做?|用)[^。；，,]{0,8}$"
)
_PAST = re.compile(
    "旧志|志载|史载|据载|史料|清朝|清代|清政府|清廷|清末|晚清|光绪|宣统|同治|民国|历史上|历史沿革|建制沿革|沿革|(?<!福)建省(?!级|内|外)|改省(?!级)|设省(?!级)|撤省|省制(?=[，。、的]|$)|省主席|巡抚|总督|督军|都督|解放前|建国前|新中国成立前|旧中国|旧称|旧时|曾称|曾名|古称|原称|前身|历史时期|抗战时期|抗日战争时期|解放战争时期|撤县|撤市|更名为|改名|改称|前称|时称|旧名|历史名称"
)
_OLD_YEAR = re.compile("(?<!\\d)(?:1[6-8]\\d\\d|19[0-5]\\d)\\s*(?:年|[-~至—]\\s*1\\d{3})")
_BIRTH = re.compile("出生|生于|年生|籍贯|生日|参加工作|入党|毕业")
_BOOK = re.compile("志|史|年鉴|考|记|传|全书|图|档案|资料|文献|民国|清|稿|通典|丛书")
_FORMER = re.compile("(?:原|旧|伪|时任|当时的|当年的|民国|清代|清朝|昔日|曾经的)$")


def sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around [start, end), at most 200 characters to each side."""
    left = 0
    for stop in _END.finditer(text, max(0, start - 200), start):
        left = stop.end()
    right = _END.search(text, end, min(len(text), end + 200))
    return max(left, start - 200), right.start() if right else min(len(text), end + 200)


def quoted_as_example(text: str, start: int, end: int, right: str = "") -> bool:
    """The sentence speaks about the wrong form: 错写为“…”, “…”应为, 不得使用“…”, “既使”与“即使”的区别, 错字示例：材科（材料）."""
    low, high = sentence(text, start, end)
    before, after = text[low:start], text[end:high]
    told = right and (after.startswith(f"({right})") or re.search(f'[{_OPEN}"]{re.escape(right)}[{_CLOSE}"]', text[low:high]))
    if told and (_CUE.search(before) or _in_quotes(before, after)):
        return True
    if _WRONGLY.search(before[-8:]) or _CORRECTED.match(after):
        return True
    return _in_quotes(before, after) and (bool(_CUE.search(before)) or bool(_CUE.search(after)) or bool(_FORBIDDEN.search(before)))


def _in_quotes(before: str, after: str) -> bool:
    """Inside quotation marks that open at most 12 characters before and close at most 12 after."""
    near, far = before[-12:], after[:12]
    opened = max((near.rfind(mark) for mark in _OPEN), default=-1)
    closed = max((near.rfind(mark) for mark in _CLOSE), default=-1)
    if opened > closed:
        return any(mark in far for mark in _CLOSE)
    return any(before.count(mark) % 2 == 1 and mark in near and mark in far for mark in "\"'")


def in_title(text: str, start: int, end: int) -> bool:
    """Between 《 and 》."""
    return bool(_title(text, start, end))


def in_book(text: str, start: int, end: int) -> bool:
    """Between 《 and 》 of something historical: 《广西省志》, 《民国新疆省图》."""
    return bool(_BOOK.search(_title(text, start, end)))


def _title(text: str, start: int, end: int) -> str:
    low = max(0, start - 60)
    opened, closed = text.rfind("《", low, start), text.rfind("》", low, start)
    if opened <= closed:
        return ""
    shut = text.find("》", end, end + 60)
    return text[opened + 1 : shut] if shut >= 0 else ""


def in_history(text: str, start: int, end: int) -> bool:
    """Told as the past: a word of history, or a year before 1960 that is nobody's birth year."""
    low, high = sentence(text, start, end)
    told = text[low:high]
    return bool(_PAST.search(told)) or (bool(_OLD_YEAR.search(told)) and not _BIRTH.search(told))


def is_former(text: str, start: int, end: int) -> bool:
    """Named as former: 原新疆省, 时任…"""
    return bool(_FORMER.search(text[max(0, start - 4) : start]))


CONTEXT_TESTS: tuple[tuple[str, Callable[[str, int, int], bool]], ...] = (
    ("history", in_history),
    ("title", in_title),
    ("book", in_book),
    ("former", is_former),
)
