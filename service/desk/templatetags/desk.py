"""Tags and filters for every page: severity and grade as words with a shape, dates short with the full one on hover, addresses of static files."""

import hashlib
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django import template
from django.contrib.staticfiles import finders
from django.template.context import RequestContext
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.calendar import SHANGHAI, chinese_date
from service.desk import clock

register = template.Library()

SEVERITIES = {"veto": "一票否决", "error": "错误", "warning": "提醒", "info": "提示"}
STATES = {
    "new": "待处理",
    "confirmed": "已确认",
    "appealed": "申诉中",
    "review": "待复核",
    "fixed": "已整改",
    "mistaken": "误报",
    "exempt": "豁免",
    "gone": "已消除",
}
CATEGORIES = {
    "privacy": "隐私泄露",
    "expression": "固定表述",
    "typo": "错别字",
    "format": "格式",
    "link": "链接附件",
    "tag": "页面标签",
    "document": "无法读取",
    "freshness": "更新",
    "site": "网站",
}
_GRADES = {"优秀": "best", "良好": "good", "合格": "fair", "不合格": "poor", "未能核实": "unknown"}


@register.simple_tag
def severity(value: str) -> SafeString:
    """Severity as colour, word and shape."""
    return format_html('<span class="severity severity-{}">{}</span>', value if value in SEVERITIES else "info", SEVERITIES.get(value, value))


@register.simple_tag
def state(value: str) -> SafeString:
    """The state of a finding as a quiet tag."""
    return format_html('<span class="state state-{}">{}</span>', value, STATES.get(value, value))


@register.simple_tag
def grade(value: str | None) -> SafeString:
    """A grade as a quiet tag; a dash where there is none."""
    if not value:
        return format_html('<span class="faint">{}</span>', "—")
    return format_html('<span class="grade grade-{}">{}</span>', _GRADES.get(value, "unknown"), value)


@register.filter
def category(rule: str) -> str:
    """The category of a rule id, as people call it."""
    head = rule.split("/")[0]
    return CATEGORIES.get(head, head)


@register.filter
def category_key(rule: str) -> str:
    """The category of a rule id, as the filter names it."""
    return rule.split("/")[0]


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """`10月23日` (with the year when it is not this one); the full date, and the time where there is one, on hover."""
    if value is None:
        return format_html('<span class="faint">{}</span>', "—")
    moment = _local(value)
    on = moment.date() if isinstance(moment, datetime) else moment
    shown = f"{on.month}月{on.day}日" if on.year == clock.today().year else f"{on.year}年{on.month}月{on.day}日"
    full = moment.strftime("%Y-%m-%d %H:%M:%S") if isinstance(moment, datetime) else chinese_date(on)
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), full, shown)


@register.filter
def moment(value: datetime | None) -> SafeString:
    """`10月23日 09:05`, the full moment on hover."""
    if value is None:
        return format_html('<span class="faint">{}</span>', "—")
    at = _local(value)
    year = "" if at.year == clock.today().year else f"{at.year}年"
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), at.strftime("%Y-%m-%d %H:%M:%S"), f"{year}{at.month}月{at.day}日 {at:%H:%M}")


def _local(value: Any) -> Any:
    return value.astimezone(SHANGHAI) if isinstance(value, datetime) and value.tzinfo else value


@register.filter
def number(value: int | float | None) -> str:
    """A figure with thin groups of three; a dash for none."""
    return "—" if value is None else f"{value:,}"


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping|get:key`, empty when there is none."""
    return mapping.get(key, "") if mapping else ""


@register.simple_tag
def asset(path: str) -> str:
    """The address of a static file, with a hash of its content so that a browser never shows an old one."""
    return f"{static(path)}?v={_hash(path)}"


@lru_cache
def _hash(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        raise template.TemplateSyntaxError(f"no static file {path}")
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:10]


@register.simple_tag
def icon(name: str) -> SafeString:
    """A sign of icons.svg; decoration only, so screen readers skip it."""
    return format_html('<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', asset("desk/icons.svg"), name)


@register.simple_tag(takes_context=True)
def address(context: RequestContext, **changes: Any) -> str:
    """This page's address with some parameters changed (an empty one is dropped); the page number starts again unless given."""
    query = context["request"].GET.copy()
    for name, value in {"page": "", **changes}.items():
        query.pop(name, None)
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else context["request"].path


@register.inclusion_tag("desk/parts/pages.html", takes_context=True)
def pages(context: RequestContext, page: Any) -> dict[str, Any]:
    """Links to the other pages of a list; `page` is a django Page."""
    return {"page": page, "request": context["request"]}
