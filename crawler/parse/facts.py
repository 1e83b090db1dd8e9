"""The box of facts over an official document (索引号, 发布机构, 成文日期, 发布日期 …): label and value, and where the box is."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from crawler.parse.dom import Element, is_element, squash

# What each label means to us; those without a meaning only help to recognise the box.
_MEANINGS: tuple[tuple[str, str], ...] = (
    ("published", "发布日期|发布时间|公开日期|公开时间|信息公开日期|上网日期|上网时间|公布日期|发布日"),
    ("written", "成文日期|成文时间|生成日期|生成时间|印发日期|制发日期|签发日期|制定日期|发文日期|发文时间|形成日期"),
    ("title", "名称|标题|信息名称|文件名称|公文名称|信息标题|文件标题|公开事项名称"),
    (
        "unit",
        "发布机构|发文机关|发文机构|公开机构|发布单位|发文单位|公开主体|信息发布机构|制发机关|制发机构|责任部门|公开责任部门|公开部门|责任单位|公开单位|发布部门|发文部门|制定机关|印发机关|所属机构|所属部门",
    ),
    ("origin", "信息来源|来源|文章来源"),
    (
        "",
        "索引号|索取号|信息索引号|索引|文号|发文字号|文件编号|文件号|主题分类|主题词|信息分类|公开类别|公开方式|公开形式|公开范围|公开时限|有效性|时效性|公文时效|效力状态|是否有效|体裁分类|服务对象分类|组配分类|主题|分类|生效日期|废止日期|失效日期|实施日期|施行日期|关键词|内容概述|信息类别|登记号|统一编号|规范性文件统一编号|效力等级|语种",
    ),
)
_LABELS = {label: meaning for meaning, labels in _MEANINGS for label in labels.split("|")}
_MARKERS = frozenset(
    [
        "索引号",
        "索取号",
        "信息索引号",
        "文号",
        "发文字号",
        "主题分类",
        "公开类别",
        "信息分类",
        "成文日期",
        "生成日期",
        "发布机构",
        "发文机关",
        "有效性",
        "公开方式",
        "体裁分类",
        "主题词",
        "公开责任部门",
        "公开日期",
    ]
)
_ALONE = re.compile(r"[【\[■●]?([\u4e00-\u9fff]{2,10})[】\]]?[:：]?")
_PAIR = re.compile(r"[【\[■●]?([\u4e00-\u9fff]{2,10})[】\]]?[:：](.*)", re.DOTALL)
_TAGS = ("td", "th", "dt", "li", "b", "strong", "span", "label", "em", "i", "p", "div", "font", "h4", "h5")


@dataclass
class Facts:
    """Values by meaning (`published`, `written`, `title`, `unit`, `origin`) and the element that holds them."""

    values: dict[str, str] = field(default_factory=dict)
    box: Element | None = None


def read_facts(tree: Element) -> Facts:
    """The page's box of facts; empty where there is none."""
    groups: dict[Element, dict[str, str]] = defaultdict(dict)
    for node in tree.iter(*_TAGS):
        label, value = _fact(node)
        if label:
            groups[_box(node)].setdefault(label, value)
    best = max(groups.items(), key=lambda group: len(group[1]), default=None)
    if best is None or len(best[1]) < 3 or len(_MARKERS & best[1].keys()) < 2:
        return Facts()
    values: dict[str, str] = {}
    for label, value in best[1].items():
        if _LABELS[label] and value:
            values.setdefault(_LABELS[label], value)
    return Facts(values, best[0])


def _fact(node: Element) -> tuple[str, str]:
    """(label, value) that this element gives: alone with the value beside it, or `label：value`."""
    if len(node) > 8:
        return "", ""
    text = squash(node.text_content())
    if not 2 <= len(text) <= 260:
        return "", ""
    tight = re.sub(r"\s+", "", text[:24])
    alone = _ALONE.fullmatch(tight) if len(text) <= 24 else None
    if alone and alone[1] in _LABELS:
        return alone[1], _beside(node)
    head, _, rest = text.replace("：", ":", 1).partition(":")
    label = re.sub(r"[\s【\[■●】\]]+", "", head)
    if label in _LABELS and rest and node.tag in {"td", "li", "p", "div", "span", "th"}:
        value = squash(rest)
        inner = [re.sub(r"\s+", "", piece) for piece in re.split(r"[:：\s]+", value)]
        return (label, value) if not any(piece in _LABELS for piece in inner) else ("", "")
    return "", ""


def _beside(node: Element) -> str:
    """The text that follows a label: its own tail, the next element, the next cell of the row."""
    here = node
    for _ in range(3):
        if squash(here.tail).lstrip(":： "):
            return squash(here.tail).lstrip(":： ")
        after = here.getnext()
        while after is not None and not is_element(after):
            after = after.getnext()
        if after is not None:
            return _value(after)
        here = here.getparent()
        if here is None or here.tag in {"tr", "table", "ul", "body"}:
            return ""
    return ""


def _value(node: Element) -> str:
    text = squash(node.text_content()).lstrip(":： ")
    return text if len(text) <= 200 and re.sub(r"[\s:：]+", "", text) not in _LABELS else ""


def _box(node: Element) -> Element:
    """The table or list around a label, else the second element above it."""
    above = list(node.iterancestors())
    for parent in above[:6]:
        if parent.tag in {"table", "ul", "dl"}:
            around = parent.getparent()
            several = around is not None and around.tag != "body" and sum(1 for other in around if other.tag == parent.tag) > 1
            return around if several else parent
    return above[1] if len(above) > 1 and above[1].tag != "body" else above[0]
