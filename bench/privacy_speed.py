"""How fast personal data is looked for, each figure beside its peer in the same process: clean text, a long list, a page full of hits.

Usage: python -m bench.privacy_speed [--rows N] [--json FILE].
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench.privacy_documents import Maker
from checks.privacy import scan
from checks.privacy.policy import Policy, load_policy
from core.records import Block, Subject
from core.text import fold

_SENTENCES = (
    "各镇人民政府，县政府各工作部门、直属机构：为深入贯彻落实上级决策部署，切实做好秋冬季重点工作，现将有关事项通知如下。",
    "一要提高政治站位，压紧压实责任，主要负责同志要亲自研究、亲自部署、亲自推动，确保各项任务落到实处。",
    "截至2023年10月31日，全县累计完成投资12.36亿元，同比增长8.5%，涉及38个行政村、6120户群众。",
    "请于2023-11-15前将工作总结报县政府办公室，联系电话：0917-5542136，传真：0917-5542137。",
    "依据眉政发〔2023〕12号文件，项目编号2310-610326-04-01-123456，统一社会信用代码91350100M000100Y43。",
    "公示名单中身份证号按610326********1238的形式遮盖，银行卡号按621700*********1234的形式遮盖。",
)


def clean_text(characters: int, seed: int = 1) -> str:
    """Official prose with figures, dates, office phones and masked values, without any leak."""
    rng = random.Random(seed)
    parts: list[str] = []
    size = 0
    while size < characters:
        sentence = rng.choices(_SENTENCES, weights=(6, 6, 4, 1, 1, 1))[0]
        parts.append(sentence + ("\n" if rng.random() < 0.3 else ""))
        size += len(parts[-1])
    return "".join(parts)


def best(work: Callable[[], Any], times: int = 3) -> float:
    """CPU seconds of the fastest run."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return min(taken)


def whole_document_peer(policy: Policy) -> Callable[[str], int]:
    """Plain Presidio: jieba over everything, the same recognizers, the default enhancer."""
    from bench.privacy_peer import analyzer
    from checks.privacy.recognizers import LANGUAGE, THRESHOLD

    engine = analyzer(policy)
    return lambda text: len(engine.analyze(fold(text).text, LANGUAGE, score_threshold=THRESHOLD))


def clean(policy: Policy) -> dict[str, float]:
    """Megabytes a second on clean text, ours and the peer's, and the factor."""
    long, short = clean_text(2_000_000), clean_text(200_000)
    subject = Subject((Block(long, "正文"),))
    if scan(subject, policy):
        raise SystemExit("干净文本中出现了误报，测速没有意义，请先修复")
    mine = len(long.encode()) / best(lambda: scan(subject, policy)) / 1e6
    peer = whole_document_peer(policy)
    theirs = len(short.encode()) / best(lambda: peer(short), 2) / 1e6
    return {"ours_mb_s": round(mine, 2), "peer_mb_s": round(theirs, 2), "factor": round(mine / theirs, 1)}


def _rows(count: int, maker: Maker) -> Iterator[list[str]]:
    yield ["序号", "姓名", "身份证号", "银行卡号", "手机号", "金额"]
    for number in range(1, count + 1):
        yield [str(number), maker.name(), maker.identity(), maker.card(), maker.mobile(), str(number % 9000)]


def sheet(policy: Policy, rows: int) -> dict[str, float]:
    """Seconds for a long list, read and checked, beside the raw read by calamine; and the growth from half as many rows."""
    import openpyxl
    from python_calamine import CalamineWorkbook

    from crawler import documents

    lines = list(_rows(rows, Maker(1, policy.tables)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "名单.xlsx"
        book = openpyxl.Workbook(write_only=True)
        page = book.create_sheet("名单")
        for line in lines:
            page.append(line)
        book.save(path)
        data = path.read_bytes()
        raw = best(lambda: CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python())
    start = time.process_time()
    blocks = tuple(part for part in documents.read(data, "名单.xlsx") if isinstance(part, Block))
    read = time.process_time() - start
    half = Subject(tuple(block for block in blocks if (block.row or 0) <= rows // 2))
    whole = Subject(blocks)
    found = len(scan(whole, policy))
    check, less = best(lambda: scan(whole, policy), 2), best(lambda: scan(half, policy), 2)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "rows": rows,
        "found": found,
        "calamine_s": round(raw, 3),
        "read_s": round(read, 3),
        "check_s": round(check, 3),
        "factor": round((read + check) / raw, 1),
        "growth_for_double": round(check / less, 2),
        "peak_mb": round(memory),
    }


def page(policy: Policy) -> dict[str, float]:
    """Seconds for pages of 2,000 and 4,000 hits."""
    maker = Maker(2, policy.tables)

    def made(hits: int) -> Subject:
        return Subject((Block("\n".join(f"{maker.name()}{maker.identity()}，手机{maker.mobile()}。" for _ in range(hits // 2)), "第1页"),))

    small, large = made(2_000), made(4_000)
    scan(small, policy)
    one, two = best(lambda: scan(small, policy)), best(lambda: scan(large, policy))
    return {"hits": len(scan(large, policy)), "seconds_2000": round(one, 3), "seconds_4000": round(two, 3), "growth_for_double": round(two / one, 2)}


def command() -> dict[str, float]:
    """Seconds (wall and CPU) of the whole command `check` on a small text file, without and with a leak; the better of three runs."""
    leak = f"王建国，身份证号{Maker(3, load_policy().tables).identity()}，已登记。\n"
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("clean", clean_text(600)), ("leak", leak)):
            path = Path(folder) / f"{name}.txt"
            path.write_text(text, encoding="utf-8")
            walls, cpus = [], []
            for _ in range(3):
                before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
                subprocess.run([sys.executable, "-m", "service.cli", "check", str(path)], capture_output=True, check=False)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                walls.append(time.perf_counter() - start)
                cpus.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
            figures |= {f"{name}_s": round(min(walls), 2), f"{name}_cpu_s": round(min(cpus), 2)}
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    policy = load_policy()
    result = {"sheet": sheet(policy, arguments.rows), "clean": clean(policy), "page": page(policy), "command": command()}
    for name, figures in result.items():
        print(name, " ".join(f"{key}={value}" for key, value in figures.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps(result, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
