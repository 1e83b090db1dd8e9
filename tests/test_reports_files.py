"""The files of a month: exact csv, the contract's json, and writing that leaves nothing half-done."""

import csv
import errno
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reports_month import SEED, SEED_FILES, leak_findings, october, wording

from core.assessment import Coverage
from core.errors import EnvironmentFailure
from reports.data import FINDING_KEYS
from reports.files import write_all

NAMES = ["assessment.json", "findings.jsonl", *(f"annex{number}.csv" for number in range(1, 6)), "annexes.xlsx", "bulletin.docx", "bulletin.html"]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out") / "meixian-2023-10"
    assert [path.name for path in write_all(october(), leak_findings(), wording(), folder)] == NAMES
    return folder


@pytest.mark.parametrize("number", range(1, 6))
def test_an_annex_is_written_byte_for_byte_like_the_office_s(out: Path, number: int) -> None:
    assert (out / f"annex{number}.csv").read_bytes() == (SEED / SEED_FILES[number - 1]).read_bytes()


def test_assessment_json_keeps_the_contract(out: Path) -> None:
    data = json.loads((out / "assessment.json").read_text(encoding="utf-8"))
    assert list(data) == ["county", "period", "generated_at", "rules_version", "coverage", "totals", "grades", "problems"]
    assert data["period"] == "2023-10"
    assert data["generated_at"] == "2023-11-23T09:30:00+08:00"
    assert data["totals"]["accounts"] == {"accounts": 15, "posts": 482, "originals": 212, "reposts": 270}
    assert data["totals"]["events"] == {"generated": 676, "accepted": 90, "discarded": 571, "closed": 90, "pending": 15}
    assert data["grades"]["accounts"]["抖音号/眉县交警大队"] == "不合格"
    assert set(data["problems"][0]) == {"group", "kind", "units", "account", "text", "findings"}
    assert data["problems"][0]["account"] is None


def test_failed_sources_are_in_the_coverage(tmp_path: Path) -> None:
    month = replace(october(), coverage=Coverage(3, 2, (("column-1", "无法访问"),)), generated_at=datetime(2023, 11, 30, 17, tzinfo=UTC))
    write_all(month, (), wording(), tmp_path)
    data = json.loads((tmp_path / "assessment.json").read_text(encoding="utf-8"))
    assert data["coverage"] == {"planned": 3, "collected": 2, "failed": [{"source": "column-1", "reason": "无法访问"}]}
    assert data["generated_at"] == "2023-12-01T01:00:00+08:00"


def test_a_finding_is_one_line_with_every_key(out: Path) -> None:
    lines = (out / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == [finding.id for finding in leak_findings()]
    first = json.loads(lines[0])
    assert tuple(first) == FINDING_KEYS
    assert first["start"] is None
    assert first["reasons"] == ["校验码正确", "所在列标题为“身份证号”"]


def test_csv_quotes_what_needs_it(tmp_path: Path) -> None:
    month = october()
    month = replace(month, columns=(replace(month.columns[0], column='批准,"服务"'), *month.columns[1:]))
    write_all(month, (), wording(), tmp_path)
    with (tmp_path / "annex1.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file))[1][2] == '批准,"服务"'


def test_writing_twice_replaces_and_leaves_no_other_file(out: Path) -> None:
    write_all(october(), (), wording(), out)
    assert sorted(path.name for path in out.iterdir()) == sorted(NAMES)
    assert (out / "findings.jsonl").read_bytes() == b""
    write_all(october(), leak_findings(), wording(), out)


def test_a_full_disk_is_told_and_the_old_file_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "assessment.json").write_text("old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(EnvironmentFailure, match=r"assessment\.json：写不进去（磁盘已满）"):
        write_all(october(), (), wording(), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["assessment.json"]
    assert (tmp_path / "assessment.json").read_text() == "old"


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(EnvironmentFailure, match="建不了输出目录"):
        write_all(october(), (), wording(), tmp_path / "out")
