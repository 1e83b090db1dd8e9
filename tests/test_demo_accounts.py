"""New-media accounts of the demo county: counts, silences, evidence and page forms, read off the web as built."""

import csv
import html
import io
import itertools
import json
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.calendar import SHANGHAI, Month
from core.text import fingerprint, similarity
from demo.accounts import BuiltAccount, MediaPost, Recommended, build_accounts
from demo.facts import AccountFact, Facts, IncidentFact, load_facts
from demo.media import Writer, reworded
from demo.media_plan import seeded
from demo.plan import limit_of
from demo.web import Web

SEED = Path(__file__).parent.parent / "demo" / "facts-2023-10"
MONTH = Month(2024, 2)
ESCAPE = re.compile(r"\\x([0-9a-f]{2})")


def recommended_of(facts: Facts, web: Web) -> list[Recommended]:
    """Recommended articles, one a day from the 1st."""
    writer, rng = Writer(), seeded(facts, "province")
    drawn = []
    for number in range(facts.recommended):
        day = facts.month.first + timedelta(days=number)
        text = writer.write("综合", day, rng)
        drawn.append((f"全省重点工作部署之{number + 1}：{text.title}", f"{web.base}/province/{number}.html", day, text.paragraphs))
    return drawn


@contextmanager
def built(facts: Facts, port: int = 0) -> Iterator[tuple[tuple[BuiltAccount, ...], Web, list[Recommended]]]:
    with closing(Web(port)) as web:
        recommended = recommended_of(facts, web)
        yield build_accounts(facts, web, recommended, {("微信服务号", "眉县公安"): "县公安局", ("微信订阅号", "眉县反诈中心"): "县公安局"}), web, recommended


def month_of(accounts: list[AccountFact], incidents: tuple[IncidentFact, ...] = (), recommended: int = 11) -> Facts:
    return Facts(MONTH, recommended, (), (), tuple(accounts), (), (), (), incidents)


def body(post: MediaPost, web: Web) -> str:
    page = web.answer("GET", post.url.removeprefix(web.base))
    assert page.status == 200
    return page.body.decode()


def text_of(post: MediaPost) -> str:
    return "\n".join(post.text.paragraphs)


def in_month(account: BuiltAccount, month: Month) -> list[MediaPost]:
    return [post for post in account.posts if post.at.date() in month and not post.deleted]


def longest_run(account: BuiltAccount, month: Month) -> tuple[date, date] | None:
    days = {post.at.date() for post in account.posts if not post.deleted and post.at.date() <= month.last}
    marks = [max(day for day in days if day < month.first), *sorted(day for day in days if day in month), month.last + timedelta(days=1)]
    gaps = [(one + timedelta(days=1), other - timedelta(days=1)) for one, other in itertools.pairwise(marks) if (other - one).days > 1]
    return max(gaps, key=lambda gap: gap[1] - gap[0], default=None)


def check_against_facts(accounts: tuple[BuiltAccount, ...], month: Month) -> None:
    for account in accounts:
        fact, roles = account.fact, Counter(post.role for post in in_month(account, month))
        assert (roles["original"], roles["recommended"], roles["other"]) == (fact.originals, fact.reposted, fact.other), fact
        items = [post.item for post in in_month(account, month) if post.role == "recommended"]
        assert len(set(items)) == len(items)
        run = longest_run(account, month)
        if fact.silence:
            assert run == fact.silence
        else:
            assert run is None or (run[1] - run[0]).days + 1 <= limit_of(fact.platform)


def test_seed_month_equals_its_facts() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, web, recommended):
        check_against_facts(accounts, facts.month)
        for account in accounts:
            for post in account.posts:
                assert web.answer("GET", post.url.removeprefix(web.base)).status == 200
                if post.item is not None:
                    assert post.at.date() >= recommended[post.item][2] or account.fact.silence
        assert len({post.url for account in accounts for post in account.posts}) == sum(len(account.posts) for account in accounts)


