"""Bulletins: the month composed, drafts kept, issued versions frozen in the vault, what has changed since."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from core.assessment import Assessment
from core.calendar import Month
from core.config import County
from core.records import Verdict
from core.store.vault import Vault
from reports.data import assessment_data
from reports.files import compose_files, write_all
from reports.wording import Wording, load_wording
from service.desk import clock
from service.desk.access import Person
from service.desk.models import IssuedBulletin
from service.desk.standing import Judged

DRAFT = 0  # stands for the draft's files where a version is asked for
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
}
LABELS = {
    "bulletin.docx": "通报全文（Word）",
    "annexes.xlsx": "五个附件（Excel）",
    "bulletin.html": "网页版（可打印为 PDF）",
    "assessment.json": "评定数据（JSON）",
    "findings.jsonl": "问题明细（JSON）",
}
DOWNLOADS = ("bulletin.docx", "annexes.xlsx", "bulletin.html", "assessment.json", "findings.jsonl")


def wording(county: County) -> Wording:
    """The county's words; raises ConfigurationError."""
    path = county.folder / "bulletin.yaml"
    return _wording(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _wording(path: Path, stamp: int) -> Wording:
    return load_wording(path)


def as_of_now(month: Judged) -> Assessment:
    """The assessment dated today: the date of a bulletin is the day it is drawn up."""
    return replace(month.assessment, generated_at=clock.now())


def files(month: Judged) -> dict[str, bytes]:
    """Every file of the bulletin, composed now."""
    return dict(compose_files(as_of_now(month), month.findings, wording(month.county)))


def editions(county: County, month: Month) -> list[IssuedBulletin]:
    """The issued versions of a month, the newest first."""
    return list(IssuedBulletin.objects.filter(county=county.id, month=str(month)).order_by("-version"))


@dataclass(frozen=True, slots=True)
class Draft:
    """Files drawn up without being issued, by the desk or by the plan of the night; they lie in `out/` of the data folder."""

    folder: Path
    assessment: Mapping[str, Any]
    drawn_at: datetime

    @property
    def version(self) -> int:
        return DRAFT

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(sorted(path.name for path in self.folder.iterdir() if path.is_file() and not path.name.startswith(".")))


def draft_folder(county: County, month: Month) -> Path:
    """Where the draft's files of a month lie."""
    folder: Path = settings.HOME / "out" / f"{county.id}-{month}"
    return folder


def draft(county: County, month: Month) -> Draft | None:
    """The files last drawn up; None when there are none, or only damaged ones."""
    path = draft_folder(county, month) / "assessment.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        return Draft(path.parent, data, datetime.fromisoformat(data["generated_at"])) if data["period"] == str(month) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def drafted(county: County) -> list[Month]:
    """Months that have a draft."""
    found = []
    for path in (settings.HOME / "out").glob(f"{county.id}-????-??"):
        try:
            found.append(Month.parse(path.name[-7:]))
        except ValueError:
            continue
    return sorted(found)


def keep_draft(month: Judged) -> None:
    """Draw the files up in place of the last draft. Raises EnvironmentFailure, ConfigurationError."""
    write_all(as_of_now(month), month.findings, wording(month.county), draft_folder(month.county, month.assessment.month))


def issue(person: Person, month: Judged, note: str) -> IssuedBulletin:
    """Freeze the month as its next version. Raises IntegrityError when somebody else has just issued it."""
    wanted = str(month.assessment.month)
    values = _values(person, month, files(month), note)
    with transaction.atomic():
        known = IssuedBulletin.objects.filter(county=person.county.id, month=wanted).order_by("-version").values_list("version", flat=True).first()
        return IssuedBulletin.objects.create(county=person.county.id, month=wanted, version=(known or 0) + 1, **values)


def _values(person: Person, month: Judged, content: Mapping[str, bytes], note: str) -> dict[str, Any]:
    vault = Vault.open(settings.HOME)
    return {
        "assessment": frozen(month.assessment),
        "files": {name: vault.put(data) for name, data in content.items()},
        "issued_by": person.name,
        "issued_at": clock.now(),
        "note": note,
    }


def frozen(assessment: Assessment) -> dict[str, Any]:
    """What is kept of an assessment: the contract's values, what could not be verified, and the adjustments with their reasons."""
    return {
        **assessment_data(assessment),
        "unverified": {system: list(keys) for system, keys in assessment.unverified.items()},
        "adjustments": [_verdict(verdict) for verdict in assessment.adjustments],
    }


def _verdict(verdict: Verdict) -> dict[str, str]:
    return {"subject": verdict.subject, "decision": verdict.decision, "reason": verdict.reason, "who": verdict.who, "at": verdict.at.isoformat()}


def file_of(row: IssuedBulletin | Draft, name: str) -> bytes:
    """The bytes of a kept file; raises KeyError for one it does not have, VaultError when it is gone."""
    if isinstance(row, Draft):
        if name not in row.files:
            raise KeyError(name)
        return (row.folder / name).read_bytes()
    return Vault.open(settings.HOME).get(row.files[name])


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between a kept bulletin and the month as it stands."""

    what: str
    before: str
    after: str


SYSTEMS = {
    "columns": "附件1 政府信息公开",
    "news": "附件2 快讯动态",
    "accounts": "附件3 政务新媒体",
    "submissions": "附件4 数据报送",
    "events": "附件5 智慧场景",
}


def changes(row: IssuedBulletin | Draft, assessment: Assessment) -> list[Change]:
    """What would read differently if the month were drawn up again now."""
    kept, now = row.assessment, frozen(assessment)
    found = []
    for system, label in SYSTEMS.items():
        before, after = kept["grades"].get(system, {}), now["grades"].get(system, {})
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                found.append(Change(f"{label}：{key}", before.get(key, "—"), after.get(key, "—")))
        for figure in sorted({*kept["totals"].get(system, {}), *now["totals"].get(system, {})}):
            one, other = kept["totals"].get(system, {}).get(figure), now["totals"].get(system, {}).get(figure)
            if one != other:
                found.append(Change(f"{label}：{FIGURES.get(figure, figure)}合计", str(one), str(other)))
    old, new = [problem["text"] for problem in kept["problems"]], [problem["text"] for problem in now["problems"]]
    found += [Change("存在问题", text, "不再列入") for text in old if text not in new]
    found += [Change("存在问题", "没有", text) for text in new if text not in old]
    return found


FIGURES = {
    "units": "单位", "posts": "信息", "uploaded": "上传", "published": "发布", "accounts": "账号", "originals": "原创", "reposts": "转载",
    "generated": "生成事件", "accepted": "受理事件", "discarded": "废弃事件", "closed": "办结事件", "pending": "未受理事件",
}  # fmt: skip
