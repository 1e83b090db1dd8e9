"""Error pages: what is wrong and what to do next, in words for clerks."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from service.desk.access import public


@public
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400."""
    return _page(request, 400, "请求无法理解", "地址或提交的内容不完整。请返回上一页，刷新后重试。")


@public
def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403."""
    person = getattr(request, "person", None)
    reason = "您的角色不能使用这个页面。需要时请联系管理员。"
    if person is None and getattr(request, "user", None) is not None and request.user.is_authenticated:
        reason = "您的账号还没有分配角色，或属于其他县。请联系管理员在“用户”页里设置。"
    return _page(request, 403, "没有权限", reason)


@public
def missing(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404."""
    return _page(request, 404, "没有这个页面", "地址可能写错了，或者内容已不存在、不属于您的单位。请从左边的菜单进入。")


@public
def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    return _page(request, 500, "页面出错了", "程序在处理时出错，数据没有改动。请稍后再试；若仍出错，请把发生的时间告诉管理员查看日志。")


@public
def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old."""
    return _page(request, 403, "表单已过期", "页面打开的时间太久，或者浏览器没有保存 Cookie。请返回上一页刷新后重新提交，填写的内容没有保存。")


def _page(request: HttpRequest, status: int, title: str, text: str) -> HttpResponse:
    return render(request, "desk/error.html", {"title": title, "text": text, "status": status}, status=status)