HARD = [
    AccountFact("微信订阅号", "甲县招商", 9, 3, 4, date(2024, 2, 10), date(2024, 2, 16)),
    AccountFact("微信订阅号", "甲县民政", 9, 11, 4, date(2024, 2, 10), date(2024, 2, 17)),
    AccountFact("微信订阅号", "甲县教育", 4, 0, 0, date(2024, 1, 25), date(2024, 2, 7)),
    AccountFact("微信订阅号", "健康甲县", 0, 5, 9, date(2024, 2, 15), date(2024, 2, 29)),
    AccountFact("微信订阅号", "法治甲县", 0, 0, 0, date(2024, 2, 1), date(2024, 2, 29)),
    AccountFact("微信服务号", "甲县公安", 1, 11, 0, date(2024, 1, 10), date(2024, 2, 24)),
    AccountFact("抖音号", "甲县交警", 5, 2, 3, date(2024, 2, 2), date(2024, 2, 15)),
    AccountFact("抖音号", "甲县反诈", 3, 1, 0, date(2024, 2, 3), date(2024, 2, 17)),
    AccountFact("抖音号", "甲县文旅", 30, 0, 5, None, None),
    AccountFact("抖音号", "空号", 0, 0, 0, date(2023, 12, 1), date(2024, 2, 29)),
    AccountFact("微博", "微甲县", 6, 3, 7, None, None),
    AccountFact("微信订阅号", "甲县发布", 60, 11, 90, None, None),
]


def test_hard_month_equals_its_facts() -> None:
    with built(month_of(HARD)) as (accounts, _, _):
        check_against_facts(accounts, MONTH)


def test_originals_differ_and_copies_do_not() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, _, recommended):
        posts = [(account, post) for account in accounts for post in account.posts if not post.deleted]
        prints = {post.url: fingerprint(text_of(post)) for _, post in posts}
        own = [post for account, post in posts if post.role == "original" and account.fact.platform != "抖音号"]
        assert max(similarity(prints[one.url], prints[other.url]) for one, other in itertools.combinations(own, 2)) < 0.5
        evidence: Counter[str] = Counter()
        for account, post in posts:
            if post.role == "original" or account.fact.platform == "抖音号":
                continue
            near = max(similarity(prints[post.url], fingerprint("\n".join(entry[3]))) for entry in recommended)
            assert (near > 0.7) == (post.role == "recommended")
            if post.role == "other":
                named = post.stat == 2 or re.search(r"(来源|转自|转载自)[：丨]", text_of(post)) is not None
                earlier = [other for them, other in posts if them is not account and other.at < post.at and other.role == "original"]
                copied = max(similarity(prints[post.url], prints[other.url]) for other in earlier) > 0.7
                assert named or copied
                evidence["copied" if copied else f"stat{post.stat}"] += 1
        assert all(evidence[kind] > 5 for kind in ("copied", "stat0", "stat2"))


def test_recommended_come_in_every_disguise() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, _, recommended):
        posts = [post for account in accounts for post in account.posts if post.item is not None and account.fact.platform.startswith("微信")]
        hidden = [post for post in posts if post.item is not None and recommended[post.item][0] not in post.text.title]
        assert len(hidden) > 10
        assert {post.stat for post in hidden} == {0, 2}
        assert any("来源" not in text_of(post) and "转" not in text_of(post) and not post.stat for post in hidden)


def test_a_unit_does_not_copy_its_own_other_account() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, _, _):
        police = [account for account in accounts if account.fact.name in ("眉县公安", "眉县反诈中心") and account.fact.platform != "抖音号"]
        assert len(police) == 2
        for one, other in (police, police[::-1]):
            for post, theirs in itertools.product(in_month(one, facts.month), other.posts):
                assert similarity(fingerprint(text_of(post)), fingerprint(text_of(theirs))) < 0.6


