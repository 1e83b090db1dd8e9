"""Helpers beside the tests can be imported by their bare name. `--store=postgresql` runs the tests that touch a store on a real PostgreSQL."""

import os
import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS))
_OPENS = re.compile(r"open_store|open_desk|service\.cli|crawler\.run|service\.demo|sqlite3|scheduler_world|stored import")
_server: Any = None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--store", choices=("sqlite", "postgresql"), default="sqlite", help="the database under the tests; postgresql selects those that open one")


def pytest_configure(config: pytest.Config) -> None:
    """The session's server; xdist's workers inherit its address."""
    global _server
    config.addinivalue_line("markers", "sqlite: about SQLite itself; left out on PostgreSQL")
    config.addinivalue_line("markers", "store: opens a store (set by itself, from what the test's file and its helpers import)")
    if config.getoption("--store") == "sqlite":
        if not hasattr(config, "workerinput"):
            os.environ.pop("XUNCHA_DATABASE", None)
        return
    if "XUNCHA_DATABASE" not in os.environ or not hasattr(config, "workerinput"):
        from postgres import postgres

        _server = postgres()
        os.environ["XUNCHA_DATABASE"] = _server.__enter__().url("t_{home}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _server is not None:
        _server.__exit__(None, None, None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = []
    for item in items:
        if opens_a_store(item.path):
            item.add_marker("store")
        if config.getoption("--store") == "postgresql" and (not opens_a_store(item.path) or item.get_closest_marker("sqlite")):
            left.append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in set(left)]


@cache
def opens_a_store(path: Path) -> bool:
    """True when a test's file, its conftest, or a helper that either names opens a store."""
    if (path.name in ("test_layers.py", "conftest.py") and path.parent == TESTS) or path.parent.name == "browser":
        return False  # the browser's county is a home that is copied, its database with it
    waiting, seen = [path, path.with_name("conftest.py")], set[Path]()
    while waiting:
        file = waiting.pop()
        if file in seen or not file.exists() or file == Path(__file__):
            continue
        seen.add(file)
        source = file.read_text(encoding="utf-8")
        if _OPENS.search(source):
            return True
        waiting += [
            helper
            for folder in {path.parent, TESTS}
            for helper in folder.glob("*.py")
            if re.search(rf"(?:import|from) {helper.stem}\b|{helper.stem}\.py\b", source)
        ]
    return False
