"""An article's lines without what frames them: repeated title, line of date and source, buttons, neighbours, related articles."""

import re
from collections.abc import Iterable

from crawler.parse.dom import squash
from crawler.parse.phrases import BUTTON_LINE, INFO_LABEL, PLACE_WORDS, is_bare_facts, is_end, is_frame_line, is_info_line

_HEAD_REACH = 15
# Facts about the article rather than of it: `时间：` and `作者：` may well begin a text, these may not.
_SURE_LABEL = re.compile(
    r"^[【\[（(|\s]*(?:发\s*布\s*时\s*间|发\s*布\s*日\s*期|发文时间|发表时间|更新时间|信息来源|文章来源|稿件来源|来\s*源|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读|点击数|点击|访问量|字号|字体|字体大小|分享到?|发布机构|发布单位|责任编辑|编\s*辑|审\s*核)\s*[】\]]?\s*[:：\[【]"
)
_SENTENCE = re.compile("[。！？；]")
_INDENT_DAY = re.compile(r"^[\[（(]?\s*(?:19|20)\d\d[-年/.]\d{1,2}[-月/.]\d{1,2}日?\s*(?:\d{1,2}:\d\d(?::\d\d)?)?[\]）)]?$")


def trim_lines(lines: Iterable[str], title: str) -> tuple[list[str], list[str]]:
    """(the lines above the text that belong to the frame, the text's own lines)."""
    every = list(lines)
    kept = _without_head(every, squash(title).replace(" ", ""))
    head = every[: len(every) - len(kept)]
    end = next((index for index, line in enumerate(kept) if index and is_end(line) and not _prose_after(kept[index + 1 :])), len(kept))
    kept = kept[:end]
    while kept and _foot(kept[-1], alone=len(kept) == 1):
        kept.pop()
    return head, kept


def _without_head(lines: list[str], title: str) -> list[str]:
    """Everything up to the title or the line of facts is cut when it lies near the top and only short lines stand above it."""
    cut = 0
    for index, line in enumerate(lines[:_HEAD_REACH]):
        tight = line.replace(" ", "")
        if tight == title or (is_info_line(line) and (_facts(line) or is_bare_facts(line))):
            cut = index + 1
        elif _SENTENCE.search(line) and not is_frame_line(line):
            break
    lines = lines[cut:]
    while lines and (lines[0].replace(" ", "") == title or _head(lines[0], after_facts=cut > 0)):
        lines = lines[1:]
    return lines


def _facts(line: str) -> bool:
    """True for a line that only a page's frame can hold."""
    labels = len(INFO_LABEL.findall(line))
    return _SURE_LABEL.search(line) is not None or (labels >= 2 and re.search(r"来\s*源|浏览|阅读|点击|字[号体]|发布", line) is not None)


_HEADING = re.compile(r"^[【\[（(]?\s*(?:摘要|内容摘要|导读|正文|内容|详细内容|文章内容|信息内容|公文内容)\s*[】\]）)]?\s*[:：]?$")


def _head(line: str, after_facts: bool) -> bool:
    if _HEADING.match(line):
        return True
    if BUTTON_LINE.match(line) or PLACE_WORDS.search(line) or (_facts(line) and len(line) < 160):
        return True
    return after_facts and (is_frame_line(line) or _INDENT_DAY.match(line.replace(" ", "")) is not None) and not line.startswith(("时间", "日期", "作者"))


def _prose_after(lines: list[str]) -> bool:
    """True when the text goes on: a line that is a sentence of some length and no part of the frame."""
    return any(len(line) >= 30 and _SENTENCE.search(line) and not is_frame_line(line) for line in lines)


def _foot(line: str, alone: bool) -> bool:
    if alone and not BUTTON_LINE.match(line):
        return False
    return is_frame_line(line) and _INDENT_DAY.match(line.replace(" ", "")) is None
