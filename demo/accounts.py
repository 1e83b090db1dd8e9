"""The county's new-media accounts on the web: 微信 ledgers with article pages, 抖音 pages, simple pages of other platforms."""

import csv
import hashlib
import io
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from core.calendar import SHANGHAI
from demo import wechat
from demo.douyin import Douyin, Video
from demo.facts import AccountFact, Facts
from demo.media import Text, Writer, respaced, reworded, topic_of, words
from demo.media_plan import Role, Schedule, Slot, schedule, seeded
from demo.pictures import scenery
from demo.web import Page, Web

Recommended = tuple[str, str, date, tuple[str, ...]]  # title, address, date, paragraphs
DOUYIN = "抖音号"
_WECHAT = ("微信订阅号", "微信服务号")
_PICTURE = "/media/scenery.png"


@dataclass(frozen=True, slots=True)
class MediaPost:
    """A post as built; `picture` is planted in it, `deleted` ones are in the ledger alone."""

    at: datetime
    role: Role
    text: Text
    url: str = ""
    item: int | None = None
    stat: int = 0
    show_type: int = 0
    repost_of: str = ""
    picture: str = ""
    planted: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class BuiltAccount:
    """An account on the web: `url` of its page, or `ledger` (name and bytes) of the file with its links."""

    fact: AccountFact
    posts: tuple[MediaPost, ...]
    url: str | None = None
    ledger: tuple[str, bytes] | None = None


def build_accounts(facts: Facts, web: Web, recommended: Sequence[Recommended], owners: Mapping[tuple[str, str], str]) -> tuple[BuiltAccount, ...]:
    """Put every account of the facts on the web, in the facts' order; `owners` is the unit of each platform and name."""
    web.add(_PICTURE, Page(scenery(), "image/png"))
    writer, platform = Writer(), Douyin(web)
    schedules = [schedule(facts, account, number, [entry[2] for entry in recommended]) for number, account in enumerate(facts.accounts)]
    originals = [_originals(facts, plan, web, writer) for plan in schedules]
    built = []
    for number, plan in enumerate(schedules):
        earlier = _others(number, schedules, originals, owners)
        posts = [*originals[number], *_reposts(facts, plan, recommended, earlier, writer, web)]
        posts.sort(key=lambda post: post.at)
        if plan.account.platform == DOUYIN:
            built.append(_publish_videos(facts, web, platform, plan.account, posts))
        else:
            built.append(_publish(facts, web, number, plan.account, posts))
    return tuple(built)


def _others(number: int, schedules: Sequence[Schedule], originals: Sequence[Sequence[MediaPost]], owners: Mapping[tuple[str, str], str]) -> list[MediaPost]:
    """Full articles of other units' accounts, which this account may copy; a unit's text on another of its own accounts is no repost."""
    keys = [(plan.account.platform, plan.account.name) for plan in schedules]
    return [
        post
        for key, posts in zip(keys, originals, strict=True)
        if key[0] in _WECHAT and owners.get(key, key[1]) != owners.get(keys[number], keys[number][1])
        for post in posts
        if not post.planted and post.show_type == 0
    ]


def _originals(facts: Facts, plan: Schedule, web: Web, writer: Writer) -> list[MediaPost]:
    """The account's own posts: some declared, some picture or text posts, some with traps (own source line, a plea not to copy)."""
    account, posts = plan.account, []
    rng = seeded(facts, "originals", account.platform, account.name)
    for number, slot in enumerate(slot for slot in plan.slots if slot.role == "original"):
        if slot.incidents:
            posts.append(_planted(facts, slot, web, rng))
            continue
        show_type = {2: 8, 4: 10}.get(number % 6, 0) if account.platform in _WECHAT else 0
        text = writer.write(topic_of(account.name), slot.at.date(), rng, short=show_type != 0 or account.platform == DOUYIN)
        if show_type == 0 and number % 7 == 3:
            text = replace(text, paragraphs=(*text.paragraphs, f"来源：{account.name}"))
        elif show_type == 0 and number % 7 == 5:
            text = replace(text, paragraphs=(*text.paragraphs, f"转载请注明出处：{account.name}"))
        posts.append(MediaPost(slot.at, slot.role, text, stat=int(number % 4 == 0), show_type=show_type))
    return posts


def _planted(facts: Facts, slot: Slot, web: Web, rng: random.Random) -> MediaPost:
    """A post that carries incidents, in its text or in a picture of it."""
    from demo.incidents import carry

    title, picture = "", ""
    paragraphs: list[str] = []
    for carrier in dict.fromkeys(incident.carrier for incident in slot.incidents):
        carried = carry([incident for incident in slot.incidents if incident.carrier == carrier], rng)
        title = title or carried.title
        paragraphs += carried.paragraphs
        for _, data in carried.files:
            picture = f"/media/{hashlib.sha256(data).hexdigest()[:20]}.png"
            if picture not in web.paths:
                web.add(picture, Page(data, "image/png"))
    return MediaPost(slot.at, slot.role, Text(title, tuple(paragraphs)), picture=picture and web.base + picture, planted=True)


