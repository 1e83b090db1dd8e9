"""What platforms answer instead of a list: a login that expired, a limit, a right that is missing. None of it is "no posts"."""

from collections.abc import Mapping
from typing import NamedTuple

from core.records import ReceiptStatus


class Refusal(NamedTuple):
    """The receipt's status and the Chinese reason."""

    status: ReceiptStatus
    reason: str


_EXPIRED = frozenset({40001, 40014, 41001, 42001, 42007, 40029, 61023, 40082})
_WECHAT_LIMITS = frozenset({45009, 45011, 45047, 45107, 200013})
_WECHAT_SETUP: Mapping[int, str] = {
    40013: "AppID 不对，请核对配置",
    40125: "AppSecret 不对或已重置，请在公众平台重新复制",
    40164: "本机的 IP 不在公众平台的白名单中，请在“基本配置”里加上",
    40243: "AppSecret 已被冻结，请在公众平台解除",
    41002: "没有给出 AppID，请核对配置",
    41004: "没有给出 AppSecret，请核对配置",
    48001: "这个账号没有该接口的权限（未认证或未授权）",
    48004: "该接口已被平台封禁",
    50001: "用户未授权该接口",
    50002: "账号受到平台限制",
    61003: "账号没有授权给第三方平台",
    61007: "账号的授权里没有这个接口",
    47009: "平台已下线这个接口，请升级巡查",
    89503: "此次调用需要管理员在公众平台确认",
    89506: "IP 被管理员拒绝，请联系公众号管理员",
}
# The public platform's own back-office and reader (not the official interfaces).
_BACK_OFFICE: Mapping[int, Refusal] = {
    200003: Refusal("expired-login", "公众平台登录已过期，请重新扫码"),
    200040: Refusal("expired-login", "公众平台登录已过期（令牌无效），请重新扫码"),
    200013: Refusal("rate-limited", "公众平台限制访问频率，请过几小时再试"),
    200002: Refusal("redesigned", "公众平台不认识请求的参数，接口可能已改"),
    -3: Refusal("expired-login", "微信登录已过期，请重新登录"),
    -6: Refusal("rate-limited", "微信限制访问频率，请过几小时再试"),
    -8: Refusal("blocked", "微信要求验证"),
}


def wechat_refusal(code: int, message: str = "") -> Refusal:
    """What an `errcode` other than 0 means. The platform's own words are left out: they can quote a token."""
    if code in _EXPIRED:
        return Refusal("expired-login", f"微信接口的登录凭证已过期或无效（{code}）")
    if code in _WECHAT_LIMITS:
        return Refusal("rate-limited", f"微信接口调用次数已到上限（{code}）")
    if code in _WECHAT_SETUP:
        return Refusal("misconfigured", f"{_WECHAT_SETUP[code]}（{code}）")
    if code in {-1, 50003}:
        return Refusal("unreachable", f"微信系统繁忙（{code}），请稍后再试")
    return Refusal("unreachable", f"微信接口报错 {code}")


def back_office_refusal(code: int) -> Refusal:
    """What a `base_resp.ret` or `ret` other than 0 means."""
    return _BACK_OFFICE.get(code) or Refusal("unreachable", f"微信返回错误 {code}")


def weibo_refusal(code: int, message: str = "") -> Refusal:
    """What a 微博 answer with `ok` other than 1, or with `error_code`, means."""
    if code in {-100, 21301, 21314, 21315, 21316, 21317, 21319, 21327, 21332, 10006, 20003} or "登录" in message or "login" in message.lower():
        return Refusal("expired-login", f"微博登录已过期（{code}），请更新登录凭证")
    if code in {10004, 10022, 10023, 10024, 418, 432} or "频繁" in message or "limit" in message.lower():
        return Refusal("rate-limited", f"微博限制访问频率（{code}），请过一会儿再试")
    if code in {10014, 10011, 21335, 10017}:
        return Refusal("misconfigured", f"应用没有这个微博接口的权限（{code}）")
    return Refusal("unreachable", f"微博返回错误 {code}")


_DOUYIN_EXPIRED = frozenset({8, 2483, 10008, 2190008, 2190002, 10010, 10011, 2190015, 28001003, 28001008, 28001016, 28003017, 28001005})
_DOUYIN_LIMITS = frozenset({2154, 2100010, 28001019, 28003074, 2190003, 5})
_DOUYIN_SETUP = frozenset({2190001, 2190004, 2190005, 2190006, 2190007, 2190016, 28001006, 28001007, 28001014, 28001018, 28003075, 2100007})


def douyin_refusal(code: int) -> Refusal:
    """What a `status_code`, `error_code` or `err_no` other than 0 means."""
    if code in _DOUYIN_EXPIRED:
        return Refusal("expired-login", f"抖音授权已过期或需要登录（{code}），请重新授权")
    if code in _DOUYIN_LIMITS:
        return Refusal("rate-limited", f"抖音接口调用次数已到上限（{code}）")
    if code in _DOUYIN_SETUP:
        return Refusal("misconfigured", f"应用没有这个抖音接口的权限（{code}），请在开放平台申请或让账号重新授权")
    return Refusal("unreachable", f"抖音返回错误 {code}")
