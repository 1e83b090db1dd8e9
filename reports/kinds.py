"""Kinds of problems as people call them."""

KINDS = {
    "privacy-leak": "隐私泄露",
    "wrong-expression": "固定表述错误",
    "column-not-updated": "栏目未更新",
    "no-news": "未发布快讯动态",
    "repost-shortfall": "转载不足",
    "original-shortfall": "原创不足",
    "account-silent": "账号停更",
    "paper-missing": "材料未报送",
    "submission-missing": "数据未报送",
    "submission-malformed": "数据不合模板",
    "events-unhandled": "事件未处置",
}
