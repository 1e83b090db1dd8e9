"""Exchanged characters in everyday words, places after their province, lists of attachments, slogans held to the letter, batches written unseen."""

from datetime import date
from pathlib import Path

import pytest

from bench.expressions import judged, ours
from bench.expressions_blind import DAY, cases
from checks.expressions.engine import Engine
from core.config import SHARED, load_county
from service.judging import load_rules

BATCHES = sorted((Path(__file__).resolve().parent.parent / "bench" / "blind").glob("*.txt"))


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(load_rules(load_county(SHARED / "meixian")).wording)


def found(engine: Engine, text: str, day: date = DAY) -> list[tuple[str, str | None]]:
    return [(hit.text, hit.right) for hit in engine.hits(text, day)]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("群众满意度显箸提升。", [("显箸", "显著")]),
        ("加快项目建设进渡。", [("进渡", "进度")]),
        ("加强组织领道，落实责任。", [("领道", "领导")]),
        ("车辆绕行，难以通过。", []),
        ("记者高渊、王建社报道。", []),
        ("江苏省徐洲市的客商。", [("江苏省徐洲市", "江苏省徐州市")]),
        ("到四川省攀枝化市学习。", [("四川省攀枝化市", "四川省攀枝花市")]),
        ("榆林市府谷区的企业。", [("榆林市府谷区", "榆林市府谷县")]),
        ("福建省和福州市领导出席。", []),
        ("西安市高新区、宝鸡市市区、陕西省市场监督管理局。", []),
        ("附件：1.申请表 2.审批表 2.汇总表", [("2", "3")]),
        ("附件1：名单；附件2：标准；附件2：流程", [("2", "3")]),
        ("见附件2、附件3。", []),
        ("坚持马克思主义基本原理同中国具体实践相结合。", [("马克思主义基本原理同中国具体实践相结合", "马克思主义基本原理同中国具体实际相结合")]),
        ("“既使”与“即使”的区别", []),
        ("错别字示例：材科（材料）", []),
    ],
)
def test_what_is_found_and_what_is_left_alone(engine: Engine, text: str, hits: list[tuple[str, str | None]]) -> None:
    assert found(engine, text) == hits


@pytest.mark.parametrize("path", BATCHES, ids=lambda path: path.stem)
def test_the_batches_written_unseen_stay_found(engine: Engine, path: Path) -> None:
    batch = list(cases(path))
    told = judged(ours(engine, DAY), [case for case in batch if case.kind != "对"], [case.text for case in batch if case.kind == "对"])
    assert told["recall"] >= 0.85, told["missed"]
    assert told["precision"] >= 0.97, told["alarms"]
    assert told["suggestions"] >= 0.95
