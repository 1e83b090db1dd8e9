"""Articles, WeChat pages and lists of the public benchmark (bench/pages), drawn afresh on every run, must be read as well as promised."""

import secrets
from pathlib import Path

import pytest

from bench import pages_lists, pages_wechat
from bench.pages import measure, saved
from bench.pages_make import bare, looks, pages
from bench.pages_peers import ours
from bench.pages_score import Read, judge

SET = Path(pages_lists.__file__).with_name("pages") / "set"
FLOORS = {"title": 0.97, "date": 0.95, "source": 0.90, "text": 0.95, "attachments": 0.95}


def test_articles_in_every_look_are_read() -> None:
    seed = secrets.randbelow(1_000_000)
    made = pages(seed, each=3)
    score = measure(ours, made)
    assert len(made) >= 80
    assert len(looks()) >= 12
    assert {name: score[name] for name, floor in FLOORS.items() if score[name] < floor} == {}, f"种子 {seed}"
    assert score["date_wrong"] <= 0.01, f"种子 {seed}"
    assert score["broken"] == 0, f"种子 {seed}"


def test_articles_are_read_without_names_and_tags() -> None:
    seed = secrets.randbelow(1_000_000)
    score = measure(ours, bare(pages(seed, each=2)))
    assert {name: score[name] for name, floor in FLOORS.items() if score[name] < floor} == {}, f"种子 {seed}"


def test_the_published_pages_are_read_without_a_fault() -> None:
    faults = {page.name: wrong for page in saved(SET) if (wrong := judge(ours(page.data, page.url), page.gold))}
    assert len(saved(SET)) >= 80
    assert faults == {}


def test_wechat_pages_of_all_kinds_and_states_are_read() -> None:
    seed = secrets.randbelow(1_000_000)
    right, asked = pages_wechat.run(seed, each=2)
    assert right / asked >= 0.98, f"种子 {seed}"


def test_lists_give_whole_titles_dates_and_the_next_page() -> None:
    seed = secrets.randbelow(1_000_000)
    assert min(pages_lists.run(seed, each=2).values()) >= 0.95, f"种子 {seed}"


GOLD = {
    "title": "关于做好秋收工作的通知",
    "number": None,
    "published_at": "2023-10-09T08:05",
    "source": "县农业农村局",
    "begins": "各镇人民政府：",
    "ends": "2023年10月8日",
    "never": ["您当前的位置"],
    "attachments": [{"url": "http://x/1.docx", "name": "1.docx"}],
}
RIGHT = Read("关于做好秋收工作的通知", "2023-10-09T08:05:00+08:00", "县农业农村局", "各镇人民政府：\n现将事项通知如下。\n2023年10月8日", ["http://x/1.docx"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "云岭县人民政府"}, "title"),
        ({"published_at": "2023-10-08"}, "date"),
        ({"published_at": None}, "date"),
        ({"source": "县农业农村局 李青"}, "source"),
        ({"text": "您当前的位置：首页\n各镇人民政府：\n2023年10月8日"}, "text"),
        ({"text": "各镇人民政府："}, "text"),
        ({"attachments": ["http://x/1.docx", "http://x/2.docx"]}, "attachments"),
    ],
)
def test_the_judge_sees_each_fault(change: dict[str, object], field: str) -> None:
    assert judge(RIGHT, GOLD) == {}
    assert set(judge(Read(**(vars(RIGHT) | change)), GOLD)) == {field}  # type: ignore[arg-type]