def _reposts(facts: Facts, plan: Schedule, recommended: Sequence[Recommended], earlier: Sequence[MediaPost], writer: Writer, web: Web) -> list[MediaPost]:
    """The account's reposts, of the recommended list and others, each kind of evidence in turn."""
    account, posts = plan.account, []
    rng = seeded(facts, "reposts", account.platform, account.name)
    for number, slot in enumerate(slot for slot in plan.slots if slot.role != "original"):
        if slot.role == "recommended" and slot.item is not None:
            title, _, _, paragraphs = recommended[slot.item]
            post = _recommended(slot, Text(title, tuple(paragraphs)), number, account.platform, rng)
        else:
            post = _other(slot, number, account, [post for post in earlier if post.at < slot.at - timedelta(hours=1)], writer, rng)
        if slot.incidents:
            post = _loaded(post, _planted(facts, slot, web, rng), slot, recommended, rng)
        posts.append(post)
    return posts


def _loaded(post: MediaPost, carried: MediaPost, slot: Slot, recommended: Sequence[Recommended], rng: random.Random) -> MediaPost:
    """A repost that carries incidents too; what was added must not hide that it is one, so its title or a source line says so."""
    medium = post.repost_of or rng.choice(words()["media"])
    title = post.text.title if slot.item is None else recommended[slot.item][0]
    paragraphs = (*carried.text.paragraphs, *post.text.paragraphs)
    if slot.item is None and not post.stat:
        paragraphs = (*paragraphs, f"来源：{medium}")
    return replace(post, text=Text(title, paragraphs), picture=carried.picture, planted=True, repost_of=medium)


def _recommended(slot: Slot, text: Text, number: int, platform: str, rng: random.Random) -> MediaPost:
    """A repost of the recommended list."""
    post = MediaPost(slot.at, slot.role, text, item=slot.item)
    if platform == DOUYIN:
        return replace(post, text=Text(text.title, (f"{text.title} #转自陕西省人民政府网站",)))
    if platform not in _WECHAT:
        return replace(post, text=reworded(text, rng), repost_of="陕西省人民政府网站")
    if number % 4 == 0:
        return replace(post, text=reworded(text, rng))
    if number % 4 == 1:
        return replace(post, text=reworded(text, rng), stat=2, repost_of="陕西发布")
    if number % 4 == 2:
        return replace(post, text=_sourced(reworded(text, rng), "陕西省人民政府网站", rng))
    return replace(post, text=Text(text.title, respaced(text.paragraphs, rng)))


def _other(slot: Slot, number: int, account: AccountFact, earlier: Sequence[MediaPost], writer: Writer, rng: random.Random) -> MediaPost:
    """A repost of something else: declared so by the platform, named so by a line, or a copy of another account's earlier text."""
    medium = rng.choice(words()["media"])
    if account.platform in _WECHAT and number % 3 == 2 and earlier:
        return MediaPost(slot.at, slot.role, reworded(rng.choice(earlier).text, rng))
    text = writer.write(rng.choice(tuple(words()["topics"])), slot.at.date(), rng, short=account.platform == DOUYIN)
    if account.platform == DOUYIN:
        return MediaPost(slot.at, slot.role, replace(text, paragraphs=(f"{text.title}。来源：{medium}",)))
    if account.platform not in _WECHAT:
        return MediaPost(slot.at, slot.role, text, repost_of=medium)
    if number % 3 == 0:
        return MediaPost(slot.at, slot.role, text, stat=2, repost_of=medium)
    return MediaPost(slot.at, slot.role, _sourced(text, medium, rng))


def _sourced(text: Text, medium: str, rng: random.Random) -> Text:
    """The text with a line that names where it comes from, at its end or at its head."""
    line = rng.choice(words()["sources"]).format(medium=medium)
    return replace(text, paragraphs=(line, *text.paragraphs) if rng.random() < 0.4 else (*text.paragraphs, line))


def _publish(facts: Facts, web: Web, number: int, account: AccountFact, posts: list[MediaPost]) -> BuiltAccount:
    """The account's pages on the web, and its ledger where it has one."""
    if account.platform in _WECHAT and number % 3 == 0:
        posts = _with_deleted(facts, account, posts)
    shown = []
    for turn, post in enumerate(posts):
        key = f"{facts.month}/{account.platform}/{account.name}/{turn}"
        path = _path(account, key, turn, post)
        post = replace(post, url=web.base + path)
        web.add(path, Page(_page(post, account, turn, web)))
        shown.append(post)
    name = f"ledgers/{account.platform}-{account.name}.csv"
    return BuiltAccount(account, tuple(shown), ledger=(name, _ledger(shown, number)))


