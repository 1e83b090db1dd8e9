"""Who an article comes from: the unit named by tag, by label or beside the date, without labels and editors' names."""

import re
from collections.abc import Iterable, Mapping

from crawler.parse.phrases import is_info_line

_HOME = re.compile(
    r"^(?:本网|本站|本网站|本站原创|本网原创|本网讯|网站|原创|本站编辑|网站编辑|互联网|未知|不详|无|暂无|null|admin|管理员|站内|-+|—+)$", re.IGNORECASE
)
_ABSENT = re.compile(r"^(?:未知|不详|无|暂无|null|undefined|admin|管理员|互联网|网站|-+|—+)$", re.IGNORECASE)
_STOP = r"(?=\s{1,}|$|[|｜】\])）;；]|发布(?:时间|日期|单位|人|于|[:：])|发稿|作\s*者|责?编\s*辑|责任编辑|日期|时间|浏览|阅读|点击|访问|人气|字号|字体|打印|分享|收藏|审核|初审|校对|供稿|撰稿|摄影|更新|【|\[|(?:19|20)\d\d[-年/.])"
_LABEL = re.compile(
    r"(?:信息来源|文章来源|稿件来源|内容来源|新闻来源|来源单位|来\s*源|稿\s*源|供稿单位|供稿|信息提供|文章出处|出处|来自)\s*[】\]]?\s*[:：]\s*[《“\"]?((?:[^\s|｜】\])）（【\[:：》;；]|（[^（）\s]{1,20}）){1,40}?)[》”\"]?"
    + _STOP
)
_UNIT_LABEL = re.compile(
    r"(?:发布机构|发文机关|发文机构|发布单位|发布部门|公开机构|发文单位|责任部门|信息发布单位)\s*[】\]]?\s*[:：]\s*((?:[^\s|｜】\])）（【\[:：]|（[^（）\s]{1,20}）){2,40}?)"
    + _STOP
)
AUTHOR = re.compile(r"(?:作\s*者|撰\s*稿(?:人)?)\s*[:：]\s*([^\s|｜】\])）【\[:：]{1,20}?)" + _STOP)
_UNIT = re.compile(
    r"(?:局|委|办|部|厅|院|所|站|队|镇|乡|街道|街道办|中心|政府|办公室|委员会|办事处|日报|晚报|晨报|早报|时报|网|社|电视台|广播台|台|报|报社|频道|公司|银行|大学|学院|学校|法院|检察院|协会|学会|总会|联合会|工会|妇联|团委|县|市|省|区|支队|大队|管委会|集团|医院|客户端|公众号|融媒体?|发布|传媒|在线|杂志|总队|党委|纪委|组|村|社区|秘书处|馆|处|科|股)$"
)
_PERSON = re.compile(r"^[\u4e00-\u9fff·]{2,4}$")


def label_value(pattern: re.Pattern[str], lines: Iterable[str]) -> str:
    """The first value that a label of the pattern has in these lines."""
    for line in lines:
        for found in pattern.finditer(line) if len(line) < 400 else ():
            if not _ABSENT.match(found[1]):
                return found[1].strip()
    return ""


def read_origin(metas: Mapping[str, str], facts: Mapping[str, str], outside: list[str], near: list[str], inside: list[str]) -> str:
    """The unit that the page names as its source; 本网 and 本站 become the site's own name. "" where it names none."""
    candidates = (
        clean_origin(metas.get("contentsource", "")),
        clean_origin(facts.get("origin", "")),
        _certain(label_value(_LABEL, near)),
        label_value(_LABEL, outside),
        label_value(_LABEL, [*inside[:4], *inside[-3:]]),
        clean_origin(facts.get("unit", "")),
        label_value(_UNIT_LABEL, [*near, *inside[:3]]),
        clean_origin(metas.get("source", "")),
        _unlabelled(near),
    )
    named = next((clean_origin(value) for value in candidates if value and not _ABSENT.match(value)), "")
    if _HOME.match(named):
        return metas.get("sitename", "") or named
    return named


def _certain(value: str) -> str:
    """The value if it looks like a unit or a paper: near lines are read with neighbouring elements apart, which may cut a name in two."""
    return value if _UNIT.search(value) or value.endswith("）") else ""


def clean_origin(text: str) -> str:
    """A unit's name without the label before it and the people after it."""
    value = re.sub(r"<[^>]*>", " ", text)
    value = re.sub(r"^\s*(?:信息|文章|稿件|内容)?来\s*源\s*[:：]\s*", "", value).strip(" \t\u3000《》“”\"'")
    value = re.split(r"\s*(?:[|｜;；]|作者|责任?编辑|编辑|记者|通讯员|发布时间|浏览|点击)", value, maxsplit=1)[0]
    value = re.sub(r"[（(](?:(?:记者|通讯员|文/|图/|作者)[^（()）]{2,20}|[\u4e00-\u9fff]{2,3})[）)]$", "", value).strip()
    parts = re.split(r"[\s/／、]+", value)
    if len(parts) == 2 and _UNIT.search(parts[0]) and _PERSON.match(parts[1]) and not _UNIT.search(parts[1]):
        return parts[0]
    return value if len(value) <= 60 else ""


def _unlabelled(near: list[str]) -> str:
    """A unit that stands beside the date with no label (`2023年10月09日 16:20  县财政局  点击：[12]`)."""
    for line in near:
        dated = re.search(r"(?:19|20)\d\d", line) and is_info_line(line)
        timed = len(line) <= 50 and re.search(r"\d{1,2}月\d{1,2}日\s*\d{1,2}[:：]\d\d", line) and not re.search(r"[，。！？]|星期|今天", line)
        if len(line) > 120 or not (dated or timed):
            continue
        for piece in re.split(r"[\s|｜\[\]【】·•]+", line):
            if 2 <= len(piece) <= 20 and not re.search(r"[:：\d]", piece) and _UNIT.search(piece) and not re.search(r"字体|分享|打印|收藏", piece):
                return piece
    return ""
