"""The store and the vault: idempotent, versioned, and without a raw value outside the vault. One process has one home, so each test is its own process."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core.errors import VaultError
from core.store.vault import Vault

ID, MOBILE = "610326199003071238", "13812345678"
PRELUDE = f"""
import sys
from datetime import datetime, timedelta
from pathlib import Path
from core.calendar import SHANGHAI
from core.records import Attachment, Finding, Observation, Post, Receipt, Verdict
from core.store import findings, observations, outbox, posts, runs
from core.store.setup import open_store
from core.store.vault import Vault
home = open_store(Path(sys.argv[1]))
vault = Vault.open(home)
now = datetime(2023, 11, 1, 2, 0, tzinfo=SHANGHAI)
ID, MOBILE = "{ID}", "{MOBILE}"
def post(**more):
    base = dict(source="s", url="http://x/1", title="公示 " + MOBILE, published_at=now, text="身份证 " + ID, body="<p>" + ID + "</p>", page=ID.encode(), attachments=(Attachment("http://x/a", MOBILE + ".xlsx", vault.put(ID.encode())),))
    return Post(**{{**base, **more}})
run = runs.start_run("c", "crawl", now)
"""


def process(tmp_path: Path, code: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1]), "PYTHONWARNINGS": "error"}
    result = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(code), str(tmp_path / "home")],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr


def test_saving_twice_adds_nothing_and_a_change_keeps_the_old_version(tmp_path: Path) -> None:
    process(
        tmp_path,
        """
        from core.store import models
        assert [posts.save_post("c", run, post(), now, vault) for _ in range(2)] == ["new", "same"]
        assert posts.save_post("c", run, post(page=b"another counter"), now, vault) == "same"
        assert posts.save_post("c", run, post(text="改过"), now + timedelta(days=1), vault) == "changed"
        assert posts.save_post("c", run, post(state="unread", text=""), now, vault) == "same"
        assert posts.save_post("other county", run, post(), now, vault) == "new"
        assert models.PostVersion.objects.count() == 1
        (stored,) = posts.posts("c")
        assert (stored.version, stored.state) == (2, "live")
        assert posts.read_content(vault, stored.content_key)["text"] == "改过"
        assert posts.known_urls("c", "s", "暂时") == {"http://x/1"}
        """,
    )


def test_no_raw_value_outside_the_vault_and_none_in_clear_inside(tmp_path: Path) -> None:
    process(tmp_path, 'posts.save_post("c", run, post(), now, vault)')
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert any(path.parent.parent.name == "vault" for path in files)
    for path in files:
        data = path.read_bytes()
        assert ID.encode() not in data, path
        assert MOBILE.encode() not in data, path
        assert MOBILE not in str(path)


def test_findings_open_close_and_open_again(tmp_path: Path) -> None:
    process(
        tmp_path,
        """
        posts.save_post("c", run, post(), now, vault)
        (stored,) = posts.posts("c")
        leak = Finding("privacy/resident-id", "veto", "m", unit="u", url="http://x/1", masked="610326********1238", reasons=("因为",), county="c")
        draft = lambda new: [findings.Draft("u", "mail", "u@x", tuple(new), lambda told: outbox.Message("s", "b"))]
        assert findings.record_check("c", stored, "r1", [leak], now, draft) == [leak]
        assert findings.record_check("c", stored, "r1", [leak], now, draft) == []
        assert [f for _, f in findings.open_findings("c")] == [leak]
        assert len(outbox.waiting_alerts("c")) == 1
        assert findings.record_check("c", stored, "r2", [], now, draft) == []
        assert findings.open_findings("c") == []
        assert findings.record_check("c", stored, "r2", [leak], now, draft) == [leak]
        (alert,) = outbox.waiting_alerts("c")
        assert outbox.claim(alert, now, timedelta(minutes=10))
        assert not outbox.claim(alert, now, timedelta(minutes=10))
        outbox.mark_retry(alert.pk, now + timedelta(minutes=1), "连接失败")
        assert outbox.due_alerts("c", now) == []
        (alert,) = outbox.due_alerts("c", now + timedelta(minutes=1))
        assert (alert.tries, alert.note) == (1, "连接失败")
        outbox.mark_sent(alert.pk, now)
        assert outbox.waiting_alerts("c") == []
        assert posts.unchecked("c", "r2") == []
        assert len(posts.unchecked("c", "r3")) == 1
        """,
    )


def test_an_alert_without_recipient_is_kept_with_its_reason(tmp_path: Path) -> None:
    process(
        tmp_path,
        """
        from core.store import models
        posts.save_post("c", run, post(), now, vault)
        leak = Finding("privacy/resident-id", "veto", "m", unit="u", url="http://x/1", county="c")
        findings.record_check("c", next(posts.posts("c")), "r", [leak], now, lambda new: [findings.Draft("u", "mail", "", tuple(new), lambda told: outbox.Message("s", "b"), skip="没有邮箱")])
        row = models.Alert.objects.get()
        assert (row.status, bool(row.note)) == ("skipped", True)
        """,
    )


def test_receipts_and_observations_are_replaced_not_doubled(tmp_path: Path) -> None:
    process(
        tmp_path,
        """
        for status in ("unreachable", "ok"):
            runs.save_receipt("c", run, Receipt("s", status, "r"), now)
        later = runs.start_run("c", "crawl", now)
        runs.save_receipt("c", later, Receipt("s", "blocked", "验证码"), now + timedelta(hours=1))
        assert runs.latest_receipts("c")["s"].status == "blocked"
        rows = [Observation("e", "event", f"2023-10/{n}", now.date(), {"n": n}) for n in range(3)]
        observations.replace_observations("c", "e", rows)
        observations.replace_observations("c", "e", rows[:2])
        assert [row.data["n"] for row in observations.observations("c", "event")] == [0, 1]
        observations.merge_observations("c", "e", "2023-11", [Observation("e", "event", "2023-11/0", now.date(), {"n": 9})])
        assert len(observations.observations("c", "event")) == 3
        findings.add_verdict("c", Verdict("grade/x", "合格", "因为", "谁", now))
        assert findings.verdicts("c")[0].decision == "合格"
        """,
    )


def test_the_vault_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XUNCHA_VAULT_KEY", raising=False)
    vault = Vault.open(tmp_path)
    name = vault.put(b"secret")
    assert vault.put(b"secret") == name
    assert Vault.open(tmp_path).get(name) == b"secret"
    assert (tmp_path / "vault.key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("XUNCHA_VAULT_KEY", "A" * 43 + "=")
    with pytest.raises(VaultError, match="无法解密"):
        Vault.open(tmp_path).get(name)
    monkeypatch.setenv("XUNCHA_VAULT_KEY", "too short")
    with pytest.raises(VaultError, match="密钥不对"):
        Vault.open(tmp_path)
    monkeypatch.delenv("XUNCHA_VAULT_KEY")
    with pytest.raises(VaultError, match="不在证据库"):
        Vault.open(tmp_path).get("0" * 64)


def test_a_short_value_in_a_title_is_masked_once_it_is_found(tmp_path: Path) -> None:
    process(
        tmp_path,
        """
        from core.store import models
        named = post(title="持护照 E12345678 人员公示")
        posts.save_post("c", run, named, now, vault)
        stored = next(posts.posts("c"))
        found = Finding("privacy/passport", "error", "m", unit="u", url=stored.url, title=stored.title, where="标题", start=4, end=13, masked="E*****678", county="c")
        findings.record_check("c", stored, "r", [found], now, lambda new: ())
        assert models.Post.objects.get().title == "持护照 E*****678 人员公示"
        assert posts.save_post("c", run, named, now, vault) == "same"
        assert models.Post.objects.get().title == "持护照 E*****678 人员公示"
        """,
    )
