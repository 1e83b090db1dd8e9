"""`make bench`: every bench beside its peer, in one run; a table on the screen and `out/bench.json`. `python -m bench [--quick] [--only NAME]…`

A bench is a module with `run(quick) -> list[Row]`; it gets a process of its own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.rows import Row

ROOT = Path(__file__).resolve().parent.parent
BENCHES = ("engines", "services", "workers", "province")


def main() -> int:
    """Run them one after another; 1 when a figure is not held or a bench broke."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, small stores: minutes instead of an hour")
    parser.add_argument("--only", action="append", choices=BENCHES, default=[])
    parser.add_argument("--one", choices=BENCHES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps([asdict(row) for row in import_module(f"bench.{given.one}").run(given.quick)]))
        return 0
    rows, broken = [], []
    for name in given.only or BENCHES:
        print(f"{name} …", file=sys.stderr, flush=True)
        found = _run(name, given.quick)
        rows += found or []
        broken += [] if found else [name]
    _print(rows)
    (ROOT / "out").mkdir(exist_ok=True)
    machine = {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "at": time.strftime("%Y-%m-%d %H:%M"), "quick": given.quick}
    lines = [{**asdict(row), "ratio": row.ratio, "held": row.held} for row in rows]
    (ROOT / "out" / "bench.json").write_text(json.dumps({"machine": machine, "rows": lines, "broken": broken}, ensure_ascii=False, indent=1), "utf-8")
    for name in broken:
        print(f"{name}: broke", file=sys.stderr)
    return int(bool(broken) or not all(row.held for row in rows))


def _run(name: str, quick: bool) -> list[Row] | None:
    command = [sys.executable, "-m", "bench", "--one", name, *(["--quick"] if quick else [])]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None
    return [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]


def _print(rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("项目", "结果", "要求", "同一次运行中的对照", "对照值", "倍数"):
        table.add_column(title, justify="left" if title in ("项目", "同一次运行中的对照") else "right")
    for row in rows:
        limit = "" if row.limit is None else f"{'≤' if row.better == 'less' else '≥'} {row.limit:g}{'' if row.held else ' 未达到'}"
        peer = "" if row.peer is None else f"{row.peer:.4g}"
        table.add_row(row.name, f"{row.value:.4g} {row.unit}", limit, row.beside, peer, "" if row.ratio is None else f"{row.ratio:.2f}")
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
