"""Words shared by the reporting pages: reasons that persons give, titles that may be shown."""

import re
from collections.abc import Iterable

from core.config import County
from core.records import StoredPost
from core.store.models import Finding
from core.text import conceal

LEAST_REASON = 4
_SOURCE = re.compile(r"“((?:account|column|news)/[^”]+)”")


def complaint_about(reason: str, what: str = "理由", least: int = LEAST_REASON) -> str:
    """Why this text cannot be kept, in words for the person; empty when it can."""
    if len(reason) < least:
        return f"没有保存：请写明{what}（至少 {least} 个字），它会记入工作底稿。"
    if len(reason) > 900:
        return f"没有保存：{what}太长，请控制在 900 字以内。"
    if conceal(reason) != reason:
        return f"没有保存：{what}里有一长串数字，可能是个人号码。请删去或用星号遮盖后再保存。"
    return ""


def readable(county: County, reasons: Iterable[str]) -> str:
    """Reasons in one line, sources by the name a person knows."""

    def named(found: re.Match[str]) -> str:
        source = county.source(found[1])
        platform = str(source.options.get("platform", "")) if source else ""
        return f"“{platform} {source.name}”".replace("“ ", "“") if source else found[0]

    return _SOURCE.sub(named, "；".join(reasons))


def titles_of(posts: Iterable[StoredPost]) -> dict[int, str]:
    """Post id → its title as it may be shown: where personal data stands in it, the masked one of its findings."""
    titles = {post.id: post.title or "（无标题）" for post in posts}
    rows = Finding.objects.filter(post_id__in=list(titles), where="标题", rule__startswith="privacy/", closed_at=None).values_list("post_id", "title")
    return titles | {post: title or "（标题含个人信息，不予显示）" for post, title in rows}