def test_both_page_forms_say_when_and_what() -> None:
    facts = load_facts(SEED)
    seen: Counter[str] = Counter()
    with built(facts) as (accounts, web, _):
        for account in accounts:
            if not account.fact.platform.startswith("微信"):
                continue
            for post in account.posts:
                page = body(post, web)
                if post.deleted:
                    assert "该内容已被发布者删除" in page
                    assert "js_content" not in page
                    seen["deleted"] += 1
                elif "cgiDataNew" in page:
                    assert "var ct" not in page
                    values = {name: ESCAPE.sub(lambda m: chr(int(m[1], 16)), value) for name, value in re.findall(r"(\w+): JsDecode\('([^']*)'\)", page)}
                    assert values["create_time"] == f"{post.at:%Y-%m-%d %H:%M}"
                    assert (values["title"], values["nick_name"]) == (post.text.title, account.fact.name)
                    assert all(paragraph in html.unescape(values["content_noencode"] or page) for paragraph in post.text.paragraphs if post.show_type == 0)
                    assert f"copyright_stat: '{post.stat}'" in page
                    seen[f"modern {post.show_type}"] += 1
                else:
                    assert f'var ct = "{int(post.at.timestamp())}"' in page
                    assert re.search(r'<em id="publish_time"[^>]*></em>', page)
                    assert f'var copyright_stat = "{post.stat}" * 1;' in page
                    assert ('id="copyright_logo"' in page) == (post.stat == 1)
                    assert ("source_username" in page) == (post.stat == 2)
                    assert 'style="visibility: hidden; opacity: 0; "' in page
                    assert all(html.escape(paragraph) in page for paragraph in post.text.paragraphs)
                    seen[f"classic {post.stat}"] += 1
    assert all(seen[kind] >= 3 for kind in ("deleted", "modern 0", "modern 8", "modern 10", "classic 0", "classic 1", "classic 2")), seen


def test_ledgers_come_in_three_encodings_and_two_forms() -> None:
    facts = load_facts(SEED)
    encodings, headers = set(), set()
    with built(facts) as (accounts, _, _):
        for account in accounts:
            assert (account.ledger is None) == (account.fact.platform == "抖音号")
            if account.ledger is None:
                continue
            name, data = account.ledger
            assert name == f"ledgers/{account.fact.platform}-{account.fact.name}.csv"
            marked = data.startswith(b"\xef\xbb\xbf")
            try:
                text = data.decode("utf-8-sig")
                encodings.add("mark" if marked else "utf-8")
            except UnicodeDecodeError:
                text = data.decode("gbk")
                encodings.add("gbk")
            header, *rows = csv.reader(io.StringIO(text))
            headers.add(tuple(header))
            links = [row[header.index("链接")] for row in rows]
            assert sorted(links) == sorted(post.url for post in account.posts)
    assert encodings == {"mark", "utf-8", "gbk"}
    assert headers == {("链接",), ("标题", "链接", "发布时间")}


def test_deleted_articles_are_extra_and_on_days_with_a_post() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, _, _):
        gone = [(account, post) for account in accounts for post in account.posts if post.deleted]
        assert gone
        for account, post in gone:
            assert post.at.date() in {other.at.date() for other in in_month(account, facts.month)}


def test_douyin_lists_only_by_script_with_an_old_video_pinned() -> None:
    with built(month_of([replace(HARD[8], silent_from=None)])) as (accounts, web, _):
        account = accounts[0]
        assert account.url
        path = account.url.removeprefix(web.base)
        page = web.answer("GET", path).body.decode()
        assert "<li" not in page
        assert not any(post.text.paragraphs[0] in page for post in account.posts)
        sec_uid, cursor, items = path.rsplit("/", 1)[1], 0, []
        while True:
            answer = json.loads(web.answer("GET", f"/douyin/api/post/?sec_uid={sec_uid}&max_cursor={cursor}").body)
            assert answer["status_code"] == 0
            items += answer["aweme_list"]
            cursor = answer["max_cursor"]
            if not answer["has_more"]:
                break
        assert [item["is_top"] for item in items] == [1] + [0] * (len(items) - 1)
        assert len(items) == len(account.posts) == len({item["aweme_id"] for item in items})
        times = [datetime.fromtimestamp(item["create_time"], SHANGHAI) for item in items]
        assert times[0] < times[-1] - timedelta(days=60)
        assert times[1:] == sorted(times[1:], reverse=True)
        assert {item["author"]["nickname"] for item in items} == {"甲县文旅"}
        assert all(web.answer("GET", item["share_url"].removeprefix(web.base)).status == 200 for item in items)
        assert sum("来源：" in item["desc"] for item in items) == 5
        assert json.loads(web.answer("GET", "/douyin/api/post/?sec_uid=nobody&max_cursor=x").body)["aweme_list"] == []


