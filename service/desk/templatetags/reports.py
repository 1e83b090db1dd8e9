"""Filters of the reporting pages."""

from decimal import Decimal

from django import template

from service.desk import charts

register = template.Library()

_DATES = {"tag": "页面标签", "visible": "页面上的日期", "list": "列表页", "url": "网址", "platform": "平台", "ledger": "台账", "unknown": "没有日期"}
_ENDINGS = {"docx": "Word", "xlsx": "Excel", "html": "网页", "json": "JSON", "csv": "CSV"}


@register.filter
def plain(value: Decimal) -> str:
    """A number without needless zeros."""
    return charts.plain(Decimal(value))


@register.filter
def date_source(value: str) -> str:
    """Where a date was read, as people say it."""
    return _DATES.get(value, value)


@register.filter
def ending(name: str) -> str:
    """`bulletin.docx` as the program that opens it."""
    return _ENDINGS.get(name.rpartition(".")[2], name)


@register.filter
def last_part(subject: str) -> str:
    """The unit at the end of a subject."""
    return subject.rpartition("/")[2]
