"""The watched folder: what is dropped in is checked, told beside it and moved; half-copied, odd and failing files do no harm."""

import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.calendar import SHANGHAI
from core.config import County, load_county
from core.errors import ConfigurationError, EnvironmentFailure
from service import watch
from service.gate import Draft, Verdict
from service.jobs import Night
from service.watch import check_folder, load_watch

MOBILE = "139" + "0000" + "1234"
LEAK = f"领取人王某，手机号{MOBILE}，请按时领取。"


class Folder:
    """A county with a watched folder; its clock runs with the files' own."""

    def __init__(self, folder: Path) -> None:
        self.config, self.inbox = folder / "config", folder / "inbox"
        self.config.mkdir()
        data: dict[str, Any] = {
            "county": {
                "id": "test",
                "name": "示范县",
                "full_name": "示范县",
                "office": "示范县人民政府办公室",
                "portal": {"name": "示范县人民政府网站"},
                "inbox": str(self.inbox),
                "crawl": {"contact": "test@test.invalid"},
            },
            "units": [{"name": "县财政局", "aliases": ["财政局"]}],
            "columns": [],
            "news": {"listings": [], "units": []},
            "accounts": {"accounts": []},
            "submissions": {"duties": []},
            "events": {"duties": []},
            "papers": {"duties": []},
            "grading": {},
            "watch": {"folder": "drafts", "settle": 5},
        }
        for name, content in data.items():
            self.write(name, content)
        self.root = self.inbox / "drafts"

    def write(self, name: str, content: Any) -> None:
        (self.config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")

    @property
    def county(self) -> County:
        return load_county(self.config)

    def look(self, later: int = 10) -> watch.Watched:
        now = datetime.now(SHANGHAI) + timedelta(seconds=later)
        return check_folder(Night(self.county, self.inbox, now.date(), now))

    def drop(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def names(self) -> list[str]:
        return sorted(path.relative_to(self.root).as_posix() for path in self.root.rglob("*") if path.is_file())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_drafts_are_checked_told_beside_and_moved(folder: Folder) -> None:
    folder.drop("好.txt", "全县秋粮收购工作有序推进。")
    folder.drop("坏.txt", LEAK)
    done = folder.look()
    assert (done.passed, done.refused, done.failed) == (1, 1, {})
    assert done.told() == "可以发布 1 个，不能发布 1 个"
    assert folder.names() == [
        "不通过/坏.txt",
        "不通过/坏.txt.检查结果.html",
        "不通过/坏.txt.检查结果.txt",
        "已检查/好.txt",
        "已检查/好.txt.检查结果.html",
        "已检查/好.txt.检查结果.txt",
    ]
    told = (folder.root / "不通过" / "坏.txt.检查结果.txt").read_text("utf-8")
    assert "不能发布" in told
    assert "139****1234" in told
    assert "正文" in told
    for name in ("坏.txt.检查结果.txt", "坏.txt.检查结果.html"):
        assert MOBILE not in (folder.root / "不通过" / name).read_text("utf-8")
    assert (folder.root / "不通过" / "坏.txt").read_text("utf-8") == LEAK
    assert folder.look() == watch.Watched(0, 0, {})


def test_a_folder_named_after_a_unit_is_that_units(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Draft] = []

    class Gate:
        def examine(self, draft: Draft, today: object, county: Path | None = None) -> Verdict:
            seen.append(draft)
            return Verdict(())

    monkeypatch.setattr(watch, "shared", Gate)
    folder.drop("财政局/十月/名单.txt", "x")
    folder.drop("不知谁/名单.txt", "x")
    folder.drop("名单.txt", "x")
    assert folder.look().passed == 3
    assert sorted(str(draft.unit) for draft in seen) == ["None", "None", "县财政局"]
    assert "已检查/财政局/十月/名单.txt" in folder.names()
    assert (folder.root / "财政局").is_dir()
    assert not (folder.root / "财政局" / "十月").exists()


def test_what_is_still_being_written_waits(folder: Folder) -> None:
    folder.drop("a.txt", "好")
    assert folder.look(later=0).passed == 0
    assert folder.look(later=10).passed == 1


def test_what_changes_during_the_check_is_checked_again(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder.drop("a.txt", "好")
    real = watch.shared()

    class Gate:
        def examine(self, draft: Draft, today: Any, county: Path | None = None) -> Verdict:
            verdict = real.examine(draft, today)
            if path.read_text("utf-8") == "好":
                path.write_text(LEAK, encoding="utf-8")
            return verdict

    monkeypatch.setattr(watch, "shared", Gate)
    assert folder.look() == watch.Watched(0, 0, {})
    assert folder.look().refused == 1


def test_hidden_half_copied_and_linked_files_are_passed_over(folder: Folder, tmp_path: Path) -> None:
    outside = tmp_path / "secret.txt"
    outside.write_text(LEAK, encoding="utf-8")
    for name in (".hidden.txt", "~$名单.docx", "a.docx.part", "b.tmp", "c.crdownload", ".folder/x.txt"):
        folder.drop(name, "x")
    (folder.root / "link.txt").symlink_to(outside)
    (folder.root / "loop").symlink_to(folder.root, target_is_directory=True)
    os.mkfifo(folder.root / "pipe.txt")
    assert folder.look() == watch.Watched(0, 0, {})
    assert outside.exists()


def test_an_earlier_draft_of_the_same_name_is_not_overwritten(folder: Folder) -> None:
    for text in ("一。", "二。", "三。"):
        folder.drop("稿.txt", text)
        assert folder.look().passed == 1
    texts = [(folder.root / "已检查" / name).read_text("utf-8") for name in ("稿.txt", "稿（2）.txt", "稿（3）.txt")]
    assert texts == ["一。", "二。", "三。"]
    assert (folder.root / "已检查" / "稿（3）.txt.检查结果.txt").exists()


def test_interrupted_before_the_move_it_is_done_again_and_nothing_doubles(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.drop("稿.txt", "好。")

    def stopped(*places: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(watch.shutil, "move", stopped)
        with pytest.raises(KeyboardInterrupt):
            folder.look()
    assert (folder.root / "稿.txt").exists()
    assert folder.look().passed == 1
    assert folder.names() == ["已检查/稿.txt", "已检查/稿.txt.检查结果.html", "已检查/稿.txt.检查结果.txt"]


def test_too_large_empty_and_broken_files_are_refused_with_the_reason(folder: Folder) -> None:
    folder.write("watch", {"folder": "drafts", "limit": 1})
    folder.drop("大.txt", "x" * (1 << 20) + "x")
    folder.drop("空.docx", "")
    folder.drop("坏.pdf", "%PDF-1.7 nothing")
    assert folder.look().refused == 3
    assert "超过 1 MB" in (folder.root / "不通过" / "大.txt.检查结果.txt").read_text("utf-8")
    assert "0 字节" in (folder.root / "不通过" / "空.docx.检查结果.txt").read_text("utf-8")


def test_one_file_that_breaks_the_program_holds_up_no_other(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    class Gate:
        def examine(self, draft: Draft, today: object, county: Path | None = None) -> Verdict:
            if draft.files[0].name == "a.txt":
                raise RuntimeError(LEAK)
            return Verdict(())

    monkeypatch.setattr(watch, "shared", Gate)
    folder.drop("a.txt", "x")
    folder.drop("b.txt", "x")
    done = folder.look()
    assert done.passed == 1
    assert done.failed == {"a.txt": "a.txt：检查时程序出错（RuntimeError）"}
    assert MOBILE not in done.told()
    assert (folder.root / "a.txt").exists()


def test_without_the_file_or_switched_off_nothing_happens(folder: Folder) -> None:
    folder.drop("a.txt", "x")
    folder.write("watch", {"enabled": False})
    assert folder.look() == watch.Watched(0, 0, {})
    (folder.config / "watch.yaml").unlink()
    assert folder.look() == watch.Watched(0, 0, {})


def test_the_folder_is_made_when_it_is_missing_and_complained_about_when_it_cannot_be(folder: Folder) -> None:
    assert folder.look() == watch.Watched(0, 0, {})
    assert folder.root.is_dir()
    folder.root.rmdir()
    folder.root.write_text("a file")
    with pytest.raises(EnvironmentFailure, match="稿件文件夹"):
        folder.look()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"folder": "../x"}, "收件目录之内"),
        ({"folder": ""}, "folder：不能为空"),
        ({"settle": -1}, "settle：不能小于"),
        ({"ordner": "x"}, "ordner：没有这个设置项"),
    ],
)
def test_a_wrong_setting_is_named_with_its_file(folder: Folder, settings: dict[str, object], told: str) -> None:
    folder.write("watch", settings)
    with pytest.raises(ConfigurationError) as failure:
        load_watch(folder.county)
    assert told in str(failure.value)
    assert "watch.yaml" in str(failure.value)
