"""The scheduler stopped, killed, its clock set, its database locked, two of it at once: every scenario in a process of its own, with real children."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
SCRIPTS = ("scheduler_scenarios.py", "scheduler_jobs.py")


def names(script: str) -> list[str]:
    body = ast.parse((TESTS / script).read_text(encoding="utf-8")).body
    return [
        node.name for node in body if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["world"] and not node.args.vararg
    ]


@pytest.mark.parametrize(("script", "name"), [(script, name) for script in SCRIPTS for name in names(script)])
def test_night(script: str, name: str, tmp_path: Path) -> None:
    root = TESTS.parent
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "error", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    for variable in ("XUNCHA_SMTP_PASSWORD", "XUNCHA_HOME", "DJANGO_SETTINGS_MODULE", "XUNCHA_RUN"):
        environment.pop(variable, None)
    command = [sys.executable, str(TESTS / script), name, str(tmp_path)]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment, timeout=240, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
