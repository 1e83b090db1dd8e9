"""Looking at one file: what we read out of a document or a saved page, and whether a finished bulletin agrees with itself."""

import json
import sys
from pathlib import Path
from typing import Any

from core.errors import UsageError
from core.records import Block
from crawler import documents


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise UsageError(f"{path}：没有这个文件，请检查路径")
    return path.read_bytes()


def read_path(path: Path, as_json: bool) -> int:
    """Print every block of a document with its place; 3 when a part could not be read."""
    unread = 0
    for part in documents.read(_bytes(path), str(path)):
        if isinstance(part, Block):
            line: dict[str, Any] = {"file": part.file, "where": part.where, "text": part.text, "hidden": part.hidden or None, "ocr": part.ocr}
            note = f"〔{part.hidden}〕" if part.hidden else ""
            print(json.dumps(line, ensure_ascii=False) if as_json else f"{part.file or ''} {part.where}{note}：{part.text}")
        elif as_json:
            unread += 1
            print(json.dumps({"file": part.file, "where": part.where, "unread": part.reason}, ensure_ascii=False))
        else:
            unread += 1
            print(f"{part.file or ''} {part.where} 未能读取：{part.reason}", file=sys.stderr)
    return 3 if unread else 0


def extract_path(path: Path, url: str, as_json: bool) -> int:
    """Print what the crawler reads out of a saved page; 3 when it is no page that can be read."""
    from crawler.parse.extract import extract

    result = extract(_bytes(path), url)
    if as_json:
        print(json.dumps(result, ensure_ascii=False))
    else:
        for name, value in result.items():
            if value not in (None, "", [], {}):
                print(f"{name}：{value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    return 0


def audit_path(path: Path, as_json: bool) -> int:
    """Compare the figures of a finished bulletin with its own annexes; 1 when they disagree."""
    from reports.audit import audit, audit_data, summary

    if not path.is_file():
        raise UsageError(f"{path}：没有这个文件，请检查路径")
    report = audit(path)
    if as_json:
        print(json.dumps(audit_data(report), ensure_ascii=False))
    else:
        print("\n".join(summary(report)))
    return int(bool(report.discrepancies))
