"""The county's own names: leaders, units, places, the office's word list; and how the rules fare with people."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from checks.expressions.engine import Engine
from checks.expressions.names import Leader, Names, extended
from checks.expressions.wordlist import Renamed, Word, WordList, load_words
from core.errors import ConfigurationError
from core.rules import load
from service.rule_stats import rule_stats

ROOT = Path(__file__).resolve().parent.parent
DAY = date(2023, 10, 23)
Look = Callable[..., list[tuple[str, str | None]]]

NAMES = Names(
    county="眉县",
    full_name="陕西省宝鸡市眉县",
    units=(("县农业农村局", "眉县农业农村局"), ("县文旅局", "县文化和旅游局"), ("县退役军人事务局",), ("汤峪镇", "汤峪镇人民政府")),
    leaders=(
        Leader("李明华", ("县委书记",), ("书记",)),
        Leader("王丽", ("县委副书记", "县长"), ("县长",)),
        Leader("赵志强", ("县人大常委会主任",)),
        Leader("张建国", ("县委常委", "常务副县长"), ("副县长",)),
        Leader("刘晓燕", ("副县长",), ("副县长",), date(2023, 6, 1)),
        Leader("孙德明", ("副县长",), (), None, date(2023, 5, 31)),
    ),
    former=(Leader("周文斌", ("县长",)),),
    words=WordList((Word("徐香弥桃", "徐香猕桃"),), ("横渠书院讲堂",), (Renamed("县扶贫办", "县乡村振兴局", date(2021, 7, 1)),)),
)


@pytest.fixture(scope="module")
def look() -> Look:
    engine = Engine(extended(load(ROOT / "config" / "rules"), NAMES))
    return lambda text, day=DAY: [(hit.text, hit.right) for hit in engine.hits(text, day)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("县委书记李明化主持会议。", [("李明化", "李明华")]),
        ("县委书记李明主持会议。", [("李明", "李明华")]),
        ("县委书记李明华华主持会议。", [("李明华华", "李明华")]),
        ("县长王莉出席。", [("王莉", "王丽")]),
        ("张建果同志带队检查。", [("张建果", "张建国")]),
        ("副县长王丽出席会议。", [("副县长", "县长")]),
        ("县委副书记、副县长王丽安排。", [("副县长", "县长")]),
        ("县长李明华调研。", [("县长", "县委书记")]),
        ("李明华副书记强调。", [("副书记", "县委书记")]),
        ("县长周文斌主持。", [("县长", "原县长")]),
        ("县领导王丽、李明华、赵志强参加。", [("王丽、李明华、赵志强", "李明华、王丽、赵志强")]),
        ("县长王丽、县委书记李明华出席。", [("县长王丽、县委书记李明华", "县委书记李明华、县长王丽")]),
    ],
)
def test_names_titles_and_order_of_the_leaders(look: Look, text: str, found: list[tuple[str, str]]) -> None:
    assert look(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "县委书记李明华，县委副书记、县长王丽，县人大常委会主任赵志强出席。",
        "县委书记、县总林长李明华巡林。",
        "原县长周文斌、时任县长周文斌。",
        "岐山县县长王强带队来访。",
        "县长办公会研究事项。",
        "常务副县长张建国、副县长刘晓燕参加。",
        "王丽出席会议，李明华作讲话。",
        "将县长“王丽”误写为“王莉”。",
    ],
)
def test_lawful_ways_of_naming_a_leader(look: Look, text: str) -> None:
    assert look(text) == []


def test_terms_decide_who_is_in_office(look: Look) -> None:
    assert look("副县长孙德明检查。", date(2023, 3, 1)) == []
    assert look("副县长孙德明检查。") == [("副县长", "原副县长")]
    assert look("副县长刘晓艳检查。") == [("刘晓艳", "刘晓燕")]
    assert look("副县长刘晓艳检查。", date(2022, 3, 1)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("县农村农业局通知。", [("县农村农业局", "县农业农村局")]),
        ("县文化与旅游局通知。", [("县文化与旅游局", "县文化和旅游局")]),
        ("县退役军人事物局通知。", [("县退役军人事物局", "县退役军人事务局")]),
        ("由县扶贫办负责。", [("县扶贫办", "县乡村振兴局")]),
        ("徐香弥桃上市。", [("徐香弥桃", "徐香猕桃")]),
        ("到横渠书院讲唐参观。", [("横渠书院讲唐", "横渠书院讲堂")]),
        ("岐山县文化旅游局、岐山县农业农村和水利局来访。", []),
        ("原县扶贫办职责划转。", []),
        ("县农业农村局、县文化和旅游局、汤峪镇人民政府。", []),
    ],
)
def test_units_and_words_of_the_office(look: Look, text: str, found: list[tuple[str, str]]) -> None:
    assert look(text) == found


def test_a_unit_keeps_its_old_name_before_the_reform(look: Look) -> None:
    assert look("由县扶贫办负责。", date(2020, 5, 1)) == []


def test_names_change_the_version_of_the_rules() -> None:
    shared = load(ROOT / "config" / "rules")
    assert extended(shared, NAMES).version not in (shared.version, extended(shared, Names()).version)


def test_a_word_list_is_read_from_yaml_and_spreadsheets(tmp_path: Path) -> None:
    from openpyxl import Workbook

    (tmp_path / "words.yaml").write_text(
        "words: {错词甲: 对词甲}\nphrases: [固定名称]\nrenamed: [{old: 旧局, new: 新局, from: 2021-01-01}]\n", encoding="utf-8"
    )
    (tmp_path / "words-1.csv").write_text("错误写法,正确写法,级别\n错词乙,对词乙,提醒\n", encoding="gb18030")
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("错误写法", "正确写法", "说明"), ("错词丙", "对词丙", "依据"), (None, None, None)):
        sheet.append(row)
    book.save(tmp_path / "words-2.xlsx")
    words = load_words(tmp_path)
    assert [(word.wrong, word.right, word.severity) for word in words.words] == [
        ("错词甲", "对词甲", "error"),
        ("错词乙", "对词乙", "warning"),
        ("错词丙", "对词丙", "error"),
    ]
    assert (words.phrases, words.renamed) == (("固定名称",), (Renamed("旧局", "新局", date(2021, 1, 1)),))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("words: [甲]", "words（错误写法: 正确写法）"),
        ("colour: red", "words（错误写法: 正确写法）"),
        ("words: {甲: 乙}", "至少两个字"),
        ("words: {甲乙: 甲乙}", "两个不同的词"),
        ("words: {甲乙: 丙丁, 丙丁: 戊己}", "又是错误写法"),
        ("renamed: [{old: 旧局, new: 新局, from: 去年}]", "from: YYYY-MM-DD"),
        ("words: {", "请改正格式"),
    ],
)
def test_a_wrong_word_list_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "words.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load_words(tmp_path)
    assert reason in str(caught.value)


def test_no_word_list_is_an_empty_one(tmp_path: Path) -> None:
    assert load_words(tmp_path) == WordList()


def test_rules_that_people_dismiss_are_seen() -> None:
    decided = [("typo/a", "误报")] * 3 + [("typo/a", None)] * 3 + [("typo/b", "误报")] + [("typo/c", "确认")] * 9
    stats = rule_stats(decided)
    assert [(stat.rule, stat.hits, stat.dismissed, stat.noisy) for stat in stats] == [("typo/a", 6, 3, True), ("typo/b", 1, 1, False), ("typo/c", 9, 0, False)]
