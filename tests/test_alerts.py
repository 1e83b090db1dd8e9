"""Alerts against a real store, a real SMTP server and real HTTP receivers: every scenario of `alerts_scenarios.py`, each in its own process."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("alerts_scenarios.py")
NAMES = [
    node.name
    for node in ast.parse(SCRIPT.read_text(encoding="utf-8")).body
    if isinstance(node, ast.FunctionDef) and [argument.arg for argument in node.args.args] == ["world"] and node.name != "night_of"
]


@pytest.mark.parametrize("name", NAMES)
def test_alerts(name: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONWARNINGS": "error", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    for variable in ("XUNCHA_SMTP_PASSWORD", "XUNCHA_HOME", "DJANGO_SETTINGS_MODULE"):
        environment.pop(variable, None)
    command = [sys.executable, str(SCRIPT), name, str(tmp_path / "home")]
    result = subprocess.run(command, cwd=root, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
