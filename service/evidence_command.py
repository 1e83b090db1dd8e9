"""`xuncha evidence`: make, verify, show and export the proofs of findings."""

import json
import sys
from datetime import datetime
from pathlib import Path

from core.calendar import SHANGHAI
from core.config import load_county
from core.errors import UsageError
from core.store.setup import open_store
from core.store.vault import Vault
from service.progress import stage


def make(config: Path, limit: int) -> int:
    """Make what is lacking now; 1 when pictures are missing."""
    from service.evidence import gather
    from service.jobs import Night

    county, now = load_county(config), datetime.now(SHANGHAI)
    done = gather(Night(county, open_store(), now.date(), now), limit)
    print(f"{done.told()}。")
    return 1 if done.without or done.gone else 0


def verify(config: Path, everything: bool, as_json: bool) -> int:
    """Check the hashes; 1 when something is missing or was altered."""
    from service.evidence_check import verify as job

    county, home = load_county(config), open_store()
    with stage("核对证据") as step:
        count, faults = job(county.id, Vault.open(home), everything, lambda done: step(done, done))
    if as_json:
        print(json.dumps({"checked": count, "faults": [{"kind": fault.kind, "what": fault.what, "url": fault.url} for fault in faults]}, ensure_ascii=False))
    else:
        for fault in faults:
            print(fault)
        print(f"核对 {count} 件，{f'{len(faults)} 件有问题' if faults else '全部完好'}。")
    return 1 if faults else 0


def show(config: Path, finding: str, as_json: bool) -> int:
    """Tell what proves a finding."""
    from service.evidence_check import find, told

    county = load_county(config)
    open_store()
    data = told(*find(county.id, finding))
    if as_json:
        print(json.dumps(data, ensure_ascii=False))
        return 0
    print(f"{data['message']}　{data['masked'] or ''}\n{data['url']}")
    for proof in data["proofs"]:
        print(f"第 {proof['version']} 版，采集于 {proof['captured_at']}，WARC {proof['size']} 字节，SHA-256 {proof['sha256']}")
        for shown in proof["pictures"]:
            taken = shown["note"] or f"标出 {shown['places']} 处，SHA-256 {shown['sha256']}"
            print(f"  截图 {shown['file'] or '网页'}：{taken}")
    if not data["proofs"]:
        print("还没有固定证据：请运行 xuncha evidence make", file=sys.stderr)
    return 0


def export(config: Path, finding: str, out: Path, raw: bool) -> int:
    """Write a finding's pictures and manifest (and its WARC) to a folder."""
    from service.evidence_check import export as job
    from service.evidence_check import find

    county, home = load_county(config), open_store()
    row, found = find(county.id, finding)
    if not found:
        raise UsageError(f"问题 {row.uid} 还没有固定证据，请先运行 xuncha evidence make")
    for path in job(Vault.open(home), row, found, out, raw):
        print(path)
    if raw:
        print("注意：.warc.gz 里是未脱敏的原文，只可交给有权查看的人，用完请删除。", file=sys.stderr)
    return 0
