"""Who gets where, generated over every route: a new page without a role, or one that shows another unit's rows, fails by itself."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_world import MINE, NOW, OTHERS, leak, routes, save

Desk = Callable[..., Any]
WORDS = ("机密事项甲", "机密事项乙")  # titles that only MINE's, only OTHERS' posts carry


def addresses(values: dict[str, Any]) -> list[tuple[str, Any]]:
    """Every route with these values in its holes; a hole without a value is filled with 1."""
    filled = []
    for route, pattern in routes():
        path = re.sub(r"<(?:(\w+):)?(\w+)>", lambda hole: str(values.get(hole[2], {"slug": "x", "str": "x", "path": "x"}.get(hole[1] or "str", 1))), route)
        filled.append(("/" + path, pattern))
    return filled


def test_every_route_declares_who_may_call_it(home: Path) -> None:
    from service.desk.access import roles_of

    undeclared = [route for route, pattern in routes() if roles_of(pattern.callback) is None]
    assert not undeclared
    public = {route for route, pattern in routes() if roles_of(pattern.callback) == frozenset()}
    assert public == {"login/", "logout/", "healthz"}


def test_a_stranger_sees_only_the_login(desk: Desk) -> None:
    from service.desk.access import roles_of

    browser = desk(None)
    for path, pattern in addresses({}):
        if roles_of(pattern.callback):
            answer = browser.get(path)
            assert answer.status_code == 302, path
            assert answer["Location"].startswith("/login/"), path
            assert browser.post(path).status_code == 302, path


@pytest.mark.parametrize("role", ["administrator", "reviewer", "director", "officer"])
def test_each_role_gets_exactly_its_pages(desk: Desk, home: Path, people: dict[str, Any], role: str) -> None:
    from service.desk.access import roles_of

    (finding,) = save(home, MINE, findings=(leak(),))
    browser = desk(role)
    for path, pattern in addresses({"uid": finding.id, "pk": people["other"].pk}):
        roles = roles_of(pattern.callback)
        if not roles:
            continue
        for method in (browser.get, browser.post):
            status = method(path).status_code
            if role in roles:
                assert status in (200, 302, 400, 404, 405, 422), f"{path} → {status}"
            else:
                assert status == 403, f"{path} → {status}"


def test_an_officer_reaches_nothing_of_another_unit(desk: Desk, home: Path) -> None:
    """By any address with the other's ids, by any filter, and in no answer is there a word of the other's."""
    from core.store import models
    from service.desk.models import AuditEntry, KeptDraft, SavedFilter

    save(home, MINE, 1, title=WORDS[0], text="正文一", findings=(leak(message=WORDS[0]),))
    (other,) = save(home, OTHERS, 2, title=WORDS[1], text="正文二", findings=(leak(message=WORDS[1]),))
    post = models.Post.objects.get(title=WORDS[1])
    entry = AuditEntry.objects.create(county="meixian", at=NOW, who="reviewer", action="处理：确认", detail={"verdicts": [1]})
    draft = KeptDraft.objects.create(county="meixian", unit=OTHERS, who="other", name=WORDS[1], evidence="0" * 64, kept_at=NOW)
    for values in (
        {"uid": other.id, "entry": entry.pk, "pk": post.pk, "post": post.pk},
        {"uid": other.id, "pk": draft.pk, "unit": OTHERS, "name": OTHERS, "source": post.source, "column": post.source},
    ):
        browser = desk("officer")
        for path, _ in addresses(values):
            for query in ("", f"?unit={OTHERS}&state=all", f"?post={post.pk}&state=all&open={other.id}", f"?source={post.source}&month=2023-10"):
                answer = browser.get(path + query)
                content = b"".join(answer.streaming_content) if answer.streaming else answer.content
                assert WORDS[1] not in content.decode("utf-8", "ignore"), path + query
            browser.post(path, {"uid": other.id, "decision": "申诉", "reason": "试", "all": "1", "query": f"unit={OTHERS}&state=all", "unit": OTHERS})
            browser = desk("officer")
    assert not models.Verdict.objects.filter(subject=f"finding/{other.id}").exists()
    assert models.Finding.objects.get(uid=other.id).state == "new"
    assert SavedFilter.objects.count() <= 1
    assert WORDS[0] in desk("officer").get("/findings/").content.decode()


def test_a_user_of_another_county_is_refused(desk: Desk, people: dict[str, Any]) -> None:
    from service.desk.models import Profile

    Profile.objects.filter(user=people["reviewer"]).update(county="elsewhere")
    answer = desk("reviewer").get("/")
    assert answer.status_code == 403
    assert "没有分配角色" in answer.content.decode()


def test_the_unit_is_known_by_all_its_names(home: Path, desk: Desk) -> None:
    """Annexes write one unit in several ways; its officer sees the rows of each, and of no other."""
    from core.store import models
    from service.desk import county

    unit = next(item for item in county.current().units if item.aliases)
    from service.desk.models import Profile

    Profile.objects.filter(user__username="officer").update(unit=unit.name)
    save(home, MINE, findings=(leak(),))
    models.Finding.objects.update(unit=unit.aliases[0])
    assert "正文中出现完整身份证号" in desk("officer").get("/findings/").content.decode()
