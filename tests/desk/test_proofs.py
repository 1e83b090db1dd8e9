"""Pictures on the desk: who may see them, that each look is noted, what the page says of then and now."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from desk_world import MINE, NOW, OTHERS, leak, save

Desk = Callable[..., Any]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 50


def _proof(home: Path, unit: str, number: int, picture: bytes | None = PNG, note: str = "") -> tuple[Any, Any]:
    from core.store import models
    from core.store.vault import Vault

    (finding,) = save(home, unit, number, text=f"正文{number}", findings=(leak(),))
    row = models.Finding.objects.get(uid=finding.id)
    warc = Vault.open(home).put(b"warc")
    fields = {"county": "meixian", "url": row.url, "captured_at": NOW - timedelta(hours=7), "made_at": NOW, "warc": warc, "sha256": "ab" * 32, "size": 4}
    proof = models.Proof.objects.create(post=row.post, version=1, findings=[row.uid], **fields)
    name = Vault.open(home).put(picture) if picture else None
    return row, models.Picture.objects.create(proof=proof, file="", name=name, sha256="cd" * 32, size=58, places=3, note=note)


def test_a_picture_is_shown_to_whom_the_finding_concerns_and_noted(desk: Desk, home: Path) -> None:
    from service.desk.models import AuditEntry

    row, shown = _proof(home, MINE, 1)
    other, foreign = _proof(home, OTHERS, 2)
    address = f"/findings/{row.uid}/pictures/{shown.pk}/"
    for name in ("administrator", "reviewer", "director", "officer"):
        answer = desk(name).get(address)
        assert (answer.status_code, answer["Content-Type"], answer.content) == (200, "image/png", PNG), name
        assert answer["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(action="查看截图", subject=f"finding/{row.uid}", who="officer").count() == 1
    assert desk("other").get(address).status_code == 404
    assert desk("officer").get(f"/findings/{row.uid}/pictures/{foreign.pk}/").status_code == 404, "another post's picture by one's own finding"
    assert desk("officer").get(f"/findings/{other.uid}/pictures/{foreign.pk}/").status_code == 404
    assert desk(None).get(address).status_code == 302
    assert desk("reviewer").post(address).status_code == 405


def test_the_finding_shows_then_and_now(desk: Desk, home: Path) -> None:
    from core.store import models

    row, shown = _proof(home, MINE, 1)
    page = desk("officer").get(f"/findings/{row.uid}/").content.decode()
    assert f'src="/findings/{row.uid}/pictures/{shown.pk}/"' in page
    assert "标出 3 处" in page
    assert "ab" * 32 in page
    assert "最近一次检查时这一处仍在" in page
    models.Post.objects.filter(pk=row.post_id).update(version=2)
    assert "页面改过，最新为第 2 版" in desk("officer").get(f"/findings/{row.uid}/").content.decode()
    models.Finding.objects.filter(pk=row.pk).update(closed_at=NOW, state="gone")
    assert "复查时已没有这一处" in desk("officer").get(f"/findings/{row.uid}/").content.decode()
    blind, _ = _proof(home, MINE, 3, None, "没有找到浏览器，不能截图")
    assert "网页没有截图：没有找到浏览器" in desk("officer").get(f"/findings/{blind.uid}/").content.decode()


def test_a_picture_that_is_gone_or_no_picture_is_not_found(desk: Desk, home: Path) -> None:
    from core.store.vault import Vault

    row, shown = _proof(home, MINE, 1, PNG + b"1")
    vault = Vault.open(home)
    (vault.folder / shown.name[:2] / shown.name).unlink()
    assert desk("reviewer").get(f"/findings/{row.uid}/pictures/{shown.pk}/").status_code == 404
    other, page = _proof(home, MINE, 2, b"<html><script>alert(1)</script></html>")
    assert desk("reviewer").get(f"/findings/{other.uid}/pictures/{page.pk}/").status_code == 404
