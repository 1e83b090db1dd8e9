"""The main job on whole months: the county's real October, and random months that end quarters, half-years, years and a leap February."""

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from month_oracle import Expected, random_month

ROOT = Path(__file__).resolve().parents[1]
SEED = Path(__file__).parent / "data" / "seed"
FILES = ("bulletin.docx", "bulletin.html", "annexes.xlsx", "assessment.json", "findings.jsonl", *(f"annex{n}.csv" for n in range(1, 6)))
CONTENT = ("privacy/", "expression/")


def run_demo(out: Path, *arguments: str, code: int = 1) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "service.cli", "demo", "--out", str(out), *arguments]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=400, check=False, env={**os.environ, "XUNCHA_HOME": str(out / "unused")})
    assert result.returncode == code, result.stdout + result.stderr
    return result


def annex(folder: Path, number: int) -> list[list[str]]:
    with (folder / f"annex{number}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def findings(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "findings.jsonl").read_text(encoding="utf-8").splitlines()]


def problems(folder: Path) -> Iterable[tuple[str, tuple[str, ...], str | None]]:
    for problem in json.loads((folder / "assessment.json").read_text(encoding="utf-8"))["problems"]:
        yield problem["kind"], tuple(problem["units"]), problem["account"]


@pytest.fixture(scope="module")
def october(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("october") / "out"
    run_demo(out, "--keep")
    return out


def test_every_file_of_the_contract_is_there(october: Path) -> None:
    assert all((october / name).stat().st_size > 0 for name in FILES)


@pytest.mark.parametrize("number", range(1, 6))
def test_the_real_october(october: Path, number: int) -> None:
    """Every cell of the county's own annexes, but for the silence that its prose miscounted (and its unpadded dates)."""
    (path,) = SEED.glob(f"annex{number}_*.csv")
    expected = path.read_text(encoding="utf-8").replace("2023-10-9至2023-10-29", "2023-10-09至2023-10-31")
    assert (october / f"annex{number}.csv").read_text(encoding="utf-8") == expected


def test_the_eleven_problems_of_october(october: Path) -> None:
    silent_units = ("县住建局", "县统计局", "县交通局", "县民政局", "县生态环境局", "猕猴桃园区管委会", "经开区管委会", "滨河新区管委会", "首善街办", "汤峪镇")
    assert sorted(problems(october), key=repr) == sorted(
        [
            ("privacy-leak", ("县乡村振兴局",), None),
            ("wrong-expression", ("县乡村振兴局",), None),
            ("column-not-updated", ("县应急管理局",), None),
            ("no-news", silent_units, None),
            ("repost-shortfall", ("县教体局",), "微信订阅号/眉县教育"),
            ("repost-shortfall", ("县公安局",), "微信订阅号/眉县反诈中心"),
            ("account-silent", ("县公安局",), "微信服务号/眉县公安"),
            ("account-silent", ("县公安局",), "抖音号/眉县交警大队"),
            ("paper-missing", ("滨河新区管委会",), None),
            ("submission-missing", ("县信访局",), None),
            ("events-unhandled", ("常兴镇",), None),
        ],
        key=repr,
    )


def test_the_totals_of_october(october: Path) -> None:
    assessment = json.loads((october / "assessment.json").read_text(encoding="utf-8"))
    assert assessment["totals"] == {
        "columns": {"units": 40, "posts": 102},
        "news": {"units": 38, "uploaded": 64, "published": 62},
        "accounts": {"accounts": 15, "posts": 482, "originals": 212, "reposts": 270},
        "submissions": {"units": 7},
        "events": {"generated": 676, "accepted": 90, "discarded": 571, "closed": 90, "pending": 15},
    }
    assert assessment["coverage"]["failed"] == []


def test_only_what_was_planted_is_found(october: Path) -> None:
    found = [finding for finding in findings(october) if finding["rule"].startswith(CONTENT)]
    assert {(finding["rule"].split("/")[0], finding["unit"], finding["source"]) for finding in found} == {
        (family, "县乡村振兴局", "column/县乡村振兴局/扶贫资金信息公开") for family in ("privacy", "expression")
    }
    assert {"privacy/resident-id", "privacy/bank-card", "privacy/mobile"} <= {finding["rule"] for finding in found}
    assert all(finding["where"] and finding["masked"] and finding["suggestion"] and finding["file"].endswith(".xlsx") for finding in found)


def test_the_alert_tells_the_unit_where_and_how(october: Path) -> None:
    import email
    import email.policy

    (mail,) = (october / "alerts").glob("*.eml")
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    body = message.get_body()
    assert body is not None
    text = body.get_content()
    assert "一票否决" in str(message["Subject"])
    assert "县乡村振兴局" in text
    assert ".xlsx" in text
    assert "建议" in text
    assert re.search(r"\d{6}\*{8}\d{3}[\dX]", text)


def test_no_number_in_clear_anywhere(october: Path) -> None:
    """The planted numbers are in the demo's own web and nowhere else: not in the store, the results, the mails."""
    from core.store.vault import Vault

    home = october / "county" / "home"
    vault, planted = Vault.open(home), set()
    for path in (home / "vault").glob("*/*"):
        data = vault.get(path.name)
        if data[:4] == b"PK\x03\x04":
            planted |= _numbers(data)
    assert len(planted) > 30
    for path in october.rglob("*"):
        if path.is_file() and path.parent.name != "mail":
            data = path.read_bytes()
            leaked = [number for number in planted if number.encode() in data]
            assert not leaked, path


def _numbers(workbook: bytes) -> set[str]:
    import io

    import openpyxl

    try:
        book = openpyxl.load_workbook(io.BytesIO(workbook))
    except (KeyError, OSError):  # another kind of zip: a docx
        return set()
    cells = [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    return {cell for cell in cells if re.fullmatch(r"\d{17}[\dX]|1[3-9]\d{9}|62\d{14,17}", cell)}


MONTHS = [(1, 2024, 2), (2, 2023, 12), (3, 2024, 6)]


@pytest.mark.parametrize(("seed", "year", "month"), MONTHS)
def test_a_random_month_comes_out_exactly(tmp_path: Path, seed: int, year: int, month: int) -> None:
    tables = random_month(seed, year, month, tmp_path / "facts")
    run_demo(tmp_path / "out", "--facts", str(tmp_path / "facts"))
    expected = Expected(tables, year, month)
    for number, rows in enumerate(expected.annexes, 1):
        assert annex(tmp_path / "out", number) == rows, f"附件{number}"
    assert set(problems(tmp_path / "out")) == expected.problems
    _check_findings(findings(tmp_path / "out"), tables["incidents.csv"])


def _check_findings(found: list[dict[str, Any]], incidents: list[dict[str, Any]]) -> None:
    """Each planted incident is found with unit, kind and place; nothing else of content is found."""
    seen = {(finding["unit"], _kind(finding["rule"])) for finding in found if finding["rule"].startswith(CONTENT) and finding["severity"] in ("veto", "error")}
    assert seen == {(row["单位"], row["类型"]) for row in incidents}
    for row in incidents:
        if row["载体"].startswith("附件"):
            kind = row["载体"].removeprefix("附件").replace("图片", "png")
            assert any(finding["unit"] == row["单位"] and (finding["file"] or "").endswith(kind) for finding in found), row


def _kind(rule: str) -> str:
    return "expression" if rule.startswith("expression/") else rule.removeprefix("privacy/")
