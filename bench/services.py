"""The services: the precheck over HTTP and the desk's pages, as their own benches measure them."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent


def run(quick: bool) -> list[Row]:
    """Precheck and desk."""
    return [*_precheck(quick), *_desk(quick)]


def _precheck(quick: bool) -> list[Row]:
    found = _told("bench.precheck", "--seconds", "3" if quick else "10")
    ours, peer = found["precheck"], found["peer: no checks"]
    return [
        Row("发布前检查接口，每秒", ours["rate"], "次", "more", peer["rate"], "同一服务、不检查", 100),
        Row("发布前检查接口，95%", ours["p95"], "ms", "less", peer["p95"], "同一服务、不检查", 150),
    ]


def _desk(quick: bool) -> list[Row]:
    found = _told("bench.desk", "--findings", "10000" if quick else "100000", "--rounds", "3" if quick else "10", "--role", "reviewer")
    peer = next(row for row in found if row["role"] == "peer")
    slowest = max((row for row in found if row["role"] != "peer"), key=lambda row: row["p95"])
    return [Row(f"工作台最慢一页 {slowest['path'][:40]}，95%", slowest["p95"], "ms", "less", peer["p95"], "一条 SQL 的空页", 200)]


def _told(module: str, *words: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "rows.json"
        subprocess.run([sys.executable, "-m", module, *words, "--json", str(out)], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        return json.loads(out.read_text("utf-8"))
