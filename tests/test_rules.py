"""The rules of wording: loading, every way of being wrong, their proofs, the rule book."""

from pathlib import Path

import pytest

from checks.expressions.engine import Engine
from checks.expressions.proof import complaints
from core.errors import ConfigurationError
from core.rulebook import page
from core.rules import RuleSet, load

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "config" / "rules"

GOOD = """
family: 试验
rules:
  - id: expression/trial
    title: 试验规则
    severity: error
    basis: 试验依据（2023-01-01）
    patterns: [{wrong: 甲乙省, right: 甲乙自治区}]
    examples:
      wrong: ["来自⟦甲乙省→甲乙自治区⟧。"]
      right: ["来自甲乙自治区。"]
"""


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return load(FOLDER)


def written(folder: Path, text: str, name: str = "trial.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_every_rule_proves_itself_alone_and_beside_all_others(rules: RuleSet) -> None:
    assert complaints(rules) == []


def test_the_rules_are_many_enough_and_say_what_they_rest_on(rules: RuleSet) -> None:
    exact = [rule for rule in rules if rule.patterns]
    phrases = {phrase for rule in rules if not rule.options.get("common") for phrase in rule.phrases}
    assert sum(not rule.id.startswith("typo/") for rule in exact) >= 400
    assert sum(rule.id.startswith("typo/") for rule in rules) >= 250
    assert len(phrases) >= 600
    assert all(len(rule.basis) >= 2 and rule.wrong and rule.right for rule in rules)


def test_every_province_and_every_county_of_shaanxi_is_known(rules: RuleSet) -> None:
    phrases = {phrase for rule in rules for phrase in rule.phrases}
    parents = next(rule for rule in rules if rule.id == "expression/county-city").options["cities"]
    assert sum(map(len, parents.values())) == 107
    assert len(parents) == 10
    assert {f"{city}{county}" for city, counties in parents.items() for county in counties} <= phrases
    provinces = next(rule for rule in rules if rule.id == "expression/near-province").phrases
    regions = next(rule for rule in rules if rule.id == "expression/near-region").phrases
    assert len({*provinces, *(name for name in regions if name.endswith(("自治区", "特别行政区")))}) == 34


def test_veto_is_kept_for_state_party_theory_and_territory(rules: RuleSet) -> None:
    families = {rule.family for rule in rules if rule.severity == "veto"}
    assert all(rule.id.startswith("expression/") for rule in rules if rule.severity == "veto")
    assert not families & {"陕西地名", "公文格式、日期和数字", "看上下文的用词", "政策提法用字"}


def test_the_rule_book_is_the_one_these_rules_write(rules: RuleSet) -> None:
    assert (ROOT / "docs" / "rules.md").read_text(encoding="utf-8") == page(rules), "请运行 python -m core.rules --write docs/rules.md"


def test_a_good_file_loads_and_its_version_follows_its_content(tmp_path: Path) -> None:
    first = load(written(tmp_path, GOOD))
    assert [rule.id for rule in first] == ["expression/trial"]
    assert load(tmp_path).version == first.version
    assert load(written(tmp_path, GOOD + "\n")).version != first.version


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("severity: error", "severity: fatal", "severity 应为"),
        ("    title: 试验规则\n", "", "缺少 title"),
        ("    basis: 试验依据（2023-01-01）\n", "", "缺少 basis"),
        ("id: expression/trial", "id: Expression/Trial", "id 应为"),
        ("severity: error", "severity: error\n    from: 2023-02-30", "from 应为存在的日期"),
        ("severity: error", "severity: error\n    from: 十月", "from 应为存在的日期"),
        ("severity: error", "severity: error\n    from: 2023-02-01\n    to: 2023-01-01", "from 晚于 to"),
        ("severity: error", "severity: error\n    colour: red", "不认识的键 colour"),
        ("severity: error", "severity: error\n    unless: {contexts: [poetry]}", "不认识 poetry"),
        ("severity: error", "severity: error\n    unless: {near: ['(']}", "正则"),
        ('      wrong: ["来自⟦甲乙省→甲乙自治区⟧。"]\n', "", "缺少错误示例"),
        ('      right: ["来自甲乙自治区。"]\n', "", "缺少正确示例"),
        ("⟦甲乙省→甲乙自治区⟧", "甲乙省", "没有 ⟦错→对⟧ 标记"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{wrong: 甲乙省}]", "right（正确写法）"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{regex: '甲(乙)', right: 丙}]", "缺少 anchors"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{regex: 甲乙, anchors: [甲乙], right: '\\2'}]", "没有的分组"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{pairs: 甲乙}]", "pairs 应写成"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{wrong: '{}省', right: '{}区', each: 甲}]", "each 应写成"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{wrong: 甲, right: 乙}, {wrong: 乙, right: 丙}, {wrong: 丙, right: 甲}]", "改法循环：甲→乙→丙→甲"),
        ("[{wrong: 甲乙省, right: 甲乙自治区}]", "[{wrong: 甲, right: 甲}]", "改法循环"),
        ("patterns:", "phrases: [甲乙丙丁戊己]\n    patterns:", "三者应有且只有一项"),
    ],
)
def test_a_wrong_rule_is_refused_with_file_rule_and_reason(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, GOOD.replace(old, new)))
    message = str(caught.value)
    assert reason in message
    assert message.startswith("trial.yaml：规则 ")


