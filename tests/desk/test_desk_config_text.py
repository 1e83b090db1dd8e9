"""Changes in a YAML file's text: only the lines meant, whatever the file looks like; and a change taken back after others."""

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import SHARED
from core.errors import ConfigurationError
from service.desk.config.merging import changed_lines, taken_back
from service.desk.config.yamltext import YamlText, emit

MEIXIAN = SHARED / "meixian"


def edited(text: str, *steps: tuple[Any, ...]) -> str:
    file = YamlText(text)
    for step, *given in steps:
        getattr(file, step)(*given)
    return file.result()


BLOCK = "# 头\nlist:  # 说明\n  - name: 甲   # 第一\n    tags:\n      - a\n      - b  # 末\n\n  # 中间\n  - name: 乙\nend: 1 # 尾\n"


@pytest.mark.parametrize(
    ("text", "steps", "wanted"),
    [
        ("a: 1   # 一\nb: 2\n", [("put", ("a",), 3)], "a: 3   # 一\nb: 2\n"),
        ("a: null # 空\n", [("put", ("a",), "x")], "a: x # 空\n"),
        ("a:\nb: 2\n", [("put", ("a",), "x")], "a: x\nb: 2\n"),
        ("a: {b: 1, c: 2}  # 行尾\n", [("drop", ("a", "b"))], "a: {c: 2}  # 行尾\n"),
        ("a: {b: 1, c: 2}  # 行尾\n", [("put", ("a", "d"), ["x", "y"]), ("drop", ("a", "c"))], "a: {b: 1, d: [x, y]}  # 行尾\n"),
        ("- {a: 1}\n- {a: 2}  # 二\n- {a: 3}\n", [("drop", (1,))], "- {a: 1}\n- {a: 3}\n"),
        ("- {a: 1}\n", [("append", (), {"a": 2})], "- {a: 1}\n- {a: 2}\n"),
        ("list: []  # 还没有\nb: 1\n", [("append", ("list",), {"a": 2})], "list:  # 还没有\n  - {a: 2}\nb: 1\n"),
        ("b: 1\n", [("append", ("list",), {"a": 2})], "b: 1\nlist:\n  - {a: 2}\n"),
        ("# 空文件\n", [("put", ("a",), 1)], "# 空文件\na: 1\n"),
        ("w:  # 说明\n  甲: 乙\n", [("drop", ("w", "甲"))], "w: {}  # 说明\n"),
        ("w:\n  甲: 乙 # 注\n  丙: 丁\n", [("rename", ("w", "甲"), "戊")], "w:\n  戊: 乙 # 注\n  丙: 丁\n"),
        (BLOCK, [("put", ("list", 0, "tags"), ["z"])], BLOCK.replace("    tags:\n      - a\n      - b  # 末\n", "    tags: [z]  # 末\n")),
        (BLOCK, [("drop", ("list", 1))], BLOCK.replace("  - name: 乙\n", "")),
        (BLOCK, [("append", ("list",), {"name": "丙"})], BLOCK.replace("  - name: 乙\n", "  - name: 乙\n  - name: 丙\n")),
        (BLOCK, [("put", ("list", 1, "mail"), "a@b.cn")], BLOCK.replace("  - name: 乙\n", "  - name: 乙\n    mail: a@b.cn\n")),
        (BLOCK, [("drop", ("list", 0, "tags", 0))], BLOCK.replace("      - a\n", "")),
    ],
)
def test_only_the_lines_meant_change(text: str, steps: list[tuple[Any, ...]], wanted: str) -> None:
    assert edited(text, *steps) == wanted


@pytest.mark.parametrize("name", sorted(path.name for path in MEIXIAN.glob("*.yaml")))
def test_every_bundled_file_comes_out_as_it_went_in(name: str) -> None:
    text = (MEIXIAN / name).read_text(encoding="utf-8")
    assert YamlText(text).result() == text


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "12:30",
        "2021-07-01",
        "1_000",
        "null",
        "~",
        "a: b",
        "x #y",
        "- x",
        "甲，乙",
        "[a]",
        '"',
        "a\\b",
        " 前",
        "=1+1",
        "0123",
        "县发改局",
        "#",
        "’",
        "a'b",
        "是：否",
        ":",
    ],
)
def test_text_stays_text(value: str) -> None:
    assert yaml.safe_load(emit([value, {value: value}])) == [value, {value: value}]
    assert yaml.safe_load(edited("a: 1\n", ("put", ("a",), value))) == {"a": value}


