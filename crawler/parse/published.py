"""When an article was published and where that was read: tag, visible, list, url or unknown. Never a guess."""

import re
from collections.abc import Mapping

from crawler.parse.dates import Stamp, first_stamp, read_stamp, split_stamp, url_stamp
from crawler.parse.phrases import FOOTER_WORDS, is_info_line
from crawler.parse.surroundings import Around

DATE_TAGS = (
    "pubdate",
    "publishdate",
    "pubtime",
    "publishtime",
    "article:published_time",
    "og:release_date",
    "firstpublishedtime",
    "publish_date",
    "publish_time",
    "publishedtime",
    "releasedate",
    "datepublished",
    "jsonld",
)
_STRONG = re.compile(
    r"(?:发\s*布\s*时\s*间|发\s*布\s*日\s*期|发布于|发表时间|发表日期|发稿时间|发稿日期|发文时间|上传时间|信息时间|公开日期|公开时间|发布机构时间)\s*[】\])）]?\s*[:：]?\s*[\[【（(]?\s*(?=(?:19|20)\d\d)"
)
_WEAK = re.compile(r"(?:^|[\s|【\[（(　])(?:日\s*期|时\s*间|更新时间|更新日期|录入时间|添加时间)\s*[:：]\s*[\[【（(]?\s*(?=(?:19|20)\d\d)")
_NOT_A_POST = re.compile(
    r"今天是|现在是|当前时间|星期[一二三四五六日天]|截止|截至|成文日期|生成日期|印发日期|实施日期|有效期|失效|版权|Copyright|备案", re.IGNORECASE
)
_INFO_LINE = re.compile(r"来源|浏览|阅读|点击|字号|字体|作者|打印|分享|访问|【|大\s*中\s*小")


def find_date(
    metas: Mapping[str, str], facts: Mapping[str, str], around: Around, inside: list[str], listed: Stamp | None, url: str
) -> tuple[Stamp | None, str]:
    """The publication date and where it was read: tag, visible, list, url or unknown."""
    for name in DATE_TAGS:
        stamp = read_stamp(metas.get(name, ""))
        if stamp:
            return stamp, "tag"
    stamp = _visible_date(around.every, around.near, inside) or _written_date(around.scripts)
    boxed = read_stamp(facts.get("published", ""))
    if boxed and not (stamp and stamp.exact and stamp.day == boxed.day):
        return boxed, "visible"
    if stamp:
        timed = next((exact for exact in map(read_stamp, around.times) if exact and exact.day == stamp.day and exact.exact), None)
        return (timed if timed and not stamp.exact else stamp), "visible"
    if listed is not None:
        return listed, "list"
    stamp = url_stamp(url)
    return (stamp, "url") if stamp else (None, "unknown")


def _visible_date(around: list[str], near: list[str], inside: list[str]) -> Stamp | None:
    for line in [*around, *inside[:6]]:
        found = _STRONG.search(line)
        stamp = first_stamp(line[found.end() :][:40]) if found and len(line) < 400 else None
        if stamp:
            return stamp
    for line in near:
        if FOOTER_WORDS.search(line) or len(line) > 300:
            continue
        found = _WEAK.search(line)
        stamp = first_stamp(line[found.end() :][:40]) if found else None
        if stamp:
            return stamp
    for line in near:
        if len(line) <= 160 and not _NOT_A_POST.search(line) and not FOOTER_WORDS.search(line):
            stamp = first_stamp(line)
            if stamp and (is_info_line(line) or _INFO_LINE.search(line)):
                return stamp
    return next((stamp for line in near if len(line) <= 16 and (stamp := split_stamp(line))), None)


def _written_date(scripts: list[str]) -> Stamp | None:
    """The date that a script between title and text writes into the page."""
    for script in scripts:
        if "write" in script or "innerHTML" in script or ".text(" in script or ".html(" in script:
            stamp = first_stamp(script)
            if stamp:
                return stamp
    return None
