"""The province's news page: the month's articles that accounts are asked to repost."""

import html
from datetime import date, timedelta

from demo.articles import site_tags
from demo.posts import Desk
from demo.web import Page, Web
from demo.words import words

Recommended = tuple[str, str, date, tuple[str, ...]]
_LIST = "/province/index.html"


def build_province(count: int, desk: Desk, web: Web) -> tuple[Recommended, ...]:
    """Put `count` articles on the web; title, address, day and paragraphs of each. They appear in the month's first week, so that all may repost them."""
    bank = words()["province"]
    rng = desk.rng("province")
    subjects = rng.sample(bank["subjects"], len(bank["subjects"]))
    articles: list[Recommended] = []
    for number in range(count):
        subject = subjects[number % len(subjects)]
        form = (number + number // len(subjects)) % len(bank["titles"])
        title = bank["titles"][form].format(subject=subject)
        again = number // (len(subjects) * len(bank["titles"]))
        title += f"（{again + 1}）" if again else ""
        day = desk.month.first + timedelta(days=number * 6 // max(1, count))
        path = f"/province/yw/{day:%Y%m}/t{day:%Y%m%d}_{2290000 + number * 13}.html"
        paragraphs = _paragraphs(subject, desk, number)
        web.add(path, Page(_article(title, path, day, paragraphs)))
        articles.append((title, f"{web.base}{path}", day, paragraphs))
    web.add(_LIST, Page(_listing(articles, web.base)))
    return tuple(articles)


def _paragraphs(subject: str, desk: Desk, number: int) -> tuple[str, ...]:
    """Six different sentences on the subject."""
    bank = words()["province"]
    rng = desk.rng("province", str(number))
    paragraphs = []
    for sentence in rng.sample(bank["sentences"], 6):
        city, other = rng.sample(bank["cities"], 2)
        figures = {"b": rng.randint(2, 9), "k": rng.randint(11, 39), "n": rng.randint(120, 980), "money": rng.randint(1200, 9800)}
        dotted = {"rate": f"{rng.randint(21, 69)}.{rng.randint(1, 9)}", "dec": f"{rng.randint(1, 9)}.{rng.randint(1, 9)}"}
        paragraphs.append(sentence.format(subject=subject, city=city, city2=other, **figures, **dotted))
    return tuple(paragraphs)


def _article(title: str, path: str, day: date, paragraphs: tuple[str, ...]) -> bytes:
    name = words()["province"]["name"]
    body = "\n".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>{html.escape(title)}_{name}</title>\n'
        f'<meta name="SiteName" content="{name}">\n<meta name="ArticleTitle" content="{html.escape(title)}">\n'
        f'<meta name="PubDate" content="{day:%Y-%m-%d} 09:00">\n<meta name="ContentSource" content="{name}网站">\n<meta name="Url" content="{path}">\n'
        f'</head>\n<body>\n<div class="position">首页 &gt; 要闻</div>\n<h1>{html.escape(title)}</h1>\n'
        f'<div class="info">发布时间：{day:%Y-%m-%d} 09:00 来源：{name}网站</div>\n<div class="TRS_Editor">\n{body}\n</div>\n'
        f'<div class="footer">主办：{name}办公厅</div>\n</body>\n</html>\n'
    ).encode()


def _listing(articles: list[Recommended], base: str) -> bytes:
    items = "\n".join(
        f'<li><a href="{url.removeprefix(base)}">{html.escape(title)}</a><span>{day:%Y-%m-%d}</span></li>' for title, url, day, _ in reversed(articles)
    )
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n<title>要闻</title>\n{site_tags()}</head>\n<body>\n<ul class="list">\n{items}\n</ul>\n</body>\n</html>\n'
    ).encode()