def test_a_file_with_anchors_is_left_alone() -> None:
    with pytest.raises(ConfigurationError, match="直接修改文字"):
        edited("a: &x {b: 1}\nc: *x\n", ("put", ("c", "b"), 2))


def test_random_edits_say_what_plain_edits_say() -> None:
    """The result is read again inside `result`; here many shapes and mixes go through it."""
    dice = random.Random(7)
    texts = [(MEIXIAN / name).read_text(encoding="utf-8") for name in ("accounts.yaml", "units.yaml", "columns.yaml", "words.yaml", "schedule.yaml")]
    done = 0
    for text in [*texts, BLOCK]:
        for _ in range(6):
            file = YamlText(text)
            for path in dice.sample(list(_paths(file.data)), 3):
                try:
                    _random_step(file, path, dice)
                except (KeyError, TypeError, AttributeError, ConfigurationError):
                    continue  # a step into what an earlier step took away
            try:
                changed = file.result()
            except ConfigurationError:
                continue  # refused, never wrong
            done += 1
            kept = {line for line in text.splitlines() if line.startswith("#")}
            assert kept <= set(changed.splitlines())
    assert done > 20


def _random_step(file: YamlText, path: tuple[Any, ...], dice: random.Random) -> None:
    if dice.random() < 0.4:
        file.drop(path)
    else:
        file.put(path, dice.choice(["新值", 5, ["甲", "乙"], "a: b"]))


def _paths(value: Any, here: tuple[Any, ...] = ()) -> Any:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*here, key)
        yield from _paths(item, (*here, key))


LINES = "甲\n乙\n丙\n丁\n"


@pytest.mark.parametrize(
    ("before", "after", "now", "wanted"),
    [
        (LINES, "甲\n乙2\n丙\n丁\n", "甲\n乙2\n丙\n丁\n戊\n", "甲\n乙\n丙\n丁\n戊\n"),
        (LINES, "甲\n乙2\n丙\n丁\n", "甲\n乙3\n丙\n丁\n", None),
        (LINES, "甲\n丙\n丁\n", "甲\n丙2\n丁\n", "甲\n乙\n丙2\n丁\n"),
        (LINES, "甲\n丙\n丁\n", "戊\n己\n丁\n", None),
        (LINES, LINES + "戊\n", "零\n" + LINES + "戊\n", "零\n" + LINES),
        (LINES, "零\n" + LINES, "零\n甲\n", "甲\n"),
        (LINES, "甲\n乙2\n丙\n丁2\n", "甲\n乙2\n丙\n丁3\n", None),
    ],
)
def test_a_change_is_taken_back_where_its_place_is_untouched(before: str, after: str, now: str, wanted: str | None) -> None:
    assert taken_back(before, after, now) == wanted


def test_a_change_is_shown_line_by_line() -> None:
    assert changed_lines("a\nb\nc\n", "a\nB\nc\n") == [(" ", "a"), ("-", "b"), ("+", "B"), (" ", "c")]


def test_writers_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve threads, each adding a word to one file."""
    import contextlib
    import shutil
    from concurrent.futures import ThreadPoolExecutor
    from datetime import datetime

    from core.calendar import SHANGHAI
    from service.desk.config import files
    from service.desk.config.lists import list_of
    from service.desk.config.rows import Batch

    folder = Path(shutil.copytree(MEIXIAN, tmp_path / "meixian"))
    words = list_of("words")
    assert words
    monkeypatch.setattr(files, "record", lambda *given: None)
    monkeypatch.setattr(files.transaction, "atomic", contextlib.nullcontext)
    author = files.Author("meixian", "管理员", datetime(2023, 11, 1, tzinfo=SHANGHAI))

    def add(number: int) -> None:
        def edit(text: str) -> str:
            batch = Batch(words, text)
            batch.add({"wrong": f"错误写法{number}", "right": f"正确写法{number}"})
            return batch.result()

        files.save(folder, "words.yaml", edit, lambda: "", author)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(12)))
    held = yaml.safe_load((folder / "words.yaml").read_text(encoding="utf-8"))["words"]
    assert {f"错误写法{number}" for number in range(12)} <= set(held)
    assert len(held) == 15