COMPACT = """
family: 试验
prefix: typo
severity: error
basis: 试验依据（2023-01-01）
entries:
  - {id: trial, right: 部署, wrong: [布署, 步署], example: "统一{}工作。", clean: 会场布置完成。}
"""


def test_a_compact_entry_becomes_a_rule_with_its_own_proofs(tmp_path: Path) -> None:
    (rule,) = load(written(tmp_path, COMPACT))
    assert (rule.id, rule.title, rule.severity) == ("typo/trial", "“部署”误作“布署”", "error")
    assert [example.text for example in rule.wrong] == ["统一布署工作。", "统一步署工作。"]
    assert rule.right == ("统一部署工作。", "会场布置完成。")
    assert complaints(load(tmp_path)) == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("统一{}工作。", "统一部署工作。", "应有 {}"),
        ("right: 部署, ", "", "right（正确写法）"),
        ("wrong: [布署, 步署], ", "", "wrong（错误写法）"),
        ("id: trial, ", "", "缺少 id"),
        ("id: trial, ", "id: 部署, ", "id 应为"),
        (", clean:", ", colour: red, clean:", "不认识的键 colour"),
        ("prefix: typo\n", "", "id 应为"),
    ],
)
def test_a_wrong_compact_entry_is_refused(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert old in COMPACT
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, COMPACT.replace(old, new)))
    assert reason in str(caught.value)
    assert str(caught.value).startswith("trial.yaml：规则 ")


def test_characters_that_look_alike_come_from_their_groups(tmp_path: Path) -> None:
    (tmp_path / "confusable.txt").write_text("# 形近\n己已巳\n已以\n", encoding="utf-8")
    rules = load(written(tmp_path, GOOD))
    assert set(rules.confusable["已"]) == {"己", "巳", "以"}
    assert "#" not in rules.confusable


def test_a_duplicate_id_names_both_files(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("甲乙", "丙丁"), "second.yaml")
    with pytest.raises(ConfigurationError, match=r"trial\.yaml：规则 expression/trial：id 与 second\.yaml 中的重复"):
        load(tmp_path)


def test_the_same_wrong_form_in_two_rules_is_refused(tmp_path: Path) -> None:
    written(tmp_path, GOOD)
    written(tmp_path, GOOD.replace("expression/trial", "expression/other"), "second.yaml")
    with pytest.raises(ConfigurationError, match="错误写法“甲乙省”与规则 expression/other 重复"):
        load(tmp_path)


def test_all_complaints_come_at_once(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("severity: error", "severity: fatal"))
    written(tmp_path, "family: [", "broken.yaml")
    written(tmp_path, "rules: 3", "shapeless.yaml")
    with pytest.raises(ConfigurationError) as caught:
        load(tmp_path)
    assert len(str(caught.value).splitlines()) == 3


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="没有规则文件"):
        load(tmp_path)


def test_examples_that_prove_nothing_are_named(tmp_path: Path) -> None:
    silent = load(written(tmp_path, GOOD.replace("⟦甲乙省→", "⟦丙丁省→")))
    assert any("没有按标记报出" in reason and "expression/trial" in reason for reason in complaints(silent))
    loud = load(written(tmp_path, GOOD.replace("来自甲乙自治区。", "来自甲乙省的人。")))
    assert any("被误报" in reason for reason in complaints(loud))
    elsewhere = load(written(tmp_path, GOOD.replace("right: 甲乙自治区}", "right: 新甲乙省}")))
    assert any("没有按标记报出" in reason for reason in complaints(elsewhere))


@pytest.mark.parametrize("text", ["check: nonsense", "check: enumeration", "check: province-city\n    options: {cities: 3}"])
def test_a_check_that_cannot_be_prepared_is_refused(tmp_path: Path, text: str) -> None:
    rules = load(written(tmp_path, GOOD.replace("patterns: [{wrong: 甲乙省, right: 甲乙自治区}]", text)))
    with pytest.raises(ConfigurationError, match=r"trial\.yaml：规则 expression/trial"):
        Engine(rules)
