"""用户 and the log."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from desk_world import MINE, PASSWORD

Desk = Callable[..., Any]


def form(**more: str) -> dict[str, str]:
    return {"username": "zhangsan", "name": "张三", "role": "officer", "unit": MINE, **more}


def test_a_new_officer_gets_a_password_shown_once(desk: Desk, people: dict[str, Any]) -> None:
    from django.contrib.auth.models import User

    page = desk("administrator").post("/users/new/", form()).content.decode()
    found = re.search(r'class="secret">([^<]+)<', page)
    assert found
    user = User.objects.get(username="zhangsan")
    assert user.check_password(found[1])
    assert (user.profile.role, user.profile.unit, user.profile.must_change) == ("officer", MINE, True)
    assert found[1] not in desk("administrator").get("/users/audit/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"username": "officer"}, "已经有人用了"),
        ({"username": "OFFICER"}, "已经有人用了"),
        ({"username": ""}, "error-summary"),
        ({"username": "a b"}, "error-summary"),
        ({"unit": ""}, "必须选择单位"),
        ({"unit": "没有的单位"}, "没有这个单位"),
        ({"role": "king"}, "error-summary"),
        ({"name": "x" * 31}, "error-summary"),
    ],
)
def test_wrong_input_is_told_beside_the_field(desk: Desk, people: dict[str, Any], wrong: dict[str, str], said: str) -> None:
    from django.contrib.auth.models import User

    before = User.objects.count()
    page = desk("administrator").post("/users/new/", form(**wrong)).content.decode()
    assert said in page
    assert "field-error" in page
    assert User.objects.count() == before


def test_the_last_administrator_stays(desk: Desk, people: dict[str, Any]) -> None:
    admin = people["administrator"]
    browser = desk("administrator")
    page = browser.post(f"/users/{admin.pk}/", {"username": "administrator", "name": "甲", "role": "reviewer", "unit": ""}).content.decode()
    assert "最后一位管理员" in page
    assert "最后一位管理员" in browser.post(f"/users/{admin.pk}/active/", {"active": "0"}, follow=True).content.decode()
    admin.refresh_from_db()
    assert admin.is_active


def test_a_closed_account_is_out_at_once(desk: Desk, people: dict[str, Any]) -> None:
    officer = desk("officer")
    assert officer.get("/").status_code == 200
    desk("administrator").post(f"/users/{people['officer'].pk}/active/", {"active": "0"})
    assert officer.get("/").status_code == 302
    desk("administrator").post(f"/users/{people['officer'].pk}/active/", {"active": "1"})
    assert desk("officer").get("/").status_code == 200


def test_a_reset_ends_old_sessions_and_asks_for_a_new_password(desk: Desk, people: dict[str, Any]) -> None:
    people["officer"].set_password(PASSWORD)
    people["officer"].save()
    old = desk("officer")
    assert old.get("/").status_code == 200
    page = desk("administrator").post(f"/users/{people['officer'].pk}/password/").content.decode()
    assert "一次性密码" in page
    assert old.get("/")["Location"].startswith("/login/")
    people["officer"].refresh_from_db()
    assert not people["officer"].check_password(PASSWORD)
    assert people["officer"].profile.must_change


def test_the_log_names_who_did_what(desk: Desk, people: dict[str, Any]) -> None:
    browser = desk("administrator")
    browser.post("/users/new/", form())
    page = browser.get("/users/audit/").content.decode()
    assert "新建用户" in page
    assert "user/zhangsan" in page
    assert "user/zhangsan" not in browser.get("/users/audit/?action=停用用户").content.decode()
