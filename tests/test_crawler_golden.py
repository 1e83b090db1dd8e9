"""Saved pages and what must be read out of them. A page without its expectation gets one written, and fails until a person has looked at it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from crawler.parse.extract import extract

GOLDEN = Path(__file__).parent / "golden"
PAGES = sorted(path for path in GOLDEN.glob("*/*") if path.suffix in {".html", ".xml"} or path.name.endswith("list.json"))
_URL = re.compile(rb"^<!-- url: (\S+) -->")


def _expectation(page: Path) -> Path:
    return page.with_name(f"{page.stem}.expected.json")


def _read(page: Path) -> dict[str, Any]:
    body = page.read_bytes()
    named = _URL.match(body)
    beside = page.with_suffix(".url")
    url = named[1].decode() if named else beside.read_text(encoding="utf-8").strip() if beside.exists() else f"https://www.shifan.example/{page.parent.name}/"
    return json.loads(json.dumps(extract(body, url)))


def test_there_are_pages() -> None:
    assert len(PAGES) >= 15


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_page_reads_as_expected(page: Path) -> None:
    got, expected = _read(page), _expectation(page)
    if not expected.exists():
        expected.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        pytest.fail(f"{expected.name} 原来没有，已按现在读到的写出；请人工核对后再运行")
    assert got == json.loads(expected.read_text(encoding="utf-8"))


def test_no_expectation_without_its_page() -> None:
    pages = {_expectation(page) for page in PAGES}
    assert [path.name for path in GOLDEN.glob("*/*.expected.json") if path not in pages] == []