def _with_deleted(facts: Facts, account: AccountFact, posts: list[MediaPost]) -> list[MediaPost]:
    """With one more that was taken down after it was entered in the ledger, on a day that has another post."""
    days = sorted({post.at.date() for post in posts if post.at.date() in facts.month})
    if not days:
        return posts
    rng = seeded(facts, "deleted", account.platform, account.name)
    gone = datetime.combine(rng.choice(days), datetime.min.time(), tzinfo=SHANGHAI) + timedelta(hours=11, seconds=17)
    return sorted([*posts, MediaPost(gone, "original", Text("文化活动预告", ()), deleted=True)], key=lambda post: post.at)


def _publish_videos(facts: Facts, web: Web, platform: Douyin, account: AccountFact, posts: list[MediaPost]) -> BuiltAccount:
    """The account's videos and, pinned above them, one of half a year ago."""
    shown, videos = [], []
    sec_uid = "MS4wLjAB" + _token(f"{facts.month}/{account.platform}/{account.name}", 24)
    pinned_at = datetime.combine(facts.month.plus(-6).first, datetime.min.time(), tzinfo=SHANGHAI) + timedelta(days=8, hours=10)
    pinned = MediaPost(pinned_at, "original", Text("", (f"我是{account.name}，感谢您的关注，有事请留言。",)))
    for turn, post in enumerate([pinned, *posts]):
        digits = str(int(hashlib.sha256(f"{sec_uid}/{turn}".encode()).hexdigest(), 16))
        aweme = "7" + digits[:18]
        post = replace(post, url=f"{web.base}/douyin/video/{aweme}")
        text = post.text.paragraphs[0] if not post.planted else "".join(post.text.paragraphs)
        videos.append(Video(aweme, text, post.at, top=turn == 0, cover=post.picture))
        shown.append(post)
    return BuiltAccount(account, tuple(shown), url=platform.publish(account.name, sec_uid, videos))


def _path(account: AccountFact, key: str, turn: int, post: MediaPost) -> str:
    """Where the article is: the short form, every third one the long form with a query."""
    if account.platform not in _WECHAT:
        return f"/media/{_token(key, 12)}.html"
    if turn % 3 == 2:
        mid = 2247480000 + int(_token(key, 4, "0123456789"))
        return f"/s?__biz=MzA3{_token(account.name, 8)}%3D%3D&mid={mid}&idx=1&sn={hashlib.sha256(key.encode()).hexdigest()[:32]}"
    return f"/s/{_token(key, 22)}"


def _page(post: MediaPost, account: AccountFact, turn: int, web: Web) -> bytes:
    if post.deleted:
        return wechat.deleted()
    pictures = (post.picture,) if post.picture else ((web.base + _PICTURE,) if post.show_type == 8 else ())
    article = wechat.Article(
        url=post.url,
        title=post.text.title,
        paragraphs=post.text.paragraphs,
        at=post.at,
        nickname=account.name,
        user_name="gh_" + hashlib.sha256(f"{account.platform}/{account.name}".encode()).hexdigest()[:12],
        stat=post.stat,
        repost_of=post.repost_of,
        show_type=post.show_type,
        pictures=pictures,
    )
    if account.platform not in _WECHAT:
        return wechat.plain(article)
    return wechat.modern(article) if post.show_type or turn % 4 == 1 else wechat.classic(article)


def _ledger(posts: Sequence[MediaPost], number: int) -> bytes:
    """The ledger as handed in: links alone or with title and time, newest first or last, in one of three encodings."""
    sheet = io.StringIO()
    writer = csv.writer(sheet)
    bare = number % 4 == 2
    writer.writerow(["链接"] if bare else ["标题", "链接", "发布时间"])
    form = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M:%S")[number % 3]
    for post in posts if number % 2 else reversed(posts):
        writer.writerow([post.url] if bare else [post.text.title, post.url, post.at.strftime(form)])
    return sheet.getvalue().encode(("utf-8-sig", "gb18030", "utf-8")[number % 3])


def _token(key: str, length: int, alphabet: str = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ_-23456789") -> str:
    """A name that depends on the key alone."""
    number, out = int(hashlib.sha256(key.encode()).hexdigest(), 16), []
    for _ in range(length):
        number, index = divmod(number, len(alphabet))
        out.append(alphabet[index])
    return "".join(out)
