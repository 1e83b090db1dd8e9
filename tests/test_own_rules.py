"""The county's own names and words behind every door: load_rules, the gate and its workers, the command line; and how the rules fare."""

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from core.config import load_county
from core.errors import ConfigurationError
from service import gate_pool
from service.gate import Draft, RuleBook, examine
from service.judging import load_rules

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2023, 11, 23)
PEOPLE = """
leaders:
  - {rank: 1, name: 李明华, titles: [县委书记]}
  - {rank: 2, name: 王丽, titles: [县委副书记, 县长], short: [县长]}
  - {rank: 3, name: 刘晓燕, titles: [副县长], from: 2023-06-01}
former:
  - {name: 周文斌, titles: [县长]}
"""
TEXTS = {
    "县委书记李明化主持会议。": ("李明化", "李明华"),
    "副县长王丽出席会议。": ("副县长", "县长"),
    "县长周文斌主持会议。": ("县长", "原县长"),
    "县领导王丽、李明华参加。": ("王丽、李明华", "李明华、王丽"),
    "县农村农业局印发通知。": ("县农村农业局", "县农业农村局"),
    "果农采摘小黄果果。": ("小黄果果", "小黄果"),
}
CLEAN = "县委书记李明华，县委副书记、县长王丽，副县长刘晓燕出席。县农业农村局印发通知。果农采摘小黄果。"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county's folder with leaders and words of its own."""
    folder = tmp_path_factory.mktemp("county") / "meixian"
    shutil.copytree(ROOT / "config" / "meixian", folder)
    (folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    (folder / "words.yaml").write_text("words: {小黄果果: 小黄果}\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def book(folder: Path) -> RuleBook:
    return RuleBook(county=folder, pause=0)


@pytest.mark.parametrize("text", TEXTS)
def test_the_countys_own_rules_find_what_only_it_can_know(book: RuleBook, text: str) -> None:
    found = [(finding.masked, finding.suggestion) for finding in examine(Draft(text=text), book.current(), TODAY).findings]
    assert found == [TEXTS[text]]
    assert not any(finding.suggestion for finding in examine(Draft(text=text), load_rules(), TODAY).findings)


def test_what_is_right_in_the_county_is_silent(book: RuleBook) -> None:
    assert examine(Draft(text=CLEAN), book.current(), TODAY).findings == ()


def test_the_version_follows_people_units_and_words(folder: Path) -> None:
    county = load_county(folder)
    versions = {load_rules().version, load_rules(county).version, load_rules(load_county(ROOT / "config" / "meixian")).version}
    assert len(versions) == 3
    assert load_rules(county).version == load_rules(load_county(folder)).version


def test_a_word_added_in_one_line_is_in_force_at_once_and_a_broken_list_is_named(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(folder, own)
    book = RuleBook(county=own, pause=0)
    draft = Draft(text="游客到大风车车游玩。")
    assert examine(draft, book.current(), TODAY).findings == ()
    (own / "words.csv").write_text("错误写法,正确写法\n大风车车,大风车\n", encoding="utf-8")
    assert [finding.suggestion for finding in examine(draft, book.current(), TODAY).findings] == ["大风车"]
    (own / "words.csv").write_text("错误写法\n", encoding="utf-8")
    assert [finding.suggestion for finding in examine(draft, book.current(), TODAY).findings] == ["大风车"]  # the last good reading
    with pytest.raises(ConfigurationError, match=r"words\.csv"):
        RuleBook(county=own).current()


def test_a_worker_knows_the_county_it_is_asked_for(folder: Path) -> None:
    pool = gate_pool.Pool(1)
    try:
        text = next(iter(TEXTS))
        assert [finding.suggestion for finding in pool.examine(Draft(text=text), TODAY, folder).findings] == ["李明华"]
        assert pool.examine(Draft(text=text), TODAY).findings == ()
    finally:
        pool.close()


def xuncha(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "service.cli", *words]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120, check=False)


def test_the_command_before_publication_goes_by_the_county(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "稿件.txt"
    path.write_text("\n".join(TEXTS), encoding="utf-8")
    told = xuncha("check", str(path), "--config", str(folder))
    assert told.returncode == 1, told.stderr
    assert all(right in told.stdout for _, right in TEXTS.values())
    assert xuncha("check", str(path), "--config", str(tmp_path)).returncode == 2


STORED = """
import sys
from datetime import datetime
from pathlib import Path
from core.calendar import SHANGHAI
from core.records import Finding, Post, Verdict
from core.store import findings, posts, runs
from core.store.setup import open_store
from core.store.vault import Vault
home, now = open_store(Path(sys.argv[1])), datetime(2023, 11, 1, 2, 0, tzinfo=SHANGHAI)
run = runs.start_run("meixian", "crawl", now)
posts.save_post("meixian", run, Post(source="s", url="http://x/1", title="t", published_at=now, text="t", body="t", page=b"t"), now, Vault.open(home))
(post,) = posts.posts("meixian")
found = [Finding("typo/noisy", "error", "m", where=f"第{n}段") for n in range(6)] + [Finding("typo/good", "error", "m")]
findings.record_check("meixian", post, "v1", found, now, lambda news: ())
for finding, decision in zip(found, ("误报", "误报", "确认", "豁免"), strict=False):
    findings.add_verdict("meixian", Verdict(f"finding/{finding.id}", decision, "r", "w", now))
findings.add_verdict("meixian", Verdict(f"finding/{found[2].id}", "误报", "again", "w", now))
"""


def test_dismissals_in_the_store_show_which_rule_is_noisy(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    assert "没有可统计的规则" in xuncha("rules", "stats", XUNCHA_HOME=home).stdout
    made = subprocess.run([sys.executable, "-c", STORED, home], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert made.returncode == 0, made.stderr
    told = xuncha("rules", "stats", XUNCHA_HOME=home)
    assert told.stdout.splitlines()[1:] == ["typo/noisy\t6\t3\t50%\t误报偏多，请复核这条规则", "typo/good\t1\t0\t0%"]
    assert '"noisy": true' in xuncha("rules", "stats", "--json", XUNCHA_HOME=home).stdout
