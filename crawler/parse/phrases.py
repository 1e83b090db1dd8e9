"""Words that stand around an article and are not the article: dates and sources, buttons, footers, places, names of sites."""

import re

FOOTER_WORDS = re.compile(
    r"版权所有|网站标识码|ICP备|公网安备|主办单位|承办[:：]|技术支持|联系我们|网站地图|Copyright|All Rights Reserved|最佳分辨率", re.IGNORECASE
)
PLACE_WORDS = re.compile(
    r"^[【\[\s]*(?:您?(?:现在|当前|目前)?的?(?:所在|所处)?的?(?:位置|栏目|频道)(?:是|为)?|当前位置|首页\s*[>＞»/\-])\s*[:：>＞»]?|^(?:网站)?首页\s*(?:[>＞»›/-]|&gt;)"
)
SITE_NAME = re.compile(
    r"(?:人民政府|门户网站?|政务网|政府网|政府网站|政府门户|官方网站|官网|公开网|公开平台|公开专栏|公开目录|信息网|信息公开|(?<!关闭)网站|政务服务网|[\u4e00-\u9fff]{2}网|欢迎您|首页)\s*[（(]?[^（()）]{0,8}[）)]?$"
)

_WHEN = r"(?:19|20)\d\d\s*[-年/.—]\s*\d{1,2}\s*[-月/.—]\s*\d{1,2}(?:\s*日)?"
_LABELS = (
    r"发\s*布\s*时\s*间|发\s*布\s*日\s*期|发文时间|发文日期|发表时间|发表于|发布于|更新时间|更新日期|上传时间|录入时间|添加时间|发稿时间|信息时间|时\s*间|日\s*期|信息来源|文章来源|稿件来源|内容来源|来\s*源|稿\s*源"
    r"|作\s*者|编\s*辑|责任编辑|责编|审\s*核|初审|复审|终审|校\s*对|编审|审签|供稿单位?|供稿人|撰稿人?|摄影|发布机构|发布单位|发布人|浏览次数|浏览量|浏览|阅读次数|阅读量|阅读数|阅读|点击数|点击率|点击量|点击|访问量|访问次数|人气|字号|字体大小|字体|字体显示|文字大小|打印|收藏|分享到?|保护视力色?|背景颜色|关闭|来源单位"
)
INFO_LABEL = re.compile(rf"(?:{_LABELS})\s*[】\]]?\s*[:：\[【]")
INFO_WORD = re.compile(r"来源|浏览|阅读|点击|字号|字体|作者|编辑|打印|分享|访问|人气|发布|【|大\s*中\s*小")
_DAY = re.compile(_WHEN)
_ONLY_DAY = re.compile(rf"[\[（(【]?\s*{_WHEN}(?:\s*[\d:：时分秒]{{4,9}})?\s*[\]）)】]?(?:\s*星期[一二三四五六日天])?")
_SENTENCE_END = re.compile(r"[。！？；]")
_BUTTON = r"(?:打\s*印(?:本页|此文|此页|文章|正文|页面)?|关\s*闭(?:本页|窗口|此页|页面)?|收藏(?:本页|此页|本文)?|返回(?:顶部|列表|首页|上一?页)?|我要纠错|纠错|下载(?:本文)?|分享(?:到|至|本文到?)?|微信|微博|新浪微博|腾讯微博|QQ空间|QQ好友|QQ|人人网|朋友圈|更多|大|中|小|加大|放大|缩小|默认|正常|标准|语音播报|播报|朗读|听全文|收听|点赞|顶部|保存|字号|字体|[Aa]\s?[+-]|A)"
BUTTON_LINE = re.compile(rf"^(?:[【\[（(<《|｜/·\s]*{_BUTTON}[】\]）)>》|｜/·\s:：]*)+$")
NEIGHBOUR_LINE = re.compile(
    r"^[【\[（(<＜«◀←\s]*(?:上一篇|下一篇|上一条|下一条|上篇|下篇|上一则|下一则|上一页|下一页|前一篇|后一篇|上篇文章|下篇文章|上一篇文章|下一篇文章|上一个|下一个|上条|下条)(?:[】\])）]?\s*[:：>＞→]?\s*.*)?$"
)
_RELATED = r"(?:相关|推荐|热点|热门|最新|延伸|精彩|猜你|更多)(?:新闻|链接|阅读|文章|信息|稿件|推荐|内容|文件|解读|政策|资讯|专题|喜欢|报道|动态)"
RELATED_LINE = re.compile(
    rf"^[【\[（(●■◆▎|·\s]*(?:{_RELATED}|解读链接|政策解读链接|解读文件链接|文件链接|扩展阅读|关联(?:文件|稿件|阅读))[】\])）]?\s*[:：>＞]?\s*(?:更多.{{0,4}})?$"
)
_SCAN = re.compile(
    r"扫一扫.{0,10}(?:手机|打开|分享|关注|浏览|页面)|扫描(?:上方|下方|左侧|右侧)?二维码|扫码(?:关注|分享|浏览|查看|打开)|手机扫一扫|^.{0,4}关注.{0,12}(?:公众号|微信|微博|客户端)[。！]?$|^分享(?:本文|文章|到|至)|^(?:免责)?声明\s*[:：]\s*(?:本网|本站|凡|此)|^(?:您的位置|本文?共).{0,6}次$"
)
_EDITOR = re.compile(
    r"^[（(【\[]?\s*(?:责任编辑|责编|编\s*辑|网站编辑|网络编辑|本期编辑|文章录入|录入|录入员|录入人|审\s*核人?|初审|复审|终审|一审|二审|三审|校\s*对|监\s*制|编审|审签|信息员|发布人)\s*[:：]"
)


