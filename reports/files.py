"""Writes every file of a month's assessment into a folder, each whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.assessment import Assessment
from core.errors import EnvironmentFailure
from core.records import Finding
from reports.data import annex_csv, assessment_json, findings_jsonl
from reports.docx import bulletin_docx
from reports.html import bulletin_html
from reports.prose import compose
from reports.tables import annex_tables
from reports.wording import Voice, Wording
from reports.xlsx import annexes_xlsx

CSV_NAMES = ("annex1.csv", "annex2.csv", "annex3.csv", "annex4.csv", "annex5.csv")


def write_all(assessment: Assessment, findings: Sequence[Finding], wording: Wording, out: Path) -> list[Path]:
    """Write the contract's files into `out` (made when missing) and return their paths; all are composed before the first is written."""
    files = list(compose_files(assessment, findings, wording))
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(f"{out}：建不了输出目录（{_reason(error)}），请检查路径和权限，或用 --out 换一个目录") from None
    return [_write(out / name, content) for name, content in files]


def compose_files(assessment: Assessment, findings: Sequence[Finding], wording: Wording) -> Iterator[tuple[str, bytes]]:
    """Name and content of each of the contract's files, composed one by one."""
    voice = Voice.of(wording, assessment)
    prose = compose(assessment, wording)
    tables = annex_tables(assessment)
    yield "assessment.json", assessment_json(assessment)
    yield "findings.jsonl", findings_jsonl(findings)
    yield from zip(CSV_NAMES, map(annex_csv, tables), strict=True)
    yield "annexes.xlsx", annexes_xlsx(tables, voice)
    yield "bulletin.docx", bulletin_docx(assessment, prose, tables, voice)
    yield "bulletin.html", bulletin_html(assessment, findings, prose, tables, voice)


def _write(path: Path, content: bytes) -> Path:
    temporary: str | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = file.name
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise EnvironmentFailure(f"{path}：写不进去（{_reason(error)}），原有文件未改动；请检查磁盘空间和权限后重试") from None
    finally:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
    return path


def _reason(error: OSError) -> str:
    reasons = {"ENOSPC": "磁盘已满", "EACCES": "没有权限", "EPERM": "没有权限", "EROFS": "磁盘只读", "EEXIST": "已有同名文件", "ENOTDIR": "上级不是目录"}
    return reasons.get(errno.errorcode.get(error.errno or 0, ""), error.strerror or "系统错误")
