"""A unit's officer follows every link there is: nowhere stands the name of another unit, and no address of the office's opens."""

import re
from collections import Counter
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import urljoin

from browser.desk_server import MONTH, Desk
from browser.prepare import OFFICER, OTHER

HREF = re.compile(r'(?:href|hx-get|action)="([^"]+)"')
OWN_WORDS = re.compile("/help/|/evidence/|/text/")  # the manual, and what the unit itself has published: they may name anybody
TAGS = re.compile(r"<(?:script|style).*?</(?:script|style)>|<[^>]+>", re.DOTALL)


def strangers(desk: Desk) -> re.Pattern[str]:
    """The names of all other units; those that are part of the own one's, or of words the desk itself uses, cannot tell."""
    own = desk.units[OFFICER]
    names = {name for unit, written in desk.units.items() if unit != OFFICER for name in written if len(name) > 3}
    return re.compile("|".join(re.escape(name) for name in sorted(names - {"信息中心", "县信息中心"}) if not any(name in mine for mine in own)))


def follow(desk: Desk, context: Any, most: int) -> dict[str, str]:
    """The pages of the desk that can be reached from 今日 by links, with their text; of one route as many as `most`."""
    queue, pages, seen = [f"{desk.base}/", f"{desk.base}/?month={MONTH}"], dict[str, str](), Counter[str]()
    while queue:
        address = queue.pop(0)
        route = desk.route_of(address)
        if address in pages or route is None or seen[route["name"]] >= most:
            continue
        seen[route["name"]] += 1
        answer = context.request.get(address, headers={"Referer": f"{desk.base}/"})
        if answer.status == 405:  # the address of a form
            continue
        kind = answer.headers.get("content-type", "")
        text = answer.text() if "html" in kind or "text" in kind else ""
        pages[address] = f"{answer.status} {unescape(TAGS.sub(' ', text))}"
        found = (urljoin(answer.url, unescape(href)).partition("#")[0] for href in HREF.findall(text) if not href.startswith("#"))
        queue += [href for href in found if href.startswith(f"{desk.base}/") and "/static/" not in href and "/logout/" not in href]
    return pages


def test_an_officer_who_follows_every_link_meets_no_other_unit(desk: Desk, as_role: Callable[..., Any]) -> None:
    pages, names = follow(desk, as_role("officer"), 10), strangers(desk)
    assert len(pages) > 20
    met = [
        f"{address.removeprefix(desk.base)}：{found[0]}" for address, text in pages.items() if not OWN_WORDS.search(address) and (found := names.search(text))
    ]
    assert not met
    assert not [f"{address}：{text[:60]}" for address, text in pages.items() if not text.startswith("200")]
    assert any("关于2023年10月临时救助对象名单的公示" in text for text in pages.values())


def test_what_another_unit_and_the_office_can_open_is_shut_to_the_officer(desk: Desk, as_role: Callable[..., Any]) -> None:
    officer, shut = as_role("officer"), dict[str, int]()
    wanted = follow(desk, as_role("other"), 4).keys() - follow(desk, officer, 4).keys()
    names = strangers(desk)
    for address in sorted(wanted):
        answer = officer.request.get(address)
        found = names.search(unescape(TAGS.sub(" ", answer.text())))
        assert not found, f"{address}：{found}"
        shut[address] = answer.status
    assert OTHER in names.pattern
    assert 404 in shut.values()
    assert not [address for address, status in shut.items() if status not in (200, 404)]