def test_other_platforms_have_simple_dated_pages() -> None:
    with built(month_of([HARD[10]])) as (accounts, web, _):
        for post in accounts[0].posts:
            page = body(post, web)
            assert f"发布时间：{post.at:%Y-%m-%d %H:%M}" in page
            named = re.findall(r"来源：([^<]+)<", page)
            assert named == [post.repost_of] if post.repost_of else named in ([], ["微甲县"])
        assert all(post.repost_of for post in accounts[0].posts if post.role != "original")


def incident(day: int, platform: str, name: str, carrier: str, kind: str, note: str = "") -> IncidentFact:
    return IncidentFact(date(2024, 2, day), "县某局", f"政务新媒体/{platform}/{name}", carrier, kind, note)


@pytest.mark.parametrize("number", [0, 3, 5, 6, 10])
def test_incidents_sit_in_the_post_of_their_day(number: int) -> None:
    fact = HARD[number]
    planted: tuple[IncidentFact, ...] = (
        incident(26 if number == 5 else 9, fact.platform, fact.name, "新媒体正文", "expression", "新疆省"),
        incident(26 if number == 5 else 9, fact.platform, fact.name, "新媒体正文", "resident-id"),
    )
    if number == 6:
        planted = tuple(replace(one, date=date(2024, 2, 20)) for one in planted)
    with built(month_of([fact], planted)) as (accounts, web, _):
        check_against_facts(accounts, MONTH)
        loaded = [post for post in accounts[0].posts if post.planted]
        assert [post.at.date() for post in loaded] == [planted[0].date]
        page = body(loaded[0], web)
        assert "新疆省" in page
        assert re.search(r"(?<!\d)\d{17}[\dX](?!\d)", page)
        assert loaded[0].role == ("original" if fact.originals else "other")
        clean = [body(post, web) for post in accounts[0].posts if not post.planted]
        assert not any("新疆省" in text for text in clean)


def test_a_planted_picture_is_shown_on_the_page() -> None:
    planted = (incident(9, "微信订阅号", "甲县招商", "附件图片", "mobile"),)
    with built(month_of([HARD[0]], planted)) as (accounts, web, _):
        post = next(post for post in accounts[0].posts if post.planted)
        assert f'data-src="{post.picture}"' in body(post, web) or post.picture in body(post, web)
        picture = web.answer("GET", post.picture.removeprefix(web.base))
        assert (picture.content_type, picture.body[:4]) == ("image/png", b"\x89PNG")


def test_clean_posts_hold_no_bare_numbers() -> None:
    facts = load_facts(SEED)
    with built(facts) as (accounts, _, _):
        text = "\n".join(post.text.title + text_of(post) for account in accounts for post in account.posts)
        assert not re.search(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{15,19}(?!\d)", text)
        assert "0917-5542" in text
        assert "610326********1238" in text


def test_the_same_facts_give_the_same_bytes() -> None:
    facts = load_facts(SEED)

    def pages() -> dict[str, bytes]:
        with built(facts) as (accounts, web, _):
            shown = {post.url.removeprefix(web.base): body(post, web).replace(web.base, "").encode() for account in accounts for post in account.posts}
            ledgers = {account.ledger[0]: account.ledger[1].replace(web.base.encode(), b"") for account in accounts if account.ledger}
            return shown | ledgers

    assert pages() == pages()


def test_rewording_keeps_a_text_recognisable_only_by_its_words() -> None:
    facts = month_of([])
    rng = seeded(facts, "x")
    text = Writer().write("教育", date(2024, 2, 3), rng)
    again = reworded(text, rng)
    assert again.title != text.title
    assert again.paragraphs != text.paragraphs
    assert similarity(fingerprint("\n".join(text.paragraphs)), fingerprint("\n".join(again.paragraphs))) > 0.7
