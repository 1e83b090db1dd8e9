"""A quick start finds the same: engines made for one text, rules kept as read."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from checks.expressions.engine import Engine, engine_for
from checks.expressions.proof import day_of
from checks.expressions.skeleton import skeleton
from core import dictionary, rule_cache
from core.rules import RuleSet, load

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2026, 11, 1)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load(ROOT / "config" / "rules")


def test_an_engine_made_for_a_text_finds_in_it_what_the_whole_one_finds(rules: RuleSet) -> None:
    whole, texts = Engine(rules), [example.text for rule in rules for example in rule.wrong if rule.applies_on(day_of(rule))]
    found = 0
    for group in (texts[start : start + 60] for start in range(0, len(texts), 60)):
        text = "\n".join(group)
        hits = Engine(rules, frozenset(skeleton(text).text)).hits(text, DAY)
        assert hits == whole.hits(text, DAY)
        found += len(hits)
    assert found > len(texts) / 2


def test_engines_for_single_texts_give_way_to_the_whole_one(rules: RuleSet) -> None:
    fresh = RuleSet(rules.rules, "fresh", rules.confusable)
    sizes = [len(engine_for(fresh, [text]).literals) for text in ("召开全县农业农村工作会议。",) * 10]
    assert max(sizes[:8]) < sizes[9] / 20
    assert sizes[8] == sizes[9] == len(engine_for(fresh, ["".join(map(chr, range(0x4E00, 0x4E00 + 30_000)))]).literals)


def test_kept_rules_are_the_rules_as_read(tmp_path: Path, rules: RuleSet) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    for path in (ROOT / "config" / "rules").rglob("*.yaml"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "confusable.txt").write_bytes((ROOT / "config" / "rules" / "confusable.txt").read_bytes())
    read = load(folder)
    target = rule_cache.keep(read, folder)
    kept = rule_cache.kept(folder, read.version)
    assert kept is not None
    assert kept.rules == read.rules
    assert kept.confusable == read.confusable

    path = next(folder.glob("*.yaml"))
    path.write_text(path.read_text(encoding="utf-8") + "\n# 改过\n", encoding="utf-8")
    changed = load(folder)
    assert changed.version != read.version
    assert rule_cache.kept(folder, changed.version) is None
    assert rule_cache.keep(changed, folder) != target
    assert not target.exists()

    rule_cache.keep(changed, folder).write_bytes(b"broken")
    assert load(folder).rules == changed.rules


def test_a_clean_text_file_loads_no_heavy_library(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text("关于召开全县春季农业生产工作会议的通知\n各镇人民政府：\n请参会人员提前10分钟到会，并遵守会议纪律。\n", encoding="utf-8")
    script = (
        "import sys; sys.argv = ['xuncha', 'check', sys.argv[1]]\n"
        "from service.cli import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert stop.code == 0, stop.code\n"
        "heavy = {'presidio_analyzer', 'jieba', 'spacy', 'django', 'openpyxl', 'rich', 'scrapy', 'lxml', 'PIL', 'numpy', 'rapidocr', 'phonenumbers'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "可以发布" in done.stdout


def test_the_kept_dictionary_answers_as_jieba_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionary, "_KEPT", tmp_path / "kept")
    monkeypatch.setattr(dictionary, "_holder", dictionary._Holder())
    whole = dictionary.load()
    dictionary.keep()
    kept = dictionary.dictionary()
    words = [*list(whole)[::997], "不在词典里的词", "", "镇"]
    assert [kept.frequencies.get(word) for word in words] == [whole.get(word) for word in words]
    assert kept.total == sum(whole.values())
    assert not isinstance(kept.frequencies, dict)

    for _ in range(dictionary._ENOUGH):
        kept.frequencies.get("镇")
    assert dictionary.dictionary().frequencies == whole

    next((tmp_path / "kept").glob("*.words")).write_bytes(b"broken")
    monkeypatch.setattr(dictionary, "_holder", dictionary._Holder())
    assert dictionary.dictionary().frequencies == whole
