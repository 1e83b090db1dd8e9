"""Is the word before a number a person's name? jieba gives the word boundaries of a few characters; surnames come from the table."""

import re
import warnings

from checks.privacy.policy import Policy, Tables
from core.dictionary import dictionary

_HAN = re.compile(r"[\u4e00-\u9fa5]{2,12}$")
_LABEL = re.compile(r"(?:居民)?(?:身份证|公民身份|证件|联系电话|联系方式|联系号码|电话|手机)?(?:号码|号牌|号|证)?(?:为|是|驾驶|所有)?$")
_TRIM = re.compile(r"[\s:：,，、;；()（）\"“”的]+$")


def is_name(word: str, tables: Tables) -> bool:
    """Two or three characters led by a known surname, four by a double one; or a name with a dot (买买提·艾力)."""
    if 2 <= len(word) <= 4 and "\u4e00" <= word[0] <= "\u9fff" and all("\u4e00" <= char <= "\u9fff" for char in word):
        return word[:2] in tables.surnames if len(word) == 4 else word[0] in tables.surnames or word[:2] in tables.surnames
    return "·" in word and len(word) <= 20 and not re.search(r"[0-9]", word)


def name_before(text: str, start: int, policy: Policy) -> str:
    """The person's name that ends right before `start` (labels and punctuation between skipped), "" if none."""
    before = _TRIM.sub("", text[max(0, start - 18) : start])
    before = _TRIM.sub("", _LABEL.sub("", before))
    found = _HAN.search(before)
    if not found:
        return ""
    titled = list(policy.words.lists["person_titles"].finditer(found[0]))
    rest = found[0][titled[-1].end() :] if titled else found[0]
    if titled and is_name(rest, policy.tables):
        return rest
    words = _words(rest) if rest else []
    if words and is_name(words[-1], policy.tables) and not _common(words[-1]):
        return words[-1]
    split = "".join(words[-2:]) if len(words) > 1 and words[-2] in policy.tables.surnames else ""
    return split if is_name(split, policy.tables) else ""


def _words(text: str) -> list[str]:
    """The words of a few characters, cut by jieba (its dictionary is loaded quietly on first use)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba
    jieba.setLogLevel(60)
    return list(jieba.cut(text))


def _common(word: str) -> bool:
    """In the dictionary as an ordinary word (编号, 方案), so no name."""
    return int(dictionary().frequencies.get(word, 0)) > 100