def is_info_line(text: str) -> bool:
    """True for the line of date, source, author and counters that stands around an article's title."""
    if len(text) > 220 or (_SENTENCE_END.search(text) and len(text) > 60):
        return False
    labels = len(INFO_LABEL.findall(text))
    if labels >= 2 or _ONLY_DAY.fullmatch(text) or is_bare_facts(text):
        return True
    if labels == 1:
        return len(text) <= 50 or _DAY.search(text) is not None
    return _DAY.search(text) is not None and INFO_WORD.search(text) is not None and len(text) <= 90


def is_bare_facts(text: str) -> bool:
    """True for a day and one to three short names beside it, with no label (`2023.10.09 县财政局 李青`)."""
    day = _DAY.search(text) if len(text) <= 60 else None
    if day is None or (day.start() and not text[day.start() - 1].isspace()) or text[day.end() : day.end() + 1].isalpha():
        return False
    rest = re.sub(r"[|｜]", " ", re.sub(r"\d{1,2}[:：时]\d{1,2}(?:[:：分]\d{0,2})?秒?", " ", text[: day.start()] + " " + text[day.end() :]))
    pieces = rest.split()
    return 1 <= len(pieces) <= 3 and all(len(piece) <= 16 for piece in pieces) and re.search(r"[，。；：！？、“”《》（(]", rest) is None


def is_frame_line(text: str) -> bool:
    """True for what may stand between the title and the text or behind the text: facts about the article, buttons, neighbours, codes to scan, editors."""
    if len(text) > 160 or not text:
        return False
    if _PAGER.match(text) and not text.isdigit():
        return True
    if BUTTON_LINE.match(text) or NEIGHBOUR_LINE.match(text) or RELATED_LINE.match(text) or _EDITOR.match(text):
        return True
    return _SCAN.search(text) is not None or PLACE_WORDS.search(text) is not None or (is_info_line(text) and len(text) < 140)


_PAGER = re.compile(r"^(?:首\s*页|上一?页|下一?页|尾页|末页|共\s*\d+\s*[页条]|第?\s*\d+\s*页?|[<>«»›‹\s.…|/\[\]])+$")


def is_end(text: str) -> bool:
    """True for a line behind which nothing of the article follows: neighbours, related articles, the page's footer."""
    return len(text) <= 120 and (NEIGHBOUR_LINE.match(text) is not None or RELATED_LINE.match(text) is not None)
