"""How well personal data is found in files that a word processor has written: papers saved by LibreOffice as doc, xls and pdf, with and without table lines.

Usage: python -m bench.privacy_office [--seed N] [--count N] [--show N]. Needs `soffice` (Debian: libreoffice-writer-nogui, libreoffice-calc-nogui).
"""

import argparse
import io
import random
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import privacy_formats
from bench.privacy_detectors import detectors
from bench.privacy_model import Paper
from bench.privacy_papers import FAMILIES, Case, Tally, look
from bench.privacy_people import People
from checks.privacy.policy import load_policy
from core.records import Block
from crawler import documents

# name, the form it is saved from, whether its tables are drawn with lines, the form it is saved in
KINDS: tuple[tuple[str, str, bool, str], ...] = (
    ("doc", "docx", True, "doc"),
    ("pdf，有表格线", "docx", True, "pdf"),
    ("pdf，无表格线", "docx", False, "pdf"),
    ("xls", "xlsx", True, "xls"),
)
_TIMEOUT = 600


def written(paper: Paper, form: str, ruled: bool, rng: random.Random) -> bytes:
    """The paper in a new format, its tables ruled if asked for."""
    from docx import Document

    data = getattr(privacy_formats, form)(paper, rng)[1]
    if form != "docx" or not ruled:
        return bytes(data)
    document, buffer = Document(io.BytesIO(data)), io.BytesIO()
    for table in document.tables:
        table.style = "Table Grid"
    document.save(buffer)
    return buffer.getvalue()


def cases(seed: int, count: int, people: People, folder: Path) -> Iterator[Case]:
    """`count` papers of each kind, saved by the word processor and read back."""
    for name, form, ruled, saved in KINDS:
        place = folder / name
        (place / "out").mkdir(parents=True)
        papers = {}
        for number in range(count):
            paper = FAMILIES[number % len(FAMILIES)](people)
            papers[f"{number}"] = paper
            (place / f"{number}.{form}").write_bytes(written(paper, form, ruled, random.Random(f"{seed} {name} {number}")))
        command = ["soffice", "--headless", "--convert-to", saved, "--outdir", str(place / "out"), *map(str, sorted(place.glob(f"*.{form}")))]
        subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT)
        for path in sorted((place / "out").iterdir()):
            blocks = tuple(part for part in documents.read(path.read_bytes(), path.name) if isinstance(part, Block))
            yield Case(papers[path.stem], name, path.name, blocks, 0.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000))
    parser.add_argument("--count", type=int, default=len(FAMILIES), help="papers of each kind")
    parser.add_argument("--show", type=int, default=0, help="print this many misses and false alarms (synthetic values)")
    arguments = parser.parse_args()
    if shutil.which("soffice") is None:
        sys.exit("没有找到 soffice，无法比较；Debian 可安装 libreoffice-writer-nogui 和 libreoffice-calc-nogui。")
    policy = load_policy()
    ours, tally, show = detectors(policy, True)["巡查"], Tally(), arguments.show
    with tempfile.TemporaryDirectory() as folder:
        for case in cases(arguments.seed, arguments.count, People(arguments.seed, policy.tables), Path(folder)):
            for word, items in zip(("漏", "误"), tally.add(case, *look(case, ours)), strict=True):
                for kind, value in items[: max(0, show)]:
                    show -= 1
                    print(f"{word}：{case.paper.family} {case.format} {case.name} {kind} {value}", file=sys.stderr)
    print(f"种子 {arguments.seed}，每种 {arguments.count} 份；合规文件误报 {tally.alarms} 处 / {tally.characters} 字")
    for title, scores in (("种类", tally.kinds), ("格式（逐个号码）", tally.formats), ("格式（整份文件）", tally.papers)):
        print(title)
        for key in sorted(scores):
            print(f"  {key:16} {scores[key].line()}")


if __name__ == "__main__":
    main()
