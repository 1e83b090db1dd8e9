"""WeChat article pages as the platform serves them, in both forms, and its notice for a deleted article."""

import html
from dataclasses import dataclass
from datetime import datetime

_JS_ESCAPES = str.maketrans(
    {"\\": "\\x5c", "\r": "\\x0d", '"': "\\x22", "&": "\\x26", "'": "\\x27", "<": "\\x3c", ">": "\\x3e", "\n": "\\x0a"},
)


@dataclass(frozen=True, slots=True)
class Article:
    """One article: `stat` is the platform's mark (0 undeclared, 1 original, 2 repost of a declared original of `repost_of`)."""

    url: str
    title: str
    paragraphs: tuple[str, ...]
    at: datetime
    nickname: str
    user_name: str
    stat: int = 0
    repost_of: str = ""
    show_type: int = 0
    pictures: tuple[str, ...] = ()


def classic(article: Article) -> bytes:
    """The long-standing form: variables in scripts, a hidden body, an empty publish time."""
    title, name = html.escape(article.title), html.escape(article.nickname)
    logo = (
        '<span id="copyright_logo" class="wx_tap_link js_wx_tap_highlight rich_media_meta icon_appmsg_tag appmsg_title_tag">原创</span>'
        if article.stat == 1
        else ""
    )
    share = ""
    if article.stat == 2:
        share = (
            f'<div id="js_share_notice" class="share_notice">以下文章来源于{html.escape(article.repost_of)}</div>'
            f'<a id="js_share_source" data-url="{html.escape(article.url)}">阅读原文</a>'
        )
    return f"""<!DOCTYPE html>
<html>
<head>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1.0">
<meta name="description" content="{html.escape(article.title)}">
<meta name="author" content="{name}">
<meta property="og:title" content="{title}">
<meta property="og:url" content="{html.escape(article.url)}">
<meta property="og:site_name" content="微信公众平台">
<meta property="og:type" content="article">
<meta property="og:article:author" content="{name}">
<meta property="twitter:title" content="{title}">
<title></title>
</head>
<body id="activity-detail" class="zh_CN wx_wap_page">
<div id="js_article" class="rich_media">
<div class="rich_media_inner">
<div id="page-content" class="rich_media_area_primary">
<h1 class="rich_media_title" id="activity-name">
{title}
</h1>
<div id="meta_content" class="rich_media_meta_list">{logo}
<span class="rich_media_meta rich_media_meta_nickname" id="profileBt"><a href="javascript:void(0);" id="js_name">{name}</a></span>
<em id="publish_time" class="rich_media_meta rich_media_meta_text"></em>
</div>{share}
<div class="rich_media_content js_underline_content" id="js_content" style="visibility: hidden; opacity: 0; ">
{_body(article)}
</div>
</div>
</div>
</div>
<script type="text/javascript">
{_variables(article)}
</script>
</body>
</html>
""".encode()


def _variables(article: Article) -> str:
    ct = str(int(article.at.timestamp()))
    lines = [
        f'var nickname = htmlDecode("{_js(html.escape(article.nickname))}");',
        f'var user_name = "{article.user_name}";',
        f"var msg_title = '{_js(html.escape(article.title))}'.html(false);",
        f'var msg_desc = htmlDecode("{_js(html.escape(article.title))}");',
        f'var msg_link = "{_js(article.url)}";',
        "var msg_source_url = '';",
        f'var ct = "{ct}";',
        f"var createTime = '{article.at:%Y-%m-%d %H:%M}';",
        f"var oriCreateTime = '{ct}';",
        f'var create_time = "{ct}" * 1;',
        f'var _copyright_stat = "{article.stat}";',
        f'var copyright_stat = "{article.stat}" * 1;',
        f'var item_show_type = "{article.show_type}";',
        f'var real_item_show_type = "{article.show_type}";',
    ]
    if article.stat == 2:
        lines += ['var source_username = "gh_5d1e0c7a93b2";', "var source_biz = 'MzA5NTcwMDQ3Ng==';", "var reprint_type = '2';", "var reprint_style = '1';"]
    return "\n".join(lines)


