"""Login, throttling, tokens, headers, scripts, keys."""

import io
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk_world import PASSWORD, ROOT, leak, routes, save

Desk = Callable[..., Any]
TEMPLATES = sorted((ROOT / "service" / "desk" / "templates").rglob("*.html"))


@pytest.fixture
def known(people: dict[str, Any]) -> Any:
    people["reviewer"].set_password(PASSWORD)
    people["reviewer"].save()
    return people["reviewer"]


def login(browser: Any, password: str, **more: str) -> Any:
    return browser.post("/login/", {"username": "reviewer", "password": password, **more})


def test_login_leads_to_today_or_to_where_one_wanted(desk: Desk, known: Any) -> None:
    assert login(desk(None), PASSWORD)["Location"] == "/"
    assert login(desk(None), PASSWORD, next="/findings/?state=all")["Location"] == "/findings/?state=all"
    assert login(desk(None), PASSWORD, next="https://evil.example/")["Location"] == "/"


def test_a_wrong_password_is_told_and_the_sixth_try_waits(desk: Desk, known: Any) -> None:
    browser = desk(None)
    first = login(browser, "falsch")
    assert "用户名或密码不对" in first.content.decode()
    for _ in range(4):
        last = login(browser, "falsch")
    assert last.status_code == 429
    assert "15 分钟" in last.content.decode()
    assert login(browser, PASSWORD).status_code == 429
    assert desk(None).post("/login/", {"username": "reviewer", "password": PASSWORD}, REMOTE_ADDR="10.0.0.9").status_code == 302


def test_a_one_time_password_must_be_changed_first(desk: Desk, known: Any) -> None:
    from service.desk.models import Profile

    Profile.objects.filter(user=known).update(must_change=True)
    browser = desk("reviewer")
    assert browser.get("/findings/")["Location"] == "/password/"
    weak = browser.post("/password/", {"old_password": PASSWORD, "new_password1": "123456", "new_password2": "123456"})
    assert "error-summary" in weak.content.decode()
    same = browser.post("/password/", {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD})
    assert "不能与原密码相同" in same.content.decode()
    good = browser.post("/password/", {"old_password": PASSWORD, "new_password1": PASSWORD + "x", "new_password2": PASSWORD + "x"})
    assert good["Location"] == "/"
    assert browser.get("/findings/").status_code == 200


def test_every_post_without_a_token_is_refused(desk: Desk, home: Path) -> None:
    from service.desk.access import roles_of

    (finding,) = save(home, "县乡村振兴局", findings=(leak(),))
    browser = desk("administrator", enforce_csrf_checks=True)
    for route, pattern in routes():
        if roles_of(pattern.callback) is None:
            continue
        path = "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda hole: finding.id if hole[2] == "uid" else "1", route)
        assert browser.post(path, {"decision": "误报", "reason": "x"}).status_code in (403, 405), path
    from core.store.models import Verdict

    assert not Verdict.objects.exists()
    assert "表单已过期" in browser.post("/findings/verdicts/").content.decode()


def test_headers_of_every_answer(desk: Desk) -> None:
    for browser, path in ((desk(None), "/login/"), (desk("reviewer"), "/"), (desk("reviewer"), "/nowhere/"), (desk("officer"), "/users/")):
        answer = browser.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "SAMEORIGIN"
        assert answer["Referrer-Policy"] == "same-origin"
        assert "no-store" in answer["Cache-Control"]


def test_cookies_are_kept_from_scripts_and_end_with_the_day(desk: Desk, known: Any) -> None:
    browser = desk(None)
    login(browser, PASSWORD)
    cookie = browser.cookies["xuncha_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["max-age"]
    from django.conf import settings

    assert settings.SESSION_COOKIE_AGE <= 12 * 3600


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_script_style_or_a_foreign_address(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)", text), "inline script"
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text), "inline style or handler"
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text), "foreign address"
    assert "|safe" not in text
    assert not re.search(r"\{%\s*autoescape off", text)


def test_every_form_that_posts_carries_the_token() -> None:
    for path in TEMPLATES:
        for form in re.findall(r"<form[^>]*method=.post.*?</form>", path.read_text(encoding="utf-8"), re.S):
            assert "{% csrf_token %}" in form, path.name


def test_the_key_file_is_made_once_and_read_by_the_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.errors import EnvironmentFailure
    from service.desk.secret import secret_key

    monkeypatch.delenv("XUNCHA_SECRET_KEY", raising=False)
    key = secret_key(tmp_path / "new")
    assert len(key) >= 50
    assert secret_key(tmp_path / "new") == key
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    (tmp_path / "new" / "secret.key").write_text("")
    with pytest.raises(EnvironmentFailure, match="太短"):
        secret_key(tmp_path / "new")
    monkeypatch.setenv("XUNCHA_SECRET_KEY", "k" * 40)
    assert secret_key(tmp_path / "new") == "k" * 40


def test_the_first_start_makes_one_administrator(home: Path) -> None:
    from django.contrib.auth.models import User

    from service.desk.opening import first_administrator

    name, password = first_administrator() or ("", "")
    assert User.objects.get(username=name).check_password(password)
    assert User.objects.get(username=name).profile.must_change
    assert first_administrator() is None


def test_nothing_of_a_failed_request_is_quoted(home: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import logging

    from service.desk.logs import Brief
    from service.desk.views import findings

    handler = logging.StreamHandler(lines := io.StringIO())
    handler.setFormatter(Brief())
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [handler])

    def broken(*_: Any) -> None:
        raise RuntimeError("610326199003071238")

    monkeypatch.setattr(findings, "list_of", broken)
    answer = desk("reviewer", raise_request_exception=False).get("/findings/")
    assert answer.status_code == 500
    assert "页面出错了" in answer.content.decode()
    assert "610326199003071238" not in answer.content.decode()
    assert "RuntimeError at test_security.py" in lines.getvalue()
    assert "610326199003071238" not in lines.getvalue()


def test_deployment_checks_pass_behind_tls(tmp_path: Path) -> None:
    import os

    environment = {**os.environ, "XUNCHA_HOME": str(tmp_path), "XUNCHA_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "service.desk.settings"}
    command = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
