"""County papers in every format, written fresh, read back and scanned: nothing missed, nothing lawful reported."""

import random
from collections import Counter

import pytest

from bench.privacy_detectors import ours
from bench.privacy_formats import FORMATS
from bench.privacy_lists import LISTS
from bench.privacy_model import Paper, bare
from bench.privacy_notices import NOTICES
from bench.privacy_papers import Case, Tally, look
from bench.privacy_people import People
from checks.privacy.policy import load_policy
from core.records import Block
from crawler import documents

POLICY = load_policy()
FAMILIES = (*LISTS, *NOTICES)


@pytest.mark.parametrize("name", [name for name, _ in FORMATS if name not in ("扫描图片", "xls")])
def test_every_leak_in_papers_of_a_format_is_found_and_nothing_else(name: str) -> None:
    seed = random.randrange(1_000_000)
    people, tally, write = People(seed, POLICY.tables), Tally(), dict(FORMATS)[name]
    wrong: list[tuple[str, str, str]] = []
    for family in LISTS if name == "csv" else FAMILIES:
        paper = family(people)
        shown, data = write(paper, random.Random(seed))
        blocks = tuple(part for part in documents.read(data, shown) if isinstance(part, Block))
        case = Case(paper, name, shown, blocks, 0.0)
        missed, extra = tally.add(case, *look(case, ours(POLICY)))
        wrong += [(word, paper.family, kind) for word, items in (("漏", missed), ("误", extra)) for kind, _ in items]
    score = tally.formats[name]
    assert score.hit > 30
    assert len(wrong) <= 0.02 * score.hit, f"种子 {seed}：{wrong}"


def test_gold_counts_each_marked_value_once() -> None:
    paper = Paper("试", "题")
    people = People(1, POLICY.tables)
    run = people.id_run()
    paper.say("张三", run).grid([["姓名", "身份证号"], ["张三", run]])
    assert paper.gold() == Counter({("resident-id", bare(run.text)): 2})