def modern(article: Article) -> bytes:
    """The newer form: everything in `window.cgiDataNew`; picture (8) and text (10) posts come only like this."""
    content = "".join(f"<p>{html.escape(text)}</p>" for text in article.paragraphs) + _images(article)
    if article.show_type in (8, 10):
        content = "\n".join(article.paragraphs)
    pictures = ",".join(f"{{cdn_url: {_decoded(url)}, width: '640' * 1, height: '360' * 1}}" for url in article.pictures)
    source = f"source_username: {_decoded('gh_5d1e0c7a93b2')}, source_nickname: {_decoded(article.repost_of)}," if article.stat == 2 else ""
    return f"""<!DOCTYPE html>
<html>
<head>
<meta charset="utf-8">
<meta property="og:title" content="{html.escape(article.title)}">
<meta property="og:url" content="{html.escape(article.url)}">
<meta property="og:site_name" content="微信公众平台">
<title></title>
</head>
<body class="zh_CN">
<div id="js_article"><em id="publish_time"></em></div>
<script type="text/javascript" h5only>
window.cgiDataNew = {{
  user_name: {_decoded(article.user_name)},
  nick_name: {_decoded(article.nickname)},
  title: {_decoded(article.title)},
  desc: {_decoded(article.title)},
  content_noencode: {_decoded(content)},
  create_time: {_decoded(f"{article.at:%Y-%m-%d %H:%M}")},
  ori_create_time: '{int(article.at.timestamp())}' * 1,
  link: {_decoded(article.url)},
  source_url: {_decoded("")},
  item_show_type: '{article.show_type}' * 1,
  copyright_info: {{
    {source}
    copyright_stat: '{article.stat}' * 1,
    ori_article_type: {_decoded("")}
  }},
  picture_page_info_list: [{pictures}],
  text_page_info: {{
    content_noencode: {_decoded(content if article.show_type == 10 else "")}
  }}
}};
</script>
</body>
</html>
""".encode()


def deleted() -> bytes:
    """What the platform shows instead of an article that its author took down."""
    return """<!DOCTYPE html>
<html>
<head><meta charset="utf-8"><title></title></head>
<body class="zh_CN">
<div class="weui-msg">
<div class="weui-msg__icon-area"><i class="weui-icon-warn weui-icon_msg"></i></div>
<div class="weui-msg__text-area"><div class="weui-msg__title warn">该内容已被发布者删除</div></div>
</div>
</body>
</html>
""".encode()


def plain(article: Article) -> bytes:
    """A simple page of another platform: title, visible time, where it comes from, body."""
    title = html.escape(article.title)
    origin = f" <span>来源：{html.escape(article.repost_of)}</span>" if article.repost_of else ""
    return f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{title}</title>
<meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="{article.at:%Y-%m-%d %H:%M:%S}">
</head>
<body>
<h1>{title}</h1>
<p class="info"><span>账号：{html.escape(article.nickname)}</span> <span>发布时间：{article.at:%Y-%m-%d %H:%M}</span>{origin}</p>
<div class="article-content">
{_body(article)}
</div>
</body>
</html>
""".encode()


def _body(article: Article) -> str:
    return "\n".join(f"<section><p><span>{html.escape(text)}</span></p></section>" for text in article.paragraphs) + _images(article)


def _images(article: Article) -> str:
    return "".join(f'<p><img class="rich_pages wxw-img" data-src="{html.escape(url)}" src="{html.escape(url)}" alt="图片"></p>' for url in article.pictures)


def _js(text: str) -> str:
    """Safe between quotes of a script."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("'", "\\'").replace("\n", "\\n").replace("</", "<\\/")


def _decoded(text: str) -> str:
    return f"JsDecode('{text.translate(_JS_ESCAPES)}')"
